"""Checks of the database: its settings, the library that reads it, and its head file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ledger.app.maintenance.checkup.check import BookFolder, Opened, Trouble
from ledger.errors import Tampered

_RESTORE: Final = (
    "write nothing; run wattledger fsck, and restore the newest backup where it finds records missing"
)


def journal_mode(place: BookFolder) -> Iterator[Trouble]:
    """The database keeps a write-ahead log: readers refuse another, and every writer sets it again."""
    if why := place.store.journal_fault():
        yield Trouble(
            why,
            "end the other programs that have the database open, then record or seal: wattledger checkpoint",
        )


def libraries(place: BookFolder) -> Iterator[Trouble]:
    """The database's library has no fault that could damage it."""
    for fault in place.store.library_faults():
        yield Trouble(
            f"{fault.library} {fault.found} has a fault that can damage a database ({fault.what})"
            + ("" if fault.reaches else f"; no book meets it: {fault.why}"),
            f"use a Python with {fault.library} {fault.mended} or later",
            is_finding=fault.reaches,
        )


def head(opened: Opened) -> Iterator[Trouble]:
    """The log holds all that was acknowledged."""
    store, book = opened.place.store, opened.book
    newest = store.head()
    size = book.store.refresh()
    if newest is None:
        yield Trouble(
            "no head can be read: what was acknowledged is not known",
            "wattledger repair --head shows whether the log is whole; add --apply to write the head again",
        )
        return
    if newest.size > size:
        yield Trouble(f"{newest.size:,} records were acknowledged, and {store.name} holds {size:,}", _RESTORE)
        return
    try:
        other = book.root_at(newest.size) != newest.root
    except Tampered as why:
        yield Trouble(str(why), _RESTORE)
        return
    if other:
        yield Trouble(f"the first {newest.size:,} records are not those that were acknowledged", _RESTORE)
