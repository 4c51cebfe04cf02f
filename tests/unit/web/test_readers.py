"""Readers of a book: threads that see the log as it is now."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from ledger.app.book.book import Book
from ledger.app.web.readers import Readers
from ledger.errors import UnknownOutcome


def test_a_long_question_ends_when_the_service_stops(kept: Path) -> None:
    """Somebody asks for a report over the whole log; the server is stopped and does not wait for it."""
    begun = threading.Event()

    def long(book: Book) -> None:
        while True:
            begun.set()
            book.progress(1, 2)

    async def run() -> None:
        readers = Readers(lambda: Book.open(kept, write=False), 1)
        asked = asyncio.create_task(readers.ask(long))
        await asyncio.to_thread(begun.wait)
        await asyncio.to_thread(readers.close)
        with pytest.raises(UnknownOutcome, match="the service stops"):
            await asked

    asyncio.run(asyncio.wait_for(run(), 30))


def test_a_book_that_failed_is_opened_anew_for_the_next_question(kept: Path) -> None:
    opened: list[Book] = []

    def failing(book: Book) -> None:
        raise UnknownOutcome("the disk failed")

    def one() -> Book:
        opened.append(Book.open(kept, write=False))
        return opened[-1]

    async def run() -> int:
        readers = Readers(one, 1)
        with pytest.raises(UnknownOutcome):
            await readers.ask(failing)
        size = await readers.ask(lambda book: book.store.size)
        readers.close()
        return size

    assert (asyncio.run(run()) > 0, len(opened)) == (True, 2)
