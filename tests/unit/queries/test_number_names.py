"""Names that other programs read as numbers."""

from __future__ import annotations

import pytest

from ledger.app.queries.number_names import NumberNames
from tests.support.story_facts import told


@pytest.mark.parametrize("name", ["007", "12e4", "1-2", "2026-07-14", "5"])
def test_a_name_that_reads_as_a_number_or_a_date_is_noted_with_the_record_that_said_it_first(
    name: str,
) -> None:
    names = NumberNames()
    for record in told(
        f"2026-05-06T10:00Z s1 disturbance-recorded before=120MW after=20MW duration=400ms initiated_by=protection block={name}\n"
    ):
        names.hear(record)
    assert list(names.found) == [name]


@pytest.mark.parametrize("name", ["m1", "1a", "e4", "12e", "1-b"])
def test_other_names_are_not(name: str) -> None:
    names = NumberNames()
    for record in told(
        f"2026-05-06T10:00Z s1 disturbance-recorded before=120MW after=20MW duration=400ms initiated_by=protection block={name}\n"
    ):
        names.hear(record)
    assert names.found == {}
