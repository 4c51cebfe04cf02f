"""fsck's findings on the folders beside the database: documents kept as evidence, and anchors (what third
parties attest of the log's checkpoints).

A document's name is its SHA-256, so its bytes can always be checked. A missing document can be known only
among those that the store lists as kept: a record may name a document that never was here, because the record
was restored from an export or typed as story text. Those are a notice.

An anchor must match its name: cosignature lines, or an RFC 3161 response, of a checkpoint of this
book. Checking more needs the witness's or the authority's key; to detect a change without it, the anchor's
SHA-256 is kept beside it (``anchors.keep_anchor``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from ledger.app.book import anchors
from ledger.app.book.documents import NAMES
from ledger.app.book.evidence import FOLDER, sha256_of
from ledger.errors import Malformed
from ledger.store.audit import Finding
from ledger.verifier.faults import ProofError
from ledger.verifier.keys import ML_DSA_44_BYTES
from ledger.verifier.notes import parse_note

SHOWN: Final = 5
COSIGNATURE_BYTES: Final = (8 + 64, 8 + ML_DSA_44_BYTES)  # time and signature


class Evidence:
    """The documents of a book as they are now: which are here, and which of them do not match their
    names.
    """

    def __init__(self, directory: Path) -> None:
        self.wrong: dict[str, str] = {}
        self.here: set[str] = set()
        try:
            found = sorted((directory / FOLDER).iterdir())
        except FileNotFoundError:
            found = []
        except OSError as why:
            self.wrong[""] = f"{directory / FOLDER} cannot be read: {why.strerror}"
            return
        for path in found:
            if NAMES.fullmatch(path.name) and path.suffix != ".new":
                self._look(path)

    def _look(self, path: Path) -> None:
        digest = path.name[:64]
        try:
            same = sha256_of(path) == digest
        except FileNotFoundError:  # erased meanwhile
            return
        except OSError as why:
            self.wrong[digest] = f"the document {path} cannot be read: {why.strerror}"
            return
        self.here.add(digest)
        if not same:
            self.wrong[digest] = f"the document {path} is not the one that was kept: its SHA-256 differs"


def evidence_findings(seen: Evidence, listed: set[str], named: Mapping[str, int]) -> Iterator[Finding]:
    """Documents that do not match their names, and documents that were kept and are gone."""
    for digest, what in seen.wrong.items():
        yield Finding(named.get(digest), what)
    if "" not in seen.wrong:
        for digest in sorted(listed - seen.here - seen.wrong.keys()):
            yield Finding(
                named.get(digest),
                f"the document {digest} was kept as evidence and is gone; put it back from a backup",
            )


def evidence_notices(seen: Evidence, listed: set[str], named: Mapping[str, int]) -> list[Finding]:
    """Documents that records name and that are not here, nor listed as kept."""
    absent = sorted(
        (named[digest], digest) for digest in named.keys() - listed - seen.here - seen.wrong.keys()
    )
    if not absent or "" in seen.wrong:
        return []
    shown = ", ".join(f"{digest[:16]}... (record {index})" for index, digest in absent[:SHOWN])
    more = f" and {len(absent) - SHOWN} more" if len(absent) > SHOWN else ""
    return [
        Finding(
            None,
            "documents that records name are not here: never kept in this book, or deleted with an erasure:"
            f" {shown}{more}",
        )
    ]


# --- anchors ------------------------------------------------------------------------------------------------


def anchor_findings(directory: Path, seals: Mapping[int, bytes]) -> Iterator[Finding]:
    """Anchors that are gone, changed, or of no checkpoint of this book."""
    folder = directory / anchors.FOLDER
    try:
        with anchors.looking(folder):
            listed = anchors.sums(folder)
            names = {path.name for path in folder.iterdir()} if folder.exists() else set()
            for name in sorted(listed.keys() - names):
                yield Finding(None, f"the anchor {folder / name} was kept and is gone")
            for name in sorted(names):
                found = anchors.NAMES.fullmatch(name)
                what = _anchor(folder / name, int(found[1]), found[2], listed, seals) if found else None
                if what:
                    yield Finding(None, f"the anchor {folder / name} {what}")
    except OSError as why:
        yield Finding(None, f"{why.filename or folder} cannot be read: {why.strerror}")
    except Malformed as why:
        yield Finding(None, str(why))


def anchor_notices(directory: Path) -> list[Finding]:
    """Anchors that are not listed: a change to them would not be seen."""
    folder = directory / anchors.FOLDER
    try:
        listed = anchors.sums(folder)
        names = sorted(path.name for path in folder.glob("*") if anchors.NAMES.fullmatch(path.name))
    except (OSError, Malformed):
        return []
    missing = [name for name in names if name not in listed]
    if not missing:
        return []
    said = f"{', '.join(missing[:SHOWN])}{' and more' if len(missing) > SHOWN else ''}"
    return [
        Finding(
            None,
            f"{folder / anchors.SUMS} does not list {said}: only what they are about could be checked, not"
            " that they are as they were kept",
        )
    ]


def _anchor(
    path: Path, size: int, kind: str, listed: Mapping[str, str], seals: Mapping[int, bytes]
) -> str | None:
    try:
        data = path.read_bytes()
    except OSError as why:
        return f"cannot be read: {why.strerror}"
    if listed.get(path.name, hashlib.sha256(data).hexdigest()) != hashlib.sha256(data).hexdigest():
        return "is not the one that was kept: its SHA-256 differs"
    if size not in seals:
        return f"is of a checkpoint over {size} records, which this book does not have"
    return _cosignatures(data, seals[size]) if kind == "cosignatures" else _response(data, seals[size])


def _cosignatures(data: bytes, note: bytes) -> str | None:
    try:
        before, after = parse_note(note), parse_note(note + data)
    except ProofError as why:
        return f"holds no cosignatures: {why}"
    lines = after.signatures[len(before.signatures) :]
    if (
        not lines
        or after.text != before.text
        or any(len(line.signature) not in COSIGNATURE_BYTES for line in lines)
    ):
        return "holds no cosignatures"
    return None


def _response(data: bytes, note: bytes) -> str | None:
    """An RFC 3161 response holds the SHA-256 of what it stamps; more is read where the library is
    installed.
    """
    from ledger.app.proofs import timestamps

    try:
        text = timestamps.stamped(note)
    except ProofError:
        return None  # the checkpoint is named already
    if not data.startswith(b"\x30") or hashlib.sha256(text).digest() not in data:
        return "is no timestamp of that checkpoint"
    try:
        return None if timestamps.covers(data, text) else "is no timestamp of that checkpoint"
    except Malformed as why:
        return None if timestamps.library_is_missing() else str(why)
