"""Stored bytes: the only module that knows how a record, a section and a claim are written as JSON.

A leaf is canonical JSON: RFC 8785 restricted to ASCII keys, integers |n| < 2^53, no floats, no null, no
duplicate keys. On this model msgspec's sorted encoder gives RFC 8785 bytes (tested against the ``rfc8785``
package). A leaf is valid only if encode(decode(leaf)) = leaf and every member has its form; ``decode`` trusts
bytes that were checked when they were stored, ``decode_strict`` trusts nothing.

A section is kept apart from the leaf, which holds its hash (PROOF 1):
``SHA-256("wattledger-section/v1" 00 name 00 salt[16] canonical-JSON-of-the-fields)``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NoReturn, Union

import msgspec
from msgspec import UNSET

from ledger import calendar, fields
from ledger.errors import Malformed, Tampered, named
from ledger.kinds import BY_BODY, BY_TAG, CURRENT, Fact, Kind, Source
from ledger.records.envelope import RECORDS, Claim, Record, authority_place, make_claim, without_sections
from ledger.units import LIMIT

LEAF_LIMIT: Final = 65_535
DEPTH_LIMIT: Final = 32
SALT_BYTES: Final = 16

_ENCODER = msgspec.json.Encoder(order="sorted")
_DECODER: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Union[tuple(RECORDS.values())])  # noqa: UP007 - built at run time
_NONCE_DIGITS: Final = frozenset("0123456789abcdef")


def encode(record: Record) -> bytes:
    """The leaf of a record; ``Malformed`` when it is longer than 65,535 bytes."""
    leaf = _ENCODER.encode(record)
    if len(leaf) > LEAF_LIMIT:
        raise Malformed(f"a record has at most 65,535 bytes, this {record.kind} has {len(leaf):,}: split it")
    return leaf


def decode(leaf: bytes) -> Record:
    """The record of a stored leaf; ``Tampered`` where it is none any more."""
    try:
        return _DECODER.decode(leaf)
    except (msgspec.MsgspecError, UnicodeDecodeError) as why:
        raise Tampered(f"a record cannot be read ({why}); run fsck to find it") from None


def decode_strict(leaf: bytes) -> Record:
    """The record of a leaf from anywhere; ``Malformed`` says what is not canonical or has not its form."""
    if len(leaf) > LEAF_LIMIT:
        raise Malformed(f"a leaf has at most 65,535 bytes, not {len(leaf):,}")
    try:
        record = _DECODER.decode(leaf)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as why:
        raise Malformed(f"is not a record: {why}") from None
    if _ENCODER.encode(record) != leaf:
        raise Malformed("is not canonical: encoding what it says gives other bytes")
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
            raise Malformed(f"{name} has not its form: {getattr(record, name)!r}")
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


# --- sections -----------------------------------------------------------------------------------------------


def sections_of(body: Fact) -> dict[str, bytes]:
    """Section name -> canonical JSON of the fields of the body that are kept in it; empty for most facts."""
    sectioned = fields.sectioned(type(body))
    if not sectioned:
        return {}
    parts: dict[str, dict[str, Any]] = {}
    for field in sectioned:
        value = getattr(body, field.name)
        if value is not UNSET:
            assert field.section is not None, "it is kept in one"
            parts.setdefault(field.section, {})[field.name] = value
    return {name: _ENCODER.encode(part) for name, part in sorted(parts.items())}


def section_hash(name: str, salt: bytes, section: bytes) -> str:
    """The 64 hex digits a leaf holds for a section; ``salt`` is 16 random bytes."""
    assert len(salt) == SALT_BYTES, "a salt has 16 bytes"
    return hashlib.sha256(b"wattledger-section/v1\0" + name.encode() + b"\0" + salt + section).hexdigest()


def disclosure(index: int, name: str, salt: bytes, section: bytes) -> bytes:
    """A section handed over: canonical JSON ``{"index","name","salt","section"}``, the section's bytes as
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


# --- JSON from outside --------------------------------------------------------------------------------------


def parse_json(text: str | bytes, *, decimals: bool = False) -> Any:
    """A JSON value from outside; ``Malformed`` for floats, NaN, huge numbers, duplicate keys, depth over 32,
    bad UTF-8.

    With ``decimals``, for formats that are not ours, a number with a fraction becomes an exact ``Decimal`` of
    at most 40 digits.
    """
    try:
        said = text.decode("utf-8") if isinstance(text, bytes) else text
        if said.startswith("\ufeff"):
            raise Malformed("begins with a byte order mark; save it as UTF-8 without one")
        value = json.loads(
            said,
            object_pairs_hook=_no_doubles,
            parse_float=_decimal if decimals else _no_float,
            parse_int=_bounded,
            parse_constant=_no_float,
        )
    except UnicodeDecodeError as why:
        raise Malformed(f"is not UTF-8: {why.reason} at byte {why.start}") from None
    except json.JSONDecodeError as why:
        place = f"line {why.lineno}, column {why.colno}" if why.lineno > 1 else f"character {why.pos + 1}"
        raise Malformed(f"is not JSON: {why.msg} at {place}") from None
    except RecursionError:
        raise Malformed(f"is nested deeper than {DEPTH_LIMIT}") from None
    _check_depth(value, DEPTH_LIMIT)
    if "\\u" in said:
        _check_characters(value)
    return value


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        times = Counter(name for name, _ in pairs)
        double = next(name for name, count in times.items() if count > 1)
        raise Malformed(f"has the key {double[:80]!r} twice")
    return found


def _no_float(text: str) -> NoReturn:
    raise Malformed(f"is not a whole number; say it in the base unit: {text[:40]}")


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text) if len(text) <= 40 else Decimal("NaN")
    except InvalidOperation:  # its exponent is beyond all bounds
        number = Decimal("NaN")
    if not number.is_finite() or abs(number.adjusted()) > 30:
        raise Malformed(f"is not a number that can be meant: {text[:40]}")
    return number


def _bounded(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > LIMIT:
        raise Malformed(f"is beyond 2^53, the largest number every reader keeps exactly: {text[:40]}")
    if text == "-0":
        raise Malformed("is minus zero; write 0")
    return int(text)


def _check_characters(value: Any) -> None:
    if isinstance(value, str):
        if any("\ud800" <= char <= "\udfff" for char in value):
            raise Malformed("holds half a character (a lone surrogate)")
    elif isinstance(value, dict):
        for key, part in value.items():
            _check_characters(key)
            _check_characters(part)
    elif isinstance(value, list):
        for part in value:
            _check_characters(part)


def _check_depth(value: Any, left: int) -> None:
    if left < 0:
        raise Malformed(f"is nested deeper than {DEPTH_LIMIT}")
    if isinstance(value, dict):
        for part in value.values():
            _check_depth(part, left - 1)
    elif isinstance(value, list):
        for part in value:
            _check_depth(part, left - 1)


class _Said(msgspec.Struct, forbid_unknown_fields=True, rename={"disclosure": "class"}):
    """A claim as JSON: the members of a record that a person may say, and ``site`` or
    ``balancing_authority``.
    """

    kind: str
    at: str
    body: dict[str, Any]
    site: str | None = None
    balancing_authority: str | None = None
    stream: str | None = None
    disclosure: str | None = None
    actor: str = ""
    id: str | None = None
    corrects: list[str] | None = None
    reason: str | None = None
    source: Source | None = None


_MISSING: Final = "Object missing required field "
NEVER_SAID: Final = ("index", "rec", "pos", "nonce", "v", "sections")


def claim_from_json(value: Any) -> Claim:
    """A claim from a parsed JSON object: ``{"kind","at","site" | "balancing_authority" |
    "stream","body",...}``.

    The instant may be typed in any form of ``calendar.parse_instant``; the kind may leave its version out.
    """
    if not isinstance(value, dict):
        raise Malformed("a claim is a JSON object")
    for name in NEVER_SAID:
        if name in value:
            raise Malformed(f"a claim never carries {name!r}; the ledger gives it")
    said = _converted(value, _Said, "")
    kind = kind_of(said.kind)
    place, disclosure = _place_said(said)
    site = said.site or place
    body = said.body
    names = {f.name for f in fields.fields_of(kind.body)}
    if site and "site" in names and "site" not in body:
        body = {**body, "site": site}
    if said.balancing_authority and "balancing_authority" in names and "balancing_authority" not in body:
        body = {**body, "balancing_authority": said.balancing_authority}
    with named("at"):
        at = calendar.parse_instant(said.at)
    return make_claim(
        kind,
        at,
        _converted(body, kind.body, "body."),
        place=place,
        disclosure=disclosure,
        actor=said.actor,
        id=UNSET if said.id is None else said.id,
        corrects=UNSET if said.corrects is None else tuple(said.corrects),
        reason=UNSET if said.reason is None else said.reason,
        source=UNSET if said.source is None else said.source,
    )


def _place_said(said: _Said) -> tuple[str | None, str | None]:
    places = [p for p in (said.site, _authority(said.balancing_authority)) if p is not None]
    disclosure = said.disclosure
    if said.stream is not None:
        place, slash, disclosed = said.stream.partition("/")
        if not slash:
            raise Malformed(f"stream must be <site>/<class>: {said.stream!r}")
        if disclosure not in (None, disclosed):
            raise Malformed(f"class {disclosure!r} differs from the stream's {disclosed!r}")
        places.append(place)
        disclosure = disclosed
    if len(set(places)) > 1:
        raise Malformed(f"names several places: {', '.join(places)}")
    return (places[0] if places else None), disclosure


def _authority(code: str | None) -> str | None:
    return None if code is None else authority_place(code)


def kind_of(said: str) -> Kind:
    """The kind of a tag, or the current version of a kind's name; ``Malformed`` names the nearest that
    exist.
    """
    kind = BY_TAG.get(said) or CURRENT.get(said)
    if kind is None:
        import difflib

        near = difflib.get_close_matches(said, CURRENT, n=3)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise Malformed(f"unknown kind {said[:80]!r}{hint}")
    return kind


def _converted(value: dict[str, Any], struct: type[Any], where: str) -> Any:
    known = [f.encode_name for f in msgspec.structs.fields(struct)]
    for name in value:
        if name not in known:
            raise Malformed(f"unknown field {where}{name[:80]!r}; known are {', '.join(known)}")
    try:
        return msgspec.convert(value, struct)
    except msgspec.ValidationError as why:
        raise Malformed(_plainly(str(why), value, where)) from None


def _plainly(why: str, value: Any, where: str) -> str:
    """msgspec's message with the place first and the value it is about: ``body.depth_w: expected int >= 0,
    not -1``.
    """
    said, _, path = why.partition(" - at `$")
    for key, index in re.findall(r"\.(\w+)|\[(\d+)\]", path):
        value = value[key] if key else value[int(index)]
    place = f"{where}{path.rstrip('`').lstrip('.')}".rstrip(".") or "a claim"
    if said.startswith(_MISSING):
        return f"{place} needs {said.removeprefix(_MISSING).strip('`')}"
    expected = said.partition(", got ")[0].replace("`", "").removeprefix("Expected ")
    return f"{place}: expected {expected}, not {str(msgspec.json.encode(value), 'utf-8')[:80]}"


def claim_of(record: Record, body: Fact | None = None) -> Claim:
    """The claim that would say a record again (with ``body`` for one whose sections were put back)."""
    place, _, disclosure = record.stream.partition("/")
    return Claim(
        kind=record.kind,
        at=record.at,
        place=place,
        body=record.body if body is None else body,
        disclosure=disclosure,
        actor=record.actor,
        id=record.id,
        corrects=record.corrects,
        reason=record.reason,
        source=record.source,
    )


def same_content(claim: Claim, record: Record, stream: str) -> bool:
    """Does a claim say what the record of the same id says: stream, kind, at, actor, corrects, reason, body?

    ``depth_w`` that the ledger filled in, and section fields, are not compared here.
    """
    said, stored = without_sections(claim.body), record.body
    if "depth_w" in said.__struct_fields__ and getattr(said, "depth_w") is UNSET:  # noqa: B009 - a field of two kinds
        stored = msgspec.structs.replace(stored, depth_w=UNSET)
    return (
        stream == record.stream
        and claim.kind == record.kind
        and claim.at == record.at
        and claim.actor == record.actor
        and claim.corrects == record.corrects
        and claim.reason == record.reason
        and said == stored
    )


assert set(BY_BODY) == {kind.body for kind in BY_TAG.values()}, "one struct serves one kind"
