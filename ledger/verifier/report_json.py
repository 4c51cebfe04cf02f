"""Reports as JSON, read in pieces: each member once, no fractions."""

from __future__ import annotations

import json
from typing import Any

from ledger.verifier.bundle import Bundle
from ledger.verifier.canonical_json import nesting_depth, no_number
from ledger.verifier.faults import DEPTH_LIMIT, PIECE_LIMIT


def report_said(bundle: Bundle, where: str) -> dict[str, Any]:
    """A report without its rows. One that is longer than a piece has each row on a line, as reports
    are written.
    """
    if len(bundle.members[where]) <= PIECE_LIMIT:
        return _object(bundle.data(where))
    lines = (line for part in bundle.lines(where, PIECE_LIMIT) for line in part)
    first = next(lines)
    if not first.endswith(b'"rows":['):
        raise ValueError("its rows do not begin after the first line, each on a line")
    said, going_on = _object(first + b"]}"), True
    for line in lines:
        if line[:1] == b"]":
            break
        if not going_on:
            raise ValueError("a row does not end with a comma")
        going_on = line.endswith(b",")
        _object(line[:-1] if going_on else line, inside=2)
    else:
        line = b""
    rest = _object(b"{" + line.removeprefix(b"],"))
    if going_on or next(lines, None) is not None or said.keys() & rest.keys():
        raise ValueError("its last line is not what comes after its rows")
    return said | rest


def _object(data: bytes, inside: int = 0) -> dict[str, Any]:
    """An object of JSON that says each member once and has no fractions; ``inside`` is how deep it lies."""
    if (
        data.count(b"[") + data.count(b"{") > DEPTH_LIMIT - inside
        and inside + nesting_depth(data) > DEPTH_LIMIT
    ):
        raise ValueError(f"is nested deeper than {DEPTH_LIMIT}")
    said = _decoded(data.decode())
    if not isinstance(said, dict):
        raise TypeError("is no object")
    return said


def _as_written(digits: str) -> str:
    return digits if digits != "-0" else no_number(digits)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member is there twice")
    return found


_decoded = json.JSONDecoder(
    parse_int=_as_written, parse_float=no_number, parse_constant=no_number, object_pairs_hook=_once
).decode
