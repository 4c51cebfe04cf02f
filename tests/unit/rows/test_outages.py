"""A transformer trips, and the end of the outage is known.

2026-06-04T00:00Z s1 outage-started block=m1 outage=o1 outage_class=forced-u1 derate=40MW cause=transformer outside_management_control=true
2026-06-04T03:00Z s1 outage-ended outage=o1
"""

from __future__ import annotations

from itertools import permutations

from ledger.calendar import instant_s
from projections.engine.fold import replay
from projections.rows.outages import OUTAGE, OutageEnd, OutageFacts, OutageStart
from tests.support.story_facts import told

START_S, END_S = instant_s("2026-06-04T00:00:00Z"), instant_s("2026-06-04T03:00:00Z")
START = OutageStart(START_S, 0, "m1", "forced-u1", 40_000_000, True)


def test_an_outage_is_its_start_and_its_end() -> None:
    assert replay(told(__doc__), [OUTAGE])["outage"]["s1", "o1"] == OutageFacts(START, OutageEnd(END_S, 1))


def test_an_outage_that_has_not_ended_is_open() -> None:
    assert replay(told(__doc__)[:1], [OUTAGE])["outage"]["s1", "o1"] == OutageFacts(START, None)


def test_the_end_may_be_known_before_the_start() -> None:
    rows = [replay(order, [OUTAGE]) for order in permutations(told(__doc__))]
    assert rows[0] == rows[1]


def test_the_same_name_at_two_sites_is_two_outages() -> None:
    other = __doc__.replace(" s1 ", " s2 ")
    assert sorted(replay(told(__doc__ + other), [OUTAGE])["outage"]) == [("s1", "o1"), ("s2", "o1")]
