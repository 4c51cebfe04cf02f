"""The proof of one record: it is in the log at its index, and no more is said (C2SP tlog-proof)."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.log import merkle
from ledger.log.record_proof import format_proof
from ledger.verifier.faults import NOTE_LIMIT, BadOption, Misshapen, ProofError
from ledger.verifier.leaf import read_leaf
from ledger.verifier.policy import parse_policy
from ledger.verifier.reader import Asked
from ledger.verifier.record_proof import parse_single
from ledger.verifier.single import check_single
from tests.support.forging import KEY, NEXT, OPERATIONS, Log, altered, two_streams
from tests.unit.verifier.test_policy import U

LOG = two_streams()


def proven(log: Log, index: int) -> bytes:
    """The proof of the record at an index of a log."""
    hashes = merkle.hashes_of(log.leaves)
    proof = merkle.inclusion_proof(
        lambda level, n: merkle.root(hashes[n << level : n + 1 << level]), index, len(hashes)
    )
    return format_proof(index, proof, log.notes[len(hashes)], log.leaves[index])


def test_a_verdict_on_one_record_says_which_it_is_and_in_which_log() -> None:
    found, leaf = check_single(proven(LOG, 5), Asked(KEY.vkey)), read_leaf(LOG.leaves[5])
    assert found == (
        "VERIFIED",
        None,
        "",
        "",
        "none",
        {
            "origin": KEY.name,
            "size": len(LOG.leaves),
            "root": merkle.root(merkle.hashes_of(LOG.leaves)).hex(),
            "key": KEY.vkey,
            "record": {
                "index": 5,
                "id": leaf.id,
                "stream": leaf.stream,
                "pos": leaf.pos,
                "kind": leaf.kind,
                "at": leaf.at,
                "rec": leaf.rec,
            },
        },
    )


def test_a_policy_that_is_not_met_leaves_the_proof_incomplete() -> None:
    found = check_single(
        proven(LOG, 5), Asked(KEY.vkey, policy=parse_policy(f"witness u {U.vkey}\nquorum u\n"))
    )
    assert (found.verdict, found.code, found.where) == ("INCOMPLETE-TRUST", "quorum", "checkpoint")


@pytest.mark.parametrize(("signed", "said"), [(True, "not-checked"), (False, None)])
def test_a_second_signature_that_is_passed_over_is_told(signed: bool, said: str | None) -> None:
    """The proof has no registry that says whether the log has such a key: its line tells it by its length."""
    found = Log()
    if signed:
        found.add_ml_dsa(KEY)
    found.seal()
    scope = check_single(proven(found, 1), Asked(KEY.vkey)).scope
    assert (scope or {}).get("ml_dsa_44") == said


def test_a_proof_that_leads_elsewhere_is_refused() -> None:
    """The record after the one that it proves."""
    with pytest.raises(ProofError, match="does not lead to the root") as why:
        check_single(proven(LOG, 5).replace(b"index 5\n", b"index 4\n"), Asked(KEY.vkey))
    assert why.value.code == "range-root"


def test_a_proof_that_a_stranger_signed_is_refused() -> None:
    with pytest.raises(ProofError, match="is not signed by the log's key") as why:
        check_single(proven(LOG, 5), Asked(NEXT.vkey))
    assert why.value.code == "unknown-key"


def test_a_record_says_itself_where_it_is() -> None:
    """The operator put it at another index than it says, and proves it there."""
    found = Log()
    found.told("i0")
    found.leaves[3] = altered(found.leaves[3], index=2)
    found.seal()
    with pytest.raises(ProofError, match="the record says that it is at 2, the proof 3") as why:
        check_single(proven(found, 3), Asked(KEY.vkey))
    assert why.value.code == "event-position"


@pytest.mark.parametrize(
    ("option", "asked"),
    [
        ("--stream", {"streams": (OPERATIONS,)}),
        ("--from", {"start_s": 0}),
        ("--from", {"start_on": "2026-07-01"}),
        ("--to", {"stop_s": 0}),
        ("--to", {"stop_on": "2026-07-01"}),
        ("--state", {"state": object()}),
        ("--receipt", {"receipts": (("x", b""),)}),
        ("--max-age", {"max_age_s": 0}),
    ],
)
def test_what_only_a_bundle_can_show_is_a_slip_of_the_readers(option: str, asked: dict[str, Any]) -> None:
    with pytest.raises(BadOption, match="says nothing of other records") as why:
        check_single(proven(LOG, 5), Asked(KEY.vkey, **asked))
    assert why.value.option == option


def padded(size: int) -> bytes:
    """A proof of so many bytes: a stranger has signed the checkpoint too, at length."""
    data = proven(LOG, 5)
    line = f"\u2014 {(size - len(data) - 14) * 'x'} AAAAAAA=\n".encode()
    assert len(data + line) == size
    return data + line


def test_a_proof_of_as_many_bytes_as_may_be_is_read() -> None:
    assert check_single(padded(NOTE_LIMIT), Asked(KEY.vkey)).verdict == "VERIFIED"


@pytest.mark.parametrize(
    "data",
    [
        padded(NOTE_LIMIT + 1),
        proven(LOG, 5).replace(b"extra ", b"extru "),
        proven(LOG, 5).replace(b"index ", b"indix "),
        proven(LOG, 5).replace(b"index 5", b"index 05"),
        proven(LOG, 5).replace(b"index 5", b"index " + 19 * b"9"),
        proven(LOG, 5).replace(b"extra ", b"extra *"),
        proven(LOG, 5).replace(b"extra ", b"extra \xff"),
    ],
    ids=[
        "too long",
        "no record",
        "no index",
        "an index in another form",
        "of 19 digits",
        "no base64",
        "no ASCII",
    ],
)
def test_what_is_no_proof_of_one_record_is_malformed(data: bytes) -> None:
    with pytest.raises(Misshapen, match="is no proof of one record") as why:
        parse_single(data)
    assert why.value.code == "malformed"


def test_an_index_has_eighteen_digits_at_most() -> None:
    assert parse_single(proven(LOG, 5).replace(b"index 5", b"index " + 18 * b"9"))[0] == 10**18 - 1
