"""Files handed to a reader for checking reports: the key with its fingerprint, the verifier page, and a
bundle of the reader's streams.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Final

from ledger.app.book.book import Book
from ledger.app.host.files import write_durably
from ledger.app.proofs import bundle_writer
from ledger.app.proofs.bundle_writer import BundleRequest
from ledger.app.queries.report_run import Question, declared_streams, registry_at
from projections.engine.report import Report
from projections.engine.table import KnownAt
from projections.render.handed import Handed, HandedKey

SUMS: Final = "SHA256SUMS"
BUNDLE: Final = "bundle.zip"
VERIFIER: Final = "verify.html"
KEY: Final = "key.txt"
NAMES: Final = (BUNDLE, VERIFIER, KEY)


def hand(
    book: Book, known: KnownAt | None, reports: Sequence[Report], question: Question, folder: Path
) -> Handed:
    """Write the key and, where a checkpoint covers just what was known, the bundle with the page that
    verifies it.
    """
    vkey = book.seals.vkey()
    key = None
    if vkey is not None:
        data = f"{vkey}\n".encode()
        write_durably(folder / KEY, data)
        key = HandedKey(vkey, KEY, hashlib.sha256(data).hexdigest())
    why = _why_not(book, known, reports)
    if known is None or why:
        return Handed(SUMS, known, None, None, key, why)
    registry = registry_at(book, known.size)
    sites = question.sites or registry.sites
    names = [name for report in reports for name in declared_streams(report, registry, sites)]
    if not names:
        return Handed(SUMS, known, None, None, key, "There is no record to prove yet.")
    asked = BundleRequest(tuple(dict.fromkeys(names)), tuple(reports), question, size=known.size)
    bundle_writer.write(book, asked, folder / BUNDLE)
    page = resources.files("ledger.verifier").joinpath(VERIFIER).read_bytes()
    write_durably(folder / VERIFIER, page)
    return Handed(SUMS, known, BUNDLE, VERIFIER, key)


def _why_not(book: Book, known: KnownAt | None, reports: Sequence[Report]) -> str:
    """Reason why there is no bundle; empty where there can be one."""
    if not reports or known is None:
        return (
            "A bundle of these streams is made with wattledger bundle, for a reader who may see them whole."
        )
    if not book.directory.is_dir():  # it is a bundle itself
        return "These reports were made from a bundle: hand that on beside them, it proves them."
    if all(seal.size != known.size for seal in book.store.seals()):
        return (
            f"There is no bundle here: no checkpoint covers just the {known.size:,} records that were known."
            " Run wattledger checkpoint and make the pack again."
        )
    return ""
