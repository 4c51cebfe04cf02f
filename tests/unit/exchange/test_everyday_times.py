"""Instants and periods as people say them, read in the zone of a site beside a given now.

Now is Tuesday, July 14, 2026, 14:30 in Sandersville, Georgia (EDT), where clocks go forward on March 8 and back
on November 1.
"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger import calendar
from ledger.errors import Malformed
from ledger.exchange import jsonl, story
from ledger.exchange.everyday_times import (
    EverydayTimes,
    everyday_days,
    instant_words,
    parse_everyday,
    split_instant,
)

NEW_YORK = "America/New_York"
NOW_S = calendar.instant_s("2026-07-14T18:30:00Z")
TODAY = date(2026, 7, 14)


def times() -> EverydayTimes:
    return EverydayTimes(NOW_S, {"sandersville": NEW_YORK})


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("now", "2026-07-14T18:30:00Z"),
        ("06:14", "2026-07-14T10:14:00Z"),
        ("06:14:09", "2026-07-14T10:14:09Z"),
        ("2026-01-14 06:14", "2026-01-14T11:14:00Z"),
        ("2026-01-14T06:14", "2026-01-14T11:14:00Z"),
        ("today 06:14", "2026-07-14T10:14:00Z"),
        ("yesterday 18:00", "2026-07-13T22:00:00Z"),
        ("tomorrow 06:00", "2026-07-15T10:00:00Z"),
        ("2026-07-14T14:30 EDT", "2026-07-14T18:30:00Z"),
        ("14:30 EDT", "2026-07-14T18:30:00Z"),
        ("14:30EDT", "2026-07-14T18:30:00Z"),
        ("18:30 UTC", "2026-07-14T18:30:00Z"),
        ("18:30Z", "2026-07-14T18:30:00Z"),
        ("2026-07-14 13:30-05:00", "2026-07-14T18:30:00Z"),
        ("today 01:00+10:00", "2026-07-14T15:00:00Z"),
        ("yesterday 13:30[America/Chicago]", "2026-07-13T18:30:00Z"),
    ],
)
def test_an_instant_is_read_on_the_clocks_of_the_site(said: str, meant: str) -> None:
    """The last but one is said in Brisbane, where it is July 15 already: today is the 15th there."""
    assert parse_everyday(said, NEW_YORK, NOW_S) == meant


def test_today_is_the_day_on_the_clocks_of_the_site() -> None:
    """At 01:00 UTC on July 15 it is still July 14 in Georgia."""
    at_s = calendar.instant_s("2026-07-15T01:00:00Z")
    assert parse_everyday("20:00", NEW_YORK, at_s) == "2026-07-15T00:00:00Z"


@pytest.mark.parametrize(
    ("said", "tz", "meant"),
    [
        ("2026-07-14 14:00 CEST", "Europe/Paris", "2026-07-14T12:00:00Z"),
        ("2026-01-14 14:00 CET", "Europe/Paris", "2026-01-14T13:00:00Z"),
        ("2026-07-14 14:00 BST", "Europe/London", "2026-07-14T13:00:00Z"),
        ("2026-07-14 14:00 IST", "Europe/Dublin", "2026-07-14T13:00:00Z"),
        ("2026-07-14 14:00 EEST", "Europe/Helsinki", "2026-07-14T11:00:00Z"),
        ("2026-07-14 14:00 CDT", "America/Chicago", "2026-07-14T19:00:00Z"),
        ("2026-07-14 14:00 MST", "America/Phoenix", "2026-07-14T21:00:00Z"),
        ("2026-07-14 14:00 AKDT", "America/Anchorage", "2026-07-14T22:00:00Z"),
    ],
)
def test_an_abbreviation_means_what_clocks_of_the_site_show(said: str, tz: str, meant: str) -> None:
    """IST is Irish, Indian and Israeli time; at a site in Dublin it is Irish time."""
    assert parse_everyday(said, tz, NOW_S) == meant


def test_an_abbreviation_tells_the_two_readings_of_a_repeated_hour_apart() -> None:
    said = [f"2026-11-01 01:30 {name}" for name in ("EDT", "EST")]
    assert [parse_everyday(each, NEW_YORK, NOW_S) for each in said] == [
        "2026-11-01T05:30:00Z",
        "2026-11-01T06:30:00Z",
    ]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("2026-07-14 14:30 EST", "EST is not the time in America/New_York then; write 2026-07-14T14:30 EDT"),
        ("14:30 CDT", "CDT is not the time in America/New_York then; write 2026-07-14T14:30 EDT"),
        ("2026-11-01 01:30 CST", "write 2026-11-01T01:30 EDT or 2026-11-01T01:30 EST"),
        (
            "2026-03-08 02:30",
            "does not exist in America/New_York: clocks were put forward over it; write"
            " 2026-03-08T03:30:00-04:00 (EDT) or 2026-03-08T01:30:00-05:00 (EST)",
        ),
        ("2026-03-08 02:30 EST", "write 2026-03-08T03:30:00-04:00 (EDT) or 2026-03-08T01:30:00-05:00 (EST)"),
        (
            "2026-11-01 01:30",
            "happens twice in America/New_York as clocks are put back; add the offset:"
            " 2026-11-01T01:30:00-04:00 (EDT) or 2026-11-01T01:30:00-05:00 (EST)",
        ),
        ("25:00", "is not a time that exists"),
        ("2026-02-30 10:00 EST", "is not a time that exists"),
        ("6pm", "is not an instant such as now, 06:14, yesterday 18:00"),
        ("6:14", "is not an instant such as now, 06:14"),
        ("yesterday", "is not an instant such as"),
        ("2026-06-31", "is not a day that exists"),
        ("07/04/2026 06:14", "is not an instant such as"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_would_be_right(said: str, message: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse_everyday(said, NEW_YORK, NOW_S)
    assert message in str(refused.value)


@given(
    st.sampled_from(["America/New_York", "America/Denver", "Europe/Paris", "Europe/Moscow", "Europe/Dublin"]),
    st.integers(0, 2_000_000_000),
)
@example("Europe/Moscow", calendar.instant_s("2014-10-25T21:30:00Z"))
def test_an_instant_shown_with_its_abbreviation_is_read_back_or_refused(tz: str, at_s: int) -> None:
    """Clocks in Moscow went back on October 26, 2014 from MSK to MSK: 01:30 MSK names two instants."""
    zone = calendar.zone(tz)
    local, name = calendar.local_time(at_s, zone), calendar.abbreviation(at_s, zone)
    try:
        found = {parse_everyday(f"{local:%Y-%m-%d %H:%M:%S} {name}", tz, NOW_S)}
    except Malformed:
        found = {calendar.format_instant(each) for each in calendar.moments(local, zone)}
        found = found if len(found) == 2 else set()
    assert calendar.format_instant(at_s) in found


def test_a_zone_without_names_for_its_time_is_answered_with_its_offset() -> None:
    with pytest.raises(Malformed, match=r"write 2026-07-14T14:30:00-03:00: '14:30 BRT'"):
        parse_everyday("14:30 BRT", "America/Sao_Paulo", NOW_S)


def test_a_local_time_without_a_zone_is_refused_and_now_is_not() -> None:
    with pytest.raises(Malformed, match=r"needs Z, an offset or a \[zone\]"):
        times().instant("06:14", "ba-SWPP")
    assert times().instant("now", "ba-SWPP") == "2026-07-14T18:30:00Z"


def test_a_local_time_at_a_misspelled_site_names_the_site_that_was_meant() -> None:
    """The site was mistyped, not the time: a zone typed beside it would be of no use."""
    with pytest.raises(Malformed, match="'sandersvile' is not registered; did you mean sandersville"):
        times().instant("06:14", "sandersvile")


def test_what_was_understood_is_kept_with_its_offset_and_what_was_spelled_out_is_not() -> None:
    read = times()
    for said in ("yesterday 18:00", "2026-07-14T18:00Z", "2026-07-14T14:00[America/New_York]"):
        read.instant(said, "sandersville")
    assert read.understood == {"sandersville yesterday 18:00": "2026-07-13T18:00:00-04:00"}


@pytest.mark.parametrize(
    ("said", "first", "after"),
    [
        ("last-month", date(2026, 6, 1), date(2026, 7, 1)),
        ("this-month", date(2026, 7, 1), date(2026, 8, 1)),
        ("last-quarter", date(2026, 4, 1), date(2026, 7, 1)),
        ("this-quarter", date(2026, 7, 1), date(2026, 10, 1)),
        ("last-year", date(2025, 1, 1), date(2026, 1, 1)),
        ("this-year", date(2026, 1, 1), date(2027, 1, 1)),
        ("this-week", date(2026, 7, 13), date(2026, 7, 20)),
        ("last-week", date(2026, 7, 6), date(2026, 7, 13)),
        ("yesterday", date(2026, 7, 13), date(2026, 7, 14)),
        ("2026-W30", date(2026, 7, 20), date(2026, 7, 27)),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 5)),
        ("2026-7", date(2026, 7, 1), date(2026, 8, 1)),
        ("2026-07", date(2026, 7, 1), date(2026, 8, 1)),
        ("2026-Q3", date(2026, 7, 1), date(2026, 10, 1)),
        ("2026", date(2026, 1, 1), date(2027, 1, 1)),
        ("2026-07@9", date(2026, 7, 9), date(2026, 8, 9)),
        ("2026-12@15", date(2026, 12, 15), date(2027, 1, 15)),
        ("2026-01@31", date(2026, 1, 31), date(2026, 2, 28)),
        ("2026-02@31", date(2026, 2, 28), date(2026, 3, 31)),
    ],
)
def test_a_period_is_half_open_days(said: str, first: date, after: date) -> None:
    """ISO week 1 of 2026 begins in 2025. A billing month that begins on the 31st begins on a month's last day,
    so that one month begins where the one before ends.
    """
    assert everyday_days(said, TODAY) == (first, after)


@pytest.mark.parametrize("said", ["2026-W54", "2025-W53", "2026-13", "2026-0", "2026-07@0", "2026-07@32"])
def test_a_period_that_does_not_exist_is_refused(said: str) -> None:
    with pytest.raises(Malformed, match="is not a period"):
        everyday_days(said, TODAY)


def test_last_quarter_in_january_is_of_the_year_before() -> None:
    assert everyday_days("last-quarter", date(2027, 1, 5)) == (date(2026, 10, 1), date(2027, 1, 1))


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("06:14 sandersville incident-opened incident=i1 summary=x", "2026-07-14T10:14:00Z"),
        ("now sandersville incident-opened incident=i1 summary=x", "2026-07-14T18:30:00Z"),
        ("2026-07-14 06:14 sandersville incident-opened incident=i1 summary=x", "2026-07-14T10:14:00Z"),
        ("yesterday 18:00 EDT sandersville incident-opened incident=i1 summary=x", "2026-07-13T22:00:00Z"),
        ("2026-07-14T14:30 EDT sandersville incident-opened incident=i1 summary=x", "2026-07-14T18:30:00Z"),
        ("2026-07-14T18:00Z sandersville incident-opened incident=i1 summary=x", "2026-07-14T18:00:00Z"),
    ],
)
def test_a_line_of_a_story_begins_with_an_instant_as_people_say_it(line: str, at: str) -> None:
    claim = story.parse(line, times())
    assert claim is not None
    assert claim.at == at


def test_a_site_that_a_story_registers_brings_its_own_zone() -> None:
    text = (
        "2026-06-01 08:00 enid site-registered name=E county=Garfield state=OK tz=America/Chicago"
        " balancing_authority=SWPP utility=U parcels=[a] site_class=training\n"
        "06:14 enid incident-opened incident=i1 summary=x\n"
    )
    found = story.read(text.encode(), "enid.story", times())
    assert [claim.at for claim in found.claims] == ["2026-06-01T13:00:00Z", "2026-07-14T11:14:00Z"]


def test_an_instant_among_the_values_of_a_story_may_be_said_so_too() -> None:
    line = (
        "06:14 sandersville dispatch-issued dispatch=d1 dispatch_class=economic mode=reduce-to "
        'target=10MW start=07:00 stop="tomorrow 06:00" signalled_by=x'
    )
    found = story.read(line.encode(), "s", times())
    assert "at " not in " ".join(problem.message for problem in found.problems)


def test_a_blank_inside_an_unquoted_instant_of_a_story_is_told_as_that() -> None:
    line = "06:14 sandersville outage-started noticed_at=2026-07-14 06:00 block=m1"
    with pytest.raises(Malformed, match='must be in double quotes: noticed_at="2026-07-14 06:00"'):
        story.parse(line, times())


@pytest.mark.parametrize(
    "instant", ["2026-07-14 6:14", "2026-07-14 06:14 edt", "07/14/2026 06:14", "July 14 06:14"]
)
def test_what_stands_before_the_site_and_is_no_instant_is_told_as_that(instant: str) -> None:
    with pytest.raises(Malformed, match=f"at is not an instant such as .*: '{instant}'"):
        story.parse(f"{instant} sandersville incident-opened incident=i1 summary=x", times())


@pytest.mark.parametrize("said", ["lastmonth", "Last-Month"])
def test_a_misspelled_period_is_told_with_the_nearest(said: str) -> None:
    with pytest.raises(Malformed, match="did you mean last-month"):
        everyday_days(said, TODAY)


def test_a_fact_in_json_stays_strict() -> None:
    line = (
        '{"kind":"incident-opened","at":"06:14","site":"sandersville","body":{"incident":"i1","summary":"x"}}'
    )
    assert len(jsonl.read(line.encode(), "x.jsonl").problems) == 1


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (["2026-07-14T18:00Z", "ATL", "x"], 1),
        (["2026-07-14", "06:14", "EDT"], 3),
        (["06:14", "EDT", "s1"], 2),
        (["06:14", "s1", "outage-started"], 1),
        (["now", "s1", "outage-started"], 1),
    ],
)
def test_words_that_make_one_instant_are_counted(words: list[str], count: int) -> None:
    assert instant_words(words) == count


@pytest.mark.parametrize(
    ("words", "split"),
    [
        (["log", "--from", "2026-07-14", "06:14"], "2026-07-14 06:14"),
        (["log", "--from=yesterday", "18:00", "--json"], "yesterday 18:00"),
        (["state", "--at", "2026-07-14T14:30", "EDT"], "2026-07-14T14:30 EDT"),
        (["log", "--from", "2026-07-14", "--to", "2026-07-15"], None),
        (["log", "--from", "2026-07-14 06:14"], None),
    ],
)
def test_an_instant_that_a_shell_took_apart_is_found(words: list[str], split: str | None) -> None:
    assert split_instant(words) == split
