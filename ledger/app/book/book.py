"""A book: the directory that holds a ledger, and what can be done with it. Command line, HTTP and demo call
only this.

Opening to write checks that the log below the head and below the last signed checkpoint is the history that
was committed, else ``Tampered``. Every append is durable before it is acknowledged; after 10,000 records, or
60 s after the first unsealed one, the next append seals (PROOF 2).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from msgspec import UNSET

from ledger import calendar, kinds
from ledger.app.book import config, keys, unfinished
from ledger.app.book.acknowledged import ACKNOWLEDGED
from ledger.app.book.batch import ACCESS, CLOCK_TOLERANCE_US, HEADS, REGISTRY, Batch, Position
from ledger.app.book.documents import documents_of, is_kept
from ledger.app.book.making import Stage, check_begun, making
from ledger.app.cache.register_cache import RegisterCache
from ledger.app.host.clock import Machine, Surroundings, check_not_ahead
from ledger.app.host.files import remove_all_leftovers
from ledger.errors import Conflict, Malformed, Problem, Refused, Tampered, UnknownOutcome, WattledgerError
from ledger.log.checkpoint import Checkpoint, format_checkpoint
from ledger.log.key_rotation import sign_rotation
from ledger.log.signing import Signer, sign_note
from ledger.log.verify import ProofError, key_hash, parse_note, parse_vkey, verified_by
from ledger.records import leaf_format, upcasts
from ledger.records.envelope import Claim, Record
from ledger.rules.register import Kept, Register, Source, bears, kept
from ledger.store.checked_reads import CheckedReads, stream_leaves
from ledger.store.port import Section, Store
from ledger.store.roots import root_at
from ledger.store.sqlite.store import SqliteStore

SEAL_RECORDS: Final = 10_000
PART_RECORDS: Final = 10_000
SEAL_US: Final = 60 * 1_000_000
CHUNK: Final = 1_000
PROGRAM_FILES: Final = (Path(__file__), Path(calendar.__file__))
Progress = Callable[[int, int], None]
Reading = Callable[[bytes], Record]


def unsaid(done: int, total: int) -> None:
    """Nobody is told how far it is."""


class Said(NamedTuple):
    """A claim and the place it was read from, for messages."""

    claim: Claim
    source: str = "claim"
    line: int = 0
    raw: str = ""


class Outcome(NamedTuple):
    """What became of claims: the positions of the recorded and the repeated, and the problems, in order."""

    positions: tuple[Position, ...]
    problems: tuple[Problem, ...]

    @property
    def recorded(self) -> int:
        """How many are new."""
        return sum(not position.repeated for position in self.positions)

    @property
    def repeated(self) -> int:
        """How many were there before."""
        return sum(position.repeated for position in self.positions)


class Book:
    """An open book. ``store`` may be read freely; everything that writes goes through the methods here."""

    def __init__(
        self, directory: Path, store: Store, settings: config.Config, surroundings: Surroundings, key: Path
    ) -> None:
        self.directory, self.store, self.config = directory, store, settings
        self.reads: CheckedReads = CheckedReads(store)
        self._surroundings, self._key = surroundings, key
        self._fold: _Fold | None = None
        self.progress: Progress = unsaid
        self._oldest_unsealed = (-1, 0)  # its index and rec in microseconds
        self._named: set[str] = set()  # documents that this handle has looked for
        self._guarded: tuple[object, ...] | None = (
            None  # the signed file and the log's end that were last compared
        )
        self._hidden: frozenset[tuple[int, str]] = frozenset()  # sections of erasures that were cut short
        self.accept_clock = False
        self.told_gap_us = -1  # the last record's time when a clock behind it was recorded by this command

    # --- making and opening ---------------------------------------------------------------------------------

    @classmethod
    def create(
        cls,
        directory: Path,
        settings: config.Config,
        *,
        key_file: str | None = None,
        surroundings: Surroundings | None = None,
        accept_clock: bool = False,
    ) -> Book:
        """A new book with its key, its registry and heads streams open and sealed once; one that was cut
        short is finished.
        """
        surroundings = surroundings or Machine()
        config.check_config(settings)
        if not accept_clock:
            check_not_ahead(surroundings, 0, (directory, directory.absolute().parent, *PROGRAM_FILES))
        key, seed = keys.key_path(directory, key_file), surroundings.random(keys.SEED_BYTES)
        with making(directory, settings, key, seed) as stage:
            if stage is Stage.SIGNED:
                return cls.open(
                    directory,
                    write=True,
                    key_file=key_file,
                    surroundings=surroundings,
                    accept_clock=accept_clock,
                )
            book = cls(directory, SqliteStore.create(directory), settings, surroundings, key)
            book.accept_clock = accept_clock
            try:
                book._begin()
            except BaseException:
                book.close()
                raise
        return book

    def _begin(self) -> None:
        """The first records, sealed."""
        with self.store.writing():
            batch = self._batch()
            batch.add_own(REGISTRY, kinds.StreamOpened(stream=REGISTRY, number=0))
            batch.add_own(REGISTRY, kinds.StreamOpened(stream=HEADS, number=1))
            self.store.append(batch.entries, self.store.size)
            self._seal()

    @classmethod
    def open(
        cls,
        directory: Path,
        *,
        write: bool,
        key_file: str | None = None,
        surroundings: Surroundings | None = None,
        accept_clock: bool = False,
    ) -> Book:
        """The book of a directory; ``Tampered`` when its history is not what was committed or signed.

        With ``accept_clock`` records are made although the clock is behind the last one, or far ahead of all
        that is known.
        """
        settings = config.read_config(directory)
        check_begun(directory)
        store = SqliteStore.open(directory, write=write)
        key = keys.key_path(directory, key_file)
        book = cls(directory, store, settings, surroundings or Machine(), key)
        book.accept_clock = accept_clock
        try:
            check_begun(directory, store.size)
            if write:
                with book.writing():
                    remove_all_leftovers(directory)
                    book._seal_signed()
                unfinished.finish(book, wait=False)
            else:
                book._hidden = unfinished.hidden(book)
        except BaseException:
            store.close()
            raise
        return book

    @classmethod
    def open_for_repair(
        cls, directory: Path, *, key_file: str | None = None, surroundings: Surroundings | None = None
    ) -> Book:
        """A book whose head file is not believed; everything else is checked as ever."""
        settings = config.read_config(directory)
        store = SqliteStore.open(directory, write=True, trusts_head=False)
        return cls(directory, store, settings, surroundings or Machine(), keys.key_path(directory, key_file))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writer's lock over a log that may go on: below its head and below what its key signed, it
        is the history that was.

        Whatever guards an append is read here, while the lock is held: another process may have appended,
        sealed, rotated or restored while this one waited.
        """
        with self.store.writing():
            self._guard()
            yield

    def _guard(self) -> None:
        """``Tampered`` or ``Malformed`` where nothing may be appended; asked again whenever the signed file
        changed.
        """
        now = keys.stamp(self._key)
        if now is not None and now == self._guarded:
            return
        why = cannot_go_on(self.store, self.config, self._key)
        if why is not None:
            raise why
        self._guarded = now

    def close(self) -> None:
        """Let go of files and locks."""
        self._drop()
        self.store.close()

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- recording ------------------------------------------------------------------------------------------

    def record(
        self,
        claims: Sequence[Said],
        *,
        atomic: bool = False,
        dry_run: bool = False,
        restate: bool = False,
        progress: Progress | None = None,
    ) -> Outcome:
        """Decide claims in their order and append what is accepted, in batches of 1,000 (one, if atomic).

        With ``restate`` meter readings that are recorded already are left out and different ones become
        corrections. A refused or malformed claim is a Problem and the others go on; with ``atomic`` one
        problem keeps all out. With ``dry_run`` nothing is appended. ``Refused`` as a whole when the clock is
        more than 5 minutes behind the last record.
        """
        positions: list[Position] = []
        problems: list[Problem] = []
        with self.writing():
            if not dry_run:
                self._hold_documents(claims)
            step = max(len(claims), 1) if atomic or dry_run else CHUNK
            for start in range(0, len(claims), step):
                batch = self._batch()
                fresh = self._decide(batch, claims[start : start + step], positions, problems, restate)
                if fresh and not dry_run and not (atomic and problems):
                    self._append(batch)
                elif batch.entries:
                    self._drop()
                if progress:
                    progress(min(start + step, len(claims)), len(claims))
            if not dry_run and self._seal_due():
                self._seal_recorded()
        if atomic and problems and not dry_run:
            positions = [position for position in positions if position.repeated]
        return Outcome(tuple(positions), tuple(problems))

    def _hold_documents(self, claims: Sequence[Said]) -> None:
        """List the documents that facts name and that are kept here: only of these fsck can say that they are
        gone.
        """
        named = {digest for said in claims for digest in documents_of(said.claim)} - self._named
        self._named |= named
        new = [digest for digest in sorted(named) if is_kept(self.directory, digest)]
        if new and not self.store.documents().issuperset(new):
            self.store.hold(new)

    @staticmethod
    def _decide(
        batch: Batch, chunk: Sequence[Said], positions: list[Position], problems: list[Problem], restate: bool
    ) -> bool:
        """Whether anything in the chunk is new."""
        fresh = False
        batch.look_up(said.claim for said in chunk)
        for said in chunk:
            try:
                found = batch.add_restated(said.claim) if restate else [batch.add(said.claim)]
            except (Malformed, Refused) as why:
                problems.append(Problem(said.source, said.line, str(why), said.raw, why.exit_code))
            else:
                positions += found
                fresh = fresh or any(not position.repeated for position in found)
        return fresh

    def _append(self, batch: Batch) -> None:
        erasures = [r.id for r in batch.records.values() if isinstance(r.body, kinds.SectionErased)]
        if erasures:
            unfinished.begin(self.directory, dict.fromkeys(erasures, ()))
        try:
            self.store.append(batch.entries, batch.entries[0].place)
        except BaseException:
            self._drop()
            raise
        ACKNOWLEDGED.records += len(batch.entries)
        assert self._fold is not None, "a batch is made from the fold"
        self._fold.size, self._fold.last_rec_us = self.store.size, batch.rec_us
        if batch.tells_gap:
            self.told_gap_us = batch.rec_us
        self._fold.bearing += filter(bears, batch.records.values())
        self._fold.keep()
        if erasures:
            unfinished.finish(self)

    def _bare_batch(self) -> Batch:
        """A batch that minds no clock behind the last record: what seals must be the very next record."""
        fold = self._caught_up()
        if not self.accept_clock:
            check_not_ahead(self._surroundings, fold.last_rec_us, (self.directory / config.NAME, self._key))
        return Batch(self.store, self.reads, fold.register, fold.sizes, self._surroundings, fold.last_rec_us)

    def _batch(self) -> Batch:
        fold, batch = self._caught_up(), self._bare_batch()
        behind_us = fold.last_rec_us - self._surroundings.now_us()
        if behind_us > CLOCK_TOLERANCE_US:
            clock, last = (calendar.format_rec(us) for us in (fold.last_rec_us - behind_us, fold.last_rec_us))
            if not self.accept_clock:
                raise Refused(
                    f"the clock says {clock}, more than 5 minutes before the last record of {last}; "
                    "set the clock right, or say --accept-clock to go on at the last record's time"
                )
            if self.told_gap_us != fold.last_rec_us:
                batch.add_own(ACCESS, kinds.ClockAnomaly(clock=clock, last_rec=last))
                batch.tells_gap = True
        return batch

    def suppose(self, claims: Sequence[Said]) -> tuple[tuple[Record, ...], tuple[Problem, ...]]:
        """The records that claims would become, with their sections, decided one after the other; nothing is
        kept.
        """
        positions: list[Position] = []
        problems: list[Problem] = []
        batch = self._bare_batch()
        self._decide(batch, claims, positions, problems, restate=False)
        self._drop()
        return tuple(batch.whole(p.record) for p in positions if not p.repeated), tuple(problems)

    def now(self) -> str:
        """This instant, as stored."""
        return calendar.format_instant(self._surroundings.now_us() // 1_000_000)

    # --- sealing --------------------------------------------------------------------------------------------

    def checkpoint(self) -> bytes:
        """Seal what is unsealed, and return the last signed checkpoint (C2SP signed note)."""
        with self.writing():
            if self._unsealed():
                self._seal()
            seal = self.store.last_seal()
        assert seal is not None, "a book is sealed when it is made"
        return seal.note

    def record_repair(self, repaired: kinds.HeadRepaired) -> Record:
        """Put on record that the head was set to all records, and seal: the head is written when that is
        durable.
        """
        with self.writing():
            batch = self._bare_batch()
            record = batch.add_own(ACCESS, repaired)
            self._append(batch)
            self._seal()
        return record

    def signed(self) -> Checkpoint:
        """The checkpoint that the key signed last; ``Tampered`` where nothing says it or its signature is not
        the log's.
        """
        note = keys.read_signed(self._key)
        if note is None:
            raise _signed_missing(keys.signed_path(self._key))
        checkpoint = keys.parse_signed(self._key, note)
        try:
            good = verified_by(parse_note(note), [parse_vkey(self.signer().vkey)])
        except ProofError:
            good = []
        if not good:
            raise Tampered(f"{keys.signed_path(self._key)} is not signed by the log's key")
        return checkpoint

    def _unsealed(self) -> int:
        seal = self.store.last_seal()
        return self.store.size - (0 if seal is None else seal.size)

    def _seal_due(self) -> bool:
        unsealed = self._unsealed()
        if not unsealed or unsealed >= SEAL_RECORDS or unsealed == self.store.size:
            return bool(unsealed)
        oldest = self.store.size - unsealed
        if self._oldest_unsealed[0] != oldest:
            self._oldest_unsealed = (oldest, calendar.rec_us(self.record_at(oldest).rec))
        return self._surroundings.now_us() - self._oldest_unsealed[1] >= SEAL_US

    def _seal(self) -> None:
        """Write the heads leaf, sign the checkpoint over it, remember it as signed, and keep it with the
        trees.

        A crash after the heads leaf is harmless: it is signed now if it is still the last leaf.
        """
        signers = self._signers()
        if (
            not isinstance(self.record_at(self.store.size - 1).body, kinds.LedgerHeads)
            or not self._unsealed()
        ):
            for number in self._caught_up().register.streams.values():
                self.store.forest.open_stream(number)
            count, root = self.store.forest.heads()
            batch = self._bare_batch()
            batch.add_own(HEADS, kinds.LedgerHeads(count=count, dir=root.hex()))
            self._append(batch)
        checkpoint = Checkpoint(self.config.origin, self.store.size, self.store.forest.root())
        note = sign_note(format_checkpoint(checkpoint), signers)
        keys.write_signed(self._key, note)
        self.store.seal(note)
        keys.promote(self._key, signers[-1].vkey, self.config.origin)

    def _seal_recorded(self) -> None:
        """Seal after recording: the records stand, whatever keeps the checkpoint from being signed."""
        try:
            self._seal()
        except (OSError, Malformed, UnknownOutcome) as why:
            what = f"{why.filename or 'the disk'}: {why.strerror or why}" if isinstance(why, OSError) else why
            raise UnknownOutcome(
                f"the checkpoint over the newest could not be signed ({what}): run wattledger checkpoint when"
                " that is mended"
            ) from why

    def _seal_signed(self) -> None:
        """Keep the checkpoint that was signed last where a crash came between: the only one that carries both
        keys may be among them.
        """
        note = keys.read_signed(self._key)
        if note is None:
            return
        if self._unsealed() and keys.parse_signed(self._key, note).size == self.store.size:
            self.store.seal(note)
            keys.promote(self._key, self.signer().vkey, self.config.origin)

    # --- keys -----------------------------------------------------------------------------------------------

    def signer(self) -> Signer:
        """The key that signs now."""
        return self._signers()[-1]

    def _signers(self) -> list[Signer]:
        """Who signs the next checkpoint; ``Malformed`` where the key at hand is not the one that signed the
        last.
        """
        seal, signed = self.store.last_seal(), keys.read_signed(self._key)
        if seal and signed and seal.note != signed and keys.parse_signed(self._key, signed).size == seal.size:
            raise Tampered(
                f"the seal at {seal.size} records is not the checkpoint in {keys.signed_path(self._key)}: one"
                " of the two is damaged; run fsck"
            )
        notes = [note for note in (signed, seal and seal.note) if note is not None]
        size, note = max(
            ((keys.parse_signed(self._key, note).size, note) for note in notes), default=(0, None)
        )
        found = keys.signers(self._key, self.config.origin, self.rotations(), size)
        if note is not None and not _signed_by(note, found[0]):
            raise Malformed(
                f"{self._key}: is not the key that signed the newest checkpoint; put that one back, or rotate"
                " to a new one with it"
            )
        return found

    def vkey(self) -> str | None:
        """The verifier key of the log; None where neither key file nor log says it."""
        try:
            return self.signer().vkey
        except Malformed:
            rotations = self.rotations()
            return rotations[-1].new_vkey if rotations else None

    def rotations(self) -> list[keys.Rotation]:
        """Every rotation of the key, oldest first."""
        return [
            keys.Rotation(record.index, record.rec, record.body.old_vkey, record.body.new_vkey)
            for record in self.stream_records(0)
            if isinstance(record.body, kinds.KeyRotated)
        ]

    def rotate_key(self) -> keys.Rotation:
        """Hand on to a new key and sign a checkpoint with both; a rotation that a crash cut short is finished
        instead.
        """
        with self.writing():
            if len(self._signers()) == 1:
                keys.create_next(self._key, self._surroundings.random(keys.SEED_BYTES))
                old, new = self.signer(), keys.next_key(self._key, self.config.origin)
                batch = self._batch()
                signatures = sign_rotation(self.config.origin, old, new, batch.next_index)
                batch.add_own(
                    REGISTRY,
                    kinds.KeyRotated(
                        old_vkey=old.vkey,
                        new_vkey=new.vkey,
                        old_signature=signatures[0],
                        new_signature=signatures[1],
                    ),
                )
                self._append(batch)
            self._seal()
            return self.rotations()[-1]

    # --- sections -------------------------------------------------------------------------------------------

    def read(self, leaf: bytes) -> Record:
        """The record of a leaf as reports read it: its fact as today's version says it, with the sections
        that are still kept.
        """
        record = upcasts.read(leaf)
        return record if record.sections is UNSET else self._whole(record)

    def _whole(self, record: Record) -> Record:
        body = leaf_format.with_sections(record.body, {s.name: s.data for s in self.sections(record)})
        return msgspec.structs.replace(record, body=body)

    def sections(self, record: Record) -> list[Section]:
        """The sections of a record that are still kept; ``Tampered`` where one is not what was recorded."""
        if record.sections is UNSET:
            return []
        kept = [
            s for s in self.store.read_sections(record.index) if (record.index, s.name) not in self._hidden
        ]
        for section in kept:
            if leaf_format.section_hash(section.name, section.salt, section.data) != record.sections.get(
                section.name
            ):
                raise Tampered(
                    f"section {section.name!r} of record {record.index} is not what was recorded; run fsck"
                )
        return kept

    # --- reading --------------------------------------------------------------------------------------------

    @contextmanager
    def blaming_damage(self) -> Iterator[None]:
        """Where something fails that nobody foresaw, look whether records changed: then that is why
        (``Tampered``).

        A stream is compared with its root only at its end, and a fold may meet what a changed record says
        before that.
        """
        try:
            yield
        except (WattledgerError, OSError, RuntimeError):
            raise
        except Exception:
            for _ in self.reads.leaves(0, self.store.size):
                pass
            raise

    def record_at(self, index: int) -> Record:
        """The record of an index."""
        return upcasts.read(self.reads.leaf(index))

    def records(
        self, start: int = 0, stop: int | None = None, *, read: Reading = upcasts.read
    ) -> Iterator[Record]:
        """Records by index, in order, each compared with the committed tree before it is handed on
        (``Tampered``).

        ``read`` makes a record of a leaf: as today's version says it, ``codec.decode`` as it is stored,
        ``self.read`` with its sections.
        """
        return map(read, self.reads.leaves(start, self.store.size if stop is None else stop))

    def stream_records(self, number: int, *, read: Reading = upcasts.read) -> Iterator[Record]:
        """Records of a stream by position, checked against the stream's root (``Tampered``)."""
        return map(read, stream_leaves(self.store, number))

    def stream_part(self, number: int, start: int, stop: int) -> Iterator[Record]:
        """Records of a stream by position [start, stop), each compared with the log at its index
        (``Tampered``).
        """
        pos = start
        for leaf in self.store.read_stream(number, start, stop):
            record = self.read(leaf)
            self.reads.checked(record.index, leaf)
            if record.pos != pos:
                raise Tampered(f"record {record.index} stands at position {pos} of stream {number}; run fsck")
            yield record
            pos += 1
        if pos < min(stop, self.store.forest.stream(number).size):
            raise Tampered(f"the record at position {pos} of stream {number} is missing; run fsck")

    def root_at(self, size: int) -> bytes:
        """The main log's RFC 6962 root over its first ``size`` records."""
        return self.reads.tiles.root_at(size)

    def _caught_up(self) -> _Fold:
        """The register and stream sizes over exactly the store's records."""
        fold = self._fold
        if fold is None:
            cache = RegisterCache(self)
            fold = self._fold = _Fold(cache, self._kept_of, self._streams(cache.size))
            fold.sizes = {name: self.store.forest.stream(n).size for name, n in fold.register.streams.items()}
            fold.last_rec_us = calendar.rec_us(self.record_at(fold.size - 1).rec) if fold.size else 0
        if fold.size != self.store.size:
            fold.extend(self._watched(self.records(fold.size), fold.size), self.store.size)
            fold.keep()
        return fold

    def _watched(self, records: Iterator[Record], first: int) -> Iterator[Record]:
        """The records, with progress said now and then."""
        for done, record in enumerate(records, start=first):
            yield record
            if done % CHUNK == 0:
                self.progress(done, self.store.size)

    def _drop(self) -> None:
        """Forget the fold: it had moved on with what is not kept."""
        if self._fold is not None:
            self._fold.cache.close()
            self._fold = None

    def _streams(self, size: int) -> dict[str, int]:
        """The streams opened in the first ``size`` records."""
        opened = (record for record in self.stream_records(0) if record.index < size) if size else ()
        return {r.body.stream: r.body.number for r in opened if isinstance(r.body, kinds.StreamOpened)}

    def _kept_of(self, place: str) -> list[Kept]:
        """What bears on decisions about a place, from the cache; from the log where the cache is not as it
        was kept.
        """
        assert self._fold is not None, "a register asks the cache it was made from"
        try:
            return self._fold.cache.read(place)
        except (sqlite3.Error, ValueError, msgspec.MsgspecError):
            size = self._fold.cache.size
            self._fold.cache.close()
            numbers = [
                n for name, n in self._fold.register.streams.items() if name.partition("/")[0] == place
            ]
            records = [r for n in numbers for r in self.stream_records(n) if r.index < size and bears(r)]
            return [kept(record) for record in sorted(records, key=lambda record: record.index)]


class _Fold:
    """What a writer keeps of the records: the register, stream sizes, the last record time; ``bearing`` is
    not cached yet.
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
            self.bearing = []

    def extend(self, records: Iterable[Record], size: int) -> None:
        if size == self.size:
            return
        last = None
        for record in records:
            self.register.apply(record)
            if bears(record):
                self.bearing.append(record)
            self.sizes[record.stream] = record.pos + 1
            last = record
        if last is not None:
            self.last_rec_us = calendar.rec_us(last.rec)
        self.size = size


def cannot_go_on(store: Store, settings: config.Config, key: Path) -> WattledgerError | None:
    """Why nothing may be appended to a book or signed: its key is not here, or has signed what the book does
    not hold (PROOF 3).
    """
    note = keys.read_signed(key)
    if note is None or not key.exists():
        if is_empty(store):
            return None
        return _signed_missing(keys.signed_path(key)) if key.exists() else keys.no_key(key)
    try:
        signed = keys.parse_signed(key, note)
    except Tampered as why:
        return why
    if signed.origin != settings.origin:
        return Tampered(
            f"the key last signed for {signed.origin}, this book is {settings.origin}: use a key file of"
            " its own"
        )
    if signed.size > store.size:
        return Tampered(
            f"the key has signed {signed.size} records and this book holds {store.size}:"
            f" {said_range(store.size, signed.size)} missing. Re-read the missing records from an export"
            " (wattledger restore FILE), or begin a new origin (wattledger --book NEW init)"
        )
    if root_at(store, signed.size) != signed.root:
        return Tampered(
            f"the book's first {signed.size} records are not those the key signed: this is another history;"
            " put back the key of this one with the checkpoint it last signed, or begin a new origin"
            " (wattledger --book NEW init)"
        )
    return None


def _signed_by(note: bytes, signer: Signer) -> bool:
    """Is there a signature line under this key's name and hash?"""
    mine = (signer.name, key_hash(signer.name, signer.public))
    return any((line.name, line.key_hash) == mine for line in parse_note(note).signatures)


def is_empty(store: Store) -> bool:
    """Does a book hold nothing but what was written when it was made?"""
    return store.size <= 3 and all(
        isinstance(leaf_format.decode(leaf).body, (kinds.StreamOpened, kinds.LedgerHeads))
        for leaf in store.read(0, store.size)
    )


def said_range(start: int, stop: int) -> str:
    """Records [start, stop) as a sentence begins with them: ``record 7 is``, ``records 7 to 9 are``."""
    return f"record {start} is" if stop == start + 1 else f"records {start} to {stop - 1} are"


def _signed_missing(path: Path) -> Tampered:
    return Tampered(
        f"{path} is missing, so what the key signed last is not known, and it could sign a second history:"
        " put it back, or put in its place the newest checkpoint of this log that anyone holds"
    )


__all__ = ["Book", "Conflict", "Outcome", "Said"]
