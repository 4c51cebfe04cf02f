"""Rotation of the log's key: the old key and the new one sign one text, which the registry records (PROOF 3).

The text is ``wattledger-key-rotation/v1``, origin, old and new verifier key, and the index of the record,
each line ended by a newline. Signatures are Ed25519 over it, in standard base64. A verifier who holds any
earlier key walks from it to the last one by these signatures alone.

An ML-DSA-44 key is added or rotated by a record of its own over ``wattledger-ml-dsa-key/v1``, origin, the
Ed25519 key beside it, the ML-DSA-44 key and the index. Both sign it, and the ML-DSA-44 key before it.
"""

from __future__ import annotations

import base64
from typing import NamedTuple

from ledger.log.signing import Signer
from ledger.verifier.key_chain import ml_dsa_text, rotation_text


def sign_rotation(origin: str, old: Signer, new: Signer, index: int) -> tuple[str, str]:
    """The signatures by the old key and by the new one."""
    text = rotation_text(origin, old.vkey, new.vkey, index)
    one, other = (base64.b64encode(signer.sign_text(text)).decode() for signer in (old, new))
    return one, other


class MlDsaSignatures(NamedTuple):
    """The signatures, in base64, that add an ML-DSA-44 key: by the Ed25519 key, by the key itself and by the
    ML-DSA-44 key before it.
    """

    ed25519: str
    ml_dsa: str
    old_ml_dsa: str | None


def sign_ml_dsa_key(origin: str, signer: Signer, before: Signer | None, index: int) -> MlDsaSignatures:
    """Bind a signer's ML-DSA-44 key to its Ed25519 key; ``before`` is the signer of the ML-DSA-44 key before
    it.
    """
    text = ml_dsa_text(origin, signer.vkey, signer.ml_dsa.vkey, index)
    made = [signer.sign_text(text), signer.ml_dsa.sign_text(text)]
    made += [before.ml_dsa.sign_text(text)] if before is not None else []
    one, other, *old = (base64.b64encode(signature).decode() for signature in made)
    return MlDsaSignatures(one, other, old[0] if old else None)
