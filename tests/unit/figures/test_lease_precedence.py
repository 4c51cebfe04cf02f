"""Facts that came before what they need: milestones and levels of a lease phase, assessments of a commitment."""

from __future__ import annotations

import pytest

from projections.figures.lease_precedence import out_of_order, unfounded
from projections.rows.fact_rows import RecordedFact, fact_of
from tests.support.story_facts import told

PASSED = "{at} s1 commissioning-level-passed phase=p system={system} level={level}\n"
REACHED = "{at} s1 lease-milestone-reached phase=p milestone={milestone}\n"


def facts(story: str) -> list[RecordedFact]:
    """The facts of a story, in order of (at, pos)."""
    return sorted(map(fact_of, told(story)), key=lambda fact: fact[:2])


def test_a_level_that_was_passed_without_the_one_below_names_both() -> None:
    """Level 3 of the cooling was passed in March; level 2 only in April, and level 2 of the power is not its own."""
    story = (
        PASSED.format(at="2026-02-01T00:00Z", system="cooling", level=1)
        + PASSED.format(at="2026-02-01T00:00Z", system="power", level=1)
        + PASSED.format(at="2026-02-02T00:00Z", system="power", level=2)
        + PASSED.format(at="2026-03-01T00:00Z", system="cooling", level=3)
        + PASSED.format(at="2026-04-01T00:00Z", system="cooling", level=2)
    )
    assert list(out_of_order(facts(story))) == [
        "level 3 of system 'cooling' at 2026-03-01T00:00:00Z, while level 2 was not passed"
    ]


@pytest.mark.parametrize(
    ("accepted", "flagged"), [("2026-03-01T00:00:00Z", []), ("2026-03-01T00:00:01Z", ["commencement"])]
)
def test_a_need_that_is_met_at_the_same_instant_is_met(accepted: str, flagged: list[str]) -> None:
    """The phase commences at midnight of March 1, when it is accepted, or a second before it is."""
    story = REACHED.format(at=accepted, milestone="ready-for-service-accepted") + REACHED.format(
        at="2026-03-01T00:00:00Z", milestone="commencement"
    )
    found = [said.partition(" at ")[0] for said in out_of_order(facts(story))]
    assert [one for one in found if one == "commencement"] == flagged


ASSESSED = (
    "2026-04-10T12:00Z s1 commitment-assessed commitment=c period=2026-Q1 {} assessor=A evidence=[{}]\n"
)
EVIDENCE = f"{{}} s1 evidence-recorded commitment=c period={{}} document_sha256={'ab' * 32}\n"
PAID = "2026-04-01T12:00Z s1 payment-made commitment=c instalment=1 paid_on=2026-04-01 amount=1.00USD receipt=r\n"
UNFOUNDED = "2026-Q1 is assessed as {} at 2026-04-10T12:00:00Z, while no evidence of it stands"


@pytest.mark.parametrize(
    ("story", "notes"),
    [
        pytest.param(ASSESSED.format("verdict=met", ""), [UNFOUNDED.format("met")], id="met"),
        pytest.param(
            ASSESSED.format("verdict=met value=20", ""), [UNFOUNDED.format("met")], id="met, with a value"
        ),
        pytest.param(
            ASSESSED.format("verdict=not-met value=20", ""),
            [UNFOUNDED.format("with a value")],
            id="not met, with a value",
        ),
        pytest.param(ASSESSED.format("verdict=not-met", ""), [], id="not met, and no value to found"),
        pytest.param(
            ASSESSED.format("verdict=met", "019b76da-a800-7000-8000-000000000001"),
            [],
            id="met, naming its evidence",
        ),
        pytest.param(
            EVIDENCE.format("2026-04-10T12:00Z", "2026-Q1") + ASSESSED.format("verdict=met", ""),
            [],
            id="evidence of the same instant",
        ),
        pytest.param(
            EVIDENCE.format("2026-04-10T12:00:01Z", "2026-Q1") + ASSESSED.format("verdict=met", ""),
            [UNFOUNDED.format("met")],
            id="evidence a second later",
        ),
        pytest.param(
            EVIDENCE.format("2026-04-01T12:00Z", "2026-Q2") + ASSESSED.format("verdict=met", ""),
            [UNFOUNDED.format("met")],
            id="evidence of another quarter",
        ),
        pytest.param(
            EVIDENCE.format("2026-04-01T12:00Z", "2026-Q2")
            + EVIDENCE.format("2026-04-02T12:00Z", "2026-Q1")
            + ASSESSED.format("verdict=met", ""),
            [],
            id="evidence of this quarter among that of another",
        ),
        pytest.param(
            ASSESSED.format("verdict=not-met", "") + ASSESSED.format("verdict=met", ""),
            [UNFOUNDED.format("met")],
            id="first not met, and then met",
        ),
        pytest.param(
            PAID + ASSESSED.format("verdict=met", ""), [], id="a payment, which names no period, is evidence"
        ),
    ],
)
def test_an_assessment_of_a_quarter_needs_evidence_of_it(story: str, notes: list[str]) -> None:
    """The first quarter of 2026, assessed at noon of April 10 (rule 6)."""
    assert list(unfounded(facts(story))) == notes
