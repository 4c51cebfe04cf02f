"""The writer of a book: claims decided and appended, over the fold of all records so far.

Every append is durable before it is acknowledged. The caller holds the store's lock and has asked the fork
guard.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from ledger import calendar, kinds
from ledger.app.book import config, unfinished
from ledger.app.book.acknowledged import ACKNOWLEDGED
from ledger.app.book.batch import ACCESS, CLOCK_TOLERANCE_US, Batch, Outcome, Position, Said
from ledger.app.book.documents import documents_of, is_kept, may_name
from ledger.app.book.said_again import with_replaced
from ledger.app.cache.register_cache import RegisterCache
from ledger.app.host.clock import Surroundings, check_not_ahead
from ledger.app.host.progress import Progress
from ledger.errors import Problem, Refused
from ledger.records import upcasts
from ledger.records.envelope import Record
from ledger.records.ids import binary_id
from ledger.rules.known import Known
from ledger.rules.plausibility.beside import FactsBeside, dates_others, neighbours
from ledger.rules.plausibility.rule import Unlikely
from ledger.rules.register import Kept, Register, Source, bears, kept
from ledger.store.checked_reads import CheckedReads, stream_leaves
from ledger.store.port import Store

PART_RECORDS: Final = 10_000
CHUNK: Final = 1_000


class Writer:
    """Claims in, records out. ``accept_clock`` makes records although the clock is behind the last one, or
    far ahead of all that is known; ``told_gap_us`` is the time of the last record when a clock behind it was
    recorded.
    """

    def __init__(
        self,
        directory: Path,
        store: Store,
        settings: config.Config,
        surroundings: Surroundings,
        key: Path,
        progress: Progress,
    ) -> None:
        self.directory, self.store, self.config = directory, store, settings
        self.reads = CheckedReads(store)
        self.surroundings = surroundings
        self.accept_clock = False
        self.told_gap_us = -1
        self._progress = progress
        self._untouched = (directory / config.NAME, key)  # files that no record changes
        self._fold: Fold | None = None
        self._looked_for: set[str] = set()  # documents that this writer has looked for

    # --- recording ------------------------------------------------------------------------------------------

    def record(
        self,
        claims: Sequence[Said],
        *,
        atomic: bool = False,
        dry_run: bool = False,
        restate: bool = False,
        judge: bool = False,
        progress: Progress | None = None,
    ) -> Outcome:
        """Decide claims in their order and append what is accepted (see ``Book.record``)."""
        positions: list[Position] = []
        problems: list[Problem] = []
        noted: tuple[Unlikely, ...] = ()
        if not dry_run:
            self._hold_documents(claims)
        step = max(len(claims), 1) if atomic or dry_run else CHUNK
        for start in range(0, len(claims), step):
            batch = self.batch()
            taken = batch.take(claims[start : start + step], restate=restate)
            positions += taken.positions
            problems += taken.problems
            if taken.recorded and not dry_run and not (atomic and problems):
                self.append(batch)
            elif batch.entries:
                if judge and dry_run:
                    noted = self._unlikely(positions)
                self.forget()
            if progress:
                progress(min(start + step, len(claims)), len(claims))
        if atomic and problems and not dry_run:
            positions = [position for position in positions if position.repeated]
        if judge and not dry_run:
            noted = self._unlikely(positions)
        if judge:
            positions = with_replaced(positions, lambda *place: self._effective_after(positions, *place))
        return Outcome(tuple(positions), tuple(problems), noted)

    def record_each(self, calls: Sequence[Sequence[Said]], *, atomic: bool = False) -> list[Outcome]:
        """Decide the claims of several calls, one after the other, and append what is accepted of all of them
        in one transaction; an outcome for each. With ``atomic`` one problem keeps all out.
        """
        for claims in calls:
            self._hold_documents(claims)
        batch = self.batch()
        try:
            batch.look_up([said.claim for claims in calls for said in claims])
            found = [batch.take(claims, looked_up=True) for claims in calls]
        except BaseException:
            self.forget()
            raise
        stopped = atomic and any(outcome.problems for outcome in found)
        if any(outcome.recorded for outcome in found) and not stopped:
            self.append(batch)
        elif batch.entries:
            self.forget()
        return [_only_repeated(outcome) for outcome in found] if stopped else found

    def _unlikely(self, positions: Iterable[Position]) -> tuple[Unlikely, ...]:
        """Notes on new, effective records that are unlikely beside all that is known now."""
        from ledger.rules.plausibility.table import chosen, unlikely  # who only reads needs no rules

        new = [position.record for position in positions if not position.repeated]
        if not new:
            return ()
        by_index = {record.index: record for record in new}
        by_id = {record.id: record for record in new}
        gone = {target for record in new for target in record.corrects or ()}
        beside = FactsBeside(
            Known(self.fold().register, frozenset()),
            calendar.rec_us(new[-1].rec) // 1_000_000,
            lambda index: by_index.get(index) or upcasts.read(self.reads.leaf(index)),
            lambda id_: by_id.get(id_) or self._record_of(id_),
            neighbours(new, self._at_before),
        )
        rules = chosen(self.config.plausibility)
        return tuple(
            found for record in new if record.id not in gone for found in unlikely(rules, beside, record)
        )

    def _effective_after(self, new: Sequence[Position], stream: str, pos: int) -> Iterator[Record]:
        """The effective records of a stream behind a position; those of a dry run are not in the store."""
        number = self.fold().register.streams.get(stream)
        stored = [] if number is None else list(self.store.read_stream(number, pos + 1, None))
        records = {record.id: record for record in map(upcasts.read, stored)}
        records |= {p.record.id: p.record for p in new if p.record.stream == stream and p.record.pos > pos}
        gone = {id_ for record in records.values() for id_ in record.corrects or ()}
        return (record for id_, record in records.items() if id_ not in gone)

    def _record_of(self, id_: str) -> Record | None:
        """The record of an id, None where there is none."""
        index = self.store.indexes([binary_id(id_)]).get(binary_id(id_))
        return None if index is None else upcasts.read(self.reads.leaf(index))

    def _at_before(self, record: Record) -> str | None:
        """The ``at`` of the record before one in its stream; None where there is none to compare with."""
        if not record.pos:
            return None
        number = self.fold().register.streams[record.stream]
        for leaf in self.store.read_stream(number, record.pos - 1, record.pos):
            before = upcasts.read(leaf)
            self.reads.checked(before.index, leaf)
            return before.at if dates_others(before) else None
        return None

    def suppose(self, claims: Sequence[Said]) -> tuple[tuple[Record, ...], tuple[Problem, ...]]:
        """The records that claims would become, with their sections, decided one after the other; nothing is
        kept.
        """
        batch = self.bare_batch()
        taken = batch.take(claims)
        self.forget()
        records = tuple(batch.whole(p.record) for p in taken.positions if not p.repeated)
        return records, taken.problems

    def _hold_documents(self, claims: Sequence[Said]) -> None:
        """List the documents that claims name and that are kept here: only these can fsck report as gone."""
        named = {digest for said in claims if may_name(said.claim) for digest in documents_of(said.claim)}
        named -= self._looked_for
        self._looked_for |= named
        new = [digest for digest in sorted(named) if is_kept(self.directory, digest)]
        if new and not self.store.documents().issuperset(new):
            self.store.hold(new)

    # --- batches --------------------------------------------------------------------------------------------

    def batch(self) -> Batch:
        """A batch for new records; ``Refused`` when the clock is more than 5 minutes behind the last record,
        unless that is accepted: then its first record states it.
        """
        batch, fold = self.bare_batch(), self.fold()
        behind_us = fold.last_rec_us - self.surroundings.now_us()
        if behind_us > CLOCK_TOLERANCE_US:
            clock, last = (calendar.format_rec(us) for us in (fold.last_rec_us - behind_us, fold.last_rec_us))
            if not self.accept_clock:
                raise Refused(
                    f"the clock says {clock}, more than 5 minutes before the last record of {last}; "
                    "set the clock right, or add --accept-clock to go on at the last record's time"
                )
            if self.told_gap_us != fold.last_rec_us:
                batch.add_own(ACCESS, kinds.ClockAnomaly(clock=clock, last_rec=last))
                batch.tells_gap = True
        return batch

    def bare_batch(self) -> Batch:
        """A batch that accepts a clock behind the last record: what seals must be the very next record."""
        fold = self.fold()
        if not self.accept_clock:
            check_not_ahead(self.surroundings, fold.last_rec_us, self._untouched)
        return Batch(self.store, self.reads, fold.register, fold.sizes, self.surroundings, fold.last_rec_us)

    def record_own(self, stream: str, fact: kinds.Fact) -> Record:
        """Append a fact of the ledger's own; the same fact of the same second is on record already."""
        batch = self.batch()
        record = batch.add_own(stream, fact)
        before = self._record_of(record.id)
        if before is not None:
            self.forget()
            return before
        self.append(batch)
        return record

    def append(self, batch: Batch) -> None:
        """Append a batch, durably, and carry out the erasures in it."""
        erasures = batch.erasures
        if erasures:
            unfinished.begin(self.directory, dict.fromkeys(erasures, ()))
        try:
            self.store.append(batch.entries, batch.entries[0].place)
        except BaseException:
            self.forget()
            raise
        ACKNOWLEDGED.add(len(batch.entries), len(batch.entries) - batch.own)
        assert self._fold is not None, "a batch is made from the fold"
        self._fold.appended(batch, self.store.size)
        if batch.tells_gap:
            self.told_gap_us = batch.rec_us
        if erasures:
            unfinished.finish(self)

    # --- the fold -------------------------------------------------------------------------------------------

    def fold(self) -> Fold:
        """The register and stream sizes over exactly the store's records."""
        fold = self._fold
        if fold is None:
            cache = RegisterCache(self)
            fold = self._fold = Fold(cache, self._kept_of, self._streams(cache.size))
            fold.sizes = {name: self.store.forest.stream(n).size for name, n in fold.register.streams.items()}
            if fold.size:
                fold.last_rec_us = calendar.rec_us(upcasts.read(self.reads.leaf(fold.size - 1)).rec)
        if fold.size != self.store.size:
            fold.extend(self._records_from(fold.size), self.store.size)
            fold.keep()
        return fold

    def stream_size(self, name: str) -> int | None:
        """Number of records of a stream; None where the fold is not made or is behind, as making it takes long."""
        fold = self._fold
        return None if fold is None or fold.size != self.store.size else fold.sizes.get(name, 0)

    def forget(self) -> None:
        """Drop the fold: it had moved on with what is not kept."""
        if self._fold is not None:
            self._fold.cache.close()
            self._fold = None

    def _records_from(self, first: int) -> Iterator[Record]:
        """The records from an index on; progress is told now and then."""
        for done, leaf in enumerate(self.reads.leaves(first, self.store.size), start=first):
            yield upcasts.read(leaf)
            if done % CHUNK == 0:
                self._progress(done, self.store.size)

    def _stream(self, number: int, size: int) -> Iterator[Record]:
        """A stream's records among the first ``size`` of the log."""
        records = map(upcasts.read, stream_leaves(self.store, number))
        return (record for record in records if record.index < size)

    def _streams(self, size: int) -> dict[str, int]:
        """The streams opened in the first ``size`` records."""
        opened = self._stream(0, size) if size else ()
        return {r.body.stream: r.body.number for r in opened if isinstance(r.body, kinds.StreamOpened)}

    def _kept_of(self, place: str) -> list[Kept]:
        """Records that bear on decisions about a place: from the cache, or from the log where the cache is
        damaged.
        """
        assert self._fold is not None, "a register asks the cache it was made from"
        cache, streams = self._fold.cache, self._fold.register.streams
        try:
            return cache.read(place)
        except ValueError:
            cache.close()
            numbers = [number for name, number in streams.items() if name.partition("/")[0] == place]
            records = [r for number in numbers for r in self._stream(number, cache.size) if bears(r)]
            return [kept(record) for record in sorted(records, key=lambda record: record.index)]


def _only_repeated(outcome: Outcome) -> Outcome:
    """The outcome of claims that were kept out."""
    kept = tuple(one for one in outcome.positions if one.repeated)
    return msgspec.structs.replace(outcome, positions=kept)


class Fold:
    """State that a writer keeps: the register, stream sizes, the last record's time; ``bearing`` is not
    cached yet.
    """

    def __init__(self, cache: RegisterCache, source: Source, streams: dict[str, int]) -> None:
        self.cache = cache
        self.register = Register(source, streams)
        self.sizes: dict[str, int] = {}
        self.last_rec_us = 0
        self.size = cache.size
        self.bearing: list[Record] = []

    def keep(self) -> None:
        """Add a part to the cache when enough has come since the last."""
        if self.size - self.cache.size >= PART_RECORDS:
            self.cache.keep(self.bearing, self.size)
            if self.cache.size == self.size:
                self.bearing = []
                self.register.source_has_all()
            elif not self.cache.usable:
                self.bearing = []

    def appended(self, batch: Batch, size: int) -> None:
        """Take in a batch that is durable now; it moved the register and the stream sizes itself."""
        self.size, self.last_rec_us = size, batch.rec_us
        self.bearing += batch.bearing
        self.keep()

    def extend(self, records: Iterable[Record], size: int) -> None:
        """Take in records that were read from the log, up to its size."""
        if size == self.size:
            return
        last = None
        for record in records:
            if self.register.apply(record):
                self.bearing.append(record)
            self.sizes[record.stream] = record.pos + 1
            last = record
        if last is not None:
            self.last_rec_us = calendar.rec_us(last.rec)
        self.size = size
