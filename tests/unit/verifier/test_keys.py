"""Verifier keys as people bring them: name, hash and key in one line (C2SP signed-note)."""

from __future__ import annotations

import base64

import pytest

from ledger.verifier.faults import ProofError
from ledger.verifier.keys import COSIGNATURE, ED25519, is_key_name, key_hash, parse_vkey

PUBLIC = bytes(range(32))


def line(
    name: str = "example.com/log", *, kind: int = ED25519, public: bytes = PUBLIC, digest: str | None = None
) -> str:
    hashed = key_hash(name, public, kind).hex() if digest is None else digest
    return f"{name}+{hashed}+{base64.b64encode(bytes([kind]) + public).decode()}"


@pytest.mark.parametrize(
    ("name", "good"),
    [("x", True), ("example.com/log", True), ("a!b", True), ("", False), ("a+b", False)]
    + [(f"a{char}b", False) for char in " \t\n\u00a0\u2028\x00\x1f"],
)
def test_a_name_has_no_plus_and_no_space_of_any_kind(name: str, good: bool) -> None:
    """Nor a control character, which a terminal would obey."""
    assert is_key_name(name) is good


def test_a_key_is_what_its_line_says() -> None:
    found = parse_vkey(line())
    assert (found.name, found.public, found.kind, found.key_hash) == (
        "example.com/log",
        PUBLIC,
        ED25519,
        key_hash("example.com/log", PUBLIC),
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("example.com/log", "a verifier key is name+hash+base64"),
        (line() + "=", "a verifier key is name+hash+base64"),
        (line().replace("+", "+zz", 1), "a verifier key is name+hash+base64"),
        (line("a b"), "not an Ed25519 verifier key"),
        (line(public=PUBLIC[:-1]), "not an Ed25519 verifier key"),
        (line(digest="ABCDEF01"), "not an Ed25519 verifier key"),
        (line(digest="abcdef"), "not an Ed25519 verifier key"),
        (line(kind=COSIGNATURE), "not an Ed25519 verifier key"),
        (line(digest="abcdef01"), "the hash in the verifier key is not that of its name and key"),
    ],
)
def test_a_line_that_is_no_key_is_told_why(text: str, why: str) -> None:
    with pytest.raises(ProofError, match=why.replace("+", r"\+")) as told:
        parse_vkey(text)
    assert told.value.code == "unknown-key"


def test_a_witnesss_key_is_read_where_one_is_asked_for() -> None:
    assert parse_vkey(line(kind=COSIGNATURE), ED25519, COSIGNATURE).kind == COSIGNATURE
