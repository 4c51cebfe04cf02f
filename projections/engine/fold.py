"""Replay: records in, rows out, in one pass; the only place where facts become state.

A *row kind* is a value, not a base class: a name, a version, the bodies it listens to, ``key(record)`` and
``evolve(row | None, record) -> row``. A row depends on the records of exactly one stream (joins happen in
reports); its key begins with the place (site or ``ba-<code>``). Order inside a row is (at, pos), never
arrival, so facts of other streams may interleave in any way, and a late fact needs no special case. Rows are
immutable: a copy of the dictionaries is a snapshot.

Corrections are resolved before the fold: the records that a later record of their stream names in
``corrects`` (DOMAIN 3) are superseded and left out, and event-retracted itself folds into nothing. No row
kind knows about corrections, except one that is about them (``every``): it takes superseded records too, and
no record is taken out of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ledger.kinds import Fact
from ledger.records.envelope import Record

Key = tuple[str, ...]
Rows = dict[str, dict[Key, Any]]
_Listeners = dict[
    type[Fact], list[tuple[dict[Key, Any], Callable[[Record], Key], Callable[[Any, Record], Any]]]
]


class FigureScope(NamedTuple):
    """The facts that a figure looks at: those with ``at`` before ``stop_s`` and not over at ``start_s``, in
    its report's row.

    ``cells`` are the row's cells by column; a row kind may use those that narrow it (a period, an
    installment).
    """

    start_s: int
    stop_s: int
    cells: Mapping[str, Any]


class RowKind(NamedTuple):
    """One kind of row.

    ``version`` grows whenever evolve would give another row for the same records; ``facts`` are the bodies it
    takes; ``parts`` name the parts of a key, ``day`` last where a row is one UTC day. ``bears(row, asked)``
    gives the facts of a row, by their positions in the stream, that a figure rests on (``explain``). For a
    cache, ``form`` is the type of a row, or of the result of ``pack``. With ``every`` it takes every record,
    also those that were corrected or retracted.
    """

    name: str
    version: int
    parts: tuple[str, ...]
    facts: tuple[type[Fact], ...]
    key: Callable[[Record], Key]
    evolve: Callable[[Any, Record], Any]
    bears: Callable[[Any, FigureScope], Iterable[int]]
    form: Any
    pack: Callable[[Any], Any] = lambda row: row
    unpack: Callable[[Any], Any] = lambda row: row
    every: bool = False


def key_of(parts: tuple[str, ...]) -> Callable[[Record], Key]:
    """A function that makes keys: the place, which is the first part of a key, then fields of the fact by
    name.
    """
    fields = parts[1:]

    def key(record: Record) -> Key:
        return (record.place, *(str(getattr(record.body, field)) for field in fields))

    return key


def replay(
    records: Iterable[Record],
    row_kinds: Sequence[RowKind],
    rows: Rows | None = None,
    gone: Collection[str] = (),
) -> Rows:
    """Fold the effective records, those whose id is not among ``gone``, into ``rows`` (empty by default,
    changed in place).

    Shape: rows[row kind's name][key] = row. Every requested row kind has its dictionary, empty or not.
    """
    rows = {} if rows is None else rows
    of_standing: _Listeners = {}
    of_gone: _Listeners = {}
    for kind in dict.fromkeys(row_kinds):
        table = rows.setdefault(kind.name, {})
        for fact in kind.facts:
            listener = (table, kind.key, kind.evolve)
            of_standing.setdefault(fact, []).append(listener)
            if kind.every:
                of_gone.setdefault(fact, []).append(listener)
    nobody: tuple[Any, ...] = ()
    for record in records:
        listeners = of_gone if record.id in gone else of_standing
        for table, key_of, evolve in listeners.get(type(record.body), nobody):
            key = key_of(record)
            table[key] = evolve(table.get(key), record)
    return rows


def superseded(records: Iterable[Record]) -> set[str]:
    """Ids of all records that a later record names: corrected or retracted, whether or not that later one is
    effective.
    """
    return {target for record in records if record.corrects for target in record.corrects}


def effective(records: Iterable[Record], gone: Collection[str]) -> Iterator[Record]:
    """The effective records: those whose id is not among ``gone``."""
    return (record for record in records if record.id not in gone) if gone else iter(records)


# --- which facts bear on a figure ---------------------------------------------------------------------------


def bears_all(row: Iterable[Any], asked: FigureScope) -> Iterator[int]:
    """The positions of every fact seen, in a row of facts with ``at_s`` and ``pos``."""
    return (fact.pos for fact in row if fact.at_s < asked.stop_s)


def bears_holding(row: Sequence[Any], asked: FigureScope) -> Iterator[int]:
    """Positions of the step in force at the start and of every later step, where each fact holds until the
    next.
    """
    seen = [fact for fact in row if fact.at_s < asked.stop_s]
    first = sum(fact.at_s <= asked.start_s for fact in seen) - 1
    return (fact.pos for fact in seen[max(first, 0) :])
