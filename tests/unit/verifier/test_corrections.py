"""Corrections of records that the reader verified before: each comes with its proof, and nothing else does (PROOF 4,
check 10).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from ledger.log import merkle
from ledger.verifier.leaf import read_leaf
from tests.support.forging import GRID, OPERATIONS, Log, altered, changed, judged, packed

RECORDS, PROOF = "streams/2.jsonl", "streams/2.json"
OTHER = "018f0000-0000-8000-8000-00000000000{}"
Change = Callable[[Log], None]


def corrected(before: Change = lambda found: None) -> tuple[Log, dict[str, bytes]]:
    """A log of three records and the correction of the first, and a bundle of the correction alone. ``before``
    changes what the operator commits to.
    """
    found = Log()
    target = found.told("i0")
    found.told("i1")
    found.told("i2")
    before(found)
    found.told("corrected", corrects=[target])
    found.seal()
    return found, found.members([OPERATIONS], lo={OPERATIONS: 3})


def rewritten(record: int, /, **said: Any) -> Change:
    """A committed record says something else of itself."""

    def change(found: Log) -> None:
        stream = found.streams[OPERATIONS]
        stream[record] = altered(stream[record], **said)

    return change


def target(leaves: Sequence[bytes], pos: int) -> list[object]:
    """A record of a stream with its proof, as a bundle holds it."""
    hashes = merkle.hashes_of(leaves)
    proof = merkle.inclusion_proof(
        lambda level, n: merkle.root(hashes[n << level : n + 1 << level]), pos, len(hashes)
    )
    encoded = [base64.b64encode(one).decode() for one in (leaves[pos], *proof)]
    return [pos, encoded[0], encoded[1:]]


def test_an_honest_bundle_proves_what_its_correction_names() -> None:
    """Without a state of the records before it nothing is wrong, and it is not enough."""
    _, members = corrected()
    assert judged(packed(members)).code == "left-unanchored"


@pytest.mark.parametrize(
    ("given", "code", "why"),
    [
        ((0, 1), "malformed", "proves records that no correction names"),
        ((0, 0), "event-position", "record 3 is there twice, or not in a log of 8"),
        ((0, 3), "event-position", "record 6 is there twice, or not in a log of 8"),
    ],
    ids=["one that is not corrected", "one twice", "one of the bundle's own"],
)
def test_a_bundle_proves_the_records_that_its_corrections_name_and_each_once(
    given: Sequence[int], code: str, why: str
) -> None:
    found, members = corrected()
    targets = [target(found.streams[OPERATIONS], pos) for pos in given]
    verdict = judged(packed(changed(members, PROOF, lambda said: said | {"targets": targets})))
    assert (verdict.code, verdict.where, verdict.why) == (code, PROOF, why)


@pytest.mark.parametrize(
    ("before", "why"),
    [
        (rewritten(0, pos=1), "record 3 is not at position 0 of s1/operations"),
        (rewritten(0, stream=GRID), "record 3 is not at position 0 of s1/operations"),
        (rewritten(0, index=6), "record 6 is there twice, or not in a log of 8"),
        (rewritten(0, index=8), "record 8 is there twice, or not in a log of 8"),
    ],
    ids=["another position", "another stream", "the correction's index", "an index after the log's end"],
)
def test_a_record_before_those_of_the_bundle_says_of_itself_where_it_is(before: Change, why: str) -> None:
    """The operator commits to a stream with it all the same."""
    _, members = corrected(before)
    verdict = judged(packed(members))
    assert (verdict.code, verdict.where, verdict.why) == ("event-position", PROOF, why)


def test_a_record_cannot_stand_in_two_streams_of_a_bundle() -> None:
    """One is proven before the records of its stream; the other, with the same index, is in the next stream."""
    found = Log()
    found.open(OPERATIONS)
    found.open(GRID)
    one = found.told("i0")
    leaf = found.leaves[-1]
    found.told("i1", corrects=[one])
    found.told("g0", GRID)
    index = read_leaf(leaf).place
    found.streams[GRID][0] = altered(found.streams[GRID][0], index=index)
    found.seal()
    verdict = judged(found.bundle(OPERATIONS, GRID, lo={OPERATIONS: 1}), streams=(OPERATIONS, GRID))
    assert (verdict.code, verdict.where) == ("event-position", "streams/3.jsonl")


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_record_corrects_nothing_but_earlier_records_of_its_stream(count: int) -> None:
    """It names itself, and in a stream of two records up to four ids that no record has."""
    found = Log()
    found.told("i0")
    ids = [OTHER.format(n) for n in range(1, 1 + count)]
    found.told("i1", corrects=ids, id=ids[0])
    found.seal()
    verdict = judged(found.bundle(OPERATIONS))
    assert (verdict.code, verdict.where) == ("correction-outside-stream", f"{RECORDS}:2")


def test_a_correction_is_named_by_its_line_in_the_bundle() -> None:
    """Its target is neither in the bundle nor proven."""
    _, members = corrected()
    verdict = judged(packed(changed(members, PROOF, lambda said: said | {"targets": []})))
    assert (verdict.code, verdict.where) == ("correction-outside-stream", f"{RECORDS}:1")


def test_of_two_records_of_one_id_the_first_is_corrected() -> None:
    """The correction stands between them."""
    found = Log()
    one = found.told("i0")
    found.told("corrected", corrects=[one])
    found.told("i2", id=one)
    found.seal()
    assert judged(found.bundle(OPERATIONS)).verdict == "VERIFIED"


def test_an_id_in_a_fact_is_not_the_id_of_its_record() -> None:
    """The second record tells of something that has an id, which is the first record's."""
    found = Log()
    one = found.told("i0")
    found.told("i1")
    stream = found.streams[OPERATIONS]
    stream[1] = found.leaves[-1] = altered(stream[1], body={"incident": {"id": one}})
    found.told("corrected", corrects=[json.loads(stream[1])["id"]])
    found.seal()
    assert judged(found.bundle(OPERATIONS)).verdict == "VERIFIED"
