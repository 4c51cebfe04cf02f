"""A program's own numbers for a baseline: against a search through every reading, and in worked cases by hand.

No package of the index computes baselines by like days (OpenDSM and EEmeter fit regressions), so the oracle is
written here from the published rules: every reading under the date and time that clocks show, nothing shared with
what is tested. A public implementation of NYISO's method (SumedhSankhe/NYISO_Baseline) was run beside it by hand: the
same unadjusted baseline in 200 of 200 random series. Agreed differences: it measures low use against the highest hour
of the window, and adjusts by all ten days and not by the five taken.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from ledger.calendar import Window
from ledger.kinds import ProgramBaselineSet
from projections.figures.baselines import Baseline, BaselineEvent, baseline, days_looked_at
from projections.figures.like_day_rules import rule_of
from projections.rows.programs import OWN_BASELINE
from tests.support.examples import tried
from tests.unit.figures.test_baselines import HOUR, Brute, at, event_of, history, load_of, terms

NY = "America/New_York"


def own(**numbers: Any) -> ProgramBaselineSet:
    """Numbers as a program says them; all of ten highest of ten without more."""
    said: dict[str, Any] = {
        "program": "p1",
        "start": "2020-01-01T00:00:00Z",
        "taken_days": 10,
        "like_days": 10,
        "take": "highest",
        "day_types": "two",
        "adjustment": "none",
        "rule": "a tariff",
    }
    return ProgramBaselineSet(**(said | numbers))


def of(said: ProgramBaselineSet, tz: str = NY, **more: Any) -> dict[str, Any]:
    """The terms of a program with its own numbers."""
    return terms("meter-before-after", tz, **{OWN_BASELINE: said}, **more)


# the published numbers, as a program would record them
CAISO = own(rest_taken_days=4, rest_like_days=4, look_back_days=45, least_days=4, adjustment="multiplicative",
            adjustment_window_s=3 * HOUR, adjustment_gap_s=HOUR, adjustment_before="start",
            adjustment_up_ppm=200_000, adjustment_down_ppm=200_000)  # fmt: skip
PJM = own(taken_days=4, like_days=5, rest_taken_days=2, rest_like_days=3, day_types="three", look_back_days=45,
          low_usage_ppm=250_000, adjustment="additive", adjustment_window_s=3 * HOUR, adjustment_gap_s=HOUR,
          adjustment_before="start")  # fmt: skip
NYISO = own(taken_days=5, rest_taken_days=2, rest_like_days=3, day_types="three", look_back_days=30,
            skipped_days=1,
            low_usage_ppm=250_000, adjustment="multiplicative", adjustment_window_s=2 * HOUR,
            adjustment_gap_s=2 * HOUR, adjustment_before="start", adjustment_up_ppm=200_000,
            adjustment_down_ppm=200_000)  # fmt: skip
ERCOT = own(taken_days=8, take="middle")
HIGH_3 = own(taken_days=3, adjustment="additive", adjustment_window_s=2 * HOUR, adjustment_gap_s=HOUR,
             adjustment_up_ppm=400_000, adjustment_down_ppm=0)  # fmt: skip
PUBLISHED = {"caiso": CAISO, "pjm": PJM, "nyiso": NYISO, "ercot": ERCOT, "high-3-of-10": HIGH_3}


class Search(Brute):
    """The oracle for own numbers."""

    def own(
        self,
        said: ProgramBaselineSet,
        holidays: Sequence[str],
        event: tuple[int, int, int],
        calls: list[Window],
    ) -> list[Fraction] | None:
        start_s, stop_s, notified_s = event
        slots = list(range(start_s, stop_s, self.seconds))
        adjusting: list[int] = []
        if said.adjustment != "none":
            until_s = (start_s if said.adjustment_before == "start" else notified_s) - (
                said.adjustment_gap_s or 0
            )
            adjusting = list(range(until_s - int(said.adjustment_window_s or 0), until_s, self.seconds))
        event_day = self.shown(start_s)[0]

        def kind(day: date) -> str:
            if str(day) in holidays or day.strftime("%a") == "Sun":
                return "rest" if said.day_types == "two" else "sunday"
            if day.strftime("%a") == "Sat":
                return "rest" if said.day_types == "two" else "saturday"
            return "working"

        rest = kind(event_day) != "working"
        taken = int(said.rest_taken_days or said.taken_days) if rest else said.taken_days
        wanted = int(said.rest_like_days or said.like_days) if rest else said.like_days
        like: list[tuple[Fraction, date, list[Fraction], list[Fraction]]] = []
        for back in range(int(said.skipped_days or 0) + 1, int(said.look_back_days or 60) + 1):
            day = event_day - timedelta(days=back)
            values = [self.on(day, event_day, at_s) for at_s in (*slots, *adjusting)]
            known = [value for value in values if value is not None]
            if kind(day) != kind(event_day) or self.called(day, calls) or len(known) < len(values):
                continue
            if str(day) in (said.excluded_on or ()):
                continue
            energy = sum(known[: len(slots)], Fraction(0))
            usual = sum((one[0] for one in like), Fraction(0))
            if like and energy * 1_000_000 * len(like) < usual * (said.low_usage_ppm or 0):
                continue
            like.append((energy, day, known[: len(slots)], known[len(slots) :]))
            if len(like) == wanted:
                break
        if not like or len(like) < int(wanted if said.least_days is UNSET else said.least_days):
            return None
        best = self.best(said.take, like, taken)
        mean = [sum((one[2][n] for one in best), Fraction(0)) / len(best) for n in range(len(slots))]
        if not adjusting:
            return mean
        metered = [self.watts.get(at_s) for at_s in adjusting]
        if None in metered:
            return None
        there = sum((Fraction(m) for m in metered if m is not None), Fraction(0)) / len(adjusting)
        usual = sum((v for one in best for v in one[3]), Fraction(0)) / (len(best) * len(adjusting))
        up, down = (
            None if c is UNSET else Fraction(int(c), 10**6)
            for c in (said.adjustment_up_ppm, said.adjustment_down_ppm)
        )
        if said.adjustment == "multiplicative":
            if not usual:
                return None
            ratio = there / usual
            ratio = ratio if up is None else min(ratio, 1 + up)
            ratio = ratio if down is None else max(ratio, 1 - down)
            return [value * ratio for value in mean]
        whole = sum(mean, Fraction(0)) / len(mean)
        more = there - usual
        more = more if up is None else min(more, whole * up)
        more = more if down is None else max(more, -whole * down)
        return [value + more for value in mean]

    def best(self, take: str, like: list[Any], taken: int) -> list[Any]:
        """The days that are taken."""
        if take == "latest":
            return like[:taken]
        most = sorted(like, key=lambda one: (one[0], one[1]), reverse=True)
        if take == "lowest":
            return sorted(like, key=lambda one: (one[0], -one[1].toordinal()))[:taken]
        cut = (len(most) - min(taken, len(most))) // 2 if take == "middle" else 0
        return most[cut : cut + taken]


def random_numbers(rng: random.Random) -> ProgramBaselineSet:
    """Any numbers that the rules take."""
    take = rng.choice(("highest", "lowest", "middle", "latest"))
    like = rng.randrange(1, 11)
    taken = like - 2 * rng.randrange((like + 1) // 2) if take == "middle" else rng.randrange(1, like + 1)

    def maybe(value: Any) -> Any:
        return value if rng.random() < 0.5 else UNSET

    return own(
        taken_days=taken,
        like_days=like,
        take=take,
        look_back_days=maybe(rng.choice((14, 30, 45, 60))),
        skipped_days=maybe(rng.randrange(3)),
        least_days=maybe(rng.randrange(1, like + 1)),
        day_types=rng.choice(("two", "three")),
        low_usage_ppm=maybe(rng.choice((250_000, 750_000, 1_000_000))),
        adjustment=rng.choice(("none", "additive", "multiplicative")),
        adjustment_before=maybe(rng.choice(("notification", "start"))),
        adjustment_window_s=rng.randrange(1, 4) * HOUR,
        adjustment_gap_s=maybe(rng.randrange(3) * HOUR),
        adjustment_up_ppm=maybe(rng.choice((0, 200_000, 1_000_000))),
        adjustment_down_ppm=maybe(rng.choice((0, 200_000, 1_000_000))),
    )


def compared(rng: random.Random, said: ProgramBaselineSet) -> tuple[Baseline, list[Fraction] | None]:
    """A random event over 80 days with gaps, calls and holidays: what is found, and what the search finds."""
    tz = rng.choice((NY, "America/Chicago", "America/Los_Angeles", "UTC"))
    seconds = rng.choice((900, HOUR))
    watts, first_s, last_s = history(rng, tz, seconds)
    start_s = last_s - rng.randrange(1, 8) * 86_400 + rng.randrange(86_400 // seconds) * seconds
    stop_s = min(start_s + rng.randrange(1, 12) * seconds, last_s)
    for at_s in range(start_s, stop_s, seconds):
        watts.setdefault(at_s, 500)
    notified_s = start_s - rng.randrange(5) * seconds
    calls = [
        Window(call_s, call_s + rng.randrange(1, 60) * seconds)
        for call_s in (
            start_s - rng.randrange(1, 40 * 86_400 // seconds) * seconds for _ in range(rng.randrange(6))
        )
    ]
    holidays = tuple(str(date.fromtimestamp(start_s) - timedelta(days=rng.randrange(20))) for _ in range(2))
    load = load_of(watts, seconds)
    found = baseline(
        of(said, tz, holidays=holidays), event_of(load, start_s, stop_s, notified_s), load, calls
    )
    search = Search(watts, seconds, tz, first_s, last_s)
    return found, search.own(said, holidays, (start_s, stop_s, notified_s), calls)


@given(seed=st.integers(0, 2**32 - 1))
def test_any_numbers_give_what_a_search_through_every_reading_finds(seed: int) -> None:
    rng = random.Random(seed)
    said = random_numbers(rng)
    found, expected = compared(rng, said)
    assert (list(found.powers_w.values()) or None) == expected, (said, found.why)


@pytest.mark.parametrize("name", PUBLISHED)
@settings(max_examples=tried(gate=20, search=100))
@given(seed=st.integers(0, 2**32 - 1))
def test_published_methods_give_what_a_search_through_every_reading_finds(name: str, seed: int) -> None:
    """CAISO 10 in 10 with 4 in 4 on days off, PJM 4 of 5 with 2 of 3, NYISO high 5 of 10, ERCOT middle 8 of 10, and high
    3 of 10 with a day-of adjustment that only adds.
    """
    found, expected = compared(random.Random(seed), PUBLISHED[name])
    assert (list(found.powers_w.values()) or None) == expected, found.why


# --- by hand ------------------------------------------------------------------------------------------------

EVENT = at("2026-07-15T18:00Z")  # a Wednesday, 14:00 in New York
DAY = 86_400


def days(*megawatts: int, before: int = 70, day_of: int = 70) -> dict[int, int]:
    """Loads at 14:00 of the working days before the event, the latest first, and of the hour from 12:00."""
    found = {EVENT: 10_000_000, EVENT - 2 * HOUR: day_of * 1_000_000}
    at_s = EVENT
    for load in megawatts:
        at_s -= DAY * (3 if (at_s // DAY + 3) % 7 == 0 else 1)  # from a Monday back to Friday
        found |= {at_s: load * 1_000_000, at_s - 2 * HOUR: before * 1_000_000}
    return found


TEN = (60, 62, 64, 66, 68, 70, 72, 74, 76, 78)


def one_hour(said: ProgramBaselineSet, watts: dict[int, int]) -> Fraction | None:
    load = load_of(watts)
    event = BaselineEvent(EVENT, EVENT + HOUR, EVENT, load.within(Window(EVENT, EVENT + HOUR)))
    return baseline(of(said), event, load, []).powers_w.get(EVENT)


@pytest.mark.parametrize(
    ("take", "taken", "megawatts"),
    [("highest", 3, 76), ("lowest", 3, 62), ("middle", 8, 69), ("latest", 3, 62)],
)
def test_which_of_the_like_days_are_taken(take: str, taken: int, megawatts: int) -> None:
    """Ten days of 60, 62 ... 78 MW, the latest 60: the three highest are 74, 76, 78; the middle eight lose 60 and 78."""
    assert one_hour(own(taken_days=taken, take=take), days(*TEN)) == megawatts * 1_000_000


@pytest.mark.parametrize(
    ("form", "up", "down", "megawatts"),
    [
        ("additive", UNSET, UNSET, 76 + 21),
        ("additive", 200_000, 200_000, Fraction(76) + Fraction(76, 5)),
        ("multiplicative", UNSET, UNSET, Fraction(76) * Fraction(91, 70)),
        ("multiplicative", 200_000, 200_000, Fraction(76) * Fraction(6, 5)),
        ("multiplicative", 0, 200_000, 76),
    ],
)
def test_a_day_of_adjustment_adds_or_multiplies_within_its_caps(
    form: str, up: Any, down: Any, megawatts: Fraction
) -> None:
    """High 3 of 10 is 76 MW. From 12:00 to 13:00 the load is 91 MW where like days have 70: 21 MW more, or x 1.3. The
    additive cap is 20 % of 76 = 15.2 MW, the other one 20 % of the ratio 1.
    """
    said = own(taken_days=3, adjustment=form, adjustment_before="start", adjustment_window_s=HOUR, adjustment_gap_s=HOUR,
               adjustment_up_ppm=up, adjustment_down_ppm=down)  # fmt: skip
    assert one_hour(said, days(*TEN, day_of=91)) == megawatts * 1_000_000


def test_a_day_of_low_use_is_passed_over() -> None:
    """The latest day is 60 MW; 14 MW is less than a quarter of it, 16 MW is not: three days of 60, 16 and 62 are found."""
    said = own(taken_days=3, like_days=3, low_usage_ppm=250_000)
    assert one_hour(said, days(60, 14, 16, 62)) == Fraction(60 + 16 + 62, 3) * 1_000_000


@pytest.mark.parametrize(("least", "megawatts"), [(UNSET, None), (4, 63)])
def test_fewer_like_days_are_enough_where_the_program_says_so(least: Any, megawatts: int | None) -> None:
    """Four days have readings: 60, 62, 64, 66 MW."""
    found = one_hour(own(least_days=least), days(*TEN[:4]))
    assert found == (None if megawatts is None else megawatts * 1_000_000)


def test_a_method_of_own_numbers_has_their_name() -> None:
    names = [rule.name for said in (HIGH_3, ERCOT, CAISO) if (rule := rule_of(of(said))) is not None]
    assert names == ["baseline-high-3-of-10", "baseline-middle-8-of-10", "baseline-10-of-10"]


TUESDAY = at("2026-07-14T04:00Z")


def looked_at(said: ProgramBaselineSet, event_day: int = 0, **more: Any) -> dict[int, str]:
    """Why each day of July 2026 before the event's was taken or not; the load is 100 W in every hour."""
    starts = range(TUESDAY - 13 * 24 * HOUR, TUESDAY + 3 * 24 * HOUR, HOUR)
    load = load_of(dict.fromkeys(starts, 100))
    start_s = TUESDAY + event_day * 24 * HOUR + 14 * HOUR
    found = days_looked_at(of(said, **more), event_of(load, start_s, start_s + HOUR), load, ())
    assert found is not None
    return {one.day.day: one.why for one in found.days}


@pytest.mark.parametrize(
    ("event_day", "reasons"),
    [
        (-2, {11: "Saturday", 10: "working day", 5: "like day", 4: "like day"}),
        (-3, {10: "working day", 5: "Sunday or holiday", 4: "Sunday or holiday"}),
    ],
    ids=["a Sunday", "a Saturday"],
)
def test_a_program_of_three_types_tells_saturdays_from_sundays_and_holidays(
    event_day: int, reasons: dict[int, str]
) -> None:
    """July 4, 2026 is a Saturday and a holiday, and counts as a Sunday."""
    said = own(taken_days=2, like_days=2, day_types="three", look_back_days=8)
    found = looked_at(said, event_day, holidays=("2026-07-04",))
    assert {day: found[day] for day in reasons} == reasons


def test_a_day_that_a_program_excludes_is_no_like_day() -> None:
    found = looked_at(own(taken_days=2, like_days=2, excluded_on=("2026-07-10",)))
    assert found == {
        13: "like day",
        12: "weekend",
        11: "weekend",
        10: "excluded by the program",
        9: "like day",
    }


@pytest.mark.parametrize(
    ("least", "reason"),
    [
        (4, "like day"),
        (5, "like day, but 4 of 5 were found"),
        (0, "like day"),
        (None, "like day, but 4 of 10 were found"),
    ],
)
def test_fewer_like_days_do_where_the_program_says_so(least: int | None, reason: str) -> None:
    """In the six days before July 14 there are four working days."""
    more = {} if least is None else {"least_days": least}
    assert looked_at(own(look_back_days=6, **more))[13] == reason


def test_an_adjustment_by_a_factor_needs_load_on_the_like_days() -> None:
    """Nothing was drawn in the hours before 14 on any like day, and 100 W on the day itself."""
    hours = {
        TUESDAY + hour * HOUR: (0 if hour < 0 and hour % 24 < 14 else 100) for hour in range(-13 * 24, 24)
    }
    load = load_of(hours)
    said = own(taken_days=2, like_days=2, adjustment="multiplicative", adjustment_window_s=2 * HOUR,
               adjustment_before="start")  # fmt: skip
    start_s = TUESDAY + 14 * HOUR
    found = baseline(of(said), event_of(load, start_s, start_s + HOUR), load, ())
    assert found.why == "the like days have no load in the adjustment's window"
