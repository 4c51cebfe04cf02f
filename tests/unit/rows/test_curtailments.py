"""The utility calls twice in one evening under one dispatch.

2026-07-14T18:00Z s1 curtailment-started dispatch=d7 block=m1 depth=60MW
2026-07-14T19:00Z s1 curtailment-ended dispatch=d7 block=m1
2026-07-14T20:00Z s1 curtailment-started dispatch=d7 block=m1 depth=100MW
"""

from __future__ import annotations

from itertools import permutations

from ledger.calendar import instant_s
from ledger.units import LIMIT
from projections.engine.fold import replay
from projections.engine.windows import FOREVER, Span
from projections.rows.curtailments import CURTAILMENT, Curtailment, contradicted, depths
from tests.support.story_facts import told

SIX, SEVEN, EIGHT = (instant_s(f"2026-07-14T{hour}:00:00Z") for hour in (18, 19, 20))


def row(story: str) -> Curtailment:
    found: Curtailment = replay(told(story), [CURTAILMENT])["curtailment"]["s1", "m1", "d7"]
    return found


def test_a_block_can_be_curtailed_again_under_the_same_dispatch() -> None:
    assert depths(row(__doc__)) == [Span(SIX, SEVEN, 60_000_000), Span(EIGHT, FOREVER, 100_000_000)]


def test_facts_in_any_order_of_arrival_give_the_same_row() -> None:
    rows = [replay(order, [CURTAILMENT]) for order in permutations(told(__doc__))]
    assert all(found == rows[0] for found in rows)


def test_a_record_without_a_depth_holds_back_all_that_is_available() -> None:
    (span,) = depths(row("2026-07-14T18:00Z s1 curtailment-started dispatch=d7 block=m1"))
    assert span.value == LIMIT


def test_an_end_of_what_is_not_open_is_contradicted() -> None:
    late = "\n2026-07-14T19:30Z s1 curtailment-ended dispatch=d7 block=m1"
    assert [change.at_s for change in contradicted(row(__doc__ + late))] == [SEVEN + 1800]
    assert depths(row(__doc__ + late)) == depths(row(__doc__))


def test_a_start_while_one_is_open_is_contradicted_and_its_depth_holds() -> None:
    late = "\n2026-07-14T18:30Z s1 curtailment-started dispatch=d7 block=m1 depth=10MW"
    assert [change.at_s for change in contradicted(row(__doc__ + late))] == [SIX + 1800]
    assert depths(row(__doc__ + late))[1] == Span(SIX + 1800, SEVEN, 10_000_000)
