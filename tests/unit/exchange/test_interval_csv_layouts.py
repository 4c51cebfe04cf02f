"""Columns, rows, numbers and qualities as tools and utilities write them into interval files."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ledger.errors import Malformed
from ledger.exchange.reading import Reading
from tests.unit.exchange.test_interval_csv import bodies, energies, messages, read

HOURLY = "generic,unit=kWh,interval=1h,zone=America/Chicago"
BEGIN = f"{HOURLY},stamp=begin,time=t,value=v"
JULY = "2026-07-14"


def values(found: Reading) -> list[Fraction | int]:
    return [*energies(found).values()]


# --- one row a day ------------------------------------------------------------------------------------------


def wide(titles: list[str], day: str, cells: list[str], head: str = "d") -> str:
    return f"{head},{','.join(titles)}\n{day},{','.join(cells)}\n"


@pytest.mark.parametrize(
    ("form", "first", "stamp"),
    [
        ("HE{:02d}", 1, "end"),
        ("HE{}", 1, "end"),
        ("Hour Ending {}", 1, "end"),
        ("Hour {}", 1, "end"),
        ("{:02d}:00", 1, "end"),
        ("HB{:02d}", 0, "begin"),
        ("{:02d}:00", 0, "begin"),
        ("{}", 0, "begin"),
    ],
)
def test_a_row_a_day_is_read_by_the_hours_its_titles_name(form: str, first: int, stamp: str) -> None:
    titles = [form.format(n) for n in range(first, first + 24)]
    asked = f"{HOURLY},stamp={stamp},time=d,value={titles[0]}..{titles[-1]}"
    found = read(wide(titles, JULY, [str(n) for n in range(24)]), asked)
    assert (values(found), next(iter(energies(found))), messages(found)) == (
        [1000 * n for n in range(24)],
        "2026-07-14T05:00:00Z",
        [],
    )


HE25 = [f"HE{n:02d}" for n in range(1, 26)]
WIDE = f"{HOURLY},stamp=end,time=d,value=HE01..HE25"


@pytest.mark.parametrize(
    ("day", "blanks", "count"),
    [(JULY, {25}, 24), ("2026-11-01", set(), 25), ("2026-03-08", {3, 25}, 23), ("2026-03-08", {24, 25}, 23)],
)
def test_a_column_for_hour_25_is_blank_but_in_autumn(day: str, blanks: set[int], count: int) -> None:
    """In spring the third hour is blank, or the hours are numbered to 23."""
    cells = ["" if n in blanks else str(n) for n in range(1, 26)]
    found = read(wide(HE25, day, cells), WIDE)
    assert (len(values(found)), messages(found)) == (count, [])


@pytest.mark.parametrize(("day", "second", "count"), [(JULY, "", 24), ("2026-11-01", "9", 25)])
def test_a_column_for_the_second_hour_02x_is_blank_but_in_autumn(day: str, second: str, count: int) -> None:
    titles = ["HE01", "HE02", "HE02X", *(f"HE{n:02d}" for n in range(3, 25))]
    cells = ["5" if title != "HE02X" else second for title in titles]
    found = read(wide(titles, day, cells), WIDE.replace("HE25", "HE24"))
    assert (len(values(found)), messages(found)) == (count, [])


def test_quarters_across_a_day_are_quarters() -> None:
    titles = [f"{n // 4:02d}:{n % 4 * 15:02d}" for n in range(96)]
    asked = f"{HOURLY},stamp=begin,time=d,value=00:00..23:45".replace("1h", "15min")
    found = read(wide(titles, JULY, ["1"] * 96), asked)
    assert (len(values(found)), messages(found)) == (96, [])


def test_a_range_of_columns_that_leaves_the_25th_hour_out_is_refused() -> None:
    with pytest.raises(Malformed, match="'HE01' to 'HE24' leave out 'HE25' beside them"):
        read(wide(HE25, JULY, ["1"] * 25), WIDE.replace("..HE25", "..HE24"))


def test_columns_of_ending_hours_are_not_read_as_beginning_ones() -> None:
    with pytest.raises(Malformed, match="'HE01' names the end of its hour, and stamp=begin the other"):
        read(wide(HE25, JULY, ["1"] * 25), WIDE.replace("stamp=end", "stamp=begin"))


# --- rows ---------------------------------------------------------------------------------------------------

ROWS = "t,v,note\n2026-07-14 00:00,1,\n2026-07-14 01:00,2,\n"


@pytest.mark.parametrize(
    "text",
    [
        ROWS,
        ROWS.replace("\n", "\r\n"),
        ROWS.replace("\n", "\r"),
        f"\ufeff{ROWS}",
        ROWS.replace(",\n", ",,,\n"),
        ROWS.replace(",\n", "\n"),
        ROWS.replace("note", "note,,"),
        ROWS.replace(",note", ","),
        f"{ROWS},,\n,,\n",
        f"{ROWS},,,,\n\n",
        ROWS.replace("1,", '"1",').replace("note", '"note"'),
    ],
)
@pytest.mark.parametrize("size", [5, 1 << 20])
def test_ends_of_lines_and_empty_cells_change_no_reading(text: str, size: int) -> None:
    """Spreadsheets write CRLF, a byte order mark, rows of empty cells and cells beyond the header."""
    found = read(text, BEGIN, size)
    assert (values(found), messages(found)) == ([1000, 2000], [])


def test_a_column_without_a_name_is_not_that_of_the_values() -> None:
    found = read("Hour Ending,Load,\n07/14/2026 01:00,5,\n", "ercot-hourly")
    assert (values(found), messages(found)) == ([5_000_000], [])


@pytest.mark.parametrize("cell", ["-", "N/A", "NaN", "--", "-999", "0.00"])
def test_a_text_that_means_no_value_is_none_even_if_it_is_a_number(cell: str) -> None:
    found = read(f"t,v\n{JULY} 00:00,1\n{JULY} 01:00,{cell}\n", f"{BEGIN},blank=-|N/A|NaN|--|-999|0.00")
    assert (values(found), messages(found), found.notes[-1]) == (
        [1000],
        [],
        "f.csv: 1 row blank, which is no reading",
    )


def test_a_text_that_was_not_said_to_mean_no_value_is_refused() -> None:
    found = read(f"t,v\n{JULY} 00:00,N/A\n", BEGIN)
    assert messages(found) == [
        "2: value is not a number such as 312.5 (if it means no value: blank=N/A in --dialect): 'N/A'"
    ]


@pytest.mark.parametrize(("place", "value"), [("2", 1000), ("3", 7000)])
def test_of_two_columns_of_one_name_the_place_tells_which(place: str, value: int) -> None:
    found = read(f"t,v,v\n{JULY} 00:00,1,7\n", BEGIN.replace("value=v", f"value={place}"))
    assert values(found) == [value]


# --- dates and spans ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "date"),
    [
        ("dmy", "02/07/26"),
        ("dmy", "2.7.26"),
        ("dmy", "02-07-2026"),
        ("mdy", "07/02/26"),
        ("mdy", "7-2-2026"),
        ("ymd", "26-07-02"),
        ("ymd", "2026-7-2"),
    ],
)
def test_a_date_is_read_in_the_order_that_was_said(order: str, date: str) -> None:
    """Day and month of 2 July could be exchanged without a word."""
    found = read(f"t,v\n{date} 00:00,1\n", f"{BEGIN},date={order}")
    assert list(energies(found)) == ["2026-07-02T05:00:00Z"]


def test_a_short_year_without_an_order_names_the_option() -> None:
    (message,) = messages(read("t,v\n07/14/26 00:00,1\n", BEGIN))
    assert "date=mdy in --dialect" in message


@pytest.mark.parametrize(
    "span",
    [
        "2026-07-14 00:00 to 2026-07-14 01:00",
        "2026-07-14 00:00 TO 01:00",
        "2026-07-14 00:00  to  2026-07-14 00:59",
        "2026-07-14 00:00:00 to 2026-07-14 00:59:59",
    ],
)
def test_a_span_in_one_cell_begins_at_its_first_stamp(span: str) -> None:
    found = read(f"t,v\n{span},1\n", BEGIN)
    assert (list(energies(found)), messages(found)) == (["2026-07-14T05:00:00Z"], [])


@pytest.mark.parametrize(
    ("until", "length"), [("2026-07-14 02:00", "2h"), ("2026-07-15 00:00", "24h"), ("00:15", "15min")]
)
def test_a_span_that_is_no_interval_is_refused(until: str, length: str) -> None:
    """Two hours are no hour, on a day on which no clock changes."""
    (message,) = messages(read(f"t,v\n2026-07-14 00:00 to {until},1\n", BEGIN))
    assert message.startswith(f"2: stamp goes over {length}, and an interval has 1h")


def test_the_span_over_the_hour_that_spring_skips_is_an_hour() -> None:
    found = read("t,v\n2026-03-08 01:00 to 2026-03-08 03:00,1\n", BEGIN)
    assert (list(energies(found)), messages(found)) == (["2026-03-08T07:00:00Z"], [])


def test_spans_with_offsets_are_whole_where_clocks_go_back() -> None:
    rows = (
        "t,v\n2026-11-01T01:00-05:00 to 2026-11-01T01:00-06:00,1\n"
        "2026-11-01T01:00-06:00 to 2026-11-01T02:00-06:00,2\n"
    )
    found = read(rows, BEGIN)
    assert (list(energies(found)), messages(found)) == (
        ["2026-11-01T06:00:00Z", "2026-11-01T07:00:00Z"],
        [],
    )


def test_a_quarter_that_ends_as_clocks_go_back_is_refused_for_its_begin_alone() -> None:
    """Smart Meter Texas: 01:45 to 01:00 is a quarter-hour, and clocks show 01:45 twice."""
    (message,) = messages(read(f"{SMT}\n11/01/2026, 01:45, 01:00,1,Consumption\n", "smart-meter-texas"))
    assert "which clocks in America/Chicago show twice that day" in message


# --- numbers and qualities ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "energy"),
    [
        ("5e-05", Fraction(5, 100)),
        ("1E-05", Fraction(1, 100)),
        ("1.5e3", Fraction(1_500_000)),
        ("-2e+00", Fraction(-2000)),
    ],
)
def test_an_exponent_is_as_exact_as_digits(text: str, energy: Fraction) -> None:
    """pandas and DuckDB write small numbers so."""
    found = read(f"t,v\n{JULY} 00:00,{text}\n", BEGIN)
    assert (values(found), messages(found)) == ([energy], [])


@pytest.mark.parametrize(
    ("text", "thousands", "energy"),
    [
        ('"1,234.5"', True, 1_234_500),
        ('"12,345,678"', True, 12_345_678_000),
        ('"1,234"', False, None),
        ('"1,23"', True, None),
    ],
)
def test_commas_group_digits_where_it_was_said(text: str, thousands: bool, energy: int | None) -> None:
    found = read(f"t,v\n{JULY} 00:00,{text}\n", f"{BEGIN},thousands={'yes' if thousands else 'no'}")
    assert (values(found), len(messages(found))) == ([energy] if energy else [], 0 if energy else 1)


@pytest.mark.parametrize(("unit", "watts"), [("W", 1), ("kW", 10**3), ("MW", 10**6)])
def test_mean_power_of_five_minutes_is_a_twelfth_of_it_as_energy(unit: str, watts: int) -> None:
    asked = f"{BEGIN},decimals=3".replace("kWh", unit).replace("1h", "5min")
    found = read(f"t,v\n{JULY} 00:00,12\n{JULY} 00:05,6\n", asked)
    assert (values(found), "rounded to the milliwatt-hour" in " ".join(found.notes)) == (
        [watts, Fraction(watts, 2)],
        True,
    )


QUALITY = f"{BEGIN},quality=q:E=estimated,A=actual"


def test_the_quality_of_a_column_is_kept_as_it_was_said_to_mean() -> None:
    rows = f"t,v,q\n{JULY} 00:00,1,A\n{JULY} 01:00,2,E\n{JULY} 02:00,3,\n"
    found = read(rows, QUALITY)
    assert ([body.quality for body in bodies(found)], messages(found)) == ([(0, 8, -1)], [])


def test_a_quality_that_was_not_said_to_mean_anything_is_refused() -> None:
    (message,) = messages(read(f"t,v,q\n{JULY} 00:00,1,Z\n", QUALITY))
    assert message == "2: quality 'Z' has no stated meaning; add Z=MEANING to quality="


@pytest.mark.parametrize("code", ["12", "15", "20", "projected"])
def test_what_was_never_metered_is_no_quality_of_a_reading(code: str) -> None:
    with pytest.raises(Malformed, match="quality is COLUMN:CELL=MEANING"):
        read("t,v,q\n", f"{BEGIN},quality=q:P={code}")


def test_one_value_of_two_qualities_is_told() -> None:
    rows = f"t,v,q\n{JULY} 00:00,1,A\n{JULY} 00:00,1,E\n"
    assert len(messages(read(rows, QUALITY))) == 1


@pytest.mark.parametrize("size", [3, 30, 1 << 20])
def test_a_publisher_is_recognized_wherever_the_file_is_cut(size: int) -> None:
    rows = "OperDay,TimeEnding,Demand,DSTFlag\n07/14/2026,00:15,40000,N\n"
    found = read(rows, "", size)
    assert (found.notes[0], len(values(found))) == ("f.csv: read as ercot-15min, which its columns are of", 1)


@pytest.mark.parametrize(
    ("keys", "wh"), [("", 10**10), ("ercot-15min", 10**10), ("ercot-15min,unit=MWh", 4 * 10**10)]
)
def test_the_system_wide_actuals_of_ercot_are_mean_power(keys: str, wh: int) -> None:
    """40,000 MWh in a quarter-hour were 160 GW, twice what ERCOT ever served."""
    rows = "OperDay,TimeEnding,Demand,DSTFlag\n07/14/2026,00:15,40000,N\n"
    assert values(read(rows, keys)) == [wh]


SMT = "USAGE_DATE,USAGE_START_TIME,USAGE_END_TIME,USAGE_KWH,CONSUMPTION_SURPLUSGENERATION"
PGE = "TYPE,DATE,START TIME,END TIME,USAGE (kWh)"
CAISO = "INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,MW"


@pytest.mark.parametrize(
    ("dialect", "head", "row", "begin", "end", "other"),
    [
        ("smart-meter-texas", SMT, "07/02/2025, {}, {},1,Consumption", "23:45", "00:00", "00:45"),
        ("pge", PGE, "Electric usage,2025-07-02,{},{},1", "23:00", "23:59", "23:14"),
        ("caiso", CAISO, "2025-07-02T{}:00-00:00,2025-07-02T{}:00-00:00,1", "08:00", "09:00", "08:05"),
    ],
)
def test_rows_whose_end_shows_another_interval_than_the_dialect_has_are_refused(
    dialect: str, head: str, row: str, begin: str, end: str, other: str
) -> None:
    """A download of quarter-hours is not hours, of which only every fourth row would have had a message."""
    good, bad = (read(f"{head}\n{row.format(begin, until)}\n", dialect) for until in (end, other))
    assert (len(values(good)), messages(good), values(bad), len(messages(bad))) == (1, [], [], 1)


def test_an_interval_given_twice_with_another_quality_says_so() -> None:
    """The values are the same, so the message does not call them different."""
    found = read(
        "t,v,q\n2026-07-14 01:00,1,A\n2026-07-14 01:00,1,E\n", f"{BEGIN},quality=q:A=actual,E=estimated"
    )
    assert messages(found) == [
        "3: gives the interval from 2026-07-14T06:00:00Z another quality than line 2; the first stands"
    ]
