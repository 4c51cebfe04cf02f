"""Checking, for strangers: one file of the standard library alone, Python 3.10 or newer, the only implementation of checking.

It knows RFC 6962 trees (leaf and node hashes, inclusion and consistency proofs), strict Ed25519 (RFC 8032), and the C2SP formats
signed-note and tlog-checkpoint. What it refuses it refuses with a ``ProofError`` whose ``code`` is one of PROOF 5. Making proofs and
signatures stays elsewhere (``merkle``, ``note``).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from typing import NamedTuple

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
NOTE_LIMIT = 1_000_000
SIGNATURE_LIMIT = 100
ED25519 = 1


class ProofError(Exception):
    """Something does not verify; ``code`` says which check, ``str`` says where and why."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


# --- RFC 6962 / RFC 9162, section 2.1 ---------------------------------------------------------------------------


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(00 leaf)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(01 left right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_from_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """The root that an inclusion proof leads to from a leaf hash (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        raise ProofError("range-root", f"index {index} is not in a tree of {size}")
    _check_hashes([leaf, *proof])
    inner = (index ^ (size - 1)).bit_length()
    if len(proof) != inner + bin(index >> inner).count("1"):
        raise ProofError(
            "proof-length", f"an inclusion proof of {index} in {size} has not {len(proof)} hashes"
        )
    found = leaf
    for level, sibling in enumerate(proof):
        right = level >= inner or (index >> level) & 1
        found = node_hash(sibling, found) if right else node_hash(found, sibling)
    return found


def check_inclusion(root: bytes, size: int, index: int, leaf: bytes, proof: Sequence[bytes]) -> None:
    """``ProofError`` unless the leaf hash is at ``index`` of the tree of ``size`` with this root."""
    if root_from_inclusion(index, size, leaf, proof) != root:
        raise ProofError("range-root", f"the proof of index {index} in {size} does not lead to the root")


def check_consistency(size1: int, root1: bytes, size2: int, root2: bytes, proof: Sequence[bytes]) -> None:
    """``ProofError`` unless the first tree is a prefix of the second (RFC 9162 2.1.4.2)."""
    if not 0 < size1 <= size2:
        raise ProofError("inconsistent", f"no consistency from {size1} to {size2} can be proven")
    if size1 == size2:
        if proof:
            raise ProofError("proof-length", "a tree is consistent with itself by an empty proof")
        if root1 != root2:
            raise ProofError("inconsistent", f"two roots of size {size1} differ")
        return
    _check_hashes([root1, root2, *proof])
    hashes = list(proof)
    if size1 & (size1 - 1) == 0:
        hashes.insert(0, root1)
    inner = ((size1 - 1) ^ (size2 - 1)).bit_length()
    shift = (size1 & -size1).bit_length() - 1
    inner -= shift
    start = 1
    if len(hashes) != start + inner + bin((size1 - 1) >> (inner + shift)).count("1"):
        raise ProofError("proof-length", f"a proof from {size1} to {size2} has not {len(proof)} hashes")
    mask = (size1 - 1) >> shift
    old = new = hashes[0]
    for level, sibling in enumerate(hashes[1:]):
        if level >= inner or (mask >> level) & 1:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
        else:
            new = node_hash(new, sibling)
    if old != root1:
        raise ProofError("inconsistent", f"the proof does not lead to the root of {size1}")
    if new != root2:
        raise ProofError("inconsistent", f"the proof does not lead to the root of {size2}")


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(one) != HASH_BYTES for one in hashes):
        raise ProofError("proof-length", "a hash has 32 bytes")


# --- Ed25519, RFC 8032, strict ----------------------------------------------------------------------------------

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_SQRT_M1 = pow(2, (_P - 1) // 4, _P)
_Point = tuple[int, int, int, int]


def _recover_x(y: int, sign: int) -> int | None:
    x2 = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    if x2 == 0:
        return None if sign else 0
    x = pow(x2, (_P + 3) // 8, _P)
    if (x * x - x2) % _P:
        x = x * _SQRT_M1 % _P
    if (x * x - x2) % _P:
        return None
    return _P - x if x & 1 != sign else x


def _point(data: bytes) -> _Point | None:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= _P:
        return None
    x = _recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % _P)


def _add(p: _Point, q: _Point) -> _Point:
    a = (p[1] - p[0]) * (q[1] - q[0]) % _P
    b = (p[1] + p[0]) * (q[1] + q[0]) % _P
    c = 2 * p[3] * q[3] * _D % _P
    d = 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(n: int, p: _Point) -> _Point:
    total: _Point = (0, 1, 1, 0)
    while n:
        if n & 1:
            total = _add(total, p)
        p = _add(p, p)
        n >>= 1
    return total


def _equal(p: _Point, q: _Point) -> bool:
    return (p[0] * q[2] - q[0] * p[2]) % _P == 0 and (p[1] * q[2] - q[1] * p[2]) % _P == 0


_B_Y = 4 * pow(5, -1, _P) % _P
_B_X = _recover_x(_B_Y, 0) or 0
_B: _Point = (_B_X, _B_Y, 1, _B_X * _B_Y % _P)


def ed25519_verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    """Strict verification: canonical points of full order, S < L, the cofactorless equation."""
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r = _point(public), _point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= _L:
        return False
    identity = (0, 1, 1, 0)
    if _equal(_times(8, a), identity) or _equal(_times(8, r), identity):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _L
    return _equal(_times(s, _B), _add(r, _times(k, a)))


# --- C2SP signed-note -------------------------------------------------------------------------------------------


class VerifierKey(NamedTuple):
    """A key line: ``name+hash+base64(01 public)``."""

    name: str
    key_hash: bytes
    public: bytes


class Signature(NamedTuple):
    """One signature line of a note."""

    name: str
    key_hash: bytes
    signature: bytes


class Note(NamedTuple):
    """The signed text, its final newline included, and the signature lines."""

    text: str
    signatures: tuple[Signature, ...]


def key_hash(name: str, public: bytes) -> bytes:
    """First four bytes of SHA-256(name 0A 01 public)."""
    return hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]


def is_key_name(name: str) -> bool:
    """Non-empty, no space of any kind, no plus."""
    return bool(name) and "+" not in name and not any(c.isspace() or ord(c) < 32 for c in name)


def strict_base64(text: str) -> bytes:
    """Standard base64 that encodes back to itself; ``ValueError`` otherwise."""
    data = base64.b64decode(text.encode("ascii"), validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("not canonical base64")
    return data


def parse_vkey(line: str) -> VerifierKey:
    """A verifier key from its line."""
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
        or len(data) != 33
        or data[0] != ED25519
    ):
        raise ProofError("unknown-key", f"not an Ed25519 verifier key: {line[:200]!r}")
    if given != key_hash(name, data[1:]):
        raise ProofError(
            "unknown-key", f"the hash in the verifier key is not that of its name and key: {line[:200]!r}"
        )
    return VerifierKey(name, given, data[1:])


def parse_note(data: bytes) -> Note:
    """A signed note: text, a blank line, signature lines. Nothing is verified yet."""
    if len(data) > NOTE_LIMIT:
        raise ProofError("trailing-data", "a note has at most 1,000,000 bytes")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError:
        raise ProofError("bad-signature", "the note is not UTF-8") from None
    if any(ord(c) < 32 and c != "\n" for c in whole):
        raise ProofError("bad-signature", "the note has a control character")
    split = whole.rfind("\n\n")
    if split < 0 or not whole.endswith("\n"):
        raise ProofError("bad-signature", "the note has no signature lines")
    text, lines = whole[: split + 1], whole[split + 2 :].split("\n")[:-1]
    if not lines:
        raise ProofError("bad-signature", "the note has no signature lines")
    if len(lines) > SIGNATURE_LIMIT:
        raise ProofError("too-many-signatures", f"a note has at most {SIGNATURE_LIMIT} signatures")
    return Note(text, tuple(_signature(line) for line in lines))


def _signature(line: str) -> Signature:
    if not line.startswith("\u2014 "):
        raise ProofError("bad-signature", f"not a signature line: {line[:100]!r}")
    name, space, encoded = line[2:].partition(" ")
    try:
        data = strict_base64(encoded)
    except (ValueError, binascii.Error):
        raise ProofError("bad-signature", f"not a signature line: {line[:100]!r}") from None
    if not space or not is_key_name(name) or len(data) < 5:
        raise ProofError("bad-signature", f"not a signature line: {line[:100]!r}")
    return Signature(name, data[:4], data[4:])


def verified_by(note: Note, keys: Sequence[VerifierKey]) -> list[VerifierKey]:
    """The keys among ``keys`` that signed the note; a wrong signature by one of them is an error."""
    found: list[VerifierKey] = []
    for key in keys:
        mine = [s for s in note.signatures if s.name == key.name and s.key_hash == key.key_hash]
        if len(mine) > 1:
            raise ProofError("too-many-signatures", "the note is signed twice by " + key.name)
        if mine:
            if not ed25519_verifies(key.public, note.text.encode(), mine[0].signature):
                raise ProofError("bad-signature", f"the signature by {key.name} is wrong")
            found.append(key)
    return found


# --- C2SP tlog-checkpoint ---------------------------------------------------------------------------------------


class Checkpoint(NamedTuple):
    """A log's commitment: its origin, how many records, and the root over them."""

    origin: str
    size: int
    root: bytes


def parse_checkpoint(text: str) -> Checkpoint:
    """The three lines of a checkpoint; no extension lines are allowed here."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:
        raise ProofError("bad-signature", "a checkpoint has three lines: origin, size, root")
    origin, size, encoded = lines[:3]
    if not origin:
        raise ProofError("wrong-origin", "the checkpoint has no origin")
    if not (size.isascii() and size.isdigit()) or (size != "0" and size.startswith("0")) or len(size) > 19:
        raise ProofError("bad-signature", f"the size of the checkpoint is not a number: {size[:40]!r}")
    try:
        root = strict_base64(encoded)
    except (ValueError, binascii.Error):
        raise ProofError("bad-signature", "the root of the checkpoint is not base64") from None
    if len(root) != HASH_BYTES:
        raise ProofError("bad-signature", "the root of the checkpoint has not 32 bytes")
    return Checkpoint(origin, int(size), root)
