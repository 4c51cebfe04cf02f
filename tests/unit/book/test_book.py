"""A book's own promises: records that are checked as they are read, and its status."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ledger.app.book.book import Book
from ledger.app.host.clock import Seeded
from ledger.app.host.files import READ_MODEL
from ledger.app.queries.log_view import run
from ledger.app.queries.record_filter import status_of
from ledger.app.queries.report_run import Question
from ledger.errors import Tampered
from ledger.store.sqlite.store import DATABASE
from projections.engine.report import Report
from projections.reports.catalogue import REPORTS
from tests.support.small_book import incident, made, said


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
