"""The list of backends: whatever works with a book asks the backend that its book.toml names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.app.book.book import Book
from ledger.app.book.config import Config
from ledger.app.host.clock import Seeded
from ledger.app.host.progress import no_progress
from ledger.app.maintenance.backup import back_up, restore_backup
from ledger.app.maintenance.fsck import check_book
from ledger.app.maintenance.restore import RestoreOptions
from ledger.store.open import BACKENDS
from ledger.store.sqlite.folder import SqliteFolder
from tests.support.small_book import SITE, START_US, said

USED = {"create", "open", "snapshot", "audit", "acknowledge", "move_head", "move_records"}


def test_a_second_backend_is_one_line_in_the_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A book of another backend is made, filled, backed up, restored and checked: each step asks that backend,
    and none the default one.
    """
    asked: set[str] = set()

    class Second(SqliteFolder):
        def __getattribute__(self, name: str) -> object:
            asked.add(name)
            return super().__getattribute__(name)

    monkeypatch.setitem(BACKENDS, "second", Second)
    for name in USED:
        monkeypatch.setattr(SqliteFolder, name, _only_of(Second, getattr(SqliteFolder, name)))
    settings = Config("example.com/second", "second")
    with Book.create(tmp_path / "b", settings, surroundings=Seeded("b", START_US)) as book:
        book.record(said(SITE))
    back_up(tmp_path / "b", tmp_path / "b.zip", no_progress)
    restore_backup(tmp_path / "again", tmp_path / "b.zip", RestoreOptions(), no_progress)
    (tmp_path / "again" / "ledger.key").write_bytes((tmp_path / "b" / "ledger.key").read_bytes())
    found = check_book(tmp_path / "again", no_progress)["findings"]
    assert (USED - asked, [one for one in found if "key" not in one["what"]]) == (set(), [])


def _only_of(backend: type, real: Any) -> Callable[..., Any]:
    def asked(self: object, *args: Any, **options: Any) -> Any:
        assert isinstance(self, backend), "the default backend was asked"
        return real(self, *args, **options)

    return asked
