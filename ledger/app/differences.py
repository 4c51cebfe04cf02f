"""Differences between two runs of one report: which cells changed, and which records did it.

The records that did it are those only the later knowledge has: behind the figure as it is now, or correcting one behind the figure as it
was. A figure can also change because as-of moved; then no record is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Protocol

from ledger.app.book import Book
from ledger.app.explaining import At, key_of, numbers_of, read, records_behind
from ledger.app.query import Run
from ledger.records import Record, binary_id
from projections.tables import Cell, Column, Report


class Difference(NamedTuple):
    """One cell of one row: ``None`` where it was unknown or the row was not there (then ``appears`` or ``disappears``)."""

    row: str
    column: Column
    was: Cell
    now: Cell
    what: str
    caused_by: tuple[Record, ...]

    @property
    def change(self) -> int | None:
        """Now less was, where both are numbers."""
        if isinstance(self.was, int) and isinstance(self.now, int) and not isinstance(self.was, bool):
            return self.now - self.was
        return None


class Causing(Protocol):
    """Which records changed a figure."""

    def of(self, was: set[At], now: set[At]) -> tuple[Record, ...]:
        """Of those behind it as it was and as it is now."""
        ...


class Causes:
    """Which records, taken between two sizes of the log, changed a figure."""

    def __init__(self, book: Book, earlier: int, later: int) -> None:
        self._book = book
        self._since, self._until = min(earlier, later), max(earlier, later)
        self._numbers = numbers_of(book)

    def of(self, was: set[At], now: set[At]) -> tuple[Record, ...]:
        """The records behind one of the two only, as the later knowledge has them."""
        changed = list(read(self._book, self._numbers, sorted(was ^ now)))
        by = self._book.store.superseders(binary_id(record.id) for record in changed)
        found = {record.index: record for record in changed if record.index >= self._since}
        for index in by.values():
            if self._since <= index < self._until and index not in found:
                found[index] = self._book.record_at(index)
        return tuple(found[index] for index in sorted(found) if index < self._until)


def differences(report: Report, was: Run, now: Run, causes: Causing) -> Iterator[Difference]:
    """Every cell that differs, in the order of the later run's rows, then rows that are gone."""
    before, after = _rows(was), _rows(now)
    for key in [*after, *(key for key in before if key not in after)]:
        old, new = before.get(key), after.get(key)
        for column in report.columns[report.keys :]:
            a, b = (None if cells is None else cells[column.name] for cells in (old, new))
            if a != b:
                what = "appears" if old is None else "disappears" if new is None else "changes"
                records = causes.of(_behind(report, was, old, column), _behind(report, now, new, column))
                yield Difference(key, column, a, b, what, records)


def _rows(run: Run) -> dict[str, dict[str, Cell]]:
    names = [column.name for column in run.table.columns]
    return {key_of(run.table, row): dict(zip(names, row, strict=True)) for row in run.table.rows}


def _behind(report: Report, run: Run, cells: Mapping[str, Cell] | None, column: Column) -> set[At]:
    return set() if cells is None else set(records_behind(report, run.rows, run.scope, cells, column))


def as_json(found: Difference) -> dict[str, Any]:
    """One difference, for machines."""
    return {
        "row": found.row,
        "column": found.column.name,
        "unit": found.column.unit,
        "was": found.was,
        "now": found.now,
        "difference": found.change,
        "what": found.what,
        "caused_by": [{"index": record.index, "id": record.id} for record in found.caused_by],
    }
