"""Records of a timeline in words: a review reads sentences, not fields."""

from __future__ import annotations

import re

import pytest

from ledger.kinds import EventRetracted, Fact
from projections.engine.report import TimelineRecord
from projections.figures.incident_words import TOLD, told
from tests.support.story_facts import claimed


def _words(body: Fact, *corrects: int) -> str:
    return told(
        TimelineRecord("", "", "s/grid", "k", "id", 7, "block=m1 depth=80MW", "", None, None, body, corrects)
    )


@pytest.mark.parametrize("kind", TOLD, ids=lambda kind: kind.__name__)
def test_a_record_of_a_timeline_is_told_in_words_and_not_as_its_fields(kind: type[Fact]) -> None:
    """The example of each kind in the table is told to a review: no ``key=value`` is left in it."""
    assert not re.search(r"\w=\S", _words(claimed(kind.example).body))


def test_an_emergency_instruction_tells_who_asked_for_what_within_what_time() -> None:
    """ERCOT's hotline: all off within thirty minutes."""
    line = (
        "2026-07-14T17:31Z sandersville directive-received directive=e1 issuer=ERCOT channel=hotline"
        " authority=sb6 issued=2026-07-14T17:30Z instruction=curtail target=0W allowed=30min"
    )
    assert _words(claimed(line).body) == (
        "directive e1 of ERCOT by hotline: curtail, load to 0 W within 30 min"
    )


def test_a_frequency_is_told_in_hertz() -> None:
    """59.3 Hz for 2.1 s, as the recorder saw it."""
    line = (
        "2026-09-03T21:14:08Z sandersville excursion-recorded excursion=e2 quantity=frequency duration=2100ms"
        " frequency=59.3Hz"
    )
    assert _words(claimed(line).body) == "excursion e2: frequency to 59.3 Hz for 2,100 ms"


def test_a_retraction_names_the_records_that_it_withdraws() -> None:
    """Records 1,204 and 1,311 are withdrawn at once."""
    assert _words(EventRetracted(), 1204, 1311) == "retracts records 1,204 and 1,311"
