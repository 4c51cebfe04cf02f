"""Excursions of a window with the responses to them, and how many began within a minute."""

from __future__ import annotations

import pytest

from projections.engine.fold import replay
from projections.figures.excursion_events import ExcursionEvent, begins, events_of, within_minute
from projections.reports.ride_through import REPORT
from tests.support.report_answers import scope_of
from tests.support.story_facts import told

SITE = (
    "{} {} site-registered name=X county=C state=TX tz=America/Chicago balancing_authority={} utility=U parcels=[]"
    " site_class=mining-only\n"
)
TEXAS = SITE.format("2025-10-01T00:00Z", "s1", "ERCO")
DIP = "2026-09-01T{} {} excursion-recorded excursion={} quantity=voltage duration=1ms voltage=60%{}\n"
RODE = (
    "{} s1 load-response-recorded excursion=x block={} response=rode-through initiated_by=protection before=1W"
    " minimum=1W\n"
)
DAY = "2026-09-01T00:00Z/2026-09-02T00:00Z"


def events(story: str, period: str = DAY, sites: tuple[str, ...] = ()) -> list[ExcursionEvent]:
    records = told(story)
    return list(events_of(replay(records, REPORT.row_kinds), scope_of(records, period, "UTC", sites)))


def test_excursions_of_other_sites_and_windows_are_left_out() -> None:
    """a began at a site that is not asked for, b before the window, d at its end."""
    story = (
        SITE.format("2025-10-01T00:00Z", "r1", "ERCO")
        + TEXAS
        + DIP.format("12:00:00Z", "r1", "a", "")
        + DIP.format("12:00:00Z", "s1", "b", "").replace("2026-09-01", "2026-08-31")
        + DIP.format("12:00:00Z", "s1", "c", "")
        + DIP.format("00:00:00Z", "s1", "d", "").replace("2026-09-01", "2026-09-02")
    )
    assert [event.name for event in events(story, sites=("s1",))] == ["c"]


def test_what_was_recorded_at_the_windows_end_is_not_seen() -> None:
    """A response, a call and terms of the last second, and of the second after it."""
    late = "ride-through-terms-set curve=itic"
    told_to = "excursion-communicated excursion=x communicated_to={}"
    story = TEXAS + DIP.format("23:59:59Z", "s1", "x", "")
    for at, block in (("2026-09-01T23:59:59Z", "m1"), ("2026-09-02T00:00:00Z", "m2")):
        story += RODE.format(at, block) + f"{at} s1 {told_to.format(block)}\n"
    (event,) = events(story + f"2026-09-02T00:00:00Z s1 {late}\n")
    assert (
        [body.block for _, body in event.responses],
        [fact.body.communicated_to for fact in event.told],
        event.curve and event.curve.name,
    ) == (["m1"], ["m1"], "ercot-nogrr282")


@pytest.mark.parametrize(
    ("at", "required"), [("2026-09-01T12:00:00Z", "ride through"), ("2026-09-01T12:00:01Z", None)]
)
def test_the_balancing_authority_of_the_second_of_the_excursion_has_the_curve(
    at: str, required: str | None
) -> None:
    """The site joins ERCOT in the second of the dip, or a second later; SWPP has no curve in force."""
    story = SITE.format("2025-10-01T00:00Z", "s1", "SWPP") + SITE.format(at, "s1", "ERCO")
    (event,) = events(story + DIP.format("12:00:00Z", "s1", "x", ""))
    assert event.required == required


def test_responses_stand_by_class_and_block_and_a_block_that_nobody_commissioned_has_no_class() -> None:
    commissioned = "2026-01-01T00:00Z s1 load-block-commissioned block={} load_class={} service_class=firm capacity=1MW feeds=[]\n"
    story = TEXAS + commissioned.format("m2", "mining") + commissioned.format("m1", "mining")
    story += commissioned.format("z", "ai-hpc") + DIP.format("12:00:00Z", "s1", "x", "")
    story += "".join(RODE.format("2026-09-01T12:00:00Z", block) for block in ("a", "m2", "z", "m1"))
    (event,) = events(story)
    assert [(load_class, body.block) for load_class, body in event.responses] == [
        ("ai-hpc", "z"),
        ("mining", "m1"),
        ("mining", "m2"),
        ("unknown", "a"),
    ]


@pytest.mark.parametrize(
    ("before", "count"),
    [
        (DIP.format("11:59:01Z", "s1", "a", ""), 2),
        (DIP.format("11:59:00Z", "s1", "a", ""), 1),
        (DIP.format("11:59:00Z", "s1", "a", " offset=1ms"), 2),
        (DIP.format("11:58:59Z", "s1", "a", " offset=1001ms"), 2),
        (DIP.format("12:00:00Z", "s1", "a", ""), 2),
        (DIP.format("12:00:00Z", "s1", "a", " offset=1ms"), 1),
        ("", 1),
    ],
    ids=[
        "59 s before",
        "60 s before",
        "a millisecond less than 60 s before",
        "a second and a millisecond after a second more",
        "at once",
        "a millisecond later",
        "none",
    ],
)
def test_excursions_within_a_minute_are_those_since_less_than_sixty_seconds(before: str, count: int) -> None:
    """Excursion x begins at 12:00:00.000."""
    records = told(TEXAS + before + DIP.format("12:00:00Z", "s1", "x", ""))
    rows, scope = replay(records, REPORT.row_kinds), scope_of(records, DAY, "UTC")
    (x,) = (event for event in events_of(rows, scope) if event.name == "x")
    assert within_minute(x.fact, begins(rows, scope)["s1"]) == count


def test_an_excursion_that_began_before_the_window_counts_within_its_minute() -> None:
    """One a second before midnight, one at midnight, and one at the window's end."""
    story = (
        TEXAS
        + DIP.format("23:59:59Z", "s1", "a", "").replace("2026-09-01", "2026-08-31")
        + DIP.format("00:00:00Z", "s1", "x", "")
        + DIP.format("00:00:00Z", "s1", "b", "").replace("2026-09-01", "2026-09-02")
    )
    records = told(story)
    rows, scope = replay(records, REPORT.row_kinds), scope_of(records, DAY, "UTC")
    found = sorted(begins(rows, scope)["s1"])
    assert [begun_ms - found[0] for begun_ms in found] == [0, 1000]
