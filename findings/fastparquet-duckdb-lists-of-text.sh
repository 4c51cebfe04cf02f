#!/usr/bin/env bash
# fastparquet 2026.9.0 reads every list of text that DuckDB 2.0.1 wrote as None, without an error or a warning.
#
# Guess: a list column is read, or the reader says that it cannot.
# Seen: lists of integers from DuckDB are read, lists of text from pyarrow are read, lists of text from DuckDB come back as
# None in every row; pyarrow 26.0.1 and polars 2.1.0 read the same files right.
# So: readings survive, but names in lists (parcels, feeds, blocks of a program) are lost in silence; the export names its readers.
set -euo pipefail
place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q duckdb==2.0.1 fastparquet==2026.9.0 pyarrow==26.0.1 polars==2.1.0
cat >"$place/try.py" <<'PYTHON'
import sys
from pathlib import Path

import duckdb
import fastparquet
import polars
import pyarrow
import pyarrow.parquet

file = str(Path(sys.argv[1]) / "lists.parquet")


def read(name: str) -> None:
    exact = pyarrow.parquet.read_table(file)["parcels"].to_pylist()
    assert polars.read_parquet(file)["parcels"].to_list() == exact
    found = [None if row is None else [part for part in row] for row in fastparquet.ParquetFile(file).to_pandas()["parcels"]]
    print(name, "read right" if found == exact else found)


duckdb.sql(f"COPY (SELECT unnest([['w12'], ['w12', 'w13']]) AS parcels) TO '{file}' (FORMAT parquet)")
read("text by DuckDB:")
duckdb.sql(f"COPY (SELECT unnest([[12], [12, 13]]) AS parcels) TO '{file}' (FORMAT parquet)")
read("integers by DuckDB:")
pyarrow.parquet.write_table(pyarrow.table({"parcels": [["w12"], ["w12", "w13"]]}), file)
read("text by pyarrow:")
PYTHON
found="$("$place/venv/bin/python" "$place/try.py" "$place")"
echo "$found"
expected="text by DuckDB: [None, None]
integers by DuckDB: read right
text by pyarrow: read right"
[ "$found" = "$expected" ] || { echo "this has changed"; exit 1; }
