"""The one writer of the service: a thread that holds the writer's lock and records what is waiting together.

While a group is made durable others wait; then all of them are recorded in one transaction, with one sync of
the disk, and each is answered for itself (group commit). A call with several claims that are to be recorded
whole or not at all is a group of its own. An answer leaves only when its records are durable.

Whoever was answered often asks again at once, a moment after the next group would have begun with the one
claim that is there. So a group waits until it is as large as the one before, for at most half of the time
that that one took: clients that come one by one wait for nobody.

Where the disk failed the outcome is unknown and nothing more is appended until the book was opened again,
which the next call tries.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from typing import Any, Final, NamedTuple, TypeVar

from ledger.app.book.batch import ACCESS, Outcome, Said
from ledger.app.book.book import Book
from ledger.errors import Malformed, UnknownOutcome, WattledgerError

LOG: Final = logging.getLogger("wattledger.web")
GROUP_CLAIMS: Final = 1_000
WAITING_MOST: Final = 20_000
IDLE_S: Final = 5.0
GATHER_S: Final = 0.005
Found = TypeVar("Found")


class WriterBusy(UnknownOutcome):
    """So many claims wait already that this one is not taken; nothing of it was recorded."""


class _Waiting(NamedTuple):
    """Claims, or a task that needs the writer, and the future of its answer."""

    claims: Sequence[Said]
    task: Callable[[Book], Any] | None
    answer: asyncio.Future[Any]

    @property
    def joins(self) -> bool:
        """True where it may be recorded in a group with others: nothing of it has to be taken back."""
        return self.task is None and len(self.claims) == 1


class GroupWriter:
    """Records claims in groups. ``heard`` is told, in the loop's thread, how many records the log holds."""

    def __init__(self, opened: Callable[[], Book], holder: str, heard: Callable[[int], None]) -> None:
        self._opened, self._holder, self._heard = opened, holder, heard
        self._arrived: deque[_Waiting | None] = deque()
        self._enough, self._wake = 1, threading.Event()  # set when so many have arrived
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stack = ExitStack()
        self._book: Book | None = None
        self._waiting = 0
        self.trouble: str | None = None
        self.groups = self.recorded = 0
        self.grants: int | None = None
        """Records of the stream that tokens are facts of, as acknowledged; None where that is not known."""
        self._before, self._took_s = 0, 0.0  # claims in the last group, and how long it took
        self._open()
        self._thread = threading.Thread(target=self._work, name="writer")

    def start(self) -> None:
        """Begin; called in the loop that is answered."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    @property
    def size(self) -> int:
        """Number of records that the writer knows of."""
        return 0 if self._book is None else self._book.store.size

    # --- asked by handlers ----------------------------------------------------------------------------------

    async def record(self, claims: Sequence[Said]) -> Outcome:
        """Record claims, all or none of them; durable when it returns."""
        found: Outcome = await self._ask(claims, None)
        return found

    async def run(self, task: Callable[[Book], Found]) -> Found:
        """Do something else that writes, between two groups."""
        found: Found = await self._ask((), task)
        return found

    async def _ask(self, claims: Sequence[Said], task: Callable[[Book], Any] | None) -> Any:
        if self._waiting + len(claims) > WAITING_MOST:
            raise WriterBusy(f"{self._waiting:,} claims wait already; ask again in a second, by the same ids")
        self._waiting += len(claims)
        answer = asyncio.get_running_loop().create_future()
        self._arrive(_Waiting(claims, task, answer))
        try:
            return await answer
        finally:
            self._waiting -= len(claims)

    def _arrive(self, one: _Waiting | None) -> None:
        """Let the thread find it; the thread is woken where it waits for no more. To wake it for each claim takes
        as long as to record one.
        """
        self._arrived.append(one)
        if len(self._arrived) >= self._enough:
            self._wake.set()

    # --- the thread -----------------------------------------------------------------------------------------

    def _work(self) -> None:
        while (group := self._next()) is not None:
            if group:
                self._take(group)
            elif self._book is None:
                self._try_again()
            self._seal()

    def _next(self) -> list[_Waiting] | None:
        """All that waits, up to a group's size; empty after a while without anything, None at the end."""
        if not self._await(1, IDLE_S):
            return []
        self._await(self._before, min(GATHER_S, self._took_s / 2))
        group: list[_Waiting] = []
        claims = 0
        while self._arrived and claims < GROUP_CLAIMS:
            one = self._arrived[0]
            if one is None:
                return group or None
            group.append(one)
            claims += len(one.claims)
            self._arrived.popleft()
        return group

    def _await(self, enough: int, seconds: float) -> bool:
        """Wait until so many have arrived, not longer than some seconds; False where none has."""
        self._wake.clear()
        self._enough = enough
        if len(self._arrived) < enough:
            self._wake.wait(seconds)
        return bool(self._arrived)

    def _take(self, group: list[_Waiting]) -> None:
        together = [one for one in group if one.joins]
        if together:
            begun_s = time.monotonic()
            self._answer(together, self._recorded(together))
            self._before, self._took_s = len(together), time.monotonic() - begun_s
        for one in group:
            if not one.joins:
                self._answer([one], [self._done(one)])

    def _recorded(self, group: list[_Waiting]) -> Sequence[Any]:
        """An outcome, or what went wrong, for each."""
        try:
            book = self._ready()
            outcomes = book.record_each([one.claims for one in group])
        except WattledgerError as why:
            self._failed(why)
            return [why] * len(group)
        except Exception as why:
            if len(group) == 1:
                self._failed(why)
                return [why]
            return [self._recorded([one])[0] for one in group]  # so that only the one that did it fails
        self._count(outcomes)
        return outcomes

    def _done(self, one: _Waiting) -> Any:
        try:
            book = self._ready()
            if one.task is not None:
                return one.task(book)
            outcome = book.record_each([one.claims], atomic=True)
        except Exception as why:
            self._failed(why)
            return why
        self._count(outcome)
        return outcome[0]

    def _count(self, outcomes: Sequence[Outcome]) -> None:
        recorded = sum(outcome.recorded for outcome in outcomes)
        self.groups += bool(recorded)
        self.recorded += recorded

    def _answer(self, group: Sequence[_Waiting], found: Sequence[Any]) -> None:
        assert self._loop is not None, "the writer was started"
        self._count_grants()
        with suppress(RuntimeError):  # the loop ended: whoever asked is gone, and what was recorded stands
            self._loop.call_soon_threadsafe(self._hand_on, group, found, self.size)

    def _hand_on(self, group: Sequence[_Waiting], found: Sequence[Any], size: int) -> None:
        for one, result in zip(group, found, strict=True):
            if one.answer.cancelled():
                continue  # whoever asked is gone; what was recorded stands
            if isinstance(result, Exception):
                one.answer.set_exception(result)
            else:
                one.answer.set_result(result)
        self._heard(size)

    # --- the book -------------------------------------------------------------------------------------------

    def _open(self) -> None:
        book = self._stack.enter_context(self._opened())
        self._stack.enter_context(book.writing())
        book.store.name_holder(self._holder)
        self._book = book

    def _ready(self) -> Book:
        if self._book is None:
            self._open()
            self.trouble = None
        assert self._book is not None, "opening raises where it fails"
        return self._book

    def _count_grants(self) -> None:
        """Count the grants and revocations before anybody is answered: the next request is judged by them."""
        self.grants = None if self._book is None else self._book.writer.stream_size(ACCESS)

    def _failed(self, why: Exception) -> None:
        """Give the book up where the disk failed or nobody knows what happened: the next call opens it anew."""
        if isinstance(why, Malformed) or (isinstance(why, WattledgerError) and why.exit_code in (3, 5)):
            return
        self.trouble = str(why)
        self._book = self.grants = None
        self._stack.close()

    def _try_again(self) -> None:
        """Open the book that was given up, so that health tells of itself that all is well again."""
        try:
            self._ready()
        except Exception as why:
            self._failed(why)

    def _seal(self) -> None:
        """Seal where that is due, after those who wait were answered: their records stand either way."""
        if self._book is None:
            return
        before = self._book.store.size
        try:
            self._book.seal_if_due()
        except WattledgerError as why:
            self.trouble = str(why)
        except Exception as why:
            LOG.exception("the log could not be sealed")
            self._failed(why)
        else:
            self.trouble = None
            if self.size != before and self._loop is not None:
                with suppress(RuntimeError):
                    self._loop.call_soon_threadsafe(self._heard, self.size)

    def close(self) -> None:
        """Record what waits, then let go of the book and its lock."""
        self._arrive(None)
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        self._stack.close()
