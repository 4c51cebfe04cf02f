"""Ids that a batch meets: the records that the store holds under them and those the batch has added.

The store is asked once for all ids of a chunk. Records are read, and checked, only when a claim needs them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from msgspec import UNSET

from ledger.errors import Refused
from ledger.kinds import KINDS, SectionErased
from ledger.records import leaf_format, upcasts
from ledger.records.envelope import Claim, Record, same_content
from ledger.records.ids import binary_ids, text_id
from ledger.rules.known import NO_TARGETS, Targets
from ledger.store.checked_reads import CheckedReads
from ledger.store.port import Section, Store

PAGE: Final = 64
_NOTHING: Final = (None, NO_TARGETS)
NAMING: Final = frozenset(
    kind.body for kind in KINDS if kind.body is SectionErased or "evidence" in kind.body.__struct_fields__
)
"""Facts that name records, besides what they correct."""


class KnownIds:
    """Records by id, stored or added since; ``first_index`` is the index of the first one added."""

    def __init__(self, store: Store, reads: CheckedReads) -> None:
        self._store, self._reads = store, reads
        self.first_index = store.size
        self.added: dict[str, Record] = {}
        self._in_order: list[Record] = []
        self._added_sections: dict[int, Sequence[Section]] = {}
        self._indexes: dict[str, int] = {}
        self._corrected_by: dict[str, int] = {}
        self._page: dict[int, bytes] = {}
        self.binary: dict[str, bytes] = {}  # the 16 bytes of the ids that were looked up

    def look_up(self, claims: Iterable[Claim]) -> None:
        """Ask the store once for the ids of claims and for the records that they name."""
        ids: list[str] = []
        targets: list[str] = []
        for claim in claims:
            if claim.id is not UNSET:
                ids.append(claim.id)
            if claim.corrects or type(claim.body) in NAMING:
                targets += targets_of(claim)
        wanted = binary_ids(ids + targets)
        self.binary.update(zip(ids, wanted, strict=False))
        found = self._store.indexes(wanted)
        self._indexes |= {text_id(id_): index for id_, index in found.items()}
        if targets or found:
            corrected = self._store.superseders([*found, *wanted[len(ids) :]])
            self._corrected_by |= {text_id(id_): index for id_, index in corrected.items()}

    def add(self, record: Record, sections: Sequence[Section]) -> None:
        """Take in a record of the batch."""
        self.added[record.id] = record
        self._in_order.append(record)
        if sections:
            self._added_sections[record.index] = sections
        if record.corrects:
            self._corrected_by |= dict.fromkeys(record.corrects, record.index)

    def has(self, id_: str | msgspec.UnsetType) -> bool:
        """True where a record has this id."""
        return id_ in self.added or id_ in self._indexes

    def gone_by(self, id_: str) -> int | None:
        """The index of the record that corrects or retracts the one with this id; None where it is
        effective.
        """
        return self._corrected_by.get(id_)

    def find(self, claim: Claim) -> tuple[Record | None, Targets]:
        """The record that has a claim's id already, or None and the records of the ids that the claim names.
        The claim was looked up.
        """
        assert claim.id is not UNSET, "a made claim has its id"
        if claim.id in self.added:
            return self.added[claim.id], NO_TARGETS
        index = self._indexes.get(claim.id)
        if index is not None:
            return self.record_at(index), NO_TARGETS
        if not claim.corrects and type(claim.body) not in NAMING:
            return _NOTHING
        ids = targets_of(claim)
        records = {id_: record for id_ in ids if (record := self._target(id_)) is not None}
        corrected_by = {id_: self._corrected_by[id_] for id_ in ids if id_ in self._corrected_by}
        return None, Targets(records, corrected_by)

    def record_at(self, index: int) -> Record:
        """A record, stored or added. Claims delivered again come in the order of the log, so a page is read
        at once.
        """
        place = index - self.first_index
        if place >= 0:
            return self._in_order[place]
        if index not in self._page:
            leaves = self._reads.leaves(index, min(index + PAGE, self.first_index))
            self._page = dict(enumerate(leaves, start=index))
        return upcasts.read(self._page[index])

    def _target(self, id_: str) -> Record | None:
        """A record that a claim names: one leaf is read, as targets stand anywhere in the log."""
        if id_ in self.added:
            return self.added[id_]
        index = self._indexes.get(id_)
        return None if index is None else upcasts.read(self._reads.leaf(index))

    def check_repeated(self, claim: Claim, record: Record) -> None:
        """Refuse a claim under the id of a record that has other content."""
        stream = claim.stream or record.stream
        if not same_content(claim, record, stream) or not self._same_sections(claim, record):
            raise Refused(f"id {record.id} is record {record.index} already, with other content")

    def _same_sections(self, claim: Claim, record: Record) -> bool:
        """True if the section fields that are still stored agree; an erased section cannot be compared."""
        claimed = leaf_format.sections_of(claim.body)
        stored = {} if record.sections is UNSET else record.sections
        if claimed.keys() != stored.keys():
            return False
        kept = {section.name: section.salt for section in self._sections(record)} if claimed else {}
        return all(
            leaf_format.section_hash(name, kept[name], section) == stored[name]
            for name, section in claimed.items()
            if name in kept
        )

    def _sections(self, record: Record) -> Sequence[Section]:
        if record.index < self.first_index:
            return self._store.read_sections(record.index)
        return self._added_sections.get(record.index, ())

    def whole(self, record: Record) -> Record:
        """An added record with its sections in its body."""
        sections = {section.name: section.data for section in self._sections(record)}
        if not sections:
            return record
        return msgspec.structs.replace(record, body=leaf_format.with_sections(record.body, sections))


def targets_of(claim: Claim) -> tuple[str, ...]:
    """The ids of the records that a claim names: those it corrects or erases from, and its evidence."""
    body = claim.body
    erased = (body.target,) if isinstance(body, SectionErased) else ()
    return (*(claim.corrects or ()), *erased, *getattr(body, "evidence", ()))
