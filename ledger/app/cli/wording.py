"""Explanations, differences and erasures for people: figures in words, records as ``log`` shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from ledger import calendar
from ledger.app.queries.difference import Difference
from ledger.app.queries.explanation import Explanation, Figure
from ledger.app.queries.moment import TimelineStep
from ledger.app.queries.what_if import Hypothesis
from ledger.exchange.story import format_claim
from ledger.records.envelope import Record, claim_of
from ledger.records.wording import quoted
from ledger.units import rounded
from projections.engine.report import Cell, Column
from projections.engine.table import Table
from projections.render.display import clocks, display, heading, is_instants, local_time
from projections.render.text_rows import grid

if TYPE_CHECKING:
    from ledger.app.maintenance.erasure import Erased, Issued

SHOWN: Final = 40


Line = Callable[[Record], str]
"""Shows a record as ``log`` does, in the zone of its site."""


def explanation_lines(found: Explanation, definition: str, line: Line, *, every: bool) -> Iterator[str]:
    """Heading, each figure with its formula and numbers, the records; ``every`` is whether the whole row is
    explained.
    """
    yield from heading(found.table)
    yield ""
    yield found.row
    for each in found.figures:
        yield from _figure(each, found)
    yield ""
    count = len(found.records)
    yield f"Records behind {'these figures' if every else 'it'}: {count:,}"
    for record in found.records[:SHOWN]:
        yield line(record)
    if count > SHOWN:
        yield f"... and {count - SHOWN:,} more; all of them: --json"
    if not every:
        yield ""
        yield from definition.rstrip().split("\n")


def _figure(each: Figure, found: Explanation) -> Iterator[str]:
    tz = found.table.tz
    yield f"  {each.column.title} = {_cell(each.column, each.value, found)}: {each.column.definition}"
    numbers = [f"{column.title} {_cell(column, cell, found)}" for column, cell in each.cells]
    numbers += [f"{number.name} {_number(number.unit, number.value, tz)}" for number in each.numbers]
    if numbers:
        yield f"      {', '.join(numbers)}"
    for workings in each.workings:
        yield ""
        yield f"      {workings.title}. {workings.says}".rstrip()
        yield from (f"      {line}" for line in grid(workings.columns, workings.rows, tz))


def _cell(column: Column, value: Cell, found: Explanation) -> str:
    """A cell as the report shows it; where that is in plain words, with the stored word that its definition
    names.
    """
    words = found.words.get(column.name)
    if words is None:
        return _number(column.unit, value, found.table.tz)
    return words if words == value or not isinstance(value, str) else f"{words} ({value})"


def _number(unit: str, value: Cell, tz: str) -> str:
    """A number with its unit, rounded if it is not whole, as JSON has the exact one; an instant in the
    report's zone.
    """
    if is_instants([value]):
        return clocks([local_time(str(value), calendar.zone(tz))])[0]
    if unit and isinstance(value, str):
        return f"about {display(unit, rounded(Fraction(value)))}"
    return display(unit, value)


def difference_lines(found: Sequence[Difference], line: Line) -> Iterator[str]:
    """Each change, then the records that caused them, once each."""
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
        yield "Records behind the changes:"
        yield from (line(records[index]) for index in sorted(records))


def moved(was: Table, now: Table) -> Iterator[str]:
    """Changes of the window and as-of, which can change a figure without a record."""
    zone = calendar.zone(now.tz)
    ends = [("from", was.start, now.start), ("to", was.stop, now.stop), ("as of", was.as_of, now.as_of)]
    if ends[1][1:] == ends[2][1:]:
        del ends[1]  # a window that was not given ends at as-of
    for name, *instants in ends:
        first, last = (calendar.format_local(calendar.instant_s(instant), zone) for instant in instants)
        if first != last:
            yield f"{name} {first} -> {last}"


def step_lines(step: TimelineStep, line: Line) -> Iterator[str]:
    """The record, and below it the state of its thing after it."""
    yield f"{step.number:>5} {line(step.record)}"
    if step.about:
        stands = "is over" if step.after is None else step.after.words or "has begun"
        yield f"{'':>14}  -> {step.about}: {stands}"


def hypothesis_lines(found: Hypothesis) -> Iterator[str]:
    """Records that the facts would become, and the changes report by report."""
    for record in found.records:
        yield f"if {format_claim(claim_of(record))}"
    for each in found.reports:
        if not (each.differences or each.notes_gone or each.notes_new):
            yield f"{each.report.name}: nothing would change"
            continue
        yield f"{each.report.name}:"
        yield from (f"  {line}" for line in difference_lines(each.differences, lambda record: ""))
        for sign, notes in (("-", each.notes_gone), ("+", each.notes_new)):
            yield from (f"  {sign} note: {note}" for note in notes)
    yield "The book is untouched."


def erasure_lines(done: Erased) -> Iterator[str]:
    """The erased section, and everything that is known to be left."""
    verb = "was erased before; nothing of it is left" if done.repeated else "is erased"
    yield f"The {done.section} section of record {done.target} {verb}; record {done.record} states it"
    for issued in done.issued_erased:
        yield f"The hash in record {_issue(issued)} is erased with it; record {issued.erased_by} states it"
    for issued in done.issued_unsalted:
        yield (
            f"Record {_issue(issued)} carries an unsalted hash of a report that may print it: whoever holds"
            " that record can still guess the value"
        )
    if done.source_sha256 is not None:
        yield (
            f"Record {done.target} keeps the SHA-256 of the document it was read from,"
            f" {done.source_sha256[:16]}...: whoever knows the rest of that document can still guess the"
            " value"
        )
    if done.document is not None:
        yield (
            f"It was read from {done.document}, which may hold it too; to delete that document add --evidence"
        )
    for copy in done.copies.found:
        yield f"{quoted(str(copy.path))}, {copy.what}, may still hold it; erase or replace it yourself"
    for folder in done.copies.cut:
        yield f"{quoted(str(folder))} holds so many names that only the first were looked at for copies"
    yield "Backups, exports, bundles and reports made before still hold it"


def _issue(issued: Issued) -> str:
    return f"{issued.record} ({issued.report} for {quoted(issued.recipient)})"
