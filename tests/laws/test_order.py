"""P7 and P12: what arrives in another order across streams, or is looked at in another zone, says the
same.
"""

from __future__ import annotations

import random
from collections import defaultdict

from hypothesis import given

from ledger import calendar
from ledger.calendar import Window
from ledger.records.envelope import Record
from projections.engine.fold import replay, superseded
from projections.engine.report import Report, Scope
from tests.support.histories import FIRST_S, SITES, SPAN_S, history
from tests.support.worlds import NY, PURE, ROW_KINDS, answers, rows_of, seeds, state


def interleaved(records: list[Record], rng: random.Random) -> list[Record]:
    """The records in another order that keeps the order of each stream."""
    streams: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        streams[record.stream].append(record)
    turns = [record.stream for record in records]
    rng.shuffle(turns)
    return [streams[stream].pop(0) for stream in turns]


@given(seeds)
def test_the_order_of_arrival_across_streams_changes_no_row_and_no_report(seed: int) -> None:
    records = history(seed, 300)
    other = interleaved(records, random.Random(seed))
    assert (state(rows_of(other)), answers(rows_of(other))) == (
        state(rows_of(records)),
        answers(rows_of(records)),
    )


@given(seeds)
def test_what_is_after_the_window_changes_no_report(seed: int) -> None:
    records = history(seed, 300)
    window = Window(FIRST_S, FIRST_S + 1 + random.Random(seed).randrange(SPAN_S))
    scope = Scope(window, SITES, (), NY, dict.fromkeys(SITES, NY))
    stop = calendar.format_instant(window.stop_s)
    seen = [record for record in records if record.at < stop or record.corrects]
    cut = replay(seen, ROW_KINDS, gone=superseded(records))
    assert answers(rows_of(records), [scope]) == answers(cut, [scope])


def by_day(report: Report) -> bool:
    """Are its rows days of the report's own zone? Then another zone has other rows (test_bridge adds them
    up).
    """
    return any(column.name == "day" for column in report.columns[: report.keys])


@given(seeds)
def test_a_local_day_is_the_same_instants_whatever_zone_they_are_said_in(seed: int) -> None:
    rows = rows_of(history(seed, 300))
    local = calendar.period("2026-06-02", calendar.zone(NY))
    said = Window(calendar.instant_s("2026-06-02T04:00:00Z"), calendar.instant_s("2026-06-03T04:00:00Z"))
    zones = dict.fromkeys(SITES, NY)
    for report in (report for report in PURE if not by_day(report)):
        assert report.compute(rows, Scope(local, SITES, (), NY, zones)) == report.compute(
            rows, Scope(said, SITES, (), "UTC", zones)
        )
