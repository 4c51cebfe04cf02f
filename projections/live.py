"""Live rows: the rows of one stream that grow with it, equal to a replay from zero after every record (law P4).

``extend`` folds the next records of the stream in their order. A correction takes out the records it names and refolds only the rows that
they were in, from the positions that are kept for every row. What a run of records changed can be taken out (``take``) and put into other
rows of the same stream at the same size (``put``): that is what a cache keeps, piece by piece.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ledger.events import Fact
from ledger.records import Record
from projections.fold import Key, RowKind, Rows

Places = dict[Key, list[int]]


class Changes(NamedTuple):
    """What some records changed in the rows of one kind: rows as they are after (None: gone), and positions folded in, by key."""

    rows: dict[Key, Any]
    places: Places


class Live:
    """Rows of some kinds of one stream; ``known(id)`` and ``at(pos)`` read records of the stream again, for corrections."""

    def __init__(
        self,
        row_kinds: Sequence[RowKind],
        known: Callable[[str], Record | None],
        at: Callable[[int], Record],
    ) -> None:
        self.rows: Rows = {kind.name: {} for kind in row_kinds}
        self._kinds = tuple(row_kinds)
        self._known, self._at = known, at
        self.began_with(lambda kind: (), tuple)
        self._added: dict[str, Places] = {kind.name: {} for kind in row_kinds}
        self._changed: dict[str, dict[Key, None]] = {kind.name: {} for kind in row_kinds}
        self._taken: dict[str, list[Places]] = {kind.name: [] for kind in row_kinds}
        self.gone: list[int] = []
        self._gone_taken: list[int] = []
        self._listeners: dict[type[Fact], list[RowKind]] = {}
        for kind in row_kinds:
            for fact in kind.facts:
                self._listeners.setdefault(fact, []).append(kind)

    def extend(self, records: Iterable[Record]) -> None:
        """Fold the next records of the stream."""
        stale: dict[tuple[RowKind, Key], None] = {}
        nobody: tuple[RowKind, ...] = ()
        for record in records:
            if record.corrects:
                stale |= dict.fromkeys(self._withdrawn(record.corrects))
            for kind in self._listeners.get(type(record.body), nobody):
                name, key = kind.name, kind.key(record)
                table = self.rows[name]
                table[key] = kind.evolve(table.get(key), record)
                self._changed[name][key] = None
                added = self._added[name]
                if key in added:
                    added[key].append(record.pos)
                else:
                    added[key] = [record.pos]
        for kind, key in stale:
            self._refold(kind, key)

    def _withdrawn(self, ids: Iterable[str]) -> Iterable[tuple[RowKind, Key]]:
        for id_ in ids:
            target = self._known(id_)
            assert target is not None, "a record corrects what is recorded before it in its stream"
            self.gone.append(target.pos)
            for kind in self._listeners.get(type(target.body), ()):
                if not kind.every:
                    yield kind, kind.key(target)

    def _refold(self, kind: RowKind, key: Key) -> None:
        """One row again from the records that still stand."""
        gone = {*self.gone, *self._gone_taken, *self._gone_before()}
        kept = [*self._places_before(kind), *self._taken[kind.name], self._added[kind.name]]
        row = None
        for pos in sorted(pos for places in kept for pos in places.get(key, ()) if pos not in gone):
            row = kind.evolve(row, self._at(pos))
        if row is None:
            self.rows[kind.name].pop(key, None)
        else:
            self.rows[kind.name][key] = row
        self._changed[kind.name][key] = None

    def take(self) -> tuple[dict[str, Changes], list[int]]:
        """What was changed since this was last called, by row kind, and the positions withdrawn."""
        found = {
            kind.name: Changes(
                {key: self.rows[kind.name].get(key) for key in self._changed[kind.name]},
                self._added[kind.name],
            )
            for kind in self._kinds
        }
        for kind in self._kinds:
            self._taken[kind.name].append(self._added[kind.name])
            self._added[kind.name], self._changed[kind.name] = {}, {}
        gone, self.gone = self.gone, []
        self._gone_taken += gone
        return found, gone

    def began_with(
        self,
        places: Callable[[RowKind], Iterable[Mapping[Key, Sequence[int]]]],
        gone: Callable[[], Iterable[int]],
    ) -> None:
        """Where to ask for the positions behind the rows that were put in, and for those withdrawn before."""
        self._places_before, self._gone_before = places, gone

    def put(self, kind: RowKind, packed: Mapping[Key, Any]) -> None:
        """The rows of a kind as a cache kept them, where there are none yet; None is none."""
        unpack = kind.unpack
        self.rows[kind.name] = {key: unpack(row) for key, row in packed.items() if row is not None}
