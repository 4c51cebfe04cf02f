"""Stored bytes: canonical, exact both ways, and refused in any other form."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Malformed, Tampered
from ledger.fields import fields_of
from ledger.kinds import BY_TAG, KINDS, LeaseTermsRecorded, LoadBlockRerated
from ledger.records import leaf_format
from ledger.records.envelope import Record
from tests.support.making import any_record, record_of, sample_body

GOLDEN = Path(__file__).parents[2] / "golden" / "kinds"
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


@given(st.lists(any_record(), min_size=1, max_size=3), st.lists(st.integers(0, 2), max_size=60))
def test_a_page_of_leaves_is_read_as_each_leaf_is(some: list[Record], order: list[int]) -> None:
    """Telemetry, with facts of other kinds between: a few, or as many."""
    leaves = [leaf_format.encode(some[n % len(some)]) for n in order]
    assert leaf_format.decode_all(leaves) == list(map(leaf_format.decode, leaves))


@pytest.mark.parametrize("place", [0, 20, 39])
def test_a_leaf_of_a_page_that_is_no_record_is_told(place: int) -> None:
    """One of forty leaves of a kind lost its last byte."""
    leaves = [LEAF] * 40
    leaves[place] = LEAF[:-1]
    with pytest.raises(Tampered, match="run fsck"):
        leaf_format.decode_all(leaves)


def test_the_golden_bytes_of_every_kind_are_for_ever() -> None:
    """Expected bytes change only by tools/bless, and after version 0.1.0 never."""
    golden = {kind: (GOLDEN / f"{kind.tag}.json").read_bytes().removesuffix(b"\n") for kind in KINDS}
    again = {kind: leaf_format.encode(leaf_format.decode_strict(data)) for kind, data in golden.items()}
    now = {kind: leaf_format.encode(record_of(sample_body(kind))) for kind in KINDS}
    assert {
        kind.tag: (data, again[kind], now[kind])
        for kind, data in golden.items()
        if not data == again[kind] == now[kind]
    } == {}


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
        ("expenditure-recorded", "vendor"),
        ("expenditure-recorded", "what"),
        ("positions-reported", "weekly_pay_cents"),
        ("registrant-recorded", "legal_name"),
        ("registrant-recorded", "parents"),
        ("registrant-recorded", "business_names"),
        ("registrant-recorded", "address"),
        ("registrant-recorded", "telephone"),
        ("registrant-recorded", "email"),
        ("registrant-recorded", "principals"),
        ("registry-contact-set", "name"),
        ("registry-contact-set", "title"),
        ("registry-contact-set", "address"),
        ("registry-contact-set", "telephone"),
        ("registry-contact-set", "email"),
        ("parallel-requests-disclosed", "what"),
        ("report-issued", "salted_content_sha256"),
    }


def test_a_sections_hash_is_over_tag_name_salt_and_canonical_json() -> None:
    """SHA-256("wattledger-section/v1" 00 "commercial" 00 salt section), computed here by hand."""
    import hashlib

    salt, section = bytes(range(16)), b'{"amount_cents":3}'
    by_hand = hashlib.sha256(b"wattledger-section/v1\x00commercial\x00" + salt + section).hexdigest()
    assert leaf_format.section_hash("commercial", salt, section) == by_hand


def test_a_lease_term_may_be_read_without_its_section() -> None:
    assert isinstance(record_of(sample_body(BY_TAG["lease-terms-recorded.v1"])).body, LeaseTermsRecorded)
