"""Records of a timeline in words for a review: a line of the table for each kind; kinds without one show the
fact's own fields.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from msgspec import UNSET

from ledger import kinds
from ledger.kinds import EventRetracted, Fact
from projections.engine.amounts import said
from projections.engine.report import TimelineRecord
from projections.engine.words import counted, duration, listed, percent, verb


def told(one: TimelineRecord) -> str:
    """The fact in words."""
    if isinstance(one.body, EventRetracted):
        return f"retracts {verb(len(one.corrects), 'record', 'records')} {listed([f'{index:,}' for index in one.corrects])}"
    words = TOLD.get(type(one.body))
    return words(one.body) if words else one.said


def _if(before: str, value: Any, after: str = "") -> str:
    """A part of a sentence about a field that may be absent."""
    return "" if value is UNSET else f"{before}{value}{after}"


def _watts(before: str, value: Any, after: str = "") -> str:
    return "" if value is UNSET else f"{before}{said(value, 'W')}{after}"


def _directive(body: kinds.DirectiveReceived) -> str:
    to = _watts(", load to ", body.target_w) + _watts(", ", body.backup_w, " to backup generation")
    within = "" if body.allowed_s is UNSET else f" within {duration(body.allowed_s)}"
    return f"directive {body.directive} of {body.issuer} by {body.channel}: {body.instruction}{to}{within}"


def _started(body: kinds.GeneratorStarted) -> str:
    by = _if(", asked for by ", body.dispatched_by)
    return f"generator {body.generator} started ({body.run_reason}{by}){_watts(' at ', body.load_w)}"


def _excursion(body: kinds.ExcursionRecorded) -> str:
    went = "" if body.voltage_ppm is UNSET else f" to {percent(body.voltage_ppm)} of nominal"
    if body.frequency_mhz is not UNSET:
        went = f" to {said(body.frequency_mhz, 'mHz')}"
    return f"excursion {body.excursion}: {body.quantity}{went} for {body.duration_ms:,} ms"


def _response(body: kinds.LoadResponseRecorded) -> str:
    low = f"from {said(body.before_w, 'W')} down to {said(body.minimum_w, 'W')}"
    return f"{body.block} {body.response.replace('-', ' ')} in excursion {body.excursion}, {low}"


TOLD: Final[dict[type[Fact], Callable[[Any], str]]] = {
    kinds.IncidentOpened: lambda b: b.summary,
    kinds.IncidentObservationAdded: lambda b: b.text + _if(" (", b.observer, ")"),
    kinds.IncidentLinked: lambda b: f"{counted(len(b.ids), 'record')} linked to it",
    kinds.IncidentClosed: lambda b: (
        f"closed, cause: {b.cause}" + (f"; done: {listed(b.actions)}" if b.actions else "")
    ),
    kinds.IncidentActionAgreed: lambda b: f"action {b.action}: {b.what}; {b.owner}, by {b.due_on}",
    kinds.IncidentActionDone: lambda b: f"action {b.action} is done{_if(': ', b.result)}",
    kinds.OutageStarted: lambda b: f"outage {b.outage}: {said(b.derate_w, 'W')} of {b.block} lost, {b.cause}",
    kinds.OutageEnded: lambda b: f"outage {b.outage} is over",
    kinds.FeedStateChanged: lambda b: f"feed {b.feed} of {b.block} is {b.state}",
    kinds.HashrateChanged: lambda b: f"{b.block} at {said(b.hashrate_ghs, 'GH/s')}",
    kinds.FleetInstalled: lambda b: f"{counted(b.units, 'machine')} {b.model} installed in {b.block}",
    kinds.FleetRemoved: lambda b: f"{counted(b.units, 'machine')} {b.model} removed from {b.block}",
    kinds.IntervalsRecorded: lambda b: (
        f"{counted(len(b.values), 'reading')} of meter {b.meter} from {b.start}"
    ),
    kinds.DispatchNotified: lambda b: (
        f"dispatch {b.dispatch} called ({b.dispatch_class}): {b.mode} {said(b.target_w, 'W')}"
    ),
    kinds.DispatchAmended: lambda b: (
        f"dispatch {b.dispatch} changed"
        + _watts(", ", b.target_w)
        + _if(", from ", b.start)
        + _if(", until ", b.stop)
    ),
    kinds.DispatchCancelled: lambda b: f"dispatch {b.dispatch} canceled{_if(': ', b.cause)}",
    kinds.DispatchAcknowledged: lambda b: f"dispatch {b.dispatch} acknowledged",
    kinds.DispatchReleased: lambda b: f"dispatch {b.dispatch} released",
    kinds.DispatchDeclined: lambda b: f"dispatch {b.dispatch} declined: {b.cause}",
    kinds.DispatchDisputed: lambda b: f"dispatch {b.dispatch} disputed: {b.cause}",
    kinds.CurtailmentStarted: lambda b: (
        f"{b.block} curtailed{_watts(' by ', b.depth_w)} for dispatch {b.dispatch}"
    ),
    kinds.CurtailmentTargetReached: lambda b: f"{b.block} reached its target of dispatch {b.dispatch}",
    kinds.CurtailmentEnded: lambda b: f"{b.block} no longer curtailed for dispatch {b.dispatch}",
    kinds.LoadRestored: lambda b: (
        f"{b.block} back at {said(b.load_w, 'W')}{_if(' after dispatch ', b.dispatch)}"
    ),
    kinds.GridConditionDeclared: lambda b: f"{b.balancing_authority} declares {b.state}",
    kinds.GridNoticePublished: lambda b: (
        f"{b.balancing_authority} publishes {b.state}, from {b.start}{_if(' to ', b.stop)}"
    ),
    kinds.DirectiveReceived: _directive,
    kinds.DirectiveAcknowledged: lambda b: f"directive {b.directive} acknowledged{_if(' by the ', b.by)}",
    kinds.DirectiveComplied: lambda b: (
        f"directive {b.directive} complied with{_watts(', load at ', b.load_w)}"
    ),
    kinds.DirectiveLifted: lambda b: f"directive {b.directive} lifted",
    kinds.BreakerOpened: lambda b: (
        f"breaker {b.breaker} of {b.block} opened by {b.opened_by} for directive {b.directive}"
    ),
    kinds.GeneratorStarted: _started,
    kinds.GeneratorLoadMeasured: lambda b: f"generator {b.generator} carries {said(b.load_w, 'W')}",
    kinds.GeneratorStopped: lambda b: f"generator {b.generator} stopped",
    kinds.GeneratorStartFailed: lambda b: f"generator {b.generator} failed to start: {b.cause}",
    kinds.ExcursionRecorded: _excursion,
    kinds.LoadResponseRecorded: _response,
    kinds.ExcursionCommunicated: lambda b: (
        f"{b.communicated_to} told of excursion {b.excursion}{_if(' by ', b.channel)}"
    ),
}
