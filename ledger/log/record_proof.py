"""One record's proof as C2SP tlog-proof writes it: a self-contained text that is checked offline against a
verifier key.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Final

HEADER: Final = "c2sp.org/tlog-proof@v1"


def format_proof(index: int, proof: Sequence[bytes], note: bytes, extra: bytes = b"") -> bytes:
    """Index, inclusion proof from the leaf up, and the signed checkpoint; ``extra`` holds the leaf and is not
    authenticated.
    """
    lines = [HEADER, *([f"extra {_64(extra)}"] if extra else []), f"index {index}", *map(_64, proof), ""]
    return "".join(f"{line}\n" for line in lines).encode() + note


def _64(data: bytes) -> str:
    return base64.b64encode(data).decode()
