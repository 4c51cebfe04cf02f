"""Kinds about demand response programs (class grid, DOMAIN 4)."""

from typing import ClassVar, Literal

from msgspec import UNSET

from ledger.fields import (
    Date,
    Instant,
    MonthDay,
    Natural,
    Slug,
    Text,
    Unset,
    Zone,
)
from ledger.kinds.base import Fact

Method = Literal[
    "firm-service-level",
    "meter-before-after",
    "baseline-10-of-10",
    "baseline-high-4-of-5",
    "baseline-high-5-of-10",
    "same-day-3-2",
]


Adjustment = Literal["none", "symmetric-additive"]


class ProgramEnrolled(Fact, frozen=True, kw_only=True):
    """Enrolls blocks and meters in a demand response program or an interruptible tariff, with its terms."""

    program: Slug
    operator: Text
    agreement: Text
    site: Slug
    blocks: tuple[Slug, ...]
    meters: tuple[Slug, ...]
    method: Method
    firm_service_level_w: Natural | Unset = UNSET
    committed_w: Natural | Unset = UNSET
    notice_s: Natural
    response_s: Natural
    duration_max_s: Natural | Unset = UNSET
    called_max_s: Natural | Unset = UNSET
    events_max: Natural | Unset = UNSET
    tests_per_year: Natural | Unset = UNSET
    program_year_start: MonthDay
    tz: Zone
    capped: bool
    baseline_intervals: Natural | Unset = UNSET
    adjustment: Adjustment
    adjustment_window_s: Natural | Unset = UNSET
    adjustment_gap_s: Natural | Unset = UNSET
    adjustment_cap_ppm: Natural | Unset = UNSET
    holidays: tuple[Date, ...]

    example: ClassVar[str] = (
        '2026-04-01T04:00Z sandersville program-enrolled program=dr1 operator="Georgia Power" '
        "agreement=DR-2026-12 blocks=[m1] meters=[r1] method=meter-before-after committed=80MW "
        "notice=30min response=10min program_year_start=06-01 tz=America/New_York capped=false "
        "adjustment=none holidays=[2026-07-04]"
    )


class ProgramTermsAmended(Fact, frozen=True, kw_only=True):
    """Replaces the given terms of a program from ``start``."""

    program: Slug
    start: Instant
    committed_w: Natural | Unset = UNSET
    firm_service_level_w: Natural | Unset = UNSET
    notice_s: Natural | Unset = UNSET
    response_s: Natural | Unset = UNSET
    duration_max_s: Natural | Unset = UNSET
    called_max_s: Natural | Unset = UNSET
    events_max: Natural | Unset = UNSET
    blocks: tuple[Slug, ...] | Unset = UNSET
    meters: tuple[Slug, ...] | Unset = UNSET
    holidays: tuple[Date, ...] | Unset = UNSET
    baseline_intervals: Natural | Unset = UNSET
    adjustment: Adjustment | Unset = UNSET
    adjustment_window_s: Natural | Unset = UNSET
    adjustment_gap_s: Natural | Unset = UNSET
    adjustment_cap_ppm: Natural | Unset = UNSET

    example: ClassVar[str] = (
        "2026-06-01T04:00Z sandersville program-terms-amended program=dr1 start=2026-06-15T04:00Z "
        "committed=85MW"
    )


class ProgramTestRecorded(Fact, frozen=True, kw_only=True):
    """A test of the program, and the power it showed."""

    program: Slug
    passed: bool
    power_w: Natural

    example: ClassVar[str] = (
        "2026-06-10T18:00Z sandersville program-test-recorded program=dr1 passed=true power=82MW"
    )


class ProgramThrottleAgreed(Fact, frozen=True, kw_only=True):
    """A firm block that the program may throttle, by a depth that keeps the block in service, for a limited
    time; recording it again for the block replaces it.
    """

    program: Slug
    block: Slug
    depth_w: Natural
    duration_max_s: Natural | Unset = UNSET
    agreement: Text | Unset = UNSET

    example: ClassVar[str] = (
        "2026-06-12T04:00Z sandersville program-throttle-agreed program=dr1 block=m1 depth=5MW "
        'duration_max=3h agreement="Lease L-7, exhibit D"'
    )


class ProgramSuspended(Fact, frozen=True, kw_only=True):
    """The program makes no calls until it is reinstated."""

    program: Slug
    cause: Text

    example: ClassVar[str] = (
        '2026-08-10T04:00Z sandersville program-suspended program=dr1 cause="meter r1 is being replaced"'
    )


class ProgramReinstated(Fact, frozen=True, kw_only=True):
    """The program makes calls again after a suspension."""

    program: Slug
    cause: Text

    example: ClassVar[str] = (
        '2026-08-17T04:00Z sandersville program-reinstated program=dr1 cause="meter r1 is replaced"'
    )


class ProgramWithdrawn(Fact, frozen=True, kw_only=True):
    """The site leaves the program."""

    program: Slug
    cause: Text

    example: ClassVar[str] = (
        '2026-12-01T05:00Z sandersville program-withdrawn program=dr1 cause="block m1 is converted"'
    )


class ProgramBaselineSet(Fact, frozen=True, kw_only=True):
    """A program's own rules for a baseline of like days, from ``start`` on, in place of its enrolled method.

    It sets ``taken_days`` of the last ``like_days`` (``rest_...`` on days off), day types, look-back,
    exclusions, and the form and caps of the adjustment. ``rule`` names the text that sets them.
    """

    program: Slug
    start: Instant
    taken_days: Natural
    like_days: Natural
    take: Literal["highest", "lowest", "middle", "latest"]
    rest_taken_days: Natural | Unset = UNSET
    rest_like_days: Natural | Unset = UNSET
    least_days: Natural | Unset = UNSET
    look_back_days: Natural | Unset = UNSET
    skipped_days: Natural | Unset = UNSET
    day_types: Literal["two", "three"]
    low_usage_ppm: Natural | Unset = UNSET
    excluded_on: tuple[Date, ...] | Unset = UNSET
    adjustment: Literal["none", "additive", "multiplicative"]
    adjustment_before: Literal["notification", "start"] | Unset = UNSET
    adjustment_window_s: Natural | Unset = UNSET
    adjustment_gap_s: Natural | Unset = UNSET
    adjustment_up_ppm: Natural | Unset = UNSET
    adjustment_down_ppm: Natural | Unset = UNSET
    rule: Text

    example: ClassVar[str] = (
        "2026-06-01T04:00Z sandersville program-baseline-set program=dr1 start=2026-06-15T04:00Z taken_days=3"
        " like_days=10 take=highest day_types=two adjustment=additive adjustment_window=2h adjustment_gap=1h"
        ' adjustment_up=40% adjustment_down=40% rule="DR tariff 2026, section 6"'
    )
