#!/usr/bin/env python3
"""Check what an operator of a wattledger hands over, without trusting him: one file, the standard library
alone, Python 3.10 or newer.

    python3 verify.py BUNDLE --key VKEY --stream SITE/CLASS ... [--from T --to T] [--state FILE]
                             [--policy FILE] [--max-age 7d]

A bundle holds the records of streams of a log. VERIFIED means: these are ALL records that the log whose key
you brought has committed to on the streams you named, none altered and none left out, as of the bundle's
checkpoint. The verdict comes in words, then as a last line in JSON: {"verdict", "code", "where", "why",
"report", "scope"}. Exit 0 VERIFIED, 1 FAILED, 2 MALFORMED, 3 INCOMPLETE-TRUST (nothing is wrong, but
something that you must bring or wait for is missing). BUNDLE may also be the proof of one record, a
.tlog-proof: it says that this record is in the log, no more.

Bring these yourself, never from the bundle or from who made it: the key, the streams, the window, your state
file (what you verified last; it is written after success), the witnesses you trust (--policy), the greatest
age you accept. --help says more.

This is the only implementation of checking: the program that makes proofs uses these same functions. In
the order of the file: RFC 6962 trees, strict Ed25519 (RFC 8032), the C2SP formats signed-note,
tlog-checkpoint and tlog-cosignature, canonical JSON records, bundles, the checks in their order, the
verdict, the command. ML-DSA-44 signatures are checked where the program that imports it brings a verifier of
them (wattledger verify); this file passes over them.
"""

# Made by tools/amalgamate.py from the files in ledger/verifier: change those. In this order:
# faults times trees ed25519 keys notes checkpoints policy canonical_json leaf leaf_patterns zip_form bundle
# record_proof reader window key_chain signatures history heads forest corrections streams registry
# log_inclusion receipts sections report_json reports checks verdict single wording files main
from __future__ import annotations

import argparse
import base64
import binascii
import contextlib
import difflib
import hashlib
import json
import mmap
import re
import struct
import sys
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from itertools import accumulate
from operator import le, lt
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# --- faults -------------------------------------------------------------------------------------------------
# The faults that the checks find, and the limits of what is read at all.

NOTE_LIMIT = 1_000_000
SIGNATURE_LIMIT = 100
LEAF_LIMIT = 65_535
PIECE_LIMIT = 1 << 21
PROOF_LIMIT = 1 << 24
REPORT_LIMIT = 1 << 28
VALUE_LIMIT = 400_000
"""JSON is parsed in pieces, so that whatever a bundle holds, checking it takes little more memory than its
largest member has bytes.

A piece is a line of a report or of the sections, or a small member whole. Proofs are one piece; they are all
ASCII and have few values for their length.
"""
NUMBER_LIMIT = 2**53
DEPTH_LIMIT = 32
MALFORMED = frozenset(
    ["malformed", "trailing-data", "too-many-signatures", "non-canonical-leaf", "leaf-too-large"]
)
INCOMPLETE = frozenset(
    [
        "scope-not-given",
        "window-open",
        "left-unanchored",
        "no-consistency",
        "quorum",
        "too-old",
        "report-version",
        "directory-not-tied",
        "ml-dsa-not-checked",
    ]
)
Missing = list[tuple[str, str, str]]
"""Reasons why a bundle in which nothing is wrong is not enough: code, where, why."""


class ProofError(Exception):
    """Something does not verify; ``code`` says which check, ``where`` at what place, ``str`` why."""

    def __init__(self, code: str, why: str, where: str = "") -> None:
        super().__init__(why)
        self.code = code
        self.where = where


class Misshapen(ProofError):
    """It is not even of the form that could be checked."""


class BadOption(Misshapen):
    """A slip of the reader's: something he typed or brought cannot be meant. It says nothing of the bundle;
    ``option`` names where he gave it.
    """

    def __init__(self, option: str, why: str, where: str = "", code: str = "malformed") -> None:
        super().__init__(code, why, where or option)
        self.option = option

    def told(self) -> str:
        """The option, the place in its file where it has one, and what would be right."""
        return f"{self.option}{'' if self.where == self.option else ' ' + self.where}: {self}"


Progress = Callable[[int, int], None]


def no_progress(done: int, total: int) -> None:
    """Progress callback that does nothing."""


# --- times --------------------------------------------------------------------------------------------------
# Instants and durations, as they are stored and as a reader types them.

UTC = timezone.utc  # noqa: UP017 - Python 3.10 knows no datetime.UTC


def seconds(stored: str) -> int:
    """POSIX seconds of a stored instant or record time, rounded down."""
    when = datetime.strptime(stored[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
    return (when - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)


def instant(posix_s: int) -> str:
    """Stored form of POSIX seconds: ``2026-07-14T18:00:00Z``."""
    when = datetime(1970, 1, 1) + timedelta(seconds=posix_s)
    return f"{when.year:04d}-{when:%m-%dT%H:%M:%S}Z"


def is_time(text: Any, form: str) -> bool:
    try:
        when = datetime.strptime(text, form)
    except (TypeError, ValueError):
        return False
    exact = f"{when:%H:%M:%S}" + (f".{when.microsecond:06d}Z" if "%f" in form else "Z")
    return when.year >= 1970 and bool(text == f"{when.year:04d}-{when:%m-%d}T{exact}")


def parse_time(text: str) -> int | str:
    """POSIX seconds of an instant with Z or an offset; a date as it is, to be read in the sites' zone."""
    dated = re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) is not None
    try:
        when = datetime.fromisoformat(f"{text}T00:00+00:00" if dated else re.sub("Z$", "+00:00", text))
        if dated:
            return text
        if when.tzinfo is None:
            raise ValueError
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"must be a date, or an instant with Z such as 2026-07-01T04:00Z: {text!r}"
        ) from None
    return (when - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)


_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86_400}


def parse_duration(text: str) -> int:
    """Seconds of ``7d``, ``24h``, ``90min`` or ``30s``."""
    found = re.fullmatch(r"(\d{1,9})(s|min|h|d)", text, re.ASCII)
    if found is None:
        raise argparse.ArgumentTypeError(f"must be such as 7d, 24h, 90min or 30s: {text!r}")
    return int(found[1]) * _UNITS[found[2]]


# --- trees --------------------------------------------------------------------------------------------------
# The trees of RFC 6962 and RFC 9162, section 2.1: hashes, inclusion and consistency proofs, multi-proofs,
# compact ranges.

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


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


def root_from_many(
    size: int, indexes: Sequence[int], leaves: Sequence[bytes], proof: Sequence[bytes]
) -> bytes:
    """The root that leaf hashes at rising, distinct indexes lead to with the hashes of a multi-proof.

    The proof holds, level by level from the leaves up and left to right, each sibling that cannot be computed
    from the leaves: a node that many of them share is computed once. The last node of a level with an odd
    number of nodes has no sibling and goes up as it is, which is the shape of RFC 6962's trees.
    """
    _check_hashes([*leaves[:1], *proof])
    siblings, digest = iter(proof), hashlib.sha256
    places, hashes, width = list(indexes), list(leaves), size
    try:
        while width > 1:
            above: list[int] = []
            nodes: list[bytes] = []
            n, count = 0, len(places)
            while n < count:
                place, found = places[n], hashes[n]
                n += 1
                if place & 1:
                    found = digest(b"\x01" + next(siblings) + found).digest()
                elif n < count and places[n] == place + 1:
                    found = digest(b"\x01" + found + hashes[n]).digest()
                    n += 1
                elif place + 1 < width:
                    found = digest(b"\x01" + found + next(siblings)).digest()
                above.append(place >> 1)
                nodes.append(found)
            places, hashes, width = above, nodes, (width + 1) >> 1
    except StopIteration:
        raise ProofError("proof-length", "a multi-proof has too few hashes") from None
    if next(siblings, None) is not None:
        raise ProofError("proof-length", "a multi-proof has too many hashes")
    return hashes[0]


Seen = Callable[[int, int, "list[bytes]"], None]


def grow(size: int, peaks: Sequence[bytes], leaves: Sequence[bytes], seen: Seen | None = None) -> list[bytes]:
    """The compact range of [0, size + len(leaves)) from that of [0, size): roots of perfect subtrees, largest
    first, one per set bit.

    Leaf hashes are added level by level; ``seen(level, index, hashes)`` is told every run of perfect subtree
    roots.
    """
    assert len(peaks) == bin(size).count("1"), "a compact range has one hash per set bit of its size"
    run, level = list(leaves), 0
    kept = list(peaks)
    tail: list[bytes] = []
    digest = hashlib.sha256
    while run:
        if seen is not None:
            seen(level, size, run)
        if size & 1:
            run.insert(0, kept.pop())
        if len(run) & 1:
            tail.append(run.pop())
        pairs = iter(run)
        run = [digest(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
        size >>= 1
        level += 1
    return kept + tail[::-1]


def peaks_root(peaks: Sequence[bytes]) -> bytes:
    """The root over a compact range [0, size)."""
    if not peaks:
        return EMPTY_ROOT
    found = peaks[-1]
    for left in peaks[-2::-1]:
        found = node_hash(left, found)
    return found


def directory_line(number: int, size: int, root: bytes) -> bytes:
    """Line ``number`` of the directory that a heads leaf commits to, without newline."""
    return f'[{number},{size},"{root.hex()}"]'.encode()


# --- ed25519 ------------------------------------------------------------------------------------------------
# Ed25519 of RFC 8032, strict: canonical points of full order, S < L, the cofactorless equation.

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


# --- keys ---------------------------------------------------------------------------------------------------
# Verifier keys of C2SP signed-note: one line, name+hash+base64(kind public).

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


# --- notes --------------------------------------------------------------------------------------------------
# C2SP signed-note: a text and the lines of those who signed it.


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


# --- checkpoints --------------------------------------------------------------------------------------------
# C2SP tlog-checkpoint, what a log commits to, and C2SP tlog-cosignature, what its witnesses sign.


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


# --- policy -------------------------------------------------------------------------------------------------
# C2SP tlog-policy: whom the reader trusts, and who must have cosigned.


class Policy(NamedTuple):
    """Whom the reader trusts: log keys (empty: any he names), witnesses by name, groups {name: (needed,
    members)}, the one that must agree.
    """

    logs: list[str]
    witnesses: dict[str, VerifierKey]
    groups: dict[str, tuple[int, tuple[str, ...]]]
    quorum: str | None

    def met(self, names: Iterable[str]) -> bool:
        """Is the quorum reached by these witnesses?"""
        agreed = set(names)
        for group, (needed, members) in self.groups.items():  # a group names only what was said before it
            if sum(member in agreed for member in members) >= needed:
                agreed.add(group)
        return self.quorum is None or self.quorum in agreed

    def log_keys(self, kind: int) -> list[VerifierKey]:
        """The log keys of a kind."""
        return [key for key in map(log_key, self.logs) if key.kind == kind]


def log_key(line: str) -> VerifierKey:
    return parse_vkey(line, ED25519, ML_DSA_44)


FULL = "full"
FULL_LOG = "/full-log"


def is_full_log(key: VerifierKey) -> bool:
    """Does a witness's key say by its name that it cosigns only a log that it has read whole?"""
    return key.name.endswith(FULL_LOG)


def parse_policy(text: str) -> Policy:
    """The policy of a file with these lines, as C2SP tlog-policy writes them; a line ``# ...`` is a comment.

    - ``log VKEY [URL]``: a log key that is trusted
    - ``witness NAME VKEY [URL]``: a witness
    - ``group NAME N|any|all MEMBER...``: a group that agrees when N of its members do
    - ``quorum NAME|none``: the witness or group that must have cosigned

    A log's key is Ed25519 or ML-DSA-44 (type 0x06), a witness's is of cosignatures, Ed25519 or ML-DSA-44.
    Where keys of both kinds are named for a log, both must have signed.

    No witness counts twice: a key is there once whatever its names are, a log's key is no witness's, and a
    name is a member of one group at most. The group ``full``, which is not C2SP's, is always there: it agrees
    when a full-log witness has cosigned, one of the policy's whose key has a name that ends with
    ``/full-log``. It can be the quorum and a member of another group.
    """
    if found := re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text):
        why = f"has the control character {found[0]!r}: a policy has lines that end with a newline alone"
        raise BadOption("--policy", why, "policy")
    policy = Policy([], {}, {}, None)
    quorums = 0
    for number, line in enumerate(text.split("\n"), start=1):
        words = line.strip(" \t")
        try:
            if words and words[0] != "#":
                quorum = _policy_line(re.split(r"[ \t]+", words), policy)
                quorums += quorum is not None
                policy = policy._replace(quorum=quorum or policy.quorum)
        except (ProofError, ValueError) as why_:
            wrong = f"not a line of a policy ({why_}): {line[:200]!r}"
            raise BadOption("--policy", wrong, f"policy:{number}") from None
    if quorums != 1:
        raise BadOption("--policy", "a policy has one line: quorum NAME, or quorum none", "policy")
    _check_members(policy)
    return policy._replace(quorum=None if policy.quorum == "none" else policy.quorum)


def _policy_line(words: list[str], policy: Policy) -> str | None:
    """Take a line in; the quorum where it says one."""
    kind, count = words[0], len(words)
    keys = [log_key(line).public for line in policy.logs]
    keys += [key.public for key in policy.witnesses.values()]
    known = policy.witnesses.keys() | policy.groups.keys() | {FULL}
    if kind == "log" and count in (2, 3):
        if log_key(words[1]).public in keys:
            raise ValueError("its key is there twice")
        policy.logs.append(words[1])
    elif kind == "witness" and count in (3, 4):
        key = parse_vkey(words[2], COSIGNATURE, ML_DSA_44)
        _check_name(words[1], known)
        if key.public in keys:
            raise ValueError("its key is there twice")
        policy.witnesses[words[1]] = key
    elif kind == "group" and count > 3:
        members = tuple(words[3:])
        _check_name(words[1], known)
        if not set(members) <= known:
            raise ValueError("its members are witnesses or groups named before it")
        number = re.fullmatch("[1-9][0-9]{0,5}", words[2], re.ASCII)
        needed = {"any": 1, "all": len(members)}.get(words[2], int(words[2]) if number else 0)
        if not 1 <= needed <= len(members):
            raise ValueError("it needs any, all, or from 1 to as many as it has members")
        policy.groups[words[1]] = (needed, members)
    elif kind == "quorum" and count == 2 and (words[1] in known or words[1] == "none"):
        return words[1]
    else:
        raise ValueError("log, witness, group or quorum")
    return None


def _check_name(name: str, known: Iterable[str]) -> None:
    if name in known or name == "none" or "#" in name:
        raise ValueError(f"{name[:80]!r} is taken, or has a #")


def _check_members(policy: Policy) -> None:
    """Each witness contributes to the quorum in one way; ``full`` has the full-log witnesses as members."""
    members = [member for _, group in policy.groups.values() for member in group]
    if FULL in members:
        members += [name for name, key in policy.witnesses.items() if is_full_log(key)]
    for name in members:
        if members.count(name) > 1:
            why = f"{name[:80]!r} is a member of groups twice, and would count twice"
            raise BadOption("--policy", why, "policy")


# --- canonical_json -----------------------------------------------------------------------------------------
# Canonical JSON: RFC 8785 without floats and null.


def read_json(data: bytes, limit: int = PROOF_LIMIT) -> Any:
    """The value of canonical JSON bytes; ``ValueError`` unless encoding it again gives the same bytes."""
    if len(data) > limit:
        raise ValueError(f"has {len(data):,} bytes, {limit:,} are the most")
    if len(data) > PIECE_LIMIT and not data.isascii():
        raise ValueError(f"has more than {PIECE_LIMIT:,} bytes that are not all ASCII")
    lists = data.count(b"[") + data.count(b"{")
    if lists + data.count(b",") > VALUE_LIMIT:
        raise ValueError(f"has more than {VALUE_LIMIT:,} values")
    if lists > DEPTH_LIMIT and nesting_depth(data) > DEPTH_LIMIT:
        raise ValueError(f"is nested deeper than {DEPTH_LIMIT}")
    try:
        text = data.decode("utf-8")
        value = json.loads(text, parse_int=_integer, parse_float=no_number, parse_constant=no_number)
        same = canonical(value) == text
    except (UnicodeError, RecursionError, json.JSONDecodeError) as why:
        raise ValueError(f"is not JSON: {why}") from None
    if not same:
        raise ValueError("is not canonical JSON: encoding what it says gives other bytes")
    if b"null" in data or not data.isascii():
        _check_value(value)
    return value


def nesting_depth(data: bytes) -> int:
    """The depth to which lists and objects are nested; the same whatever the Python that reads them.

    Texts are cut out a part at a time. One regular expression for a text would do it too, but it remembers
    every character of a long one to go back to.
    """
    depth = deepest = 0
    inside = escaped = False
    for start in range(0, len(data), 1 << 16):
        part = data[start + escaped : start + (1 << 16)].replace(b"\\\\", b"")
        escaped = part.endswith(b"\\")
        pieces = part.replace(b'\\"', b"").split(b'"')
        brackets = b"".join(pieces[inside::2]).translate(None, _NO_BRACKETS)
        inside ^= len(pieces) % 2 == 0
        levels = list(accumulate(map(_STEPS.__getitem__, brackets), initial=depth))
        depth, deepest = levels[-1], max(deepest, *levels)
    return deepest


_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


def _integer(digits: str) -> int:
    if len(digits) > 17 or not -NUMBER_LIMIT < int(digits) < NUMBER_LIMIT:
        raise ValueError("has a number beyond 2^53")
    return int(digits)


def no_number(text: str) -> Any:
    raise ValueError(f"has a number that is no integer: {text[:20]}")


canonical = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False
).encode


def _check_value(value: Any) -> None:
    if value is None:
        raise ValueError("has a null")
    if isinstance(value, dict):
        if not all(key.isascii() for key in value):
            raise ValueError("has a key that is not ASCII")
        for one in value.values():
            _check_value(one)
    elif isinstance(value, list):
        for one in value:
            _check_value(one)


# --- leaf ---------------------------------------------------------------------------------------------------
# Records: the one form of their bytes, and the envelope around each fact.

_DAY = (
    r"(?:(?:19[7-9]\d|[2-9]\d\d\d)-"
    r"(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31))"
)
_CLOCK = r"T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d"
AT_FORM = _DAY + _CLOCK + "Z"
REC_FORM = _DAY + _CLOCK + r"\.\d{6}Z"
ID_FORM = r"[0-9a-f]{8}-[0-9a-f]{4}-[78][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
HEX64 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_ENVELOPE = frozenset(["actor", "at", "body", "id", "index", "kind", "nonce", "pos", "rec", "stream", "v"])
_OPTIONAL = frozenset(["corrects", "reason", "sections", "source"])
_FORMS: dict[str, re.Pattern[str]] = {
    name: re.compile(form, re.ASCII | re.DOTALL)
    for name, form in {
        "actor": r"[^\0]{1,4096}",
        "reason": r"[^\0]{1,4096}",
        "id": ID_FORM,
        "kind": r"[a-z0-9]+(?:-[a-z0-9]+)*\.v[1-9]\d{0,3}",
        "nonce": "[0-9a-f]{32}",
        "stream": r"(?:[a-z0-9-]{1,64}/[a-z]{1,64})",
    }.items()
}


class Leaf(NamedTuple):
    """A record's envelope; ``place`` is its index in the log, ``body`` its fact as JSON."""

    place: int
    pos: int
    at: str
    rec: str
    kind: str
    stream: str
    id: str
    corrects: tuple[str, ...]
    sections: Mapping[str, str]
    body: Mapping[str, Any]


def read_leaf(data: bytes) -> Leaf:
    """The record of exactly these bytes; ``ProofError`` ``non-canonical-leaf`` or ``leaf-too-large`` where
    they are none.
    """
    if len(data) > LEAF_LIMIT:
        raise Misshapen("leaf-too-large", f"a record has at most {LEAF_LIMIT:,} bytes, not {len(data):,}")
    try:
        said = read_json(data)
        _check_envelope(said)
    except ValueError as why:
        raise Misshapen("non-canonical-leaf", f"{why}: {data[:120]!r}") from None
    return Leaf(
        said["index"],
        said["pos"],
        said["at"],
        said["rec"],
        said["kind"],
        said["stream"],
        said["id"],
        tuple(said.get("corrects", ())),
        said.get("sections", {}),
        said["body"],
    )


def _check_envelope(said: Any) -> None:
    if not isinstance(said, dict) or not _ENVELOPE <= said.keys() <= _ENVELOPE | _OPTIONAL:
        raise ValueError("has not the members of a record")
    for name, form in _FORMS.items():
        if name in said and not (isinstance(said[name], str) and form.fullmatch(said[name])):
            raise ValueError(f"{name} has not its form")
    source, sections, corrects = said.get("source"), said.get("sections"), said.get("corrects")
    tests = {
        "at": is_time(said["at"], "%Y-%m-%dT%H:%M:%SZ"),
        "rec": is_time(said["rec"], "%Y-%m-%dT%H:%M:%S.%fZ"),
        "index": type(said["index"]) is int and said["index"] >= 0,
        "pos": type(said["pos"]) is int and said["pos"] >= 0,
        "v": type(said["v"]) is int and said["v"] == 1,
        "body": isinstance(said["body"], dict),
        "source": "source" not in said
        or (
            isinstance(source, dict)
            and {"name"} <= source.keys() <= {"name", "ref", "sha256"}
            and all_match(source.values(), _FORMS["actor"])
        ),
        "sections": "sections" not in said
        or (isinstance(sections, dict) and bool(sections) and all_match(sections.values(), HEX64)),
        "corrects": "corrects" not in said
        or (
            isinstance(corrects, list)
            and bool(corrects)
            and all_match(corrects, _FORMS["id"])
            and all(map(lt, corrects, corrects[1:]))
        ),
    }
    for name, good in tests.items():
        if not good:
            raise ValueError(f"{name} has not its form")


def all_match(values: Iterable[Any], form: re.Pattern[str]) -> bool:
    return all(isinstance(value, str) and form.fullmatch(value) for value in values)


# --- leaf_patterns ------------------------------------------------------------------------------------------
# Records read fast: what most records of a stream look like is learned as a pattern.

_NATURAL = r"(?:0|[1-9]\d{0,14})"  # those of 16 digits are read the slow way
_SIMPLE = r'"[ !#-\[\]-~]*"'
Match = Callable[[bytes], "re.Match[bytes] | None"]


class Leaves:
    """Reads the records of one stream. What most of them look like is learned as a pattern, so that few are
    parsed as JSON.

    A pattern is made of a record that was found canonical: its own keys and punctuation to the byte, and in
    the place of each value what every canonical value of its kind looks like (an integer of at most 15
    digits, a text of plain ASCII without quote or backslash, true or false, a list of one of these). So
    whatever it matches is canonical too, and has the form of a record of this stream. Records that correct,
    erase or have sections are always parsed; they are kept in ``parsed``.
    """

    def __init__(self, stream: str, member: str) -> None:
        self.parsed: list[Leaf] = []
        self._stream, self._member = stream, member
        self._patterns: list[Match] = []

    def read(self, lines: Sequence[bytes], before: int) -> tuple[list[int], list[int], list[bytes]]:
        """Indexes, positions and record times of lines, of which ``before`` came before."""
        if max(map(len, lines)) > LEAF_LIMIT:
            long = next(n for n, line in enumerate(lines) if len(line) > LEAF_LIMIT)
            why = f"a record has at most {LEAF_LIMIT:,} bytes, not {len(lines[long]):,}"
            raise Misshapen("leaf-too-large", why, f"{self._member}:{before + long + 1}")
        first: Match = self._patterns[0] if self._patterns else lambda line: None
        rows = [
            found.groups() if (found := first(line)) else self._other(line, n)
            for n, line in enumerate(lines, start=before + 1)
        ]
        indexes, places, recs = zip(*rows, strict=True)
        return list(map(int, indexes)), list(map(int, places)), list(recs)

    def _other(self, line: bytes, number: int) -> tuple[Any, ...]:
        for n, pattern in enumerate(self._patterns):
            found = pattern(line)
            if found is not None:
                if n:
                    self._patterns.insert(0, self._patterns.pop(n))
                return found.groups()
        where = f"{self._member}:{number}"
        try:
            leaf = read_leaf(line)
        except ProofError as why:
            why.where = where
            raise
        if leaf.stream != self._stream:
            raise ProofError(
                "wrong-stream", f"a record of {leaf.stream} among those of {self._stream}", where
            )
        if leaf.corrects or leaf.sections or leaf.kind in PARSED:
            self.parsed.append(kept(leaf))
        elif len(self._patterns) < 64 and (learned := _pattern(json.loads(line))) is not None:
            self._patterns.insert(0, learned)
        return leaf.place, leaf.pos, leaf.rec.encode()


def _pattern(said: Mapping[str, Any]) -> Match | None:
    forms = {
        "actor": r'"[ !#-\[\]-~]{1,4096}"',
        "at": f'"{AT_FORM}"',
        "id": f'"{ID_FORM}"',
        "index": f"({_NATURAL})",
        "kind": re.escape(f'"{said["kind"]}"'),
        "nonce": '"[0-9a-f]{32}"',
        "pos": f"({_NATURAL})",
        "reason": r'"[ !#-\[\]-~]{1,4096}"',
        "rec": f'"({REC_FORM})"',
        "stream": re.escape(f'"{said["stream"]}"'),
        "v": "1",
    }
    if "source" in said:
        forms["source"] = (
            r"\{"
            + ",".join(f'"{name}":' + r'"[ !#-\[\]-~]{1,4096}"' for name in sorted(said["source"]))
            + r"\}"
        )
    forms["body"] = _value_pattern(said["body"])
    if any("\0" in form for form in forms.values()):
        return None
    members = ",".join(f'"{name}":{forms[name]}' for name in sorted(said))
    return re.compile((r"\{" + members + r"\}").encode(), re.ASCII).fullmatch


def kept(leaf: Leaf) -> Leaf:
    """The parts of a record that the checks of a stream read, in little memory: ids as one text, and nothing
    that lists and objects of its body hold.
    """
    body = {name: None if isinstance(value, (list, dict)) else value for name, value in leaf.body.items()}
    return leaf._replace(corrects=(" ".join(leaf.corrects),) if leaf.corrects else (), body=body)


PARSED = frozenset(["section-erased.v1"])
_NO_PATTERN = "\0"


def _value_pattern(value: Any) -> str:
    """A pattern of every canonical value like this one; ``_NO_PATTERN`` stands in it where there is none."""
    if isinstance(value, bool):
        return "(?:true|false)"
    if isinstance(value, int):
        return r"(?:0|-?[1-9]\d{0,14})"
    if isinstance(value, str):
        return _SIMPLE
    if isinstance(value, dict) and all(re.fullmatch("[a-z0-9_]+", name, re.ASCII) for name in value):
        return r"\{" + ",".join(f'"{name}":{_value_pattern(value[name])}' for name in sorted(value)) + r"\}"
    if (
        isinstance(value, list)
        and value
        and len({type(one) for one in value}) == 1
        and not isinstance(value[0], (dict, list))
    ):
        one = _value_pattern(value[0])
        return rf"\[{one}(?:,{one})*\]"
    return r"\[\]" if value == [] else _NO_PATTERN


# --- zip_form -----------------------------------------------------------------------------------------------
# The one valid form of a bundle as a ZIP file: stored members, sorted, nothing between or after them.

MANIFEST = "manifest.json"
DIRECTORY = "directory.jsonl"
LOG_HASHES = "log.hashes"
_NAMES = re.compile(
    r"checkpoint|directory\.jsonl|heads\.json|log\.hashes|manifest\.json|registry\.jsonl|sections\.jsonl"
    r"|streams/0\.json|streams/[1-9]\d{0,9}\.jsonl?"
    r"|consistency/[1-9]\d{0,18}|report/[a-z0-9-]{1,64}\.json|anchors/[1-9]\d{0,18}\.tsr",
    re.ASCII,
)


def size_limit(name: str) -> int:
    """The most bytes that a member may have; how many records there are is no matter."""
    if name.endswith(".jsonl"):
        return 1 << 32
    if name == LOG_HASHES:
        return 1 << 30
    if name.startswith("report/"):
        return REPORT_LIMIT
    return PROOF_LIMIT if name == MANIFEST or name.startswith("streams/") else PIECE_LIMIT


_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_JANUARY_1980 = 33


def zip_local(name: bytes, crc: int, size: int) -> bytes:
    """The header before a stored member's bytes."""
    return _LOCAL.pack(b"PK\x03\x04", 20, 0, 0, 0, _JANUARY_1980, crc, size, size, len(name), 0) + name


def zip_central(name: bytes, crc: int, size: int, start: int) -> bytes:
    """A member's entry in the list at the end; ``start`` is where its local header begins."""
    fields = (20 | 3 << 8, 20, 0, 0, 0, _JANUARY_1980, crc, size, size, len(name), 0, 0, 0, 0, 0, start)
    return _CENTRAL.pack(b"PK\x01\x02", *fields) + name


def zip_end(count: int, size: int, start: int) -> bytes:
    """The last bytes: how many entries, in how many bytes, from where."""
    return _END.pack(b"PK\x05\x06", 0, 0, count, count, size, start, 0)


def zip_members(data: memoryview) -> dict[str, tuple[memoryview, int]]:
    if len(data) < _END.size:
        raise Misshapen(
            "malformed", "is empty" if not len(data) else f"has only {len(data)} bytes: it is no bundle"
        )
    tail = bytes(data[-_END.size :])
    count, size, start = _END.unpack(tail)[4:7] if tail[:4] == b"PK\x05\x06" else (0, 0, 0)
    if tail != zip_end(count, size, start) or start + size + _END.size != len(data):
        if bytes(data[-(1 << 16) :]).rfind(b"PK\x05\x06") >= 0:
            raise Misshapen("trailing-data", "has bytes after its end, or its end is not that of a bundle")
        raise Misshapen("malformed", "is not a ZIP file, or its end is missing")
    found: dict[str, tuple[memoryview, int]] = {}
    place, entry, last = 0, start, ""
    for _ in range(count):
        said = _CENTRAL.unpack(data[entry : entry + _CENTRAL.size])
        crc, length, width = said[7], said[9], said[10]
        raw = bytes(data[entry + _CENTRAL.size : entry + _CENTRAL.size + width])
        central, local = zip_central(raw, crc, length, place), zip_local(raw, crc, length)
        name = raw.decode("ascii")
        if data[entry : entry + len(central)] != central or data[place : place + len(local)] != local:
            raise Misshapen("malformed", f"member {name[:80]!r} is not packed as bundles are")
        if name <= last or not _NAMES.fullmatch(name):
            raise Misshapen("malformed", f"a bundle has no member {name[:80]!r} there")
        if length > size_limit(name):
            raise Misshapen("malformed", f"has {length:,} bytes, {size_limit(name):,} are the most", name)
        first = place + len(local)
        place, entry, last = first + length, entry + len(central), name
        found[name] = (data[first:place], crc)
    if (place, entry) != (start, start + size):
        raise Misshapen("trailing-data", "has bytes between its members")
    return found


# --- bundle -------------------------------------------------------------------------------------------------
# Bundles: an opened file with its manifest.

FORMAT = "wattledger-bundle/v2"
OLD_FORMAT = "wattledger-bundle/v1"
"""The format until November 2026: it does not tie the directory to the log (``directory-not-tied``)."""
_NEEDED = ("checkpoint", "heads.json", MANIFEST, "registry.jsonl", "streams/0.json")


class Bundle(NamedTuple):
    """An opened bundle: every member as the manifest says it is, and nothing about its contents checked yet.

    ``tied``: it is of the format that ties the directory to the log.
    """

    members: Mapping[str, memoryview]
    reports: tuple[Mapping[str, Any], ...]
    tied: bool = True

    def data(self, name: str) -> bytes:
        """A member's bytes."""
        return bytes(self.members[name])

    def json(self, name: str, *members: str) -> Any:
        """A member that is a canonical JSON object of exactly these members."""
        try:
            value = read_json(self.data(name))
            if not isinstance(value, dict) or set(value) != set(members):
                raise ValueError(f"has not the members {', '.join(members)}")
        except ValueError as why:
            raise Misshapen("malformed", str(why), name) from None
        return value

    def lines(self, name: str, size: int = 1 << 22) -> Iterator[list[bytes]]:
        """The lines of a member, without newline, in parts of some megabytes."""
        data, start, stop = self.members[name], 0, len(self.members[name])
        if stop and data[stop - 1] != 10:
            raise Misshapen("malformed", "does not end with a newline", name)
        while start < stop:
            part = bytes(data[start : start + size])
            end = part.rfind(b"\n") + 1
            if end == 0 and size > PIECE_LIMIT:
                raise Misshapen("leaf-too-large", f"a record has at most {LEAF_LIMIT:,} bytes", name)
            if end == 0:
                raise Misshapen("malformed", f"has a line of more than {size:,} bytes", name)
            yield part[: end - 1].split(b"\n")
            start += end


def read_bundle(data: Any) -> Bundle:
    """The bundle in these bytes, which must be the one valid form: stored members, sorted, nothing between or
    after them, a true manifest.
    """
    try:
        members = zip_members(memoryview(data))
    except (struct.error, UnicodeDecodeError, IndexError) as why:
        raise Misshapen("malformed", f"is not a bundle: {why}") from None
    for name in _NEEDED:
        if name not in members:
            raise Misshapen("malformed", f"has no {name}: it is no bundle, or part of it is missing")
    bundle = Bundle({name: part for name, (part, _) in members.items()}, ())
    manifest = bundle.json(MANIFEST, "files", "format", "reports")
    if manifest["format"] not in (FORMAT, OLD_FORMAT):
        raise Misshapen(
            "malformed", f"is of the format {str(manifest['format'])[:60]!r}, not {FORMAT!r}", MANIFEST
        )
    tied = manifest["format"] == FORMAT
    for name in (DIRECTORY, LOG_HASHES):
        if (name in members) != tied:
            raise Misshapen("malformed", f"has {'no ' if tied else ''}{name}: not the form of its format")
    _check_files(bundle.members, manifest["files"])
    for name, (part, crc) in members.items():
        if zlib.crc32(part) != crc:
            raise Misshapen("malformed", "its CRC is wrong", name)
    return bundle._replace(reports=_reports_said(manifest["reports"], bundle.members), tied=tied)


def _check_files(members: Mapping[str, memoryview], files: Any) -> None:
    if not isinstance(files, dict) or set(files) != set(members) - {MANIFEST}:
        raise ProofError("manifest-mismatch", "the files are not those that the manifest lists", MANIFEST)
    for name, said in files.items():
        due = [len(members[name]), hashlib.sha256(members[name]).hexdigest()]
        if canonical(said) != canonical(due):
            raise ProofError("manifest-mismatch", "is not the file that the manifest lists", name)


_ASKED = ("as_of", "blocks", "known_at", "sites", "start", "stop", "tz")


def _reports_said(said: Any, members: Mapping[str, memoryview]) -> tuple[Mapping[str, Any], ...]:
    """The manifest's entries of reports, one for each report file."""
    names = [name[7:-5] for name in members if name.startswith("report/")]
    try:
        good = [report["name"] for report in said] == sorted(names) and all(map(_is_report, said))
    except (TypeError, KeyError):
        good = False
    if not good:
        raise Misshapen("malformed", "does not say of every report what it is", MANIFEST)
    return tuple(said)


def _is_report(said: Mapping[str, Any]) -> bool:
    asked = said["parameters"]
    texts = [
        said["name"],
        said["program"],
        said["tzdata"],
        *(asked[name] for name in ("as_of", "start", "stop", "tz")),
    ]
    lists = [asked[name] for name in ("blocks", "sites")] + [asked.get("options", [])]
    return (
        set(said) == {"definition_version", "name", "parameters", "program", "tzdata"}
        and set(asked) - {"options"} == set(_ASKED)
        and all(isinstance(text, str) for text in texts)
        and all(isinstance(one, list) and all(isinstance(text, str) for text in one) for one in lists)
        and type(asked["known_at"]) is type(said["definition_version"]) is int
    )


def hashes_said(said: Any, where: str) -> list[bytes]:
    """Hashes in canonical base64."""
    try:
        found = [strict_base64(one) for one in as_list(said)]
    except (TypeError, ValueError, AttributeError, binascii.Error):
        raise Misshapen("malformed", "a proof is a list of hashes in base64", where) from None
    if any(len(one) != HASH_BYTES for one in found):
        raise Misshapen("malformed", "a hash has 32 bytes", where)
    return found


def as_list(said: Any) -> list[Any]:
    if not isinstance(said, list):
        raise TypeError("is no list")
    return said


def as_position(said: Any) -> int:
    if type(said) is not int or said < 0:
        raise TypeError("is no position")
    return said


# --- record_proof -------------------------------------------------------------------------------------------
# C2SP tlog-proof: the file that proves one record, with its bytes as extra data.

SINGLE = b"c2sp.org/tlog-proof@v1\n"


def parse_single(data: bytes) -> tuple[int, bytes, list[bytes], bytes]:
    head, _, note = bytes(data[:NOTE_LIMIT]).removeprefix(SINGLE).partition(b"\n\n")
    try:
        extra, place, *proof = head.decode("ascii").split("\n")
        index, leaf = place[len("index ") :], extra[len("extra ") :]
        if extra[: len("extra ")] != "extra " or place[: len("index ")] != "index " or len(data) > NOTE_LIMIT:
            raise ValueError(
                "its lines are: the header, extra with the record, index, the proof, an empty line,"
                " the checkpoint"
            )
        if not re.fullmatch("0|[1-9][0-9]{0,17}", index, re.ASCII):
            raise ValueError(f"its index is no number: {index[:40]!r}")
        return int(index), strict_base64(leaf), list(map(strict_base64, proof)), note
    except (ValueError, binascii.Error) as why:
        raise Misshapen("malformed", f"is no proof of one record: {why}") from None


# --- reader -------------------------------------------------------------------------------------------------
# Things that the reader brings, never the operator: the question, and the state of what he verified last.


class Remembered(NamedTuple):
    """A stream as it was when it was verified last: its size and root then, and the record time that later
    records may not precede.
    """

    size: int
    root: bytes
    rec: str


class State(NamedTuple):
    """A reader's memory of a log: its newest key, the checkpoint he saw, that checkpoint's record time,
    the streams he verified.
    """

    key: str
    note: str
    checkpoint: Checkpoint
    rec: str
    streams: Mapping[str, Remembered]


STATE = "wattledger-state/v1"


def parse_state(data: bytes) -> State:
    """A state file; ``BadOption`` where it is none."""
    try:
        said = json.loads(data)
        if said["format"] != STATE:
            raise ValueError(f"its format is not {STATE}")
        streams = {
            name: Remembered(int(one["size"]), bytes.fromhex(one["root"]), str(one["rec"]))
            for name, one in said["streams"].items()
        }
        parse_vkey(said["key"])
        checkpoint = parse_checkpoint(parse_note(said["checkpoint"].encode()).text)
        recs = [said["rec"], *(one.rec for one in streams.values())]
        if not all(is_time(rec, "%Y-%m-%dT%H:%M:%S.%fZ") for rec in recs) or any(
            one.size < 0 for one in streams.values()
        ):
            raise ValueError("a time or size is none")
        return State(said["key"], said["checkpoint"], checkpoint, said["rec"], streams)
    except (ProofError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as why:
        raise BadOption("--state", f"is not a state file: {why}", "state") from None


def format_state(state: State) -> bytes:
    """The file of a state."""
    said = {
        "checkpoint": state.note,
        "format": STATE,
        "key": state.key,
        "rec": state.rec,
        "streams": {
            name: {"rec": one.rec, "root": one.root.hex(), "size": one.size}
            for name, one in state.streams.items()
        },
    }
    return json.dumps(said, indent=1, sort_keys=True).encode() + b"\n"


class Asked(NamedTuple):
    """The question to a bundle, all of it brought by the reader. Times are POSIX seconds, the window is
    half-open [start_s, stop_s); a bound that is a local date stands in ``start_on`` or ``stop_on`` until the
    registry has said the zone of the sites.

    ``receipts`` are (file name, bytes) of proofs of one record. ``accept_old``: a bundle of the old format is
    enough. ``ml_dsa`` verifies ML-DSA-44 signatures, where the program that asks can.
    """

    key: str
    streams: tuple[str, ...] = ()
    start_s: int | None = None
    stop_s: int | None = None
    state: State | None = None
    policy: Policy | None = None
    max_age_s: int | None = None
    now_s: int = 0
    receipts: tuple[tuple[str, bytes], ...] = ()
    accept_old: bool = False
    start_on: str | None = None
    stop_on: str | None = None
    ml_dsa: Verifies | None = None


# --- window -------------------------------------------------------------------------------------------------
# The scope and the window that the reader asks about.


def check_scope(asked: Asked, heads: Leaf, missing: Missing) -> None:
    if not asked.streams:
        why = (
            "say which streams you want all records of: --stream NAME for each;"
            " what is in the bundle is the choice of who made it"
        )
        missing.append(("scope-not-given", "--stream", why))
    if asked.stop_s is not None and f"{instant(asked.stop_s)[:-1]}.000000Z" > heads.rec:
        why = (
            f"the window ends at {instant(asked.stop_s)}, after {heads.rec} of the newest record:"
            " more may come; ask for a later bundle"
        )
        missing.append(("window-open", "--to", why))


def dated(asked: Asked, registry: Sequence[Leaf]) -> tuple[Asked, str | None]:
    """The window with its dates as instants: midnights in the zone that the sites of the streams share, else
    in UTC.
    """
    if asked.start_on is asked.stop_on is None:
        return asked, None
    sites = {name.partition("/")[0] for name in asked.streams}
    opened_ = [leaf.body for leaf in registry if str(leaf.body.get("stream")).partition("/")[0] in sites]
    shared = {str(body["tz"]) for body in opened_ if body.get("tz")}
    zone = shared.pop() if len(shared) == 1 else "UTC"
    start_s = asked.start_s if asked.start_on is None else midnight_s(asked.start_on, zone)
    stop_s = asked.stop_s if asked.stop_on is None else midnight_s(asked.stop_on, zone)
    check_order(start_s, stop_s)
    return asked._replace(start_s=start_s, stop_s=stop_s, start_on=None, stop_on=None), zone


def check_order(start_s: int | None, stop_s: int | None) -> None:
    """Refuse a window that ends before it begins."""
    if start_s is not None and stop_s is not None and stop_s <= start_s:
        raise BadOption("--to", "the window ends before it begins: --to is not included and must be later")


def midnight_s(day: str, zone: str) -> int:
    """POSIX seconds of the first instant of a local day."""
    try:
        tz = UTC if zone == "UTC" else ZoneInfo(zone)
        local = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=tz)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones is no zone
        why = f"{day} cannot be read as a date of {zone} here; give an instant such as 2026-07-01T04:00Z"
        raise BadOption("--from", why) from None
    return int((local - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1))


# --- key_chain ----------------------------------------------------------------------------------------------
# Keys that were handed on: from any key the reader pinned to the log's last, by the signatures of both.

ROTATION = "key-rotated.v1"


def rotation_text(origin: str, old_vkey: str, new_vkey: str, index: int) -> str:
    """The text that both keys sign when one hands on to the other in record ``index``."""
    return f"wattledger-key-rotation/v1\n{origin}\n{old_vkey}\n{new_vkey}\n{index}\n"


def key_walk(origin: str, pinned: str, registry: Sequence[Leaf]) -> list[str]:
    """The keys of a log from its first, in order, by the rotations in its registry; ``pinned`` must be one of
    them.

    Every step must be signed by both its keys. ``bad-rotation`` where one is not, ``unknown-key`` where the
    pinned key is none of them.
    """
    keys: list[str] = []
    for leaf in registry:
        if leaf.kind == ROTATION:
            keys += _rotated(origin, keys, leaf)
    if keys and pinned not in keys:
        raise ProofError(
            "unknown-key",
            f"the log was never signed by the key you brought; it is signed by {keys[-1]}",
            "registry.jsonl",
        )
    return keys or [pinned]


def _rotated(origin: str, keys: Sequence[str], leaf: Leaf) -> list[str]:
    where = f"registry.jsonl:{leaf.pos + 1}"
    body = leaf.body
    try:
        if set(body) != {"new_signature", "new_vkey", "old_signature", "old_vkey"}:
            raise ValueError("it has not the members of a rotation")
        text = rotation_text(origin, body["old_vkey"], body["new_vkey"], leaf.place).encode()
        for name in ("old", "new"):
            key = parse_vkey(body[f"{name}_vkey"])
            if key.name != origin:
                raise ValueError(f"its {name} key is of {key.name}, not of {origin}")
            if not ed25519_verifies(key.public, text, strict_base64(body[f"{name}_signature"])):
                raise ValueError(f"its signature by the {name} key is wrong")
        if keys and keys[-1] != body["old_vkey"]:
            raise ValueError("it is not by the key that was handed on to before")
        if body["new_vkey"] in (*keys, body["old_vkey"]):
            raise ValueError("it hands on to a key that was used before")
    except (ProofError, TypeError, AttributeError, ValueError, binascii.Error) as why:
        raise ProofError(
            "bad-rotation", f"the key was not handed on in record {leaf.place}: {why}", where
        ) from None
    return [body["new_vkey"]] if keys else [body["old_vkey"], body["new_vkey"]]


ML_DSA_KEY = "ml-dsa-key-added.v1"


def ml_dsa_text(origin: str, vkey: str, ml_dsa_vkey: str, index: int) -> str:
    """The text that is signed when an ML-DSA-44 key is added in record ``index`` beside the Ed25519 key."""
    return f"wattledger-ml-dsa-key/v1\n{origin}\n{vkey}\n{ml_dsa_vkey}\n{index}\n"


def ml_dsa_walk(
    origin: str, keys: Sequence[str], registry: Sequence[Leaf], ml_dsa: Verifies | None
) -> list[VerifierKey]:
    """The ML-DSA-44 keys of a log from its first, in order; ``keys`` are its Ed25519 keys by ``key_walk``.

    Each is signed by the Ed25519 key it stands beside, by itself, and by the ML-DSA-44 key before it. The
    last two are checked with ``ml_dsa`` alone.
    """
    found: list[VerifierKey] = []
    beside = keys[0]
    for leaf in registry:
        if leaf.kind == ROTATION:
            beside = leaf.body["new_vkey"]
        elif leaf.kind == ML_DSA_KEY:
            found.append(_ml_dsa_added(origin, beside, found, leaf, ml_dsa))
    return found


def _ml_dsa_added(
    origin: str, beside: str, before: Sequence[VerifierKey], leaf: Leaf, ml_dsa: Verifies | None
) -> VerifierKey:
    where = f"registry.jsonl:{leaf.pos + 1}"
    body = leaf.body
    try:
        old = {"old_ml_dsa_signature"} if before else set()
        if set(body) != {"ml_dsa_signature", "ml_dsa_vkey", "signature", "vkey"} | old:
            raise ValueError("it has not the members of such a key")
        key = parse_vkey(body["ml_dsa_vkey"], ML_DSA_44)
        if (key.name, body["vkey"]) != (origin, beside):
            raise ValueError(f"it is not of {origin} beside its key then, which is {beside}")
        if key in before:
            raise ValueError("it was used before")
        text = ml_dsa_text(origin, beside, body["ml_dsa_vkey"], leaf.place).encode()
        if not ed25519_verifies(parse_vkey(beside).public, text, strict_base64(body["signature"])):
            raise ValueError("its signature by the Ed25519 key is wrong")
        for name, by in zip(("ml_dsa_signature", "old_ml_dsa_signature"), (key, *before[-1:]), strict=False):
            signature = strict_base64(body[name])
            if len(signature) != ML_DSA_44_BYTES or (ml_dsa and not ml_dsa(by.public, text, signature)):
                raise ValueError(f"its {name} is wrong")
    except (ProofError, TypeError, AttributeError, ValueError, binascii.Error) as why:
        raise ProofError(
            "bad-rotation", f"no ML-DSA-44 key was added in record {leaf.place}: {why}", where
        ) from None
    return key


# --- signatures ---------------------------------------------------------------------------------------------
# Check 3 of PROOF 4: who signed the checkpoint, and whether the reader's policy is met.

ML_DSA_VERIFIED = "verified"
ML_DSA_NOT_CHECKED = "not-checked"
AS_COMMITTED = "streams as committed"
AS_HELD = "streams as the log holds them"
NOT_TIED = "directory not tied to the log"


def check_note(bundle: Bundle, asked: Asked) -> tuple[Note, Checkpoint]:
    try:
        note = parse_note(bundle.data("checkpoint"))
        checkpoint = parse_checkpoint(note.text)
    except ProofError as why:
        why.where = "checkpoint"
        raise
    key = pinned_key(asked.key)
    if key.name != checkpoint.origin:
        raise ProofError(
            "wrong-origin", f"it is a log of {checkpoint.origin}, your key is of {key.name}", "checkpoint"
        )
    for name in bundle.members:
        if name.startswith("anchors/") and name != f"anchors/{checkpoint.size}.tsr":
            raise Misshapen("malformed", "it is of another checkpoint than the bundle's", name)
    return note, checkpoint


def pinned_key(line: str) -> VerifierKey:
    """The key that the reader brings; ``BadOption`` where it is none."""
    try:
        return parse_vkey(line)
    except ProofError as why:
        raise BadOption("--key", f"{why}{_where_it_goes(line)}", code=why.code) from None


def _where_it_goes(vkey: str) -> str:
    try:
        parse_vkey(vkey, ML_DSA_44)
    except ProofError:
        return ""
    return "; name an ML-DSA-44 key in your policy instead, in a line: log KEY"


def check_keys(
    asked: Asked,
    note: Note,
    checkpoint: Checkpoint,
    registry: Sequence[Leaf],
    missing: Missing,
) -> list[str]:
    keys = key_walk(checkpoint.origin, asked.key, registry)
    try:
        signed = verified_by(note, [parse_vkey(key) for key in keys])
    except ProofError as why:
        why.where = "checkpoint"
        raise
    if parse_vkey(keys[-1]) not in signed:
        raise ProofError(
            "unknown-key", f"the checkpoint is not signed by the log's key, which is {keys[-1]}", "checkpoint"
        )
    if (
        asked.state is not None
        and asked.state.checkpoint.origin == checkpoint.origin
        and asked.state.key not in keys
    ):
        raise ProofError(
            "bad-rotation",
            f"when you verified last the log was signed by {asked.state.key};"
            " this history never handed on to that key",
            "registry.jsonl",
        )
    if asked.policy is not None:
        _check_policy(asked, asked.policy, note, missing)
    return keys


def check_ml_dsa(asked: Asked, note: Note, walked: Sequence[VerifierKey], missing: Missing) -> str | None:
    """Check the ML-DSA-44 signature of the checkpoint, which the last such key of the log, or one in
    the reader's policy, must have made: was it verified, or passed over? None where there is none.
    """
    origin = note.text.partition("\n")[0]
    pinned = [] if asked.policy is None else asked.policy.log_keys(ML_DSA_44)
    pinned = [key for key in pinned if key.name == origin]
    if walked and not set(pinned) <= set(walked):
        why = "the ML-DSA-44 key in your policy was never the log's"
        raise ProofError("unknown-key", why, "registry.jsonl")
    wanted = walked[-1:] or pinned
    try:
        checked = cosigned_by(note, wanted, asked.ml_dsa)
    except ProofError as why_:
        why_.where = "checkpoint"
        raise
    if wanted and not any(lines_by(note, key) for key in wanted):
        why = "the checkpoint is not signed by the log's ML-DSA-44 key"
        raise ProofError("bad-signature", why, "checkpoint")
    if checked:
        return ML_DSA_VERIFIED
    if pinned:
        why = "your policy names the log's ML-DSA-44 key; this verifier does not check its signature"
        missing.append(("ml-dsa-not-checked", "checkpoint", f"{why}: use wattledger verify"))
    size = 8 + ML_DSA_44_BYTES
    is_there = any(line.name == origin and len(line.signature) == size for line in note.signatures)
    return ML_DSA_NOT_CHECKED if is_there else None


def _check_policy(asked: Asked, policy: Policy, note: Note, missing: Missing) -> None:
    own = policy.log_keys(ED25519) or policy.log_keys(ML_DSA_44)
    key = parse_vkey(asked.key)
    if own and not any(one == key if one.kind == ED25519 else one.name == key.name for one in own):
        raise ProofError(
            "unknown-key", "the key you brought is none of the log keys in your policy", "policy"
        )
    try:
        agreed = cosigned_by(note, list(policy.witnesses.values()), asked.ml_dsa)
    except ProofError as why:
        why.where = "checkpoint"
        raise
    names = [name for name, key in policy.witnesses.items() if key in agreed]
    if not policy.met([*names, *(FULL for key in agreed if is_full_log(key))]):
        passed = [name for name, key in policy.witnesses.items() if key not in agreed and lines_by(note, key)]
        unsaid = (
            f"; not checked here, use wattledger verify: {', '.join(passed)} (ML-DSA-44)" if passed else ""
        )
        why_ = f"your policy wants {policy.quorum}; cosigned by {', '.join(names) or 'no witness in it'}"
        missing.append(("quorum", "checkpoint", why_ + unsaid))


def assurance_of(bundle: Bundle, asked: Asked, note: Note) -> str:
    """The assurance of the streams: the log commits to them, or a witness found them in all of it."""
    if not bundle.tied:
        return NOT_TIED
    witnesses = [] if asked.policy is None else list(asked.policy.witnesses.values())
    agreed = cosigned_by(note, witnesses, asked.ml_dsa)
    return AS_HELD if any(map(is_full_log, agreed)) else AS_COMMITTED


# --- history ------------------------------------------------------------------------------------------------
# Check 4: the log goes on from what the reader saw last, and from the earlier checkpoints in the bundle.


def check_history(
    bundle: Bundle,
    asked: Asked,
    checkpoint: Checkpoint,
    keys: Sequence[str],
    missing: Missing,
) -> dict[int, Checkpoint]:
    """The earlier checkpoints that the bundle carries, each signed by a key of the log and proven to be its
    prefix.
    """
    earlier: dict[int, Checkpoint] = {}
    for name in bundle.members:
        if name.startswith("consistency/"):
            earlier |= _check_earlier(bundle, name, checkpoint, keys)
    state = asked.state
    if state is None:
        return earlier
    seen = state.checkpoint
    if seen.origin != checkpoint.origin:
        raise ProofError(
            "wrong-origin",
            f"it is a log of {checkpoint.origin}, your state is of {seen.origin}",
            "checkpoint",
        )
    if seen.size > checkpoint.size:
        raise ProofError(
            "rollback",
            f"you have seen {seen.size} records of this log; this is of {checkpoint.size}",
            "checkpoint",
        )
    if seen.size == checkpoint.size:
        if seen.root != checkpoint.root:
            raise ProofError(
                "fork", f"it is another history than the {seen.size} records that you have seen", "checkpoint"
            )
    elif seen.size not in earlier:
        why = (
            f"you have seen {seen.size} records; nothing proves that these {checkpoint.size} go on from them:"
            " ask for a bundle made --since your state"
        )
        missing.append(("no-consistency", "checkpoint", why))
    elif earlier[seen.size].root != seen.root:
        raise ProofError(
            "fork",
            f"its first {seen.size} records are not those that you have seen",
            f"consistency/{seen.size}",
        )
    return earlier


def _check_earlier(
    bundle: Bundle, name: str, checkpoint: Checkpoint, keys: Sequence[str]
) -> dict[int, Checkpoint]:
    said = bundle.json(name, "checkpoint", "proof")
    proof = hashes_said(said["proof"], name)
    try:
        if not isinstance(said["checkpoint"], str):
            raise Misshapen("malformed", "its checkpoint is no text")
        note = parse_note(said["checkpoint"].encode())
        old = parse_checkpoint(note.text)
        if (
            old.origin != checkpoint.origin
            or f"consistency/{old.size}" != name
            or old.size >= checkpoint.size
        ):
            raise ProofError("inconsistent", "it is not an earlier checkpoint of this log")
        if not verified_by(note, [parse_vkey(key) for key in keys]):
            raise ProofError("bad-signature", "the earlier checkpoint is signed by no key of this log")
        check_consistency(old.size, old.root, checkpoint.size, checkpoint.root, proof)
    except ProofError as why:
        why.where = name
        raise
    return {old.size: old}


# --- heads --------------------------------------------------------------------------------------------------
# Check 5: the last record before the checkpoint commits to a directory of all streams.


def check_heads(bundle: Bundle, checkpoint: Checkpoint) -> tuple[Leaf, int, bytes]:
    """The last leaf, with the number of streams and the root over their directory that it commits to."""
    where = "heads.json"
    said = bundle.json(where, "inclusion", "leaf")
    try:
        data = strict_base64(said["leaf"])
    except (ValueError, AttributeError, binascii.Error):
        raise Misshapen("malformed", "its leaf is not base64", where) from None
    try:
        heads = read_leaf(data)
    except ProofError as why:
        why.where = where
        raise
    body, last = heads.body, checkpoint.size - 1
    if (heads.kind, heads.stream, heads.place) != ("ledger-heads.v1", "ledger/heads", last):
        raise ProofError(
            "heads-not-last-leaf",
            f"it is not the heads record at index {last}, the last of the checkpoint",
            where,
        )
    if (
        set(body) != {"count", "dir"}
        or type(body["count"]) is not int
        or not all_match([body["dir"]], HEX64)
        or body["count"] < 2
    ):
        raise Misshapen("non-canonical-leaf", "a heads record says count and dir", where)
    try:
        check_inclusion(
            checkpoint.root, checkpoint.size, last, leaf_hash(data), hashes_said(said["inclusion"], where)
        )
    except ProofError as why:
        why.code, why.where = "heads-inclusion" if why.code == "range-root" else why.code, where
        raise
    return heads, body["count"], bytes.fromhex(body["dir"])


_LINE = re.compile(rb'\[(0|[1-9][0-9]{0,15}),(0|[1-9][0-9]{0,15}),"[0-9a-f]{64}"\]')
WHY_NOT_TIED = (
    "it is of the format before November 2026, which does not prove its records in the log itself: ask for a"
    " new bundle, or take it with --accept-old"
)


def check_directory(bundle: Bundle, count: int, root: bytes) -> Sequence[bytes]:
    """The lines of the directory that the heads record commits to."""
    lines = [line for part in bundle.lines(DIRECTORY) for line in part]
    for n, line in enumerate(lines, start=1):
        if not _LINE.fullmatch(line):
            raise Misshapen("malformed", "is no line [number,size,root]", f"{DIRECTORY}:{n}")
    hashes = [leaf_hash(line) for line in lines]
    if len(lines) != count or peaks_root(grow(0, [], hashes)) != root:
        raise ProofError(
            "directory-inclusion", "it is not the directory that the log committed to", DIRECTORY
        )
    return lines


def check_sizes(lines: Iterable[bytes], index: int) -> None:
    """Each stream has its own line, and each record before the heads record at ``index`` is in one stream."""
    total = 0
    for n, line in enumerate(lines):
        number, size, _ = line[1:].split(b",")
        if int(number) != n:
            why = f"it is of stream {int(number)}, where {n} is due"
            raise ProofError("directory-mismatch", why, f"{DIRECTORY}:{n + 1}")
        total += int(size)
    if total != index:
        why = f"its streams have {total:,} records, the log has {index:,} before the heads record"
        raise ProofError("directory-mismatch", why, DIRECTORY)


def check_age(asked: Asked, heads: Leaf, missing: Missing) -> None:
    if asked.max_age_s is None:
        return
    age_s = asked.now_s - seconds(heads.rec)
    if age_s > asked.max_age_s:
        missing.append(
            ("too-old", "heads.json", f"its newest record is of {heads.rec}, which is {age_s} s ago")
        )
    elif age_s < -300:
        missing.append(
            (
                "too-old",
                "heads.json",
                f"its newest record is of {heads.rec}, in the future by your clock: its age cannot be judged",
            )
        )


# --- forest -------------------------------------------------------------------------------------------------
# Checks 7 to 9: each stream of a bundle, its records in order and its root.


class Proven(NamedTuple):
    """A stream of a bundle, proven: its records at [lo, size) are ``member``'s lines, ``peaks`` the compact
    range of [0, size).
    """

    name: str
    number: int
    lo: int
    size: int
    root: bytes
    peaks: tuple[bytes, ...]
    member: str


class ProvenStreams:
    """The streams of a bundle, checked one after the other against the directory that the heads leaf commits
    to.
    """

    def __init__(
        self,
        bundle: Bundle,
        state: State | None,
        size: int,
        heads: Leaf,
        count: int,
        root: bytes,
        lines: Sequence[bytes],
    ) -> None:
        self.bundle, self.state, self.size, self.heads = bundle, state, size, heads
        self.count, self.root, self.lines = count, root, lines
        self.proven: dict[str, Proven] = {}
        self.unanchored: Missing = []
        self.parsed: dict[str, list[Leaf]] = {}
        self.indexes: set[int] = {size - 1}
        self.known: list[tuple[array[int], bytearray]] = []
        """Indexes and hashes of the leaves of each stream, in rising order: what the log's tree must hold."""

    def remembered(self, name: str, lo: int, peaks: Sequence[bytes], where: str) -> Remembered | None:
        """Recall a stream from the reader's state; its records before ``lo`` must be those he saw."""
        known = None if self.state is None else self.state.streams.get(name)
        if lo and (known is None or known.size != lo):
            seen = "you bring no state of it" if known is None else f"your state ends at {known.size}"
            self.unanchored.append(
                ("left-unanchored", where, f"the records of {name} begin at position {lo}, but {seen}")
            )
        elif lo and known is not None and peaks_root(peaks) != known.root:
            raise ProofError(
                "range-root", f"the first {lo} records of {name} are not those that you have seen", where
            )
        return known

    def records(
        self, name: str, member: str, lo: int, peaks: list[bytes], known: Remembered | None
    ) -> tuple[int, list[bytes]]:
        """Each record of a stream in order: its size and compact range with them."""
        reader, size, last_index, last_rec = Leaves(name, member), lo, -1, b""
        self.parsed[name] = reader.parsed
        limit, digest = self.heads.rec.encode(), hashlib.sha256
        known_places, known_hashes = array("Q"), bytearray()
        self.known.append((known_places, known_hashes))
        for lines in self.bundle.lines(member):
            indexes, places, recs = reader.read(lines, size - lo)
            self._check_places(member, lo, size, indexes, places, last_index)
            if not (all(map(le, (last_rec, *recs), recs)) and recs[-1] <= limit):
                why = f"record times fall, or are after {self.heads.rec} of the heads record"
                raise ProofError("time-order", why, member)
            hashes = [digest(b"\0" + line).digest() for line in lines]
            if self.bundle.tied:
                known_places.extend(indexes)
                known_hashes += b"".join(hashes)
            later = recs[max(known.size - size, 0) :] if known is not None else []
            if known is not None and later and later[0] < known.rec.encode():
                why = f"a record that came after you looked is dated before {known.rec}, when you looked"
                raise ProofError("time-order", why, member)
            if known is not None and size < known.size <= size + len(lines):
                cut = known.size - size
                peaks, hashes, size = grow(size, peaks, hashes[:cut]), hashes[cut:], known.size
                if peaks_root(peaks) != known.root:
                    why = f"the first {known.size} records of {name} are not those that you have seen"
                    raise ProofError("range-root", why, member)
            peaks, size = grow(size, peaks, hashes), size + len(hashes)
            last_index, last_rec = indexes[-1], recs[-1]
        return size, peaks

    def _check_places(
        self, member: str, lo: int, size: int, indexes: Sequence[int], places: Sequence[int], last: int
    ) -> None:
        """Positions dense, indexes rising, inside the log and of no other record of the bundle."""
        befores = (last, *indexes)
        if not (all(map(lt, befores, indexes)) and indexes[-1] < self.size):
            at = next(n for n, index in enumerate(indexes) if not befores[n] < index < self.size)
            why = f"index {indexes[at]} after {befores[at]} in a log of {self.size}"
            raise ProofError("event-position", why, f"{member}:{size - lo + at + 1}")
        if list(places) != list(range(size, size + len(places))):
            at = next(n for n, place in enumerate(places) if place != size + n)
            why = f"position {places[at]} where {size + at} is due"
            raise ProofError("event-position", why, f"{member}:{size - lo + at + 1}")
        before = len(self.indexes)
        self.indexes.update(indexes)
        if len(self.indexes) != before + len(indexes):
            raise ProofError("event-position", "two records of the bundle have the same index", member)


# --- corrections --------------------------------------------------------------------------------------------
# Check 10: what a record corrects is an earlier record of the same stream.

_ID_MEMBER = re.compile(b'"id":"(' + ID_FORM.encode() + b')"')


def check_targets(forest: ProvenStreams, member: str, said: Any, proven: Proven, where: str) -> None:
    """Every record that a correction names must be an earlier one of the same stream; those before ``lo``
    come with their proofs.
    """
    corrections = [leaf for leaf in forest.parsed[proven.name] if leaf.corrects]
    before = _before(forest, said, proven, where)
    if set(before).difference(_corrected(corrections)):
        raise Misshapen("malformed", "proves records that no correction names", where)
    inside = sum(target not in before for target in _corrected(corrections))
    few = {target.encode() for target in _corrected(corrections)} if inside <= proven.size else None
    found = _positions(forest, proven, few) | before if inside else before
    for leaf in corrections:
        for target in _corrected([leaf]):
            if target not in found or found[target] >= leaf.pos:
                raise ProofError(
                    "correction-outside-stream",
                    f"record {leaf.place} corrects {target}, which is no earlier record of {proven.name}",
                    f"{member}:{leaf.pos - proven.lo + 1}",
                )


def _before(forest: ProvenStreams, said: Any, proven: Proven, where: str) -> dict[str, int]:
    found: dict[str, int] = {}
    try:
        places = [
            (as_position(pos), strict_base64(leaf), hashes_said(proof, where))
            for pos, leaf, proof in map(as_list, as_list(said))
        ]
    except (TypeError, ValueError, AttributeError, binascii.Error):
        raise Misshapen("malformed", "targets are [position, record, proof]", where) from None
    for pos, data, proof in places:
        try:
            leaf = read_leaf(data)
            check_inclusion(proven.root, proven.size, pos, leaf_hash(data), proof)
        except ProofError as why:
            why.where = where
            raise
        if (leaf.stream, leaf.pos) != (proven.name, pos):
            raise ProofError(
                "event-position", f"record {leaf.place} is not at position {pos} of {proven.name}", where
            )
        if leaf.place in forest.indexes or leaf.place >= forest.size:
            why_ = f"record {leaf.place} is there twice, or not in a log of {forest.size}"
            raise ProofError("event-position", why_, where)
        forest.indexes.add(leaf.place)
        forest.known.append((array("Q", [leaf.place]), bytearray(leaf_hash(data))))
        found[leaf.id] = pos
    return found


def _positions(forest: ProvenStreams, proven: Proven, wanted: set[bytes] | None) -> dict[str, int]:
    """Positions of the records of some ids, or of all records where more are wanted than there are, by a
    second look at the lines.

    A record's own id is the last in its line: what follows it in canonical order holds none.
    """
    found: dict[str, int] = {}
    lines = (line for part in forest.bundle.lines(proven.member) for line in part)
    for pos, line in enumerate(lines, start=proven.lo):
        id_ = _ID_MEMBER.findall(line)[-1]
        if wanted is None or id_ in wanted:
            found.setdefault(id_.decode(), pos)
    return found


def _corrected(leaves: Iterable[Leaf]) -> Iterator[str]:
    """The ids that records correct."""
    return (target for leaf in leaves for ids in leaf.corrects for target in ids.split())


# --- streams ------------------------------------------------------------------------------------------------
# Checks 7 to 10 for each stream of a bundle: the directory has it, and its records are those.


def check_stream(forest: ProvenStreams, number: int, name: str, member: str) -> None:
    """Everything about one stream: its place in the directory, each record, the root, what its
    corrections name.
    """
    where = f"streams/{number}.json"
    if member not in forest.bundle.members or where not in forest.bundle.members:
        raise Misshapen("malformed", "a stream has its records and its proof", where)
    tied = forest.bundle.tied
    said = forest.bundle.json(where, *(() if tied else ("inclusion",)), "lo", "range", "targets")
    lo, peaks = said["lo"], hashes_said(said["range"], where)
    if type(lo) is not int or lo < 0 or (number == 0 and lo):
        raise Misshapen("malformed", "lo is where the records begin, 0 for the registry", where)
    if len(peaks) != bin(lo).count("1"):
        raise ProofError("proof-length", f"the compact range of [0, {lo}) has not {len(peaks)} hashes", where)
    known = forest.remembered(name, lo, peaks, where)
    size, peaks = forest.records(name, member, lo, peaks, known)
    if known is not None and size < known.size:
        raise ProofError("rollback", f"you have seen {known.size} records of {name}; these are {size}", where)
    root = peaks_root(peaks)
    line = directory_line(number, size, root)
    differs = f"these are not the records of {name} that the log committed to"
    if tied and line != forest.lines[number]:
        raise ProofError("directory-inclusion", differs, where)
    if not tied:
        _check_line(forest, number, leaf_hash(line), hashes_said(said["inclusion"], where), differs, where)
    proven = forest.proven[name] = Proven(name, number, lo, size, root, tuple(peaks), member)
    check_targets(forest, member, said["targets"], proven, where)


def _check_line(
    forest: ProvenStreams, number: int, line: bytes, inclusion: Sequence[bytes], differs: str, where: str
) -> None:
    try:
        check_inclusion(forest.root, forest.count, number, line, inclusion)
    except ProofError as why:
        code, text = ("directory-inclusion", differs) if why.code == "range-root" else (why.code, str(why))
        raise ProofError(code, text, where) from None


def check_streams(forest: ProvenStreams, names: Sequence[str], progress: Progress) -> None:
    members = forest.bundle.members
    numbers = sorted(
        {int(name[8:].partition(".")[0]) for name in members if name.startswith("streams/")} - {0}
    )
    total, done = sum(map(len, members.values())), 0
    for number in numbers:
        if number >= len(names):
            raise ProofError(
                "registry-mismatch", f"no stream has the number {number}", f"streams/{number}.json"
            )
        check_stream(forest, number, names[number], f"streams/{number}.jsonl")
        done += len(members[f"streams/{number}.jsonl"])
        progress(done, total)


# --- registry -----------------------------------------------------------------------------------------------
# Check 6: the registry of all streams, whole, and what the reader asked of it.


def read_leaves(bundle: Bundle, member: str) -> list[Leaf]:
    found = []
    for lines in bundle.lines(member):
        for line in lines:
            try:
                found.append(kept(read_leaf(line)))
            except ProofError as why:
                why.where = f"{member}:{len(found) + 1}"
                raise
    return found


STREAM_NAME = re.compile(r"[a-z0-9-]{1,64}/[a-z]{1,64}", re.ASCII)
_OWN = ("ledger/registry", "ledger/heads")


def check_registry(forest: ProvenStreams, registry: Sequence[Leaf]) -> dict[str, int]:
    """The registry is line 0 of the directory, whole; the streams it opens, in the order of their numbers,
    with the index where each was opened.
    """
    check_stream(forest, 0, _OWN[0], "registry.jsonl")
    names: dict[str, int] = {}
    for leaf in registry:
        if leaf.kind.partition(".")[0] != "stream-opened":
            continue
        where, body = f"registry.jsonl:{leaf.pos + 1}", leaf.body
        name = body.get("stream")
        if leaf.kind != "stream-opened.v1" or not isinstance(name, str) or not STREAM_NAME.fullmatch(name):
            raise ProofError(
                "registry-mismatch",
                f"record {leaf.place} opens no stream in a form that this version knows",
                where,
            )
        if type(body.get("number")) is not int or body["number"] != len(names):
            raise ProofError(
                "registry-mismatch",
                f"stream {name} has the number {body.get('number')}, where {len(names)} is due",
                where,
            )
        if name in names:
            raise ProofError("registry-mismatch", f"stream {name} is opened twice", where)
        if len(names) < len(_OWN) and name != _OWN[len(names)]:
            raise ProofError(
                "registry-mismatch", f"stream {len(names)} is {name}, not {_OWN[len(names)]}", where
            )
        names[name] = leaf.place
    if len(names) != forest.count:
        raise ProofError(
            "registry-mismatch",
            f"it opens {len(names)} streams, the log committed to {forest.count}",
            "registry.jsonl",
        )
    return names


def check_stream_name(name: str) -> None:
    """Refuse what no stream can be called."""
    if not STREAM_NAME.fullmatch(name):
        right = name.lower() if STREAM_NAME.fullmatch(name.lower()) else "sandersville/grid"
        why = f"{name[:80]!r} is not a stream name: SITE/CLASS in lower case, such as {right}"
        raise BadOption("--stream", why)


def check_asked(bundle: Bundle, asked: Asked, names: Mapping[str, int], size: int) -> None:
    numbers = {name: number for number, name in enumerate(names)}
    for name in asked.streams:
        check_stream_name(name)
        if name not in numbers:
            why = (
                f"no stream {name} was ever opened in the first {size} records; that is proven,"
                " so there are no records of it"
            )
            raise ProofError("never-opened", why, name)
        if numbers[name] and f"streams/{numbers[name]}.json" not in bundle.members:
            raise ProofError("wrong-stream", f"the bundle does not hold {name}, which you asked for", name)


# --- log_inclusion ------------------------------------------------------------------------------------------
# The directory is the log's: every record of the bundle is in the main tree at its own index.


def check_log(forest: ProvenStreams, checkpoint: Checkpoint) -> None:
    """Every record of the bundle, and the heads record, is in the log at the index that it says."""
    data = forest.bundle.members[LOG_HASHES]
    if len(data) % HASH_BYTES:
        raise Misshapen("malformed", "is not made of hashes of 32 bytes", LOG_HASHES)
    heads = strict_base64(forest.bundle.json("heads.json", "inclusion", "leaf")["leaf"])
    places = [place for known, _ in forest.known for place in known]
    hashes = [
        bytes(one[n : n + HASH_BYTES]) for _, one in forest.known for n in range(0, len(one), HASH_BYTES)
    ]
    order = sorted(range(len(places)), key=places.__getitem__)
    proof = [bytes(data[n : n + HASH_BYTES]) for n in range(0, len(data), HASH_BYTES)]
    indexes = [*(places[n] for n in order), checkpoint.size - 1]
    leaves = [*(hashes[n] for n in order), leaf_hash(heads)]
    try:
        root = root_from_many(checkpoint.size, indexes, leaves, proof)
    except ProofError as why:
        why.where = LOG_HASHES
        raise
    if root != checkpoint.root:
        why_ = "a record of these streams is not the one that the log holds at its index"
        raise ProofError("log-inclusion", why_, LOG_HASHES)


# --- receipts -----------------------------------------------------------------------------------------------
# Receipts: records that the reader holds a proof of must be in the bundle at their positions.


def check_receipts(
    asked: Asked,
    forest: ProvenStreams,
    names: Iterable[str],
    keys: Sequence[str],
    checkpoint: Checkpoint,
    missing: Missing,
) -> int:
    """Each record that the reader holds a receipt of is in the bundle, at its position; how many are."""
    wanted: dict[str, dict[int, tuple[str, bytes]]] = {}
    for where, data in asked.receipts:
        leaf, found, receipt = _receipt(where, data, keys, checkpoint)
        if found.place >= checkpoint.size:
            why = (
                f"it is of record {found.place}, these are the first {checkpoint.size}:"
                " ask for a later bundle"
            )
            missing.append(("too-old", where, why))
            continue
        if found.stream not in names:
            why = f"no stream {found.stream} was ever opened, and you hold a receipt of a record of it"
            raise ProofError("withheld", why, where)
        if found.stream not in forest.proven:
            why = f"the bundle does not hold {found.stream}, of which you hold a receipt"
            raise ProofError("wrong-stream", why, where)
        proven = forest.proven[found.stream]
        if found.pos < proven.lo:
            why = f"it is of position {found.pos} of {found.stream}, the bundle begins at {proven.lo}"
            missing.append(("left-unanchored", where, f"{why}: ask for the stream from its beginning"))
        elif found.pos >= proven.size:
            why = f"position {found.pos} of {found.stream} is left out: you hold a receipt of its record"
            raise ProofError("withheld", why, where)
        else:
            if wanted.setdefault(found.stream, {}).setdefault(found.pos, (where, leaf))[1] != leaf:
                why = (
                    f"you hold receipts of two records at position {found.pos} of {found.stream}:"
                    " one is left out"
                )
                raise ProofError("withheld", why, where)
            if receipt.size == checkpoint.size and receipt.root != checkpoint.root:
                raise ProofError("fork", "it is of another history of as many records", where)
    for stream, positions in wanted.items():
        proven = forest.proven[stream]
        lines = (line for part in forest.bundle.lines(proven.member) for line in part)
        for pos, line in enumerate(lines, start=proven.lo):
            if pos in positions and positions[pos][1] != line:
                why = f"position {pos} of {stream} holds another record than the one you hold a receipt of"
                raise ProofError("withheld", why, positions[pos][0])
    return sum(map(len, wanted.values()))


def _receipt(
    where: str, data: bytes, keys: Sequence[str], checkpoint: Checkpoint
) -> tuple[bytes, Leaf, Checkpoint]:
    """The record of a receipt, its bytes and its checkpoint, which a key of the log must have signed."""
    try:
        index, leaf, proof, note_ = parse_single(data)
        note = parse_note(note_)
        receipt = parse_checkpoint(note.text)
        if receipt.origin != checkpoint.origin:
            raise ProofError(
                "wrong-origin", f"it is a receipt of {receipt.origin}, not of {checkpoint.origin}"
            )
        if not verified_by(note, [parse_vkey(key) for key in keys]):
            raise ProofError("unknown-key", "its checkpoint is signed by no key of this log")
        check_inclusion(receipt.root, receipt.size, index, leaf_hash(leaf), proof)
        found = read_leaf(leaf)
        if found.place != index:
            raise ProofError("event-position", f"its record says index {found.place}, the proof {index}")
    except Misshapen as why:
        raise BadOption("--receipt", str(why), where, why.code) from None
    except ProofError as why:
        why.where = where
        raise
    return leaf, found, receipt


# --- sections -----------------------------------------------------------------------------------------------
# Check 11: sections that were disclosed, kept back or erased.


def section_hash(name: str, salt: bytes, section: bytes) -> str:
    """The 64 hex digits that a record holds for a section."""
    return hashlib.sha256(b"wattledger-section/v1\0" + name.encode() + b"\0" + salt + section).hexdigest()


class Sections(NamedTuple):
    """The sections of the records in a bundle by their fate: (index, name) -> salt and bytes; those kept
    back; those the log says are erased.
    """

    disclosed: Mapping[tuple[int, str], tuple[bytes, bytes]]
    withheld: frozenset[tuple[int, str]]
    erased: frozenset[tuple[int, str]]


def check_sections(bundle: Bundle, forest: ProvenStreams) -> Sections:
    where = "sections.jsonl"
    held = {
        leaf.place: leaf.sections for leaves in forest.parsed.values() for leaf in leaves if leaf.sections
    }
    disclosed: dict[tuple[int, str], tuple[bytes, bytes]] = {}
    last = (-1, "")
    parts = bundle.lines(where, PIECE_LIMIT) if where in bundle.members else ()
    for n, line in enumerate((line for part in parts for line in part), start=1):
        try:
            said = read_json(line)
            index, name, salt = said["index"], said["name"], bytes.fromhex(said["salt"])
            section = canonical(said["section"]).encode()
            good = (
                set(said) == {"index", "name", "salt", "section"}
                and (type(index), type(name), len(salt), salt.hex()) == (int, str, 16, said["salt"])
                and isinstance(said["section"], dict)
                and (index, name) > last
            )
        except (ValueError, TypeError, KeyError, AttributeError):
            good = False
        if not good:
            raise Misshapen("malformed", "is no section, or not in order of index and name", f"{where}:{n}")
        if held.get(index, {}).get(name) != section_hash(name, salt, section):
            raise ProofError("section-mismatch", f"is not section {name!r} of record {index}", f"{where}:{n}")
        last = (index, name)
        disclosed[last] = salt, section
    if where in bundle.members and not disclosed:
        raise Misshapen("malformed", "is empty", where)
    erased = _erased(forest) - disclosed.keys()
    told = erased | disclosed.keys()
    withheld = ((index, name) for index, names in held.items() for name in names)
    return Sections(disclosed, frozenset(one for one in withheld if one not in told), frozenset(erased))


def _erased(forest: ProvenStreams) -> set[tuple[int, str]]:
    """The sections that a later record of the same stream says are erased."""
    found = set()
    for leaves in forest.parsed.values():
        held = {leaf.id: leaf for leaf in leaves if leaf.sections}
        for leaf in leaves:
            target, name = leaf.body.get("target", ""), leaf.body.get("section", "")
            of = held.get(target) if leaf.kind == "section-erased.v1" else None
            if of is not None and of.pos < leaf.pos and name in of.sections:
                found.add((of.place, name))
    return found


# --- report_json --------------------------------------------------------------------------------------------
# Reports as JSON, read in pieces: each member once, no fractions.


def report_said(bundle: Bundle, where: str) -> dict[str, Any]:
    """A report without its rows. One that is longer than a piece has each row on a line, as reports
    are written.
    """
    if len(bundle.members[where]) <= PIECE_LIMIT:
        return _object(bundle.data(where))
    lines = (line for part in bundle.lines(where, PIECE_LIMIT) for line in part)
    first = next(lines)
    if not first.endswith(b'"rows":['):
        raise ValueError("its rows do not begin after the first line, each on a line")
    said, going_on = _object(first + b"]}"), True
    for line in lines:
        if line[:1] == b"]":
            break
        if not going_on:
            raise ValueError("a row does not end with a comma")
        going_on = line.endswith(b",")
        _object(line[:-1] if going_on else line, inside=2)
    else:
        line = b""
    rest = _object(b"{" + line.removeprefix(b"],"))
    if going_on or next(lines, None) is not None or said.keys() & rest.keys():
        raise ValueError("its last line is not what comes after its rows")
    return said | rest


def _object(data: bytes, inside: int = 0) -> dict[str, Any]:
    """An object of JSON that says each member once and has no fractions; ``inside`` is how deep it lies."""
    if (
        data.count(b"[") + data.count(b"{") > DEPTH_LIMIT - inside
        and inside + nesting_depth(data) > DEPTH_LIMIT
    ):
        raise ValueError(f"is nested deeper than {DEPTH_LIMIT}")
    said = _decoded(data.decode())
    if not isinstance(said, dict):
        raise TypeError("is no object")
    return said


def _as_written(digits: str) -> str:
    return digits if digits != "-0" else no_number(digits)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member is there twice")
    return found


_decoded = json.JSONDecoder(
    parse_int=_as_written, parse_float=no_number, parse_constant=no_number, object_pairs_hook=_once
).decode


# --- reports ------------------------------------------------------------------------------------------------
# Check 12: a report reads only what the bundle proves whole, and is the one that the manifest lists.

Reads = tuple[int, tuple[str, ...], tuple[str, ...], bool]
REPORTS: dict[str, Reads] = {
    "uptime": (1, ("grid", "operations"), (), False),
    "efficiency": (1, ("grid", "operations"), (), False),
    "power-use": (2, ("grid", "operations"), ("conditions",), False),
    "portfolio": (1, ("grid", "lease"), (), False),
    "dispatch-performance": (2, ("grid",), (), False),
    "protection": (2, ("grid", "operations"), (), False),
    "program-hours": (1, ("grid",), (), False),
    "intervals": (1, ("grid",), (), False),
    "flexibility": (1, ("grid", "operations"), (), False),
    "bridge": (1, ("grid", "operations", "lease"), (), False),
    "disturbances": (1, ("grid",), (), False),
    "ride-through": (1, ("grid",), (), False),
    "facility-changes": (1, ("grid",), (), False),
    "grid-states": (1, ("grid",), ("conditions",), False),
    "coincident-peaks": (1, ("grid",), ("conditions",), False),
    "directives": (1, ("grid",), (), False),
    "generator-hours": (1, ("grid",), (), False),
    "load-ramp": (1, ("grid",), (), False),
    "quarterly-load": (1, ("grid",), (), False),
    "energy-mix": (1, ("grid",), ("conditions",), False),
    "registration": (1, ("grid",), (), False),
    "registrant": (1, ("grid",), (), True),
    "commitments": (2, ("community",), (), False),
    "payments": (2, ("community",), (), False),
    "jobs": (2, ("community",), (), False),
    "benefit": (2, ("community",), (), False),
    "expenditures": (1, ("community",), (), True),
    "water": (1, ("grid", "community"), (), False),
    "lease-dates": (2, ("lease",), (), True),
    "incident": (4, ("grid", "operations"), ("conditions",), False),
    "actions": (1, ("operations",), (), False),
}
"""What each report reads: definition version, classes of its sites' streams, what it reads beyond them,
sections? (made by tools/bless).
"""
CLASSES = ("grid", "operations", "lease", "community")


def report_streams(
    classes: Sequence[str], beyond: Sequence[str], names: Iterable[str], sites: Sequence[str]
) -> list[str]:
    """The streams, of those that were opened, that a report reads: its classes for each site (none said:
    every site).

    ``beyond`` are ``fleet``, for what belongs to no single site, and ``conditions``, for the balancing
    authorities'.
    """
    opened = set(names)
    places = sorted({name.partition("/")[0] for name in opened})
    every = [
        *(sites or filter(is_site, places)),
        *(("fleet",) if "fleet" in beyond else ()),
        *(place for place in places if "conditions" in beyond and place.startswith("ba-")),
    ]
    wanted = [f"{place}/{name}" for place in every for name in CLASSES if name in classes]
    return [name for name in wanted if name in opened]


def is_site(place: str) -> bool:
    """Is a place of a stream's name a site?"""
    return place not in ("ledger", "fleet") and not place.startswith("ba-")


def check_reports(
    bundle: Bundle,
    forest: ProvenStreams,
    names: Iterable[str],
    checkpoint: Checkpoint,
    sections: Sections,
    missing: Missing,
) -> None:
    for said in bundle.reports:
        where, asked = f"report/{said['name']}.json", said["parameters"]
        if said["name"] not in REPORTS or REPORTS[said["name"]][0] != said["definition_version"]:
            why = (
                f"the report was made by definition {said['definition_version']} of {said['program']},"
                " which this verifier does not know"
            )
            missing.append(("report-version", where, why))
            continue
        _, classes, beyond, reads_sections = REPORTS[said["name"]]
        sites = {name.partition("/")[0] for name in names}
        if asked["known_at"] != checkpoint.size:
            why = (
                f"it is known at {asked['known_at']} records,"
                f" the bundle's checkpoint is over {checkpoint.size}"
            )
            raise ProofError("report-mismatch", why, where)
        for site in asked["sites"]:
            if site not in sites or not is_site(site):
                raise ProofError(
                    "report-mismatch", f"it is about {site[:80]!r}, which is no site of this log", where
                )
        for name in report_streams(classes, beyond, names, asked["sites"]):
            if name not in forest.proven or forest.proven[name].lo:
                raise ProofError(
                    "report-stream-missing",
                    f"it reads {name}, which the bundle does not hold from its beginning",
                    where,
                )
            if reads_sections and (
                kept := {leaf.place for leaf in forest.parsed[name]}
                & {index for index, _ in sections.withheld}
            ):
                raise ProofError(
                    "section-missing",
                    f"it reads sections of {name}; that of record {min(kept)} is kept back",
                    where,
                )
        _check_head(bundle, said, checkpoint.root.hex(), where)


def _check_head(bundle: Bundle, said: Mapping[str, Any], root: str, where: str) -> None:
    """The report must say of itself what the manifest says of it."""
    asked = said["parameters"]
    try:
        report = report_said(bundle, where)
        window, known_at = report["window"], report["known_at"]
        head = [report["report"], report["definition_version"], report["tzdata"], report["as_of"]]
        head += [window["start"], window["stop"], window["tz"], known_at["size"], known_at["root"]]
    except (ValueError, TypeError, KeyError) as why:
        raise Misshapen("malformed", f"is not a report in JSON: {why}", where) from None
    due = [said["name"], str(said["definition_version"]), said["tzdata"], asked["as_of"]]
    due += [asked["start"], asked["stop"], asked["tz"], str(asked["known_at"]), root]
    if head != due:
        raise ProofError("report-mismatch", "the report is not the one that the manifest lists", where)


# --- checks -------------------------------------------------------------------------------------------------
# The checks, in the order of PROOF 4.


class Checked(NamedTuple):
    """A bundle in which nothing is wrong; ``names`` are all streams by number. ``ml_dsa``: what became of the
    ML-DSA-44 signature, None where the log has no such key.

    ``asked`` has the dates of its window as instants, midnights in ``zone`` (None where no date was said).
    ``missing`` are the reasons why it is not enough: (code, where, why). ``state`` is what to remember of it.
    """

    asked: Asked
    zone: str | None
    bundle: Bundle
    checkpoint: Checkpoint
    note: Note
    heads: Leaf
    key: str
    names: tuple[str, ...]
    streams: Mapping[str, Proven]
    sections: Sections
    earlier: Mapping[int, Checkpoint]
    missing: tuple[tuple[str, str, str], ...]
    state: State
    assurance: str
    receipts: int
    ml_dsa: str | None


def check(bundle: Bundle, asked: Asked, progress: Progress = no_progress) -> Checked:
    """Everything but what reports say; ``ProofError`` for the first thing that is wrong, in the order of
    PROOF 4.
    """
    missing: Missing = []
    note, checkpoint = check_note(bundle, asked)
    registry = read_leaves(bundle, "registry.jsonl")
    keys = check_keys(asked, note, checkpoint, registry, missing)
    ml_dsa = check_ml_dsa(asked, note, ml_dsa_walk(checkpoint.origin, keys, registry, asked.ml_dsa), missing)
    earlier = check_history(bundle, asked, checkpoint, keys, missing)
    heads, count, root = check_heads(bundle, checkpoint)
    check_age(asked, heads, missing)
    lines = check_directory(bundle, count, root) if bundle.tied else ()
    forest = ProvenStreams(bundle, asked.state, checkpoint.size, heads, count, root, lines)
    names = check_registry(forest, registry)
    asked, zone = dated(asked, registry)
    check_asked(bundle, asked, names, checkpoint.size)
    check_streams(forest, tuple(names), progress)
    missing += forest.unanchored
    sections = check_sections(bundle, forest)
    check_reports(bundle, forest, names, checkpoint, sections, missing)
    receipts = check_receipts(asked, forest, names, keys, checkpoint, missing)
    if bundle.tied:
        check_sizes(lines, heads.place)
        check_log(forest, checkpoint)
    elif not asked.accept_old:
        missing.append(("directory-not-tied", MANIFEST, WHY_NOT_TIED))
    check_scope(asked, heads, missing)
    recalled = {} if asked.state is None else dict(asked.state.streams)
    recalled |= {name: Remembered(one.size, one.root, heads.rec) for name, one in forest.proven.items()}
    state = State(keys[-1], bundle.data("checkpoint").decode(), checkpoint, heads.rec, recalled)
    return Checked(
        asked,
        zone,
        bundle,
        checkpoint,
        note,
        heads,
        keys[-1],
        tuple(names),
        forest.proven,
        sections,
        earlier,
        tuple(missing),
        state,
        assurance_of(bundle, asked, note),
        receipts,
        ml_dsa,
    )


def check_as_typed(bundle: Bundle, asked: Asked, progress: Progress = no_progress) -> Checked:
    """``check``; a stream that was never opened and is spelled nearly like one that was is a slip of the
    reader's, not a fault of the bundle.
    """
    try:
        return check(bundle, asked, progress)
    except ProofError as why:
        name = why.where
        near = _near(name, bundle, asked) if why.code == "never-opened" else []
        if not near:
            raise
    wrong = f"no stream {name} was ever opened; did you mean {', '.join(near)}?"
    raise BadOption("--stream", wrong, code="never-opened")


def _near(name: str, bundle: Bundle, asked: Asked) -> list[str]:
    """The names of a bundle's proven registry that are spelled nearly like one; none where something else is
    wrong with the bundle.
    """
    names: tuple[str, ...] = ()
    with contextlib.suppress(ProofError):
        names = check(bundle, asked._replace(streams=())).names
    spelled = {one.lower(): one for one in names}
    alike: Any = Fraction(4, 5)
    return [spelled[one] for one in difflib.get_close_matches(name.lower(), spelled, 3, alike)]


# --- verdict ------------------------------------------------------------------------------------------------
# The verdict, and what it is about.

EXITS = {"VERIFIED": 0, "FAILED": 1, "MALFORMED": 2, "INCOMPLETE-TRUST": 3}


class Verdict(NamedTuple):
    """``report`` is recomputed, not-checked or none; ``scope`` what the verdict is about, None where nothing
    is proven.
    """

    verdict: str
    code: str | None
    where: str
    why: str
    report: str
    scope: dict[str, Any] | None

    @property
    def exit_code(self) -> int:
        """0 VERIFIED, 1 FAILED, 2 MALFORMED, 3 INCOMPLETE-TRUST."""
        return EXITS[self.verdict]

    def json(self) -> str:
        """The last line of output."""
        return json.dumps(self._asdict())


def refusal(why: ProofError, report: str = "not-checked") -> Verdict:
    """The verdict for something that is wrong."""
    malformed = isinstance(why, Misshapen) or why.code in MALFORMED
    return Verdict("MALFORMED" if malformed else "FAILED", why.code, why.where, str(why), report, None)


def verdict(checked: Checked, report: str) -> Verdict:
    """The verdict where nothing is wrong."""
    code, where, why = checked.missing[0] if checked.missing else (None, "", "")
    return Verdict(
        "INCOMPLETE-TRUST" if checked.missing else "VERIFIED", code, where, why, report, scope(checked)
    )


def scope(checked: Checked) -> dict[str, Any]:
    """The scope of a verdict: the log as of its checkpoint, each stream's positions [from, size) with how
    many the reader's state did not know (None without one), the window, sections and reports.
    """
    asked = checked.asked
    wanted = asked.streams or tuple(name for name, one in checked.streams.items() if one.number)
    window = None if asked.start_s is asked.stop_s is None else [_said(asked.start_s), _said(asked.stop_s)]
    return {
        "origin": checked.checkpoint.origin,
        "size": checked.checkpoint.size,
        "root": checked.checkpoint.root.hex(),
        "rec": checked.heads.rec,
        "key": checked.key,
        "streams": [
            {"stream": name, "from": one.lo, "size": one.size, "new": _new(asked, one)}
            for name in wanted
            for one in [checked.streams[name]]
        ],
        "window": window,
        "in_window": None if window is None else sum(_inside(checked, name) for name in wanted),
        "tz": checked.zone,
        "sections": {name: len(found) for name, found in checked.sections._asdict().items()},
        "reports": [{"report": one["name"], **one["parameters"]} for one in checked.bundle.reports],
        "anchors": [name for name in checked.bundle.members if name.startswith("anchors/")],
        "assurance": checked.assurance,
        "receipts": checked.receipts,
        **ml_dsa_said(checked.ml_dsa),
    }


def ml_dsa_said(ml_dsa: str | None) -> dict[str, str]:
    return {} if ml_dsa is None else {"ml_dsa_44": ml_dsa}


def _said(posix_s: int | None) -> str | None:
    return None if posix_s is None else instant(posix_s)


def _new(asked: Asked, one: Proven) -> int | None:
    """The number of a stream's records that the reader's state does not know; None without a state."""
    if asked.state is None:
        return None
    seen = asked.state.streams.get(one.name)
    return one.size - (0 if seen is None else seen.size)


def _inside(checked: Checked, name: str) -> int:
    """The number of a stream's records of an instant in the window."""
    asked = checked.asked
    start = b"" if asked.start_s is None else instant(asked.start_s).encode()
    stop = b"~" if asked.stop_s is None else instant(asked.stop_s).encode()
    return sum(
        start <= at < stop
        for lines in checked.bundle.lines(checked.streams[name].member)
        for line in lines
        for at in [_AT_MEMBER.findall(line)[0]]
    )


_AT_MEMBER = re.compile(b'^{"actor":"(?:[^"\\\\]|\\\\.)*","at":"([^"]*)"')


# --- single -------------------------------------------------------------------------------------------------
# The verdict on the proof of one record.


def check_single(data: bytes, asked: Asked) -> Verdict:
    """The verdict on one record's proof, which has the record's bytes as its extra data: it is in the log as
    of the checkpoint, at that index.

    It says nothing of other records, so that streams, a window, a state and an age cannot be asked of it.
    """
    said: dict[str, object] = {
        "--stream": asked.streams,
        "--from": asked.start_s if asked.start_on is None else asked.start_on,
        "--to": asked.stop_s if asked.stop_on is None else asked.stop_on,
        "--state": asked.state,
        "--receipt": asked.receipts,
        "--max-age": asked.max_age_s,
    }
    for name, value in said.items():
        if value not in ((), None):
            raise BadOption(name, "a proof of one record says nothing of other records: ask for a bundle")
    index, leaf, proof, note_ = parse_single(data)
    note, checkpoint = check_note(Bundle({"checkpoint": memoryview(note_)}, ()), asked)
    check_inclusion(checkpoint.root, checkpoint.size, index, leaf_hash(leaf), proof)
    found = read_leaf(leaf)
    if found.place != index:
        raise ProofError("event-position", f"the record says that it is at {found.place}, the proof {index}")
    missing: Missing = []
    check_keys(asked, note, checkpoint, [], missing)
    ml_dsa = ml_dsa_said(check_ml_dsa(asked, note, [], missing))
    code, where, why = missing[0] if missing else (None, "", "")
    names = ("id", "stream", "pos", "kind", "at", "rec")
    log = {
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "key": asked.key,
    }
    record = {"index": index, **{name: getattr(found, name) for name in names}}
    kind = "INCOMPLETE-TRUST" if missing else "VERIFIED"
    return Verdict(kind, code, where, why, "none", {**log, "record": record, **ml_dsa})


# --- wording ------------------------------------------------------------------------------------------------
# The verdict for people.

_SECOND = {
    ML_DSA_VERIFIED: "the checkpoint is signed with Ed25519 and ML-DSA-44, and both signatures were checked",
    ML_DSA_NOT_CHECKED: (
        "the checkpoint's Ed25519 signature was checked, its ML-DSA-44 signature was passed over:"
        " wattledger verify checks it by the key that the bundle or your policy names"
    ),
}
_ASSURANCES = {
    AS_COMMITTED: "streams as committed; no witness that you trust has read the whole log",
    AS_HELD: "streams as the log holds them; a witness that you trust has read the whole log",
    NOT_TIED: "streams as committed; nothing ties them to the log (a bundle of the old format)",
}


def words(found: Verdict, stamped: str | None = None) -> Iterator[str]:
    """The verdict for people; ``stamped`` is when an authority that the reader trusts saw the checkpoint,
    where that was checked.
    """
    if found.scope is None:
        yield f"{found.verdict}: {found.code}"
        yield f"  {found.where + ': ' if found.where else ''}{found.why}"
        if found.code not in ("never-opened", "wrong-stream", "unknown-key", "wrong-origin"):
            yield "Nothing in the bundle is to be relied on."
        return
    said = found.scope
    if "record" in said:
        yield from _single_words(found, said)
        return
    if found.verdict == "VERIFIED":
        origin = said["origin"]
        yield f"VERIFIED: these are all records that {origin} committed to on these streams, none altered:"
    else:
        yield f"INCOMPLETE-TRUST: {found.code}: {found.why}"
        yield f"Nothing is wrong with what the bundle holds of {said['origin']}:"
    for one in said["streams"]:
        since = f" from position {one['from']:,}" if one["from"] else ""
        new = "" if one["new"] is None else f", {one['new']:,} of them new since your state file"
        yield f"  {one['stream']}: {one['size'] - one['from']:,} records{since}{new}"
    if said["window"] is not None:
        start, stop = said["window"][0] or "the first", said["window"][1] or "the last"
        dates = "" if said["tz"] is None else f" (dates of {said['tz']})"
        yield f"  {said['in_window']:,} of them are of an instant from {start} to {stop}{dates}"
    yield (
        f"  as of the checkpoint over {said['size']:,} records,"
        f" the newest recorded {said['rec']} by the operator's clock"
    )
    if "ml_dsa_44" in said:
        yield f"  {_SECOND[said['ml_dsa_44']]}"
    yield f"  assurance: {_ASSURANCES[said['assurance']]}"
    if said["receipts"]:
        yield f"  receipts that you hold: {said['receipts']:,}, each with its record at its position"
    held = said["sections"]
    if any(held.values()):
        disclosed, withheld, erased = held["disclosed"], held["withheld"], held["erased"]
        yield f"  sections: {disclosed} disclosed, {withheld} kept back, {erased} erased"
    for one in said["reports"]:
        where = ", ".join(one["sites"]) or "all sites"
        where += f" (of {', '.join(one['blocks'])} alone)" if one["blocks"] else ""
        where += f" (with {', '.join(one['options'])})" if one.get("options") else ""
        done = (
            "follows from these records, byte for byte"
            if found.report == "recomputed"
            else "was NOT computed again here"
        )
        yield f"  report {one['report']} of {where}, {one['start']} to {one['stop']}: {done}"
    if said["reports"] and found.report != "recomputed":
        yield "  to compute reports again: wattledger verify (pip install wattledger), with the same words"
    for name in said["anchors"]:
        seen = (
            "a timestamp that is not checked here (wattledger verify --authority FILE, or openssl ts -verify)"
            if stamped is None
            else f"stamped by an authority you trust: the log stood so by {stamped}"
        )
        yield f"  {name}: {seen}"


def _single_words(found: Verdict, said: Mapping[str, Any]) -> Iterator[str]:
    one = said["record"]
    if found.verdict == "VERIFIED":
        yield f"VERIFIED: this record is in the log of {said['origin']}, exactly as it was recorded:"
    else:
        yield f"INCOMPLETE-TRUST: {found.code}: {found.why}"
        yield f"Nothing is wrong with the proof that this record is in the log of {said['origin']}:"
    yield f"  record {one['index']:,}, position {one['pos']:,} of {one['stream']}: {one['kind']}, {one['id']}"
    yield (
        f"  of {one['at']}, recorded {one['rec']} by the operator's clock;"
        f" as of the checkpoint over {said['size']:,} records"
    )
    if "ml_dsa_44" in said:
        yield f"  {_SECOND[said['ml_dsa_44']]}"
    yield "It says nothing of other records: only a bundle shows that none was left out."


# --- files --------------------------------------------------------------------------------------------------
# The reader's files: what is read, and the state that is written after success.

LARGEST = 1 << 26
"""The most bytes that are read of a file that the reader brings beside the bundle."""


def read_state(path: str) -> State | None:
    """The reader's state; None where there is no file, for it is written after the first success."""
    try:
        with open(path, "rb") as file:
            data = file.read(LARGEST)
    except FileNotFoundError:
        return None
    except OSError as why:
        raise _unreadable("--state", path, why) from None
    try:
        return parse_state(data)
    except BadOption as wrong:
        wrong.where = path
        raise


def read_policy(path: str) -> Policy:
    """The reader's policy, whatever editor saved it."""
    text = read_brought("--policy", path).decode("utf-8-sig", "replace").replace("\r\n", "\n")
    try:
        return parse_policy(text)
    except BadOption as wrong:
        wrong.where = path + wrong.where.removeprefix("policy")
        raise


def read_receipts(paths: Sequence[str]) -> tuple[tuple[str, bytes], ...]:
    """Files of proofs of one record, with their names."""
    return tuple((path, read_brought("--receipt", path)) for path in dict.fromkeys(paths))


def read_brought(option: str, path: str) -> bytes:
    """A small file that the reader named; ``BadOption`` where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read(LARGEST)
    except OSError as why:
        raise _unreadable(option, path, why) from None


@contextlib.contextmanager
def opened(path: str) -> Iterator[Any]:
    """A bundle's bytes, as the system has them in memory; ``BadOption`` where the file cannot be read."""
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(open(path, "rb"))
            try:
                data: Any = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except (ValueError, OSError):  # empty, or no regular file
                data = file.read()
        except OSError as why:
            raise _unreadable("BUNDLE", path, why) from None
        yield data


def _unreadable(option: str, path: str, why: OSError) -> BadOption:
    return BadOption(option, f"cannot be read: {why.strerror or why}", path)


def say(lines: Iterable[str]) -> None:
    """Print lines; who stops reading them changes no exit code. ``OSError`` where they cannot be written."""
    import os

    try:
        for line in lines:
            print("".join(c if c.isprintable() else "?" for c in line))
        sys.stdout.flush()
    except OSError as why:
        # what is left in the buffer would be written, and fail, once more when the process ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(why, BrokenPipeError):
            raise


def remember(path: str, state: State) -> None:
    """Write what was verified; ``BadOption`` where that cannot be done, for the next verdict would rest on an
    older state.
    """
    try:
        write_state(path, state)
    except OSError as why:
        wrong = f"the bundle verifies, but the state cannot be written: {why.strerror or why}"
        raise BadOption("--state", wrong, path) from None


def write_state(path: str, state: State) -> None:
    """Put a state in the place of the last, whole or not at all."""
    import os

    aside = f"{path}.{os.urandom(8).hex()}.new"  # cannot be guessed; mode x never goes through a link
    try:
        with open(aside, "xb") as file:
            file.write(format_state(state))
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(aside)
        raise


# --- main ---------------------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    about = (__doc__ or "").split("\n\n")
    parser = argparse.ArgumentParser(
        prog="verify.py",
        description="\n\n".join(about[2:4]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=about[0],
    )
    parser.add_argument("bundle", help="the file that was handed over")
    parser.add_argument("--key", required=True, help="the log's verifier key, as you were given it before")
    parser.add_argument(
        "--stream",
        action="append",
        default=[],
        dest="streams",
        help="a stream you want all records of; say it again for more",
    )
    parser.add_argument(
        "--from",
        dest="start",
        type=parse_time,
        help="start of your window, an instant or a date in the sites' zone",
    )
    parser.add_argument("--to", dest="stop", type=parse_time, help="end of your window, not included")
    parser.add_argument("--state", help="your file of what you verified last; written after success")
    parser.add_argument("--policy", help="your file of the witnesses you trust: lines witness, group, quorum")
    parser.add_argument(
        "--receipt",
        action="append",
        default=[],
        dest="receipts",
        help="your proof of one record, which must be there at its position; say it again for more",
    )
    parser.add_argument(
        "--accept-old", action="store_true", help="take a bundle of the format before November 2026 as enough"
    )
    parser.add_argument("--max-age", type=parse_duration, help="refuse what is older: 7d, 24h, 90min")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the verdict and return its exit code: 130 where it was interrupted, 2 where it could not be
    written or where what the reader typed cannot be meant.
    """
    try:
        said = _parser().parse_args(arguments)
        found, checked = _judged(said.bundle, _brought(said))
        if checked is not None and found.verdict == "VERIFIED" and said.state:
            remember(said.state, checked.state)
        say([*words(found), found.json()])
        return found.exit_code
    except BadOption as why:
        print(f"verify.py: {why.told()}", file=sys.stderr)
        return EXITS["MALFORMED"]
    except KeyboardInterrupt:
        print("interrupted: nothing was verified", file=sys.stderr)
        return 130
    except OSError as why:
        print(f"the verdict cannot be written: {why.strerror or why}", file=sys.stderr)
        return EXITS["MALFORMED"]


def _brought(said: argparse.Namespace) -> Asked:
    """Read what the reader brings; ``BadOption`` for what cannot be meant."""
    pinned_key(said.key)
    for name in said.streams:
        check_stream_name(name)
    asked = Asked(
        said.key,
        tuple(dict.fromkeys(said.streams)),
        said.start if isinstance(said.start, int) else None,
        said.stop if isinstance(said.stop, int) else None,
        read_state(said.state) if said.state else None,
        read_policy(said.policy) if said.policy else None,
        said.max_age,
        int(datetime.now(UTC).timestamp()),
        read_receipts(said.receipts),
        said.accept_old,
        said.start if isinstance(said.start, str) else None,
        said.stop if isinstance(said.stop, str) else None,
    )
    check_order(asked.start_s, asked.stop_s)
    return asked


def _judged(path: str, asked: Asked) -> tuple[Verdict, Checked | None]:
    try:
        with opened(path) as data:
            if data[: len(SINGLE)] == SINGLE:
                return check_single(bytes(data[: NOTE_LIMIT + 1]), asked), None
            checked = check_as_typed(read_bundle(data), asked)
            return verdict(checked, "not-checked" if checked.bundle.reports else "none"), checked
    except BadOption:
        raise
    except ProofError as why:
        return refusal(why), None


if __name__ == "__main__":
    sys.exit(main())
