"""Commitments to the county of a site: jobs, payments and noise, their evidence, and tax abated for them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date

from ledger.app.demo.portfolio.sites import Site
from ledger.app.demo.portfolio.telling import DAY, FIRST, SEED, Line, draw, fact, local_s


def commitments(site: Site) -> Iterator[Line]:
    """Commitments of an energized site, and their outcome."""
    if not site.energized:
        return
    start = local_s(FIRST - 45 * DAY, 11, 0, site.tz)
    people = max(3, site.energized // 6)
    yield fact(
        site,
        start,
        f'commitment-made commitment=jobs counterparty="{site.county} County" instrument=pilot category=jobs'
        f' measure="full-time jobs" unit=jobs target={people} comparator=at-least basis=period-average'
        " periods=[2026-Q1,2026-Q2] due_on=[2026-04-30,2026-07-31]"
        " observed_on=[2026-01-12,2026-02-12,2026-03-12,2026-04-12,2026-05-12,2026-06-12]"
        ' fte_basis=annual-hours fte_hours=520 cure_days=60 remedy="pro-rata recapture" binding=true',
    )
    yield fact(
        site,
        start + 60,
        f'commitment-made commitment=pilot-payment counterparty="{site.county} County" instrument=pilot'
        f' category=tax-payment measure="payment in lieu of taxes" unit=USD target={site.energized * 4000}'
        " comparator=at-least basis=cumulative periods=[2026] due_on=[2026-03-31] observed_on=[]"
        ' cure_days=30 remedy="interest" binding=true',
    )
    if site.mining and draw(0, 2, site.slug, "noise") == 0:
        yield fact(
            site,
            start + 120,
            f'commitment-made commitment=quiet counterparty="{site.county} County"'
            " instrument=public-statement category=noise comparator=at-most basis=point-in-time"
            " periods=[2026] due_on=[2026-12-31] observed_on=[] cure_days=0 binding=false",
        )
    yield from _payments(site)
    yield from _people(site, people)
    yield from _incentive(site, people)


def _payments(site: Site) -> Iterator[Line]:
    cents = site.energized * 400_000
    yield fact(
        site,
        local_s(date(2026, 1, 5), 9, 0, site.tz),
        "payment-scheduled commitment=pilot-payment instalment=2026 due_on=2026-03-31"
        f" amount={cents // 100}.00USD",
    )
    late_days = (-6, -2, 0, 12, 45, None)[draw(0, 5, site.slug, "pays")]
    if late_days is None:
        noticed = local_s(date(2026, 4, 8), 10, 0, site.tz)
        yield fact(site, noticed, "default-noticed commitment=pilot-payment instalment=2026")
        return
    paid = date(2026, 3, 31) + late_days * DAY
    at = local_s(paid, 14, 0, site.tz)
    yield fact(
        site,
        at,
        f"payment-made commitment=pilot-payment instalment=2026 paid_on={paid} amount={cents // 100}.00USD"
        f" receipt={site.slug}-2026",
    )
    yield fact(
        site,
        at + 7 * 86_400,
        f"commitment-assessed commitment=pilot-payment period=2026 value={cents // 100} verdict=met "
        f'assessor="{site.county} County treasurer" evidence=[]',
    )


def _people(site: Site, people: int) -> Iterator[Line]:
    short = draw(0, 3, site.slug, "people") == 0
    for month in range(1, 7):
        head = people - 2 if short else people + draw(0, 2, site.slug, "head", month)
        quarter = f"2026-Q{1 if month <= 3 else 2}"
        day = date(2026, month, 12)
        yield fact(
            site,
            local_s(day, 16, 0, site.tz),
            f"headcount-reported commitment=jobs period={quarter} as_of_on={day} headcount={head}"
            f" full_time={head} hours={head * 173}",
            86_400,
        )
    document = hashlib.sha256(f"{SEED}/{site.slug}/jobs".encode()).hexdigest()
    for quarter, first in (("2026-Q1", date(2026, 4, 20)), ("2026-Q2", date(2026, 7, 20))):
        if draw(0, 5, site.slug, "assessed", quarter) == 0:
            continue
        day = first + (20 if draw(0, 4, site.slug, "slow", quarter) == 0 else 0) * DAY
        at = local_s(day, 10, 0, site.tz)
        value = people - 2 if short else people + 1
        yield fact(
            site,
            at,
            f"evidence-recorded commitment=jobs period={quarter} value={value} document_sha256={document}",
        )
        verdict = "not-met" if short else "met"
        yield fact(
            site,
            at + 3600,
            f"commitment-assessed commitment=jobs period={quarter} value={value} verdict={verdict}"
            f' assessor="{site.county} County auditor" evidence=[]',
        )


def _incentive(site: Site, target: int) -> Iterator[Line]:
    """Tax abated by the county for 2026, to be recaptured in part if the jobs fall short."""
    yield fact(
        site,
        local_s(date(2025, 12, 15), 10, 0, site.tz),
        f'incentive-granted commitment=jobs authority="{site.county} County" tax="property tax" '
        f"amount={target * 40_000}USD year=2026 recapture=pro-rata",
    )
