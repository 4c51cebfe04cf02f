"""The guard against a fork: nothing is appended or signed unless the book extends what its key signed last
(PROOF 3).
"""

from __future__ import annotations

from pathlib import Path

from ledger.app.book import keys
from ledger.app.book.config import Config
from ledger.errors import Tampered, WattledgerError
from ledger.kinds import LedgerHeads, StreamOpened
from ledger.records import leaf_format
from ledger.store.port import Store
from ledger.store.roots import root_at


class ForkGuard:
    """The check that a writer makes while it holds the lock; the root is computed again only when the signed
    file changed.
    """

    def __init__(self, store: Store, settings: Config, key: Path) -> None:
        self._store, self._settings, self._key = store, settings, key
        self._paths = str(key), str(keys.signed_path(key))
        self._checked: tuple[object, ...] | None = None  # the signed file that was compared last

    def check(self) -> None:
        """Raise ``Tampered`` or ``Malformed`` where nothing may be appended."""
        now = keys.stamp(*self._paths)
        if now is not None and now == self._checked:
            return
        why = cannot_go_on(self._store, self._settings, self._key)
        if why is not None:
            raise why
        self._checked = now


def cannot_go_on(store: Store, settings: Config, key: Path) -> WattledgerError | None:
    """Reason why nothing may be appended to a book or signed: its key is not here, or has signed what the
    book does not hold.
    """
    note = keys.read_signed(key)
    if note is None or not key.exists():
        if is_empty(store):
            return None
        return signed_missing(key) if key.exists() else keys.no_key(key)
    try:
        signed = keys.parse_signed(key, note)
    except Tampered as why:
        return why
    if signed.origin != settings.origin:
        return Tampered(
            f"the key last signed for {signed.origin}, this book is {settings.origin}: use a key file of"
            " its own"
        )
    if signed.size > store.size:
        return Tampered(
            f"the key has signed {signed.size} records and this book holds {store.size}:"
            f" {said_range(store.size, signed.size)} missing. Re-read the missing records from an export"
            " (wattledger restore FILE), or begin a new origin (wattledger --book NEW init)"
        )
    if root_at(store, signed.size) != signed.root:
        return Tampered(
            f"the book's first {signed.size} records are not those the key signed: this is another history;"
            " put back the key of this one with the checkpoint it last signed, or begin a new origin"
            " (wattledger --book NEW init)"
        )
    return None


def is_empty(store: Store) -> bool:
    """True where a book holds only what was written when it was made."""
    return store.size <= 3 and all(
        isinstance(leaf_format.decode(leaf).body, (StreamOpened, LedgerHeads))
        for leaf in store.read(0, store.size)
    )


def said_range(start: int, stop: int) -> str:
    """Records [start, stop) as the subject of a sentence: ``record 7 is``, ``records 7 to 9 are``."""
    return f"record {start} is" if stop == start + 1 else f"records {start} to {stop - 1} are"


def signed_missing(key: Path) -> Tampered:
    """The error for a key without the checkpoint that it signed last."""
    return Tampered(
        f"{keys.signed_path(key)} is missing, so what the key signed last is not known, and it could sign a"
        " second history: put it back, or put in its place the newest checkpoint of this log that anyone"
        " holds"
    )
