"""Things that the reader brings, never the operator: the question, and the state of what he verified last."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from ledger.verifier.checkpoints import Checkpoint, parse_checkpoint
from ledger.verifier.faults import BadOption, ProofError
from ledger.verifier.keys import Verifies, parse_vkey
from ledger.verifier.notes import parse_note
from ledger.verifier.policy import Policy
from ledger.verifier.times import is_time


class Remembered(NamedTuple):
    """A stream as it was when it was verified last: its size and root then, and the record time that later
    records may not precede.
    """

    size: int
    root: bytes
    rec: str


class State(NamedTuple):
    """A reader's memory of a log: its newest key, the checkpoint he saw, that checkpoint's record time,
    the streams he verified.
    """

    key: str
    note: str
    checkpoint: Checkpoint
    rec: str
    streams: Mapping[str, Remembered]


STATE = "wattledger-state/v1"


def parse_state(data: bytes) -> State:
    """A state file; ``BadOption`` where it is none."""
    try:
        said = json.loads(data)
        if said["format"] != STATE:
            raise ValueError(f"its format is not {STATE}")
        streams = {
            name: Remembered(int(one["size"]), bytes.fromhex(one["root"]), str(one["rec"]))
            for name, one in said["streams"].items()
        }
        parse_vkey(said["key"])
        checkpoint = parse_checkpoint(parse_note(said["checkpoint"].encode()).text)
        recs = [said["rec"], *(one.rec for one in streams.values())]
        if not all(is_time(rec, "%Y-%m-%dT%H:%M:%S.%fZ") for rec in recs) or any(
            one.size < 0 for one in streams.values()
        ):
            raise ValueError("a time or size is none")
        return State(said["key"], said["checkpoint"], checkpoint, said["rec"], streams)
    except (ProofError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as why:
        raise BadOption("--state", f"is not a state file: {why}", "state") from None


def format_state(state: State) -> bytes:
    """The file of a state."""
    said = {
        "checkpoint": state.note,
        "format": STATE,
        "key": state.key,
        "rec": state.rec,
        "streams": {
            name: {"rec": one.rec, "root": one.root.hex(), "size": one.size}
            for name, one in state.streams.items()
        },
    }
    return json.dumps(said, indent=1, sort_keys=True).encode() + b"\n"


class Asked(NamedTuple):
    """The question to a bundle, all of it brought by the reader. Times are POSIX seconds, the window is
    half-open [start_s, stop_s); a bound that is a local date stands in ``start_on`` or ``stop_on`` until the
    registry has said the zone of the sites.

    ``receipts`` are (file name, bytes) of proofs of one record. ``accept_old``: a bundle of the old format is
    enough. ``ml_dsa`` verifies ML-DSA-44 signatures, where the program that asks can.
    """

    key: str
    streams: tuple[str, ...] = ()
    start_s: int | None = None
    stop_s: int | None = None
    state: State | None = None
    policy: Policy | None = None
    max_age_s: int | None = None
    now_s: int = 0
    receipts: tuple[tuple[str, bytes], ...] = ()
    accept_old: bool = False
    start_on: str | None = None
    stop_on: str | None = None
    ml_dsa: Verifies | None = None
