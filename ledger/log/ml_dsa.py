"""ML-DSA-44 (FIPS 204) beside Ed25519: the second signature on a log's checkpoints, which a quantum computer
cannot forge (C2SP tlog-checkpoint, tlog-cosignature type 0x06).

A log signs its own checkpoints in the form of a cosignature, as tlog-checkpoint says: the key's name is the
log's origin, the time is that of the checkpoint's heads record.

The key is made from the seed that the Ed25519 key is made from, by HKDF-SHA-256 (RFC 5869), so that there is
one secret to keep, move and delete. An attacker who computes the Ed25519 private key from the public key does
not get the seed: the private key is a hash of it (RFC 8032 5.1.5).
"""

from __future__ import annotations

import base64
from functools import cache
from typing import TYPE_CHECKING, Final

from ledger.verifier.checkpoints import Checkpoint, cosigned_by, cosigned_message
from ledger.verifier.faults import ProofError
from ledger.verifier.keys import ML_DSA_44, VerifierKey, Verifies, key_hash
from ledger.verifier.notes import Note

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

PURPOSE: Final = b"wattledger ML-DSA-44 key v1"
SEED_BYTES: Final = 32


@cache
def is_supported() -> bool:
    """True where the installed cryptography library has ML-DSA-44; its own wheels do."""
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

        MLDSA44PrivateKey.from_seed_bytes(bytes(SEED_BYTES))
    except (ImportError, UnsupportedAlgorithm):
        return False
    return True


class MlDsaSigner:
    """A named ML-DSA-44 key, made from the seed of an Ed25519 key."""

    def __init__(self, name: str, seed: bytes) -> None:
        from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        self.name = name
        derived = HKDF(SHA256(), SEED_BYTES, salt=None, info=PURPOSE).derive(seed)
        self._key: MLDSA44PrivateKey = MLDSA44PrivateKey.from_seed_bytes(derived)
        self.public = self._key.public_key().public_bytes_raw()
        self._hash = key_hash(name, self.public, ML_DSA_44)

    @property
    def vkey(self) -> str:
        """The verifier key: name, hash of name and key, and the key in base64; about 1,800 characters."""
        return f"{self.name}+{self._hash.hex()}+{_64(bytes([ML_DSA_44]) + self.public)}"

    def sign_text(self, text: str) -> bytes:
        """The 2,420 bytes of a signature over a text."""
        return self._key.sign(text.encode())

    def cosign(self, checkpoint: Checkpoint, time_s: int) -> str:
        """A signature line of a checkpoint, as of a time (POSIX seconds)."""
        signature = self._key.sign(cosigned_message(self.name, time_s, checkpoint))
        return f"\u2014 {self.name} {_64(self._hash + time_s.to_bytes(8, 'big') + signature)}\n"


def verifier() -> Verifies | None:
    """The ML-DSA-44 verifier for ``verify.Asked.ml_dsa``; None where the library has no ML-DSA."""
    return ml_dsa_verifies if is_supported() else None


def ml_dsa_verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    """True where a signature verifies by a public key."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

    try:
        MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def check_cosigned(note: Note, key: VerifierKey) -> None:
    """``ProofError`` unless the key cosigned the note; where the library has no ML-DSA, unless the note has a
    line by the key.
    """
    cosigned_by(note, [key], verifier())
    if not any((line.name, line.key_hash) == (key.name, key.key_hash) for line in note.signatures):
        raise ProofError("bad-signature", f"there is no ML-DSA-44 signature by {key.name}")


def _64(data: bytes) -> str:
    return base64.b64encode(data).decode()
