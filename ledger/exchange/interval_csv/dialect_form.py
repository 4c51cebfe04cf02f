"""The form of a dialect: the layouts of its columns, its clock and unit, and the options that complete it."""

from __future__ import annotations

from typing import Final, NamedTuple

from ledger.calendar import HOUR_S
from ledger.exchange.interval_csv.stamps import Clock

QUARTER_S: Final = 900
CENTRAL: Final = "America/Chicago"
MINUTES: Final = "{minutes}"
"""Placeholder in ``Layout.only`` for the interval's length in minutes."""
ENERGY: Final = {"Wh": 0, "kWh": 3, "MWh": 6, "GWh": 9}
POWER: Final = {"W": 0, "kW": 3, "MW": 6, "GW": 9}


class Layout(NamedTuple):
    """The columns of one layout of a file; ``a|b`` are names that mean the same, spaces, ``_`` and capitals
    aside.

    ``day`` holds the stamp, or its date if ``clock`` columns hold the time of day (two: hour and interval,
    from 1). ``second`` is Y where the hour is the second of two. Values are in ``value``, else in the column
    that the area names by one of ``area_columns``; rows are those whose ``area_rows`` cell is the area and
    whose ``only`` cells are so. ``zone`` and ``order`` replace the dialect's own where they are given;
    ``offset`` is a column with EST or EDT; ``end`` one that holds the end of the interval, which must be an
    interval after its begin. ``unit`` replaces the dialect's own unless the user gives one. A file that has
    the columns of an ``own`` layout is this publisher's, so that the dialect need not be given. Rows that
    differ in the column ``sort`` are of different things (forecast and actual load, two meters), and ``only``
    must choose one of them. ``NAME#2`` is the second of several columns of that name.
    """

    day: str
    clock: tuple[str, ...] = ()
    second: str = ""
    value: str = ""
    area_columns: tuple[str, ...] = ()
    area_rows: str = ""
    only: tuple[tuple[str, str], ...] = ()
    zone: str = ""
    order: str = ""
    offset: str = ""
    own: bool = False
    end: str = ""
    unit: str = ""
    sort: str = ""


class Dialect(NamedTuple):
    """A publisher's way to write files.

    ``example`` are lines of such a file, read with ``example_keys`` after the name as ``example_reads``:
    begins of intervals with their energy in Wh. ``areas`` are other names of an area in it, ``blanks`` the
    cells that mean no value, ``totals`` the first cells of rows without values of their own, such as one that
    counts the others. ``quality`` is the column of the quality and the meanings of its cells, in the form of
    that key (``Flag:E=estimated``); a file without the column states none.
    """

    name: str
    summary: str
    clock: Clock
    unit: str
    layouts: tuple[Layout, ...]
    example: tuple[str, ...]
    example_reads: tuple[tuple[str, str], ...]
    example_keys: str = ""
    areas: tuple[tuple[str, tuple[str, ...]], ...] = ()
    blanks: tuple[str, ...] = ("",)
    thousands: bool = False
    totals: frozenset[str] = frozenset()
    group: str = "Grid operators"
    quality: str = ""


class ChosenDialect(NamedTuple):
    """A dialect as the user gave it: with the column, area, unit and rounding of this file."""

    dialect: Dialect
    time: str | None = None
    value: str | None = None
    area: str | None = None
    decimals: int | None = None
    only: tuple[str, str] | None = None
    blanks: tuple[str, ...] = ()
    quality: tuple[str, dict[str, int]] | None = None
    flag: str | None = None
    offset: str | None = None
    is_unit_asked: bool = False

    @property
    def power_of_ten(self) -> int:
        """Power of ten of the unit: 6 for MWh and MW."""
        return (ENERGY | POWER)[self.dialect.unit]

    @property
    def factor(self) -> tuple[int, int | None]:
        """(n, decimals): energy of the interval = value x n x 10^-decimals, exactly.

        (1, 0) where values are energy, (1, None) where the interval in hours has no such form.
        """
        return (1, 0) if self.dialect.unit in ENERGY else _hours(self.dialect.clock.interval_s)


def _hours(interval_s: int) -> tuple[int, int | None]:
    """An interval in hours as n x 10^-decimals; (1, None) where it has no such form, so that mean power gives
    no exact energy.
    """
    for decimals in range(7):
        if interval_s * 10**decimals % HOUR_S == 0:
            return interval_s * 10**decimals // HOUR_S, decimals
    return 1, None
