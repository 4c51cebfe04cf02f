"""Every file of a book, missing, empty, a directory, unreadable, overwritten, cut or with one bit changed:
every command says so and none crashes.

``tools/damages.py`` asks every command of every damage; here fsck is asked of each, and with it one other command in turn.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import click
import pytest

from ledger.app.cli.main import COMMANDS
from ledger.app.maintenance.fsck import check_book
from ledger.store.sqlite.store import DATABASE
from tests.support.damaged import (
    ASKED,
    DAMAGES,
    ELSEWHERE,
    FILES,
    ORIGIN,
    Table,
    ask,
    file_of,
    random_flip,
    wrong_after,
)

TABLE = [(file, damage) for file in FILES for damage in DAMAGES]
OTHERS = [
    name for name in ASKED if name not in ("fsck", "rebuild")
]  # rebuild takes a second; the tool asks it too


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Table:
    return Table(tmp_path_factory.mktemp("damages"))


@pytest.mark.parametrize(("file", "damage"), TABLE)
def test_a_damaged_file_is_named_by_fsck_and_crashes_no_command(table: Table, file: str, damage: str) -> None:
    names = ["fsck", OTHERS[7 * TABLE.index((file, damage)) % len(OTHERS)]]
    assert {name: wrong for name in names if (wrong := table.wrong(file, damage, name))} == {}


@pytest.mark.parametrize("name", sorted({words.split()[0] for words, _ in ASKED.values()}))
def test_an_undamaged_book_is_answered_of(table: Table, name: str) -> None:
    asked = [each for each, (words, _) in ASKED.items() if words.split()[0] == name]
    assert {each: table.whole(each)[0] for each in asked} == dict.fromkeys(asked, 0)


def test_every_command_is_asked() -> None:
    asked = [words for words, _ in ASKED.values()]
    names = {name for command in COMMANDS.values() for name in _names(command)} - ELSEWHERE
    assert [name for name in sorted(names) if not any(words.startswith(name) for words in asked)] == []


def _names(command: click.Command) -> list[str]:
    if isinstance(command, click.Group):
        return [f"{command.name} {name}" for name in command.commands]
    return [str(command.name)]


def test_a_bit_that_changes_what_any_command_answers_is_seen_by_fsck(table: Table) -> None:
    """The first of the flips of tools/flips.py, which tries thousands."""
    rng = random.Random(5)
    flips = [random_flip(table, rng) for _ in range(12)]
    assert {flip: wrong for flip in flips if (wrong := wrong_after(table, flip))} == {}


def change(
    table: Table, sql: str, more: Callable[[Path], object] = lambda book: None
) -> list[tuple[str, str]]:
    """What fsck finds and notices of a copy whose database was changed by hand."""
    with table.copy() as book:
        with closing(sqlite3.connect(book / DATABASE, isolation_level=None)) as connection:
            connection.executescript(sql)
        more(book)
        report = check_book(book, lambda done, total: None)
        return [(how, one["what"]) for how in ("findings", "notices") for one in report[how]]


def test_a_section_that_is_gone_without_an_erasure_is_found(table: Table) -> None:
    """Of the two sections one is erased, which is no finding; the other is only deleted."""
    found = change(table, "DELETE FROM sections WHERE record >= 0")
    assert found == [("findings", "its section 'commercial' is gone, and no record says that it was erased")]


def test_a_section_that_an_export_left_out_is_no_finding_and_one_deleted_later_is(
    table: Table, tmp_path: Path
) -> None:
    with table.copy() as book:
        ask(book, "export jsonl -o {out}/without.jsonl")
        ask(tmp_path / "again", f"restore {book.parent}/without.jsonl --origin {ORIGIN}")
    again = tmp_path / "again"
    whole = check_book(again, lambda done, total: None)["findings"]
    with closing(sqlite3.connect(again / DATABASE, isolation_level=None)) as connection:
        connection.execute("DELETE FROM sections")
    lost = [one["what"] for one in check_book(again, lambda done, total: None)["findings"]]
    assert (whole, lost) == ([], ["its section 'commercial' is gone, and no record says that it was erased"])


@pytest.mark.parametrize("name", ["cosignatures", "timestamp"])
def test_an_anchor_of_no_checkpoint_of_the_book_is_found(table: Table, name: str) -> None:
    def renamed(book: Path) -> None:
        path = file_of(book, name)
        path.rename(path.with_name(f"276{path.suffix}"))

    found = change(table, "", renamed)
    assert [what.partition("276")[2][-70:] for how, what in found if "does not have" in what] == [
        f".{'tsr' if name == 'timestamp' else name} is of a checkpoint over 276 records, which this book does not have"[
            -70:
        ]
    ]


def test_an_anchor_that_is_not_listed_is_checked_for_what_it_is_about(table: Table) -> None:
    """One that an earlier version kept: whole it is a notice, damaged a finding."""

    def unlisted(book: Path) -> None:
        file_of(book, "sums").unlink()

    def damaged(book: Path) -> None:
        unlisted(book)
        path = file_of(book, "timestamp")
        path.write_bytes(path.read_bytes()[:600])

    assert [[how for how, _ in change(table, "", how_)] for how_ in (unlisted, damaged)] == [
        ["notices"],
        ["findings", "notices"],
    ]
