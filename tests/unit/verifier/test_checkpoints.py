"""Checkpoints, what a log commits to, and what its witnesses sign (C2SP tlog-checkpoint, tlog-cosignature)."""

from __future__ import annotations

import base64

import pytest

from ledger.verifier.checkpoints import cosigned_by, parse_checkpoint
from ledger.verifier.faults import ProofError
from ledger.verifier.keys import ML_DSA_44, ML_DSA_44_BYTES, VerifierKey
from ledger.verifier.notes import Note, Signature

ROOT = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize("size", ["0", "1", "10", "9007199254740991"])
def test_a_log_has_up_to_two_to_the_53_records(size: str) -> None:
    assert parse_checkpoint(f"example.com/log\n{size}\n{ROOT}\n").size == int(size)


@pytest.mark.parametrize(
    "size", ["9007199254740992", "10000000000000000", 17 * "9", 5000 * "9", "00", "01", "", "-1"]
)
def test_a_size_that_some_reader_would_round_is_refused(size: str) -> None:
    """Or one in another form."""
    with pytest.raises(ProofError, match="the size of the checkpoint is not a number"):
        parse_checkpoint(f"example.com/log\n{size}\n{ROOT}\n")


@pytest.mark.parametrize(
    ("text", "code", "why"),
    [
        (f"example.com/log\n5\n{ROOT}\nmore\n", "bad-signature", "three lines"),
        (f"example.com/log\n5\n{ROOT}", "bad-signature", "three lines"),
        (f"\n5\n{ROOT}\n", "wrong-origin", "has no origin"),
        (f"example.com/log\n5\n{ROOT[:-1]}\n", "bad-signature", "is not base64"),
        ("example.com/log\n5\neA==\n", "bad-signature", "has not 32 bytes"),
    ],
)
def test_what_is_no_checkpoint_is_told_why(text: str, code: str, why: str) -> None:
    with pytest.raises(ProofError, match=why) as found:
        parse_checkpoint(text)
    assert found.value.code == code


def passed_over(name: str, origin: str, size: int = ML_DSA_44_BYTES) -> bool:
    """Has a cosigner's ML-DSA-44 line its form, so that a reader who cannot check it passes over it?"""
    key = VerifierKey(name, b"hash", bytes(1312), ML_DSA_44)
    note = Note(f"{origin}\n5\n{ROOT}\n", (Signature(name, b"hash", bytes(8 + size)),))
    try:
        return cosigned_by(note, [key]) == {}
    except ProofError:
        return False


@pytest.mark.parametrize(
    ("name", "origin", "good"),
    [
        ("x" * 255, "y" * 255, True),
        ("x" * 256, "y", False),
        ("x", "y" * 256, False),
        ("\u00e9" * 128, "y", False),
    ],
)
def test_a_second_signature_is_by_and_of_names_of_up_to_255_bytes(name: str, origin: str, good: bool) -> None:
    """What is signed says the length of each in a byte."""
    assert passed_over(name, origin) == good


@pytest.mark.parametrize("more", [-1, 1])
def test_a_second_signature_has_its_one_length(more: int) -> None:
    assert not passed_over("x", "y", ML_DSA_44_BYTES + more)
