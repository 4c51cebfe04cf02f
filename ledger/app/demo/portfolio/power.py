"""Land and power of a site: registered, under contract, energized, with its blocks, machines and meters."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.app.demo.portfolio.sites import Site, blocks
from ledger.app.demo.portfolio.telling import DAY, FIRST, MW, Line, draw, fact, in_mw, local_s, stamp


def land(site: Site) -> Iterator[Line]:
    """The site, its land, its interconnection and its contract."""
    start = local_s(FIRST - 60 * DAY, 9, 0, site.tz)
    parcels = ",".join(f"{site.slug}-{n}" for n in range(1, 2 + draw(0, 2, site.slug, "parcels")))
    yield fact(
        site,
        start,
        f'site-registered name="{site.slug.replace("-", " ").title()} (demo)" county="{site.county}"'
        f' state={site.state} tz={site.tz} balancing_authority={site.authority} utility="{site.authority}'
        f' member utility (demo)" parcels=[{parcels}] site_class={site.site_class}',
    )
    interest = "option" if site.site_class == "land" and draw(0, 1, site.slug, "interest") else "owned"
    yield fact(site, start, f"site-interest-changed interest={interest}")
    for minute, milestone in enumerate(("requested", "study-done", "agreement"), start=1):
        if site.energized or milestone != "agreement":
            yield fact(
                site,
                start + 60 * minute,
                f"interconnection-milestone-reached milestone={milestone} power={in_mw(site.contracted)}",
            )
    firm = site.ai or (site.contracted // 10 if site.site_class != "mining-only" else 0)
    yield fact(
        site,
        start + 300,
        f"power-contracted agreement=service-agreement power={in_mw(site.contracted)} firm={in_mw(firm)}"
        f" start={stamp(start + 300)}",
    )


def power(site: Site) -> Iterator[Line]:
    """Energization, and the blocks, machines and meters of the site."""
    start = local_s(FIRST - 30 * DAY, 10, 0, site.tz)
    yield fact(
        site,
        start,
        f"capacity-energized power={in_mw(site.energized)} point_of_delivery=POD-1 voltage=115kV",
    )
    for n, (block, capacity) in enumerate(blocks(site)):
        at = start + 3600 * (n + 1)
        yield fact(
            site,
            at,
            f"load-block-commissioned block={block} load_class=mining service_class=interruptible "
            f"capacity={in_mw(capacity)} feeds=[A,B]",
        )
        units = capacity * MW // 3500
        model, rate, watts = ("s21", 200, 3500) if n % 2 == 0 else ("s19k-pro", 136, 3128)
        units = capacity * MW // (watts * 11 // 10)
        yield fact(
            site,
            at + 60,
            f"fleet-installed block={block} model={model} units={units} unit_hashrate={rate}TH/s"
            f" unit_power={watts}W",
        )
    if site.ai:
        yield fact(
            site,
            start + 7200,
            f"load-block-commissioned block=ai1 load_class=ai-hpc service_class=firm capacity={in_mw(site.ai)}"
            " feeds=[A,B]",
        )
    yield fact(
        site,
        start + 9000,
        "meter-registered meter=revenue scope=site role=revenue direction=delivered interval=1h",
    )
    if site.slug in ("dalton", "pecos"):  # the Green Button and CSV samples are read into this meter
        yield fact(
            site,
            start + 9060,
            "meter-registered meter=office scope=site role=sub direction=delivered interval=15min",
        )
    if site.slug == "norcross":  # the real miner samples are read into this block
        yield fact(
            site,
            start + 9060,
            "load-block-commissioned block=bench load_class=mining service_class=interruptible capacity=20kW"
            " feeds=[A]",
        )
        for block, _ in (*blocks(site), ("bench", 0), ("ai1", site.ai)):
            yield fact(
                site,
                start + 9120,
                f"meter-registered meter={block}-feeder scope={block} role=sub direction=delivered"
                " interval=1h",
            )
