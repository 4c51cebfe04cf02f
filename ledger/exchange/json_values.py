"""JSON values of a file that holds one value, a list of them, or one a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ledger.errors import Malformed, Problem
from ledger.exchange.reading import check_line, lines_of, too_many
from ledger.records.strict_json import parse_json


def values(
    data: bytes, source: str, noun: str, problems: list[Problem], *, decimals: bool = False
) -> Iterator[tuple[int, str, Any]]:
    """(line from 1 or 0, beginning of a message about it, value); an unreadable value becomes a problem, like
    those that the caller adds; after too many it ends.
    """
    for found in _values(data, source, noun, problems, decimals):
        yield found
        if too_many(problems, source):
            return


def _values(
    data: bytes, source: str, noun: str, problems: list[Problem], decimals: bool
) -> Iterator[tuple[int, str, Any]]:
    try:
        whole = parse_json(data, decimals=decimals)
    except Malformed as why:
        lines = list(lines_of(data))
        if len(lines) < 2 or not lines[0][1].strip().endswith(b"}"):
            problems.append(Problem(source, 0, str(why), data[:200].decode("utf-8", "replace")))
            return
        for number, line in lines:
            try:
                check_line(line)
                yield number, "", parse_json(line, decimals=decimals)
            except Malformed as wrong:
                problems.append(Problem(source, number, str(wrong), line[:200].decode("utf-8", "replace")))
        return
    if isinstance(whole, list):
        yield from ((0, f"{noun} {n}: ", value) for n, value in enumerate(whole, start=1))
    else:
        yield 0, "", whole
