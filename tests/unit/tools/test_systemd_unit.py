"""The systemd unit is one that systemd takes, and that leaves the service little of the machine."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[3] / "tools" / "wattledger.service"
INSTALLED = "/opt/wattledger/bin/wattledger"
EXPOSED_MOST = 20
"""Exposure of 2.0 of 10 as ``systemd-analyze security`` reckons it."""


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with a program that is here in place of the one that it starts."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("not run: systemd-analyze is not installed (apt-get install systemd)")
    text = UNIT.read_text()
    assert f"ExecStart={INSTALLED} serve" in text
    place = tmp_path / UNIT.name
    place.write_text(text.replace(INSTALLED, sys.executable))
    return place


def told(*words: str | Path) -> tuple[int, str]:
    done = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def test_systemd_finds_no_fault_in_it(unit: Path) -> None:
    code, faults = told("verify", "--man=no", unit)
    assert (code, [line for line in faults.splitlines() if unit.name in line]) == (0, [])


def test_it_is_exposed_to_little(unit: Path) -> None:
    code, _ = told("security", "--offline=true", f"--threshold={EXPOSED_MOST}", "--no-pager", unit)
    assert code == 0
