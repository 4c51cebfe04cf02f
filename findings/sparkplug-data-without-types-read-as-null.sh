#!/usr/bin/env bash
# sparkplug-payload 1.0.3 (npm) reads null for each value of a Sparkplug B data message without types, which the standard recommends.
#
# Guess: a message of pysparkplug 0.6.1 is read alike by it: small negative integers, a large counter, a float.
# Seen: Sparkplug 3.0 wants types in the birth message and not in data messages, and so pysparkplug writes them; sparkplug-payload
# then gives null for each value. From a birth message, with types, it reads Int8 -5 as 251, Int16 -5 as 65531, and UInt32 4000000000
# as null, since it looks for that one in another field. The other way round pysparkplug refuses its Int8 -5 (overflow).
# So: a gap in a meter's values may have come into being on the way; whoever archives such messages keeps their bytes, and compares
# reverse power and a counter with the display of the device once.
set -euo pipefail
place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q pysparkplug==0.6.1
(cd "$place" && npm install --silent --no-audit --no-fund sparkplug-payload@1.0.3 >&2)
cat >"$place/write.py" <<'PYTHON'
from pysparkplug import DataType, Metric, NBirth, NData

said = [
    ("i8", DataType.INT8, -5),
    ("i16", DataType.INT16, -5),
    ("i32", DataType.INT32, -5),
    ("u32", DataType.UINT32, 4_000_000_000),
    ("float", DataType.FLOAT, 97.5),
]
metrics = tuple(Metric(timestamp=1, name=name, datatype=kind, value=value) for name, kind, value in said)
open("birth.bin", "wb").write(NBirth(timestamp=1, seq=0, metrics=metrics).encode())
open("data.bin", "wb").write(NData(timestamp=1, seq=1, metrics=metrics).encode())
PYTHON
cat >"$place/try.js" <<'NODE'
const fs = require("fs");
const { decodePayload, encodePayload } = require("sparkplug-payload").get("spBv1.0");
for (const name of ["birth", "data"]) {
  const read = decodePayload(fs.readFileSync(`${name}.bin`)).metrics.map((metric) => String(metric.value));
  console.log(`${name} as sparkplug-payload reads it:`, read.join(" "));
}
const metrics = [{ name: "i8", type: "Int8", value: -5, timestamp: 1 }];
fs.writeFileSync("other.bin", encodePayload({ timestamp: 1, seq: 0, metrics }));
NODE
cat >"$place/read.py" <<'PYTHON'
from pysparkplug import NBirth

print("birth as pysparkplug reads it:", *[metric.value for metric in NBirth.decode(open("birth.bin", "rb").read()).metrics])
try:
    print("Int8 -5 by sparkplug-payload:", NBirth.decode(open("other.bin", "rb").read()).metrics[0].value)
except OverflowError as why:
    print("Int8 -5 by sparkplug-payload:", why)
PYTHON
found="$(cd "$place" && venv/bin/python write.py && node try.js && venv/bin/python read.py)"
echo "$found"
expected="birth as sparkplug-payload reads it: 251 65531 -5 null 97.5
data as sparkplug-payload reads it: null null null null null
birth as pysparkplug reads it: -5 -5 -5 4000000000 97.5
Int8 -5 by sparkplug-payload: Int8 overflow with value 4294967291"
[ "$found" = "$expected" ] || { echo "this has changed; expected:"; echo "$expected"; exit 1; }
