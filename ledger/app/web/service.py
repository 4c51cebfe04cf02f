"""Shared by handlers: the readers, the writer where this process has it, the head of the log, the meters."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from ledger import calendar
from ledger.app.access.last_use import LastUse
from ledger.app.access.oidc import check_installed
from ledger.app.access.oidc_settings import oidc_settings
from ledger.app.anchor.destinations import of_settings
from ledger.app.book.book import Book
from ledger.app.host.clock import Machine, Surroundings
from ledger.app.read_models.sql_folders import SqlFolders
from ledger.app.web.anchors import ServiceAnchors
from ledger.app.web.auth import TokenRing
from ledger.app.web.group_writer import GroupWriter
from ledger.app.web.journal import AccessJournal
from ledger.app.web.live import LogHead
from ledger.app.web.metrics import ServiceMeters
from ledger.app.web.readers import Readers
from ledger.app.web.rights import Right
from ledger.app.web.shared_replies import SharedReplies
from ledger.app.web.sign_ins import SignIns
from ledger.app.web.witnessing import WitnessDesk, WitnessSettings
from ledger.errors import UnknownOutcome

READERS: Final = 4
SQL_AT_ONCE: Final = 2
SQL_WAITING: Final = 16
Found = TypeVar("Found")


class ServiceSettings(NamedTuple):
    """Ways to reach the service. ``names`` are the host names that a browser may call it by, None where any
    will do because a token is needed anyway.
    """

    directory: Path
    address: str = ""
    read_only: bool = False
    key_file: str | None = None
    accept_clock: bool = False
    names: frozenset[str] | None = None
    open_to_local: bool = True
    surroundings: Surroundings | None = None
    witness: WitnessSettings | None = None


class Service:
    """An open book with its readers and, unless it is read-only, its writer."""

    def __init__(self, settings: ServiceSettings) -> None:
        self.settings, self.meters = settings, ServiceMeters()
        self.document = b""
        self.witness = None if settings.witness is None else WitnessDesk(settings.witness)
        self.shared, self.sign_ins = SharedReplies(), SignIns()
        self.last_use = LastUse(settings.directory)
        self.ring = TokenRing(self.last_use.note)
        self.rights: Mapping[tuple[str, str], Right] = {}  # by method and path
        self.sql_folders = SqlFolders()
        self.writer: GroupWriter | None = None
        if not settings.read_only:
            holder = f"wattledger serve at {settings.address}"
            self.writer = GroupWriter(self._opened_to_write, holder, self._moved)
        self.journal = AccessJournal(self.writer)
        try:
            with self._opened() as book:
                self.origin, self.head = book.config.origin, LogHead(book.store.size, self.sql_folders.forget)
                self.oidc = oidc_settings(book.config.oidc)
                if self.oidc is not None:
                    check_installed()
                writes = self.writer is not None
                self.anchors = ServiceAnchors(self._opened, of_settings(book.config.anchor) if writes else ())
        except BaseException:
            if self.writer is not None:
                self.writer.close()
            raise
        self.readers = Readers(self._opened, READERS)
        self.follower = Readers(self._opened, 1, "follower")
        self._parser = ThreadPoolExecutor(1, "parser")
        self.sql_readers = Readers(self._opened, 1, "sql")  # tables must not take readers from others
        self._sql, self._sql_waiting = ThreadPoolExecutor(SQL_AT_ONCE, "sql"), 0

    async def parse(self, parsed: Callable[[], Found]) -> Found:
        """Parse a large body, when those before it are done."""
        return await asyncio.get_running_loop().run_in_executor(self._parser, parsed)

    async def run_sql(self, run: Callable[[], Found]) -> Found:
        """Run a query when those before it are done; ``UnknownOutcome`` where too many wait."""
        if self._sql_waiting >= SQL_WAITING:
            raise UnknownOutcome(f"{SQL_WAITING} queries run or wait already; ask again in some seconds")
        self._sql_waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._sql, run)
        finally:
            self._sql_waiting -= 1

    def _opened(self) -> Book:
        return Book.open(self.settings.directory, write=False, surroundings=self.settings.surroundings)

    def _opened_to_write(self) -> Book:
        return Book.open(
            self.settings.directory,
            write=True,
            key_file=self.settings.key_file,
            accept_clock=self.settings.accept_clock,
            surroundings=self.settings.surroundings,
        )

    def now(self) -> str:
        """This instant, as a book that was opened here tells it."""
        clock = self.settings.surroundings or Machine()
        return calendar.format_instant(clock.now_us() // 1_000_000)

    def _moved(self, size: int) -> None:
        self.head.moved(size)

    def close(self) -> None:
        """Finish what was begun, and let go of the book."""
        if self.writer is not None:
            self.writer.close()
        self.readers.close()
        self.follower.close()
        self.anchors.close()
        self._parser.shutdown(cancel_futures=True)
        self.last_use.write()
        self.sql_readers.close()
        self._sql.shutdown(cancel_futures=True)
        self.sql_folders.close()
