"""The rules of DOMAIN 5 that a claim must pass to become a record.

``decide(register, claim, targets)`` raises ``Refused`` with the record that contradicts the claim (its index,
id and content), or ``Malformed`` for a fact that is impossible in itself, and otherwise returns the body to
record, with the values that the ledger fills in. The rules refuse only contradictions; they accept everything
else, and the reports concerned flag it.

Each module of ``ledger/rules`` holds a family of rules; ``RULES`` has the rules of each kind: its own, or where
it has none, that what the kind needs is recorded.

rule  module            about
====  ================  ==============================================================================
1, 3  ``power``         contracted, energized, capacity, derates, enrolment, fleet
2     ``lifecycles``    starts and ends, order of instants, subjects that must be recorded
2     ``generators``    one run of a generator at a time, and who asked for it
2     ``directives``    what an instruction asks for, and answers after it
4     ``readings``      interval readings: their shape, overlaps, corrections that restate
5     ``leases``        the precedence graph of a lease phase
6     ``commitments``   evidence, receipts, order of amendments
7     ``corrections``   records that ``corrects`` may name, and sections that may be erased
8     ``reliability``   excursions, responses to them, ride-through terms, models
9     ``exemptions``    what an exemption asks for, purchases once, totals that can be true
10    ``large_loads``   ramps within their contract, months and quarters that are over, collateral held
11    ``registrations`` versions in order of their days, items that a registry asks for
12    ``energy``        supplies that can be, certificates once, generation by hour, water once
"""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import UNSET

from ledger import kinds
from ledger.kinds import KINDS, Fact, Kind
from ledger.records.envelope import Claim, Record, claim_of
from ledger.rules.baselines import baseline_possible, has_a_baseline
from ledger.rules.commitments import (
    after_last_amendment,
    default_noticed,
    due_dates_match,
    receipt_new,
    rests_on_evidence,
)
from ledger.rules.corrections import check_targets, erases_a_section, retracts_something
from ledger.rules.directives import after_receipt, can_be_judged, once
from ledger.rules.energy import certificates_possible, generation_shape, supply_possible, water_possible
from ledger.rules.exemptions import day_has_come, exemption_possible, pay_possible, positions_possible
from ledger.rules.generators import not_running, running, stops_once, who_asked
from ledger.rules.known import NO_TARGETS, Known, Rule, Targets
from ledger.rules.large_loads import (
    expires_later,
    month_over,
    quarter_over,
    ramp_possible,
    release_possible,
    season_to_come,
    within_agreement,
)
from ledger.rules.leases import comes_after_its_needs
from ledger.rules.lifecycles import (
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
from ledger.rules.peaks import scheme_possible
from ledger.rules.power import (
    available_w,
    derate_fits,
    enrols_interruptible,
    leaves_service,
    predecessor_released,
    removes_installed,
    within_contract,
    within_energized,
)
from ledger.rules.readings import readings_new, readings_restated, readings_shape
from ledger.rules.register import Register
from ledger.rules.registrations import item_asked, registry_terms_possible, version_in_order
from ledger.rules.reliability import (
    after_excursion,
    changes_recorded,
    excursion_shape,
    response_new,
    response_shape,
    terms_possible,
)

NONE_GONE: Final[frozenset[str]] = frozenset()


def decide(register: Register, claim: Claim, targets: Targets = NO_TARGETS) -> Fact:
    """The body to record, or ``Refused`` / ``Malformed``."""
    gone, body = NONE_GONE, claim.body
    if claim.corrects:
        gone = frozenset(claim.corrects)
        check_targets(claim, targets)
    known = Known(register, gone, targets)
    for rule in RULES[type(body)]:
        rule(known, claim, body)
    return filled(known, claim, body) if isinstance(body, kinds.CurtailmentStarted) else body


def check_again(
    register: Register,
    record: Record,
    targets: Targets = NO_TARGETS,
    without: frozenset[str] = frozenset(),
) -> None:
    """``Refused`` naming what contradicts an accepted record in the light of late and corrected facts (DOMAIN
    5).

    ``without`` are ids of records to treat as retracted. The record itself is left out, and so are the rules
    on the order in which facts arrive and on the content of sections, which are not read here.
    """
    claim = claim_of(record)
    known = Known(register, without.union((record.id, *(record.corrects or ()))), targets)
    for rule in _AGAIN[type(record.body)]:
        rule(known, claim, record.body)


_block = (site_recorded, commissioned)
_dispatch = (site_recorded, recorded(kinds.DispatchNotified))
_program = (
    site_recorded,
    recorded(kinds.ProgramEnrolled),
    not_over("program", "program", kinds.ProgramWithdrawn),
)
_old_phase = (site_recorded, recorded(kinds.LeasePhaseOpened))
_phase = (*_old_phase, not_over("phase", "phase", kinds.LeaseTerminated))
_commitment = (site_recorded, recorded(kinds.CommitmentMade))
_exemption = (site_recorded, recorded(kinds.ExemptionGranted))
_ramp = (site_recorded, recorded(kinds.LoadRampAgreed))
_directive = (site_recorded, recorded(kinds.DirectiveReceived), after_receipt)
_old_generator = (site_recorded, recorded(kinds.GeneratorRegistered))
_generator = (*_old_generator, not_over("generator", "generator", kinds.GeneratorRetired))

_program_amended = after_last_amendment("program-terms", "program")
_lease_amended = after_last_amendment("phase-terms", "phase")
_commitment_amended = after_last_amendment("commitment-terms", "commitment")
_hashed_once = one_of("content_sha256", "salted_content_sha256")
AT_FIRST_ONLY: Final = frozenset(
    (_program_amended, _lease_amended, _commitment_amended, _hashed_once, pay_possible)
)


def needed(kind: Kind) -> tuple[Rule, ...]:
    """The rules of a kind that has none of its own: its site, and what the kind says it needs, are recorded."""
    return (
        site_recorded,
        *(
            commissioned if body is kinds.LoadBlockCommissioned else recorded(body)
            for body in kind.needs
            if body is not kinds.SiteRegistered
        ),
    )


_OWN: Final[dict[type[Fact], tuple[Rule, ...]]] = {
    kinds.SiteRegistered: (),
    kinds.PowerContracted: (site_recorded, ordered("start", "stop")),
    kinds.CapacityEnergized: (site_recorded, within_contract),
    kinds.LoadBlockCommissioned: (site_recorded, not_commissioned, predecessor_released, within_energized),
    kinds.LoadBlockRerated: (*_block, within_energized),
    kinds.ExcursionRecorded: (site_recorded, new("excursion", "excursion"), excursion_shape),
    kinds.LoadResponseRecorded: (
        *_block,
        recorded(kinds.ExcursionRecorded),
        response_new,
        after_excursion,
        response_shape,
    ),
    kinds.ExcursionCommunicated: (site_recorded, recorded(kinds.ExcursionRecorded), after_excursion),
    kinds.RideThroughTermsSet: (site_recorded, terms_possible),
    kinds.FacilityChanged: (*_block, new("facility-change", "change")),
    kinds.ModelVerified: (site_recorded, changes_recorded),
    kinds.FleetRemoved: (site_recorded, recorded(kinds.LoadBlockCommissioned), removes_installed),
    kinds.HashrateChanged: (*_block, ordered("at", "until")),
    kinds.OutageStarted: (*_block, new("outage", "outage"), derate_fits),
    kinds.OutageEnded: (site_recorded, outage_open),
    kinds.IntervalsRecorded: (
        site_recorded,
        recorded(kinds.MeterRegistered),
        readings_shape,
        readings_new,
        readings_restated,
    ),
    kinds.ProgramEnrolled: (
        site_recorded,
        new("program", "program", kinds.ProgramWithdrawn),
        enrols_interruptible,
    ),
    kinds.ProgramTermsAmended: (
        *_program,
        _program_amended,
        enrols_interruptible,
    ),
    kinds.ProgramBaselineSet: (*_program, baseline_possible, has_a_baseline),
    kinds.ProgramTestRecorded: _program,
    kinds.ProgramThrottleAgreed: (*_program, commissioned, leaves_service),
    kinds.ProgramSuspended: _program,
    kinds.ProgramReinstated: (*_program, program_suspended),
    kinds.ProgramWithdrawn: _program,
    kinds.DispatchNotified: (
        site_recorded,
        new("dispatch", "dispatch"),
        recorded(kinds.ProgramEnrolled),
        not_over("program", "program", kinds.ProgramWithdrawn),
        ordered("start", "stop"),
    ),
    kinds.DispatchAmended: (*_dispatch, dispatch_window),
    kinds.CurtailmentStarted: (*_dispatch, commissioned, not_curtailed),
    kinds.CurtailmentTargetReached: (*_dispatch, curtailment_begun),
    kinds.CurtailmentEnded: (*_dispatch, curtailment_open),
    kinds.GridNoticePublished: (new("grid-notice", "notice"), ordered("start", "stop")),
    kinds.CoincidentPeakConfirmed: (ordered("start", "stop"),),
    kinds.PeakSchemeSet: (scheme_possible,),
    kinds.LoadRampAgreed: (
        site_recorded,
        recorded(kinds.PowerContracted),
        ramp_possible,
        within_agreement,
    ),
    kinds.BillingDemandRecorded: (*_ramp, month_over),
    kinds.LoadForecastSet: (site_recorded, season_to_come),
    kinds.CollateralPosted: (*_ramp, day_has_come("posted_on"), expires_later),
    kinds.CollateralReleased: (
        *_ramp,
        recorded(kinds.CollateralPosted),
        day_has_come("released_on"),
        release_possible,
    ),
    kinds.LoadMilestoneReached: (*_ramp, day_has_come("reached_on")),
    kinds.LoadReportFiled: (*_ramp, quarter_over, day_has_come("filed_on")),
    kinds.RegistrationFiled: (site_recorded, day_has_come("filed_on"), version_in_order),
    kinds.RegistrationTermsSet: (site_recorded, registry_terms_possible),
    kinds.RegistrationItemStated: (site_recorded, item_asked),
    kinds.ParallelRequestsDisclosed: (site_recorded, day_has_come("disclosed_on")),
    kinds.DirectiveReceived: (
        site_recorded,
        new("directive", "directive"),
        recorded(kinds.DispatchNotified),
        can_be_judged,
    ),
    kinds.DirectiveAcknowledged: _directive,
    kinds.DirectiveComplied: (*_directive, once(kinds.DirectiveComplied)),
    kinds.DirectiveLifted: (*_directive, once(kinds.DirectiveLifted)),
    kinds.GeneratorRetired: (*_generator, not_running),
    kinds.GeneratorStarted: (*_generator, recorded(kinds.DirectiveReceived), who_asked, not_running),
    kinds.GeneratorLoadMeasured: (*_old_generator, running),
    kinds.GeneratorStopped: (*_old_generator, running, stops_once),
    kinds.GeneratorStartFailed: (*_generator, recorded(kinds.DirectiveReceived), not_running),
    kinds.LeasePhaseOpened: (site_recorded, new("phase", "phase")),
    kinds.LeaseTermsRecorded: _phase,
    kinds.LeaseMilestoneReached: (*_phase, comes_after_its_needs),
    kinds.LeaseForecastSet: _phase,
    kinds.LeaseDelayNoticed: _phase,
    kinds.LeaseExtensionGranted: (*_phase, recorded(kinds.LeaseDelayNoticed)),
    kinds.CommissioningLevelPassed: (*_phase, comes_after_its_needs),
    kinds.CommissioningLevelFailed: (*_phase, comes_after_its_needs),
    kinds.CreditSupportRecorded: _phase,
    kinds.CreditSupportReleased: (*_old_phase, recorded(kinds.CreditSupportRecorded)),
    kinds.LeaseAmended: (*_phase, _lease_amended),
    kinds.LeaseTerminated: _phase,
    kinds.CommitmentMade: (site_recorded, new("commitment", "commitment"), due_dates_match),
    kinds.CommitmentAmended: (
        *_commitment,
        _commitment_amended,
        due_dates_match,
    ),
    kinds.PaymentMade: (*_commitment, receipt_new),
    kinds.CommitmentAssessed: (*_commitment, rests_on_evidence),
    kinds.CureStarted: (*_commitment, default_noticed),
    kinds.Cured: (*_commitment, default_noticed),
    kinds.ExemptionGranted: (site_recorded, exemption_possible),
    kinds.ExpenditureRecorded: (
        *_exemption,
        new("expenditure", "expenditure"),
        day_has_come("incurred_on", "paid_on"),
    ),
    kinds.PositionsReported: (*_exemption, day_has_come("as_of_on"), positions_possible, pay_possible),
    kinds.ExemptionEvidenceFiled: (*_exemption, day_has_come("filed_on")),
    kinds.GenerationRecorded: (readings_shape, generation_shape, readings_new, readings_restated),
    kinds.EnergySupplyRegistered: (site_recorded, supply_possible),
    kinds.CertificatesRetired: (
        site_recorded,
        recorded(kinds.EnergySupplyRegistered),
        new("certificates", "serials"),
        certificates_possible,
    ),
    kinds.WaterRecorded: (site_recorded, water_possible),
    kinds.IncidentOpened: (site_recorded, new("incident", "incident")),
    kinds.ReportIssued: (site_recorded, _hashed_once),
    kinds.EventRetracted: (retracts_something,),
    kinds.SectionErased: (erases_a_section,),
}

RULES: Final = {kind.body: _OWN.get(kind.body, needed(kind)) for kind in KINDS}
_AGAIN: Final = {
    body: tuple(rule for rule in rules if rule not in AT_FIRST_ONLY) for body, rules in RULES.items()
}


def filled(known: Known, claim: Claim, body: kinds.CurtailmentStarted) -> Fact:
    """The body with its omitted value filled in: a curtailment without a depth takes all available power."""
    if body.depth_w is UNSET:
        return msgspec.structs.replace(body, depth_w=available_w(known, claim.place, body.block, claim.at))
    return body
