"""An hourly series of a file as mean watts, for the demand of a balancing authority."""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain
from typing import Final, NamedTuple

from ledger.calendar import HOUR_S
from ledger.errors import Malformed
from ledger.exchange.interval_csv import dialects
from ledger.exchange.interval_csv.interval_file import IntervalFile
from ledger.exchange.interval_csv.stamps import stamped
from ledger.units import format_quantity

IMPOSSIBLE: Final = 10
OVERRUN_MW: Final = 2**31 - 1


class Point(NamedTuple):
    """One hour of a series: its stamp as the file gives it (``2026-07-14T24:00``), its begin in seconds since
    1970, mean watts or None.
    """

    stamp: str
    start_s: int
    value: int | None


def series(data: bytes, source: str, dialect: str, area: str | None) -> list[Point]:
    """The hours of a file in order of time, blanks among them, in mean watts rounded once; ``Malformed`` at
    the first bad row.
    """
    asked = dialects.parse(dialect)
    length_s = asked.dialect.clock.interval_s
    if length_s != HOUR_S:
        raise Malformed(
            f"{source}: {asked.dialect.name} has intervals of {format_quantity(length_s, '_s')}; an hourly series is"
            " needed"
        )
    places = asked.power_of_ten if asked.decimals is None else min(asked.decimals, asked.power_of_ten)
    file = IntervalFile(source, asked._replace(area=asked.area or area, decimals=places))
    found: dict[int, Point] = {}
    for part in file.cells((data,)):
        days, column = file.values(part)
        worth = 10 ** (asked.power_of_ten - column.decimals)
        stamps = file.stamps_of(part)
        for n, start_s in enumerate(chain.from_iterable(days)) if not file.problems else ():
            stamp = file.stamps.given(*stamped(stamps, n))
            point = Point(stamp, start_s, None if n in column.blank else column.values[n] * worth)
            if found.setdefault(start_s, point).value != point.value:
                file.problem(part.lines[n], f"gives the hour {stamp} another value than an earlier line")
        if file.problems:
            raise Malformed(str(min(file.problems, key=lambda problem: problem.line)))
    if not found:
        raise Malformed(f"{source}: {file.nothing()}")
    _check_possible(found.values(), source)
    return [found[start_s] for start_s in sorted(found)]


def _check_possible(points: Collection[Point], source: str) -> None:
    """``Malformed`` for an impossible hour: 2^31 - 1, which EIA-930 files hold where a counter overflowed, or
    more than ten times the median.
    """
    known = sorted(abs(point.value) for point in points if point.value)
    most = IMPOSSIBLE * known[len(known) // 2] if known else 0
    for point in points:
        if point.value is not None and (abs(point.value) > most or abs(point.value) == OVERRUN_MW * 10**6):
            raise Malformed(
                f"{source}: the hour {point.stamp} reads {point.value // 10**6:,} MW, which is impossible"
                f" beside the others (half of them are below {known[len(known) // 2] // 10**6:,} MW);"
                " correct the file"
            )
