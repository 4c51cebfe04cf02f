"""Intervals: every reading of every meter as it stands, with its local hour, how often it was corrected, and
where it came from.

One row for each reading that begins in the window, by site, meter and start; --meter limits them to one
meter. A reading ends where a later one begins inside it, and then has that part of its energy, evenly spread;
of two of the same start the later record holds.

energy   = value x 10^power_of_ten Wh, in millionths of a Wh, rounded once, half to even; nothing is filled in
           where a reading is missing
local    = day and clock time at which the interval ends, in the site's zone, counted from its start (HE24:00
           is midnight); fold 1 marks the second pass of a clock time that is shown twice. A day of 23 h has
           no HE03:00, one of 25 h has HE02:00 twice (US zones)
quality  = ESPI code as delivered (0 valid, 7 edited, 8 estimated, 14 raw, 17 validated, ...), -1 where none
           was stated
revision = depth of the chain of corrections: 0 for what was never corrected
source   = SHA-256 of the document that the standing record was read from
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from fractions import Fraction
from functools import cache, lru_cache, partial
from itertools import repeat
from operator import add, mul, sub
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from ledger.calendar import DAY_S, Window, format_instant, instant_s, local_time, zone
from ledger.units import rounded
from projections.engine.fold import Key, Rows
from projections.engine.made_rows import MadeRows
from projections.engine.report import (
    Answer,
    Behind,
    Cell,
    Column,
    Lead,
    LeadFigure,
    Parameter,
    Report,
    ReportRow,
    Scope,
    rows_of,
)
from projections.engine.words import counted, duration, sentence, verb
from projections.rows.meters import DOUBTFUL, LAYOUT, METER_DAY, positions, readings
from projections.rows.reading_deliveries import DELIVERY, Delivery, chain

_UWH: Final = 10**6
_AT_ONCE: Final = 16_384 * LAYOUT.size  # bytes of readings
_KEPT: Final = 2**18  # instants in words: the quarter hours of seven years, which all meters share
READ: Final = (METER_DAY.name,)

COLUMNS: Final = (
    Column("meter", "Meter", "the meter", unit=""),
    Column("start", "Start", "when the interval begins", unit=""),
    Column("site", "Site", "the site", unit=""),
    Column("stop", "Stop", "when it ends", unit="", draws=READ),
    Column("local", "Local", "day and hour ending in the site's zone", unit="", draws=READ),
    Column("energy_uwh", "Energy", "value x 10^power_of_ten, in millionths of a Wh", unit="uWh", draws=READ),
    Column("quality", "Quality", "ESPI code, -1 where none was stated", unit="", draws=READ),
    Column("revision", "Revision", "depth of the chain of corrections", unit="", draws=READ),
    Column("source_sha256", "Source", "SHA-256 of the document it was read from", unit="", draws=READ),
)
_lines: Final = rows_of(COLUMNS)


class EffectiveReadings(NamedTuple):
    """Effective readings of one meter, as columns: ``untils_s`` are their ends if no other reading begins in
    them.
    """

    starts_s: tuple[int, ...]
    stops_s: tuple[int, ...]
    untils_s: tuple[int, ...]
    energies_uwh: tuple[int, ...]
    qualities: tuple[int, ...]
    positions: tuple[int, ...]


class ReadingRun(NamedTuple):
    """Some days of a meter: its readings there, and by its records' positions their deliveries and revisions."""

    site: str
    meter: str
    run: EffectiveReadings
    deliveries: Mapping[int, Delivery]
    revisions: Mapping[int, int]


def compute(rows: Rows, scope: Scope) -> Answer:
    """Every reading that begins in the window. The rows are made each time they are gone through: there may be
    millions, and those of a meter's few days are quickly made.
    """
    wanted = scope.given.get("meter")
    found = _meters(rows, scope)
    kept = lru_cache(maxsize=_KEPT)
    instant = kept(format_instant)
    local = {name: kept(partial(hour_ending, tz=zone(name))) for name in dict.fromkeys(scope.zones.values())}

    def made() -> Iterator[ReportRow]:
        for site, meter, run, deliveries, revisions in _runs(found, scope.window):
            starts, stops, _, energies, qualities, places = run
            yield from _lines(
                site=repeat(site),
                meter=repeat(meter),
                start=map(instant, starts),
                stop=map(instant, stops),
                local=map(local[scope.zones[site]], starts, stops),
                energy_uwh=energies,
                quality=qualities,
                revision=map(revisions.__getitem__, places),
                source_sha256=(deliveries[pos].sha256 for pos in places),
            )

    none = wanted is not None and not found
    notes = (f"no readings in the window of a meter called {wanted!r}",) if none else ()
    return Answer(MadeRows(made, lambda: _count(found, scope.window)), notes)


_Days = dict[str, bytes]


class MeterDays(NamedTuple):
    """The days of a meter: their rows, their deliveries, and the corrections of its site by id."""

    days: _Days
    deliveries: Mapping[str, tuple[Delivery, ...]]
    corrections: Mapping[str, Delivery]


_Meters = dict[Key, MeterDays]


def _meters(rows: Rows, scope: Scope) -> _Meters:
    """The meters that have readings about the window, in order. What rows hold of them is taken out at once: rows
    may change when the next records come, and the rows of the report are made later.
    """
    days, corrections, delivered = _days(rows, scope.window), _corrections(rows), rows[DELIVERY.name]
    wanted = scope.given.get("meter")
    return {
        key: MeterDays(
            days[key],
            {day: delivered.get((*key, day), ()) for day in days[key]},
            corrections.get(key[0], {}),
        )
        for key in sorted(days)
        if key[0] in scope.sites and wanted in (None, key[1])
    }


def _runs(meters: _Meters, window: Window) -> Iterator[ReadingRun]:
    """The readings of each meter that begin in a window, some days at a time."""
    for (site, meter), (days, delivered, corrections) in meters.items():
        for names, inside in _parts(days, window):
            found = _within(_standing(_joined(days, names)), inside)
            deliveries = {one.pos: one for day in names for one in delivered[day]}
            chains = {pos: len(chain(deliveries[pos], corrections)) for pos in dict.fromkeys(found.positions)}
            yield ReadingRun(site, meter, found, deliveries, chains)


def _count(meters: _Meters, window: Window) -> int:
    """The number of readings of some meters that begin in a window."""
    edges = (
        (bisect_left(starts, edge_s) for edge_s in inside)
        for days, _, _ in meters.values()
        for names, inside in _parts(days, window)
        for starts in (readings(_joined(days, names)).starts_s,)
    )
    return sum(stop - start for start, stop in edges)


def _days(rows: Rows, window: Window) -> dict[Key, _Days]:
    """The rows of each (site, meter) that hold readings of a window, and of the day after, whose first may
    begin inside the last.
    """
    if window.start_s >= window.stop_s:
        return {}
    first, last = (format_instant(max(0, at_s))[:10] for at_s in (window.start_s, window.stop_s - 1 + DAY_S))
    found: dict[Key, _Days] = {}
    for (site, meter, day), row in rows[METER_DAY.name].items():
        if first <= day <= last:
            found.setdefault((site, meter), {})[day] = row
    return found


def _parts(days: _Days, window: Window) -> Iterator[tuple[list[str], Window]]:
    """Days of a meter in parts of few readings, in order, each with the day after, whose first may begin inside
    its last, and with what of the window is in the part.
    """
    names = sorted(days)
    begin = size = 0
    for n, name in enumerate(names, start=1):
        size += len(days[name])
        if n == len(names):
            yield names[begin:], window
        elif size >= _AT_ONCE:
            edge_s = min(instant_s(f"{names[n]}T00:00:00Z"), window.stop_s)
            yield names[begin : n + 1], Window(window.start_s, edge_s)
            window = Window(edge_s, window.stop_s)
            begin, size = n, 0


def _joined(days: _Days, names: Iterable[str]) -> bytes:
    return b"".join(map(days.__getitem__, names))


def _standing(joined: bytes) -> EffectiveReadings:
    """The readings of rows in order of their days."""
    starts, stops, values, powers, intervals, qualities = readings(joined)
    worth = map(cache(_worth), map(sub, stops, starts), intervals, powers)
    energies = tuple(map(rounded, map(mul, values, worth)))
    return EffectiveReadings(
        starts, stops, tuple(map(add, starts, intervals)), energies, qualities, positions(joined)
    )


def _worth(seconds: int, interval_s: int, power_of_ten: int) -> int | Fraction:
    """One unit of a reading over some seconds of its interval, in millionths of a Wh; whole where it can
    be.
    """
    found = Fraction(_UWH * seconds, interval_s) * Fraction(10) ** power_of_ten
    return found.numerator if found.denominator == 1 else found


def _within(standing: EffectiveReadings, window: Window) -> EffectiveReadings:
    """Readings that begin in a window."""
    inside = slice(*(bisect_left(standing.starts_s, edge_s) for edge_s in window))
    return EffectiveReadings._make(column[inside] for column in standing)


def _corrections(rows: Rows) -> dict[str, dict[str, Delivery]]:
    """The corrections of each site by id."""
    found: dict[str, dict[str, Delivery]] = {}
    for (site, _, _), row in rows[DELIVERY.name].items():
        found.setdefault(site, {}).update({one.id: one for one in row if one.corrects})
    return found


def hour_ending(start_s: int, stop_s: int, tz: ZoneInfo) -> str:
    """``2025-11-02 HE02:00 fold 1``: the day in which an interval begins, and the clock time at which it ends
    counted from its start.
    """
    begins = local_time(start_s, tz)
    ends = begins + timedelta(seconds=stop_s - start_s)
    midnight = ends.date() > begins.date() and (ends.hour, ends.minute, ends.second) == (0, 0, 0)
    day, time = (begins, "24:00") if midnight else (ends, ends.strftime("%H:%M:%S").removesuffix(":00"))
    return f"{day:%Y-%m-%d} HE{time}{' fold 1' if begins.fold else ''}"


def behind(rows: Rows, scope: Scope, cells: Mapping[str, Cell], column: str) -> Behind:
    """The record of the reading, and those that begin inside it; for its revision also the chain of
    corrections.
    """
    site, meter, start = (str(cells[name]) for name in ("site", "meter", "start"))
    at_s = instant_s(start)
    days = _days(rows, Window(at_s, at_s + 1))[site, meter]
    _, _, (until_s,), _, _, (pos,) = _within(_standing(_joined(days, sorted(days))), Window(at_s, at_s + 1))
    also: tuple[tuple[str, int], ...] = ()
    if column == "revision":
        delivered = rows[DELIVERY.name]
        source = next(one for day in days for one in delivered[site, meter, day] if one.pos == pos)
        levels = chain(source, _corrections(rows).get(site, {}))
        also = tuple((f"{site}/grid", one.pos) for level in levels for one in level)
    return Behind(lambda kind, key: key[-1] >= start[:10], window=Window(at_s, until_s), also=also)


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Numbers of readings and of those not as first measured, and the time missing between them. They are
    counted in columns of numbers: the rows of the answer would be made for it once more.
    """
    count = corrected = doubtful = gaps_s = 0
    ends: dict[Key, int] = {}  # of each meter's last reading so far
    for site, meter, run, _, revisions in _runs(_meters(rows, scope), scope.window):
        if not run.starts_s:
            continue
        count += len(run.starts_s)
        corrected += sum(map(bool, map(revisions.__getitem__, run.positions)))
        doubtful += sum(map(DOUBTFUL.__contains__, run.qualities))
        before_s = ends.get((site, meter), run.starts_s[0])
        gaps_s += sum(map(sub, run.starts_s, (before_s, *run.stops_s)))
        ends[site, meter] = run.stops_s[-1]
    figures = (
        LeadFigure("Meters", len(ends), ""),
        LeadFigure("Readings", count, ""),
        LeadFigure("Gaps between readings", gaps_s if count else None, "s"),
        LeadFigure("Corrected readings", corrected, ""),
        LeadFigure("Estimated or questionable readings", doubtful, ""),
    )
    if not count:
        return Lead("No reading begins in this window.", figures)
    verdict = sentence(
        f"{counted(len(ends), 'meter')} {verb(len(ends), 'has', 'have')} {counted(count, 'reading')}"
        + (f" with {duration(gaps_s)} missing between them" if gaps_s else " without a gap between them"),
        f"{corrected:,} {verb(corrected, 'was', 'were')} corrected" if corrected else "none was corrected",
        f"{doubtful:,} {verb(doubtful, 'is', 'are')} estimated or questionable" if doubtful else "",
    )
    return Lead(verdict, figures)


REPORT: Final = Report(
    name="intervals",
    definition_version=1,
    title="Readings of meters",
    packs=("utility",),
    classes=("grid",),
    row_kinds=(METER_DAY, DELIVERY),
    columns=COLUMNS,
    keys=3,
    compute=compute,
    definition=__doc__ or "",
    behind=behind,
    parameters=(Parameter("meter", "Only the readings of this meter."),),
    bulky=True,
    lead=lead,
    first=("meter", "start", "site", "stop", "local", "energy_uwh", "quality", "revision"),
)
