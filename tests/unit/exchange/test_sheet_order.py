"""Facts of a sheet are recorded as they happened, each after what it needs."""

from __future__ import annotations

import pytest

from ledger.exchange import story
from ledger.exchange.sheets.order import in_order
from ledger.records.envelope import Claim

SITE = (
    "2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York "
    "balancing_authority=SOCO utility=U parcels=[a] site_class=training"
)
PHASE = "2026-05-01T00:00Z s1 lease-phase-opened lease=l1 phase=ph1 tenant=t critical=5MW"
LOI = "2026-04-01T00:00Z s1 lease-milestone-reached phase=ph1 milestone=loi"
CLOSED = "2026-07-02T00:00Z s1 incident-closed incident=i1 cause=c actions=[]"
OPENED = "2026-07-01T00:00Z s1 incident-opened incident=i1 summary=x"
AGAIN = "2026-07-02T00:00Z s1 incident-opened incident=i2 summary=y"


def claim(line: str) -> Claim:
    found = story.parse(line)
    assert found is not None, line
    return found


@pytest.mark.parametrize(
    ("rows", "order"),
    [
        ([CLOSED, OPENED], [OPENED, CLOSED]),
        ([AGAIN, CLOSED, OPENED], [OPENED, AGAIN, CLOSED]),
        ([LOI, PHASE, SITE], [SITE, PHASE, LOI]),
    ],
)
def test_rows_in_any_order_come_out_as_they_happened_each_after_what_it_needs(
    rows: list[str], order: list[str]
) -> None:
    """A letter of intent was signed before anybody opened the phase, and the site was registered last."""
    assert [found for found, _ in in_order([(claim(line), None) for line in rows])] == [
        claim(line) for line in order
    ]
