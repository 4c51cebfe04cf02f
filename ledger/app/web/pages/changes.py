"""Correct and retract, as forms: the line is shown before it is recorded, for it stays for good."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from ledger.app.book.book import Book
from ledger.app.maintenance.correction import Prepared, TakenFact, correction_of, retraction_of
from ledger.app.queries.record_filter import Lines, disclosed
from ledger.app.queries.record_view import RecordView
from ledger.app.web.pages import record
from ledger.app.web.pages.layout import frame_of, page
from ledger.app.web.pages.sign_in import form_of
from ledger.app.web.pages.taking import is_final, recorded, taken, writer_of
from ledger.app.web.problems import in_query_words
from ledger.app.web.routes import ApiCall, Reply
from ledger.errors import Conflict, Malformed, Refused
from ledger.exchange import kind_form
from ledger.exchange.story import format_claim
from ledger.kinds import BY_TAG
from ledger.records.envelope import claim_of

Preparing = Callable[[Book], Prepared]


async def post_correct(call: ApiCall) -> Reply:
    """Show the corrected fact, or record it."""
    form = form_of(call)

    def prepared(book: Book) -> Prepared:
        seen = record.found(book, call.said("id"))
        return correction_of(book, seen.record.id, _changes(book, seen, form), form.get("reason", ""))

    return await _changed(call, form, "correct", prepared)


async def post_retract(call: ApiCall) -> Reply:
    """Show what is withdrawn, or withdraw it."""
    form = form_of(call)

    def prepared(book: Book) -> Prepared:
        seen = record.found(book, call.said("id"))
        return retraction_of(book, seen.record.id, form.get("reason", ""))

    return await _changed(call, form, "retract", prepared)


def _changes(book: Book, seen: RecordView, form: Mapping[str, str]) -> list[str]:
    kind = BY_TAG[seen.record.kind]
    _, body = disclosed(book, seen.record, sections=True)
    return kind_form.changes_of_form(kind, seen.record, body, form)


async def _changed(call: ApiCall, form: Mapping[str, str], verb: str, preparing: Preparing) -> Reply:
    writer = writer_of(call)
    await call.ask(
        lambda book: record.found(book, call.said("id"))
    )  # what the reader may not see is not there
    try:
        if not form.get("reason", "").strip():
            raise Malformed("the reason is missing: say why, for whoever reads the record later")
        prepared = await writer.run(preparing)
        fact = await taken(call, prepared, final=is_final(form))
    except (Malformed, Refused, Conflict) as why:
        return await call.ask(partial(_page, call, form, verb, why))
    if is_final(form):
        return recorded(fact)
    return await call.ask(partial(_page, call, form, verb, fact))


def _page(
    call: ApiCall, form: Mapping[str, str], verb: str, told: TakenFact | Exception, book: Book
) -> Reply:
    """The line before and after, to be confirmed; or what is wrong, above the form."""
    seen = record.found(book, call.said("id"))
    kind = BY_TAG[seen.record.kind]
    failed = isinstance(told, Exception)
    return page(
        "record_change.html",
        frame_of(call, None, "/records"),
        status=told.http_status if isinstance(told, Malformed | Refused | Conflict) else 200,
        seen=seen,
        verb=verb,
        before=seen.line,
        after="" if isinstance(told, Exception) else _line(book, told),
        fact=None if failed else told,
        problem=in_query_words(str(told)) if failed else "",
        values=[(name, value) for name, value in form.items() if name != "step"],
        reason=form.get("reason", ""),
        form=kind_form.form_of(kind, form) if verb == "correct" and kind in kind_form.ENTERED else (),
        at=form.get("at", ""),
    )


def _line(book: Book, fact: TakenFact) -> str:
    """The line that is to be recorded, on the clocks of its place."""
    zone = Lines(book, as_json=False).zone(fact.record.place)
    return format_claim(claim_of(fact.record), zone)
