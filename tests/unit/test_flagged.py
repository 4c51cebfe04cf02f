"""What is taken and flagged: unusual, but it happened, so the report counts it and says so (DOMAIN 5)."""

from __future__ import annotations

import pytest

from projections.uptime import REPORT
from tests.unit.asked import answer
from tests.unit.told import told

SITE = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=UTC balancing_authority=SOCO utility=U parcels=[] site_class=training
2026-06-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[]
2026-06-01T00:00Z s1 load-block-commissioned block=m2 load_class=mining service_class=interruptible capacity=50MW feeds=[]
2026-06-01T00:00Z s1 load-block-commissioned block=ai1 load_class=ai-hpc service_class=firm capacity=20MW feeds=[]
2026-06-01T00:00Z s1 program-enrolled program=p operator=O agreement=A blocks=[m1] meters=[] method=meter-before-after notice=0s response=0s program_year_start=06-01 tz=UTC capped=false adjustment=none holidays=[]
"""
CALL = "2026-06-02T00:00Z s1 dispatch-notified dispatch=d dispatch_class={} mode=reduce-to target=0W start=2026-06-02T01:00Z{}\n"
HELP = "2026-06-02T01:00Z s1 curtailment-started dispatch=d block={} depth=10MW\n"


@pytest.mark.parametrize(
    ("story", "notes"),
    [
        pytest.param(
            CALL.format("emergency", "") + HELP.format("ai1"),
            [
                "s1/ai1: a firm block, curtailed at 2026-06-02T01:00:00Z under d, which is emergency and not firm-load-shed"
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
