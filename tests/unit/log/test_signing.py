"""Signed notes and checkpoints: the published example, our own, and every doctored form refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.log import checkpoint
from ledger.log.checkpoint import Checkpoint, format_checkpoint
from ledger.log.signing import Signer, sign_note
from ledger.verifier.checkpoints import parse_checkpoint
from ledger.verifier.ed25519 import ed25519_verifies
from ledger.verifier.faults import ProofError
from ledger.verifier.keys import parse_vkey
from ledger.verifier.notes import parse_note, verified_by
from tests.support.examples import tried

EXAMPLE = json.loads((Path(__file__).parents[2] / "vectors/note/signed_note_example.json").read_text())
SIGNER = Signer("example.com/ledger", bytes(range(32)))
KEY = parse_vkey(SIGNER.vkey)
CHECKPOINT = Checkpoint("example.com/ledger", 12, bytes(range(32)))
NOTE = sign_note(format_checkpoint(CHECKPOINT), [SIGNER])


def test_the_published_example_verifies_under_its_key() -> None:
    key = parse_vkey(EXAMPLE["vkey"])
    assert verified_by(parse_note(EXAMPLE["note"].encode()), [key]) == [key]


def test_our_checkpoint_verifies_under_our_key() -> None:
    note = parse_note(NOTE)
    assert (verified_by(note, [KEY]), parse_checkpoint(note.text)) == ([KEY], CHECKPOINT)


def test_a_signature_by_a_stranger_is_ignored_and_not_counted() -> None:
    stranger = Signer("example.com/other", bytes(32))
    note = parse_note(sign_note(format_checkpoint(CHECKPOINT), [stranger, SIGNER]))
    assert verified_by(note, [KEY]) == [KEY]


@given(st.integers(0, len(NOTE) - 1), st.integers(0, 7))
@settings(max_examples=tried(gate=100, search=300))
def test_no_single_bit_of_a_signed_checkpoint_can_be_flipped(byte: int, bit: int) -> None:
    flipped = bytearray(NOTE)
    flipped[byte] ^= 1 << bit
    try:
        accepted = verified_by(parse_note(bytes(flipped)), [KEY])
    except ProofError:
        accepted = []
    assert accepted == []


@pytest.mark.parametrize(
    "text",
    [
        "example.com/ledger\n12\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\nextension\n",
        "example.com/ledger\n012\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "example.com/ledger\n+12\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "example.com/ledger\n١٢\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "example.com/ledger\n12\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n",
        "example.com/ledger\n12\nAAEC\n",
        "\n12\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "example.com/ledger\n12\n",
    ],
)
def test_a_checkpoint_of_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(ProofError):
        parse_checkpoint(text)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "a+b",
        SIGNER.vkey.replace("example", "exemple"),
        SIGNER.vkey[:-4],
        SIGNER.vkey.upper(),
        "x+00000000+AAAA",
    ],
)
def test_a_verifier_key_of_any_other_form_is_refused(line: str) -> None:
    with pytest.raises(ProofError):
        parse_vkey(line)


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"text\n",
        b"text\n\n",
        b"\xff\n\n",
        NOTE[:-1],
        NOTE + b"x",
        NOTE.replace("—".encode(), b"-"),
        NOTE + b"\n",
    ],
)
def test_a_note_of_any_other_form_is_refused(note: bytes) -> None:
    with pytest.raises(ProofError):
        parse_note(note)


def test_a_checkpoint_reads_back_from_its_note() -> None:
    assert checkpoint.parse_checkpoint(NOTE) == CHECKPOINT


# --- Ed25519 ------------------------------------------------------------------------------------------------


def library_accepts(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80))
@settings(max_examples=20, deadline=None)
def test_a_signature_the_library_makes_verifies(seed: bytes, message: bytes) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    assert ed25519_verifies(key.public_key().public_bytes_raw(), message, key.sign(message))


@given(st.binary(min_size=32, max_size=32), st.integers(0, 95), st.integers(0, 7))
@settings(max_examples=40, deadline=None)
def test_what_the_library_refuses_we_refuse(seed: bytes, byte: int, bit: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    doctored = bytearray(key.public_key().public_bytes_raw() + key.sign(b"m"))
    doctored[byte] ^= 1 << bit
    public, signature = bytes(doctored[:32]), bytes(doctored[32:])
    assert library_accepts(public, b"m", signature) or not ed25519_verifies(public, b"m", signature)


L = 2**252 + 27742317777372353535851937790883648493
SMALL_ORDER = [
    bytes(32),
    (1).to_bytes(32, "little"),
    (2**255 - 20).to_bytes(32, "little"),
    (2**255 - 19).to_bytes(32, "little"),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
]


def test_the_same_signature_plus_the_group_order_is_refused() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    signature = key.sign(b"m")
    larger = signature[:32] + (int.from_bytes(signature[32:], "little") + L).to_bytes(32, "little")
    assert not ed25519_verifies(key.public_key().public_bytes_raw(), b"m", larger)


@pytest.mark.parametrize("point", SMALL_ORDER, ids=lambda point: point.hex()[:8])
def test_a_key_of_small_order_verifies_nothing(point: bytes) -> None:
    """With such a key R = the same point and S = 0 would verify many messages."""
    assert not any(ed25519_verifies(point, b"%d" % n, point + bytes(32)) for n in range(8))


def test_a_point_that_is_not_canonical_is_refused() -> None:
    public = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
    assert not ed25519_verifies(public, b"m", (2**255 - 19 + 1).to_bytes(32, "little") + bytes(32))
