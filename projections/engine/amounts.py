"""Amounts in words, with at most three decimals, rounded half to even for display only.

A column keeps one unit (``unit_of``), so that the tables of two months can be stacked under one header. A
sentence states each amount in the unit that suits its size (``said``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

# unit of the cells -> units people may be shown, with how many of the cell's unit each is, largest first
_UNITS: Final[dict[str, dict[str, int]]] = {
    "W": {"GW": 10**9, "MW": 10**6, "kW": 10**3, "W": 1},
    "Wh": {"GWh": 10**9, "MWh": 10**6, "kWh": 10**3, "Wh": 1},
    "GH/s": {"EH/s": 10**9, "PH/s": 10**6, "TH/s": 10**3, "GH/s": 1},
    "W/s": {"MW/s": 10**6, "kW/s": 10**3, "W/s": 1},
    "W/min": {"MW/min": 10**6},
    "V": {"kV": 10**3, "V": 1},
    "s": {"d": 86_400, "h": 3600, "min": 60, "s": 1},
    "ms": {"s": 1000, "ms": 1},
    "mHz": {"Hz": 1000},
    "ppm": {"%": 10**4, "ratio": 10**6},
    "cent": {"USD": 100},
    "mJ/TH": {"J/TH": 1000},
    "1/1000": {"": 1000},
    "uWh": {"MWh": 10**12, "kWh": 10**9},
    "W s": {"MWh": 3600 * 10**6},
    "L": {"ML": 10**6, "kL": 10**3, "L": 1},
    "mL/kWh": {"L/kWh": 1000},
    "kg": {"t": 1000, "kg": 1},
    "d": {"d": 1},
    "": {"": 1},
}
_USUAL: Final = {
    "W": "MW",
    "Wh": "MWh",
    "GH/s": "EH/s",
    "W/s": "MW/s",
    "V": "kV",
    "s": "h",
    "ms": "s",
    "uWh": "kWh",
    "L": "kL",
}
"""Units of columns whose usual unit is not the first of its list."""

# in a sentence: the amount from which a unit is taken, where that is not one of it; a unit that is not named
# here is never taken
_TAKEN_FROM: Final[dict[str, tuple[tuple[str, int], ...]]] = {
    "s": (("h", 900), ("min", 60), ("s", 1), ("h", 0)),
    "uWh": (("kWh", 0),),
    "ppm": (("%", 0),),
}


class UnknownUnit(ValueError):
    """A column's unit, or the unit to show it in, does not exist: a defect of its report."""


def unit_of(unit: str, shown: str = "") -> tuple[str, int]:
    """The unit that a column of ``unit`` is shown in, whatever its cells, and its worth in ``unit``:
    ``shown`` where it is given, else the usual one.
    """
    units = _UNITS.get(unit)
    if units is None:
        raise UnknownUnit(f"no unit is called {unit!r}; there are {', '.join(filter(None, _UNITS))}")
    named = shown or _USUAL.get(unit) or next(iter(units))
    if named not in units:
        raise UnknownUnit(f"{unit!r} cannot be shown in {shown!r}, only in {', '.join(units)}")
    return named, units[named]


def said(value: int, unit: str) -> str:
    """One amount in a sentence: ``1.8 GW``, ``97.5 %``."""
    named, worth = suiting(unit, [value])
    return f"{number(value, worth)} {named}".rstrip()


def suiting(unit: str, numbers: Sequence[int]) -> tuple[str, int]:
    """The unit for some amounts, and its worth in theirs: the largest that the largest of them reaches."""
    largest = max(map(abs, numbers), default=0)
    units = _UNITS.get(unit, {unit: 1})
    choices = _TAKEN_FROM.get(unit) or [(name, worth if worth > 1 else 0) for name, worth in units.items()]
    named = next((name for name, least in choices if largest >= least), choices[-1][0])
    return named, units[named]


def axis_unit(unit: str, numbers: Sequence[int]) -> tuple[str, int]:
    """The unit of a picture's axis and its worth: that of columns, so that a picture reads like the table
    beside it, unless the amounts are too small for it.
    """
    suited = suiting(unit, numbers)
    usual = unit_of(unit) if unit in _UNITS else suited
    return min(usual, suited, key=lambda choice: choice[1])


def number(value: int, worth: int) -> str:
    """An amount in a unit of the given worth, with at most three decimals: ``1,250.5``; in hundredths, as
    money, with two: ``12.50``. A nonzero amount that is too small for them reads ``<0.001``.
    """
    whole, rest = divmod(abs(_thousandths(value, worth)), 1000)
    if not whole and not rest and value:
        return "<0.001" if value > 0 else ">-0.001"
    decimals = "" if not rest else f".{rest // 10:02d}" if worth == 100 else f".{rest:03d}".rstrip("0")
    return f"{'-' if value < 0 else ''}{whole:,}{decimals}"


def _thousandths(value: int, worth: int) -> int:
    """``value * 1000 / worth`` rounded half to even, in integers only, since a table may have half a million
    cells.
    """
    whole, rest = divmod(value * 1000, worth)
    return whole + (2 * rest > worth or (2 * rest == worth and whole % 2))
