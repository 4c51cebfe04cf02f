"""Row kind ``thing``: everything with a name that begins, changes and ends, whatever its kind.

Key (place, what, *name): ``("sandersville", "outage", "breaker-4")``. The row is a tuple of facts in order of
(at, pos); what follows from them at an instant is ``projections.figures.state``. Hash rates and readings have
row kinds of their own; a fact that is over as soon as it is said (a disturbance, a settlement, an
observation) is no thing.
"""

from __future__ import annotations

from typing import Any, Final, Literal, NamedTuple

from ledger import kinds
from ledger.kinds import Fact
from ledger.records.envelope import Record
from projections.engine.fold import Key, RowKind, bears_all
from projections.rows.fact_rows import PACKED, evolve, pack, unpack

Effect = Literal["begins", "changes", "adds", "takes", "ends"]


class Thing(NamedTuple):
    """What a fact is about, the fields that name it, what it does to it, and a word for how it stands
    since.
    """

    what: str
    named: tuple[str, ...]
    effect: Effect
    status: str = ""


_PHASE_STEP: Final = ("phase", "milestone")

THINGS: Final[dict[type[Fact], Thing]] = {
    kinds.SiteRegistered: Thing("site", (), "begins"),
    kinds.SiteInterestChanged: Thing("interest", (), "begins"),
    kinds.InterconnectionMilestoneReached: Thing("interconnection", (), "begins"),
    kinds.PowerContracted: Thing("contract", ("agreement",), "begins"),
    kinds.CapacityEnergized: Thing("energized", (), "begins"),
    kinds.CapacityDeenergized: Thing("energized", (), "begins"),
    kinds.LoadBlockCommissioned: Thing("block", ("block",), "begins"),
    kinds.LoadBlockRerated: Thing("block", ("block",), "changes"),
    kinds.LoadBlockRetired: Thing("block", ("block",), "ends", "retired"),
    kinds.FleetInstalled: Thing("fleet", ("block", "model"), "adds"),
    kinds.FleetRemoved: Thing("fleet", ("block", "model"), "takes"),
    kinds.OutageStarted: Thing("outage", ("outage",), "begins"),
    kinds.OutageEnded: Thing("outage", ("outage",), "ends", "over"),
    kinds.FeedStateChanged: Thing("feed", ("block", "feed"), "begins"),
    kinds.MeterRegistered: Thing("meter", ("meter",), "begins"),
    kinds.ProgramEnrolled: Thing("program", ("program",), "begins"),
    kinds.ProgramTermsAmended: Thing("program", ("program",), "changes"),
    kinds.ProgramSuspended: Thing("program", ("program",), "changes", "suspended"),
    kinds.ProgramReinstated: Thing("program", ("program",), "changes", "reinstated"),
    kinds.ProgramWithdrawn: Thing("program", ("program",), "ends", "withdrawn"),
    kinds.DispatchNotified: Thing("dispatch", ("dispatch",), "begins"),
    kinds.DispatchAmended: Thing("dispatch", ("dispatch",), "changes"),
    kinds.DispatchCancelled: Thing("dispatch", ("dispatch",), "ends", "cancelled"),
    kinds.DispatchAcknowledged: Thing("dispatch", ("dispatch",), "changes", "acknowledged"),
    kinds.DispatchReleased: Thing("dispatch", ("dispatch",), "ends", "released"),
    kinds.DispatchDeclined: Thing("dispatch", ("dispatch",), "changes", "declined"),
    kinds.DispatchDisputed: Thing("dispatch", ("dispatch",), "changes", "disputed"),
    kinds.CurtailmentStarted: Thing("curtailment", ("dispatch", "block"), "begins"),
    kinds.CurtailmentTargetReached: Thing("curtailment", ("dispatch", "block"), "changes", "target reached"),
    kinds.CurtailmentEnded: Thing("curtailment", ("dispatch", "block"), "ends", "over"),
    kinds.GridConditionDeclared: Thing("condition", (), "begins"),
    kinds.LeasePhaseOpened: Thing("phase", ("phase",), "begins"),
    kinds.LeaseTermsRecorded: Thing("phase", ("phase",), "changes"),
    kinds.LeaseAmended: Thing("phase", ("phase",), "changes"),
    kinds.LeaseTerminated: Thing("phase", ("phase",), "ends", "terminated"),
    kinds.LeaseMilestoneReached: Thing("milestone", _PHASE_STEP, "begins"),
    kinds.LeaseForecastSet: Thing("forecast", _PHASE_STEP, "begins"),
    kinds.LeaseDelayNoticed: Thing("delay", ("phase", "delay"), "begins"),
    kinds.LeaseExtensionGranted: Thing("extension", ("phase", "from_on"), "begins"),
    kinds.CommissioningLevelPassed: Thing("commissioning", ("phase", "system"), "begins", "passed"),
    kinds.CommissioningLevelFailed: Thing("commissioning", ("phase", "system"), "begins", "failed"),
    kinds.CreditSupportRecorded: Thing("credit-support", ("phase", "instrument"), "begins"),
    kinds.CreditSupportReleased: Thing("credit-support", ("phase", "instrument"), "ends", "released"),
    kinds.CommitmentMade: Thing("commitment", ("commitment",), "begins"),
    kinds.CommitmentAmended: Thing("commitment", ("commitment",), "changes"),
    kinds.CommitmentDischarged: Thing("commitment", ("commitment",), "ends", "discharged"),
    kinds.EvidenceRecorded: Thing("evidence", ("commitment", "period"), "begins"),
    kinds.HeadcountReported: Thing("headcount", ("commitment", "period"), "begins"),
    kinds.CommitmentAssessed: Thing("verdict", ("commitment", "period"), "begins"),
    kinds.WaiverGranted: Thing("waiver", ("commitment", "period"), "begins"),
    kinds.PaymentScheduled: Thing("instalment", ("commitment", "instalment"), "begins"),
    kinds.PaymentMade: Thing("payment", ("commitment", "instalment", "receipt"), "begins"),
    kinds.DefaultNoticed: Thing("default", ("commitment", "period", "instalment"), "begins", "noticed"),
    kinds.CureStarted: Thing("default", ("commitment", "period", "instalment"), "changes", "cure started"),
    kinds.Cured: Thing("default", ("commitment", "period", "instalment"), "ends", "cured"),
    kinds.RemedyApplied: Thing("remedy", ("commitment", "period"), "begins"),
    kinds.IncentiveGranted: Thing("incentive", ("authority", "tax", "year"), "begins"),
    kinds.IncidentOpened: Thing("incident", ("incident",), "begins"),
    kinds.IncidentClosed: Thing("incident", ("incident",), "ends", "closed"),
}


def key(record: Record) -> Key:
    """(place, what, *name); a part of the name that was not said is empty."""
    body: Any = record.body
    thing = THINGS[type(body)]
    return (record.place, thing.what, *(str(getattr(body, field) or "") for field in thing.named))


THING: Final = RowKind(
    "thing", 1, ("place", "what"), tuple(THINGS), key, evolve, bears_all, PACKED, pack, unpack
)
