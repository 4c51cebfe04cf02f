"""``fsck``: the store's own check, with this ledger's way of reading a leaf, and the signatures of every seal."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import msgspec
from msgspec import UNSET

from ledger import codec
from ledger import events as e
from ledger.app import config, keys
from ledger.app.book import Progress
from ledger.errors import Malformed
from ledger.log.verify import ProofError, parse_note, parse_vkey, verified_by
from ledger.records import binary_id
from ledger.store.fsck import Finding, Leaf, Reader, findings
from ledger.store.sqlite import DATABASE


class Envelope(msgspec.Struct, gc=False):
    """What a leaf says at a glance; its other members are passed over."""

    id: str
    index: int
    kind: str
    pos: int
    stream: str
    corrects: tuple[str, ...] = ()


glance = msgspec.json.Decoder(Envelope).decode


def read_leaf(leaf: bytes) -> Leaf:
    """What a leaf says of itself; ``ValueError`` unless its bytes are exactly canonical."""
    try:
        record = codec.decode_strict(leaf)
    except Malformed as why:
        raise ValueError(str(why)) from None
    body = record.body
    return Leaf(
        record.index,
        binary_id(record.id),
        record.pos,
        record.kind,
        record.stream,
        (body.stream, body.number) if isinstance(body, e.StreamOpened) else None,
        () if record.corrects is UNSET else tuple(map(binary_id, record.corrects)),
    )


READER = Reader(glance, read_leaf)


def check_book(directory: Path, progress: Progress) -> dict[str, Any]:
    """``{"size", "findings": [{"index", "what"}]}``; an empty list means that nothing is wrong."""
    settings = config.read_config(directory)
    found = list(findings(directory, READER, progress))
    found += _signatures(directory, settings)
    return {
        "size": _size(directory),
        "findings": [{"index": finding.place, "what": finding.what} for finding in found],
    }


def _signatures(directory: Path, settings: config.Config) -> list[Finding]:
    """Every seal must be signed by the book's key, where the key is at hand."""
    try:
        key = parse_vkey(keys.read_key(keys.key_path(directory), settings.origin).vkey)
    except Malformed:
        return []
    wrong = []
    for size, note in _rows(directory, "SELECT size, note FROM seals ORDER BY size DESC LIMIT 1"):
        try:
            signed = verified_by(parse_note(note), [key])
        except ProofError as why:
            wrong.append(Finding(None, f"the seal at {size} records: {why}"))
        else:
            if not signed:
                wrong.append(Finding(None, f"the seal at {size} records is not signed by the book's key"))
    return wrong


def _size(directory: Path) -> int:
    rows = _rows(directory, "SELECT coalesce(max(rowid) + 1, 0) FROM records")
    return int(rows[0][0]) if rows else 0


def _rows(directory: Path, query: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(f"file:{directory / DATABASE}?mode=ro", uri=True)
    try:
        return connection.execute(query).fetchall()
    except sqlite3.DatabaseError:
        return []
    finally:
        connection.close()
