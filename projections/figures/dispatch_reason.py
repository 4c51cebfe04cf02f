"""The reason why a dispatch passed, failed or cannot be judged, in plain words: the column ``why`` of
dispatch-performance.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from ledger.units import rounded
from projections.engine.amounts import number, said
from projections.figures.dispatch_response import FIRM, Answered, EvaluatedInterval, in_order

_MW: Final = 10**6
_KW: Final = 10**3


def reason(one: Answered) -> str:
    """The reason why a dispatch passed, failed or cannot be judged."""
    program = one.call.called.program
    if not program:
        return "no program"
    if not one.terms:
        return f"{program} has no terms in force at its start"
    if not one.slots:
        return _not_evaluated(one)
    if one.passed:
        return _passed(one)
    return "; ".join(_short(one) or _unknown(one)) or "not over yet"


def interval_reason(one: Answered, slot: EvaluatedInterval) -> str:
    """The same for one of its intervals."""
    if slot.passed is None:
        return next(_unjudged(one._replace(slots=(slot,))))
    alone = one._replace(slots=(slot,), missing_s=0, is_over=True)
    return (
        _limit(one)
        if slot.passed
        else "; ".join((f"{_megawatts(_gap(one, slot))} {_side(one)}", *_shared(alone)))
    )


def _not_evaluated(one: Answered) -> str:
    if not one.is_over:
        return "not over yet"
    if not one.all_intervals:
        return "no readings"
    return f"no readings in {_of(one.all_intervals, one)}"


def _passed(one: Answered) -> str:
    which = "its interval" if len(one.slots) == 1 else f"all {len(one.slots)} intervals"
    return f"{_limit(one)} in {which}"


def _limit(one: Answered) -> str:
    if one.method == FIRM:
        return f"at or below {_megawatts(Fraction(one.terms['firm_service_level_w']))}"
    assert one.committed_w is not None, "an interval is judged by what was committed"
    return f"at least {_megawatts(Fraction(one.committed_w))} less"


def _short(one: Answered) -> list[str]:
    """The reason for a failure: by how much and how often it missed, and other limits."""
    gaps = [_gap(one, slot) for slot in one.slots if slot.passed is False]
    if not gaps:
        return []
    most = "up to " if len({*gaps}) > 1 else ""
    worst = f"{most}{_megawatts(max(gaps))} {_side(one)} in {_of(len(gaps), one)}"
    return [worst, *_shared(one), *_missing(one), *([] if one.is_over else ["not over yet"])]


def _side(one: Answered) -> str:
    return "above the firm service level" if one.method == FIRM else "short"


def _gap(one: Answered, slot: EvaluatedInterval) -> Fraction:
    """The shortfall of a failed interval."""
    if one.method == FIRM:
        return slot.interval.power_w - int(one.terms["firm_service_level_w"])
    assert slot.reduction_w is not None, "an interval that failed has a baseline"
    assert one.committed_w is not None, "an interval that failed has a target"
    return one.committed_w - slot.reduction_w


def _unknown(one: Answered) -> list[str]:
    """The missing data of a dispatch that cannot be judged."""
    return [*_unjudged(one), *_missing(one), *([] if one.is_over else ["not over yet"])]


def _unjudged(one: Answered) -> Iterator[str]:
    if all(slot.passed is not None for slot in one.slots):
        return
    if one.method == FIRM:
        yield "no firm service level"
    elif one.baseline.why is not None:
        yield f"no baseline: {one.baseline.why}"
    elif one.committed_w is None:
        yield "no committed power"
    elif one.others:
        yield f"no baseline of {_before(one)}, over the same meters and hours"
    else:
        yield "no baseline for all of it"


def _missing(one: Answered) -> list[str]:
    if not one.missing_s:
        return []
    gap = (one.all_intervals or 0) - len(one.slots)
    return [f"no readings in {_of(gap, one)}" if gap else f"no readings for {said(one.missing_s, 's')} of it"]


def _shared(one: Answered) -> list[str]:
    """Note that a reduction which would have been enough is counted for other dispatches."""
    lost = [slot.overlap_w for slot in one.slots if slot.passed is False and slot.overlap_w]
    return [f"the rest of its reduction is counted for {_before(one)}"] if lost else []


def _before(one: Answered) -> str:
    """The earlier dispatches that share its reduction."""
    return ", ".join(other.name for other in one.others if in_order(other) < in_order(one))


def _of(count: int, one: Answered) -> str:
    """``3 of 16 intervals``."""
    whole = max(len(one.slots), one.all_intervals or 0)
    return f"{count} of {whole} interval{'' if whole == 1 else 's'}"


def _megawatts(power_w: Fraction) -> str:
    """A power in MW, one below a kilowatt in W and never as 0."""
    watts = rounded(power_w)
    return f"{number(watts, _MW)} MW" if abs(watts) >= _KW or not power_w else f"{watts or 'less than 1'} W"
