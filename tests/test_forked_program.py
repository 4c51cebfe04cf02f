"""A fork of the loaded program answers as a process that a shell starts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.forked_program import ADDRESS, program, write_caller

STARTED = (sys.executable, "-m", "ledger.app")
FACT = b"2026-07-21T09:00Z sandersville outage-begun block=m1\n"


def answer(place: Path, start: Sequence[str], words: Sequence[str]) -> tuple[int, bytes, bytes]:
    done = subprocess.run(
        [*start, *words],
        cwd=place,
        env=os.environ | {"COLUMNS": "60", "WATTLEDGER_BOOK": "b", "PYTHONPATH": os.pathsep.join(sys.path)},
        input=FACT,
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("nosuch",),
        ("status",),
        ("record", "-", "--json"),
        ("record", "-", "--dry-run"),
        ("record", "", "é=\udcff"),
        ("log", "--limit", "1", "--json"),
        ("export", "jsonl", "-o", "nowhere/out"),
    ],
)
def test_code_and_streams_are_those_of_a_process_of_its_own(tmp_path: Path, words: tuple[str, ...]) -> None:
    """In its directory and environment, with its standard input."""
    assert answer(tmp_path, STARTED, ("--book", "b", "init"))[0] == 0
    assert answer(tmp_path, [program()], words) == answer(tmp_path, STARTED, words)


def test_a_machine_without_a_compiler_calls_it_by_a_start_of_python(tmp_path: Path) -> None:
    assert answer(tmp_path, STARTED, ("--book", "b", "init"))[0] == 0
    write_caller(tmp_path / "called", Path(program()).parents[1] / ADDRESS, None)
    words = ("record", "", "é=\udcff")
    assert answer(tmp_path, [str(tmp_path / "called")], words) == answer(tmp_path, STARTED, words)
