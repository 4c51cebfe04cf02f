"""The streams of a bundle, one after the other: what the log committed to of each, by the directory in the bundle
or, until November 2026, by a proof of its line (PROOF 4, check 7).
"""

from __future__ import annotations

import base64
import json
import operator
from collections.abc import Callable
from functools import partial
from hashlib import sha256

import pytest

from ledger.log import merkle
from ledger.verifier.bundle import OLD_FORMAT, read_bundle
from ledger.verifier.canonical_json import canonical
from ledger.verifier.checks import check
from ledger.verifier.reader import Asked
from tests.support.forging import (
    GRID,
    KEY,
    OPERATIONS,
    changed,
    judged,
    packed,
    two_streams,
)
from tests.unit.verifier.test_attacks import _zipped

LOG = two_streams()
RECORDS, PROOF = "streams/2.jsonl", "streams/2.json"
Members = dict[str, bytes]


def old(*names: str) -> Members:
    """The members of a bundle of the first format, all but its manifest."""
    members = LOG.members(names)
    lines = members.pop("directory.jsonl").splitlines()
    del members["log.hashes"]
    hashes = merkle.hashes_of(lines)
    for number in range(len(lines)):
        proof = merkle.inclusion_proof(
            lambda level, n: merkle.root(hashes[n << level : n + 1 << level]), number, len(hashes)
        )
        name, said = (
            f"streams/{number}.json",
            {"inclusion": [base64.b64encode(one).decode() for one in proof]},
        )
        if name in members:
            members = changed(members, name, partial(operator.or_, said))
    return members


def packed_old(members: Members) -> bytes:
    files = {name: [len(data), sha256(data).hexdigest()] for name, data in members.items()}
    said = {"files": files, "format": OLD_FORMAT, "reports": []}
    return _zipped({**members, "manifest.json": canonical(said).encode()})


def without_last(members: Members) -> Members:
    return {**members, RECORDS: b"".join(members[RECORDS].splitlines(keepends=True)[:-1])}


@pytest.mark.parametrize("accepted", [True, False])
def test_a_bundle_of_the_first_format_is_enough_for_who_says_so(accepted: bool) -> None:
    found = judged(packed_old(old(OPERATIONS)), accept_old=accepted)
    assert (found.code, found.where) == ((None, "") if accepted else ("directory-not-tied", "manifest.json"))


@pytest.mark.parametrize(
    ("change", "verdict", "code"),
    [
        (without_last, "FAILED", "directory-inclusion"),
        (
            lambda members: changed(members, PROOF, lambda said: said | {"inclusion": []}),
            "FAILED",
            "proof-length",
        ),
        (
            lambda members: changed(members, PROOF, lambda said: said | {"inclusion": "x"}),
            "MALFORMED",
            "malformed",
        ),
        (
            lambda members: changed(
                members, PROOF, lambda said: {name: one for name, one in said.items() if name != "inclusion"}
            ),
            "MALFORMED",
            "malformed",
        ),
        (
            lambda members: changed(
                members,
                PROOF,
                lambda said: said | {"inclusion": json.loads(members["streams/0.json"])["inclusion"]},
            ),
            "FAILED",
            "directory-inclusion",
        ),
    ],
    ids=[
        "a record left out",
        "no proof",
        "a proof that is none",
        "no member of it",
        "the proof of another line",
    ],
)
def test_in_a_bundle_of_the_first_format_each_stream_is_proven(
    change: Callable[[Members], Members], verdict: str, code: str
) -> None:
    found = judged(packed_old(change(old(OPERATIONS))), accept_old=True)
    assert (found.verdict, found.code, found.where) == (verdict, code, PROOF)


@pytest.mark.parametrize(("left_out", "number"), [(RECORDS, 2), (PROOF, 2), ("streams/3.jsonl", 3)])
def test_a_stream_has_its_records_and_its_proof(left_out: str, number: int) -> None:
    members = LOG.members([OPERATIONS, GRID])
    del members[left_out]
    found = judged(packed(members), streams=())
    assert (found.code, found.where) == ("malformed", f"streams/{number}.json")


def test_a_stream_that_is_not_there_is_named_by_its_number() -> None:
    members = LOG.members([OPERATIONS])
    found = judged(packed({**members, "streams/4.jsonl": b"", "streams/4.json": members[PROOF]}))
    assert (found.code, found.where) == ("registry-mismatch", "streams/4.json")


def test_the_bytes_of_records_that_were_checked_are_told() -> None:
    """Of as many as all files of the bundle have."""
    data = LOG.bundle(OPERATIONS, GRID)
    bundle = read_bundle(data)
    seen: list[tuple[int, int]] = []
    check(bundle, Asked(KEY.vkey, (OPERATIONS,)), lambda done, total: seen.append((done, total)))
    first, second = (len(bundle.members[f"streams/{number}.jsonl"]) for number in (2, 3))
    total = sum(map(len, bundle.members.values()))
    assert seen == [(first, total), (first + second, total)]
