"""What a reader is handed to check with, beside reports, as the pages that lead to them tell it
(``templates/checking.html``).
"""

from __future__ import annotations

from typing import NamedTuple

from projections.engine.table import KnownAt


class HandedKey(NamedTuple):
    """The log's verifier key as its file holds it, the file's name, and the SHA-256 of its bytes in hex."""

    vkey: str
    file: str
    sha256: str


class Handed(NamedTuple):
    """What a reader gets to check with: the bundle and the verifier page (None where they are not there), the
    key (None where it is not at hand), the file of all sums, and how much of the log was known.
    """

    sums: str
    known: KnownAt | None
    bundle: str | None
    verifier: str | None
    key: HandedKey | None
    why_no_bundle: str = ""
