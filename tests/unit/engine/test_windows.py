"""Interval arithmetic: every law is compared with walking second by second over small windows."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.calendar import Window, instant_s, local_date, period, zone
from projections.engine.windows import (
    FOREVER,
    Span,
    clip,
    local_days,
    local_months,
    local_years,
    spans,
    sweep,
    total_s,
    union,
)

SECOND = st.integers(0, 30)
WINDOWS = st.lists(st.builds(Window, SECOND, SECOND), max_size=6)
SPANS = st.lists(st.builds(Span, SECOND, SECOND, st.sampled_from("abc")), max_size=6)
STEPS = st.lists(st.tuples(SECOND, st.sampled_from("abc")), max_size=6).map(
    lambda steps: sorted(steps, key=lambda step: step[0])
)


def instants(windows: list[Window]) -> set[int]:
    return {second for window in windows for second in range(window.start_s, window.stop_s)}


def test_each_step_holds_until_the_next_and_the_last_for_ever() -> None:
    assert spans([(5, "a"), (9, "b")]) == [Span(5, 9, "a"), Span(9, FOREVER, "b")]


def test_of_two_steps_at_the_same_instant_the_last_holds() -> None:
    assert spans([(5, "a"), (5, "b")], stop_s=8) == [Span(5, 8, "b")]


def test_a_step_at_the_stop_is_not_seen() -> None:
    assert spans([(5, "a"), (8, "b")], stop_s=8) == [Span(5, 8, "a")]


@given(STEPS, SECOND)
def test_spans_of_steps_say_for_each_second_the_last_step_before_it(
    steps: list[tuple[int, str]], stop_s: int
) -> None:
    said = {
        second: item.value for item in spans(steps, stop_s) for second in range(item.start_s, item.stop_s)
    }
    walked = {
        second: [value for at_s, value in steps if at_s <= second][-1]
        for second in range(stop_s)
        if any(at_s <= second for at_s, _ in steps)
    }
    assert said == walked


def test_spans_that_only_touch_a_window_are_outside_it() -> None:
    assert clip([Span(0, 5, "a"), Span(4, 12, "b"), Span(10, 12, "c")], Window(5, 10)) == [Span(5, 10, "b")]


@given(WINDOWS)
def test_a_union_covers_the_same_seconds_once(windows: list[Window]) -> None:
    joined = union(windows)
    assert instants(joined) == instants(windows)
    assert total_s(windows) == len(instants(windows))
    assert all(a.stop_s < b.start_s for a, b in pairwise(joined))


@given(SPANS, SPANS, SECOND, SECOND)
def test_a_sweep_says_for_each_second_of_the_window_what_is_open(
    first: list[Span[str]], second: list[Span[str]], start_s: int, stop_s: int
) -> None:
    said = {
        at_s: piece.open
        for piece in sweep(Window(start_s, stop_s), first, second)
        for at_s in range(piece.start_s, piece.stop_s)
    }
    walked = {
        at_s: tuple(
            tuple(
                item.value
                for item in sorted(group, key=lambda item: item.start_s)
                if item.start_s <= at_s < item.stop_s
            )
            for group in (first, second)
        )
        for at_s in range(start_s, stop_s)
    }
    assert said == walked


@given(SPANS, SECOND, SECOND)
def test_the_pieces_of_a_sweep_follow_each_other_without_a_gap(
    items: list[Span[str]], start_s: int, stop_s: int
) -> None:
    pieces = list(sweep(Window(start_s, stop_s), items))
    assert sum(piece.seconds for piece in pieces) == max(0, stop_s - start_s)
    assert all(a.stop_s == b.start_s for a, b in pairwise(pieces))
    assert all(piece.seconds > 0 for piece in pieces)


def test_two_spans_that_start_together_stay_in_the_order_given() -> None:
    (piece,) = sweep(Window(0, 5), [Span(0, 9, "b"), Span(0, 9, "a"), Span(-3, 9, "c")])
    assert piece.open == (("c", "b", "a"),)


@pytest.mark.parametrize("cut", [local_days, local_months, local_years])
@given(start_s=st.integers(1_500_000_000, 1_800_000_000), length_s=st.integers(0, 90_000_000))
@settings(max_examples=20)
def test_a_window_cut_by_a_calendar_is_the_whole_window_in_order(
    cut: Callable[[Window, ZoneInfo], list[Window]], start_s: int, length_s: int
) -> None:
    window = Window(start_s, start_s + length_s)
    parts = cut(window, zone("America/New_York"))
    assert union(parts) == union([window])
    assert total_s(parts) == sum(part.stop_s - part.start_s for part in parts)


def test_the_day_of_a_clock_change_has_23_hours() -> None:
    ny = zone("America/New_York")
    days = local_days(period("2026-03", ny), ny)
    assert [(day.stop_s - day.start_s) // 3600 for day in days[6:9]] == [24, 23, 24]


def cuts(
    cut: Callable[[Window, ZoneInfo], list[Window]], first: str, last: str, tz: str = "America/Denver"
) -> list[str]:
    """The days on which the parts of a window begin, on the clocks of a zone, and the day on which the last ends."""
    place = zone(tz)
    window = Window(period(first, place).start_s, period(last, place).stop_s)
    found = cut(window, place)
    return [f"{local_date(at_s, place)}" for at_s in (*(one.start_s for one in found), found[-1].stop_s)]


@pytest.mark.parametrize(
    ("cut", "first", "last", "days"),
    [
        (local_months, "2026-01-15", "2026-03-02", "2026-01-15 2026-02-01 2026-03-01 2026-03-03"),
        (local_months, "2026-02", "2026-02", "2026-02-01 2026-03-01"),
        (local_years, "2025-11-15", "2027-01-01", "2025-11-15 2026-01-01 2027-01-01 2027-01-02"),
        (local_years, "2025-01-02", "2025-12-31", "2025-01-02 2026-01-01"),
        (local_years, "2026", "2026", "2026-01-01 2027-01-01"),
        (local_days, "2026-03-07", "2026-03-08", "2026-03-07 2026-03-08 2026-03-09"),
    ],
)
def test_a_window_is_cut_where_every_day_month_or_year_of_a_zone_begins(
    cut: Callable[[Window, ZoneInfo], list[Window]], first: str, last: str, days: str
) -> None:
    """And nowhere else: each month, each year; the first part begins with the window."""
    assert cuts(cut, first, last) == days.split(" ")


@pytest.mark.parametrize("cut", [local_days, local_months, local_years])
def test_the_last_day_that_a_date_can_name_ends_with_the_window(
    cut: Callable[[Window, ZoneInfo], list[Window]],
) -> None:
    """There is no day behind it at which the next part would begin."""
    start_s = instant_s("9999-12-31T00:00:00Z")
    window = Window(start_s, start_s + 60)
    assert cut(window, zone("UTC")) == [window]


def test_a_window_of_no_length_holds_nothing_and_joins_nothing() -> None:
    """An outage that ended in the second in which it began."""
    empty, whole = Window(5, 5), Window(3, 8)
    assert (union([empty]), union([empty, whole]), clip([Span(3, 8, "x")], empty)) == ([], [whole], [])
