"""Cosigning by file: a witness's key file, and the state file of what it cosigned last, one signed log after
the other.

The state is canonical JSON ``{origin: {"root": hex, "size": n}}``, durable before a cosignature leaves; a
lock beside it is held from reading to writing, so that two processes cannot cosign two histories. A witness
without its state cannot detect a fork: keep the state where the key is.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Final

import msgspec

from ledger.app.book.anchors import FOLDER as ANCHORS
from ledger.app.book.anchors import keep_anchor
from ledger.app.book.book import Book
from ledger.app.book.keys import key_exists
from ledger.app.host.files import PRIVATE, pasted, plain_text, read_text, write_durably, write_new
from ledger.errors import Conflict, Malformed, Refused, Tampered, VerificationFailed, WattledgerError
from ledger.log.checkpoint import Checkpoint, parse_checkpoint
from ledger.log.merkle import consistency_proof
from ledger.log.ml_dsa import verifier
from ledger.log.witness import Request, Witness, WitnessAnswer, answer, checkpoint_path, parse_request
from ledger.store import portable
from ledger.store.port import Seal
from ledger.store.roots import hash_at
from ledger.verifier.bundle import hashes_said, read_bundle
from ledger.verifier.checkpoints import cosigned_by
from ledger.verifier.faults import ProofError
from ledger.verifier.key_chain import key_walk
from ledger.verifier.keys import COSIGNATURE, ML_DSA_44, VerifierKey, parse_vkey
from ledger.verifier.leaf import read_leaf
from ledger.verifier.notes import Signature, parse_note
from ledger.verifier.policy import FULL_LOG, is_full_log

ENDING: Final = ".cosignatures"
ZIP: Final = b"PK\x03\x04"
MEANING: Final[dict[int, type[WattledgerError]]] = {400: Malformed, 404: Refused, 409: Conflict}
LIES: Final = ("fork", "rollback")
CheckLog = Callable[[Checkpoint, bytes, Sequence[str]], None]
"""Raises unless a log is what a checkpoint, its note and trusted verifier keys say."""


class _Seen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The checkpoint of a log that was cosigned last."""

    root: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    size: Annotated[int, msgspec.Meta(ge=0)]


# --- the witness --------------------------------------------------------------------------------------------


def create_witness(path: Path, name: str, seed: bytes) -> Witness:
    """A new key file, its owner's alone; an existing one is never replaced."""
    if not name or "+" in name or any(c.isspace() or not c.isprintable() for c in name):
        raise Malformed(
            f"a witness's name is a URL without scheme, spaces or '+', such as example.com/witness: {name!r}"
        )
    witness = Witness(name, seed)
    try:
        write_new(path, witness.encode().encode())
    except FileExistsError:
        raise key_exists(path) from None
    return witness


def read_witness(path: Path) -> Witness:
    """The witness of a key file."""
    try:
        return Witness.decode(read_text(path).rstrip())
    except FileNotFoundError:
        raise Malformed(
            f"{path}: no witness's key here; make one with: wattledger keys witness NAME -o {path}"
        ) from None
    except (ValueError, UnicodeDecodeError) as why:
        raise Malformed(f"{path}: is not a witness's key: {why}") from None


def cosign(
    data: bytes,
    vkeys: Sequence[str],
    witness: Witness,
    state: Path,
    time_s: int,
    check_log: CheckLog | None = None,
    publish: Path | None = None,
) -> WitnessAnswer:
    """The cosignature for a request or a bundle, remembered before it is returned; a refusal raises the error
    that its status means.

    ``check_log`` raises unless the whole log is what the checkpoint commits to, and its last key signed it.
    Only a full-log witness cosigns with it, and never without it, so that its name holds true for each of its
    cosignatures.

    ``publish`` is the folder of a web server, where monitors read the checkpoint of each log that was
    cosigned last.
    """
    found = judged(data, vkeys, witness, state, time_s, check_log, publish)
    if found.cosigned is None:
        kind = VerificationFailed if found.code in LIES else MEANING.get(found.status, VerificationFailed)
        raise kind(f"not cosigned: {found.code}: {found.why}")
    return found


def judged(
    data: bytes,
    vkeys: Sequence[str],
    witness: Witness,
    state: Path,
    time_s: int,
    check_log: CheckLog | None = None,
    publish: Path | None = None,
) -> WitnessAnswer:
    """The same with a refusal as its answer, for HTTP; ``Malformed`` where the data are no request."""
    full = is_full_log(parse_vkey(witness.vkey, COSIGNATURE))
    if full and check_log is None:
        raise Malformed(
            f"{witness.name} is the key of a full-log witness: it cosigns with --log EXPORT only, which is the"
            " whole log as the operator exports it (wattledger export jsonl)"
        )
    if check_log is not None and not full:
        raise Malformed(
            f"--log: the name of a full-log witness's key ends with {FULL_LOG}: {witness.name!r} does not. Next:"
            f" wattledger keys witness {witness.name}{FULL_LOG} -o FILE"
        )
    with _locked(state):
        last = _read(state)
        try:
            asked, trusted = _asked(data, vkeys, last)
        except ProofError as why:
            raise Malformed(str(why)) from None
        found = answer(
            asked,
            {key.name: [k for k in trusted if k.name == key.name] for key in trusted},
            last,
            witness,
            time_s,
        )
        if found.cosigned is None:
            return found
        if check_log is not None:
            check_log(found.cosigned, asked.note, list(map(pasted, vkeys)))
        _write(state, {**last, found.cosigned.origin: found.cosigned})
        if publish is not None:
            path = publish / checkpoint_path(found.cosigned.origin)
            path.parent.mkdir(parents=True, exist_ok=True)
            write_durably(path, found.published)
    return found


def _asked(
    data: bytes, vkeys: Sequence[str], last: Mapping[str, Checkpoint]
) -> tuple[Request, list[VerifierKey]]:
    """The request in a file, and the keys that are trusted: those that are given, and in a bundle those they
    were handed on to.
    """
    vkeys = list(map(pasted, vkeys))
    keys = list(map(parse_vkey, vkeys))
    if not data.startswith(ZIP):
        return parse_request(plain_text(data)), keys
    bundle = read_bundle(data)
    note = bundle.data("checkpoint")
    checkpoint = parse_checkpoint(note)
    size = last[checkpoint.origin].size if checkpoint.origin in last else 0
    registry = [read_leaf(leaf) for part in bundle.lines("registry.jsonl") for leaf in part]
    walked = {
        key.name: key_walk(key.name, vkey, registry)
        for vkey, key in zip(vkeys, keys, strict=True)
        if key.name == checkpoint.origin
    }
    proof: list[bytes] = []
    if 0 < size < checkpoint.size:
        member = f"consistency/{size}"
        if member not in bundle.members:
            raise ProofError(
                "no-consistency",
                f"this witness cosigned {size} records last, and the bundle does not go on from them",
            )
        proof = hashes_said(bundle.json(member, "checkpoint", "proof")["proof"], member)
    return Request(size, tuple(proof), note), [parse_vkey(walk[-1]) for walk in walked.values()]


@contextmanager
def _locked(state: Path) -> Iterator[None]:
    portable.check_writable()
    descriptor = os.open(
        state.with_name(state.name + ".lock"), os.O_RDWR | os.O_CREAT | portable.NOFOLLOW, PRIVATE
    )
    try:
        portable.lock(descriptor, wait=True)
        yield
    finally:
        os.close(descriptor)


def _read(state: Path) -> dict[str, Checkpoint]:
    try:
        said = msgspec.json.decode(state.read_bytes(), type=dict[str, _Seen])
    except FileNotFoundError:
        return {}
    except (msgspec.MsgspecError, UnicodeDecodeError) as why:
        raise Malformed(
            f"{state}: is not a witness's state ({why}); put back the one that was kept"
        ) from None
    return {origin: Checkpoint(origin, seen.size, bytes.fromhex(seen.root)) for origin, seen in said.items()}


def _write(state: Path, seen: Mapping[str, Checkpoint]) -> None:
    said = {origin: _Seen(checkpoint.root.hex(), checkpoint.size) for origin, checkpoint in seen.items()}
    write_durably(state, msgspec.json.encode(said, order="sorted") + b"\n", PRIVATE)


# --- the log ------------------------------------------------------------------------------------------------


def request_since(book: Book, size: int) -> Request:
    """Request to a witness that cosigned ``size`` records last (0: none yet): the proof from there to the
    newest checkpoint.
    """
    seal = book.store.last_seal()
    if seal is None:
        raise Refused("nothing is sealed yet. Next: wattledger checkpoint")
    if size > seal.size:
        raise Malformed(
            f"--since must be from 0 to {seal.size}, the records of the newest checkpoint: {size}"
        )
    proof = consistency_proof(hash_at(book.store), size, seal.size) if 0 < size < seal.size else []
    return Request(size, tuple(proof), seal.note)


def attach(book: Book, lines: bytes, vkey: str) -> Seal:
    """Keep a witness's cosignature of one of the book's checkpoints; ``VerificationFailed`` where it is of
    none of them.
    """
    lines = plain_text(lines)
    try:
        witness = parse_vkey(pasted(vkey), COSIGNATURE, ML_DSA_44)
    except ProofError as why:
        raise Malformed(f"--witness: {why}") from None
    seals = book.store.seals()
    try:
        mine = [line for line in parse_note(seals[-1].note + lines).signatures if _is_by(line, witness)]
    except ProofError as why:
        raise Malformed(f"is not a cosignature: {why}") from None
    for seal in reversed(seals) if mine else ():
        with suppress(ProofError):  # it is of another checkpoint
            if cosigned_by(parse_note(seal.note + lines), [witness], verifier()):
                _keep(book.directory, seal, lines, witness)
                return seal
    raise VerificationFailed(f"is not a cosignature by {witness.name} of a checkpoint of this book")


def _keep(directory: Path, seal: Seal, lines: bytes, witness: VerifierKey) -> None:
    """Keep the witness's own line, once; a witness with two keys answers with a line by each."""
    found = zip(
        parse_note(seal.note + lines).signatures[::-1], lines.splitlines(keepends=True)[::-1], strict=False
    )
    (line,) = (each for signature, each in found if _is_by(signature, witness))

    def added(path: Path) -> bytes | None:
        kept = _lines(path, seal)
        held = parse_note(seal.note + kept).signatures
        return None if any(_is_by(one, witness) for one in held) else kept + line

    keep_anchor(directory, f"{seal.size}{ENDING}", added)


def _is_by(line: Signature, witness: VerifierKey) -> bool:
    return (line.name, line.key_hash) == (witness.name, witness.key_hash)


def cosigned(directory: Path, seal: Seal) -> bytes:
    """A checkpoint of the book with the cosignatures that are kept of it."""
    return seal.note + _lines(directory / ANCHORS / f"{seal.size}{ENDING}", seal)


def _lines(path: Path, seal: Seal) -> bytes:
    """The cosignatures that a file holds; ``Tampered`` where it holds something else."""
    try:
        lines = path.read_bytes()
        parse_note(seal.note + lines)
    except (FileNotFoundError, NotADirectoryError):  # a bundle or an archive has no folder
        return b""
    except ProofError as why:
        raise Tampered(f"{path} holds no cosignatures ({why}); run fsck") from None
    return lines
