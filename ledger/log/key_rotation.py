"""A key handed on to the next: both sign one text, and the record of it is in the registry (PROOF 3).

The text is ``wattledger-key-rotation/v1``, origin, old and new verifier key, and the index of the record,
each line ended by a newline. Signatures are Ed25519 over it, in standard base64. A verifier who holds any
earlier key walks from it to the last one by these signatures alone.
"""

from __future__ import annotations

import base64

from ledger.log.signing import Signer
from ledger.log.verify import rotation_text


def sign_rotation(origin: str, old: Signer, new: Signer, index: int) -> tuple[str, str]:
    """The signatures by the old key and by the new one."""
    text = rotation_text(origin, old.vkey, new.vkey, index)
    one, other = (base64.b64encode(signer.sign_text(text)).decode() for signer in (old, new))
    return one, other
