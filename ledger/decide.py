"""May this happen? The rules of DOMAIN 5 that a claim must pass to become a record.

``decide(register, claim, targets)`` raises ``Refused`` naming the record that contradicts the claim (index, id, what it said), or
``Malformed`` for a fact that says no possible thing, and otherwise returns the body to record: what was said, with what the ledger
fills in. They refuse only what cannot have been meant; everything else is taken, and flagged by the reports it touches.

The rules themselves are in ``ledger/rules``, a module a family; which kinds each is for stands in ``RULES``.

rule  module            about
====  ================  ==============================================================================
1, 3  ``power``         contracted, energized, capacity, derates, enrolment, fleet
2     ``things``        starts and ends, order of instants, what must be recorded or commissioned
4     ``readings``      interval readings: their shape, overlaps, corrections that restate
5     ``leases``        the precedence graph of a lease phase
6     ``promises``      evidence, receipts, order of amendments
7     ``targets``       what ``corrects`` may name, and which section may be erased
"""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import UNSET

from ledger import events as e
from ledger.codec import claim_of
from ledger.events import Fact
from ledger.records import Claim, Record
from ledger.register import Register
from ledger.rules.known import NO_TARGETS, Known, Rule, Targets
from ledger.rules.leases import level_below_passed, milestone_possible
from ledger.rules.power import (
    available_w,
    derate_fits,
    enrols_interruptible,
    predecessor_released,
    removes_installed,
    within_contract,
    within_energized,
)
from ledger.rules.promises import (
    after_last_amendment,
    default_noticed,
    due_dates_match,
    receipt_new,
    rests_on_evidence,
)
from ledger.rules.readings import readings_new, readings_restated, readings_shape
from ledger.rules.targets import check_targets, erases_a_section, retracts_something
from ledger.rules.things import (
    commissioned,
    curtailment_begun,
    curtailment_open,
    dispatch_window,
    new,
    not_commissioned,
    not_curtailed,
    not_over,
    one_of,
    ordered,
    outage_open,
    program_suspended,
    recorded,
    site_recorded,
)


def decide(register: Register, claim: Claim, targets: Targets = NO_TARGETS) -> Fact:
    """The body to record, or ``Refused`` / ``Malformed``."""
    gone = frozenset(claim.corrects or ())
    if gone:
        check_targets(claim, targets)
    known = Known(register, gone, targets)
    for rule in RULES.get(type(claim.body), (site_recorded,)):
        rule(known, claim, claim.body)
    return filled(known, claim)


def check_again(register: Register, record: Record, targets: Targets = NO_TARGETS) -> None:
    """``Refused`` naming what contradicts an accepted record now that more is known: late and corrected facts can (DOMAIN 5).

    The record itself is left out, and so are the rules on the order in which facts arrive and on what sections hold, which are not read here.
    """
    claim = claim_of(record)
    known = Known(register, frozenset((record.id, *(record.corrects or ()))), targets)
    for rule in RULES.get(type(record.body), (site_recorded,)):
        if rule not in AT_FIRST_ONLY:
            rule(known, claim, record.body)


_block = (site_recorded, commissioned)
_dispatch = (site_recorded, recorded(e.DispatchNotified))
_program = (
    site_recorded,
    recorded(e.ProgramEnrolled),
    not_over("program", "program", e.ProgramWithdrawn),
)
_old_phase = (site_recorded, recorded(e.LeasePhaseOpened))
_phase = (*_old_phase, not_over("phase", "phase", e.LeaseTerminated))
_commitment = (site_recorded, recorded(e.CommitmentMade))
_incident = (site_recorded, recorded(e.IncidentOpened))

_program_amended = after_last_amendment("program-terms", "program")
_lease_amended = after_last_amendment("terms", "phase")
_promise_amended = after_last_amendment("promise-terms", "commitment")
_hashed_once = one_of("content_sha256", "salted_content_sha256")
AT_FIRST_ONLY: Final = frozenset((_program_amended, _lease_amended, _promise_amended, _hashed_once))

RULES: Final[dict[type[Fact], tuple[Rule, ...]]] = {
    e.SiteRegistered: (),
    e.PowerContracted: (site_recorded, ordered("start", "stop")),
    e.CapacityEnergized: (site_recorded, within_contract),
    e.LoadBlockCommissioned: (site_recorded, not_commissioned, predecessor_released, within_energized),
    e.LoadBlockRerated: (*_block, within_energized),
    e.LoadBlockRetired: _block,
    e.DisturbanceRecorded: _block,
    e.FleetInstalled: _block,
    e.FleetRemoved: (site_recorded, recorded(e.LoadBlockCommissioned), removes_installed),
    e.HashrateChanged: (*_block, ordered("at", "until")),
    e.OutageStarted: (*_block, new("outage", "outage"), derate_fits),
    e.OutageEnded: (site_recorded, outage_open),
    e.FeedStateChanged: _block,
    e.IntervalsRecorded: (
        site_recorded,
        recorded(e.MeterRegistered),
        readings_shape,
        readings_new,
        readings_restated,
    ),
    e.ProgramEnrolled: (site_recorded, new("program", "program", e.ProgramWithdrawn), enrols_interruptible),
    e.ProgramTermsAmended: (
        *_program,
        _program_amended,
        enrols_interruptible,
    ),
    e.ProgramTestRecorded: _program,
    e.ProgramSuspended: _program,
    e.ProgramReinstated: (*_program, program_suspended),
    e.ProgramWithdrawn: _program,
    e.DispatchNotified: (
        site_recorded,
        new("dispatch", "dispatch"),
        recorded(e.ProgramEnrolled),
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
    e.LeaseMilestoneReached: (*_phase, milestone_possible),
    e.LeaseForecastSet: _phase,
    e.LeaseDelayNoticed: _phase,
    e.LeaseExtensionGranted: (*_phase, recorded(e.LeaseDelayNoticed)),
    e.CommissioningLevelPassed: (*_phase, level_below_passed),
    e.CommissioningLevelFailed: (*_phase, level_below_passed),
    e.CreditSupportRecorded: _phase,
    e.CreditSupportReleased: (*_old_phase, recorded(e.CreditSupportRecorded)),
    e.LeaseAmended: (*_phase, _lease_amended),
    e.LeaseTerminated: _phase,
    e.CommitmentMade: (site_recorded, new("commitment", "commitment"), due_dates_match),
    e.CommitmentAmended: (
        *_commitment,
        _promise_amended,
        due_dates_match,
    ),
    e.EvidenceRecorded: _commitment,
    e.HeadcountReported: _commitment,
    e.PaymentScheduled: _commitment,
    e.PaymentMade: (*_commitment, receipt_new),
    e.CommitmentAssessed: (*_commitment, rests_on_evidence),
    e.DefaultNoticed: _commitment,
    e.CureStarted: (*_commitment, default_noticed),
    e.Cured: (*_commitment, default_noticed),
    e.WaiverGranted: _commitment,
    e.RemedyApplied: _commitment,
    e.CommitmentDischarged: _commitment,
    e.IncentiveGranted: (site_recorded, recorded(e.CommitmentMade)),
    e.IncidentOpened: (site_recorded, new("incident", "incident")),
    e.IncidentObservationAdded: _incident,
    e.IncidentLinked: _incident,
    e.IncidentClosed: _incident,
    e.ReportIssued: (site_recorded, _hashed_once),
    e.EventRetracted: (retracts_something,),
    e.SectionErased: (erases_a_section,),
}


def filled(known: Known, claim: Claim) -> Fact:
    """The body with what a claim may leave out: a curtailment without a depth holds back all that is available."""
    body = claim.body
    if isinstance(body, e.CurtailmentStarted) and body.depth_w is UNSET:
        return msgspec.structs.replace(body, depth_w=available_w(known, claim.place, body.block, claim.at))
    return body
