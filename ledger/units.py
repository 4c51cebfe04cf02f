"""Quantities: exact integers with their unit, as people type and read them.

Everything stored is an integer in a base unit that its field name ends in:

=========  =========  ==========================================  =====================
suffix     base unit  may be typed and is printed as              meaning
=========  =========  ==========================================  =====================
``_w``     W          W, kW, MW, GW                               power
``_wh``    Wh         Wh, kWh, MWh, GWh, TWh                      energy in a report
``_ghs``   GH/s       GH/s, TH/s, PH/s, EH/s                      hashrate
``_v``     V          V, kV                                       voltage
``_s``     s          s, min, h                                   duration
``_ms``    ms         ms, s                                       duration
``_mhz``   mHz        mHz, Hz                                     frequency of the grid
``_ppm``   ppm        %, ppm                                      share
``_cents`` USD cent   USD                                         money
=========  =========  ==========================================  =====================

A quantity is typed with its unit and must be exact in the base unit: ``45.6EH/s`` is 45,600,000,000 GH/s,
``0.5W`` is refused. Numbers are limited to the integers that every JSON reader keeps exactly, |n| < 2^53 (RFC
8785, I-JSON). Rounding happens once, at the end, in ``rounded``: half to even.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from functools import cache, lru_cache
from math import gcd
from typing import Final

from ledger.errors import Malformed

LIMIT: Final = 2**53 - 1

# suffix of a field name -> unit name -> base units in one; the base unit is the one worth 1
UNITS: Final[dict[str, dict[str, Fraction]]] = {
    "_w": {"W": Fraction(1), "kW": Fraction(10**3), "MW": Fraction(10**6), "GW": Fraction(10**9)},
    "_wh": {
        "Wh": Fraction(1),
        "kWh": Fraction(10**3),
        "MWh": Fraction(10**6),
        "GWh": Fraction(10**9),
        "TWh": Fraction(10**12),
    },
    "_ghs": {"GH/s": Fraction(1), "TH/s": Fraction(10**3), "PH/s": Fraction(10**6), "EH/s": Fraction(10**9)},
    "_v": {"V": Fraction(1), "kV": Fraction(10**3)},
    "_s": {"s": Fraction(1), "min": Fraction(60), "h": Fraction(3600)},
    "_ms": {"ms": Fraction(1), "s": Fraction(1000)},
    "_mhz": {"mHz": Fraction(1), "Hz": Fraction(1000)},
    "_ppm": {"ppm": Fraction(1), "%": Fraction(10**4)},
    "_cents": {"USD": Fraction(100)},
}

_LARGEST_FIRST: Final = {
    suffix: sorted(
        (
            (int(worth), name, int(worth) if suffix == "_s" else int(worth) // gcd(int(worth), 1000))
            for name, worth in units.items()
        ),
        reverse=True,
    )
    for suffix, units in UNITS.items()
}
"""The units of a suffix with what a number must be a multiple of to need at most three decimals; 90 s is 1.5min,
but 100 min is not a short decimal of an hour: minutes and hours stay whole.
"""
_QUANTITY = re.compile(r"(-?[0-9]{1,20}(?:\.[0-9]{1,20})?)([A-Za-z/%]*)", re.ASCII)
_INTEGER = re.compile(r"-?[0-9]{1,20}", re.ASCII)
_SUFFIXES = tuple(sorted(UNITS, key=len, reverse=True))


@lru_cache(maxsize=4096)  # asked for every field of every record that is shown
def suffix(field: str) -> str | None:
    """The unit suffix a field name ends in, or None for a plain number: ``depth_w`` -> ``_w``."""
    return next((s for s in _SUFFIXES if field.endswith(s)), None)


def parse_quantity(text: str, unit_suffix: str) -> int:
    """The whole number of base units in ``text``; ``Malformed`` where the unit is missing or the number is
    not whole.
    """
    units = UNITS[unit_suffix]
    named = ", ".join(units)
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise Malformed(f"is not a number with a unit ({named}): {text!r}")
    number, unit = match.groups()
    if not unit:
        raise Malformed(f"needs a unit ({named}): {text!r}")
    if unit not in units:
        raise Malformed(f"has an unknown unit, use {named}: {text!r}")
    whole, _, decimals = number.partition(".")
    value, rest = divmod(int(whole + decimals) * units[unit].numerator, 10 ** len(decimals))
    if rest:
        raise Malformed(f"is not a whole number of {_base(units)}: {text!r}")
    return checked(value, text)


def parse_integer(text: str) -> int:
    """A plain whole number within the limit, as typed."""
    if _INTEGER.fullmatch(text) is None:
        raise Malformed(f"is not a whole number such as 12: {text!r}")
    return checked(int(text), text)


def checked(value: int, said: object) -> int:
    """``value`` if |value| < 2^53, else ``Malformed``."""
    if abs(value) > LIMIT:
        raise Malformed(f"is beyond 2^53, the largest number every reader keeps exactly: {said!r}")
    return value


def format_quantity(value: int, unit_suffix: str) -> str:
    """Exact text that ``parse_quantity`` reads back: the largest unit that needs at most three decimals."""
    return quantity_format(unit_suffix)(value)


@cache
def quantity_format(unit_suffix: str) -> Callable[[int], str]:
    """The function that formats quantities of a unit: made once, as every field of every record is put in words."""
    if unit_suffix == "_cents":
        return lambda value: f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02d}USD"
    largest_first = _LARGEST_FIRST[unit_suffix]

    def formatted(value: int) -> str:
        size = -value if value < 0 else value
        for worth, name, step in largest_first:
            if not size % step and (size >= worth or worth == 1):
                whole, rest = divmod(size, worth)
                sign = "-" if value < 0 else ""
                if not rest:
                    return f"{sign}{whole}{name}"
                return f"{sign}{whole}.{f'{rest * 1000 // worth:03d}'.rstrip('0')}{name}"
        raise AssertionError(f"no base unit in {unit_suffix}")

    return formatted


def rounded(value: Fraction | int) -> int:
    """The nearest integer, half to even: the one rounding of a report."""
    return round(value)


def nearest(part: int, whole: int) -> int:
    """``rounded`` of part / whole, without making a fraction of them; ``whole`` is above 0."""
    found, rest = divmod(part, whole)
    return found + (2 * rest > whole or (2 * rest == whole and found & 1))


def ppm(part: Fraction | int, whole: Fraction | int) -> int | None:
    """``part / whole`` in parts per million, rounded once; 0/0 (and anything/0) is null."""
    return rounded(Fraction(part) * 10**6 / whole) if whole else None


def _base(units: dict[str, Fraction]) -> str:
    return next((name for name, worth in units.items() if worth == 1), "cents")
