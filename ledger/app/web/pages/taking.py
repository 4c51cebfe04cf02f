"""A fact from a form: shown first, as its line and with what is unlikely of it, then recorded.

The steps are those of ``record``, ``correct`` and ``retract``: the claim is judged by the rights of whoever
posts it (``own_claims``), decided by the one writer, and durable when the answer leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ledger.app.book.batch import Said
from ledger.app.book.book import Book
from ledger.app.maintenance.correction import Prepared, TakenFact, take
from ledger.app.web.auth import own_claims
from ledger.app.web.group_writer import GroupWriter
from ledger.app.web.pages.layout import HTML
from ledger.app.web.problems import HttpProblem
from ledger.app.web.routes import ApiCall, Reply

STEP: Final = "step"
RECORD: Final = "record"
"""The value of ``step`` with which a form records; without it the fact is only shown."""


def writer_of(call: ApiCall) -> GroupWriter:
    """The writer of this server; 403 where it has none."""
    if call.service.writer is None:
        raise HttpProblem(403, "this server only reads; use the one that writes")
    return call.service.writer


def is_final(form: Mapping[str, str]) -> bool:
    """True where the reader has seen the line and wants it recorded."""
    return form.get(STEP) == RECORD


async def taken(call: ApiCall, prepared: Prepared, *, final: bool) -> TakenFact:
    """Record a fact, or decide it only."""
    said = [Said(prepared.claim, prepared.verb)]
    (own,) = await call.ask_all(lambda book: own_claims(call.principal, book, said))
    mine = prepared._replace(claim=own.claim)

    def done(book: Book) -> TakenFact:
        return take(book, mine, dry_run=not final)

    return await writer_of(call).run(done)


def recorded(fact: TakenFact) -> Reply:
    """On to the page of the record."""
    return Reply(b"", HTML, 303, (("Location", f"/records/{fact.record.id}"),))
