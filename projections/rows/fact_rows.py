"""Rows of facts as recorded, in order of (at, pos): for subjects with a few hundred facts at most."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

import msgspec

from ledger.calendar import instant_s
from ledger.kinds import BY_BODY, BY_TAG
from ledger.records.envelope import Record
from projections.engine.fold import FigureScope, Key, RowKind, bears_all, in_order, key_of


class RecordedFact(NamedTuple):
    """One fact: its instant, its position in its stream, and its body."""

    at_s: int
    pos: int
    body: Any


def fact_of(record: Record) -> RecordedFact:
    """The fact of a record."""
    return RecordedFact(instant_s(record.at), record.pos, record.body)


evolve: Final = in_order(fact_of)


class _Packed(NamedTuple):
    """A fact with its body as the kind's tag and its fields."""

    at_s: int
    pos: int
    tag: str
    fields: dict[str, Any]


PACKED: Final = tuple[_Packed, ...]


def pack(row: tuple[RecordedFact, ...]) -> tuple[_Packed, ...]:
    """The row for a cache."""
    return tuple(
        _Packed(fact.at_s, fact.pos, BY_BODY[type(fact.body)].tag, msgspec.to_builtins(fact.body))
        for fact in row
    )


def unpack(row: tuple[_Packed, ...]) -> tuple[RecordedFact, ...]:
    """The row from the result of ``pack``."""
    return tuple(RecordedFact(f.at_s, f.pos, msgspec.convert(f.fields, BY_TAG[f.tag].body)) for f in row)


def fact_rows(
    name: str,
    version: int,
    keys: tuple[str, ...],
    facts: tuple[type, ...],
    bears: Callable[[tuple[RecordedFact, ...], FigureScope], Iterable[int]] = bears_all,
    key: Callable[[Record], Key] | None = None,
) -> RowKind:
    """A row kind whose row is the tuple of its facts; ``bears`` gives those that a figure rests on. Without a
    ``key`` function a row's key is the place, then the fact's fields in ``keys``.
    """
    return RowKind(
        name, version, keys, facts, key or key_of(keys), evolve, bears, PACKED, pack, unpack, items=True
    )
