"""verify.py, the verifier as one file: made of the rooms of ledger/verifier and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger import verifier
from ledger.verifier import ROOMS
from tests.support.page import PROGRAM
from tools import amalgamate


def test_an_auditor_reads_in_one_file_what_the_program_runs() -> None:
    """Whoever reviews the file reviews the rooms."""
    assert PROGRAM.read_text() == amalgamate.single_file(), "uv run python tools/bless verifier"


def test_no_part_of_the_verifier_is_left_out_of_the_file() -> None:
    there = {path.stem for path in Path(str(verifier.__file__)).parent.glob("*.py")}
    assert there == {*ROOMS, "verify", "__init__"}


@pytest.mark.parametrize(
    ("room", "says", "told"),
    [
        ("times", "from ledger.verifier.verdict import EXITS\n\nONE = 1\n", "does not come before it"),
        ("times", "import json as j\n\nONE = 1\n", "under another name"),
        ("times", "def leaf_hash() -> None: ...\n", "both have a leaf_hash"),
        ("times", "from ledger import errors\n\nONE = 1\n", "does not come before it"),
    ],
)
def test_a_room_that_could_not_stand_in_one_file_is_refused(
    room: str, says: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One name for two things would change what the file does without a word."""
    for path in amalgamate.FOLDER.glob("*.py"):
        (tmp_path / path.name).write_text(path.read_text())
    (tmp_path / f"{room}.py").write_text(f'"""A room."""\n\n{says}')
    monkeypatch.setattr(amalgamate, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=told):
        amalgamate.rooms()
