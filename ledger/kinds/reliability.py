"""Kinds about the response of a site's load when the grid's voltage or frequency leaves its range, and about
the models and tests that a reliability rule asks for (class grid; DOMAIN 4).
"""

from typing import ClassVar, Literal

from msgspec import UNSET

from ledger.fields import (
    Natural,
    Sha256,
    Slug,
    Text,
    Unset,
)
from ledger.kinds.base import Fact


class ExcursionRecorded(Fact, frozen=True, kw_only=True):
    """Voltage or frequency leaves its range at the site's point of connection, from ``at`` plus ``offset_ms``
    on. ``voltage_ppm`` is the lowest or highest RMS voltage as a share of ``nominal_v``, ``frequency_mhz``
    the frequency farthest from nominal. ``levels_held_ms`` is the time it lay beyond each level: below a
    level under nominal, above one over it.
    """

    site: Slug
    excursion: Slug
    quantity: Literal["voltage", "frequency"]
    duration_ms: Natural
    voltage_ppm: Natural | Unset = UNSET
    frequency_mhz: Natural | Unset = UNSET
    nominal_v: Natural | Unset = UNSET
    offset_ms: Natural | Unset = UNSET
    phases: tuple[Text, ...] | Unset = UNSET
    voltage_levels_ppm: tuple[Natural, ...] | Unset = UNSET
    frequency_levels_mhz: tuple[Natural, ...] | Unset = UNSET
    levels_held_ms: tuple[Natural, ...] | Unset = UNSET
    recorder_sha256: tuple[Sha256, ...] | Unset = UNSET

    example: ClassVar[str] = (
        "2026-09-03T21:14:08Z sandersville excursion-recorded excursion=e1 quantity=voltage duration=180ms "
        "voltage=42% nominal=115kV offset=350ms phases=[A,B] voltage_levels=[90%,50%] "
        "levels_held=[180ms,95ms]"
    )


class LoadResponseRecorded(Fact, frozen=True, kw_only=True):
    """The response of a block's load to an excursion. The loads are those drawn from the grid: just before
    it, at the lowest, and 1 s, 10 s and 5 min after the excursion's end. ``recovery_ms`` runs from the
    excursion's end until the load was back at ``recovered_w``.
    """

    excursion: Slug
    block: Slug
    response: Literal["rode-through", "transferred", "tripped"]
    initiated_by: Literal["customer", "protection", "utility"]
    before_w: Natural
    minimum_w: Natural
    after_1s_w: Natural | Unset = UNSET
    after_10s_w: Natural | Unset = UNSET
    after_5min_w: Natural | Unset = UNSET
    recovered_w: Natural | Unset = UNSET
    recovery_ms: Natural | Unset = UNSET
    restored: Literal["by-itself", "by-hand"] | Unset = UNSET

    example: ClassVar[str] = (
        "2026-09-03T21:14:08Z sandersville load-response-recorded excursion=e1 block=m1 response=tripped "
        "initiated_by=protection before=95MW minimum=12MW after_1s=12MW after_10s=30MW after_5min=88MW "
        "recovered=94MW recovery=540s restored=by-hand"
    )


class ExcursionCommunicated(Fact, frozen=True, kw_only=True):
    """A party outside was told of an excursion and of the load's response."""

    excursion: Slug
    communicated_to: Text
    channel: Text | Unset = UNSET

    example: ClassVar[str] = (
        '2026-09-03T21:20Z sandersville excursion-communicated excursion=e1 communicated_to="Georgia Power '
        'control center" channel=telephone'
    )


class RideThroughTermsSet(Fact, frozen=True, kw_only=True):
    """The ride-through terms of the site from ``at`` on: a curve of the program's table by its name,
    ``none``, or points of its own. Band n of voltage lies between ``voltage_from_ppm`` and ``voltage_to_ppm``
    and must be ridden through for ``voltage_held_ms``; the range between the bands holds for ever. The load
    must be back at ``recovery_share_ppm`` of what it was within ``recovery_ms`` of the excursion's end.
    ``verify_days`` and ``resubmit_months`` are the clocks of models.
    """

    site: Slug
    curve: Text
    why: Text | Unset = UNSET
    voltage_from_ppm: tuple[Natural, ...] | Unset = UNSET
    voltage_to_ppm: tuple[Natural, ...] | Unset = UNSET
    voltage_held_ms: tuple[Natural, ...] | Unset = UNSET
    frequency_from_mhz: tuple[Natural, ...] | Unset = UNSET
    frequency_to_mhz: tuple[Natural, ...] | Unset = UNSET
    frequency_held_ms: tuple[Natural, ...] | Unset = UNSET
    recovery_share_ppm: Natural | Unset = UNSET
    recovery_ms: Natural | Unset = UNSET
    verify_days: Natural | Unset = UNSET
    resubmit_months: Natural | Unset = UNSET

    example: ClassVar[str] = (
        '2026-08-01T04:00Z sandersville ride-through-terms-set curve="exhibit C of ESA-2026-7" '
        "voltage_from=[0%,50%,110%] voltage_to=[50%,90%,120%] voltage_held=[150ms,500ms,500ms] "
        "recovery_share=90% recovery=2s"
    )


class FacilityChanged(Fact, frozen=True, kw_only=True):
    """Settings, firmware or equipment that determine the load's behavior were changed; from ``at`` on a model
    verified before is no longer valid.
    """

    site: Slug
    change: Slug
    category: Literal["settings", "firmware", "equipment"]
    what: Text
    block: Slug | Unset = UNSET
    document_sha256: Sha256 | Unset = UNSET

    example: ClassVar[str] = (
        "2026-09-10T15:00Z sandersville facility-changed change=ups-2 category=settings "
        'what="UPS transfer at 70 % after 40 ms in place of 85 % after 10 ms" block=m1'
    )


class ModelVerified(Fact, frozen=True, kw_only=True):
    """A model of the site's load was verified against the facility as it is; with ``changes`` it covers
    these, else every change made before.
    """

    site: Slug
    model: Slug
    verified_by: Text
    changes: tuple[Slug, ...] | Unset = UNSET
    document_sha256: Sha256 | Unset = UNSET

    example: ClassVar[str] = (
        '2026-11-20T15:00Z sandersville model-verified model=dynamic verified_by="Study Engineers LLC" '
        "changes=[ups-2]"
    )


class ModelSubmitted(Fact, frozen=True, kw_only=True):
    """A model of the site's load was handed to a transmission planner or operator."""

    site: Slug
    model: Slug
    submitted_to: Text
    document_sha256: Sha256 | Unset = UNSET

    example: ClassVar[str] = (
        '2026-11-24T15:00Z sandersville model-submitted model=dynamic submitted_to="Georgia Power planning"'
    )


class CommunicationTested(Fact, frozen=True, kw_only=True):
    """A channel to a grid operator was tested: whether it answered, and after what time."""

    site: Slug
    channel: Text
    counterparty: Text
    passed: bool
    answered_s: Natural | Unset = UNSET

    example: ClassVar[str] = (
        '2026-09-01T14:00Z sandersville communication-tested channel="all-call line" counterparty="Georgia '
        'Power control center" passed=true answered=12s'
    )
