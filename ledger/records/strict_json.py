"""JSON from outside, read strictly: no floats, no NaN, no huge numbers, no duplicate keys, no lone
surrogates.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NoReturn

from ledger.errors import Malformed
from ledger.units import LIMIT

DEPTH_LIMIT: Final = 32


def parse_json(text: str | bytes, *, decimals: bool = False) -> Any:
    """A JSON value from outside; ``Malformed`` for floats, NaN, huge numbers, duplicate keys, depth over 32,
    bad UTF-8.

    With ``decimals``, for formats that are not ours, a number with a fraction becomes an exact ``Decimal`` of
    at most 40 digits.
    """
    try:
        said = text.decode("utf-8") if isinstance(text, bytes) else text
        if said.startswith("\ufeff"):
            raise Malformed("begins with a byte order mark; save it as UTF-8 without one")
        value = (_WITH_DECIMALS if decimals else _WHOLE).decode(said)
    except _WrongNumber as why:
        raise _placed(said, why, decimals=decimals) from None
    except UnicodeDecodeError as why:
        raise Malformed(f"is not UTF-8: {why.reason} at byte {why.start}") from None
    except json.JSONDecodeError as why:
        place = f"line {why.lineno}, column {why.colno}" if why.lineno > 1 else f"character {why.pos + 1}"
        raise Malformed(f"is not JSON: {why.msg} at {place}") from None
    except RecursionError:
        raise Malformed(f"is nested deeper than {DEPTH_LIMIT}") from None
    if said.count("{") + said.count("[") > DEPTH_LIMIT:
        _check_depth(value, DEPTH_LIMIT)
    if "\\u" in said:
        _check_characters(value)
    return value


class MalformedMember(Malformed):
    """A value within an object is wrong; the message begins with the path to it."""


class _WrongNumber(Malformed):
    """A number is wrong, at a place that its reader does not know."""


def _placed(said: str, why: _WrongNumber, *, decimals: bool) -> Malformed:
    """The error with the path to its number, from a second reading in which a wrong number is a value."""
    try:
        found = _first_wrong((_MARKED_DECIMALS if decimals else _MARKED).decode(said), "", DEPTH_LIMIT)
    except (Malformed, json.JSONDecodeError, RecursionError):  # more is wrong behind it
        found = None
    if not found or str(found[1]) != str(why):
        return Malformed(str(why))
    return MalformedMember(f"{found[0][:80]} {why}") if found[0] else Malformed(str(why))


def _first_wrong(value: Any, path: str, left: int) -> tuple[str, _WrongNumber] | None:
    if isinstance(value, _WrongNumber):
        return path.lstrip("."), value
    parts: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        parts = [(f"{path}.{key}", part) for key, part in value.items()]
    elif isinstance(value, list):
        parts = [(f"{path}[{n}]", part) for n, part in enumerate(value)]
    found = (_first_wrong(part, name, left - 1) for name, part in parts if left)
    return next((one for one in found if one is not None), None)


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        times = Counter(name for name, _ in pairs)
        double = next(name for name, count in times.items() if count > 1)
        raise Malformed(f"has the key {double[:80]!r} twice")
    return found


def _no_float(text: str) -> NoReturn:
    raise _WrongNumber(f"is not a whole number; give it in the base unit: {text[:40]}")


def _no_constant(text: str) -> NoReturn:
    raise Malformed(f"is not JSON: {text} is not a JSON number; write null for an unknown value")


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text) if len(text) <= 40 else Decimal("NaN")
    except InvalidOperation:  # its exponent is beyond all bounds
        number = Decimal("NaN")
    if not number.is_finite() or abs(number.adjusted()) > 30:
        raise _WrongNumber(f"is beyond the range of any quantity: {text[:40]}")
    return number


def _bounded(text: str) -> int:
    if len(text) > 17 or abs(number := int(text)) > LIMIT:
        raise _WrongNumber(f"is beyond 2^53, the largest number every reader keeps exactly: {text[:40]}")
    if text == "-0":
        raise _WrongNumber("is minus zero; write 0")
    return number


def _check_characters(value: Any) -> None:
    if isinstance(value, str):
        if any("\ud800" <= char <= "\udfff" for char in value):
            raise Malformed("holds half a character (a lone surrogate)")
    elif isinstance(value, dict):
        for key, part in value.items():
            _check_characters(key)
            _check_characters(part)
    elif isinstance(value, list):
        for part in value:
            _check_characters(part)


def _check_depth(value: Any, left: int) -> None:
    if left < 0:
        raise Malformed(f"is nested deeper than {DEPTH_LIMIT}")
    if isinstance(value, dict):
        for part in value.values():
            _check_depth(part, left - 1)
    elif isinstance(value, list):
        for part in value:
            _check_depth(part, left - 1)


def _decoder(number: Callable[[str], Any], whole: Callable[[str], Any] = _bounded) -> json.JSONDecoder:
    """A decoder, made once: making one takes as long as reading a short claim."""
    return json.JSONDecoder(
        object_pairs_hook=_no_doubles, parse_float=number, parse_int=whole, parse_constant=_no_constant
    )


def _marked(number: Callable[[str], Any]) -> Callable[[str], Any]:
    """A reader of numbers that answers what is wrong in place of raising it."""

    def read(text: str) -> Any:
        try:
            return number(text)
        except _WrongNumber as why:
            return why

    return read


_WHOLE: Final = _decoder(_no_float)
_WITH_DECIMALS: Final = _decoder(_decimal)
_MARKED: Final = _decoder(_marked(_no_float), _marked(_bounded))
_MARKED_DECIMALS: Final = _decoder(_marked(_decimal), _marked(_bounded))
