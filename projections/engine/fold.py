"""Replay: records in, rows out, in one pass; the only place where facts become state.

A *row kind* is a value, not a base class: a name, a version, the bodies it listens to, ``key(record)`` and
``evolve(row | None, records) -> row``, which takes a run of one or more records of the row in the order of the
log. A row depends on the records of exactly one stream (joins happen in
reports); its key begins with the place (site or ``ba-<code>``). Order inside a row is (at, pos), never
arrival, so facts of other streams may interleave in any way, and a late fact needs no special case. Rows are
immutable: a copy of the dictionaries is a snapshot.

Corrections are resolved before the fold: the records that a later record of their stream names in
``corrects`` (DOMAIN 3) are superseded and left out, and event-retracted itself folds into nothing. No row
kind knows about corrections, except one that is about them (``every``): it takes superseded records too, and
no record is taken out of it.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypeVar

from ledger.kinds import Fact
from ledger.records.envelope import Record

Key = tuple[str, ...]
Rows = dict[str, dict[Key, Any]]
Found = TypeVar("Found")
_Runs = defaultdict[Key, list[Record]]
_BATCH: Final = 4096
_Hearing = tuple[tuple[Callable[[Record], Key], _Runs], ...]
at_and_pos: Final = itemgetter(0, 1)


class FixedRows(dict[str, dict[Key, Any]]):
    """Rows that change no more, with what was found in them before: a report asks again for each of its cells.
    Of each name the answer to the last question is kept; tables of many windows ask thousands.
    """

    def __init__(self, rows: Rows) -> None:
        super().__init__(rows)
        self.found: dict[Any, tuple[Any, Any]] = {}


def found_once(rows: Rows, name: Any, find: Callable[[], Found], asked: Any = None) -> Found:
    """What ``find`` finds in rows, kept with those that change no more under a name and what was asked, which
    together say all that it depends on.
    """
    if not isinstance(rows, FixedRows):
        return find()
    kept = rows.found.get(name)
    if kept is None or kept[0] != asked:
        kept = rows.found[name] = asked, find()
    result: Found = kept[1]
    return result


class FigureScope(NamedTuple):
    """The facts that a figure looks at: those with ``at`` before ``stop_s`` and not over at ``start_s``, in
    its report's row.

    ``cells`` are the cells that name the row, by column; a row kind may use those that narrow it (a period, an
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
    also those that were corrected or retracted. ``items``: a row is what ``in_order`` makes, and a cache keeps
    the items that are new.
    """

    name: str
    version: int
    parts: tuple[str, ...]
    facts: tuple[type[Fact], ...]
    key: Callable[[Record], Key]
    evolve: Callable[[Any, Sequence[Record]], Any]
    bears: Callable[[Any, FigureScope], Iterable[int]]
    form: Any
    pack: Callable[[Any], Any] = lambda row: row
    unpack: Callable[[Any], Any] = lambda row: row
    every: bool = False
    items: bool = False


def key_of(parts: tuple[str, ...]) -> Callable[[Record], Key]:
    """A function that makes keys: the place, which is the first part of a key, then fields of the fact by
    name.
    """
    fields = parts[1:]

    def key(record: Record) -> Key:
        return (record.place, *(str(getattr(record.body, field)) for field in fields))

    return key


def in_order(item: Callable[[Record], Any]) -> Callable[[Any, Sequence[Record]], tuple[Any, ...]]:
    """``evolve`` of a row that holds an item of each of its facts, in order of (at, pos), with which an item
    begins.

    A run is taken at once: a tuple that is copied for each of its facts makes a row's cost grow with their square.
    """

    def evolve(row: tuple[Any, ...] | None, records: Sequence[Record]) -> tuple[Any, ...]:
        old, new = row or (), sorted(map(item, records), key=at_and_pos)
        if not old or at_and_pos(old[-1]) < at_and_pos(new[0]):
            return (*old, *new)
        return tuple(sorted((*old, *new), key=at_and_pos))

    return evolve


class Runs:
    """The records that each row of some kinds still has to take in, in the order of the log."""

    def __init__(self, row_kinds: Sequence[RowKind]) -> None:
        self._of: list[tuple[RowKind, _Runs]] = [
            (kind, defaultdict(list)) for kind in dict.fromkeys(row_kinds)
        ]
        self._standing: dict[type[Fact], _Hearing] = {}
        self._gone: dict[type[Fact], _Hearing] = {}

    def add(self, records: Iterable[Record], gone: Collection[str] = ()) -> None:
        """Add the next records."""
        for record in records:
            is_gone = bool(gone) and record.id in gone
            known, fact = self._gone if is_gone else self._standing, type(record.body)
            hearing = known.get(fact)
            if (
                hearing is None
            ):  # a stream has a few kinds of facts, and a row kind may hear all that there are
                hearing = known[fact] = tuple(
                    (kind.key, runs)
                    for kind, runs in self._of
                    if fact in kind.facts and (kind.every or not is_gone)
                )
            for key_of, runs in hearing:
                runs[key_of(record)].append(record)

    def fold(self, rows: Rows) -> Iterator[tuple[str, Key, list[Record]]]:
        """Fold what was added into ``rows``; the row kind's name and key of every row that changes, with the
        records.
        """
        for kind, runs in self._of:
            table = rows[kind.name]
            for key, records in runs.items():
                table[key] = kind.evolve(table.get(key), records)
                yield kind.name, key, records
            runs.clear()


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
    for kind in row_kinds:
        rows.setdefault(kind.name, {})
    runs, rest = Runs(row_kinds), iter(records)
    while batch := list(islice(rest, _BATCH)):
        runs.add(batch, gone)
        deque(runs.fold(rows), maxlen=0)
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
