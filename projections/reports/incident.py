"""Incident: what happened, in what order, what we believed and when, what corrected it, and what it took.

The timeline of an incident is every record of its site's grid and operations streams from its opening until
it was closed (or the window's end), with later ones about it (notes, actions), with the starts of outages
that led to it, and with the records linked to it, whenever they were so, also those in such streams of the
other sites asked for and in the grid streams of balancing authorities. A link goes on to the record that
corrected the one it names. Of a site and window without an incident: every such record of the site in the
window, with the records linked to its incidents that were open then. Order is (at, index). After the
timelines follows one line for each incident as a whole, of kind impact.

clock      = at - opening of the incident, as T+mm:ss
delay      = rec - at, in whole seconds rounded down: how much later it was taken into the log than it was
             so; negative for what was said beforehand
standing   = holds; corrected or retracted: believed from rec until another record took its place, shown in
             its own place; correction: took the place of others
why        = the reason that was given for the correction or retraction, on both lines
state      = how the thing that the record is about stands after it, from all that was so before and holds;
             null for a fact that begins or ends nothing, and for what holds no more
evidence   = the source document's hash, else its reference
done       = when an action that was agreed was done by the window's end; null while it is open
then       = with --beside, of each record: unknown, holds, corrected or retracted, as known then; and a
             second line for the incident as a whole, from what was known then

Definition 3 tells what was believed: corrected and retracted records were left out, so a review could not
see what the shift went by. It adds the line of the incident as a whole, with its impact, and what was
agreed after it. Definition 2 added linked grid conditions, and records linked to the incidents of a site.

Impact:
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final, NamedTuple

from ledger.calendar import Window, format_instant, instant_s, rec_us
from ledger.kinds import (
    DispatchNotified,
    DispatchSettled,
    IncidentActionAgreed,
    IncidentActionDone,
    IncidentClosed,
    IncidentOpened,
    OutageEnded,
    OutageStarted,
)
from ledger.units import rounded
from projections.engine.amounts import said
from projections.engine.fold import Rows
from projections.engine.pictures import Lane, LanePart, Lanes, Layer, Mark, Picture, Plot, Shade, Time, around
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
    partial_row_of,
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
from projections.figures import incident_impact, incident_words
from projections.figures.energy_split import every, meters_of, scale_of, summed
from projections.figures.incident_impact import Impact, impact, leading
from projections.figures.power_integrals import LoadStretches
from projections.rows.dispatches import DISPATCH, call
from projections.rows.incidents import INCIDENT, linked, open_during
from projections.rows.meters import METER, METER_DAY

IMPACT: Final = "impact"
COLUMNS: Final = (
    Column("seq", "Step", "place in the timeline, from 1", unit=""),
    Column("incident", "Incident", "the incident; null for a site's timeline", unit=""),
    Column("at", "At", "when it was so; of an incident as a whole, its opening", unit=""),
    Column("rec", "Taken", "when the ledger took it", unit=""),
    Column("delay_s", "Delay", "rec - at, in whole seconds rounded down", unit="s"),
    Column("stream", "Stream", "the stream of the record, or of the incident as a whole", unit=""),
    Column("kind", "Kind", "the kind of fact; impact for the incident as a whole", unit=""),
    Column("summary", "Summary", "the fact as it was said; of an incident as a whole, in words", unit=""),
    Column("about", "About", "the thing it begins, changes or ends", unit=""),
    Column(
        "state", "State after", "how that thing stands after it; null where it is over or nothing", unit=""
    ),
    Column("evidence", "Evidence", "hash or reference of the source", unit=""),
    Column("id", "Id", "the record's id", unit=""),
    Column("index", "Index", "the record's place in the log", unit=""),
    Column("clock", "T", "at - opening, as T+mm:ss; null for a site's timeline", unit=""),
    Column("told", "What", "what it says, in words", unit=""),
    Column("since_s", "Since opening", "at - opening; null for a site's timeline", unit="s", shown="min"),
    Column("standing", "Standing", "holds, correction, corrected or retracted", unit=""),
    Column("why", "Why", "the reason given for the correction or retraction", unit=""),
    Column(
        "believed_until", "Believed until", "when the ledger took what corrected or retracted it", unit=""
    ),
    Column("corrected_by", "Corrected by", "index of the record that corrected or retracted it", unit=""),
    Column("corrects", "Corrects", "indexes of the records that it corrects or retracts", unit=""),
    Column("then", "Known then", "with --beside: unknown, holds, corrected or retracted then", unit=""),
    Column("owner", "Owner", "who sees to an action that was agreed", unit=""),
    Column("due_on", "Due", "the day by which it is to be done", unit=""),
    Column("done", "Done", "when it was done; null while it is open", unit=""),
    Column("known_records", "Known records", "with --beside: how many records the impact is of", unit=""),
    Column("onset", "Onset", "first start of its outages, at the latest its opening", unit=""),
    Column("restored", "Restored", "end of the last of its outages; null while one goes on", unit=""),
    Column("detect_s", "Time to detect", "opening - onset", unit="s", shown="min"),
    Column("restore_s", "Time to restore", "restored - onset", unit="s", shown="min"),
    Column("out_s", "Out", "time in which any power was lost", unit="s", shown="min"),
    Column("lost_w", "Power lost", "the most that was lost at a time", unit="W"),
    Column("lost_wh", "Energy lost", "lost power x time", unit="Wh"),
    Column(
        "hashrate_lost_ghs",
        "Hashrate lost",
        "just before the onset, less the least until restored",
        unit="GH/s",
    ),
    Column("outages", "Outages", "its outages", unit=""),
    Column("blocks", "Blocks", "blocks that lost power", unit=""),
    Column("dispatches", "Dispatches", "dispatches in progress meanwhile", unit=""),
    Column("firm_blocks", "Firm blocks", "blocks of firm service that lost power", unit=""),
    Column(
        "cost_cents",
        "Penalties",
        "penalties of these dispatches, as settled; null where none is",
        unit="cent",
    ),
    Column("cause", "Cause", "the cause that it was closed with; null while it is open", unit=""),
    Column("actions", "Actions", "actions that were agreed", unit=""),
    Column("actions_open", "Open actions", "those of them that are not done", unit=""),
    Column("records", "Records", "indexes of the records that tell the impact", unit=""),
)
_cells: Final = partial_row_of(COLUMNS)  # a record has no impact, an incident as a whole no record


class _Told(NamedTuple):
    """An incident (None: a site's timeline) and the records that tell of it; when it was opened."""

    site: str
    incident: str | None
    opened_s: int | None
    records: list[TimelineRecord]


def asking(rows: Rows, scope: Scope, log: LogView) -> Answer:
    """The timeline of the incident asked for, of each incident, or of the sites asked for; each incident as a
    whole; beside what was known before where that is asked for.
    """
    wanted = scope.given.get(INCIDENT.name)
    beside = scope.given.get("beside")
    told, notes = _told(rows, scope, log)
    lines: list[dict[str, Cell]] = []
    then = None if beside is None else log.earlier(str(beside), scope.sites)
    size = None if then is None else then.size
    for each in told:
        done = _done(each.records)
        lines += [_line(each, one, done, size) for one in each.records]
    wholes, found = _wholes(rows, scope, told)
    lines, notes = lines + wholes, notes + found
    if then is not None:
        until_s = min(scope.window.stop_s, then.last_s + 1)  # facts of that second were known too
        before = scope._replace(window=Window(min(scope.window.start_s, until_s), until_s))
        for line in _wholes(then.rows, before, _told(then.rows, before, then.log)[0])[0]:
            words = f"With the first {then.size:,} records: {line['summary']}"
            lines.append(line | {"known_records": then.size, "summary": words, "told": words})
    if wanted is not None and not any(
        name == wanted and site in scope.sites for site, name in rows[INCIDENT.name]
    ):
        notes.append(f"no incident in scope is called {wanted!r}")
    return Answer(tuple(_cells(**line, seq=n) for n, line in enumerate(lines, start=1)), tuple(notes))


def _told(rows: Rows, scope: Scope, log: LogView) -> tuple[list[_Told], list[str]]:
    """The timelines, and notes of the linked records that they cannot show."""
    start_s, stop_s = scope.window
    wanted = scope.given.get(INCIDENT.name)
    known = [key for key in sorted(rows[INCIDENT.name]) if key[0] in scope.sites]
    facts = {key: [fact for fact in rows[INCIDENT.name][key] if fact.at_s < stop_s] for key in known}
    opened = {key: window for key, row in facts.items() if (window := open_during(row)) is not None}
    found: list[_Told] = []
    notes: list[str] = []
    if wanted is None and scope.filtered:
        for site in scope.sites:
            own = [key for key, window in opened.items() if key[0] == site and window.stop_s > start_s]
            ids = sorted({id_ for key in own for id_ in linked(facts[key])})
            seen = log.timeline(site, scope.window, ids, scope.sites)
            found.append(_Told(site, None, None, seen))
            notes += _missing(site, ids, seen)
    else:
        for (site, name), window in opened.items():
            if wanted in (None, name):
                ids = linked(facts[site, name])
                within = Window(max(start_s, window.start_s), min(stop_s, window.stop_s))
                places = leading(rows, scope, site, window)
                seen = log.timeline(site, within, ids, scope.sites, name, stop_s, places)
                if any(start_s <= instant_s(one.at) for one in seen):
                    found.append(_Told(site, name, window.start_s, seen))
                    notes += _missing(f"{site}/{name}", ids, seen)
    return found, notes


def _missing(what: str, ids: list[str], seen: list[TimelineRecord]) -> list[str]:
    """Notes of the linked records that a timeline cannot show."""
    return [
        f"{what}: linked record {id_} is in another stream than the grid and operations streams of the sites"
        " asked for and the grid streams of balancing authorities"
        for id_ in sorted(set(ids) - {one.id for one in seen})
    ]


def _done(seen: Sequence[TimelineRecord]) -> dict[tuple[str, str], str]:
    """When each action was done."""
    return {
        (one.body.incident, one.body.action): one.at
        for one in seen
        if isinstance(one.body, IncidentActionDone) and one.corrected_by is None
    }


def _line(
    told: _Told, seen: TimelineRecord, done: dict[tuple[str, str], str], size: int | None
) -> dict[str, Cell]:
    at_s, body = instant_s(seen.at), seen.body
    agreed = body if isinstance(body, IncidentActionAgreed) else None
    return {
        "incident": told.incident,
        "at": seen.at,
        "rec": seen.rec,
        "delay_s": rec_us(seen.rec) // 1_000_000 - at_s,
        "stream": seen.stream,
        "kind": seen.kind,
        "summary": seen.said,
        "about": seen.about or None,
        "state": seen.state,
        "evidence": seen.evidence,
        "id": seen.id,
        "index": seen.record,
        "clock": None if told.opened_s is None else clock(at_s - told.opened_s),
        "told": incident_words.told(seen),
        "since_s": None if told.opened_s is None else at_s - told.opened_s,
        "standing": _standing(seen),
        "why": seen.why,
        "believed_until": seen.corrected_rec,
        "corrected_by": seen.corrected_by,
        "corrects": " ".join(map(str, seen.corrects)) or None,
        "then": None if size is None else _then(seen, size),
        "owner": None if agreed is None else agreed.owner,
        "due_on": None if agreed is None else agreed.due_on,
        "done": None if agreed is None else done.get((agreed.incident, agreed.action)),
    }


def clock(seconds: int) -> str:
    """``T+06:00``, ``T-1:02:03``: time from the opening of an incident."""
    minutes, left_s = divmod(abs(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"T{'-' if seconds < 0 else '+'}{f'{hours}:' if hours else ''}{minutes:02d}:{left_s:02d}"


def _standing(seen: TimelineRecord) -> str:
    if seen.corrected_by is not None:
        return "retracted" if seen.retracted else "corrected"
    return "correction" if seen.corrects else "holds"


def _then(seen: TimelineRecord, size: int) -> str:
    if seen.record >= size:
        return "unknown"
    if seen.corrected_by is not None and seen.corrected_by < size:
        return "retracted" if seen.retracted else "corrected"
    return "holds"


# --- the incident as a whole --------------------------------------------------------------------------------


def _wholes(rows: Rows, scope: Scope, told: Sequence[_Told]) -> tuple[list[dict[str, Cell]], list[str]]:
    """A line for each incident, and notes of what it does not count."""
    lines: list[dict[str, Cell]] = []
    notes: list[str] = []
    for each in told:
        if each.incident is None or each.opened_s is None:
            continue
        took, line = _whole(rows, scope, each, each.incident)
        notes += [f"{each.site}/{each.incident}: {note}" for note in took.notes]
        cause = f"cause: {line['cause']}" if line["cause"] else ""
        summary = sentence(cause, _lost(line), *_mended(line))
        lines.append(line | {"summary": summary, "told": summary})
    return lines, notes


_TELL: Final = (
    DispatchNotified,
    DispatchSettled,
    IncidentActionAgreed,
    IncidentActionDone,
    IncidentClosed,
    IncidentOpened,
    OutageEnded,
    OutageStarted,
)


def _whole(rows: Rows, scope: Scope, told: _Told, incident: str) -> tuple[Impact, dict[str, Cell]]:
    seen = [fact for fact in rows[INCIDENT.name][told.site, incident] if fact.at_s < scope.window.stop_s]
    window = open_during(seen)
    assert window is not None, "an incident that is told of was opened"
    took = impact(rows, scope, told.site, window, told.records)
    closed = [fact.body.cause for fact in seen if isinstance(fact.body, IncidentClosed)]
    agreed = {fact.body.action for fact in seen if isinstance(fact.body, IncidentActionAgreed)}
    done = {fact.body.action for fact in seen if isinstance(fact.body, IncidentActionDone)}
    tell = [one.record for one in told.records if one.corrected_by is None and isinstance(one.body, _TELL)]
    return took, {
        "incident": incident,
        "at": format_instant(took.opened_s),
        "stream": f"{told.site}/operations",
        "kind": IMPACT,
        "onset": format_instant(took.onset_s),
        "restored": None if took.restored_s is None else format_instant(took.restored_s),
        "detect_s": took.detect_s,
        "restore_s": took.restore_s,
        "out_s": took.out_s,
        "lost_w": took.lost_w,
        "lost_wh": rounded(Fraction(took.lost_ws, 3600)),
        "hashrate_lost_ghs": took.hashrate_ghs,
        "outages": ", ".join(took.outages) or None,
        "blocks": ", ".join(took.blocks) or None,
        "dispatches": ", ".join(took.dispatches) or None,
        "firm_blocks": ", ".join(took.firm_blocks) or None,
        "cost_cents": took.cost_cents,
        "cause": closed[-1] if closed else None,
        "actions": len(agreed),
        "actions_open": len(agreed - done),
        "records": " ".join(map(str, tell)) or None,
    }


def _lost(line: Line) -> str:
    """What an incident took, and under which dispatches."""
    power_w, energy_wh, out_s = (number_of(line, name) for name in ("lost_w", "lost_wh", "out_s"))
    ghs, names = number_of(line, "hashrate_lost_ghs"), line["dispatches"]
    lost = (
        f"at most {said(power_w, 'W')} and in all {said(energy_wh, 'Wh')} were lost in {duration(out_s)}"
        if line["outages"] is not None and power_w is not None and energy_wh is not None and out_s is not None
        else "no outage belongs to it"
    )
    hashed = f", with {said(ghs, 'GH/s')} of hashrate" if ghs else ""
    during = f", during dispatch {names}" if names is not None else ""
    return f"{lost}{hashed}{during}"


def _mended(line: Line) -> Iterator[str]:
    """How fast it was found and mended, and what firm service it took."""
    detect_s, restore_s = number_of(line, "detect_s"), number_of(line, "restore_s")
    if line["outages"] is not None and detect_s is not None:
        yield f"detected after {duration(detect_s)}"
        yield "not restored yet" if restore_s is None else f"restored after {duration(restore_s)}"
    if line["firm_blocks"] is not None:
        yield f"firm service was out in {line['firm_blocks']}"
    agreed, left = number_of(line, "actions"), number_of(line, "actions_open")
    if agreed and left is not None:
        yield f"{left:,} of {counted(agreed, 'action')} {verb(left, 'is', 'are')} open"


# --- first screen -------------------------------------------------------------------------------------------


_FEW: Final = 3


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """What an incident took and what caused it, what was believed first, and how late the ledger learned of it."""
    found = by_name(COLUMNS, answer.rows)
    lines = [line for line in found if line["kind"] != IMPACT]
    wholes = [line for line in found if line["kind"] == IMPACT and line["known_records"] is None]
    if not lines:
        return Lead("No record of an incident is in this window.", (LeadFigure("Records", 0, ""),))
    slowest_s = max(numbers(lines, "delay_s"), default=None)
    corrected = sum(line["corrected_by"] is not None for line in lines)
    slow = slowest_s if slowest_s and slowest_s > 0 else None
    many = f"{counted(len(lines), 'record')} {verb(len(lines), 'tells', 'tell')} of it"
    if len(wholes) == 1:
        (whole,) = wholes
        then = [line for line in found if line["kind"] == IMPACT and line["known_records"] is not None]
        verdict = sentence(
            _outcome(rows, scope, lines) + (f": {whole['cause']}" if whole["cause"] else ""),
            _lost(whole),
            _believed(lines) or many,
            *(f"with the first {line['known_records']:,} records, {_lost(line)}" for line in then),
        )
        return Lead(verdict, _figures(lines, wholes, corrected))
    verdict = sentence(
        _outcome(rows, scope, lines),
        many + (f", {corrected:,} of them corrected or retracted" if corrected else ""),
        "" if slow is None else f"the slowest was recorded {duration(slow)} after it happened",
    )
    return Lead(verdict, _figures(lines, wholes, corrected))


def _believed(lines: Sequence[Line]) -> str:
    """What the incident was opened with, or the first record that was withdrawn, until when and why."""
    wrong = [line for line in lines if line["corrected_by"] is not None]
    first = min(wrong, key=lambda line: (line["kind"] != "incident-opened", line["seq"]), default=None)
    if first is None:
        return ""
    after_s = rec_us(str(first["believed_until"])) // 1_000_000 - rec_us(str(first["rec"])) // 1_000_000
    why = f" ({first['why']})" if first["why"] else ""
    return f'"{first["told"]}" was believed for {duration(after_s)}, until it was {first["standing"]}{why}'


def plain(scope: Scope, cells: Mapping[str, Cell]) -> Mapping[str, str]:
    """Which record corrected which, and until when the wrong one was believed."""
    words: dict[str, str] = {}
    if cells["corrected_by"] is not None:
        words["standing"] = f"{cells['standing']} by record {cells['corrected_by']:,}"
        if cells["since_s"] is not None:
            opened_s = instant_s(str(cells["at"])) - int(cells["since_s"])
            until = clock(rec_us(str(cells["believed_until"])) // 1_000_000 - opened_s)
            words["why"] = f"believed until {until}" + (f": {cells['why']}" if cells["why"] else "")
    elif cells["corrects"] is not None:
        indexes = [f"{int(index):,}" for index in str(cells["corrects"]).split()]
        words["standing"] = f"corrects record {listed(indexes)}"
    return words


def _figures(lines: Sequence[Line], wholes: Sequence[Line], corrected: int) -> tuple[LeadFigure, ...]:
    if len(wholes) == 1:
        (whole,) = wholes
        return (
            LeadFigure("Power lost", whole["lost_w"], "W"),
            LeadFigure("Energy lost", whole["lost_wh"], "Wh"),
            LeadFigure("Time to detect", whole["detect_s"], "s", "min"),
            LeadFigure("Time to restore", whole["restore_s"], "s", "min"),
            LeadFigure("Open actions", f"{whole['actions_open']} of {whole['actions']}", ""),
        )
    times = [str(line["at"]) for line in lines]
    return (
        LeadFigure("Records", len(lines), ""),
        LeadFigure("Corrected or retracted", corrected, ""),
        LeadFigure("First", min(times, default=None), ""),
        LeadFigure("Last", max(times, default=None), ""),
        LeadFigure("Longest until recorded", max(numbers(lines, "delay_s"), default=None), "s"),
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
_MARGIN_S: Final = 3 * 3600
_DAY_S: Final = 86_400
_TWO: Final = 2
_AFTERWARDS: Final = ("incident-action-agreed", "incident-action-done", "dispatch-settled")
_LASTING: Final = ("stood", "began", "changed", "ended", "corrected later")


def pictures(rows: Rows, scope: Scope, answer: Answer) -> tuple[Picture, ...]:
    """How each thing stood over the time of the records, and beside it the load that the meters of the sites
    read.
    """
    found = by_name(COLUMNS, answer.rows)
    lines = sorted(
        (line for line in found if line["kind"] != IMPACT), key=lambda line: number_of(line, "seq") or 0
    )
    time = _time(lines, [line for line in found if line["kind"] == IMPACT], scope.tz)
    lanes = [_seen(lane, time) for lane in _lanes(lines, scope.window.stop_s) if " action " not in lane.name]
    lanes = [lane for lane in lanes if lane.stretches or lane.marks]
    if not lanes:
        return ()
    shown = lanes[:_MOST]
    many = f" Shown are the {len(shown)} with most records." if len(shown) < len(lanes) else ""
    says = f"{counted(len(lanes), 'thing')} in {counted(len(lines), 'record')}.{many}"
    timeline = Lanes("What stood when", says, time, _LASTING, tuple(shown), scope.window.stop_s)
    return (timeline, *_load(rows, scope, lines, time))


def _time(lines: Sequence[Line], wholes: Sequence[Line], tz: str) -> Time:
    """The time in which anything was out, with what came before and after; else that of the records."""
    edges = [instant_s(str(line[name])) for line in wholes for name in ("onset", "restored") if line[name]]
    if not all(line["restored"] for line in wholes) or len(edges) < _TWO:
        edges = [instant_s(str(line["at"])) for line in lines if line["kind"] not in _AFTERWARDS]
    length_s = max(edges, default=0) - min(edges, default=0)
    return around(edges or [0], max(_MARGIN_S, min(length_s, _DAY_S)), tz)


def _seen(lane: Lane, time: Time) -> Lane:
    """What of a lane is in sight."""
    parts = (
        LanePart(max(part.start_s, time.start_s), min(part.stop_s, time.stop_s), part.kind)
        for part in lane.stretches
    )
    return lane._replace(
        stretches=tuple(part for part in parts if part.start_s < part.stop_s),
        marks=tuple(mark for mark in lane.marks if time.start_s <= mark.at_s < time.stop_s),
    )


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
        if line["corrected_by"] is not None:
            marks.append(Mark(at_s, "corrected later"))
            continue
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
        shades = (*_shades(lines, time, window.stop_s), *_called(rows, sites, window))
        yield Plot("Load", f"Load of {listed(said_of)}.", time, "Load", "W", layers, shades)


def _shades(lines: Sequence[Line], time: Time, stop_s: int) -> Iterator[Shade]:
    """When the incident was open and outages went on, above the load."""
    for lane in _lanes(lines, stop_s):
        _, what, *name = lane.name.split(" ", 2)
        if what in ("incident", "outage"):
            for part in _seen(lane, time).stretches:
                yield Shade(part.start_s, part.stop_s, " ".join(name), what.title())


def _called(rows: Rows, sites: Sequence[str], window: Window) -> Iterator[Shade]:
    """The dispatches in progress."""
    for (site, name), facts in sorted(rows[DISPATCH.name].items()):
        one = call(facts, window.stop_s) if site in sites else None
        if one is not None and one.took_place:
            start_s = max(one.start_s, window.start_s)
            stop_s = window.stop_s if one.stop_s is None else min(one.stop_s, window.stop_s)
            if start_s < stop_s:
                yield Shade(start_s, stop_s, name, "Dispatch")


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
    definition_version=3,
    title="Timeline of an incident",
    classes=("grid", "operations"),
    row_kinds=(INCIDENT, METER, METER_DAY, *incident_impact.ROW_KINDS),
    columns=COLUMNS,
    keys=1,
    compute=needs_the_log,
    definition=(__doc__ or "") + (incident_impact.__doc__ or "").partition("\n\n")[2],
    asking=asking,
    cites=("index", "corrected_by", "corrects", "records"),
    conditions=True,
    matched=("incident", "id", "known_records"),
    parameters=(
        Parameter("incident", "The incident that the report is about."),
        Parameter(
            "beside",
            "Set what was known earlier (the first N records, or by an instant) beside what is known now.",
            shows=("then",),
        ),
    ),
    pictures=pictures,
    lead=lead,
    first=("seq", "incident", "clock", "at", "standing", "told", "why"),
    plain=plain,
)
