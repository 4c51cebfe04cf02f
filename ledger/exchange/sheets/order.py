"""The order in which facts of a sheet are recorded: by time, each after what it needs.

Sheets and workbooks are in any order, such as all starts before all ends. The rules judge a fact by the
records before it. So facts go in order of their time, as if they had been recorded when they happened; only
the facts that a fact needs (its phase, its outage) go before it even if they are dated later.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from msgspec import UNSET

from ledger.kinds import BY_BODY, BY_TAG, KINDS, Kind
from ledger.records.envelope import Claim

Name = tuple[str, ...]
Item = TypeVar("Item")
_RANK = {kind.tag: number for number, kind in enumerate(KINDS)}


def in_order(items: Sequence[tuple[Claim, Item]]) -> list[tuple[Claim, Item]]:
    """Claims in the order in which to record them, each with the values beside it."""
    by_time = sorted(range(len(items)), key=lambda n: (items[n][0].at, _RANK[items[n][0].kind], n))
    begun: dict[Name, int] = {}
    for n in by_time:
        begun.setdefault(_name(items[n][0]), n)
    done: set[int] = set()
    ordered: list[tuple[Claim, Item]] = []

    def add(n: int) -> None:
        if n in done:
            return
        done.add(n)
        for name in _needed(items[n][0]):
            if name in begun:
                add(begun[name])
        ordered.append(items[n])

    for n in by_time:
        add(n)
    return ordered


def _name(claim: Claim) -> Name:
    """The subject that a claim begins: its kind, its place and the names of its subject."""
    kind = BY_TAG[claim.kind]
    return (kind.name, claim.place, *(str(getattr(claim.body, field)) for field in kind.named))


def _needed(claim: Claim) -> Iterator[Name]:
    """The subjects that must be recorded before a claim."""
    for body in BY_TAG[claim.kind].needs:
        needed = BY_BODY[body]
        values = [_values(claim.body, field) for field in needed.named]
        if all(values):
            yield from _names(needed, claim.place, values)


def _names(needed: Kind, place: str, values: list[tuple[str, ...]]) -> Iterator[Name]:
    longest = max(map(len, values), default=1)
    for n in range(longest):
        yield (needed.name, place, *(each[min(n, len(each) - 1)] for each in values))


def _values(body: Any, field: str) -> tuple[str, ...]:
    """The names that a fact gives in a field, or in the list of them."""
    value = getattr(body, field, UNSET)
    if value is UNSET:
        value = getattr(body, f"{field}s", UNSET)
    if value is UNSET:
        return ()
    return tuple(map(str, value)) if isinstance(value, tuple) else (str(value),)
