"""Records of a timeline in words for a review; kinds without a wording here show the fact's own fields."""

from __future__ import annotations

from msgspec import UNSET

from ledger.kinds import (
    CurtailmentEnded,
    CurtailmentStarted,
    CurtailmentTargetReached,
    DispatchAcknowledged,
    DispatchNotified,
    EventRetracted,
    FeedStateChanged,
    HashrateChanged,
    IncidentActionAgreed,
    IncidentActionDone,
    IncidentClosed,
    IncidentLinked,
    IncidentObservationAdded,
    IncidentOpened,
    IntervalsRecorded,
    OutageEnded,
    OutageStarted,
)
from projections.engine.amounts import said
from projections.engine.report import TimelineRecord
from projections.engine.words import counted, listed


def told(one: TimelineRecord) -> str:
    """The fact in words."""
    match one.body:
        case IncidentOpened():
            return one.body.summary
        case IncidentObservationAdded():
            by = "" if one.body.observer is UNSET else f" ({one.body.observer})"
            return f"{one.body.text}{by}"
        case IncidentLinked():
            return f"{counted(len(one.body.ids), 'record')} linked to it"
        case IncidentClosed():
            done = f"; done: {listed(one.body.actions)}" if one.body.actions else ""
            return f"closed, cause: {one.body.cause}{done}"
        case IncidentActionAgreed():
            return f"action {one.body.action}: {one.body.what}; {one.body.owner}, by {one.body.due_on}"
        case IncidentActionDone():
            result = "" if one.body.result is UNSET else f": {one.body.result}"
            return f"action {one.body.action} is done{result}"
        case OutageStarted():
            lost = said(one.body.derate_w, "W")
            return f"outage {one.body.outage}: {lost} of {one.body.block} lost, {one.body.cause}"
        case OutageEnded():
            return f"outage {one.body.outage} is over"
        case DispatchNotified():
            return (
                f"dispatch {one.body.dispatch} called ({one.body.dispatch_class}): {one.body.mode}"
                f" {said(one.body.target_w, 'W')}"
            )
        case DispatchAcknowledged():
            return f"dispatch {one.body.dispatch} acknowledged"
        case CurtailmentStarted():
            depth = "" if one.body.depth_w is UNSET else f" by {said(one.body.depth_w, 'W')}"
            return f"{one.body.block} curtailed{depth} for dispatch {one.body.dispatch}"
        case CurtailmentTargetReached():
            return f"{one.body.block} reached its target of dispatch {one.body.dispatch}"
        case CurtailmentEnded():
            return f"{one.body.block} no longer curtailed for dispatch {one.body.dispatch}"
        case FeedStateChanged():
            return f"feed {one.body.feed} of {one.body.block} is {one.body.state}"
        case HashrateChanged():
            return f"{one.body.block} at {said(one.body.hashrate_ghs, 'GH/s')}"
        case IntervalsRecorded():
            return (
                f"{counted(len(one.body.values), 'reading')} of meter {one.body.meter} from {one.body.start}"
            )
        case EventRetracted():
            return f"retracts record {listed([f'{index:,}' for index in one.corrects])}"
        case _:
            return one.said
