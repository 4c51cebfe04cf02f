"""The page of one record: the fact in words, both clocks, its corrections, its rules, its bytes and their proof.

The proof is checked in the browser (``static/proof.js``): what the page says of it is computed from the bytes
shown here, not taken from this server.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from ledger.app.book.book import Book
from ledger.app.queries.record_filter import disclosed
from ledger.app.queries.record_view import RecordView, view
from ledger.app.web.pages.layout import frame_of, page
from ledger.app.web.problems import HttpProblem
from ledger.app.web.routes import ApiCall, Reply, Right
from ledger.errors import Malformed
from ledger.exchange.kind_form import ENTERED, FormField, form_of, values_of
from ledger.kinds import BY_TAG


async def get_record(call: ApiCall) -> Reply:
    """The page."""

    def made(book: Book) -> Reply:
        values = shown(call, book)
        frame = frame_of(call, None, "/records")._replace(live=values["seen"].size)
        return page("record.html", frame, **values)

    return await call.ask(made)


def found(book: Book, said: str) -> RecordView:
    """The record that a path names; 404 where the reader has none."""
    try:
        return view(book, said)
    except Malformed as why:
        raise HttpProblem(404, f"no record has the id or index {said[:80]!r}") from why


def shown(call: ApiCall, book: Book) -> dict[str, Any]:
    """Values that the template shows of the record that the path names."""
    seen = found(book, call.said("id"))
    may = may_change(call) and seen.changeable
    return {
        "seen": seen,
        "leaf": b64encode(seen.leaf).decode(),
        "proves": Right.PROOFS in call.principal.rights,
        "may": may,
        "form": correction_form(book, seen) if may else (),
    }


def may_change(call: ApiCall) -> bool:
    """True where the reader may correct records, and this server writes."""
    return call.service.writer is not None and Right.CORRECT in call.principal.rights


def correction_form(book: Book, seen: RecordView) -> tuple[FormField, ...]:
    """The controls of a correction, filled in with the fact; none for a kind that has no form."""
    kind = BY_TAG[seen.record.kind]
    if kind not in ENTERED:
        return ()
    _, body = disclosed(book, seen.record, sections=True)
    return form_of(kind, values_of(kind, body))
