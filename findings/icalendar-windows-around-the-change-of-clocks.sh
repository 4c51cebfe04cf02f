#!/usr/bin/env bash
# Three readers of iCalendar place windows around the change of clocks each in its own way: node-ical 0.26.1
# lets a daily event at 02:30 go on at 03:30 for good after the spring night that has no 02:30.
#
# Guess: icalendar ends a DURATION by the clock's face; ical.js and node-ical follow RFC 5545: PT2H is two
# hours that pass and P1D the same time on the next day (3.3.6); in the night without 02:30 a series is at
# 03:30, on the next day at 02:30 again, and of the two 01:30 in autumn it takes the first (3.3.5, 3.3.10).
# Seen (Chicago, 2026): node-ical, with rrule-temporal 1.6.0 that it reckons with, has 03:30 on 8 March and on
# each of the 292 days of the series after it, in summer and winter; a weekly series is right again the week
# after. It ends P1D an hour early, at 11:00. ical.js 2.2.1 is an hour early on 8 March, an hour late on 1
# November, and ends PT2H from 00:30 of that night only after three hours. icalendar 7.3.2 does that too; its
# series (recurring-ical-events 3.8.2) start rightly.
# So: a nightly window, or a curtailment of two hours, that is taken from a calendar is an hour off for the
# rest of the year with one reader and twice a year with another; publish start and end of each occurrence as
# UTC instants, and work out no rule or DURATION of others with a library alone.
set -euo pipefail
place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q icalendar==7.3.2 recurring-ical-events==3.8.2
(cd "$place" && npm install --silent --no-audit --no-fund \
    ical.js@2.2.1 node-ical@0.26.1 rrule-temporal@1.6.0 >&2)
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
SINGLE = [
    ("PT2H from 00:30", "20261101T003000", "PT2H"),
    ("PT24H from noon", "20261031T120000", "PT24H"),
    ("P1D from noon", "20261031T120000", "P1D"),
]
SERIES = [
    ("daily 02:30", "20260301T023000", "FREQ=DAILY;COUNT=300"),
    ("weekly 02:30", "20260301T023000", "FREQ=WEEKLY;COUNT=4"),
    ("daily 01:30", "20261030T013000", "FREQ=DAILY;COUNT=4"),
]
text = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//example//ledger//EN\n" + ZONE
for name, start, length in SINGLE:
    text += f"BEGIN:VEVENT\nUID:{name}\nDTSTAMP:20260101T000000Z\nDTSTART;TZID=America/Chicago:{start}\n"
    text += f"DURATION:{length}\nSUMMARY:Curtailment\nEND:VEVENT\n"
for name, start, rule in SERIES:
    text += f"BEGIN:VEVENT\nUID:{name}\nDTSTAMP:20260101T000000Z\nDTSTART;TZID=America/Chicago:{start}\n"
    text += f"DURATION:PT15M\nRRULE:{rule}\nSUMMARY:Curtailment\nEND:VEVENT\n"
open("windows.ics", "w", newline="").write((text + "END:VCALENDAR\n").replace("\n", "\r\n"))
PYTHON
cat >"$place/read.py" <<'PYTHON'
from datetime import UTC, datetime
from importlib.metadata import version
from zoneinfo import ZoneInfo

from icalendar import Calendar
from recurring_ical_events import of

SITE = ZoneInfo("America/Chicago")
print("icalendar", version("icalendar"), "recurring-ical-events", version("recurring-ical-events"))
found: dict[str, list[datetime]] = {}
calendar = Calendar.from_ical(open("windows.ics", newline="").read())
for event in calendar.walk("VEVENT"):
    if "RRULE" not in event:
        print(event["UID"], f"ends {event.end.astimezone(UTC):%m-%d %H:%M} UTC")
for event in of(calendar).between(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)):
    if "from" not in event["UID"]:
        found.setdefault(event["UID"], []).append(event.start.astimezone(UTC).astimezone(SITE))
for name in sorted(found):
    changes, before = [], ""
    for start in sorted(found[name]):
        face = f"{start:%H:%M} GMT{start.utcoffset().total_seconds() / 3600:.0f}"
        if face != before:
            changes.append(f"{start:%m-%d} {face}")
        before = face
    print(f"{name} x {len(found[name])}:", ", ".join(changes))
PYTHON
cat >"$place/read.mjs" <<'NODE'
import { readFileSync } from "node:fs";
import ICAL from "ical.js";
import nodeIcal from "node-ical";
const text = readFileSync("windows.ics", "utf8");
const version = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version;
const site = new Intl.DateTimeFormat("en-US", {
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
  timeZone: "America/Chicago",
  timeZoneName: "shortOffset",
});
function told(name, starts) {
  const changes = [];
  let before = "";
  for (const start of starts) {
    const part = Object.fromEntries(site.formatToParts(start).map(({ type, value }) => [type, value]));
    const face = `${part.hour}:${part.minute} ${part.timeZoneName}`;
    if (face !== before) changes.push(`${part.month}-${part.day} ${face}`);
    before = face;
  }
  console.log(`${name} x ${starts.length}: ${changes.join(", ")}`);
}
const brief = (at) => at.toISOString().slice(5, 16).replace("T", " ");
const ended = (name, at) => console.log(`${name} ends ${brief(at)} UTC`);
const byName = (one, other) => (one.uid < other.uid ? -1 : 1);
const calendar = new ICAL.Component(ICAL.parse(text));
ICAL.TimezoneService.register(new ICAL.Timezone(calendar.getFirstSubcomponent("vtimezone")));
console.log("ical.js", version("ical.js"));
const parts = calendar.getAllSubcomponents("vevent").map((part) => new ICAL.Event(part));
for (const event of parts.filter((one) => !one.isRecurring())) ended(event.uid, event.endDate.toJSDate());
for (const event of parts.filter((one) => one.isRecurring()).sort(byName)) {
  const starts = [];
  const series = event.iterator();
  for (let next = series.next(); next; next = series.next()) starts.push(next.toJSDate());
  told(event.uid, starts);
}
console.log("node-ical", version("node-ical"), "rrule-temporal", version("rrule-temporal"));
const events = Object.values(nodeIcal.sync.parseICS(text)).filter((one) => one.type === "VEVENT");
for (const event of events.filter((one) => !one.rrule)) ended(event.uid, event.end);
for (const event of events.filter((one) => one.rrule).sort(byName)) told(event.uid, event.rrule.all());
NODE
found="$(cd "$place" && venv/bin/python write.py && venv/bin/python read.py && node read.mjs)"
echo "$found"
expected="icalendar 7.3.2 recurring-ical-events 3.8.2
PT2H from 00:30 ends 11-01 08:30 UTC
PT24H from noon ends 11-01 18:00 UTC
P1D from noon ends 11-01 18:00 UTC
daily 01:30 x 4: 10-30 01:30 GMT-5, 11-02 01:30 GMT-6
daily 02:30 x 300: 03-01 02:30 GMT-6, 03-08 03:30 GMT-5, 03-09 02:30 GMT-5, 11-01 02:30 GMT-6
weekly 02:30 x 4: 03-01 02:30 GMT-6, 03-08 03:30 GMT-5, 03-15 02:30 GMT-5
ical.js 2.2.1
PT2H from 00:30 ends 11-01 08:30 UTC
PT24H from noon ends 11-01 18:00 UTC
P1D from noon ends 11-01 18:00 UTC
daily 01:30 x 4: 10-30 01:30 GMT-5, 11-01 01:30 GMT-6
daily 02:30 x 300: 03-01 02:30 GMT-6, 03-08 01:30 GMT-6, 03-09 02:30 GMT-5, 11-01 02:30 GMT-6
weekly 02:30 x 4: 03-01 02:30 GMT-6, 03-08 01:30 GMT-6, 03-15 02:30 GMT-5
node-ical 0.26.1 rrule-temporal 1.6.0
PT2H from 00:30 ends 11-01 07:30 UTC
PT24H from noon ends 11-01 17:00 UTC
P1D from noon ends 11-01 17:00 UTC
daily 01:30 x 4: 10-30 01:30 GMT-5, 11-02 01:30 GMT-6
daily 02:30 x 300: 03-01 02:30 GMT-6, 03-08 03:30 GMT-5, 11-01 03:30 GMT-6
weekly 02:30 x 4: 03-01 02:30 GMT-6, 03-08 03:30 GMT-5, 03-15 02:30 GMT-5"
[ "$found" = "$expected" ] || { echo "this has changed; expected:"; echo "$expected"; exit 1; }
