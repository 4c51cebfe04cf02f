"""The registry of streams: every stream is opened there once, in the order of their numbers (PROOF 4, check 6)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ledger.log.signing import Signer
from ledger.verifier.bundle import read_bundle
from ledger.verifier.checks import check
from ledger.verifier.faults import BadOption
from ledger.verifier.reader import Asked
from tests.support.forging import KEY, OPERATIONS, REGISTRY, Log, altered, judged, packed

MEMBER = "registry.jsonl"


def opening(pos: int, said: dict[str, Any], **more: Any) -> Log:
    """A log that opens three streams; the record at a position of its registry says something else."""
    found = Log()
    found.told("i0")
    leaf = found.streams[REGISTRY][pos]
    other = altered(leaf, body=json.loads(leaf)["body"] | said, **more)
    found.leaves[found.leaves.index(leaf)] = found.streams[REGISTRY][pos] = other
    found.seal()
    return found


@pytest.mark.parametrize(
    ("log", "line"),
    [
        (opening(2, {}, kind="stream-opened.v2"), 3),
        (opening(2, {"stream": 1}), 3),
        (opening(2, {"stream": "S1/operations"}), 3),
        (opening(2, {"number": 3}), 3),
        (opening(2, {"number": "2"}), 3),
        (opening(1, {"number": True}), 2),
        (opening(2, {"stream": "ledger/heads"}), 3),
        (opening(0, {"stream": "s9/grid"}), 1),
        (opening(1, {"stream": "s9/grid"}), 2),
    ],
    ids=[
        "in a form of later", "with a number for its name", "with a name that is none", "with a number left out",
        "with a text for its number", "with true for its number", "twice", "before the registry",
        "before the heads records",
    ],
)  # fmt: skip
def test_a_stream_is_opened_in_another_way(log: Log, line: int) -> None:
    found = judged(log.bundle(OPERATIONS))
    assert (found.code, found.where) == ("registry-mismatch", f"{MEMBER}:{line}")


def test_a_stream_after_the_ledgers_own_may_have_any_name() -> None:
    assert (
        judged(opening(2, {"stream": "s9/grid"}).bundle(OPERATIONS), streams=("s9/grid",)).code
        == "wrong-stream"
    )


def test_what_is_no_record_of_the_registry_is_told_before_its_keys() -> None:
    """They are read from it."""
    members = opening(2, {}).members([OPERATIONS])
    first, _, rest = members[MEMBER].partition(b"\n")
    stranger = Signer(KEY.name, bytes(32))
    found = judged(packed({**members, MEMBER: first + b"\n{}\n" + rest}), stranger)
    assert (found.code, found.where) == ("non-canonical-leaf", f"{MEMBER}:2")


def test_a_name_that_no_stream_can_have_is_a_slip_of_the_readers() -> None:
    with pytest.raises(BadOption, match="SITE/CLASS in lower case, such as s1/operations"):
        check(read_bundle(opening(2, {}).bundle(OPERATIONS)), Asked(KEY.vkey, ("S1/Operations",)))
