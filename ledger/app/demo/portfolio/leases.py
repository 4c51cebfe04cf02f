"""Lease phases: in negotiation at most sites, executed and built late at one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ledger.app.demo.portfolio.sites import LEASED, Site
from ledger.app.demo.portfolio.telling import DAY, Line, draw, fact, in_mw, local_s


def lease_phase(site: Site) -> Iterator[Line]:
    """The lease of a site built for a tenant, up to its present stage."""
    megawatts = max(1, site.contracted * 8 // 10)
    at = local_s(date(2025, 10, 20), 9, 0, site.tz)
    yield fact(
        site,
        at,
        f"lease-phase-opened lease={site.slug}-lease phase={site.slug}-p1"
        f" tenant=tenant-{draw(1, 4, site.slug, 'tenant')} critical={in_mw(megawatts)}",
    )
    if site.slug == LEASED:
        yield from _leased(site)
        return
    reached = ["inquiry", "nda"]
    if site.slug == "sandersville":
        reached += ["loi", "exclusivity", "basis-of-design-concluded"]
    elif draw(0, 1, site.slug, "loi"):
        reached.append("loi")
    for n, milestone in enumerate(reached):
        yield fact(
            site,
            local_s(date(2025, 11, 3) + 30 * n * DAY, 10, 0, site.tz),
            f"lease-milestone-reached phase={site.slug}-p1 milestone={milestone}",
        )


def _leased(site: Site) -> Iterator[Line]:
    """An executed lease whose construction ran late: weather, days granted, accepted after the first tier of
    credits had begun.
    """
    phase = f"phase={site.slug}-p1"
    steps: tuple[tuple[date, str], ...] = (
        (
            date(2025, 10, 27),
            (
                f"lease-terms-recorded {phase} version=1 target_rfs_on=2026-05-01 tiers=[1mo:1,2mo:2]"
                " monthly_rent=2400000USD extension_causes=[weather] notice_days=10"
            ),
        ),
        (date(2025, 11, 3), f"lease-milestone-reached {phase} milestone=lease-executed"),
        (date(2025, 11, 10), f"lease-milestone-reached {phase} milestone=notice-to-proceed"),
        (
            date(2025, 11, 11),
            f"lease-forecast-set {phase} milestone=ready-for-service-accepted forecast_on=2026-04-24",
        ),
        (
            date(2026, 1, 29),
            (
                f'lease-delay-noticed {phase} delay=ice cause="ice storm stopped concrete" days=12'
                " began_on=2026-01-24 noticed_on=2026-01-29"
            ),
        ),
        (date(2026, 2, 6), f"lease-extension-granted {phase} delay=ice from_on=2026-01-24 days=12"),
        (
            date(2026, 2, 6),
            f"lease-forecast-set {phase} milestone=ready-for-service-accepted forecast_on=2026-05-20",
        ),
        *(
            (
                date(2026, 4, 20) + n * 7 * DAY,
                f"commissioning-level-passed {phase} system=cooling level={n + 1}",
            )
            for n in range(5)
        ),
        (date(2026, 6, 1), f"lease-milestone-reached {phase} milestone=substantial-completion"),
        (
            date(2026, 6, 5),
            (
                f"lease-milestone-reached {phase} milestone=power-on"
                f" power={in_mw(max(1, site.contracted * 8 // 10))}"
            ),
        ),
        (date(2026, 6, 12), f"lease-milestone-reached {phase} milestone=ready-for-service-offered"),
        (date(2026, 6, 22), f"lease-milestone-reached {phase} milestone=ready-for-service-accepted"),
        (date(2026, 7, 1), f"lease-milestone-reached {phase} milestone=commencement"),
    )
    for day, said in steps:
        yield fact(site, local_s(day, 12, 0, site.tz), said)
