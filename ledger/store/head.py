"""The head file: the acknowledged size and root, kept apart from the database and durable before the
acknowledgment is sent.

One flipped bit in an unmerged write-ahead log silently drops committed records, and neither a hash chain nor
an integrity check sees a missing tail; the head does. Two slots of 512 bytes are written in turn, so that a
torn write leaves the other one whole. A slot is magic[8] generation[8] size[8] root[32] check[16],
big-endian, check = the start of SHA-256 over what stands before it.
"""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from typing import Final

from ledger.store.port import Head

SLOT_BYTES: Final = 512
_MAGIC: Final = b"wl-head1"
FILE_MODE: Final = 0o600  # rents are in a book: only its owner reads it
_CHECKED: Final = 56
_CHECK_BYTES: Final = 16


class HeadFile:
    """An open head file. ``write`` returns when the head is on the disk."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self.path = path
        self._generation: int | None = None
        flags = os.O_RDWR | (os.O_CREAT | os.O_EXCL if create else 0)
        self._descriptor = os.open(path, flags, FILE_MODE)
        if create:
            os.pwrite(self._descriptor, bytes(2 * SLOT_BYTES), 0)
            os.fsync(self._descriptor)

    def read(self) -> Head | None:
        """The newest whole head, None where neither slot is whole; ``write`` goes on after it."""
        data = os.pread(self._descriptor, 2 * SLOT_BYTES, 0)
        self._generation, head = _newest(data)
        return head

    def write(self, head: Head) -> None:
        """Put a head on the disk, over the older of the two slots; ``OSError`` when the disk fails.

        Call it only while holding the writer's lock. A handle that waited for that lock calls ``read`` first:
        with the number of an earlier read the new head would get an old number, and every reader would go on
        taking the older head for the newest.
        """
        if self._generation is None:
            self.read()
        generation = (self._generation or 0) + 1
        body = _MAGIC + generation.to_bytes(8, "big") + head.size.to_bytes(8, "big") + head.root
        slot = (body + sha256(body).digest()[:_CHECK_BYTES]).ljust(SLOT_BYTES, b"\0")
        written = os.pwrite(self._descriptor, slot, SLOT_BYTES * (generation % 2))
        if written != SLOT_BYTES:
            raise OSError(f"only {written} of {SLOT_BYTES} bytes of the head were written")
        os.fdatasync(self._descriptor)
        self._generation = generation

    def is_at(self, path: Path) -> bool:
        """True where the open file is the one that has the name now."""
        try:
            return os.path.samestat(os.fstat(self._descriptor), path.stat())
        except FileNotFoundError:
            return False

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


def read_head(path: Path) -> Head | None:
    """The newest whole head of a file, read only; None where there is none."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    return _newest(data)[1]


def _newest(data: bytes) -> tuple[int, Head | None]:
    """The newest whole head and its number."""
    slots = [_parsed(data[n : n + SLOT_BYTES]) for n in (0, SLOT_BYTES)]
    return max((slot for slot in slots if slot), default=(0, None), key=lambda slot: slot[0])


def _parsed(slot: bytes) -> tuple[int, Head] | None:
    body, check = slot[:_CHECKED], slot[_CHECKED : _CHECKED + _CHECK_BYTES]
    if len(slot) != SLOT_BYTES or body[:8] != _MAGIC or sha256(body).digest()[:_CHECK_BYTES] != check:
        return None
    return int.from_bytes(body[8:16], "big"), Head(int.from_bytes(body[16:24], "big"), body[24:56])


def damaged_slots(data: bytes) -> list[str]:
    """Faults in the bytes of a head file.

    A slot is one sector, so an interrupted write leaves the old slot whole or the new one. Only a file that
    was written once has a slot of zeros.
    """
    if len(data) != 2 * SLOT_BYTES:
        return [f"has {len(data):,} bytes where {2 * SLOT_BYTES:,} are due"]
    parts = [data[n : n + SLOT_BYTES] for n in (0, SLOT_BYTES)]
    slots = [None if any(part[_CHECKED + _CHECK_BYTES :]) else _parsed(part) for part in parts]
    once = [not any(parts[0]), slots[1] is not None and slots[1][0] == 1] == [True, True]
    return [
        f"has a damaged slot {n} of two: the head that was written there is not known"
        for n, slot in enumerate(slots)
        if slot is None and not (once and n == 0)
    ]
