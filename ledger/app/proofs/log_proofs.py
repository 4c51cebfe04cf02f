"""Proofs about the log as a whole (RFC 6962 2.1): that a record is in it at its index, and that an earlier
log is its beginning.

They are of a sealed size, so that a signed checkpoint stands behind the root; a size that was not signed is
answered too, without a checkpoint.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ledger.app.book.book import Book
from ledger.app.proofs.cosignatures import cosigned
from ledger.errors import Malformed, Refused
from ledger.log.checkpoint import Checkpoint, parse_checkpoint
from ledger.log.merkle import consistency_proof, inclusion_proof
from ledger.log.record_proof import format_proof
from ledger.verifier.trees import leaf_hash


class Inclusion(NamedTuple):
    """Proof that the leaf of a record, by its index, is in the log of a size: the hashes from the leaf up,
    and the checkpoint over that size, None where it is not sealed.
    """

    record: int
    leaf: bytes
    size: int
    root: bytes
    hashes: tuple[bytes, ...]
    note: bytes | None

    def text(self) -> bytes:
        """A C2SP tlog-proof with the leaf as its extra data."""
        if self.note is None:
            raise Refused(f"no checkpoint is over {self.size:,} records; leave size out for the newest")
        return format_proof(self.record, self.hashes, self.note, extra=self.leaf)


class Consistency(NamedTuple):
    """Proof that the log of the first size is the beginning of that of the second."""

    sizes: tuple[int, int]
    roots: tuple[bytes, bytes]
    hashes: tuple[bytes, ...]


def sealed(book: Book) -> tuple[Checkpoint, bytes]:
    """The newest signed checkpoint, parsed and as bytes; ``Refused`` before the first."""
    seal = book.store.last_seal()
    if seal is None:
        raise Refused("nothing is sealed yet. Next: wattledger checkpoint")
    return parse_checkpoint(seal.note), cosigned(book.directory, seal)


def inclusion(book: Book, index: int, size: int | None = None) -> Inclusion:
    """One record's inclusion in the log of a size, or in that of the newest checkpoint."""
    checkpoint, note = sealed(book)
    if size is None:
        size = checkpoint.size
        if index >= size:
            raise Refused(
                f"record {index} is not sealed yet: the newest checkpoint is over {size} records."
                " Next: wattledger checkpoint"
            )
    _check_size(book, "size", size)
    if index >= size:
        raise Malformed(f"size must be over {index}, the record's index: {size}")
    hashes = inclusion_proof(book.reads.tiles.hash_at, index, size)
    signed = note if size == checkpoint.size else _note_of(book, size)
    return Inclusion(index, book.reads.leaf(index), size, book.root_at(size), tuple(hashes), signed)


def consistency(book: Book, first: int, second: int | None = None) -> Consistency:
    """Proof that the log of ``first`` records is the beginning of that of ``second``, or of the newest
    checkpoint's."""
    second = sealed(book)[0].size if second is None else second
    _check_size(book, "to", second)
    if not 1 <= first <= second:
        raise Malformed(f"from must be from 1 to {second}: {first}")
    hashes = consistency_proof(book.reads.tiles.hash_at, first, second)
    return Consistency((first, second), (book.root_at(first), book.root_at(second)), tuple(hashes))


def _note_of(book: Book, size: int) -> bytes | None:
    return next((cosigned(book.directory, seal) for seal in book.store.seals() if seal.size == size), None)


def _check_size(book: Book, name: str, size: int) -> None:
    if not 1 <= size <= book.store.size:
        raise Malformed(f"{name} must be from 1 to {book.store.size}, the records of this book: {size}")


# --- for machines -------------------------------------------------------------------------------------------


def inclusion_json(found: Inclusion) -> dict[str, Any]:
    """An inclusion, hashes in hex."""
    return {
        "index": found.record,
        "size": found.size,
        "root": found.root.hex(),
        "leaf_hash": leaf_hash(found.leaf).hex(),
        "hashes": [one.hex() for one in found.hashes],
        "checkpoint": None if found.note is None else found.note.decode(),
    }


def consistency_json(found: Consistency) -> dict[str, Any]:
    """A consistency, hashes in hex."""
    return {
        "from": {"size": found.sizes[0], "root": found.roots[0].hex()},
        "to": {"size": found.sizes[1], "root": found.roots[1].hex()},
        "hashes": [one.hex() for one in found.hashes],
    }


def checkpoint_json(book: Book) -> dict[str, Any]:
    """The newest checkpoint, parsed."""
    checkpoint, note = sealed(book)
    return {
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "key": book.seals.vkey(),
        "note": note.decode(),
    }
