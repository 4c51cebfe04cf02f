"""Records: claims in, records out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

import msgspec
from msgspec import UNSET

from ledger.app.book.batch import Outcome, Position, Said
from ledger.app.book.book import Book
from ledger.app.queries.record_filter import Filter, Lines, index_said, listed, newest, newest_first
from ledger.app.queries.report_run import gone_at
from ledger.app.queries.typed import Typed
from ledger.app.web.auth import own_claims
from ledger.app.web.bodies import ParsedClaims, claims_of
from ledger.app.web.negotiation import accepted
from ledger.app.web.problems import HttpProblem, problem_reply
from ledger.app.web.routes import API, JSON, NDJSON, TEXT, ApiCall, Reply, json_reply
from ledger.errors import Malformed, Problem, Refused
from ledger.exchange.story import format_claim
from ledger.records import leaf_format
from ledger.records.envelope import Record
from ledger.records.ids import binary_id
from ledger.verifier.trees import leaf_hash

LISTED: Final = 100
LISTED_MOST: Final = 1_000


async def post_records(call: ApiCall) -> Reply:
    """Record claims, all of them or none; 200 where every one of them was recorded before. With ``dry_run``
    they are only decided.
    """
    writer, tries = call.service.writer, call.flag("dry_run")
    if writer is None and not tries:
        raise HttpProblem(403, "this server only reads; post to the one that writes")
    parsed = await claims_of(call)
    if parsed.problems:
        return refused(parsed, ())
    if call.principal.token is not None:
        parsed.claims = await call.ask_all(lambda book: own_claims(call.principal, book, parsed.claims))
    if writer is None or tries:
        return await call.ask_all(lambda book: _tried(book, parsed))
    outcome = await writer.record(parsed.claims)
    if outcome.problems:
        return refused(parsed, outcome.problems)
    return recorded(call, outcome)


def recorded(call: ApiCall, outcome: Outcome) -> Reply:
    origin = call.service.origin
    items = [_receipt(origin, position) for position in outcome.positions]
    status = 201 if outcome.recorded else 200
    headers = (("Location", f"{API}/records/{items[0]['id']}"),) if len(items) == 1 else ()
    one = len(items) == 1
    return json_reply(items[0] if one else {"records": items}, status, headers)


def _tried(book: Book, parsed: ParsedClaims) -> Reply:
    """Records that would be made, and what is unlikely about them; nothing is kept."""
    outcome = book.writer.record(parsed.claims, dry_run=True, judge=True)
    return refused(parsed, outcome.problems) if outcome.problems else tried(parsed.claims, outcome)


def tried(claims: Sequence[Said], outcome: Outcome) -> Reply:
    """The records that claims would become."""
    shown = [
        {
            "id": position.record.id,
            "stream": position.record.stream,
            "text": format_claim(said.claim),
            "repeated": position.repeated,
        }
        for said, position in zip(claims, outcome.positions, strict=True)
    ]
    notes = [{"rule": one.rule, "id": one.record.id, "note": one.note} for one in outcome.unlikely]
    return json_reply({"would_record": shown, "unlikely": notes})


def _receipt(origin: str, position: Position) -> dict[str, Any]:
    """The place of a record, and the promise that the log of this origin holds this leaf there."""
    record = position.record
    found: dict[str, Any] = {
        "id": record.id,
        "index": record.index,
        "stream": record.stream,
        "pos": record.pos,
        "rec": record.rec,
        "repeated": position.repeated,
        "receipt": {
            "origin": origin,
            "index": record.index,
            "leaf_hash": leaf_hash(leaf_format.encode(record)).hex(),
            "proof": f"{API}/proof/inclusion?record={record.id}",
        },
    }
    if position.gone_by is not None:
        found["gone_by"] = position.gone_by
    return found


def refused(parsed: ParsedClaims, more: tuple[Problem, ...]) -> Reply:
    """Refuse with the reasons, nothing being recorded: 422 where a row is malformed, else 409."""
    rows = sorted([*parsed.problems, *more], key=lambda row: row.line)
    malformed = any(row.exit_code == Malformed.exit_code for row in rows)
    kind = Malformed if malformed else Refused
    count = len(parsed.claims) + len(parsed.problems)
    said = rows[0].message if count == 1 else f"{len(rows):,} of {count:,} claims are wrong"
    return problem_reply(kind(said if count == 1 else f"{said}; nothing was recorded"), rows)


# --- reading ------------------------------------------------------------------------------------------------


async def get_records(call: ApiCall) -> Reply:
    """The records that pass the filters, oldest first."""
    form = accepted(call.accept, (JSON, NDJSON, TEXT))
    return await call.ask(lambda book: _listed(call, book, form))


def _listed(call: ApiCall, book: Book, form: str) -> Reply:
    limit = call.number("limit") or LISTED
    options: dict[str, Any] = {
        "stream": call.text("stream"),
        "site": call.text("site"),
        "start": call.text("from"),
        "stop": call.text("to"),
        "known": call.text("known_at"),
        "kinds": call.texts("kind"),
        "after": call.number("after"),
        "limit": limit,
    }
    Typed(book).filter(options)
    wanted = Filter.of(book, **options)
    found = list(_effective(book, wanted, call))
    if form == TEXT:
        lines = Lines(book, as_json=False)
        text = "".join(f"{r.index:>8}  {lines.story(r, sections=False)}\n" for r in found)
        return Reply(text.encode(), TEXT)
    leaves = [leaf_format.encode(record) for record in found]
    if form == NDJSON:
        return Reply(b"".join(leaf + b"\n" for leaf in leaves), NDJSON)
    more = found[-1].index if len(found) == limit and "after" in call.arguments else None
    return json_reply({"size": wanted.known, "next_after": more, "records": list(map(msgspec.Raw, leaves))})


def _effective(book: Book, wanted: Filter, call: ApiCall) -> Iterator[Record]:
    """The records, with ``include_history=false`` without those that are corrected or retracted."""
    if call.arguments.get("include_history", True):
        yield from listed(book, wanted)
        return
    gone, count = gone_at(book, wanted.known), wanted.limit or LISTED
    every = newest_first(book, wanted) if wanted.after is None else listed(book, wanted._replace(limit=None))
    kept = (record for record in every if record.id not in gone)
    yield from newest(kept, count) if wanted.after is None else islice(kept, count)


async def get_record(call: ApiCall) -> Reply:
    """One record by id or index."""
    return await call.ask(lambda book: _record(call, book))


def _record(call: ApiCall, book: Book) -> Reply:
    said = call.said("id")
    try:
        index = index_said(book, said, "id")
    except Malformed as why:
        raise HttpProblem(404, f"no record has the id or index {said[:80]!r}") from why
    leaf = book.reads.leaf(index)
    record = leaf_format.decode(leaf)
    by = book.store.superseders([binary_id(record.id)])
    corrects = book.store.indexes(map(binary_id, record.corrects or ()))
    return json_reply(
        {
            "record": msgspec.Raw(leaf),
            "leaf_hash": leaf_hash(leaf).hex(),
            "text": Lines(book, as_json=False).story(record, sections=False),
            "corrects": sorted(corrects.values()),
            "gone_by": next(iter(by.values()), None),
            "sections": [] if record.sections is UNSET else sorted(record.sections),
        }
    )
