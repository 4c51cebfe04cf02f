"""Rows that are made each time they are gone through: for a report of millions, of which none is kept.

A table holds its rows as a sequence. Most reports list theirs; one whose rows would not fit into memory gives
``MadeRows``, and whoever takes rows one after the other (``batches``) needs memory for a batch. To go through
them again is to make them again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final, overload

from projections.engine.report import ReportRow

BATCH: Final = 8_192


class MadeRows(Sequence[ReportRow]):
    """The rows of ``make``, which gives the same ones each time; ``count`` counts them without making them.
    ``batch`` is how many are taken at a time.
    """

    def __init__(
        self, make: Callable[[], Iterator[ReportRow]], count: Callable[[], int], batch: int = BATCH
    ) -> None:
        self._make, self._count, self.batch = make, count, batch
        self._length: int | None = None

    def __iter__(self) -> Iterator[ReportRow]:
        return self._make()

    def __len__(self) -> int:
        if self._length is None:
            self._length = self._count()
        return self._length

    def __bool__(self) -> bool:
        return any(True for _ in self)

    @overload
    def __getitem__(self, at: int) -> ReportRow: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[ReportRow, ...]: ...
    def __getitem__(self, at: int | slice) -> ReportRow | tuple[ReportRow, ...]:
        places = range(len(self))[at]
        if isinstance(places, int):
            return next(islice(self, places, None))
        assert places.step > 0, "rows are made in their order"
        return tuple(islice(self, places.start, places.stop, places.step))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]


def batches(rows: Sequence[ReportRow]) -> Iterator[Sequence[ReportRow]]:
    """The rows, some thousand at a time; listed ones all at once, as they are in memory anyway."""
    if not isinstance(rows, MadeRows):
        yield rows
        return
    made = iter(rows)
    while batch := list(islice(made, rows.batch)):
        yield batch
