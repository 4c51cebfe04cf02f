"""Read models: a book's reports, with details its events too, in a second SQLite file that any tool can browse.

The file can be deleted at any time; the log is the truth. ``plan`` lists the tables. In the file, ``columns``
gives the meaning and unit of each column, ``made_from`` the log the file came from, ``reports`` each report's
definition, window and fingerprint (SHA-256 of its JSON form). Descriptions for Datasette stand in a
JSON file beside it. The cache of rows is made anew too, in a file of its own, in which the
register's is carried over.

``rebuild`` makes the file aside and puts it in place. ``refresh`` brings it up to the log in one transaction,
so that a program that has it open sees the new rows: reports over the whole log are made again, of months and
days those that end after the earliest new or corrected fact.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from ledger.app.book.book import NOWHERE, Book
from ledger.app.cache import register_cache
from ledger.app.cache.cache_file import read_model_size
from ledger.app.host.files import (
    CACHE,
    DESCRIPTIONS,
    PRIVATE,
    READ_MODEL,
    forget_read_models,
    staging,
    sync_directory,
    wipe,
    write_durably,
)
from ledger.app.host.memory import uncollected
from ledger.app.queries import report_run
from ledger.app.read_models import plan, processes
from ledger.app.read_models.answers import answers
from ledger.app.read_models.database import database_of
from ledger.app.read_models.descriptions import datasette_metadata
from ledger.errors import Malformed, UnknownOutcome
from ledger.kinds import SectionErased
from ledger.records import upcasts
from ledger.store.sqlite.read_only import FAILED, is_busy, is_hindered
from projections.engine.report import Cell, Column
from projections.engine.table import Table
from projections.render.json_file import render as as_json

_PAGE: Final = 256


class Rebuilt(NamedTuple):
    """Result of a rebuild: the path of the read models, their number of records, and each report's
    fingerprint.
    """

    path: Path
    size: int
    fingerprints: dict[str, str]


class _OtherTypes(Exception):
    """A column without known values, created as text, must now hold integers, or the reverse."""


def rebuild(book: Book, *, details: bool = False, workers: int = 1, dask: str | None = None) -> Rebuilt:
    """Make the read models again, beside the old ones, and put them in their place; several at once do not
    interfere, and the last one wins. Streams are folded and reports made by so many processes, or streams are
    folded by the Dask cluster whose scheduler is at an address.
    """
    if book.directory == NOWHERE:
        raise Malformed(
            "read models stand beside a book, and an archive is only read: copy it into a book first"
        )
    path = book.directory / READ_MODEL
    with staging(path) as place, uncollected():
        aside, cache = place / READ_MODEL, place / CACHE
        with processes.workers(workers) as hands:
            source = plan.ReadModelSource(book, details, cache, _fill(hands, dask), lazily=hands is not None)
            if hands is not None:
                source.take(answers(source, cache, hands.pool))
        fingerprints = _write(book, source, aside, "")
        register_cache.carry_over(book, cache)  # else the next writer would fold the whole log
        if _erased_since(book, source.known.size):  # its source may hold a section that was to be erased
            for made in place.iterdir():
                wipe(made)
            return rebuild(book, details=details, workers=workers, dask=dask)
        for made in (cache, aside):
            if made.exists():
                made.chmod(PRIVATE)
                made.replace(book.directory / made.name)
    write_durably(book.directory / DESCRIPTIONS, datasette_metadata(book.config.origin, details), PRIVATE)
    sync_directory(path.parent)
    if _erased_since(book, source.known.size):
        forget_read_models(book.directory)
        return rebuild(book, details=details, workers=workers, dask=dask)
    return Rebuilt(path, source.known.size, fingerprints)


def _fill(hands: processes.Workers | None, dask: str | None) -> plan.Fill | None:
    """How streams are folded where this process does not do it alone."""
    if dask is not None:
        from ledger.app.read_models import dask as cluster

        return partial(cluster.fill, address=dask)
    return None if hands is None else hands.fill


def refresh(book: Book, *, details: bool = False) -> Rebuilt | None:
    """Bring the read models up to the log; None where they are current. A file that is missing, or of another
    program or log, is made again whole.
    """
    made_from = read_model_size(book.directory)
    size = book.store.refresh()
    if made_from == size:
        return None
    since = None
    if made_from is not None and made_from < size and _is_of(book, details):
        since = plan.changed_since(book, made_from)
    if since is None:
        return rebuild(book, details=details)
    source = plan.ReadModelSource(book, details)
    try:
        fingerprints = _write(book, source, book.directory / READ_MODEL, since)
    except _OtherTypes:
        return rebuild(book, details=details)
    if _erased_since(book, source.known.size):
        forget_read_models(book.directory)
        return rebuild(book, details=details)
    return Rebuilt(book.directory / READ_MODEL, source.known.size, fingerprints)


def follow(book: Book, every_s: int, *, details: bool = False) -> Iterator[Rebuilt]:
    """Keep the read models up to the log, for ever, and yield each refresh. While a reader holds the file it
    is left unchanged.
    """
    while True:
        done = None
        try:
            with book.blaming_damage():
                done = refresh(book, details=details)
        except UnknownOutcome as why:
            if not is_busy(why):
                raise
        if done is not None:
            yield done
        time.sleep(every_s)


def _is_of(book: Book, details: bool) -> bool:
    """True where the file was made by this version of every table, with the same choice of tables."""
    try:
        with closing(database_of(book.directory / READ_MODEL)) as database:
            row: dict[str, Any] = next(iter(database.query("SELECT origin, tables FROM made_from")), {})
    except FAILED:
        return False
    return row == {"origin": book.config.origin, "tables": _tables(details)}


def _tables(details: bool) -> str:
    """A digest of the tables, their columns and the definitions of their reports."""
    reports = [(one.name, one.definition_version, one.columns) for one in plan.whole(details)]
    windows = [(span.table(one), span.columns(one)) for span, one in plan.spans(details)]
    events = plan.EVENT_COLUMNS if details else ()
    return hashlib.sha256(repr((reports, windows, events)).encode()).hexdigest()


# --- writing ------------------------------------------------------------------------------------------------


def _write(book: Book, source: plan.ReadModelSource, path: Path, since: str) -> dict[str, str]:
    """Fill the file, from an instant on where it is filled already; return each report's fingerprint."""
    found = {report: source.whole(report) for report in plan.whole(source.details)}
    fingerprints = {
        report.name: hashlib.sha256(as_json(table)).hexdigest()
        for report, table in found.items()
        if not report.bulky
    }
    windows = list(source.windows(since))
    database: Any
    try:
        with closing(database_of(path)) as database:
            database.execute("PRAGMA secure_delete = ON")  # what is erased later does not stay in free pages
            database.execute("PRAGMA cache_spill = OFF")  # readers wait for the commit alone
            with database.atomic():
                for report, table in found.items():
                    _put(database, plan.table_name(report.name), table.columns, tuple(table.rows), "")
                for part in windows:
                    if part.since or not since:
                        _put(database, part.name, part.columns, part.rows, part.since if since else "")
                if source.details:
                    _put_events(database, book, source.known.size, made_from(database))
                _put_about(database, book, source, fingerprints, list(found.values()))
    except FAILED as why:
        wrong = UnknownOutcome if is_hindered(why) else Malformed
        raise wrong(f"{book.directory / READ_MODEL} cannot be written: {why}; the log is untouched") from why
    return fingerprints


def made_from(database: Any) -> int:
    """Number of records a file is made of; 0 where it is new."""
    if "made_from" not in database.table_names():
        return 0
    return int(next(iter(database.query("SELECT size FROM made_from")))["size"])


def _put(
    database: Any, name: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], since: str
) -> None:
    """Put rows in place of a table, or of its rows whose ``time`` is an instant or later."""
    target = database[name]
    names = [column.name for column in columns]
    types = {column.name: _sql_type(column, rows, n) for n, column in enumerate(columns)}
    if since:
        kept = target.columns_dict
        if any(form is not None and form is not kept[column] for column, form in types.items()):
            raise _OtherTypes
        target.delete_where("time >= ?", [since])
    else:
        target.drop(ignore=True)
        target.create({column: form or str for column, form in types.items()})
    _insert(database, name, len(names), rows)
    if not since and "time" in names:
        target.create_index(["time"])


def _insert(database: Any, name: str, width: int, rows: Iterable[Sequence[Cell]]) -> None:
    """Insert whole rows in the order of the columns: sqlite-utils looks at every cell, which took most of the
    time of a rebuild, and cells are integers and text.
    """
    database.conn.executemany(f"INSERT INTO {name} VALUES ({','.join('?' * width)})", rows)


def _put_events(database: Any, book: Book, size: int, since: int) -> None:
    target = database[plan.EVENTS]
    names = [column.name for column in plan.EVENT_COLUMNS]
    if not since:
        integers = {"record", "stands"}
        target.create({name: int if name in integers else str for name in names}, pk="record")
    gone = report_run.gone_at(book, size)
    leaves = book.reads.leaves(since, size)
    pages = iter(lambda: list(islice(leaves, _PAGE)), [])
    records = chain.from_iterable(map(upcasts.read_all, pages))  # each for itself takes half as long again
    rows = (plan.event_row(record, stands=record.id not in gone) for record in records)
    _insert(database, plan.EVENTS, len(names), rows)
    if since:
        for record in book.records(since, size):
            for index in plan.corrected(book, record):
                database.execute(f"UPDATE {plan.EVENTS} SET stands = 0 WHERE record = ?", [index])
    else:
        for name in ("time", "kind"):
            target.create_index([name])


def _put_about(
    database: Any,
    book: Book,
    source: plan.ReadModelSource,
    fingerprints: dict[str, str],
    tables: Sequence[Table],
) -> None:
    """Write the tables that describe the others and their source."""
    for name in ("columns", "reports", "made_from"):
        database[name].drop(ignore=True)
    database["columns"].insert_all(plan.described(plan.columns_of(source.details)))
    database["reports"].insert_all(plan.report_row(table, fingerprints.get(table.report)) for table in tables)
    known = source.known
    database["made_from"].insert(
        {
            "origin": book.config.origin,
            "size": known.size,
            "root": known.root,
            "rec": known.rec,
            "tables": _tables(source.details),
        }
    )


def _erased_since(book: Book, size: int) -> bool:
    """True where a record since then erased a section."""
    return any(isinstance(record.body, SectionErased) for record in book.records(size, book.store.refresh()))


def _sql_type(column: Column, rows: Sequence[Sequence[Cell]], position: int) -> type | None:
    """The type of a column's values; None where nothing is known of it."""
    if column.unit:
        return int
    values = [row[position] for row in rows if row[position] is not None]
    return None if not values else int if all(isinstance(value, int) for value in values) else str
