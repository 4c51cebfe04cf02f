#!/usr/bin/env bash
# phable 0.1.29 reads a Haystack time in the second hour of the autumn night as the first, although its offset is written beside it.
#
# Guess: 2026-11-01T01:30:00-06:00 Chicago carries offset and zone, so every reader of Zinc keeps the instant, 07:30 UTC.
# Seen: phable keeps the zone and drops the offset: 06:30 UTC, and it writes the grid back with -05:00, in Zinc and in JSON.
# hszinc 1.3.2 and haystack-core 3.0.13 keep the instant.
# So: trends of a building system that passed through it have 2 readings for one hour of that night and none for the next, and nothing
# in them tells. An import takes the offset that is written, never the zone in its place.
set -euo pipefail
place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q phable==0.1.29 hszinc==1.3.2 pyparsing==3.3.3
(cd "$place" && npm install --silent --no-audit --no-fund haystack-core@3.0.13 >&2)
cat >"$place/grid.zinc" <<'ZINC'
ver:"3.0"
ts,v
2026-11-01T01:30:00-05:00 Chicago,120.5kW
2026-11-01T01:30:00-06:00 Chicago,98kW
ZINC
cat >"$place/try.py" <<'PYTHON'
import sys
from datetime import UTC

import hszinc
from phable import ph_from_zinc, ph_to_json, ph_to_zinc

text = open(sys.argv[1]).read()
grid = ph_from_zinc(text)
print("phable", [f"{row['ts'].astimezone(UTC):%H:%M}" for row in grid.rows])
print("phable writes", ph_to_zinc(grid).splitlines()[3], "and in JSON", ph_to_json(grid).count("-05:00"), "times -05:00")
print("hszinc", [f"{row['ts'].astimezone(UTC):%H:%M}" for row in hszinc.parse(text, mode=hszinc.MODE_ZINC)])
PYTHON
cat >"$place/try.js" <<'NODE'
const { ZincReader } = require("haystack-core");
const grid = ZincReader.readValue(require("fs").readFileSync("grid.zinc", "utf8"));
console.log("haystack-core", grid.getRows().map((row) => row.get("ts").date.toISOString().slice(11, 16)).join(" "));
NODE
found="$(cd "$place" && venv/bin/python try.py grid.zinc && node try.js)"
echo "$found"
expected="phable ['06:30', '06:30']
phable writes 2026-11-01T01:30:00-05:00 Chicago,98.0kW and in JSON 2 times -05:00
hszinc ['06:30', '07:30']
haystack-core 06:30 07:30"
[ "$found" = "$expected" ] || { echo "this has changed; expected:"; echo "$expected"; exit 1; }
