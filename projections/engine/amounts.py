"""Amounts as people say them: in the unit that suits them, with at most three decimals, rounded half to even
for display only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

# unit of the cells -> (unit shown, how many of the cell's unit it is, from what amount it is taken), largest
# first
_SHOWN: Final[dict[str, tuple[tuple[str, int, int], ...]]] = {
    "W": (("GW", 10**9, 10**9), ("MW", 10**6, 10**6), ("kW", 10**3, 10**3), ("W", 1, 0)),
    "Wh": (("GWh", 10**9, 10**9), ("MWh", 10**6, 10**6), ("kWh", 10**3, 10**3), ("Wh", 1, 0)),
    "GH/s": (("EH/s", 10**9, 10**9), ("PH/s", 10**6, 10**6), ("TH/s", 10**3, 10**3), ("GH/s", 1, 0)),
    "W/s": (("MW/s", 10**6, 10**6), ("kW/s", 10**3, 10**3), ("W/s", 1, 0)),
    "W/min": (("MW/min", 10**6, 0),),
    "s": (("h", 3600, 900), ("min", 60, 60), ("s", 1, 1), ("h", 3600, 0)),
    "ms": (("s", 1000, 1000), ("ms", 1, 0)),
    "ppm": (("%", 10**4, 0),),
    "cent": (("USD", 100, 0),),
    "mJ/TH": (("J/TH", 1000, 0),),
    "1/1000": (("", 1000, 0),),
    "uWh": (("kWh", 10**9, 0),),
}


def said(value: int, unit: str) -> str:
    """One amount of a column's unit: ``1.8 GW``, ``97.5 %``."""
    named, worth = suiting(unit, [value])
    return f"{number(value, worth)} {named}".rstrip()


def suiting(unit: str, numbers: Sequence[int]) -> tuple[str, int]:
    """The unit a whole column is shown in, and its worth in the cells' unit: the largest that its largest
    figure reaches.
    """
    largest = max(map(abs, numbers), default=0)
    choices = _SHOWN.get(unit, ((unit, 1, 0),))
    return next((name, worth) for name, worth, least in choices if largest >= least)


def number(value: int, worth: int) -> str:
    """An amount in a unit of so much worth, with at most three decimals: ``1,250.5``."""
    whole, rest = divmod(abs(_thousandths(value, worth)), 1000)
    return f"{'-' if value < 0 and (whole or rest) else ''}{whole:,}" + (
        f".{rest:03d}".rstrip("0") if rest else ""
    )


def _thousandths(value: int, worth: int) -> int:
    """``value * 1000 / worth`` rounded half to even; whole numbers alone, since a table may have half a
    million cells.
    """
    whole, rest = divmod(value * 1000, worth)
    return whole + (2 * rest > worth or (2 * rest == worth and whole % 2))
