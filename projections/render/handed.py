"""Files handed to a reader for checking reports, as the index pages list them (``templates/checking.html``)."""

from __future__ import annotations

from typing import NamedTuple

from projections.engine.table import KnownAt


class HandedKey(NamedTuple):
    """The log's verifier key as its file holds it, the file's name, and the SHA-256 of its bytes in hex."""

    vkey: str
    file: str
    sha256: str


class Handed(NamedTuple):
    """Files for checking: the bundle and the verifier page (None where there are none), the key (None where
    it is not at hand), the file of all sums, and the number of records known.
    """

    sums: str
    known: KnownAt | None
    bundle: str | None
    verifier: str | None
    key: HandedKey | None
    why_no_bundle: str = ""
