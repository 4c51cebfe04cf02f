"""Decimal numbers of a column as exact integers of one power of ten: no float on the way.

A number is ``-?[0-9]*.?[0-9]*`` with a digit in it, at most 15 significant digits, or one with an exponent
(``5e-05``, as pandas and DuckDB write small numbers), which is as exact; with ``thousands`` commas between
groups of three digits are read too, and with ``places`` a number with more decimals is rounded to them, half
to even. Anything else (NaN, a unit) is reported as wrong. A column of plain numbers is read as a whole:
brought to one number of decimals and without its points it is a JSON list of integers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction
from typing import Annotated, Final, NamedTuple

import msgspec

from ledger.errors import Malformed
from ledger.units import rounded

DIGITS: Final = 15
EXPONENT: Final = 30
ROUNDS: Final = " (decimals=6 in --dialect rounds)"
"""What a caller without dialects leaves out of a message."""
_NUMBER = re.compile(r"(-?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,3}))?", re.ASCII)
_GROUPED = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?", re.ASCII)
_NO_VALUE = re.compile(r"[-.?*\u2013\u2014]+|#?n\.?/?a\.?|nan|nul+|none|nil|missing", re.IGNORECASE)
_INTEGERS = msgspec.json.Decoder(list[Annotated[int, msgspec.Meta(gt=-(10**DIGITS), lt=10**DIGITS)]])
_NO_DIGIT = (b",,", b",.,", b"-,", b"-.,")
_DIGITS_AS_ZEROS = bytes.maketrans(b"123456789", b"000000000")


class NumberColumn(NamedTuple):
    """``values[n]`` x 10^-``decimals`` is the number at n, unless ``blank`` marks it as absent or ``wrong``
    states why it is not a number.
    """

    values: list[int]
    decimals: int
    wrong: dict[int, str]
    blank: set[int]


def numbers(
    texts: Sequence[str],
    *,
    blanks: Sequence[str] = (),
    thousands: bool = False,
    places: int | None = None,
) -> NumberColumn:
    """The numbers of a column; ``blanks`` are the cells that mean no value."""
    most = DIGITS if places is None else places
    is_number = any(map(_NUMBER.fullmatch, filter(None, blanks)))  # such as -999, which must be looked for
    found = None if is_number else _together(texts, most)
    if found is not None:
        return found
    blank = {n for n, text in enumerate(texts) if text.strip() in blanks}
    if blank:
        instead = next((text for n, text in enumerate(texts) if n not in blank), "0")
        texts = [instead if n in blank else text for n, text in enumerate(texts)]
    found = _together(texts, most) or _each(texts, thousands, places)
    return found._replace(wrong={n: why for n, why in found.wrong.items() if n not in blank}, blank=blank)


def _together(texts: Sequence[str], most: int) -> NumberColumn | None:
    """A column of plain numbers of few digits and at most ``most`` decimals; None where each must be read by
    itself.
    """
    joined = ",".join(texts)
    if not joined.isascii():
        return None
    shape = f",{joined},".encode().translate(_DIGITS_AS_ZEROS)
    if shape.translate(None, b"0.-,") or shape.count(b",") != len(texts) + 1:
        return None
    if shape.count(b"-") != shape.count(
        b",-"
    ):  # a sign that stands elsewhere could come first without its point
        return None
    decimals = 0
    if b"." in shape:
        decimals = len(texts[0].partition(".")[2])
        if shape.count(b".") == len(texts) == shape.count(b".%b," % (b"0" * decimals)):
            joined = joined.replace(".", "")
        elif any(cell in shape for cell in _NO_DIGIT):
            return None
        else:
            decimals = min(max(len(text.partition(".")[2]) for text in texts), most + 1)
            joined = ",".join([_longer(text, decimals) for text in texts])
    values = _integers(joined.encode()) if decimals <= most else None
    return NumberColumn(values, decimals, {}, set()) if values else None


def _longer(text: str, decimals: int) -> str:
    """A number without its point, at the given number of decimals."""
    head, _, tail = text.partition(".")
    return head + tail.ljust(decimals, "0")


def _integers(said: bytes) -> list[int] | None:
    """Integers between commas, of few digits; None for anything else."""
    with suppress(msgspec.MsgspecError):
        return _INTEGERS.decode(b"[%b]" % said)
    with suppress(ValueError):  # JSON has no zero before a number
        parts = said.split(b",")
        values = list(map(int, parts))
        if max(map(len, parts)) <= 2 * DIGITS and max(map(abs, values)) < 10**DIGITS:
            return values
    return None


def _each(texts: Sequence[str], thousands: bool, places: int | None) -> NumberColumn:
    parsed: list[tuple[int, int]] = []
    wrong: dict[int, str] = {}
    for place, text in enumerate(texts):
        try:
            parsed.append(_number(text.strip(), thousands, places))
        except Malformed as why:
            wrong[place] = str(why)
            parsed.append((0, 0))
    decimals = max((digits for _, digits in parsed), default=0)
    return NumberColumn(
        [value * 10 ** (decimals - digits) for value, digits in parsed], decimals, wrong, set()
    )


def _hint(text: str) -> str:
    """The option that would read a cell, where there is one."""
    if _NO_VALUE.fullmatch(text):
        return f" (if it means no value: blank={text} in --dialect)"
    return " (if commas group its digits: thousands=yes in --dialect)" if _GROUPED.fullmatch(text) else ""


def _number(text: str, thousands: bool, places: int | None) -> tuple[int, int]:
    """(value, decimals) of one number."""
    plain = text.replace(",", "") if thousands and _GROUPED.fullmatch(text) else text
    match = _NUMBER.fullmatch(plain) if len(plain) <= 4 * DIGITS else None
    if match is None or not (match[2] or match[3]):
        raise Malformed(f"is not a number such as 312.5{_hint(text)}: {text[:40]!r}")
    exponent = int(match[4] or 0)
    if abs(exponent) > EXPONENT:
        raise Malformed(f"has an exponent beyond {EXPONENT}, which no meter has: {text[:40]!r}")
    value, decimals = int(f"{match[2]}{match[3] or ''}"), len(match[3] or "") - exponent
    if decimals < 0:
        value, decimals = value * 10**-decimals, 0
    if places is not None and decimals > places:
        value, decimals = rounded(Fraction(value, 10 ** (decimals - places))), places
    while decimals and value % 10 == 0:
        value, decimals = value // 10, decimals - 1
    if value >= 10**DIGITS:
        raise Malformed(
            f"has more than {DIGITS} digits, which no reader keeps exactly{ROUNDS}: {text[:40]!r}"
        )
    return (-value if match[1] else value), decimals
