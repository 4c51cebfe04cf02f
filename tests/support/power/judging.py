"""What the program makes of a disk after a power loss, and whether that is all that it had acknowledged.

A state is opened to write, as the next command would: what it holds then is compared with the log of the
whole run. Every so many states the book goes on too: it takes a record, is sealed, and fsck finds nothing.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.host.files import READ_MODEL
from ledger.app.maintenance.fsck import check_book
from ledger.errors import WattledgerError
from ledger.exchange import story
from ledger.store.database_store import HEAD
from ledger.store.head import read_head
from ledger.store.sqlite.store import DATABASE
from tests.support.power.recording import EXPORT, ORIGIN, SITE, Acknowledged, Run, fact
from tests.support.power.states import State

AGAIN: Final = ("run init again", " init")
"""How a message ends that says what to do where a book was not finished."""

UNFINISHED: Final = 8
"""Of so many different disks without a finished book one is finished: init takes as long as ten openings."""


class Seen(NamedTuple):
    """What was found on a disk: ``wrong`` is what no acknowledgment excuses; ``size`` is None where there is
    no book and init has to be run again.
    """

    wrong: tuple[str, ...]
    head: int | None
    size: int | None
    signed: int
    exported: bool


class Judge:
    """Opens states and remembers what it saw of each; ``every`` so many of them goes on."""

    def __init__(self, run: Run, place: Path, *, every: int = 20) -> None:
        self.run, self.place, self.every = run, place, every
        self.rolls_back = run.mutant == "delete-full"  # the program never has a journal once a book is made
        self.seen: dict[bytes, Seen] = {}

    def wrong(self, state: State, told: Acknowledged) -> list[str]:
        """What is wrong with a state, if this was acknowledged before the power went."""
        if state.digest not in self.seen:
            self.seen[state.digest] = self._look(state)
        seen = self.seen[state.digest]
        wrong = list(seen.wrong)
        if (seen.head or 0) < told.size:
            wrong.append(f"{told.size} records were acknowledged and the head knows {seen.head}")
        if seen.size is None:
            return [*wrong, "the book is not there, and was acknowledged"] if told.made else wrong
        if seen.size < told.size:
            wrong.append(f"{told.size} records were acknowledged and {seen.size} are there")
        if seen.signed < told.signed:
            wrong.append(f"a checkpoint of {told.signed} was printed and {seen.signed} are sealed")
        if told.exported and not seen.exported:
            wrong.append("the export was acknowledged and is not there")
        return wrong

    def write(self, state: State, place: Path) -> None:
        """Write a state into a folder."""
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(mode=0o700)
        for name in state.folders:
            (place / name).mkdir(mode=0o700)
        for name, data in state.files.items():
            descriptor = os.open(place / name, os.O_WRONLY | os.O_CREAT, 0o600)
            os.write(descriptor, data)
            os.close(descriptor)

    def _look(self, state: State) -> Seen:
        self.write(state, self.place)
        book, wrong = self.place / "book", []
        files = state.files
        export = files.get(EXPORT)
        if export is not None and export != self.run.exported:
            wrong.append(f"the export is half-written: {len(export)} of {len(self.run.exported)} bytes")
        newest = read_head(book / HEAD)
        head = None if newest is None else newest.size
        goes_on = len(self.seen) % self.every == 0
        if goes_on:
            wrong += self._models_wrong(files)
        size, signed = None, 0
        try:
            if self.rolls_back and f"book/{DATABASE}-journal" in files:
                with closing(sqlite3.connect(book / DATABASE)) as database:
                    database.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            with Book.open(book, write=True) as opened:
                size = opened.store.size
                sealed = opened.store.last_seal()
                signed = 0 if sealed is None else sealed.size
                wrong += self._log_wrong(size, opened.store.forest.root())
        except WattledgerError as why:
            if not any(f"{words};" in f"{why};".replace(",", ";") for words in AGAIN):
                wrong.append(f"{type(why).__name__}: {why}")
                return Seen(tuple(wrong), head, None, 0, export is not None)
            goes_on = len(self.seen) % UNFINISHED == 0
        except Exception as why:
            wrong.append(f"a traceback: {type(why).__name__}: {why}")
            return Seen(tuple(wrong), head, None, 0, export is not None)
        if goes_on:
            wrong += self._goes_on(book, begun=size is None)
        return Seen(tuple(wrong), head, size, signed, export is not None)

    def _log_wrong(self, size: int, root: bytes) -> list[str]:
        if size >= len(self.run.roots):
            return [f"{size} records are there, and {len(self.run.roots) - 1} were ever written"]
        wrong = [] if self.run.roots[size] == root else [f"the first {size} records are not those of the run"]
        half = [pair for pair in self.run.whole if pair[0] < size <= pair[1]]
        return wrong + [f"{size} records: half of the batch {a} to {b} is visible" for a, b in half]

    def _goes_on(self, book: Path, *, begun: bool) -> list[str]:
        """What is wrong when the book is finished and used."""
        try:
            if begun:
                Book.create(book, Config(ORIGIN)).close()
            text = (SITE if begun else "") + fact(999_999)
            with Book.open(book, write=True) as opened:
                has_site = begun or opened.store.size <= 3
                text = SITE + fact(999_999) if has_site else fact(999_999)
                outcome = opened.record([Said(claim) for claim in story.read(text.encode(), "fact").claims])
                opened.checkpoint()
            found = [finding["what"] for finding in check_book(book, lambda done, total: None)["findings"]]
            found += [f"{problem}" for problem in outcome.problems]
        except Exception as why:
            return [f"it cannot go on: {type(why).__name__}: {why}"]
        return found

    def _models_wrong(self, files: dict[str, bytes]) -> list[str]:
        """A read model that has its name must be whole."""
        name = f"book/{READ_MODEL}"
        if name not in files:
            return []
        path = self.place / name
        try:
            with closing(sqlite3.connect(path)) as database:
                checked = database.execute("PRAGMA quick_check").fetchone()[0]
                database.execute("SELECT size FROM made_from").fetchone()
        except sqlite3.Error as why:
            checked = str(why)
        return [] if checked == "ok" else [f"the read model is half-written: {checked}"]
