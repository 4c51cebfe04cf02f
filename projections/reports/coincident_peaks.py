"""Coincident peaks: what a site drew when its system was at its peak, what that is worth, and what missed.

A charge for transmission or capacity is allotted by the load in a few intervals that the system operator
confirms afterwards. Schemes, by authority: ERCOT 4CP, the highest quarter-hour of each month of June to
September (16 TAC 25.192, in force); ERCOT 12CP, a half-hour of each month (PUCT Project 58484, a proposal
of 2026 to be decided by December 31, 2026; shown only where such intervals were confirmed); PJM 5CP, the
five highest hours of the summer on different days (PJM Manual 19, in force); MISO, one hour of each season
(Module E-1, in force); SPP, one hour of each month (Tariff section 34, in force). peak-scheme-set replaces
or adds to them. A confirmed interval belongs to the schemes of its length and months; of each period the
highest ones count, on different days, as far as they are confirmed at as-of.

One row for each interval of a scheme that begins in the window, of each site of which a block is
commissioned then, and one for each dispatch of class coincident-peak that begins in it and took place, by
scheme in force; by site, scheme and start.

load        = mean load of the site's revenue meters (delivered) over the interval; a longer reading is
              spread evenly, which is noted; null unless all of it has readings
share       = load / system
like hours  = mean load at the same clock time of the other days of that month of its type (Monday to
              Friday, or the weekend) on which no dispatch of the site overlaps it and no peak lies in it
              (own)
avoided     = like hours - load; below 0 the site drew more
charge      = --charge, else the latest peak-charge-set at as-of, per kW and year of the mean over the
              scheme's intervals; worth = charge x avoided / intervals of a year, so that the rows of a
              year add up to it
verdict     = of a peak: curtailed, if any block was held back in it, else not curtailed. Of a dispatch:
              met, if it overlaps a peak of the scheme; no peak, if all peaks of its period are confirmed,
              the period is over and none does; not confirmed, otherwise
held back   = of a dispatch: depth x time over its blocks, a depth at most the block's capacity; held for =
              time in which any block was held back

Each figure is rounded once, half to even.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from ledger.calendar import DAY_S, Window, day_start_s, format_instant, instant_s, local_date, zone
from ledger.errors import Malformed
from ledger.records.envelope import authority_place
from ledger.units import format_quantity, parse_quantity, ppm, rounded
from projections.engine.amounts import said
from projections.engine.fold import Key, Rows
from projections.engine.pictures import Layer, Names, Picture, Plot
from projections.engine.report import (
    Answer,
    Behind,
    Cell,
    Column,
    Lead,
    LeadFigure,
    Number,
    Parameter,
    Report,
    ReportRow,
    Scope,
    exact,
    row_of,
)
from projections.engine.windows import FOREVER, Span, clip, total_s
from projections.engine.words import Line, by_name, counted, dollars, number_of, sentence, total, verb
from projections.figures.availability import held_back
from projections.figures.like_hours import (
    like_days,
    month_of,
    power_w,
    revenue_meters,
)
from projections.figures.metered_load import Days, MeteredLoad, days_of, load_of
from projections.figures.peak_schemes import Peak, PeakScheme, peaks_of, schemes_of
from projections.rows.blocks import BLOCK, rating_at
from projections.rows.coincident_peaks import CHARGE, PEAK
from projections.rows.curtailments import CURTAILMENT, Curtailment
from projections.rows.dispatches import DISPATCH, DispatchCall, call
from projections.rows.fact_rows import RecordedFact
from projections.rows.meters import METER, METER_DAY
from projections.rows.sites import SITE, data_before

BELONGS: Final = (SITE.name, DISPATCH.name, BLOCK.name)
LOADED: Final = (*BELONGS, METER.name, METER_DAY.name)
LIKE: Final = LOADED
WORTH: Final = (*LIKE, CHARGE.name)
HELD: Final = (*BELONGS, CURTAILMENT.name)

COLUMNS: Final = (
    Column("site", "Site", "the site", unit=""),
    Column("scheme", "Scheme", "how the charge is allotted", unit=""),
    Column("start", "Start", "when the peak or the dispatch began", unit=""),
    Column("dispatch", "Dispatch", "the dispatch; null for a peak", unit=""),
    Column(
        "verdict",
        "Verdict",
        "of a peak curtailed or not curtailed; of a dispatch met, no peak or not confirmed",
        unit="",
        draws=HELD,
    ),
    Column("authority", "Authority", "EIA-930 code of the balancing authority", unit="", draws=BELONGS),
    Column("rule", "Rule", "the text of the scheme and its state", unit="", draws=BELONGS),
    Column("period", "Period", "the month or season whose peak it is", unit="", draws=BELONGS),
    Column("rank", "Rank", "its place among the period's peaks, the highest first", unit="", draws=BELONGS),
    Column("stop", "Stop", "when it ended", unit="", draws=BELONGS),
    Column("system_w", "System", "the system's load as confirmed", unit="W", draws=BELONGS, shown="GW"),
    Column("load_w", "Load", "the site's mean load in it", unit="W", draws=LOADED),
    Column("share_ppm", "Share", "load / system", unit="ppm", of=("load_w", "system_w"), draws=LOADED),
    Column("like_w", "Like hours", "mean load at that clock time of like days", unit="W", draws=LIKE),
    Column("like_count", "Like days", "how many days these are", unit="", draws=LIKE),
    Column("avoided_w", "Avoided", "like hours - load", unit="W", of=("like_w", "load_w"), draws=LIKE),
    Column("charge_cents", "Charge", "per kW and year", unit="cent", draws=(*BELONGS, CHARGE.name)),
    Column(
        "worth_cents",
        "Worth",
        "charge x avoided / intervals of a year",
        unit="cent",
        of=("charge_cents", "avoided_w"),
        draws=WORTH,
    ),
    Column("held_back_wh", "Held back", "depth x time over the dispatch's blocks", unit="Wh", draws=HELD),
    Column("held_s", "Held for", "time in which any block was held back", unit="s", draws=HELD),
)
_cells: Final = row_of(COLUMNS)

CHARGED: Final = "charge"
PARAMETERS: Final = (
    Parameter(CHARGED, "The charge per kW and year, such as 61.50USD, in place of what is recorded."),
)


class PeakSite(NamedTuple):
    """Facts behind the rows of a site: its dispatches that took place, and what was held back of its blocks
    under each of them.
    """

    site: str
    code: str
    tz: ZoneInfo
    stop_s: int
    charges: Mapping[str, int]
    calls: Mapping[str, DispatchCall]
    held: Sequence[tuple[str, Span[int]]]

    @property
    def called(self) -> list[Window]:
        """When its dispatches were in force, as far as they are seen."""
        return [_window(one, self.stop_s) for one in self.calls.values()]


def compute(rows: Rows, scope: Scope) -> Answer:
    """Peaks and dispatches for them, by site, scheme and start."""
    charge = _given_charge(scope)
    lines: list[ReportRow] = []
    notes: list[str] = []
    loads = PeakLoads(rows)
    for one in _sites(rows, scope):
        for scheme, peaks in _schemes(one.code, rows, scope):
            inside = [peak for peak in _inside(peaks, scope) if _has_load(rows, one.site, peak)]
            found = [_peak_row(one, scheme, peak, peaks, loads, charge) for peak in inside]
            found += _dispatch_rows(one, scheme, peaks, scope) if scheme.in_force else ()
            lines += sorted(found, key=lambda row: (str(row[2]), str(row[3] or "")))
            notes += [note for peak in inside for note in _spread(one, scheme, peak, loads)]
    return Answer(tuple(lines), tuple(dict.fromkeys(notes)))


def _given_charge(scope: Scope) -> int | None:
    text = scope.given.get(CHARGED)
    if text is None:
        return None
    try:
        cents = parse_quantity(str(text), "_cents")
    except Malformed as why:
        raise Malformed(f"--{CHARGED} {why}; such as --{CHARGED} 61.50USD per kW and year") from None
    return cents


def _sites(rows: Rows, scope: Scope) -> Iterator[PeakSite]:
    stop_s = scope.window.stop_s
    calls: dict[str, dict[str, DispatchCall]] = {}
    for (site, name), row in sorted(rows[DISPATCH.name].items()):
        one = call(row, stop_s) if site in scope.sites else None
        if one is not None and one.took_place:
            calls.setdefault(site, {})[name] = one
    held: dict[str, list[tuple[str, Span[int]]]] = {}
    for (site, block, name), changes in sorted(rows[CURTAILMENT.name].items()):
        if site in scope.sites:
            held.setdefault(site, []).extend(
                (name, span) for span in _held(rows, site, block, changes, stop_s)
            )
    for site in scope.sites:
        data = data_before(rows[SITE.name].get((site,), ()), stop_s)
        if data is not None:
            charges = {f.body.scheme: f.body.charge_cents for f in _seen(rows, CHARGE.name, site, stop_s)}
            yield PeakSite(
                site,
                data.balancing_authority,
                zone(scope.zones[site]),
                stop_s,
                charges,
                calls.get(site, {}),
                held.get(site, ()),
            )


def _held(rows: Rows, site: str, block: str, row: Curtailment, stop_s: int) -> Iterator[Span[int]]:
    """Power that was held back of a block under one dispatch, at most the block's capacity."""
    changes = tuple(change for change in rows[BLOCK.name].get((site, block), ()) if change.at_s < stop_s)
    for span in held_back([tuple(change for change in row if change.at_s < stop_s)], changes):
        rating = rating_at(changes, span.start_s)
        depth_w = min(span.value, 0 if rating is None else rating.capacity_w)
        if depth_w:
            yield span._replace(value=depth_w)


def _window(one: DispatchCall, stop_s: int) -> Window:
    return Window(one.start_s, stop_s if one.stop_s is None else min(one.stop_s, stop_s))


def _seen(rows: Rows, kind: str, place: str, stop_s: int) -> list[RecordedFact]:
    return [fact for fact in rows[kind].get((place,), ()) if fact.at_s < stop_s]


def _schemes(code: str, rows: Rows, scope: Scope) -> Iterator[tuple[PeakScheme, list[Peak]]]:
    """The schemes of an authority with their peaks; one that is not in force only with peaks."""
    facts = _seen(rows, PEAK.name, authority_place(code), scope.window.stop_s)
    for scheme in schemes_of(code, facts):
        peaks = peaks_of(scheme, facts)
        if peaks or scheme.in_force:
            yield scheme, peaks


def _inside(peaks: Sequence[Peak], scope: Scope) -> list[Peak]:
    return [
        peak for peak in peaks if scope.window.start_s <= peak.start_s and peak.stop_s <= scope.window.stop_s
    ]


def _has_load(rows: Rows, site: str, peak: Peak) -> bool:
    """Is any block of the site commissioned at a peak?"""
    return any(
        place == site and rating_at(row, peak.start_s) is not None
        for (place, _), row in rows[BLOCK.name].items()
    )


# --- a peak -------------------------------------------------------------------------------------------------


class PeakLoads:
    """The load of sites in the months of peaks, read once for each; nothing is read where there is no peak."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._days: Days | None = None
        self._found: dict[tuple[str, Window], MeteredLoad] = {}

    def of(self, one: PeakSite, month: Window) -> MeteredLoad:
        """The load of a site in a month, by its revenue meters."""
        if self._days is None:
            self._days = days_of(self._rows)
        if (one.site, month) not in self._found:
            meters = revenue_meters(self._rows, one.site, one.stop_s)
            self._found[one.site, month] = load_of(self._days, one.site, meters, month)
        return self._found[one.site, month]


def _month(one: PeakSite, peak: Peak) -> Window:
    """The local month of a peak, and all of the peak."""
    month = month_of(peak.start_s, one.tz, one.stop_s)
    return Window(month.start_s, max(month.stop_s, peak.stop_s))


def _peak_row(
    one: PeakSite,
    scheme: PeakScheme,
    peak: Peak,
    peaks: Sequence[Peak],
    loads: PeakLoads,
    charge: int | None,
) -> ReportRow:
    window, month = Window(peak.start_s, peak.stop_s), _month(one, peak)
    metered = loads.of(one, month)
    load = power_w(metered, window)
    left_out = [*one.called, *(Window(other.start_s, other.stop_s) for other in peaks)]
    like = like_days(metered, window, month, left_out, one.tz)
    avoided = None if load is None or like.power_w is None else like.power_w - load
    cents = one.charges.get(scheme.name) if charge is None else charge
    worth = None if avoided is None or cents is None else Fraction(cents * avoided, 1000 * scheme.a_year)
    return _cells(
        site=one.site,
        scheme=scheme.name,
        start=format_instant(peak.start_s),
        dispatch=None,
        verdict="curtailed" if clip((span for _, span in one.held), window) else "not curtailed",
        authority=one.code,
        rule=scheme.rule,
        period=peak.period,
        rank=peak.rank,
        stop=format_instant(peak.stop_s),
        system_w=peak.system_w,
        load_w=_rounded(load),
        share_ppm=None if load is None else ppm(load, peak.system_w),
        like_w=_rounded(like.power_w),
        like_count=like.days,
        avoided_w=_rounded(avoided),
        charge_cents=cents,
        worth_cents=_rounded(worth),
        held_back_wh=None,
        held_s=None,
    )


def _rounded(value: Fraction | None) -> int | None:
    return None if value is None else rounded(value)


def _spread(one: PeakSite, scheme: PeakScheme, peak: Peak, loads: PeakLoads) -> Iterator[str]:
    """A note on readings that are longer than the peak."""
    longest = max(loads.of(one, _month(one, peak)).over(Window(peak.start_s, peak.stop_s)), default=0)
    if longest > scheme.interval_s:
        yield (
            f"{one.site}/{scheme.name}: readings of {format_quantity(longest, '_s')} are spread evenly over"
            f" intervals of {format_quantity(scheme.interval_s, '_s')}"
        )


# --- a dispatch for a peak ----------------------------------------------------------------------------------


def _dispatch_rows(
    one: PeakSite, scheme: PeakScheme, peaks: Sequence[Peak], scope: Scope
) -> Iterator[ReportRow]:
    for name, called in one.calls.items():
        period = scheme.period_of(local_date(called.start_s, zone(scheme.tz)))
        inside = scope.window.start_s <= called.start_s < scope.window.stop_s
        if called.called.dispatch_class == "coincident-peak" and inside and period is not None:
            window = _window(called, one.stop_s)
            held = clip((span for dispatch, span in one.held if dispatch == name), window)
            energy_ws = sum((span.stop_s - span.start_s) * span.value for span in held)
            yield _cells(
                **_NO_PEAK,
                site=one.site,
                scheme=scheme.name,
                start=format_instant(called.start_s),
                dispatch=name,
                verdict=_hit(scheme, period, window, peaks, one.stop_s),
                authority=one.code,
                rule=scheme.rule,
                period=period,
                stop=None if called.stop_s is None else format_instant(called.stop_s),
                held_back_wh=rounded(Fraction(energy_ws, 3600)),
                held_s=total_s(Window(span.start_s, span.stop_s) for span in held),
            )


_OF_PEAKS: Final = (
    "rank",
    "system_w",
    "load_w",
    "share_ppm",
    "like_w",
    "like_count",
    "avoided_w",
    "charge_cents",
    "worth_cents",
)
_NO_PEAK: Final[dict[str, Cell]] = dict.fromkeys(_OF_PEAKS)


def _hit(scheme: PeakScheme, period: str, window: Window, peaks: Sequence[Peak], known_s: int) -> str:
    if any(peak.start_s < window.stop_s and window.start_s < peak.stop_s for peak in peaks):
        return "met"
    tz = zone(scheme.tz)
    over_s = day_start_s(scheme.over_on(local_date(window.start_s, tz)), tz)
    complete = sum(peak.period == period for peak in peaks) >= scheme.peaks
    return "no peak" if complete and over_s <= known_s else "not confirmed"


# --- explained ----------------------------------------------------------------------------------------------


_BESIDE_LIKE: Final = ("like_w", "like_count", "avoided_w", "worth_cents")
"""Columns that look at like days, on which the site had no dispatch."""


def behind(rows: Rows, scope: Scope, cells: Mapping[str, Cell], column: str) -> Behind:
    """Facts that the authority confirmed and set; the month's readings and the dispatches of a peak; the
    curtailments of a dispatch. A difference asks it about a row of the other side too, whose site may be none
    of this scope.
    """
    stop_s, site, name = scope.window.stop_s, str(cells["site"]), cells["dispatch"]
    start_s, tz = instant_s(str(cells["start"])), zone(scope.zones.get(site, scope.tz))
    month = month_of(start_s, tz, stop_s)
    meters = revenue_meters(rows, site, stop_s)
    first, last = (
        format_instant(min(max(at_s, 0), FOREVER - 1))[:10]
        for at_s in (month.start_s - 2 * DAY_S, month.stop_s + DAY_S)
    )
    place = authority_place(str(cells["authority"]))
    said_by = tuple((f"{place}/grid", fact.pos) for fact in _seen(rows, PEAK.name, place, stop_s))

    def counts(kind: str, key: Key) -> bool:
        if kind == METER.name:
            return key[1] in meters
        if kind == METER_DAY.name:
            return key[1] in meters and first <= key[2] <= last
        if name is None:
            return kind != DISPATCH.name or column in _BESIDE_LIKE
        return kind not in (DISPATCH.name, CURTAILMENT.name) or key[-1] == name

    return Behind(
        counts,
        numbers=lambda: tuple(_numbers(cells, column, rows, scope)),
        window=Window(month.start_s, stop_s),
        also=said_by,
    )


def _numbers(cells: Mapping[str, Cell], column: str, rows: Rows, scope: Scope) -> Iterator[Number]:
    """The intervals of a year, of a worth."""
    if column == "worth_cents" and cells["dispatch"] is None:
        for scheme, _ in _schemes(str(cells["authority"]), rows, scope):
            if scheme.name == cells["scheme"]:
                yield Number("intervals of a year", exact(scheme.a_year), "")


# --- first screen -------------------------------------------------------------------------------------------


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Power that sites drew at the peaks beside their usual power, what that is worth, and what missed."""
    lines = _charged(rows, scope, by_name(COLUMNS, answer.rows))
    peaks, calls = ([line for line in lines if (line["dispatch"] is None) == how] for how in (True, False))
    known = [line for line in peaks if line["avoided_w"] is not None]
    worth = total(peaks, "worth_cents")
    missed = [line for line in calls if line["verdict"] == "no peak"]
    judged = [line for line in calls if line["verdict"] != "not confirmed"]
    figures = (
        LeadFigure("Peaks confirmed", _distinct(peaks), ""),
        LeadFigure("Mean load at them", _mean(known, "load_w"), "W"),
        LeadFigure("Mean of like hours", _mean(known, "like_w"), "W"),
        LeadFigure("Worth a year", worth, "cent"),
        LeadFigure("Curtailed without a peak", f"{len(missed):,} of {len(judged):,}" if judged else None, ""),
    )
    if not lines:
        return Lead("No coincident peak was confirmed, and none was avoided, in this window.", figures)
    verdict = sentence(
        _drawn(peaks, known),
        f"that is worth {dollars(worth)} a year" if worth is not None and worth >= 0 else "",
        f"that costs {dollars(-worth)} a year" if worth is not None and worth < 0 else "",
        _missing(len(missed), len(judged)),
    )
    return Lead(verdict, figures)


def _mean(lines: Sequence[Line], name: str) -> int | None:
    amounts = [number for line in lines if (number := number_of(line, name)) is not None]
    return rounded(Fraction(sum(amounts), len(amounts))) if amounts else None


def _charged(rows: Rows, scope: Scope, lines: list[Line]) -> list[Line]:
    """The rows of schemes that are in force, from which alone charges follow; all where there are none."""
    codes = {str(line["authority"]) for line in lines}
    proposed = {
        scheme.name for code in codes for scheme, _ in _schemes(code, rows, scope) if not scheme.in_force
    }
    return [line for line in lines if line["scheme"] not in proposed] or lines


def _distinct(peaks: Sequence[Line]) -> int:
    """Number of peaks, whatever the number of sites."""
    return len({(line["authority"], line["scheme"], line["start"]) for line in peaks})


def _drawn(peaks: Sequence[Line], known: Sequence[Line]) -> str:
    load, like = _mean(known, "load_w"), _mean(known, "like_w")
    count = _distinct(peaks)
    if not peaks:
        return "No coincident peak was confirmed in this window"
    if load is None or like is None:
        return f"{counted(count, 'coincident peak')} {verb(count, 'was', 'were')} confirmed, and the load there is unknown"
    of_a_site = "of a site " if len({line["site"] for line in known}) > 1 else ""
    return (
        f"At {counted(_distinct(known), 'coincident peak')} the load {of_a_site}was {said(load, 'W')} on average, where"
        f" like hours have {said(like, 'W')}"
    )


def _missing(missed: int, judged: int) -> str:
    if not judged:
        return ""
    if judged == 1:
        return f"the curtailment for a peak met {'none' if missed else 'one'}"
    return f"{missed:,} of {judged:,} curtailments for peaks met none"


_VERDICTS: Final = {
    "curtailed": "curtailed",
    "not curtailed": "not curtailed",
    "met": "met a peak",
    "no peak": "no peak then",
    "not confirmed": "not confirmed yet",
}


def plain(scope: Scope, cells: Mapping[str, Cell]) -> Mapping[str, str]:
    """The verdict in words."""
    return {"verdict": _VERDICTS[str(cells["verdict"])]}


# --- picture ------------------------------------------------------------------------------------------------

_MOST: Final = 16


def pictures(rows: Rows, scope: Scope, answer: Answer) -> tuple[Picture, ...]:
    """Load at each peak beside like hours, the latest ones where they are many."""
    lines = _charged(rows, scope, by_name(COLUMNS, answer.rows))
    found = [line for line in lines if line["dispatch"] is None and line["load_w"] is not None]
    shown = sorted(found, key=lambda line: (str(line["start"]), str(line["site"]), str(line["scheme"])))[
        -_MOST:
    ]
    if not shown:
        return ()
    layers = tuple(
        Layer(name, "bar", tuple((n, number_of(line, column)) for n, line in enumerate(shown)))
        for name, column in (("like hours", "like_w"), ("at the peak", "load_w"))
    )
    names = tuple(f"{line['site']} {str(line['start'])[:10]}" for line in shown)
    says = f"{_drawn(shown, [line for line in shown if line['avoided_w'] is not None])}."
    return (Plot("Load at coincident peaks", says, Names("", names), "Load", "W", layers),)


REPORT: Final = Report(
    name="coincident-peaks",
    definition_version=1,
    title="Load at coincident peaks",
    packs=("utility", "registration"),
    classes=("grid",),
    row_kinds=(PEAK, CHARGE, SITE, METER, METER_DAY, DISPATCH, CURTAILMENT, BLOCK),
    columns=COLUMNS,
    keys=4,
    compute=compute,
    definition=__doc__ or "",
    behind=behind,
    conditions=True,
    parameters=PARAMETERS,
    lead=lead,
    plain=plain,
    first=("site", "scheme", "start", "dispatch", "verdict", "load_w", "avoided_w", "worth_cents"),
    pictures=pictures,
)
