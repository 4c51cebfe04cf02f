"""C2SP signed-note: a text and the lines of those who signed it."""

from __future__ import annotations

import binascii
from collections.abc import Sequence
from typing import NamedTuple

from ledger.verifier.ed25519 import ed25519_verifies
from ledger.verifier.faults import NOTE_LIMIT, SIGNATURE_LIMIT, Misshapen, ProofError
from ledger.verifier.keys import VerifierKey, is_key_name, strict_base64


class Signature(NamedTuple):
    """One signature line of a note."""

    name: str
    key_hash: bytes
    signature: bytes


class Note(NamedTuple):
    """The signed text, its final newline included, and the signature lines."""

    text: str
    signatures: tuple[Signature, ...]


def parse_note(data: bytes) -> Note:
    """A signed note: text, a blank line, signature lines. Nothing is verified yet."""
    if len(data) > NOTE_LIMIT:
        raise Misshapen("trailing-data", "a note has at most 1,000,000 bytes")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Misshapen("bad-signature", "the note is not UTF-8") from None
    if any(ord(c) < 32 and c != "\n" for c in whole):
        raise Misshapen("bad-signature", "the note has a control character")
    split = whole.rfind("\n\n")
    if split < 0 or not whole.endswith("\n"):
        raise Misshapen("bad-signature", "the note has no signature lines")
    text, lines = whole[: split + 1], whole[split + 2 :].split("\n")[:-1]
    if not lines:
        raise Misshapen("bad-signature", "the note has no signature lines")
    if len(lines) > SIGNATURE_LIMIT:
        raise Misshapen("too-many-signatures", f"a note has at most {SIGNATURE_LIMIT} signatures")
    return Note(text, tuple(_signature(line) for line in lines))


def _signature(line: str) -> Signature:
    if not line.startswith("\u2014 "):
        raise Misshapen("bad-signature", f"not a signature line: {line[:100]!r}")
    name, _, encoded = line[2:].partition(" ")
    try:
        data = strict_base64(encoded)
    except (ValueError, binascii.Error):
        raise Misshapen("bad-signature", f"not a signature line: {line[:100]!r}") from None
    if not is_key_name(name) or len(data) < 5:
        raise Misshapen("bad-signature", f"not a signature line: {line[:100]!r}")
    return Signature(name, data[:4], data[4:])


def verified_by(note: Note, keys: Sequence[VerifierKey]) -> list[VerifierKey]:
    """The keys among ``keys`` that signed the note; a wrong signature by one of them is an error."""
    found: list[VerifierKey] = []
    for key in keys:
        for line in lines_by(note, key):
            if not ed25519_verifies(key.public, note.text.encode(), line.signature):
                raise ProofError("bad-signature", f"the signature by {key.name} is wrong")
            found.append(key)
    return found


def lines_by(note: Note, key: VerifierKey) -> list[Signature]:
    mine = [s for s in note.signatures if s.name == key.name and s.key_hash == key.key_hash]
    if len(mine) > 1:
        raise ProofError("too-many-signatures", "the note is signed twice by " + key.name)
    return mine
