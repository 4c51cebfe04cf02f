#!/usr/bin/env bash
# eventsourcing 9.5.6 cannot open a copy that VACUUM INTO made of its own SQLite database when the copy is opened to read only.
#
# Guess: a read-only connection to a copy reads; a recorder that only selects needs no more.
# Seen: SQLite's VACUUM INTO writes the copy with a rollback journal, whatever the journal of the source is, and eventsourcing's pool
# switches every database that is not in write-ahead mode to it when it connects. Opened with mode=ro this fails with
# "attempt to write a readonly database" before anything is selected; the same copy opened to write reads, and is changed by it.
# So: a backup made with VACUUM INTO is put into write-ahead mode once before readers get it, or read without the recorder.
set -euo pipefail
place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q eventsourcing==9.5.6
cat >"$place/try.py" <<'PYTHON'
import sqlite3
import sys
from pathlib import Path
from uuid import uuid4

from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

place = Path(sys.argv[1])
source, copy = place / "events.db", place / "copy.db"


def recorder(name: str) -> SQLiteApplicationRecorder:
    return SQLiteApplicationRecorder(SQLiteDatastore(name))


def journal(path: Path) -> str:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True).execute("PRAGMA journal_mode").fetchone()[0]


written = recorder(f"file:{source}?mode=rwc")
written.create_table()
written.insert_events([StoredEvent(originator_id=uuid4(), originator_version=1, topic="t", state=b"{}")])
sqlite3.connect(source).execute("VACUUM INTO ?", (str(copy),))
seen = [f"source {journal(source)}, copy {journal(copy)}"]
try:
    seen.append(f"read only: {recorder(f'file:{copy}?mode=ro').max_notification_id()} events")
except Exception as why:
    seen.append(f"read only: {type(why).__name__}: {why}")
seen.append(f"to write: {recorder(f'file:{copy}?mode=rw').max_notification_id()} event, then {journal(copy)}")
print("\n".join(seen))
PYTHON
found="$("$place/venv/bin/python" "$place/try.py" "$place" 2>/dev/null)"
echo "$found"
expected="source wal, copy delete
read only: OperationalError: attempt to write a readonly database
to write: 1 event, then wal"
[ "$found" = "$expected" ] || { echo "this has changed; expected:"; echo "$expected"; exit 1; }
