"""Earlier checkpoints in a bundle, which show that the log goes on from what its reader saw (PROOF 4, check 4)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ledger.log.signing import Signer, sign_note
from ledger.verifier.bundle import read_bundle
from ledger.verifier.canonical_json import canonical
from ledger.verifier.checks import check
from ledger.verifier.notes import parse_note
from ledger.verifier.reader import Asked, State
from tests.support.forging import KEY, OPERATIONS, THIEF, Log, judged, packed, state_of


def twice_sealed() -> tuple[Log, int]:
    """A log, and its size when it was sealed first."""
    found = Log()
    found.told("i0")
    earlier = found.seal()
    found.told("i1")
    found.seal()
    return found, earlier


def again(found: Log, earlier: int, signer: Signer) -> str:
    """The earlier checkpoint as another signs it in the log's name."""
    text = parse_note(found.notes[earlier]).text
    return sign_note(text, [signer]).decode()


@pytest.mark.parametrize(
    ("said", "verdict", "code"),
    [
        ({}, "VERIFIED", None),
        ({"checkpoint": 1}, "MALFORMED", "malformed"),
        ({"checkpoint": "x"}, "MALFORMED", "bad-signature"),
        ({"checkpoint": again(*twice_sealed(), THIEF)}, "FAILED", "bad-signature"),
        ({"checkpoint": again(*twice_sealed(), KEY)}, "VERIFIED", None),
        ({"proof": []}, "FAILED", "proof-length"),
        ({"proof": "x"}, "MALFORMED", "malformed"),
        ({"more": 1}, "MALFORMED", "malformed"),
    ],
)
def test_an_earlier_checkpoint_is_signed_by_a_key_of_the_log_and_proven(
    said: dict[str, Any], verdict: str, code: str | None
) -> None:
    found, earlier = twice_sealed()
    name = f"consistency/{earlier}"
    members = found.members([OPERATIONS], earlier=earlier)
    members[name] = canonical(json.loads(members[name]) | said).encode()
    told = judged(packed(members))
    assert (told.verdict, told.code, told.where) == (verdict, code, name if code else "")


@pytest.mark.parametrize("state", [None, state_of(twice_sealed()[0].bundle(OPERATIONS))])
def test_the_earlier_checkpoints_are_known_by_their_sizes(state: State | None) -> None:
    """A report of the bundle may be known at one of them, whatever its reader remembers."""
    found, earlier = twice_sealed()
    bundle = read_bundle(found.bundle(OPERATIONS, earlier=earlier))
    assert list(check(bundle, Asked(KEY.vkey, (OPERATIONS,), state=state)).earlier) == [earlier]
