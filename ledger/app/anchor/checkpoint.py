"""What leaves: a signed checkpoint with what it says, the same bytes whenever it is sent."""

from __future__ import annotations

import hashlib
from typing import NamedTuple, Protocol, runtime_checkable

from ledger.app.book.book import Book
from ledger.errors import Tampered
from ledger.store.port import Seal
from ledger.verifier.checkpoints import parse_checkpoint
from ledger.verifier.faults import ProofError
from ledger.verifier.notes import parse_note


class OutgoingCheckpoint(NamedTuple):
    """A signed checkpoint (C2SP signed note), and the record time of the last record under it."""

    origin: str
    size: int
    root: str
    rec: str
    note: str

    @property
    def key(self) -> str:
        """Its name for receivers, which drop what they have by it."""
        return hashlib.sha256(self.note.encode()).hexdigest()[:32]


class AnchorDestination(Protocol):
    """A place for checkpoints; ``where`` names it in messages and holds nothing that may be secret."""

    @property
    def where(self) -> str:
        """Its name for people."""
        ...

    def send(self, checkpoint: OutgoingCheckpoint) -> None:
        """Hand one over; ``NotTold`` unless it was taken. One that is there already is left as it is."""
        ...


@runtime_checkable
class ReadableDestination(AnchorDestination, Protocol):
    """A destination that can be read back."""

    def newest(self, size: int) -> bytes | None:
        """The newest checkpoint that it holds over at most so many records; None where there is none."""
        ...


def other_history(book: Book, to: AnchorDestination) -> str:
    """Why a destination belongs to another history of the log than this book; empty where none is seen."""
    note = to.newest(book.store.size) if isinstance(to, ReadableDestination) else None
    if note is None:
        return ""
    try:
        held = parse_checkpoint(parse_note(note).text)
    except ProofError:
        return ""
    if held.origin != book.config.origin or held.size > book.store.size:
        return ""
    if book.root_at(held.size) == held.root:
        return ""
    return (
        f"holds another history of {held.origin}: its checkpoint over {held.size:,} records is not of this book,"
        " so nothing is sent there. Next: wattledger verify --anchor"
    )


def outgoing(book: Book, seal: Seal) -> OutgoingCheckpoint:
    """The checkpoint of a seal; ``Tampered`` where it is none."""
    try:
        found = parse_checkpoint(parse_note(seal.note).text)
    except ProofError as why:
        raise Tampered(f"the checkpoint over {seal.size} records is damaged ({why}); run fsck") from None
    return OutgoingCheckpoint(
        found.origin, found.size, found.root.hex(), book.rec_at(found.size - 1), seal.note.decode()
    )
