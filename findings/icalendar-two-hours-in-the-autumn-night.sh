#!/usr/bin/env bash
# Three readers of iCalendar disagree by an hour on when an event ends whose length is given as a DURATION
# over the change of clocks, and each is wrong about one of the two kinds that the standard tells apart.
#
# Guess: icalendar counts by the clock's face; ical.js and node-ical follow RFC 5545 (3.3.6), where PT2H is
# two hours that pass and P1D is the same time on the next day.
# Seen (Chicago, autumn 2026): ical.js 2.2.1 too ends PT2H from 00:30 three hours later, like icalendar 7.3.2;
# both take PT24H for P1D. node-ical 0.26.1 ends PT2H and PT24H rightly, and P1D an hour early, at 11:00.
# So: a curtailment or an outage that is published as a start in local time with a DURATION ends an hour apart
# in two calendars one night a year; publish start and end as UTC instants, and take no DURATION from others
# without working it out oneself.
set -euo pipefail
place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q icalendar==7.3.2
(cd "$place" && npm install --silent --no-audit --no-fund ical.js@2.2.1 node-ical@0.26.1 >&2)
cat >"$place/write.py" <<'PYTHON'
ZONE = """BEGIN:VTIMEZONE
TZID:America/Chicago
BEGIN:DAYLIGHT
DTSTART:20070311T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
TZOFFSETFROM:-0600
TZOFFSETTO:-0500
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20071104T020000
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
TZOFFSETFROM:-0500
TZOFFSETTO:-0600
END:STANDARD
END:VTIMEZONE
"""
EVENTS = [("PT2H", "20261101T003000"), ("PT24H", "20261031T120000"), ("P1D", "20261031T120000")]
text = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//example//ledger//EN\n" + ZONE
for length, start in EVENTS:
    text += f"BEGIN:VEVENT\nUID:{length}\nDTSTAMP:20261001T000000Z\nDTSTART;TZID=America/Chicago:{start}\n"
    text += f"DURATION:{length}\nSUMMARY:Curtailment\nEND:VEVENT\n"
open("events.ics", "w", newline="").write((text + "END:VCALENDAR\n").replace("\n", "\r\n"))
PYTHON
cat >"$place/read.py" <<'PYTHON'
from datetime import UTC
from importlib.metadata import version

from icalendar import Calendar

print("icalendar", version("icalendar"))
for event in Calendar.from_ical(open("events.ics").read()).walk("VEVENT"):
    start, end = (at.astimezone(UTC) for at in (event.start, event.end))
    print(event["UID"], f"{start:%dT%H:%M}Z {end:%dT%H:%M}Z")
PYTHON
cat >"$place/read.mjs" <<'NODE'
import { readFileSync } from "node:fs";
import ICAL from "ical.js";
import nodeIcal from "node-ical";
const text = readFileSync("events.ics", "utf8");
const brief = (at) => at.toISOString().slice(8, 16) + "Z";
const version = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version;
const calendar = new ICAL.Component(ICAL.parse(text));
ICAL.TimezoneService.register(new ICAL.Timezone(calendar.getFirstSubcomponent("vtimezone")));
console.log("ical.js", version("ical.js"));
for (const part of calendar.getAllSubcomponents("vevent")) {
  const event = new ICAL.Event(part);
  console.log(event.uid, brief(event.startDate.toJSDate()), brief(event.endDate.toJSDate()));
}
console.log("node-ical", version("node-ical"));
for (const event of Object.values(nodeIcal.sync.parseICS(text)))
  if (event.type === "VEVENT") console.log(event.uid, brief(event.start), brief(event.end));
NODE
found="$(cd "$place" && venv/bin/python write.py && venv/bin/python read.py && node read.mjs)"
echo "$found"
expected="icalendar 7.3.2
PT2H 01T05:30Z 01T08:30Z
PT24H 31T17:00Z 01T18:00Z
P1D 31T17:00Z 01T18:00Z
ical.js 2.2.1
PT2H 01T05:30Z 01T08:30Z
PT24H 31T17:00Z 01T18:00Z
P1D 31T17:00Z 01T18:00Z
node-ical 0.26.1
PT2H 01T05:30Z 01T07:30Z
PT24H 31T17:00Z 01T17:00Z
P1D 31T17:00Z 01T17:00Z"
[ "$found" = "$expected" ] || { echo "this has changed; expected:"; echo "$expected"; exit 1; }
