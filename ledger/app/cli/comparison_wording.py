"""A comparison of readings for people: the verdict, both totals, then the differences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from ledger import calendar
from ledger.app.queries.comparison import WAYS, Comparison
from ledger.records.envelope import Record
from projections.engine.amounts import said
from projections.engine.words import counted, listed

SHOWN: Final = 20
_WORDS: Final = {
    "differs": ("{} differs", "{} differ"),
    "only yours": ("{} only you have", "{} only you have"),
    "only the ledger's": ("{} only the ledger has", "{} only the ledger has"),
    "other intervals": ("{} has other intervals", "{} have other intervals"),
}


def comparison_lines(found: Comparison, line: Callable[[Record], str]) -> Iterator[str]:
    """The verdict, the total of each side, and the first intervals that differ with their records."""
    zone = calendar.zone(found.tz)
    start, stop = (calendar.format_local(at_s, zone) for at_s in (found.start_s, found.stop_s))
    where = f"meter {found.meter} of {found.site}"
    counts = Counter(each.way for each in found.found)
    if not found.found:
        yield f"The readings agree: {counted(found.equal, 'interval')} of {where}, each with the same energy."
    else:
        parts = [_WORDS[way][counts[way] != 1].format(f"{counts[way]:,}") for way in WAYS if counts[way]]
        yield f"The readings of {where} do not agree: {found.equal:,} are equal, {listed(parts)}."
    yield ""
    yield f"  from       {start}"
    yield f"  to         {stop}"
    yield f"  yours      {said(found.own_uwh, 'uWh')}"
    yield f"  ledger     {said(found.ledger_uwh, 'uWh')}"
    yield f"  difference {said(found.own_uwh - found.ledger_uwh, 'uWh')}"
    for note in found.notes:
        yield f"note: {note}"
    for each in found.found[:SHOWN]:
        ours, theirs = ("-" if uwh is None else said(uwh, "uWh") for uwh in (each.own_uwh, each.ledger_uwh))
        yield ""
        begin, end = (calendar.format_local(at_s, zone) for at_s in (each.start_s, each.stop_s))
        yield f"{begin} to {end}: {each.way}; yours {ours}, ledger {theirs}"
        yield from map(line, each.records)
    if len(found.found) > SHOWN:
        yield ""
        yield f"... and {len(found.found) - SHOWN:,} more; all of them: --json"
