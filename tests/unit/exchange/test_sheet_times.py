"""Dates and times of spreadsheets: what one can only mean is read, what can mean two things is refused."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from ledger.errors import Malformed
from ledger.exchange.sheets.sheet_times import (
    DateForm,
    Zoned,
    day_of,
    duration_s,
    instant_of,
    moment_of,
    seconds_of,
    zone_said,
)

NEW_YORK = Zoned("", "America/New_York")


def instant(value: Any) -> str:
    return instant_of(moment_of(value, DateForm("mdy")), NEW_YORK)


@pytest.mark.parametrize(
    ("said", "order", "meant"),
    [
        ("2026-07-04", None, date(2026, 7, 4)),
        ("7/4/2026", "mdy", date(2026, 7, 4)),
        ("7/4/2026", "dmy", date(2026, 4, 7)),
        ("04.07.26", "dmy", date(2026, 7, 4)),
        ("2026/07/04", None, date(2026, 7, 4)),
        ("4 July 2026", None, date(2026, 7, 4)),
        ("4-Jul-2026", None, date(2026, 7, 4)),
        ("Jul 4, 2026", None, date(2026, 7, 4)),
        ("July 4th 2026", None, date(2026, 7, 4)),
        ("Sat, Jul 4, 2026", None, date(2026, 7, 4)),
    ],
)
def test_a_date_in_text_is_read_as_it_is_written(said: str, order: str | None, meant: date) -> None:
    """Logs of several years and people write dates in several ways."""
    assert day_of(said, DateForm(order)) == meant


@pytest.mark.parametrize("said", ["7/4/2026", "7/14/2026", "04.07.2026", "7-4-26"])
def test_a_date_whose_order_nobody_stated_is_refused(said: str) -> None:
    """7/4/2026 is July 4 in Georgia and April 7 in Norway; the map has to say which."""
    with pytest.raises(Malformed, match="does not tell day from month"):
        day_of(said, DateForm())


@pytest.mark.parametrize("said", ["14/7/2026", "2/30/2026", "2026-13-01", "Febtober 4 2026", "soon", "tbd"])
def test_what_is_no_date_is_refused(said: str) -> None:
    """A month 14 tells that the sheet is not written as the map says."""
    with pytest.raises(Malformed):
        day_of(said, DateForm("mdy"))


def test_a_bare_number_is_no_date_until_the_map_says_so() -> None:
    """45123 may be a serial date that lost its format, or a work order."""
    with pytest.raises(Malformed, match="serial"):
        moment_of(45123, DateForm())


@pytest.mark.parametrize(
    ("serial", "system", "meant"),
    [
        (45123, "1900", "2023-07-16T04:00:00Z"),
        (45123.5, "1900", "2023-07-16T16:00:00Z"),
        (45123.999999, "1900", "2023-07-17T04:00:00Z"),
        (43661.75, "1904", "2023-07-16T22:00:00Z"),
    ],
)
def test_a_serial_date_is_counted_in_the_system_of_the_map(serial: float, system: str, meant: str) -> None:
    """Excel counts days from 1900, old workbooks of Macs from 1904; fractions miss seconds by a bit."""
    moment = moment_of(serial, DateForm(None, system))
    assert instant_of(moment._replace(seconds=moment.seconds or 0), NEW_YORK) == meant


def test_a_typed_time_that_misses_midnight_by_a_bit_is_midnight() -> None:
    """A formula adds 1/24 until it says 23:59:59.914."""
    assert instant(datetime(2023, 7, 16, 23, 59, 59, 914000)) == "2023-07-17T04:00:00Z"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (time(14, 30), 52_200),
        (timedelta(hours=14, minutes=30), 52_200),
        (datetime(1899, 12, 30, 14, 30), 52_200),
        ("14:30", 52_200),
        ("2:30 PM", 52_200),
        ("2:30:00 p.m.", 52_200),
        ("1430", 52_200),
        ("2 PM", 50_400),
        ("12:15 AM", 900),
        ("24:00", 86_400),
        (time(23, 59, 59, 914000), 86_400),
    ],
)
def test_a_time_of_day_is_read_as_it_is_written(said: Any, seconds: int) -> None:
    """Control rooms write 1430, offices 2:30 PM, and Excel 0.604."""
    assert seconds_of(said, date(2026, 7, 4))[0] == seconds


@pytest.mark.parametrize("said", ["25:00", "14:61", "13:00 PM", "noonish", 630, True, "24:01"])
def test_what_is_no_time_of_day_is_refused(said: Any) -> None:
    """630 may be half past six or a number of minutes."""
    with pytest.raises(Malformed):
        seconds_of(said)


def test_a_time_cell_with_another_date_than_the_rows_is_refused() -> None:
    """The cell shows 14:30, but holds the day of the row above it, from which it was copied."""
    with pytest.raises(Malformed, match="another day"):
        seconds_of(datetime(2026, 7, 3, 14, 30), date(2026, 7, 4))


def test_an_hour_that_clocks_show_twice_needs_its_offset() -> None:
    """An outage on the night of November 1 began at 1:30, and nobody can tell which."""
    with pytest.raises(Malformed, match=r"01:30-04:00 for the first, 01:30-05:00 for the second"):
        instant(datetime(2026, 11, 1, 1, 30))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-11-01 01:30 EDT", "2026-11-01T05:30:00Z"),
        ("11/1/2026 1:30 EST", "2026-11-01T06:30:00Z"),
        ("2026-11-01T01:30-05:00", "2026-11-01T06:30:00Z"),
        ("2026-11-01T06:30Z", "2026-11-01T06:30:00Z"),
        ("2026-11-01 00:30 [America/Chicago]", "2026-11-01T05:30:00Z"),
    ],
)
def test_a_text_with_its_offset_or_zone_is_that_instant(said: str, meant: str) -> None:
    """Exports of monitoring systems say the zone."""
    assert instant(said) == meant


def test_an_hour_that_clocks_skip_is_refused() -> None:
    """March 8, 2026, 2:30 does not exist in New York."""
    with pytest.raises(Malformed, match="does not exist"):
        instant(datetime(2026, 3, 8, 2, 30))


def test_standard_time_that_is_written_all_year_is_refused_in_summer() -> None:
    """People write EST in July and mean EDT; an hour of difference is not guessed."""
    with pytest.raises(Malformed, match="offset"):
        instant("2026-07-14 14:00 EST")


def test_a_date_that_has_a_time_of_day_is_no_date() -> None:
    """Due dates are days; 17:00 would be dropped in silence."""
    with pytest.raises(Malformed, match="time of day"):
        day_of(datetime(2026, 7, 14, 17), DateForm())


@pytest.mark.parametrize(
    ("said", "seconds"),
    [(timedelta(days=1, hours=2), 93_600), (time(1, 30), 5_400), ("26:00", 93_600), (2.5, None)],
)
def test_a_length_of_time_is_read_from_cells_that_show_one(said: Any, seconds: int | None) -> None:
    """Excel shows lengths as [h]:mm; a bare number needs the unit of the map."""
    assert duration_s(said) == seconds


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("UTC", Zoned("Z", "UTC")),
        ("-04:00", Zoned("-04:00")),
        ("America/Chicago", Zoned("", "America/Chicago")),
    ],
)
def test_a_zone_is_a_name_an_abbreviation_or_an_offset(said: str, meant: Zoned) -> None:
    """A column of zones holds what the exporting system writes."""
    assert zone_said(said) == meant
