"""Open items and deadlines for people: the answer in a sentence, then a line each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from ledger import calendar
from ledger.app.host.terminal import cut
from ledger.app.queries.deadlines import Due, DueList, away, deadlines_told
from ledger.app.queries.shift import Shift, open_counts, open_s
from projections.engine.words import counted, duration, listed, verb

Typed = Callable[..., str]
"""Forms a command from its words, to be typed next for the same book."""


def shift_lines(
    found: Shift, width: int, typed: Typed, at: str | None, known: str | None = None
) -> Iterator[str]:
    """A line for each open item, cut at the terminal's width; then what is overdue and unsealed, and the next
    commands, at the same instant and with the same knowledge where one was given.
    """
    yield _verdict(found)
    lines = [
        (
            thing.place,
            thing.named,
            calendar.clock(thing.since_s, found.zones.get(thing.place, "UTC")),
            duration(open_s(found, thing)),
            " ".join(word for word in thing.words.split(" ") if not word.startswith("balancing_authority=")),
        )
        for thing in found.things
    ]
    if lines:
        titles = ("Place", "What", "Since", "For", "How")
        widths = [max(map(len, cells)) for cells in zip(titles, *lines, strict=True)]
        yield ""
        for cells in (titles, tuple("-" * min(each, 60) for each in widths), *lines):
            line = "  ".join(f"{cell:<{each}}" for cell, each in zip(cells, widths, strict=True)).rstrip()
            yield cut(line, width)
    if found.overdue.found:
        yield ""
        yield from _table(found.overdue.found)
    yield ""
    coming = typed("due", *(("--at", found.at) if at else ()), *_knowing(known))
    yield f"Next: {coming} for what comes; {typed('doctor')} for what is unlikely or contradicted"


def _knowing(known: str | None) -> tuple[str, ...]:
    return () if known is None else ("--known-at", known)


def _verdict(found: Shift) -> str:
    parts = open_counts(Counter(thing.what for thing in found.things))
    places = len({thing.place for thing in found.things})
    told = f"{listed(parts)} at {counted(places, 'place')}" if parts else "nothing"
    overdue = len(found.overdue.found)
    late = f"; {counted(overdue, 'deadline')} {verb(overdue, 'is', 'are')} past" if overdue else ""
    unsealed = ""
    if found.unsealed:
        are = verb(found.unsealed, "is", "are")
        unsealed = f"; {counted(found.unsealed, 'record')} since {found.unsealed_since} {are} not sealed"
    return f"Open: {told}{late}{unsealed}."


def due_lines(found: DueList, typed: Typed, at: str | None, known: str | None = None) -> Iterator[str]:
    """Numbers of deadlines past and to come; then a line each, and the command that explains one, as of the
    instant and with the knowledge that were given.
    """
    yield f"{deadlines_told(len(found.overdue), len(found.found), found.within_days)}."
    if found.found:
        yield ""
        yield from _table(found.found)
        one = found.found[0]
        yield ""
        as_of = ("--as-of", found.at) if at else ()
        yield f"Next: {typed('explain', one.report.name, '--row', one.deadline.row, *as_of, *_knowing(known))}"


def _table(found: Sequence[Due]) -> Iterator[str]:
    told = [away(each.days) for each in found]
    widths = max(map(len, told)), max(len(each.deadline.site) for each in found)
    for each, when in zip(found, told, strict=True):
        deadline = each.deadline
        yield f"  {deadline.on}  {when:>{widths[0]}}  {deadline.site:<{widths[1]}}  {deadline.what}"
