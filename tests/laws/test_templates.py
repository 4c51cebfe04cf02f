"""Templates keep their word: what is filled in is recorded as the same fact as the line of story text."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from msgspec import UNSET

from ledger.exchange import story
from ledger.exchange.kind_guide import CLAIMABLE
from ledger.exchange.sheets.template import AT, ZONE, template
from ledger.kinds import Kind
from ledger.records.envelope import Claim
from tests.support import workbooks


def example(kind: Kind) -> Claim:
    claim = story.parse(kind.body.example)
    assert claim is not None, f"{kind.name} has no example"
    return claim


def recorded(data: bytes) -> list[Claim]:
    found = workbooks.read(data)
    assert not found.problems, found.problems
    return [msgspec.structs.replace(claim, source=UNSET) for claim in found.claims]


@pytest.mark.parametrize("kind", CLAIMABLE, ids=lambda kind: kind.name)
def test_the_example_row_of_a_template_taken_as_a_fact_is_the_example_of_the_kind(kind: Kind) -> None:
    """An operator clears the mark of the example row and imports the workbook."""
    assert recorded(workbooks.filled(template([kind], {}))) == [example(kind)]


@pytest.mark.parametrize(
    "kind", [kind for kind in CLAIMABLE if example(kind).place == "sandersville"], ids=lambda kind: kind.name
)
def test_a_time_without_a_zone_is_local_time_of_the_site(kind: Kind) -> None:
    """The operator types the time that the clocks at the site show, and leaves the zone blank."""
    claim = example(kind)
    instant = datetime.fromisoformat(claim.at).astimezone(ZoneInfo("America/New_York")).replace(tzinfo=None)
    data = workbooks.filled(template([kind], {}), {AT: instant, ZONE: None})
    assert [each.at for each in recorded(data)] == [claim.at]


def test_a_template_as_it_was_written_records_nothing() -> None:
    """Somebody imports the workbook before anything was filled in."""
    found = workbooks.read(template(CLAIMABLE, {"sandersville": ["m1"]}))
    assert (found.claims, found.problems, found.notes) == ((), (), ())


def test_equal_kinds_and_places_make_equal_bytes() -> None:
    """Two people of one operator write the same template."""
    places = {"sandersville": ["m1", "a1"]}
    assert template(CLAIMABLE, places) == template(CLAIMABLE, places)
