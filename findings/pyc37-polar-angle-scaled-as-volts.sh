#!/usr/bin/env bash
# pyc37 1.0.2 scales the angle of a polar 16-bit phasor like its magnitude, and calls a value good whose clock is flagged unreliable.
#
# Guess: a frame of IEEE C37.118.2 with a magnitude of 14635 at 45776 x 10^-5 V and an angle of -10472 x 10^-4 rad is read as 6699.3 V
# at -1.0472 rad, 60 degrees behind, and the quality of its time is shown.
# Seen: the magnitude is right and the angle -4793.66. The same phasor in rectangular numbers (7317, -12674) is read right. Time
# quality 15 (clock failure, time not reliable) is dropped: the measurement says "ok". Also, what we had made no guess about, a rate
# of change of frequency of -115, which is -1.15 Hz/s, is given as -115.
# So: angles from recorders that send polar integers are useless in a record of a disturbance, and the order of two sites' trips
# cannot be told where the quality of time is dropped; an import takes COMTRADE files, or phasors in floating point.
set -euo pipefail
place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q pyc37==1.0.2
cat >"$place/try.py" <<'PYTHON'
import binascii
import collections.abc  # noqa: F401 (pyc37 uses it without importing it)
from struct import pack

from pyc37.frame import CommonFrame

SECOND = 1_793_520_000
POLAR, RECTANGULAR = 1, 0


def frame(sync: int, fraction: int, body: bytes) -> bytes:
    head = pack(">HHHII", sync, len(body) + 16, 7, SECOND, fraction) + body
    return head + pack(">H", binascii.crc_hqx(head, 0xFFFF))


def measured(form: int, phasor: bytes, quality: int) -> dict[str, object]:
    """What is read of one phasor, after the configuration that says how to read it; no analog or digital channel."""
    layout = pack(">IH", 1_000_000, 1) + b"SITE A".ljust(16) + pack(">5H", 7, form, 1, 0, 0) + b"VA".ljust(16)
    config = CommonFrame.convert2frame(frame(0xAA31, 0, layout + pack(">IHHh", 45_776, 0, 1, 30)))
    values = pack(">H", 0) + phasor + pack(">hh", -20, -115)
    found = CommonFrame.convert2frame(frame(0xAA01, quality << 24 | 500_000, values), config).get_measurements()
    return {"time": found["time"], **found["measurements"][0]}


polar = measured(POLAR, pack(">Hh", 14635, -10472), 15)
print("polar", polar["phasors"][0], polar["stat"], polar["time"], polar["frequency"], polar["rocof"])
magnitude, angle = measured(RECTANGULAR, pack(">hh", 7317, -12674), 0)["phasors"][0]
print("rectangular", round(magnitude, 1), round(angle, 4))
PYTHON
found="$("$place/venv/bin/python" "$place/try.py")"
echo "$found"
expected="polar (6699.3176, -4793.66272) ok 1793520000.5 59.98 -115
rectangular 6699.1 -1.0472"
[ "$found" = "$expected" ] || { echo "this has changed; expected:"; echo "$expected"; exit 1; }
