"""``copy``: the book in another folder, with its records in the backend of one's choice; the same roots.

Records, sections, seals, documents and anchors go over, never the signing key: a key in two places could sign
two histories. Until the key is moved the copy can be read, not written.

The copy is checked as fsck checks a book before its folder is in its place, and ``book.toml`` is written last but
for records that are files: what is interrupted opens nowhere, and the same command goes on or begins anew. In a
database server all records go in one transaction.
"""

from __future__ import annotations

import re
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec

from ledger.app.book import config
from ledger.app.book.anchors import FOLDER as ANCHORS
from ledger.app.book.anchors import NAMES as ANCHOR
from ledger.app.book.anchors import SUMS
from ledger.app.book.evidence import FOLDER as EVIDENCE
from ledger.app.book.evidence import NAME as DOCUMENT
from ledger.app.book.making import alone
from ledger.app.book.unfinished import still_kept
from ledger.app.host.files import PRIVATE, make_folder, own_folder, sync_directory, write_durably
from ledger.app.host.progress import Progress
from ledger.app.maintenance.fsck import copy_findings
from ledger.app.maintenance.key_check import key_state
from ledger.app.maintenance.restore import put_in_place, staged
from ledger.errors import Malformed, Tampered
from ledger.store.open import ARCHIVE, store_folder
from ledger.store.transfer import fill


class Copied(NamedTuple):
    """What was copied: the log's origin, its size and its root, which both books have."""

    origin: str
    size: int
    root: str


def copy_book(directory: Path, target: Path, backend: str, progress: Progress) -> Copied:
    """Copy a book into a new folder, its records into a backend; ``Tampered`` where anything in the copy would
    be damaged.
    """
    settings = config.read_config(directory)
    copied = msgspec.structs.replace(settings, backend=backend)
    config.check_config(copied)
    make_folder(target)
    with alone(target):
        if (target / config.NAME).exists() or store_folder(target).exists():
            raise Malformed(f"{target} is a book already: copy into a new folder")
        with staged(target) as stage:
            made = store_folder(stage, backend)
            with closing(store_folder(directory, settings.backend).open(write=False)) as source:
                with made.filled() as store:
                    fill(source, store, progress)
                    erased = still_kept(store)
                    if erased:
                        store.erase_all(erased)
                done = Copied(settings.origin, source.size, source.forest.root().hex())
            _check(directory, stage, copied, progress)
            anchors = re.compile(f"{ANCHOR.pattern}|{SUMS}")
            for folder, names in ((EVIDENCE, DOCUMENT), (ANCHORS, anchors)):
                _copy_files(directory / folder, target / folder, names)
            put_in_place(stage, target, copied)
    return done


def is_archive(directory: Path) -> bool:
    """True where the book in a folder is an archive."""
    return config.read_config(directory).backend == ARCHIVE


def _check(directory: Path, stage: Path, settings: config.Config, progress: Progress) -> None:
    """Read everything back from where it was copied to."""
    found = copy_findings(stage, key_state(directory, None, settings.origin), settings, progress)
    if found:
        first = found[0]
        where = "" if first.place is None else f"record {first.place}: "
        raise Tampered(f"the copy is not sound, and was not made a book: {where}{first.what}; run fsck")


def _copy_files(source: Path, target: Path, names: re.Pattern[str]) -> None:
    """Copy the files of a folder of the book durably; ``Tampered`` where a document is not what its name says."""
    files = [file for file in sorted(source.glob("*")) if names.fullmatch(file.name)]
    if not files:
        return
    own_folder(target)
    for file in files:
        data = file.read_bytes()
        if names is DOCUMENT and sha256(data).hexdigest() != file.name[:64]:
            raise Tampered(
                f"{file} is not the document that was kept: put it back as it was, then copy again"
            )
        write_durably(target / file.name, data, PRIVATE)
    sync_directory(target)
