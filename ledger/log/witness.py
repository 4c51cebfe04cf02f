"""Witnesses: parties that see a log grow and cosign its checkpoints, so that it cannot show two histories
(C2SP tlog-cosignature, tlog-witness).

A log sends a witness what ``format_request`` writes: the size that the witness saw last, the consistency
proof from there, and the checkpoint. ``answer`` does all of a witness's duty: from the checkpoint it cosigned
last it returns an HTTP status, a body, and what must be stored durably before the answer is sent. Requests by
file and over HTTP use the same function.

A log of any maker is cosigned: extension lines after a checkpoint's root are allowed, and are signed with it.
Monitors read what was cosigned last at ``checkpoint_path``, below a prefix that any web server can serve.

========  ================================================================================
status    meaning
========  ================================================================================
200       one signature line: the cosignature
400       no such request, or its old size is above the checkpoint's
403       signed by no key that is trusted for this log, wrongly, or in base64 that is not canonical
404       a log that this witness does not know
409       the old size is not what was cosigned last: the body is its size
422       the proof does not lead from what was cosigned last to the checkpoint; the same size with another
          root is a fork; a checkpoint of no records has another root than the empty tree's
========  ================================================================================
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from ledger.log.signing import Signer
from ledger.verifier.checkpoints import Checkpoint, cosignature_text, parse_checkpoint
from ledger.verifier.faults import ProofError
from ledger.verifier.keys import COSIGNATURE, VerifierKey, key_hash, strict_base64
from ledger.verifier.notes import parse_note, verified_by
from ledger.verifier.trees import EMPTY_ROOT, HASH_BYTES, check_consistency

PROOF_LIMIT: Final = 63
REQUEST_LIMIT: Final = 1 << 20
SECRET: Final = "PRIVATE+KEY+"
TEXT: Final = "text/plain; charset=utf-8"


class Witness:
    """A witness's name and Ed25519 key, made from its 32-byte seed; used for cosignatures only."""

    def __init__(self, name: str, seed: bytes) -> None:
        self.name, self.seed = name, seed
        self._signer = Signer(name, seed)
        self._hash = key_hash(name, self._signer.public, COSIGNATURE)

    @property
    def vkey(self) -> str:
        """The line that verifiers put into their policy."""
        return f"{self.name}+{self._hash.hex()}+{_64(bytes([COSIGNATURE]) + self._signer.public)}"

    def encode(self) -> str:
        """The secret line of its key file."""
        return f"{SECRET}{self.name}+{self._hash.hex()}+{_64(bytes([COSIGNATURE]) + self.seed)}\n"

    @classmethod
    def decode(cls, line: str) -> Witness:
        """The witness of a key file; ``ValueError`` where the file holds none."""
        name, digest, encoded = line.rstrip("\n").removeprefix(SECRET).split("+", 2)
        data = strict_base64(encoded)
        if not line.startswith(SECRET) or len(data) != 1 + HASH_BYTES or data[0] != COSIGNATURE:
            raise ValueError("not a witness's key")
        found = cls(name, data[1:])
        if found._hash.hex() != digest:
            raise ValueError("its hash is not that of its name and key")
        return found

    def cosign(self, text: str, time_s: int) -> str:
        """A cosignature/v1 line over a checkpoint's text, as of a time (POSIX seconds)."""
        signature = self._signer.sign_text(cosignature_text(text, time_s).decode())
        return f"\u2014 {self.name} {_64(self._hash + time_s.to_bytes(8, 'big') + signature)}\n"


class Request(NamedTuple):
    """A log's request to a witness: the size it goes on from, the proof, and the checkpoint as a signed
    note.
    """

    old_size: int
    proof: tuple[bytes, ...]
    note: bytes


def format_request(asked: Request) -> bytes:
    """The body of add-checkpoint."""
    lines = [f"old {asked.old_size}", *map(_64, asked.proof), ""]
    return "".join(f"{line}\n" for line in lines).encode() + asked.note


def parse_request(data: bytes) -> Request:
    """The request in a body; ``ProofError`` ``malformed`` where there is none."""
    head, blank, note = data.partition(b"\n\n")
    try:
        first, *proof = head.decode("ascii").split("\n")
        size = first.removeprefix("old ")
        if len(data) > REQUEST_LIMIT or not blank or first == size or len(proof) > PROOF_LIMIT:
            raise ValueError("must be a line 'old SIZE', proof lines, an empty line and the checkpoint")
        if not size.isdigit() or len(size) > 19 or str(int(size)) != size:
            raise ValueError(f"its old size must be a number: {size[:40]!r}")
        hashes = tuple(map(strict_base64, proof))
        if any(len(one) != HASH_BYTES for one in hashes):
            raise ValueError("a hash has 32 bytes")
    except (ValueError, binascii.Error) as why:
        raise ProofError("malformed", f"is not a request to a witness: {why}") from None
    return Request(int(size), hashes, note)


class WitnessAnswer(NamedTuple):
    """A witness's answer: HTTP status, content type and body; the reason for a refusal, as a code of
    ``verify`` and in words; the checkpoint to remember as cosigned last; and that checkpoint as monitors read
    it, with only the signatures of trusted keys and the cosignature.
    """

    status: int
    content_type: str
    body: bytes
    code: str = ""
    why: str = ""
    cosigned: Checkpoint | None = None
    published: bytes = b""


def answer(
    asked: Request,
    logs: Mapping[str, Sequence[VerifierKey]],
    last: Mapping[str, Checkpoint],
    witness: Witness,
    time_s: int,
) -> WitnessAnswer:
    """The answer to a request; ``logs`` are the trusted keys and ``last`` the checkpoints cosigned last, both
    by origin.
    """
    whole = _reencoded(asked.note)
    try:
        note = parse_note(whole)
        checkpoint = _any_checkpoint(note.text)
    except ProofError as why:
        return _refused(400, "malformed", f"holds no checkpoint: {why}")
    if checkpoint.origin not in logs:
        return _refused(404, "wrong-origin", f"this witness does not know the log {checkpoint.origin}")
    if whole != asked.note:
        return _refused(403, "bad-signature", "a signature line is not in canonical base64")
    try:
        signed = verified_by(note, logs[checkpoint.origin])
        if not signed:
            return _refused(
                403, "unknown-key", f"the checkpoint is signed by no trusted key of {checkpoint.origin}"
            )
    except ProofError as why:
        return _refused(403, why.code, str(why))
    if asked.old_size > checkpoint.size:
        said = f"its old size {asked.old_size} is above the checkpoint's {checkpoint.size}"
        return _refused(400, "rollback", said)
    seen = last.get(checkpoint.origin)
    size = 0 if seen is None else seen.size
    if asked.old_size != size:
        code = "rollback" if checkpoint.size < size else "no-consistency"
        said = (
            f"this witness cosigned {size} records of {checkpoint.origin} last, the request goes on from"
            f" {asked.old_size}; ask for one made --since {size}"
        )
        return _conflict(size, code, said)
    if seen is not None and seen.size == checkpoint.size and seen.root != checkpoint.root:
        return _refused(422, "fork", f"this witness has cosigned another history of these {size} records")
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        return _refused(422, "range-root", "a log of no records has the root SHA-256 of nothing")
    try:
        _check_proof(seen, checkpoint, asked.proof)
    except ProofError as why:
        return _refused(
            422, why.code, f"the proof does not lead from {size} records to {checkpoint.size}: {why}"
        )
    line = witness.cosign(note.text, time_s)
    known = [(key.name, key.key_hash) for key in signed]
    lines = [
        f"\u2014 {one.name} {_64(one.key_hash + one.signature)}\n"
        for one in note.signatures
        if (one.name, one.key_hash) in known
    ]
    published = "".join([note.text, "\n", *lines, line]).encode()
    return WitnessAnswer(200, TEXT, line.encode(), cosigned=checkpoint, published=published)


def checkpoint_path(origin: str) -> str:
    """The path, below a witness's monitoring prefix, of the checkpoint of a log that it cosigned last."""
    return f"{hashlib.sha256(origin.encode()).hexdigest()}/checkpoint"


def _any_checkpoint(text: str) -> Checkpoint:
    """The checkpoint of any log: origin, size and root, then extension lines, none of them empty.

    Logs of this program have no extension lines, and its verifiers accept none.
    """
    lines = text.split("\n")
    if "" in lines[3:-1]:
        raise ProofError("malformed", "an extension line of a checkpoint must not be empty")
    return parse_checkpoint("\n".join([*lines[:3], *lines[-1:]]) if len(lines) > 4 else text)


def _reencoded(note: bytes) -> bytes:
    """The note with the base64 of its signature lines made canonical; a line that is not base64 stays as it
    is.
    """
    text, blank, lines = note.rpartition(b"\n\n")
    return text + blank + b"\n".join(map(_reencoded_line, lines.split(b"\n")))


def _reencoded_line(line: bytes) -> bytes:
    head, space, encoded = line.rpartition(b" ")
    try:
        return head + space + base64.b64encode(base64.b64decode(encoded, validate=True))
    except binascii.Error:
        return line


def _check_proof(seen: Checkpoint | None, checkpoint: Checkpoint, proof: Sequence[bytes]) -> None:
    if seen is None or seen.size == 0:
        if proof:
            raise ProofError("proof-length", "from nothing there is nothing to prove")
    else:
        check_consistency(seen.size, seen.root, checkpoint.size, checkpoint.root, proof)


def _refused(status: int, code: str, why: str) -> WitnessAnswer:
    return WitnessAnswer(status, TEXT, f"{why}\n".encode(), code, why)


def _conflict(size: int, code: str, why: str) -> WitnessAnswer:
    return WitnessAnswer(409, "text/x.tlog.size", b"%d\n" % size, code, why)


def _64(data: bytes) -> str:
    return base64.b64encode(data).decode()
