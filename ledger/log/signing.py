"""Signing notes with Ed25519 (C2SP signed-note); verification is in ``verify``."""

from __future__ import annotations

import base64
from functools import cached_property
from typing import TYPE_CHECKING

from ledger.log.ml_dsa import MlDsaSigner
from ledger.verifier.keys import key_hash

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class Signer:
    """A named Ed25519 key made from its 32-byte seed."""

    def __init__(self, name: str, seed: bytes) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self.name, self._seed = name, seed
        self._key: Ed25519PrivateKey = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw()

    @cached_property
    def ml_dsa(self) -> MlDsaSigner:
        """The ML-DSA-44 key of the same seed."""
        return MlDsaSigner(self.name, self._seed)

    @property
    def vkey(self) -> str:
        """The verifier key: name, hash of name and key, and the key in base64."""
        encoded = base64.b64encode(b"\x01" + self.public).decode()
        return f"{self.name}+{key_hash(self.name, self.public).hex()}+{encoded}"

    def sign_text(self, text: str) -> bytes:
        """The 64 bytes of an Ed25519 signature over a text."""
        return self._key.sign(text.encode())

    def sign(self, text: str) -> str:
        """A signature line over a note's text."""
        signed = key_hash(self.name, self.public) + self.sign_text(text)
        return f"\u2014 {self.name} {base64.b64encode(signed).decode()}\n"


def sign_note(text: str, signers: list[Signer]) -> bytes:
    """The note of a text (ending in a newline) with one signature line per signer."""
    assert text.endswith("\n"), "a note's text ends in a newline"
    return (text + "\n" + "".join(signer.sign(text) for signer in signers)).encode()
