"""Read models: tables of reports, months, days and events that follow the log, and nothing of the program's own."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ledger import calendar
from ledger.app.book import writer
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.cache.row_cache import PIECE
from ledger.app.host.clock import Seeded
from ledger.app.host.files import DESCRIPTIONS, READ_MODEL, READ_MODEL_FILES, forget_read_models
from ledger.app.queries import log_view
from ledger.app.queries.report_run import Question
from ledger.app.read_models import plan, processes
from ledger.app.read_models import rebuild as rebuilding
from ledger.app.read_models.rebuild import rebuild, refresh
from ledger.errors import Tampered, UnknownOutcome
from ledger.exchange import story
from projections.reports.catalogue import BY_NAME
from tests.support.books import CLOCK_US, random_book
from tests.support.histories import claims
from tests.support.interrupted import PROGRAM

STORY = """
2026-06-01T04:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[p] site_class=training
2026-06-01T04:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
2026-07-10T10:00Z s1 outage-started block=m1 outage=fan outage_class=forced-u1 derate=100MW cause=fan outside_management_control=false
2026-07-10T16:00Z s1 outage-ended outage=fan
"""
LATER = "2026-06-20T10:00Z s1 outage-started block=m1 outage=old outage_class=forced-u1 derate=100MW cause=fan outside_management_control=false\n2026-06-20T12:00Z s1 outage-ended outage=old"


def facts(text: str) -> list[Said]:
    return [Said(claim) for claim in story.read(text.encode(), "s.story").claims]


def contents(path: Path) -> dict[str, list[Any]]:
    """Every table with its rows, sorted."""
    with closing(sqlite3.connect(path)) as database:
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {
            name: sorted(database.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
            for name in sorted(names)
        }


def rows(book: Book, sql: str) -> list[Any]:
    with closing(sqlite3.connect(book.directory / READ_MODEL)) as database:
        return database.execute(sql).fetchall()


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """One site whose block was out for six hours on 10 July, as known on 1 August."""
    begun = Seeded("models", calendar.rec_us("2026-08-01T15:00:00.000000Z"))
    with Book.create(tmp_path / "book", Config("example.com/models"), surroundings=begun) as made:
        assert not made.record(facts(STORY)).problems
        yield made


def test_a_table_of_months_has_the_figures_of_each_month(book: Book) -> None:
    rebuild(book, details=True)
    found = rows(book, "SELECT time, month, foh_s FROM uptime_monthly WHERE scope = 'block' ORDER BY time")
    assert found == [
        ("2026-06-01T04:00:00Z", "2026-06", 0),
        ("2026-07-01T04:00:00Z", "2026-07", 21_600),
        ("2026-08-01T04:00:00Z", "2026-08", 0),
    ]


def test_a_table_of_days_has_the_figures_of_each_day(book: Book) -> None:
    rebuild(book, details=True)
    found = rows(book, "SELECT time, foh_s FROM uptime_daily WHERE scope = 'block' AND foh_s > 0")
    assert found == [("2026-07-10T04:00:00Z", 21_600)]


def test_without_details_there_are_reports_alone(book: Book) -> None:
    """What takes long is made for those who ask for it."""
    rebuild(book)
    more = [name for name in contents(book.directory / READ_MODEL) if name.endswith("ly") or name == "events"]
    assert more == []


def test_events_say_what_happened_and_whether_it_stands(book: Book) -> None:
    """An outage that was retracted stays in the table, marked."""
    (ended,) = (r for r in book.records() if r.kind.startswith("outage-ended"))
    book.record(facts(f"2026-07-10T15:00Z s1 outage-ended outage=fan corrects=[{ended.id}] reason=typo"))
    rebuild(book, details=True)
    found = rows(book, "SELECT time, stands FROM events WHERE kind LIKE 'outage-ended%' ORDER BY time")
    assert found == [("2026-07-10T15:00:00Z", 1), ("2026-07-10T16:00:00Z", 0)]


def test_a_column_says_its_unit_and_the_unit_that_people_are_shown(book: Book) -> None:
    rebuild(book)
    found = rows(
        book, "SELECT unit, shown_unit, worth FROM columns WHERE table_name='uptime' AND column_name='foh_s'"
    )
    assert found == [("s", "h", 3600)]


def test_every_column_of_every_table_is_described(book: Book) -> None:
    """In the table of columns, and in Datasette's metadata."""
    rebuild(book, details=True)
    told = json.loads((book.directory / DESCRIPTIONS).read_text())["databases"]["readmodel"]["tables"]
    there = {
        name: {row[0] for row in rows(book, f"SELECT name FROM pragma_table_info('{name}')")}
        for name in contents(book.directory / READ_MODEL)
        if name not in ("columns", "reports", "made_from")
    }
    described = {
        name: {row[0] for row in rows(book, f"SELECT column_name FROM columns WHERE table_name='{name}'")}
        for name in there
    }
    assert described == there == {name: set(each["columns"]) for name, each in told.items()}


def test_the_cache_is_in_a_file_of_its_own(book: Book) -> None:
    """Who browses the tables meets nothing that only the program reads."""
    rebuild(book, details=True)
    assert [name for name in contents(book.directory / READ_MODEL) if name.startswith("cached")] == []


def test_the_next_writer_after_a_rebuild_reads_only_what_the_register_was_not_kept_of(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cache of the register covers the log; two facts come after it, then the read models are made again."""
    monkeypatch.setattr(writer, "PART_RECORDS", 3)
    book.writer.forget()
    kept = book.writer.fold().size
    assert book.record(facts(LATER)).recorded == 2
    rebuild(book)
    book.writer.forget()
    read: list[tuple[int, int]] = []
    leaves = book.reads.leaves

    def counted(start: int, stop: int) -> Iterator[bytes]:
        read.append((start, stop))
        return leaves(start, stop)

    monkeypatch.setattr(book.reads, "leaves", counted)
    book.writer.fold()
    assert read == [(kept, kept + 2)]


def test_forgetting_read_models_leaves_none_of_their_files(book: Book) -> None:
    rebuild(book, details=True)
    forget_read_models(book.directory)
    assert [name for name in READ_MODEL_FILES if (book.directory / name).exists()] == []


def test_a_late_fact_changes_its_month_at_a_refresh(book: Book) -> None:
    """Told in August, an outage of June changes June; a program that has the file open sees it."""
    rebuild(book, details=True)
    with closing(sqlite3.connect(book.directory / READ_MODEL)) as reader:
        asked = "SELECT foh_s FROM uptime_monthly WHERE scope = 'block' AND month = '2026-06'"
        before = reader.execute(asked).fetchall()
        book.record(facts(LATER))
        refresh(book, details=True)
        assert (before, reader.execute(asked).fetchall()) == ([(0,)], [(7_200,)])


def test_a_refresh_without_a_new_record_does_nothing(book: Book) -> None:
    rebuild(book)
    assert refresh(book) is None


@pytest.mark.parametrize("damage", ["gone", "junk", "another choice"])
def test_a_file_that_cannot_be_brought_up_is_made_again(book: Book, damage: str) -> None:
    rebuild(book, details=damage == "another choice")
    path = book.directory / READ_MODEL
    if damage == "gone":
        path.unlink()
    elif damage == "junk":
        path.write_bytes(b"junk")
    book.record(facts(LATER))
    refresh(book)
    found = contents(path)
    rebuild(book)
    assert found == contents(path)


@pytest.mark.parametrize("seed", range(3))
def test_a_file_that_was_brought_up_is_the_one_that_is_made_anew(tmp_path: Path, seed: int) -> None:
    """Law: whatever was recorded, late, corrected or retracted, refreshing and rebuilding give the same
    tables.
    """
    place = random_book(tmp_path / "b", seed, 60)
    many = list(claims(random.Random(seed), 140))[60:]
    clock = Seeded("more", CLOCK_US + 3_600_000_000)
    with Book.open(place, write=True, surroundings=clock) as book:
        rebuild(book, details=True)
        for n in range(0, len(many), 20):
            book.record([Said(claim) for claim in many[n : n + 20]])
            clock.time_us += 7 * 3_600_000_000
            refresh(book, details=True)
        found = contents(place / READ_MODEL)
        rebuild(book, details=True)
        anew = contents(place / READ_MODEL)
        assert {name: (found[name], anew[name]) for name in anew if found[name] != anew[name]} == {}


def test_no_report_has_a_column_of_the_windows(book: Book) -> None:
    for span, report in plan.spans(True):
        names = [column.name for column in span.columns(report)]
        assert len(names) == len(set(names))


def test_following_waits_for_a_reader_that_holds_the_file(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dashboard reads for long; the tables are brought up once it lets go. SQLite would wait for it for 5 s
    first.
    """
    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, timeout=0))
    rebuild(book)
    book.record(facts(LATER))
    reader = sqlite3.connect(book.directory / READ_MODEL, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM uptime").fetchone()
    monkeypatch.setattr(time, "sleep", lambda seconds: reader.close())
    done = next(rebuilding.follow(book, 1))
    assert done.size == book.store.size


def test_following_ends_quietly(book: Book) -> None:
    """Ctrl-C ends it without a traceback; the file is whole."""
    command = [*PROGRAM, "--book", str(book.directory), "rebuild", "--follow"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        first = run.stdout.readline()
        os.kill(run.pid, signal.SIGINT)
        _, stderr = run.communicate(timeout=60)
    assert (run.returncode, "Traceback" in stderr, "is up to" in first) == (130, False, True)


def polls(month: int) -> str:
    """400 polls of the block, one a minute."""
    return "".join(
        f"2026-{month:02d}-01T{n // 60:02d}:{n % 60:02d}Z s1 hashrate-changed block=m1 hashrate={n + 1}PH/s method=pool\n"
        for n in range(400)
    )


def most_read(place: Path) -> int:
    """The most records of a stream that a process which only reads goes through for a report of today."""
    read: dict[int, int] = {}
    with Book.open(place, write=False) as opened:
        real = opened.store.read_stream

        def counting(number: int, start: int, stop: int | None) -> Iterator[bytes]:
            for leaf in real(number, start, stop):
                read[number] = read.get(number, 0) + 1
                yield leaf

        opened.store.read_stream = counting  # type: ignore[method-assign]
        log_view.run(opened, BY_NAME["uptime"], Question())
    return max(read.values())


def test_a_follower_keeps_the_rows_warm_that_servers_read(book: Book) -> None:
    """It runs beside any number of ``serve --read-only``. The log has grown by 400 polls; once the follower has
    said so, a reader goes through the last records of each stream alone, not through the 400.
    """
    book.record(facts(polls(6)))
    command = [*PROGRAM, "--book", str(book.directory), "rebuild", "--follow", "--every", "1s"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as run:
        assert run.stdout is not None
        run.stdout.readline()
        book.record(facts(polls(7)))
        run.stdout.readline()
        warm = most_read(book.directory)
        os.kill(run.pid, signal.SIGINT)
    forget_read_models(book.directory)
    assert (warm < PIECE, most_read(book.directory) > 4 * PIECE) == (True, True)


# --- several processes --------------------------------------------------------------------------------------


@pytest.fixture
def wild(tmp_path: Path) -> Path:
    """A sealed book of random facts, corrections among them; its largest stream has pieces in the cache."""
    place = random_book(tmp_path / "wild", 7, 1500)
    with Book.open(place, write=True, surroundings=Seeded("wild", CLOCK_US)) as book:
        book.checkpoint()
        assert max(book.store.forest.stream(n).size for n in range(book.store.forest.count())) > PIECE
    return place


def test_tables_made_by_several_processes_are_those_of_one(wild: Path) -> None:
    """Who folds a stream changes nothing that is kept of it."""
    made = []
    for workers in (1, 2):
        with Book.open(wild, write=False) as book:
            rebuild(book, workers=workers)
        made.append(contents(wild / READ_MODEL))
    assert made[0] == made[1]


def test_a_changed_record_is_told_by_the_process_that_reads_it(wild: Path) -> None:
    """One letter of a leaf was changed behind the ledger's back."""
    with closing(sqlite3.connect(wild / "ledger.db")) as database, database:
        database.execute("DROP TRIGGER records_no_update")
        (leaf,) = database.execute("SELECT state FROM records WHERE rowid = 40").fetchone()
        database.execute(
            "UPDATE records SET state = ? WHERE rowid = 40", (leaf.replace(b"2026", b"2027", 1),)
        )
    with Book.open(wild, write=False) as book, pytest.raises(Tampered, match="run fsck"):
        rebuild(book, workers=2)


def ended(task: processes.FoldTask) -> int:
    """The end of a worker that the system ends."""
    os._exit(9)


def test_a_worker_that_is_ended_is_told_and_leaves_the_tables(
    wild: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine ran out of memory and ended one."""
    monkeypatch.setattr(processes, "fold", ended)
    with Book.open(wild, write=False) as book, pytest.raises(UnknownOutcome, match="rebuild again"):
        rebuild(book, workers=2)


def test_streams_are_shared_out_evenly() -> None:
    """No task is larger than another by more than a small stream, so that none waits long for the last."""
    streams = [(number, "operations", 100 - number) for number in range(40)]
    sizes = [task.records for task in processes.shared_out(Path("book"), streams, Path("cache.db"), 2)]
    assert max(sizes) - min(sizes) < 61
