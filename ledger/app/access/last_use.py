"""When each token was used last, to the minute: a small file beside the book, never a record.

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
    """The minute in which each token was used last, as stored; empty where nothing was kept."""
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
        """Keep it, where the file does not have it yet."""
        kept, wanted = last_used(self._directory), self.known()
        if wanted != kept:
            with suppress(OSError, WattledgerError):
                data = msgspec.json.encode(wanted, order="sorted") + b"\n"
                write_durably(self._directory / FILE, data, PRIVATE)

    async def run(self) -> None:
        """Keep it now and then, for ever."""
        while True:
            await asyncio.sleep(EVERY_S)
            await asyncio.to_thread(self.write)


def _later(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    return {name: max(one.get(name, ""), other.get(name, "")) for name in {**one, **other}}
