"""Baselines: by the local clock across both clock changes, against an independent search through every
reading, and in published cases.
"""

from __future__ import annotations

import csv
import json
import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.calendar import Window, instant_s, parse_instant, zone
from projections.figures.baselines import BaselineEvent, baseline, days_looked_at, look_back_s
from projections.figures.like_day_rules import LIKE_DAYS
from projections.figures.metered_load import MeteredLoad
from tests.support.examples import tried

FACTS = Path(__file__).parents[2] / "data" / "facts"
HOUR = 3600
# windows of 80 days whose last days hold a clock change, and one without
SEASONS = ("2025-11-10", "2025-03-17", "2025-08-20")


def load_of(watts: dict[int, int], seconds: int = HOUR) -> MeteredLoad:
    """A load of readings by their start."""
    starts = sorted(watts)
    return MeteredLoad(
        starts, [s + seconds for s in starts], [watts[s] * seconds for s in starts], [seconds] * len(starts)
    )


def terms(method: str, tz: str, **more: Any) -> dict[str, Any]:
    return {"method": method, "tz": tz, "adjustment": "none", "holidays": (), **more}


def event_of(load: MeteredLoad, start_s: int, stop_s: int, notified_s: int | None = None) -> BaselineEvent:
    window = Window(start_s, stop_s)
    return BaselineEvent(start_s, stop_s, start_s if notified_s is None else notified_s, load.within(window))


def at(text: str) -> int:
    return instant_s(parse_instant(text))


# --- brute force --------------------------------------------------------------------------------------------


class Brute:
    """Every reading put under the date and time that clocks show; nothing shared with what is tested."""

    def __init__(self, watts: dict[int, int], seconds: int, tz: str, first_s: int, last_s: int) -> None:
        self.clock: dict[tuple[date, Any], list[int | None]] = defaultdict(list)
        self.tz, self.seconds, self.watts = zone(tz), seconds, watts
        for at_s in range(first_s, last_s, seconds):
            self.clock[self.shown(at_s)].append(watts.get(at_s))

    def shown(self, at_s: int) -> tuple[date, Any]:
        local = datetime.fromtimestamp(at_s, UTC).astimezone(self.tz)
        return local.date(), local.time().replace(fold=0)

    def on(self, day: date, event_day: date, at_s: int) -> Fraction | None:
        shown, time = self.shown(at_s)
        values = self.clock.get((day + (shown - event_day), time), [])
        if not values or None in values:
            return None
        return Fraction(sum(v for v in values if v is not None), len(values))

    def called(self, day: date, calls: Iterable[Window]) -> bool:
        return any(
            self.shown(at_s)[0] == day
            for call in calls
            for at_s in range(call.start_s, call.stop_s, self.seconds)
        )

    def baseline(
        self, terms: dict[str, Any], start_s: int, stop_s: int, notified_s: int, calls: list[Window]
    ) -> list[Fraction] | None:
        kept, looked_at = LIKE_DAYS[terms["method"]]
        event = list(range(start_s, stop_s, self.seconds))
        adjusting: list[int] = []
        if terms["adjustment"] == "symmetric-additive":
            until_s = notified_s - terms["adjustment_gap_s"]
            adjusting = list(range(until_s - terms["adjustment_window_s"], until_s, self.seconds))
        event_day = self.shown(start_s)[0]

        def working(day: date) -> bool:
            return day.strftime("%a") not in ("Sat", "Sun") and str(day) not in terms["holidays"]

        like: list[tuple[date, list[Fraction], list[Fraction]]] = []
        for back in range(1, 61):
            day = event_day - timedelta(days=back)
            values = [self.on(day, event_day, at_s) for at_s in (*event, *adjusting)]
            if working(day) == working(event_day) and not self.called(day, calls) and None not in values:
                known = [value for value in values if value is not None]
                like.append((day, known[: len(event)], known[len(event) :]))
        like = like[:looked_at]
        if len(like) < looked_at:
            return None
        best = sorted(like, key=lambda one: (sum(one[1]), one[0]), reverse=True)[:kept]
        mean = [sum((one[1][n] for one in best), Fraction(0)) / kept for n in range(len(event))]
        if not adjusting:
            return mean
        metered = [self.watts.get(at_s) for at_s in adjusting]
        if None in metered:
            return None
        base = [sum((one[2][n] for one in best), Fraction(0)) / kept for n in range(len(adjusting))]
        more = sum((m - b for m, b in zip(metered, base, strict=True) if m is not None), Fraction(0)) / len(
            adjusting
        )
        cap = sum(mean, Fraction(0)) / len(mean) * terms["adjustment_cap_ppm"] / 1_000_000
        return [value + max(-cap, min(cap, more)) for value in mean]


def history(rng: random.Random, tz: str, seconds: int) -> tuple[dict[int, int], int, int]:
    """Readings of 80 days that end with a season's last day, some of them missing."""
    last = date.fromisoformat(rng.choice(SEASONS))
    last_s = int(datetime(last.year, last.month, last.day, tzinfo=zone(tz)).timestamp()) + 86_400
    first_s = last_s - 80 * 86_400
    watts = {at_s: rng.randrange(1, 6) * 1000 for at_s in range(first_s, last_s, seconds)}
    for _ in range(rng.choice((3, 30, 120))):
        gap_s = first_s + rng.randrange((last_s - first_s) // seconds) * seconds
        for at_s in range(gap_s, gap_s + rng.randrange(1, 8) * seconds, seconds):
            watts.pop(at_s, None)
    return watts, first_s, last_s


@settings(max_examples=tried(gate=25, search=100))
@given(seed=st.integers(0, 2**32 - 1))
def test_like_days_are_those_that_a_search_through_every_reading_finds(seed: int) -> None:
    rng = random.Random(seed)
    tz = rng.choice(("America/New_York", "America/Chicago", "America/Los_Angeles", "UTC"))
    seconds = rng.choice((900, 1800, HOUR))
    watts, first_s, last_s = history(rng, tz, seconds)
    start_s = last_s - rng.randrange(1, 8) * 86_400 + rng.randrange(86_400 // seconds) * seconds
    stop_s = min(start_s + rng.randrange(1, 20) * seconds, last_s)
    for at_s in range(start_s, stop_s, seconds):
        watts.setdefault(at_s, 500)
    notified_s = start_s - rng.randrange(5) * seconds
    calls = []
    for _ in range(rng.randrange(6)):
        call_s = start_s - rng.randrange(1, 40 * 86_400 // seconds) * seconds
        calls.append(Window(call_s, call_s + rng.randrange(1, 60) * seconds))
    said = terms(
        rng.choice(tuple(LIKE_DAYS)),
        tz,
        holidays=tuple(
            str(date.fromtimestamp(start_s) - timedelta(days=rng.randrange(0, 20))) for _ in range(2)
        ),
        adjustment=rng.choice(("none", "symmetric-additive")),
        adjustment_window_s=rng.randrange(1, 5) * seconds,
        adjustment_gap_s=rng.randrange(3) * seconds,
        adjustment_cap_ppm=rng.choice((0, 50_000, 200_000, 10_000_000)),
    )
    load = load_of(watts, seconds)
    found = baseline(said, event_of(load, start_s, stop_s, notified_s), load, calls)
    expected = Brute(watts, seconds, tz, first_s, last_s).baseline(said, start_s, stop_s, notified_s, calls)
    assert (list(found.powers_w.values()) or None) == expected, found.why


# --- clock changes ------------------------------------------------------------------------------------------


def days_of_ten(tz: str, last: date, value: dict[date, int]) -> dict[int, int]:
    """Every hour of 60 days is 10 W, on some days another value."""
    first = last - timedelta(days=60)
    start_s, stop_s = (
        int(datetime(day.year, day.month, day.day, tzinfo=zone(tz)).timestamp())
        for day in (first, last + timedelta(days=1))
    )
    return {
        at_s: value.get(datetime.fromtimestamp(at_s, zone(tz)).date(), 10)
        for at_s in range(start_s, stop_s, HOUR)
    }


def ercot() -> dict[int, int]:
    """The rows of ERCOT's file by their start: hour ending, and ``DST`` for the second of the repeated
    hours.
    """
    found = {}
    with (FACTS / "ercot_native_load_2025_dst_rows.csv").open() as file:
        for row in csv.DictReader(file):
            day, hour, *second = row["Hour Ending"].split()
            month, dom, year = map(int, day.split("/"))
            begins = datetime(
                year, month, dom, int(hour[:2]) - 1, tzinfo=zone("America/Chicago"), fold=bool(second)
            )
            found[int(begins.timestamp())] = round(Fraction(row["ERCOT"]) * 1_000_000)
    return found


def test_the_repeated_hour_of_ercots_25_hour_day_averages() -> None:
    """Sunday 2 November 2025, HE02:00 twice: 40,309.206275 and 39,670.106541 MW. With four Sundays and
    Saturdays of less, high 4 of 5.
    """
    tz = "America/Chicago"
    watts = days_of_ten(tz, date(2025, 11, 9), {}) | ercot()
    load = load_of(watts)
    start_s = at("2025-11-09T01:00[America/Chicago]")
    found = baseline(terms("baseline-high-4-of-5", tz), event_of(load, start_s, start_s + HOUR), load, [])
    assert found.powers_w[start_s] == (Fraction(40_309_206_275 + 39_670_106_541, 2) + 3 * 10) / 4
    assert date(2025, 11, 2) in found.days


def test_a_day_without_the_hour_that_clocks_skipped_is_no_like_day() -> None:
    """Sunday 9 March 2025 has no hour from 02:00 in ERCOT's file; the event of Sunday 16 March looks past
    it.
    """
    tz = "America/Chicago"
    watts = days_of_ten(tz, date(2025, 3, 16), {}) | ercot()
    load = load_of(watts)
    found = {}
    for hour in (2, 3):
        start_s = at(f"2025-03-16T0{hour}:00[America/Chicago]")
        event = event_of(load, start_s, start_s + HOUR)
        found[hour] = date(2025, 3, 9) in baseline(terms("baseline-high-4-of-5", tz), event, load, []).days
    assert found == {2: False, 3: True}


@pytest.mark.parametrize("missing", [0, 1])
def test_a_day_with_one_of_its_two_repeated_hours_is_no_like_day(missing: int) -> None:
    tz = "America/Chicago"
    first_s = at("2025-11-02T01:00-05:00[America/Chicago]")
    watts = days_of_ten(tz, date(2025, 11, 9), {})
    del watts[first_s + missing * HOUR]
    load = load_of(watts)
    start_s = at("2025-11-09T01:00[America/Chicago]")
    found = baseline(terms("baseline-high-4-of-5", tz), event_of(load, start_s, start_s + HOUR), load, [])
    assert date(2025, 11, 2) not in found.days


@pytest.mark.parametrize(("back", "found"), [(60, True), (61, False)])
def test_like_days_lie_at_most_60_days_back(back: int, found: bool) -> None:
    """Nine working days just before the event and one long ago."""
    tz = "America/New_York"
    event_day = date(2025, 8, 26)
    long_ago = event_day - timedelta(days=back)
    kept = {event_day - timedelta(days=n) for n in range(14)} | {long_ago}
    hours = days_of_ten(tz, event_day, {}) | {at(f"{long_ago}T14:00[{tz}]"): 10}
    load = load_of({s: w for s, w in hours.items() if datetime.fromtimestamp(s, zone(tz)).date() in kept})
    start_s = at(f"{event_day}T14:00[{tz}]")
    event = event_of(load, start_s, start_s + HOUR)
    days = baseline(terms("baseline-10-of-10", tz), event, load, []).days
    assert (long_ago in days) == found


def test_the_same_clock_hour_is_another_hour_of_utc_after_the_change() -> None:
    """17:00 in New York is 21:00 UTC before 2 November and 22:00 UTC after it: the load that follows the
    clock is met exactly.
    """
    tz = "America/New_York"
    watts = {
        at_s: 1000 * datetime.fromtimestamp(at_s, zone(tz)).hour
        for at_s in days_of_ten(tz, date(2025, 11, 7), {})
    }
    load = load_of(watts)
    start_s = at("2025-11-07T17:00[America/New_York]")
    found = baseline(terms("baseline-10-of-10", tz), event_of(load, start_s, start_s + HOUR), load, [])
    assert found.powers_w[start_s] == 17_000


# --- published cases ----------------------------------------------------------------------------------------


def pjm_days() -> list[date]:
    said = json.loads((FACTS / "pjm_2025_load_management_events.json").read_text())
    return [date.fromisoformat(event["date"]) for event in said["events"]]


@pytest.mark.parametrize(
    ("day", "like"),
    [
        # 23 and 24 June were called, 21 and 22 are a weekend, 19 is Juneteenth
        ("2025-06-25", ["2025-06-13", "2025-06-16", "2025-06-17", "2025-06-18", "2025-06-20"]),
        # 28 July was called, 26 and 27 are a weekend
        ("2025-07-29", ["2025-07-21", "2025-07-22", "2025-07-23", "2025-07-24", "2025-07-25"]),
    ],
)
def test_like_days_of_pjms_calls_of_2025_leave_out_the_days_called_before(day: str, like: list[str]) -> None:
    """Load rises by the day, so that of 5 the oldest is the one left out of 4."""
    tz = "America/New_York"
    event_day = date.fromisoformat(day)
    rising = {event_day - timedelta(days=n): 1000 - n for n in range(61)}
    load = load_of(days_of_ten(tz, event_day, rising))
    calls = [Window(s := at(f"{d}T14:00[{tz}]"), s + 4 * HOUR) for d in pjm_days()]
    start_s = at(f"{day}T14:00[{tz}]")
    said = terms("baseline-high-4-of-5", tz, holidays=("2025-05-26", "2025-06-19", "2025-07-04"))
    found = baseline(said, event_of(load, start_s, start_s + 4 * HOUR), load, calls)
    assert [str(one) for one in found.days] == like[1:]


def test_ties_go_to_the_latest_days() -> None:
    tz = "America/New_York"
    load = load_of(days_of_ten(tz, date(2025, 7, 29), {}))
    start_s = at("2025-07-29T14:00[America/New_York]")
    found = baseline(terms("baseline-high-5-of-10", tz), event_of(load, start_s, start_s + HOUR), load, [])
    assert [str(day) for day in found.days] == [f"2025-07-{n}" for n in (22, 23, 24, 25, 28)]


def test_fewer_like_days_than_the_method_looks_at_is_no_baseline() -> None:
    tz = "America/New_York"
    first_s = at("2025-07-22T00:00[America/New_York]")
    load = load_of({s: w for s, w in days_of_ten(tz, date(2025, 7, 29), {}).items() if s >= first_s})
    start_s = at("2025-07-29T14:00[America/New_York]")
    found = baseline(terms("baseline-10-of-10", tz), event_of(load, start_s, start_s + HOUR), load, [])
    assert (dict(found.powers_w), found.why) == ({}, "5 like days, not 10, in the 60 days before")


@pytest.mark.parametrize(("cap_ppm", "baseline_w"), [(1_000_000, 16), (200_000, 12), (0, 10)])
def test_the_load_before_the_notification_lifts_the_baseline_up_to_the_cap(
    cap_ppm: int, baseline_w: int
) -> None:
    """The two hours that end an hour before the notification at noon show 16 W where like days show 10."""
    tz = "America/New_York"
    watts = days_of_ten(tz, date(2025, 7, 29), {})
    noon_s = at("2025-07-29T12:00[America/New_York]")
    watts |= {noon_s - 3 * HOUR: 15, noon_s - 2 * HOUR: 17}
    load = load_of(watts)
    said = terms(
        "baseline-10-of-10",
        tz,
        adjustment="symmetric-additive",
        adjustment_window_s=2 * HOUR,
        adjustment_gap_s=HOUR,
        adjustment_cap_ppm=cap_ppm,
    )
    start_s = noon_s + 2 * HOUR
    found = baseline(said, event_of(load, start_s, start_s + HOUR, noon_s), load, [])
    assert found.powers_w[start_s] == baseline_w


def test_explain_tells_of_each_day_looked_at_whether_it_is_taken_and_why() -> None:
    """A Tuesday at 14:00 by the 5 highest of 10: the weekend is passed over, a day with a call too, a day without a
    reading too, and five like days had less energy.
    """
    tz = "America/New_York"
    watts = {s: w + (s // 86_400) % 10 for s, w in days_of_ten(tz, date(2025, 7, 29), {}).items()}
    del watts[at("2025-07-25T14:00[America/New_York]")]
    load = load_of(watts)
    start_s, call_s = (at(f"2025-07-{day}T14:00[America/New_York]") for day in ("29", "24"))
    event = event_of(load, start_s, start_s + HOUR)
    called = [Window(call_s, call_s + HOUR)]
    found = days_looked_at(terms("baseline-high-5-of-10", tz), event, load, called)
    assert found is not None
    assert (found.hours, [(str(one.day), one.why) for one in found.days[:6]]) == (
        ("14:00",),
        [
            ("2025-07-28", "like day"),
            ("2025-07-27", "weekend"),
            ("2025-07-26", "weekend"),
            ("2025-07-25", "no reading at 14:00"),
            ("2025-07-24", "a dispatch of the program on it"),
            ("2025-07-23", "less energy than those taken"),
        ],
    )


def test_the_days_that_explain_shows_as_taken_are_those_of_the_baseline() -> None:
    tz = "America/New_York"
    watts = {s: w + (s // 86_400) % 10 for s, w in days_of_ten(tz, date(2025, 7, 29), {}).items()}
    load, start_s = load_of(watts), at("2025-07-29T14:00[America/New_York]")
    event, said = event_of(load, start_s, start_s + HOUR), terms("baseline-high-5-of-10", tz)
    shown = days_looked_at(said, event, load, [])
    assert shown is not None
    assert sorted(one.day for one in shown.days if one.taken) == list(baseline(said, event, load, []).days)


# --- what is not computed, and why --------------------------------------------------------------------------

EVENT_DAY = at("2026-07-14T04:00Z")


def hourly(hours: Iterable[int], watts: int = 100) -> MeteredLoad:
    """A load of so many watts in hours counted from midnight of July 14, 2026 in New York."""
    return load_of({EVENT_DAY + hour * HOUR: watts for hour in hours})


@pytest.mark.parametrize(("intervals", "days"), [({}, 2), ({"baseline_intervals": 3}, 4)])
def test_a_baseline_of_the_intervals_before_looks_back_a_day_for_each_and_one_more(
    intervals: dict[str, int], days: int
) -> None:
    assert look_back_s(terms("meter-before-after", "UTC", **intervals)) == days * 86_400


@pytest.mark.parametrize(
    ("hours", "why"),
    [
        (range(9, 21), None),
        (range(10, 21), "no reading for all of the 3 hours before and the 2 hours after"),
        (range(9, 20), "no reading for all of the 3 hours before and the 2 hours after"),
    ],
)
def test_a_same_day_baseline_needs_all_of_its_hours(hours: range, why: str | None) -> None:
    """An event from 13 to 18 uses the hours from 9 to 12 and from 19 to 21."""
    load = hourly(hours)
    event = event_of(load, EVENT_DAY + 13 * HOUR, EVENT_DAY + 18 * HOUR)
    assert baseline(terms("same-day-3-2", "America/New_York"), event, load, ()).why == why


def test_a_same_day_baseline_of_an_open_event_has_no_hours_after_it() -> None:
    load = hourly(range(9, 21))
    event = event_of(load, EVENT_DAY + 13 * HOUR, EVENT_DAY + 18 * HOUR)._replace(stop_s=None)
    why = "it is open, and the method looks at the hours after it"
    assert baseline(terms("same-day-3-2", "America/New_York"), event, load, ()).why == why


def two_weeks(watts: int = 100, without: Iterable[int] = ()) -> MeteredLoad:
    """All hours of the two weeks before July 14, 2026, and of that day; some hours are missing."""
    return hourly(sorted({*range(-14 * 24, 24)} - {*without}), watts)


HIGH_4 = terms("baseline-high-4-of-5", "America/New_York")


def after_event(load: MeteredLoad) -> BaselineEvent:
    """From 14 to 15 on Tuesday, July 14, with the two hours after it."""
    start_s, stop_s = EVENT_DAY + 14 * HOUR, EVENT_DAY + 15 * HOUR
    after = load.within(Window(stop_s, stop_s + 2 * HOUR))
    return event_of(load, start_s, stop_s)._replace(after=after)


@pytest.mark.parametrize(("without", "hours"), [((), [14, 15, 16]), ((-24 + 15,), [14, 16])])
def test_an_hour_after_the_event_has_a_baseline_where_all_like_days_have_it(
    without: tuple[int, ...], hours: list[int]
) -> None:
    """On Monday the hour from 15 to 16 is missing: it is a like day still, as the event has no such hour."""
    load = two_weeks(without=without)
    found = baseline(HIGH_4, after_event(load), load, ())
    assert [(at_s - EVENT_DAY) // HOUR for at_s in sorted(found.powers_w)] == hours


def test_readings_of_the_hours_after_are_among_those_that_a_baseline_looked_at() -> None:
    """Five like days were looked at for the event; of the four that were taken the two hours after it too."""
    load = two_weeks()
    assert len(baseline(HIGH_4, after_event(load), load, ()).made_of) == 5 + 4 * 2


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ((-24, -23), "a dispatch of the program on it"),
        ((-24, -24), "a dispatch of the program on it"),
        ((-25, -24), "like day"),
        ((-1, 0), "a dispatch of the program on it"),
        ((0, 1), "like day"),
        ((-25, 0), "a dispatch of the program on it"),
    ],
    ids=["at midnight", "of no time", "over at midnight", "until midnight", "on the next day", "all day"],
)
def test_a_day_with_a_dispatch_of_the_program_is_no_like_day(call: tuple[int, int], reason: str) -> None:
    """Monday, July 13, whose hours are -24 to -1."""
    load = two_weeks()
    called = [Window(EVENT_DAY + call[0] * HOUR, EVENT_DAY + call[1] * HOUR)]
    found = days_looked_at(HIGH_4, after_event(load), load, called)
    assert found is not None
    assert (found.days[0].day, found.days[0].why) == (date(2026, 7, 13), reason)


def test_days_that_were_looked_at_have_their_reason() -> None:
    """Before Tuesday, July 14: a day short of a reading, a weekend, a holiday, and five like days, of which the one
    farthest back is not taken: all have the same energy.
    """
    load = two_weeks(without=[-24 + 14])
    of_july_9 = HIGH_4 | {"holidays": ("2026-07-09",)}
    found = days_looked_at(of_july_9, after_event(load), load, ())
    assert found is not None
    assert [(one.day.day, one.why, one.taken) for one in found.days] == [
        (13, "no reading at 14:00", False),
        (12, "weekend", False),
        (11, "weekend", False),
        (10, "like day", True),
        (9, "holiday", False),
        (8, "like day", True),
        (7, "like day", True),
        (6, "like day", True),
        (5, "weekend", False),
        (4, "weekend", False),
        (3, "less energy than those taken", False),
    ]
