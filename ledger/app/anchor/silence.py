"""What destinations lack: the checkpoints that one has not, and those that lack some for too long."""

from __future__ import annotations

from typing import Final, NamedTuple

from ledger import calendar
from ledger.app.anchor.anchored_file import Delivered, read_anchored
from ledger.app.book.book import Book
from ledger.store.port import Seal

SILENT_S: Final = 3_600


def missing(book: Book, known: Delivered) -> list[Seal]:
    """The seals that a destination has not, oldest first; the newest alone for a new one."""
    if is_current(book, known):
        return []
    seals = book.store.seals()
    return [seal for seal in seals if seal.size > known.size] if known.size else seals[-1:]


def is_current(book: Book, known: Delivered | None) -> bool:
    """True where a destination has the newest seal, or there is none."""
    last = book.store.last_seal()
    return last is None or (known is not None and known.size == last.size)


def rolled_back(book: Book, known: Delivered) -> str:
    """Why a book is not the one of which a destination took the last checkpoint; empty where it may be."""
    last = book.store.last_seal()
    if last is None or known.size <= last.size:
        return ""
    return (
        f"it has a checkpoint over {known.size:,} records, and the newest of this book is over {last.size:,}: this"
        " is an older copy of the book. Next: wattledger verify --anchor"
    )


class SilentAnchor(NamedTuple):
    """A destination that has not the newest checkpoints: how many it lacks, and for how long the first of them
    has waited.
    """

    where: str
    lacks: int
    age_s: int
    why: str

    def __str__(self) -> str:
        """The fault in words."""
        if not self.lacks:
            return self.why
        hours, minutes = divmod(self.age_s // 60, 60)
        count = f"{self.lacks:,} checkpoint{'' if self.lacks == 1 else 's'}"
        because = f" ({self.why})" if self.why else ""
        return f"has not taken {count} for {hours} h {minutes:02} min{because}"


def silences(book: Book, at: str) -> list[SilentAnchor]:
    """Destinations, of ``book.toml`` or of earlier runs, that lack a checkpoint for more than an hour."""
    known = read_anchored(book.directory)
    if book.config.anchor:
        from ledger.app.anchor.destinations import (
            of_settings,
        )  # whose mail, TLS and sockets most books do not use

        for one in of_settings(book.config.anchor):
            known.setdefault(one.id, Delivered(one.to.where))
    found = []
    for delivered in known.values():
        due = missing(book, delivered)
        if why := rolled_back(book, delivered):
            found.append(SilentAnchor(delivered.where, 0, 0, why))
        elif due:
            age_s = calendar.instant_s(at) - calendar.rec_us(book.rec_at(due[0].size - 1)) // 1_000_000
            if age_s > SILENT_S:
                found.append(SilentAnchor(delivered.where, len(due), age_s, delivered.failed))
    return sorted(found)
