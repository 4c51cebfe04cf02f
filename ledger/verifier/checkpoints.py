"""C2SP tlog-checkpoint, what a log commits to, and C2SP tlog-cosignature, what its witnesses sign."""

from __future__ import annotations

import binascii
from collections.abc import Sequence
from typing import NamedTuple

from ledger.verifier.ed25519 import ed25519_verifies
from ledger.verifier.faults import NUMBER_LIMIT, Misshapen, ProofError
from ledger.verifier.keys import (
    COSIGNATURE,
    ML_DSA_44_BYTES,
    NAME_BYTES,
    VerifierKey,
    Verifies,
    strict_base64,
)
from ledger.verifier.notes import Note, lines_by
from ledger.verifier.trees import HASH_BYTES


class Checkpoint(NamedTuple):
    """A log's commitment: its origin, how many records, and the root over them."""

    origin: str
    size: int
    root: bytes


def parse_checkpoint(text: str) -> Checkpoint:
    """The three lines of a checkpoint; no extension lines are allowed here."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:
        raise Misshapen("bad-signature", "a checkpoint has three lines: origin, size, root")
    origin, size, encoded = lines[:3]
    if not origin:
        raise Misshapen("wrong-origin", "the checkpoint has no origin")
    if not _is_size(size):
        raise Misshapen("bad-signature", f"the size of the checkpoint is not a number: {size[:40]!r}")
    try:
        root = strict_base64(encoded)
    except (ValueError, binascii.Error):
        raise Misshapen("bad-signature", "the root of the checkpoint is not base64") from None
    if len(root) != HASH_BYTES:
        raise Misshapen("bad-signature", "the root of the checkpoint has not 32 bytes")
    return Checkpoint(origin, int(size), root)


def _is_size(text: str) -> bool:
    """True for a decimal number below 2^53, which every reader holds exactly; a long text is not converted."""
    digits = text.isascii() and text.isdigit() and (text == "0" or text[0] != "0")
    return digits and len(text) < 17 and int(text) < NUMBER_LIMIT


def cosignature_text(text: str, time_s: int) -> bytes:
    """The text that a witness signs of a checkpoint that it saw at a time (POSIX seconds)."""
    return f"cosignature/v1\ntime {time_s}\n{text}".encode()


def cosigned_message(name: str, time_s: int, checkpoint: Checkpoint) -> bytes:
    """The message that an ML-DSA-44 key signs of a checkpoint at a time: the whole tree [0, size)."""
    mine, log = name.encode(), checkpoint.origin.encode()
    head = b"subtree/v1\n\0" + bytes([len(mine)]) + mine + time_s.to_bytes(8, "big")
    return head + bytes([len(log)]) + log + bytes(8) + checkpoint.size.to_bytes(8, "big") + checkpoint.root


def cosigned_by(
    note: Note, keys: Sequence[VerifierKey], ml_dsa: Verifies | None = None
) -> dict[VerifierKey, int]:
    """The keys that cosigned the note, each with its time (POSIX seconds); a wrong cosignature by one of them
    is an error.

    ``ml_dsa`` verifies ML-DSA-44, which the standard library does not have; without it such lines are passed
    over.
    """
    found: dict[VerifierKey, int] = {}
    for key in keys:
        for line in lines_by(note, key):
            time_s, signature = int.from_bytes(line.signature[:8], "big"), line.signature[8:]
            if key.kind == COSIGNATURE:
                good = ed25519_verifies(key.public, cosignature_text(note.text, time_s), signature)
            else:
                good = _ml_dsa_verifies(note, key, time_s, signature, ml_dsa)
            if not good:
                raise ProofError("bad-signature", f"the cosignature by {key.name} is wrong")
            if key.kind == COSIGNATURE or ml_dsa is not None:
                found[key] = time_s
    return found


def _ml_dsa_verifies(
    note: Note, key: VerifierKey, time_s: int, signature: bytes, ml_dsa: Verifies | None
) -> bool:
    """Has it the form of a signature, and is it one where that can be checked?"""
    checkpoint = parse_checkpoint(note.text)
    names = key.name, checkpoint.origin
    if len(signature) != ML_DSA_44_BYTES or time_s >= 1 << 63:
        return False
    if any(len(name.encode()) > NAME_BYTES for name in names):
        return False
    return ml_dsa is None or ml_dsa(key.public, cosigned_message(key.name, time_s, checkpoint), signature)
