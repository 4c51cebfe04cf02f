"""Rule 5 and the report lease-dates read one table: what the rule refuses while something is missing, the report
flags once that is gone.
"""

from __future__ import annotations

import pytest

from ledger.calendar import instant_s
from ledger.errors import Refused
from ledger.rules.decide import decide
from ledger.rules.register import Register
from projections.figures.lease_precedence import out_of_order
from projections.rows.fact_rows import RecordedFact
from tests.support.story_facts import claimed
from tests.unit.rules.test_decide import SITE, taken

BUILT = """
2026-06-03T00:00Z s1 lease-phase-opened lease=l1 phase=p1 tenant=t critical=50MW
2026-06-04T00:00Z s1 lease-terms-recorded phase=p1 version=1 target_rfs_on=2026-12-01 tiers=[2mo:1] extension_causes=[] notice_days=10
2026-06-05T00:00Z s1 lease-milestone-reached phase=p1 milestone=lease-executed
2026-06-06T00:00Z s1 lease-milestone-reached phase=p1 milestone=notice-to-proceed
2026-06-07T00:00Z s1 commissioning-level-passed phase=p1 system=cooling level=1
2026-06-08T00:00Z s1 commissioning-level-passed phase=p1 system=cooling level=2
2026-06-09T00:00Z s1 commissioning-level-passed phase=p1 system=cooling level=3
2026-06-10T00:00Z s1 commissioning-level-passed phase=p1 system=cooling level=4
2026-06-11T00:00Z s1 commissioning-level-passed phase=p1 system=cooling level=5
2026-06-12T00:00Z s1 lease-milestone-reached phase=p1 milestone=substantial-completion
2026-06-13T00:00Z s1 lease-milestone-reached phase=p1 milestone=power-on power=50MW
2026-06-14T00:00Z s1 lease-milestone-reached phase=p1 milestone=ready-for-service-offered
2026-06-15T00:00Z s1 lease-milestone-reached phase=p1 milestone=ready-for-service-accepted
2026-06-16T00:00Z s1 lease-milestone-reached phase=p1 milestone=commencement
"""
MISSING = [
    ("lease-terms-recorded", "lease-executed", "no terms with a target date", "no terms were recorded"),
    ("milestone=lease-executed", "notice-to-proceed", "lease is not executed", "lease was not executed"),
    ("level=2", "level=3", "needs level 2, not passed", "level 2 was not passed"),
    (
        "level=5",
        "-offered",
        "'cooling' has not passed level 5, by record",
        "'cooling' had not passed level 5",
    ),
    ("substantial", "-offered", "completion is not reached; record", "completion was not reached"),
    ("power-on", "-offered", "power-on with the critical 50MW of record", "power-on with the critical load"),
    ("-accepted", "commencement", "neither accepted nor deemed", "neither accepted nor deemed"),
]


def without(gone: str) -> str:
    return "\n".join(line for line in BUILT.splitlines() if gone not in line)


def test_a_phase_that_is_built_in_order_is_taken() -> None:
    """A phase from its opening to its first rent."""
    assert len(taken(Register(), SITE + BUILT)) == 16


@pytest.mark.parametrize(("gone", "next_", "refused", "_flagged"), MISSING)
def test_what_lacks_its_ground_is_refused(gone: str, next_: str, refused: str, _flagged: str) -> None:
    """The same phase, without one fact that another needs."""
    register = Register()
    lines = without(gone).splitlines()
    at = next(n for n, line in enumerate(lines) if next_ in line)
    taken(register, SITE + "\n".join(lines[:at]))
    with pytest.raises(Refused, match=refused):
        decide(register, claimed(lines[at]))


@pytest.mark.parametrize(("gone", "_next", "_refused", "flagged"), MISSING)
def test_what_lost_its_ground_is_flagged(gone: str, _next: str, _refused: str, flagged: str) -> None:
    """All was taken, then one fact was retracted."""
    claims = [claimed(line) for line in without(gone).splitlines() if line]
    facts = [RecordedFact(instant_s(claim.at), n, claim.body) for n, claim in enumerate(claims)]
    assert [flagged in said for said in out_of_order(facts)] == [True]


def test_what_is_waived_needs_no_ground() -> None:
    """The tenant waives the offer's conditions: there is neither completion nor power."""
    lines = BUILT.splitlines()
    offer = next(line for line in lines if "-offered" in line)
    assert len(taken(Register(), SITE + "\n".join([*lines[:4], f'{offer} waived_by="the tenant"']))) == 6


def test_an_amendment_sets_the_load_that_power_on_must_reach() -> None:
    """The phase grew to 60 MW before it was offered with 50 MW."""
    register = Register()
    amended = "2026-06-05T12:00Z s1 lease-amended phase=p1 critical=60MW"
    lines = BUILT.splitlines()
    at = next(n for n, line in enumerate(lines) if "-offered" in line)
    taken(register, SITE + "\n".join([*lines[:4], amended, *lines[4:at]]))
    with pytest.raises(Refused, match="critical 60MW of record 105"):
        decide(register, claimed(lines[at]))
