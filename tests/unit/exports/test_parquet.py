"""Parquet: what DuckDB reads back is what was recorded, of every kind, in types an analyst can reckon
with.
"""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest

from ledger.app.exports import parquet
from ledger.app.exports.options import ExportOptions
from ledger.errors import Malformed
from ledger.kinds import KINDS, Kind
from ledger.records.envelope import Record
from tests.support.making import record_of, sample_body

UTC = datetime.UTC


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as found:
        found.execute("SET TimeZone = 'UTC'")
        yield found


def tabled(database: Any, place: Path, kind: Kind, rows: list[dict[str, Any]]) -> str:
    (place / "rows").write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    path = place / "it's.parquet"
    parquet.write_table(database, place / "rows", path, parquet.columns(kind.body))
    return str(path)


def read_back(database: Any, path: str) -> list[dict[str, Any]]:
    found = database.execute("SELECT * FROM read_parquet(?)", [path])
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def plain(value: Any) -> Any:
    """A cell as its fact says it: instants and dates in stored form, structs without what was not said."""
    if isinstance(value, datetime.datetime):
        stored = value.astimezone(UTC).isoformat(timespec="microseconds" if value.microsecond else "seconds")
        return stored.replace("+00:00", "Z")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items() if part is not None}
    return [plain(part) for part in value] if isinstance(value, list) else value


def sample(kind: Kind) -> tuple[Record, dict[str, Any]]:
    body = sample_body(kind)
    record = record_of(body, corrects=("019f61c9-2500-8704-a3d6-c98576c2a21f",))
    return record, parquet.row(record, body, False)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.tag)
def test_every_fact_of_every_kind_comes_back_as_it_was_said(
    database: duckdb.DuckDBPyConnection, kind: Kind, tmp_path: Path
) -> None:
    _, row = sample(kind)
    (found,) = read_back(database, tabled(database, tmp_path, kind, [row]))
    assert {name: plain(value) for name, value in found.items() if value is not None} == json.loads(
        msgspec.json.encode(row)
    )


def test_no_field_of_a_kind_hides_a_part_of_the_envelope() -> None:
    hidden = {}
    for kind in KINDS:
        record, row = sample(kind)
        if (row["stream"], row["at"], row["index"]) != (record.stream, record.at, record.index):
            hidden[kind.tag] = row
    assert hidden == {}


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    no_book: Any = None
    with pytest.raises(Malformed, match=r"pip install 'wattledger\[parquet\]'"):
        parquet.folder(no_book, ExportOptions(), tmp_path)
