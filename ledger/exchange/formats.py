"""The list of formats that can be imported: one line each. The command line is made from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from ledger.errors import Malformed
from ledger.exchange import greenbutton, miners
from ledger.exchange.reading import Reading


class Given(NamedTuple):
    """What may be said beside a file; which of it a format needs, it says itself."""

    site: str | None = None
    meter: str | None = None
    block: str | None = None
    at: str | None = None
    hold_s: int | None = None


class Format(NamedTuple):
    """An import format: its name, what it is, what must be given, and how a file is read."""

    name: str
    summary: str
    needs: tuple[str, ...]
    read_file: Callable[[bytes, str, Given], Reading]

    def read(self, data: bytes, source: str, given: Given) -> Reading:
        """The reading of a file; ``Malformed`` names what was not given."""
        missing = [f"--{name}" for name in self.needs if getattr(given, name) is None]
        if missing:
            raise Malformed(f"import {self.name} needs {' and '.join(missing)}")
        return self.read_file(data, source, given)


def _greenbutton(data: bytes, source: str, given: Given) -> Reading:
    return greenbutton.read(data, source, greenbutton.Options(str(given.site), str(given.meter)))


def _miners(data: bytes, source: str, given: Given) -> Reading:
    options = miners.Options(str(given.site), str(given.block), given.at, given.hold_s)
    return miners.read(data, source, options)


FORMATS: Final = (
    Format(
        "greenbutton", "Green Button (ESPI) interval readings of one meter", ("site", "meter"), _greenbutton
    ),
    Format("miners", "pyasic MinerData JSON: the devices of one block", ("site", "block"), _miners),
)

BY_NAME: Final = {form.name: form for form in FORMATS}
