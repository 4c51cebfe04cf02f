"""The file of what was told: it survives a run that is cut short anywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.app.watch.told_file import ToldFile
from ledger.errors import Conflict, Malformed

FIRST, SECOND = {"alert": "1", "said": "a"}, {"alert": "2", "said": "b"}


def kept(path: Path) -> list[str]:
    with ToldFile(path) as file:
        return list(file.pending)


def written(path: Path) -> bytes:
    with ToldFile(path) as file:
        file.add([FIRST, SECOND])
        file.told(["1"])
    return path.read_bytes()


def test_what_was_found_and_not_told_is_kept(tmp_path: Path) -> None:
    written(tmp_path / "told")
    assert kept(tmp_path / "told") == ["2"]


def test_what_was_told_is_not_found_again(tmp_path: Path) -> None:
    written(tmp_path / "told")
    with ToldFile(tmp_path / "told") as file:
        file.add([FIRST])
        assert list(file.pending) == ["2"]


def test_a_run_that_is_cut_short_anywhere_leaves_a_file_that_is_read(tmp_path: Path) -> None:
    """After any number of bytes: a whole line counts, a torn one is as if it was never written."""
    data = written(tmp_path / "told")
    for size in range(len(data) + 1):
        (tmp_path / "torn").write_bytes(data[:size])
        lines = data[:size].count(b"\n")
        expected = [[], ["1"], ["1", "2"], ["2"]][lines]
        assert (size, kept(tmp_path / "torn")) == (size, expected)


def test_one_watch_at_a_time_keeps_a_file(tmp_path: Path) -> None:
    with ToldFile(tmp_path / "told"), pytest.raises(Conflict, match="held by another watch"):
        ToldFile(tmp_path / "told")


@pytest.mark.parametrize("text", ["hello\n", "hello", "[1]\n", "{}\n"])
def test_another_file_is_left_alone(tmp_path: Path, text: str) -> None:
    (tmp_path / "notes").write_text(text)
    with pytest.raises(Malformed, match="another"):
        ToldFile(tmp_path / "notes")
    assert (tmp_path / "notes").read_text() == text
