"""SQL over a book: one SELECT over the tables of ``sql_tables``, answered by DuckDB in a process of its own.

The process reads nothing but its tables and changes nothing: it has no files, no network, no extensions, one
thread, and limits on memory, time and the size of its answer. When the time is over it is killed, so that no
query can hold up others. Needs the extra ``wattledger[sql]``.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from ledger.app.book.book import Book
from ledger.app.read_models.sql_folders import SqlClocks, SqlFolder, SqlFolders, SqlQuestion, named_tables
from ledger.app.read_models.sql_tables import table_names
from ledger.errors import Malformed, UnknownOutcome, nearest, no_such

WORKER: Final = Path(__file__).with_name("sql_worker.py")
MEMORY_MB: Final = 512
TABLES_S: Final = 900
LOAD_S: Final = 60
SQL_CHARACTERS: Final = 20_000
_MISSING: Final = "Catalog Error: Table with name "


class SqlLimits(NamedTuple):
    """Limits of a query: seconds, rows and bytes of its answer."""

    seconds: int = 10
    rows: int = 1_000
    bytes: int = 8 << 20


class SqlAnswer(NamedTuple):
    """The result of a query: names and SQL types of its columns, its rows, whether there are more, and the
    clocks of the tables.
    """

    columns: list[tuple[str, str]]
    rows: list[list[Any]]
    more: bool
    clocks: SqlClocks


def ask(book: Book, asked: SqlQuestion, limits: SqlLimits) -> SqlAnswer:
    """The answer to a query, asked once."""
    check(asked.sql)
    folders = SqlFolders()
    try:
        with folders.filled(book, asked, TABLES_S) as folder:
            return run(folder, asked.sql, limits)
    finally:
        folders.close()


def check(sql: str) -> None:
    """``Malformed`` where no query can be answered here, or this one cannot be."""
    if importlib.util.find_spec("duckdb") is None:
        raise Malformed("SQL needs DuckDB: pip install 'wattledger[sql]'")
    if not sql.strip():
        raise Malformed("the query is empty; ask for example: SELECT * FROM columns")
    if len(sql) > SQL_CHARACTERS:
        raise Malformed(f"the query has {len(sql):,} characters; at most {SQL_CHARACTERS:,}")


def run(folder: SqlFolder, sql: str, limits: SqlLimits) -> SqlAnswer:
    """Run a query over the tables of a folder."""
    names = named_tables(sql)
    task = {
        "sql": sql,
        "tables": [
            {"name": name, "types": form.types, "comments": form.comments}
            for name, form in folder.tables.items()
            if name in names
        ],
        "memory_mb": MEMORY_MB,
        "seconds": LOAD_S + limits.seconds,
        "rows": limits.rows,
        "bytes": limits.bytes,
    }
    made = _answered(folder.path, msgspec.json.encode(task), limits)
    if "error" in made:
        raise Malformed(_explained(made["error"], folder))
    columns = [(name, kind) for name, kind in made["columns"]]
    return SqlAnswer(columns, made["rows"], made["more"], folder.clocks)


def _answered(place: Path, task: bytes, limits: SqlLimits) -> dict[str, Any]:
    """What the process says; it is killed when its time is over."""
    process = subprocess.Popen(
        [sys.executable, "-I", str(WORKER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=place,
        env={"TZ": "UTC", "HOME": "/nonexistent"},
        start_new_session=True,
    )
    assert process.stdin is not None, "a pipe"
    assert process.stdout is not None, "a pipe"
    try:
        with _killed_after(process, LOAD_S):
            process.stdin.write(task)
            process.stdin.close()
            ready = process.stdout.readline() == b"ready\n"
        if not ready:
            raise UnknownOutcome("the tables of the query could not be loaded; ask for fewer")
        with _killed_after(process, limits.seconds) as over:
            line = process.stdout.readline()
    except BrokenPipeError:
        raise UnknownOutcome("the process of the query ended before it began; ask again") from None
    finally:
        process.kill()
        process.stdout.close()
        process.wait()
    if not line.endswith(b"\n"):
        why = (
            f"it ran longer than {limits.seconds} s" if over.is_set() else "it needed too much memory or time"
        )
        raise Malformed(f"the query was stopped: {why}; ask for less, such as one site or one month")
    found: dict[str, Any] = msgspec.json.decode(line)
    return found


@contextmanager
def _killed_after(process: subprocess.Popen[bytes], seconds: int) -> Iterator[threading.Event]:
    """Kill the process when the block takes longer; the event is set then."""
    over = threading.Event()

    def kill() -> None:
        over.set()
        process.kill()

    timer = threading.Timer(seconds, kill)
    timer.start()
    try:
        yield over
    finally:
        timer.cancel()


def _explained(error: str, folder: SqlFolder) -> str:
    """DuckDB's message; for a table that is not there, why, and what is."""
    if error.startswith("Out of Memory"):
        return f"the query needed more than {MEMORY_MB} MB; ask for less, such as one site or one month"
    if not error.startswith(_MISSING):
        return " ".join(error.partition("\n\nLINE ")[0].split())
    name = error.removeprefix(_MISSING).partition(" ")[0].strip('"').lower()
    if name in folder.missing:
        return f"there is no table {name} here: {folder.missing[name]}"
    names = table_names()
    why = str(no_such("table", name, names)) if nearest(name, names) else error.splitlines()[0]
    return f"{why} Ask for the tables: SELECT DISTINCT table_name FROM columns ORDER BY table_name"
