"""Rungs of a site's ladder of power at an instant: in service, and leased."""

from __future__ import annotations

import pytest

from ledger.calendar import instant_s, parse_instant
from projections.engine.fold import replay
from projections.figures.power_rungs import in_service_w, leased_w
from projections.rows.blocks import BLOCK
from projections.rows.lease_phases import PHASE
from tests.support.story_facts import told

MW = 1_000_000
BLOCKS = """
2026-02-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[]
2026-02-01T00:00Z s1 load-block-commissioned block=m2 load_class=mining service_class=interruptible capacity=7MW feeds=[]
2026-02-01T00:00Z s0 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=900MW feeds=[]
2026-03-01T00:00Z s1 load-block-rerated block=m1 capacity=60MW
2026-04-01T00:00Z s1 load-block-retired block=m1 cause=sold
"""


def at(text: str) -> int:
    return instant_s(parse_instant(text))


@pytest.mark.parametrize(
    ("when", "megawatts"),
    [
        ("2026-01-31T23:59:59Z", 0),
        ("2026-02-01T00:00:00Z", 107),
        ("2026-02-28T23:59:59Z", 107),
        ("2026-03-01T00:00:00Z", 67),
        ("2026-03-31T23:59:59Z", 67),
        ("2026-04-01T00:00:00Z", 7),
    ],
)
def test_blocks_are_in_service_from_their_commissioning_until_their_retirement(
    when: str, megawatts: int
) -> None:
    """m1 has 100 MW, rerated to 60 MW in March and retired in April; m2 has 7 MW."""
    assert in_service_w(replay(told(BLOCKS), (BLOCK,)), "s1", at(when)) == megawatts * MW


OPENED = "2026-01-01T00:00Z {} lease-phase-opened lease=l phase={} tenant=t critical={}MW\n"
EXECUTED = "2026-02-01T00:00Z {} lease-milestone-reached phase={} milestone=lease-executed\n"
LEASED = (
    OPENED.format("s1", "p", 50)
    + EXECUTED.format("s1", "p")
    + OPENED.format("s1", "q", 300)
    + "2026-02-01T00:00Z s1 lease-milestone-reached phase=q milestone=loi\n"
    + OPENED.format("s0", "p", 900)
    + EXECUTED.format("s0", "p")
    + "2026-03-01T00:00Z s1 lease-amended phase=p critical=40MW\n"
    + "2026-03-02T00:00Z s1 lease-amended phase=p notice_days=30\n"
    + "2026-04-01T00:00Z s1 lease-terminated phase=p cause=x\n"
)


@pytest.mark.parametrize(
    ("when", "megawatts"),
    [
        ("2026-01-31T23:59:59Z", 0),
        ("2026-02-01T00:00:00Z", 50),
        ("2026-03-01T00:00:00Z", 40),
        ("2026-03-31T23:59:59Z", 40),
        ("2026-04-01T00:00:00Z", 0),
    ],
)
def test_a_phase_is_leased_from_its_execution_until_it_is_terminated(when: str, megawatts: int) -> None:
    """50 MW, since March 40 MW; a letter of intent leases nothing, and the other site's phase is its own."""
    assert leased_w(replay(told(LEASED), (PHASE,)), "s1", at(when)) == megawatts * MW
