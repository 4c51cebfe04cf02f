"""Writers stopped in the middle: each runs up to one of its calls of the operating system or of SQLite, waits
there while others run, and then goes on.

A schedule is decided before it runs (which call each writer stops at, in which order they go on), so a race is found again by its numbers.
The writers are threads with books of their own: the writer's lock, SQLite's locks and every file are those of separate processes.
"""

from __future__ import annotations

import random
import shutil
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Final, NamedTuple
from unittest import mock

from ledger import calendar
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.exports.options import ExportOptions
from ledger.app.exports.records import jsonl
from ledger.app.host.clock import Seeded
from ledger.app.maintenance.erasure import erase
from ledger.app.maintenance.fsck import check_book
from ledger.app.maintenance.restore import RestoreOptions, restore_records
from ledger.errors import Conflict
from ledger.exchange import story
from ledger.records.ids import binary_id
from ledger.store.database_store import HEAD
from ledger.store.head import read_head
from ledger.store.sqlite import store

ORIGIN: Final = "example.com/races"
TIME_US: Final = calendar.instant_s("2026-07-01T00:00:00Z") * 1_000_000
SITE: Final = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[a] site_class=training
"""
TERMS: Final = """
2026-06-02T00:00Z s1 lease-phase-opened lease=l1 phase=p{n} tenant=t critical=10MW
2026-06-03T00:00Z s1 lease-terms-recorded phase=p{n} version=1 target_rfs_on=2026-05-01 tiers=[10d:1] monthly_rent=9876.54USD extension_causes=[] notice_days=10
"""
EXPORT: Final = "export.jsonl"
WAIT_S: Final = 60
CALLS: Final = frozenset(
    {
        *("open", "close", "read", "pread", "pwrite", "write", "fsync", "fdatasync", "replace", "rename"),
        *("unlink", "stat", "ftruncate", "flock", "connect", "execute", "executemany", "commit", "rollback"),
        *("fetchall", "fetchone"),
    }
)


class Seen(NamedTuple):
    """What a writer was told: the ids that were acknowledged to it."""

    ids: tuple[str, ...] = ()


Action = Callable[[Path, int], Seen]


# --- what writers do ----------------------------------------------------------------------------------------


def opened(book: Path, number: int, *, later_us: int = 0) -> Book:
    """A book opened to write by the writer of a number, whose nonces and keys nobody else draws."""
    return Book.open(book, write=True, surroundings=Seeded(f"writer {number}", TIME_US + later_us))


def said(text: str) -> list[Said]:
    """Claims of story text."""
    found = story.read(text.encode(), "story")
    assert not found.problems, found.problems
    return [Said(claim) for claim in found.claims]


def record(book: Path, number: int) -> Seen:
    """One fact; a minute later than what is there, so that it seals, too."""
    return _recorded(book, number, 1, later_us=61_000_000)


def record_many(book: Path, number: int) -> Seen:
    """Three facts, within the minute: nothing is sealed."""
    return _recorded(book, number, 3)


def _recorded(book: Path, number: int, count: int, *, later_us: int = 0) -> Seen:
    facts = "\n".join(
        f"2026-06-04T00:00Z s1 incident-opened incident=i{number}-{n} summary=x" for n in range(count)
    )
    with opened(book, number, later_us=later_us) as one:
        outcome = one.record(said(facts))
    assert not outcome.problems, outcome.problems
    return Seen(tuple(position.record.id for position in outcome.positions))


def checkpoint(book: Path, number: int) -> Seen:
    """A seal."""
    with opened(book, number) as one:
        one.checkpoint()
    return Seen()


def rotate(book: Path, number: int) -> Seen:
    """A new key."""
    with opened(book, number) as one:
        one.rotate_key()
    return Seen()


def erase_terms(book: Path, number: int) -> Seen:
    """The section of the first record that has one."""
    with opened(book, number) as one:
        index = next(r.index for r in one.records() if r.sections)
        erase(one, str(index), None, "the tenant asked", evidence=False)
    return Seen()


def restore(book: Path, number: int) -> Seen:
    """What was exported before, read back: nothing in it is new."""
    restore_records(book, book.parent / EXPORT, RestoreOptions(), lambda done, total: None)
    return Seen()


ACTIONS: Final[dict[str, Action]] = {
    action.__name__: action for action in (record, record_many, checkpoint, rotate, erase_terms, restore)
}


# --- stopping them ------------------------------------------------------------------------------------------


class Stop:
    """Where a writer stops: at its n-th call; ``calls`` are the names of those it made."""

    def __init__(self, at: int | None = None) -> None:
        self.at = at
        self.calls: list[str] = []
        self.stopped, self.go_on = threading.Event(), threading.Event()

    def watch(self, frame: FrameType, event: str, called: Any) -> None:
        """A profile function: counts calls, and waits at one of them."""
        if event != "c_call" or called.__name__ not in CALLS or isinstance(called.__self__, str):
            return
        self.calls.append(called.__name__)
        if len(self.calls) == self.at:
            self.stopped.set()
            assert self.go_on.wait(WAIT_S), "a writer that was stopped is told to go on"


class Writer:
    """One action in a thread; ``seen`` is what it was told, ``failed`` what it raised."""

    def __init__(self, action: Action, book: Path, number: int, at: int | None = None) -> None:
        self.action, self.book, self.number = action, book, number
        self.stop, self.seen = Stop(at), Seen()
        self.failed: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        sys.setprofile(self.stop.watch)
        try:
            self.seen = self.action(self.book, self.number)
        except BaseException as why:
            self.failed = why
        finally:
            sys.setprofile(None)
            self.stop.stopped.set()

    def start(self) -> None:
        """Run until the stop, or to the end if that comes first."""
        self._thread.start()
        assert self.stop.stopped.wait(WAIT_S), "a writer comes to its stop or ends"

    def finish(self) -> None:
        """Go on to the end."""
        self.stop.go_on.set()
        self._thread.join(WAIT_S)
        assert not self._thread.is_alive(), "a writer ends"


def race(book: Path, writers: Sequence[tuple[Action, int | None]], order: Sequence[int]) -> list[str]:
    """What is wrong after the writers ran by a schedule: each started in turn up to its stop, then sent on in
    ``order``.
    """
    with _impatient():
        running = [Writer(action, book, n, at) for n, (action, at) in enumerate(writers)]
        for one in running:
            one.start()
        for n in order:
            running[n].finish()
        wrong = []
        for begun in running:
            one = begun
            if isinstance(one.failed, Conflict):
                one = Writer(begun.action, book, begun.number)
                one.start()
                one.finish()
            if one.failed is not None:
                wrong.append(f"{one.action.__name__} of writer {one.number} ended with {one.failed!r}")
            wrong += _lost(book, one)
    return wrong + unsound(book)


def _lost(book: Path, writer: Writer) -> list[str]:
    with Book.open(book, write=False) as one:
        found = one.store.indexes(map(binary_id, writer.seen.ids))
    return [
        f"record {id_} of writer {writer.number} is lost"
        for id_ in writer.seen.ids
        if binary_id(id_) not in found
    ]


def unsound(book: Path) -> list[str]:
    """What is wrong with a book that honest writers left: a finding, a head behind, an opening or a recording
    that is refused.
    """
    wrong = [str(finding["what"]) for finding in check_book(book, lambda done, total: None)["findings"]]
    head = read_head(book / HEAD)
    with Book.open(book, write=False) as one:
        if head is None or head.size != one.store.size:
            wrong.append(f"the head is {head}, the log holds {one.store.size}")
    try:
        record(book, 99)
        checkpoint(book, 99)
    except Exception as why:
        wrong.append(f"nothing can be recorded afterwards: {why!r}")
    return wrong


@contextmanager
def _impatient() -> Iterator[None]:
    """A writer that finds the lock held says so at once: its holder is stopped, and waiting would take for
    ever.
    """
    with mock.patch.object(store, "LOCK_WAIT_S", 0.0):
        yield


# --- schedules ----------------------------------------------------------------------------------------------


def base(folder: Path) -> Path:
    """A sealed book with a site and two records that have sections, and an export beside it."""
    book = folder / "book"
    with Book.create(book, Config(ORIGIN), surroundings=Seeded("races", TIME_US)) as one:
        one.record(said(SITE + TERMS.format(n=1) + TERMS.format(n=2)))
        one.checkpoint()
        (folder / EXPORT).write_bytes(b"".join(jsonl(one, ExportOptions(sections=True))))
    return book


def calls_of(folder: Path, action: Action) -> list[str]:
    """The calls that an action makes when it runs alone."""
    with copied(folder) as book:
        writer = Writer(action, book, 0)
        writer.start()
        writer.finish()
        assert writer.failed is None, repr(writer.failed)
        return writer.stop.calls


@contextmanager
def copied(folder: Path) -> Iterator[Path]:
    """A copy of the base's folder for one race; the book in it."""
    place = folder.parent / f"{folder.name}-race"
    shutil.copytree(folder, place)
    try:
        yield place / "book"
    finally:
        shutil.rmtree(place)


def narrow(calls: Sequence[str], step: int) -> list[int]:
    """Where two writers meet: each call that asks for the lock, those around it, and every so many of the
    rest.
    """
    asking = {n + near for n, name in enumerate(calls, start=1) if name == "flock" for near in (-1, 0, 1)}
    return sorted(asking | set(range(1, len(calls) + 1, step)))


def pair(folder: Path, first: str, at: int, second: str) -> list[str]:
    """What is wrong after ``first`` stopped at a call while ``second`` ran from its beginning to its end."""
    with copied(folder) as book:
        wrong = race(book, [(ACTIONS[first], at), (ACTIONS[second], None)], [1, 0])
    return [f"{first} stopped at its call {at} while {second} ran: {one}" for one in wrong]


def many(folder: Path, count: int, seed: int, calls: dict[str, list[str]]) -> list[str]:
    """What is wrong after a race of so many writers, drawn by a seed."""
    draw = random.Random(f"{count} {seed}")
    names = [draw.choice(list(ACTIONS)) for _ in range(count)]
    stops = [draw.choice(narrow(calls[name], 5)) for name in names]
    order = draw.sample(range(count), count)
    with copied(folder) as book:
        wrong = race(book, [(ACTIONS[name], at) for name, at in zip(names, stops, strict=True)], order)
    return [f"{count} writers, seed {seed}: {one}" for one in wrong]
