"""P1, P2, P3 and P4: a replay says the same in any process, in any batches, from any snapshot, live or from zero; for
every row kind and report.
"""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from functools import cache

import pytest
from hypothesis import given, settings

from ledger.records.envelope import Record
from projections.engine.fold import Rows, replay, superseded
from tests.support.examples import SEARCHING, tried
from tests.support.histories import history
from tests.support.worlds import ROW_KINDS, answers, rows_of, seeds, state

HISTORIES = 12
EVERY = tried(gate=3, search=1)
"""After how many records reports are asked again; rows are looked at after each."""


@cache
def digest() -> str:
    """Rows and reports of some histories, as one hash."""
    found = hashlib.sha256()
    for seed in range(HISTORIES):
        rows = rows_of(history(seed, 300))
        found.update(state(rows))
        made = answers(rows).items()
        found.update(repr(sorted((key, tuple(one.rows), one.notes) for key, one in made)).encode())
    return found.hexdigest()


@pytest.mark.parametrize("hash_seed", ["0", "random" if SEARCHING else "4242"])
def test_a_fresh_process_with_any_hash_seed_finds_the_same_rows_and_reports(hash_seed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from tests.laws.test_replay import digest; print(digest())"],
        env=os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == digest()


@given(seeds)
def test_any_split_into_batches_folds_to_the_same_rows(seed: int) -> None:
    records = history(seed, 300)
    rng = random.Random(seed)
    gone, left = superseded(records), records
    rows: Rows = {}
    while left:
        size = rng.randrange(1, 40)
        replay(left[:size], ROW_KINDS, rows, gone)
        left = left[size:]
    assert state(rows) == state(rows_of(records))


@given(seeds)
def test_a_snapshot_and_the_rest_are_the_whole_and_the_snapshot_stays_as_it_was(seed: int) -> None:
    records = history(seed, 300)
    gone = superseded(records)
    cut = random.Random(seed).randrange(len(records))
    snapshot = replay(records[:cut], ROW_KINDS, gone=gone)
    before = state(snapshot)
    whole = replay(records[cut:], ROW_KINDS, {name: dict(table) for name, table in snapshot.items()}, gone)
    assert (state(whole), state(snapshot)) == (state(rows_of(records)), before)


class Live:
    """Rows kept up record by record; a correction folds its stream again and no other."""

    def __init__(self) -> None:
        self.streams: dict[str, list[Record]] = {}
        self.rows: dict[str, Rows] = {}

    def take(self, record: Record) -> None:
        stream = self.streams.setdefault(record.stream, [])
        stream.append(record)
        if record.corrects:
            self.rows[record.stream] = rows_of(stream)
        else:
            replay([record], ROW_KINDS, self.rows.setdefault(record.stream, {}))

    def whole(self) -> Rows:
        found: Rows = {kind.name: {} for kind in ROW_KINDS}
        for rows in self.rows.values():
            for name, table in rows.items():
                assert not found[name].keys() & table.keys(), f"two streams share a row of {name}"
                found[name] |= table
        return found


@settings(max_examples=tried(gate=1, search=5))
@given(seeds)
def test_live_rows_and_reports_are_those_of_a_rebuild_after_every_record(seed: int) -> None:
    records = history(seed, 120)
    live = Live()
    for size, record in enumerate(records, 1):
        live.take(record)
        rebuilt = rows_of(records[:size])
        assert state(live.whole()) == state(rebuilt), f"rows after {size} records"
        if size % EVERY == 0 or size == len(records):
            assert answers(live.whole()) == answers(rebuilt), f"reports after {size} records"


def test_the_histories_reach_every_row_kind_and_corrections() -> None:
    rows: Rows = {kind.name: {} for kind in ROW_KINDS}
    corrected = 0
    for seed in range(HISTORIES):
        records = history(seed, 300)
        corrected += len(superseded(records))
        for name, table in rows_of(records).items():
            rows[name] |= table
    assert all(rows.values())
    assert corrected > HISTORIES
