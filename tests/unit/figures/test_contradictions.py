"""Facts that later facts contradict, and curtailments that are unusual: each is noted in the window that sees it."""

from __future__ import annotations

import pytest

from projections.reports.uptime import REPORT
from tests.support.report_answers import answer
from tests.support.story_facts import told

SITE = (
    "2026-06-01T00:00Z {} site-registered name=S county=C state=GA tz=UTC balancing_authority=SOCO utility=U parcels=[]"
    " site_class=training\n"
)
BLOCK = "{} s1 load-block-commissioned block={} load_class={} service_class={} capacity=100MW feeds=[]\n"
S1 = SITE.format("s1") + BLOCK.format("2026-06-01T00:00Z", "m1", "mining", "interruptible")
JUNE_2 = "2026-06-02T00:00Z/2026-06-03T00:00Z"
OUTAGE = (
    "2026-06-02T{}Z s1 outage-started block={} outage={} outage_class=planned derate=10MW cause=x"
    " outside_management_control=false\n"
)
CALL = "{} s1 dispatch-notified dispatch={} {}dispatch_class=emergency mode=reduce-to target=0W start=2026-06-02T00:00Z\n"
HELP = "{} s1 curtailment-started dispatch={} block={} depth={}MW\n"


def notes(story: str, period: str = JUNE_2) -> list[str]:
    return list(answer(REPORT, told(S1 + story), period).notes)


@pytest.mark.parametrize(
    ("at", "noted"),
    [
        ("2026-06-01T23:59:59Z", False),
        ("2026-06-02T00:00:00Z", True),
        ("2026-06-02T23:59:59Z", True),
        ("2026-06-03T00:00:00Z", False),
    ],
)
def test_a_contradiction_is_noted_in_the_window_that_it_lies_in(at: str, noted: bool) -> None:
    """m1 is rerated although it was never commissioned under that name."""
    story = f"{at} s1 load-block-rerated block=m9 capacity=1MW\n"
    found = [note for note in notes(story) if "rerated" in note]
    assert found == [f"s1/m9: rerated at {at} while not commissioned; that changes nothing"] * noted


@pytest.mark.parametrize(
    ("story", "note"),
    [
        (
            BLOCK.format("2026-06-02T01:00:00Z", "m1", "mining", "interruptible"),
            "s1/m1: commissioned at 2026-06-02T01:00:00Z while it already was; the new rating holds from then on",
        ),
        (
            "2026-06-02T01:00:00Z s1 load-block-retired block=m9 cause=sold\n",
            "s1/m9: retired at 2026-06-02T01:00:00Z while not commissioned; that changes nothing",
        ),
        (
            OUTAGE.format("01:00:00", "m9", "o"),
            "s1/m9: outage o is of a block that was never commissioned",
        ),
        (
            OUTAGE.format("01:00:00", "m1", "o") + "2026-06-02T00:59:59Z s1 outage-ended outage=o\n",
            "s1/m1: outage o starts at 2026-06-02T01:00:00Z, after it ended; it counts nothing",
        ),
        (
            CALL.format("2026-06-01T00:00Z", "d", "") + HELP.format("2026-06-02T01:00:00Z", "d", "m9", 1),
            "s1/m9: the curtailment under d is of a block that was never commissioned",
        ),
        (
            "2026-06-02T01:00:00Z s1 curtailment-ended dispatch=d block=m1\n",
            "s1/m1: the curtailment under d ends at 2026-06-02T01:00:00Z without being open",
        ),
        (
            2 * HELP.format("2026-06-02T01:00:00Z", "d", "m1", 1),
            "s1/m1: the curtailment under d starts at 2026-06-02T01:00:00Z while it is open",
        ),
        (
            "2026-06-02T00:30:00Z s1 load-block-retired block=m1 cause=sold\n"
            + HELP.format("2026-06-02T01:00:00Z", "d", "m1", 1),
            "s1/m1: the curtailment under d starts at 2026-06-02T01:00:00Z while the block is not commissioned",
        ),
    ],
)
def test_each_contradiction_has_its_sentence(story: str, note: str) -> None:
    assert note in notes(story)


def test_an_outage_that_ends_as_it_starts_contradicts_nothing() -> None:
    story = OUTAGE.format("01:00:00", "m1", "o") + "2026-06-02T01:00:00Z s1 outage-ended outage=o\n"
    assert notes(story) == []


@pytest.mark.parametrize("other", ["2026-06-01T12:00:00Z", "2026-06-03T00:00:00Z"])
def test_a_curtailment_of_an_unknown_block_is_noted_where_any_of_it_is_in_the_window(other: str) -> None:
    """It was begun in the window, and a day before or at the window's end another one was."""
    story = HELP.format("2026-06-02T01:00:00Z", "d", "m9", 1) + HELP.format(other, "d", "m9", 2)
    assert notes(story) == ["s1/m9: the curtailment under d is of a block that was never commissioned"]


FIRM = BLOCK.format("2026-06-01T00:00Z", "ai", "ai-hpc", "firm")


def firm_note(at: str, dispatch: str = "d") -> str:
    return (
        f"s1/ai: a firm block, curtailed at {at} under {dispatch}, which is emergency and not firm-load-shed"
    )


@pytest.mark.parametrize(
    ("called", "noted"), [("2026-06-02T23:59:59Z", True), ("2026-06-03T00:00:00Z", False)]
)
def test_a_curtailment_is_judged_by_a_call_that_was_known_in_the_window(called: str, noted: bool) -> None:
    """The notice was recorded in the window's last second, or at its end: then nobody knows of what class it was."""
    story = FIRM + CALL.format(called, "d", "") + HELP.format("2026-06-02T01:00:00Z", "d", "ai", 1)
    assert notes(story) == [firm_note("2026-06-02T01:00:00Z")] * noted


def test_a_change_that_is_not_judged_does_not_hide_the_next() -> None:
    """Begun before the window, ended in it, and begun again."""
    story = FIRM + CALL.format("2026-06-01T00:00Z", "d", "")
    story += HELP.format("2026-06-01T01:00:00Z", "d", "ai", 1)
    story += "2026-06-02T01:00:00Z s1 curtailment-ended dispatch=d block=ai\n"
    story += HELP.format("2026-06-02T02:00:00Z", "d", "ai", 1)
    assert notes(story) == [firm_note("2026-06-02T02:00:00Z")]


RESTORED = "{} s1 load-restored block=m1 load={}MW\n"


def early(at: str, load: int, left: int, dispatch: str) -> str:
    return (
        f"s1/m1: {load}MW are restored at {at}, above the {left}MW that the curtailment under {dispatch} leaves; it"
        " is still open"
    )


@pytest.mark.parametrize(
    ("story", "found"),
    [
        (
            HELP.format("2026-06-02T01:00:00Z", "d", "m1", 10) + RESTORED.format("2026-06-02T01:00:00Z", 91),
            [early("2026-06-02T01:00:00Z", 91, 90, "d")],
        ),
        (
            HELP.format("2026-06-02T01:00:01Z", "d", "m1", 10) + RESTORED.format("2026-06-02T01:00:00Z", 91),
            [],
        ),
        (
            HELP.format("2026-06-02T01:00:00Z", "d", "m1", 10)
            + HELP.format("2026-06-02T01:00:00Z", "e", "m1", 30)
            + RESTORED.format("2026-06-02T02:00:00Z", 80),
            [early("2026-06-02T02:00:00Z", 80, 70, "e")],
        ),
        (
            HELP.format("2026-06-02T01:00:00Z", "d", "m1", 120) + RESTORED.format("2026-06-02T02:00:00Z", 0),
            [],
        ),
        (
            HELP.format("2026-06-01T01:00:00Z", "d", "m1", 10)
            + RESTORED.format("2026-06-01T02:00:00Z", 95)
            + RESTORED.format("2026-06-02T02:00:00Z", 96),
            [early("2026-06-02T02:00:00Z", 96, 90, "d")],
        ),
        (
            HELP.format("2026-06-02T01:00:00Z", "d", "m1", 10)
            + "2026-06-02T02:00:00Z s1 curtailment-ended dispatch=d block=m1\n"
            + RESTORED.format("2026-06-02T02:00:00Z", 95),
            [],
        ),
    ],
    ids=[
        "in the second in which it was curtailed",
        "a second before",
        "the deepest of two",
        "deeper than the block",
        "one before the window does not hide one in it",
        "in the second in which it ended",
    ],
)
def test_more_than_an_open_curtailment_leaves_is_noted(story: str, found: list[str]) -> None:
    """Of the 100 MW of m1."""
    assert [note for note in notes(story) if "restored" in note] == found
