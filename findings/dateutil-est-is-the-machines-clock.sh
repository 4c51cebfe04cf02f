#!/usr/bin/env bash
# python-dateutil 4.0.0 reads "07/14/2026 14:00 EST" as 18:00 UTC on a machine in New York, and without a zone elsewhere.
#
# Guess: "EST" in a time is five hours behind UTC, as MISO writes it all year, or the reader says that it does not know it.
# Seen: where the machine's own clocks are called EST in winter, "EST" is taken for these clocks, which show daylight saving
# time in July: an hour early, without a warning. Elsewhere the time comes back without a zone, with a warning. pandas 3.1.1,
# which reads times with it, refuses both. email.utils of the standard library reads -0500.
# So: times of notifications are taken apart by a pattern of ours and placed in Etc/GMT+5; no machine's zone is asked.
set -euo pipefail
place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q python-dateutil==4.0.0 pandas==3.1.1
cat >"$place/try.py" <<'PYTHON'
import warnings
from datetime import UTC, datetime
from email.utils import mktime_tz, parsedate_tz

import pandas
from dateutil import parser

warnings.simplefilter("ignore")
said = "07/14/2026 14:00 EST"
found = parser.parse(said)
print("dateutil", f"{found.astimezone(UTC):%H:%M} UTC" if found.tzinfo else "no zone")
try:
    print("pandas", pandas.Timestamp(said))
except ValueError:
    print("pandas refuses")
print("email", f"{datetime.fromtimestamp(mktime_tz(parsedate_tz('Tue, 14 Jul 2026 14:00 EST')), UTC):%H:%M} UTC")
PYTHON
found="$(for zone in America/New_York America/Chicago; do TZ="$zone" "$place/venv/bin/python" "$place/try.py"; done)"
echo "$found"
expected="dateutil 18:00 UTC
pandas refuses
email 19:00 UTC
dateutil no zone
pandas refuses
email 19:00 UTC"
[ "$found" = "$expected" ] || { echo "this has changed"; exit 1; }
