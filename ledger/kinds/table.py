"""The closed table of kinds, from stored tag to struct.

A *fact* is the body of a record. Its fields are integers with the unit in the name, text, booleans, or lists
of these (DOMAIN 2 and 4); an optional field is ``| Unset``, never null. A kind belongs to exactly
one disclosure class, which with the site names the stream of its records (``sandersville/grid``). Fields
marked with a section (commercial, personal) are kept outside the hashed leaf, so that they can be withheld or
erased.

The stored tag, ``curtailment-started.v1``, is written in the table below and never derived from a Python
name: renaming a class here changes no stored byte.

To add a kind: write its struct with an example in the file of its family, add its line to ``KINDS``, bless
its golden bytes. Story text, JSON, ``wattledger kinds``, the register, the state at an instant, random
histories and the laws follow from these.
"""

from typing import Final, Literal, NamedTuple

from ledger.errors import Malformed, did_you_mean
from ledger.kinds.base import Fact
from ledger.kinds.bookkeeping import (
    AccessGranted,
    AccessGrantedV1,
    AccessRefused,
    AccessRevoked,
    ClockAnomaly,
    EventRetracted,
    ExportMade,
    HeadRepaired,
    KeyRotated,
    LedgerHeads,
    LoggingFailed,
    MlDsaKeyAdded,
    ReportIssued,
    ReportIssuedV1,
    SectionErased,
    StreamOpened,
)
from ledger.kinds.commitments import (
    CommitmentAmended,
    CommitmentAssessed,
    CommitmentDischarged,
    CommitmentMade,
    Cured,
    CureStarted,
    DefaultNoticed,
    EvidenceRecorded,
    HeadcountReported,
    IncentiveGranted,
    PaymentMade,
    PaymentScheduled,
    RemedyApplied,
    WaiverGranted,
)
from ledger.kinds.contracts import (
    BillingDemandRecorded,
    CollateralPosted,
    CollateralReleased,
    CollateralStepSet,
    DemandChargeSet,
    LoadForecastSet,
    LoadMilestoneReached,
    LoadMilestoneSet,
    LoadRampAgreed,
    LoadReportFiled,
)
from ledger.kinds.directives import (
    BreakerOpened,
    DirectiveAcknowledged,
    DirectiveComplied,
    DirectiveLifted,
    DirectiveReceived,
)
from ledger.kinds.dispatches import (
    CoincidentPeakConfirmed,
    CurtailmentEnded,
    CurtailmentStarted,
    CurtailmentTargetReached,
    DispatchAcknowledged,
    DispatchAmended,
    DispatchCancelled,
    DispatchDeclined,
    DispatchDisputed,
    DispatchNotified,
    DispatchReleased,
    DispatchSettled,
    GridConditionDeclared,
    GridNoticePublished,
    LoadRestored,
)
from ledger.kinds.energy import (
    CertificatesRetired,
    EmissionFactorSet,
    EnergySupplyRegistered,
    GenerationRecorded,
)
from ledger.kinds.exemptions import (
    ExemptionEvidenceFiled,
    ExemptionGranted,
    ExpenditureRecorded,
    PositionsReported,
)
from ledger.kinds.generators import (
    GeneratorLoadMeasured,
    GeneratorRegistered,
    GeneratorRetired,
    GeneratorStarted,
    GeneratorStartFailed,
    GeneratorStopped,
)
from ledger.kinds.leases import (
    CommissioningLevelFailed,
    CommissioningLevelPassed,
    CreditSupportRecorded,
    CreditSupportReleased,
    LeaseAmended,
    LeaseDelayNoticed,
    LeaseExtensionGranted,
    LeaseForecastSet,
    LeaseMilestoneReached,
    LeasePhaseOpened,
    LeaseTerminated,
    LeaseTermsRecorded,
)
from ledger.kinds.metering import IntervalsRecorded, MeterRegistered
from ledger.kinds.operations import (
    FeedStateChanged,
    FleetInstalled,
    FleetRemoved,
    HashrateChanged,
    IncidentActionAgreed,
    IncidentActionDone,
    IncidentClosed,
    IncidentLinked,
    IncidentObservationAdded,
    IncidentObservationAddedV1,
    IncidentOpened,
    OutageEnded,
    OutageStarted,
)
from ledger.kinds.peaks import PeakChargeSet, PeakSchemeSet
from ledger.kinds.programs import (
    ProgramBaselineSet,
    ProgramEnrolled,
    ProgramReinstated,
    ProgramSuspended,
    ProgramTermsAmended,
    ProgramTestRecorded,
    ProgramThrottleAgreed,
    ProgramWithdrawn,
)
from ledger.kinds.registrations import (
    ParallelRequestsDisclosed,
    RegistrantRecorded,
    RegistrationFiled,
    RegistrationItemStated,
    RegistrationTermsSet,
    RegistryContactSet,
)
from ledger.kinds.reliability import (
    CommunicationTested,
    ExcursionCommunicated,
    ExcursionRecorded,
    FacilityChanged,
    LoadResponseRecorded,
    ModelSubmitted,
    ModelVerified,
    RideThroughTermsSet,
)
from ledger.kinds.sites import (
    CapacityDeenergized,
    CapacityEnergized,
    DisturbanceRecorded,
    InterconnectionMilestoneReached,
    LoadBlockCommissioned,
    LoadBlockRerated,
    LoadBlockRetired,
    PowerContracted,
    SiteInterestChanged,
    SiteRegistered,
)
from ledger.kinds.water import WaterRecorded

CLASSES: Final = ("grid", "operations", "lease", "community")
Effect = Literal["begins", "changes", "adds", "takes", "ends"]


class Subject(NamedTuple):
    """Something with a name that facts are about.

    ``what`` is the thing and ``fields`` are those that name it at its site. ``within`` are the fields by
    which the rules list all of them: the outages of one block. With ``stating`` only facts that state this
    field are about it.
    """

    what: str
    named: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    stating: str = ""


SITE: Final = Subject("site")
CONTRACT: Final = Subject("contract", ("agreement",))
ENERGIZED: Final = Subject("energized")
BLOCK: Final = Subject("block", ("block",))
BLOCK_LIFE: Final = Subject("block-life", ("block",))
"""Its commissionings and retirements alone: a block may be rerated often, and most rules ask whether it is there."""
FLEET: Final = Subject("fleet", ("block", "model"))
OUTAGE: Final = Subject("outage", ("outage",))
OUTAGE_IN_BLOCK: Final = Subject("outage", ("outage",), ("block",))
OUTAGES_OF_BLOCK: Final = Subject("outages of block", ("block",))
METER: Final = Subject("meter", ("meter",))
PROGRAM: Final = Subject("program", ("program",))
PROGRAM_TERMS: Final = Subject("program-terms", ("program",))
THROTTLE: Final = Subject("throttle", ("program", "block"))
DISPATCH: Final = Subject("dispatch", ("dispatch",))
DISPATCH_START: Final = Subject("dispatch-start", ("dispatch",), stating="start")
DISPATCH_STOP: Final = Subject("dispatch-stop", ("dispatch",), stating="stop")
"""The facts that state its start or its stop alone: a dispatch may be amended often, and the last one holds."""
ANSWER: Final = Subject("answer", ("dispatch",))
CURTAILMENT: Final = Subject("curtailment", ("dispatch", "block"))
CURTAILMENTS_OF_BLOCK: Final = Subject("curtailments of block", ("block",))
GRID_NOTICE: Final = Subject("grid-notice", ("notice",))
DIRECTIVE: Final = Subject("directive", ("directive",))
GENERATOR: Final = Subject("generator", ("generator",))
RUN: Final = Subject("generator-run", ("generator",))
SUPPLY: Final = Subject("supply", ("supply",))
CERTIFICATES: Final = Subject("certificates", ("serials",))
WATER: Final = Subject("water", ("connection",))
PHASE: Final = Subject("phase", ("phase",))
PHASE_TERMS: Final = Subject("phase-terms", ("phase",))
MILESTONE: Final = Subject("milestone", ("phase", "milestone"))
DELAY: Final = Subject("delay", ("phase", "delay"))
COMMISSIONING: Final = Subject("commissioning", ("phase", "system"))
SYSTEM_OF_PHASE: Final = Subject("commissioning", ("phase", "system"), ("phase",))
CREDIT_SUPPORT: Final = Subject("credit-support", ("phase", "instrument"))
COMMITMENT: Final = Subject("commitment", ("commitment",))
COMMITMENT_TERMS: Final = Subject("commitment-terms", ("commitment",))
EVIDENCE: Final = Subject("evidence", ("commitment",))
INSTALMENT: Final = Subject("instalment", ("commitment", "instalment"))
RECEIPT: Final = Subject("receipt", ("receipt",))
DEFAULT: Final = Subject("default", ("commitment", "period", "instalment"))
COMMITMENT_DEFAULTS: Final = Subject("default", ("commitment",))
EXEMPTION: Final = Subject("exemption", ("exemption",))
EXPENDITURE: Final = Subject("expenditure", ("expenditure",))
LOAD_RAMP: Final = Subject("load-ramp", ("agreement",))
COLLATERAL: Final = Subject("collateral", ("agreement", "instrument"))
LOAD_MILESTONE: Final = Subject("load-milestone", ("agreement", "milestone"))
INCIDENT: Final = Subject("incident", ("incident",))
INCIDENT_ACTION: Final = Subject("action", ("incident", "action"))
REGISTRATION: Final = Subject("registration", ("registry",))
EXCURSION: Final = Subject("excursion", ("excursion",))
LOAD_RESPONSE: Final = Subject("load-response", ("excursion", "block"))
FACILITY_CHANGE: Final = Subject("facility-change", ("change",))
LOAD_MODEL: Final = Subject("load-model", ("model",))


class Kind(NamedTuple):
    """A kind of fact: everything the program knows of it beside its struct.

    ``tag`` is stored. ``disclosure`` is one of ``CLASSES``; ``ledger/registry``, ``ledger/heads`` or
    ``ledger/access`` for kinds that the ledger writes itself; or None where each record decides it (the
    targets' stream, the reader's class). ``subject`` is what the fact is about, ``effect`` what it does to
    it, ``status`` the word for its state from then on; both are None for a fact without duration (a
    disturbance, a settlement). ``marks`` are the subjects under which the rules look the fact up. ``needs``
    are the kinds that must be recorded before it under the same names; the needs of those kinds are not
    repeated.
    """

    tag: str
    body: type[Fact]
    disclosure: str | None
    subject: Subject | None = None
    effect: Effect | None = None
    status: str = ""
    marks: tuple[Subject, ...] = ()
    needs: tuple[type[Fact], ...] = ()

    @property
    def name(self) -> str:
        """The tag without its version: ``curtailment-started``."""
        return self.tag.rpartition(".")[0]

    @property
    def named(self) -> tuple[str, ...]:
        """The fields that name what the fact is about."""
        return self.subject.named if self.subject else ()

    @property
    def claimable(self) -> bool:
        """True where a person can record it; the ledger writes the others itself."""
        return self.disclosure is None or self.disclosure in CLASSES


_SITE: Final = (SiteRegistered,)
_BLOCK: Final = (LoadBlockCommissioned,)
_PROGRAM: Final = (ProgramEnrolled,)
_DISPATCH: Final = (DispatchNotified,)
_DIRECTIVE: Final = (DirectiveReceived,)
_GENERATOR: Final = (GeneratorRegistered,)
_PHASE: Final = (LeasePhaseOpened,)
_COMMITMENT: Final = (CommitmentMade,)
_EXEMPTION: Final = (ExemptionGranted,)
_RAMP: Final = (LoadRampAgreed,)
_INCIDENT: Final = (IncidentOpened,)
_EXCURSION: Final = (ExcursionRecorded,)

# fmt: off
KINDS: Final[tuple[Kind, ...]] = (
    Kind("site-registered.v1", SiteRegistered, "grid", SITE, "begins", marks=(SITE,)),
    Kind("site-interest-changed.v1", SiteInterestChanged, "grid", Subject("interest"), "begins", needs=_SITE),
    Kind("interconnection-milestone-reached.v1", InterconnectionMilestoneReached, "grid",
         Subject("interconnection"), "begins", needs=_SITE),
    Kind("power-contracted.v1", PowerContracted, "grid", CONTRACT, "begins", marks=(CONTRACT,), needs=_SITE),
    Kind("capacity-energized.v1", CapacityEnergized, "grid", ENERGIZED, "begins", marks=(ENERGIZED,),
         needs=_SITE),
    Kind("capacity-deenergized.v1", CapacityDeenergized, "grid", ENERGIZED, "begins", marks=(ENERGIZED,),
         needs=_SITE),
    Kind("load-block-commissioned.v1", LoadBlockCommissioned, "grid", BLOCK, "begins", marks=(BLOCK, BLOCK_LIFE),
         needs=_SITE),
    Kind("load-block-rerated.v1", LoadBlockRerated, "grid", BLOCK, "changes", marks=(BLOCK,), needs=_BLOCK),
    Kind("load-block-retired.v1", LoadBlockRetired, "grid", BLOCK, "ends", "retired", marks=(BLOCK, BLOCK_LIFE),
         needs=_BLOCK),
    Kind("disturbance-recorded.v1", DisturbanceRecorded, "grid", needs=_BLOCK),
    Kind("excursion-recorded.v1", ExcursionRecorded, "grid", marks=(EXCURSION,), needs=_SITE),
    Kind("load-response-recorded.v1", LoadResponseRecorded, "grid", marks=(LOAD_RESPONSE,),
         needs=(LoadBlockCommissioned, ExcursionRecorded)),
    Kind("excursion-communicated.v1", ExcursionCommunicated, "grid", needs=_EXCURSION),
    Kind("ride-through-terms-set.v1", RideThroughTermsSet, "grid", Subject("ride-through-terms"), "begins",
         needs=_SITE),
    Kind("facility-changed.v1", FacilityChanged, "grid", marks=(FACILITY_CHANGE,),
         needs=(LoadBlockCommissioned,)),
    Kind("model-verified.v1", ModelVerified, "grid", LOAD_MODEL, "begins", "verified",
         needs=(FacilityChanged,)),
    Kind("model-submitted.v1", ModelSubmitted, "grid", LOAD_MODEL, "begins", "submitted", needs=_SITE),
    Kind("communication-tested.v1", CommunicationTested, "grid", needs=_SITE),
    Kind("fleet-installed.v1", FleetInstalled, "operations", FLEET, "adds", marks=(FLEET,), needs=_BLOCK),
    Kind("fleet-removed.v1", FleetRemoved, "operations", FLEET, "takes", marks=(FLEET,),
         needs=(FleetInstalled,)),
    Kind("hashrate-changed.v1", HashrateChanged, "operations", needs=_BLOCK),
    Kind("outage-started.v1", OutageStarted, "operations", OUTAGE, "begins",
         marks=(OUTAGE_IN_BLOCK, OUTAGES_OF_BLOCK), needs=_BLOCK),
    Kind("outage-ended.v1", OutageEnded, "operations", OUTAGE, "ends", "over", marks=(OUTAGE,),
         needs=(OutageStarted,)),
    Kind("feed-state-changed.v1", FeedStateChanged, "operations", Subject("feed", ("block", "feed")),
         "begins", needs=_BLOCK),
    Kind("meter-registered.v1", MeterRegistered, "grid", METER, "begins", marks=(METER,), needs=_SITE),
    Kind("intervals-recorded.v1", IntervalsRecorded, "grid", needs=(MeterRegistered,)),
    Kind("program-enrolled.v1", ProgramEnrolled, "grid", PROGRAM, "begins", marks=(PROGRAM,),
         needs=(LoadBlockCommissioned, MeterRegistered)),
    Kind("program-terms-amended.v1", ProgramTermsAmended, "grid", PROGRAM, "changes", marks=(PROGRAM_TERMS,),
         needs=_PROGRAM),
    Kind("program-baseline-set.v1", ProgramBaselineSet, "grid", PROGRAM, "changes", needs=_PROGRAM),
    Kind("program-test-recorded.v1", ProgramTestRecorded, "grid", needs=_PROGRAM),
    Kind("program-throttle-agreed.v1", ProgramThrottleAgreed, "grid", THROTTLE, "begins", marks=(THROTTLE,),
         needs=_PROGRAM),
    Kind("program-suspended.v1", ProgramSuspended, "grid", PROGRAM, "changes", "suspended", marks=(PROGRAM,),
         needs=_PROGRAM),
    Kind("program-reinstated.v1", ProgramReinstated, "grid", PROGRAM, "changes", "reinstated",
         marks=(PROGRAM,), needs=(ProgramSuspended,)),
    Kind("program-withdrawn.v1", ProgramWithdrawn, "grid", PROGRAM, "ends", "withdrawn", marks=(PROGRAM,),
         needs=_PROGRAM),
    Kind("dispatch-notified.v1", DispatchNotified, "grid", DISPATCH, "begins",
         marks=(DISPATCH, DISPATCH_START, DISPATCH_STOP), needs=_PROGRAM),
    Kind("dispatch-amended.v1", DispatchAmended, "grid", DISPATCH, "changes",
         marks=(DISPATCH, DISPATCH_START, DISPATCH_STOP), needs=_DISPATCH),
    Kind("dispatch-cancelled.v1", DispatchCancelled, "grid", DISPATCH, "ends", "cancelled", marks=(ANSWER,),
         needs=_DISPATCH),
    Kind("dispatch-acknowledged.v1", DispatchAcknowledged, "grid", DISPATCH, "changes", "acknowledged",
         marks=(ANSWER,), needs=_DISPATCH),
    Kind("dispatch-released.v1", DispatchReleased, "grid", DISPATCH, "ends", "released", needs=_DISPATCH),
    Kind("dispatch-declined.v1", DispatchDeclined, "grid", DISPATCH, "changes", "declined", marks=(ANSWER,),
         needs=_DISPATCH),
    Kind("dispatch-disputed.v1", DispatchDisputed, "grid", DISPATCH, "changes", "disputed", needs=_DISPATCH),
    Kind("curtailment-started.v1", CurtailmentStarted, "grid", CURTAILMENT, "begins",
         marks=(CURTAILMENT, CURTAILMENTS_OF_BLOCK, ANSWER), needs=(DispatchNotified, LoadBlockCommissioned)),
    Kind("curtailment-target-reached.v1", CurtailmentTargetReached, "grid", CURTAILMENT, "changes",
         "target reached", needs=(CurtailmentStarted,)),
    Kind("curtailment-ended.v1", CurtailmentEnded, "grid", CURTAILMENT, "ends", "over", marks=(CURTAILMENT,),
         needs=(CurtailmentStarted,)),
    Kind("load-restored.v1", LoadRestored, "grid", needs=(DispatchNotified, LoadBlockCommissioned)),
    Kind("dispatch-settled.v1", DispatchSettled, "grid", needs=_DISPATCH),
    Kind("grid-condition-declared.v1", GridConditionDeclared, "grid", Subject("condition"), "begins"),
    Kind("grid-notice-published.v1", GridNoticePublished, "grid", GRID_NOTICE, "begins", marks=(GRID_NOTICE,)),
    Kind("coincident-peak-confirmed.v1", CoincidentPeakConfirmed, "grid"),
    Kind("peak-scheme-set.v1", PeakSchemeSet, "grid", Subject("peak-scheme", ("scheme",)), "begins"),
    Kind("peak-charge-set.v1", PeakChargeSet, "grid", Subject("peak-charge", ("scheme",)), "begins",
         needs=_SITE),
    Kind("load-ramp-agreed.v1", LoadRampAgreed, "grid", LOAD_RAMP, "begins", marks=(LOAD_RAMP,),
         needs=(PowerContracted,)),
    Kind("demand-charge-set.v1", DemandChargeSet, "grid", Subject("demand-charge", ("agreement",)), "begins",
         needs=_RAMP),
    Kind("billing-demand-recorded.v1", BillingDemandRecorded, "grid",
         Subject("billing-demand", ("agreement", "month")), "begins", needs=_RAMP),
    Kind("load-forecast-set.v1", LoadForecastSet, "grid", Subject("load-forecast", ("year", "season")),
         "begins", needs=_SITE),
    Kind("collateral-step-set.v1", CollateralStepSet, "grid",
         Subject("collateral-step", ("agreement", "step")), "begins", needs=_RAMP),
    Kind("collateral-posted.v1", CollateralPosted, "grid", COLLATERAL, "begins", marks=(COLLATERAL,),
         needs=_RAMP),
    Kind("collateral-released.v1", CollateralReleased, "grid", COLLATERAL, "changes", "released",
         marks=(COLLATERAL,), needs=(CollateralPosted,)),
    Kind("load-milestone-set.v1", LoadMilestoneSet, "grid", LOAD_MILESTONE, "begins", needs=_RAMP),
    Kind("load-milestone-reached.v1", LoadMilestoneReached, "grid", LOAD_MILESTONE, "changes", "reached",
         needs=_RAMP),
    Kind("load-report-filed.v1", LoadReportFiled, "grid", Subject("load-report", ("agreement", "quarter")),
         "begins", needs=_RAMP),
    Kind("registrant-recorded.v1", RegistrantRecorded, "grid", Subject("registrant"), "begins", needs=_SITE),
    Kind("registry-contact-set.v1", RegistryContactSet, "grid", Subject("registry-contact"), "begins",
         needs=_SITE),
    Kind("registration-filed.v1", RegistrationFiled, "grid", REGISTRATION, "begins", "filed",
         marks=(REGISTRATION,), needs=_SITE),
    Kind("registration-terms-set.v1", RegistrationTermsSet, "grid",
         Subject("registration-terms", ("registry",)), "begins", needs=_SITE),
    Kind("registration-item-stated.v1", RegistrationItemStated, "grid",
         Subject("registration-item", ("registry", "item")), "begins", needs=_SITE),
    Kind("parallel-requests-disclosed.v1", ParallelRequestsDisclosed, "grid", Subject("parallel-requests"),
         "begins", needs=_SITE),
    Kind("directive-received.v1", DirectiveReceived, "grid", DIRECTIVE, "begins", marks=(DIRECTIVE,),
         needs=_BLOCK),
    Kind("directive-acknowledged.v1", DirectiveAcknowledged, "grid", DIRECTIVE, "changes", "acknowledged",
         needs=_DIRECTIVE),
    Kind("breaker-opened.v1", BreakerOpened, "grid", needs=(DirectiveReceived, LoadBlockCommissioned)),
    Kind("directive-complied.v1", DirectiveComplied, "grid", DIRECTIVE, "changes", "complied",
         marks=(DIRECTIVE,), needs=_DIRECTIVE),
    Kind("directive-lifted.v1", DirectiveLifted, "grid", DIRECTIVE, "ends", "lifted", marks=(DIRECTIVE,),
         needs=_DIRECTIVE),
    Kind("generator-registered.v1", GeneratorRegistered, "grid", GENERATOR, "begins", marks=(GENERATOR,),
         needs=_SITE),
    Kind("generator-retired.v1", GeneratorRetired, "grid", GENERATOR, "ends", "retired", marks=(GENERATOR,),
         needs=_GENERATOR),
    Kind("generator-started.v1", GeneratorStarted, "grid", RUN, "begins", marks=(RUN,), needs=_GENERATOR),
    Kind("generator-load-measured.v1", GeneratorLoadMeasured, "grid", RUN, "changes",
         needs=(GeneratorStarted,)),
    Kind("generator-stopped.v1", GeneratorStopped, "grid", RUN, "ends", "stopped", marks=(RUN,),
         needs=(GeneratorStarted,)),
    Kind("generator-start-failed.v1", GeneratorStartFailed, "grid", needs=_GENERATOR),
    Kind("generation-recorded.v1", GenerationRecorded, "grid"),
    Kind("energy-supply-registered.v1", EnergySupplyRegistered, "grid", SUPPLY, "begins", marks=(SUPPLY,),
         needs=_SITE),
    Kind("certificates-retired.v1", CertificatesRetired, "grid", marks=(CERTIFICATES,),
         needs=(EnergySupplyRegistered,)),
    Kind("emission-factor-set.v1", EmissionFactorSet, "grid"),
    Kind("lease-phase-opened.v1", LeasePhaseOpened, "lease", PHASE, "begins", marks=(PHASE,), needs=_SITE),
    Kind("lease-terms-recorded.v1", LeaseTermsRecorded, "lease", PHASE, "changes", marks=(PHASE_TERMS,),
         needs=_PHASE),
    Kind("lease-milestone-reached.v1", LeaseMilestoneReached, "lease", MILESTONE, "begins",
         marks=(MILESTONE,), needs=_PHASE),
    Kind("lease-forecast-set.v1", LeaseForecastSet, "lease", Subject("forecast", ("phase", "milestone")),
         "begins", needs=_PHASE),
    Kind("lease-delay-noticed.v1", LeaseDelayNoticed, "lease", DELAY, "begins", marks=(DELAY,), needs=_PHASE),
    Kind("lease-extension-granted.v1", LeaseExtensionGranted, "lease",
         Subject("extension", ("phase", "from_on")), "begins", needs=(LeasePhaseOpened, LeaseDelayNoticed)),
    Kind("commissioning-level-passed.v1", CommissioningLevelPassed, "lease", COMMISSIONING, "begins",
         "passed", marks=(SYSTEM_OF_PHASE,), needs=_PHASE),
    Kind("commissioning-level-failed.v1", CommissioningLevelFailed, "lease", COMMISSIONING, "begins",
         "failed", marks=(SYSTEM_OF_PHASE,), needs=_PHASE),
    Kind("credit-support-recorded.v1", CreditSupportRecorded, "lease", CREDIT_SUPPORT, "begins",
         marks=(CREDIT_SUPPORT,), needs=_PHASE),
    Kind("credit-support-released.v1", CreditSupportReleased, "lease", CREDIT_SUPPORT, "ends", "released",
         needs=(CreditSupportRecorded,)),
    Kind("lease-amended.v1", LeaseAmended, "lease", PHASE, "changes", marks=(PHASE_TERMS,), needs=_PHASE),
    Kind("lease-terminated.v1", LeaseTerminated, "lease", PHASE, "ends", "terminated", marks=(PHASE,),
         needs=_PHASE),
    Kind("commitment-made.v1", CommitmentMade, "community", COMMITMENT, "begins", marks=(COMMITMENT,),
         needs=_SITE),
    Kind("commitment-amended.v1", CommitmentAmended, "community", COMMITMENT, "changes",
         marks=(COMMITMENT_TERMS,), needs=_COMMITMENT),
    Kind("evidence-recorded.v1", EvidenceRecorded, "community",
         Subject("evidence", ("commitment", "period")), "begins", marks=(EVIDENCE,), needs=_COMMITMENT),
    Kind("headcount-reported.v1", HeadcountReported, "community",
         Subject("headcount", ("commitment", "period")), "begins", marks=(EVIDENCE,), needs=_COMMITMENT),
    Kind("payment-scheduled.v1", PaymentScheduled, "community",
         INSTALMENT, "begins", marks=(INSTALMENT,), needs=_COMMITMENT),
    Kind("payment-made.v1", PaymentMade, "community",
         Subject("payment", ("commitment", "instalment", "receipt")), "begins", marks=(EVIDENCE, RECEIPT),
         needs=_COMMITMENT),
    Kind("commitment-assessed.v1", CommitmentAssessed, "community",
         Subject("verdict", ("commitment", "period")), "begins", needs=(EvidenceRecorded,)),
    Kind("default-noticed.v1", DefaultNoticed, "community", DEFAULT, "begins", "noticed",
         marks=(COMMITMENT_DEFAULTS,), needs=_COMMITMENT),
    Kind("cure-started.v1", CureStarted, "community", DEFAULT, "changes", "cure started",
         marks=(COMMITMENT_DEFAULTS,), needs=(DefaultNoticed,)),
    Kind("cured.v1", Cured, "community", DEFAULT, "ends", "cured", needs=(DefaultNoticed,)),
    Kind("waiver-granted.v1", WaiverGranted, "community", Subject("waiver", ("commitment", "period")),
         "begins", needs=_COMMITMENT),
    Kind("remedy-applied.v1", RemedyApplied, "community", Subject("remedy", ("commitment", "period")),
         "begins", needs=_COMMITMENT),
    Kind("commitment-discharged.v1", CommitmentDischarged, "community", COMMITMENT, "ends", "discharged",
         needs=_COMMITMENT),
    Kind("incentive-granted.v1", IncentiveGranted, "community",
         Subject("incentive", ("authority", "tax", "year")), "begins",
         needs=(SiteRegistered, CommitmentMade)),
    Kind("exemption-granted.v1", ExemptionGranted, "community", EXEMPTION, "begins", marks=(EXEMPTION,),
         needs=_SITE),
    Kind("expenditure-recorded.v1", ExpenditureRecorded, "community", marks=(EXPENDITURE,),
         needs=_EXEMPTION),
    Kind("positions-reported.v1", PositionsReported, "community",
         Subject("positions", ("exemption", "position_class")), "begins", needs=_EXEMPTION),
    Kind("exemption-evidence-filed.v1", ExemptionEvidenceFiled, "community", EXEMPTION, "changes",
         "evidence filed", needs=_EXEMPTION),
    Kind("water-recorded.v1", WaterRecorded, "community", marks=(WATER,), needs=_SITE),
    Kind("incident-opened.v1", IncidentOpened, "operations", INCIDENT, "begins", marks=(INCIDENT,),
         needs=_SITE),
    Kind("incident-observation-added.v1", IncidentObservationAddedV1, "operations"),
    Kind("incident-observation-added.v2", IncidentObservationAdded, "operations", needs=_INCIDENT),
    Kind("incident-linked.v1", IncidentLinked, "operations", needs=_INCIDENT),
    Kind("incident-closed.v1", IncidentClosed, "operations", INCIDENT, "ends", "closed", marks=(INCIDENT,),
         needs=_INCIDENT),
    Kind("incident-action-agreed.v1", IncidentActionAgreed, "operations", INCIDENT_ACTION, "begins",
         marks=(INCIDENT_ACTION,), needs=_INCIDENT),
    Kind("incident-action-done.v1", IncidentActionDone, "operations", INCIDENT_ACTION, "ends", "done",
         needs=(IncidentActionAgreed,)),
    Kind("stream-opened.v1", StreamOpened, "ledger/registry"),
    Kind("key-rotated.v1", KeyRotated, "ledger/registry"),
    Kind("ml-dsa-key-added.v1", MlDsaKeyAdded, "ledger/registry"),
    Kind("ledger-heads.v1", LedgerHeads, "ledger/heads"),
    Kind("access-granted.v1", AccessGrantedV1, "ledger/access"),
    Kind("access-granted.v2", AccessGranted, "ledger/access"),
    Kind("access-revoked.v1", AccessRevoked, "ledger/access"),
    Kind("access-refused.v1", AccessRefused, "ledger/access"),
    Kind("export-made.v1", ExportMade, "ledger/access"),
    Kind("logging-failed.v1", LoggingFailed, "ledger/access"),
    Kind("clock-anomaly.v1", ClockAnomaly, "ledger/access"),
    Kind("head-repaired.v1", HeadRepaired, "ledger/access"),
    Kind("report-issued.v1", ReportIssuedV1, None),
    Kind("report-issued.v2", ReportIssued, None, needs=_SITE),
    Kind("event-retracted.v1", EventRetracted, None, needs=(OutageStarted,)),
    Kind("section-erased.v1", SectionErased, None, needs=(LeaseTermsRecorded,)),
)
# fmt: on


BY_TAG: Final = {kind.tag: kind for kind in KINDS}


BY_BODY: Final = {kind.body: kind for kind in KINDS}


CURRENT: Final = {kind.name: kind for kind in KINDS}  # later versions of a name stand later in KINDS


def prerequisites(kind: Kind) -> tuple[Kind, ...]:
    """The kinds that must be recorded before a kind, and before those in turn, in an order that works."""
    found: dict[Kind, None] = {}
    for body in kind.needs:
        found |= dict.fromkeys((*prerequisites(BY_BODY[body]), BY_BODY[body]))
    return tuple(found)


def kind_of(said: str) -> Kind:
    """The kind of a tag, or the current version of a kind's name; ``Malformed`` names the nearest that
    exist.
    """
    kind = BY_TAG.get(said) or CURRENT.get(said)
    if kind is None:
        raise Malformed(f"unknown kind {said[:80]!r}{did_you_mean(said[:80], CURRENT)}")
    return kind
