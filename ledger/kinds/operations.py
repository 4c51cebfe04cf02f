"""Kinds of operations (class operations): fleets, hashrate, outages, feeds, incidents (DOMAIN 4)."""

from typing import ClassVar, Literal

from msgspec import UNSET

from ledger.fields import (
    Date,
    Id,
    Instant,
    Natural,
    Slug,
    Text,
    Unset,
)
from ledger.kinds.base import Fact

OutageClass = Literal["planned", "maintenance", "forced-u1", "forced-u2", "forced-u3"]


class FleetInstalled(Fact, frozen=True, kw_only=True):
    """Machines of one model installed in a block, with the nameplate of one machine."""

    block: Slug
    model: Text
    units: Natural
    unit_hashrate_ghs: Natural
    unit_power_w: Natural

    example: ClassVar[str] = (
        "2026-03-02T05:00Z sandersville fleet-installed block=m1 model=S21-XP units=24000 "
        "unit_hashrate=270TH/s unit_power=3645W"
    )


class FleetRemoved(Fact, frozen=True, kw_only=True):
    """Machines of one model removed from a block, with the nameplate of one machine."""

    block: Slug
    model: Text
    units: Natural
    unit_hashrate_ghs: Natural
    unit_power_w: Natural

    example: ClassVar[str] = (
        "2026-08-03T04:00Z sandersville fleet-removed block=m1 model=S21-XP units=500 "
        "unit_hashrate=270TH/s unit_power=3645W"
    )


class HashrateChanged(Fact, frozen=True, kw_only=True):
    """Hashrate of a block from ``at`` to the block's next change, or to ``until``.

    After ``until`` the hashrate is unknown, not zero, unless a new value is recorded.
    """

    block: Slug
    hashrate_ghs: Natural
    power_w: Natural | Unset = UNSET
    units_hashing: Natural | Unset = UNSET
    units_total: Natural | Unset = UNSET
    method: Literal["pool", "device"]
    until: Instant | Unset = UNSET

    example: ClassVar[str] = (
        "2026-07-14T18:00Z sandersville hashrate-changed block=m1 hashrate=6.4EH/s power=88MW method=pool"
    )


class OutageStarted(Fact, frozen=True, kw_only=True):
    """A block loses capability; a derate equal to its capacity is a full outage (IEEE 762 classes)."""

    block: Slug
    outage: Slug
    outage_class: OutageClass
    derate_w: Natural
    cause: Text
    outside_management_control: bool
    noticed_at: Instant | Unset = UNSET

    example: ClassVar[str] = (
        "2026-07-14T18:05Z sandersville outage-started block=m1 outage=o7 outage_class=forced-u1 "
        'derate=20MW cause="breaker 52-3 tripped" outside_management_control=false'
    )


class OutageEnded(Fact, frozen=True, kw_only=True):
    """The block regains the capability that an outage took."""

    outage: Slug

    example: ClassVar[str] = "2026-07-14T20:30Z sandersville outage-ended outage=o7"


class FeedStateChanged(Fact, frozen=True, kw_only=True):
    """One electrical feed of a block goes up or down."""

    block: Slug
    feed: Text
    state: Literal["up", "down"]

    example: ClassVar[str] = "2026-07-14T18:05Z sandersville feed-state-changed block=m1 feed=A state=down"


class IncidentOpened(Fact, frozen=True, kw_only=True):
    """An incident begins, with a summary."""

    incident: Slug
    summary: Text

    example: ClassVar[str] = (
        '2026-07-14T18:06Z sandersville incident-opened incident=i1 summary="Breaker 52-3 tripped"'
    )


class IncidentObservationAddedV1(Fact, frozen=True, kw_only=True):
    """An observation about an incident, without its observer (version 1)."""

    incident: Slug
    text: Text


class IncidentObservationAdded(Fact, frozen=True, kw_only=True):
    """An observation about an incident, with its observer."""

    incident: Slug
    text: Text
    observer: Text | Unset = UNSET

    example: ClassVar[str] = (
        '2026-07-14T18:15Z sandersville incident-observation-added incident=i1 text="no smoke; the relay '
        'shows overcurrent" observer="shift lead"'
    )


class IncidentLinked(Fact, frozen=True, kw_only=True):
    """Links records to an incident by their ids."""

    incident: Slug
    ids: tuple[Id, ...]

    example: ClassVar[str] = (
        "2026-07-14T18:20Z sandersville incident-linked incident=i1 "
        "ids=[019f61cd-b8e0-8080-ab0f-73316fecbdb5]"
    )


class IncidentClosed(Fact, frozen=True, kw_only=True):
    """Closes an incident with its cause and the actions taken."""

    incident: Slug
    cause: Text
    actions: tuple[Text, ...]

    example: ClassVar[str] = (
        '2026-07-15T14:00Z sandersville incident-closed incident=i1 cause="loose terminal" '
        'actions=["torque check of all breakers"]'
    )


class IncidentActionAgreed(Fact, frozen=True, kw_only=True):
    """An action agreed after an incident, with its owner (a role or a team) and due date; recording it again
    replaces it.
    """

    incident: Slug
    action: Slug
    what: Text
    owner: Text
    due_on: Date

    example: ClassVar[str] = (
        '2026-07-15T15:00Z sandersville incident-action-agreed incident=i1 action=torque what="torque check of '
        'all breakers" owner="electrical lead" due_on=2026-08-15'
    )


class IncidentActionDone(Fact, frozen=True, kw_only=True):
    """An action that was agreed after an incident is complete."""

    incident: Slug
    action: Slug
    result: Text | Unset = UNSET

    example: ClassVar[str] = (
        "2026-08-12T19:00Z sandersville incident-action-done incident=i1 action=torque"
        ' result="2 of 14 were loose"'
    )
