"""Demand response programs of the sites, and their tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from ledger.app.demo.portfolio.dispatches import HEAT_AREAS, STORM_AREAS
from ledger.app.demo.portfolio.sites import CHI, Site, blocks
from ledger.app.demo.portfolio.telling import DAY, FIRST, Line, draw, fact, in_mw, local_s, stamp

# baseline terms of some authorities' programs; the others compare with the hour before
METHODS: Final = {
    "PJM": (
        "method=baseline-high-4-of-5 adjustment=symmetric-additive adjustment_window=3h adjustment_gap=1h"
        " adjustment_cap=20% holidays=[2025-11-27,2025-12-25,2026-01-01,2026-05-25,2026-07-03,2026-09-07]"
    ),
    "ERCO": "method=same-day-3-2 adjustment=none holidays=[]",
}


def enrolled(site: Site) -> Iterator[Line]:
    """The program of a site whose authority calls, its yearly test, and a fast drop of load."""
    if site.authority in {*STORM_AREAS, *HEAT_AREAS}:
        yield fact(site, local_s(FIRST - 30 * DAY, 16, 0, site.tz), _enrolment(site))
        yield from _tested(site)


def _tested(site: Site) -> Iterator[Line]:
    """The yearly test of a program that requires one, and a fast drop of load without a call."""
    if site.slug != "dalton" and draw(0, 3, site.slug, "tested"):
        passed = "true" if draw(0, 4, site.slug, "passed") else "false"
        yield fact(
            site,
            local_s(date(2026, 3, 10), 11, 0, site.tz),
            f"program-test-recorded program=interruptible passed={passed}"
            f" power={in_mw(sum(site.mining) * 9 // 10)}",
        )
    if site.slug in ("norcross", "abilene"):
        at = local_s(date(2026, 5, 6), 16, 20, site.tz)
        told = (
            f' communicated_to="{site.authority} control room" communicated_at={stamp(at + 540)}'
            if site.slug == "norcross"
            else ""
        )
        before = sum(site.mining)
        yield fact(
            site,
            at,
            f"disturbance-recorded block=m1 before={in_mw(before)} after={in_mw(before // 4)} duration=380ms"
            f" initiated_by=protection{told}",
        )


def _enrolment(site: Site) -> str:
    names = ",".join(block for block, _ in blocks(site))
    if (
        site.slug == "dalton"
    ):  # the terms of TVA's interruptible agreement: 11 MW, 1 MW protected, 12 hours a fiscal year
        return (
            'program-enrolled program=ip30 operator=TVA agreement="interruptible power IP30 (demo of'
            f' published terms)" blocks=[{names}] meters=[revenue] method=firm-service-level'
            " firm_service_level=1MW committed=10MW notice=30min response=30min called_max=12h"
            f" program_year_start=10-01 tz={CHI} capped=false adjustment=none holidays=[]"
        )
    mining = sum(site.mining)
    return (
        f"program-enrolled program=interruptible operator={site.authority} agreement=interruptible-service"
        f" blocks=[{names}] meters=[revenue] committed={in_mw(mining * 9 // 10)} notice=30min response=10min"
        f" called_max=100h events_max=40 tests_per_year=1 program_year_start=06-01 tz={site.tz} capped=false "
        + METHODS.get(
            site.authority, "method=meter-before-after baseline_intervals=1 adjustment=none holidays=[]"
        )
    )
