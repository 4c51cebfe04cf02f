"""Checks 7 to 9: each stream of a bundle, its records in order and its root."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Sequence
from operator import le, lt
from typing import NamedTuple

from ledger.verifier.bundle import Bundle
from ledger.verifier.faults import Missing, ProofError
from ledger.verifier.leaf import Leaf
from ledger.verifier.leaf_patterns import Leaves
from ledger.verifier.reader import Remembered, State
from ledger.verifier.trees import grow, peaks_root


class Proven(NamedTuple):
    """A stream of a bundle, proven: its records at [lo, size) are ``member``'s lines, ``peaks`` the compact
    range of [0, size).
    """

    name: str
    number: int
    lo: int
    size: int
    root: bytes
    peaks: tuple[bytes, ...]
    member: str


class ProvenStreams:
    """The streams of a bundle, checked one after the other against the directory that the heads leaf commits
    to.
    """

    def __init__(
        self,
        bundle: Bundle,
        state: State | None,
        size: int,
        heads: Leaf,
        count: int,
        root: bytes,
        lines: Sequence[bytes],
    ) -> None:
        self.bundle, self.state, self.size, self.heads = bundle, state, size, heads
        self.count, self.root, self.lines = count, root, lines
        self.proven: dict[str, Proven] = {}
        self.unanchored: Missing = []
        self.parsed: dict[str, list[Leaf]] = {}
        self.indexes: set[int] = {size - 1}
        self.known: list[tuple[array[int], bytearray]] = []
        """Indexes and hashes of the leaves of each stream, in rising order: what the log's tree must hold."""

    def remembered(self, name: str, lo: int, peaks: Sequence[bytes], where: str) -> Remembered | None:
        """Recall a stream from the reader's state; its records before ``lo`` must be those he saw."""
        known = None if self.state is None else self.state.streams.get(name)
        if lo and (known is None or known.size != lo):
            seen = "you bring no state of it" if known is None else f"your state ends at {known.size}"
            self.unanchored.append(
                ("left-unanchored", where, f"the records of {name} begin at position {lo}, but {seen}")
            )
        elif lo and known is not None and peaks_root(peaks) != known.root:
            raise ProofError(
                "range-root", f"the first {lo} records of {name} are not those that you have seen", where
            )
        return known

    def records(
        self, name: str, member: str, lo: int, peaks: list[bytes], known: Remembered | None
    ) -> tuple[int, list[bytes]]:
        """Each record of a stream in order: its size and compact range with them."""
        reader, size, last_index, last_rec = Leaves(name, member), lo, -1, b""
        self.parsed[name] = reader.parsed
        limit, digest = self.heads.rec.encode(), hashlib.sha256
        known_places, known_hashes = array("Q"), bytearray()
        self.known.append((known_places, known_hashes))
        for lines in self.bundle.lines(member):
            indexes, places, recs = reader.read(lines, size - lo)
            self._check_places(member, lo, size, indexes, places, last_index)
            if not (all(map(le, (last_rec, *recs), recs)) and recs[-1] <= limit):
                why = f"record times fall, or are after {self.heads.rec} of the heads record"
                raise ProofError("time-order", why, member)
            hashes = [digest(b"\0" + line).digest() for line in lines]
            if self.bundle.tied:
                known_places.extend(indexes)
                known_hashes += b"".join(hashes)
            later = recs[max(known.size - size, 0) :] if known is not None else []
            if known is not None and later and later[0] < known.rec.encode():
                why = f"a record that came after you looked is dated before {known.rec}, when you looked"
                raise ProofError("time-order", why, member)
            if known is not None and size < known.size <= size + len(lines):
                cut = known.size - size
                peaks, hashes, size = grow(size, peaks, hashes[:cut]), hashes[cut:], known.size
                if peaks_root(peaks) != known.root:
                    why = f"the first {known.size} records of {name} are not those that you have seen"
                    raise ProofError("range-root", why, member)
            peaks, size = grow(size, peaks, hashes), size + len(hashes)
            last_index, last_rec = indexes[-1], recs[-1]
        return size, peaks

    def _check_places(
        self, member: str, lo: int, size: int, indexes: Sequence[int], places: Sequence[int], last: int
    ) -> None:
        """Positions dense, indexes rising, inside the log and of no other record of the bundle."""
        befores = (last, *indexes)
        if not (all(map(lt, befores, indexes)) and indexes[-1] < self.size):
            at = next(n for n, index in enumerate(indexes) if not befores[n] < index < self.size)
            why = f"index {indexes[at]} after {befores[at]} in a log of {self.size}"
            raise ProofError("event-position", why, f"{member}:{size - lo + at + 1}")
        if list(places) != list(range(size, size + len(places))):
            at = next(n for n, place in enumerate(places) if place != size + n)
            why = f"position {places[at]} where {size + at} is due"
            raise ProofError("event-position", why, f"{member}:{size - lo + at + 1}")
        before = len(self.indexes)
        self.indexes.update(indexes)
        if len(self.indexes) != before + len(indexes):
            raise ProofError("event-position", "two records of the bundle have the same index", member)
