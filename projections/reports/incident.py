"""Incident: what happened, in what order, and when we came to know it.

The timeline of an incident is every standing record of its site's grid and operations streams from its
opening until it was closed (or the window's end), with the records linked to it, whenever they were so, also
those in such streams of the other sites asked for; of a site and window without an incident, every such
record in the window. Order is (at, index). delay = rec - at, in whole seconds rounded down: how much later it
was taken into the log than it was so; negative for what was said beforehand. state = how the thing that the
record is about stands after it, from all that was so before; null for a fact that begins or ends nothing.
Corrected and retracted records are not shown; ask with an earlier known-at to see what was known then.
evidence is the source document's hash, else its reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

from ledger.calendar import Window, instant_s, rec_us
from ledger.units import rounded
from projections.engine.amounts import said
from projections.engine.fold import Rows
from projections.engine.pictures import Lane, LanePart, Lanes, Layer, Mark, Picture, Plot, Time, around
from projections.engine.report import (
    Answer,
    Cell,
    Column,
    Lead,
    LeadFigure,
    LogView,
    Parameter,
    Report,
    Scope,
    TimelineRecord,
    needs_the_log,
    row_of,
)
from projections.engine.words import (
    Line,
    by_name,
    counted,
    duration,
    listed,
    number_of,
    numbers,
    sentence,
    verb,
)
from projections.figures.energy_split import every, meters_of, scale_of, summed
from projections.figures.power_integrals import LoadStretches
from projections.rows.incidents import INCIDENT, linked, open_during
from projections.rows.meters import METER, METER_DAY

COLUMNS: Final = (
    Column("seq", "Step", "place in the timeline, from 1", unit=""),
    Column("incident", "Incident", "the incident; null for a site's timeline", unit=""),
    Column("at", "At", "when it was so", unit=""),
    Column("rec", "Taken", "when the ledger took it", unit=""),
    Column("delay_s", "Delay", "rec - at, in whole seconds rounded down", unit="s"),
    Column("stream", "Stream", "the stream of the record", unit=""),
    Column("kind", "Kind", "the kind of fact", unit=""),
    Column("summary", "Summary", "what it says", unit=""),
    Column("about", "About", "the thing it begins, changes or ends", unit=""),
    Column(
        "state", "State after", "how that thing stands after it; null where it is over or nothing", unit=""
    ),
    Column("evidence", "Evidence", "hash or reference of the source", unit=""),
    Column("id", "Id", "the record's id", unit=""),
    Column("index", "Index", "the record's place in the log", unit=""),
)
_cells: Final = row_of(COLUMNS)


def asking(rows: Rows, scope: Scope, log: LogView) -> Answer:
    """The timeline of the incident asked for, of each incident, or of the sites asked for."""
    start_s, stop_s = scope.window
    found: list[tuple[str | None, TimelineRecord]] = []
    notes: list[str] = []
    wanted = scope.given.get(INCIDENT.name)
    if wanted is None and scope.filtered:
        for site in scope.sites:
            found += [(None, seen) for seen in log.timeline(site, start_s, stop_s, (), ())]
    else:
        known = [key for key in sorted(rows[INCIDENT.name]) if key[0] in scope.sites]
        for site, name in known:
            row = [fact for fact in rows[INCIDENT.name][site, name] if fact.at_s < stop_s]
            window = open_during(row)
            if wanted in (None, name) and window is not None:
                ids = linked(row)
                within = max(start_s, window.start_s), min(stop_s, window.stop_s)
                seen = log.timeline(site, *within, ids, scope.sites)
                found += [(name, one) for one in seen]
                missing = sorted(set(ids) - {one.id for one in seen})
                notes += [
                    f"{site}/{name}: linked record {id_} was corrected, or is in another stream than the grid"
                    " and operations streams of the sites asked for"
                    for id_ in missing
                ]
        if wanted is not None and wanted not in {name for _, name in known}:
            notes.append(f"no incident in scope is called {wanted!r}")
    return Answer(tuple(_row(n, *each) for n, each in enumerate(found, start=1)), tuple(notes))


def _row(seq: int, incident: str | None, seen: TimelineRecord) -> tuple[Cell, ...]:
    delay_s = rec_us(seen.rec) // 1_000_000 - instant_s(seen.at)
    return _cells(
        seq=seq,
        incident=incident,
        at=seen.at,
        rec=seen.rec,
        delay_s=delay_s,
        stream=seen.stream,
        kind=seen.kind,
        summary=seen.said,
        about=seen.about or None,
        state=seen.state,
        evidence=seen.evidence,
        id=seen.id,
        index=seen.record,
    )


# --- first screen -------------------------------------------------------------------------------------------


_FEW: Final = 3


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """How long an incident was open, in how many records, and how late the ledger learned of it."""
    lines = by_name(COLUMNS, answer.rows)
    times = [str(line["at"]) for line in lines]
    first, last = min(times, default=None), max(times, default=None)
    slowest_s = max(numbers(lines, "delay_s"), default=None)
    figures = (
        LeadFigure("Records", len(lines), ""),
        LeadFigure("First", first, ""),
        LeadFigure("Last", last, ""),
        LeadFigure("Longest until recorded", slowest_s, "s"),
    )
    if not lines:
        return Lead("No record of an incident is in this window.", figures)
    many = counted(len(lines), "record")
    late = (
        f"the slowest was recorded {duration(slowest_s)} after it happened"
        if slowest_s and slowest_s > 0
        else ""
    )
    return Lead(
        sentence(
            _outcome(rows, scope, lines),
            f"{many} tell of it" if len(lines) > 1 else f"{many} tells of it",
            late,
        ),
        figures,
    )


def _outcome(rows: Rows, scope: Scope, lines: Sequence[Line]) -> str:
    """What became of the incidents that the lines are about."""
    named = {line["incident"] for line in lines} - {None}
    if not named:
        where = listed(scope.sites) if len(scope.sites) <= _FEW else counted(len(scope.sites), "site")
        return f"This is what happened at {where} in this window, whatever incident it belongs to"
    stop_s = scope.window.stop_s
    windows = {
        key: window
        for key, row in rows[INCIDENT.name].items()
        if key[0] in scope.sites
        and key[1] in named
        and (window := open_during(fact for fact in row if fact.at_s < stop_s)) is not None
    }
    still = sum(window.stop_s > stop_s for window in windows.values())
    if len(windows) != 1:
        return f"{len(windows):,} incidents, of which {still:,} {verb(still, 'is', 'are')} still open"
    (((site, name), window),) = windows.items()
    if still:
        return f"Incident {name} at {site} is still open after {duration(stop_s - window.start_s)}"
    return f"Incident {name} at {site} was closed after {duration(window.stop_s - 1 - window.start_s)}"


# --- pictures -----------------------------------------------------------------------------------------------

_MOST: Final = 12
_POINTS: Final = 3000
_MARGIN_S: Final = 3600
_LASTING: Final = ("stood", "began", "changed", "ended")


def pictures(rows: Rows, scope: Scope, answer: Answer) -> tuple[Picture, ...]:
    """How each thing stood over the time of the records, and beside it the load that the meters of the sites
    read.
    """
    lines = sorted(by_name(COLUMNS, answer.rows), key=lambda line: number_of(line, "seq") or 0)
    lanes = _lanes(lines, scope.window.stop_s)
    if not lanes:
        return ()
    instants = [instant_s(str(line["at"])) for line in lines]
    time = around(instants, max(_MARGIN_S, (max(instants) - min(instants)) // 20), scope.tz)
    shown = lanes[:_MOST]
    many = f" Shown are the {len(shown)} with most records." if len(shown) < len(lanes) else ""
    says = f"{counted(len(lanes), 'thing')} in {counted(len(lines), 'record')}.{many}"
    timeline = Lanes("What stood when", says, time, _LASTING, tuple(shown), scope.window.stop_s)
    return (timeline, *_load(rows, scope, lines, time))


def _lanes(lines: Sequence[Line], stop_s: int) -> list[Lane]:
    """A lane for each thing that the records are about, those with most records first."""
    told: dict[str, list[Line]] = {}
    for line in lines:
        if line["about"] is not None:
            told.setdefault(f"{str(line['stream']).partition('/')[0]} {line['about']}", []).append(line)
    return [
        _lane(name, told[name], stop_s) for name in sorted(told, key=lambda name: (-len(told[name]), name))
    ]


def _lane(name: str, lines: Sequence[Line], stop_s: int) -> Lane:
    marks: list[Mark] = []
    stood: list[LanePart] = []
    since: int | None = None
    for line in lines:
        at_s, stands = instant_s(str(line["at"])), line["state"] is not None
        marks.append(Mark(at_s, "ended" if not stands else "began" if since is None else "changed"))
        if since is not None and not stands:
            stood.append(LanePart(since, at_s, "stood"))
        since = None if not stands else at_s if since is None else since
    if since is not None and since < stop_s:
        stood.append(LanePart(since, stop_s, "stood"))
    return Lane(name, tuple(stood), tuple(marks), "" if since is None else "no end recorded")


def _load(rows: Rows, scope: Scope, lines: Sequence[Line], time: Time) -> Iterator[Plot]:
    """The load of the sites of the incidents, or of those asked for, over the same time."""
    named = {line["incident"] for line in lines} - {None}
    known = {site for site, name in rows[INCIDENT.name] if name in named}
    sites = tuple(site for site in scope.sites if site in known or not named)
    window = Window(time.start_s, min(time.stop_s, scope.window.stop_s))
    meters = meters_of(rows, scope._replace(sites=sites, window=window)) if len(sites) <= _FEW else {}
    scale = scale_of(every(meters))
    loads = {site: summed(roles.get("revenue", []), scale, window) for site, roles in sorted(meters.items())}
    layers = tuple(
        Layer(site, "step", _steps(load, scale))
        for site, load in loads.items()
        if 0 < len(load.powers) <= _POINTS
    )
    if layers:
        said_of = [f"{layer.name} between {_between(layer)}" for layer in layers]
        yield Plot("Load", f"Load of {listed(said_of)}.", time, "Load", "W", layers)


def _steps(load: LoadStretches, scale: int) -> tuple[tuple[int, int | None], ...]:
    """Points that hold until the next, with a gap where no reading follows."""
    points: dict[int, int | None] = {}
    for start_s, stop_s, power in zip(*load, strict=True):
        points[start_s] = rounded(Fraction(power, scale))
        points[stop_s] = None
    return tuple(sorted(points.items()))


def _between(layer: Layer) -> str:
    known = [value for _, value in layer.points if value is not None]
    return f"{said(min(known), 'W')} and {said(max(known), 'W')}"


REPORT: Final = Report(
    name="incident",
    definition_version=1,
    title="Timeline of an incident",
    classes=("grid", "operations"),
    row_kinds=(INCIDENT, METER, METER_DAY),
    columns=COLUMNS,
    keys=1,
    compute=needs_the_log,
    definition=__doc__ or "",
    asking=asking,
    cites=("index",),
    matched=("incident", "id"),
    parameters=(Parameter("incident", "The incident that the report is about."),),
    pictures=pictures,
    lead=lead,
    first=("seq", "incident", "at", "delay_s", "kind", "summary", "about", "state"),
)
