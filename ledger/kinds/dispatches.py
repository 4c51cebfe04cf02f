"""Kinds about dispatches, curtailments and grid conditions (class grid, DOMAIN 4)."""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET

from ledger.fields import (
    Instant,
    Integer,
    Natural,
    Slug,
    Text,
    Unset,
)
from ledger.kinds.base import Fact

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


class DispatchNotified(Fact, frozen=True, kw_only=True):
    """A request (or a decision of the operator's own) to hold power back; the class tells requested from
    voluntary.
    """

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
    """Power held back on one block. A claim may leave ``depth_w`` out: then all that is available is held
    back.
    """

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
