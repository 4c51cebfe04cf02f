#!/usr/bin/env bash
# aett 3.4.1 on SQLite answers "as of" by comparing texts, so that one instant written with another offset
# gives another history.
#
# Guess: commits at 06:30, 07:00 and 07:30 UTC: as of 07:00 UTC there are 2, however that instant is written,
# as its store in memory does; get_from gives the commits after a checkpoint.
# Seen: 07:00 UTC gives 2 commits, the same instant as 01:00-06:00 none, and as 08:00+01:00 all 3. get_from is
# refused by SQLite for its syntax.
# So: ask it with UTC times only, and test against the store that will run: a test with the store in memory
# shows none of this.
set -euo pipefail
place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q aett==3.4.1
cat >"$place/try.py" <<'PYTHON'
import sys
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from uuid import UUID
from zoneinfo import ZoneInfo

from aett.domain.conflict_detector import ConflictDetector
from aett.eventstore import Commit, DomainEvent, EventMessage, Topic, TopicMap
from aett.storage.synchronous.inmemory import CommitStore as InMemory
from aett.storage.synchronous.sqlite import CommitStore, PersistenceManagement


@Topic("trip")
class Trip(DomainEvent):
    kw: int


FIRST = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
AS_OF = datetime(2026, 11, 1, 7, 0, tzinfo=UTC)
ID = 0x00112233445566778899AABBCCDDEE00


def commit(number: int) -> Commit:
    at = FIRST + timedelta(minutes=30 * number)
    return Commit(
        tenant_id="t",
        stream_id="site",
        stream_revision=number + 1,
        commit_id=UUID(int=ID + number),
        commit_sequence=number + 1,
        commit_stamp=at,
        headers={},
        events=[EventMessage(body=Trip(source="site", timestamp=at, version=number + 1, kw=97))],
        checkpoint_token=0,
    )


database = sys.argv[1] + "/commits.db"
topics = TopicMap().register(Trip)
tables = PersistenceManagement(database, topics)
tables.initialize()
print("aett", version("aett"))
stores = {"memory": InMemory(ConflictDetector()), "SQLite": CommitStore(database, topics)}
for name, store in stores.items():
    for number in range(3):
        store.commit(commit(number))
    for zone in ("UTC", "America/Chicago", "Europe/Berlin"):
        at = AS_OF.astimezone(ZoneInfo(zone))
        print(f"{name}, as of {at:%H:%M%z}: {len(list(store.get_to('t', 'site', at)))}")
try:
    print("SQLite, from a checkpoint:", len(list(tables.get_from(1))))
except Exception as why:
    print("SQLite, from a checkpoint:", why)
PYTHON
found="$("$place/venv/bin/python" -W ignore "$place/try.py" "$place")"
echo "$found"
expected="aett 3.4.1
memory, as of 07:00+0000: 2
memory, as of 01:00-0600: 2
memory, as of 08:00+0100: 2
SQLite, as of 07:00+0000: 2
SQLite, as of 01:00-0600: 0
SQLite, as of 08:00+0100: 3
SQLite, from a checkpoint: near \"%\": syntax error"
[ "$found" = "$expected" ] || { echo "this has changed; expected:"; echo "$expected"; exit 1; }
