"""What a reader takes away: a bundle of streams, and the verifier page that checks it on his own machine."""

from __future__ import annotations

import os
from typing import Final

from ledger.app.proofs.verifier_page import policy, verifier_page
from ledger.app.web.api.proofs import BundleBody, bundle_of, zip_reply
from ledger.app.web.pages.layout import HTML
from ledger.app.web.pages.sign_in import form_of
from ledger.app.web.routes import ApiCall, Reply, RouteParameter
from ledger.errors import Malformed

VERIFIER: Final = "/verifier"
STREAM: Final = RouteParameter("stream", "a stream that you must be shown", many=True)
MOST_BYTES: Final = 16 << 20


async def post_bundle(call: ApiCall) -> Reply:
    """The bundle as a file."""
    return zip_reply(await bundle_of(call, BundleBody(_streams(call))))


async def get_verifier(call: ApiCall) -> Reply:
    """The verifier with the key of this log and the streams that were named."""
    return _reply(await _vkey(call), call.texts("stream"))


async def post_verifier(call: ApiCall) -> Reply:
    """The verifier with the key, the streams and a bundle of them in it."""
    streams = _streams(call)
    with await bundle_of(call, BundleBody(streams)) as file:
        if os.fstat(file.fileno()).st_size > MOST_BYTES:
            raise Malformed(
                f"the bundle has more than {MOST_BYTES >> 20} MB, too much for a page: download it, and open the"
                " verifier alone"
            )
        bundle = file.read()
    return _reply(await _vkey(call), streams, bundle)


def _streams(call: ApiCall) -> list[str]:
    found = form_of(call).get("streams", "").split()
    if not found:
        raise Malformed("streams is empty: name one stream a line, such as sandersville/grid")
    return list(dict.fromkeys(found))


async def _vkey(call: ApiCall) -> str | None:
    return await call.ask(lambda book: book.seals.vkey())


def _reply(vkey: str | None, streams: tuple[str, ...] | list[str], bundle: bytes = b"") -> Reply:
    """The page under its own policy, which is stricter than that of the others: it loads nothing."""
    headers = (("Content-Security-Policy", f"{policy()}; frame-ancestors 'none'"),)
    return Reply(verifier_page(vkey, streams, bundle), HTML, 200, headers)
