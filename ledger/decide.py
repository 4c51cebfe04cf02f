"""May this happen? The rules of DOMAIN 5 that a claim must pass to become a record.

``decide(register, claim, ...)`` raises ``Refused`` naming the record that contradicts the claim, or ``Malformed`` for a fact that
says no possible thing, and otherwise returns the body to record: what was said, with what the ledger fills in. Rules are judged
at the claim's ``at`` on the effective facts known now, the claim's own targets left out. They refuse only what cannot have been
meant; everything else is taken, and flagged by the reports it touches.

Rule 2: an end needs its start, and instants are in order; nothing starts on what is retired, terminated or withdrawn; a block must
be commissioned at the fact's ``at``; a site, meter, program, dispatch, phase, commitment, incident need only be recorded; what closes old
business is still taken. Rule 7: ``corrects`` names records of the same kind (retraction aside) and stream, known and not yet named.

A new rule is one function and its place in ``RULES``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import UNSET

from ledger import calendar
from ledger import events as e
from ledger.errors import Malformed, Refused
from ledger.events import Fact
from ledger.records import Claim, Record
from ledger.register import Mark, Register


class Known(NamedTuple):
    """What a rule may look at: the register without the records that the claim corrects."""

    register: Register
    gone: frozenset[str]

    def marks(self, what: str, *name: str) -> list[Mark]:
        """The effective marks of a name, in order of (at, pos)."""
        return self.register.marks(what, name, self.gone)


Rule = Callable[[Known, Claim, Any], None]


class Targets(NamedTuple):
    """What the store knows of the ids in ``corrects``: the records, and which were named before and by which index."""

    records: Mapping[str, Record]
    named_by: Mapping[str, int]


NO_TARGETS: Final = Targets({}, {})


def decide(register: Register, claim: Claim, targets: Targets = NO_TARGETS) -> Fact:
    """The body to record, or ``Refused`` / ``Malformed``."""
    gone = frozenset(claim.corrects or ())
    if gone:
        check_targets(claim, targets)
    known = Known(register, gone)
    for rule in RULES.get(type(claim.body), (site_recorded,)):
        rule(known, claim, claim.body)
    return filled(known, claim)


def check_targets(claim: Claim, targets: Targets) -> None:
    """Rule 7."""
    for target in claim.corrects or ():
        record = targets.records.get(target)
        if record is None:
            raise Refused(f"corrects names {target}, which is no record of this ledger")
        if target in targets.named_by:
            raise Refused(
                f"corrects names {target} (record {record.index}), which record {targets.named_by[target]} "
                "already corrects; correct that one instead"
            )
        if record.stream != claim.stream:
            raise Refused(
                f"corrects names record {record.index} ({target}) of stream {record.stream}, not {claim.stream}; "
                "retract it there and record it here"
            )
        if record.kind != claim.kind and not isinstance(claim.body, e.EventRetracted):
            raise Refused(
                f"corrects names record {record.index} ({target}), which is of kind {record.kind}, not {claim.kind}"
            )
        if record.place == "ledger":
            raise Refused(f"corrects names record {record.index} ({target}), which the ledger itself wrote")


def retraction_stream(claim: Claim, targets: Targets) -> Claim:
    """The claim with its class filled in from its targets, where the kind leaves it open (event-retracted)."""
    if claim.disclosure is not None:
        return claim
    for target in claim.corrects or ():
        record = targets.records.get(target)
        if record is not None:
            place, _, disclosure = record.stream.partition("/")
            if place != claim.place:
                raise Refused(f"record {record.index} ({target}) belongs to {place}, not to {claim.place}")
            return msgspec.structs.replace(claim, disclosure=disclosure)
    if claim.corrects:
        raise Refused(f"corrects names {claim.corrects[0]}, which is no record of this ledger")
    raise Malformed(f"{claim.kind} needs corrects= or class=")


# --- rules ------------------------------------------------------------------------------------------------------


def site_recorded(known: Known, claim: Claim, body: Fact) -> None:
    """A fact about a site needs the site recorded; a balancing authority and the fleet need nothing."""
    if claim.place.startswith("ba-") or claim.place == "fleet" or known.marks("site", claim.place):
        return
    raise Refused(f"site {claim.place!r} was never registered")


def recorded(what: str, *fields: str) -> Rule:
    """The thing named by these fields must have been recorded, at whatever time; a field left unsaid needs nothing."""

    def rule(known: Known, claim: Claim, body: Any) -> None:
        name = tuple(getattr(body, field) for field in fields)
        if UNSET not in name and not known.marks(what, claim.place, *name):
            raise Refused(f"{what} {'/'.join(name)!r} was never recorded at {claim.place}")

    return rule


def commissioned(known: Known, claim: Claim, body: Any) -> None:
    """The block must be commissioned at the fact's ``at``."""
    if body.block is UNSET:
        return
    marks = known.marks("block", claim.place, body.block)
    if not marks:
        raise Refused(f"block {body.block!r} was never commissioned at {claim.place}")
    latest = _latest(marks, claim.at)
    if latest is None:
        raise Refused(f"block {body.block!r} is commissioned only from {marks[0].at} on, by {marks[0]}")
    if isinstance(latest.body, e.LoadBlockRetired):
        raise Refused(f"block {body.block!r} is retired since {latest.at}, by {latest}")


def not_commissioned(known: Known, claim: Claim, body: Any) -> None:
    """A block begins once, and again only after it was retired."""
    latest = _latest(known.marks("block", claim.place, body.block), claim.at)
    if latest is not None and not isinstance(latest.body, e.LoadBlockRetired):
        raise Refused(f"block {body.block!r} is already commissioned, by {latest}")


def new(what: str, field: str, ended_by: type[Fact] | None = None) -> Rule:
    """The name is free: nothing of that name was recorded, or what was has ended before the fact's ``at``."""

    def rule(known: Known, claim: Claim, body: Any) -> None:
        marks = known.marks(what, claim.place, getattr(body, field))
        latest = _latest(marks, claim.at) or (marks[0] if marks else None)
        if latest is not None and not (ended_by and isinstance(latest.body, ended_by)):
            raise Refused(f"{what} {getattr(body, field)!r} is already recorded, by {latest}")

    return rule


def not_over(what: str, field: str, ended_by: type[Fact]) -> Rule:
    """Nothing starts on what is terminated or withdrawn at the fact's ``at``."""

    def rule(known: Known, claim: Claim, body: Any) -> None:
        name = getattr(body, field)
        if name is UNSET:
            return
        latest = _latest(known.marks(what, claim.place, name), claim.at)
        if latest is not None and isinstance(latest.body, ended_by):
            raise Refused(f"{what} {name!r} is over since {latest.at}, by {latest}")

    return rule


def outage_open(known: Known, claim: Claim, body: e.OutageEnded) -> None:
    """An outage's end needs its start, not later than the end, and no end before."""
    marks = known.marks("outage", claim.place, body.outage)
    start = next((m for m in marks if isinstance(m.body, e.OutageStarted)), None)
    if start is None:
        raise Refused(f"outage {body.outage!r} was never started at {claim.place}")
    end = next((m for m in marks if isinstance(m.body, e.OutageEnded)), None)
    if end is not None:
        raise Refused(f"outage {body.outage!r} has already ended, by {end}")
    if claim.at < start.at:
        raise Refused(f"outage {body.outage!r} cannot end at {claim.at}, before it started, by {start}")


def curtailment_open(known: Known, claim: Claim, body: Any) -> None:
    """A curtailment's end needs its start under the same dispatch, not later than the end, and no end between."""
    marks = known.marks("curtailment", claim.place, body.dispatch, body.block)
    named = f"curtailment of block {body.block!r} under dispatch {body.dispatch!r}"
    if not marks:
        raise Refused(f"{named} was never started at {claim.place}")
    started = [m for m in marks if isinstance(m.body, e.CurtailmentStarted) and m.at <= claim.at]
    if not started:
        raise Refused(f"{named} cannot end at {claim.at}, before it started, by {marks[0]}")
    following = marks[marks.index(started[-1]) + 1 :]
    if following and isinstance(following[0].body, e.CurtailmentEnded):
        raise Refused(f"{named} has already ended, by {following[0]}")


def curtailment_begun(known: Known, claim: Claim, body: Any) -> None:
    """A target is reached only by a curtailment that has started."""
    marks = known.marks("curtailment", claim.place, body.dispatch, body.block)
    if not any(isinstance(m.body, e.CurtailmentStarted) and m.at <= claim.at for m in marks):
        raise Refused(
            f"curtailment of block {body.block!r} under dispatch {body.dispatch!r} had not started by {claim.at}"
        )


def not_curtailed(known: Known, claim: Claim, body: Any) -> None:
    """A block is curtailed once at a time under one dispatch."""
    latest = _latest(known.marks("curtailment", claim.place, body.dispatch, body.block), claim.at)
    if latest is not None and isinstance(latest.body, e.CurtailmentStarted):
        raise Refused(
            f"block {body.block!r} is already curtailed under dispatch {body.dispatch!r}, by {latest}"
        )


def program_suspended(known: Known, claim: Claim, body: Any) -> None:
    """A reinstatement needs a suspension."""
    latest = _latest(known.marks("program", claim.place, body.program), claim.at)
    if latest is None or not isinstance(latest.body, e.ProgramSuspended):
        raise Refused(f"program {body.program!r} is not suspended at {claim.at}")


def default_noticed(known: Known, claim: Claim, body: Any) -> None:
    """A cure needs a default: of the same period and instalment, noticed not later."""
    for mark in known.marks("default", claim.place, body.commitment):
        default: Any = mark.body
        if mark.at <= claim.at and (default.period, default.instalment) == (body.period, body.instalment):
            return
    raise Refused(f"no default of commitment {body.commitment!r} was noticed that this could cure")


def ordered(first: str, last: str) -> Rule:
    """Two instants of a fact are in order; one left unsaid is not compared."""

    def rule(known: Known, claim: Claim, body: Any) -> None:
        a = claim.at if first == "at" else getattr(body, first)
        b = getattr(body, last)
        if UNSET not in (a, b) and b < a:
            raise Refused(f"{last} {b} is before {first} {a}")

    return rule


def dispatch_window(known: Known, claim: Claim, body: e.DispatchAmended) -> None:
    """An amended dispatch still stops not before it starts."""
    marks = known.marks("dispatch", claim.place, body.dispatch)
    start: Any = UNSET
    stop: Any = UNSET
    for terms in [*(m.body for m in marks if m.at <= claim.at), body]:
        start = getattr(terms, "start", UNSET) or start
        stop = getattr(terms, "stop", UNSET) or stop
    if start and stop and stop < start:
        raise Refused(f"dispatch {body.dispatch!r} would stop at {stop}, before it starts at {start}")


def readings_shape(known: Known, claim: Claim, body: e.IntervalsRecorded) -> None:
    """Readings start at the fact's ``at``, have a quality each, and all begin within one UTC day (the last may reach beyond it)."""
    if body.start != claim.at:
        raise Malformed(f"start {body.start} is not the instant of the fact, {claim.at}")
    if len(body.values) != len(body.quality):
        raise Malformed(f"{len(body.values)} values have {len(body.quality)} qualities; say one each")
    if not body.values or body.interval_s == 0:
        raise Malformed("needs at least one value and an interval longer than 0 s")
    if body.interval_s > calendar.DAY_S:
        raise Malformed(f"an interval is at most a day long, not {body.interval_s} s")
    start_s = calendar.instant_s(body.start)
    last_s = start_s + body.interval_s * (len(body.values) - 1)
    if start_s // calendar.DAY_S != last_s // calendar.DAY_S:
        raise Malformed(
            f"readings from {body.start} go on after midnight UTC; say those that begin later in a record of their own"
        )


def due_dates_match(known: Known, claim: Claim, body: Any) -> None:
    """``due_on[i]`` belongs to ``periods[i]``."""
    if body.due_on is not UNSET and body.periods is not UNSET and len(body.due_on) != len(body.periods):
        raise Malformed(f"{len(body.periods)} periods have {len(body.due_on)} due dates; say one each")


def _latest(marks: Iterable[Mark], at: str) -> Mark | None:
    """The last mark not later than ``at``."""
    found = None
    for mark in marks:
        if mark.at > at:
            break
        found = mark
    return found


_block = (site_recorded, commissioned)
_dispatch = (site_recorded, recorded("dispatch", "dispatch"))
_program = (
    site_recorded,
    recorded("program", "program"),
    not_over("program", "program", e.ProgramWithdrawn),
)
_old_phase = (site_recorded, recorded("phase", "phase"))
_phase = (*_old_phase, not_over("phase", "phase", e.LeaseTerminated))
_commitment = (site_recorded, recorded("commitment", "commitment"))
_incident = (site_recorded, recorded("incident", "incident"))

RULES: Final[dict[type[Fact], tuple[Rule, ...]]] = {
    e.SiteRegistered: (),
    e.PowerContracted: (site_recorded, ordered("start", "stop")),
    e.LoadBlockCommissioned: (site_recorded, not_commissioned),
    e.LoadBlockRerated: _block,
    e.LoadBlockRetired: _block,
    e.DisturbanceRecorded: _block,
    e.FleetInstalled: _block,
    e.FleetRemoved: (site_recorded, recorded("block", "block")),
    e.HashrateChanged: (*_block, ordered("at", "until")),
    e.OutageStarted: (*_block, new("outage", "outage")),
    e.OutageEnded: (site_recorded, outage_open),
    e.FeedStateChanged: _block,
    e.IntervalsRecorded: (site_recorded, recorded("meter", "meter"), readings_shape),
    e.ProgramEnrolled: (site_recorded, new("program", "program", e.ProgramWithdrawn)),
    e.ProgramTermsAmended: _program,
    e.ProgramTestRecorded: _program,
    e.ProgramSuspended: _program,
    e.ProgramReinstated: (*_program, program_suspended),
    e.ProgramWithdrawn: _program,
    e.DispatchNotified: (
        site_recorded,
        new("dispatch", "dispatch"),
        recorded("program", "program"),
        not_over("program", "program", e.ProgramWithdrawn),
        ordered("start", "stop"),
    ),
    e.DispatchAmended: (*_dispatch, dispatch_window),
    e.DispatchCancelled: _dispatch,
    e.DispatchAcknowledged: _dispatch,
    e.DispatchReleased: _dispatch,
    e.DispatchDeclined: _dispatch,
    e.DispatchDisputed: _dispatch,
    e.CurtailmentStarted: (*_dispatch, commissioned, not_curtailed),
    e.CurtailmentTargetReached: (*_dispatch, curtailment_begun),
    e.CurtailmentEnded: (*_dispatch, curtailment_open),
    e.LoadRestored: (*_dispatch, commissioned),
    e.DispatchSettled: _dispatch,
    e.CoincidentPeakConfirmed: (ordered("start", "stop"),),
    e.LeasePhaseOpened: (site_recorded, new("phase", "phase")),
    e.LeaseTermsRecorded: _phase,
    e.LeaseMilestoneReached: _phase,
    e.LeaseForecastSet: _phase,
    e.LeaseDelayNoticed: _phase,
    e.LeaseExtensionGranted: (*_phase, recorded("delay", "phase", "delay")),
    e.CommissioningLevelPassed: _phase,
    e.CommissioningLevelFailed: _phase,
    e.CreditSupportRecorded: _phase,
    e.CreditSupportReleased: (*_old_phase, recorded("instrument", "phase", "instrument")),
    e.LeaseAmended: _phase,
    e.LeaseTerminated: _phase,
    e.CommitmentMade: (site_recorded, new("commitment", "commitment"), due_dates_match),
    e.CommitmentAmended: (*_commitment, due_dates_match),
    e.EvidenceRecorded: _commitment,
    e.HeadcountReported: _commitment,
    e.PaymentScheduled: _commitment,
    e.PaymentMade: _commitment,
    e.CommitmentAssessed: _commitment,
    e.DefaultNoticed: _commitment,
    e.CureStarted: (*_commitment, default_noticed),
    e.Cured: (*_commitment, default_noticed),
    e.WaiverGranted: _commitment,
    e.RemedyApplied: _commitment,
    e.CommitmentDischarged: _commitment,
    e.IncentiveGranted: (site_recorded, recorded("commitment", "commitment")),
    e.IncidentOpened: (site_recorded, new("incident", "incident")),
    e.IncidentObservationAdded: _incident,
    e.IncidentLinked: _incident,
    e.IncidentClosed: _incident,
}


# --- what the ledger fills in -----------------------------------------------------------------------------------


def filled(known: Known, claim: Claim) -> Fact:
    """The body with what a claim may leave out: a curtailment without a depth holds back all that is available."""
    body = claim.body
    if isinstance(body, e.CurtailmentStarted) and body.depth_w is UNSET:
        return msgspec.structs.replace(body, depth_w=available_w(known, claim.place, body.block, claim.at))
    return body


def available_w(known: Known, place: str, block: str, at: str) -> int:
    """The block's capacity at an instant less the derates open then, not below 0, in watts."""
    capacity_w = 0
    for mark in known.marks("block", place, block):
        if mark.at <= at:
            capacity_w = getattr(mark.body, "capacity_w", 0)
    for outage in known.register.outages_of(place, block):
        marks = known.marks("outage", place, outage)
        latest = _latest(marks, at)
        if latest and isinstance(latest.body, e.OutageStarted) and latest.body.block == block:
            capacity_w -= latest.body.derate_w
    return max(capacity_w, 0)
