"""Water: what a site withdrew and consumed, by source, and its water usage effectiveness beside PUE.

A volume is spread evenly over its days; one that the window cuts counts with its part. Withdrawn and consumed
are those of the bills and meters, in exact liters (a US gallon is 3.785411784 L). Consumed is null where it
is not known of every volume.

WUE        = consumed / IT energy, in L per kWh (ISO/IEC 30134-9:2022), over the local days of the window on
             which every connection of the site has a volume and its IT meters have readings all day
withdrawal = withdrawn / IT energy over the same days, for sites that do not measure what they consume (own)
PUE        = facility energy / IT energy over the time in which both have readings (ISO/IEC 30134-2), as
             power-use has it
uncovered  = days of the window without a volume of every connection

Both standards ask for 12 months; over fewer the figures are interim, which is noted. Connections are those
with a volume in the window. One row for all of a site and one for each source, by site and source. Liters add
up over sources but for rounding: each figure is rounded once, half to even.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final, NamedTuple

from ledger.calendar import Window, local_date, zone
from ledger.units import ppm, rounded
from projections.engine.amounts import said
from projections.engine.fold import Key, Rows
from projections.engine.pictures import Layer, Picture, Plot, Time
from projections.engine.report import (
    Answer,
    Behind,
    Cell,
    Column,
    Lead,
    LeadFigure,
    Number,
    Report,
    ReportRow,
    Scope,
    exact,
    partial_row_of,
)
from projections.engine.windows import local_days, local_months
from projections.engine.words import Line, by_name, counted, listed, number_of, percent, sentence, total, verb
from projections.figures.energy_split import OfRoles, both_known, meters_of, scale_of, summed
from projections.figures.power_integrals import Integral
from projections.figures.water_volumes import (
    WaterVolume,
    consumed_l,
    is_covered,
    volumes_of,
    withdrawn_l,
)
from projections.rows.meters import METER, METER_DAY, terms_before
from projections.rows.water import WATER

YEAR_D: Final = 365
_SHORT: Final = 2
"""Months up to which a picture has days."""
_OF_WATER: Final = (WATER.name,)
_METERED: Final = (METER.name, METER_DAY.name)

COLUMNS: Final = (
    Column("site", "Site", "the site", unit=""),
    Column("water_source", "Source", "where the water comes from; null for all of the site", unit=""),
    Column("withdrawn_l", "Withdrawn", "taken in the window", unit="L", draws=_OF_WATER),
    Column("consumed_l", "Consumed", "the part that does not return", unit="L", draws=_OF_WATER),
    Column(
        "share_ppm",
        "Share",
        "withdrawn / that of all sources",
        unit="ppm",
        draws=_OF_WATER,
        beyond=("water_source",),
    ),
    Column(
        "wue_ml_per_kwh",
        "WUE",
        "consumed / IT energy where both are known",
        unit="mL/kWh",
        draws=(*_OF_WATER, *_METERED),
    ),
    Column(
        "pue_ppm",
        "PUE",
        "facility energy / IT energy where both are known",
        unit="ppm",
        shown="ratio",
        draws=_METERED,
    ),
    Column(
        "withdrawal_ml_per_kwh",
        "Withdrawal",
        "withdrawn / IT energy where both are known",
        unit="mL/kWh",
        draws=(*_OF_WATER, *_METERED),
    ),
    Column("it_wh", "IT energy", "on the days that WUE is of", unit="Wh", draws=(*_OF_WATER, *_METERED)),
    Column(
        "wue_days",
        "Days of WUE",
        "days with water and IT energy known",
        unit="d",
        draws=(*_OF_WATER, *_METERED),
    ),
    Column(
        "uncovered_days", "Uncovered", "days without a volume of every connection", unit="d", draws=_OF_WATER
    ),
    Column(
        "estimated_ppm", "Estimated", "withdrawn that is estimated / withdrawn", unit="ppm", draws=_OF_WATER
    ),
    Column("connections", "Connections", "with a volume in the window", unit="", draws=_OF_WATER),
)
_cells: Final = partial_row_of(COLUMNS)


class SiteWater(NamedTuple):
    """A site with water in the window: its volumes, the days on which all connections have one, those of them with
    IT energy and that energy in Wh, and its PUE.
    """

    site: str
    volumes: Sequence[WaterVolume]
    days: int
    covered: int
    known: Sequence[Window]
    it_wh: Fraction
    pue_ppm: int | None


def compute(rows: Rows, scope: Scope) -> Answer:
    """By site: all of its water, then each source."""
    lines: list[ReportRow] = []
    notes: list[str] = []
    for one in _sites(rows, scope):
        lines.append(_row(one, None, scope.window))
        lines += [_row(one, source, scope.window) for source in sorted({v.source for v in one.volumes})]
        notes += _notes(one)
    return Answer(tuple(lines), tuple(notes))


def _sites(rows: Rows, scope: Scope) -> Iterator[SiteWater]:
    meters: dict[str, OfRoles] | None = None
    for site in scope.sites:
        volumes = volumes_of(rows, site, zone(scope.zones[site]), scope.window)
        if volumes:
            meters = meters_of(rows, scope) if meters is None else meters
            yield _site(site, volumes, meters.get(site, {}), scope)


def _site(site: str, volumes: Sequence[WaterVolume], meters: OfRoles, scope: Scope) -> SiteWater:
    window = scope.window
    days = local_days(window, zone(scope.zones[site]))
    names = {one.connection for one in volumes}
    covered = [day for day in days if is_covered(volumes, names, day)]
    facility, it = (meters.get(role, []) for role in ("facility", "it"))
    scale = scale_of([*facility, *it])
    load = summed(it, scale, window)
    integral = Integral(load)
    found = [(day, *integral.over(*day)) for day in covered]
    known = [(day, energy) for day, energy, seconds in found if seconds == day.stop_s - day.start_s]
    both = both_known(summed(facility, scale, window), load, window) if facility and it else None
    return SiteWater(
        site,
        volumes,
        len(days),
        len(covered),
        [day for day, _ in known],
        Fraction(sum(energy for _, energy in known), 3600 * scale),
        None if both is None else ppm(both.facility, both.it),
    )


def _row(one: SiteWater, source: str | None, window: Window) -> ReportRow:
    own = [volume for volume in one.volumes if source in (None, volume.source)]
    withdrawn, whole = withdrawn_l(own, window), withdrawn_l(one.volumes, window)
    estimated = withdrawn_l([volume for volume in own if volume.is_estimated], window)
    consumed = consumed_l(own, window)
    used, taken = _of_known(one, own)
    is_all = source is None
    return _cells(
        site=one.site,
        water_source=source,
        withdrawn_l=rounded(withdrawn),
        consumed_l=None if consumed is None else rounded(consumed),
        share_ppm=ppm(withdrawn, whole),
        wue_ml_per_kwh=None if used is None else _per_kwh(used, one.it_wh),
        pue_ppm=one.pue_ppm if is_all else None,
        withdrawal_ml_per_kwh=_per_kwh(taken, one.it_wh),
        it_wh=rounded(one.it_wh) if is_all and one.known else None,
        wue_days=len(one.known) if is_all else None,
        uncovered_days=one.days - one.covered if is_all else None,
        estimated_ppm=ppm(estimated, withdrawn),
        connections=len({volume.connection for volume in own}),
    )


def _of_known(one: SiteWater, own: Sequence[WaterVolume]) -> tuple[Fraction | None, Fraction]:
    """Water consumed and withdrawn on the days with IT energy; consumed None where it is unknown on any."""
    used: Fraction | None = Fraction(0)
    taken = Fraction(0)
    for run in _runs(one.known):
        taken += withdrawn_l(own, run)
        has_any = any(volume.within(run) for volume in own)
        consumed = consumed_l(own, run) if has_any else Fraction(0)
        used = None if used is None or consumed is None else used + consumed
    return used, taken


def _runs(days: Sequence[Window]) -> list[Window]:
    """Days that follow each other, as one window."""
    found: list[Window] = []
    for day in days:
        if found and found[-1].stop_s == day.start_s:
            found[-1] = Window(found[-1].start_s, day.stop_s)
        else:
            found.append(day)
    return found


def _per_kwh(liters: Fraction, it_wh: Fraction) -> int | None:
    """mL per kWh: L / Wh x 10^6."""
    return rounded(Fraction(liters * 10**6) / it_wh) if it_wh > 0 else None


def _notes(one: SiteWater) -> Iterator[str]:
    if one.covered < one.days:
        left = one.days - one.covered
        yield f"{one.site}: {counted(left, 'day')} {verb(left, 'has', 'have')} no volume of every connection"
    unknown = sorted({volume.connection for volume in one.volumes if volume.consumed_l is None})
    if unknown:
        yield f"{one.site}: consumption is not known of {listed(unknown)}, so that of the site is not"
    if one.it_wh and len(one.known) < YEAR_D:
        yield f"{one.site}: WUE is interim, over {counted(len(one.known), 'day')} with water and IT energy known"


# --- explained ----------------------------------------------------------------------------------------------


def behind(rows: Rows, scope: Scope, cells: Mapping[str, Cell], column: str) -> Behind:
    """The volumes of the site, and the meters of role facility and it that PUE and WUE look at."""
    site = str(cells["site"])
    looked_at = {
        meter
        for (place, meter), row in rows[METER.name].items()
        if place == site
        and (terms := terms_before(row, scope.window.stop_s)) is not None
        and (terms.scope == "site" and terms.role in ("facility", "it"))
    }

    def counts(kind: str, key: Key) -> bool:
        return kind == WATER.name or key[1] in looked_at

    def numbers() -> tuple[Number, ...]:
        if column not in ("wue_ml_per_kwh", "withdrawal_ml_per_kwh"):
            return ()
        one = next(found for found in _sites(rows, scope) if found.site == site)
        own = [v for v in one.volumes if cells["water_source"] in (None, v.source)]
        used, taken = _of_known(one, own)
        liters = taken if column == "withdrawal_ml_per_kwh" else used or Fraction(0)
        return (
            Number("water on these days", exact(rounded(liters)), "L"),
            Number("IT energy on these days", exact(rounded(one.it_wh)), "Wh"),
        )

    return Behind(counts, numbers=numbers)


# --- first screen -------------------------------------------------------------------------------------------


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Water withdrawn and consumed, the largest sources, and WUE beside PUE."""
    lines = by_name(COLUMNS, answer.rows)
    sites = [line for line in lines if line["water_source"] is None]
    withdrawn, used = total(sites, "withdrawn_l"), total(sites, "consumed_l")
    is_known = all(line["consumed_l"] is not None for line in sites)
    reclaimed = total([line for line in lines if line["water_source"] == "reclaimed"], "withdrawn_l") or 0
    figures = (
        LeadFigure("Withdrawn", withdrawn, "L"),
        LeadFigure("Consumed", used if is_known else None, "L"),
        LeadFigure("Reclaimed water", None if withdrawn is None else ppm(reclaimed, withdrawn), "ppm"),
        LeadFigure("WUE", _wue(sites), "mL/kWh"),
        LeadFigure("PUE", _pue(sites), ""),
    )
    if withdrawn is None:
        return Lead("No water of a site is recorded in this window.", figures)
    return Lead(sentence(*_verdict(lines, sites, withdrawn, used if is_known else None)), figures)


def _wue(sites: Sequence[Line]) -> int | None:
    """WUE of all sites that have one, weighed by their IT energy."""
    pairs = [(number_of(line, "wue_ml_per_kwh"), number_of(line, "it_wh")) for line in sites]
    known = [(wue, energy) for wue, energy in pairs if wue is not None and energy]
    whole = sum(energy for _, energy in known)
    return rounded(Fraction(sum(wue * energy for wue, energy in known), whole)) if whole else None


def _verdict(lines: Sequence[Line], sites: Sequence[Line], withdrawn: int, used: int | None) -> Iterator[str]:
    where = f" at {counted(len(sites), 'site')}" if len(sites) > 1 else ""
    consumed = "" if used is None else f", of which {said(used, 'L')} were consumed"
    yield f"{said(withdrawn, 'L')} of water were withdrawn{where}{consumed}"
    sums: dict[str, int] = {}
    for line in lines:
        if line["water_source"] is not None:
            name = str(line["water_source"])
            sums[name] = sums.get(name, 0) + (number_of(line, "withdrawn_l") or 0)
    if withdrawn:
        shares = [f"{percent(ppm(liters, withdrawn) or 0)} {name}" for name, liters in _largest(sums)]
        yield f"it was {listed(shares)}"
    wue = _wue(sites)
    if wue is not None:
        pue = _pue(sites)
        beside = "" if pue is None else f" at a PUE of {pue}"
        yield f"WUE was {said(wue, 'mL/kWh')}{beside}"


def _largest(sums: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(
        ((name, liters) for name, liters in sums.items() if liters), key=lambda one: (-one[1], one[0])
    )


def _pue(sites: Sequence[Line]) -> str | None:
    """PUE of one site, a ratio, as the figure and the sentence say it."""
    pue = number_of(sites[0], "pue_ppm") if len(sites) == 1 else None
    return None if pue is None else _three(pue)


def _three(share_ppm: int) -> str:
    """A ratio with three decimals."""
    thousandths = rounded(Fraction(share_ppm, 1000))
    return f"{thousandths // 1000}.{thousandths % 1000:03d}"


# --- picture ------------------------------------------------------------------------------------------------


def pictures(rows: Rows, scope: Scope, answer: Answer) -> tuple[Picture, ...]:
    """Water withdrawn by source, month by month or in short windows day by day, over the sites shown."""
    volumes = [volume for one in _sites(rows, scope) for volume in one.volumes]
    if not volumes:
        return ()
    tz = zone(scope.tz)
    months = local_months(scope.window, tz)
    is_short = len(months) <= _SHORT
    spans = local_days(scope.window, tz) if is_short else months
    layers = tuple(
        Layer(source, "area", tuple(_points([v for v in volumes if v.source == source], spans)))
        for source in sorted({volume.source for volume in volumes})
    )
    sums = dict(_points(volumes, spans))
    most = max(spans, key=lambda span: sums[span.start_s])
    day = local_date(most.start_s, tz).isoformat()
    which = f"on {day}, the most of any day" if is_short else f"in {day[:7]}, the most of any month"
    if len(set(sums.values())) == 1:
        which = f"each {'day' if is_short else 'month'}"
    title = f"Water withdrawn by source, {'day by day' if is_short else 'month by month'}"
    says = f"{said(sums[most.start_s], 'L')} were withdrawn {which}."
    return (Plot(title, says, Time(*scope.window, scope.tz), "Withdrawn", "L", layers),)


def _points(volumes: Sequence[WaterVolume], spans: Sequence[Window]) -> Iterator[tuple[int, int]]:
    for span in spans:
        yield span.start_s, rounded(withdrawn_l(volumes, span))


REPORT: Final = Report(
    name="water",
    definition_version=1,
    title="Water by source",
    packs=("lease", "environment"),
    classes=("grid", "community"),
    row_kinds=(WATER, METER, METER_DAY),
    columns=COLUMNS,
    keys=2,
    compute=compute,
    definition=__doc__ or "",
    behind=behind,
    lead=lead,
    first=(
        "site",
        "water_source",
        "withdrawn_l",
        "consumed_l",
        "share_ppm",
        "wue_ml_per_kwh",
        "pue_ppm",
        "uncovered_days",
    ),
    pictures=pictures,
)
