"""A store in memory: the port and nothing else. Laws run on it, and what-if copies use it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from ledger.errors import Conflict
from ledger.log.forest import Forest
from ledger.log.merkle import hashes_of
from ledger.store.ids_in_memory import IdsInMemory
from ledger.store.port import Entry, Seal, Section


class MemoryStore(IdsInMemory):
    """Lists and dictionaries behind the port; lost when the process ends."""

    def __init__(self) -> None:
        self.forest = Forest()
        self._leaves: list[bytes] = []
        self._streams: dict[int, list[int]] = {}
        self._sections: dict[int, list[Section]] = {}
        self._tiles: dict[tuple[int, int], bytes] = {}
        self._seals: list[Seal] = []
        self._documents: set[str] = set()

    @property
    def size(self) -> int:
        """Number of records."""
        return len(self._leaves)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Do nothing: there is only one writer."""
        yield

    def name_holder(self, words: str) -> None:
        """Do nothing: no other process can ask for the name."""

    def append(self, entries: Sequence[Entry], expected_size: int) -> None:
        """Append all or nothing."""
        if expected_size != self.size:
            raise Conflict(f"the log holds {self.size} records, not {expected_size}")
        self._check(entries)
        for entry in entries:
            self._leaves.append(entry.leaf)
            self._streams.setdefault(entry.stream, []).append(entry.place)
            self._ids[entry.id] = entry.place
            self._superseders |= dict.fromkeys(entry.supersedes, entry.place)
            if entry.sections:
                self._sections[entry.place] = sorted(entry.sections)
        self.forest.extend([e.stream for e in entries], hashes_of([e.leaf for e in entries]))

    def _check(self, entries: Sequence[Entry]) -> None:
        ids: set[bytes] = set()
        named: set[bytes] = set()
        sizes: dict[int, int] = {}
        for place, entry in enumerate(entries, start=self.size):
            pos = sizes.get(entry.stream, len(self._streams.get(entry.stream, ())))
            twice = named & set(entry.supersedes) or self._superseders.keys() & set(entry.supersedes)
            if entry.place != place or entry.pos != pos or entry.id in ids or entry.id in self._ids or twice:
                raise Conflict(
                    f"record {entry.place} (position {entry.pos} of stream {entry.stream}) does not follow"
                    " the log"
                )
            ids.add(entry.id)
            named |= set(entry.supersedes)
            sizes[entry.stream] = pos + 1

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """Leaves of the log [start, stop)."""
        return iter(self._leaves[start:stop])

    def read_stream(self, number: int, start: int, stop: int | None) -> Iterator[bytes]:
        """Leaves of a stream [start, stop)."""
        return (self._leaves[place] for place in self._streams.get(number, [])[start:stop])

    def stream_size_at(self, number: int, size: int) -> int:
        """Number of the first ``size`` records that belong to a stream."""
        return bisect_left(self._streams.get(number, []), size)

    def stream_indexes(self, number: int, start: int, stop: int) -> list[int]:
        """Indexes in the log of the records [start, stop) of a stream."""
        return self._streams.get(number, [])[start:stop]

    def read_sections(self, index: int) -> list[Section]:
        """The sections kept for a record."""
        return [section for section in self._sections.get(index, ()) if section.is_held]

    def keeps_sections(self, streams: Iterable[int], size: int) -> bool:
        """True where a section is kept for a record of these streams."""
        places = {place for number in streams for place in self._streams.get(number, ()) if place < size}
        return any(self.read_sections(place) for place in places)

    def erase_all(self, sections: Sequence[tuple[int, str]], *, wait: bool = True) -> None:
        """Delete sections."""
        for index, name in sections:
            self._sections[index] = [s for s in self._sections.get(index, ()) if s.name != name]

    def hold(self, digests: Iterable[str]) -> None:
        """List documents as kept."""
        self._documents |= set(digests)

    def let_go(self, digest: str) -> None:
        """Remove a document from the list."""
        self._documents.discard(digest)

    def documents(self) -> set[str]:
        """The documents listed as kept."""
        return set(self._documents)

    def seal(self, note: bytes) -> None:
        """Keep a signed checkpoint over all records."""
        self._tiles |= {(level, number): data for level, number, data in self.forest.take_tiles()}
        self.forest.take_changed()
        self._seals.append(Seal(self.size, note))

    def last_seal(self) -> Seal | None:
        """The newest seal."""
        return self._seals[-1] if self._seals else None

    def seals(self) -> list[Seal]:
        """Every seal."""
        return list(self._seals)

    def tile(self, level: int, number: int) -> bytes | None:
        """A full tile of the main log."""
        return self._tiles.get((level, number))

    def refresh(self) -> int:
        """The unchanged size: no other process writes here."""
        return self.size

    def close(self) -> None:
        """Do nothing: no file or lock is held."""
