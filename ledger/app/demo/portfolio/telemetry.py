"""Measurements of the sites: hashrate of blocks, the revenue meter, block meters and feeds of one site."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from ledger import calendar
from ledger.app.demo.portfolio.dispatches import HEAT, STORM, calls
from ledger.app.demo.portfolio.outages import outages
from ledger.app.demo.portfolio.sites import METERED, Site, blocks
from ledger.app.demo.portfolio.telling import AFTER, DAY, FIRST, MW, Line, draw, fact, local_s, stamp


def hashrates(site: Site) -> Iterator[Line]:
    """The pool's view once a day, and at the edges of every curtailment and full outage."""
    edges = [(c.start_s, c.stop_s) for c in calls(site)]
    for n, (block, capacity) in enumerate(blocks(site)):
        rate_ths, watts = (200, 3500) if n % 2 == 0 else (136, 3128)
        units = capacity * MW // (watts * 11 // 10)
        silent = edges + [
            (o.start_s, o.stop_s) for o in outages(site) if o.block == block and o.lost == capacity
        ]
        times = {local_s(FIRST + k * DAY, 0, 5, site.tz) for k in range(-20, (AFTER - FIRST).days)}
        times |= {t for edge in silent for t in edge}
        for at_s in sorted(times):
            stopped = any(a <= at_s < b for a, b in silent)
            hashing = 0 if stopped else units * draw(940, 995, site.slug, block, at_s // 86_400) // 1000
            yield fact(
                site,
                at_s,
                f"hashrate-changed block={block} hashrate={hashing * rate_ths}TH/s power={hashing * watts}W "
                f"units_hashing={hashing} units_total={units} method=pool",
                120,
            )


def revenue_readings(site: Site) -> Iterator[Line]:
    """The revenue meter, one UTC day a record, hourly kWh."""
    if site.slug not in METERED:
        return
    silent = [(c.start_s, c.stop_s) for c in calls(site)]
    load_kw = sum(site.mining) * 930 + site.ai * 700
    idle_kw = site.ai * 700 + sum(site.mining) * 12
    day = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC)
    while day.date() < AFTER:
        start_s = (day - calendar.EPOCH) // timedelta(seconds=1)
        values = []
        that_day = [(a, b) for a, b in silent if a < start_s + 86_400 and b > start_s]
        for hour in range(24):
            begin = start_s + 3600 * hour
            held = sum(max(0, min(b, begin + 3600) - max(a, begin)) for a, b in that_day)
            wobble = draw(970, 1030, site.slug, "load", begin)
            values.append((load_kw * (3600 - held) * wobble // 1000 + idle_kw * held) // 3600)
        yield Line(
            start_s + 86_400 + 3600,
            f"{stamp(start_s)} {site.slug} intervals-recorded meter=revenue start={stamp(start_s)} interval=1h"
            f" power_of_ten=3 values=[{','.join(map(str, values))}] quality=[{','.join(['17'] * 24)}]",
        )
        day += DAY


def feeder_readings(site: Site) -> Iterator[Line]:
    """Block meters around the grid's calls at the site whose AI load runs beside mining, and two feed
    failures there.
    """
    if site.slug != "norcross":
        return
    silent = [(c.start_s, c.stop_s) for c in calls(site)]
    for first, days in ((STORM[0] - DAY, STORM[1] + 2), (HEAT[0] - DAY, HEAT[1] + 2)):
        for n in range(days):
            start_s = local_s(first + n * DAY, 0, 0, "UTC")
            for block, full in (("m1", 11 * 930), ("bench", 18), ("ai1", site.ai * 700)):
                hours = [start_s + 3600 * hour for hour in range(24)]
                held = [block == "m1" and any(a <= at_s < b for a, b in silent) for at_s in hours]
                values = [
                    (12 * 11 if stopped else full) * draw(985, 1015, block, at_s) // 1000
                    for at_s, stopped in zip(hours, held, strict=True)
                ]
                yield Line(
                    start_s + 90_000,
                    f"{stamp(start_s)} {site.slug} intervals-recorded meter={block}-feeder"
                    f" start={stamp(start_s)} interval=1h power_of_ten=3 values=[{','.join(map(str, values))}]"
                    f" quality=[{','.join(['17'] * 24)}]",
                )
    for day, hour, minute, feed, state in (
        (STORM[0] + DAY, 6, 10, "A", "down"),
        (STORM[0] + DAY, 6, 50, "A", "up"),
        (HEAT[0] + 2 * DAY, 15, 0, "A", "down"),
        (HEAT[0] + 2 * DAY, 15, 25, "B", "down"),
        (HEAT[0] + 2 * DAY, 15, 31, "B", "up"),
        (HEAT[0] + 2 * DAY, 15, 40, "A", "up"),
    ):
        yield fact(
            site,
            local_s(day, hour, minute, site.tz),
            f"feed-state-changed block=ai1 feed={feed} state={state}",
            120,
        )
