"""The one writer: what waits is recorded together, and each is answered for itself."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ledger.app.book.batch import ACCESS
from ledger.app.book.book import Book, Said
from ledger.app.host.clock import Seeded
from ledger.app.web.group_writer import GroupWriter, WriterBusy
from ledger.errors import UnknownOutcome
from ledger.kinds import ExportMade
from tests.support.serving import API, NOW_US, Served, copied
from tests.support.small_book import said

OPENED = '2026-06-05T00:00Z s1 incident-opened incident={} summary="x"'


def claim(name: str) -> list[Said]:
    return said(OPENED.format(name))


def gathered(directory: Path, calls: list[list[Said]]) -> tuple[GroupWriter, list[Any], Book]:
    """Calls that all wait while the writer is busy with something else, and what became of each."""

    def opened() -> Book:
        return Book.open(directory, write=True, surroundings=Seeded("group", NOW_US + 60_000_000))

    async def run() -> tuple[GroupWriter, list[Any]]:
        writer = GroupWriter(opened, "a test", lambda size: None)
        writer.start()
        hold = threading.Event()
        held = asyncio.create_task(writer.run(lambda book: hold.wait(30)))
        await asyncio.sleep(0)
        asked = [asyncio.create_task(writer.record(call)) for call in calls]
        await asyncio.sleep(0)
        hold.set()
        await held
        found = await asyncio.gather(*asked, return_exceptions=True)
        await asyncio.to_thread(writer.close)
        return writer, found

    writer, found = asyncio.run(run())
    return writer, found, Book.open(directory, write=False)


def test_what_waits_is_recorded_in_one_transaction(kept: Path, tmp_path: Path) -> None:
    """40 agents post while the writer is busy: one transaction, one sync, 40 acknowledgements."""
    calls = [claim(f"g{n}") for n in range(40)]
    writer, found, book = gathered(copied(kept, tmp_path / "book"), calls)
    with book:
        places = [outcome.positions[0].record.index for outcome in found]
        ids = [book.record_at(index).id for index in places]
    assert (writer.groups, ids) == (1, [outcome.positions[0].record.id for outcome in found])


def test_a_refused_claim_of_a_group_keeps_no_other_out(kept: Path, tmp_path: Path) -> None:
    calls = [claim("g1"), claim("i1"), claim("g2")]
    _, found, book = gathered(copied(kept, tmp_path / "book"), calls)
    book.close()
    assert [(outcome.recorded, len(outcome.problems)) for outcome in found] == [(1, 0), (0, 1), (1, 0)]


def test_the_same_claim_twice_in_a_group_is_one_record(kept: Path, tmp_path: Path) -> None:
    _, found, book = gathered(copied(kept, tmp_path / "book"), [claim("g1"), claim("g1")])
    book.close()
    first, second = (outcome.positions[0] for outcome in found)
    assert (first.record.index, first.repeated, second.repeated) == (second.record.index, False, True)


def test_a_claim_that_meets_a_bug_fails_alone(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A claim of a group raises what nobody foresaw: the others are recorded."""
    record_each = Book.record_each

    def bent(book: Book, calls: Any, *, atomic: bool = False) -> Any:
        if any(one.claim.body.incident == "bug" for call in calls for one in call):
            raise ZeroDivisionError
        return record_each(book, calls, atomic=atomic)

    monkeypatch.setattr(Book, "record_each", bent)
    calls = [claim("g1"), claim("bug"), claim("g2")]
    _, found, book = gathered(copied(kept, tmp_path / "book"), calls)
    book.close()
    shown = [one if isinstance(one, Exception) else one.recorded for one in found]
    assert (shown[0], type(shown[1]), shown[2]) == (1, ZeroDivisionError, 1)


def test_after_a_disk_failed_the_book_is_opened_again(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The outcome of the group is unknown to all who wait for it; what comes later is recorded."""
    record_each = Book.record_each
    failed: list[int] = []

    def bent(book: Book, calls: Any, *, atomic: bool = False) -> Any:
        if not failed:
            failed.append(1)
            raise UnknownOutcome("the disk failed")
        return record_each(book, calls, atomic=atomic)

    monkeypatch.setattr(Book, "record_each", bent)
    _, found, book = gathered(
        copied(kept, tmp_path / "book"), [claim("g1"), [*claim("g2"), *claim("g3")], claim("g4")]
    )
    book.close()
    shown = [type(one) if isinstance(one, Exception) else one.recorded for one in found]
    assert shown == [UnknownOutcome, 2, UnknownOutcome]


def test_a_writer_with_too_much_to_do_takes_no_more(kept: Path, tmp_path: Path) -> None:
    """Claims beyond what may wait are answered at once, not kept: the client asks again."""
    calls = [claim("g1") * 1_000] * 21
    _, found, book = gathered(copied(kept, tmp_path / "book"), calls)
    book.close()
    assert [type(one) for one in found if isinstance(one, Exception)] == [WriterBusy]


def test_all_that_is_acknowledged_over_http_is_in_the_log(served: Served) -> None:
    """16 agents post 10 claims each at once; every place that was told holds that very record."""

    def posts(agent: int) -> list[tuple[int, str]]:
        with served.client() as client:
            told = []
            for n in range(10):
                text = OPENED.format(f"a{agent}-{n}")
                answer = client.post(f"{API}/records", content=text, headers={"Content-Type": "text/plain"})
                told.append((answer.json()["index"], answer.json()["id"]))
            return told

    with ThreadPoolExecutor(16) as agents:
        told = [place for places in agents.map(posts, range(16)) for place in places]
    with Book.open(served.directory, write=False) as book:
        assert [book.record_at(index).id for index, _ in told] == [id_ for _, id_ in told]


def test_the_writer_counts_what_tokens_are_facts_of(kept: Path, tmp_path: Path) -> None:
    """Each request is judged by the grants and revocations so far: the writer tells that there is a new one, so
    that nobody has to look into the file.
    """
    counted: list[int | None] = []

    def opened() -> Book:
        return Book.open(directory, write=True, surroundings=Seeded("group", NOW_US + 60_000_000))

    async def run() -> None:
        writer = GroupWriter(opened, "a test", lambda size: None)
        writer.start()
        await writer.record(claim("g1"))
        counted.append(writer.grants)
        await writer.run(lambda book: book.record_own(ACCESS, ExportMade(token="t", what="all")))
        counted.append(writer.grants)
        await asyncio.to_thread(writer.close)

    directory = copied(kept, tmp_path / "book")
    asyncio.run(run())
    assert counted == [0, 1]
