"""A fact in words, whole and in brief."""

from __future__ import annotations

import pytest

from ledger.exchange import story
from ledger.records.wording import FEW, sentence

HOURS = "2026-06-02T00:00Z dalton intervals-recorded meter=revenue start=2026-06-01T00:00Z interval=1h power_of_ten=3"


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (FEW, "values=[0,1,2,3,4,5]"),
        (FEW + 1, "values=[0,1,2,... 7 values]"),
        (1000, "values=[0,1,2,... 1,000 values]"),
    ],
)
def test_a_long_list_of_readings_is_cut_in_brief(count: int, said: str) -> None:
    """An engineer reads five records on five lines, however many readings each holds."""
    numbers, good = ",".join(map(str, range(count))), ",".join("0" * count)
    claim = story.parse(f"{HOURS} values=[{numbers}] quality=[{good}]")
    assert claim is not None
    assert sentence(claim.body, brief=True).split(" quality")[0].endswith(f" {said}")
