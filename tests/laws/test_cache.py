"""P3: a point in time from the cache is the same as from zero; a missing, corrupt or stale cache changes
nothing.

Pieces are of 8 records here and groups of at most 4 pieces, so that small histories have many of both and
corrections reach back over several.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import calendar
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.cache import row_cache
from ledger.app.cache.row_cache import RowCache, hears
from ledger.app.host.clock import Seeded
from ledger.app.host.files import CACHE
from ledger.app.queries import report_run
from ledger.app.queries.log_view import run
from ledger.app.queries.report_run import Question
from ledger.app.read_models.rebuild import rebuild
from ledger.exchange import story
from ledger.records.envelope import Record
from projections.engine.fold import RowKind, Rows, replay
from projections.engine.live import Live
from projections.render.json_file import render
from projections.reports.catalogue import REPORTS
from projections.rows.blocks import BLOCK
from tests.support.examples import tried
from tests.support.histories import claims, history, random_correction, setup
from tests.support.worlds import ROW_KINDS, seeds, state

CLOCK_US = calendar.instant_s("2026-06-10T00:00:00Z") * 1_000_000


@pytest.fixture(scope="module", autouse=True)
def small_pieces() -> Iterator[None]:
    """Before the books of the module, whose caches would hold no piece of 64."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("PIECE", 8), ("GROUP", 4), ("BEHIND", 2)):
            patch.setattr(row_cache, name, value)
        yield


def filled(place: Path, seed: int, count: int) -> None:
    """A book of random claims with many corrections."""
    rng = random.Random(seed)
    with Book.create(place, Config("example.com/cache"), surroundings=Seeded("cache", CLOCK_US)) as book:
        outcome = book.record([Said(claim) for claim in (*setup(), *claims(rng, count))])
        taken = [position.record for position in outcome.positions]
        for _ in range(count // 8):
            correction = random_correction(rng, rng.choice(taken))
            if correction is not None:
                book.record([Said(correction)])


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    places = [tmp_path_factory.mktemp("cache") / f"book-{seed}" for seed in (1, 2)]
    for seed, place in enumerate(places):
        filled(place, seed, 220)
    return places


def from_zero(book: Book, size: int, names: list[str]) -> Rows:
    wanted = frozenset(names)
    records = [record for record in book.records(0, size, read=book.read) if record.stream in wanted]
    return replay(records, ROW_KINDS, gone=report_run.gone_at(book, size))


def streams(book: Book, size: int) -> list[str]:
    names = report_run.registry_at(book, size).numbers
    return [name for name in names if not name.startswith("ledger/")]


@given(seed=seeds)
@settings(max_examples=tried(gate=6, search=12), deadline=None)
def test_rows_at_any_size_are_those_from_zero_whatever_was_asked_before(seed: int) -> None:
    rng = random.Random(seed)
    with TemporaryDirectory() as place:
        filled(Path(place) / "book", seed, 90)
        with Book.open(Path(place) / "book", write=False) as book:
            for _ in range(8):
                size = rng.randrange(3, book.store.size + 1)
                assert_rows_from_zero(book, size, some_kinds(rng))


@given(seed=seeds)
@settings(max_examples=tried(gate=6, search=12), deadline=None)
def test_rows_of_a_log_that_grows_between_questions_are_those_from_zero(seed: int) -> None:
    """Groups take in those before them, corrections reach back into groups that were kept, and moments within a group
    are asked for.
    """
    rng = random.Random(seed)
    with (
        TemporaryDirectory() as place,
        Book.create(
            Path(place) / "book", Config("example.com/cache"), surroundings=Seeded("cache", CLOCK_US)
        ) as book,
    ):
        rest = [*setup(), *claims(rng, 120)]
        taken: list[Record] = []
        while rest:
            said = [Said(rest.pop(0)) for _ in range(min(len(rest), rng.randrange(1, 30)))]
            correction = random_correction(rng, rng.choice(taken)) if taken else None
            said += [] if correction is None else [Said(correction)]
            taken += [position.record for position in book.record(said).positions]
            for size in (book.store.size, rng.randrange(3, book.store.size + 1)):
                assert_rows_from_zero(book, size, some_kinds(rng))


@given(seed=seeds)
@settings(max_examples=tried(gate=6, search=12), deadline=None)
def test_groups_that_two_processes_keep_at_once_fit_together(seed: int) -> None:
    """Neither sees what the other keeps until both have asked at sizes and of row kinds of their own."""
    rng = random.Random(seed)
    with TemporaryDirectory() as place:
        filled(Path(place) / "book", seed, 90)
        with Book.open(Path(place) / "book", write=False) as book:
            for _ in range(3):
                with RowCache(book) as one, RowCache(book) as other:
                    for cache in (one, other):
                        size, kinds = rng.randrange(3, book.store.size + 1), some_kinds(rng)
                        registry = report_run.registry_at(book, size)
                        for number, disclosure, count in report_run.folded(
                            book, registry, streams(book, size), size
                        ):
                            if heard := [kind for kind in kinds if hears(kind, disclosure)]:
                                cache.rows(number, disclosure, count, heard)
                assert_rows_from_zero(book, rng.randrange(3, book.store.size + 1), ROW_KINDS)


@given(seed=seeds)
@settings(max_examples=tried(gate=6, search=12), deadline=None)
def test_a_process_that_joins_groups_which_another_has_joined_meanwhile_changes_nothing(seed: int) -> None:
    """It saw the groups before the other kept more, and keeps its own after that."""
    rng = random.Random(seed)
    with TemporaryDirectory() as place:
        filled(Path(place) / "book", seed, 90)
        with Book.open(Path(place) / "book", write=False) as book:
            sizes = sorted(rng.sample(range(3, book.store.size + 1), 8))
            for size in sizes:
                registry = report_run.registry_at(book, size)
                for stream in report_run.folded(book, registry, streams(book, size), size):
                    ask_late(book, stream, min(stream[2] + rng.randrange(25), in_all(book, stream[0])))
            for size in sizes:
                assert_rows_from_zero(book, size, ROW_KINDS)


def in_all(book: Book, stream: int) -> int:
    return book.store.forest.stream(stream).size


def ask_late(book: Book, stream: tuple[int, str, int], meanwhile: int) -> None:
    """Ask for the rows of a stream; another process asks for those of so many records before the new ones are kept."""
    number, disclosure, count = stream
    kinds = [kind for kind in ROW_KINDS if hears(kind, disclosure)]
    with RowCache(book) as late, pytest.MonkeyPatch.context() as patch:

        def keep(*given: Any) -> None:
            with RowCache(book) as early:
                early.rows(number, disclosure, meanwhile, kinds)
            RowCache._keep(late, *given)

        patch.setattr(late, "_keep", keep)
        if kinds:
            late.rows(number, disclosure, count, kinds)


def some_kinds(rng: random.Random) -> list[RowKind]:
    return rng.sample(ROW_KINDS, rng.randrange(1, len(ROW_KINDS) + 1))


def assert_rows_from_zero(book: Book, size: int, kinds: Sequence[RowKind]) -> None:
    names = streams(book, size)
    found = report_run.rows_of(book, report_run.registry_at(book, size), names, size, kinds)
    zero = from_zero(book, size, names)
    assert state(found) == state({kind.name: zero[kind.name] for kind in kinds})


def test_a_stream_that_grows_by_one_piece_after_another_has_few_groups_and_writes_a_piece_seldom(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three whole groups of 1,024 pieces and 1,023 pieces after them, in ten groups of 512, 256, 128 to 1 piece."""
    monkeypatch.setattr(row_cache, "GROUP", 1024)
    bounds, written = [0], 0
    for piece in range(4 * 1024 - 1):
        first = row_cache._first(bounds, piece, piece + 1)
        bounds = [*bounds[: bounds.index(first) + 1], piece + 1]
        written += piece + 1 - first
    assert (len(bounds) - 1, written < 7 * piece) == (3 + 10, True)


@given(seed=seeds)
def test_live_rows_are_those_of_a_rebuild_after_every_record(seed: int) -> None:
    """P4 stream by stream, corrections among the records."""
    by_stream: dict[str, list[Record]] = {}
    for record in history(seed, 80):
        by_stream.setdefault(record.stream, []).append(record)
    for records in by_stream.values():
        by_id = {record.id: record for record in records}
        live = Live(ROW_KINDS, by_id.get, records.__getitem__)
        for n, record in enumerate(records, start=1):
            live.extend([record])
            gone = {target for one in records[:n] for target in one.corrects or ()}
            assert state(live.rows) == state(replay(records[:n], ROW_KINDS, gone=gone))


def test_facts_that_come_late_by_seconds_do_not_have_their_day_kept_again(tmp_path: Path) -> None:
    """Agents posted hashrates of one day over 32 connections, each a little out of order: the cache kept the whole day
    again for every piece and grew to five times the log.
    """
    place, rng = tmp_path / "book", random.Random(1)
    with Book.create(place, Config("example.com/cache"), surroundings=Seeded("cache", CLOCK_US)) as book:
        at = "2026-06-05T{:02}:{:02}:{:02}Z s1 hashrate-changed block=m1 hashrate=2.5EH/s power=45MW method=pool"
        order = sorted(range(3_000), key=lambda second: second + 8 * rng.random())
        lines = [at.format(s // 3600, s // 60 % 60, s % 60) for s in order]
        told = story.read("\n".join(lines).encode(), "hashrates")
        book.record([Said(claim) for claim in (*setup(), *told.claims)])
    with Book.open(place, write=False) as book:
        report_run.rows_of(
            book, report_run.registry_at(book, book.store.size), ["s1/operations"], book.store.size, ROW_KINDS
        )
    assert (place / CACHE).stat().st_size < (place / "ledger.db").stat().st_size


def reports(book: Book) -> Iterator[bytes]:
    for report in REPORTS:
        for known in (book.store.size, book.store.size // 2):
            yield render(run(book, report, Question(period="2026-06", known_at=str(known))))


def every_report(place: Path) -> list[bytes]:
    with Book.open(place, write=False) as book:
        return list(reports(book))


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The leaves that were decoded for rows."""
    found: list[bytes] = []
    read = Book.read

    def noted(book: Book, leaf: bytes) -> Record:
        found.append(leaf)
        return read(book, leaf)

    monkeypatch.setattr(Book, "read", noted)
    return found


def test_a_second_asking_decodes_only_the_records_after_the_last_piece(
    books: list[Path], decoded: list[bytes]
) -> None:
    (books[0] / CACHE).unlink(missing_ok=True)
    counts = []
    for _ in range(2):
        decoded.clear()
        with Book.open(books[0], write=False) as book:
            names = streams(book, book.store.size)
            report_run.rows_of(
                book, report_run.registry_at(book, book.store.size), names, book.store.size, ROW_KINDS
            )
            counts.append((len(decoded), len(names)))
    (first, _), (again, opened) = counts
    assert again < first - 50
    assert again <= opened * 16  # fewer than a piece each, and what is read again for corrections


def test_row_kinds_that_nobody_asked_for_come_along(books: list[Path], decoded: list[bytes]) -> None:
    """The rows of one report are asked for first, then those of all."""
    (books[0] / CACHE).unlink(missing_ok=True)
    with Book.open(books[0], write=False) as book:
        names, size = streams(book, book.store.size), book.store.size
        registry = report_run.registry_at(book, size)
        report_run.rows_of(book, registry, names, size, (BLOCK,))
        decoded.clear()
        report_run.rows_of(book, registry, names, size, ROW_KINDS)
    assert len(decoded) <= len(names) * 16


def test_after_a_rebuild_every_report_decodes_only_the_records_after_the_last_piece(
    books: list[Path], decoded: list[bytes]
) -> None:
    (books[0] / CACHE).unlink(missing_ok=True)
    with Book.open(books[0], write=False) as book:
        opened = len(streams(book, book.store.size))
        rebuild(book)
        for report in (report for report in REPORTS if report.asking is None):
            decoded.clear()
            run(book, report, Question(period="2026-06"))
            assert len(decoded) <= opened * 16, report.name


@pytest.fixture(scope="module")
def healthy(books: list[Path]) -> tuple[list[bytes], bytes]:
    """Every report, and the cache that was made for them."""
    (books[0] / CACHE).unlink(missing_ok=True)
    return every_report(books[0]), (books[0] / CACHE).read_bytes()


@pytest.fixture
def wanted(books: list[Path], healthy: tuple[list[bytes], bytes]) -> list[bytes]:
    """Every report, of a book whose cache is as it was made for them."""
    (books[0] / CACHE).write_bytes(healthy[1])
    return healthy[0]


def test_a_rebuilt_cache_changes_nothing(books: list[Path], wanted: list[bytes]) -> None:
    (books[0] / CACHE).unlink()
    with Book.open(books[0], write=False) as book:
        rebuild(book)
    assert every_report(books[0]) == wanted


def test_a_missing_cache_changes_nothing(books: list[Path], wanted: list[bytes]) -> None:
    with_cache = every_report(books[0])
    (books[0] / CACHE).unlink()
    assert (with_cache, every_report(books[0])) == (wanted, wanted)


def test_a_cache_of_another_book_changes_nothing(books: list[Path], wanted: list[bytes]) -> None:
    every_report(books[1])
    (books[0] / CACHE).write_bytes((books[1] / CACHE).read_bytes())
    assert every_report(books[0]) == wanted


def test_a_cache_of_an_older_version_of_a_row_kind_is_not_used(
    books: list[Path], wanted: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = tuple(
        report._replace(row_kinds=tuple(kind._replace(version=kind.version + 1) for kind in report.row_kinds))
        for report in REPORTS
    )
    monkeypatch.setattr("tests.laws.test_cache.REPORTS", newer)
    assert every_report(books[0]) == wanted


@settings(max_examples=tried(gate=10, search=60))
@given(seed=st.integers(0, 2**32 - 1))
def test_a_corrupt_cache_changes_nothing(
    books: list[Path], healthy: tuple[list[bytes], bytes], seed: int
) -> None:
    """Bytes of the file are changed anywhere, or it is cut, or it is no database at all."""
    rng = random.Random(seed)
    wanted, data = healthy[0], bytearray(healthy[1])
    if seed % 8 == 0:
        del data[rng.randrange(len(data)) :]
    else:
        for _ in range(1 if seed % 2 else 200):
            data[rng.randrange(100 if seed % 8 == 1 else len(data))] ^= 1 << rng.randrange(8)
    (books[0] / CACHE).write_bytes(data)
    assert every_report(books[0]) == wanted


def test_a_cache_whose_schema_is_no_text_changes_nothing(books: list[Path], wanted: list[bytes]) -> None:
    """SQLite cites the name in its error, and Python cannot decode that."""
    data = (books[0] / CACHE).read_bytes()
    named, made = b"tablecached_groupscached_groups", b"CREATE TABLE cached_groups"
    assert data.count(named) == data.count(made) == 1
    broken = data.replace(named, named.replace(b"_g", b"_\xff", 1)).replace(made, made.lower()[:-1] + b"(")
    (books[0] / CACHE).write_bytes(broken)
    again = every_report(books[0])
    (books[0] / CACHE).unlink()
    assert again == wanted


def test_a_read_model_that_cannot_be_written_changes_nothing(books: list[Path], wanted: list[bytes]) -> None:
    (books[0] / CACHE).unlink()
    (books[0] / CACHE).mkdir()
    again = every_report(books[0])
    (books[0] / CACHE).rmdir()
    assert again == wanted
