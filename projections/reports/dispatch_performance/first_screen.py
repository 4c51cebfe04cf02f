"""First screen of the report dispatch-performance: the number that passed, and the reasons why others did
not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from ledger.calendar import format_instant
from projections.engine.fold import Rows
from projections.engine.report import Answer, Lead, LeadFigure, Scope
from projections.engine.words import (
    Line,
    by_name,
    counted,
    listed,
    numbers,
    out_of,
    percent,
    sentence,
    total,
    verb,
)
from projections.figures.dispatch_response import FIRM
from projections.reports.dispatch_performance.columns import COLUMNS

_FEW: Final = 3


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Number of program dispatches that passed, and the outcome of the others."""
    whole = [line for line in by_name(COLUMNS, answer.rows) if line["interval"] is None]
    called = [line for line in whole if line["program"] is not None]
    passed, failed, unknown = (
        [line for line in called if line["passed"] is how] for how in (True, False, None)
    )
    figures = (
        LeadFigure("Passed", f"{len(passed)} of {len(called)}", ""),
        LeadFigure("Failed", len(failed), ""),
        LeadFigure("Cannot be judged", len(unknown), ""),
        LeadFigure("Lowest performance", min(numbers(called, "performance_ppm"), default=None), "ppm"),
        LeadFigure("Energy let go", total(called, "energy_wh"), "Wh"),
    )
    own = len(whole) - len(called)
    shared = sum(bool(line["overlap_w"]) for line in called)
    if not whole:
        return Lead("No dispatch started in this window.", figures)
    if not called:
        what = "dispatch of this window was" if own == 1 else f"{own:,} dispatches of this window were"
        return Lead(f"The {what} not called by a program, so nothing is judged.", figures)
    verdict = sentence(
        _passed(called, passed, failed, unknown, scope),
        _failed(called, failed),
        _unknown(called, unknown, scope),
        f"{counted(shared, 'dispatch', 'dispatches')} {verb(shared, 'shares', 'share')} a reduction that is counted once"
        if shared
        else "",
        f"{own:,} more {verb(own, 'was', 'were')} not called by a program and {verb(own, 'is', 'are')} not judged"
        if own
        else "",
    )
    return Lead(verdict, figures)


def _passed(
    called: Sequence[Line],
    passed: Sequence[Line],
    failed: Sequence[Line],
    unknown: Sequence[Line],
    scope: Scope,
) -> str:
    if len(called) == 1:
        judged = "passed" if passed else "failed" if failed else f"cannot be judged{_reasons(unknown, scope)}"
        return f"The only dispatch called by a program {judged}"
    if len(unknown) == len(called):
        return (
            f"None of {len(called):,} dispatches called by a program can be judged{_reasons(unknown, scope)}"
        )
    if len(passed) == len(called):
        return f"All {len(called):,} dispatches called by a program passed"
    return f"{out_of(len(passed), len(called))} dispatches called by a program passed"


def _failed(called: Sequence[Line], failed: Sequence[Line]) -> str:
    if not failed:
        return ""
    shares = sorted(numbers(failed, "performance_ppm"))
    if len(shares) == len(failed) <= _FEW:
        why = f" ({failed[0]['why']})" if len(failed) == 1 else ""
        told = f"{listed([percent(share) for share in shares])} of what was committed on average{why}"
        return f"{_which(called, failed)} delivered {told}"
    if len(called) == 1:
        return str(failed[0]["why"])
    worst = f", the worst with {percent(shares[0])} of what was committed" if shares else ""
    return f"{len(failed):,} failed{worst}"


def _which(called: Sequence[Line], failed: Sequence[Line]) -> str:
    if len(called) == 1:
        return "it"
    if len(failed) == 1:
        return f"the one that failed, {failed[0]['dispatch']} at {failed[0]['site']},"
    return f"the {len(failed)} that failed"


def _unknown(called: Sequence[Line], unknown: Sequence[Line], scope: Scope) -> str:
    if not unknown or len(unknown) == len(called):
        return ""
    return f"{len(unknown):,} cannot be judged{_reasons(unknown, scope)}"


def _reasons(unknown: Sequence[Line], scope: Scope) -> str:
    """Reasons why dispatches cannot be judged, the most frequent first."""
    reasons = Counter(_unjudged(line, scope) for line in unknown)
    if len(reasons) == 1:
        return f" {next(iter(reasons))}"
    ranked = sorted(reasons.items(), key=lambda each: (-each[1], each[0]))
    return f": {listed([f'{count:,} {reason}' for reason, count in ranked])}"


def _unjudged(line: Line, scope: Scope) -> str:
    """Reason why the outcome of a dispatch is unknown."""
    if line["method"] is None:
        return "for lack of program terms"
    if line["stop"] is None or str(line["stop"]) > format_instant(scope.window.stop_s):
        return "while in progress"
    if line["metered_w"] is None:
        return "for lack of readings"
    if line["method"] == FIRM:
        return "for lack of some readings"
    if line["baseline_w"] is None:
        return "for lack of a baseline"
    return "for lack of a committed power" if line["committed_w"] is None else "for lack of some readings"
