"""Rules of a program's own baseline: its numbers must fit together."""

from __future__ import annotations

from typing import Any, Final

from msgspec import UNSET

from ledger import kinds
from ledger.errors import Malformed, Refused
from ledger.records.envelope import Claim
from ledger.rules.known import Known

MOST_DAYS: Final = 366
"""Most days that a baseline looks back for like days."""


def baseline_possible(known: Known, claim: Claim, body: kinds.ProgramBaselineSet) -> None:
    """Require numbers that fit together, and a window where there is an adjustment."""
    pairs = (
        ("taken_days", body.taken_days, "like_days", body.like_days),
        (
            "rest_taken_days",
            _or(body.rest_taken_days, body.taken_days),
            "rest_like_days",
            _or(body.rest_like_days, body.like_days),
        ),
    )
    back = _or(body.look_back_days, 60)
    for few, taken, many, like in pairs:
        if not 1 <= taken <= like:
            raise Malformed(f"{few} must be from 1 to {many}, which is {like}: {taken}")
        if like > back - _or(body.skipped_days, 0):
            raise Malformed(
                f"{many} must be at most look_back_days less skipped_days, which is"
                f" {back - _or(body.skipped_days, 0)}: {like}"
            )
        if body.take == "middle" and (like - taken) % 2:
            raise Malformed(f"take=middle leaves out as many above as below: {many} less {few} must be even")
    if back > MOST_DAYS:
        raise Malformed(f"look_back_days must be at most {MOST_DAYS}: {back}")
    if body.adjustment != "none" and not _or(body.adjustment_window_s, 0):
        raise Malformed(f"adjustment={body.adjustment} needs adjustment_window, such as adjustment_window=2h")


def has_a_baseline(known: Known, claim: Claim, body: kinds.ProgramBaselineSet) -> None:
    """Refuse a baseline for a program that is measured by its firm service level."""
    enrolled = [
        mark
        for mark in known.marks("program", claim.place, body.program)
        if isinstance(mark.body, kinds.ProgramEnrolled)
    ]
    if enrolled and _method(enrolled[-1].body) == "firm-service-level":
        raise Refused(
            f"program {body.program!r} is measured by its firm service level, which needs no baseline, by"
            f" {enrolled[-1]}"
        )


def _method(body: Any) -> str:
    return str(body.method)


def _or(value: Any, default: int) -> int:
    return default if value is UNSET else int(value)
