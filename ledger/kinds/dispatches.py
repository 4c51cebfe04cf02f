"""Kinds about dispatches, curtailments, grid conditions and notices of grid operators (class grid, DOMAIN 4)."""

from typing import ClassVar, Literal

from msgspec import UNSET

from ledger.fields import (
    Instant,
    Integer,
    Natural,
    Sha256,
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
    """A request to reduce load, or the operator's own decision to; ``dispatch_class`` tells the two apart."""

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
    """Replaces the given terms of a dispatch."""

    dispatch: Slug
    target_w: Natural | Unset = UNSET
    start: Instant | Unset = UNSET
    stop: Instant | Unset = UNSET
    external_version: Text | Unset = UNSET

    example: ClassVar[str] = (
        "2026-07-14T19:30Z sandersville dispatch-amended dispatch=d7 stop=2026-07-14T21:00Z"
    )


class DispatchCancelled(Fact, frozen=True, kw_only=True):
    """The caller cancels the dispatch."""

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
    """The operator declines the dispatch, with the cause."""

    dispatch: Slug
    cause: Text

    example: ClassVar[str] = (
        '2026-07-14T17:34Z sandersville dispatch-declined dispatch=d7 cause="block m1 is out of service"'
    )


class DispatchDisputed(Fact, frozen=True, kw_only=True):
    """A party disputes what is recorded about the dispatch."""

    dispatch: Slug
    cause: Text

    example: ClassVar[str] = (
        '2026-07-15T14:00Z sandersville dispatch-disputed dispatch=d7 cause="the notice came after the start"'
    )


class CurtailmentStarted(Fact, frozen=True, kw_only=True):
    """One block begins to reduce load. An omitted ``depth_w`` is filled in with all the power that is
    available.
    """

    dispatch: Slug
    block: Slug
    depth_w: Natural | Unset = UNSET
    load_w: Natural | Unset = UNSET

    example: ClassVar[str] = (
        "2026-07-14T18:00Z sandersville curtailment-started dispatch=d7 block=m1 depth=80MW"
    )


class CurtailmentTargetReached(Fact, frozen=True, kw_only=True):
    """The block's load reaches the requested level."""

    dispatch: Slug
    block: Slug
    load_w: Natural

    example: ClassVar[str] = (
        "2026-07-14T18:06Z sandersville curtailment-target-reached dispatch=d7 block=m1 load=15MW"
    )


class CurtailmentEnded(Fact, frozen=True, kw_only=True):
    """The block is released from the curtailment and may run again."""

    dispatch: Slug
    block: Slug

    example: ClassVar[str] = "2026-07-14T20:00Z sandersville curtailment-ended dispatch=d7 block=m1"


class LoadRestored(Fact, frozen=True, kw_only=True):
    """The block's load is back at its level before the curtailment."""

    dispatch: Slug | Unset = UNSET
    block: Slug
    load_w: Natural

    example: ClassVar[str] = "2026-07-14T20:25Z sandersville load-restored dispatch=d7 block=m1 load=95MW"


class DispatchSettled(Fact, frozen=True, kw_only=True):
    """The caller's settlement of a dispatch: credit, penalty, reported performance."""

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
    """The grid state that a balancing authority declares, from ``at`` until its next declaration."""

    balancing_authority: Text
    state: GridState

    example: ClassVar[str] = "2026-07-14T17:00Z ba-SOCO grid-condition-declared state=eea1"


class GridNoticePublished(Fact, frozen=True, kw_only=True):
    """A notice of a grid operator: the grid is in ``state`` from ``start`` until ``stop``.

    ``at`` is when the notice was published, ``notice`` its id, ``wording`` what the operator calls the state
    and ``area`` the part of the grid that it names. Without ``stop`` it holds until the operator ends it. A
    notice that is published again with other terms, or cancelled, corrects this fact.
    """

    balancing_authority: Text
    notice: Slug
    state: GridState
    start: Instant
    stop: Instant | Unset = UNSET
    wording: Text
    area: Text | Unset = UNSET
    text_sha256: Sha256 | Unset = UNSET

    example: ClassVar[str] = (
        "2026-07-13T20:25Z ba-PJM grid-notice-published notice=pjm-104712 state=weather-alert"
        ' start=2026-07-14T11:00Z stop=2026-07-15T01:00Z wording="Hot Weather Alert"'
    )


class CoincidentPeakConfirmed(Fact, frozen=True, kw_only=True):
    """A system's coincident peak interval, as the balancing authority publishes it."""

    balancing_authority: Text
    start: Instant
    stop: Instant
    system_w: Natural

    example: ClassVar[str] = (
        "2026-10-01T14:00Z ba-SOCO coincident-peak-confirmed start=2026-07-14T20:00Z "
        "stop=2026-07-14T21:00Z system=38.5GW"
    )
