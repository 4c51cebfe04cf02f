"""Bridge: what each site drew day by day while AI data centers were on their way, and how much of it was
mining that made room for them.

Per site and local day (of the report's zone; a day of 23 or 25 hours is as long as it was), over the part of
it in the window, mean watts of

contracted, energized = power under contract, authorised draw (null if for a part of the day nothing was said
                        yet)
mining, ai            = its commissioned blocks of load class mining and ai-hpc: what their own meters read
                        (revenue, else facility, it, sub), where a mining block has no reading the power said
                        with its hashrate; null if for a part of the day neither is known; 0 without such a
                        block

bridge energy     = mining energy of blocks that are known to be retired for conversion (the retirement is in
                    the window's past), over the life that ended so
energized to hash = local days from the site's first energizing to its first hashrate above zero, on the days
                    from then on
LOI to RFS        = local days from the letter of intent to ready-for-service accepted or deemed, of the lease
                    phase that was ready first, on the days from then on

Each figure is rounded once, half to even. A site has rows from the day of its first contract, energizing,
block or lease phase.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import compress, repeat
from operator import mul
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from ledger.calendar import Window, format_instant, local_date, period, zone
from ledger.kinds import LeaseMilestoneReached
from ledger.records.lease_precedence import IN_SERVICE
from ledger.units import rounded
from projections.engine.amounts import said
from projections.engine.fold import Key, Rows
from projections.engine.report import (
    Answer,
    Behind,
    Cell,
    Column,
    Lead,
    LeadFigure,
    Report,
    ReportRow,
    Scope,
    row_of,
)
from projections.engine.windows import local_days, spans, union
from projections.engine.words import Line, by_name, counted, listed, sentence, total
from projections.figures.energy_split import block_meters, energized, scale_of, summed
from projections.figures.hash_work import within
from projections.figures.power_integrals import Integral, LoadStretches, Stretch, load_of
from projections.rows.blocks import BLOCK, BlockChange, converted_at, ratings, retired_after
from projections.rows.hashrate_days import HASHRATE_DAY, Held, held
from projections.rows.hashrate_days import day as steps_of
from projections.rows.lease_phases import PHASE
from projections.rows.meters import METER, METER_DAY, MeterReadings
from projections.rows.packed_steps import NONE
from projections.rows.site_power import POWER, contracted_steps

MINING, AI = "mining", "ai-hpc"
LOADS: Final = ("mining_w", "ai_w", "bridge_wh")
METERED: Final = ("block", "meter", "meter-day")
MINED: Final = (*METERED, "hashrate-day")
_WH_J: Final = 3600


def _column(name: str, title: str, definition: str, unit: str, draws: tuple[str, ...]) -> Column:
    return Column(name, title, definition, unit, draws=draws, beyond=("day",))


COLUMNS: Final = (
    Column("site", "Site", "the site", unit=""),
    Column("day", "Day", "the local day", unit=""),
    _column("contracted_w", "Contracted", "mean power under contract", "W", ("power",)),
    _column("energized_w", "Energized", "mean authorised draw", "W", ("power",)),
    _column("mining_w", "Mining", "mean load of mining blocks", "W", MINED),
    _column("ai_w", "AI", "mean load of AI blocks", "W", METERED),
    _column("bridge_wh", "Bridge energy", "mining energy of blocks retired for conversion", "Wh", MINED),
    _column(
        "days_energized_to_hash",
        "Energized to hash",
        "days from first energizing to first hash",
        "",
        ("power", "hashrate-day"),
    ),
    _column(
        "days_loi_to_rfs", "LOI to RFS", "days from letter of intent to ready-for-service", "", ("phase",)
    ),
)
_cells: Final = row_of(COLUMNS)


class _Drawn(NamedTuple):
    """Energy of some blocks by day in 1/scale W s; None where a part of the day is unknown."""

    mining: list[int | None]
    ai: list[int | None]
    bridge: list[int | None]


class _PowerReadings(NamedTuple):
    """Power data of blocks: readings of their meters and steps of their hashrate by UTC day, by (site,
    block).
    """

    meters: dict[Key, list[MeterReadings]]
    scale: int
    hashing: dict[Key, dict[str, bytes]]


class _First(NamedTuple):
    """A figure in days that a site reached: the instants of its later and its earlier event, and the row
    that holds it.
    """

    days: int
    reached_s: int
    at_s: int
    key: Key


def compute(rows: Rows, scope: Scope) -> Answer:
    """The days of every site, in order of site and day."""
    meters = block_meters(rows, scope)
    hashing: dict[Key, dict[str, bytes]] = {}
    for (site, block, utc_day), row in rows[HASHRATE_DAY.name].items():
        hashing.setdefault((site, block), {})[utc_day] = row
    readings = _PowerReadings(meters, scale_of(one for some in meters.values() for one in some), hashing)
    days = local_days(scope.window, zone(scope.tz)) if scope.window.start_s < scope.window.stop_s else []
    return Answer(tuple(line for site in scope.sites for line in _lines(site, rows, scope, readings, days)))


def _lines(
    site: str, rows: Rows, scope: Scope, readings: _PowerReadings, days: Sequence[Window]
) -> Iterator[ReportRow]:
    tz, stop_s = zone(scope.tz), scope.window.stop_s
    power = [fact for fact in rows[POWER.name].get((site,), ()) if fact.at_s < stop_s]
    blocks = _of_site(rows[BLOCK.name], site, stop_s)
    phases = _of_site(rows[PHASE.name], site, stop_s)
    first_s = min(
        (fact.at_s for row in (power, *blocks.values(), *phases.values()) for fact in row), default=stop_s
    )
    days = [one for one in days if one.stop_s > first_s]
    if not days:
        return
    contracted, allowed = (_means(some, days) for some in (_contracted(power), energized(power)))
    drawn = _drawn(blocks, readings, scope.window, days)
    hash_, ready = _to_hash(site, power, readings.hashing, scope, tz), _to_ready(phases, tz)
    for n, one in enumerate(days):
        seconds = (one.stop_s - one.start_s) * readings.scale
        mining, ai = (
            None if some[n] is None else rounded(Fraction(some[n] or 0, seconds)) for some in drawn[:2]
        )
        bridge = drawn.bridge[n]
        yield _cells(
            site=site,
            day=local_date(one.start_s, tz).isoformat(),
            contracted_w=contracted[n],
            energized_w=allowed[n],
            mining_w=mining,
            ai_w=ai,
            bridge_wh=None if bridge is None else rounded(Fraction(bridge, readings.scale * _WH_J)),
            days_energized_to_hash=None if hash_ is None or hash_.reached_s >= one.stop_s else hash_.days,
            days_loi_to_rfs=None if ready is None or ready.reached_s >= one.stop_s else ready.days,
        )


def _of_site(table: Mapping[Key, Any], site: str, stop_s: int) -> dict[Key, tuple[Any, ...]]:
    """The facts of a site's rows before an instant."""
    found = {
        key: tuple(f for f in row if f.at_s < stop_s) for key, row in sorted(table.items()) if key[0] == site
    }
    return {key: row for key, row in found.items() if row}


# --- power --------------------------------------------------------------------------------------------------


def _contracted(power: Sequence[Any]) -> list[Stretch]:
    """Power under contract over time, where any was recorded."""
    held = spans(contracted_steps(power))
    return [Stretch(start_s, stop_s, held_w) for start_s, stop_s, held_w in held if held_w is not None]


def _means(some: Sequence[Stretch], days: Sequence[Window]) -> list[int | None]:
    """The mean of each day; None unless all of it is known."""
    integral = Integral(load_of(some))
    return [
        rounded(Fraction(energy, known_s)) if known_s == day.stop_s - day.start_s else None
        for day in days
        for energy, known_s in (integral.over(*day),)
    ]


# --- blocks -------------------------------------------------------------------------------------------------


def _drawn(
    blocks: Mapping[Key, tuple[BlockChange, ...]],
    readings: _PowerReadings,
    window: Window,
    days: Sequence[Window],
) -> _Drawn:
    found = _Drawn([0] * len(days), [0] * len(days), [0] * len(days))
    for key, row in blocks.items():
        lives = [life for life in ratings(row) if life.value.load_class in (MINING, AI)]
        if not lives:
            continue
        load = summed(readings.meters.get(key, []), readings.scale, window)
        mined = [Window(life.start_s, life.stop_s) for life in lives if life.value.load_class == MINING]
        steps = readings.hashing.get(key, {}) if mined else {}
        integral = Integral(_or_said(load, within(held(steps, window), union(mined), window), readings.scale))
        conversions = converted_at(row)
        for life in lives:
            first, of_life = _of_life(integral, Window(life.start_s, life.stop_s), days)
            mining = life.value.load_class == MINING
            _add(found.mining if mining else found.ai, first, of_life)
            if mining and conversions and retired_after(row, life.start_s) in conversions:
                _add(found.bridge, first, of_life)
    return found


def _of_life(integral: Integral, life: Window, days: Sequence[Window]) -> tuple[int, list[int | None]]:
    """The number of the first day of one of a block's lives, and its energy in each of its days; None where a
    part is unknown.
    """
    first = bisect_right(days, life.start_s, key=lambda day: day.stop_s)
    found: list[int | None] = []
    for day in days[first : bisect_left(days, life.stop_s, first, key=lambda day: day.start_s)]:
        start_s, stop_s = max(day.start_s, life.start_s), min(day.stop_s, life.stop_s)
        energy, known_s = integral.over(start_s, stop_s)
        found.append(energy if known_s == stop_s - start_s else None)
    return first, found


def _add(into: list[int | None], first: int, more: Sequence[int | None]) -> None:
    for n, amount in enumerate(more, start=first):
        before = into[n]
        into[n] = None if before is None or amount is None else before + amount


def _or_said(metered: LoadStretches, values: Held, scale: int) -> LoadStretches:
    """Power by a block's own meters, and where none reads it the power reported with its hashrate."""
    powers = tuple(map(NONE.__ne__, values.powers_w))
    starts, stops, said_w = (
        tuple(compress(column, powers)) for column in (values.starts_s, values.stops_s, values.powers_w)
    )
    said = LoadStretches(starts, stops, tuple(map(mul, said_w, repeat(scale))))
    if not (said.powers and metered.powers):
        return said if said.powers else metered
    covered = union(map(Window, metered.starts_s, metered.stops_s))
    return load_of(sorted([*map(Stretch, *metered), *_outside(map(Stretch, *said), covered)]))


def _outside(stretches: Iterable[Stretch], covered: Sequence[Window]) -> Iterator[Stretch]:
    """The parts of stretches that no window covers."""
    starts = [one.start_s for one in covered]
    for stretch in stretches:
        at_s = stretch.start_s
        for one in covered[max(bisect_right(starts, at_s) - 1, 0) :]:
            if one.start_s >= stretch.stop_s:
                break
            if at_s < one.start_s:
                yield Stretch(at_s, one.start_s, stretch.power)
            at_s = max(at_s, one.stop_s)
        if at_s < stretch.stop_s:
            yield Stretch(at_s, stretch.stop_s, stretch.power)


# --- days ---------------------------------------------------------------------------------------------------


def _to_hash(
    site: str, power: Sequence[Any], hashing: Mapping[Key, Mapping[str, bytes]], scope: Scope, tz: ZoneInfo
) -> _First | None:
    """Days from the first energizing above zero to the first hashrate above zero."""
    begun_s = min((one.start_s for one in energized(power) if one.power), default=None)
    hashed = [
        (at_s, (*key, utc_day))
        for key, days in hashing.items()
        if key[0] == site and (found := _first_hash(days, scope.window.stop_s)) is not None
        for utc_day, at_s in (found,)
    ]
    if begun_s is None or not hashed:
        return None
    at_s, key = min(hashed)
    return _First(_apart(begun_s, at_s, tz), max(begun_s, at_s), at_s, key)


def _first_hash(days: Mapping[str, bytes], stop_s: int) -> tuple[str, int] | None:
    for utc_day in sorted(days):
        for step in steps_of(days[utc_day]):
            if step.at_s < stop_s and step.hashrate_ghs:
                return utc_day, step.at_s
    return None


def _to_ready(phases: Mapping[Key, tuple[Any, ...]], tz: ZoneInfo) -> _First | None:
    """Days from letter of intent to ready for service, of the phase that was ready first."""
    found = []
    for key, row in phases.items():
        reached = [
            (fact.body.milestone, fact.at_s) for fact in row if isinstance(fact.body, LeaseMilestoneReached)
        ]
        intents = [at_s for milestone, at_s in reached if milestone == "loi"]
        readies = [at_s for milestone, at_s in reached if milestone in IN_SERVICE]
        if intents and readies:
            found.append(
                _First(_apart(intents[0], readies[0], tz), max(intents[0], readies[0]), readies[0], key)
            )
    return min(found, key=lambda one: (one.at_s, one.key), default=None)


def _apart(start_s: int, stop_s: int, tz: ZoneInfo) -> int:
    return (local_date(stop_s, tz) - local_date(start_s, tz)).days


def behind(rows: Rows, scope: Scope, cells: Mapping[str, Cell], column: str) -> Behind:
    """Facts behind a cell: of a day those of that day, of a number of days those it counts between."""
    site, tz = str(cells["site"]), zone(scope.tz)
    if column == "days_energized_to_hash":
        hashing: dict[Key, dict[str, bytes]] = {}
        for key, row in rows[HASHRATE_DAY.name].items():
            if key[0] == site:
                hashing.setdefault(key[:2], {})[key[2]] = row
        power = [fact for fact in rows[POWER.name].get((site,), ()) if fact.at_s < scope.window.stop_s]
        first = _to_hash(site, power, hashing, scope, tz)
        at_s, reached_s = (0, 0) if first is None else (first.at_s, first.reached_s)
        return Behind(
            lambda kind, key: kind == POWER.name or (first is not None and key == first.key),
            window=Window(at_s, reached_s + 1),
        )
    if column == "days_loi_to_rfs":
        first = _to_ready(_of_site(rows[PHASE.name], site, scope.window.stop_s), tz)
        return Behind(lambda kind, key: first is not None and key == first.key)
    whole = period(str(cells["day"]), tz)
    window = Window(max(whole.start_s, scope.window.start_s), min(whole.stop_s, scope.window.stop_s))
    if column not in LOADS:
        return Behind(window=window)
    # the meter of a block and its conversion may be recorded later; readings and hashrates are of the day
    last = format_instant(window.stop_s - 1)[:10]
    return Behind(
        lambda kind, key: kind not in (METER_DAY.name, HASHRATE_DAY.name) or key[2] <= last,
        window=Window(window.start_s, scope.window.stop_s),
    )


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Energy of mining that made room for data centers, and the load on the last day."""
    lines = by_name(COLUMNS, answer.rows)
    last_day = max((str(line["day"]) for line in lines), default="")
    last = [line for line in lines if line["day"] == last_day]
    bridge = total(lines, "bridge_wh")
    unknown = sum(line["mining_w"] is None or line["ai_w"] is None for line in lines)
    figures = (
        LeadFigure("Bridge energy", bridge, "Wh"),
        LeadFigure("Mining load on the last day", total(last, "mining_w"), "W"),
        LeadFigure("AI load on the last day", total(last, "ai_w"), "W"),
        LeadFigure("Energized on the last day", total(last, "energized_w"), "W"),
        LeadFigure("Days with unknown load", f"{unknown:,} of {counted(len(lines), 'site day')}", ""),
    )
    if not lines:
        return Lead("No site has a contract, power, a block or a lease phase in this window.", figures)
    loads = (("mining_w", "mining"), ("ai_w", "AI"))
    drawn = [_drawn_for(last, name, what) for name, what in loads if total(last, name) is not None]
    verdict = sentence(
        f"Mining blocks that were later converted to data centers used {said(bridge, 'Wh')} in this window"
        if bridge
        else "No mining of this window is known to have made room for data centers",
        f"on {last_day} {counted(len(last), 'site')} drew {listed(drawn)}" if drawn else "",
        f"load is unknown on {unknown:,} of {counted(len(lines), 'site day')}" if unknown else "",
    )
    return Lead(verdict, figures)


def _drawn_for(last: Sequence[Line], name: str, what: str) -> str:
    unknown = sum(line[name] is None for line in last)
    at = f" (unknown at {counted(unknown, 'site')})" if unknown else ""
    return f"{said(total(last, name) or 0, 'W')} for {what}{at}"


REPORT: Final = Report(
    name="bridge",
    definition_version=1,
    title="Mining that carries a site to its data centers",
    packs=("lease",),
    classes=("grid", "operations", "lease"),
    row_kinds=(POWER, BLOCK, METER, METER_DAY, HASHRATE_DAY, PHASE),
    columns=COLUMNS,
    keys=2,
    compute=compute,
    definition=__doc__ or "",
    behind=behind,
    bulky=True,
    lead=lead,
    first=("site", "day", "contracted_w", "energized_w", "mining_w", "ai_w", "bridge_wh", "days_loi_to_rfs"),
)
