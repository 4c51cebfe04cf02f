"""Explanations and differences as a person reads them: figures in words, records as ``log`` shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from ledger.app.differences import Difference
from ledger.app.explaining import Explanation, Figure
from ledger.records import Record
from projections.render.text import display, heading

SHOWN: Final = 40


Line = Callable[[Record], str]
"""A record as ``log`` shows it, in the zone of its site."""


def explanation(found: Explanation, definition: str, line: Line, *, every: bool) -> Iterator[str]:
    """Heading, each figure with its formula and numbers, the records; ``every`` is whether the whole row is explained."""
    yield from heading(found.table)
    yield ""
    yield found.row
    for each in found.figures:
        yield from _figure(each)
    yield ""
    count = len(found.records)
    yield f"Records behind {'these figures' if every else 'it'}: {count:,}"
    for record in found.records[:SHOWN]:
        yield line(record)
    if count > SHOWN:
        yield f"... and {count - SHOWN:,} more; all of them: --json"
    if not every:
        yield ""
        yield definition.rstrip()


def _figure(each: Figure) -> Iterator[str]:
    yield f"  {each.column.title} = {display(each.column.unit, each.value)}: {each.column.definition}"
    numbers = [(column.title, column.unit, cell) for column, cell in each.cells]
    numbers += [(number.name, number.unit, number.value) for number in each.numbers]
    if numbers:
        yield "      " + ", ".join(f"{name} {display(unit, value)}" for name, unit, value in numbers)


def difference_lines(found: Sequence[Difference], line: Line) -> Iterator[str]:
    """Each change, then the records that did it, once."""
    row = ""
    for each in found:
        if each.row != row:
            row = each.row
            yield row + ("" if each.what == "changes" else f"  ({each.what})")
        was, now = (display(each.column.unit, cell) for cell in (each.was, each.now))
        by = f"  by {', '.join(f'{r.index:,}' for r in each.caused_by)}" if each.caused_by else ""
        yield f"  {each.column.title}: {was} -> {now}{by}"
    records = {record.index: record for each in found for record in each.caused_by}
    if records:
        yield ""
        yield "Records that did it:"
        yield from (line(records[index]) for index in sorted(records))
