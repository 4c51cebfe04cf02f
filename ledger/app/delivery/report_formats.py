"""The formats that reports are handed out in, by name: for the command line and the service."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from ledger.errors import Malformed, no_such
from projections.render.formats import BY_ENDING as BY_ENDING  # noqa: PLC0414
from projections.render.formats import BY_NAME as BY_NAME  # noqa: PLC0414
from projections.render.formats import FORMATS as FORMATS  # noqa: PLC0414
from projections.render.formats import ReportFormat


def format_named(name: str) -> ReportFormat:
    """A format of the list; ``Malformed`` lists them."""
    if name not in BY_NAME:
        raise no_such("format", name, BY_NAME)
    check_installed(BY_NAME[name])
    return BY_NAME[name]


def check_installed(form: ReportFormat) -> None:
    """``Malformed`` where what the format needs is not there."""
    if not form.installed:
        raise Malformed(
            f"{form.name} needs an extra that is not installed: pip install 'wattledger[{form.extra}]'"
        )


class Hashed:
    """Pieces of a file on their way into it: their length and their hash are those of what has passed."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._digest = pieces, hashlib.sha256()
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self._digest.update(piece)
            self.size += len(piece)
            yield piece

    @property
    def sha256(self) -> str:
        """The hash in hex."""
        return self._digest.hexdigest()
