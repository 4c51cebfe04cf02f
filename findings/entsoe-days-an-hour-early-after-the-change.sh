#!/usr/bin/env bash
# entsoe-py 0.8.1 and python-entsoe 0.6.3 place the days of a week-ahead load forecast 24 hours apart, also over the change of clocks.
#
# Guess: of a period from 2026-10-23T22:00Z to 2026-10-30T23:00Z with 7 values of one day (P1D), entsoe-py, which is much used, places
# each at a local midnight; python-entsoe perhaps not.
# Seen: both go on at 22:00Z, which is 23:00 of the day before from 26 October on: 5 of the 7 values stand on the wrong local day, and
# the last day ends an hour before the period that the document states. Neither compares the two.
# So: values of a day are kept with the local date, and the count of steps in a period is checked against the end that is stated. The two
# share the module name entsoe: an environment can hold only one of them.
set -euo pipefail
place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q entsoe-py==0.8.1
"$place/venv/bin/pip" install -q --no-deps --target "$place/python-entsoe" python-entsoe==0.6.3 # of the same name: kept apart
points="$(for n in 1 2 3 4 5 6 7; do printf '<Point><position>%d</position><quantity>%d</quantity></Point>' "$n" "$n"; done)"
period='<start>2026-10-23T22:00Z</start><end>2026-10-30T23:00Z</end>'
cat >"$place/week.xml" <<XML
<?xml version="1.0" encoding="UTF-8"?>
<GL_MarketDocument xmlns="urn:iec62325.351:tc57wg16:451-6:generationloaddocument:3:0">
<mRID>1</mRID><type>A65</type><process.processType>A31</process.processType>
<time_Period.timeInterval>$period</time_Period.timeInterval>
<TimeSeries><mRID>1</mRID><businessType>A60</businessType><objectAggregation>A01</objectAggregation>
<quantity_Measure_Unit.name>MAW</quantity_Measure_Unit.name><curveType>A01</curveType>
<Period><timeInterval>$period</timeInterval><resolution>P1D</resolution>$points</Period></TimeSeries></GL_MarketDocument>
XML
cat >"$place/try.py" <<'PYTHON'
import sys
import warnings

warnings.simplefilter("ignore")
text = open(sys.argv[1]).read()
if sys.argv[2] == "entsoe-py":
    from entsoe.parsers import parse_loads

    at = parse_loads(text, process_type="A31").index
else:
    from entsoe._xml import parse_timeseries

    at = parse_timeseries(text).set_index("timestamp").index
print(sys.argv[2], *(f"{when:%d/%H:%M}" for when in at.tz_convert("Europe/Amsterdam")))
PYTHON
read_with() { PYTHONPATH="$place/$1" "$place/venv/bin/python" "$place/try.py" "$place/week.xml" "$1"; }
found="$(read_with entsoe-py && read_with python-entsoe)"
echo "$found"
expected="entsoe-py 24/00:00 25/00:00 25/23:00 26/23:00 27/23:00 28/23:00 29/23:00
python-entsoe 24/00:00 25/00:00 25/23:00 26/23:00 27/23:00 28/23:00 29/23:00"
[ "$found" = "$expected" ] || { echo "this has changed; expected:"; echo "$expected"; exit 1; }
