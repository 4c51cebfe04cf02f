"""Every file of a book, missing, empty, a directory, unreadable, overwritten, cut or with one bit changed: every command says so and none crashes.

``tools/damages.py`` asks every command of every damage; here fsck is asked of each, and with it one other command in turn.
"""

from __future__ import annotations

import click
import pytest

from ledger.app.cli import COMMANDS
from tests.damaged import ASKED, DAMAGES, ELSEWHERE, FILES, Table

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
    known = {words.split()[0] for words, _ in ASKED.values()} | ELSEWHERE
    assert {name for command in COMMANDS for name in _names(command) if not name.startswith("keys")} <= known


def _names(command: click.Command) -> list[str]:
    if isinstance(command, click.Group):
        return [f"{command.name} {name}" for name in command.commands]
    return [str(command.name)]
