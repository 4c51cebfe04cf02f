"""What reading an input gives: claims to record, rows that could not be read, and what was left out on purpose."""

from __future__ import annotations

from typing import NamedTuple

from ledger.errors import Problem
from ledger.records import Claim


class Reading(NamedTuple):
    """The outcome of one file of any format.

    ``lines`` holds the line (from 1) each claim stood on, 0 where the format has none; ``notes`` say what was read and
    deliberately ignored.
    """

    claims: tuple[Claim, ...]
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
