"""Documents that a fact rests on, and those of them that a book keeps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec import UNSET

from ledger.app.book.evidence import FOLDER
from ledger.fields import is_sha256
from ledger.kinds import ReportIssued
from ledger.records.envelope import Claim, Record

NAMES: Final = re.compile(r"[0-9a-f]{64}(\.[A-Za-z0-9]{1,7})?")


def may_name(fact: Claim | Record) -> bool:
    """False for most facts, which rest on no document."""
    return fact.source is not UNSET or type(fact.body) is ReportIssued


def documents_of(fact: Claim | Record) -> Iterator[str]:
    """The documents, by their SHA-256, that a fact rests on: the one it was read from, those that an issued
    report was given.
    """
    if fact.source is not UNSET and fact.source.sha256 is not UNSET:
        yield fact.source.sha256
    if isinstance(fact.body, ReportIssued):
        yield from (value for said in fact.body.filters if is_sha256(value := said.partition("=")[2]))


def is_kept(directory: Path, digest: str) -> bool:
    """True where a document is among the evidence of a book."""
    return any(NAMES.fullmatch(path.name) for path in (directory / FOLDER).glob(f"{digest}*"))
