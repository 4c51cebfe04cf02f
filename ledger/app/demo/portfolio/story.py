"""The demonstration's portfolio: 35 invented sites of 1.8 GW over twelve months, told as story text from a
seed.

It is shaped like a real operator's year (October 2025 to September 2026): a 250 MW site in Georgia energized
and mining, its basis of design concluded and its lease terms still in negotiation; metro, inference and
training sites; land held for later; a winter storm and a heat wave answered by curtailment for the grid; an
interruptible tariff on the terms of a published TVA agreement; planned, maintenance and forced outages, and an
incident that was first blamed on the wrong breaker; commitments kept, late and not measurable. Every number
that varies is drawn from SHA-256 of the seed, so the story is the same on every machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from ledger import calendar
from ledger.units import format_quantity

SEED: Final = "wattledger-demo-1"
FIRST: Final = date(2025, 10, 1)
AFTER: Final = date(2026, 10, 1)
MW: Final = 1_000_000
DAY: Final = timedelta(days=1)
METERED: Final = ("sandersville", "dalton", "norcross", "pecos", "clearfield")  # with a year of readings
LEASED: Final = "vicksburg"  # the one site whose lease is executed


class Line(NamedTuple):
    """One fact as story text, and when the ledger hears of it (UTC seconds)."""

    heard_s: int
    text: str


class Site(NamedTuple):
    """One site of the portfolio; powers in MW, ``mining`` the capacities of its mining blocks."""

    slug: str
    county: str
    state: str
    tz: str
    authority: str
    site_class: str
    contracted: int
    energized: int
    mining: tuple[int, ...] = ()
    ai: int = 0


NY, CHI, DEN = "America/New_York", "America/Chicago", "America/Denver"

SITES: Final = (
    Site("sandersville", "Washington", "GA", NY, "SOCO", "training", 250, 250, (100, 100, 50)),
    Site("dalton", "Whitfield", "GA", NY, "TVA", "mining-only", 11, 11, (11,)),
    Site("norcross", "Gwinnett", "GA", NY, "SOCO", "metro-low-latency", 20, 20, (11,), 8),
    Site("washington-ga", "Wilkes", "GA", NY, "SOCO", "mining-only", 86, 86, (86,)),
    Site("college-park", "Fulton", "GA", NY, "SOCO", "metro-low-latency", 24, 20, (20,)),
    Site("tupelo", "Lee", "MS", CHI, "TVA", "inference", 60, 40, (40,)),
    Site("vicksburg", "Warren", "MS", CHI, "MISO", "inference", 45, 45, (45,)),
    Site("meridian", "Lauderdale", "MS", CHI, "MISO", "mining-only", 30, 30, (30,)),
    Site("clinton-tn", "Anderson", "TN", NY, "TVA", "mining-only", 40, 40, (40,)),
    Site("oak-ridge", "Roane", "TN", NY, "TVA", "training", 120, 60, (60,)),
    Site("cheyenne", "Laramie", "WY", DEN, "PSCO", "inference", 100, 75, (75,)),
    Site("laramie", "Albany", "WY", DEN, "PACE", "land", 50, 0),
    Site("abilene", "Taylor", "TX", CHI, "ERCO", "training", 200, 100, (100,)),
    Site("pecos", "Reeves", "TX", CHI, "ERCO", "mining-only", 75, 75, (75,)),
    Site("lubbock", "Lubbock", "TX", CHI, "SWPP", "inference", 64, 32, (32,)),
    Site("enid", "Garfield", "OK", CHI, "SWPP", "mining-only", 40, 40, (40,)),
    Site("tulsa", "Tulsa", "OK", CHI, "SWPP", "metro-low-latency", 18, 10, (10,)),
    Site("massena", "St. Lawrence", "NY", NY, "NYIS", "inference", 50, 50, (50,)),
    Site("lancaster", "Lancaster", "PA", NY, "PJM", "metro-low-latency", 30, 15, (15,)),
    Site("clearfield", "Clearfield", "PA", NY, "PJM", "mining-only", 60, 60, (60,)),
    Site("bristol-va", "Washington", "VA", NY, "PJM", "inference", 48, 24, (24,)),
    Site("spartanburg", "Spartanburg", "SC", NY, "DUK", "inference", 55, 0),
    Site("rocky-mount", "Nash", "NC", NY, "CPLE", "land", 40, 0),
    Site("gaffney", "Cherokee", "SC", NY, "DUK", "land", 30, 0),
    Site("macon", "Bibb", "GA", NY, "SOCO", "land", 45, 0),
    Site("tifton", "Tift", "GA", NY, "SOCO", "land", 25, 0),
    Site("paducah", "McCracken", "KY", CHI, "TVA", "training", 60, 0),
    Site("hopkinsville", "Christian", "KY", CHI, "TVA", "land", 20, 0),
    Site("decatur", "Morgan", "AL", CHI, "TVA", "land", 24, 0),
    Site("dothan", "Houston", "AL", CHI, "SOCO", "land", 20, 0),
    Site("ottumwa", "Wapello", "IA", CHI, "MISO", "land", 16, 0),
    Site("muskogee", "Muskogee", "OK", CHI, "SWPP", "land", 14, 0),
    Site("odessa", "Ector", "TX", CHI, "ERCO", "land", 15, 0),
    Site("casper", "Natrona", "WY", DEN, "PACE", "land", 10, 0),
    Site("elko", "Elko", "NV", "America/Los_Angeles", "NEVP", "land", 5, 0),
)

# local hours of the grid's calls: site authority -> (first day, days, first hour, hours, class, state of the
# grid)
STORM: Final = (date(2026, 1, 24), 3, 5, 5, "emergency", "eea2")
HEAT: Final = (date(2026, 7, 14), 4, 14, 5, "capacity", "resource-alert")
STORM_AREAS: Final = ("SOCO", "TVA", "PJM", "MISO")
HEAT_AREAS: Final = ("SOCO", "TVA", "ERCO", "SWPP")
# how the programs of some authorities measure a reduction; the others by the hour before
METHODS: Final = {
    "PJM": (
        "method=baseline-high-4-of-5 adjustment=symmetric-additive adjustment_window=3h adjustment_gap=1h"
        " adjustment_cap=20% holidays=[2025-11-27,2025-12-25,2026-01-01,2026-05-25,2026-07-03,2026-09-07]"
    ),
    "ERCO": "method=same-day-3-2 adjustment=none holidays=[]",
}


def draw(low: int, high: int, *label: object) -> int:
    """An integer from low to high, both included, that follows from the seed and a label."""
    digest = hashlib.sha256("/".join(map(str, (SEED, *label))).encode()).digest()
    return low + int.from_bytes(digest[:8], "big") % (high - low + 1)


def story() -> list[Line]:
    """The whole year in the order in which the ledger hears it; facts heard at once keep the order they are
    told in.
    """
    lines = [line for site in SITES for line in _site(site)]
    lines += _conditions()
    return sorted(lines, key=lambda line: line.heard_s)


# --- telling ------------------------------------------------------------------------------------------------


def _at(day: date, hour: int, minute: int, tz: str) -> int:
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(tz))
    return (local.astimezone(UTC) - calendar.EPOCH) // timedelta(seconds=1)


def _iso(at_s: int) -> str:
    stored = calendar.format_instant(at_s)
    return stored.removesuffix(":00Z") + "Z" if stored.endswith(":00Z") else stored


def _told(site: Site, at_s: int, what: str, late_s: int = 600) -> Line:
    return Line(at_s + late_s, f"{_iso(at_s)} {site.slug} {what}")


def _mw(megawatts: int) -> str:
    return format_quantity(megawatts * MW, "_w")


# --- a site -------------------------------------------------------------------------------------------------


def _site(site: Site) -> Iterator[Line]:
    yield from _land(site)
    if site.energized:
        yield from _power(site)
        yield from _outages(site)
        yield from _calls(site)
        yield from _hashing(site)
        yield from _readings(site)
        yield from _feeders(site)
        yield from _incident(site)
    yield from _promises(site)
    if site.site_class in ("training", "inference"):
        yield from _leasing(site)


def _land(site: Site) -> Iterator[Line]:
    start = _at(FIRST - 60 * DAY, 9, 0, site.tz)
    parcels = ",".join(f"{site.slug}-{n}" for n in range(1, 2 + draw(0, 2, site.slug, "parcels")))
    yield _told(
        site,
        start,
        f'site-registered name="{site.slug.replace("-", " ").title()} (demo)" county="{site.county}"'
        f' state={site.state} tz={site.tz} balancing_authority={site.authority} utility="{site.authority}'
        f' member utility (demo)" parcels=[{parcels}] site_class={site.site_class}',
    )
    interest = "option" if site.site_class == "land" and draw(0, 1, site.slug, "interest") else "owned"
    yield _told(site, start, f"site-interest-changed interest={interest}")
    for minute, milestone in enumerate(("requested", "study-done", "agreement"), start=1):
        if site.energized or milestone != "agreement":
            yield _told(
                site,
                start + 60 * minute,
                f"interconnection-milestone-reached milestone={milestone} power={_mw(site.contracted)}",
            )
    firm = site.ai or (site.contracted // 10 if site.site_class != "mining-only" else 0)
    yield _told(
        site,
        start + 300,
        f"power-contracted agreement=service-agreement power={_mw(site.contracted)} firm={_mw(firm)}"
        f" start={_iso(start + 300)}",
    )


def blocks(site: Site) -> list[tuple[str, int]]:
    """The mining blocks of a site with their capacity in MW: ``[("m1", 100), ...]``."""
    return [(f"m{n}", capacity) for n, capacity in enumerate(site.mining, start=1)]


def _power(site: Site) -> Iterator[Line]:
    start = _at(FIRST - 30 * DAY, 10, 0, site.tz)
    yield _told(
        site,
        start,
        f"capacity-energized power={_mw(site.energized)} point_of_delivery=POD-1 voltage=115kV",
    )
    for n, (block, capacity) in enumerate(blocks(site)):
        at = start + 3600 * (n + 1)
        yield _told(
            site,
            at,
            f"load-block-commissioned block={block} load_class=mining service_class=interruptible "
            f"capacity={_mw(capacity)} feeds=[A,B]",
        )
        units = capacity * MW // 3500
        model, rate, watts = ("s21", 200, 3500) if n % 2 == 0 else ("s19k-pro", 136, 3128)
        units = capacity * MW // (watts * 11 // 10)
        yield _told(
            site,
            at + 60,
            f"fleet-installed block={block} model={model} units={units} unit_hashrate={rate}TH/s"
            f" unit_power={watts}W",
        )
    if site.ai:
        yield _told(
            site,
            start + 7200,
            f"load-block-commissioned block=ai1 load_class=ai-hpc service_class=firm capacity={_mw(site.ai)}"
            " feeds=[A,B]",
        )
    yield _told(
        site,
        start + 9000,
        "meter-registered meter=revenue scope=site role=revenue direction=delivered interval=1h",
    )
    if site.slug in ("dalton", "pecos"):  # the Green Button and CSV samples are read into this meter
        yield _told(
            site,
            start + 9060,
            "meter-registered meter=office scope=site role=sub direction=delivered interval=15min",
        )
    if site.slug == "norcross":  # the real miner samples are read into this block
        yield _told(
            site,
            start + 9060,
            "load-block-commissioned block=bench load_class=mining service_class=interruptible capacity=20kW"
            " feeds=[A]",
        )
        for block, _ in (*blocks(site), ("bench", 0), ("ai1", site.ai)):
            yield _told(
                site,
                start + 9120,
                f"meter-registered meter={block}-feeder scope={block} role=sub direction=delivered"
                " interval=1h",
            )
    if site.authority in {*STORM_AREAS, *HEAT_AREAS}:
        yield _told(site, start + 6 * 3600, _enrolment(site))
        yield from _tested(site)


def _tested(site: Site) -> Iterator[Line]:
    """The yearly test of a program that asks for one; and a fast drop of load that nobody had called for."""
    if site.slug != "dalton" and draw(0, 3, site.slug, "tested"):
        passed = "true" if draw(0, 4, site.slug, "passed") else "false"
        yield _told(
            site,
            _at(date(2026, 3, 10), 11, 0, site.tz),
            f"program-test-recorded program=interruptible passed={passed}"
            f" power={_mw(sum(site.mining) * 9 // 10)}",
        )
    if site.slug in ("norcross", "abilene"):
        at = _at(date(2026, 5, 6), 16, 20, site.tz)
        told = (
            f' communicated_to="{site.authority} control room" communicated_at={_iso(at + 540)}'
            if site.slug == "norcross"
            else ""
        )
        before = sum(site.mining)
        yield _told(
            site,
            at,
            f"disturbance-recorded block=m1 before={_mw(before)} after={_mw(before // 4)} duration=380ms"
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
        f" blocks=[{names}] meters=[revenue] committed={_mw(mining * 9 // 10)} notice=30min response=10min"
        f" called_max=100h events_max=40 tests_per_year=1 program_year_start=06-01 tz={site.tz} capped=false "
        + METHODS.get(
            site.authority, "method=meter-before-after baseline_intervals=1 adjustment=none holidays=[]"
        )
    )


# --- the grid's calls ---------------------------------------------------------------------------------------


class Call(NamedTuple):
    """A curtailment of all mining of a site, [start_s, stop_s)."""

    dispatch: str
    dispatch_class: str
    start_s: int
    stop_s: int


def calls(site: Site) -> list[Call]:
    """The site's curtailments of the year: storm, heat wave, and price spikes of its own choice."""
    found = []
    for name, season, areas in (("storm", STORM, STORM_AREAS), ("heat", HEAT, HEAT_AREAS)):
        first, days, hour, hours, dispatch_class, _ = season
        if site.authority in areas:
            for n in range(days):
                start = _at(first + n * DAY, hour, 0, site.tz)
                found.append(Call(f"{name}-{n + 1}", dispatch_class, start, start + 3600 * hours))
    for month in range(12):
        day = _month_day(month, draw(2, 27, site.slug, "price", month))
        start = _at(day, 17, 0, site.tz)
        price = Call(
            f"price-{month + 1}", "own-economic", start, start + 3600 * draw(1, 4, site.slug, "hours", month)
        )
        if all(price.stop_s <= c.start_s or price.start_s >= c.stop_s for c in found):
            found.append(price)
    return sorted(found, key=lambda call: call.start_s)


def _month_day(month: int, day: int) -> date:
    return date(FIRST.year + (FIRST.month - 1 + month) // 12, (FIRST.month - 1 + month) % 12 + 1, day)


def _calls(site: Site) -> Iterator[Line]:
    mining = sum(site.mining)
    for call in calls(site):
        voluntary = call.dispatch_class == "own-economic"
        program = "" if voluntary else f" program={'ip30' if site.slug == 'dalton' else 'interruptible'}"
        notified = call.start_s - 3600
        yield _told(
            site,
            notified,
            f"dispatch-notified dispatch={call.dispatch}{program} dispatch_class={call.dispatch_class}"
            f" mode=reduce-by target={_mw(mining * 9 // 10)} start={_iso(call.start_s)}"
            f" stop={_iso(call.stop_s)}",
            60,
        )
        if not voluntary:
            yield _told(site, notified + 300, f"dispatch-acknowledged dispatch={call.dispatch}", 60)
        for block, _ in blocks(site):
            response = draw(120, 540, site.slug, call.dispatch, block)
            about = f"dispatch={call.dispatch} block={block}"
            yield _told(site, call.start_s, f"curtailment-started {about}", 60)
            yield _told(site, call.start_s + response, f"curtailment-target-reached {about} load=0W", 60)
            yield _told(site, call.stop_s, f"curtailment-ended {about}", 60)
        if not voluntary and site.slug in METERED:
            yield _told(site, call.stop_s + 35 * 86_400, _settlement(site, call))


def _settlement(site: Site, call: Call) -> str:
    """The statement of the operator, who found a little more or less than the site's own meters say."""
    hours = (call.stop_s - call.start_s) // 3600
    reported = draw(960, 1030, site.slug, call.dispatch, "reported")
    credit = sum(site.mining) * 9 // 10 * hours * 40
    return (
        f"dispatch-settled dispatch={call.dispatch} statement={site.authority}-{call.dispatch}"
        f" credit={credit}USD penalty=0USD reported={reported * 1000}ppm"
    )


def _conditions() -> Iterator[Line]:
    for season, areas in ((STORM, STORM_AREAS), (HEAT, HEAT_AREAS)):
        first, days, hour, hours, _, state = season
        for area in areas:
            steps = [(first - DAY, 12, "weather-alert" if season is STORM else "conservative-operations")]
            for n in range(days):
                steps += [
                    (first + n * DAY, hour - 1, state),
                    (first + n * DAY, hour + hours, "conservative-operations"),
                ]
            steps.append((first + days * DAY, 0, "normal"))
            for day, at_hour, name in steps:
                at = _at(day, at_hour, 0, CHI)
                yield Line(at + 120, f"{_iso(at)} ba-{area} grid-condition-declared state={name}")


# --- operations ---------------------------------------------------------------------------------------------


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
            start = _at(
                _month_day(month, draw(3, 26, site.slug, block, name)),
                draw(0, 12, site.slug, name),
                15,
                site.tz,
            )
            stop = start + 3600 * hours + 60 * draw(0, 50, site.slug, block, name, "minutes")
            lost = capacity if full else max(1, capacity * draw(5, 40, site.slug, block, name, "lost") // 100)
            found.append(Outage(block, f"{name}-{block}", kind, lost, start, stop, cause, outside))
    return found


def _outages(site: Site) -> Iterator[Line]:
    for outage in outages(site):
        late = 86_400 if outage.outage_class.startswith("forced") else 300
        yield _told(
            site,
            outage.start_s,
            f"outage-started block={outage.block} outage={outage.outage} outage_class={outage.outage_class} "
            f'derate={_mw(outage.lost)} cause="{outage.cause}"'
            f" outside_management_control={str(outage.outside).lower()}",
            late,
        )
        yield _told(site, outage.stop_s, f"outage-ended outage={outage.outage}", late)


def _hashing(site: Site) -> Iterator[Line]:
    """The pool's view once a day, and at the edges of every curtailment and full outage."""
    edges = [(c.start_s, c.stop_s) for c in calls(site)]
    for n, (block, capacity) in enumerate(blocks(site)):
        rate_ths, watts = (200, 3500) if n % 2 == 0 else (136, 3128)
        units = capacity * MW // (watts * 11 // 10)
        silent = edges + [
            (o.start_s, o.stop_s) for o in outages(site) if o.block == block and o.lost == capacity
        ]
        times = {_at(FIRST + k * DAY, 0, 5, site.tz) for k in range(-20, (AFTER - FIRST).days)}
        times |= {t for edge in silent for t in edge}
        for at_s in sorted(times):
            stopped = any(a <= at_s < b for a, b in silent)
            hashing = 0 if stopped else units * draw(940, 995, site.slug, block, at_s // 86_400) // 1000
            yield _told(
                site,
                at_s,
                f"hashrate-changed block={block} hashrate={hashing * rate_ths}TH/s power={hashing * watts}W "
                f"units_hashing={hashing} units_total={units} method=pool",
                120,
            )


def _readings(site: Site) -> Iterator[Line]:
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
        for hour in range(24):
            begin = start_s + 3600 * hour
            held = sum(max(0, min(b, begin + 3600) - max(a, begin)) for a, b in silent)
            wobble = draw(970, 1030, site.slug, "load", begin)
            values.append((load_kw * (3600 - held) * wobble // 1000 + idle_kw * held) // 3600)
        yield Line(
            start_s + 86_400 + 3600,
            f"{_iso(start_s)} {site.slug} intervals-recorded meter=revenue start={_iso(start_s)} interval=1h"
            f" power_of_ten=3 values=[{','.join(map(str, values))}] quality=[{','.join(['17'] * 24)}]",
        )
        day += DAY


def _feeders(site: Site) -> Iterator[Line]:
    """Of the site whose AI load runs beside mining, the meter of each block around the grid's calls, and its
    feeds in trouble twice.
    """
    if site.slug != "norcross":
        return
    silent = [(c.start_s, c.stop_s) for c in calls(site)]
    for first, days in ((STORM[0] - DAY, STORM[1] + 2), (HEAT[0] - DAY, HEAT[1] + 2)):
        for n in range(days):
            start_s = _at(first + n * DAY, 0, 0, "UTC")
            for block, full in (("m1", 11 * 930), ("bench", 18), ("ai1", site.ai * 700)):
                hours = [start_s + 3600 * hour for hour in range(24)]
                held = [block == "m1" and any(a <= at_s < b for a, b in silent) for at_s in hours]
                values = [
                    (12 * 11 if stopped else full) * draw(985, 1015, block, at_s) // 1000
                    for at_s, stopped in zip(hours, held, strict=True)
                ]
                yield Line(
                    start_s + 90_000,
                    f"{_iso(start_s)} {site.slug} intervals-recorded meter={block}-feeder"
                    f" start={_iso(start_s)} interval=1h power_of_ten=3 values=[{','.join(map(str, values))}]"
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
        yield _told(
            site,
            _at(day, hour, minute, site.tz),
            f"feed-state-changed block=ai1 feed={feed} state={state}",
            120,
        )


# --- an incident --------------------------------------------------------------------------------------------

TRIP, OPENING, CLOSING = (f"019bf4e0-0000-8000-8000-00000000000{n}" for n in (1, 2, 3))


def _incident(site: Site) -> Iterator[Line]:
    """A breaker trips during the storm's second call. The shift blames that of the AI hall, which stands open; eight
    days later the relay log shows that a mining block's went first and the other followed by its interlock.
    """
    if site.slug != "norcross":
        return
    day, review = STORM[0] + DAY, STORM[0] + 10 * DAY
    tripped, opened = _at(day, 6, 10, site.tz), _at(day, 6, 14, site.tz)
    outage = "outage=storm-trip outage_class=forced-u1 outside_management_control=false"
    said = "incident=storm-trip"
    yield _told(
        site, tripped, f'outage-started block=ai1 {outage} derate=4MW cause="breaker 52-4 tripped" id={TRIP}'
    )
    yield _told(
        site, opened, f'incident-opened {said} summary="breaker 52-4 of the AI hall tripped" id={OPENING}'
    )
    yield _told(
        site,
        opened + 300,
        f'incident-observation-added {said} text="52-4 stands open, feed A of ai1 is down" observer="shift lead"',
    )
    yield _told(site, _at(day, 6, 50, site.tz), "outage-ended outage=storm-trip")
    closed = _at(day, 9, 30, site.tz)
    yield _told(
        site,
        closed,
        f'incident-closed {said} cause="breaker 52-4 tripped, reason unknown" actions=["52-4 closed again"]'
        f" id={CLOSING}",
    )
    found = _at(review - DAY, 15, 0, site.tz)
    why = 'reason="relay log: 52-1 tripped first, its interlock opened 52-4"'
    yield _told(
        site,
        tripped,
        f'outage-started block=m1 {outage} derate=11MW cause="breaker 52-1 tripped" corrects=[{TRIP}] {why}',
        found - tripped,
    )
    yield _told(
        site,
        opened,
        f'incident-opened {said} summary="breaker 52-1 of block m1 tripped" corrects=[{OPENING}] {why}',
        found - opened,
    )
    yield _told(
        site,
        closed,
        f'incident-closed {said} cause="loose terminal in the trip circuit of breaker 52-1"'
        f' actions=["terminal tightened"] corrects=[{CLOSING}] {why}',
        found - closed,
    )
    meeting = _at(review, 9, 0, site.tz)
    for action, what, owner, due_on in (
        ("torque", "torque check of all breakers", "electrical lead", "2026-03-15"),
        ("relay-log", "relay log on the screen of the shift desk", "site manager", "2026-08-31"),
    ):
        yield _told(
            site,
            meeting + 1800,
            f'incident-action-agreed {said} action={action} what="{what}" owner="{owner}" due_on={due_on}',
        )
    yield _told(
        site,
        _at(date(2026, 3, 12), 14, 0, site.tz),
        f'incident-action-done {said} action=torque result="2 of 14 were loose"',
    )


# --- promises and leases ------------------------------------------------------------------------------------


def _promises(site: Site) -> Iterator[Line]:
    if not site.energized:
        return
    start = _at(FIRST - 45 * DAY, 11, 0, site.tz)
    people = max(3, site.energized // 6)
    yield _told(
        site,
        start,
        f'commitment-made commitment=jobs counterparty="{site.county} County" instrument=pilot category=jobs'
        f' measure="full-time jobs" unit=jobs target={people} comparator=at-least basis=period-average'
        " periods=[2026-Q1,2026-Q2] due_on=[2026-04-30,2026-07-31]"
        " observed_on=[2026-01-12,2026-02-12,2026-03-12,2026-04-12,2026-05-12,2026-06-12]"
        ' fte_basis=annual-hours fte_hours=520 cure_days=60 remedy="pro-rata recapture" binding=true',
    )
    yield _told(
        site,
        start + 60,
        f'commitment-made commitment=pilot-payment counterparty="{site.county} County" instrument=pilot'
        f' category=tax-payment measure="payment in lieu of taxes" unit=USD target={site.energized * 4000}'
        " comparator=at-least basis=cumulative periods=[2026] due_on=[2026-03-31] observed_on=[]"
        ' cure_days=30 remedy="interest" binding=true',
    )
    if site.mining and draw(0, 2, site.slug, "noise") == 0:
        yield _told(
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
    yield _told(
        site,
        _at(date(2026, 1, 5), 9, 0, site.tz),
        "payment-scheduled commitment=pilot-payment instalment=2026 due_on=2026-03-31"
        f" amount={cents // 100}.00USD",
    )
    late_days = (-6, -2, 0, 12, 45, None)[draw(0, 5, site.slug, "pays")]
    if late_days is None:
        noticed = _at(date(2026, 4, 8), 10, 0, site.tz)
        yield _told(site, noticed, "default-noticed commitment=pilot-payment instalment=2026")
        return
    paid = date(2026, 3, 31) + late_days * DAY
    at = _at(paid, 14, 0, site.tz)
    yield _told(
        site,
        at,
        f"payment-made commitment=pilot-payment instalment=2026 paid_on={paid} amount={cents // 100}.00USD"
        f" receipt={site.slug}-2026",
    )
    yield _told(
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
        yield _told(
            site,
            _at(day, 16, 0, site.tz),
            f"headcount-reported commitment=jobs period={quarter} as_of_on={day} headcount={head}"
            f" full_time={head} hours={head * 173}",
            86_400,
        )
    document = hashlib.sha256(f"{SEED}/{site.slug}/jobs".encode()).hexdigest()
    for quarter, first in (("2026-Q1", date(2026, 4, 20)), ("2026-Q2", date(2026, 7, 20))):
        if draw(0, 5, site.slug, "assessed", quarter) == 0:
            continue
        day = first + (20 if draw(0, 4, site.slug, "slow", quarter) == 0 else 0) * DAY
        at = _at(day, 10, 0, site.tz)
        value = people - 2 if short else people + 1
        yield _told(
            site,
            at,
            f"evidence-recorded commitment=jobs period={quarter} value={value} document_sha256={document}",
        )
        verdict = "not-met" if short else "met"
        yield _told(
            site,
            at + 3600,
            f"commitment-assessed commitment=jobs period={quarter} value={value} verdict={verdict}"
            f' assessor="{site.county} County auditor" evidence=[]',
        )


def _incentive(site: Site, target: int) -> Iterator[Line]:
    """Tax given up by the county for 2026, to be taken back in part if the jobs do not come."""
    yield _told(
        site,
        _at(date(2025, 12, 15), 10, 0, site.tz),
        f'incentive-granted commitment=jobs authority="{site.county} County" tax="property tax" '
        f"amount={target * 40_000}USD year=2026 recapture=pro-rata",
    )


def _leasing(site: Site) -> Iterator[Line]:
    megawatts = max(1, site.contracted * 8 // 10)
    at = _at(date(2025, 10, 20), 9, 0, site.tz)
    yield _told(
        site,
        at,
        f"lease-phase-opened lease={site.slug}-lease phase={site.slug}-p1"
        f" tenant=tenant-{draw(1, 4, site.slug, 'tenant')} critical={_mw(megawatts)}",
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
        yield _told(
            site,
            _at(date(2025, 11, 3) + 30 * n * DAY, 10, 0, site.tz),
            f"lease-milestone-reached phase={site.slug}-p1 milestone={milestone}",
        )


def _leased(site: Site) -> Iterator[Line]:
    """An executed lease whose building ran late: weather, days granted, accepted after the first tier of
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
                f" power={_mw(max(1, site.contracted * 8 // 10))}"
            ),
        ),
        (date(2026, 6, 12), f"lease-milestone-reached {phase} milestone=ready-for-service-offered"),
        (date(2026, 6, 22), f"lease-milestone-reached {phase} milestone=ready-for-service-accepted"),
        (date(2026, 7, 1), f"lease-milestone-reached {phase} milestone=commencement"),
    )
    for day, said in steps:
        yield _told(site, _at(day, 12, 0, site.tz), said)
