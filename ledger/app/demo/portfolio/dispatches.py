"""Grid calls: a winter storm, a heat wave, and price spikes to which a site responds voluntarily."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from ledger.app.demo.portfolio.sites import CHI, METERED, Site, blocks
from ledger.app.demo.portfolio.telling import DAY, Line, draw, fact, in_mw, local_s, month_day, stamp

# local hours of the grid's calls: site authority -> (first day, days, first hour, hours, class, state of the
# grid)
STORM: Final = (date(2026, 1, 24), 3, 5, 5, "emergency", "eea2")
HEAT: Final = (date(2026, 7, 14), 4, 14, 5, "capacity", "resource-alert")
STORM_AREAS: Final = ("SOCO", "TVA", "PJM", "MISO")
HEAT_AREAS: Final = ("SOCO", "TVA", "ERCO", "SWPP")
PUBLISHED_AREAS: Final = ("ERCO",)  # its conditions in the heat come from a page of its operator


class Call(NamedTuple):
    """A curtailment of all mining of a site, [start_s, stop_s)."""

    dispatch: str
    dispatch_class: str
    start_s: int
    stop_s: int


def calls(site: Site) -> list[Call]:
    """The site's curtailments of the year: storm, heat wave, and voluntary ones in price spikes."""
    found = []
    for name, season, areas in (("storm", STORM, STORM_AREAS), ("heat", HEAT, HEAT_AREAS)):
        first, days, hour, hours, dispatch_class, _ = season
        if site.authority in areas:
            for n in range(days):
                start = local_s(first + n * DAY, hour, 0, site.tz)
                found.append(Call(f"{name}-{n + 1}", dispatch_class, start, start + 3600 * hours))
    for month in range(12):
        day = month_day(month, draw(2, 27, site.slug, "price", month))
        start = local_s(day, 17, 0, site.tz)
        price = Call(
            f"price-{month + 1}", "own-economic", start, start + 3600 * draw(1, 4, site.slug, "hours", month)
        )
        if all(price.stop_s <= c.start_s or price.start_s >= c.stop_s for c in found):
            found.append(price)
    return sorted(found, key=lambda call: call.start_s)


def call_facts(site: Site) -> Iterator[Line]:
    """Each call: notified, acknowledged, answered by every mining block, settled where there are readings."""
    mining = sum(site.mining)
    for call in calls(site):
        voluntary = call.dispatch_class == "own-economic"
        program = "" if voluntary else f" program={'ip30' if site.slug == 'dalton' else 'interruptible'}"
        notified = call.start_s - 3600
        yield fact(
            site,
            notified,
            f"dispatch-notified dispatch={call.dispatch}{program} dispatch_class={call.dispatch_class}"
            f" mode=reduce-by target={in_mw(mining * 9 // 10)} start={stamp(call.start_s)}"
            f" stop={stamp(call.stop_s)}",
            60,
        )
        if not voluntary:
            yield fact(site, notified + 300, f"dispatch-acknowledged dispatch={call.dispatch}", 60)
        for block, _ in blocks(site):
            response = draw(120, 540, site.slug, call.dispatch, block)
            about = f"dispatch={call.dispatch} block={block}"
            yield fact(site, call.start_s, f"curtailment-started {about}", 60)
            yield fact(site, call.start_s + response, f"curtailment-target-reached {about} load=0W", 60)
            yield fact(site, call.stop_s, f"curtailment-ended {about}", 60)
        if not voluntary and site.slug in METERED:
            yield fact(site, call.stop_s + 35 * 86_400, _settlement(site, call))


def _settlement(site: Site, call: Call) -> str:
    """The operator's statement, which finds a little more or less than the site's own meters."""
    hours = (call.stop_s - call.start_s) // 3600
    reported = draw(960, 1030, site.slug, call.dispatch, "reported")
    credit = sum(site.mining) * 9 // 10 * hours * 40
    return (
        f"dispatch-settled dispatch={call.dispatch} statement={site.authority}-{call.dispatch}"
        f" credit={credit}USD penalty=0USD reported={reported * 1000}ppm"
    )


def grid_conditions() -> Iterator[Line]:
    """Grid conditions that the balancing authorities declared before, during and after storm and heat, without
    those that a page of their operator publishes.
    """
    for season, areas in ((STORM, STORM_AREAS), (HEAT, HEAT_AREAS)):
        first, days, hour, hours, _, state = season
        for area in (area for area in areas if area not in PUBLISHED_AREAS):
            steps = [(first - DAY, 12, "weather-alert" if season is STORM else "conservative-operations")]
            for n in range(days):
                steps += [
                    (first + n * DAY, hour - 1, state),
                    (first + n * DAY, hour + hours, "conservative-operations"),
                ]
            steps.append((first + days * DAY, 0, "normal"))
            for day, at_hour, name in steps:
                at = local_s(day, at_hour, 0, CHI)
                yield Line(at + 120, f"{stamp(at)} ba-{area} grid-condition-declared state={name}")
