"""SQL over a book: the figures of its reports, of what a token may read alone, and no way out of the tables."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from ledger import calendar
from ledger.app.access import tokens
from ledger.app.access.scoped_book import book_of
from ledger.app.book.book import Book
from ledger.app.book.config import Config
from ledger.app.cli.commands.sql import _described
from ledger.app.host.clock import Seeded
from ledger.app.queries import log_view, report_run
from ledger.app.queries.report_run import Question
from ledger.app.read_models.sql import SqlAnswer, SqlLimits, ask, run
from ledger.app.read_models.sql_folders import SqlFolders, SqlQuestion
from ledger.app.read_models.sql_formats import as_csv, as_json
from ledger.app.read_models.sql_tables import table_names
from ledger.errors import Malformed
from tests.support.rights import rights_book
from tests.support.small_book import said

STORY = """
2026-06-01T04:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[p] site_class=training
2026-06-01T04:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
2026-07-10T10:00Z s1 outage-started block=m1 outage=fan outage_class=forced-u1 derate=100MW cause="=1+1" outside_management_control=false
2026-07-10T16:00Z s1 outage-ended outage=fan
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """One site whose block was out for six hours on 10 July, as known on 1 August."""
    pytest.importorskip("duckdb", reason="not run: duckdb is not installed")
    begun = Seeded("sql", calendar.rec_us("2026-08-01T15:00:00.000000Z"))
    place = tmp_path_factory.mktemp("sql") / "book"
    with Book.create(place, Config("example.com/sql"), surroundings=begun) as made:
        assert not made.record(said(STORY)).problems
        yield made


def answer(book: Book, sql: str, known_at: str | None = None, **limits: int) -> SqlAnswer:
    return ask(book, SqlQuestion(sql, known_at), SqlLimits(**limits))


def test_a_months_outage_is_what_the_report_of_that_month_says(book: Book) -> None:
    found = answer(book, "SELECT month, foh_s FROM uptime_monthly WHERE scope = 'block' ORDER BY time")
    assert found.rows == [["2026-06", 0], ["2026-07", 21_600], ["2026-08", 0]]


def test_a_table_of_a_report_has_its_rows(book: Book) -> None:
    table = log_view.run(book, report_run.report_named("uptime"), Question())
    assert answer(book, "FROM uptime").rows == [list(row) for row in table.rows]


def test_every_table_can_be_asked(book: Book) -> None:
    """One query names them all."""
    sql = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in table_names())
    assert [row[0] for row in answer(book, sql).rows] == list(table_names())


def test_a_fact_is_read_by_the_names_of_its_kind(book: Book) -> None:
    found = answer(book, "SELECT site, body->>'cause' FROM records WHERE kind LIKE 'outage-started%'")
    assert found.rows == [["s1", "=1+1"]]


def test_what_was_known_earlier_is_asked_with_known_at(book: Book) -> None:
    """Before the outage was recorded the log held none."""
    before = str(book.store.size - 2)
    found = answer(book, "SELECT count(*) FROM records WHERE kind LIKE 'outage%'", known_at=before)
    assert found.rows == [[0]]


def test_a_column_says_its_unit_to_whoever_describes_the_table(book: Book) -> None:
    found = answer(
        book, "SELECT comment FROM duckdb_columns() WHERE table_name='uptime' AND column_name='ph_s'"
    )
    assert found.rows[0][0].partition(":")[0] == "PH (s)"


OUTSIDE = (
    "SELECT * FROM read_text('/etc/hostname')",
    "SELECT * FROM '/etc/hostname'",
    "SELECT * FROM glob('*')",
    "SELECT * FROM read_csv('https://example.com/x.csv')",
    "COPY uptime TO 'out.csv'",
    "ATTACH 'other.db'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET threads = 8",
    "SET enable_external_access = true",
    "PRAGMA database_list",
    "DELETE FROM uptime",
    "CREATE TABLE x AS SELECT 1",
    "SELECT 1; SELECT 2",
    "",
)


@pytest.mark.parametrize("sql", OUTSIDE)
def test_a_query_reads_its_tables_and_nothing_else(sql: str, book: Book) -> None:
    with pytest.raises(Malformed):
        answer(book, sql)


def test_the_database_knows_no_path_of_this_machine(book: Book) -> None:
    asked = "SELECT path FROM duckdb_databases() UNION ALL SELECT value FROM duckdb_settings()"
    found = answer(book, f"SELECT count(*) FROM ({asked}) AS all_of(v) WHERE v LIKE '%{book.directory}%'")
    assert found.rows == [[0]]


def test_a_run_away_query_is_stopped(book: Book) -> None:
    with pytest.raises(Malformed, match="longer than 1 s"):
        answer(book, "SELECT count(*) FROM range(10000000) a, range(10000000) b", seconds=1)


def test_a_query_that_needs_too_much_memory_is_told_so(book: Book) -> None:
    with pytest.raises(Malformed, match="more than 512 MB"):
        answer(book, "SELECT repeat('x', 2000000000)")


def test_a_long_result_says_that_it_goes_on(book: Book) -> None:
    found = answer(book, "FROM range(50)", rows=10)
    assert (len(found.rows), as_json(found)["more"]) == (10, True)


def test_a_file_that_would_be_cut_is_refused(book: Book) -> None:
    with pytest.raises(Malformed, match="more than 10 rows"):
        as_csv(answer(book, "FROM range(50)", rows=10))


def test_columns_of_one_name_are_told_apart(book: Book) -> None:
    assert as_json(answer(book, "SELECT 1 AS a, 2 AS a"))["rows"] == [{"a": 1, "a_2": 2}]


def test_values_that_json_has_no_form_for_are_text(book: Book) -> None:
    asked = (
        "SELECT 1::HUGEINT << 70, 'inf'::DOUBLE, 1.50::DECIMAL(9,2), [1, NULL], TIMESTAMP '2026-01-02 03:04'"
    )
    assert answer(book, asked).rows == [
        ["1180591620717411303424", "inf", "1.50", "[1, null]", "2026-01-02T03:04:00"]
    ]


def test_a_formula_in_a_fact_is_inert_in_csv(book: Book) -> None:
    found = as_csv(
        answer(book, "SELECT body->>'cause' AS cause FROM records WHERE body->>'cause' IS NOT NULL")
    )
    assert found == b"cause\r\n'=1+1\r\n"


def test_a_missing_table_says_where_the_tables_are_listed(book: Book) -> None:
    with pytest.raises(Malformed, match="SELECT DISTINCT table_name FROM columns"):
        answer(book, "SELECT * FROM uptme")


def test_nothing_is_left_beside_the_book(book: Book) -> None:
    before = sorted(os.listdir(book.directory))
    answer(book, "FROM uptime")
    assert sorted(os.listdir(book.directory)) == before


@pytest.fixture
def grown(tmp_path: Path) -> Iterator[Book]:
    """A book that may be written."""
    begun = Seeded("sql", calendar.rec_us("2026-08-01T15:00:00.000000Z"))
    with Book.create(tmp_path / "book", Config("example.com/sql"), surroundings=begun) as made:
        made.record(said(STORY))
        yield made


def test_tables_of_a_shorter_log_are_removed_when_it_grows(grown: Book) -> None:
    """They may hold what was erased since."""
    folders = SqlFolders()
    with folders.filled(grown, SqlQuestion("FROM uptime"), 60) as earlier:
        pass
    before = earlier.path.exists()
    grown.record(said("2026-07-11T00:00Z s1 incident-opened incident=i summary=x"))
    folders.forget(grown.store.size)
    assert (before, earlier.path.exists()) == (True, False)


def test_tables_in_use_are_removed_when_their_query_ends(grown: Book) -> None:
    folders = SqlFolders()
    with folders.filled(grown, SqlQuestion("FROM uptime"), 60) as earlier:
        folders.forget(grown.store.size + 1)
        within = earlier.path.exists()
    assert (within, earlier.path.exists()) == (True, False)


def test_few_folders_are_kept(grown: Book) -> None:
    """Each reader has tables of his own; those that nobody used for longest go."""
    folders = SqlFolders()
    paths = []
    for number in range(6):
        with folders.filled(grown, SqlQuestion("SELECT 1", reader=f"token-{number}"), 60) as folder:
            paths.append(folder.path)
    there = [path.exists() for path in paths]
    folders.close()
    assert (there, [path.exists() for path in paths]) == ([False, False, True, True, True, True], [False] * 6)


@pytest.mark.parametrize(
    ("reader", "streams"),
    [
        ("utility", ["s1/grid"]),
        ("commissioner", ["s1/community"]),
        ("tenant", ["s1/lease"]),
        ("auditor-s1", ["s1/community", "s1/grid", "s1/lease", "s1/operations"]),
    ],
)
def test_a_token_asks_the_streams_of_its_scope(reader: str, streams: list[str], tmp_path: Path) -> None:
    """The tables are made of what it may read: other sites are in none of them."""
    rights_book(tmp_path / "book")
    with Book.open(tmp_path / "book", write=False) as whole:
        scoped = book_of(whole, tokens.tokens(whole)[reader])
        found = answer(scoped, "SELECT DISTINCT stream FROM records WHERE stream LIKE 's%' ORDER BY 1")
    assert [row[0] for row in found.rows] == streams


def test_a_report_that_a_token_may_not_read_is_no_table_of_its(tmp_path: Path) -> None:
    rights_book(tmp_path / "book")
    with Book.open(tmp_path / "book", write=False) as whole:
        scoped = book_of(whole, tokens.tokens(whole)["tenant"])
        with pytest.raises(Malformed, match="commitments cannot be made from this scope"):
            answer(scoped, "FROM commitments")


HOSTILE = {
    "deep parentheses": "SELECT " + "(" * 9_000 + "1" + ")" * 9_000,
    "deep lists": "SELECT " + "[" * 9_000 + "1" + "]" * 9_000,
    "a long recursion": "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 1000000000)"
    " SELECT max(n) FROM r",
    "a huge list": "SELECT list_sort(range(1000000000))",
    "a long join": "SELECT count(*) FROM range(1000000000) a JOIN range(1000000000) b ON a.range <> b.range",
    "too long": "SELECT " + "1," * 20_000 + "1",
    "NUL": "SELECT '\0'; SELECT 1",
    "nothing but a comment": "-- SELECT 1",
    "a cell larger than the answer": "SELECT repeat('x', 20000000)",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_query_ends_in_a_message_and_the_next_is_answered(name: str, book: Book) -> None:
    """Whatever becomes of its process."""
    told = []
    try:
        answer(book, HOSTILE[name], seconds=1)
    except Malformed as why:
        told.append(str(why))
    assert (len(told), answer(book, "SELECT 1").rows) == (1, [[1]])


def test_two_queries_at_a_time_have_their_own_processes(book: Book) -> None:
    """One that runs away does not hold the other up."""
    folders = SqlFolders()
    with folders.filled(book, SqlQuestion("SELECT 1"), 60) as folder, ThreadPoolExecutor(2) as pool:
        away = pool.submit(run, folder, HOSTILE["a long join"], SqlLimits(seconds=5))
        quick = pool.submit(run, folder, "SELECT 1", SqlLimits(seconds=5))
        done, _ = wait([away, quick], return_when=FIRST_COMPLETED)
    folders.close()
    assert done == {quick}


def test_tables_that_take_too_long_are_told_and_can_be_asked_again(book: Book) -> None:
    """What was begun and not finished is no table that is not there."""
    folders = SqlFolders()
    with (
        pytest.raises(Malformed, match="took longer than -1 s to make"),
        folders.filled(book, SqlQuestion("FROM uptime"), -1),
    ):
        pass
    with folders.filled(book, SqlQuestion("FROM uptime"), 60) as folder:
        again = "uptime" in folder.tables
    folders.close()
    assert again


def test_a_table_that_is_nearly_one_is_told_the_nearest(book: Book) -> None:
    with pytest.raises(Malformed, match="no table is called 'record'; did you mean records"):
        ask(book, SqlQuestion("SELECT * FROM record"), SqlLimits())


def test_the_columns_of_a_table_that_is_none_are_refused() -> None:
    """It answered with no rows, as if the table had no columns."""
    with pytest.raises(Malformed, match="no table is called 'uptme'; did you mean uptime"):
        _described("uptme")
