"""Row kinds ``sectioned`` and ``exemption-sections``: facts of leases, and of exemptions, with fields in a
section, and the erasures of these sections. Each is of one class: a report hears no stream it does not read.

Key (place, class, record id). A leaf does not tell a kept section from a withheld or erased one: a fact is
read with the sections that are present, and this row marks the erased ones, so that a report prints
``erased`` and not unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple

from ledger.kinds import (
    CreditSupportRecorded,
    CreditSupportReleased,
    ExpenditureRecorded,
    LeaseAmended,
    LeaseTermsRecorded,
    PositionsReported,
    SectionErased,
)
from ledger.records.envelope import Record
from projections.engine.fold import FigureScope, Key, RowKind, Rows, found_once

ERASED: Final[Literal["erased"]] = "erased"
LEASES: Final = (
    LeaseTermsRecorded,
    LeaseAmended,
    CreditSupportRecorded,
    CreditSupportReleased,
    SectionErased,
)
EXEMPTIONS: Final = (ExpenditureRecorded, PositionsReported, SectionErased)


class Sectioned(NamedTuple):
    """One fact's position in its stream (None where it is no longer effective), and the positions of the
    records that erased its sections.
    """

    pos: int | None = None
    erased: tuple[int, ...] = ()


def key(record: Record) -> Key:
    """(place, class, id of the record that has the sections)."""
    place, _, disclosure = record.stream.partition("/")
    body = record.body
    return place, disclosure, body.target if isinstance(body, SectionErased) else record.id


def evolve(row: Sectioned | None, records: Sequence[Record]) -> Sectioned:
    """The fact itself, and its erasures."""
    pos, erased = row or Sectioned()
    erasures = [record.pos for record in records if isinstance(record.body, SectionErased)]
    facts = [record.pos for record in records if not isinstance(record.body, SectionErased)]
    return Sectioned(facts[-1] if facts else pos, tuple(sorted((*erased, *erasures))))


def bears(row: Sectioned, asked: FigureScope) -> Iterator[int]:
    """Positions of the erasures."""
    return iter(row.erased)


PARTS: Final = ("place", "class", "record")
SECTIONED: Final = RowKind("sectioned", 1, PARTS, LEASES, key, evolve, bears, Sectioned)
EXEMPTION_SECTIONS: Final = RowKind("exemption-sections", 1, PARTS, EXEMPTIONS, key, evolve, bears, Sectioned)


def erased_positions(rows: Rows, place: str, disclosure: str, kind: RowKind = SECTIONED) -> frozenset[int]:
    """Positions in a stream of the facts of a row kind that had a section erased."""
    erased = found_once(rows, (erased_positions, kind.name), lambda: _erased(rows[kind.name]))
    return frozenset(erased.get((place, disclosure), ()))


def _erased(rows: dict[Key, Sectioned]) -> dict[Key, list[int]]:
    """The positions by place and class."""
    found: dict[Key, list[int]] = {}
    for key, row in rows.items():
        if row.erased and row.pos is not None:
            found.setdefault(key[:2], []).append(row.pos)
    return found
