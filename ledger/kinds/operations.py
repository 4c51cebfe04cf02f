"""Kinds of operations (class operations): fleets, hashrate, outages, feeds, incidents (DOMAIN 4)."""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET

from ledger.fields import (
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
    """Holds from ``at`` to the block's next, or to ``until``; after it with nothing new the value is unknown,
    not zero.
    """

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
