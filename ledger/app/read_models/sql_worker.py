"""The process that runs one SQL query over tables of a folder, and can be killed at any time.

It is a program of its own that imports nothing of ours: started with ``python -I``, in the folder, with an
empty environment and limits on memory and processor time. The task comes on standard input as JSON. Tables
are loaded, attached read-only and described first; then DuckDB is shut off from files, network, extensions
and settings, ``ready`` is written, and the query runs. The answer is one line of JSON.
"""

from __future__ import annotations

import json
import math
import os
import sys
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

LARGEST = 1 << 63
COPIED_MB = 64
"""Smaller tables are copied into memory, so that DuckDB knows no path of this machine; larger ones do not fit."""
NICE = 10
START_MB = 1_024  # what the interpreter and DuckDB map beside the memory that DuckDB counts
LOCKS = (
    "SET TimeZone = 'UTC'",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET allow_community_extensions = false",
    "SET allowed_paths = []",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)


def main() -> None:
    """Answer the task on standard input."""
    task = json.loads(sys.stdin.buffer.read())
    _limit(task["memory_mb"], task["seconds"])
    import duckdb  # after the limits, which it is to keep

    settings: dict[str, Any] = {"threads": 1, "memory_limit": f"{task['memory_mb']}MB", "temp_directory": ""}
    database = duckdb.connect(":memory:", config=settings)
    for table in task["tables"]:
        _attach(duckdb, database, table)
    for lock in LOCKS:
        database.execute(lock)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    try:
        found = _answer(duckdb, database, task)
    except duckdb.Error as why:
        found = {"error": str(why)}
    except MemoryError:
        found = {"error": "Out of Memory Error: the result does not fit"}
    sys.stdout.write(json.dumps(found, ensure_ascii=True) + "\n")


def _limit(memory_mb: int, seconds: int) -> None:
    with suppress(AttributeError, OSError):
        os.nice(NICE)  # whoever records and reads comes first
    with suppress(ImportError, OSError):  # Windows has no such limits; the parent kills there too
        import resource

        for what, most in (
            (resource.RLIMIT_AS, (memory_mb + START_MB) << 20),
            (resource.RLIMIT_CPU, seconds),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.setrlimit(what, (most, most))


# --- tables -------------------------------------------------------------------------------------------------


def _attach(duckdb: Any, database: Any, table: dict[str, Any]) -> None:
    """A table of the folder, with what its columns mean."""
    name = table["name"]
    kept = f"{name}.duckdb"
    if not Path(kept).exists():
        _load(duckdb, table, kept)
    attached = _name(f"of_{name}")
    database.execute(f"ATTACH {_text(kept)} AS {attached} (READ_ONLY)")
    copied = Path(kept).stat().st_size < COPIED_MB << 20
    form = "TABLE" if copied else "VIEW"
    database.execute(f"CREATE {form} {_name(name)} AS FROM {attached}.main.{_name(name)}")
    if copied:
        database.execute(f"DETACH {attached}")
    for column, what in table["comments"].items():
        database.execute(f"COMMENT ON COLUMN {_name(name)}.{_name(column)} IS {_text(what)}")


def _load(duckdb: Any, table: dict[str, Any], kept: str) -> None:
    """Make the file of a table from its rows in JSON Lines, whole or not at all; two queries may make it at once."""
    aside, rows = Path(f"{kept}.{os.getpid()}.new"), f"{table['name']}.rows"
    aside.unlink(missing_ok=True)
    types = ", ".join(f"{_text(name)}: {_text(kind)}" for name, kind in table["types"].items())
    with duckdb.connect(str(aside), config={"threads": 1, "temp_directory": ""}) as database:
        database.execute(
            f"CREATE TABLE {_name(table['name'])} AS SELECT * FROM read_json({_text(rows)}, format ="
            f" 'newline_delimited', columns = {{{types}}}, maximum_object_size = 16777216)"
        )
    aside.replace(kept)


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


# --- the query ----------------------------------------------------------------------------------------------


def _answer(duckdb: Any, database: Any, task: dict[str, Any]) -> dict[str, Any]:
    statements = duckdb.extract_statements(task["sql"])
    if len(statements) != 1:
        return {"error": f"give one statement, not {len(statements)}"}
    if not str(statements[0].type).endswith(".SELECT"):
        kind = str(statements[0].type).rpartition(".")[2]
        return {"error": f"only SELECT is answered here, not {kind}: the tables are read-only"}
    database.execute(statements[0])
    names = _distinct([str(column[0]) for column in database.description])
    rows: list[list[Any]] = []
    size, more = 0, False
    while not more and (part := database.fetchmany(100)):
        for row in part:
            cells = [_plain(cell) for cell in row]
            size += sum(len(cell) if isinstance(cell, str) else 8 for cell in cells)
            if len(rows) == task["rows"] or size > task["bytes"]:
                more = True
                break
            rows.append(cells)
    if more and not rows:
        return {"error": f"one row of the result is larger than {task['bytes']:,} bytes"}
    types = [str(column[1]) for column in database.description]
    return {"columns": [list(pair) for pair in zip(names, types, strict=True)], "rows": rows, "more": more}


def _distinct(names: list[str]) -> list[str]:
    """Names that are repeated get a number, so that each cell of a row can be named."""
    found: list[str] = []
    for name in names:
        number, made = 1, name
        while made in found:
            number += 1
            made = f"{name}_{number}"
        found.append(made)
    return found


def _plain(value: Any) -> Any:
    """A value as JSON holds it exactly: instants, decimals and very large integers as text."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return value if -LARGEST <= value < LARGEST else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return json.dumps({str(name): _plain(one) for name, one in value.items()}, ensure_ascii=False)
    if isinstance(value, list | tuple):
        return json.dumps([_plain(one) for one in value], ensure_ascii=False)
    return str(value)


if __name__ == "__main__":
    main()
