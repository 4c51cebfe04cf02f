#!/usr/bin/env bash
# comtrade 0.2.0 reads the two-digit year of a COMTRADE file of 1991 as that year of our era, and counts the first interval after a
# change of rate by the later rate although every sample has its time stamp; py3comtrade 4.2.4 reads no file of 1991 at all.
#
# Guess: the readers in the package index agree on the standard's own constructs, so that any of them can stand behind an import.
# Seen: 09/03/26 (mm/dd/yy, as IEEE C37.111-1991 has it) becomes the year 26. Where 4 samples at 1000 Hz are followed by 3 at 500 Hz
# and the time stamps say 0, 1, 2, 3, 4, 6, 8 ms, the times are 0, 1, 2, 3, 5, 7, 9 ms. Values, secondary ones among them, are right,
# but stay secondary; py3comtrade raises, since a file of 1991 has no time multiplier.
# So: an importer that records milliseconds reads the files itself, exactly, refuses rates and time stamps that disagree, and has
# comtrade 0.2 as oracle for values and for times within one rate.
set -euo pipefail
place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q comtrade==0.2.0 py3comtrade==4.2.4
cat >"$place/try.py" <<'PYTHON'
import sys
import warnings
from pathlib import Path

import comtrade
from py3comtrade import comtrade_reader

warnings.simplefilter("ignore")
place = Path(sys.argv[1])
CFG = "S,D{year}\n1,1A,0D\n1,VA,A,,V,5,0,0,-32767,32767{ends}\n60\n{rates}\n{start}\n{start}\nASCII\n{mult}"


def written(name: str, year: str, ends: str, rates: str, start: str, mult: str, stamps: list[int]) -> str:
    (place / f"{name}.cfg").write_text(CFG.format(year=year, ends=ends, rates=rates, start=start, mult=mult))
    (place / f"{name}.dat").write_text("".join(f"{n},{at},{n * 10}\n" for n, at in enumerate(stamps, 1)))
    return str(place / f"{name}.cfg")


old = written("old", "", "", "1\n1000,3", "09/03/26,21:14:08.000000", "", [0, 1000, 2000])
two = written("two", ",1999", ",1200,1,S", "2\n1000,4\n500,7", "03/09/2026,21:14:08.000000", "1\n", [0, 1000, 2000, 3000, 4000, 6000, 8000])
read = comtrade.Comtrade()
read.load(old, old.replace(".cfg", ".dat"))
print("1991:", read.start_timestamp)
read = comtrade.Comtrade()
read.load(two, two.replace(".cfg", ".dat"))
print("two rates:", [round(at * 1000, 3) for at in read.time], "first value", read.analog[0][0])
try:
    comtrade_reader(old)
    print("py3comtrade, 1991: read")
except Exception as why:
    print("py3comtrade, 1991:", type(why).__name__)
PYTHON
found="$("$place/venv/bin/python" "$place/try.py" "$place" 2>/dev/null | grep -E '^(1991|two rates|py3comtrade,)')"
echo "$found"
expected="1991: 0026-09-03 21:14:08
two rates: [0.0, 1.0, 2.0, 3.0, 5.0, 7.0, 9.0] first value 50.0
py3comtrade, 1991: ComtradeDataFormatException"
[ "$found" = "$expected" ] || { echo "this has changed; expected:"; echo "$expected"; exit 1; }
