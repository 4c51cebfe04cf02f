"""Reading with one's own eyes: leaves are hashed as they pass, and what they add up to must be the root that was kept.

Nothing is decided on and no report is made from bytes that changed since they were committed (RFC 6962 section 2.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from ledger.app.roots import hash_at
from ledger.errors import Tampered
from ledger.log.merkle import Frontier, hashes_of, subtrees
from ledger.store.port import Store

PAGE: Final = 4096


def log_leaves(store: Store, size: int, root: bytes) -> Iterator[bytes]:
    """The first ``size`` leaves of the log; after the last of them ``Tampered`` if their root is another."""
    return _checked(store.read(0, size), root, f"the first {size} records")


def later_leaves(store: Store, start: int, size: int, root: bytes) -> Iterator[bytes]:
    """The leaves [start, size); ``Tampered`` after the last unless the first ``size`` records have this root."""
    node = hash_at(store)
    seen = Frontier(start, [node(level, index) for level, index in subtrees(0, start)])
    return _checked(store.read(start, size), root, f"the first {size} records", seen)


def stream_leaves(store: Store, number: int) -> Iterator[bytes]:
    """All leaves of a stream that the store's handle knows of; ``Tampered`` if their root is another."""
    kept = store.forest.stream(number)
    return _checked(store.read_stream(number, 0, kept.size), kept.root(), f"the records of stream {number}")


def _checked(
    leaves: Iterable[bytes], root: bytes, what: str, seen: Frontier | None = None
) -> Iterator[bytes]:
    rest, seen = iter(leaves), seen or Frontier()
    while page := list(islice(rest, PAGE)):
        seen.extend(hashes_of(page))
        yield from page
    if seen.root() != root:
        raise Tampered(f"{what} are not the ones that were committed: some changed; run fsck to find them")
