"""Live rows: the rows of one stream that grow with it, equal to a replay from zero after every record (law
P4).

``extend`` folds the next records of the stream in their order. A correction takes out the records it names
and refolds only the rows that they were in, from the positions that are kept for every row. The changes of a
run of records can be taken out (``take``) and put into other rows of the same stream at the same size
(``put``): a cache keeps them, piece by piece.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final, NamedTuple

from ledger.records.envelope import Record
from projections.engine.fold import Key, RowKind, Rows, Runs

Places = dict[Key, list[int]]
_pos: Final = attrgetter("pos")
_corrects: Final = attrgetter("corrects")


class Changes(NamedTuple):
    """Changes to the rows of one kind by some records: the rows afterwards (None: gone), positions folded in, by
    key, and the rows that were folded again.
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
        self.began_with(lambda kind: (), tuple)
        self._added: dict[str, Places] = {kind.name: {} for kind in row_kinds}
        self._refolded: dict[str, dict[Key, None]] = {kind.name: {} for kind in row_kinds}
        self._taken: dict[str, list[Places]] = {kind.name: [] for kind in row_kinds}
        self.gone: list[int] = []
        self._gone_taken: list[int] = []
        self._kinds = tuple(row_kinds)
        self._runs = Runs(row_kinds)

    def extend(self, records: Sequence[Record]) -> None:
        """Fold the next records of the stream."""
        stale: dict[tuple[RowKind, Key], None] = {}
        for corrects in filter(None, map(_corrects, records)):
            stale |= dict.fromkeys(self._withdrawn(corrects))
        self._runs.add(records)
        for name, key, run in self._runs.fold(self.rows):
            self._added[name].setdefault(key, []).extend(map(_pos, run))
        for kind, key in stale:
            self._refold(kind, key)

    def _withdrawn(self, ids: Iterable[str]) -> Iterable[tuple[RowKind, Key]]:
        for id_ in ids:
            target = self._known(id_)
            assert target is not None, "a record corrects what is recorded before it in its stream"
            self.gone.append(target.pos)
            for kind in self._kinds:
                if type(target.body) in kind.facts and not kind.every:
                    yield kind, kind.key(target)

    def _refold(self, kind: RowKind, key: Key) -> None:
        """Fold one row again from its effective records."""
        gone = {*self.gone, *self._gone_taken, *self._gone_before()}
        kept = [*self._places_before(kind), *self._taken[kind.name], self._added[kind.name]]
        found = sorted(pos for places in kept for pos in places.get(key, ()) if pos not in gone)
        if found:
            self.rows[kind.name][key] = kind.evolve(None, list(map(self._at, found)))
        else:
            self.rows[kind.name].pop(key, None)
        self._refolded[kind.name][key] = None

    def take(self) -> tuple[dict[str, Changes], list[int]]:
        """The changes since the last call, by row kind, and the positions withdrawn."""
        found = {}
        for name, rows in self.rows.items():
            added, refolded = self._added[name], self._refolded[name]
            places = added.copy()
            found[name] = Changes(
                {key: rows.get(key) for key in (*places, *refolded)}, places, frozenset(refolded)
            )
            self._taken[name].append(places)
            added.clear()
            refolded.clear()
        gone, self.gone = self.gone, []
        self._gone_taken += gone
        return found, gone

    def began_with(
        self,
        places: Callable[[RowKind], Iterable[Mapping[Key, Sequence[int]]]],
        gone: Callable[[], Iterable[int]],
    ) -> None:
        """Set the functions that give the positions behind the rows put in, and the positions withdrawn
        before.
        """
        self._places_before, self._gone_before = places, gone

    def put(self, kind: RowKind, packed: Mapping[Key, Any]) -> None:
        """Put in the cached rows of a kind that has none yet; a row of None does not exist."""
        unpack = kind.unpack
        self.rows[kind.name].update({key: unpack(row) for key, row in packed.items() if row is not None})
