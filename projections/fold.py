"""Replay: records in, rows out, in one pass; the only place where facts become state.

A *row kind* is a value, not a base class: a name, a version, the bodies it listens to, ``key(record)`` and
``evolve(row | None, record) -> row``. A row depends on the records of exactly one stream (joins happen in reports); its
key begins with the place (site or ``ba-<code>``). Order inside a row is (at, pos), never arrival, so facts of other
streams may interleave in any way, and a late fact needs no special case. Rows are immutable: a copy of the dictionaries
is a snapshot.

Corrections are resolved before the fold: ``effective`` leaves out the records that a later record of their stream names
in ``corrects`` (DOMAIN 3), and event-retracted itself folds into nothing. No row kind knows about corrections.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from ledger.events import Fact
from ledger.records import Record

Key = tuple[str, ...]
Rows = dict[str, dict[Key, Any]]


class RowKind(NamedTuple):
    """One kind of row.

    ``version`` grows whenever evolve would give another row for the same records; ``facts`` are the bodies it hears.
    """

    name: str
    version: int
    facts: tuple[type[Fact], ...]
    key: Callable[[Record], Key]
    evolve: Callable[[Any, Record], Any]


def replay(records: Iterable[Record], row_kinds: Sequence[RowKind], rows: Rows | None = None) -> Rows:
    """Fold effective records into ``rows`` (empty by default, changed in place) and return them.

    Shape: rows[row kind's name][key] = row. Every row kind asked for has its dictionary, empty or not.
    """
    rows = {} if rows is None else rows
    listeners: dict[type[Fact], list[tuple[dict[Key, Any], Any, Any]]] = {}
    for kind in dict.fromkeys(row_kinds):
        table = rows.setdefault(kind.name, {})
        for fact in kind.facts:
            listeners.setdefault(fact, []).append((table, kind.key, kind.evolve))
    nobody: tuple[Any, ...] = ()
    for record in records:
        for table, key_of, evolve in listeners.get(type(record.body), nobody):
            key = key_of(record)
            table[key] = evolve(table.get(key), record)
    return rows


def superseded(records: Iterable[Record]) -> set[str]:
    """Ids of all records that a later record names: corrected or retracted, whether or not that one still stands."""
    return {target for record in records if record.corrects for target in record.corrects}


def effective(records: Iterable[Record], gone: Collection[str]) -> Iterator[Record]:
    """The records that stand: those whose id is not among ``gone``."""
    return (record for record in records if record.id not in gone) if gone else iter(records)
