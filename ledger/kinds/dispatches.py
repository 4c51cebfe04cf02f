"""Kinds about dispatches, curtailments and grid conditions (class grid, DOMAIN 4)."""

from __future__ import annotations

from typing import ClassVar, Literal

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

    example: ClassVar[str] = (
        "2026-07-14T17:30Z sandersville dispatch-notified dispatch=d7 program=dr1 "
        "dispatch_class=emergency mode=reduce-by target=80MW start=2026-07-14T18:00Z "
        "stop=2026-07-14T20:00Z"
    )


class DispatchAmended(Fact, frozen=True, kw_only=True):
    """What is named here replaces the dispatch's terms."""

    dispatch: Slug
    target_w: Natural | Unset = UNSET
    start: Instant | Unset = UNSET
    stop: Instant | Unset = UNSET
    external_version: Text | Unset = UNSET

    example: ClassVar[str] = (
        "2026-07-14T19:30Z sandersville dispatch-amended dispatch=d7 stop=2026-07-14T21:00Z"
    )


class DispatchCancelled(Fact, frozen=True, kw_only=True):
    """The dispatch is called off."""

    dispatch: Slug
    cause: Text | Unset = UNSET
    external_version: Text | Unset = UNSET

    example: ClassVar[str] = (
        '2026-07-14T17:45Z sandersville dispatch-cancelled dispatch=d7 cause="reserves recovered"'
    )


class DispatchAcknowledged(Fact, frozen=True, kw_only=True):
    """The operator confirms the dispatch."""

    dispatch: Slug

    example: ClassVar[str] = "2026-07-14T17:34Z sandersville dispatch-acknowledged dispatch=d7"


class DispatchReleased(Fact, frozen=True, kw_only=True):
    """The caller lets the load return."""

    dispatch: Slug

    example: ClassVar[str] = "2026-07-14T20:00Z sandersville dispatch-released dispatch=d7"


class DispatchDeclined(Fact, frozen=True, kw_only=True):
    """The operator does not follow the dispatch, and says why."""

    dispatch: Slug
    cause: Text

    example: ClassVar[str] = (
        '2026-07-14T17:34Z sandersville dispatch-declined dispatch=d7 cause="block m1 is out of service"'
    )


class DispatchDisputed(Fact, frozen=True, kw_only=True):
    """A party contradicts what is recorded of the dispatch."""

    dispatch: Slug
    cause: Text

    example: ClassVar[str] = (
        '2026-07-15T14:00Z sandersville dispatch-disputed dispatch=d7 cause="the notice came after the start"'
    )


class CurtailmentStarted(Fact, frozen=True, kw_only=True):
    """Power held back on one block. A claim may leave ``depth_w`` out: then all that is available is held
    back.
    """

    dispatch: Slug
    block: Slug
    depth_w: Natural | Unset = UNSET
    load_w: Natural | Unset = UNSET

    example: ClassVar[str] = (
        "2026-07-14T18:00Z sandersville curtailment-started dispatch=d7 block=m1 depth=80MW"
    )


class CurtailmentTargetReached(Fact, frozen=True, kw_only=True):
    """The block's load has come down to what was asked."""

    dispatch: Slug
    block: Slug
    load_w: Natural

    example: ClassVar[str] = (
        "2026-07-14T18:06Z sandersville curtailment-target-reached dispatch=d7 block=m1 load=15MW"
    )


class CurtailmentEnded(Fact, frozen=True, kw_only=True):
    """The block may run again."""

    dispatch: Slug
    block: Slug

    example: ClassVar[str] = "2026-07-14T20:00Z sandersville curtailment-ended dispatch=d7 block=m1"


class LoadRestored(Fact, frozen=True, kw_only=True):
    """The block's load is back."""

    dispatch: Slug | Unset = UNSET
    block: Slug
    load_w: Natural

    example: ClassVar[str] = "2026-07-14T20:25Z sandersville load-restored dispatch=d7 block=m1 load=95MW"


class DispatchSettled(Fact, frozen=True, kw_only=True):
    """What the caller's statement says of the dispatch."""

    dispatch: Slug
    statement: Text
    credit_cents: Integer
    penalty_cents: Integer
    reported_ppm: Natural | Unset = UNSET

    example: ClassVar[str] = (
        "2026-08-20T14:00Z sandersville dispatch-settled dispatch=d7 statement=STMT-2026-07 "
        "credit=12500.00USD penalty=0.00USD"
    )


class GridConditionDeclared(Fact, frozen=True, kw_only=True):
    """A balancing authority's state from ``at`` until its next."""

    balancing_authority: Text
    state: GridState

    example: ClassVar[str] = "2026-07-14T17:00Z ba-SOCO grid-condition-declared state=eea1"


class CoincidentPeakConfirmed(Fact, frozen=True, kw_only=True):
    """The system's peak interval, as published."""

    balancing_authority: Text
    start: Instant
    stop: Instant
    system_w: Natural

    example: ClassVar[str] = (
        "2026-10-01T14:00Z ba-SOCO coincident-peak-confirmed start=2026-07-14T20:00Z "
        "stop=2026-07-14T21:00Z system=38.5GW"
    )
