#!/usr/bin/env bash
# cloudevents 10.0.0 (npm) rewrites the time of an event that it only passes on: to UTC, and cut to milliseconds.
#
# Guess: an event that is read and written again keeps the text of its time, since the SDK has no reason to touch it.
# Seen: 2026-11-01T01:30:00.123456-06:00 comes out as 2026-11-01T07:30:00.123Z. Its local time and offset are gone, and 2 events 400
# microseconds apart now have one time. cloudevents 2.2.0 for Python passes the text on as it was.
# So: a hash or a signature over the event, or a comparison with the sender's copy, fails after a hop through Node; order comes from a
# sequence number, never from the time; what is proved about a record is its stored bytes, not an event made of it.
set -euo pipefail
place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q cloudevents==2.2.0
(cd "$place" && npm install --silent --no-audit --no-fund cloudevents@10.0.0 >&2)
for micros in 123056 123456; do
    at="2026-11-01T01:30:00.$micros-06:00"
    printf '{"specversion":"1.0","id":"%s","source":"/site","type":"trip","time":"%s","data":{}}\n' "$micros" "$at"
done >"$place/events.jsonl"
cat >"$place/try.js" <<'NODE'
const { HTTP } = require("cloudevents");
const headers = { "content-type": "application/cloudevents+json" };
for (const body of require("fs").readFileSync("events.jsonl", "utf8").trim().split("\n"))
  console.log("npm", JSON.parse(HTTP.structured(HTTP.toEvent({ headers, body })).body).time);
NODE
cat >"$place/try.py" <<'PYTHON'
import json

from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

form = JSONFormat()
for line in open("events.jsonl", "rb"):
    print("Python", json.loads(form.write(form.read(CloudEvent, line)))["time"])
PYTHON
found="$(cd "$place" && node try.js && venv/bin/python try.py)"
echo "$found"
expected="npm 2026-11-01T07:30:00.123Z
npm 2026-11-01T07:30:00.123Z
Python 2026-11-01T01:30:00.123056-06:00
Python 2026-11-01T01:30:00.123456-06:00"
[ "$found" = "$expected" ] || { echo "this has changed; expected:"; echo "$expected"; exit 1; }
