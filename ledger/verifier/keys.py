"""Verifier keys of C2SP signed-note: one line, name+hash+base64(kind public)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from typing import NamedTuple

from ledger.verifier.faults import ProofError

ED25519 = 1
COSIGNATURE = 4
ML_DSA_44 = 6
PUBLIC_BYTES = {ED25519: 32, COSIGNATURE: 32, ML_DSA_44: 1312}
ML_DSA_44_BYTES = 2420
NAME_BYTES = 255
"""The longest name that an ML-DSA-44 signature can be by."""
Verifies = Callable[[bytes, bytes, bytes], bool]
"""Does a public key's signature of a message verify? The arguments are key, message, signature."""


class VerifierKey(NamedTuple):
    """A key line: ``name+hash+base64(kind public)``."""

    name: str
    key_hash: bytes
    public: bytes
    kind: int = ED25519


def key_hash(name: str, public: bytes, kind: int = ED25519) -> bytes:
    """First four bytes of SHA-256(name 0A kind public)."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def is_key_name(name: str) -> bool:
    """Non-empty, no space of any kind, no plus."""
    return bool(name) and "+" not in name and not any(c.isspace() or ord(c) < 32 for c in name)


def strict_base64(text: str) -> bytes:
    """Standard base64 that encodes back to itself; ``ValueError`` otherwise."""
    data = base64.b64decode(text.encode("ascii"))
    if base64.b64encode(data).decode() != text:
        raise ValueError("not canonical base64")
    return data


_KINDS = {ED25519: "an Ed25519", COSIGNATURE: "a witness's Ed25519", ML_DSA_44: "an ML-DSA-44"}


def parse_vkey(line: str, *kinds: int) -> VerifierKey:
    """A verifier key from its line, of one of some kinds (ED25519 if none); COSIGNATURE is a witness's."""
    kinds = kinds or (ED25519,)
    try:
        name, digest, encoded = line.split("+", 2)
        data = strict_base64(encoded)
        given = bytes.fromhex(digest)
    except (ValueError, binascii.Error):
        raise ProofError("unknown-key", f"a verifier key is name+hash+base64: {line[:200]!r}") from None
    if (
        not is_key_name(name)
        or len(digest) != 8
        or digest != digest.lower()
        or data[:1] not in [bytes([kind]) for kind in kinds]
        or len(data) != 1 + PUBLIC_BYTES[data[0]]
    ):
        what = " or ".join(_KINDS[kind] for kind in kinds)
        raise ProofError("unknown-key", f"not {what} verifier key: {line[:200]!r}")
    if given != key_hash(name, data[1:], data[0]):
        raise ProofError(
            "unknown-key", f"the hash in the verifier key is not that of its name and key: {line[:200]!r}"
        )
    return VerifierKey(name, given, data[1:], data[0])
