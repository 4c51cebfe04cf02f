"""Checks of what a book has besides its records: read models, the key, copies outside the machine."""

from __future__ import annotations

import stat
from collections.abc import Iterator

from ledger.app.cache.cache_file import read_model_size
from ledger.app.host.files import READ_MODEL
from ledger.app.maintenance.checkup.check import BookFolder, Opened, Trouble
from ledger.app.maintenance.modes import OTHERS
from ledger.store import portable


def read_models(opened: Opened) -> Iterator[Trouble]:
    """The tables that others read show all records."""
    size, made_from = opened.book.store.size, read_model_size(opened.book.directory)
    if made_from is not None and made_from < size:
        yield Trouble(
            f"{READ_MODEL} shows {made_from:,} of {size:,} records",
            "wattledger rebuild, or rebuild --follow to keep it up to the log",
            is_finding=False,
        )


def key(place: BookFolder) -> Iterator[Trouble]:
    """A key kept outside the book is readable by its owner alone; files inside are checked with the rest."""
    if place.key.parent.resolve() == place.directory.resolve():
        return
    if not place.key.is_file():
        yield Trouble(f"{place.key} is no file: nothing can be sealed here", "name the key's file", False)
    elif portable.MODES and (mode := stat.S_IMODE(place.key.stat().st_mode)) & OTHERS:
        yield Trouble(
            f"{place.key} has the mode {mode:04o}, so others may use the signing key",
            f"chmod 600 {place.key}; where others had it, wattledger keys rotate",
        )


def anchor(opened: Opened) -> Iterator[Trouble]:
    """Checkpoints leave the machine: whoever may write here could otherwise make another history unseen."""
    if not opened.book.config.anchor:
        yield Trouble(
            "no checkpoint is sent to another machine",
            "name a place in book.toml: wattledger help anchor",
            is_finding=False,
        )
