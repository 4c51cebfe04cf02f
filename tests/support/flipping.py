"""One flipped bit in a file of a book of 24 records, or in its bundle: found, without effect, or silent."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Final

from ledger import calendar
from ledger.app.book.book import Book
from ledger.app.book.config import Config
from ledger.app.host.clock import Seeded
from ledger.app.maintenance.fsck import check_book
from ledger.app.proofs import bundle_writer
from ledger.errors import WattledgerError
from ledger.verifier.bundle import read_bundle
from ledger.verifier.checks import check
from ledger.verifier.faults import ProofError
from ledger.verifier.reader import Asked
from tests.support.damaged import SITE, polls, said

RECORDS: Final = 24
FILES: Final = {
    "database": "ledger.db",
    "log": "ledger.db-wal",
    "head": "ledger.head",
    "signed": "ledger.key.signed",
    "bundle": "",
}
FOUND: Final = "found"
SAME: Final = "same"
STREAM: Final = "s1/operations"


class Target:
    """The book, whole, and a copy of it in which one bit at a time is flipped. It has sections, two
    checkpoints, and its last records in the write-ahead log only.
    """

    def __init__(self, place: Path) -> None:
        clock = Seeded("flipping", calendar.instant_s("2026-07-01T00:00:00Z") * 1_000_000)
        made, self.book, self.whole = place / "made", place / "book", place / "whole"
        with Book.create(made, Config("example.com/flipping"), surroundings=clock) as book:
            book.record(said(SITE))
            book.checkpoint()
        with Book.open(made, write=True, surroundings=clock) as book:
            book.record(said(polls(0, RECORDS - book.store.size - 2)))
            book.checkpoint()
            self.key = str(book.seals.vkey())
            bundle_writer.write(book, bundle_writer.BundleRequest((STREAM,)), place / "b.zip")
            book.record(said(polls(100, RECORDS - book.store.size)))
            self.size = book.store.size
            shutil.copytree(made, self.whole)  # with its write-ahead log
        self.bundle = (place / "b.zip").read_bytes()
        self._fresh()
        self.answers = self._answers()

    def data(self, name: str) -> bytes:
        """Bytes of a file, undamaged."""
        return (self.whole / FILES[name]).read_bytes() if FILES[name] else self.bundle

    def flipped(self, name: str, bit: int) -> str:
        """What comes of one flipped bit: ``FOUND``, ``SAME``, or what is wrong."""
        data = bytearray(self.data(name))
        data[bit // 8] ^= 1 << bit % 8
        try:
            return self._in_book(FILES[name], bytes(data)) if FILES[name] else self._in_bundle(bytes(data))
        except Exception as why:
            return f"a traceback: {type(why).__name__}: {why}"

    def _in_book(self, file: str, data: bytes) -> str:
        self._fresh()
        (self.book / file).write_bytes(data)
        try:
            found = check_book(self.book, lambda done, total: None)["findings"]
        except WattledgerError:
            return FOUND
        if found:
            return FOUND if all(finding["what"] for finding in found) else "a finding that says nothing"
        if self._answers() == self.answers:
            return SAME
        with Book.open(self.book, write=True):  # writes a seal that was lost again, from what the key signed
            pass
        return SAME if self._answers() == self.answers else "silent: answers differ and fsck finds nothing"

    def _in_bundle(self, data: bytes) -> str:
        try:
            check(read_bundle(data), Asked(self.key, (STREAM,)))
        except ProofError:
            return FOUND
        same = {n: bytes(m) for n, m in read_bundle(data).members.items()}
        whole = {n: bytes(m) for n, m in read_bundle(self.bundle).members.items()}
        return SAME if same == whole else "silent: it is verified, and holds something else"

    def _fresh(self) -> None:
        shutil.rmtree(self.book, ignore_errors=True)
        shutil.copytree(self.whole, self.book)
        (self.book / "ledger.db-shm").unlink(missing_ok=True)  # made anew after a start

    def _answers(self) -> Any:
        """All that can be read of the book."""
        with Book.open(self.book, write=False) as book:
            store, size = book.store, book.store.size
            return (
                size,
                list(store.read(0, size)),
                book.root_at(size),
                [store.read_sections(index) for index in range(size)],
                store.seals(),
                list(store.corrections()),
                sorted(store.documents()),
                [list(store.read_stream(n, 0, None)) for n in range(store.forest.count())],
                store.indexes([bytes.fromhex(r.id.replace("-", "")) for r in book.records()]),
            )
