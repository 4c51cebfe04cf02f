"""A checked bundle as a book that can be read: reports are made from its records alone, by the same code as
from a whole log (law P15).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from heapq import merge

from ledger.app.book.book import NOWHERE, Book
from ledger.app.book.config import Config
from ledger.app.host.clock import Machine
from ledger.errors import Malformed
from ledger.log.forest import Forest
from ledger.log.merkle import Frontier
from ledger.records.ids import binary_id
from ledger.records.leaf_format import glance
from ledger.store.checked_reads import CheckedReads
from ledger.store.ids_in_memory import IdsInMemory
from ledger.store.port import Seal, Section
from ledger.store.unwritten import Unwritten
from ledger.verifier.checks import Checked
from ledger.verifier.keys import strict_base64


class BundleStore(Unwritten, IdsInMemory):
    """The records of a bundle behind the store port, at their indexes in the log; the others are absent."""

    def __init__(self, checked: Checked) -> None:
        self.size = checked.checkpoint.size
        proven = checked.streams.values()
        self.forest = Forest.load({one.number: Frontier(one.size, one.peaks).encode() for one in proven})
        self._names = checked.names
        self._leaves = {
            one.number: [leaf for part in checked.bundle.lines(one.member) for leaf in part] for one in proven
        }
        self._lo = {one.number: one.lo for one in proven}
        self._places: dict[int, list[int]] = {}
        self._at: dict[int, bytes] = {}
        self._sections = checked.sections.disclosed
        self._kept_back = {index for index, _ in checked.sections.withheld}
        for number, leaves in self._leaves.items():
            glances = list(map(glance, leaves))
            self._places[number] = [leaf.index for leaf in glances]
            self._at |= zip(self._places[number], leaves, strict=True)
            for leaf in glances:
                self._ids[binary_id(leaf.id)] = leaf.index
                self._superseders |= dict.fromkeys(map(binary_id, leaf.corrects), leaf.index)
        last = strict_base64(checked.bundle.json("heads.json", "inclusion", "leaf")["leaf"])
        self._at[self.size - 1] = last

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """The leaves [start, stop) of the log; ``Malformed`` at one that the bundle does not hold."""
        for index in range(start, stop):
            if index not in self._at:
                raise Malformed(
                    f"record {index} is not in the bundle, which is known at its checkpoint alone: ask the"
                    " operator for a wider bundle, or leave --known-at out"
                )
            yield self._at[index]

    def has(self, index: int) -> bool:
        """True where a record of this index is in the bundle."""
        return index in self._at

    def held(self, start: int, stop: int) -> Iterator[bytes]:
        """Those of the leaves [start, stop) that the bundle holds, in order."""
        indexes = merge(*self._places.values())
        return (self._at[index] for index in indexes if start <= index < stop)

    def read_stream(self, number: int, start: int, stop: int | None) -> Iterator[bytes]:
        """Leaves of a stream by position; ``Malformed`` where the bundle does not hold it."""
        self._check_held(number)
        lo = self._lo[number]
        return iter(self._leaves[number][max(0, start - lo) : None if stop is None else stop - lo])

    def stream_size_at(self, number: int, size: int) -> int:
        """Number of the log's first ``size`` records that belong to a stream."""
        self._check_held(number)
        return self._lo[number] + bisect_left(self._places[number], size)

    def holds(self, number: int) -> bool:
        """True where any part of a stream is in the bundle."""
        return number in self._lo

    def _check_held(self, number: int) -> None:
        if not self.holds(number):
            raise Malformed(f"{self._names[number]} is not in the bundle")

    def lacks(self, number: int, *, sections: bool) -> str | None:
        """Reason why a stream cannot be read whole; None where it can."""
        if number not in self._lo:
            return "is not in the bundle"
        if self._lo[number]:
            return f"begins at position {self._lo[number]:,} in the bundle"
        if sections and (kept := self._kept_back.intersection(self._places[number])):
            return f"withholds a section of record {min(kept)}"
        return None

    def stream_indexes(self, number: int, start: int, stop: int) -> list[int]:
        """Indexes in the log of the records [start, stop) of a stream."""
        self._check_held(number)
        lo = self._lo[number]
        return list(self._places[number][max(0, start - lo) : stop - lo])

    def read_sections(self, index: int) -> list[Section]:
        """The disclosed sections of a record."""
        return sorted(Section(name, *found) for (at, name), found in self._sections.items() if at == index)

    def last_seal(self) -> Seal | None:
        """Raise ``Malformed``: what depends on the whole sealed log cannot be made from a bundle."""
        raise Malformed("a bundle does not hold the whole log: this is made from the book itself")

    def seals(self) -> list[Seal]:
        """A bundle is read, not sealed."""
        return []

    def tile(self, level: int, number: int) -> bytes | None:
        """A bundle has no tiles."""
        return None

    def keeps_sections(self, streams: Iterable[int], size: int) -> bool:
        """True where a section of a record of these streams is disclosed."""
        held = {at for at, _ in self._sections if at < size}
        return any(not held.isdisjoint(self._places[number]) for number in streams)


class ProvenReads(CheckedReads):
    """The leaves of a checked bundle: the verifier has proven each, and those of other streams are not
    here.
    """

    def __init__(self, store: BundleStore) -> None:
        super().__init__(store)
        self._held = store

    def checked(self, index: int, leaf: bytes) -> bytes:
        """A leaf of the bundle."""
        return leaf

    def leaves(self, start: int, stop: int) -> Iterator[bytes]:
        """Those of the leaves [start, stop) that the bundle holds, in the order of the log."""
        return self._held.held(start, stop)


class BundleBook(Book):
    """The book of a bundle, known at its checkpoint."""

    called = "bundle"

    def __init__(self, checked: Checked) -> None:
        store = BundleStore(checked)
        self._checkpoint = checked.checkpoint
        super().__init__(NOWHERE, store, Config(checked.checkpoint.origin), Machine(), NOWHERE)
        self.reads = ProvenReads(store)
        self._held = store

    def has(self, index: int) -> bool:
        """True where a record of this index is in the bundle."""
        return self._held.has(index)

    def lacks(self, streams: Mapping[str, int], *, sections: bool = False) -> dict[str, str]:
        """Reasons why some streams cannot be read whole."""
        found = {name: self._held.lacks(number, sections=sections) for name, number in streams.items()}
        return {name: why for name, why in found.items() if why is not None}

    def absent(self, streams: Mapping[str, int]) -> list[str]:
        """Names of streams that the bundle does not hold."""
        return [name for name, number in streams.items() if not self._held.holds(number)]

    def root_at(self, size: int) -> bytes:
        """The root over the records of the checkpoint; ``Malformed`` for any other size."""
        if size != self._checkpoint.size:
            raise Malformed(f"the bundle is of {self._checkpoint.size} records, not of {size}")
        return self._checkpoint.root
