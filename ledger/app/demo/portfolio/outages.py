"""Outages of the blocks over the year: planned, maintenance and forced."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ledger.app.demo.portfolio.sites import Site, blocks
from ledger.app.demo.portfolio.telling import Line, draw, fact, in_mw, local_s, month_day


class Outage(NamedTuple):
    """One outage of a block: ``lost`` MW over [start_s, stop_s)."""

    block: str
    outage: str
    outage_class: str
    lost: int
    start_s: int
    stop_s: int
    cause: str
    outside: bool


def outages(site: Site) -> list[Outage]:
    """The site's outages of the year: a planned one, maintenance, forced ones, some outside management
    control.
    """
    found = []
    for block, capacity in blocks(site):
        for name, kind, month, full, hours, cause, outside in (
            ("spring", "planned", 6, True, 8, "substation inspection", False),
            (
                "filters",
                "maintenance",
                2 + draw(0, 6, site.slug, block, "m"),
                False,
                10,
                "filter change",
                False,
            ),
            ("trip", "forced-u1", draw(0, 11, site.slug, block, "f"), True, 3, "transformer trip", False),
            (
                "line",
                "forced-u1",
                draw(0, 11, site.slug, block, "o"),
                True,
                2,
                "transmission line fault",
                True,
            ),
            ("fans", "forced-u2", draw(0, 11, site.slug, block, "d"), False, 16, "fan failures", False),
        ):
            start = local_s(
                month_day(month, draw(3, 26, site.slug, block, name)),
                draw(0, 12, site.slug, name),
                15,
                site.tz,
            )
            stop = start + 3600 * hours + 60 * draw(0, 50, site.slug, block, name, "minutes")
            lost = capacity if full else max(1, capacity * draw(5, 40, site.slug, block, name, "lost") // 100)
            found.append(Outage(block, f"{name}-{block}", kind, lost, start, stop, cause, outside))
    return found


def outage_facts(site: Site) -> Iterator[Line]:
    """Each outage with its end."""
    for outage in outages(site):
        late = 86_400 if outage.outage_class.startswith("forced") else 300
        yield fact(
            site,
            outage.start_s,
            f"outage-started block={outage.block} outage={outage.outage} outage_class={outage.outage_class} "
            f'derate={in_mw(outage.lost)} cause="{outage.cause}"'
            f" outside_management_control={str(outage.outside).lower()}",
            late,
        )
        yield fact(site, outage.stop_s, f"outage-ended outage={outage.outage}", late)
