#!/usr/bin/env bash
# UmaDB 0.7.8 acknowledges a conditional append of another event under a used id, and does not record it.
#
# Guess: a retry is the same event again; the same id with another type, other tags or another payload is refused, as the condition fails.
# Seen: where the condition fails because of the event that has this id, the append is answered with that event's position as if it had been
# recorded. Type, tags and payload are not compared: a corrected meter reading under the id of the first is acknowledged and lost. With one
# event more in the call, or another id, the same condition refuses.
# So: an id must be derived from the content, or a writer reads back what is at the position that it was told.
set -euo pipefail
place="$(mktemp -d)"
trap 'kill "$(cat "$place/pid" 2>/dev/null)" 2>/dev/null || true; rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q umadb==0.7.8
cat >"$place/try.py" <<'PYTHON'
import socket
import subprocess
import sys
import time
from importlib.metadata import version
from uuid import UUID

from umadb import AppendCondition, Client, Event, IntegrityError, Query, QueryItem

place = sys.argv[1]
with socket.create_server(("127.0.0.1", 0)) as free:
    at = f"127.0.0.1:{free.getsockname()[1]}"
quiet = subprocess.DEVNULL
server = subprocess.Popen([f"{place}/venv/bin/umadb", "--listen", at, "--db-path", f"{place}/uma.db"], stdout=quiet, stderr=quiet)
open(f"{place}/pid", "w").write(str(server.pid))
for _ in range(100):
    try:
        client = Client(f"http://{at}")
        client.head()
        break
    except Exception:
        time.sleep(0.1)
nobody_else = AppendCondition(Query([QueryItem(tags=["meter:r1"])]))


def reading(number, kwh, kind="reading", tag="meter:r1"):
    return Event(kind, f'{{"kwh":{kwh}}}'.encode(), [tag], UUID(int=number))


def told(*events):
    try:
        return f"acknowledged at {client.append(list(events), nobody_else)}"
    except IntegrityError:
        return "refused"


print(f"umadb {version('umadb')}")
print(f"first: {told(reading(1, 20))}")
print(f"the same again: {told(reading(1, 20))}")
print(f"another payload: {told(reading(1, 9999))}")
print(f"another type and tag too: {told(reading(1, 9999, 'restated', 'meter:r2'))}")
print(f"with one event more: {told(reading(1, 20), reading(2, 21))}")
print(f"another id: {told(reading(2, 9999))}")
print(f"the log: {[(one.position, one.event.event_type, one.event.data.decode()) for one in client.read()]}")
PYTHON
found="$("$place/venv/bin/python" "$place/try.py" "$place")"
echo "$found"
expected="umadb 0.7.8
first: acknowledged at 1
the same again: acknowledged at 1
another payload: acknowledged at 1
another type and tag too: acknowledged at 1
with one event more: refused
another id: refused
the log: [(1, 'reading', '{\"kwh\":20}')]"
[ "$found" = "$expected" ] || { echo "this has changed; expected:"; echo "$expected"; exit 1; }
