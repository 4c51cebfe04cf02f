"""The signing key and, beside it, the last checkpoint it signed; both 0600, neither ever in a backup or a bundle.

The key file holds the 32-byte Ed25519 seed in hex. ``<key file>.signed`` holds the last signed checkpoint and is durable before a
signature leaves: a book that is smaller than it, or another history, refuses to append and seal (PROOF 3), so that neither two
processes nor an honest restore can fork the log.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from ledger.app.files import write_durably
from ledger.errors import Malformed
from ledger.log.note import Signer

KEY_FILE: Final = "ledger.key"
VARIABLE: Final = "WATTLEDGER_KEY_FILE"
SEED_BYTES: Final = 32


def key_path(directory: Path, said: str | None = None) -> Path:
    """Where the key is: what was said, else the environment, else in the book."""
    return Path(said or os.environ.get(VARIABLE) or directory / KEY_FILE)


def create_key(path: Path, seed: bytes) -> None:
    """Write a new key; an existing one is never replaced."""
    assert len(seed) == SEED_BYTES, "an Ed25519 seed has 32 bytes"
    if path.exists():
        raise Malformed(f"{path} exists already; a key is never replaced, move it away first")
    write_durably(path, seed.hex().encode() + b"\n", 0o600)


def read_key(path: Path, origin: str) -> Signer:
    """The signer of a book; ``Malformed`` when the key is missing or not a key."""
    try:
        seed = bytes.fromhex(path.read_text("ascii"))
    except FileNotFoundError:
        raise no_key(path) from None
    except (ValueError, UnicodeDecodeError):
        raise Malformed(f"{path}: a key file holds 64 hex digits") from None
    if len(seed) != SEED_BYTES:
        raise Malformed(f"{path}: a key file holds 64 hex digits, not {2 * len(seed)}")
    return Signer(origin, seed)


def no_key(path: Path) -> Malformed:
    """There is no key where one is needed."""
    return Malformed(f"{path}: no signing key here; say where it is with --key-file or {VARIABLE}")


def read_signed(path: Path) -> bytes | None:
    """The last signed checkpoint, None before the first."""
    try:
        return signed_path(path).read_bytes()
    except FileNotFoundError:
        return None


def write_signed(path: Path, note: bytes) -> None:
    """Remember a checkpoint as signed, durably, before it leaves."""
    write_durably(signed_path(path), note, 0o600)


def signed_path(path: Path) -> Path:
    """Where the last checkpoint signed by a key is kept."""
    return path.with_name(path.name + ".signed")
