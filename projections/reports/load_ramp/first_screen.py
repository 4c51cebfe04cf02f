"""The first screen of the report load-ramp, and the words of its verdicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from projections.engine.amounts import said
from projections.engine.fold import Rows
from projections.engine.report import Answer, Cell, Lead, LeadFigure, Scope
from projections.engine.words import (
    Line,
    by_name,
    counted,
    dollars,
    number_of,
    numbers,
    out_of,
    sentence,
    total,
    verb,
)
from projections.figures.minimum_take import MET, OPEN, SHORT, UNKNOWN
from projections.reports.load_ramp.columns import COLLATERAL, COLUMNS, CONTRACT, HELD, MONTH, SEASON, STONE


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Months below the minimum take, what is owed, and collateral and milestones that lack."""
    lines = by_name(COLUMNS, answer.rows)
    whole = [line for line in lines if line["part"] == CONTRACT]
    judged = [line for line in lines if line["part"] == MONTH and line["verdict"] in (MET, SHORT)]
    short = [line for line in judged if line["verdict"] == SHORT]
    owed = total(whole, "owed_cents")
    lacking = [line for line in whole if line["lacking_cents"]]
    stones = [line for line in lines if line["part"] == STONE]
    overdue = [line for line in stones if line["verdict"] == "overdue"]
    figures = (
        LeadFigure("Contracted now", total(whole, "contracted_w"), "W"),
        LeadFigure("Months below minimum", f"{len(short):,} of {len(judged):,}" if judged else None, ""),
        LeadFigure("Owed to utilities", owed, "cent"),
        LeadFigure("Collateral lacking", total(whole, "lacking_cents"), "cent"),
        LeadFigure("Milestones overdue", f"{len(overdue):,} of {len(stones):,}" if stones else None, ""),
    )
    if not whole:
        return Lead("No contract with a ramp was agreed by the end of this window.", figures)
    return Lead(
        sentence(
            _taken(judged, short, owed),
            f"collateral of {dollars(sum(numbers(lacking, 'lacking_cents')))} is lacking" if lacking else "",
            f"{counted(len(overdue), 'milestone')} {verb(len(overdue), 'is', 'are')} overdue"
            if overdue
            else "",
            _coming(whole),
        ),
        figures,
    )


def _taken(judged: Sequence[Line], short: Sequence[Line], owed: int | None) -> str:
    if not judged:
        return "No month with a minimum take was judged in this window"
    if not short:
        return f"The minimum was taken in {counted(len(judged), 'month')} of contract"
    worst = max(
        short, key=lambda line: (number_of(line, "shortfall_w") or 0, str(line["site"]), str(line["name"]))
    )
    most = said(number_of(worst, "shortfall_w") or 0, "W")
    pay = f"; {dollars(owed)} is owed for it" if owed else ""
    return (
        f"{out_of(len(short), len(judged))} months of contract {verb(len(short), 'was', 'were')} below the minimum"
        f" take, at most by {most} ({worst['site']}, {worst['name']}){pay}"
    )


def _coming(whole: Sequence[Line]) -> str:
    steps = [line for line in whole if line["next_on"] is not None]
    if not steps:
        return ""
    first = min(steps, key=lambda line: (str(line["next_on"]), str(line["site"]), str(line["agreement"])))
    return f"the next step is to {said(number_of(first, 'next_w') or 0, 'W')} at {first['site']} on {first['next_on']}"


def plain(scope: Scope, cells: Mapping[str, Cell]) -> Mapping[str, str]:
    """The verdict with what it is about, and a season in words."""
    words = {"verdict": _IN_WORDS[str(cells["part"])](cells)}
    if cells["part"] == SEASON:
        year, _, season = str(cells["name"]).partition("-")
        until = f"/{(int(year) + 1) % 100:02d}" if season == "winter" else ""
        words |= {"name": f"{season} {year}{until}", "agreement": "whole site"}
    return words


def _whole_words(line: Line) -> str:
    step_w, full = number_of(line, "contracted_w"), said(number_of(line, "full_w") or 0, "W")
    return (
        f"{line['verdict']}, {full}"
        if step_w is None
        else f"{line['verdict']}, {said(step_w, 'W')} of {full}"
    )


def _month_words(line: Line) -> str:
    verdict, least = str(line["verdict"]), said(number_of(line, "minimum_w") or 0, "W")
    if verdict == SHORT:
        return f"{said(number_of(line, 'shortfall_w') or 0, 'W')} short of {least}"
    if verdict == MET:
        return f"met, {least} or more"
    return f"{verdict}, {least} or more" if verdict == OPEN else _GAPS.get(verdict, verdict)


_GAPS: Final = {UNKNOWN: "unknown, neither billed nor all metered"}


def _season_words(line: Line) -> str:
    peak, contracted_w = said(number_of(line, "forecast_w") or 0, "W"), number_of(line, "contracted_w")
    return f"{peak}, {line['verdict']}" + (f" of {said(contracted_w, 'W')}" if contracted_w else "")


def _collateral_words(line: Line) -> str:
    required, lacking = (dollars(number_of(line, name) or 0) for name in ("required_cents", "lacking_cents"))
    return (
        f"held, {required}"
        if line["verdict"] == "held"
        else f"{line['verdict']}, {lacking} of {required} open"
    )


def _instrument_words(line: Line) -> str:
    held = dollars(number_of(line, "held_cents") or 0)
    return f"held, {held}" if line["verdict"] == "held" else str(line["verdict"])


def _milestone_words(line: Line) -> str:
    verdict = str(line["verdict"])
    if verdict == "late":
        return f"late by {counted(number_of(line, 'late_days') or 0, 'day')}"
    if verdict == "overdue":
        return f"overdue since {line['due_on']}"
    return f"not due until {line['due_on']}" if verdict == "not due yet" else f"{verdict}, {line['done_on']}"


_IN_WORDS: Final[Mapping[str, Callable[[Line], str]]] = {
    CONTRACT: _whole_words,
    MONTH: _month_words,
    SEASON: _season_words,
    COLLATERAL: _collateral_words,
    HELD: _instrument_words,
    STONE: _milestone_words,
}
