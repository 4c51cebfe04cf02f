#!/usr/bin/env bash
# msconsconverter 2.0.0 writes each quarter-hour of an MSCONS load profile into its CSV three times, twice
# with a wrong period, and a substitute value as 0.0.
#
# Guess: 4 quarter-hours of a meter become 4 rows, each with its own start and end.
# Seen: 16 rows. From the first pair of start and end (DTM+163, DTM+164) on, every segment writes a row with
# what was met last: a value with the period before it, then from that period's end to itself, then with its
# own; and the last value once more for each closing segment. A value that the operator put in place of a
# missing one (QTY+67) becomes 0.0, told in the log only. A day of 100 values becomes 304 rows. pydifact 0.2.3
# finds the 4 values, which add up to the control total (CNT).
# So: a sum over that CSV is three times the energy, less every substitute; an import compares the sum of a
# message with its control total, and the count of its intervals with the period that it states.
set -euo pipefail
place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q --no-deps msconsconverter==2.0.0 pydifact==0.2.3
cat >"$place/try.py" <<'PYTHON'
import csv
import logging
from importlib.metadata import version
from pathlib import Path

from msconsconverter.functions import convert_single
from pydifact.segmentcollection import Interchange

HEAD = """UNB+UNOC:3+SENDER:14+RECEIVER:14+261101:0900+1
UNH+1+MSCONS:D:04B:UN:2.3
BGM+7+1+9
DTM+137:202611010900?+00:303
UNS+D
NAD+DP
LOC+172+AT0010000000000000001000000000001
DTM+163:202610250000?+00:303
DTM+164:202610250100?+00:303
LIN+1
PIA+5+1-1?:1.9.0 P.01:SRW
"""
VALUES = [("220", "1.5"), ("220", "2.5"), ("67", "3.5"), ("220", "4.5")]
TIMES = ["202610250000", "202610250015", "202610250030", "202610250045", "202610250100"]
lines = HEAD.splitlines()
for number, (kind, value) in enumerate(VALUES):
    lines.append(f"QTY+{kind}:{value}:KWH")
    lines += [f"DTM+163:{TIMES[number]}?+00:303", f"DTM+164:{TIMES[number + 1]}?+00:303"]
lines += ["CNT+1:12", f"UNT+{len(lines) + 1}+1", "UNZ+1+1"]
Path("in.txt").write_text("UNA:+.? '" + "".join(line + "'" for line in lines))

print("msconsconverter", version("msconsconverter"))
convert_single("in.txt", "out", logging.getLogger("quiet"))
(made,) = Path("out").glob("*.csv")
rows = list(csv.DictReader(made.open()))
for row in rows:
    print(row["DATE_PERIOD_START"][8:12], row["DATE_PERIOD_END"][8:12], row["VALUE"])
print("rows", len(rows), "sum", sum(float(row["VALUE"]) for row in rows))
segments = Interchange.from_file("in.txt").segments
found = [segment.elements[0][1] for segment in segments if segment.tag == "QTY"]
print("pydifact", found, "sum", sum(map(float, found)))
PYTHON
found="$(cd "$place" && venv/bin/python try.py 2>/dev/null)"
echo "$found"
expected="msconsconverter 2.0.0
0000 0100 1.5
0000 0100 1.5
0000 0015 1.5
0000 0015 2.5
0015 0015 2.5
0015 0030 2.5
0015 0030 0.0
0030 0030 0.0
0030 0045 0.0
0030 0045 4.5
0045 0045 4.5
0045 0100 4.5
0045 0100 4.5
0045 0100 4.5
0045 0100 4.5
0045 0100 4.5
rows 16 sum 43.5
pydifact ['1.5', '2.5', '3.5', '4.5'] sum 12.0"
[ "$found" = "$expected" ] || { echo "this has changed; expected:"; echo "$expected"; exit 1; }
