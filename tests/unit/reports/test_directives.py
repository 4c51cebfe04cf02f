"""Directives: verdicts at their very second, the order of cut, and what meters and generators say."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.app.demo.portfolio.large_loads import FOLDER as SAMPLES
from projections.engine.pictures import Lanes
from projections.reports.directives import REPORT
from tests.support.report_answers import answer, lines, pictures, verdict
from tests.support.story_facts import told

STORIES = Path(__file__).parents[2] / "stories"
LARGE = (STORIES / "large-load-sites.story").read_text() + (SAMPLES / "large-load.story").read_text()
SITE = """
2026-01-01T00:00Z s1 site-registered name=S county=C state=TX tz=America/Chicago balancing_authority=ERCO utility=U parcels=[] site_class=training
2026-01-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=50MW feeds=[]
2026-01-01T00:00Z s1 load-block-commissioned block=m2 load_class=mining service_class=interruptible capacity=50MW feeds=[]
2026-01-01T00:00Z s1 load-block-commissioned block=ai1 load_class=ai-hpc service_class=firm capacity=20MW feeds=[]
2026-01-01T00:00Z s1 dispatch-notified dispatch=d1 dispatch_class=emergency mode=reduce-to target=0W start=2026-07-01T18:00Z
"""
RECEIVED = (
    "2026-07-01T18:00Z s1 directive-received directive=e1 issuer=ERCOT channel=hotline authority=sb6"
    " issued=2026-07-01T17:58Z instruction=curtail target=10MW allowed=30min dispatch=d1\n"
)
MONTH = "2026-07"


def opened(at: str, block: str, by: str = "operator") -> str:
    return f"2026-07-01T{at}Z s1 breaker-opened directive=e1 block={block} breaker=B-{block} opened_by={by}\n"


def curtailed(at: str, block: str) -> str:
    return f"2026-07-01T{at}Z s1 curtailment-started dispatch=d1 block={block} depth=50MW\n"


def line(text: str, period: str = MONTH, received: str = RECEIVED) -> dict[str, object]:
    return lines(REPORT, SITE + received + text, period)["s1/e1"]


@pytest.mark.parametrize(
    ("text", "verdict_now", "late_s"),
    [
        ("2026-07-01T18:30:00Z s1 directive-complied directive=e1\n", "complied", 0),
        ("2026-07-01T18:30:01Z s1 directive-complied directive=e1\n", "late", 1),
        ("2026-07-01T18:29Z s1 directive-lifted directive=e1\n", "lifted", 0),
        ("2026-07-01T19:00Z s1 directive-lifted directive=e1\n", "not complied", 1800),
    ],
)
def test_the_verdict_turns_at_the_end_of_the_time_allowed(text: str, verdict_now: str, late_s: int) -> None:
    """Thirty minutes from the receipt at 18:00: 18:30:00 is in time, 18:30:01 is a second late."""
    found = line(text)
    assert (found["verdict"], found["late_s"]) == (verdict_now, late_s)


@pytest.mark.parametrize(("until", "verdict_now"), [("18:30:00", "open"), ("18:31:00", "not complied")])
def test_a_directive_is_open_while_its_time_runs(until: str, verdict_now: str) -> None:
    assert line("", f"2026-07-01T00:00Z/2026-07-01T{until}Z")["verdict"] == verdict_now


def test_the_worked_directive() -> None:
    """Issued 17:58, received 18:00, acknowledged 18:03, m1 cut 18:05, m2 18:07, AI 18:20, complied 18:24 at 8 MW with
    30 minutes allowed: delivery 2 min, acknowledged after 3, took 24, late 0, mining first.
    """
    text = "2026-07-01T18:03Z s1 directive-acknowledged directive=e1 by=shift\n"
    text += curtailed("18:05", "m1") + opened("18:07", "m2", "utility") + opened("18:20", "ai1")
    found = line(text + "2026-07-01T18:24Z s1 directive-complied directive=e1 load=8MW\n")
    wanted = (
        "delivery_s",
        "acknowledged_after_s",
        "took_s",
        "late_s",
        "load_w",
        "cut",
        "order_kept",
        "opened_by",
    )
    assert [found[name] for name in wanted] == [
        120,
        180,
        1440,
        0,
        8_000_000,
        "m1 (mining) +5:00, m2 (mining) +7:00, ai1 (ai-hpc) +20:00",
        True,
        "operator 1, utility 1",
    ]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (opened("18:05", "m1") + opened("18:06", "ai1"), True),
        (opened("18:05", "ai1") + opened("18:06", "m1"), False),
        (opened("18:05", "ai1") + opened("18:05", "m1"), True),
        (curtailed("18:05", "m1") + opened("18:30", "m1") + opened("18:10", "ai1"), True),
        ("", None),
    ],
)
def test_mining_is_to_be_cut_before_ai(text: str, kept: bool | None) -> None:
    """Cut at one instant is in order; a curtailment that began first counts, not the breaker that followed."""
    assert line(text)["order_kept"] is kept


def test_an_agreed_order_of_cut_goes_before_the_usual_one() -> None:
    """The agreement names m2 before m1: m1 first is out of order, though both are mining."""
    received = RECEIVED.replace("dispatch=d1", "dispatch=d1 blocks=[m2,m1]")
    assert line(opened("18:05", "m1") + opened("18:06", "m2"), received=received)["order_kept"] is False


def test_a_mining_block_left_on_while_ai_was_cut_is_shown() -> None:
    """m2 may have been off already: it is shown and noted, not judged."""
    text = opened("18:05", "m1") + opened("18:10", "ai1")
    found = answer(REPORT, told(SITE + RECEIVED + text), MONTH)
    assert found.notes == ("s1/e1: m2 not cut though a block that is to go later was",)


def test_a_curtailment_that_began_before_the_receipt_is_not_cut_for_the_directive() -> None:
    assert line(curtailed("17:30", "m1"))["cut"] is None


@pytest.mark.parametrize(
    ("authority", "allowed_s"), [("doe-202c", 900), ("pjm-backup-generator", 900), ("sb6", None)]
)
def test_the_time_allowed_is_the_rules_where_the_directive_says_none(
    authority: str, allowed_s: int | None
) -> None:
    received = RECEIVED.replace("authority=sb6", f"authority={authority}").replace(" allowed=30min", "")
    assert line("", received=received)["allowed_s"] == allowed_s


@pytest.mark.parametrize(("energy_kwh", "within"), [(2500, True), (2501, False)])
def test_the_meter_confirms_the_load_after_compliance(energy_kwh: int, within: bool) -> None:
    """2,500 kWh in the quarter-hour from 18:30 are the target of 10 MW exactly; the quarter in which it was reached
    does not count.
    """
    meter = (
        "2026-01-01T00:00Z s1 meter-registered meter=r scope=site role=revenue direction=delivered interval=15min\n"
        "2026-07-01T18:15Z s1 intervals-recorded meter=r start=2026-07-01T18:15Z interval=15min power_of_ten=3"
        f" values=[9000,{energy_kwh}] quality=[0,0]\n"
    )
    text = meter + "2026-07-01T18:24Z s1 directive-complied directive=e1 load=8MW\n"
    found = line(text)
    assert (found["metered_w"], found["metered_within"]) == (energy_kwh * 4000, within)


def test_backup_is_what_all_sets_carry_at_the_end_of_the_time_allowed() -> None:
    """Norcross, 11:19: 2.6 + 2.5 MW of the 7.5 MW asked for; the third set came at 11:24."""
    found = lines(REPORT, LARGE, "2026")["norcross/fern-2"]
    assert (found["backup_w"], found["carried_w"], found["verdict"]) == (7_500_000, 5_100_000, "late")


def test_the_verdict_tells_how_many_were_in_time_and_the_latest() -> None:
    assert verdict(REPORT, LARGE, "2026") == (
        "2 of 4 directives were complied with in time; the latest is eea-2 at abilene: it was complied with 15 min"
        " late; blocks were cut in the order that is due."
    )


def test_the_pictures_have_all_directives_and_the_worst_ones_step_by_step() -> None:
    """Abilene was 15 minutes late and Norcross 7; the first that was in time is drawn too."""
    overview, *steps = pictures(REPORT, LARGE, "2026")
    assert (overview.says, [(one.title, one.says) for one in steps]) == (
        "2 complied with in time; 2 complied with late.",
        [
            ("Directive eea-2 at abilene", "Complied with late after 45 min, 30 min allowed."),
            ("Directive fern-2 at norcross", "Complied with late after 22 min, 15 min allowed."),
            ("Directive eea-1 at abilene", "Complied with in time after 18 min, 30 min allowed."),
        ],
    )


def test_a_directive_is_drawn_with_its_blocks_and_generators() -> None:
    """Norcross: the order, no block, three sets."""
    drawn = pictures(REPORT, LARGE, "2026")[2]
    assert isinstance(drawn, Lanes)
    assert [lane.name for lane in drawn.lanes] == ["fern-2", "dg-1", "dg-2", "dg-3"]
