"""The two days of a year on which clocks change, as files write them: marked, flagged, numbered, with
offsets, or so that nobody can tell.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ledger import calendar
from ledger.errors import Malformed
from ledger.exchange.interval_csv import dialects, nem12
from ledger.exchange.interval_csv.dialect_form import Dialect, Layout
from tests.unit.exchange.test_interval_csv import energies, messages, read

WINTER, SUMMER = datetime(2026, 1, 1), datetime(2026, 7, 1)
SPRING, AUTUMN = "2026-03-08", "2026-11-01"
HOURLY = "generic,unit=kWh,value=v,interval=1h,zone=America/Chicago"
NUMBERED = f"{HOURLY},time=d+h"
UNSURE = "stamp could be what clocks in America/Chicago show or the number of an hour"
TABLES = [dialect for dialect in dialects.DIALECTS if dialect.name != nem12.NAME]
"""The dialects of rows below a header."""
CHANGING = [
    dialect
    for dialect in dialects.DIALECTS
    if dialect.layouts
    and not dialect.layouts[0].offset
    and ZoneInfo(dialect.clock.zone).utcoffset(WINTER) != ZoneInfo(dialect.clock.zone).utcoffset(SUMMER)
]
"""The dialects in local time whose first layout does not state the offset of each row."""


def hours(day: str, numbers: range, blank: int | None = None) -> str:
    """A row an hour of a day, each with its number as value."""
    return "d,h,v\n" + "".join(f"{day},{n},{'' if n == blank else n}\n" for n in numbers)


def utc(*begins: str) -> list[str]:
    return [f"{begin}:00Z" for begin in begins]


def in_a_row(first: str, count: int) -> list[str]:
    """So many instants, an hour apart."""
    begin_s = calendar.instant_s(f"{first}:00Z")
    return [calendar.format_instant(begin_s + n * 3600) for n in range(count)]


@pytest.mark.parametrize("size", [7, 40, 1 << 20])
@pytest.mark.parametrize(
    ("day", "stamp", "numbers"),
    [
        (SPRING, "end", range(1, 24)),
        (SPRING, "begin", range(23)),
        (AUTUMN, "end", range(1, 26)),
        (AUTUMN, "begin", range(25)),
    ],
)
def test_hours_that_are_numbered_follow_each_other_from_midnight_on(
    day: str, stamp: str, numbers: range, size: int
) -> None:
    """CAISO's OPR_HR, IESO exports: 23 hours in spring and 25 in autumn, wherever the file is cut."""
    found = read(hours(day, numbers), f"{NUMBERED},stamp={stamp}", size)
    first = f"{day}T06:00" if day == SPRING else f"{day}T05:00"
    assert (list(energies(found)), messages(found)) == (in_a_row(first, len(numbers)), [])


def test_hour_25_may_be_blank_and_the_day_is_numbered_all_the_same() -> None:
    found = read(hours(AUTUMN, range(1, 26), blank=25), f"{NUMBERED},stamp=end")
    assert (list(energies(found)), messages(found)) == (in_a_row(f"{AUTUMN}T05:00", 24), [])


@pytest.mark.parametrize(
    ("day", "stamp", "numbers", "sure"),
    [
        (SPRING, "end", range(1, 13), 2),
        (SPRING, "begin", range(12), 2),
        (AUTUMN, "end", range(1, 25), 1),
        (AUTUMN, "begin", range(24), 1),
        (AUTUMN, "end", range(1, 13), 1),
    ],
)
def test_a_day_that_fits_numbers_and_clocks_is_refused_from_the_hour_on_at_which_they_differ(
    day: str, stamp: str, numbers: range, sure: int
) -> None:
    """A file that ends at noon, or leaves an hour out: either meaning is an hour from the other."""
    found = read(hours(day, numbers), f"{NUMBERED},stamp={stamp}")
    assert (len(energies(found)), sum(UNSURE in message for message in messages(found))) == (
        sure,
        len(numbers) - sure,
    )


def test_the_morning_before_clocks_go_back_is_taken_from_a_file_that_ends_there() -> None:
    found = read(hours(AUTUMN, range(1, 2)), f"{NUMBERED},stamp=end")
    assert (list(energies(found)), messages(found)) == (utc(f"{AUTUMN}T05:00"), [])


def test_the_blank_row_of_the_hour_that_spring_skips_is_none() -> None:
    found = read(hours(SPRING, range(1, 25), blank=3), f"{NUMBERED},stamp=end")
    assert (list(energies(found)), messages(found)) == (in_a_row(f"{SPRING}T06:00", 23), [])


def test_a_value_in_the_hour_that_spring_skips_is_refused_where_the_24th_is_there_too() -> None:
    found = read(hours(SPRING, range(1, 25)), f"{NUMBERED},stamp=end")
    assert (len(energies(found)), len(messages(found))) == (23, 1)


def test_a_file_in_standard_time_that_writes_midnight_as_00_00_is_not_taken_for_numbers() -> None:
    """Ends 00:00 to 23:00: 03:00 ends an hour that clocks in Chicago skip, so that the zone is another."""
    rows = "".join(f"{SPRING} {n:02d}:00,{n}\n" for n in range(24))
    (message,) = messages(read(f"t,v\n{rows}", f"{HOURLY},time=t,stamp=end"))
    assert message.startswith("5: stamp begins at 2026-03-08 02:00:00, which clocks in America/Chicago skip")


@pytest.mark.parametrize("zone", ["America/Phoenix", "Etc/GMT+5", "UTC"])
def test_a_zone_without_changes_has_24_hours_on_every_day(zone: str) -> None:
    asked = f"{NUMBERED},stamp=end".replace("America/Chicago", zone)
    found = [read(hours(day, range(1, 25)), asked) for day in (SPRING, AUTUMN)]
    assert [(len(energies(each)), messages(each)) for each in found] == [(24, []), (24, [])]


def test_a_25th_hour_of_a_usual_day_is_refused() -> None:
    found = read(hours("2026-07-14", range(1, 26)), f"{NUMBERED},stamp=end")
    assert (len(energies(found)), messages(found)) == (
        24,
        ["26: stamp is not a time of day that exists: '25'"],
    )


# --- flags and marks ----------------------------------------------------------------------------------------

FLAG_WORDS = [
    ("N", "Y"), ("n", "y"), ("false", "true"), ("False", "True"), ("F", "T"), ("0", "1"), ("No", "Yes"), ("", "*"),
    (" N ", " Y "),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second"), FLAG_WORDS)
@pytest.mark.parametrize(
    "head", ["OperDay,HourEnding,ERCOT,DSTFlag", "DeliveryDate,HourEnding,ERCOT,RepeatedHourFlag"]
)
def test_a_flag_of_the_second_hour_is_read_in_every_word_for_it(head: str, first: str, second: str) -> None:
    """ERCOT writes Y and N, tools that read its files (pandas, gridstatus) booleans."""
    rows = f"{head}\n11/01/2026,02:00,4,{first}\n11/01/2026,02:00,5,{second}\n"
    found = read(rows, "ercot-hourly,area=ERCO")
    assert (list(energies(found)), messages(found)) == (utc(f"{AUTUMN}T06:00", f"{AUTUMN}T07:00"), [])


@pytest.mark.parametrize("word", ["maybe", "2", "-", "DST"])
def test_a_flag_that_says_something_else_is_refused(word: str) -> None:
    rows = f"OperDay,HourEnding,ERCOT,DSTFlag\n11/01/2026,02:00,4,{word}\n"
    found = read(rows, "ercot-hourly,area=ERCO")
    assert messages(found) == [
        f"2: flag of the second of two equal hours must be Y or N (or true, false, 1, 0, *): {word!r}"
    ]


def test_two_columns_of_flags_are_refused_and_not_passed_over() -> None:
    rows = "OperDay,HourEnding,ERCOT,DSTFlag,DSTFlag\n11/01/2026,02:00,4,N,N\n"
    with pytest.raises(Malformed, match="has several columns of 'DSTFlag"):
        read(rows, "ercot-hourly,area=ERCO")


@pytest.mark.parametrize("mark", ["02X", "02x", "02*", "2 DST", "HE02X"])
def test_a_marked_hour_tells_that_the_other_is_the_first(mark: str) -> None:
    """In a file of any publisher: nobody need say that it marks the hour, since it does."""
    rows = f"d,h,v\n{AUTUMN},01,1\n{AUTUMN},02,2\n{AUTUMN},{mark},3\n{AUTUMN},03,4\n"
    found = read(rows, f"{NUMBERED},stamp=end")
    assert (list(energies(found)), messages(found)) == (in_a_row(f"{AUTUMN}T05:00", 4), [])


def test_quarters_of_numbered_delivery_hours_follow_each_other() -> None:
    """ERCOT's DeliveryHour and DeliveryInterval, numbered to 25 as some exports have it."""
    rows = "".join(f"11/01/2026,{h},{n},5\n" for h in range(1, 26) for n in range(1, 5))
    found = read(f"DeliveryDate,DeliveryHour,DeliveryInterval,MWh\n{rows}", "ercot-15min")
    assert (len(energies(found)), list(energies(found))[-1], messages(found)) == (
        100,
        "2026-11-02T05:45:00Z",
        [],
    )


@pytest.mark.parametrize(("stamp", "first"), [("end", 1), ("begin", 0)])
def test_hour_and_interval_are_counted_from_the_hour_that_the_stamp_names(stamp: str, first: int) -> None:
    """Ending hours go from 1 and beginning ones from 0; the intervals in them from 1 in both."""
    rows = "".join(f"2026-07-14,{first},{n},5\n" for n in (1, 2, 3, 4))
    found = read(f"d,h,i,v\n{rows}", f"{HOURLY},time=d+h+i,stamp={stamp}".replace("1h", "15min"))
    assert (next(iter(energies(found))), messages(found)) == ("2026-07-14T05:00:00Z", [])


def test_a_bare_number_is_no_quarter_of_an_hour() -> None:
    """Intervals numbered 1 to 96 are not hours 1 to 24."""
    found = read(hours("2026-07-14", range(1, 97)), f"{NUMBERED},stamp=end".replace("1h", "15min"))
    assert energies(found) == {}


# --- offsets ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["-05:00", "-0500", "-05"])
def test_an_offset_of_hours_alone_is_an_offset(form: str) -> None:
    """As DuckDB and PostgreSQL write it."""
    found = read(f"t,v\n2026-07-14 10:00:00{form},1\n", f"{HOURLY},time=t,stamp=begin")
    assert (list(energies(found)), messages(found)) == (utc("2026-07-14T15:00"), [])


def test_an_offset_of_no_hours_is_utc() -> None:
    asked = f"{HOURLY},time=t,stamp=begin".replace("America/Chicago", "UTC")
    found = read("t,v\n2026-11-02 10:00:00+00,1\n", asked)
    assert (list(energies(found)), messages(found)) == (utc("2026-11-02T10:00"), [])


def test_an_end_may_have_the_offset_of_its_begin() -> None:
    """The hour from 01:00 to 02:00 in daylight time ends at 02:00-05:00, which clocks show as 01:00-06:00."""
    rows = "t,v\n2026-11-01 01:00-05:00,1\n2026-11-01 02:00-05:00,2\n2026-11-01 02:00-06:00,3\n"
    found = read(rows, f"{HOURLY},time=t,stamp=end")
    assert (list(energies(found)), messages(found)) == (in_a_row(f"{AUTUMN}T05:00", 3), [])


@pytest.mark.parametrize(
    ("first", "second"), [("CDT", "CST"), ("-05:00", "-06:00"), ("-0500", "-0600"), (" cdt ", "CST")]
)
@pytest.mark.parametrize("stamp", ["begin", "end"])
def test_the_offset_may_stand_in_a_column_of_its_own(first: str, second: str, stamp: str) -> None:
    """As NYISO has it, in a file of any publisher."""
    rows = f"t,z,v\n2026-11-01 01:00,{first},1\n2026-11-01 01:00,{second},2\n"
    found = read(rows, f"{HOURLY},time=t,offset=z,stamp={stamp}")
    begins = in_a_row(f"{AUTUMN}T06:00" if stamp == "begin" else f"{AUTUMN}T05:00", 2)
    assert (list(energies(found)), messages(found)) == (begins, [])


def test_a_column_of_offsets_that_is_not_there_is_missing() -> None:
    with pytest.raises(Malformed, match="needs the columns 't' and 'z'"):
        read("t,v\n", f"{HOURLY},time=t,offset=z,stamp=begin")


# --- every dialect ------------------------------------------------------------------------------------------


def local_day(dialect: Dialect, day: str) -> list[int]:
    """The begins of a dialect's intervals on a local day."""
    midnight = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(dialect.clock.zone))
    first_s, last_s = (int(at.timestamp()) for at in (midnight, midnight + timedelta(days=1)))
    return list(range(first_s, last_s, dialect.clock.interval_s))


def written(dialect: Dialect, day: str) -> list[tuple[int, datetime]]:
    """The begins of a local day's intervals with what the dialect's stamps show."""
    tz, clock = ZoneInfo(dialect.clock.zone), dialect.clock
    return [
        (begin_s, datetime.fromtimestamp(begin_s + clock.interval_s * clock.ends, tz))
        for begin_s in local_day(dialect, day)
    ]


def file_of(dialect: Dialect, stamps: list[str], offsets: list[str]) -> str:
    """A file with the columns that the first layout of a dialect needs beside time and value."""
    layout = (*dialect.layouts, Layout("t"))[0]
    more = {layout.area_rows: "A", **dict(layout.only)}
    more.pop("", None)
    if layout.offset:
        more[layout.offset] = "{}"
    head = ",".join(["t", "v", *more])
    rows = (
        ",".join(
            [
                stamp,
                str(n),
                *(cell.format(offset, minutes=dialect.clock.interval_s // 60) for cell in more.values()),
            ]
        )
        for n, (stamp, offset) in enumerate(zip(stamps, offsets, strict=True), start=1)
    )
    return "\n".join([head, *rows, ""])


def keys_of(dialect: Dialect) -> str:
    """What names a dialect for such a file."""
    clock = dialect.clock
    if dialect.layouts:
        return f"{dialect.name},time=t,value=v,area=A"
    return (
        f"{dialect.name},time=t,value=v,unit={dialect.unit},zone={clock.zone},interval={clock.interval_s}s"
        f",stamp={'end' if clock.ends else 'begin'}"
    )


@pytest.mark.parametrize("day", [SPRING, AUTUMN, "2026-07-14"])
@pytest.mark.parametrize("dialect", TABLES, ids=lambda dialect: dialect.name)
def test_a_day_with_offsets_is_whole_in_every_dialect(dialect: Dialect, day: str) -> None:
    """Whatever a dialect's own way of writing hours, offsets tell every interval of a day of 23 or 25 hours:
    in the stamp, or where the publisher has a column for them, in that.
    """
    rows = written(dialect, day)
    has_column = any(layout.offset for layout in dialect.layouts)
    # EST and EDT belong to the stamp's own instant; a stamp at the end of its interval may have either
    stamps = [(at.replace(tzinfo=None) if has_column else at).isoformat(" ") for _, at in rows]
    found = read(file_of(dialect, stamps, [f"{at:%Z}" for _, at in rows]), keys_of(dialect))
    assert (list(energies(found)), messages(found)) == (
        [calendar.format_instant(begin_s) for begin_s, _ in rows],
        [],
    )


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
@pytest.mark.parametrize("dialect", CHANGING, ids=lambda dialect: dialect.name)
def test_an_hour_that_clocks_show_twice_is_never_given_two_values_or_lost_without_a_message(
    dialect: Dialect, day: str
) -> None:
    """A day as clocks show it, unmarked: what is taken is right, and what cannot be told has a message."""
    rows = written(dialect, day)
    stamps = [at.replace(tzinfo=None).isoformat(" ") for _, at in rows]
    found = read(file_of(dialect, stamps, [""] * len(rows)), keys_of(dialect))
    right = {calendar.format_instant(begin_s) for begin_s, _ in rows}
    taken = energies(found)
    assert (taken.keys() <= right, len(taken) + len(messages(found))) == (True, len(rows))


# --- what clocks show as an interval ends -------------------------------------------------------------------

ACTUALS = "OperDay,TimeEnding,Demand,DSTFlag\n"


def quarters(day: str, *stamps: str) -> str:
    """System-wide actuals of ERCOT: ``01:15`` or, flagged as the second of two, ``01:15 Y``."""
    rows = [stamp.split() for stamp in stamps]
    return ACTUALS + "".join(
        f"{day},{at},{n},{flag[0] if flag else 'N'}\n" for n, (at, *flag) in enumerate(rows)
    )


def quarter_hours(first: str, count: int) -> list[str]:
    begin_s = calendar.instant_s(f"{first}:00Z")
    return [calendar.format_instant(begin_s + n * 900) for n in range(count)]


@pytest.mark.parametrize("size", [9, 1 << 20])
def test_the_quarter_that_ends_as_clocks_go_forward_may_end_at_03_00(size: int) -> None:
    """ERCOT's system-wide actuals (NP6-235-CD) write the end as clocks show it: 01:45 is followed by 03:00
    (gridstatus 0.36.0, test_parse_doc_works_on_dst_data, an excerpt of 2016).
    """
    found = read(quarters("03/08/2026", "01:30", "01:45", "03:00", "03:15"), "ercot-15min", size)
    assert (list(energies(found)), messages(found)) == (quarter_hours(f"{SPRING}T07:15", 4), [])


@pytest.mark.parametrize("size", [9, 1 << 20])
def test_the_quarter_that_ends_as_clocks_go_back_may_end_at_the_second_01_00(size: int) -> None:
    """The same form in autumn: a second 01:00 and no second 02:00, which ends the second of the two hours
    (gridstatus 0.36.0 places TimeEnding by DSTFlag and subtracts the quarter of an hour).
    """
    first, second = (
        ("00:45", "01:00", "01:15", "01:30", "01:45"),
        ("01:00 Y", "01:15 Y", "01:30 Y", "01:45 Y"),
    )
    found = read(quarters("11/01/2026", *first, *second, "02:00", "02:15"), "ercot-15min", size)
    assert (list(energies(found)), messages(found)) == (quarter_hours(f"{AUTUMN}T05:30", 11), [])


def test_the_other_form_has_a_second_02_00_and_is_read_as_before() -> None:
    """ERCOT's settlement files: a quarter is called after the hour it begins in."""
    first, second = ("01:15", "01:30", "01:45", "02:00"), ("01:15 Y", "01:30 Y", "01:45 Y", "02:00 Y")
    found = read(quarters("11/01/2026", *first, *second, "02:15"), "ercot-15min")
    assert (list(energies(found)), messages(found)) == (quarter_hours(f"{AUTUMN}T06:00", 9), [])


def test_where_neither_second_is_there_the_end_that_could_be_either_is_refused() -> None:
    """A file that lacks 01:00 Y and 02:00 Y does not tell whose end 02:00 is; an hour lies between them."""
    found = read(quarters("11/01/2026", "01:15 Y", "02:00", "02:15"), "ercot-15min")
    assert (list(energies(found)), messages(found)) == (
        utc(f"{AUTUMN}T07:00", f"{AUTUMN}T08:00"),
        [
            "3: stamp could end the first or the second of the hours that clocks in America/Chicago show twice on"
            " 11/01/2026, as its rows do not tell; give the whole day, or stamps with their offset"
        ],
    )


def test_an_hour_called_3_in_spring_is_the_second_where_there_is_no_2() -> None:
    """ERCOT calls the hour from 01:00 to 03:00 by its end in some reports (gridstatus 0.36.0, parse_doc: the
    instant of the change is labeled in another way); with a 2 beside it the 3 is refused.
    """
    head = "OperDay,HourEnding,ERCOT,DSTFlag\n"
    rows = {hour: f"03/08/2026,{hour:02d}:00,{hour},N\n" for hour in (1, 2, 3, 4)}
    without = read(head + rows[1] + rows[3] + rows[4], "ercot-hourly,area=ERCO")
    both = read(head + "".join(rows.values()), "ercot-hourly,area=ERCO")
    assert (list(energies(without)), messages(without)) == (in_a_row(f"{SPRING}T06:00", 3), [])
    assert (list(energies(both)), len(messages(both))) == (in_a_row(f"{SPRING}T06:00", 3), 1)
