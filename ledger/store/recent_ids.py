"""The highest ids of a log with their indexes, kept while one writer alone appends.

Ids begin with the instant of their fact, so a claim about now has an id near the highest. Whether that is on
record already is answered here, without a query; older ids are looked up in the database.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Final

FIRST: Final = 2_000
"""Ids to begin with; those of the ledger's own records, of which one is made a minute, are among them."""
MOST: Final = 40_000
SAMPLES: Final = 100


class RecentIds:
    """All ids of a log above a floor."""

    def __init__(self, highest: Iterable[tuple[bytes, int]]) -> None:
        self._index = dict(highest)
        self._floor = min(self._index) if len(self._index) >= FIRST else b""

    def older(self, ids: Iterable[bytes]) -> list[bytes]:
        """Those of some ids that are not above the floor: they are not known here."""
        floor = self._floor
        return [id_ for id_ in ids if id_ <= floor]

    def found(self, ids: Iterable[bytes]) -> dict[bytes, int]:
        """Those of some ids that are known, with their indexes."""
        index = self._index
        return {id_: index[id_] for id_ in ids if id_ in index}

    def add(self, appended: dict[bytes, int]) -> None:
        """Take in records that were appended. Where there are too many, the floor rises to the middle one of a
        sample, which leaves about half of them.
        """
        self._index |= appended
        if len(self._index) > MOST:
            sample = sorted(islice(self._index, 0, None, MOST // SAMPLES or 1))
            floor = self._floor = max(self._floor, sample[len(sample) // 2])
            self._index = {id_: index for id_, index in self._index.items() if id_ > floor}
