"""A book's own promises: sealing, clocks, keys, and records that are checked as they are read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ledger import calendar, kinds
from ledger.app.book import keys
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.book.seals import SEAL_US
from ledger.app.host.clock import Seeded
from ledger.app.host.files import READ_MODEL
from ledger.app.queries.log_view import run
from ledger.app.queries.record_filter import status_of
from ledger.app.queries.report_run import Question
from ledger.errors import Refused, Tampered
from ledger.exchange import story
from ledger.log.checkpoint import parse_checkpoint
from ledger.log.verify import parse_note, parse_vkey, verified_by
from ledger.store.sqlite.store import DATABASE
from projections.engine.tables import Report
from projections.reports.catalogue import REPORTS

START_US = calendar.instant_s("2026-07-01T00:00:00Z") * 1_000_000
SITE = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[a] site_class=training
2026-06-02T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
2026-06-03T00:00Z s1 hashrate-changed block=m1 hashrate=1PH/s method=pool
2026-06-03T00:00Z s1 commitment-made commitment=c1 counterparty=C instrument=pilot category=jobs comparator=at-least basis=cumulative periods=[2026] due_on=[2026-12-31] observed_on=[] cure_days=0 binding=true
"""


def said(text: str) -> list[Said]:
    return [Said(claim) for claim in story.read(text.encode(), "story").claims]


def incident(n: int) -> list[Said]:
    return said(f"2026-06-04T00:00Z s1 incident-opened incident=i{n} summary=x")


def made(folder: Path, clock: Seeded) -> Book:
    book = Book.create(folder, Config("example.com/book"), surroundings=clock)
    book.record(said(SITE))
    return book


@pytest.fixture
def clock() -> Seeded:
    return Seeded("book", START_US)


def sizes(book: Book) -> list[int]:
    return [seal.size for seal in book.store.seals()]


# --- sealing ------------------------------------------------------------------------------------------------


def test_a_new_book_is_sealed_once(tmp_path: Path, clock: Seeded) -> None:
    with Book.create(tmp_path / "b", Config("example.com/book"), surroundings=clock) as book:
        assert (book.store.size, sizes(book)) == (3, [3])


def test_within_a_minute_nothing_is_sealed(tmp_path: Path, clock: Seeded) -> None:
    with made(tmp_path / "b", clock) as book:
        clock.time_us += SEAL_US - 1
        book.record(incident(1))
        assert sizes(book) == [3]


def test_a_minute_after_the_first_unsealed_record_the_next_append_seals(
    tmp_path: Path, clock: Seeded
) -> None:
    with made(tmp_path / "b", clock) as book:
        clock.time_us += SEAL_US
        book.record(incident(1))
        assert sizes(book) == [3, book.store.size]


def test_the_record_before_a_checkpoint_commits_to_the_heads_of_all_streams(
    tmp_path: Path, clock: Seeded
) -> None:
    with made(tmp_path / "b", clock) as book:
        book.checkpoint()
        body = book.record_at(book.store.size - 1).body
        assert isinstance(body, kinds.LedgerHeads)
        assert body.count == len([r for r in book.records() if isinstance(r.body, kinds.StreamOpened)])


def test_a_checkpoint_is_signed_by_the_books_key_over_its_root(tmp_path: Path, clock: Seeded) -> None:
    with made(tmp_path / "b", clock) as book:
        note = book.checkpoint()
        checkpoint = parse_checkpoint(note)
        assert verified_by(parse_note(note), [parse_vkey(book.seals.signer().vkey)])
        assert (checkpoint.size, checkpoint.root) == (book.store.size, book.root_at(book.store.size))


def test_a_checkpoint_of_a_sealed_book_adds_nothing(tmp_path: Path, clock: Seeded) -> None:
    with made(tmp_path / "b", clock) as book:
        assert book.checkpoint() == book.checkpoint()


def test_what_was_signed_is_remembered_beside_the_key(tmp_path: Path, clock: Seeded) -> None:
    with made(tmp_path / "b", clock) as book:
        note = book.checkpoint()
    assert (tmp_path / "b" / "ledger.key.signed").read_bytes() == note


def test_the_key_and_what_it_signed_can_be_read_by_their_owner_alone(tmp_path: Path, clock: Seeded) -> None:
    made(tmp_path / "b", clock).close()
    modes = {(tmp_path / "b" / name).stat().st_mode & 0o777 for name in ("ledger.key", "ledger.key.signed")}
    assert modes == {0o600}


def test_a_key_that_signed_for_another_book_is_refused(tmp_path: Path, clock: Seeded) -> None:
    made(tmp_path / "b", clock).close()
    other = Config("example.com/other")
    Book.create(tmp_path / "c", other, surroundings=clock).close()
    (tmp_path / "c" / "ledger.key.signed").write_bytes((tmp_path / "b" / "ledger.key.signed").read_bytes())
    with pytest.raises(
        Tampered, match=r"the key last signed for example\.com/book, this book is example\.com/other"
    ):
        Book.open(tmp_path / "c", write=True)


def test_a_book_that_went_another_way_after_it_was_signed_is_refused(tmp_path: Path, clock: Seeded) -> None:
    """Two books of one origin and one key, made alike; the second goes on differently from the third
    record.
    """
    for name, n in (("b", 1), ("c", 2)):
        with made(tmp_path / name, Seeded("book", START_US)) as book:
            book.record(incident(n))
            book.checkpoint()
    signed = keys.read_signed(tmp_path / "b" / "ledger.key")
    assert signed is not None
    (tmp_path / "c" / "ledger.key.signed").write_bytes(signed)
    with pytest.raises(Tampered, match="this is another history"):
        Book.open(tmp_path / "c", write=True)


# --- clocks -------------------------------------------------------------------------------------------------


def test_record_times_never_decrease_though_the_clock_does(tmp_path: Path, clock: Seeded) -> None:
    with made(tmp_path / "b", clock) as book:
        clock.time_us -= 60_000_000
        book.record(incident(1))
        recs = [record.rec for record in book.records()]
        assert recs == sorted(recs)


def test_a_clock_more_than_five_minutes_behind_is_refused(tmp_path: Path, clock: Seeded) -> None:
    with made(tmp_path / "b", clock) as book:
        clock.time_us -= 301_000_000
        with pytest.raises(
            Refused, match=r"more than 5 minutes before the last record .* say --accept-clock"
        ):
            book.record(incident(1))


def test_a_clock_that_is_accepted_is_itself_on_record(tmp_path: Path, clock: Seeded) -> None:
    with made(tmp_path / "b", clock) as book:
        clock.time_us -= 301_000_000
        book.writer.accept_clock = True
        book.record(incident(1))
        anomaly = [record for record in book.records() if isinstance(record.body, kinds.ClockAnomaly)]
        assert [record.stream for record in anomaly] == ["ledger/access"]


# --- reading ------------------------------------------------------------------------------------------------


def changed(book: Path, kind: str) -> None:
    """Change what a record says behind the triggers' back."""
    connection = sqlite3.connect(book / DATABASE, isolation_level=None)
    triggers = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    done = connection.execute(
        """UPDATE records SET state = CAST(replace(CAST(state AS TEXT), '"actor":"operator"', '"actor":"somebody"') AS BLOB)
        WHERE topic = ?""",
        (kind,),
    )
    assert done.rowcount == 1
    for _, sql in triggers:
        connection.execute(sql)
    connection.close()


@pytest.mark.parametrize("seal", [True, False])
@pytest.mark.parametrize(
    "use",
    [
        lambda book: book.record(incident(1)),
        lambda book: list(book.records()),
        lambda book: run(book, REPORTS[0], Question()),
    ],
    ids=["record", "read", "report"],
)
def test_nothing_is_made_of_a_record_that_was_changed(
    tmp_path: Path, clock: Seeded, use: Callable[[Book], object], seal: bool
) -> None:
    with made(tmp_path / "b", clock) as book:
        if seal:
            book.checkpoint()
    changed(tmp_path / "b", "load-block-commissioned.v1")
    with pytest.raises(Tampered), Book.open(tmp_path / "b", write=True) as book:
        use(book)


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_a_report_reads_only_streams_it_needs_and_checks_each(
    tmp_path: Path, clock: Seeded, report: Report
) -> None:
    """A changed record in a stream of the report's classes is noticed, one in another stream is none of its
    business.
    """
    with made(tmp_path / "b", clock) as book:
        book.record(
            [
                one
                for n in range(200)
                for one in said(
                    f"2026-06-05T{n // 60:02d}:{n % 60:02d}Z s1 lease-phase-opened lease=l phase=p{n}"
                    " tenant=t critical=1MW"
                )
            ]
        )
        book.checkpoint()
    changed(tmp_path / "b", "commitment-made.v1")
    with Book.open(tmp_path / "b", write=False) as book:
        if "community" in report.classes:
            with pytest.raises(Tampered, match="are not the ones that were committed"):
                run(book, report, Question())
        else:
            assert run(book, report, Question()).report == report.name


def test_reports_read_the_sections_that_are_kept(tmp_path: Path, clock: Seeded) -> None:
    """Tiers and rent stand apart from the leaf; lease-dates needs them."""
    from projections.reports.catalogue import BY_NAME

    with made(tmp_path / "b", clock) as book:
        book.record(
            said(
                "2026-06-05T00:00Z s1 lease-phase-opened lease=l phase=p tenant=t"
                " critical=1MW\n2026-06-05T00:00Z s1 lease-terms-recorded phase=p version=1"
                " target_rfs_on=2026-06-01 tiers=[1d:1] monthly_rent=365USD extension_causes=[]"
                " notice_days=0\n2026-06-06T00:00Z s1 lease-milestone-reached phase=p"
                " milestone=ready-for-service-accepted"
            )
        )
        row, *_ = run(book, BY_NAME["lease-dates"], Question(as_of="2026-07-01T00:00Z")).rows
    names = [column.name for column in BY_NAME["lease-dates"].columns]
    assert (row[names.index("credit_days")], row[names.index("exposure_cents")]) == (3, 3600)


def test_what_is_supposed_has_its_sections(tmp_path: Path, clock: Seeded) -> None:
    with made(tmp_path / "b", clock) as book:
        records, problems = book.writer.suppose(
            said(
                "2026-06-05T00:00Z s1 lease-phase-opened lease=l phase=p tenant=t"
                " critical=1MW\n2026-06-05T00:00Z s1 lease-terms-recorded phase=p version=1"
                " target_rfs_on=2026-06-01 tiers=[1d:1] monthly_rent=365USD extension_causes=[] notice_days=0"
            )
        )
    body: Any = records[-1].body
    assert (problems, body.monthly_rent_cents) == ((), 36_500)


@pytest.mark.parametrize("there", ["folder", "text", "nonsense"])
def test_the_status_of_a_book_is_said_whatever_lies_where_its_read_models_are(
    tmp_path: Path, clock: Seeded, there: str
) -> None:
    made(tmp_path / "book", clock).close()
    path = tmp_path / "book" / READ_MODEL
    path.unlink(missing_ok=True)
    if there == "folder":
        path.mkdir()
    elif there == "text":
        path.write_text("no database")
    else:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE made_from (size TEXT)")
            connection.execute("INSERT INTO made_from VALUES ('many')")
            connection.commit()
    with Book.open(tmp_path / "book", write=False) as book:
        assert status_of(book)["read_model_size"] is None
