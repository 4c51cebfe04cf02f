"""A comparison of dispatches for people: the verdict, then each that differs with both sides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from ledger import calendar
from ledger.app.queries.dispatch_comparison import DispatchComparison, DispatchDiscrepancy, TermDifference
from ledger.records.envelope import Record
from ledger.units import format_quantity
from projections.engine.words import counted, listed, verb

_WORDS: Final = {
    "differs": ("differs", "differ"),
    "only yours": ("is only in your list", "are only in your list"),
    "only the ledger's": ("is only in the ledger", "are only in the ledger"),
}


def comparison_lines(found: DispatchComparison, line: Callable[[Record], str]) -> Iterator[str]:
    """The verdict, then each dispatch that differs with both values and the records behind the ledger's."""
    counts = Counter(each.way for each in found.found)
    if not found.found:
        yield f"The lists agree: {counted(found.equal, 'dispatch', 'dispatches')}, each with the same terms."
        return
    parts = [f"{counts[way]:,} {verb(counts[way], *words)}" for way, words in _WORDS.items() if counts[way]]
    equal = f"{found.equal:,} {verb(found.equal, 'is', 'are')} equal"
    yield f"The lists do not agree: {listed([equal, *parts])}."
    for each in found.found:
        yield ""
        yield f"{_named(each)}: {each.way}"
        tz = found.zones.get(each.site or "", "UTC")
        yield from (f"  {_term(term, tz)}" for term in each.terms)
        yield from map(line, each.records)


def _named(each: DispatchDiscrepancy) -> str:
    return each.name if each.site is None else f"{each.name} at {each.site}"


def _term(term: TermDifference, tz: str) -> str:
    if term.term == "cancelled":
        return f"the ledger has it as cancelled at {_said(term.ledger, tz)}, before it started"
    name = term.term.removesuffix("_w")
    return f"{name}: yours {_said(term.own, tz)}, ledger {_said(term.ledger, tz)}"


def _said(value: str | int | None, tz: str) -> str:
    if value is None:
        return "-"
    if isinstance(value, int):
        return format_quantity(value, "_w")
    return calendar.clock(calendar.instant_s(value), tz) if calendar.is_instant(value) else value
