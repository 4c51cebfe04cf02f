"""Who signed the checkpoint of a bundle, and what is brought beside it (PROOF 4, check 3)."""

from __future__ import annotations

import pytest

from ledger.verifier.policy import parse_policy
from tests.support.forging import KEY, NEXT, OPERATIONS, THIEF, judged, packed, two_streams
from tests.unit.verifier.test_policy import TWO

LOG = two_streams()
SIZE = len(LOG.leaves)


@pytest.mark.parametrize("size", [SIZE, SIZE - 1, SIZE + 1])
def test_a_timestamp_in_a_bundle_is_of_its_checkpoint(size: int) -> None:
    name = f"anchors/{size}.tsr"
    found = judged(packed({**LOG.members([OPERATIONS]), name: b"x"}))
    good = size == SIZE
    assert (found.verdict, found.where) == (("VERIFIED", "") if good else ("MALFORMED", name))


@pytest.mark.parametrize(
    ("logs", "code", "where"),
    [
        ("", None, ""),
        (f"log {KEY.vkey}\n", None, ""),
        (f"log {NEXT.vkey}\nlog {KEY.vkey}\n", None, ""),
        (f"log {KEY.ml_dsa.vkey}\n", "bad-signature", "checkpoint"),
        (f"log {THIEF.vkey}\n", "unknown-key", "policy"),
    ],
    ids=["none", "it", "one of two", "its second key, which the log lacks", "another"],
)
def test_the_key_that_is_brought_is_one_of_the_policys(logs: str, code: str | None, where: str) -> None:
    """A policy that names no log key takes any."""
    found = judged(LOG.bundle(OPERATIONS), policy=parse_policy(f"{logs}quorum none\n"))
    assert (found.code, found.where) == (code, where)


def test_a_quorum_that_is_not_met_says_who_has_cosigned() -> None:
    found = judged(LOG.bundle(OPERATIONS), policy=parse_policy(f"{TWO}quorum u\n"))
    assert (found.code, found.where, found.why) == (
        "quorum",
        "checkpoint",
        "your policy wants u; cosigned by no witness in it",
    )
