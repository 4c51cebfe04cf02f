"""Rules of a program's own baseline: numbers that days can be taken by."""

from __future__ import annotations

import pytest

from ledger.errors import Malformed
from ledger.rules.register import Register
from tests.unit.rules.test_decide import PROGRAM, SITE, refusal, taken

SET = (
    "2026-06-10T00:00Z s1 program-baseline-set program=p1 start=2026-06-10T00:00Z taken_days=3 like_days=10"
    " take=highest day_types=two adjustment=none rule=x"
)


@pytest.mark.parametrize(
    ("was", "said", "because"),
    [
        ("taken_days=3", "taken_days=11", "taken_days must be from 1 to like_days, which is 10: 11"),
        ("taken_days=3", "taken_days=0", "taken_days must be from 1 to like_days, which is 10: 0"),
        (
            "rule=x",
            "rule=x rest_like_days=2",
            "rest_taken_days must be from 1 to rest_like_days, which is 2: 3",
        ),
        (
            "rule=x",
            "rule=x look_back_days=9",
            "like_days must be at most look_back_days less skipped_days, which is 9: 10",
        ),
        ("rule=x", "rule=x look_back_days=367", "look_back_days must be at most 366: 367"),
        ("take=highest", "take=middle", "like_days less taken_days must be even"),
        ("adjustment=none", "adjustment=additive", "adjustment=additive needs adjustment_window"),
    ],
)
def test_numbers_that_no_days_can_be_taken_by_are_malformed(was: str, said: str, because: str) -> None:
    with pytest.raises(Malformed) as why:
        taken(Register(), SITE + PROGRAM + SET.replace(was, said))
    assert because in str(why.value)


def test_a_program_that_is_measured_by_a_level_needs_no_baseline() -> None:
    level = PROGRAM.replace("meter-before-after", "firm-service-level")
    assert "measured by its firm service level" in refusal(SITE + level + SET)
