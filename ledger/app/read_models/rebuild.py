"""Read models: every report over all that is known, in a second SQLite file that any tool can browse.

The file can be deleted at any time; the log is the truth. Each report becomes one table with its columns;
``made_from`` says which log it came from, ``reports`` each report's definition, window and fingerprint
(SHA-256 of its JSON form). A bulky report is left out: over all of the log it would be most of the log again.
The cache of rows (``rowcache``) is made with them, so that any moment is quick from then on.
"""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from ledger.app.book.book import Book
from ledger.app.host.files import PRIVATE, READ_MODEL, forget_read_models, staging, sync_directory, wipe
from ledger.app.queries import report_run
from ledger.app.queries.log_view import BookLog
from ledger.errors import Malformed, UnknownOutcome
from ledger.kinds import SectionErased
from ledger.store.sqlite.read_only import FAILED, is_hindered
from projections.engine.table import Table
from projections.render.json_file import render as as_json
from projections.reports.catalogue import REPORTS


class Rebuilt(NamedTuple):
    """Where the read models are, and each report's fingerprint."""

    path: Path
    fingerprints: dict[str, str]


def tables(book: Book, path: Path) -> dict[str, Table]:
    """Every report that is not bulky over the whole log, from one pass over each stream; the cache that this
    makes is kept at a path.
    """
    question = report_run.Question()
    known = report_run.known_at(book, None)
    registry = report_run.registry_at(book, known.size)
    reports = [report for report in REPORTS if not report.bulky]
    declared = (report_run.declared_streams(report, registry, registry.sites) for report in reports)
    names = dict.fromkeys(name for some in declared for name in some)
    row_kinds = (*(kind for report in reports for kind in report.row_kinds), report_run.EXTENT)
    rows = report_run.rows_of(book, registry, tuple(names), known.size, row_kinds, path)
    return {
        report.name: report_run.answer(book, report, question, known, registry, rows, BookLog).table
        for report in reports
    }


def rebuild(book: Book) -> Rebuilt:
    """Make the read-model file again, beside the old one, and put it in its place; several at once do not
    meet, and the last one stays.
    """
    path = book.directory / READ_MODEL
    with staging(path) as place:
        aside = place / READ_MODEL
        done = _made(book, aside)
        if _erased_since(book, done.size):  # what it is made of may hold what was to be forgotten meanwhile
            wipe(aside)
            return rebuild(book)
        aside.chmod(PRIVATE)
        aside.replace(path)
    sync_directory(path.parent)
    if _erased_since(book, done.size):
        forget_read_models(book.directory)
        return rebuild(book)
    return Rebuilt(path, done.fingerprints)


class _ReadModelStamp(NamedTuple):
    """What a read-model file was made of: how many records, and each report's fingerprint."""

    size: int
    fingerprints: dict[str, str]


def _made(book: Book, aside: Path) -> _ReadModelStamp:
    from sqlite_utils import Database

    found = tables(book, aside)
    fingerprints = {name: hashlib.sha256(as_json(table)).hexdigest() for name, table in found.items()}
    known = next(iter(found.values())).known_at
    try:
        database: Any
        with closing(Database(str(aside))) as database:
            for name, table in found.items():
                _write(database, name, table, fingerprints[name])
            database["made_from"].insert(
                {"origin": book.config.origin, "size": known.size, "root": known.root, "rec": known.rec}
            )
    except FAILED as why:
        wrong = UnknownOutcome if is_hindered(why) else Malformed
        raise wrong(f"{book.directory / READ_MODEL} cannot be written: {why}; the log is untouched") from why
    return _ReadModelStamp(known.size, fingerprints)


def _erased_since(book: Book, size: int) -> bool:
    """Was a section erased by a record that came since?"""
    return any(isinstance(record.body, SectionErased) for record in book.records(size, book.store.refresh()))


def _write(database: Any, name: str, table: Table, fingerprint: str) -> None:
    names = [column.name for column in table.columns]
    target = database[name.replace("-", "_")]
    target.create({column: _sql_type(table, position) for position, column in enumerate(names)})
    target.insert_all(dict(zip(names, row, strict=True)) for row in table.rows)
    database["reports"].insert(
        {
            "report": name,
            "title": table.title,
            "definition_version": table.definition_version,
            "start": table.start,
            "stop": table.stop,
            "tz": table.tz,
            "as_of": table.as_of,
            "known_at_size": table.known_at.size,
            "tzdata": table.tzdata,
            "fingerprint": fingerprint,
            "notes": "\n".join(table.notes),
        }
    )


def _sql_type(table: Table, position: int) -> type:
    values = [row[position] for row in table.rows if row[position] is not None]
    return int if values and all(isinstance(value, int) for value in values) else str
