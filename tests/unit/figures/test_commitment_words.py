"""Plain words for the stored words of commitments and their installments."""

from __future__ import annotations

from typing import Any

import pytest

from projections.figures import commitment_words


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"verdict": "met", "done_on": None, "days_late": None}, "met"),
        ({"verdict": "not-met", "done_on": None, "days_late": 4}, "not met"),
        ({"verdict": "pending", "done_on": "2026-06-01", "days_late": None}, "done, not yet assessed"),
        ({"verdict": "pending", "done_on": None, "days_late": 3}, "overdue, not yet assessed"),
        ({"verdict": "pending", "done_on": None, "days_late": None}, "pending"),
    ],
)
def test_a_verdict_in_words_says_why_none_was_given(cells: dict[str, Any], words: str) -> None:
    """A commitment that was met waits for its assessor; one that was not is overdue."""
    assert commitment_words.verdict(cells) == words


@pytest.mark.parametrize(
    ("status", "days", "words"),
    [
        ("PAID_ON_TIME", 0, "paid on time"),
        ("PAID_IN_CURE", 1, "paid 1 day late, within the cure period"),
        ("PAID_LATE", 12, "paid 12 days late"),
        ("DUE", None, "due on 2026-12-20"),
        ("LATE", 2, "2 days overdue, within the cure period"),
        ("IN_DEFAULT", 40, "in default, 40 days overdue"),
    ],
)
def test_a_status_in_words_counts_the_days(status: str, days: int | None, words: str) -> None:
    """Of every status that an installment can have."""
    assert commitment_words.status({"status": status, "days_late": days, "due_on": "2026-12-20"}) == words


def test_stored_words_that_have_names_of_their_own_are_named() -> None:
    """An abbreviation is written out; a hyphen becomes a blank; a column that the row lacks is left out."""
    cells = {"instrument": "pilot", "basis": "period-average", "category": None, "verdict": "met"}
    assert commitment_words.plain({**cells, "done_on": None, "days_late": None}) == {
        "instrument": "payment in lieu of taxes",
        "basis": "period average",
        "verdict": "met",
    }
