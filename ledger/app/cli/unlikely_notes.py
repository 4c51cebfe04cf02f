"""Notes on facts that are possible but unlikely, as ``record``, ``import`` and ``correct`` print them: the
first of each rule, the others counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import click

from ledger.errors import inert
from ledger.rules.plausibility.rule import Unlikely

SHOWN: Final = 3
SHOWN_TO_MACHINES: Final = 1_000


class UnlikelyNotes:
    """Notes collected for the end; memory does not grow with a long import."""

    def __init__(self) -> None:
        self._first: dict[str, list[Unlikely]] = {}
        self._counts: Counter[str] = Counter()

    def hear(self, some: Iterable[Unlikely]) -> None:
        """Add notes."""
        for one in some:
            first = self._first.setdefault(one.rule, [])
            if len(first) < SHOWN_TO_MACHINES:
                first.append(one)
            self._counts[one.rule] += 1

    def say(self) -> None:
        """Print each on a line of stderr, those that are alike on one."""
        for rule, found in self._first.items():
            for one in found[:SHOWN]:
                click.echo(f"note: record {one.record.index}: {inert(one.note)} [{rule}]", err=True)
            more = self._counts[rule] - SHOWN
            if more > 0:
                click.echo(f"note: and {more:,} more alike [{rule}]; wattledger doctor lists them", err=True)

    def json(self) -> list[dict[str, Any]]:
        """For machines."""
        return [
            {"rule": one.rule, "index": one.record.index, "id": one.record.id, "note": one.note}
            for found in self._first.values()
            for one in found
        ]
