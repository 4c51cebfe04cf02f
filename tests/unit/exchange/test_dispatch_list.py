"""A utility's list of dispatches as it comes out of its own system: titles, zones and units vary."""

from __future__ import annotations

import pytest

from ledger.errors import Malformed
from ledger.exchange.sheets.dispatch_list import ListedDispatch, is_dispatch_list, read_dispatch_list


def instant(text: str, site: str) -> str:
    if not text.endswith("Z"):
        raise Malformed(f"needs Z at {site}: {text!r}")
    return f"{text[:16]}:00Z"


def read(text: str, site: str | None = None) -> tuple[ListedDispatch, ...]:
    return read_dispatch_list(text.encode(), "d.csv", site, instant).rows


@pytest.mark.parametrize(
    "text",
    [
        "dispatch,site,start,stop,target_mw\nd1,s1,2026-06-10T12:00Z,2026-06-10T14:00Z,80.5\n",
        "Event ID;End Time;Start Time;Target (MW);Site\nd1;2026-06-10T14:00Z;2026-06-10T12:00Z;80.5;s1\n",
        "site,dispatch,start,stop,target\ns1,d1,2026-06-10T12:00Z,2026-06-10T14:00Z,80500kW\n",
    ],
)
def test_titles_are_understood_as_utilities_write_them(text: str) -> None:
    """Another order, another delimiter, another unit: one dispatch of 80.5 MW for two hours."""
    assert read(text) == (
        ListedDispatch(2, "d1", None, "s1", "2026-06-10T12:00:00Z", "2026-06-10T14:00:00Z", 80_500_000),
    )


def test_an_empty_cell_says_nothing() -> None:
    (row,) = read("dispatch,program,start,stop,target_mw\n,dr1,2026-06-10T12:00Z,,\n", "s1")
    assert (row.name, row.site, row.stop, row.target_w) == ("line 2 (dr1)", "s1", None, None)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("d1,,noon,,", "start needs Z at s1: 'noon'"),
        ("d1,,,,eighty", "target is not a number with a unit"),
        (",dr1,,,", "names no dispatch, and no program with a start"),
        ("d1,,2026-06-10T12:00Z,2026-06-10T11:00Z,", "stops at 2026-06-10T11:00:00Z, before it starts"),
    ],
)
def test_a_row_that_cannot_be_read_is_told_with_its_line_and_the_others_are_read(
    row: str, message: str
) -> None:
    text = f"dispatch,program,start,stop,target_mw\n{row}\nd2,,,,10\n"
    found = read_dispatch_list(text.encode(), "d.csv", "s1", instant)
    assert [(one.line, message in one.message) for one in found.problems] == [(2, True)]
    assert [one.dispatch for one in found.rows] == ["d2"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "d.csv has no rows"),
        (
            "dispach,start\nd1,x\n",
            "d.csv has no column dispatch or program, but dispach, start; did you mean dispatch",
        ),
    ],
)
def test_a_file_that_is_no_such_list_says_what_it_lacks(text: str, message: str) -> None:
    with pytest.raises(Malformed, match=message):
        read(text)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("program,start,stop\n", True),
        ("start,kWh\n2026-06-10T12:00Z,5\n", False),
        ("", False),
    ],
)
def test_a_list_of_dispatches_is_told_from_readings_by_its_titles(text: str, *, known: bool) -> None:
    assert is_dispatch_list(text.encode()) == known
