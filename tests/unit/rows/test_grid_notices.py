"""States of a grid from declarations and notices together."""

from __future__ import annotations

import pytest

from ledger.calendar import format_instant
from projections.engine.fold import FigureScope, replay
from projections.rows.fact_rows import RecordedFact
from projections.rows.grid_conditions import CONDITION, grid_spans, strained
from tests.support.story_facts import told

NOTICE = "2026-07-13T12:00Z ba-PJM grid-notice-published notice={} state={} start={} {} wording=W\n"
HOUR_S = 3600
NOON_S = 1_784_030_400
"""12:00 UTC on 14 July 2026."""


def notice(name: str, state: str, start: str, stop: str = "") -> str:
    until = f"stop=2026-07-14T{stop}Z" if stop else ""
    return NOTICE.format(name, state, f"2026-07-14T{start}Z", until)


def declared(state: str, at: str) -> str:
    return f"2026-07-14T{at}Z ba-PJM grid-condition-declared state={state}\n"


def row(story: str) -> tuple[RecordedFact, ...]:
    found: tuple[RecordedFact, ...] = replay(told(story), (CONDITION,))[CONDITION.name][("ba-pjm",)]
    return found


def begins(story: str) -> list[tuple[str, str]]:
    """Each state with the time of day at which it begins."""
    return [(format_instant(span.start_s)[11:16], span.value) for span in grid_spans(row(story))]


def test_a_lesser_alert_around_an_emergency_is_in_force_before_and_after_it() -> None:
    """A hot weather alert from 11:00 to 23:00, EEA 2 from 18:00 to 20:00 in it."""
    story = notice("n1", "weather-alert", "11:00", "23:00") + notice("n2", "eea2", "18:00", "20:00")
    assert begins(story) == [
        ("11:00", "weather-alert"),
        ("18:00", "eea2"),
        ("20:00", "weather-alert"),
        ("23:00", "normal"),
    ]


def test_an_alert_within_an_emergency_does_not_lower_it() -> None:
    story = notice("n1", "eea2", "11:00", "20:00") + notice("n2", "weather-alert", "12:00", "13:00")
    assert begins(story) == [("11:00", "eea2"), ("20:00", "normal")]


def test_nothing_is_known_before_the_first_notice() -> None:
    """The first state begins with the notice's start, not with its publication of the day before."""
    assert begins(notice("n1", "max-gen", "11:00", "12:00"))[0] == ("11:00", "max-gen")


def test_a_declared_state_holds_through_the_notices() -> None:
    """Conservative operations were declared in the morning and no end of them; EEA 1 came and went."""
    story = declared("conservative-operations", "08:00") + notice("n1", "eea1", "18:00", "20:00")
    assert begins(story) == [
        ("08:00", "conservative-operations"),
        ("18:00", "eea1"),
        ("20:00", "conservative-operations"),
    ]


def test_a_notice_without_an_end_holds_until_normal_is_declared() -> None:
    story = notice("n1", "eea1", "18:00") + declared("normal", "21:00")
    assert begins(story) == [("18:00", "eea1"), ("21:00", "normal")]


def test_a_stated_end_is_not_cut_by_a_declaration_of_normal() -> None:
    story = notice("n1", "weather-alert", "11:00", "23:00") + declared("normal", "12:00")
    assert begins(story) == [("11:00", "weather-alert"), ("23:00", "normal")]


def test_a_notice_that_lasts_no_time_leaves_no_state() -> None:
    assert begins(declared("normal", "08:00") + notice("n1", "eea3", "12:00", "12:00")) == [
        ("08:00", "normal")
    ]


def test_a_strip_of_a_picture_joins_notices_of_one_state_that_follow_each_other() -> None:
    """EEA 1 is prolonged by a second notice."""
    story = notice("n1", "eea1", "18:00", "20:00") + notice("n2", "eea1", "19:00", "22:00")
    (span,) = strained(row(story))
    assert [format_instant(at_s)[11:16] for at_s in span[:2]] == ["18:00", "22:00"]


@pytest.mark.parametrize(
    ("from_h", "to_h", "positions"), [(0, 1, [0]), (2, 3, []), (3, 4, [1]), (0, 7, [0, 1])]
)
def test_a_figure_rests_on_the_notices_in_force_in_its_window(
    from_h: int, to_h: int, positions: list[int]
) -> None:
    """EEA 1 from 12:00 to 14:00, and again from 15:00 on."""
    story = notice("n1", "eea1", "12:00", "14:00") + notice("n2", "eea1", "15:00")
    found = row(story)
    asked = FigureScope(NOON_S + from_h * HOUR_S, NOON_S + to_h * HOUR_S, {})
    assert sorted(CONDITION.bears(found, asked)) == positions
