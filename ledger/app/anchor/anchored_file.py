"""Deliveries of checkpoints: ``anchored.json`` in the book, replaced whole after each.

A checkpoint is noted when its receiver took it, so a run that is killed between the two sends it once more,
under the same key. Two processes that send at a time wait for each other.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Self

import msgspec

from ledger.app.book.anchors import DELIVERIES
from ledger.app.host.files import PRIVATE, write_durably
from ledger.errors import Malformed
from ledger.store import portable


class Delivered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of a destination: its name for people, the size of the last checkpoint that it took (0:
    none) and when, and why the next was not taken (empty: nothing is wrong) and since when.
    """

    where: str = ""
    size: int = 0
    at: str = ""
    failed: str = ""
    failed_at: str = ""


class AnchoredFile:
    """The file, held by one process at a time."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = os.open(directory / f"{DELIVERIES}.lock", os.O_RDWR | os.O_CREAT, PRIVATE)
        try:
            portable.lock(self._lock, wait=True)
            self.known = read_anchored(directory)
        except BaseException:
            os.close(self._lock)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._lock)

    def of(self, id_: str) -> Delivered:
        """What is known of a destination."""
        return self.known.get(id_, Delivered())

    def taken(self, id_: str, where: str, size: int, at: str) -> None:
        """A destination took the checkpoint of a size."""
        self._keep(id_, Delivered(where, size, at))

    def failed(self, id_: str, where: str, why: str, at: str) -> None:
        """A destination did not take the next one."""
        before = self.of(id_)
        if before.failed != why:
            self._keep(id_, Delivered(where, before.size, before.at, why, before.failed_at or at))

    def _keep(self, id_: str, found: Delivered) -> None:
        self.known[id_] = found
        write_durably(self._directory / DELIVERIES, msgspec.json.encode(self.known) + b"\n", PRIVATE)


def read_anchored(directory: Path) -> dict[str, Delivered]:
    """What is known of every destination, without holding the file."""
    try:
        return msgspec.json.decode((directory / DELIVERIES).read_bytes(), type=dict[str, Delivered])
    except FileNotFoundError:
        return {}
    except (msgspec.DecodeError, UnicodeDecodeError) as why:
        raise Malformed(
            f"{directory / DELIVERIES}: not a file that anchor wrote ({why}); move it away: each destination then"
            " begins with the newest checkpoint"
        ) from None
