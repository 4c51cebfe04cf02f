"""P10: a golden log of every version replays to what its reports were then, while their definition and tz
database ship.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.records import leaf_format
from tests.support.golden_logs import LOGS, recorded, said_now

GOLDEN = sorted(LOGS.glob("*.jsonl"))


@pytest.mark.parametrize("log", GOLDEN, ids=lambda log: log.stem)
def test_a_golden_log_replays_to_its_recorded_reports(log: Path) -> None:
    then, now = recorded(log), said_now(log)
    same = [
        name
        for name, was in then.items()
        if name in now and {**was, "sha256": ""} == {**now[name], "sha256": ""}
    ]
    assert {name: now[name] for name in same} == {name: then[name] for name in same}
    assert same, "not one report's definition still ships"


@pytest.mark.parametrize("log", GOLDEN, ids=lambda log: log.stem)
def test_every_leaf_of_a_golden_log_is_still_a_record(log: Path) -> None:
    for leaf in log.read_bytes().splitlines():
        assert leaf_format.encode(leaf_format.decode_strict(leaf)) == leaf


def test_the_golden_logs_hold_an_old_version_of_a_kind() -> None:
    assert any(b'"kind":"incident-observation-added.v1"' in log.read_bytes() for log in GOLDEN)
