"""The line of an incident as a whole: its impact, its cause, and the actions agreed after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

from ledger.calendar import format_instant
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
from projections.engine.report import Cell, Scope
from projections.engine.words import Line, counted, duration, number_of, sentence, verb
from projections.figures.incident_impact import Impact, ImpactRows, impact
from projections.reports.incident.columns import IMPACT
from projections.reports.incident.timeline import IncidentTimeline
from projections.rows.incidents import INCIDENT, open_during


def impact_lines(
    rows: Rows, scope: Scope, ground: ImpactRows, told: Sequence[IncidentTimeline]
) -> tuple[list[dict[str, Cell]], list[str]]:
    """A line for each incident, and notes on what it leaves out."""
    lines: list[dict[str, Cell]] = []
    notes: list[str] = []
    for each in told:
        if each.incident is None or each.opened_s is None:
            continue
        took, line = _whole(rows, scope, ground, each, each.incident)
        notes += [f"{each.site}/{each.incident}: {note}" for note in took.notes]
        cause = f"cause: {line['cause']}" if line["cause"] else ""
        summary = sentence(cause, lost_words(line), *_mended(line))
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


def _whole(
    rows: Rows, scope: Scope, ground: ImpactRows, told: IncidentTimeline, incident: str
) -> tuple[Impact, dict[str, Cell]]:
    seen = [fact for fact in rows[INCIDENT.name][told.site, incident] if fact.at_s < scope.window.stop_s]
    window = open_during(seen)
    assert window is not None, "an incident that is told of was opened"
    took = impact(rows, scope, ground, told.site, window, told.records)
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


def lost_words(line: Line) -> str:
    """Losses of an incident, and the dispatches in progress."""
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
    """Times to detect and restore it, and the firm service it interrupted."""
    detect_s, restore_s = number_of(line, "detect_s"), number_of(line, "restore_s")
    if line["outages"] is not None and detect_s is not None:
        yield f"detected after {duration(detect_s)}"
        yield "not restored yet" if restore_s is None else f"restored after {duration(restore_s)}"
    if line["firm_blocks"] is not None:
        yield f"firm service was out in {line['firm_blocks']}"
    agreed, left = number_of(line, "actions"), number_of(line, "actions_open")
    if agreed and left is not None:
        yield f"{left:,} of {counted(agreed, 'action')} {verb(left, 'is', 'are')} open"
