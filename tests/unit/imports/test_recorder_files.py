"""A recorder's files through the command line: both kept as evidence, read again without change, nominal voltage by
the book.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from click.testing import CliRunner

from ledger.app.cli.main import main
from tests.support.comtrade_files import How, dip, made

STORY = (
    "2026-01-05T06:00Z s1 site-registered name=S county=C state=TX tz=America/Chicago balancing_authority=ERCO"
    " utility=U parcels=[] site_class=training\n"
)
ENERGIZED = "2026-02-01T06:00Z s1 capacity-energized power=100MW point_of_delivery=P voltage={}\n"
FILES = made(How(), dip("0.1", "0.28", "0.42"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A recorder on Windows writes its endings in capitals."""
    (tmp_path / "EVENT.CFG").write_bytes(FILES.cfg)
    (tmp_path / "EVENT.DAT").write_bytes(FILES.dat)
    call(tmp_path, "init", "--origin", "example.com/ledger")
    return tmp_path


def call(folder: Path, *words: str) -> str:
    return CliRunner().invoke(main, ["--book", str(folder / "book"), *words]).output


def imported(folder: Path, voltage: str = "138kV") -> str:
    (folder / "s.story").write_text(STORY + (ENERGIZED.format(voltage) if voltage else ""))
    call(folder, "record", str(folder / "s.story"))
    return call(folder, "import", "comtrade", str(folder / "EVENT.CFG"), "--site", "s1", "--clock", "UTC")


def test_both_files_of_a_recording_are_kept_as_evidence(folder: Path) -> None:
    imported(folder)
    kept = {path.name.partition(".")[0] for path in (folder / "book" / "evidence").iterdir()}
    assert kept == {hashlib.sha256(data).hexdigest() for data in FILES}


def test_a_recording_that_is_read_again_changes_nothing(folder: Path) -> None:
    imported(folder)
    assert "recorded 0 facts, 1 recorded before, unchanged" in imported(folder)


def test_nominal_is_the_voltage_at_which_the_site_was_energized(folder: Path) -> None:
    assert "voltage at 42% of nominal in A, B, C for 193ms" in imported(folder)


@pytest.mark.parametrize(
    ("voltage", "said"),
    [
        ("", "no nominal voltage of s1 is known"),
        ("345kV", "begins at 40% of nominal to ground (345kV between phases)"),
    ],
)
def test_without_the_sites_voltage_or_with_another_nothing_is_recorded(
    folder: Path, voltage: str, said: str
) -> None:
    found = imported(folder, voltage)
    assert (said in found, "recorded 0 facts, 1 malformed" in found) == (True, True)


def test_a_cfg_without_its_dat_is_named(folder: Path) -> None:
    (folder / "EVENT.DAT").unlink()
    assert "EVENT.CFG: has no .dat of the same name beside it" in imported(folder)
