"""CSV files of intervals: the real samples against the csv module and exact fractions, every layout of every
dialect, and files that are bent until they break.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import calendar
from ledger.errors import Malformed
from ledger.exchange.interval_csv import dialects, reader
from ledger.exchange.interval_csv.dialect_form import Dialect
from ledger.exchange.interval_csv.headers import recognized
from ledger.exchange.interval_csv.record_maker import Options
from ledger.exchange.interval_csv.series import Point, series
from ledger.exchange.reading import Reading
from ledger.kinds import IntervalsRecorded
from tests.support.examples import tried

EIA = Path(__file__).parents[2] / "data" / "eia930" / "eia930_demand_2021-07-10_2021-07-20_utc.csv"
ERCOT = Path(__file__).parents[2] / "stories" / "ercot.csv"


def parts(data: bytes, dialect: str, size: int = 1 << 20) -> Iterator[Reading]:
    chunks = (data[n : n + size] for n in range(0, len(data), size))
    return reader.read(chunks, "f.csv", "0" * 64, Options("s1", "m", dialect))


def read(text: str | bytes, dialect: str, size: int = 1 << 20) -> Reading:
    """All parts as one."""
    data = text if isinstance(text, bytes) else text.encode()
    found = list(parts(data, dialect, size))
    return Reading(
        tuple(claim for part in found for claim in part.claims),
        tuple(problem for part in found for problem in part.problems),
        tuple(note for part in found for note in part.notes),
        tuple(line for part in found for line in part.lines),
    )


def bodies(found: Reading) -> list[IntervalsRecorded]:
    return [claim.body for claim in found.claims if isinstance(claim.body, IntervalsRecorded)]


def energies(found: Reading) -> dict[str, Fraction | int]:
    """Wh by the begin of each interval."""
    return {
        calendar.format_instant(calendar.instant_s(body.start) + n * body.interval_s): (
            value * Fraction(10) ** body.power_of_ten
        )
        for body in bodies(found)
        for n, value in enumerate(body.values)
    }


def messages(found: Reading) -> list[str]:
    return [str(problem).removeprefix("f.csv:") for problem in found.problems]


# --- the real samples ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["SOCO", "TVA", "ERCO", "MISO", "PJM", "SWPP", "DUK"])
def test_every_authority_of_the_eia_sample_has_each_hour_as_the_csv_module_reads_it(code: str) -> None:
    """Hour ending in UTC: what is stamped 2021-07-10T00 began an hour before."""
    data = EIA.read_bytes()
    expected = {
        (datetime.fromisoformat(row["period_utc"]) - timedelta(hours=1)).isoformat() + "Z": (
            Fraction(row[f"{code}_D_mwh"]) * 10**6
        )
        for row in csv.DictReader(data.decode().splitlines())
    }
    assert energies(read(data, f"eia-930,area={code}")) == expected


def test_ercots_spring_day_has_23_hours_and_its_autumn_day_25() -> None:
    """9 March 2025: no hour ends at 03:00, and 04:00 ends where it would have. 2 November: "02:00 DST" is the
    second.
    """
    found = energies(read(ERCOT.read_bytes(), "ercot-hourly,area=ERCO"))
    assert [at for at in found if at < "2025-03-10"] == [
        f"2025-03-09T{hour:02d}:00:00Z" for hour in range(5, 12)
    ]
    assert found["2025-11-02T06:00:00Z"] == Fraction("40309.206275") * 10**6
    assert found["2025-11-02T07:00:00Z"] == Fraction("39670.106541") * 10**6
    assert found["2025-11-03T05:00:00Z"] == Fraction("42397.957164") * 10**6


# --- layouts of the dialects --------------------------------------------------------------------------------

LAYOUTS = {
    "ercot-hourly,area=COAST": (
        "OperDay,HourEnding,COAST,TOTAL,DSTFlag\n11/02/2025,02:00,7,9,N\n11/02/2025,02:00,8,9,Y\n"
    ),
    "ercot-hourly,area=ERCO": "Hour_End,COAST,ERCOT\n11/02/2025 02:00,5,7\n11/02/2025 02:00 DST,5,8\n",
    "ercot-hourly,value=MW": (
        "DeliveryDate,HourEnding,MW,RepeatedHourFlag\n11/02/2025,2,7,N\n11/02/2025,2,8,Y\n"
    ),
    "eia-930,area=SOCO": "period,E_SOCO_D,E_TVA_D\n2025-11-02T07,7.0,1\n2025-11-02T08,8.0,1\n",
    "eia-930,area=SOCO,unit=MWh": (
        ",EBA.SOCO-ALL.D.H,EBA.TVA-ALL.D.H\n2025-11-02 07:00:00+00:00,7,\n2025-11-02 08:00:00+00:00,8.0,\n"
    ),
    "eia-930,area=SOCO,unit=MW": (
        "period,respondent,respondent-name,type,type-name,value,value-units\n"
        '2025-11-02T07,SOCO,"Southern,'
        ' Inc.",D,Demand,7,megawatthours\n2025-11-02T07,SOCO,x,NG,Net,3,megawatthours\n'
        "2025-11-02T07,TVA,x,D,Demand,3,megawatthours\n2025-11-02T08,SOCO,x,D,Demand,8,megawatthours\n"
    ),
    "eia-930,area=AEC": (
        '"Balancing Authority","Data Date","Hour Number","Local Time at End of Hour","UTC Time at End of'
        ' Hour","Demand (MW)"\nAEC,11/02/2025,1,11/02/2025 2:00:00 AM,11/02/2025 7:00:00'
        " AM,7\nAEC,11/02/2025,2,11/02/2025 2:00:00 AM,11/02/2025 8:00:00 AM,8\n"
    ),
    "eia-930,value=demand (MW)": (
        "date_time,demand (MW),forecast demand (MW)\n2025-11-02 07:00:00,7,1\n2025-11-02 08:00:00,8,1\n"
    ),
    "eia-930,value=Cleaned Demand (MW)": (
        "date_time,Raw Demand (MW),Cleaned Demand (MW)\n20251102T07Z,NA,7\n20251102T08Z,MISSING,8\n"
    ),
    "pjm,area=DOM": (
        "datetime_beginning_utc,datetime_beginning_ept,load_area,mw\n"
        "11/2/2025 6:00:00 AM,11/2/2025 1:00:00 AM,DOM,7\n11/2/2025 7:00:00 AM,11/2/2025 2:00:00 AM,DOM,8\n"
    ),
    "pjm,area=PJM": (
        "datetime_beginning_utc,load_area,prelim_load_avg_hourly\n11/2/2025 6:00:00 AM,RTO,7\n11/2/2025"
        " 7:00:00 AM,RTO,8\n"
    ),
    "generic,time=when,value=load,unit=kW,zone=Europe/Berlin,stamp=end,interval=1h,date=dmy": (
        "when;,load,when\nx,7000,02.11.2025 08:00\n,8000,02.11.2025 09:00\n"
    ),
}


@pytest.mark.parametrize("dialect", LAYOUTS)
def test_a_layout_of_a_dialect_says_the_two_hours_it_holds(dialect: str) -> None:
    """The hours from 06:00 and 07:00 UTC of 2 November 2025 with 7 and 8 MWh, as each publisher writes
    them.
    """
    found = read(LAYOUTS[dialect], dialect)
    assert messages(found) == []
    assert energies(found) == {"2025-11-02T06:00:00Z": 7 * 10**6, "2025-11-02T07:00:00Z": 8 * 10**6}


def quarters(day: str, flagged: bool) -> str:
    """A day of ERCOT quarter-hours as clocks in Central time show it, counted from the instants."""
    tz = ZoneInfo("America/Chicago")
    window = calendar.period(day, tz)
    rows = []
    for n, start_s in enumerate(range(window.start_s, window.stop_s, 900)):
        begin = datetime.fromtimestamp(start_s, tz)
        end = begin.replace(tzinfo=None) + timedelta(minutes=15)
        clock = "24:00" if (end.hour, end.minute) == (0, 0) else f"{end:%H:%M}"
        if flagged:
            rows.append(f"{begin:%m/%d/%Y},{begin.hour + 1},{begin.minute // 15 + 1},{n},{'NY'[begin.fold]}")
        else:
            rows.append(f"{begin:%m/%d/%Y} {clock}{' DST' * begin.fold},{n}")
    head = "DeliveryDate,DeliveryHour,DeliveryInterval,MWh,DSTFlag" if flagged else "Interval Ending,MWh"
    return "\n".join([head, *rows])


@pytest.mark.parametrize("flagged", [False, True], ids=["marked", "flagged"])
@pytest.mark.parametrize(("day", "count"), [("2025-03-09", 92), ("2025-07-14", 96), ("2025-11-02", 100)])
def test_a_day_of_ercot_quarter_hours_is_whole_across_clock_changes(
    day: str, count: int, flagged: bool
) -> None:
    found = read(quarters(day, flagged), "ercot-15min")
    window = calendar.period(day, ZoneInfo("America/Chicago"))
    at = [calendar.format_instant(start_s) for start_s in range(window.start_s, window.stop_s, 900)]
    assert messages(found) == []
    assert energies(found) == dict(zip(at, (n * 10**6 for n in range(count)), strict=True))


def test_mean_power_of_a_quarter_of_an_hour_is_a_quarter_of_its_energy() -> None:
    (body,) = bodies(
        read("Interval Ending,MW\n07/14/2025 00:15,62.1\n07/14/2025 00:30,5\n", "ercot-15min,unit=MW")
    )
    assert (body.values, body.power_of_ten) == ((15525, 1250), 3)


def test_pjms_repeated_hour_cannot_be_told_apart_without_its_utc_column() -> None:
    found = read(
        "datetime_beginning_ept,load_area,mw\n11/2/2025 0:00,DOM,7\n11/2/2025 1:00,DOM,8\n", "pjm,area=DOM"
    )
    assert list(energies(found)) == ["2025-11-02T04:00:00Z"]
    assert (
        "which clocks in America/New_York show twice that day; only stamps in UTC or with their offset tell"
        " which" in messages(found)[0]
    )


# --- parts --------------------------------------------------------------------------------------------------

GENERIC = "generic,time=t,value=v,unit=Wh,zone=UTC,stamp=begin,interval=1h"


@settings(max_examples=60, deadline=None)
@given(st.permutations(range(60)), st.integers(20, 400), st.sets(st.integers(0, 59)), st.booleans())
def test_order_and_parts_change_no_reading(
    order: list[int], size: int, missing: set[int], quoted: bool
) -> None:
    """Hours in any order, cut into parts anywhere, some missing."""
    start = datetime(2026, 3, 1)
    kept = [n for n in order if n not in missing]
    value = '"{}.5"' if quoted else "{}.5"
    rows = [f"{start + timedelta(hours=n)},{value.format(n)}" for n in kept]
    found = read("\r\n".join(["t,v", *rows, ""]), GENERIC, size)
    assert [message for message in messages(found) if "no interval values" not in message] == []
    assert energies(found) == {
        f"{(start + timedelta(hours=n)).isoformat()}Z": Fraction(2 * n + 1, 2) for n in kept
    }


def test_a_day_is_one_record_wherever_the_file_is_cut() -> None:
    rows = [f"2026-03-{1 + n // 24:02d} {n % 24:02d}:00,{n}" for n in range(72)]
    found = bodies(read("\n".join(["t,v", *rows]), GENERIC, size=100))
    assert [(body.start, len(body.values)) for body in found] == [
        (f"2026-03-0{day}T00:00:00Z", 24) for day in (1, 2, 3)
    ]


def test_an_interval_said_again_in_a_later_part_counts_once_and_another_value_is_a_problem() -> None:
    rows = [f"2026-03-{1 + n // 24:02d} {n % 24:02d}:00,{n}" for n in range(72)]
    found = read("\n".join(["t,v", *rows, "2026-03-01 01:00,1.0", "2026-03-01 02:00,3"]), GENERIC, size=100)
    assert messages(found) == [
        "75: gives the interval from 2026-03-01T02:00:00Z another value than an earlier line; the first"
        " stands"
    ]
    assert "f.csv: 1 row repeated with the same value" in found.notes
    assert len(energies(found)) == 72


def test_a_blank_ends_the_record_and_is_never_zero() -> None:
    found = read(
        "t,v\n2026-03-01 00:00,5\n2026-03-01 01:00,\n2026-03-01 02:00, \n2026-03-01 03:00,0\n", GENERIC
    )
    assert [(body.start[11:13], body.values) for body in bodies(found)] == [("00", (5,)), ("03", (0,))]
    assert "f.csv: 2 rows blank, which is no reading" in found.notes


def test_a_record_has_the_least_power_of_ten_that_holds_its_values() -> None:
    found = bodies(
        read("t,v\n2026-03-01 00:00,5.250\n2026-03-01 01:00,4.1\n2026-03-02 00:00,7.00\n", GENERIC)
    )
    assert [(body.power_of_ten, body.values) for body in found] == [(-2, (525, 410)), (0, (7,))]


def test_values_that_no_power_of_ten_holds_together_are_records_of_their_own() -> None:
    found = bodies(read("t,v\n2026-03-01 00:00,999999999999999\n2026-03-01 01:00,0.000001\n", GENERIC))
    assert [(body.power_of_ten, body.values) for body in found] == [(0, (999999999999999,)), (-6, (1,))]


def test_each_claim_knows_the_line_it_begins_on() -> None:
    found = read('t,v,note\n2026-03-01 00:00,1,"two\nlines"\n2026-03-02 00:00,2,\n', GENERIC)
    assert found.lines == (2, 4)


# --- bad input ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("2026-02-30 00:00,1", "2: stamp is not a date that exists"),
        ("9999-12-31 23:00,1", "2: stamp is outside the years 1970 to 9998"),
        ("1969-12-31 23:00,1", "2: stamp is outside the years 1970 to 9998"),
        ("2026-03-01,1", "2: stamp needs a time of day such as 13:00: ''"),
        ("2026-03-01 24:00,1", "2: stamp is not a time of day that exists: '24:00'"),
        (
            "2026-03-01 00:00-05:00,1",
            "2: stamp has another offset than clocks in UTC have at 2026-03-01 00:00:00",
        ),
        ("2026-03-01 13:00 PM,1", "2: stamp has an hour that is not 1 to 12 before PM"),
        (
            "2026-03-01 00:00,NaN",
            "2: value is not a number such as 312.5 (if it means no value: blank=NaN in --dialect): 'NaN'",
        ),
        ("2026-03-01 00:00,1_000", "2: value is not a number"),
        ("2026-03-01 00:00,٣", "2: value is not a number"),
        ("2026-03-01 00:00,1e999999", "2: value is not a number such as 312.5: '1e999999'"),
        ("2026-03-01 00:00," + "9" * 5000, "2: value is not a number such as 312.5"),
        ("2026-03-01 00:00,9007199254740993", "2: value has more than 15 digits"),
        ("2026-03-01 00:00,1.2.3", "2: value is not a number"),
        ('2026-03-01 00:00,"1', "2: is not a CSV row (unexpected end of data); is a quote not closed?"),
        (
            "2026-03-01 00:00,1,000",
            "2: has 3 cells, where the header has 2; a cell that holds a comma must be quoted",
        ),
    ],
)
def test_a_bad_row_is_told_with_its_line_and_the_good_ones_go_on(row: str, message: str) -> None:
    found = read(f"t,v\n{row}\n2026-03-02 00:00,5\n" if '"' not in row else f"t,v\n{row}", GENERIC)
    assert messages(found)[0].startswith(message)
    assert len(energies(found)) == ('"' not in row)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "f.csv: is empty; a header and rows are needed"),
        (b"\n \n", "f.csv: is empty; a header and rows are needed"),
        (b"\xff\xfet\0", "f.csv: is UTF-16; save it as UTF-8"),
        (b"PK\x03\x04", "f.csv: is a ZIP or an Excel workbook; save the sheet as CSV"),
        (b"\x1f\x8b\x08", "f.csv: is compressed"),
        (b"x" * (5 << 20), "f.csv: has a line longer than 4,194,304 bytes, so it is not a CSV file"),
        (
            b"t,t,v\n",
            "f.csv:1: has several columns of 't'; rename all but the right one",
        ),
        (b"\xef\xbb\xbfa,b\n", "f.csv:1: has no layout of the dialect generic"),
    ],
)
def test_what_is_no_such_file_is_refused_as_a_whole(data: bytes, message: str) -> None:
    with pytest.raises(Malformed) as why:
        read(data, GENERIC)
    assert str(why.value).startswith(message)


def test_a_byte_order_mark_is_no_part_of_the_first_name() -> None:
    assert len(energies(read(b"\xef\xbb\xbft,v\n2026-03-01 00:00,5\n", GENERIC))) == 1


def test_a_line_without_end_after_good_ones_is_a_problem_and_they_are_taken() -> None:
    found = read(b"t,v\n2026-03-01 00:00,5\n" + b"x" * (5 << 20), GENERIC)
    assert messages(found) == [
        " has a line longer than 4,194,304 bytes, so it is not a CSV file; the readings before it are taken"
    ]
    assert len(energies(found)) == 1


@settings(max_examples=tried(gate=80, search=200), deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["t,v\n", ""]))
def test_no_bytes_bring_the_reader_down(data: bytes, head: str) -> None:
    with suppress(Malformed):
        read(head.encode() + data, GENERIC, size=64)


@pytest.mark.parametrize(
    ("dialect", "message"),
    [
        ('pjm,"', "names no dialect (unexpected end of data)"),
        ("pjm,area=A,area=B", "gives area twice"),
        (
            "pjm,zone=UTC",
            "pjm takes time=, value=, area=, unit=, decimals=, only=, date=, thousands=, blank=, quality= after",
        ),
        ("pjm,unit=MVA", "unit must be one of Wh, kWh, MWh, GWh, W, kW, MW, GW: 'MVA'"),
        ("pjm,decimals=x", "decimals must be 0 to 9: 'x'"),
        (GENERIC.replace("1h", "7min"), "interval must divide a day evenly: '7min'"),
        (GENERIC.replace("begin", "middle"), "stamp must be begin or end, of the interval: 'middle'"),
        (GENERIC.replace("zone=UTC", "zone=Mars"), "zone is not an IANA time zone"),
        (f"{GENERIC},date=ydm", "date must be one of ymd, mdy, dmy: 'ydm'"),
    ],
)
def test_a_dialect_that_cannot_be_meant_says_what_can(dialect: str, message: str) -> None:
    with pytest.raises(Malformed) as why:
        dialects.parse(dialect)
    assert str(why.value).startswith(message)


@pytest.mark.parametrize("dialect", dialects.DIALECTS, ids=lambda dialect: dialect.name)
def test_the_example_of_a_dialect_says_what_it_is_said_to_say(dialect: Dialect) -> None:
    """Among them the days on which clocks change, where the publisher's files tell them apart."""
    said = ",".join(filter(None, (dialect.name, dialect.example_keys)))
    found = read("\n".join(dialect.example), said)
    assert (energies(found), messages(found)) == (
        {begin: Fraction(energy) for begin, energy in dialect.example_reads},
        [],
    )


OWN = [each for each in dialects.DIALECTS if any(map(recognized, csv.reader(each.example)))]


@pytest.mark.parametrize("dialect", OWN, ids=lambda dialect: dialect.name)
def test_a_file_whose_columns_are_one_publisher_s_own_needs_no_dialect(dialect: Dialect) -> None:
    """It is read as that, and said so; or what else must be said is named."""
    try:
        found = read("\n".join(dialect.example), "").notes[0]
    except Malformed as why:
        found = str(why)
    assert (
        f"read as {dialect.name}" in found or "choose one, of the column" in found or "value=COLUMN" in found
    )


# --- a series -----------------------------------------------------------------------------------------------


def test_of_very_many_bad_rows_the_first_thousand_are_said_and_the_good_ones_go_on() -> None:
    found = read(
        "Interval Ending,MWh\n" + "x,1.0\n" * 2_500 + "07/14/2026 01:15,1.5\n", "ercot-15min", size=1 << 12
    )
    assert (len(found.problems), found.notes[-1], [body.values for body in bodies(found)]) == (
        1_000,
        "f.csv: 1,500 more problems are not shown",
        [(15,)],
    )


def test_a_series_keeps_blanks_and_the_stamps_as_they_are_given() -> None:
    data = b"Hour Ending,ERCOT\n07/31/2025 23:00,41.5\n07/31/2025 24:00,\n08/01/2025 01:00,40.0000004\n"
    assert series(data, "f.csv", "ercot-hourly", "ERCO") == [
        Point("2025-07-31T23:00", calendar.instant_s("2025-08-01T03:00:00Z"), 41_500_000),
        Point("2025-07-31T24:00", calendar.instant_s("2025-08-01T04:00:00Z"), None),
        Point("2025-08-01T01:00", calendar.instant_s("2025-08-01T05:00:00Z"), 40_000_000),
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            b"period,A\n2026-01-01T00,1\n2026-01-01T00,2\n",
            "f.csv:3: gives the hour 2026-01-01T00:00 another value than an earlier line",
        ),
        (b"period,A\n2026-01-01T00,x\n", "f.csv:2: value is not a number such as 312.5: 'x'"),
        (b"period,A\n", "f.csv: holds no interval values"),
    ],
)
def test_a_series_with_a_bad_row_is_refused_as_a_whole(data: bytes, message: str) -> None:
    with pytest.raises(Malformed) as why:
        series(data, "f.csv", "eia-930", "A")
    assert str(why.value) == message


def test_a_series_is_hourly() -> None:
    with pytest.raises(Malformed, match="ercot-15min has intervals of 15min; an hourly series is needed"):
        series(b"", "f.csv", "ercot-15min", "ERCO")


# --- impossible hours of a series ---------------------------------------------------------------------------


def demand(*values: int) -> bytes:
    """An EIA-930 file of one authority, an hour a value."""
    return "".join(
        ["period,A\n", *(f"2026-01-01T{hour:02d},{value}\n" for hour, value in enumerate(values))]
    ).encode()


@pytest.mark.parametrize(
    "values",
    [
        pytest.param((30, 31, 2**31 - 1, 29), id="a counter that ran over"),
        pytest.param((2**31 - 1,), id="nothing but one"),
        pytest.param((30, 31, 311, 29), id="more than ten times the median"),
        pytest.param((30, 31, -311, 29), id="also below zero"),
        pytest.param((0, 0, 0, 0, 30, 31, 311, 29), id="blanks written as zero do not lower the median"),
    ],
)
def test_an_hour_that_cannot_be_is_refused_by_its_stamp(values: tuple[int, ...]) -> None:
    """EIA-930 holds 2147483647 where an authority's counter ran over (the cleaning of the
    data by truggles screens such hours out); a peak taken from one would be wrong without a word.
    """
    hour = max(range(len(values)), key=lambda n: abs(values[n]))
    with pytest.raises(
        Malformed, match=rf"the hour 2026-01-01T{hour:02d}:00 reads .* MW, which is impossible"
    ):
        series(demand(*values), "f.csv", "eia-930", "A")


def test_ten_times_the_median_is_a_great_day_and_no_fault() -> None:
    found = series(demand(30, 30, 300, 29), "f.csv", "eia-930", "A")
    assert [point.value for point in found] == [30_000_000, 30_000_000, 300_000_000, 29_000_000]
