#!/usr/bin/env bash
# UmaDB 0.7.8 takes types and tags of about 4,000 bytes, where its documentation says 65,535; metadata is as long as documented.
#
# Guess: an event type of 10,000 bytes and a tag of 5,000 bytes are accepted and found by a query, as the package's description says ("may be
# up to 65535 bytes long").
# Seen: type and tags of an event must fit into one page of 4,096 bytes with its header; longer ones are refused with "event too large for page
# size". A payload of 3,000,000 bytes and a metadata value of 60,000 are accepted: both overflow into further pages, types and tags do not.
# So: whoever maps stream names or ids of others to tags must keep all tags of one event together below a page, not each below 65,535.
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

from umadb import Client, Event, Query, QueryItem

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


def tried(event):
    try:
        client.append([event])
    except ValueError as why:
        return str(why)
    return "accepted"


print(f"umadb {version('umadb')}")
for size in (4_000, 10_000):
    print(f"type of {size}: {tried(Event('t' * size, b'', []))}")
for size in (4_000, 5_000):
    found = tried(Event("t", b"", ["g" * size]))
    print(f"tag of {size}: {found}, found by a query: {len(list(client.read(Query([QueryItem(tags=['g' * size])]))))}")
print(f"ten tags of 500: {tried(Event('t', b'', [f'{n}' * 500 for n in range(10)]))}")
print(f"metadata of 60000: {tried(Event('t', b'', [], None, {'k': 'v' * 60_000}))}")
print(f"payload of 3000000: {tried(Event('t', bytes(3_000_000), []))}")
PYTHON
found="$("$place/venv/bin/python" "$place/try.py" "$place")"
echo "$found"
large="invalid argument: event too large for page size"
expected="umadb 0.7.8
type of 4000: accepted
type of 10000: $large
tag of 4000: accepted, found by a query: 1
tag of 5000: $large, found by a query: 0
ten tags of 500: $large
metadata of 60000: accepted
payload of 3000000: accepted"
[ "$found" = "$expected" ] || { echo "this has changed; expected:"; echo "$expected"; exit 1; }
