"""The closed table of kinds, from stored tag to struct.

A *fact* is the body of a record. Its fields are integers with the unit in the name, text, booleans, or lists
of these (DOMAIN 2 and 4); a field that may be left out is ``| Unset``, never null. A kind belongs to exactly
one disclosure class, which with the site names the stream of its records (``sandersville/grid``). Fields
marked with a section (commercial, personal) are kept outside the hashed leaf, so that they can be withheld or
erased.

The stored tag, ``curtailment-started.v1``, is written in the table below and never derived from a Python
name: renaming a class here changes no stored byte.

To add a kind: write its struct in the file of its family, add its line to ``KINDS``, bless its golden bytes.
Story text, JSON, the command line, random histories and the laws follow from the struct.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from ledger.kinds.base import Fact
from ledger.kinds.bookkeeping import (
    AccessGranted,
    AccessRefused,
    AccessRevoked,
    ClockAnomaly,
    EventRetracted,
    ExportMade,
    HeadRepaired,
    KeyRotated,
    LedgerHeads,
    LoggingFailed,
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
    LoadRestored,
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
    IncidentClosed,
    IncidentLinked,
    IncidentObservationAdded,
    IncidentObservationAddedV1,
    IncidentOpened,
    OutageEnded,
    OutageStarted,
)
from ledger.kinds.programs import (
    ProgramEnrolled,
    ProgramReinstated,
    ProgramSuspended,
    ProgramTermsAmended,
    ProgramTestRecorded,
    ProgramWithdrawn,
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

CLASSES: Final = ("grid", "operations", "lease", "community")


class Kind(NamedTuple):
    """A kind of fact: stored ``tag``, its struct, and its disclosure class.

    ``disclosure`` is one of ``CLASSES``; ``ledger/registry``, ``ledger/heads`` or ``ledger/access`` for what
    the ledger writes itself; or None where the record says it (the targets' stream, the reader's class).
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
