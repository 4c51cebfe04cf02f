"""Row kind ``thing``: everything with a name that begins, changes and ends, whatever its kind.

Key (place, what, *name): ``("sandersville", "outage", "breaker-4")``. The row is a tuple of facts in order of (at, pos); what
follows from them at an instant is ``projections.figures.state``. Hash rates and readings have row kinds of their own; a fact that is
over as soon as it is said (a disturbance, a settlement, an observation) is no thing.
"""

from __future__ import annotations

from typing import Any, Final, Literal, NamedTuple

from ledger import events as e
from ledger.events import Fact
from ledger.records import Record
from projections.facts.said import PACKED, evolve, pack, unpack
from projections.fold import Key, RowKind, bears_all

Effect = Literal["begins", "changes", "adds", "takes", "ends"]


class Thing(NamedTuple):
    """What a fact is about, the fields that name it, what it does to it, and a word for how it stands since."""

    what: str
    named: tuple[str, ...]
    effect: Effect
    status: str = ""


_PHASE_STEP: Final = ("phase", "milestone")

THINGS: Final[dict[type[Fact], Thing]] = {
    e.SiteRegistered: Thing("site", (), "begins"),
    e.SiteInterestChanged: Thing("interest", (), "begins"),
    e.InterconnectionMilestoneReached: Thing("interconnection", (), "begins"),
    e.PowerContracted: Thing("contract", ("agreement",), "begins"),
    e.CapacityEnergized: Thing("energized", (), "begins"),
    e.CapacityDeenergized: Thing("energized", (), "begins"),
    e.LoadBlockCommissioned: Thing("block", ("block",), "begins"),
    e.LoadBlockRerated: Thing("block", ("block",), "changes"),
    e.LoadBlockRetired: Thing("block", ("block",), "ends", "retired"),
    e.FleetInstalled: Thing("fleet", ("block", "model"), "adds"),
    e.FleetRemoved: Thing("fleet", ("block", "model"), "takes"),
    e.OutageStarted: Thing("outage", ("outage",), "begins"),
    e.OutageEnded: Thing("outage", ("outage",), "ends", "over"),
    e.FeedStateChanged: Thing("feed", ("block", "feed"), "begins"),
    e.MeterRegistered: Thing("meter", ("meter",), "begins"),
    e.ProgramEnrolled: Thing("program", ("program",), "begins"),
    e.ProgramTermsAmended: Thing("program", ("program",), "changes"),
    e.ProgramSuspended: Thing("program", ("program",), "changes", "suspended"),
    e.ProgramReinstated: Thing("program", ("program",), "changes", "reinstated"),
    e.ProgramWithdrawn: Thing("program", ("program",), "ends", "withdrawn"),
    e.DispatchNotified: Thing("dispatch", ("dispatch",), "begins"),
    e.DispatchAmended: Thing("dispatch", ("dispatch",), "changes"),
    e.DispatchCancelled: Thing("dispatch", ("dispatch",), "ends", "cancelled"),
    e.DispatchAcknowledged: Thing("dispatch", ("dispatch",), "changes", "acknowledged"),
    e.DispatchReleased: Thing("dispatch", ("dispatch",), "ends", "released"),
    e.DispatchDeclined: Thing("dispatch", ("dispatch",), "changes", "declined"),
    e.DispatchDisputed: Thing("dispatch", ("dispatch",), "changes", "disputed"),
    e.CurtailmentStarted: Thing("curtailment", ("dispatch", "block"), "begins"),
    e.CurtailmentTargetReached: Thing("curtailment", ("dispatch", "block"), "changes", "target reached"),
    e.CurtailmentEnded: Thing("curtailment", ("dispatch", "block"), "ends", "over"),
    e.GridConditionDeclared: Thing("condition", (), "begins"),
    e.LeasePhaseOpened: Thing("phase", ("phase",), "begins"),
    e.LeaseTermsRecorded: Thing("phase", ("phase",), "changes"),
    e.LeaseAmended: Thing("phase", ("phase",), "changes"),
    e.LeaseTerminated: Thing("phase", ("phase",), "ends", "terminated"),
    e.LeaseMilestoneReached: Thing("milestone", _PHASE_STEP, "begins"),
    e.LeaseForecastSet: Thing("forecast", _PHASE_STEP, "begins"),
    e.LeaseDelayNoticed: Thing("delay", ("phase", "delay"), "begins"),
    e.LeaseExtensionGranted: Thing("extension", ("phase", "from_on"), "begins"),
    e.CommissioningLevelPassed: Thing("commissioning", ("phase", "system"), "begins", "passed"),
    e.CommissioningLevelFailed: Thing("commissioning", ("phase", "system"), "begins", "failed"),
    e.CreditSupportRecorded: Thing("credit-support", ("phase", "instrument"), "begins"),
    e.CreditSupportReleased: Thing("credit-support", ("phase", "instrument"), "ends", "released"),
    e.CommitmentMade: Thing("commitment", ("commitment",), "begins"),
    e.CommitmentAmended: Thing("commitment", ("commitment",), "changes"),
    e.CommitmentDischarged: Thing("commitment", ("commitment",), "ends", "discharged"),
    e.EvidenceRecorded: Thing("evidence", ("commitment", "period"), "begins"),
    e.HeadcountReported: Thing("headcount", ("commitment", "period"), "begins"),
    e.CommitmentAssessed: Thing("verdict", ("commitment", "period"), "begins"),
    e.WaiverGranted: Thing("waiver", ("commitment", "period"), "begins"),
    e.PaymentScheduled: Thing("instalment", ("commitment", "instalment"), "begins"),
    e.PaymentMade: Thing("payment", ("commitment", "instalment", "receipt"), "begins"),
    e.DefaultNoticed: Thing("default", ("commitment", "period", "instalment"), "begins", "noticed"),
    e.CureStarted: Thing("default", ("commitment", "period", "instalment"), "changes", "cure started"),
    e.Cured: Thing("default", ("commitment", "period", "instalment"), "ends", "cured"),
    e.RemedyApplied: Thing("remedy", ("commitment", "period"), "begins"),
    e.IncentiveGranted: Thing("incentive", ("authority", "tax", "year"), "begins"),
    e.IncidentOpened: Thing("incident", ("incident",), "begins"),
    e.IncidentClosed: Thing("incident", ("incident",), "ends", "closed"),
}


def key(record: Record) -> Key:
    """(place, what, *name); a part of the name that was not said is empty."""
    body: Any = record.body
    thing = THINGS[type(body)]
    return (record.place, thing.what, *(str(getattr(body, field) or "") for field in thing.named))


THING: Final = RowKind(
    "thing", 1, ("place", "what"), tuple(THINGS), key, evolve, bears_all, PACKED, pack, unpack
)
