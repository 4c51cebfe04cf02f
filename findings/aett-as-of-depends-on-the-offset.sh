#!/usr/bin/env bash
# aett 3.4.1 on SQLite answers "as of" by comparing texts, so that one instant written with another offset
# gives another history; and the commit ids that it reads are not those that were written.
#
# Guess: commits at 06:30, 07:00 and 07:30 UTC: as of 07:00 UTC there are 2, however that instant is written;
# a commit is read with its id, and a retry of it is called a duplicate, as its store in memory does.
# Seen: 07:00 UTC gives 2 commits, the same instant as 01:00-06:00 none, and as 08:00+01:00 all 3. Ids are
# stored with the bytes of their first three parts turned round and read without turning them back; the search
# for a duplicate looks for the id as text, so that a retry is refused as a conflict of versions and its
# writer cannot know that it was recorded. get_from (commits after a checkpoint) is refused by SQLite for its
# syntax.
# So: ask it with UTC times only, keep an id of one's own in the headers, and test against the store that will
# run: a test with the store in memory shows none of this.
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
    print(f"{name}, first id: {next(iter(store.get('t', 'site'))).commit_id}")
    try:
        store.commit(commit(2))
        print(f"{name}, retry: taken")
    except Exception as why:
        print(f"{name}, retry: {type(why).__name__}")
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
memory, first id: 00112233-4455-6677-8899-aabbccddee00
memory, retry: DuplicateCommitException
SQLite, as of 07:00+0000: 2
SQLite, as of 01:00-0600: 0
SQLite, as of 08:00+0100: 3
SQLite, first id: 33221100-5544-7766-8899-aabbccddee00
SQLite, retry: NonConflictingCommitException
SQLite, from a checkpoint: near \"%\": syntax error"
[ "$found" = "$expected" ] || { echo "this has changed; expected:"; echo "$expected"; exit 1; }
