"""What is taken and flagged: unusual, but it happened, so the report counts it and says so (DOMAIN 5)."""

from __future__ import annotations

import pytest

from projections.engine.report import Report
from projections.reports import dispatch_performance, flexibility, portfolio, power_use, uptime
from projections.reports.uptime import REPORT
from tests.support.report_answers import answer
from tests.support.story_facts import told

SITE = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=UTC balancing_authority=SOCO utility=U parcels=[] site_class=training
2026-06-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[]
2026-06-01T00:00Z s1 load-block-commissioned block=m2 load_class=mining service_class=interruptible capacity=50MW feeds=[]
2026-06-01T00:00Z s1 load-block-commissioned block=ai1 load_class=ai-hpc service_class=firm capacity=20MW feeds=[]
2026-06-01T00:00Z s1 program-enrolled program=p operator=O agreement=A blocks=[m1] meters=[] method=meter-before-after notice=0s response=0s program_year_start=06-01 tz=UTC capped=false adjustment=none holidays=[]
"""
CALL = (
    "2026-06-02T00:00Z s1 dispatch-notified dispatch=d dispatch_class={} mode=reduce-to target=0W"
    " start=2026-06-02T01:00Z{}\n"
)
HELP = "2026-06-02T01:00Z s1 curtailment-started dispatch=d block={} depth=10MW\n"


@pytest.mark.parametrize(
    ("story", "notes"),
    [
        pytest.param(
            CALL.format("emergency", "") + HELP.format("ai1"),
            [
                "s1/ai1: a firm block, curtailed at 2026-06-02T01:00:00Z under d, which is emergency and not"
                " firm-load-shed"
            ],
            id="a firm block curtailed for an emergency is flagged",
        ),
        pytest.param(
            CALL.format("firm-load-shed", "") + HELP.format("ai1"),
            [],
            id="firm load shed may take firm blocks",
        ),
        pytest.param(
            CALL.format("emergency", " program=p") + HELP.format("m2"),
            ["s1/m2: helps at 2026-06-02T01:00:00Z under d of program p, which does not enrol it"],
            id="a block that helps without being enrolled is flagged",
        ),
        pytest.param(
            CALL.format("emergency", " program=p") + HELP.format("m1"),
            [],
            id="an enrolled block helps unnoted",
        ),
        pytest.param(
            "2026-06-01T12:00Z s1 program-terms-amended program=p start=2026-06-01T12:00Z blocks=[m1,m2]\n"
            + CALL.format("emergency", " program=p")
            + HELP.format("m2"),
            [],
            id="a block enrolled since helps unnoted",
        ),
    ],
)
def test_a_curtailment_that_is_unusual(story: str, notes: list[str]) -> None:
    assert list(answer(REPORT, told(SITE + story), "2026-06").notes) == notes


RESTORED = "2026-06-02T0{}:00Z s1 load-restored dispatch=d block=m1 load={}MW\n"
ENDED = "2026-06-02T02:00Z s1 curtailment-ended dispatch=d block=m1\n"


@pytest.mark.parametrize("report", [uptime.REPORT, dispatch_performance.REPORT], ids=lambda r: r.name)
@pytest.mark.parametrize(
    ("story", "notes"),
    [
        pytest.param(
            RESTORED.format(2, 95),
            [
                "s1/m1: 95MW are restored at 2026-06-02T02:00:00Z, above the 90MW that the curtailment under"
                " d leaves; it is still open"
            ],
            id="more than an open curtailment leaves is flagged",
        ),
        pytest.param(RESTORED.format(2, 90), [], id="what it leaves is not"),
        pytest.param(ENDED + RESTORED.format(2, 95), [], id="after its end all of it is restored"),
    ],
)
def test_a_load_that_is_restored(report: Report, story: str, notes: list[str]) -> None:
    """10 MW of a block of 100 MW are held back from 01:00 on: its end was forgotten."""
    told_ = told(SITE + CALL.format("emergency", " program=p") + HELP.format("m1") + story)
    assert [note for note in answer(report, told_, "2026-06").notes if "restored" in note] == notes


STOPS = ("2026-06-19T00:00Z", "2026-06-21T00:00Z")
READ = """
2026-06-01T00:00Z s1 meter-registered meter=r scope=site role=revenue direction=delivered interval=1h
2026-06-01T00:00Z s1 capacity-energized power=170MW point_of_delivery=P voltage=115kV
2026-06-02T00:00Z s1 intervals-recorded meter=r start=2026-06-02T00:00Z interval=1h power_of_ten=6 values=[50,50] quality=[17,17]
"""


@pytest.mark.parametrize(
    "report", [uptime.REPORT, power_use.REPORT, flexibility.REPORT], ids=lambda r: r.name
)
def test_every_report_that_an_outage_touches_says_that_a_late_retirement_contradicts_it(
    report: Report,
) -> None:
    """The outage was taken; then it came out that the block had been sold a day before."""
    story = (
        "2026-06-02T00:00Z s1 outage-started block=m2 outage=o outage_class=planned derate=50MW cause=x"
        " outside_management_control=false\n2026-06-01T12:00Z s1 load-block-retired block=m2 cause=sold\n"
    )
    note = "s1/m2: outage o starts at 2026-06-02T00:00:00Z while the block is not commissioned"
    assert note in answer(report, told(SITE + READ + story), "2026-06").notes


@pytest.mark.parametrize("report", [portfolio.REPORT, power_use.REPORT], ids=lambda r: r.name)
def test_a_contract_that_lapsed_below_what_is_energized_is_flagged(report: Report) -> None:
    story = (
        "2026-06-01T00:00Z s1 power-contracted agreement=A power=170MW firm=20MW start=2026-06-01T00:00Z"
        " stop=2026-06-20T00:00Z\n"
    )
    note = "s1: energized is above contracted: 170MW against 0W"
    said = [
        note in answer(report, told(SITE + READ + story), f"2026-06-01T00:00Z/{stop}").notes for stop in STOPS
    ]
    assert said == [False, True]
