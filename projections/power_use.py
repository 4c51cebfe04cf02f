"""Power use: where a site's energized megawatts went, interval by interval of its revenue meter.

For each interval of the site's revenue meters (scope site, direction delivered; several are summed where all have a reading) in mean watts:

E = energized; L = load, at most E (more is flagged); outage = min(power lost to outages, E - L); curtailed = min(power held back, E - L - outage);
idle = the rest, so that L + curtailed + outage + idle = E exactly.

Lost and held-back power are those of the uptime report, summed over the site's blocks. An interval without a reading is missing: it is counted,
and nothing is carried forward into it; an interval that the window cuts counts with its part, its energy spread evenly.

contracted, energized: at the window's end. peak = highest mean of an interval; of the fleet, of the simultaneous sum. average = load energy / time
with readings; load factor = average / peak; utilisation = load energy / energized energy, both over the time with readings.
PUE = facility energy / IT energy over the time in which meters of both roles have readings; with less than 12 months of it, it is interim.
The fleet adds up its sites; what a site does not know is left out of its sums and noted. Each figure is rounded once, half to even.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any, Final, NamedTuple

from ledger.calendar import Window, format_instant
from ledger.units import ppm, rounded
from projections.facts.blocks import BLOCK
from projections.facts.curtailments import CURTAILMENT, Curtailment
from projections.facts.meters import METER, METER_DAY, Reading, readings_in, terms_before
from projections.facts.outages import OUTAGE, Outage
from projections.facts.power import POWER, contracted_w, energized_w
from projections.figures.availability import Facts, derates, facts_in, held_back, shares
from projections.figures.integrals import Integral, Stretch
from projections.fold import Key, Rows
from projections.tables import Answer, Cell, Column, Report, Scope
from projections.windows import FOREVER, Span, spans, sweep

YEAR_S: Final = 365 * 86_400
_WH_J: Final = 3600
LOADED: Final = ("meter", "meter-day")
USED: Final = (*LOADED, "power", "block", "outage", "curtailment")

COLUMNS: Final = (
    Column("scope", "Scope", "fleet or site"),
    Column("site", "Site", "the site; null for the fleet"),
    Column("contracted_w", "Contracted", "power under contract at the window's end", draws=("power",)),
    Column("energized_w", "Energized", "authorised draw at the window's end", draws=("power",)),
    Column("peak_w", "Peak", "highest mean load of an interval, of the simultaneous sum", draws=LOADED),
    Column("average_w", "Average", "load energy / time with readings", draws=LOADED),
    Column("load_factor_ppm", "Load factor", "average / peak", of=("average_w", "peak_w"), draws=LOADED),
    Column("utilisation_ppm", "Utilisation", "load energy / energized energy", draws=(*LOADED, "power")),
    Column(
        "load_wh",
        "Load",
        "metered energy, of each interval at most what was energized",
        draws=(*LOADED, "power"),
    ),
    Column("curtailed_wh", "Curtailed", "held back, at most what load and outages leave", draws=USED),
    Column("outage_wh", "Outage", "lost to outages, at most what the load leaves", draws=USED),
    Column("idle_wh", "Idle", "energized and not used, held back or lost", draws=USED),
    Column("energized_wh", "Energized energy", "load + curtailed + outage + idle", draws=(*LOADED, "power")),
    Column(
        "missing_s",
        "Missing",
        "time of the window without a reading; null without a revenue meter",
        draws=LOADED,
    ),
    Column("pue_ppm", "PUE", "facility energy / IT energy where both are known", draws=LOADED),
)


class Use(NamedTuple):
    """What adds up over sites: watt-seconds and seconds; None where energized is unknown."""

    load_ws: Fraction
    used_ws: Fraction | None
    energized_ws: Fraction | None
    curtailed_ws: Fraction | None
    outage_ws: Fraction | None
    known_s: int
    facility_ws: Fraction
    it_ws: Fraction
    both_s: int


class _Site(NamedTuple):
    """One site in the window: what it may draw at the end, its sums, its load as stretches, notes."""

    name: str
    contracted_w: int | None
    energized_w: int | None
    use: Use
    load: list[Stretch]
    missing_s: int | None
    notes: tuple[str, ...]


def compute(rows: Rows, scope: Scope) -> Answer:
    """The fleet, then each site with a revenue meter or anything energized or contracted."""
    facts = facts_in(rows, scope)
    sites = [site for name in scope.sites if (site := _site(name, rows, facts, scope)) is not None]
    if not sites:
        return Answer(())
    lines = [_line("fleet", None, sites), *(_line("site", site.name, [site]) for site in sites)]
    return Answer(tuple(lines), tuple(note for site in sites for note in site.notes))


# --- a site -----------------------------------------------------------------------------------------------------


def _site(name: str, rows: Rows, facts: Facts, scope: Scope) -> _Site | None:
    window = scope.window
    power = [fact for fact in rows[POWER.name].get((name,), ()) if fact.at_s < window.stop_s]
    meters = _meters(name, rows, window)
    revenue = meters.get("revenue", [])
    at_end = (contracted_w(power, window.stop_s - 1), energized_w(power, window.stop_s - 1))
    if not revenue and at_end == (None, None):
        return None
    load = _summed(revenue, window)
    use, over = _use(load, _energized(power), _blocks(name, facts, window))
    facility, it = (_summed(meters.get(role, []), window) for role in ("facility", "it"))
    use = use._replace(**_pue(facility, it, window))
    missing_s = window.stop_s - window.start_s - use.known_s if revenue else None
    return _Site(name, *at_end, use, load, missing_s, tuple(_notes(name, use, over, len(revenue), window)))


def _meters(site: str, rows: Rows, window: Window) -> dict[str, list[list[Reading]]]:
    """Readings of the site's own meters by role, delivered energy only."""
    days: dict[str, dict[str, bytes]] = {}
    for (place, meter, day), row in rows[METER_DAY.name].items():
        if place == site:
            days.setdefault(meter, {})[day] = row
    found: dict[str, list[list[Reading]]] = {}
    for (place, meter), row in sorted(rows[METER.name].items()):
        terms = terms_before(row, window.stop_s)
        if place == site and terms is not None and terms.scope == "site" and terms.direction == "delivered":
            found.setdefault(terms.role, []).append(readings_in(days.get(meter, {}), window))
    return found


def _summed(meters: Sequence[Sequence[Reading]], window: Window) -> list[Stretch]:
    """The mean power of all meters together, where all have a reading, cut to the window."""
    groups = [[Span(r.start_s, r.stop_s, _power_w(r)) for r in readings] for readings in meters]
    return [
        Stretch(piece.start_s, piece.stop_s, sum(one for (one,) in piece.open))
        for piece in (sweep(window, *groups) if groups else ())
        if all(piece.open)
    ]


def _power_w(reading: Reading) -> Fraction:
    energy_j = Fraction(reading.value) * Fraction(10) ** reading.power_of_ten * _WH_J
    return energy_j * Fraction(1, reading.interval_s)


def _energized(power: Iterable[Any]) -> list[Stretch]:
    steps = [(fact.at_s, fact.body.power_w) for fact in power if hasattr(fact.body, "point_of_delivery")]
    return [Stretch(*span) for span in spans(steps, FOREVER)]


def _blocks(site: str, facts: Facts, window: Window) -> list[tuple[Integral, Integral]]:
    """Power lost and power held back, of each block of the site."""
    outages: dict[Key, list[tuple[str, Outage]]] = {}
    for (place, name), outage in facts.outages.items():
        if outage.start is not None:
            outages.setdefault((place, outage.start.block), []).append((name, outage))
    held: dict[Key, list[Curtailment]] = {}
    for (place, block, _), row in facts.curtailments.items():
        held.setdefault((place, block), []).append(row)
    found = []
    for key, changes in facts.blocks.items():
        if key[0] == site:
            lost, back = [], []
            for share in shares(
                changes, derates(outages.get(key, []), changes), held_back(held.get(key, []), changes), window
            ):
                amounts, seconds = share.amounts, share.amounts.period_s
                out = amounts.forced_out_s + amounts.maintenance_out_s + amounts.planned_out_s
                derated = (
                    amounts.forced_derated_ws + amounts.maintenance_derated_ws + amounts.planned_derated_ws
                )
                stop_s = share.at_s + seconds
                lost.append(
                    Stretch(
                        share.at_s, stop_s, share.rating.capacity_w if out else Fraction(derated, seconds)
                    )
                )
                back.append(Stretch(share.at_s, stop_s, Fraction(amounts.curtailed_ws, seconds)))
            found.append((Integral(lost), Integral(back)))
    return found


def _use(
    load: Sequence[Stretch], energized: Sequence[Stretch], blocks: Sequence[tuple[Integral, Integral]]
) -> tuple[Use, int | None]:
    """The sums over intervals, and the first instant at which the load was above energized."""
    allowed = Integral(energized)
    first_s = energized[0].start_s if energized else FOREVER
    load_ws = used_ws = energized_ws = curtailed_ws = outage_ws = Fraction(0)
    over: int | None = None
    unknown = False
    for start_s, stop_s, power_w in load:
        drawn = Fraction((stop_s - start_s) * power_w)
        load_ws += drawn
        unknown = unknown or start_s < first_s
        may = Fraction(allowed.over(start_s, stop_s))
        if drawn > may and start_s >= first_s and over is None:
            over = start_s
        used = min(drawn, may)
        lost = min(Fraction(sum(one.over(start_s, stop_s) for one, _ in blocks)), may - used)
        back = min(Fraction(sum(one.over(start_s, stop_s) for _, one in blocks)), may - used - lost)
        used_ws, energized_ws = used_ws + used, energized_ws + may
        curtailed_ws, outage_ws = curtailed_ws + back, outage_ws + lost
    known_s = sum(stretch.stop_s - stretch.start_s for stretch in load)
    nothing = Fraction(0)
    if unknown or not load:
        return Use(load_ws, None, None, None, None, known_s, nothing, nothing, 0), over
    return Use(load_ws, used_ws, energized_ws, curtailed_ws, outage_ws, known_s, nothing, nothing, 0), over


def _pue(facility: Sequence[Stretch], it: Sequence[Stretch], window: Window) -> dict[str, Any]:
    """Energy of facility and IT over the time in which both are known."""
    sums = [Fraction(0), Fraction(0)]
    seconds = 0
    for piece in sweep(window, *([Span(*one) for one in some] for some in (facility, it))):
        if all(piece.open):
            for n, (power_w,) in enumerate(piece.open):
                sums[n] += piece.seconds * power_w
            seconds += piece.seconds
    return {"facility_ws": sums[0], "it_ws": sums[1], "both_s": seconds}


# --- rows -------------------------------------------------------------------------------------------------------


def _line(scope_name: str, name: str | None, sites: Sequence[_Site]) -> tuple[Cell, ...]:
    metered = [site for site in sites if site.load]
    load_ws = sum((site.use.load_ws for site in metered), Fraction(0))
    peak, known_s = _peak_w([site.load for site in metered])
    average = Fraction(load_ws, known_s) if known_s else None
    used, energized, curtailed, outage = (
        _sum([getattr(site.use, field) for site in metered])
        for field in ("used_ws", "energized_ws", "curtailed_ws", "outage_ws")
    )
    idle = None if energized is None else energized - (used or 0) - (curtailed or 0) - (outage or 0)
    it = sum((site.use.it_ws for site in sites), Fraction(0))
    return (
        scope_name,
        name,
        _sum_known([site.contracted_w for site in sites]),
        _sum_known([site.energized_w for site in sites]),
        None if peak is None else rounded(peak),
        None if average is None else rounded(average),
        None if average is None or not peak else ppm(average, peak),
        None if used is None or not energized else ppm(used, energized),
        _wh(used if used is not None else load_ws if metered else None),
        _wh(curtailed),
        _wh(outage),
        _wh(idle),
        _wh(energized),
        _sum_known([site.missing_s for site in sites]),
        ppm(sum((site.use.facility_ws for site in sites), Fraction(0)), it),
    )


def _sum(values: Sequence[Fraction | None]) -> Fraction | None:
    known = [value for value in values if value is not None]
    return sum(known, Fraction(0)) if known else None


def _sum_known(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _wh(watt_seconds: Fraction | None) -> int | None:
    return None if watt_seconds is None else rounded(Fraction(watt_seconds, _WH_J))


def _peak_w(loads: Sequence[Sequence[Stretch]]) -> tuple[Fraction | None, int]:
    """The highest simultaneous sum, and the time in which any load is known."""
    changes: dict[int, Fraction] = {}
    opened: dict[int, int] = {}
    for load in loads:
        for start_s, stop_s, power_w in load:
            for at_s, sign in ((start_s, 1), (stop_s, -1)):
                changes[at_s] = changes.get(at_s, Fraction(0)) + sign * power_w
                opened[at_s] = opened.get(at_s, 0) + sign
    peak: Fraction | None = None
    power_w, held, known_s, last_s = Fraction(0), 0, 0, 0
    for at_s in sorted(changes):
        known_s += at_s - last_s if held else 0
        power_w, held, last_s = power_w + changes[at_s], held + opened[at_s], at_s
        if held and (peak is None or power_w > peak):
            peak = power_w
    return peak, known_s


def _notes(name: str, use: Use, over: int | None, meters: int, window: Window) -> Iterator[str]:
    if not meters:
        yield f"{name}: no revenue meter, so its load is unknown"
    elif use.known_s < window.stop_s - window.start_s:
        yield f"{name}: {window.stop_s - window.start_s - use.known_s} s without a reading are left out"
    if meters and use.known_s and use.energized_ws is None:
        yield f"{name}: what was energized is not known for all of it, so the rest of its load is unknown"
    if over is not None:
        yield f"{name}: load above energized from {format_instant(over)} on; it counts up to what was energized"
    if use.both_s and use.both_s < YEAR_S:
        yield f"{name}: PUE is interim, over {use.both_s} s of meters of role facility and it"


REPORT: Final = Report(
    name="power-use",
    definition_version=1,
    title="Where the energized megawatts went",
    classes=("grid", "operations"),
    row_kinds=(POWER, METER, METER_DAY, BLOCK, OUTAGE, CURTAILMENT),
    columns=COLUMNS,
    keys=2,
    compute=compute,
    definition=__doc__ or "",
)
