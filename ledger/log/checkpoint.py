"""C2SP tlog-checkpoint: origin, size, root; no extension lines."""

from __future__ import annotations

import base64

from ledger.verifier.checkpoints import Checkpoint
from ledger.verifier.checkpoints import parse_checkpoint as _parse
from ledger.verifier.notes import parse_note


def format_checkpoint(checkpoint: Checkpoint) -> str:
    """The three lines that a log signs."""
    return f"{checkpoint.origin}\n{checkpoint.size}\n{base64.b64encode(checkpoint.root).decode()}\n"


def parse_checkpoint(note: bytes) -> Checkpoint:
    """The checkpoint in a signed note; ``ProofError`` where there is none. No signature is verified here."""
    return _parse(parse_note(note).text)


__all__ = ["Checkpoint", "format_checkpoint", "parse_checkpoint"]
