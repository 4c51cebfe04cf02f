#!/usr/bin/env bash
# nfm-dnp3 1.0.1 reads a DNP3 counter event with time as another number and without its time, and of an answer
# with several kinds of events only the first kind, while it confirms them all.
#
# Guess: the events of class 1 of an outstation (dnp3py 0.6.0, another maker's) are read as they stand: two
# binary inputs, two analog inputs of -97 and -98, two counters from 4,000,000,000 on, each with its time.
# Seen: group 22 variation 5 is flags, count and time; it is taken apart like group 20 variation 5, which has
# no flags: the count becomes count x 256 + flags, less what is above 32 bits. Binary and analog inputs alone
# are right; where all three come in one answer, only the binary inputs are read. Each answer is a success and
# is confirmed, so that the outstation has nothing left to give. With its own default, confirmed link frames,
# every request fails, since it takes the link's acknowledgement for the answer. (The package dnp3py is the
# module dnp3, and nfm-dnp3 is the module dnp3py.)
# So: energy and trips read that way are wrong, or gone for good, without an error; a collector compares a
# counter event with the static counter (class 0, read right), and counts the objects in the raw answer.
set -euo pipefail
place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q dnp3py==0.6.0 nfm-dnp3==1.0.1
cat >"$place/try.py" <<'PYTHON'
import asyncio
import logging
import socket
from importlib.metadata import version

from dnp3.database import AnalogInputConfig, BinaryInputConfig, CounterConfig, Database
from dnp3.outstation import Outstation, OutstationConfig, OutstationTcpRunner
from dnp3py import DNP3Config, DNP3Master

logging.disable(logging.CRITICAL)


def polled(port: int, event_class: int, confirmed_link: bool = False) -> str:
    config = DNP3Config(
        host="127.0.0.1",
        port=port,
        master_address=2,
        outstation_address=1,
        confirm_required=confirmed_link,
        max_retries=0,
        log_level="ERROR",
    )
    master = DNP3Master(config)
    with master.connect():
        read = master.read_class(event_class)
    if not read.success:
        return f"failed: {read.error}"
    analog = [one.value for one in read.analog_inputs]
    counters = [(one.value, one.timestamp) for one in read.counters]
    return f"binary {len(read.binary_inputs)} analog {analog} counters {counters}"


async def tried(kinds: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    points = Database()
    for index in range(2):
        points.add_binary_input(index, BinaryInputConfig())
        points.add_analog_input(index, AnalogInputConfig())
        points.add_counter(index, CounterConfig())
    outstation = Outstation(database=points, config=OutstationConfig(address=1))
    runner = OutstationTcpRunner(outstation=outstation, host="127.0.0.1", port=port)
    serving = asyncio.create_task(runner.run())
    await asyncio.sleep(0.5)
    for index in range(2):
        if "b" in kinds:
            points.update_binary_input(index, value=True)
        if "a" in kinds:
            points.update_analog_input(index, value=-97 - index)
        if "c" in kinds:
            points.update_counter(index, value=4_000_000_000 + index)
    print(kinds, "events:", await asyncio.to_thread(polled, port, 1))
    print(kinds, "once more:", await asyncio.to_thread(polled, port, 1))
    if kinds == "c":
        print(kinds, "static:", await asyncio.to_thread(polled, port, 0))
        print(kinds, "static, by default:", await asyncio.to_thread(polled, port, 0, True))
    serving.cancel()


print("nfm-dnp3", version("nfm-dnp3"), "dnp3py", version("dnp3py"))
for kinds in ("b", "a", "c", "bac"):
    asyncio.run(tried(kinds))
PYTHON
found="$("$place/venv/bin/python" "$place/try.py" 2>/dev/null)"
echo "$found"
expected="nfm-dnp3 1.0.1 dnp3py 0.6.0
b events: binary 2 analog [] counters []
b once more: binary 0 analog [] counters []
a events: binary 0 analog [-97, -98] counters []
a once more: binary 0 analog [] counters []
c events: binary 0 analog [] counters [(1797783553, None), (1797783809, None)]
c once more: binary 0 analog [] counters []
c static: binary 2 analog [0, 0] counters [(4000000000, None), (4000000001, None)]
c static, by default: failed: Transport segment data too short
bac events: binary 2 analog [] counters []
bac once more: binary 0 analog [] counters []"
[ "$found" = "$expected" ] || { echo "this has changed; expected:"; echo "$expected"; exit 1; }
