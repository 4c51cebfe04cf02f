"""The tool that checks a bundle on this machine, without a book."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import msgspec

from ledger.app.host.progress import no_progress
from ledger.app.mcp.tools import Tool, failed
from ledger.app.proofs import verification
from ledger.app.web.auth import Principal
from ledger.app.web.service import Service
from ledger.errors import Malformed, WattledgerError
from ledger.verifier.wording import words


class VerifyArguments(msgspec.Struct, forbid_unknown_fields=True):
    """Arguments of a reader: the bundle's file, the log's verifier key, and the streams and window that must
    be complete.
    """

    bundle: str
    key: str
    streams: list[str] = []
    start: str | None = None
    stop: str | None = None


async def _verified(service: Service, principal: Principal, given: dict[str, Any]) -> dict[str, Any]:
    try:
        asked = msgspec.convert(given, VerifyArguments)
        if principal.token is not None:
            raise Malformed(
                "a token reads the book, not the files of this machine; leave WATTLEDGER_TOKEN out"
            )
        brought = verification.Brought(asked.bundle, asked.key, tuple(asked.streams), asked.start, asked.stop)
        judged = await asyncio.to_thread(verification.judged, brought, (), no_progress)
    except (WattledgerError, msgspec.ValidationError) as why:
        return failed(str(why))
    return {
        "content": [{"type": "text", "text": "\n".join(words(judged.verdict))}],
        "isError": False,
        "structuredContent": msgspec.json.decode(judged.verdict.json()),
    }


def _schema() -> dict[str, Any]:
    """The self-contained JSON Schema of the arguments."""
    (found,), shapes = msgspec.json.schema_components([VerifyArguments])
    return {"additionalProperties": False, **shapes[found["$ref"].rpartition("/")[2]]}


VERIFY: Final = Tool(
    "verify_bundle",
    "Check a bundle's file with the log's verifier key: are these all records of its streams, none altered?",
    _schema(),
    _verified,
)
