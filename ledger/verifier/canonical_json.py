"""Canonical JSON: RFC 8785 without floats and null."""

from __future__ import annotations

import json
from itertools import accumulate
from typing import Any

from ledger.verifier.faults import DEPTH_LIMIT, NUMBER_LIMIT, PIECE_LIMIT, PROOF_LIMIT, VALUE_LIMIT


def read_json(data: bytes, limit: int = PROOF_LIMIT) -> Any:
    """The value of canonical JSON bytes; ``ValueError`` unless encoding it again gives the same bytes."""
    if len(data) > limit:
        raise ValueError(f"has {len(data):,} bytes, {limit:,} are the most")
    if len(data) > PIECE_LIMIT and not data.isascii():
        raise ValueError(f"has more than {PIECE_LIMIT:,} bytes that are not all ASCII")
    lists = data.count(b"[") + data.count(b"{")
    if lists + data.count(b",") > VALUE_LIMIT:
        raise ValueError(f"has more than {VALUE_LIMIT:,} values")
    if lists > DEPTH_LIMIT and nesting_depth(data) > DEPTH_LIMIT:
        raise ValueError(f"is nested deeper than {DEPTH_LIMIT}")
    try:
        text = data.decode("utf-8")
        value = json.loads(text, parse_int=_integer, parse_float=no_number, parse_constant=no_number)
        same = canonical(value) == text
    except (UnicodeError, RecursionError, json.JSONDecodeError) as why:
        raise ValueError(f"is not JSON: {why}") from None
    if not same:
        raise ValueError("is not canonical JSON: encoding what it says gives other bytes")
    if b"null" in data or not data.isascii():
        _check_value(value)
    return value


def nesting_depth(data: bytes) -> int:
    """The depth to which lists and objects are nested; the same whatever the Python that reads them.

    Texts are cut out a part at a time. One regular expression for a text would do it too, but it remembers
    every character of a long one to go back to.
    """
    depth = deepest = 0
    inside = escaped = False
    for start in range(0, len(data), 1 << 16):
        part = data[start + escaped : start + (1 << 16)].replace(b"\\\\", b"")
        escaped = part.endswith(b"\\")
        pieces = part.replace(b'\\"', b"").split(b'"')
        brackets = b"".join(pieces[inside::2]).translate(None, _NO_BRACKETS)
        inside ^= len(pieces) % 2 == 0
        levels = list(accumulate(map(_STEPS.__getitem__, brackets), initial=depth))
        depth, deepest = levels[-1], max(deepest, *levels)
    return deepest


_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


def _integer(digits: str) -> int:
    if len(digits) > 17 or not -NUMBER_LIMIT < int(digits) < NUMBER_LIMIT:
        raise ValueError("has a number beyond 2^53")
    return int(digits)


def no_number(text: str) -> Any:
    raise ValueError(f"has a number that is no integer: {text[:20]}")


canonical = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False
).encode


def _check_value(value: Any) -> None:
    if value is None:
        raise ValueError("has a null")
    if isinstance(value, dict):
        if not all(key.isascii() for key in value):
            raise ValueError("has a key that is not ASCII")
        for one in value.values():
            _check_value(one)
    elif isinstance(value, list):
        for one in value:
            _check_value(one)
