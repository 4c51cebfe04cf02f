"""``fsck``: the store's own check, with this ledger's way of reading a leaf, and the signatures of every seal."""

from __future__ import annotations

import sqlite3
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
from msgspec import UNSET

from ledger import codec
from ledger import events as e
from ledger.app import config, keys
from ledger.app.book import Progress
from ledger.errors import Malformed
from ledger.log.verify import (
    ProofError,
    ed25519_verifies,
    parse_note,
    parse_vkey,
    rotation_text,
    strict_base64,
    verified_by,
)
from ledger.records import binary_id
from ledger.store.fsck import Finding, Leaf, Reader, findings
from ledger.store.sqlite import DATABASE
from ledger.store.still import FAILED, uri_to_read


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


def read_heads(leaf: bytes) -> tuple[int, str]:
    """What a heads record commits to; ``ValueError`` for another."""
    try:
        body = codec.decode_strict(leaf).body
    except Malformed as why:
        raise ValueError(str(why)) from None
    if not isinstance(body, e.LedgerHeads):
        raise ValueError("is no heads record")
    return body.count, body.dir


READER = Reader(glance, read_leaf, read_heads)


def check_book(directory: Path, progress: Progress) -> dict[str, Any]:
    """``{"size", "findings": [{"index", "what"}]}``; an empty list means that nothing is wrong."""
    settings = config.read_config(directory)
    found = list(findings(directory, READER, progress))
    found += _signatures(directory, settings)
    found += _sections(directory)
    return {
        "size": _size(directory),
        "findings": [{"index": finding.place, "what": finding.what} for finding in found],
    }


def _sections(directory: Path) -> list[Finding]:
    """Every section that is kept must be one of its record, as hashed, and not one that was erased."""
    kept = _rows(
        directory,
        "SELECT record, name, salt, data, originator_id, state FROM sections LEFT JOIN records ON records.rowid = record ORDER BY 1, 2",
    )
    erased = _erased(directory, sorted({row[4] for row in kept if row[4] is not None}))
    wrong = []
    for index, name, salt, data, _, leaf in kept:
        try:
            record = None if leaf is None else codec.decode_strict(leaf)
        except Malformed:
            continue  # named as no record already
        hashes = {} if record is None or record.sections is UNSET else record.sections
        if len(salt) != codec.SALT_BYTES or codec.section_hash(name, salt, data) != hashes.get(name):
            wrong.append(Finding(index, f"its section {name!r} is not what was recorded"))
        elif record is not None and (record.id, name) in erased:
            by = erased[record.id, name]
            wrong.append(
                Finding(
                    index,
                    f"its section {name!r}, which record {by} says is erased, is still kept; erase it again",
                )
            )
    return wrong


def _erased(directory: Path, streams: list[int]) -> dict[tuple[str, str], int]:
    """Id and section of what some streams say is erased, with the index of the record that says so."""
    found: dict[tuple[str, str], int] = {}
    for number in streams:
        query = f"SELECT state FROM records WHERE originator_id = {number} AND topic = 'section-erased.v1'"
        for (leaf,) in _rows(directory, query):
            try:
                record = codec.decode_strict(leaf)
            except Malformed:
                continue
            if isinstance(record.body, e.SectionErased):
                found[record.body.target, record.body.section] = record.index
    return found


def _signatures(directory: Path, settings: config.Config) -> list[Finding]:
    """Every rotation must be signed by both its keys and follow the one before, and the newest seal by the key that was the log's then."""
    rotations = _rotations(directory)
    wrong = [f for record, body in rotations for f in _rotation(record, body, settings.origin)]
    wrong += [
        Finding(record, "its key was not the log's: the one before it handed on to another")
        for (_, before), (record, body) in pairwise(rotations)
        if before.new_vkey != body.old_vkey
    ]
    for size, note in _rows(directory, "SELECT size, note FROM seals ORDER BY size DESC LIMIT 1"):
        key = _key_of(directory, settings, rotations, size, note)
        try:
            if key is not None and not verified_by(parse_note(note), [parse_vkey(key)]):
                wrong.append(Finding(None, f"the seal at {size} records is not signed by the log's key"))
        except ProofError as why:
            wrong.append(Finding(None, f"the seal at {size} records: {why}"))
    return wrong


def _key_of(
    directory: Path,
    settings: config.Config,
    rotations: list[tuple[int, e.KeyRotated]],
    size: int,
    note: bytes,
) -> str | None:
    """Who must have signed a seal: as the log itself says; else the key at hand, if that seal is what it says it signed last; else not known."""
    if rotations:
        return next(
            (body.new_vkey for record, body in reversed(rotations) if record < size), rotations[0][1].old_vkey
        )
    path = keys.key_path(directory)
    signed = keys.read_signed(path)
    try:
        if signed is None or parse_note(signed).text != parse_note(note).text:
            return None
        return keys.read_key(path, settings.origin).vkey
    except (Malformed, ProofError):
        return None


def _rotations(directory: Path) -> list[tuple[int, e.KeyRotated]]:
    """Every rotation in the registry, which is stream 0."""
    found = []
    for (leaf,) in _rows(
        directory, "SELECT state FROM records WHERE originator_id = 0 ORDER BY originator_version"
    ):
        try:
            record = codec.decode_strict(leaf)
        except Malformed:
            continue  # named as no record already
        if isinstance(record.body, e.KeyRotated):
            found.append((record.index, record.body))
    return found


def _rotation(record: int, body: e.KeyRotated, origin: str) -> list[Finding]:
    text = rotation_text(origin, body.old_vkey, body.new_vkey, record).encode()
    wrong = []
    for name, vkey, signature in (
        ("old", body.old_vkey, body.old_signature),
        ("new", body.new_vkey, body.new_signature),
    ):
        try:
            good = ed25519_verifies(parse_vkey(vkey).public, text, strict_base64(signature))
        except (ProofError, ValueError):
            good = False
        if not good:
            wrong.append(Finding(record, f"its signature by the {name} key is wrong"))
    return wrong


def _size(directory: Path) -> int:
    rows = _rows(directory, "SELECT coalesce(max(rowid) + 1, 0) FROM records")
    return int(rows[0][0]) if rows else 0


def _rows(directory: Path, query: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(uri_to_read(directory / DATABASE), uri=True)
    try:
        return connection.execute(query).fetchall()
    except FAILED:
        return []
    finally:
        connection.close()
