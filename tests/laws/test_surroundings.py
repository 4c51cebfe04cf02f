"""P6, P14: a report's bytes do not depend on zone, locale, hash seed, the host's zone files or the clock; nor
on the Python (.ci/run).

Every report of one book is made by fresh processes in all kinds of surroundings; their fingerprints are the same.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.books import random_book

SURROUNDINGS = {
    "UTC, C, hash seed 0, no zone files of the host": {
        "TZ": "UTC",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "0",
        "PYTHONTZPATH": "",
    },
    "Denver, Turkish, hash seed 4242, zone files of the host": {
        "TZ": "America/Denver",
        "LC_ALL": "tr_TR.UTF-8",
        "PYTHONHASHSEED": "4242",
        "PYTHONTZPATH": "/usr/share/zoneinfo",
    },
    "Kathmandu, German, optimised": {
        "TZ": "Asia/Kathmandu",
        "LC_ALL": "de_DE.UTF-8",
        "LANG": "de_DE.UTF-8",
        "PYTHONOPTIMIZE": "1",
    },
}
"""Several settings to a process: each that changed a byte would show, and a process takes a second."""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_book(tmp_path_factory.mktemp("surroundings") / "book", 5, 400)


def fingerprints(book: Path, environment: dict[str, str], *before: str) -> dict[str, str]:
    done = subprocess.run(
        [*before, sys.executable, "-m", "ledger.app", "--book", str(book), "--json", "rebuild"],
        env=os.environ | environment | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, str] = json.loads(done.stdout)["reports"]
    return found


@pytest.fixture(scope="module")
def wanted(book: Path) -> dict[str, str]:
    return fingerprints(book, {})


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_a_report_has_the_same_bytes_in_any_surroundings(
    book: Path, wanted: dict[str, str], name: str
) -> None:
    assert fingerprints(book, SURROUNDINGS[name]) == wanted


@pytest.mark.parametrize("clock", ["1990-01-01 00:00:00", "2090-01-01 00:00:00"])
def test_a_report_has_the_same_bytes_whatever_the_clock_says(
    book: Path, wanted: dict[str, str], clock: str
) -> None:
    if shutil.which("faketime") is None:
        pytest.skip("not run: faketime is not installed")
    assert fingerprints(book, {}, "faketime", clock) == wanted
