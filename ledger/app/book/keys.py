"""The signing key and, beside it, the last checkpoint it signed; both 0600, neither ever in a backup or a
bundle.

The key file holds the 32-byte Ed25519 seed in hex. ``<key file>.signed`` holds the last signed checkpoint and
is durable before a signature leaves: a book that is smaller than it, or another history, refuses to append
and seal (PROOF 3), so that neither two processes nor an honest restore can fork the log.

A rotation writes the new key to ``<key file>.next``, then records it, then signs one checkpoint with both,
then puts the new key in the old one's place. The old key is not kept: it signs nothing any more, and could
only be stolen. After a crash anywhere the registry says what is to be done next.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from ledger.app.host.files import (
    PRIVATE,
    read_text,
    remove_leftovers,
    sync_directory,
    write_durably,
    write_new,
)
from ledger.errors import Malformed, Tampered
from ledger.log.checkpoint import Checkpoint, parse_checkpoint
from ledger.log.signing import Signer
from ledger.verifier.faults import ProofError

KEY_FILE: Final = "ledger.key"
VARIABLE: Final = "WATTLEDGER_KEY_FILE"
SEED_BYTES: Final = 32


def key_path(directory: Path, said: str | None = None) -> Path:
    """Path of the key: the one given, else from the environment, else in the book."""
    return Path(said or os.environ.get(VARIABLE) or directory / KEY_FILE)


def create_key(path: Path, seed: bytes) -> None:
    """Write a new key; an existing one is never replaced."""
    assert len(seed) == SEED_BYTES, "an Ed25519 seed has 32 bytes"
    try:
        write_new(path, seed.hex().encode() + b"\n")
    except FileExistsError:
        raise key_exists(path) from None


def key_exists(path: Path) -> Malformed:
    """The error for a new key whose path is taken."""
    return Malformed(f"{path} exists already; a key is never replaced, move it away first")


def read_key(path: Path, origin: str) -> Signer:
    """The signer of a book; ``Malformed`` when the key is missing or not a key."""
    try:
        seed = bytes.fromhex(read_text(path))
    except FileNotFoundError:
        raise no_key(path) from None
    except (ValueError, UnicodeDecodeError):
        raise Malformed(f"{path}: a key file holds 64 hex digits") from None
    if len(seed) != SEED_BYTES:
        raise Malformed(f"{path}: a key file holds 64 hex digits, not {2 * len(seed)}")
    return Signer(origin, seed)


class MlDsaKey(NamedTuple):
    """An ML-DSA-44 key of the log, as the registry has it, and the Ed25519 key it stands beside."""

    record: int
    rec: str
    vkey: str
    ml_dsa_vkey: str


class Rotation(NamedTuple):
    """A key handed on, as the registry has it."""

    record: int
    rec: str
    old_vkey: str
    new_vkey: str


def signers(path: Path, origin: str, rotations: Sequence[Rotation], signed_size: int) -> list[Signer]:
    """Signers of the next checkpoint, the newest key last: both keys where none was signed since the last
    rotation.

    ``Malformed`` where the key that the log is signed by is not here.
    """
    own = read_key(path, origin)
    if not rotations:
        return [own]
    held = {signer.vkey: signer for signer in (own, *_next(path, origin))}
    last = rotations[-1]
    wanted = [last.old_vkey, last.new_vkey] if last.record >= signed_size else [last.new_vkey]
    missing = [vkey for vkey in wanted if vkey not in held]
    if missing:
        raise Malformed(
            f"{path}: holds another key than the log is signed by since record {last.record}, which is"
            f" {missing[0]}"
        )
    return [held[vkey] for vkey in wanted]


def create_next(path: Path, seed: bytes) -> None:
    """Write the key that is to be the next; one that no record names yet is replaced."""
    write_durably(_next_path(path), seed.hex().encode() + b"\n", PRIVATE)


def promote(path: Path, vkey: str, origin: str) -> None:
    """Put the next key in the place of the old one, where it is the one that signs now."""
    if [signer.vkey for signer in _next(path, origin)] == [vkey]:
        os.replace(_next_path(path), path)
        for name in (path, _next_path(path)):  # a killed run may have left a copy of the seed
            remove_leftovers(name)
        sync_directory(path.parent)


def next_key(path: Path, origin: str) -> Signer:
    """The key that is to be the next."""
    return read_key(_next_path(path), origin)


def _next(path: Path, origin: str) -> list[Signer]:
    return [next_key(path, origin)] if _next_path(path).exists() else []


def _next_path(path: Path) -> Path:
    return path.with_name(path.name + ".next")


def no_key(path: Path) -> Malformed:
    """The error for a missing signing key."""
    return Malformed(f"{path}: no signing key here; name its file with --key-file or {VARIABLE}")


def read_signed(path: Path) -> bytes | None:
    """The last signed checkpoint, None before the first."""
    try:
        return signed_path(path).read_bytes()
    except FileNotFoundError:
        return None


def stamp(path: str, signed: str) -> tuple[object, ...] | None:
    """Value that changes whenever a key or what it signed is written again; None where one of the two is
    missing. Each append asks, so the paths come as texts that are made once.
    """
    try:
        key, note = os.stat(path), os.stat(signed)
    except FileNotFoundError:
        return None
    return (key.st_ino, key.st_size, key.st_mtime_ns, note.st_ino, note.st_size, note.st_mtime_ns)


def parse_signed(path: Path, note: bytes) -> Checkpoint:
    """The last checkpoint that a key signed; ``Tampered`` if the file beside the key holds none."""
    try:
        return parse_checkpoint(note)
    except ProofError as why:
        raise Tampered(
            f"{signed_path(path)} holds no checkpoint ({why}): put back the last one that the key signed, or"
            " the newest of this log that anyone holds"
        ) from None


def write_signed(path: Path, note: bytes) -> None:
    """Remember a checkpoint as signed, durably, before it leaves."""
    write_durably(signed_path(path), note, PRIVATE)


def signed_path(path: Path) -> Path:
    """Path of the last checkpoint signed by a key."""
    return path.with_name(path.name + ".signed")
