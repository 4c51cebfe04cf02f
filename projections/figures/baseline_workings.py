"""How a baseline was worked out, as tables for explain: the days it looked at by clock hour, taken and not and why,
the load before the notification beside that of the like days, or the intervals that it is the mean of.

Amounts are rounded to whole watts, each for itself; the baseline is made of the exact ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from ledger.calendar import local_time, zone
from ledger.units import rounded
from projections.engine.amounts import said
from projections.engine.report import Column, Workings
from projections.figures.baselines import LIKE_DAYS, Adjustment, DaysLookedAt
from projections.figures.dispatch_response import Answered, MeasuredFrom, days_behind
from projections.figures.metered_load import Interval

_START: Final = Column("start", "Start", "when the interval begins, on the clocks of the program", unit="")
_METERED: Final = Column("metered_w", "Metered", "mean load", unit="W")


def workings(one: Answered, of: MeasuredFrom) -> Iterator[Workings]:
    """The tables behind the baseline of a dispatch."""
    looked_at = days_behind(one, of)
    if looked_at is not None:
        yield _days(str(one.method), looked_at, one)
        if one.baseline.adjustment is not None:
            yield _adjusted(one.baseline.adjustment, one)
    elif one.baseline.made_of:
        tz = zone(one.terms["tz"])
        rows = tuple((_clock(i, tz), rounded(i.power_w)) for i in one.baseline.made_of)
        mean = (
            "" if one.baseline_w is None else f"Their mean by time is {said(rounded(one.baseline_w), 'W')}."
        )
        yield Workings("Intervals that the baseline is the mean of", mean, (_START, _METERED), rows)


def _days(method: str, found: DaysLookedAt, one: Answered) -> Workings:
    kept, looked_at = LIKE_DAYS[method]
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
    taken = sum(day.taken for day in found.days)
    if one.baseline.why is not None:
        says = f"There is no baseline: {one.baseline.why}."
    else:
        says = (
            f"{len(found.days)} days were looked at, the latest first, until {looked_at} like days were found;"
            f" the {taken} with most energy are taken"
            if kept < looked_at
            else f"{len(found.days)} days were looked at, the latest first, until {looked_at} like days were"
            " found; all of them are taken"
        ) + f", on the clocks of {one.terms['tz']}."
    return Workings("Days that the baseline looked at", says, columns, rows)


def _adjusted(found: Adjustment, one: Answered) -> Workings:
    tz = zone(one.terms["tz"])
    rows = tuple(
        (_clock(i, tz), rounded(i.power_w), rounded(like_w), rounded(i.power_w - like_w))
        for i, like_w in found.pairs
    )
    start, stop = (f"{local_time(at_s, tz):%Y-%m-%d %H:%M}" for at_s in found.window)
    above, added = ("above", "is added to") if found.found_w >= 0 else ("below", "is taken off")
    cap = (
        "There is no cap"
        if found.cap_w is None
        else f"The cap is {said(rounded(found.cap_w), 'W')} up or down"
    )
    if found.cap_w is not None:
        cap += f", {said(one.terms['adjustment_cap_ppm'], 'ppm')} of the mean baseline without it"
    says = (
        f"From {start} to {stop} the load was {said(rounded(abs(found.found_w)), 'W')} {above} that of the like"
        f" days on average. {cap}, so {said(rounded(abs(found.added_w)), 'W')} {added} every interval."
    )
    columns = (
        _START,
        _METERED,
        Column("like_days_w", "Like days", "mean load of the days taken at that time", unit="W"),
        Column("above_w", "Above", "metered - like days", unit="W"),
    )
    return Workings("Adjustment by the load before the notification", says, columns, rows)


def _clock(interval: Interval, tz: ZoneInfo) -> str:
    return f"{local_time(interval.start_s, tz):%Y-%m-%d %H:%M}"


def _rounded(value: Fraction | None) -> int | None:
    return None if value is None else rounded(value)
