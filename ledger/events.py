"""All kinds of facts: one frozen struct per kind, and the closed table from stored tag to struct.

A *fact* is the body of a record. Its fields are integers with the unit in the name, text, booleans, or lists of
these (DOMAIN 2 and 4); a field that may be left out is ``| Unset``, never null. A kind belongs to exactly one
disclosure class, which with the site names the stream of its records (``sandersville/grid``). Fields marked with a
section (commercial, personal) are kept outside the hashed leaf, so that they can be withheld or erased.

The stored tag, ``curtailment-started.v1``, is written in the table at the end and never derived from a Python name:
renaming a class here changes no stored byte.

To add a kind: write its struct below, add its line to ``KINDS``, bless its golden bytes. Story text, JSON, the command
line, random histories and the laws follow from the struct.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, NamedTuple

import msgspec
from msgspec import UNSET, Meta

from ledger.fields import (
    Date,
    Id,
    Instant,
    Integer,
    MonthDay,
    Natural,
    Period,
    RecordTime,
    Sha256,
    Slug,
    Text,
    Unset,
    Zone,
)

LAST_LEVEL: Final = 5
"""Of commissioning: the integrated systems test."""

Interest = Literal["option", "owned", "leased", "sold"]
SiteClass = Literal["metro-low-latency", "inference", "training", "mining-only", "land"]
Interconnection = Literal["requested", "study-done", "agreement", "facilities-ready"]
LoadClass = Literal["mining", "ai-hpc", "auxiliary"]
ServiceClass = Literal["interruptible", "firm"]
OutageClass = Literal["planned", "maintenance", "forced-u1", "forced-u2", "forced-u3"]
Method = Literal[
    "firm-service-level",
    "meter-before-after",
    "baseline-10-of-10",
    "baseline-high-4-of-5",
    "baseline-high-5-of-10",
    "same-day-3-2",
]
Adjustment = Literal["none", "symmetric-additive"]
DispatchClass = Literal[
    "emergency",
    "capacity",
    "utility-economic",
    "market",
    "coincident-peak",
    "own-economic",
    "weather-protection",
    "local-constraint",
    "test",
    "firm-load-shed",
]
GridState = Literal[
    "normal",
    "weather-alert",
    "resource-alert",
    "conservative-operations",
    "max-gen",
    "eea1",
    "eea2",
    "eea3",
    "load-shed",
]
LeaseMilestone = Literal[
    "inquiry",
    "nda",
    "loi",
    "exclusivity",
    "basis-of-design-concluded",
    "lease-executed",
    "financing",
    "notice-to-proceed",
    "power-on",
    "substantial-completion",
    "ready-for-service-offered",
    "ready-for-service-accepted",
    "ready-for-service-deemed",
    "ready-for-service-rejected",
    "commencement",
]
Instrument = Literal["pilot", "abatement", "cba", "development-agreement", "public-statement", "utility-mou"]
Category = Literal[
    "jobs",
    "wage",
    "capex",
    "tax-payment",
    "utility-payment",
    "donation",
    "curtailment",
    "local-hiring",
    "noise",
    "water",
    "reporting",
    "other",
]
Verdict = Literal["met", "not-met", "not-measurable", "pending"]


class Fact(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False, repr_omit_defaults=True
):
    """Root of all bodies; holds nothing."""


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False, repr_omit_defaults=True):
    """The document or message a fact was read from; ``sha256`` names its bytes in the book's evidence folder."""

    name: Text
    ref: Text | Unset = UNSET
    sha256: Sha256 | Unset = UNSET


class Tier(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False, repr_omit_defaults=True
):
    """A step of lateness: from ``after_months`` (or ``after_days``) past the target, this many days' rent a day."""

    rent_days_per_day: Natural
    after_months: Natural | Unset = UNSET
    after_days: Natural | Unset = UNSET

    def __post_init__(self) -> None:
        if (self.after_months is UNSET) == (self.after_days is UNSET):
            raise ValueError("a tier starts after months or after days, one of the two")


# --- site (grid) ------------------------------------------------------------------------------------------------


class SiteRegistered(Fact, frozen=True, kw_only=True):
    """A site's master data from ``at`` on; said again it replaces them. ``balancing_authority`` is its EIA-930 code."""

    site: Slug
    name: Text
    county: Text
    state: Text
    country: Text | Unset = UNSET
    tz: Zone
    balancing_authority: Text
    utility: Text
    parcels: tuple[Text, ...]
    site_class: SiteClass


class SiteInterestChanged(Fact, frozen=True, kw_only=True):
    """What the operator holds of the land."""

    site: Slug
    interest: Interest


class InterconnectionMilestoneReached(Fact, frozen=True, kw_only=True):
    """A step of the grid connection, with the power it is about."""

    site: Slug
    milestone: Interconnection
    power_w: Natural


class PowerContracted(Fact, frozen=True, kw_only=True):
    """Power of one agreement: the same agreement again replaces it from ``start``, others add up."""

    site: Slug
    agreement: Text
    power_w: Natural
    firm_w: Natural
    start: Instant
    stop: Instant | Unset = UNSET


class CapacityEnergized(Fact, frozen=True, kw_only=True):
    """The whole site's authorised draw from now on."""

    site: Slug
    power_w: Natural
    point_of_delivery: Text
    voltage_v: Natural
    approval: Text | Unset = UNSET


class CapacityDeenergized(Fact, frozen=True, kw_only=True):
    """The whole site's authorised draw that is left."""

    site: Slug
    power_w: Natural
    point_of_delivery: Text
    cause: Text


# --- load block (grid) ------------------------------------------------------------------------------------------


class LoadBlockCommissioned(Fact, frozen=True, kw_only=True):
    """A separately controllable electrical block begins to exist for operations."""

    site: Slug
    block: Slug
    load_class: LoadClass
    service_class: ServiceClass
    capacity_w: Natural
    feeds: tuple[Text, ...]
    predecessor: Slug | Unset = UNSET
    approval: Text | Unset = UNSET


class LoadBlockRerated(Fact, frozen=True, kw_only=True):
    """The block's capacity from now on."""

    block: Slug
    capacity_w: Natural
    approval: Text | Unset = UNSET


class LoadBlockRetired(Fact, frozen=True, kw_only=True):
    """The block ends; its open outages and curtailments end with it."""

    block: Slug
    cause: Literal["conversion", "decommissioned", "sold"]
    successor: Slug | Unset = UNSET


class DisturbanceRecorded(Fact, frozen=True, kw_only=True):
    """A fast change of load, with who began it and who was told (NERC Level 3 alert of May 2026)."""

    site: Slug
    block: Slug | Unset = UNSET
    before_w: Natural
    after_w: Natural
    duration_ms: Natural
    initiated_by: Literal["customer", "protection", "utility"]
    communicated_to: Text | Unset = UNSET
    communicated_at: Instant | Unset = UNSET


# --- operations -------------------------------------------------------------------------------------------------


class FleetInstalled(Fact, frozen=True, kw_only=True):
    """Machines put in, with the nameplate of one."""

    block: Slug
    model: Text
    units: Natural
    unit_hashrate_ghs: Natural
    unit_power_w: Natural


class FleetRemoved(Fact, frozen=True, kw_only=True):
    """Machines taken out, with the nameplate of one."""

    block: Slug
    model: Text
    units: Natural
    unit_hashrate_ghs: Natural
    unit_power_w: Natural


class HashrateChanged(Fact, frozen=True, kw_only=True):
    """Holds from ``at`` to the block's next, or to ``until``; after it with nothing new the value is unknown, not zero."""

    block: Slug
    hashrate_ghs: Natural
    power_w: Natural | Unset = UNSET
    units_hashing: Natural | Unset = UNSET
    units_total: Natural | Unset = UNSET
    method: Literal["pool", "device"]
    until: Instant | Unset = UNSET


class OutageStarted(Fact, frozen=True, kw_only=True):
    """Capability lost: ``derate_w`` = capacity is a full outage (IEEE 762 classes, forced U1 to U3)."""

    block: Slug
    outage: Slug
    outage_class: OutageClass
    derate_w: Natural
    cause: Text
    outside_management_control: bool
    noticed_at: Instant | Unset = UNSET


class OutageEnded(Fact, frozen=True, kw_only=True):
    """The capability is back."""

    outage: Slug


class FeedStateChanged(Fact, frozen=True, kw_only=True):
    """One electrical feed of a block goes up or down."""

    block: Slug
    feed: Text
    state: Literal["up", "down"]


# --- meter (grid) -----------------------------------------------------------------------------------------------


class MeterRegistered(Fact, frozen=True, kw_only=True):
    """A meter of the site or of one block (``scope`` = ``site`` or a block's slug)."""

    site: Slug
    meter: Slug
    scope: Slug
    role: Literal["revenue", "facility", "it", "sub"]
    point: Literal["ups", "pdu", "it"] | Unset = UNSET
    direction: Literal["delivered", "received"]
    interval_s: Natural


class IntervalsRecorded(Fact, frozen=True, kw_only=True):
    """Readings of one meter that begin in one UTC day: ``values`` in Wh x 10^power_of_ten, ``quality`` in ESPI codes, -1 not stated."""

    meter: Slug
    start: Instant
    interval_s: Natural
    power_of_ten: Annotated[int, Meta(ge=-12, le=12)]
    values: tuple[Integer, ...]
    quality: tuple[Annotated[int, Meta(ge=-1, le=255)], ...]


# --- program (grid) ---------------------------------------------------------------------------------------------


class ProgramEnrolled(Fact, frozen=True, kw_only=True):
    """Terms of a demand-response or interruptible-tariff programme for named blocks and meters."""

    program: Slug
    operator: Text
    agreement: Text
    site: Slug
    blocks: tuple[Slug, ...]
    meters: tuple[Slug, ...]
    method: Method
    firm_service_level_w: Natural | Unset = UNSET
    committed_w: Natural | Unset = UNSET
    notice_s: Natural
    response_s: Natural
    duration_max_s: Natural | Unset = UNSET
    called_max_s: Natural | Unset = UNSET
    events_max: Natural | Unset = UNSET
    tests_per_year: Natural | Unset = UNSET
    program_year_start: MonthDay
    tz: Zone
    capped: bool
    baseline_intervals: Natural | Unset = UNSET
    adjustment: Adjustment
    adjustment_window_s: Natural | Unset = UNSET
    adjustment_gap_s: Natural | Unset = UNSET
    adjustment_cap_ppm: Natural | Unset = UNSET
    holidays: tuple[Date, ...]


class ProgramTermsAmended(Fact, frozen=True, kw_only=True):
    """What is named here replaces the programme's terms from ``start``."""

    program: Slug
    start: Instant
    committed_w: Natural | Unset = UNSET
    firm_service_level_w: Natural | Unset = UNSET
    notice_s: Natural | Unset = UNSET
    response_s: Natural | Unset = UNSET
    duration_max_s: Natural | Unset = UNSET
    called_max_s: Natural | Unset = UNSET
    events_max: Natural | Unset = UNSET
    blocks: tuple[Slug, ...] | Unset = UNSET
    meters: tuple[Slug, ...] | Unset = UNSET
    holidays: tuple[Date, ...] | Unset = UNSET
    baseline_intervals: Natural | Unset = UNSET
    adjustment: Adjustment | Unset = UNSET
    adjustment_window_s: Natural | Unset = UNSET
    adjustment_gap_s: Natural | Unset = UNSET
    adjustment_cap_ppm: Natural | Unset = UNSET


class ProgramTestRecorded(Fact, frozen=True, kw_only=True):
    """A test of the programme and the power it showed."""

    program: Slug
    passed: bool
    power_w: Natural


class ProgramSuspended(Fact, frozen=True, kw_only=True):
    """The programme stops calling, for now."""

    program: Slug
    cause: Text


class ProgramReinstated(Fact, frozen=True, kw_only=True):
    """The programme calls again."""

    program: Slug
    cause: Text


class ProgramWithdrawn(Fact, frozen=True, kw_only=True):
    """The site leaves the programme."""

    program: Slug
    cause: Text


# --- dispatch (grid) --------------------------------------------------------------------------------------------


class DispatchNotified(Fact, frozen=True, kw_only=True):
    """A request (or a decision of the operator's own) to hold power back; the class tells requested from voluntary."""

    dispatch: Slug
    program: Slug | Unset = UNSET
    site: Slug
    dispatch_class: DispatchClass
    mode: Literal["reduce-to", "reduce-by"]
    target_w: Natural
    start: Instant
    stop: Instant | Unset = UNSET
    external_id: Text | Unset = UNSET
    external_version: Text | Unset = UNSET


class DispatchAmended(Fact, frozen=True, kw_only=True):
    """What is named here replaces the dispatch's terms."""

    dispatch: Slug
    target_w: Natural | Unset = UNSET
    start: Instant | Unset = UNSET
    stop: Instant | Unset = UNSET
    external_version: Text | Unset = UNSET


class DispatchCancelled(Fact, frozen=True, kw_only=True):
    """The dispatch is called off."""

    dispatch: Slug
    cause: Text | Unset = UNSET
    external_version: Text | Unset = UNSET


class DispatchAcknowledged(Fact, frozen=True, kw_only=True):
    """The operator confirms the dispatch."""

    dispatch: Slug


class DispatchReleased(Fact, frozen=True, kw_only=True):
    """The caller lets the load return."""

    dispatch: Slug


class DispatchDeclined(Fact, frozen=True, kw_only=True):
    """The operator does not follow the dispatch, and says why."""

    dispatch: Slug
    cause: Text


class DispatchDisputed(Fact, frozen=True, kw_only=True):
    """A party contradicts what is recorded of the dispatch."""

    dispatch: Slug
    cause: Text


class CurtailmentStarted(Fact, frozen=True, kw_only=True):
    """Power held back on one block. A claim may leave ``depth_w`` out: then all that is available is held back."""

    dispatch: Slug
    block: Slug
    depth_w: Natural | Unset = UNSET
    load_w: Natural | Unset = UNSET


class CurtailmentTargetReached(Fact, frozen=True, kw_only=True):
    """The block's load has come down to what was asked."""

    dispatch: Slug
    block: Slug
    load_w: Natural


class CurtailmentEnded(Fact, frozen=True, kw_only=True):
    """The block may run again."""

    dispatch: Slug
    block: Slug


class LoadRestored(Fact, frozen=True, kw_only=True):
    """The block's load is back."""

    dispatch: Slug | Unset = UNSET
    block: Slug
    load_w: Natural


class DispatchSettled(Fact, frozen=True, kw_only=True):
    """What the caller's statement says of the dispatch."""

    dispatch: Slug
    statement: Text
    credit_cents: Integer
    penalty_cents: Integer
    reported_ppm: Natural | Unset = UNSET


# --- grid condition (grid, stream ba-CODE/grid) -----------------------------------------------------------------


class GridConditionDeclared(Fact, frozen=True, kw_only=True):
    """A balancing authority's state from ``at`` until its next."""

    balancing_authority: Text
    state: GridState


class CoincidentPeakConfirmed(Fact, frozen=True, kw_only=True):
    """The system's peak interval, as published."""

    balancing_authority: Text
    start: Instant
    stop: Instant
    system_w: Natural


# --- lease phase (lease) ----------------------------------------------------------------------------------------

_commercial = Meta(extra={"section": "commercial"})
_commercial_required = Meta(extra={"section": "commercial", "required": True})
_personal = Meta(extra={"section": "personal"})


class LeasePhaseOpened(Fact, frozen=True, kw_only=True):
    """The phase, not the lease, is the unit; ``tenant`` is an alias."""

    lease: Slug
    phase: Slug
    site: Slug
    tenant: Text
    critical_w: Natural


class LeaseTermsRecorded(Fact, frozen=True, kw_only=True):
    """A version of the phase's terms: dates, and what lateness costs (rents are commercial)."""

    phase: Slug
    version: Natural
    target_rfs_on: Date
    outside_on: Date | Unset = UNSET
    tiers: Annotated[tuple[Tier, ...] | Unset, _commercial_required] = UNSET
    monthly_rent_cents: Annotated[Natural | Unset, _commercial] = UNSET
    extension_causes: tuple[Text, ...]
    notice_days: Natural


class LeaseMilestoneReached(Fact, frozen=True, kw_only=True):
    """A node of the phase's precedence graph is reached."""

    phase: Slug
    milestone: LeaseMilestone
    at_risk: bool | Unset = UNSET
    power_w: Natural | Unset = UNSET
    waived_by: Text | Unset = UNSET


class LeaseForecastSet(Fact, frozen=True, kw_only=True):
    """When the milestone is expected now."""

    phase: Slug
    milestone: LeaseMilestone
    forecast_on: Date


class LeaseDelayNoticed(Fact, frozen=True, kw_only=True):
    """Notice of a delay that may extend the dates."""

    phase: Slug
    delay: Slug
    cause: Text
    days: Natural
    began_on: Date
    noticed_on: Date


class LeaseExtensionGranted(Fact, frozen=True, kw_only=True):
    """Days by which dates move, from a date on, for a noticed delay or for none."""

    phase: Slug
    delay: Slug | Unset = UNSET
    from_on: Date
    days: Natural


class CommissioningLevelPassed(Fact, frozen=True, kw_only=True):
    """A system of the phase passed a commissioning level."""

    phase: Slug
    system: Text
    level: Annotated[int, Meta(ge=1, le=LAST_LEVEL)]
    waived_by: Text | Unset = UNSET


class CommissioningLevelFailed(Fact, frozen=True, kw_only=True):
    """A system of the phase failed a commissioning level."""

    phase: Slug
    system: Text
    level: Annotated[int, Meta(ge=1, le=LAST_LEVEL)]
    waived_by: Text | Unset = UNSET


class CreditSupportRecorded(Fact, frozen=True, kw_only=True):
    """A guarantee held for the phase."""

    phase: Slug
    instrument: Text
    amount_cents: Annotated[Natural | Unset, _commercial_required] = UNSET


class CreditSupportReleased(Fact, frozen=True, kw_only=True):
    """A guarantee given back."""

    phase: Slug
    instrument: Text
    amount_cents: Annotated[Natural | Unset, _commercial_required] = UNSET


class LeaseAmended(Fact, frozen=True, kw_only=True):
    """What is named here replaces the phase's terms, for the whole phase."""

    phase: Slug
    target_rfs_on: Date | Unset = UNSET
    outside_on: Date | Unset = UNSET
    tiers: Annotated[tuple[Tier, ...] | Unset, _commercial] = UNSET
    monthly_rent_cents: Annotated[Natural | Unset, _commercial] = UNSET
    critical_w: Natural | Unset = UNSET
    notice_days: Natural | Unset = UNSET


class LeaseTerminated(Fact, frozen=True, kw_only=True):
    """The phase ends."""

    phase: Slug
    cause: Text


# --- commitment (community) -------------------------------------------------------------------------------------


class CommitmentMade(Fact, frozen=True, kw_only=True):
    """A promise to a community: ``due_on[i]`` belongs to ``periods[i]``."""

    commitment: Slug
    site: Slug
    counterparty: Text
    instrument: Instrument
    document_sha256: Sha256 | Unset = UNSET
    category: Category
    measure: Text | Unset = UNSET
    unit: Text | Unset = UNSET
    target: Integer | Unset = UNSET
    comparator: Literal["at-least", "at-most", "equal"]
    basis: Literal["point-in-time", "period-average", "cumulative"]
    periods: tuple[Period, ...]
    due_on: tuple[Date, ...]
    observed_on: tuple[Date, ...]
    fte_basis: Literal["weekly-hours", "annual-hours"] | Unset = UNSET
    fte_hours: Natural | Unset = UNSET
    wage_floor_cents: Natural | Unset = UNSET
    cure_days: Natural
    remedy: Text | Unset = UNSET
    binding: bool


class CommitmentAmended(Fact, frozen=True, kw_only=True):
    """What is named here replaces the promise's terms from ``start_on``."""

    commitment: Slug
    start_on: Date
    target: Integer | Unset = UNSET
    periods: tuple[Period, ...] | Unset = UNSET
    due_on: tuple[Date, ...] | Unset = UNSET
    cure_days: Natural | Unset = UNSET
    remedy: Text | Unset = UNSET


class EvidenceRecorded(Fact, frozen=True, kw_only=True):
    """A document that shows a value for a period."""

    commitment: Slug
    period: Period
    value: Integer | Unset = UNSET
    document_sha256: Sha256


class HeadcountReported(Fact, frozen=True, kw_only=True):
    """People at work as of a day: totals or pseudonyms, never names."""

    commitment: Slug
    period: Period
    as_of_on: Date
    headcount: Natural
    full_time: Natural
    hours: Natural
    payroll_cents: Annotated[Natural | Unset, _personal] = UNSET
    at_or_above_floor: Natural | Unset = UNSET
    local: Natural | Unset = UNSET


class PaymentScheduled(Fact, frozen=True, kw_only=True):
    """An instalment promised."""

    commitment: Slug
    instalment: Text
    due_on: Date
    amount_cents: Natural


class PaymentMade(Fact, frozen=True, kw_only=True):
    """Money paid toward an instalment; parts add up."""

    commitment: Slug
    instalment: Text
    paid_on: Date
    amount_cents: Natural
    receipt: Text


class CommitmentAssessed(Fact, frozen=True, kw_only=True):
    """A verdict for a period; ``evidence`` names the records it rests on."""

    commitment: Slug
    period: Period
    value: Integer | Unset = UNSET
    verdict: Verdict
    assessor: Text
    evidence: tuple[Id, ...]


class DefaultNoticed(Fact, frozen=True, kw_only=True):
    """The counterparty gives notice of default."""

    commitment: Slug
    period: Period | Unset = UNSET
    instalment: Text | Unset = UNSET


class CureStarted(Fact, frozen=True, kw_only=True):
    """The cure of a default begins."""

    commitment: Slug
    period: Period | Unset = UNSET
    instalment: Text | Unset = UNSET


class Cured(Fact, frozen=True, kw_only=True):
    """The default is cured."""

    commitment: Slug
    period: Period | Unset = UNSET
    instalment: Text | Unset = UNSET


class WaiverGranted(Fact, frozen=True, kw_only=True):
    """The counterparty waives the promise, for a period or altogether."""

    commitment: Slug
    period: Period | Unset = UNSET
    scope: Text


class RemedyApplied(Fact, frozen=True, kw_only=True):
    """What the agreement gives for a broken promise is applied."""

    commitment: Slug
    period: Period | Unset = UNSET
    remedy: Text
    amount_cents: Natural | Unset = UNSET


class CommitmentDischarged(Fact, frozen=True, kw_only=True):
    """The promise ends."""

    commitment: Slug
    cause: Text


class IncentiveGranted(Fact, frozen=True, kw_only=True):
    """Tax given up by an authority for a year."""

    site: Slug
    commitment: Slug | Unset = UNSET
    authority: Text
    tax: Text
    amount_cents: Natural
    year: Annotated[int, Meta(ge=1970, le=9999)]
    recapture: Literal["none", "pro-rata"]


# --- incident (operations) --------------------------------------------------------------------------------------


class IncidentOpened(Fact, frozen=True, kw_only=True):
    """Something went wrong."""

    incident: Slug
    summary: Text


class IncidentObservationAddedV1(Fact, frozen=True, kw_only=True):
    """What somebody saw, without who (version 1)."""

    incident: Slug
    text: Text


class IncidentObservationAdded(Fact, frozen=True, kw_only=True):
    """What somebody saw, and who."""

    incident: Slug
    text: Text
    observer: Text | Unset = UNSET


class IncidentLinked(Fact, frozen=True, kw_only=True):
    """Records that belong to the incident."""

    incident: Slug
    ids: tuple[Id, ...]


class IncidentClosed(Fact, frozen=True, kw_only=True):
    """The cause found and what is done about it."""

    incident: Slug
    cause: Text
    actions: tuple[Text, ...]


# --- ledger (written by the ledger itself) ----------------------------------------------------------------------


class StreamOpened(Fact, frozen=True, kw_only=True):
    """A stream's name gets the next dense number; ``tz`` is its site's zone, for local dates from any one stream."""

    stream: Text
    number: Natural
    tz: Zone | Unset = UNSET


class KeyRotated(Fact, frozen=True, kw_only=True):
    """From the next checkpoint on the log is signed by another key; both signatures are over the rotation text."""

    old_vkey: Text
    new_vkey: Text
    old_signature: Text
    new_signature: Text


class LedgerHeads(Fact, frozen=True, kw_only=True):
    """The last leaf before a checkpoint: RFC 6962 root ``dir`` over ``count`` lines ``[number,size,root]`` of all streams."""

    count: Natural
    dir: Sha256


class AccessGranted(Fact, frozen=True, kw_only=True):
    """A token (its name, never its secret) may do what its role may, within its scope."""

    token: Text
    role: Text
    scope: tuple[Text, ...]
    expires_on: Date


class AccessRevoked(Fact, frozen=True, kw_only=True):
    """A token is void."""

    token: Text


class AccessRefused(Fact, frozen=True, kw_only=True):
    """Calls that were refused."""

    token: Text | Unset = UNSET
    route: Text
    count: Natural


class ExportMade(Fact, frozen=True, kw_only=True):
    """Records left the ledger."""

    token: Text | Unset = UNSET
    what: Text


class LoggingFailed(Fact, frozen=True, kw_only=True):
    """The program's own log could not be written."""

    cause: Text


class ClockAnomaly(Fact, frozen=True, kw_only=True):
    """The clock was behind the last record by more than five minutes, and the operator said to go on."""

    clock: RecordTime
    last_rec: RecordTime


class HeadRepaired(Fact, frozen=True, kw_only=True):
    """The head file was behind records that continue what was signed, or unreadable, and was set to them; counts are of records.

    ``head_size`` is what the head knew, absent where it could not be read; ``signed_size`` is what the key had signed last; ``size`` is what the log
    held when it was repaired, so this record's index.
    """

    head_size: Natural | Unset = UNSET
    signed_size: Natural
    size: Natural


class ReportIssuedV1(Fact, frozen=True, kw_only=True):
    """A report left for a reader; ``content_sha256`` is over its JSON form, in the leaf even where the report prints what can be erased."""

    report: Text
    definition_version: Natural
    tzdata: Text
    start: Instant | Unset = UNSET
    stop: Instant | Unset = UNSET
    tz: Zone
    as_of: Instant
    known_at: Natural
    filters: tuple[Text, ...]
    content_sha256: Sha256
    recipient: Text


class ReportIssued(Fact, frozen=True, kw_only=True):
    """A report left for a reader; one of the two hashes is over its JSON form.

    ``salted_content_sha256`` where the report is made from sections: a hash in the leaf would let an erased value be guessed, so it is kept in
    a section itself, and the leaf holds only its salted hash.
    """

    report: Text
    definition_version: Natural
    tzdata: Text
    start: Instant | Unset = UNSET
    stop: Instant | Unset = UNSET
    tz: Zone
    as_of: Instant
    known_at: Natural
    filters: tuple[Text, ...]
    content_sha256: Sha256 | Unset = UNSET
    salted_content_sha256: Annotated[Sha256 | Unset, _commercial] = UNSET
    recipient: Text

    @property
    def sha256(self) -> str | None:
        """The hash of the JSON form; None where its section is erased or withheld."""
        for digest in (self.content_sha256, self.salted_content_sha256):
            if digest is not UNSET:
                return digest
        return None


class EventRetracted(Fact, frozen=True, kw_only=True):
    """The records named in ``corrects`` are withdrawn."""


class SectionErased(Fact, frozen=True, kw_only=True):
    """A section of a record and its salt were deleted; the record's proof stays valid."""

    target: Id
    section: Text


# --- the closed table -------------------------------------------------------------------------------------------

CLASSES: Final = ("grid", "operations", "lease", "community")


class Kind(NamedTuple):
    """A kind of fact: stored ``tag``, its struct, and its disclosure class.

    ``disclosure`` is one of ``CLASSES``; ``ledger/registry``, ``ledger/heads`` or ``ledger/access`` for what the ledger
    writes itself; or None where the record says it (the targets' stream, the reader's class).
    """

    tag: str
    body: type[Fact]
    disclosure: str | None

    @property
    def name(self) -> str:
        """The tag without its version: ``curtailment-started``."""
        return self.tag.rpartition(".")[0]


KINDS: Final[tuple[Kind, ...]] = (
    Kind("site-registered.v1", SiteRegistered, "grid"),
    Kind("site-interest-changed.v1", SiteInterestChanged, "grid"),
    Kind("interconnection-milestone-reached.v1", InterconnectionMilestoneReached, "grid"),
    Kind("power-contracted.v1", PowerContracted, "grid"),
    Kind("capacity-energized.v1", CapacityEnergized, "grid"),
    Kind("capacity-deenergized.v1", CapacityDeenergized, "grid"),
    Kind("load-block-commissioned.v1", LoadBlockCommissioned, "grid"),
    Kind("load-block-rerated.v1", LoadBlockRerated, "grid"),
    Kind("load-block-retired.v1", LoadBlockRetired, "grid"),
    Kind("disturbance-recorded.v1", DisturbanceRecorded, "grid"),
    Kind("fleet-installed.v1", FleetInstalled, "operations"),
    Kind("fleet-removed.v1", FleetRemoved, "operations"),
    Kind("hashrate-changed.v1", HashrateChanged, "operations"),
    Kind("outage-started.v1", OutageStarted, "operations"),
    Kind("outage-ended.v1", OutageEnded, "operations"),
    Kind("feed-state-changed.v1", FeedStateChanged, "operations"),
    Kind("meter-registered.v1", MeterRegistered, "grid"),
    Kind("intervals-recorded.v1", IntervalsRecorded, "grid"),
    Kind("program-enrolled.v1", ProgramEnrolled, "grid"),
    Kind("program-terms-amended.v1", ProgramTermsAmended, "grid"),
    Kind("program-test-recorded.v1", ProgramTestRecorded, "grid"),
    Kind("program-suspended.v1", ProgramSuspended, "grid"),
    Kind("program-reinstated.v1", ProgramReinstated, "grid"),
    Kind("program-withdrawn.v1", ProgramWithdrawn, "grid"),
    Kind("dispatch-notified.v1", DispatchNotified, "grid"),
    Kind("dispatch-amended.v1", DispatchAmended, "grid"),
    Kind("dispatch-cancelled.v1", DispatchCancelled, "grid"),
    Kind("dispatch-acknowledged.v1", DispatchAcknowledged, "grid"),
    Kind("dispatch-released.v1", DispatchReleased, "grid"),
    Kind("dispatch-declined.v1", DispatchDeclined, "grid"),
    Kind("dispatch-disputed.v1", DispatchDisputed, "grid"),
    Kind("curtailment-started.v1", CurtailmentStarted, "grid"),
    Kind("curtailment-target-reached.v1", CurtailmentTargetReached, "grid"),
    Kind("curtailment-ended.v1", CurtailmentEnded, "grid"),
    Kind("load-restored.v1", LoadRestored, "grid"),
    Kind("dispatch-settled.v1", DispatchSettled, "grid"),
    Kind("grid-condition-declared.v1", GridConditionDeclared, "grid"),
    Kind("coincident-peak-confirmed.v1", CoincidentPeakConfirmed, "grid"),
    Kind("lease-phase-opened.v1", LeasePhaseOpened, "lease"),
    Kind("lease-terms-recorded.v1", LeaseTermsRecorded, "lease"),
    Kind("lease-milestone-reached.v1", LeaseMilestoneReached, "lease"),
    Kind("lease-forecast-set.v1", LeaseForecastSet, "lease"),
    Kind("lease-delay-noticed.v1", LeaseDelayNoticed, "lease"),
    Kind("lease-extension-granted.v1", LeaseExtensionGranted, "lease"),
    Kind("commissioning-level-passed.v1", CommissioningLevelPassed, "lease"),
    Kind("commissioning-level-failed.v1", CommissioningLevelFailed, "lease"),
    Kind("credit-support-recorded.v1", CreditSupportRecorded, "lease"),
    Kind("credit-support-released.v1", CreditSupportReleased, "lease"),
    Kind("lease-amended.v1", LeaseAmended, "lease"),
    Kind("lease-terminated.v1", LeaseTerminated, "lease"),
    Kind("commitment-made.v1", CommitmentMade, "community"),
    Kind("commitment-amended.v1", CommitmentAmended, "community"),
    Kind("evidence-recorded.v1", EvidenceRecorded, "community"),
    Kind("headcount-reported.v1", HeadcountReported, "community"),
    Kind("payment-scheduled.v1", PaymentScheduled, "community"),
    Kind("payment-made.v1", PaymentMade, "community"),
    Kind("commitment-assessed.v1", CommitmentAssessed, "community"),
    Kind("default-noticed.v1", DefaultNoticed, "community"),
    Kind("cure-started.v1", CureStarted, "community"),
    Kind("cured.v1", Cured, "community"),
    Kind("waiver-granted.v1", WaiverGranted, "community"),
    Kind("remedy-applied.v1", RemedyApplied, "community"),
    Kind("commitment-discharged.v1", CommitmentDischarged, "community"),
    Kind("incentive-granted.v1", IncentiveGranted, "community"),
    Kind("incident-opened.v1", IncidentOpened, "operations"),
    Kind("incident-observation-added.v1", IncidentObservationAddedV1, "operations"),
    Kind("incident-observation-added.v2", IncidentObservationAdded, "operations"),
    Kind("incident-linked.v1", IncidentLinked, "operations"),
    Kind("incident-closed.v1", IncidentClosed, "operations"),
    Kind("stream-opened.v1", StreamOpened, "ledger/registry"),
    Kind("key-rotated.v1", KeyRotated, "ledger/registry"),
    Kind("ledger-heads.v1", LedgerHeads, "ledger/heads"),
    Kind("access-granted.v1", AccessGranted, "ledger/access"),
    Kind("access-revoked.v1", AccessRevoked, "ledger/access"),
    Kind("access-refused.v1", AccessRefused, "ledger/access"),
    Kind("export-made.v1", ExportMade, "ledger/access"),
    Kind("logging-failed.v1", LoggingFailed, "ledger/access"),
    Kind("clock-anomaly.v1", ClockAnomaly, "ledger/access"),
    Kind("head-repaired.v1", HeadRepaired, "ledger/access"),
    Kind("report-issued.v1", ReportIssuedV1, None),
    Kind("report-issued.v2", ReportIssued, None),
    Kind("event-retracted.v1", EventRetracted, None),
    Kind("section-erased.v1", SectionErased, None),
)

BY_TAG: Final = {kind.tag: kind for kind in KINDS}
BY_BODY: Final = {kind.body: kind for kind in KINDS}
CURRENT: Final = {kind.name: kind for kind in KINDS}  # later versions of a name stand later in KINDS
