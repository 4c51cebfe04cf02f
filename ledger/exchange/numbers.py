"""Decimal numbers of a column as exact integers of one power of ten: no float on the way.

A number is ``-?[0-9]*.?[0-9]*`` with a digit in it, at most 15 significant digits; with ``thousands`` commas between groups of three digits
are read too, and with ``places`` what has more decimals is rounded to them, half to even. Anything else (an exponent, NaN, a unit) is wrong and said
so. A column that is written alike is read without a look at each.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from operator import itemgetter
from typing import Final, NamedTuple

from ledger.errors import Malformed
from ledger.units import rounded

DIGITS: Final = 15
_NUMBER = re.compile(r"(-?)([0-9]*)(?:\.([0-9]*))?", re.ASCII)
_GROUPED = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?", re.ASCII)


class Column(NamedTuple):
    """``values[n]`` x 10^-``decimals`` is the number at n; ``wrong`` says by place which are none (their value is 0)."""

    values: list[int]
    decimals: int
    wrong: dict[int, str]


def numbers(texts: Sequence[str], *, thousands: bool = False, places: int | None = None) -> Column:
    """The numbers of a column."""
    found = _alike(texts)
    return _each(texts, thousands, places) if found is None or found.decimals > (places or DIGITS) else found


def _alike(texts: Sequence[str]) -> Column | None:
    """A column whose numbers all have the same number of decimals, and few digits; None for another."""
    if not texts or max(map(len, texts)) > DIGITS:
        return None
    joined = "\n".join(texts)
    if not joined.isascii() or len(joined.encode().translate(None, b"0123456789.-\n")):
        return None
    points = joined.count(".")
    decimals = 0
    try:
        if points:
            decimals = len(texts[0]) - texts[0].index(".") - 1
            if points != len(texts) or set(map(itemgetter(-decimals - 1), texts)) != {"."}:
                return None
            joined = joined.replace(".", "")
        return Column(list(map(int, joined.split("\n"))), decimals, {})
    except (ValueError, IndexError):
        return None


def _each(texts: Sequence[str], thousands: bool, places: int | None) -> Column:
    parsed: list[tuple[int, int]] = []
    wrong: dict[int, str] = {}
    for place, text in enumerate(texts):
        try:
            parsed.append(_number(text.strip(), thousands, places))
        except Malformed as why:
            wrong[place] = str(why)
            parsed.append((0, 0))
    decimals = max((digits for _, digits in parsed), default=0)
    return Column([value * 10 ** (decimals - digits) for value, digits in parsed], decimals, wrong)


def _number(text: str, thousands: bool, places: int | None) -> tuple[int, int]:
    """(value, decimals) of one number."""
    plain = text.replace(",", "") if thousands and _GROUPED.fullmatch(text) else text
    match = _NUMBER.fullmatch(plain) if len(plain) <= 4 * DIGITS else None
    if match is None or not (match[2] or match[3]):
        raise Malformed(f"is not a number such as 312.5: {text[:40]!r}")
    value, decimals = int(f"{match[2]}{match[3] or ''}"), len(match[3] or "")
    if places is not None and decimals > places:
        value, decimals = rounded(Fraction(value, 10 ** (decimals - places))), places
    while decimals and value % 10 == 0:
        value, decimals = value // 10, decimals - 1
    if value >= 10**DIGITS:
        raise Malformed(
            f"has more than {DIGITS} digits, which no reader keeps exactly (decimals=6 in --dialect rounds): {text[:40]!r}"
        )
    return (-value if match[1] else value), decimals
