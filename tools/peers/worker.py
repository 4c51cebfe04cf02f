"""One store in a process of its own: a line of JSON asks, a line of JSON answers, with the seconds of the work alone.

    python worker.py PEER FOLDER [ADDRESS]

Asked are ``{"do": "append", "size": 100, "calls": 20}``, or a read by its name. What is appended is made before
the clock starts; the clock stops when the store has acknowledged the last call. ``emmett.mjs`` speaks the same.
"""

from __future__ import annotations

import gc
import importlib
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tools.peers.readings import SHOWN, Calls, reading  # noqa: E402


class Peer(Protocol):
    """A store that is measured."""

    def about(self) -> Mapping[str, str]:
        """Its version, the class that stores, and its durability as read back from its own connection."""
        ...

    def append(self, meter: int, before: int, readings: Sequence[Mapping[str, Any]]) -> None:
        """Append to the stream of a meter that has ``before`` of them; durable when it returns."""
        ...

    def reads(self) -> Mapping[str, Any]:
        """By name: what reads the whole store and returns the number of readings it met."""
        ...

    def close(self) -> None:
        """Let go."""
        ...


def main() -> None:
    """Answer until there is no more line."""
    gc.set_threshold(100_000, 10, 1_000)  # as wattledger's command line does
    name, folder, *address = sys.argv[1:]
    made = importlib.import_module(f"tools.peers.{name}").opened
    peer: Peer = made(Path(folder), *address)
    _say({**peer.about(), "reading": json.dumps(reading(*SHOWN))})
    calls, reads = Calls(), peer.reads()
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["do"] != "append":
            begun = time.perf_counter()
            _say({"count": reads[asked["do"]](), "wall_s": time.perf_counter() - begun})
            continue
        given = [calls.next(asked["size"]) for _ in range(asked["calls"])]
        _say({"ready": True})
        sys.stdin.readline()  # the processor time of making them is not the store's
        begun = time.perf_counter()
        for one in given:
            peer.append(*one)
        _say({"count": asked["size"] * asked["calls"], "wall_s": time.perf_counter() - begun})
    peer.close()


def _say(found: Mapping[str, object]) -> None:
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
