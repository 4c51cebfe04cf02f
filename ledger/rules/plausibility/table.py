"""Every rule of plausibility, the rules that a book chose with their limits, and their notes on a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ledger.errors import Malformed
from ledger.kinds import Fact
from ledger.records.envelope import Record
from ledger.rules.plausibility import (
    blocks,
    contracts,
    corrections,
    dates,
    dispatches,
    metering,
    payments,
    sites,
)
from ledger.rules.plausibility.beside import FactsBeside
from ledger.rules.plausibility.rule import PlausibilityRule, Unlikely
from ledger.units import LIMIT

TABLE: Final = "plausibility"
OFF: Final = "off"
PLAUSIBILITY: Final[tuple[PlausibilityRule, ...]] = (
    *blocks.RULES,
    *dates.RULES,
    *metering.RULES,
    *dispatches.RULES,
    *sites.RULES,
    *contracts.RULES,
    *payments.RULES,
    *corrections.RULES,
)
Chosen = Mapping[type[Fact], tuple[tuple[PlausibilityRule, int], ...]]
"""Rules by the type of fact they look at, each with its limit."""


def chosen(settings: Mapping[str, Any]) -> Chosen:
    """The rules of a book with their limits, from the table ``[plausibility]`` of its ``book.toml``;
    ``Malformed`` for an unknown key or rule.
    """
    limits = {rule.limit.key: rule.limit.default for rule in PLAUSIBILITY if rule.limit}
    names = [rule.name for rule in PLAUSIBILITY]
    off = settings.get(OFF, [])
    if not isinstance(off, list):
        raise Malformed(f"{TABLE}.{OFF} must be a list of rules such as [{names[0]!r}]: {off!r}")
    for name in off:
        if name not in names:
            raise Malformed(f"{TABLE}.{OFF} names no rule: {name!r}; {_nearest(str(name), names)}")
    for key, value in settings.items():
        if key == OFF:
            continue
        if key not in limits:
            raise Malformed(f"{TABLE} has no {key!r}; {_nearest(key, [*limits, OFF])}")
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= LIMIT:
            raise Malformed(f"{TABLE}.{key} must be a whole number above 0: {value!r}")
        limits[key] = value
    found: dict[type[Fact], list[tuple[PlausibilityRule, int]]] = {}
    for rule in PLAUSIBILITY:
        if rule.name not in off:
            for body in rule.facts:
                found.setdefault(body, []).append((rule, limits[rule.limit.key] if rule.limit else 0))
    return {body: tuple(rules) for body, rules in found.items()}


def _nearest(name: str, known: list[str]) -> str:
    import difflib  # only where something is wrong

    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"


def unlikely(rules: Chosen, beside: FactsBeside, record: Record) -> Sequence[Unlikely]:
    """The notes of the rules on an effective record."""
    body = record.body
    return [
        Unlikely(record, rule.name, note)
        for rule, limit in rules.get(type(body), ())
        for note in rule.judge(beside, record, body, limit)
    ]
