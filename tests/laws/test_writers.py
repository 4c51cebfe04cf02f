"""Several honest writers of one book: wherever one of them is stopped while others run, no book is dead and
no head is behind.
"""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from ledger.app.book.book import Book
from ledger.app.book.config import Config
from ledger.app.host.clock import Seeded
from ledger.app.maintenance.fsck import check_book
from tests.support import racing
from tests.support.postgres import Server


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("races") / "base"
    place.mkdir()
    racing.base(place)
    return place


@pytest.fixture(scope="module")
def calls(folder: Path) -> dict[str, list[str]]:
    return {name: racing.calls_of(folder, action) for name, action in racing.ACTIONS.items()}


@pytest.mark.parametrize("second", ["record_many", "rotate", "restore"])
@pytest.mark.parametrize("first", racing.ACTIONS)
def test_a_writer_that_waited_leaves_what_another_wrote(
    folder: Path, calls: dict[str, list[str]], first: str, second: str
) -> None:
    """The first stands still between opening and commit, the second writes, the first goes on: HeadFile once
    gave its new head an old number.
    """
    stops = racing.narrow(calls[first], 120)
    assert [wrong for at in stops for wrong in racing.pair(folder, first, at, second)] == []


@pytest.mark.parametrize(("count", "races"), [(2, 8), (3, 12), (8, 6)])
def test_many_writers_leave_one_history(
    folder: Path, calls: dict[str, list[str]], count: int, races: int
) -> None:
    """Each stands still somewhere, then all go on in another order."""
    assert [wrong for seed in range(races) for wrong in racing.many(folder, count, seed, calls)] == []


def test_writers_of_several_folders_sign_one_history(
    tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A book in a server, its folder copied to three machines that share the key and what it signed: each
    records and signs in turn with the others, and no folder is damaged by what another did.
    """
    folders = [tmp_path / str(n) for n in range(3)]
    monkeypatch.setenv("WATTLEDGER_KEY_FILE", str(tmp_path / "the.key"))
    settings = Config(racing.ORIGIN, postgres.new_schema())
    with Book.create(folders[0], settings, surroundings=Seeded("races", racing.TIME_US)) as book:
        book.record(racing.said(racing.SITE))
    for folder in folders[1:]:
        shutil.copytree(folders[0], folder)
    wrong: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for n in range(4):
                racing.record(folders[number], 10 * number + n)
                racing.checkpoint(folders[number], number)
        except BaseException as why:
            wrong.append(why)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [check_book(folder, lambda *_: None)["findings"] for folder in folders]
    with Book.open(folders[0], write=False) as book:
        recorded = sum(record.kind.startswith("incident-opened") for record in book.records())
    assert (wrong, found, recorded) == ([], [[], [], []], 12)
