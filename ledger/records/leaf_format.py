"""Stored bytes: the only module that knows how a record and a section are written as JSON.

A leaf is canonical JSON: RFC 8785 restricted to ASCII keys, integers |n| < 2^53, no floats, no null, no
duplicate keys. On this model msgspec's sorted encoder gives RFC 8785 bytes (tested against the ``rfc8785``
package). A leaf is valid only if encode(decode(leaf)) = leaf and every member is well formed; ``decode``
trusts bytes that were checked when they were stored, ``decode_strict`` trusts nothing.

A section is kept apart from the leaf, which holds its hash (PROOF 1):
``SHA-256("wattledger-section/v1" 00 name 00 salt[16] canonical-JSON-of-the-fields)``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final, Union

import msgspec
from msgspec import UNSET

from ledger import calendar, fields
from ledger.errors import Malformed, Tampered
from ledger.kinds import BY_BODY, BY_TAG, Fact
from ledger.records.envelope import RECORDS, Record
from ledger.units import LIMIT

LEAF_LIMIT: Final = 65_535
SALT_BYTES: Final = 16
_FEW: Final = 8

_ENCODER = msgspec.json.Encoder(order="sorted")
_DECODER: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Union[tuple(RECORDS.values())])  # noqa: UP007 - built at run time
_UNREADABLE: Final = (msgspec.MsgspecError, UnicodeDecodeError)
_SECTIONED: Final = frozenset(body for body in BY_BODY if fields.sectioned(body))
_NONCE_DIGITS: Final = frozenset("0123456789abcdef")


def encode(record: Record) -> bytes:
    """The leaf of a record; ``Malformed`` when it is longer than 65,535 bytes."""
    leaf = _ENCODER.encode(record)
    if len(leaf) > LEAF_LIMIT:
        raise Malformed(f"a record has at most 65,535 bytes, this {record.kind} has {len(leaf):,}: split it")
    return leaf


def decode(leaf: bytes) -> Record:
    """The record of a stored leaf; ``Tampered`` where the bytes are no longer a record."""
    try:
        return _DECODER.decode(leaf)
    except _UNREADABLE as why:
        raise _not_read(why) from None


def decode_all(leaves: Sequence[bytes]) -> list[Record]:
    """The records of stored leaves.

    Most leaves that follow one another are of one kind: they are read as that, without a search for the kind of each,
    which takes a third of the time. Where one is of another kind it is read for itself, and where many are, all are.
    """
    if len(leaves) < _FEW:
        return list(map(decode, leaves))
    kind = type(decode(leaves[0]))
    read = _decoder_of(kind) if kind is type(decode(leaves[-1])) else decode
    found: list[Record] = []
    others = 0
    while len(found) < len(leaves):
        try:
            found.extend(map(read, leaves[len(found) :]))
        except _UNREADABLE:
            found.append(decode(leaves[len(found)]))
            others += 1
            read = read if others < len(leaves) // _FEW else decode
    return found


@cache
def _decoder_of(kind: type[Record]) -> Callable[[bytes], Record]:
    return msgspec.json.Decoder(kind).decode


def _not_read(why: Exception) -> Tampered:
    return Tampered(f"a record cannot be read ({why}); run fsck to find it")


def decode_strict(leaf: bytes) -> Record:
    """The record of a leaf from anywhere; ``Malformed`` names what is not canonical or malformed."""
    if len(leaf) > LEAF_LIMIT:
        raise Malformed(f"a leaf has at most 65,535 bytes, not {len(leaf):,}")
    try:
        record = _DECODER.decode(leaf)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as why:
        raise Malformed(f"is not a record: {why}") from None
    if _ENCODER.encode(record) != leaf:
        raise Malformed("is not canonical: encoding its value again gives other bytes")
    _check_envelope(record)
    fields.check_forms(record.body)
    return record


def _check_envelope(record: Record) -> None:
    tests = (
        ("id", fields.is_id(record.id)),
        ("at", calendar.is_instant(record.at)),
        ("rec", calendar.is_rec(record.rec)),
        ("nonce", len(record.nonce) == 32 and _NONCE_DIGITS.issuperset(record.nonce)),
        ("index", 0 <= record.index <= LIMIT),
        ("pos", 0 <= record.pos <= record.index),
        ("actor", fields.is_text(record.actor)),
        ("reason", record.reason is UNSET or fields.is_text(record.reason)),
        ("corrects", _are_targets(record.corrects)),
        ("sections", record.sections is UNSET or _are_sections(record)),
    )
    for name, good in tests:
        if not good:
            raise Malformed(f"{name} is malformed: {getattr(record, name)!r}")
    if record.source is not UNSET:
        fields.check_forms(record.source)


def _are_targets(corrects: object) -> bool:
    if corrects is UNSET:
        return True
    assert isinstance(corrects, tuple), "the decoder gives a tuple"
    return bool(corrects) and list(corrects) == sorted(set(corrects)) and all(map(fields.is_id, corrects))


def _are_sections(record: Record) -> bool:
    sections = record.sections
    assert isinstance(sections, dict), "the decoder gives a dict"
    return bool(sections) and all(fields.is_sha256(digest) for digest in sections.values())


class LeafEnvelope(msgspec.Struct, gc=False):
    """The members of a leaf that identify its record; the others are not decoded."""

    id: str
    index: int
    kind: str
    pos: int
    stream: str
    corrects: tuple[str, ...] = ()
    sections: msgspec.Raw = msgspec.Raw()
    source: msgspec.Raw = msgspec.Raw()


glance: Final = msgspec.json.Decoder(LeafEnvelope).decode


# --- sections -----------------------------------------------------------------------------------------------


def sections_of(body: Fact) -> dict[str, bytes]:
    """Section name -> canonical JSON of the fields kept in it; empty for most facts."""
    if type(body) not in _SECTIONED:
        return {}
    parts: dict[str, dict[str, Any]] = {}
    for field in fields.sectioned(type(body)):
        value = getattr(body, field.name)
        if value is not UNSET:
            assert field.section is not None, "a sectioned field names its section"
            parts.setdefault(field.section, {})[field.name] = value
    return {name: _ENCODER.encode(part) for name, part in sorted(parts.items())}


def section_hash(name: str, salt: bytes, section: bytes) -> str:
    """The 64 hex digits a leaf holds for a section; ``salt`` is 16 random bytes."""
    assert len(salt) == SALT_BYTES, "a salt has 16 bytes"
    return hashlib.sha256(b"wattledger-section/v1\0" + name.encode() + b"\0" + salt + section).hexdigest()


def disclosure(index: int, name: str, salt: bytes, section: bytes) -> bytes:
    """A disclosed section: canonical JSON ``{"index","name","salt","section"}``, with the section's bytes as
    they were hashed.
    """
    return b'{"index":%d,"name":"%s","salt":"%s","section":%s}' % (
        index,
        name.encode(),
        salt.hex().encode(),
        section,
    )


def with_sections(body: Fact, sections: dict[str, bytes]) -> Fact:
    """The body with the disclosed sections' fields put back."""
    said: dict[str, Any] = {}
    for section in sections.values():
        said |= msgspec.json.decode(section)
    plain = msgspec.to_builtins(body)
    return msgspec.convert(plain | said, type(body))


assert set(BY_BODY) == {kind.body for kind in BY_TAG.values()}, "one struct serves one kind"
