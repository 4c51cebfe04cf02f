"""A book: the directory that holds a ledger, and the operations on it. Command line, HTTP and demo call
only this.

Opening to write checks that the log below the head and below the last signed checkpoint is the history that
was committed, else ``Tampered``. A book takes the writer's lock and hands the work on: ``writer`` records,
``seals`` signs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
from msgspec import UNSET

from ledger import calendar, kinds
from ledger.app.book import config, keys, unfinished
from ledger.app.book.batch import HEADS, REGISTRY, Outcome, Said
from ledger.app.book.fork_guard import ForkGuard
from ledger.app.book.making import Stage, blaming_begun, check_begun, making
from ledger.app.book.seals import Seals
from ledger.app.book.writer import Writer
from ledger.app.host.clock import Machine, Surroundings, check_not_ahead
from ledger.app.host.files import remove_all_leftovers
from ledger.app.host.progress import Progress, no_progress
from ledger.errors import Conflict, Tampered, WattledgerError
from ledger.records import leaf_format, upcasts
from ledger.records.envelope import Record
from ledger.store import portable
from ledger.store.checked_reads import CheckedReads, stream_leaves
from ledger.store.open import store_folder
from ledger.store.port import Section, Store

PROGRAM_FILES: Final = (Path(__file__), Path(calendar.__file__))
NOWHERE: Final = Path("/dev/null")  # stands for no folder: a bundle or an archive has no files beside it
Reading = Callable[[bytes], Record]


class Book:
    """An open book. ``store`` may be read freely; everything that writes goes through the methods here.

    ``called`` is what messages call a book that holds only a part of the log. A book that is ``cut`` shows of its
    streams a period alone, from ``since`` and ``until``, as stored (None: without end): it has no caches.
    """

    called = "book"
    cut = False
    since: str | None = None
    until: str | None = None

    def __init__(
        self, directory: Path, store: Store, settings: config.Config, surroundings: Surroundings, key: Path
    ) -> None:
        self.directory, self.store, self.config = directory, store, settings
        self.progress: Progress = no_progress
        self.writer = Writer(directory, store, settings, surroundings, key, self._tell)
        self.seals = Seals(self.writer, key)
        self.reads: CheckedReads = self.writer.reads
        self._guard = ForkGuard(store, settings, key)
        self.surroundings, self.key_file = surroundings, key
        self._hidden: frozenset[tuple[int, str]] = frozenset()  # sections of erasures that were cut short

    def _tell(self, done: int, total: int) -> None:
        self.progress(done, total)

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
        portable.check_writable()
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
            book = cls(
                directory, store_folder(directory, settings.backend).create(), settings, surroundings, key
            )
            book.writer.accept_clock = accept_clock
            try:
                book._begin()
            except BaseException:
                book.close()
                raise
        return book

    def _begin(self) -> None:
        """The first records, sealed."""
        with self.store.writing():
            batch = self.writer.batch()
            batch.add_own(REGISTRY, kinds.StreamOpened(stream=REGISTRY, number=0))
            batch.add_own(REGISTRY, kinds.StreamOpened(stream=HEADS, number=1))
            self.store.append(batch.entries, self.store.size)
            self.seals.seal()

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
        if write:
            portable.check_writable()
        kept = store_folder(directory, settings.backend)
        check_begun(directory, kept)
        key = keys.key_path(directory, key_file)
        with blaming_begun(directory, key):
            store = kept.open(write=write)
        beside = directory if kept.caches else NOWHERE
        book = cls(beside, store, settings, surroundings or Machine(), key)
        book.writer.accept_clock = accept_clock
        try:
            check_begun(directory, kept, store.size)
            if write:
                with book.writing():
                    remove_all_leftovers(directory)
                    book.seals.seal_signed()
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
        """Open a book without trusting its head file; everything else is checked as usual."""
        settings = config.read_config(directory)
        store = store_folder(directory, settings.backend).open(write=True, trusts_head=False)
        return cls(directory, store, settings, surroundings or Machine(), keys.key_path(directory, key_file))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writer's lock over a log that may be extended: below its head and below what its key
        signed it is the history that was committed.

        Whatever guards an append is read here, while the lock is held: another process may have appended,
        sealed, rotated or restored while this one waited.
        """
        with self.store.writing():
            self._guard.check()
            yield

    def close(self) -> None:
        """Release files and locks."""
        self.writer.forget()
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
        judge: bool = False,
        progress: Progress | None = None,
    ) -> Outcome:
        """Decide claims in their order and append what is accepted, in batches of 1,000 (one, if atomic);
        seal when that is due.

        With ``restate`` meter readings that are recorded already are left out and different ones become
        corrections. A refused or malformed claim is a Problem and the others go on; with ``atomic`` one
        problem keeps all out. With ``dry_run`` nothing is appended. With ``judge`` the outcome lists what is
        unlikely about the new records. ``Refused`` as a whole when the clock is
        more than 5 minutes behind the last record.
        """
        with self.writing():
            outcome = self.writer.record(
                claims, atomic=atomic, dry_run=dry_run, restate=restate, judge=judge, progress=progress
            )
            if not dry_run:
                self.seals.seal_if_due()
        return outcome

    def record_own(self, stream: str, fact: kinds.Fact) -> Record:
        """Put a fact of the ledger's own, such as a granted token, on one of its streams."""
        with self.writing():
            record = self.writer.record_own(stream, fact)
            self.seals.seal_if_due()
        return record

    def record_each(self, calls: Sequence[Sequence[Said]], *, atomic: bool = False) -> list[Outcome]:
        """Decide the claims of several calls in order and append what is accepted in one transaction: durable
        when it returns, and not sealed. With ``atomic`` one problem keeps all of them out.
        """
        with self.writing():
            return self.writer.record_each(calls, atomic=atomic)

    def seal_if_due(self) -> None:
        """Seal where there are 10,000 unsealed records, or one that is 60 s old."""
        with self.writing():
            self.seals.seal_if_due()

    def checkpoint(self) -> bytes:
        """Seal what is unsealed, and return the last signed checkpoint (C2SP signed note)."""
        with self.writing():
            return self.seals.checkpoint()

    def add_ml_dsa_key(self) -> keys.MlDsaKey:
        """Sign with ML-DSA-44 too from the next checkpoint on."""
        with self.writing():
            return self.seals.add_ml_dsa_key()

    def rotate_key(self) -> keys.Rotation:
        """Hand on to a new key and sign a checkpoint with both."""
        with self.writing():
            return self.seals.rotate_key()

    def now(self) -> str:
        """This instant, as stored."""
        return calendar.format_instant(self.surroundings.now_us() // 1_000_000)

    # --- sections -------------------------------------------------------------------------------------------

    def read(self, leaf: bytes) -> Record:
        """The record of a leaf as reports read it: its fact in today's version of its kind, with the sections
        that are still kept.
        """
        record = upcasts.read(leaf)
        return record if record.sections is UNSET else self._whole(record)

    def read_all(self, leaves: Sequence[bytes]) -> list[Record]:
        """The records of leaves as reports read them."""
        records = upcasts.read_all(leaves)
        return [record if record.sections is UNSET else self._whole(record) for record in records]

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
        """Look for changed records where an unforeseen error occurs, and raise ``Tampered`` if they are the
        reason.

        A stream is compared with its root only at its end, and a fold may meet the content of a changed
        record before that.
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

    def has(self, index: int) -> bool:
        """True where a record of this index is here."""
        return 0 <= index < self.store.size

    def rec_at(self, index: int) -> str:
        """Record time of an index; given for every record, whoever may read it."""
        return leaf_format.decode(self.reads.leaf(index)).rec

    def records(
        self, start: int = 0, stop: int | None = None, *, read: Reading = upcasts.read
    ) -> Iterator[Record]:
        """Records by index, in order, each compared with the committed tree before it is handed on
        (``Tampered``).

        ``read`` makes a record of a leaf: in today's version of its kind, ``leaf_format.decode`` as it is
        stored, ``self.read`` with its sections.
        """
        return map(read, self.reads.leaves(start, self.store.size if stop is None else stop))

    def stream_records(self, number: int, *, read: Reading = upcasts.read) -> Iterator[Record]:
        """Records of a stream by position, checked against the stream's root (``Tampered``)."""
        return map(read, stream_leaves(self.store, number))

    def stream_part(
        self, number: int, start: int, stop: int, *, read: Reading | None = None
    ) -> Iterator[Record]:
        """Records of a stream by position [start, stop), each compared with the log at its index
        (``Tampered``); ``read`` as of ``records``, else with their sections.
        """
        pos, read = start, read or self.read
        for leaf in self.store.read_stream(number, start, stop):
            record = read(leaf)
            self.reads.checked(record.index, leaf)
            if record.pos != pos:
                raise Tampered(f"record {record.index} stands at position {pos} of stream {number}; run fsck")
            yield record
            pos += 1
        if pos < min(stop, self.store.forest.stream(number).size):
            raise Tampered(f"the record at position {pos} of stream {number} is missing; run fsck")

    def lacks(self, streams: Mapping[str, int], *, sections: bool = False) -> dict[str, str]:
        """Reasons why some of these streams (name to number) cannot be read whole, with ``sections`` also
        where a section is withheld; a book lacks none, a bundle may.
        """
        return {}

    def absent(self, streams: Mapping[str, int]) -> list[str]:
        """Names of streams whose records are not here at all; none in a book, perhaps some in a bundle."""
        return []

    def root_at(self, size: int) -> bytes:
        """The main log's RFC 6962 root over its first ``size`` records."""
        return self.reads.tiles.root_at(size)


__all__ = ["Book", "Conflict", "Outcome", "Said"]
