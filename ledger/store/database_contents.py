"""Every stored record, tree, index, seal and section of a database, re-read and compared by hash.

Records are compared with their columns by a glance at their envelope, a page at a time; only where that or a
tree disagrees are they read in full, one by one, to name the damaged ones.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from operator import attrgetter
from typing import Any, Final, NamedTuple, Protocol

from ledger.log.checkpoint import parse_checkpoint
from ledger.log.forest import Forest
from ledger.log.merkle import TILE_WIDTH, hashes_of
from ledger.store.audit import Finding, Glance, Reader
from ledger.store.port import Head
from ledger.verifier.faults import ProofError
from ledger.verifier.trees import HASH_BYTES, leaf_hash

PAGE: Final = 256
"""Records that are read at once: what they become fits the processor's cache, which is half of the time."""
REGISTRY, HEADS = 0, 1  # the numbers of the ledger's own streams
Row = tuple[int, int, int, str, bytes, bytes]  # as the table of records has it
Progress = Callable[[int, int], None]
_columns = attrgetter("index", "pos", "kind", "stream")


class Connection(Protocol):
    """A connection to a database that understands the statements of ``table_reads``."""

    def execute(self, statement: str, parameters: Sequence[Any] = ..., /) -> Any:
        """A cursor over the rows of a query."""
        ...


class CheckedHead(NamedTuple):
    """The head file as it was read: the newest whole head, and the faults of the file."""

    head: Head | None
    wrong: tuple[str, ...]


class DatabaseContents:
    """One pass over the records in index order that grows the trees and compares them with everything stored.

    ``roots`` are those over the records at every seal, at the head, and at the sizes asked for; ``sections``
    and ``sources`` are the JSON of what records state about theirs; ``wanted`` are the records of the
    reader's wanted kinds.
    """

    def __init__(
        self,
        connection: Connection,
        reader: Reader,
        progress: Progress | None,
        sizes: Collection[int] = (),
    ) -> None:
        self.connection, self.reader, self.progress, self.sizes = connection, reader, progress, sizes
        self.total = connection.execute("SELECT coalesce(max(rowid) + 1, 0) FROM records").fetchone()[0]
        self.forest = Forest()
        self.roots = {0: self.forest.root()}
        self.sections: dict[int, bytes] = {}
        self.sources: dict[bytes, int] = {}
        self.wanted: set[int] = set()
        self.sealed = 0
        self.positions: dict[int, int] = {}
        self.names: dict[int, str] = {}
        self.named: dict[bytes, int] = {}
        self.blamed: set[int] = set()
        self.agreed: (
            int | None
        ) = -1  # the last heads record that agreed with the streams, None once one did not

    def check(
        self, before: CheckedHead | None, after: CheckedHead, *, may_lag: bool = False
    ) -> Iterator[Finding]:
        """Check the records, each seal's root on the way, and then what is kept beside them; the head is
        given as it was before the transaction, None where it is not to be compared, and as it is now.
        ``may_lag``: a head may be behind a seal.
        """
        if self.total <= 0:
            yield Finding(None, "the book holds no records, not even those that it is made with")
        head = None if before is None else before.head
        sizes = {row[0] for row in self.connection.execute("SELECT size FROM seals")} | set(self.sizes)
        place = 0
        for stop in [
            *sorted(s for s in sizes | ({head.size} if head else set()) if 0 < s <= self.total),
            self.total,
        ]:
            if stop > place:
                yield from self._records(place, stop)
                place = stop
            self.roots[stop] = self.forest.root()
        heads = () if before is None else self._head(before, after)
        seals = self._seals(None if before is None or may_lag else after.head)
        wrong = [*heads, *seals, *self._tiles()]
        if wrong:
            yield from self._read_in_full()
        yield from wrong
        yield from self._unacknowledged(head)
        yield from self._corrections()

    def _records(self, start: int, stop: int) -> Iterator[Finding]:
        first = start
        while first < stop:
            last = min(first + PAGE, stop)
            rows = self._rows(first, last)
            if not rows:
                last = self._next(last, stop)
                yield Finding(first, f"is missing, and so is every record up to {last - 1}")
            elif len(rows) != last - first:
                present = {row[0] for row in rows}
                yield from (Finding(n, "is missing") for n in range(first, last) if n not in present)
            before = dict(self.positions)
            if not self._sound(rows):
                self.positions = before
                yield from self._named(rows)
            yield from self._grow(rows)
            first = last
            if self.progress:
                self.progress(last, self.total)

    def _next(self, first: int, stop: int) -> int:
        """The next record that is not missing."""
        query = "SELECT min(rowid) FROM records WHERE rowid >= ?"
        found = self.connection.execute(query, (first,)).fetchone()[0]
        return stop if found is None else min(int(found), stop)

    def _grow(self, rows: Sequence[Row]) -> Iterator[Finding]:
        """Add the records to the trees, and compare each heads record with the streams before it."""
        streams, hashes, at = [row[1] for row in rows], hashes_of([row[4] for row in rows]), 0
        for n in [n for n, stream in enumerate(streams) if stream in (REGISTRY, HEADS)]:
            self.forest.extend(streams[at:n], hashes[at:n])
            at = n
            yield from self._opening(rows[n]) if streams[n] == REGISTRY else self._heads(rows[n])
        self.forest.extend(streams[at:], hashes[at:])

    def _opening(self, row: Row) -> Iterator[Finding]:
        """Give an opened stream its line in the directory, empty or not."""
        with suppress(ValueError):
            opened = self.reader.read(row[4]).opens
            if opened is not None and opened[1] == self.forest.count():
                self.forest.open_stream(opened[1])
        return iter(())

    def _heads(self, row: Row) -> Iterator[Finding]:
        """Report only the first heads record that does not agree: after a change all later ones disagree
        too.
        """
        try:
            said = self.reader.heads(row[4])
        except ValueError:
            return  # named as no record already
        if self.agreed is None:
            return
        count, root = self.forest.heads() if self.forest.is_dense() else (0, b"")
        if said == (count, root.hex()):
            self.agreed = row[0]
            return
        since = "the beginning" if self.agreed < 0 else f"record {self.agreed}"
        self.agreed = None
        yield Finding(
            row[0],
            f"commits to other streams than those before it: it changed, or a record since {since} did",
        )

    def _rows(self, first: int, last: int) -> list[Row]:
        query = (
            "SELECT rowid, originator_id, originator_version, topic, state, id FROM records "
            "WHERE rowid >= ? AND rowid < ? ORDER BY rowid"
        )
        rows = self.connection.execute(query, (first, last)).fetchall()
        as_made = {type(row[1]) for row in rows} <= {int} and {type(row[4]) for row in rows} <= {bytes}
        return rows if as_made else list(map(_typed, rows))

    def _sound(self, rows: Sequence[Row]) -> bool:
        """True where every record agrees with its columns. Moves positions, names of streams and corrections
        on.
        """
        places, streams, positions, topics, leaves, ids = zip(*rows, strict=True) if rows else ((),) * 6
        due = self.positions
        for stream, pos in zip(streams, positions, strict=True):
            if due.get(stream, 0) != pos:
                return False
            due[stream] = pos + 1
        try:
            said = list(map(self.reader.glance, leaves))
            opening = [leaf for leaf, stream in zip(leaves, streams, strict=True) if stream == REGISTRY]
            opened = (self.reader.read(leaf).opens for leaf in opening)
            self.names |= {number: name for name, number in filter(None, opened)}
            own = list(map(_columns, said))
            own_ids = bytes.fromhex("".join([one.id for one in said]).replace("-", ""))
            sound = own_ids == b"".join(ids)
        except (ValueError, TypeError):
            return False
        wanted = self.reader.wanted
        for place, one in zip(places, said, strict=True):
            if one.corrects or one.sections or one.source or one.kind in wanted:
                self._take(place, one)
        return sound and own == list(
            zip(places, positions, topics, map(self.names.get, streams), strict=True)
        )

    def _take(self, place: int, one: Glance) -> None:
        """Note what a record states about other records, its sections and its document."""
        if one.corrects:
            self.named |= dict.fromkeys((bytes.fromhex(i.replace("-", "")) for i in one.corrects), place)
        if one.sections:
            self.sections[place] = bytes(one.sections)
        if one.source:
            self.sources.setdefault(bytes(one.source), place)
        if one.kind in self.reader.wanted:
            self.wanted.add(place)

    def _read_in_full(self) -> Iterator[Finding]:
        self.positions = {}
        for first in range(0, self.total, PAGE):
            yield from self._named(self._rows(first, min(first + PAGE, self.total)))

    def _named(self, rows: Sequence[Row]) -> Iterator[Finding]:
        for row in rows:
            if row[0] not in self.sections:
                with suppress(ValueError):
                    self._take(row[0], self.reader.glance(row[4]))
            wrong = self._wrong(*row)
            if wrong is not None and row[0] not in self.blamed:
                self.blamed.add(row[0])
                yield Finding(row[0], wrong)

    def _wrong(self, rowid: int, stream: int, pos: int, topic: str, leaf: bytes, id_: bytes) -> str | None:
        expected = self.positions.get(stream, 0)
        self.positions[stream] = (pos if isinstance(pos, int) else expected) + 1
        if pos != expected:
            return f"has position {pos} in stream {stream}, which was at {expected}"
        try:
            said = self.reader.read(leaf)
        except ValueError as why:
            return f"its bytes are not a record: {why}"
        if said.opens is not None:
            self.names[said.opens[1]] = said.opens[0]
        self.named.update(dict.fromkeys(said.supersedes, rowid))
        columns: dict[str, tuple[Any, Any]] = {
            "index": (said.place, rowid),
            "pos": (said.pos, pos),
            "id": (said.id, id_),
            "kind": (said.kind, topic),
            "stream": (said.stream, self.names.get(stream)),
        }
        for name, (own, beside) in columns.items():
            if own != beside:
                return f"its bytes say {name} {own!r}, the database {beside!r}"
        return None

    def _head(self, before: CheckedHead, after: CheckedHead) -> Iterator[Finding]:
        head = before.head
        yield from (Finding(None, f"the head file {what}") for what in before.wrong if what in after.wrong)
        if head is None:
            if after.head is None:
                yield Finding(
                    None, "the head file is missing or unreadable: what was acknowledged is not known"
                )
        elif head.size > self.total:
            yield from (Finding(n, "was acknowledged and is missing") for n in range(self.total, head.size))
        elif self.roots[head.size] != head.root:
            yield Finding(None, f"the first {head.size} records are not the ones that were acknowledged")

    def _unacknowledged(self, head: Head | None) -> Iterator[Finding]:
        """Read in full the records behind the head, which neither head nor seal covers: nothing else would
        show a damaged one.
        """
        for first in range(self.sealed if head is None else head.size, self.total, PAGE):
            for row in self._rows(first, min(first + PAGE, self.total)):
                if row[0] not in self.blamed:
                    try:
                        self.reader.read(row[4])
                    except ValueError as why:
                        yield Finding(row[0], f"its bytes are not a record: {why}")

    def _seals(self, head: Head | None) -> Iterator[Finding]:
        newest = self.sealed
        for size, note in self.connection.execute("SELECT size, note FROM seals ORDER BY size"):
            newest = max(size, newest)
            try:
                signed = parse_checkpoint(note if isinstance(note, bytes) else b"")
            except ProofError as why:
                yield Finding(None, f"the seal at {size} records is not a checkpoint: {why}")
                continue
            if size > self.total:
                yield Finding(
                    None,
                    f"the seal is over {size} records and the database holds {self.total}: the rest is"
                    " missing",
                )
            elif signed.size != size or self.roots.get(size) != signed.root:
                yield Finding(
                    None,
                    f"the seal at {size} records has another root than the records: some before {size}"
                    " changed",
                )
        self.sealed = newest
        if head is not None and head.size < newest <= self.total:
            yield Finding(
                None,
                f"the head knows {head.size} records and the database is sealed at {newest}: two writers of"
                " an earlier version can leave a head behind. Next: wattledger repair --head",
            )
        if newest <= self.total:
            yield from self._frontiers(newest)

    def _frontiers(self, sealed: int) -> Iterator[Finding]:
        rows = self.connection.execute("SELECT stream, data FROM frontiers").fetchall()
        if not sealed:
            if rows:
                yield Finding(None, "frontiers are kept and no seal is: the seals are gone")
            return
        try:
            kept = Forest.load(dict(rows))
        except ValueError as why:
            yield Finding(None, f"the kept frontiers cannot be read: {why}")
            return
        if kept.size != sealed:
            gone = "gone" if not rows else f"of {kept.size} records"
            yield Finding(None, f"the frontiers kept at the seal of {sealed} records are {gone}")
            return
        partial = dict(kept.tiles.partial()).get(0, b"")
        for first in range(kept.size, self.total, PAGE):
            tail = self._rows(first, first + PAGE)
            kept.extend([row[1] for row in tail], hashes_of([row[4] for row in tail]))
        if kept.frontiers() != self.forest.frontiers():
            yield from self._last_leaves(partial, sealed)
            yield Finding(
                None, f"the frontiers kept at the seal of {sealed} records are not those of the records"
            )

    def _last_leaves(self, hashes: bytes, sealed: int) -> Iterator[Finding]:
        """Compare the sealed records that no full tile covers with the hashes kept of them."""
        first = max(sealed - len(hashes) // HASH_BYTES, 0)
        for row in self._rows(first, sealed):
            start = (row[0] - first) * HASH_BYTES
            if leaf_hash(row[4]) != hashes[start : start + HASH_BYTES]:
                yield Finding(row[0], "differs from its hash kept at the last seal: one of the two changed")

    def _tiles(self) -> Iterator[Finding]:
        expected = {(level, number): data for level, number, data in self.forest.take_tiles()}
        newest = self.connection.execute("SELECT coalesce(max(size), 0) FROM seals").fetchone()[0]
        for level, number, data in self.connection.execute("SELECT level, number, hashes FROM tiles"):
            tile = expected.pop((level, number), None)
            if tile != data:
                yield from self._tile_findings(level, number, data if isinstance(data, bytes) else b"", tile)
        for level, number in sorted(expected):
            if (number + 1) * TILE_WIDTH ** (level + 1) <= newest:
                yield Finding(None, f"tile {level}/{number} is missing")

    @staticmethod
    def _tile_findings(level: int, number: int, data: bytes, tile: bytes | None) -> Iterator[Finding]:
        if tile is None or level or len(data) != len(tile):
            yield Finding(None, f"tile {level}/{number} is not that of the records")
            return
        for n in range(TILE_WIDTH):
            if data[n * HASH_BYTES : (n + 1) * HASH_BYTES] != tile[n * HASH_BYTES : (n + 1) * HASH_BYTES]:
                yield Finding(
                    number * TILE_WIDTH + n,
                    f"differs from its hash in tile {level}/{number}: one of the two changed",
                )

    def _corrections(self) -> Iterator[Finding]:
        kept = dict(self.connection.execute("SELECT target, record FROM corrections"))
        for target in sorted(kept.keys() | self.named.keys(), key=str):
            if kept.get(target) != self.named.get(target):
                place = kept.get(target, self.named.get(target))
                yield Finding(
                    place if isinstance(place, int) else None,
                    "the list of corrections differs at"
                    f" {target.hex() if isinstance(target, bytes) else target!r}",
                )


def _typed(row: tuple[Any, ...]) -> Row:
    """A row in which a value of a wrong type, left by damage, is emptied: it then differs from the record's
    bytes, and the record is named.
    """
    kinds = (int, int, int, str, bytes, bytes)
    whole: Any = tuple(
        value if isinstance(value, kind) else kind() for value, kind in zip(row, kinds, strict=True)
    )
    return whole  # type: ignore[no-any-return]
