"""Any moment again: the state, the timeline, what is open or due now, and what would be if."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Final

import msgspec

from ledger.app.book.book import Book
from ledger.app.queries import deadlines, moment, shift, subject
from ledger.app.queries.typed import Typed
from ledger.app.queries.unread import unread
from ledger.app.queries.what_if import as_json, what_if
from ledger.app.web.auth import check_supposed
from ledger.app.web.bodies import claims_of
from ledger.app.web.negotiation import accepted
from ledger.app.web.problems import row
from ledger.app.web.questions import choices_of, question_of
from ledger.app.web.routes import JSON, ApiCall, Reply, json_reply

STEPS: Final = 1_000
CALENDAR: Final = "text/calendar; charset=utf-8"


async def get_state(call: ApiCall) -> Reply:
    """Everything that was true at an instant."""

    def made(book: Book) -> Reply:
        typed, sites = Typed(book), call.texts("site")
        at = book.now() if call.text("at") is None else typed.instant("at", call.said("at"), sites)
        known = typed.known_at(call.text("known_at"), sites)
        found = moment.moment_json(moment.state(book, at, sites, known))
        return json_reply({**found, **_beyond(book, sites)})

    return await call.ask(made)


async def get_replay(call: ApiCall) -> Reply:
    """The timeline, step by step."""

    def made(book: Book) -> Reply:
        typed, sites = Typed(book), call.texts("site")
        start, stop = (typed.end(name, call.text(name), sites) for name in ("from", "to"))
        known = typed.known_at(call.text("known_at"), sites)
        steps = moment.timeline(book, sites, start, stop, known)
        after, limit = call.number("after") or 0, call.number("limit") or STEPS
        found = list(islice((step for step in steps if step.number > after), limit))
        more = found[-1].number if len(found) == limit else None
        return json_reply({"steps": [moment.step_json(step) for step in found], "next_after": more})

    return await call.ask(made)


async def get_now(call: ApiCall) -> Reply:
    """Answer with everything that is open or abnormal."""

    def made(book: Book) -> Reply:
        typed = Typed(book)
        sites = _sites(call, book)
        at = book.now() if call.text("at") is None else typed.instant("at", call.said("at"), sites)
        known = typed.known_at(call.text("known_at"), sites)
        found = shift.shift_json(shift.shift(book, sites, at, known))
        return json_reply({**found, **_beyond(book, sites)})

    return await call.ask(made)


async def get_due(call: ApiCall) -> Reply:
    """Every deadline that is past and open, or comes soon; as JSON or as a calendar."""
    return await _due(call, accepted(call.accept, (JSON, CALENDAR)))


async def get_due_calendar(call: ApiCall) -> Reply:
    """The same as a calendar, for programs that subscribe to an address."""
    return await _due(call, CALENDAR)


async def _due(call: ApiCall, form: str) -> Reply:
    def made(book: Book) -> Reply:
        typed = Typed(book)
        sites = _sites(call, book)
        at = book.now() if call.text("at") is None else typed.instant("at", call.said("at"), sites)
        within = call.number("within_days")
        known = typed.known_at(call.text("known_at"), sites)
        found = deadlines.due(book, sites, at, 30 if within is None else within, known)
        if form == CALENDAR:
            return Reply(deadlines.due_calendar(found, book.config.origin), CALENDAR)
        listed = [deadlines.due_json(one) for one in found.found]
        answer = {"at": found.at, "within_days": found.within_days, "due": listed}
        return json_reply({**answer, **_beyond(book, sites)})

    return await call.ask(made)


def _beyond(book: Book, sites: Sequence[str]) -> dict[str, list[str]]:
    """The streams of some sites, or all, that the answer holds nothing of, as the token does not read them."""
    return {"beyond_scope": list(unread(book, book.store.size, sites).streams)}


def _sites(call: ApiCall, book: Book) -> tuple[str, ...]:
    return subject.chosen_sites(book, book.store.size, call.texts("site"), choices_of(call))


async def post_what_if(call: ApiCall) -> Reply:
    """Compute every report with hypothetical facts; the book is untouched."""
    parsed = await claims_of(call)
    await call.ask_all(lambda book: check_supposed(call.principal, book, parsed.claims))

    def made(book: Book) -> Reply:
        question = Typed(book).question(question_of(call, book))
        found = what_if(book, parsed.claims, question)
        problems = sorted([*parsed.problems, *found.problems], key=lambda problem: problem.line)
        rows = msgspec.to_builtins([row(problem) for problem in problems])
        return json_reply({**as_json(found), "problems": rows})

    return await call.ask(made)
