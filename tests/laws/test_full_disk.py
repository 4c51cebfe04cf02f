"""A disk that is really full, and everything at once: a small share of ``tools/crash full`` and ``together``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.power import brute_sums, small_disk

ROOT = Path(__file__).resolve().parents[2]


def crash(*words: str) -> tuple[int, str]:
    """Exit code and last line of a run of ``tools/crash``."""
    if not small_disk.can_mount():
        pytest.skip(small_disk.NOT_RUN)
    command = [sys.executable, str(ROOT / "tools" / "crash"), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    return done.returncode, (done.stdout + done.stderr).strip().splitlines()[-1]


def test_a_full_disk_loses_nothing_that_was_acknowledged() -> None:
    """From no room at all to enough; then room is made, and every book goes on."""
    code, told = crash("full", "--points", "3")
    assert (code, told.endswith("0 wrong")) == (0, True), told


def test_a_report_has_the_sums_that_brute_force_finds_whatever_happened() -> None:
    """Eight writers, killed and started again, under a clock that jumps and a disk that fills."""
    code, told = crash("together", "--points", "20")
    assert (code, told.endswith("0 wrong")) == (0, True), told


# --- the script that compares -------------------------------------------------------------------------------


def record(index: int, receipt: str, cents: int, second: int = 0) -> str:
    body = {"receipt": receipt, "instalment": "w0", "amount_cents": cents}
    rec = f"2026-07-01T00:00:0{second}.000000Z"
    return json.dumps({"index": index, "kind": "payment-made.v1", "rec": rec, "body": body})


SOUND: dict[str, Any] = {
    "log": [record(5, "a", 10), record(6, "b", 20)],
    "told": ["try a 10", "ok a 10", "try b 20", "ok b 20"],
    "paid": 30,
}


def compared(place: Path, **changed: Any) -> list[str]:
    """What the script finds wrong."""
    case = SOUND | changed
    (place / "log").write_text("".join(f"{line}\n" for line in case["log"]))
    (place / "told").write_text("".join(f"{line}\n" for line in case["told"]))
    (place / "report").write_text(json.dumps({"rows": [{"instalment": "w0", "paid_cents": case["paid"]}]}))
    files = [str(place / name) for name in ("log", "report", "told")]
    command = [sys.executable, "-IS", brute_sums.__file__, *files]
    found: list[str] = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)["wrong"]
    return found


def test_the_script_finds_nothing_in_a_sound_log(tmp_path: Path) -> None:
    """All that was acknowledged is there, in its order, and the report has its sum."""
    assert compared(tmp_path) == []


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"log": SOUND["log"][:1], "paid": 10}, "b was acknowledged and is lost"),
        ({"paid": 31}, "w0: the report says 31, the sum is 30"),
        ({"told": ["try a 10", "ok a 10"]}, "b is in the log, and nobody tried it"),
        ({"told": [*SOUND["told"][:3], "no b 20"]}, "b was refused and is in the log"),
        ({"told": ["try a 10", "ok a 10", "try b 21", "ok b 21"]}, "b has 20 cents of 21"),
        ({"log": [record(5, "a", 10), record(7, "b", 20)]}, "record 7 stands where 6 is due"),
        ({"log": [record(5, "a", 10, 1), record(6, "b", 20)]}, "record 6 is of"),
        ({"log": [record(5, "a", 10), record(6, "a", 20)]}, "a is in the log twice"),
        ({"log": [record(5, "b", 20), record(6, "a", 10)]}, "is in another order in the log"),
    ],
)
def test_the_script_finds_what_is_wrong(tmp_path: Path, changed: dict[str, Any], wrong: str) -> None:
    """A checker that finds nothing here would find nothing anywhere."""
    assert any(wrong in one for one in compared(tmp_path, **changed))
