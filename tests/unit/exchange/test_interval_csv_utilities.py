"""Interval files as utilities let their customers download them, and as tools write them: each a trait that
was seen in public files.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from ledger.errors import Malformed
from tests.unit.exchange.test_interval_csv import energies, messages, read

GENERIC = "generic,unit=kWh,stamp=begin,zone=America/Chicago"
HOURS = f"{GENERIC},time=time,value=value,interval=1h"

COMED = """Name,JANE DOE
Address,"123 MAIN ST, CHICAGO IL"
Account Number,0000000000

TYPE,DATE,START TIME,END TIME,USAGE (kWh),COST,NOTES
Electric usage,7/2/2026,0:00,0:29,0.38,$0.12 ,
Natural gas usage,7/2/2026,0:00,23:59,1.02,$0.97,
Electric usage,7/2/2026,0:30,0:59,0.40,$0.12 ,* This data was estimated
"""


def test_the_download_of_a_utility_is_read_below_its_preamble_by_date_and_time_of_day() -> None:
    """ComEd's and PG&E's: the customer's name first, date and time apart, gas between the electricity."""
    asked = (
        f"{GENERIC},time=DATE+START TIME,value=USAGE (kWh),interval=30min,date=mdy,only=TYPE:Electric usage"
    )
    found = read("\ufeff" + COMED, asked)
    assert (energies(found), messages(found), found.notes) == (
        {"2026-07-02T05:00:00Z": 380, "2026-07-02T05:30:00Z": 400},
        [],
        (
            "f.csv: lines before the header, which is line 5, passed over",
            "f.csv: values in kWh from the column 'USAGE (kWh)'",
            "f.csv: 1 row not asked for passed over",
        ),
    )


def test_the_surplus_of_a_texan_meter_is_not_mixed_with_its_consumption() -> None:
    """Smart Meter Texas writes both directions of an interval below each other."""
    rows = "USAGE_DATE,USAGE_START_TIME,USAGE_KWH,KIND\n01/01/2024,00:00,.088,Consumption\n01/01/2024,00:00,2,Surplus\n"
    asked = f"{GENERIC},time=USAGE_DATE+USAGE_START_TIME,value=USAGE_KWH,interval=15min,date=mdy,only=KIND:Consumption"
    assert energies(read(rows, asked)) == {"2024-01-01T06:00:00Z": 88}


def test_no_row_is_taken_for_a_header_but_the_one_that_has_the_columns() -> None:
    with pytest.raises(Malformed, match="needs the columns 'DATE' and 'START TIME'; there are 'Name', 'JANE"):
        read(COMED.replace("START TIME", "FROM"), f"{GENERIC},time=DATE+START TIME,value=USAGE,interval=1h")


@pytest.mark.parametrize("asked", [f"{HOURS},only=TYPE", f"{HOURS},only=:x"])
def test_rows_that_are_meant_are_said_by_column_and_value(asked: str) -> None:
    with pytest.raises(Malformed, match="only is COLUMN:VALUE, the rows that are meant"):
        read("time,value\n", asked)


@pytest.mark.parametrize(
    ("stamp", "begins"), [("begin", ("05:00", "06:00", "07:00")), ("end", ("04:00", "05:00", "06:00"))]
)
def test_offsets_tell_the_hour_that_is_repeated_from_the_one_before(
    stamp: str, begins: tuple[str, ...]
) -> None:
    rows = (
        "time,value\n2026-11-01T00:00:00-05:00,1\n2026-11-01T01:00:00-05:00,2\n2026-11-01 01:00:00-0600,3\n"
    )
    found = read(rows, HOURS.replace("begin", stamp))
    assert (energies(found), messages(found)) == (
        {f"2026-11-01T{begin}:00Z": n * Fraction(1000) for n, begin in enumerate(begins, start=1)},
        [],
    )


@pytest.mark.parametrize(
    "stamp",
    ["2026-11-01T00:00:00-04:00", "2026-11-01T01:00:00-07:00", "2026-03-08T02:30-06:00", "2026-07-14T00:00Z"],
)
def test_an_offset_that_clocks_there_have_not_is_another_zone(stamp: str) -> None:
    (message,) = messages(read(f"time,value\n{stamp},1\n", HOURS.replace("1h", "30min")))
    assert message.startswith("2: stamp has another offset than clocks in America/Chicago have at ")


def test_a_date_that_begins_with_its_year_is_read_in_every_dialect() -> None:
    """PJM's and ERCOT's hours as programs write them again."""
    pjm = "datetime_beginning_utc,load_area,mw\n2024-11-03T05:00:00,AEP,4\n"
    ercot = "Hour_Ending,ERCOT\n2024-11-03 01:00:00,4\n"
    assert energies(read(pjm, "pjm,area=AEP")) == {"2024-11-03T05:00:00Z": 4_000_000}
    assert energies(read(ercot, "ercot-hourly")) == {"2024-11-03T05:00:00Z": 4_000_000}


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_a_file_that_is_not_cut_at_commas_says_so(mark: str) -> None:
    with pytest.raises(Malformed, match="cells are cut at commas"):
        read(f"time{mark}value\n2026-07-14 00:00{mark}1\n", HOURS)


def test_two_columns_of_one_name_are_not_said_to_be_missing() -> None:
    with pytest.raises(
        Malformed, match="has several columns of 'value'; say which by its place, value=2 or value=3"
    ):
        read("time,value,value\n2026-07-14 00:00,1,2\n", HOURS)


def test_an_area_that_is_there_is_not_said_to_be_missing() -> None:
    found = read("datetime_beginning_utc,load_area,mw\n3 Nov 2024 05:00,AEP,4\n", "pjm,area=AEP")
    assert [message for message in messages(found) if "area" in message] == []


@pytest.mark.parametrize(
    ("begin", "end", "length_s"),
    [
        ("2026-03-08 00:00", "2026-03-09 00:00", 82_800),
        ("2026-11-01 00:00", "2026-11-02 00:00", 90_000),
        ("2026-11-01 00:00-05:00", "2026-11-02 00:00-06:00", 90_000),
    ],
)
@pytest.mark.parametrize("stamp", ["begin", "end"])
def test_a_daily_value_of_a_day_of_23_or_25_hours_is_not_said_to_be_of_24(
    begin: str, end: str, length_s: int, stamp: str
) -> None:
    rows = f"time,value\n2026-02-28 00:00,1\n{begin if stamp == 'begin' else end},2\n2026-12-01 00:00,3\n"
    found = read(rows, HOURS.replace("1h", "24h").replace("begin", stamp))
    assert (list(energies(found).values()), messages(found)) == (
        [1000, 3000],
        [
            f"3: stamp begins an interval of {length_s} s, not 86400 s, since clocks in America/Chicago"
            " change in it"
        ],
    )
