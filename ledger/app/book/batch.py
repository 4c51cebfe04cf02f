"""A batch: claims become entries for one append, or problems, in the order they were said.

The batch holds what the store does not have yet: ids, streams and positions of its own entries. It is decided
against the register, which it moves on as it goes; nothing is durable until its entries are appended.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

import msgspec
from msgspec import UNSET

from ledger import calendar, kinds
from ledger.app.host.clock import Surroundings
from ledger.errors import Refused
from ledger.kinds import BY_BODY, Fact
from ledger.records import envelope, leaf_format, upcasts
from ledger.records.envelope import RECORDS, Claim, Record, derived_id, without_sections
from ledger.records.ids import binary_id, text_id
from ledger.rules.corrections import retraction_stream
from ledger.rules.decide import decide
from ledger.rules.known import NO_TARGETS, Targets
from ledger.rules.redelivery import restated
from ledger.rules.register import Register
from ledger.store.checked_reads import CheckedReads
from ledger.store.port import Entry, Section, Store

REGISTRY: Final = "ledger/registry"
HEADS: Final = "ledger/heads"
ACCESS: Final = "ledger/access"
LEDGER: Final = "ledger"
PAGE: Final = 64
CLOCK_TOLERANCE_US: Final = 5 * 60 * 1_000_000


class Position(NamedTuple):
    """Where a claim ended up: its record's place in the log, and whether it was there before."""

    record: Record
    repeated: bool


class Batch:
    """Entries for one append. ``sizes`` maps stream name to its number of records and is moved on with the
    register.
    """

    def __init__(
        self,
        store: Store,
        reads: CheckedReads,
        register: Register,
        sizes: dict[str, int],
        surroundings: Surroundings,
        last_rec_us: int,
    ) -> None:
        self.entries: list[Entry] = []
        self.records: dict[str, Record] = {}
        self._named: dict[str, int] = {}
        self._store, self._reads, self._register, self._sizes = store, reads, register, sizes
        self._surroundings = surroundings
        self._first_index = store.size
        self._stored: Mapping[str, int] = {}
        self._page: dict[int, bytes] = {}
        self.tells_gap = False
        self.rec_us = max(surroundings.now_us(), last_rec_us)
        self._rec = calendar.format_rec(self.rec_us)

    def look_up(self, claims: Iterable[Claim]) -> None:
        """Ask the store once for the ids of many claims."""
        self._stored = _find(self._store, [claim.id for claim in claims if claim.id is not UNSET])

    def add(self, claim: Claim) -> Position:
        """Decide a claim; ``Refused`` or ``Malformed`` leaves the batch without it (its stream may have been
        opened).
        """
        claim = upcasts.today_claim(claim)
        assert claim.id is not UNSET, "a made claim has its id"
        known = self._known(claim.id)
        if known is not None:
            self._check_repeated(claim, known)
            return Position(known, True)
        targets = self._targets(claim)
        claim = retraction_stream(claim, targets)
        body = decide(self._register, claim, targets)
        stream = claim.stream
        assert stream is not None, "the stream is known once the class is"
        codec_sections = leaf_format.sections_of(body)
        self._open(stream, claim.place, body)
        return Position(self._append(claim, stream, body, codec_sections), False)

    def add_restated(self, claim: Claim) -> list[Position]:
        """As an importer adds: readings recorded already are left out, different ones become corrections of
        their records.
        """
        body = claim.body
        if (
            not isinstance(body, kinds.IntervalsRecorded)
            or claim.id in self.records
            or claim.id in self._stored
        ):
            return [self.add(claim)]
        start_s = calendar.instant_s(body.start)
        stop_s = start_s + len(body.values) * body.interval_s
        overlapping = self._register.overlapping(claim.place, body.meter, start_s, stop_s)
        records = [self._record(readings.record) for readings in overlapping]
        if not records:
            return [self.add(claim)]
        return [self.add(one) for one in restated(claim, records)] or [Position(records[0], True)]

    def _record(self, index: int) -> Record:
        """A record, stored or in this batch; what is delivered again comes in the order of the log, so a page
        is read at once.
        """
        pending = index - self._first_index
        if pending >= 0:
            return upcasts.read(self.entries[pending].leaf)
        if index not in self._page:
            leaves = self._reads.leaves(index, min(index + PAGE, self._first_index))
            self._page = dict(enumerate(leaves, start=index))
        return upcasts.read(self._page[index])

    def add_own(self, stream: str, body: Fact) -> Record:
        """A record of the ledger's own in one of its streams."""
        at = calendar.format_instant(self.rec_us // 1_000_000)
        claim = Claim(
            kind=BY_BODY[type(body)].tag,
            at=at,
            place=LEDGER,
            body=body,
            disclosure=stream.partition("/")[2],
            actor=LEDGER,
        )
        claim = msgspec.structs.replace(claim, id=derived_id(claim))
        self._open(stream, LEDGER, body)
        return self._append(claim, stream, body, {})

    @property
    def next_index(self) -> int:
        """The index of the record that is added next."""
        return self._first_index + len(self.entries)

    # --- ids and targets ------------------------------------------------------------------------------------

    def _known(self, id_: str) -> Record | None:
        if id_ in self.records:
            return self.records[id_]
        position = self._stored.get(id_)
        return None if position is None else self._record(position)

    def _check_repeated(self, claim: Claim, record: Record) -> None:
        stream = claim.stream or record.stream
        if not envelope.same_content(claim, record, stream) or not self._same_sections(claim, record):
            raise Refused(f"id {record.id} is record {record.index} already, which says something else")

    def _same_sections(self, claim: Claim, record: Record) -> bool:
        """Section fields agree as far as they are still kept: after an erasure the erased part is not
        compared.
        """
        said = leaf_format.sections_of(claim.body)
        stored = {} if record.sections is UNSET else record.sections
        if set(said) != set(stored):
            return False
        if not said:
            return True
        kept = self._sections_of(record)
        return all(
            leaf_format.section_hash(name, kept[name].salt, section) == stored[name]
            for name, section in said.items()
            if name in kept
        )

    def _sections_of(self, record: Record) -> dict[str, Section]:
        pending = record.index - self._first_index
        sections = self.entries[pending].sections if pending >= 0 else self._store.read_sections(record.index)
        return {section.name: section for section in sections}

    def whole(self, record: Record) -> Record:
        """A record of this batch with its sections in its body."""
        sections = {section.name: section.data for section in self._sections_of(record).values()}
        return (
            msgspec.structs.replace(record, body=leaf_format.with_sections(record.body, sections))
            if sections
            else record
        )

    def _targets(self, claim: Claim) -> Targets:
        """What is known of the ids that a claim names, stored or in this batch."""
        body = claim.body
        erased = (body.target,) if isinstance(body, kinds.SectionErased) else ()
        ids = (*(claim.corrects or ()), *erased, *getattr(body, "evidence", ()))
        if not ids:
            return NO_TARGETS
        found = _find(self._store, ids)
        records = {id_: upcasts.read(self._reads.leaf(index)) for id_, index in found.items()}
        records |= {id_: self.records[id_] for id_ in ids if id_ in self.records}
        named = {text_id(id_): index for id_, index in self._store.superseders(map(binary_id, ids)).items()}
        named |= {id_: self._named[id_] for id_ in ids if id_ in self._named}
        return Targets(records, named)

    # --- entries --------------------------------------------------------------------------------------------

    def _open(self, stream: str, place: str, body: Fact) -> None:
        """Open a stream in the batch of its first record (PROOF 1)."""
        if stream in self._register.streams or (
            isinstance(body, kinds.StreamOpened) and body.stream == stream
        ):
            return
        zone = body.tz if isinstance(body, kinds.SiteRegistered) else self._register.zone_of(place)
        number = len(self._register.streams)
        self.add_own(REGISTRY, kinds.StreamOpened(stream=stream, number=number, tz=zone or UNSET))

    def _append(self, claim: Claim, stream: str, body: Fact, sections: dict[str, bytes]) -> Record:
        assert claim.id is not UNSET, "a made claim has its id"
        kept = [
            Section(name, self._surroundings.random(leaf_format.SALT_BYTES), data)
            for name, data in sections.items()
        ]
        record = RECORDS[claim.kind](
            actor=claim.actor,
            at=claim.at,
            body=without_sections(body) if sections else body,
            corrects=claim.corrects,
            id=claim.id,
            index=self.next_index,
            nonce=self._surroundings.random(16).hex(),
            pos=self._sizes.get(stream, 0),
            reason=claim.reason,
            rec=self._rec,
            sections=(
                {s.name: leaf_format.section_hash(s.name, s.salt, s.data) for s in kept} if kept else UNSET
            ),
            source=claim.source,
            stream=stream,
        )
        leaf = leaf_format.encode(record)
        self._register.apply(record)
        self._sizes[stream] = record.pos + 1
        self.records[record.id] = record
        if record.corrects:
            self._named |= dict.fromkeys(record.corrects, record.index)
        self.entries.append(
            Entry(
                place=record.index,
                stream=self._register.streams[stream],
                pos=record.pos,
                id=binary_id(record.id),
                kind=record.kind,
                leaf=leaf,
                supersedes=tuple(map(binary_id, record.corrects or ())),
                sections=tuple(kept),
            )
        )
        return record


def _find(store: Store, ids: Iterable[str]) -> dict[str, int]:
    return {text_id(id_): index for id_, index in store.indexes(list(map(binary_id, ids))).items()}
