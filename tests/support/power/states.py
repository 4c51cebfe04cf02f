"""Disk states that a power loss may leave: after each call, choices of the pieces that were on their way.

All, none, every beginning (a disk that keeps order), each call lost, each call alone, each call torn, and
random choices, some with the length of a file on the disk and its bytes not. The same choices for the same
seed.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import NamedTuple

from tests.support.power.disk import Disk, Piece, content

ORDERED = 24
"""Beginnings that are tried at a call, at most: those that end with a call, and random ones."""


class State(NamedTuple):
    """Files by their path below the root, each with the bytes that were kept, the pieces that came to them
    and its least length; and the folders there.
    """

    parts: tuple[tuple[str, bytes, tuple[Piece, ...], int], ...]
    folders: tuple[str, ...]
    digest: bytes

    @property
    def files(self) -> dict[str, bytes]:
        """Bytes of the files."""
        return {name: content(kept, pieces, length) for name, kept, pieces, length in self.parts}


Digests = dict[tuple[int, int, int, tuple[int, ...]], bytes]
"""Digests of contents, by the number of a file, the version of what is kept of it, its least length and the
pieces on top.
"""


def states(disk: Disk, rng: random.Random, count: int, digests: Digests) -> Iterator[State]:
    """Up to a number of states that a power loss may leave now."""
    for kept, grown in _choices(disk.pieces, rng, count):
        yield _state(disk, kept, grown, digests)


def _choices(
    pieces: Sequence[Piece], rng: random.Random, count: int
) -> Iterator[tuple[Sequence[Piece], bool]]:
    """Choices of pieces, the telling ones first."""
    yield pieces, False
    if not pieces:
        return
    yield (), False
    made = 2
    for choice in _plain(pieces, rng):
        if made >= count:
            return
        yield choice, False
        made += 1
    while made < count:
        share, since = rng.choice((0.1, 0.5, 0.9)), rng.randrange(len(pieces))
        old = pieces[:since] if rng.random() < 0.5 else ()
        rest = pieces[since:] if old else pieces
        yield (*old, *(piece for piece in rest if rng.random() < share)), rng.random() < 0.25
        made += 1


def _plain(pieces: Sequence[Piece], rng: random.Random) -> Iterator[Sequence[Piece]]:
    calls = list(dict.fromkeys(piece.call for piece in pieces))
    last = [piece for piece in pieces if piece.call == calls[-1]]
    before = pieces[: len(pieces) - len(last)]
    for n in range(1, len(last)):
        yield (*before, *last[:n])  # torn: its first sectors
        yield (*before, *last[n:])
    if len(calls) > 1:
        yield last
        yield before
    chosen = calls if len(calls) <= ORDERED else sorted(rng.sample(calls, ORDERED))
    for call in chosen:
        yield [piece for piece in pieces if piece.call <= call]
        yield [piece for piece in pieces if piece.call != call]
        yield [piece for piece in pieces if piece.call == call]
        yield [piece for piece in pieces if piece.call > call]
    names = [piece for piece in pieces if piece.names]
    if names and len(names) < len(pieces):
        yield names
        yield [piece for piece in pieces if not piece.names]


def _state(disk: Disk, pieces: Iterable[Piece], grown: bool, digests: Digests) -> State:
    start = len(disk.root) + 1
    files, folders = disk.files(pieces)
    parts, whole = [], blake2b(digest_size=16)
    for name, (number, mine) in sorted(files.items()):
        length = disk.length(number) if grown else 0
        key = (number, disk.versions.get(number, 0), length, tuple([piece.serial for piece in mine]))
        if key not in digests:
            data = content(disk.kept[number], mine, length)
            digests[key] = blake2b(data, digest_size=16).digest()
        parts.append((name[start:], disk.kept[number], mine, length))
        whole.update(name.encode() + b"\0" + digests[key])
    there = tuple(sorted(name[start:] for name in folders))
    whole.update("\0".join(there).encode())
    return State(tuple(parts), there, whole.digest())
