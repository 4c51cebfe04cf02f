"""Time: instants exist or are refused, local days follow the clock, zones come from the pinned package."""

from __future__ import annotations

import subprocess
import sys
import zoneinfo
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import calendar
from ledger.errors import Malformed

NEW_YORK = calendar.zone("America/New_York")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("2026-07-14T18:00Z", "2026-07-14T18:00:00Z"),
        ("2026-07-14T18:00:05Z", "2026-07-14T18:00:05Z"),
        ("2026-07-14T14:00-04:00", "2026-07-14T18:00:00Z"),
        ("2026-07-14T14:00[America/New_York]", "2026-07-14T18:00:00Z"),
        ("2026-11-01T01:30-04:00[America/New_York]", "2026-11-01T05:30:00Z"),
        ("2026-11-01T01:30-05:00[America/New_York]", "2026-11-01T06:30:00Z"),
    ],
)
def test_an_instant_is_stored_as_utc(typed: str, stored: str) -> None:
    assert calendar.parse_instant(typed) == stored


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (
            "2026-03-08T02:30[America/New_York]",
            "does not exist in America/New_York: clocks were put forward over it",
        ),
        (
            "2026-11-01T01:30[America/New_York]",
            "happens twice in America/New_York as clocks are put back; add the offset",
        ),
        ("2026-07-14T14:00-05:00[America/New_York]", "has an offset that America/New_York does not use then"),
        ("2026-07-14T14:00", "needs Z, an offset or a [zone], for example 2026-07-14T14:00Z"),
        ("2026-07-14T24:00Z", "is not a time that exists"),
        ("2026-02-29T00:00Z", "is not a time that exists"),
        ("2026-07-14T14:00[Mars/Base]", "is not an IANA time zone such as America/New_York"),
        ("2026-07-14", "is not an instant such as"),
        (
            "2026-07-14T14:41:01.00Z",
            "has a fraction of a second; give whole seconds, as 2026-07-14T14:41:01Z",
        ),
        ("9999-12-31T23:00-05:00", "is outside the years 1970 to 9999"),
        ("0001-01-01T00:00Z", "is outside the years 1970 to 9999: '0001-01-01T00:00Z'"),
        ("1969-12-31T23:00Z", "is outside the years 1970 to 9999"),
    ],
)
def test_a_time_that_cannot_be_meant_says_why(typed: str, message: str) -> None:
    with pytest.raises(Malformed) as why:
        calendar.parse_instant(typed)
    assert message in str(why.value)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-08", 23), ("2026-11-01", 25), ("2026-07-14", 24)])
def test_a_local_day_has_23_24_or_25_hours(day: str, hours: int) -> None:
    start_s, stop_s = calendar.period(day, NEW_YORK)
    assert stop_s - start_s == hours * 3600


@pytest.mark.parametrize(
    ("period", "hours"),
    [("2026", 8760), ("2026-Q1", 90 * 24 - 1), ("2026-11", 30 * 24 + 1), ("2026-06", 720)],
)
def test_a_period_is_local_days_not_days_times_24_hours(period: str, hours: int) -> None:
    start_s, stop_s = calendar.period(period, NEW_YORK)
    assert stop_s - start_s == hours * 3600


@pytest.mark.parametrize("text", ["2026-13", "2026-Q5", "26", "2026-02-30", "2026-7", ""])
def test_a_period_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        calendar.period_days(text)


@given(st.integers(0, 253_402_300_799))
def test_a_stored_instant_reads_back_as_itself(seconds: int) -> None:
    stored = calendar.format_instant(seconds)
    assert (calendar.instant_s(stored), calendar.is_instant(stored)) == (seconds, True)


@given(st.integers(0, 253_402_300_799_999_999))
def test_a_record_time_has_six_digits_and_reads_back(microseconds: int) -> None:
    stored = calendar.format_rec(microseconds)
    assert (calendar.rec_us(stored), calendar.is_rec(stored)) == (microseconds, True)


@pytest.mark.parametrize(
    "text",
    [
        "2026-07-14T18:00:00+00:00",
        "2026-07-14T18:00:00z",
        "2026-7-14T18:00:00Z",
        "2026-07-14 18:00:00Z",
        "2026-02-30T00:00:00Z",
    ],
)
def test_other_forms_of_an_instant_are_not_the_stored_one(text: str) -> None:
    assert not calendar.is_instant(text)


@given(st.dates(min_value=date(1990, 1, 31), max_value=date(2090, 1, 1)), st.integers(0, 40))
def test_months_later_is_the_same_day_or_the_months_last(day: date, months: int) -> None:
    later = calendar.add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


def test_the_hosts_zone_files_are_never_read() -> None:
    """A host whose zone files are wrong or missing computes the same: PYTHONTZPATH is ignored."""
    code = (
        "from ledger import calendar; print(calendar.period('2026-03-08', calendar.zone('America/New_York')))"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONTZPATH": path, "TZ": tz},
            capture_output=True,
            check=True,
        ).stdout
        for path in ("/nonexistent", "/usr/share/zoneinfo")
        for tz in ("UTC", "Asia/Kathmandu")
    }
    assert len(runs) == 1


@pytest.mark.parametrize("text", ["9999-12-31T23:59[America/New_York]", "0001-01-01T00:00[Asia/Tokyo]"])
def test_a_local_time_whose_instant_has_no_year_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match="is outside the years 1970 to 9999"):
        calendar.parse_instant(text)


def test_an_instant_after_the_last_local_midnight_is_shown_in_utc() -> None:
    shown = calendar.format_local(253_402_300_799, calendar.zone("Pacific/Kiritimati"))
    assert shown == "9999-12-31T23:59:59+00:00"


def test_days_and_months_after_a_date_end_with_the_year_9999() -> None:
    day = date(9999, 11, 30)
    found = [calendar.days_after(day, 32), calendar.months_after(day, 1), calendar.months_after(day, 2)]
    assert [str(one) for one in found] == ["9999-12-31", "9999-12-30", "9999-12-31"]


@pytest.mark.parametrize(
    ("zone", "holds"),
    [
        ("America/New_York", True),
        ("Pacific/Honolulu", True),
        ("US/Central", True),
        ("America/Indianapolis", True),
        ("America/Toronto", False),
        ("America/Asuncion", False),
        ("UTC", False),
    ],
)
def test_zones_of_the_united_states_are_told_from_those_of_its_neighbors(zone: str, *, holds: bool) -> None:
    """Paper is Letter where every site is in the US; America/ alone would take in Paraguay."""
    assert (zone in calendar.us_zones()) == holds


@pytest.mark.parametrize("text", ["0001", "1969-12"])
def test_a_period_that_a_ledger_cannot_hold_is_told_by_its_years(text: str) -> None:
    with pytest.raises(Malformed, match=rf"is not within the years 1970 to 9999.*'{text}'"):
        calendar.in_range(calendar.period(text, calendar.zone("UTC")), text)


@pytest.mark.parametrize(
    "name", ["", "America", "America/", "zone.tab", "../zoneinfo/UTC", "/etc/localtime", "a\0b"]
)
def test_only_a_zone_is_taken_as_a_zone(name: str) -> None:
    """A name reaches the files of tzdata only where it has the form of a zone's name."""
    with pytest.raises(Malformed):
        calendar.zone(name)


@given(st.sampled_from(sorted(zoneinfo.available_timezones())), st.integers(0, 4_102_444_799))
def test_a_zone_has_the_offsets_of_the_standard_library(name: str, at_s: int) -> None:
    """calendar reads the files of tzdata itself; zoneinfo reads the same ones."""
    instant = datetime.fromtimestamp(at_s, UTC)
    ours, theirs = (instant.astimezone(zone) for zone in (calendar.zone(name), zoneinfo.ZoneInfo(name)))
    assert (str(ours), ours.tzname()) == (str(theirs), theirs.tzname())
