"""The workings of a baseline as tables for explain: the days it looked at by clock hour, with the reason each
was taken or not, the load before the notification beside that of the like days, or the intervals that it is
the mean of.

Amounts are rounded to whole watts one by one; the baseline is computed from the exact ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from ledger.calendar import local_time, zone
from ledger.units import ppm, rounded
from projections.engine.amounts import said
from projections.engine.report import Column, Workings
from projections.figures.baselines import Adjustment, DaysLookedAt
from projections.figures.dispatch_response import Answered, MeasuredFrom, days_behind
from projections.figures.like_day_rules import rule_of
from projections.figures.metered_load import Interval

_START: Final = Column("start", "Start", "when the interval begins, on the clocks of the program", unit="")
_METERED: Final = Column("metered_w", "Metered", "mean load", unit="W")


def workings(one: Answered, of: MeasuredFrom) -> Iterator[Workings]:
    """The tables behind the baseline of a dispatch."""
    looked_at = days_behind(one, of)
    if looked_at is not None:
        yield _days(looked_at, one)
        if one.baseline.adjustment is not None:
            yield _adjusted(one.baseline.adjustment, one)
    elif one.baseline.made_of:
        tz = zone(one.terms["tz"])
        rows = tuple((_clock(i, tz), rounded(i.power_w)) for i in one.baseline.made_of)
        mean = (
            "" if one.baseline_w is None else f"Their mean by time is {said(rounded(one.baseline_w), 'W')}."
        )
        yield Workings("Intervals that the baseline is the mean of", mean, (_START, _METERED), rows)


def _days(found: DaysLookedAt, one: Answered) -> Workings:
    columns = (
        Column("day", "Day", "the day on the clocks of the program", unit=""),
        Column("taken", "Taken", "is the baseline made of it?", unit=""),
        Column("why", "Why", "why it is taken or not", unit=""),
        *(
            Column(f"hour_{hour[:2]}_w", hour, f"mean load of the hour from {hour}", unit="W")
            for hour in found.hours
        ),
        Column("energy_wh", "Energy", "in the clock window of the dispatch", unit="Wh"),
    )
    rows = tuple(
        (
            day.day.isoformat(),
            day.taken,
            day.why,
            *(_rounded(power_w) for power_w in day.powers_w),
            _rounded(None if day.energy_ws is None else Fraction(day.energy_ws) / 3600),
        )
        for day in found.days
    )
    return Workings("Days that the baseline looked at", _looked_for(found, one), columns, rows)


_TAKE: Final = {
    "highest": "with most energy",
    "lowest": "with least energy",
    "middle": "in the middle by energy",
}


def _looked_for(found: DaysLookedAt, one: Answered) -> str:
    """The days that were looked at and those taken, in a sentence."""
    if one.baseline.why is not None:
        return f"There is no baseline: {one.baseline.why}."
    rule = rule_of(one.terms)
    assert rule is not None, "days were looked at"
    taken = sum(day.taken for day in found.days)
    like = sum(day.taken or day.why.startswith("less energy than those") for day in found.days)
    until = (
        f"until {found.wanted} like days were found"
        if like >= found.wanted
        else f"and {like} like days were found, of {found.wanted} looked for"
    )
    are = "is" if taken == 1 else "are"
    which = (
        f"the {taken} {_TAKE.get(rule.take, 'latest')} {are} taken"
        if taken < like
        else "all of them are taken"
    )
    return (
        f"{len(found.days)} days were looked at, the latest first, {until}; {which}, on the clocks of"
        f" {one.terms['tz']}."
    )


def _adjusted(found: Adjustment, one: Answered) -> Workings:
    tz = zone(one.terms["tz"])
    rows = tuple(
        (_clock(i, tz), rounded(i.power_w), rounded(like_w), rounded(i.power_w - like_w))
        for i, like_w in found.pairs
    )
    start, stop = (f"{local_time(at_s, tz):%Y-%m-%d %H:%M}" for at_s in found.window)
    above, added = ("above", "is added to") if found.found_w >= 0 else ("below", "is taken off")
    amount = f"{said(rounded(abs(found.added_w)), 'W')} {added} every interval"
    if found.usual_w is not None:
        share = ppm(found.usual_w + found.added_w, found.usual_w)
        amount = f"every interval is {said(share or 0, 'ppm')} of the like days"
    says = (
        f"From {start} to {stop} the load was {said(rounded(abs(found.found_w)), 'W')} {above} that of the like"
        f" days on average. {_cap(found, one)}, so {amount}."
    )
    columns = (
        _START,
        _METERED,
        Column("like_days_w", "Like days", "mean load of the days taken at that time", unit="W"),
        Column("above_w", "Above", "metered - like days", unit="W"),
    )
    return Workings("Adjustment by the load before the notification", says, columns, rows)


def _cap(found: Adjustment, one: Answered) -> str:
    """The caps of an adjustment in words."""
    rule = rule_of(one.terms)
    if found.cap_w is None or found.down_w is None or rule is None:
        caps = [("up", found.cap_w), ("down", found.down_w)]
        known = [f"{said(rounded(cap), 'W')} {way}" for way, cap in caps if cap is not None]
        return f"The cap is {known[0]}" if known else "There is no cap"
    of = "mean baseline without it" if found.usual_w is None else "like days' mean"
    if rule.up_ppm == rule.down_ppm:
        return f"The cap is {said(rounded(found.cap_w), 'W')} up or down, {said(rule.up_ppm or 0, 'ppm')} of the {of}"
    return f"The cap is {said(rounded(found.cap_w), 'W')} up and {said(rounded(found.down_w), 'W')} down"


def _clock(interval: Interval, tz: ZoneInfo) -> str:
    return f"{local_time(interval.start_s, tz):%Y-%m-%d %H:%M}"


def _rounded(value: Fraction | None) -> int | None:
    return None if value is None else rounded(value)
