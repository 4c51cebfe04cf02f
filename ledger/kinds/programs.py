"""Kinds about demand response programs (class grid, DOMAIN 4)."""

from __future__ import annotations

from typing import Literal

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
    """Terms of a demand-response or interruptible-tariff programme for named blocks and meters."""

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


class ProgramTermsAmended(Fact, frozen=True, kw_only=True):
    """What is named here replaces the programme's terms from ``start``."""

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


class ProgramTestRecorded(Fact, frozen=True, kw_only=True):
    """A test of the programme and the power it showed."""

    program: Slug
    passed: bool
    power_w: Natural


class ProgramSuspended(Fact, frozen=True, kw_only=True):
    """The programme stops calling, for now."""

    program: Slug
    cause: Text


class ProgramReinstated(Fact, frozen=True, kw_only=True):
    """The programme calls again."""

    program: Slug
    cause: Text


class ProgramWithdrawn(Fact, frozen=True, kw_only=True):
    """The site leaves the programme."""

    program: Slug
    cause: Text
