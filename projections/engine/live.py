"""Live rows: the rows of one stream that grow with it, equal to a replay from zero after every record (law
P4).

``extend`` folds the next records of the stream in their order. A correction takes out the records it names
and refolds only the rows that they were in, from the positions that are kept for every row. The changes of a
run of records can be taken out (``take``) and put into other rows of the same stream at the same size
(``put``): a cache keeps them, piece by piece.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final, NamedTuple

from ledger.records.envelope import Record
from projections.engine.fold import Key, RowKind, Rows, Runs

Places = dict[Key, list[int]]
_pos: Final = attrgetter("pos")
_corrects: Final = attrgetter("corrects")


class Changes(NamedTuple):
    """Changes to the rows of one kind by some records: the rows afterwards (None: gone), positions folded in, by
    key, and the rows that were folded again, of which all positions are given.
    """

    rows: dict[Key, Any]
    places: Places
    refolded: frozenset[Key]


class Live:
    """Rows of some kinds of one stream; ``known(id)`` and ``at(pos)`` read records of the stream again, for
    corrections.
    """

    def __init__(
        self,
        row_kinds: Sequence[RowKind],
        known: Callable[[str], Record | None],
        at: Callable[[int], Record],
    ) -> None:
        self.rows: Rows = {kind.name: {} for kind in row_kinds}
        self._known, self._at = known, at
        self.began_with(lambda kind, key: ())
        self._taken: dict[str, Places] = {kind.name: {} for kind in row_kinds}
        self._added: dict[str, Places] = {kind.name: {} for kind in row_kinds}
        self._refolded: dict[str, set[Key]] = {kind.name: set() for kind in row_kinds}
        self._whole: dict[str, set[Key]] = {kind.name: set() for kind in row_kinds}
        self._kinds = tuple(row_kinds)
        self._runs = Runs(row_kinds)

    def extend(self, records: Sequence[Record]) -> None:
        """Fold the next records of the stream."""
        gone: set[int] = set()
        stale: dict[tuple[RowKind, Key], None] = {}
        for corrects in filter(None, map(_corrects, records)):
            for target in map(self._known, corrects):
                assert target is not None, "a record corrects what is recorded before it in its stream"
                gone.add(target.pos)
                stale |= dict.fromkeys(self._rows_with(target))
        self._runs.add(records)
        for name, key, run in self._runs.fold(self.rows):
            self._added[name].setdefault(key, []).extend(map(_pos, run))
        for kind, key in stale:
            self._refold(kind, key, gone)

    def _rows_with(self, record: Record) -> Iterator[tuple[RowKind, Key]]:
        """The rows that a record is taken out of when it is corrected."""
        for kind in self._kinds:
            if type(record.body) in kind.facts and not kind.every:
                yield kind, kind.key(record)

    def _refold(self, kind: RowKind, key: Key, gone: set[int]) -> None:
        """Fold one row again from its effective records."""
        name = kind.name
        kept = list(self._added[name].get(key, ()))
        if key not in self._refolded[name]:
            kept += self._taken[name].get(key, ())
            if key not in self._whole[name]:
                kept += self._places_before(kind, key)
        found = sorted(pos for pos in kept if pos not in gone)
        if found:
            self.rows[name][key] = kind.evolve(None, list(map(self._at, found)))
        else:
            self.rows[name].pop(key, None)
        self._added[name][key] = found
        self._refolded[name].add(key)

    def take(self) -> dict[str, Changes]:
        """The changes since the last call, by the row kinds that have any."""
        found = {}
        for name, added in self._added.items():
            if not added:
                continue
            rows, taken, refolded = self.rows[name], self._taken[name], self._refolded[name]
            found[name] = Changes({key: rows.get(key) for key in added}, added, frozenset(refolded))
            for key, places in added.items():
                if key in refolded:
                    taken[key] = []
                    self._whole[name].add(key)
                taken.setdefault(key, []).extend(places)
        self._added |= {name: {} for name in found}
        self._refolded |= {name: set() for name in found}
        return found

    def began_with(self, places: Callable[[RowKind, Key], Sequence[int]]) -> None:
        """Set the function that gives the positions behind a row that was put in."""
        self._places_before = places

    def put(self, kind: RowKind, packed: Mapping[Key, Any]) -> None:
        """Put in the cached rows of a kind that has none yet; a row of None does not exist."""
        unpack = kind.unpack
        self.rows[kind.name].update({key: unpack(row) for key, row in packed.items() if row is not None})
