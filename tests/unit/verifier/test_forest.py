"""The records of a stream in their order, and where the reader's state ends (PROOF 4, checks 8 and 9)."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, NamedTuple

import pytest

from ledger import kinds
from ledger.verifier.reader import Asked, State
from tests.support.forging import KEY, OPERATIONS, Log, altered, judged, packed, state_of, two_streams
from tests.support.witnessing import by_program

LOG = two_streams()
RECORDS, PROOF = "streams/2.jsonl", "streams/2.json"


def reordered(pos: int, lo: int = 0, /, **said: Any) -> Any:
    """The verdict where a record of a stream says another index or record time; the bundle begins at ``lo``."""
    members = LOG.members([OPERATIONS], lo={OPERATIONS: lo})
    lines = members[RECORDS].splitlines()
    lines[pos - lo] = altered(lines[pos - lo], **said)
    return judged(packed({**members, RECORDS: b"".join(line + b"\n" for line in lines)}))


def of(name: str, pos: int) -> Any:
    return json.loads(LOG.streams[OPERATIONS][pos])[name]


@pytest.mark.parametrize("lo", [0, 2])
@pytest.mark.parametrize(
    ("pos", "said"),
    [
        (3, {"index": of("index", 2)}),
        (3, {"index": of("index", 2) - 1}),
        (5, {"index": len(LOG.leaves)}),
        (3, {"pos": 4}),
        (3, {"pos": 2}),
    ],
    ids=["twice", "falls", "after the log's end", "left out", "position twice"],
)
def test_a_record_out_of_order_is_named_by_its_line(lo: int, pos: int, said: dict[str, Any]) -> None:
    found = reordered(pos, lo, **said)
    assert (found.code, found.where) == ("event-position", f"{RECORDS}:{pos - lo + 1}")


@pytest.mark.parametrize("lo", [0, 2])
def test_a_record_that_is_none_is_named_by_its_line(lo: int) -> None:
    found = reordered(3, lo, v=2)
    assert (found.code, found.where) == ("non-canonical-leaf", f"{RECORDS}:{4 - lo}")


@pytest.mark.parametrize(
    ("pos", "rec", "code"),
    [
        (2, of("rec", 0), "time-order"),
        (2, of("rec", 1), "directory-inclusion"),
        (5, json.loads(LOG.leaves[-1])["rec"], "directory-inclusion"),
        (5, json.loads(LOG.leaves[-1])["rec"].replace(".000000Z", ".000001Z"), "time-order"),
    ],
    ids=[
        "before the one before it",
        "with the one before it",
        "with the heads record",
        "after the heads record",
    ],
)
def test_record_times_do_not_fall_and_none_is_after_the_heads_record(pos: int, rec: str, code: str) -> None:
    """Where they are in order the record is still another one than was committed to."""
    assert reordered(pos, rec=rec).code == code


def test_a_reader_of_a_stream_hears_of_records_that_came_with_his_last_look() -> None:
    """A record of the instant of the heads record that he saw is not before it."""
    found = two_streams()
    seen, earlier = state_of(found.bundle(OPERATIONS)), max(found.notes)
    found.told("late", rec=seen.rec)
    found.seal()
    assert judged(found.bundle(OPERATIONS, earlier=earlier), state=seen).verdict == "VERIFIED"


# --- streams of some megabytes, which are read in parts -----------------------------------------------------


ASKED = Asked(KEY.vkey, (OPERATIONS,))
PART = 64
"""So many records of nearly the most bytes are read at once."""


class Long(NamedTuple):
    """A bundle of a stream of two parts, sealed after the first too."""

    members: dict[str, bytes]
    seen: State


@cache
def long() -> Long:
    found = Log()
    found.open(OPERATIONS)
    for n in range(PART + 2):
        if n == PART:
            earlier = found.seal()
            seen = state_of(found.bundle(OPERATIONS))
        found.put(kinds.IncidentOpened(incident=f"i{n}", summary=64_500 * "x"), OPERATIONS)
    found.seal()
    return Long(found.members([OPERATIONS], earlier=earlier), seen)


def test_a_reader_goes_on_where_a_part_ends() -> None:
    found = by_program(packed(long().members), ASKED._replace(state=long().seen))
    assert found.scope is not None
    assert (found.verdict, found.scope["streams"][0]["new"]) == ("VERIFIED", 2)


@pytest.mark.parametrize(
    ("name", "code", "where"),
    [
        ("index", "event-position", f"{RECORDS}:{PART + 1}"),
        ("pos", "event-position", f"{RECORDS}:{PART + 1}"),
        ("v", "non-canonical-leaf", f"{RECORDS}:{PART + 1}"),
        ("at", "directory-inclusion", PROOF),
    ],
)
def test_the_first_record_of_a_part_follows_the_last_of_the_one_before(
    name: str, code: str, where: str
) -> None:
    """It says the same as that one of its place, or that it is of another version, or of the same instant."""
    lines = long().members[RECORDS].splitlines()
    lines[PART] = altered(lines[PART], **{name: 2 if name == "v" else json.loads(lines[PART - 1])[name]})
    found = by_program(packed({**long().members, RECORDS: b"".join(line + b"\n" for line in lines)}), ASKED)
    assert (found.code, found.where) == (code, where)


def test_the_first_record_of_a_part_is_not_recorded_before_the_last_of_the_one_before() -> None:
    lines = long().members[RECORDS].splitlines()
    lines[PART] = altered(lines[PART], rec=json.loads(lines[0])["rec"])
    found = by_program(packed({**long().members, RECORDS: b"".join(line + b"\n" for line in lines)}), ASKED)
    assert (found.code, found.where) == ("time-order", RECORDS)
