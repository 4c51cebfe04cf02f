"""Stages of making a book, so that ``init`` can be run again after it was killed or the disk was full.

A book is made in this order, each step durable before the next: its folder, ``book.toml``, the key, the
database and its head, the first records, what the key signed, the seal. Until the key has signed, nobody
holds a commitment: what is there of the store is removed and made anew, with the same key. Once it has
signed, these very records are kept, and opening the book writes the seal that is missing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path
from typing import Final

from ledger.app.book import config, keys
from ledger.app.book.config import Config
from ledger.app.host.files import NO_ROOM, make_folder, remove_leftovers, sync_directory
from ledger.errors import Conflict, Malformed, Tampered, UnknownOutcome
from ledger.store import portable
from ledger.store.open import store_folder
from ledger.store.port import StoreFolder

OWN_KINDS: Final = {"stream-opened.v1", "ledger-heads.v1"}
FIRST_SIZE: Final = 3  # two streams are opened, then their heads are kept


class Stage(Enum):
    """Stage that the making of a book has reached."""

    NEW = "nothing of it is there"
    BEGUN = "it was begun, and nothing is signed yet"
    SIGNED = "its first records are signed, and the seal may be missing"
    MADE = "it is a book, or holds what init does not write"


def stage_of(directory: Path, key: Path) -> Stage:
    """Stage of the book in a directory, whose key is or would be at a path."""
    size = _first_records(directory)
    if size is None:
        return Stage.MADE
    begun, store = (directory / config.NAME).exists(), config.folder_of(directory).exists()
    if not begun and not (store and key.exists() and key.parent == directory):
        return Stage.NEW
    if keys.read_signed(key) is None:
        return Stage.BEGUN
    return Stage.SIGNED if begun and size == FIRST_SIZE else Stage.MADE


def _first_records(directory: Path) -> int | None:
    """Number of records that ``init`` wrote, unsealed; None where there is a seal, or anything else."""
    kinds = config.folder_of(directory).unsealed_kinds(FIRST_SIZE)
    return len(kinds) if kinds is not None and OWN_KINDS.issuperset(kinds) else None


def check_begun(directory: Path, store: StoreFolder, size: int | None = None) -> None:
    """``Malformed`` where the making of a book was cut short before it held a record: ``size`` is the number
    in its database, None without one.
    """
    gone = size is None and not store.exists() and store.head() is None
    if gone or size == 0:
        raise _begun(directory)


@contextmanager
def blaming_begun(directory: Path, key: Path) -> Iterator[None]:
    """Turn damage into ``Malformed`` where it is only what a power loss left of a book whose key has signed
    nothing: an empty database, or one whose first transaction has to be rolled back. There is nothing to
    restore, and asking again does not help; init makes it anew.
    """
    try:
        yield
    except (Tampered, UnknownOutcome):
        if key.exists() and stage_of(directory, key) is Stage.BEGUN:
            raise _begun(directory) from None
        raise


def begun_settings(directory: Path, key: Path) -> Config | None:
    """Settings of a book that is not finished."""
    if stage_of(directory, key) in (Stage.BEGUN, Stage.SIGNED) and (directory / config.NAME).exists():
        return config.read_config(directory)
    return None


@contextmanager
def making(directory: Path, settings: Config, key: Path, seed: bytes) -> Iterator[Stage]:
    """Make what comes before the store, or find it made, while nobody else does; ``MADE`` never comes out of
    it.

    ``UnknownOutcome`` where the disk fails, inside too: the same call finishes what was begun.
    """
    try:
        if stage_of(directory, key) is Stage.NEW and key.exists():
            raise keys.key_exists(key)
        make_folder(directory)
        with alone(directory):
            stage = stage_of(directory, key)
            store = store_folder(directory, settings.backend)
            if stage is Stage.NEW and not store.in_files and store.exists():
                raise Malformed(
                    f"{settings.backend} holds records already: each book needs a schema of its own"
                )
            if stage is Stage.MADE:
                raise Malformed(f"{directory} is a book already; nothing was changed")
            if stage is Stage.SIGNED:
                _check_signed(directory, settings, key)
            if stage is Stage.BEGUN:
                config.folder_of(directory).remove()
                sync_directory(directory)
            if not (directory / config.NAME).exists() or config.read_config(directory) != settings:
                config.write_config(directory, settings)
            remove_leftovers(key)
            if not key.exists():
                keys.create_key(key, seed)
            yield stage
    except UnknownOutcome as why:
        raise _unfinished(directory, str(why.__cause__ or why)) from why
    except OSError as why:
        if why.errno not in NO_ROOM:
            raise
        raise _unfinished(directory, f"{why.filename or 'the disk'}: {why.strerror}") from why


@contextmanager
def alone(directory: Path) -> Iterator[None]:
    """Hold a directory while a book is put into it; ``Conflict`` where another process does so."""
    portable.check_writable()
    descriptor = os.open(directory, os.O_RDONLY | (portable.DIRECTORY or 0))
    try:
        with suppress(OSError):  # a file system without locks
            try:
                portable.lock(descriptor, wait=False)
            except BlockingIOError:
                raise Conflict(
                    f"{directory}: another process makes a book here; try again when it is done"
                ) from None
        yield
    finally:
        os.close(descriptor)


def _check_signed(directory: Path, settings: Config, key: Path) -> None:
    if not key.exists():
        raise keys.no_key(key)
    begun = config.read_config(directory).origin
    if begun != settings.origin:
        raise Malformed(
            f"{directory}: the book {begun} was begun here and its first records are signed; finish it with"
            f" --origin {begun}"
        )


def _begun(directory: Path) -> Malformed:
    return Malformed(
        f"{directory}: the book was begun here and not finished; run init again, it goes on from there"
    )


def _unfinished(directory: Path, why: str) -> UnknownOutcome:
    return UnknownOutcome(
        f"the book in {directory} is not finished ({why}); run init again, it goes on from here"
    )
