"""fsck's findings on the signing key, on the checkpoint it last signed, and on every signature in the log.

The key may be kept elsewhere, and a book without it is read like any other: where neither is here, that is a
notice. One of the two alone, or one that does not match the log, is a finding: the book is closed to new
records, or the key could sign a second history (PROOF 3).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from ledger import kinds
from ledger.app.book import keys
from ledger.errors import Malformed
from ledger.log.checkpoint import Checkpoint, parse_checkpoint
from ledger.log.ml_dsa import check_cosigned, verifier
from ledger.log.signing import Signer
from ledger.store.audit import Finding
from ledger.verifier.ed25519 import ed25519_verifies
from ledger.verifier.faults import ProofError
from ledger.verifier.key_chain import ml_dsa_text, rotation_text
from ledger.verifier.keys import ML_DSA_44, ML_DSA_44_BYTES, VerifierKey, parse_vkey, strict_base64
from ledger.verifier.notes import Note, parse_note


class KeyState(NamedTuple):
    """The signing key and the checkpoint it last signed, as they were read; the faults of
    either.
    """

    path: Path
    signer: Signer | None
    following: Signer | None
    note: bytes | None
    signed: Checkpoint | None
    wrong: tuple[str, ...]

    @property
    def is_elsewhere(self) -> bool:
        """True where neither the key nor what it signed is here."""
        return self.signer is None and self.note is None and not self.wrong

    def held(self) -> dict[str, Signer]:
        """The keys that are here, by their verifier key."""
        return {signer.vkey: signer for signer in (self.signer, self.following) if signer is not None}


class Log(NamedTuple):
    """Signature data of the database: its origin and size, checkpoints, rotations of the key, roots at the
    requested sizes.
    """

    origin: str
    size: int
    seals: Sequence[tuple[int, bytes]]
    rotations: Sequence[tuple[int, kinds.KeyRotated]]
    ml_dsa: Sequence[tuple[int, kinds.MlDsaKeyAdded]]
    roots: Mapping[int, bytes]
    new: bool  # holds nothing but what was written when it was made


def key_state(directory: Path, key_file: str | None, origin: str) -> KeyState:
    """The key and what it signed, as they are now."""
    path = keys.key_path(directory, key_file)
    wrong: list[str] = []
    signer = _signer(path, origin, wrong)
    following = _signer(path.with_name(path.name + ".next"), origin, wrong)
    beside = keys.signed_path(path)
    note, signed = None, None
    try:
        note = beside.read_bytes()
        signed = parse_checkpoint(note)
    except FileNotFoundError:
        pass
    except OSError as why:
        wrong.append(f"{beside} cannot be read: {why.strerror}")
    except ProofError as why:
        wrong.append(
            f"{beside} holds no checkpoint: {why}; put back the last one that the key signed, or the newest"
            " of this log that anyone holds"
        )
    return KeyState(path, signer, following, note, signed, tuple(wrong))


def _signer(path: Path, origin: str, wrong: list[str]) -> Signer | None:
    try:
        return keys.read_key(path, origin) if path.exists() else None
    except OSError as why:
        wrong.append(f"{path}: the signing key cannot be read: {why.strerror}")
    except Malformed as why:
        wrong.append(str(why))
    return None


def notices(state: KeyState) -> list[Finding]:
    """Notices about a key that is kept elsewhere."""
    if not state.is_elsewhere:
        return []
    return [
        Finding(
            None,
            f"neither the signing key {state.path} nor the checkpoint it last signed is here: the book can be"
            " read and not written, and signatures of seals were not checked unless the log names its keys;"
            f" name the key's file with --key-file or {keys.VARIABLE}",
        )
    ]


def key_findings(state: KeyState, log: Log) -> Iterator[Finding]:
    """Findings on the key and on the checkpoint it signed last."""
    yield from (Finding(None, what) for what in state.wrong)
    beside = keys.signed_path(state.path)
    if not state.wrong and (state.signer is None) != (state.note is None):
        if state.signer is None:
            yield Finding(
                None,
                f"{state.path}: the signing key is missing, and {beside.name} is here; put it back, or name"
                f" its file with --key-file or {keys.VARIABLE}",
            )
        elif not log.new:
            yield Finding(
                None,
                f"{beside} is missing, so what the key signed last is not known, and it could sign a second"
                " history: put it back, or put in its place the newest checkpoint of this log that anyone"
                " holds",
            )
    if state.signed is not None:
        yield from _signed(beside, state.signed, log)
    yield from _not_the_logs(state, log)


def _signed(beside: Path, signed: Checkpoint, log: Log) -> Iterator[Finding]:
    sealed = max((size for size, _ in log.seals), default=0)
    if signed.origin != log.origin:
        yield Finding(None, f"{beside} is of {signed.origin}, this book is {log.origin}")
    elif signed.size > log.size:
        yield Finding(
            None,
            f"the key has signed {signed.size} records and this book holds {log.size}: an older database was"
            " put back. Next: wattledger restore FILE, of an export that holds the rest",
        )
    elif log.roots.get(signed.size, signed.root) != signed.root:
        yield Finding(
            None,
            f"the first {signed.size} records are not those the key signed: this is another history, or"
            f" {beside.name} is of another book",
        )
    elif signed.size < sealed:
        yield Finding(
            None,
            f"{beside} is over {signed.size} records and the book is sealed at {sealed}: an older one was put"
            " back, and the key could sign a second history; put in its place what the key signed last",
        )


def _not_the_logs(state: KeyState, log: Log) -> Iterator[Finding]:
    """The key that is here must be the one that signs, by the registry, and what it signed last must carry
    its signature.
    """
    if state.signer is None or state.note is None or state.signed is None:
        return
    if log.rotations:
        record, last = log.rotations[-1]
        sealed = max((size for size, _ in log.seals), default=0)
        wanted = [last.old_vkey, last.new_vkey] if record >= sealed else [last.new_vkey]
        missing = [vkey for vkey in wanted if vkey not in state.held()]
        if missing:
            yield Finding(
                None,
                f"{state.path}: holds another key than the log is signed by since record {record}, which is"
                f" {missing[0]}",
            )
    due = _due(log.rotations, state.signed.size) or state.signer.vkey
    problem = signed_by(state.note, due)
    if problem:
        yield Finding(None, f"{keys.signed_path(state.path)} is not signed by the log's key: {problem}")


# --- signatures in the log ----------------------------------------------------------------------------------


def signature_findings(state: KeyState, log: Log) -> Iterator[Finding]:
    """Every rotation must be signed by both its keys and follow the one before, and every seal by the keys
    that were the log's then.
    """
    for record, body in log.rotations:
        yield from _rotation(record, body, log.origin)
    for (_, before), (record, body) in pairwise(log.rotations):
        if before.new_vkey != body.old_vkey:
            yield Finding(record, "its key was not the log's: the one before it handed on to another")
    trusted = _trusted(state, log)
    yield from _ml_dsa_keys(log, trusted)
    others = tuple(
        dict.fromkeys(vkey for _, body in log.rotations for vkey in (body.old_vkey, body.new_vkey))
    )
    for size, note in log.seals:
        yield from _seal(size, note, _due(log.rotations, size) or trusted, others, log.origin)
        yield from _ml_dsa_seal(size, note, [body for record, body in log.ml_dsa if record < size])


def _due(rotations: Sequence[tuple[int, kinds.KeyRotated]], size: int) -> str | None:
    """Keys that must have signed a checkpoint of a size, by the log itself; None where the log has had one
    key only.
    """
    before = [body.new_vkey for record, body in rotations if record < size]
    return before[-1] if before else rotations[0][1].old_vkey if rotations else None


def _trusted(state: KeyState, log: Log) -> str | None:
    """The key at hand, if what it signed last is this log's; else the log's key is not known."""
    signed = state.signed
    if state.signer is None or signed is None or signed.origin != log.origin:
        return None
    return state.signer.vkey if log.roots.get(signed.size, signed.root) == signed.root else None


def _seal(size: int, note: bytes, due: str | None, others: Sequence[str], origin: str) -> Iterator[Finding]:
    try:
        if parse_checkpoint(note).origin != origin:
            yield Finding(None, f"the seal at {size} records is of another origin than {origin}")
            return
    except ProofError:
        return  # reported as malformed already
    problem = None if due is None else signed_by(note, due, others)
    if problem:
        yield Finding(None, f"the seal at {size} records is not signed by the log's key: {problem}")


def signed_by(note: bytes, due: str, others: Sequence[str] = ()) -> str | None:
    """Reason why a note does not carry a good signature by a key, or carries a wrong one by another of the
    log's; None where all are good.
    """
    try:
        parsed = parse_note(note)
        wanted = [_parsed(vkey) for vkey in dict.fromkeys((due, *others))]
    except ProofError as why:
        return str(why)
    for n, key in enumerate(wanted):
        lines = [line for line in parsed.signatures if (line.name, line.key_hash) == (key.name, key.key_hash)]
        if n == 0 and not lines:
            return f"it carries no signature by {due}"
        if len(lines) > 1 or not all(_verifies(key, parsed, line.signature) for line in lines):
            return f"the signature by {key.name} is wrong"
    return None


_parsed = lru_cache(maxsize=64)(parse_vkey)


def _verifies(key: VerifierKey, note: Note, signature: bytes) -> bool:
    """Verify with the library: the reader's verifier in plain Python takes forty times as long, and a log has
    thousands of checkpoints.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, note.text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _rotation(record: int, body: kinds.KeyRotated, origin: str) -> list[Finding]:
    text = rotation_text(origin, body.old_vkey, body.new_vkey, record).encode()
    wrong = []
    for name, vkey, signature in (
        ("old", body.old_vkey, body.old_signature),
        ("new", body.new_vkey, body.new_signature),
    ):
        try:
            good = ed25519_verifies(parse_vkey(vkey).public, text, strict_base64(signature))
        except (ProofError, ValueError):
            good = False
        if not good:
            wrong.append(Finding(record, f"its signature by the {name} key is wrong"))
    return wrong


# --- ML-DSA-44 ----------------------------------------------------------------------------------------------


def _ml_dsa_keys(log: Log, trusted: str | None) -> Iterator[Finding]:
    """Each ML-DSA-44 key must be signed by the log's Ed25519 key then, by itself and by the one before it."""
    before: VerifierKey | None = None
    for record, body in log.ml_dsa:
        text = ml_dsa_text(log.origin, body.vkey, body.ml_dsa_vkey, record).encode()
        due = _due(log.rotations, record) or trusted
        try:
            key = parse_vkey(body.ml_dsa_vkey, ML_DSA_44)
            signed = [
                ed25519_verifies(parse_vkey(body.vkey).public, text, strict_base64(body.signature)),
                _ml_dsa_good(key, text, body.ml_dsa_signature),
                before is None or _ml_dsa_good(before, text, body.old_ml_dsa_signature or ""),
                due in (None, body.vkey),
            ]
        except (ProofError, ValueError):
            yield Finding(record, "the ML-DSA-44 key that it adds is malformed or not signed")
            continue
        if not all(signed):
            yield Finding(record, "a signature of the ML-DSA-44 key that it adds is wrong")
        before = key


def _ml_dsa_good(key: VerifierKey, text: bytes, signature: str) -> bool:
    data, verifies = strict_base64(signature), verifier()
    return len(data) == ML_DSA_44_BYTES and (verifies is None or verifies(key.public, text, data))


def _ml_dsa_seal(size: int, note: bytes, added: Sequence[kinds.MlDsaKeyAdded]) -> Iterator[Finding]:
    """A seal carries a good signature by the ML-DSA-44 key that the log had then."""
    if not added:
        return
    try:
        check_cosigned(parse_note(note), _parsed(added[-1].ml_dsa_vkey, ML_DSA_44))
    except ProofError as why:
        yield Finding(None, f"the seal at {size} records is not signed by the log's ML-DSA-44 key: {why}")
