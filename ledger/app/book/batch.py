"""A batch: a pipeline from the claims of a chunk to the entries of one append.

The ids of the chunk are looked up once. Then each claim, in order, is decided against the register and what
is known of its targets, becomes a record with its entry, and moves the register on: a later claim may rest on
an earlier one. Nothing is durable until the entries are appended.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import msgspec
from msgspec import UNSET

from ledger import calendar, kinds
from ledger.app.book.known_ids import KnownIds
from ledger.app.host.clock import Surroundings
from ledger.errors import Malformed, Problem, Refused
from ledger.kinds import BY_BODY, Fact
from ledger.records import leaf_format, upcasts
from ledger.records.envelope import RECORDS, Claim, Record, derived_id, without_sections
from ledger.records.ids import binary_id
from ledger.rules.corrections import retraction_stream
from ledger.rules.decide import decide
from ledger.rules.plausibility.rule import Unlikely
from ledger.rules.redelivery import restated
from ledger.rules.register import Register
from ledger.store.checked_reads import CheckedReads
from ledger.store.port import Entry, Section, Store, entry

REGISTRY: Final = "ledger/registry"
HEADS: Final = "ledger/heads"
ACCESS: Final = "ledger/access"
LEDGER: Final = "ledger"
CLOCK_TOLERANCE_US: Final = 5 * 60 * 1_000_000


class Said(NamedTuple):
    """A claim and the place it was read from, for messages."""

    claim: Claim
    source: str = "claim"
    line: int = 0
    raw: str = ""


class Position(msgspec.Struct, frozen=True, gc=False):
    """The record of a claim, whether the log held it before, and the index of the record that has corrected
    or retracted it since, or that took its place at the same instant.
    """

    record: Record
    repeated: bool
    gone_by: int | None = None
    replaced_by: int | None = None


class Outcome(msgspec.Struct, frozen=True):
    """Result of deciding claims: the positions of the recorded and the repeated, and the problems, in order;
    with judging, the unlikely values among the new ones.
    """

    positions: tuple[Position, ...]
    problems: tuple[Problem, ...]
    unlikely: tuple[Unlikely, ...] = ()

    @property
    def gone(self) -> tuple[Position, ...]:
        """Repeated claims whose record has been corrected or retracted since: they are not effective."""
        return tuple(position for position in self.positions if position.gone_by is not None)

    @property
    def replaced(self) -> tuple[Position, ...]:
        """Repeated claims that another fact of the same instant has replaced."""
        return tuple(position for position in self.positions if position.replaced_by is not None)

    @property
    def recorded(self) -> int:
        """Number of new records."""
        return [position.repeated for position in self.positions].count(False)

    @property
    def repeated(self) -> int:
        """Number of claims that were recorded before."""
        return len(self.positions) - self.recorded


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
        self.bearing: list[Record] = []  # those that bear on decisions
        self.own = 0  # records that the ledger writes itself
        self.erasures: list[str] = []  # their ids
        self._known = KnownIds(store, reads)
        self.records = self._known.added  # by id, in order
        self._first_index = self._known.first_index
        self._register, self._sizes, self._surroundings = register, sizes, surroundings
        self.tells_gap = False
        self.rec_us = max(surroundings.now_us(), last_rec_us)
        self._rec = calendar.format_rec(self.rec_us)

    def look_up(self, claims: Iterable[Claim]) -> None:
        """Ask the store once for the ids of claims and for the records that they name."""
        self._known.look_up(claims)

    def take(self, chunk: Sequence[Said], *, restate: bool = False, looked_up: bool = False) -> Outcome:
        """Decide the claims of a chunk; a refused or malformed one is a problem (its stream may have been
        opened) and the others go on. ``looked_up``: their ids were looked up already.

        With ``restate`` meter readings that are recorded already are left out, and different ones become
        corrections of their records.
        """
        positions: list[Position] = []
        problems: list[Problem] = []
        if not looked_up:
            self.look_up([said.claim for said in chunk])
        for said in chunk:
            try:
                if restate:
                    positions += self._restated(said.claim)
                else:
                    positions.append(self._one(said.claim))
            except (Malformed, Refused) as why:
                problems.append(Problem(said.source, said.line, str(why), said.raw, why.exit_code))
        return Outcome(tuple(positions), tuple(problems))

    def _one(self, claim: Claim) -> Position:
        """Decide a claim and add its record, or find the record it already has."""
        claim = upcasts.today_claim(claim)
        found, targets = self._known.find(claim)
        if found is not None:
            self._known.check_repeated(claim, found)
            return Position(found, True, self._known.gone_by(found.id))
        if claim.disclosure is None:
            claim = retraction_stream(claim, targets)
        body = decide(self._register, claim, targets)
        stream = claim.stream
        assert stream is not None, "the stream is known once the class is"
        if stream not in self._register.streams:
            self._open(stream, claim.place, body)
        return Position(self._append(claim, stream, body, leaf_format.sections_of(body)), False)

    def _restated(self, claim: Claim) -> list[Position]:
        """Add what a claim of readings adds to those recorded; any other claim as it is."""
        body = claim.body
        assert claim.id is not UNSET, "a made claim has its id"
        stands = self._known.has(claim.id) and self._known.gone_by(claim.id) is None
        if not isinstance(body, kinds.Series) or stands:
            return [self._one(claim)]
        start_s = calendar.instant_s(body.start)
        stop_s = start_s + len(body.values) * body.interval_s
        overlapping = self._register.overlapping(claim.place, body.series, start_s, stop_s)
        records = [self._known.record_at(readings.record) for readings in overlapping]
        if not records:
            return [self._one(claim)]
        new = restated(claim, records)
        self._known.look_up(new)
        return [self._one(one) for one in new] or [Position(records[0], True)]

    def add_own(self, stream: str, body: Fact) -> Record:
        """Add a record of the ledger's own to one of its streams."""
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
        if stream not in self._register.streams:
            self._open(stream, LEDGER, body)
        self.own += 1
        return self._append(claim, stream, body, {})

    @property
    def next_index(self) -> int:
        """The index of the record that is added next."""
        return self._first_index + len(self.entries)

    def whole(self, record: Record) -> Record:
        """A record of this batch with its sections in its body."""
        return self._known.whole(record)

    def _open(self, stream: str, place: str, body: Fact) -> None:
        """Open a stream in the batch of its first record (PROOF 1)."""
        if isinstance(body, kinds.StreamOpened) and body.stream == stream:
            return
        zone = body.tz if isinstance(body, kinds.SiteRegistered) else self._register.zone_of(place)
        number = len(self._register.streams)
        self.add_own(REGISTRY, kinds.StreamOpened(stream=stream, number=number, tz=zone or UNSET))

    def _append(self, claim: Claim, stream: str, body: Fact, sections: dict[str, bytes]) -> Record:
        id_, corrects = claim.id, claim.corrects
        assert id_ is not UNSET, "a made claim has its id"
        index, pos = self._first_index + len(self.entries), self._sizes.get(stream, 0)
        kept = self._kept(sections) if sections else ()
        record = RECORDS[claim.kind](
            actor=claim.actor,
            at=claim.at,
            body=without_sections(body) if sections else body,
            corrects=corrects,
            id=id_,
            index=index,
            nonce=self._surroundings.random(16).hex(),
            pos=pos,
            reason=claim.reason,
            rec=self._rec,
            sections=(
                {s.name: leaf_format.section_hash(s.name, s.salt, s.data) for s in kept} if kept else UNSET
            ),
            source=claim.source,
            stream=stream,
        )
        leaf = leaf_format.encode(record)
        if self._register.apply(record):
            self.bearing.append(record)
        self._sizes[stream] = pos + 1
        self._known.add(record, kept)
        if type(body) is kinds.SectionErased:
            self.erasures.append(id_)
        supersedes = () if corrects is UNSET else tuple(map(binary_id, corrects))
        number, binary = self._register.streams[stream], self._known.binary.get(id_) or binary_id(id_)
        self.entries.append(entry((index, number, pos, binary, claim.kind, leaf, supersedes, kept)))
        return record

    def _kept(self, sections: dict[str, bytes]) -> tuple[Section, ...]:
        """Sections with the salts of their hashes."""
        return tuple(
            Section(name, self._surroundings.random(leaf_format.SALT_BYTES), data)
            for name, data in sections.items()
        )
