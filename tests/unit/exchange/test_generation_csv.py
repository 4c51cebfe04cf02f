"""Net generation by source as EIA-930 hands it out: what its files have of their own, and what is not guessed."""

from __future__ import annotations

from importlib.resources import files

import pytest

from ledger.errors import Malformed
from ledger.exchange.generation_csv import read
from ledger.exchange.reading import Reading
from ledger.kinds import GenerationRecorded

WEEK = (files("ledger.app.demo") / "samples" / "eia930" / "eia930-balance.csv").read_bytes()
TITLES = (
    "Balancing Authority,Data Date,Hour Number,Local Time at End of Hour,UTC Time at End of Hour,Demand (MW)"
)
API = b"""period,respondent,respondent-name,fueltype,type-name,value,value-units
2026-07-14T05,ERCO,"Electric Reliability Council of Texas, Inc.",SUN,Solar,0,megawatthours
2026-07-14T05,ERCO,"Electric Reliability Council of Texas, Inc.",SNB,Solar with battery,7,megawatthours
2026-07-14T05,SOCO,Southern Company,COL,Coal,4100,megawatthours
2026-07-14T06,ERCO,"Electric Reliability Council of Texas, Inc.",NG,Natural gas,31000,megawatthours
"""


def row(end: str, *values: str, code: str = "SOCO") -> str:
    return f'{code},07/14/2026,1,07/14/2026 1:00:00 AM,07/14/2026 {end},"30,000",{",".join(values)},SE\n'


def balance(titles: str, *rows: str) -> bytes:
    named = ",".join(f"Net Generation (MW) from {title}" for title in titles.split(","))
    return f"{TITLES},{named},Region\n{''.join(rows)}".encode()


def reading(data: bytes, authority: str = "SOCO", chunk: int = 1 << 20) -> Reading:
    (found,) = read(
        (data[n : n + chunk] for n in range(0, len(data), chunk)), "eia.csv", "ab" * 32, authority
    )
    return found


def found(data: bytes, authority: str = "SOCO", chunk: int = 1 << 20) -> dict[str, list[GenerationRecorded]]:
    by_source: dict[str, list[GenerationRecorded]] = {}
    for claim in reading(data, authority, chunk).claims:
        assert isinstance(claim.body, GenerationRecorded)
        by_source.setdefault(claim.body.energy_source, []).append(claim.body)
    return by_source


def test_an_hour_ends_at_its_stamp_in_utc() -> None:
    """5:00 AM ends the hour from 04:00; 3,100 MW over an hour are 3,100 MWh."""
    (coal,) = found(balance("Coal", row("5:00:00 AM", "3100")))["coal"]
    assert (coal.start, coal.interval_s, coal.values, coal.power_of_ten) == (
        "2026-07-14T04:00:00Z",
        3600,
        (3100,),
        6,
    )


def test_a_record_ends_at_midnight_utc_and_where_an_hour_is_missing() -> None:
    """12:00 AM ends the last hour of July 13; nothing is said of the hour that ends at 2:00 AM."""
    some = [row(f"{hour}:00:00 AM", "10") for hour in (12, 1, 3, 4)]
    assert [(one.start, len(one.values)) for one in found(balance("Coal", *some))["coal"]] == [
        ("2026-07-13T23:00:00Z", 1),
        ("2026-07-14T00:00:00Z", 1),
        ("2026-07-14T02:00:00Z", 2),
    ]


def test_parts_of_a_source_are_added_up() -> None:
    """Solar with and without batteries; pumped storage, batteries and others are storage."""
    titles = (
        "Solar without Integrated Battery Storage,Solar with Integrated Battery Storage,Pumped Storage,"
        "Battery Storage,Other Energy Storage,Unknown Energy Storage"
    )
    by_source = found(balance(titles, row("5:00:00 AM", "10", "5", "-3", "1", "1", "1")))
    assert {name: some[0].values for name, some in by_source.items()} == {"solar": (15,), "storage": (0,)}


def test_files_before_july_2024_have_fewer_sources() -> None:
    """Their hydropower has pumped storage in it."""
    titles = "Hydropower and Pumped Storage,Solar,Wind,Other Fuel Sources,Unknown Fuel Sources"
    by_source = found(balance(titles, row("5:00:00 AM", "1", "2", "3", "4", "5")))
    assert {name: some[0].values for name, some in by_source.items()} == {
        "hydro": (1,),
        "solar": (2,),
        "wind": (3,),
        "other": (9,),
    }


def test_adjusted_columns_are_read_by_the_titles_that_eia_gives_them() -> None:
    """``witho`` for with, and two spaces after Pumped Storage; the columns beside them are not added to these."""
    titles = (
        "Solar with Integrated Battery Storage,Pumped Storage,Solar witho Integrated Battery Storage (Adjusted),"
        "Pumped Storage  (Adjusted)"
    )
    by_source = found(balance(titles, row("5:00:00 AM", "10", "20", "11", "21")))
    assert {name: some[0].values for name, some in by_source.items()} == {"solar": (11,), "storage": (21,)}


def test_what_eia_imputed_is_marked_as_estimated() -> None:
    titles = "Coal,Coal (Imputed),Coal (Adjusted)"
    some = row("5:00:00 AM", "", "70", "70"), row("6:00:00 AM", "71", "", "71")
    assert found(balance(titles, *some))["coal"][0].quality == (8, -1)


def test_a_blank_is_not_zero() -> None:
    """A column that is blank all day is no source of the authority; in the hour in which one of two parts is blank,
    the source is unknown.
    """
    titles = "Wind without Integrated Battery Storage,Wind with Integrated Battery Storage,Nuclear"
    some = row("5:00:00 AM", "10", "", ""), row("6:00:00 AM", "10", "2", "")
    by_source = found(balance(titles, *some))
    assert {name: [(one.start, one.values) for one in some] for name, some in by_source.items()} == {
        "wind": [("2026-07-14T05:00:00Z", (12,))]
    }


def test_an_authority_s_rows_alone_are_read() -> None:
    data = balance("Coal", row("5:00:00 AM", "1"), row("5:00:00 AM", "2", code="TVA"))
    assert found(data, "TVA")["coal"][0].values == (2,)


def test_thousands_may_have_commas_and_values_decimals() -> None:
    (coal,) = found(balance("Coal", row("5:00:00 AM", '"3,100.50"')))["coal"]
    assert (coal.values, coal.power_of_ten) == ((31_005,), 5)


@pytest.mark.parametrize(
    ("rows", "because"),
    [
        ((row("5:00:00 AM", "2147483647"),), "is 2^31 - 1 MW, which stands for a counter that overflowed"),
        ((row("5:00:00 AM", "lots"),), "from Coal: is not a number"),
        ((row("25:00:00 AM", "1"),), "stamp "),
        (
            (row("5:00:00 AM", "1"), row("5:00:00 AM", "2")),
            "gives the hour from 2026-07-14T04:00:00Z another value of coal than line 2; the first stands",
        ),
    ],
)
def test_a_bad_cell_is_a_problem_at_its_line(rows: tuple[str, ...], because: str) -> None:
    problems = reading(balance("Coal", *rows)).problems
    assert [(problem.line, because in problem.message) for problem in problems] == [(len(rows) + 1, True)]


def test_an_hour_that_is_given_twice_alike_counts_once() -> None:
    hour = row("5:00:00 AM", "1")
    assert reading(balance("Coal", hour, hour)).problems == ()


@pytest.mark.parametrize(
    ("data", "because"),
    [
        (balance("Coal", row("5:00:00 AM", "1", code="TVA")), "has no generation of 'SOCO'; there are TVA"),
        (b"a,b\n1,2\n", "has not the columns of EIA-930 generation"),
        (b"", "is empty"),
        (b"PK\x03\x04", "is a ZIP"),
    ],
)
def test_a_file_of_something_else_is_refused(data: bytes, because: str) -> None:
    with pytest.raises(Malformed, match=because):
        reading(data)


def test_rows_of_the_api_are_read_too() -> None:
    """Fuel types of one source are added up; an hour ends at its period."""
    by_source = found(API, "ERCO")
    assert {name: [(one.start, one.values) for one in some] for name, some in by_source.items()} == {
        "solar": [("2026-07-14T04:00:00Z", (7,))],
        "gas": [("2026-07-14T05:00:00Z", (31_000,))],
    }


def test_an_unknown_fuel_type_is_a_problem() -> None:
    problems = reading(API.replace(b",NG,", b",XX,"), "ERCO").problems
    assert ["fueltype must be one of COL, NG" in problem.message for problem in problems] == [True]


def test_a_file_is_read_alike_in_whatever_parts_it_comes() -> None:
    assert found(WEEK, "ERCO", 997) == found(WEEK, "ERCO")


def test_the_week_has_each_source_of_two_grids() -> None:
    """170 hours from July 13, 04:00 UTC; the sums are those of the file's columns."""
    by_source = found(WEEK, "SOCO")
    assert {name: sum(len(one.values) for one in some) for name, some in by_source.items()} == dict.fromkeys(
        ("coal", "gas", "hydro", "nuclear", "oil", "other", "solar", "storage"), 170
    )


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("abc", "Net Generation (MW) from Coal: is not a number such as 312.5: 'abc'"),
        (
            "9" * 20,
            f"Net Generation (MW) from Coal: has more than 15 digits, which no reader keeps exactly: '{'9' * 20}'",
        ),
    ],
)
def test_a_cell_that_is_no_number_is_told_by_the_title_of_its_column(cell: str, why: str) -> None:
    """A row has dozens of columns; and no dialect applies here, whose options would be no help."""
    (problem,) = reading(balance("Coal", row("5:00:00 AM", cell))).problems
    assert problem.message == why


def test_an_authority_in_small_letters_is_told_its_code() -> None:
    with pytest.raises(Malformed, match="no generation of 'soco'; did you mean SOCO"):
        reading(balance("Coal", row("5:00:00 AM", "3100")), "soco")
