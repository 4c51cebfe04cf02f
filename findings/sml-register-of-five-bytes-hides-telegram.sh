#!/usr/bin/env bash
# smartmeter-obis 4.0.0 (npm) cannot read an SML telegram with an unsigned value of 5, 6 or 7 bytes: the day a
# register outgrows 4 bytes, every value of that meter is lost.
#
# Guess: SML writes an integer in as many bytes as it needs, so that a register of 429,496.7300 kWh
# (4,294,967,300 tenths of a watt-hour, 5 bytes) is read like one of 4 or 8 bytes, and so is the power beside
# it.
# Seen: 3, 4 and 8 bytes are read, signed ones of 3, 5 and 8 bytes too; unsigned values of 5 to 7 bytes, and
# signed ones of 6 or 7, end in an error for the whole telegram. open-sml 1.0.4 beneath it has no branch for
# these lengths, does not step over the value and takes its bytes for the next field. smllib 1.7 (Python)
# reads all of them.
# So: a collector on it falls silent, for power as well, after 430 MWh, which a container of miners draws in
# less than two weeks; a feed that stops is told apart from a site that is off, and the raw telegram is kept.
set -euo pipefail
place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q smllib==1.7
(cd "$place" && npm install --silent --no-audit --no-fund smartmeter-obis@4.0.0 open-sml@1.0.4 >&2)
cat >"$place/write.py" <<'PYTHON'
from importlib.metadata import version

from smllib import SmlStreamReader

ABSENT = b"\x01"
REGISTER, POWER = bytes.fromhex("0100010800FF"), bytes.fromhex("0100100700FF")
WATT_HOUR, WATT = 30, 27


def checksum(data: bytes) -> bytes:
    left = 0xFFFF
    for byte in data:
        left ^= byte
        for _ in range(8):
            left = left >> 1 ^ 0x8408 if left & 1 else left >> 1
    return (left ^ 0xFFFF).to_bytes(2, "little")


def octets(data: bytes) -> bytes:
    return bytes([len(data) + 1]) + data


def integer(size: int, value: int, signed: bool = False) -> bytes:
    return bytes([(0x50 if signed else 0x60) + size + 1]) + value.to_bytes(size, "big", signed=signed)


def listed(*parts: bytes) -> bytes:
    return bytes([0x70 + len(parts)]) + b"".join(parts)


def message(number: int, kind: int, body: bytes) -> bytes:
    head = b"\x76" + octets(bytes([number])) + integer(1, 0) + integer(1, 0) + listed(integer(2, kind), body)
    return head + b"\x63" + checksum(head) + b"\x00"


def entry(name: bytes, unit: int, scaler: int, value: bytes) -> bytes:
    scaled = integer(1, scaler, signed=True)
    return listed(octets(name), ABSENT, ABSENT, integer(1, unit), scaled, value, ABSENT)


def telegram(register: bytes) -> bytes:
    meter = octets(bytes.fromhex("0A014D5452000000002A"))
    power = entry(POWER, WATT, 0, integer(4, -1234, signed=True))
    values = listed(entry(REGISTER, WATT_HOUR, -1, register), power)
    body = b"\x1b" * 4 + b"\x01" * 4
    body += message(1, 0x0101, listed(ABSENT, ABSENT, octets(b"\x01"), meter, ABSENT, ABSENT))
    body += message(2, 0x0701, listed(ABSENT, meter, ABSENT, ABSENT, values, ABSENT, ABSENT))
    body += message(3, 0x0201, listed(ABSENT))
    filled = -len(body) % 4
    body += b"\x00" * filled + b"\x1b" * 4 + bytes([0x1A, filled])
    return body + checksum(body)


print("smllib", version("smllib"))
NAMES = [("u", False, size) for size in (3, 4, 5, 6, 7, 8)] + [("i", True, size) for size in (3, 5, 6, 7, 8)]
for letter, signed, size in NAMES:
    value = 700_000 if size == 3 else 4_294_967_290 if size == 4 else 4_294_967_300
    data = telegram(integer(size, value, signed))
    open(f"{letter}{size}.bin", "wb").write(data)
    reader = SmlStreamReader()
    reader.add(data)
    found = reader.get_frame().parse_frame()[1].message_body.val_list
    print(f"{letter}{size}", *[one.get_value() for one in found])
open("names", "w").write(" ".join(f"{letter}{size}" for letter, _, size in NAMES))
PYTHON
cat >"$place/read.js" <<'NODE'
const { readFileSync } = require("fs");
const Sml = require("smartmeter-obis/lib/protocols/SmlProtocol.js");
const version = (name) => require(`./node_modules/${name}/package.json`).version;
console.log("smartmeter-obis", version("smartmeter-obis"), "open-sml", version("open-sml"));
for (const name of readFileSync("names", "utf8").split(" ")) {
  let told = "nothing";
  const protocol = new Sml({ debug: 0 }, (error, values) => {
    told = error ? "error" : Object.values(values).map((one) => one.getValue(0).value).join(" ");
  });
  protocol.handleMessage(readFileSync(`${name}.bin`));
  console.log(name, told);
}
NODE
found="$(cd "$place" && venv/bin/python write.py && node read.js)"
echo "$found"
expected="smllib 1.7
u3 70000.0 -1234
u4 429496729.0 -1234
u5 429496730.0 -1234
u6 429496730.0 -1234
u7 429496730.0 -1234
u8 429496730.0 -1234
i3 70000.0 -1234
i5 429496730.0 -1234
i6 429496730.0 -1234
i7 429496730.0 -1234
i8 429496730.0 -1234
smartmeter-obis 4.0.0 open-sml 1.0.4
u3 70 -1234
u4 429496.729 -1234
u5 error
u6 error
u7 error
u8 429496.73 -1234
i3 70 -1234
i5 429496.73 -1234
i6 error
i7 error
i8 429496.73 -1234"
[ "$found" = "$expected" ] || { echo "this has changed; expected:"; echo "$expected"; exit 1; }
