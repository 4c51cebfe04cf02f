"""What a reader keeps of what he verified: the state file, written after a success and read before the next one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ledger.verifier.faults import BadOption
from ledger.verifier.reader import format_state, parse_state
from tests.support.forging import GRID, OPERATIONS, state_of, two_streams

STATE = state_of(two_streams().bundle(OPERATIONS, GRID), streams=(OPERATIONS, GRID))
FILE = json.loads(format_state(STATE))


def test_a_state_is_read_as_it_was_written() -> None:
    assert parse_state(format_state(STATE)) == STATE


def changed(**members: Any) -> bytes:
    return json.dumps(FILE | members).encode()


def of_stream(**members: Any) -> bytes:
    return changed(streams=FILE["streams"] | {GRID: FILE["streams"][GRID] | members})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"[" * 100_000,
        *(
            json.dumps({name: one for name, one in FILE.items() if name != left_out}).encode()
            for left_out in FILE
        ),
        changed(format="wattledger-state/v2"),
        changed(key="x"),
        changed(checkpoint="x"),
        changed(rec="2026-07-01T00:00:00Z"),
        changed(streams=[]),
        of_stream(size=-1),
        of_stream(size="x"),
        of_stream(root="xyz"),
        of_stream(rec="yesterday"),
    ],
    ids=lambda data: data[:40].decode(),
)
def test_what_is_no_state_is_told_as_a_slip_of_the_readers(data: bytes) -> None:
    """It says nothing of the bundle."""
    with pytest.raises(BadOption, match="is not a state file") as why:
        parse_state(data)
    assert (why.value.option, why.value.where) == ("--state", "state")


@pytest.mark.parametrize("size", [0, 1])
def test_an_empty_stream_may_be_remembered(size: int) -> None:
    assert parse_state(of_stream(size=size)).streams[GRID].size == size


def test_a_state_file_is_the_same_for_the_same_state() -> None:
    """Whoever compares two files by eye, or by a hash, sees whether anything is new."""
    turned = STATE._replace(streams=dict(reversed(list(STATE.streams.items()))))
    assert format_state(parse_state(format_state(turned))) == format_state(STATE)


def test_a_person_reads_the_state_file_a_member_a_line() -> None:
    assert format_state(STATE).splitlines()[1].startswith(b' "checkpoint": "example.com/forged')
