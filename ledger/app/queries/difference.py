"""Differences between two runs of one report: the cells that changed, and the records that changed them.

Those records are the ones only the later knowledge has: behind the figure as it is now, or correcting one
behind the figure as it was, link by link of a chain of corrections. A row that only one of the two has
appears or disappears as a whole, because of the records behind any of its figures. A figure can also change
because as-of moved; then no record is named. Added to the earlier knowledge, the records give the figure as
it is now (law).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from functools import lru_cache
from itertools import chain
from typing import Any, Final, NamedTuple, Protocol

from ledger.app.book.book import Book
from ledger.app.host.progress import Progress, no_progress
from ledger.app.queries.explanation import (
    At,
    Ground,
    Keys,
    cited,
    ground,
    matched,
    numbers_of,
    read,
    records_in,
)
from ledger.app.queries.report_run import ReportRun
from ledger.records.envelope import Record
from ledger.records.ids import binary_id
from projections.engine.fold import RowKind
from projections.engine.report import Cell, Column, Report

_MANY: Final = 16


class Difference(NamedTuple):
    """One cell of one row: ``None`` where it was unknown or the row was not there (then ``appears`` or
    ``disappears``).
    """

    row: str
    column: Column
    was: Cell
    now: Cell
    what: str
    caused_by: tuple[Record, ...]

    @property
    def change(self) -> int | None:
        """The later value less the earlier, where both are numbers."""
        if isinstance(self.was, int) and isinstance(self.now, int) and not isinstance(self.was, bool):
            return self.now - self.was
        return None


Side = tuple[ReportRun, Mapping[str, Cell] | None]  # a run, and a row's cells in it if the row is there


class Causing(Protocol):
    """Finds the records that changed a figure."""

    def of(self, was: Set[At], now: Set[At]) -> tuple[Record, ...]:
        """Changing records among those behind the earlier and the later figure."""
        ...

    def cited(self, was: set[int], now: set[int]) -> tuple[Record, ...]:
        """Changing records among those that its row cited and cites now, by index."""
        ...


class Causes:
    """The records, taken between two sizes of the log, that changed a figure; hypothetical facts are in no
    log and are not named.
    """

    def __init__(self, book: Book, earlier: int, later: int) -> None:
        self._book = book
        self._since, self._until = min(earlier, later), max(earlier, later)
        self._numbers = numbers_of(book)
        self._did: dict[At, tuple[int, ...]] = {}
        self._records: dict[int, Record] = {}
        self._asked: tuple[Set[At], Set[At]] = frozenset(), frozenset()
        self._last: tuple[Set[At], tuple[Record, ...]] = frozenset(), ()

    def of(self, was: Set[At], now: Set[At]) -> tuple[Record, ...]:
        """The records behind one of the two only, as the later knowledge has them."""
        if (
            was is self._asked[0] and now is self._asked[1]
        ):  # sets of thousands, the same for every row of a site
            return self._last[1]
        self._asked, changed = (was, now), was ^ now
        if changed == self._last[0]:  # so it is for all rows of a site whose figures look at the whole site
            return self._last[1]
        unknown = {
            at for at in changed if at not in self._did
        }  # less the keys, it would look at each of these
        if unknown:
            unread = sorted(filter(self._is_recorded, unknown))
            records = list(read(self._book, self._numbers, unread))
            self._did |= dict.fromkeys(unknown, ())
            self._did |= zip(unread, self._follow(records), strict=True)
        self._last = changed, self._in_order(map(self._did.__getitem__, changed))
        return self._last[1]

    def cited(self, was: set[int], now: set[int]) -> tuple[Record, ...]:
        """The records cited by one of the two only, as the later knowledge has them."""
        size = self._book.store.size
        return self._in_order(
            self._follow([self._book.record_at(index) for index in sorted(was ^ now) if index < size])
        )

    def _in_order(self, some: Iterable[Sequence[int]]) -> tuple[Record, ...]:
        return tuple(map(self._records.__getitem__, sorted(set().union(*some))))

    def _record(self, index: int) -> Record:
        if index not in self._records:
            self._records[index] = self._book.record_at(index)
        return self._records[index]

    def _is_recorded(self, at: At) -> bool:
        stream, pos = at
        return stream in self._numbers and pos < self._book.store.forest.stream(self._numbers[stream]).size

    def _follow(self, some: Sequence[Record]) -> list[tuple[int, ...]]:
        """Of each record the indexes of itself, of the one that corrects it, and so on, as far as they were taken
        between the two sizes.
        """
        self._records |= {record.index: record for record in some}
        by = self._book.store.superseders(binary_id(record.id) for record in some)
        found = []
        for record in some:
            chain_of = [record.index] if self._since <= record.index < self._until else []
            index = by.get(binary_id(record.id))
            while index is not None and self._since <= index < self._until:
                chain_of.append(index)
                above = binary_id(self._record(index).id)
                index = self._book.store.superseders([above]).get(above)
            found.append(tuple(chain_of))
        return found


def differences(
    report: Report, was: ReportRun, now: ReportRun, causes: Causing, progress: Progress = no_progress
) -> Iterator[Difference]:
    """Every cell that differs, in the order of the later run's rows, then rows that are gone."""
    before, after = (matched(report, run.table) for run in (was, now))
    figures = tuple(column for column in report.columns[report.keys :] if column.name not in report.matched)
    keys = [*after, *(key for key in before if key not in after)]
    for done, key in enumerate(keys):
        progress(done, len(keys))
        old, new = before.get(key), after.get(key)
        sides = (was, old), (now, new)
        whole = _whole(report, *sides, figures, causes) if report.cites or not (old and new) else None
        what = "appears" if old is None else "disappears" if new is None else "changes"
        for column in figures:
            a, b = (None if cells is None else cells[column.name] for cells in (old, new))
            if a != b:
                records = causes.of(*_behind(report, *sides, (column,))) if whole is None else whole
                yield Difference(key, column, a, b, what, records)


def _whole(
    report: Report, was: Side, now: Side, columns: Sequence[Column], causes: Causing
) -> tuple[Record, ...]:
    """Causes of the change of a row as a whole."""
    if not report.cites:
        return causes.of(*_behind(report, was, now, columns))
    return causes.cited(*(set() if cells is None else cited(report, cells) for _, cells in (was, now)))


def _behind(report: Report, was: Side, now: Side, columns: Sequence[Column]) -> tuple[Set[At], Set[At]]:
    """Records of each side in the rows that cells are computed from on either side: a fact may remove
    the rows that they were computed from.
    """
    # many figures rest on the same records: each of their sets once, by what it is and not by its content
    found: tuple[dict[int, Collection[At]], dict[int, Collection[At]]] = {}, {}
    for column in columns:
        grounds = [
            None if cells is None else ground(report, run.rows, run.scope, cells, column)
            for run, cells in (was, now)
        ]
        there = [one for one in grounds if one is not None]
        looked_at = {one.asked[:2]: one.asked for one in there}.values()
        for side, own, (run, _), (_, other) in zip(found, grounds, (was, now), (now, was), strict=True):
            some: list[Collection[At]] = []
            if own is not None:
                some.append(own.also)
            elif report.conditions and other is not None:  # a declaration may remove the row of a silent grid
                some.append(report.behind(run.rows, run.scope, other, column.name).also)
            for kind, keys in _together(there):
                some += [records_in(kind, keys, run.rows, asked) for asked in looked_at]
            side |= {id(each): each for each in some}
    of_was, of_now = (_union(side.values()) for side in found)
    return of_was, of_now


def _union(some: Iterable[Collection[At]]) -> Set[At]:
    """The elements of some sets. Those of the large ones are put together once: they are the records of a whole
    site, and the same for each of its rows, whose own records are mostly among them.
    """
    large, small = [], set[At]()
    for each in some:
        if isinstance(each, frozenset) and len(each) >= _MANY:
            large.append(each)
        else:
            small.update(each)
    joined = _joined(tuple(large))
    return joined if small <= joined else joined | small


@lru_cache(maxsize=4)  # a frozenset knows its hash, and is equal to itself without a look at its elements
def _joined(large: tuple[frozenset[At], ...]) -> frozenset[At]:
    return frozenset[At]().union(*large)


def _together(grounds: Sequence[Ground]) -> Iterator[tuple[RowKind, Keys]]:
    """The rows of both sides, each once."""
    for each in zip(*(one.rows for one in grounds), strict=True):
        kind, keys = each[0]
        more = [others for _, others in each if others != keys]
        yield kind, tuple(dict.fromkeys(chain(keys, *more))) if more else keys


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
