"""Intervals: readings as they stand, their local hours on days of 23 and 25 hours, their revisions and where
they came from.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given

from ledger import calendar
from ledger.app.queries.explanation import records_behind
from ledger.calendar import Window, instant_s, local_date, zone
from ledger.exchange.greenbutton import reader
from ledger.records.envelope import Record
from projections.engine.fold import replay, superseded
from projections.engine.report import Scope
from projections.reports import intervals
from projections.reports.intervals import REPORT, hour_ending
from tests.support.histories import history
from tests.support.report_answers import answer, cells_of, lines
from tests.support.story_facts import recorded, told
from tests.support.worlds import NY, rows_of, scopes, seeds, world

ERCOT = Path(__file__).parents[2] / "data" / "facts" / "ercot_native_load_2025_dst_rows.csv"
METER = """
2026-01-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[] site_class=mining-only
2026-01-01T00:00Z s1 meter-registered meter=r scope=site role=revenue direction=delivered interval=1h
"""
READ = (
    "{at} s1 intervals-recorded meter=r start={at} interval={every} power_of_ten={power} values=[{values}]"
    " quality=[{quality}]{more}\n"
)
IDS = [f"019f5a70-0000-8000-8000-00000000000{n}" for n in range(5)]


def read(at: str, *values: int, power: int = 3, every: str = "1h", more: str = "") -> str:
    quality = ",".join(["17"] * len(values))
    return READ.format(
        at=at,
        every=every,
        power=power,
        values=",".join(map(str, values)),
        quality=quality,
        more=f" {more}".rstrip(),
    )


def chained() -> list[Record]:
    """A reading, its correction, and the correction of that, each from a document of its own."""
    return told(
        METER
        + read("2026-07-14T00:00Z", 5, 6, more=f"id={IDS[0]} source=a sha256={'a' * 64}")
        + read(
            "2026-07-14T00:00Z",
            5,
            7,
            more=f"id={IDS[1]} corrects=[{IDS[0]}] reason=x source=b sha256={'b' * 64}",
        )
        + read("2026-07-14T02:00Z", 9)
        + read(
            "2026-07-14T00:00Z",
            5,
            8,
            more=f"id={IDS[2]} corrects=[{IDS[1]}] reason=y source=c sha256={'c' * 64}",
        )
    )


def scope_of(period: str) -> Scope:
    return Scope(calendar.period(period, zone("UTC")), ("s1",), (), "UTC", {"s1": "UTC"})


def test_a_reading_shows_its_revision_and_the_document_that_stands() -> None:
    records = chained()
    rows = replay(records, REPORT.row_kinds, gone=superseded(records))
    found = REPORT.compute(rows, scope_of("2026-07")).rows
    assert [(row[5] // 10**9, *row[7:]) for row in found if isinstance(row[5], int)] == [
        (5, 2, "c" * 64),
        (8, 2, "c" * 64),
        (9, 0, None),
    ]


def test_the_chain_of_corrections_is_behind_a_revision_and_only_the_standing_record_behind_the_energy() -> (
    None
):
    records = chained()
    rows = replay(records, REPORT.row_kinds, gone=superseded(records))
    scope = scope_of("2026-07")
    cells = cells_of(REPORT.columns, REPORT.compute(rows, scope).rows[1])
    columns = {column.name: column for column in REPORT.columns}
    behind = {
        name: [pos for _, pos in records_behind(REPORT, rows, scope, cells, columns[name])]
        for name in ("energy_uwh", "revision")
    }
    assert behind == {"energy_uwh": [5], "revision": [3, 5]}


def test_energy_is_exact_in_millionths_of_a_watt_hour() -> None:
    """1 x 10^-3 Wh is 1,000 uWh; 2 x 10^6 Wh are 2 x 10^12; half a uWh rounds to even."""
    text = METER + "".join(
        read(f"2026-07-14T0{n}:00Z", value, power=power)
        for n, (value, power) in enumerate([(1, -3), (2, 6), (5, -7)])
    )
    assert [line["energy_uwh"] for line in lines(REPORT, text, "2026-07").values()] == [1000, 2 * 10**12, 0]


def test_a_reading_in_which_another_begins_ends_there_with_its_part() -> None:
    """An hour of 60 in whose middle a half-hour of 7 begins: 30 and 7."""
    text = METER + read("2026-07-14T00:00Z", 60) + read("2026-07-14T00:30Z", 7, every="30min")
    found = [(line["stop"], line["energy_uwh"] // 10**9) for line in lines(REPORT, text, "2026-07").values()]
    assert found == [("2026-07-14T00:30:00Z", 30), ("2026-07-14T01:00:00Z", 7)]


def test_a_meter_alone_may_be_asked_for() -> None:
    text = METER + read("2026-07-14T00:00Z", 1) + read("2026-07-14T00:00Z", 2).replace("meter=r", "meter=q")
    assert list(lines(REPORT, text, "2026-07", given={"meter": "q"})) == ["q/2026-07-14T00:00:00Z/s1"]
    assert answer(REPORT, told(text), "2026-07", given={"meter": "z"}).notes == (
        "no readings in the window of a meter called 'z'",
    )


# --- local hours --------------------------------------------------------------------------------------------


def test_hours_of_ercots_days_of_23_and_25_hours_are_labelled_as_ercot_labels_them() -> None:
    """Its file says hour ending 01:00 to 24:00, has no 03:00 in spring, and ``DST`` for the second 02:00 in
    autumn.
    """
    with ERCOT.open() as file:
        published = [row["Hour Ending"] for row in csv.DictReader(file)]
    tz = zone("America/Chicago")
    ours = {}
    for day in ("2025-03-08", "2025-03-09", "2025-11-01", "2025-11-02"):
        start_s, stop_s = calendar.period(day, tz)
        for at_s in range(start_s, stop_s, 3600):
            label = hour_ending(at_s, at_s + 3600, tz).replace(" fold 1", " DST").replace("HE", "")
            local, rest = label.split(" ", 1)
            ours[f"{datetime.fromisoformat(local):%m/%d/%Y} {rest}"] = at_s
    assert sorted(set(published) - set(ours)) == []
    assert "03/09/2025 03:00" not in ours
    starts = [ours[label] for label in published]
    assert starts == sorted(starts)


@pytest.mark.parametrize(("day", "quarters"), [("2026-03-08", 92), ("2026-11-01", 100), ("2026-07-14", 96)])
def test_a_day_of_a_clock_change_has_92_or_100_quarter_hours(day: str, quarters: int) -> None:
    tz = zone(NY)
    start_s, stop_s = calendar.period(day, tz)
    utc: dict[str, list[int]] = defaultdict(list)
    for at_s in range(start_s, stop_s, 900):
        utc[calendar.format_instant(at_s)[:10]].append(at_s)
    text = METER + "".join(
        read(calendar.format_instant(starts[0]), *([1] * len(starts)), every="15min")
        for starts in utc.values()
    )
    found = lines(REPORT, text, day, tz=NY)
    labels = [line["local"] for line in found.values()]
    assert (len(found), len(set(labels)), labels[-1]) == (quarters, quarters, f"{day} HE24:00")


def test_green_buttons_own_sample_is_read_and_labelled_by_its_clock() -> None:
    """The first of five days of the Green Button Alliance's sample: 96 quarter-hours from midnight in New
    York.
    """
    sample = (
        Path(reader.__file__).parents[2]
        / "app"
        / "demo"
        / "samples"
        / "greenbutton"
        / "test_usage_data_01.xml"
    )
    reading = reader.read(sample.read_bytes(), sample.name, reader.FeedOptions("s1", "r"))
    records = [*told(METER), *recorded(reading.claims)]
    found = list(lines(REPORT, records, "2012-03-01", tz=NY).values())
    assert (len(found), found[0]["local"], found[-1]["local"]) == (
        96,
        "2012-03-01 HE00:15",
        "2012-03-01 HE24:00",
    )


@given(seed=seeds)
def test_sums_by_local_day_are_sums_by_utc_over_the_same_instants(seed: int) -> None:
    """Over whole days of both: every reading is in one day, whoever's clock divides them."""
    rows = rows_of(history(seed, 200))
    names = [column.name for column in REPORT.columns]
    whole = scopes()[2]
    first, last = "2026-05-30", "2026-06-08"
    sums = {}
    for tz in (NY, "UTC", "Pacific/Auckland"):
        days = []
        day = calendar.period(first, zone(tz)).start_s
        stop_s = calendar.period(last, zone(tz)).stop_s
        while day < stop_s:
            window = calendar.period(local_date(day, zone(tz)).isoformat(), zone(tz))
            answer_ = REPORT.compute(rows, whole._replace(window=window, tz=tz))
            days.append(sum(int(str(row[names.index("energy_uwh")])) for row in answer_.rows))
            day = window.stop_s
        sums[tz] = sum(days)
    assert len(set(sums.values())) == 1, sums
    window = Window(instant_s("2026-05-29T00:00:00Z"), instant_s("2026-06-10T00:00:00Z"))
    assert Fraction(sums[NY]) == sum(
        int(str(row[names.index("energy_uwh")]))
        for row in REPORT.compute(rows, whole._replace(window=window)).rows
    )


@pytest.mark.parametrize("seed", range(4))
def test_readings_in_parts_of_a_day_are_those_of_the_whole(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A meter of ten years is read some days at a time; a reading that begins before midnight ends where the next
    day's first begins, whichever part that is in.
    """
    rows, asked = world(seed, 240), scopes()
    whole = [
        (tuple(found.rows), REPORT.lead(rows, scope, found))
        for scope in asked
        for found in (REPORT.compute(rows, scope),)
    ]
    monkeypatch.setattr(intervals, "_AT_ONCE", 1)
    parts = [
        (tuple(found.rows), REPORT.lead(rows, scope, found))
        for scope in asked
        for found in (REPORT.compute(rows, scope),)
    ]
    assert parts == whole


@pytest.mark.parametrize("seed", range(4))
def test_readings_are_counted_without_being_made(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A format with a limit asks how many rows there are before it begins."""
    monkeypatch.setattr(intervals, "_AT_ONCE", 1)
    found = [REPORT.compute(world(seed, 240), scope).rows for scope in scopes()]
    assert list(map(len, found)) == [len(tuple(rows)) for rows in found]
