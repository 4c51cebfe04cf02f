"""Facts as Parquet, for analysis elsewhere: a folder with one table per kind, typed, in today's version
of the kind.

Every table begins with the envelope: index, id, stream, pos, at, rec, actor, corrects, reason, source
(struct), and ``stands``: false where a later record corrected or retracted this one. Then the fields of the
kind under their own names, so that units stay in the name; one that is called like a part of the envelope is
``body_<name>`` (stream-opened's stream). Instants are TIMESTAMP WITH TIME ZONE in UTC, dates DATE, integers
BIGINT, lists LIST, lease tiers STRUCT; a field that was not given is NULL. What a section holds is NULL
unless sections are asked for. Names that look like numbers (``007``) stay text.

``at`` is a word of SQL: DuckDB from version 2 on asks for ``"at"`` in quotes. Read with pyarrow, polars or
DuckDB: fastparquet 2026.9 gives None for every list of text (findings/), without an error.

Rows go through JSON in a temporary folder, a file a kind, and DuckDB writes them: memory does not grow with
the book. Needs the extra ``wattledger[parquet]``.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, Final

import msgspec
from msgspec import UNSET

from ledger.app.book.book import Book
from ledger.app.exports.options import ExportOptions
from ledger.app.exports.records import wanted
from ledger.app.host.files import PRIVATE
from ledger.app.queries.report_run import gone_at
from ledger.errors import Malformed
from ledger.fields import Field, fields_of
from ledger.kinds import BY_TAG, Fact
from ledger.records import leaf_format, upcasts
from ledger.records.envelope import Record

ENVELOPE: Final = {
    "index": "BIGINT",
    "id": "VARCHAR",
    "stream": "VARCHAR",
    "pos": "BIGINT",
    "at": "TIMESTAMPTZ",
    "rec": "TIMESTAMPTZ",
    "actor": "VARCHAR",
    "corrects": "VARCHAR[]",
    "reason": "VARCHAR",
    "source": "STRUCT(name VARCHAR, ref VARCHAR, sha256 VARCHAR)",
    "stands": "BOOLEAN",
}
_TYPES: Final = {
    "int": "BIGINT",
    "bool": "BOOLEAN",
    "instant": "TIMESTAMPTZ",
    "rec": "TIMESTAMPTZ",
    "date": "DATE",
}
_encode = msgspec.json.Encoder().encode


def folder(book: Book, asked: ExportOptions, into: Path) -> str:
    """Write ``KIND.parquet`` for each kind that has records; return both counts in words."""
    duckdb = _duckdb()
    with tempfile.TemporaryDirectory(dir=into, prefix=".rows-") as place:
        counts = _rows(book, asked, Path(place))
        with duckdb.connect() as database:
            for setting in ("TimeZone = 'UTC'", "autoinstall_known_extensions = false", "threads = 1"):
                database.execute(f"SET {setting}")
            for name, body in counts:
                made = Path(place) / f"{name}.parquet"
                write_table(database, Path(place) / name, made, columns(body))
                if asked.sections:
                    made.chmod(PRIVATE)
                made.replace(into / made.name)
    records = sum(counts.values())
    return (
        f"{records:,} record{'' if records == 1 else 's'} of {len(counts)}"
        f" kind{'' if len(counts) == 1 else 's'}"
    )


def columns(body: type[Fact]) -> dict[str, str]:
    """The columns of a kind's table and their types: the envelope's, then the fields'."""
    return ENVELOPE | {_column(field): _type(field) for field in fields_of(body)}


def _column(field: Field) -> str:
    return f"body_{field.name}" if field.name in ENVELOPE else field.name


def _type(field: Field) -> str:
    if field.struct is not None:
        parts = ", ".join(f"{part.name} {_type(part)}" for part in fields_of(field.struct))
        return f"STRUCT({parts})" + ("[]" if field.many else "")
    return _TYPES.get(field.form, "VARCHAR") + ("[]" if field.many else "")


def _rows(book: Book, asked: ExportOptions, place: Path) -> dict[tuple[str, type[Fact]], int]:
    """One JSON object a line in a file for each kind; return the counts."""
    gone = gone_at(book, book.store.size)
    counts: dict[tuple[str, type[Fact]], int] = {}
    with ExitStack() as stack:
        files: dict[str, IO[bytes]] = {}
        for record in wanted(book, asked):
            today = upcasts.today(record)
            kind = BY_TAG[today.kind]
            if kind.name not in files:
                files[kind.name] = stack.enter_context((place / kind.name).open("wb"))
            body = _with_sections(book, today, record) if asked.sections else today.body
            files[kind.name].write(_encode(row(today, body, today.id not in gone)) + b"\n")
            counts[kind.name, kind.body] = counts.get((kind.name, kind.body), 0) + 1
    return counts


def row(record: Record, body: Fact, stands: bool) -> dict[str, Any]:
    """A record as a row of its kind's table, by column."""
    said = {name: getattr(record, name) for name in ENVELOPE if name != "stands"}
    fields = {_column(field): getattr(body, field.name) for field in fields_of(type(body))}
    return {name: value for name, value in (said | {"stands": stands} | fields).items() if value is not UNSET}


def _with_sections(book: Book, today: Record, stored: Record) -> Fact:
    return leaf_format.with_sections(today.body, {s.name: s.data for s in book.sections(stored)})


def write_table(database: Any, rows: Path, path: Path, types: Mapping[str, str]) -> None:
    """One Parquet file from rows that are JSON, one a line."""
    structure = ", ".join(f"{_quoted(name)}: {_quoted(kind)}" for name, kind in types.items())
    database.execute(
        f"COPY (SELECT * FROM read_json({_quoted(str(rows))}, format = 'newline_delimited', columns ="
        f" {{{structure}}}, maximum_object_size = 1048576)) TO {_quoted(str(path))} (FORMAT parquet,"
        " COMPRESSION zstd)"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _duckdb() -> Any:
    try:
        import duckdb
    except ImportError:
        raise Malformed("export parquet needs DuckDB: pip install 'wattledger[parquet]'") from None
    return duckdb
