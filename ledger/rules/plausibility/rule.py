"""The form of a rule of plausibility, and of a note."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ledger.kinds import Fact
from ledger.records.envelope import Record
from ledger.rules.plausibility.beside import FactsBeside


class Unlikely(NamedTuple):
    """A record, the rule that notes it, and the note."""

    record: Record
    rule: str
    note: str


Judge = Callable[[FactsBeside, Record, Any, int], Iterable[str]]
"""``judge(beside, record, record.body, limit)``: the notes on a record."""


class Limit(NamedTuple):
    """A number that a book may set: its key in ``book.toml``, with the unit in its name, and its default."""

    key: str
    default: int


class PlausibilityRule(NamedTuple):
    """One rule. ``what`` describes what it notes, for people; a rule without a limit has no number to set."""

    name: str
    what: str
    facts: tuple[type[Fact], ...]
    judge: Judge
    limit: Limit | None = None
