"""Stored bytes: canonical, exact both ways, and refused in any other form."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Malformed
from ledger.fields import fields_of
from ledger.kinds import BY_TAG, KINDS, Kind, LeaseTermsRecorded, LoadBlockRerated
from ledger.records import leaf_format
from ledger.records.envelope import Record
from tests.support.making import any_record, record_of, sample_body

GOLDEN = Path(__file__).parents[2] / "golden" / "kinds"
VECTORS = Path(__file__).parents[2] / "vectors" / "canonical-json"
LEAF = leaf_format.encode(record_of(LoadBlockRerated(block="m1", capacity_w=5), place="sandersville"))


@given(any_record())
def test_every_record_is_written_as_rfc_8785_would(record: Record) -> None:
    leaf = leaf_format.encode(record)
    assert leaf == rfc8785.dumps(json.loads(leaf))


@given(any_record())
def test_decoding_and_encoding_are_exact_inverses(record: Record) -> None:
    leaf = leaf_format.encode(record)
    assert leaf_format.decode(leaf) == record
    assert leaf_format.encode(leaf_format.decode_strict(leaf)) == leaf


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.tag)
def test_the_golden_bytes_of_every_kind_are_for_ever(kind: Kind) -> None:
    """Expected bytes change only by tools/bless, and after version 0.1.0 never."""
    golden = (GOLDEN / f"{kind.tag}.json").read_bytes().removesuffix(b"\n")
    assert leaf_format.encode(leaf_format.decode_strict(golden)) == golden
    assert golden == leaf_format.encode(record_of(sample_body(kind)))


def test_every_golden_file_belongs_to_a_kind() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(BY_TAG)


@pytest.mark.parametrize(
    "other",
    [
        LEAF + b"\n",
        b" " + LEAF,
        LEAF.replace(b":5}", b":5.0}"),
        LEAF.replace(b":5}", b":05}"),
        LEAF.replace(b":5}", b":-0}"),
        LEAF.replace(b'"actor":"ann",', b'"actor":"bob","actor":"ann",'),
        LEAF.replace(b'"v":1', b'"v":2'),
        LEAF.replace(b'"v":1', b'"v":1,"w":1'),
        LEAF.replace(b'"ann"', b'"\\u0061nn"'),
        LEAF.replace(b"18:00:00Z", b"18:00:00+00:00"),
        LEAF.replace(b".120000Z", b".12Z"),
        LEAF.replace(b'"m1"', b'"M1"'),
        LEAF.replace(b"0123456789abcdef0", b"0123456789ABCDEF0"),
        LEAF.replace(b"load-block-rerated.v1", b"load-block-rerated.v9"),
        LEAF.replace(b"load-block-rerated.v1", b"os:system"),
        b"{}",
        b"",
        b"\xff",
        b'{"body":' * 100_000,
    ],
    ids=lambda leaf: repr(leaf[:20]),
)
def test_any_other_form_of_a_record_is_refused(other: bytes) -> None:
    with pytest.raises(Malformed):
        leaf_format.decode_strict(other)


@given(st.integers(0, len(LEAF) - 1), st.integers(0, 7))
def test_a_flipped_bit_of_a_leaf_is_refused_or_says_something_else(byte: int, bit: int) -> None:
    flipped = bytearray(LEAF)
    flipped[byte] ^= 1 << bit
    with contextlib.suppress(Malformed):
        assert leaf_format.decode_strict(bytes(flipped)) != leaf_format.decode(LEAF)


def test_a_record_longer_than_65535_bytes_is_refused() -> None:
    long = msgspec.convert(
        {"incident": "i", "cause": "x", "actions": ["a" * 4096] * 20}, BY_TAG["incident-closed.v1"].body
    )
    with pytest.raises(Malformed, match="65,535"):
        leaf_format.encode(record_of(long))


# --- sections -----------------------------------------------------------------------------------------------


def test_a_rent_is_not_in_the_leaf_but_its_hash_is() -> None:
    body = sample_body(BY_TAG["lease-terms-recorded.v1"])
    leaf = leaf_format.encode(record_of(body))
    assert b"monthly_rent" not in leaf
    assert b'"sections":{"commercial":"' in leaf


def test_disclosed_sections_give_the_whole_fact_back() -> None:
    body = sample_body(BY_TAG["lease-terms-recorded.v1"])
    assert leaf_format.with_sections(record_of(body).body, leaf_format.sections_of(body)) == body


def test_the_section_fields_are_those_of_the_domain() -> None:
    hidden = {(k.name, f.name) for k in KINDS for f in fields_of(k.body) if f.section}
    assert hidden == {
        ("lease-terms-recorded", "tiers"),
        ("lease-terms-recorded", "monthly_rent_cents"),
        ("lease-amended", "tiers"),
        ("lease-amended", "monthly_rent_cents"),
        ("credit-support-recorded", "amount_cents"),
        ("credit-support-released", "amount_cents"),
        ("headcount-reported", "payroll_cents"),
        ("report-issued", "salted_content_sha256"),
    }


def test_a_sections_hash_is_over_tag_name_salt_and_canonical_json() -> None:
    """SHA-256("wattledger-section/v1" 00 "commercial" 00 salt section), computed here by hand."""
    import hashlib

    salt, section = bytes(range(16)), b'{"amount_cents":3}'
    by_hand = hashlib.sha256(b"wattledger-section/v1\x00commercial\x00" + salt + section).hexdigest()
    assert leaf_format.section_hash("commercial", salt, section) == by_hand


def test_terms_without_their_tiers_are_not_a_claim() -> None:
    """Tiers are kept apart but must be said."""
    said = msgspec.to_builtins(sample_body(BY_TAG["lease-terms-recorded.v1"]))
    del said["tiers"]
    claim = {"kind": "lease-terms-recorded", "at": "2026-07-14T18:00Z", "site": "s1", "body": said}
    with pytest.raises(Malformed, match="needs tiers"):
        leaf_format.claim_from_json(claim)


def test_a_lease_term_may_be_read_without_its_section() -> None:
    assert isinstance(record_of(sample_body(BY_TAG["lease-terms-recorded.v1"])).body, LeaseTermsRecorded)


# --- JSON from outside --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b'{"a":1,"a":2}', "has the key 'a' twice"),
        (b"1.0", "is not a whole number; say it in the base unit: 1.0"),
        (b"1e999999", "is not a whole number; say it in the base unit: 1e999999"),
        (b"NaN", "is not a whole number; say it in the base unit: NaN"),
        (b"-Infinity", "is not a whole number; say it in the base unit: -Infinity"),
        (
            b"9007199254740992",
            "is beyond 2^53, the largest number every reader keeps exactly: 9007199254740992",
        ),
        (b"9" * 5000, "is beyond 2^53, the largest number every reader keeps exactly: " + "9" * 40),
        (b"-0", "is minus zero; write 0"),
        (b"[" * 100_000, "is nested deeper than 32"),
        (b"[" * 40 + b"]" * 40, "is nested deeper than 32"),
        (b"\xff", "is not UTF-8: invalid start byte at byte 0"),
        (b"\xef\xbb\xbf{}", "begins with a byte order mark; save it as UTF-8 without one"),
        (b'{"a":', "is not JSON: Expecting value at character 6"),
    ],
    ids=lambda value: repr(value[:20]),
)
def test_hostile_json_gets_a_clear_message(text: bytes, message: str) -> None:
    with pytest.raises(Malformed) as why:
        leaf_format.parse_json(text)
    assert str(why.value) == message


GOOD: dict[str, Any] = {
    "kind": "load-block-rerated",
    "at": "2026-07-14T18:00Z",
    "site": "s1",
    "body": {"block": "m1", "capacity_w": 5},
}


def test_a_claim_may_name_its_stream_or_its_site() -> None:
    by_stream = {**GOOD, "stream": "s1/grid"}
    del by_stream["site"]
    assert leaf_format.claim_from_json(by_stream) == leaf_format.claim_from_json(GOOD)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"kind": "load-block-rerate"},
            "unknown kind 'load-block-rerate'; did you mean load-block-rerated, load-block-retired",
        ),
        ({"index": 4}, "a claim never carries 'index'; the ledger gives it"),
        ({"nonce": ""}, "a claim never carries 'nonce'; the ledger gives it"),
        ({"colour": "red"}, "unknown field 'colour'; known are"),
        ({"body": {"block": "m1", "capacity_w": "5"}}, 'body.capacity_w: expected int, not "5"'),
        ({"body": {"block": "m1", "capacity_w": -5}}, "body.capacity_w: expected int >= 0, not -5"),
        ({"body": {"block": "m1", "capacity_w": True}}, "body.capacity_w: expected int, not true"),
        (
            {"body": {"block": "m1", "capacity": 5}},
            "unknown field body.'capacity'; known are block, capacity_w, approval",
        ),
        ({"body": {"block": "M 1", "capacity_w": 5}}, "block must be 1 to 64 of a-z, 0-9 and -: 'M 1'"),
        ({"body": {"capacity_w": 5}}, "body needs block"),
        ({"body": {"block": None, "capacity_w": 5}}, "body.block: expected str, not null"),
        ({"site": "ledger"}, "only the ledger itself writes the streams of 'ledger'"),
        ({"stream": "s2/grid"}, "names several places: s1, s2"),
        ({"stream": "s1/lease"}, "load-block-rerated belongs to grid, not to 'lease'"),
        ({"id": "7"}, "id must be a lower-case UUID of version 7 or 8: '7'"),
        ({"corrects": ["019f61c9-2500-8704-a3d6-c98576c2a21f"]}, "a correction needs a reason"),
        (
            {"kind": "ledger-heads", "body": {"count": 1, "dir": "ab" * 32}},
            "ledger-heads is written by the ledger itself",
        ),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_malformed_claim_says_where_what_and_what_would_be_right(
    change: dict[str, Any], message: str
) -> None:
    with pytest.raises(Malformed) as why:
        leaf_format.claim_from_json({**GOOD, **change})
    assert str(why.value).startswith(message)
