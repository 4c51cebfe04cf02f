"""Templates keep their word: what is filled in is recorded as the same fact as the line of story text."""

from __future__ import annotations

from datetime import datetime
from operator import attrgetter
from zoneinfo import ZoneInfo

import msgspec
import pytest
from msgspec import UNSET

from ledger.exchange import story
from ledger.exchange.kind_guide import CLAIMABLE
from ledger.exchange.sheets.template import AT, ZONE, families, template
from ledger.kinds import Kind
from ledger.records.envelope import Claim
from tests.support import workbooks

BY_KIND = attrgetter("kind")
NEW_YORK = ZoneInfo("America/New_York")


def example(kind: Kind) -> Claim:
    claim = story.parse(kind.body.example)
    assert claim is not None, f"{kind.name} has no example"
    return claim


def recorded(data: bytes) -> list[Claim]:
    found = workbooks.read(data)
    assert not found.problems, found.problems
    return [msgspec.structs.replace(claim, source=UNSET) for claim in found.claims]


every_family = pytest.mark.parametrize("kinds", families().values(), ids=families())


@every_family
def test_the_example_row_of_a_template_taken_as_a_fact_is_the_example_of_the_kind(
    kinds: tuple[Kind, ...],
) -> None:
    """An operator clears the marks of the example rows and imports the workbook."""
    found = recorded(workbooks.filled(template(kinds, {})))
    assert sorted(found, key=BY_KIND) == sorted(map(example, kinds), key=BY_KIND)


@every_family
def test_a_time_without_a_zone_is_local_time_of_the_site(kinds: tuple[Kind, ...]) -> None:
    """The operator types the time that the clocks at the site show, and leaves the zone blank."""
    told = [(kind, example(kind)) for kind in kinds if example(kind).place == "sandersville"]
    clocks = {
        kind.name[:31]: {AT: datetime.fromisoformat(claim.at).astimezone(NEW_YORK).replace(tzinfo=None)}
        for kind, claim in told
    }
    data = workbooks.filled(template([kind for kind, _ in told], {}), {ZONE: None}, clocks)
    found = sorted(recorded(data), key=BY_KIND)
    assert [claim.at for claim in found] == [
        claim.at for _, claim in sorted(told, key=lambda one: one[0].tag)
    ]


def test_a_template_as_it_was_written_records_nothing() -> None:
    """Somebody imports the workbook before anything was filled in."""
    found = workbooks.read(template(CLAIMABLE, {"sandersville": ["m1"]}))
    assert (found.claims, found.problems, found.notes) == ((), (), ())


def test_equal_kinds_and_places_make_equal_bytes() -> None:
    """Two people of one operator write the same template."""
    places = {"sandersville": ["m1", "a1"]}
    assert template(CLAIMABLE, places) == template(CLAIMABLE, places)
