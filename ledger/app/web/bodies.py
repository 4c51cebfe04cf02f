"""Bodies of requests: read up to a limit, parsed strictly, and turned into what the use cases take."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final, TypeVar

import msgspec

from ledger.app.book.batch import Said
from ledger.app.imports.facts_file import read_facts
from ledger.app.imports.source_files import said
from ledger.app.queries.registry import times_of
from ledger.app.web.routes import JSON, NDJSON, ApiCall
from ledger.errors import Malformed, Problem
from ledger.exchange.everyday_times import EverydayTimes
from ledger.exchange.jsonl import claim_of_json
from ledger.records.claim_json import plainly
from ledger.records.strict_json import MalformedMember, parse_json

BODY_BYTES: Final = 1 << 20
BATCH: Final = 1_000
SMALL_BYTES: Final = 16 << 10
SOURCE: Final = "body"
SPACE: Final = b" \t\r\n"
Struct = TypeVar("Struct", bound=msgspec.Struct)


class ParsedClaims(msgspec.Struct):
    """The claims of a body and the rows that are none."""

    claims: list[Said]
    problems: list[Problem]


async def claims_of(call: ApiCall) -> ParsedClaims:
    """The claims of a body: a JSON object, a JSON array of such, JSON Lines, or story text, whose instants may
    be said beside the book.

    What is small is parsed at once, as a thread would take longer. What is large is parsed one body after the
    other in a thread of its own: it must not take the readers from others.
    """
    body, kind = call.body, call.media_type
    times = None if kind == JSON else await call.ask(times_of)
    if len(body) <= SMALL_BYTES:
        found = _parsed(body, kind, times)
    else:
        found = await call.service.parse(lambda: _parsed(body, kind, times))
    count = len(found.claims) + len(found.problems)
    if count > BATCH:
        raise _too_many()
    if not count:
        raise Malformed("the body holds no claim")
    return found


def _parsed(body: bytes, kind: str, times: EverydayTimes | None) -> ParsedClaims:
    if times is None:
        return _of_json(body)
    reading = read_facts(body, SOURCE, "jsonl" if kind == NDJSON else "story", times)
    return ParsedClaims(said(SOURCE, reading), list(reading.problems))


def _of_json(body: bytes) -> ParsedClaims:
    """Claims of JSON; the line of one in an array is its number."""
    _check_count(body)
    value = parse_body(body)
    rows = value if isinstance(value, list) else [value]
    found = ParsedClaims([], [])
    for number, row in enumerate(rows, start=1):
        try:
            found.claims.append(Said(claim_of_json(row), SOURCE, number))
        except Malformed as why:
            raw = msgspec.json.encode(row)[:200].decode("utf-8", "replace")
            found.problems.append(Problem(SOURCE, number, str(why), raw))
    return found


def _check_count(body: bytes) -> None:
    """Refuse an array of too many before it is parsed strictly, which takes a hundred times as long; what is
    no JSON is told by the strict parser.
    """
    if not body.lstrip(SPACE).startswith(b"["):
        return
    with suppress(msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        if len(_rows(body)) > BATCH:
            raise _too_many()


_rows: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode


def _too_many() -> Malformed:
    return Malformed(f"at most {BATCH:,} claims in one request; send the others in another")


def parse_body(body: bytes) -> Any:
    """The JSON of a body."""
    if not body:
        raise Malformed("the body is empty; it must be JSON")
    try:
        return parse_json(body)
    except MalformedMember as why:
        raise Malformed(f"the body: {why}") from None
    except Malformed as why:
        raise Malformed(f"the body {why}") from None


def struct_of(body: bytes, form: type[Struct]) -> Struct:
    """The body as the struct that its route takes; an unknown field is refused."""
    value = parse_body(body)
    try:
        return msgspec.convert(value, form)
    except msgspec.ValidationError as why:
        told = str(why)
        raise Malformed(
            plainly(told, value, "body") if ", got " in told or "missing" in told else f"the body: {told}"
        ) from None
