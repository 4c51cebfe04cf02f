"""Readers of a book: threads that each hold it open read-only and see the log as it is when they are asked.

A reader never holds the writer up: SQLite gives each a moment of the database, and a writer goes on beside it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from ledger.app.book.book import Book
from ledger.errors import Conflict, Tampered, UnknownOutcome

Found = TypeVar("Found")
REOPENED = (Conflict, Tampered, UnknownOutcome)
"""After these the next question opens the book anew: it may have been repaired or restored meanwhile."""


class Readers:
    """So many threads, each with a book of its own."""

    def __init__(self, opened: Callable[[], Book], threads: int, name: str = "reader") -> None:
        self._opened, self._own = opened, threading.local()
        self._threads = ThreadPoolExecutor(threads, name)
        self._books: set[Book] = set()
        self._guard = threading.Lock()
        self._closing = False

    async def ask(self, question: Callable[[Book], Found]) -> Found:
        """Ask a question of the book as it is now."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._asked, question)

    def _asked(self, question: Callable[[Book], Found]) -> Found:
        book = self._current()
        try:
            with book.blaming_damage():
                return question(book)
        except REOPENED:
            self._drop(book)
            raise

    def _current(self) -> Book:
        """The thread's book as of now, opened anew where it was restored meanwhile."""
        book = self._book()
        try:
            book.store.refresh()
        except REOPENED:
            self._drop(book)
            book = self._book()
        return book

    def _book(self) -> Book:
        book: Book | None = getattr(self._own, "book", None)
        if book is None:
            book = self._own.book = self._opened()
            book.progress = self._go_on
            with self._guard:
                self._books.add(book)
        return book

    def _go_on(self, done: int, total: int) -> None:
        """End a long question where the service stops: nobody waits for its answer any more."""
        if self._closing:
            raise UnknownOutcome("the service stops; ask again when it is back")

    def _drop(self, book: Book) -> None:
        self._own.book = None
        with self._guard:
            self._books.discard(book)
        with suppress(Exception):  # it is given up because something is wrong with it
            book.close()

    def close(self) -> None:
        """End what is still asked and let go of the books."""
        self._closing = True
        self._threads.shutdown(wait=True, cancel_futures=True)
        for book in self._books:
            book.close()
        self._books.clear()
