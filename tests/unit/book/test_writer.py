"""The writer: record times, clocks that are wrong, and records that are only supposed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ledger import kinds
from ledger.app.host.clock import Seeded
from ledger.errors import Refused
from tests.support.small_book import incident, made, said


def test_record_times_never_decrease_though_the_clock_does(tmp_path: Path, clock: Seeded) -> None:
    with made(tmp_path / "b", clock) as book:
        clock.time_us -= 60_000_000
        book.record(incident(1))
        recs = [record.rec for record in book.records()]
        assert recs == sorted(recs)


def test_a_clock_more_than_five_minutes_behind_is_refused(tmp_path: Path, clock: Seeded) -> None:
    with made(tmp_path / "b", clock) as book:
        clock.time_us -= 301_000_000
        with pytest.raises(
            Refused, match=r"more than 5 minutes before the last record .* add --accept-clock"
        ):
            book.record(incident(1))


def test_a_clock_that_is_accepted_is_itself_on_record(tmp_path: Path, clock: Seeded) -> None:
    with made(tmp_path / "b", clock) as book:
        clock.time_us -= 301_000_000
        book.writer.accept_clock = True
        book.record(incident(1))
        anomaly = [record for record in book.records() if isinstance(record.body, kinds.ClockAnomaly)]
        assert [record.stream for record in anomaly] == ["ledger/access"]


def test_what_is_supposed_has_its_sections(tmp_path: Path, clock: Seeded) -> None:
    with made(tmp_path / "b", clock) as book:
        records, problems = book.writer.suppose(
            said(
                "2026-06-05T00:00Z s1 lease-phase-opened lease=l phase=p tenant=t"
                " critical=1MW\n2026-06-05T00:00Z s1 lease-terms-recorded phase=p version=1"
                " target_rfs_on=2026-06-01 tiers=[1d:1] monthly_rent=365USD extension_causes=[] notice_days=0"
            )
        )
    body: Any = records[-1].body
    assert (problems, body.monthly_rent_cents) == ((), 36_500)
