"""Deadlines of the report load-ramp: the next step, collateral, milestones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from ledger.units import rounded
from projections.engine.amounts import said
from projections.engine.report import Answer, Deadline
from projections.engine.words import Line, by_name, dollars, number_of
from projections.reports.load_ramp.columns import COLLATERAL, COLUMNS, CONTRACT, HELD, STONE


def deadlines(answer: Answer) -> Iterator[Deadline]:
    """The next step of each ramp, collateral that lacks or expires, and milestones that are not reached."""
    for line in by_name(COLUMNS, answer.rows):
        found = _due(line)
        if found is not None:
            on, what = found
            key = "/".join(
                str(line[name]) for name in ("site", "agreement", "part", "name") if line[name] is not None
            )
            yield Deadline(date.fromisoformat(on), str(line["site"]), what, key)


def _due(line: Line) -> tuple[str, str] | None:
    part, named = line["part"], f"agreement {line['agreement']}"
    if part == CONTRACT and line["next_on"] is not None:
        step_w, share = number_of(line, "next_w") or 0, number_of(line, "minimum_ppm")
        least = (
            f", of which {said(rounded(Fraction(step_w * share, 10**6)), 'W')} is billed at least"
            if share
            else ""
        )
        return str(line["next_on"]), f"{named} steps to {said(step_w, 'W')}{least}"
    if part == COLLATERAL and line["verdict"] in ("lacking", "not due yet"):
        return str(
            line["due_on"]
        ), f"post {dollars(number_of(line, 'lacking_cents') or 0)} more collateral for {named}"
    if part == HELD and line["verdict"] == "held" and line["due_on"] is not None:
        held = dollars(number_of(line, "held_cents") or 0)
        return str(line["due_on"]), f"renew {line['name']} of {held}, collateral for {named}"
    if part == STONE and line["done_on"] is None and line["due_on"] is not None:
        return str(line["due_on"]), f"reach milestone {line['name']} of {named}"
    return None
