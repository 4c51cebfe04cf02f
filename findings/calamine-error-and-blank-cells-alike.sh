#!/usr/bin/env bash
# python-calamine 0.9.1 gives the same empty text for a blank cell, an error cell (#N/A) and a formula that was never computed.
#
# Guess: enough to read an operator's sheet of outages and curtailments: an error cell is told apart from a blank one.
# Seen: to_python() returns '' for all three, and a percent cell of 97.5 % as 0.975 without its number format, so that a derate in
# percent and a share look alike; openpyxl 3.1.5 reads the same file as None, '#N/A', the formula's text, and 0.975 with '0.0%'.
# So: an importer on it would take a broken lookup for "not said" and record a fact without that field; ours reads with openpyxl
# and refuses the row.
set -euo pipefail
place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q python-calamine==0.9.1 openpyxl==3.1.5
cat >"$place/try.py" <<'PYTHON'
import sys
from pathlib import Path

from openpyxl import Workbook, load_workbook
from python_calamine import CalamineWorkbook

path = Path(sys.argv[1]) / "outages.xlsx"
made = Workbook()
sheet = made.active
sheet.append(["blank", "error", "formula", "percent"])
sheet["B2"] = "#N/A"
sheet["B2"].data_type = "e"
sheet["C2"] = "=LEFT(A1,2)"
sheet["D2"] = 0.975
sheet["D2"].number_format = "0.0%"
made.save(path)
print("calamine", CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()[1])
row = load_workbook(path).active[2]
print("openpyxl", [cell.value for cell in row], row[3].number_format)
PYTHON
found="$("$place/venv/bin/python" "$place/try.py" "$place" 2>/dev/null)"
echo "$found"
expected="calamine ['', '', '', 0.975]
openpyxl [None, '#N/A', '=LEFT(A1,2)', 0.975] 0.0%"
[ "$found" = "$expected" ] || { echo "this has changed; expected:"; echo "$expected"; exit 1; }
