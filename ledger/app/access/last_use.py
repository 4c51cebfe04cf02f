"""The last use of each token, to the minute, in a small file of the book's folder; it is not a record.

A record a minute for each token would be most of the log after a year, and nobody has to prove it. A service keeps
the minutes in memory and writes the file some times a minute; several services of one book add up, because each
puts back what another has overwritten. Where the file cannot be written the service goes on: that a token was used
is known a while later, or not at all. The file holds names of tokens, which the log holds too, and no secret.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from ledger.app.host.files import PRIVATE, write_durably
from ledger.errors import WattledgerError

FILE: Final = "tokens-used.json"
EVERY_S: Final = 15.0
MINUTE: Final = len("2026-01-01T00:00")
_decode = msgspec.json.Decoder(dict[str, str]).decode


def last_used(directory: Path) -> dict[str, str]:
    """The last use of each token as stored, to the minute; empty where there is no file."""
    try:
        return _decode((directory / FILE).read_bytes())
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return {}


class LastUse:
    """The minutes of one service."""

    def __init__(self, directory: Path) -> None:
        self._directory, self._guard = directory, threading.Lock()
        self._used: dict[str, str] = {}

    def note(self, token: str, now: str) -> None:
        """A token was used at an instant."""
        minute = f"{now[:MINUTE]}:00Z"
        if self._used.get(token, "") < minute:
            with self._guard:
                self._used[token] = minute

    def known(self) -> dict[str, str]:
        """What this service knows, and what the file does."""
        with self._guard:
            return _later(last_used(self._directory), self._used)

    def write(self) -> None:
        """Write the file, if it lacks a use that this service knows."""
        kept = last_used(self._directory)
        with self._guard:
            wanted = _later(kept, self._used)
        if wanted != kept:
            with suppress(OSError, WattledgerError):
                data = msgspec.json.encode(wanted, order="sorted") + b"\n"
                write_durably(self._directory / FILE, data, PRIVATE)

    async def run(self) -> None:
        """Write the file every ``EVERY_S`` seconds until canceled."""
        while True:
            await asyncio.sleep(EVERY_S)
            await asyncio.to_thread(self.write)


def _later(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    return {name: max(one.get(name, ""), other.get(name, "")) for name in {**one, **other}}
