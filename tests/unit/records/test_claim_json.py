"""Claims as JSON objects: what is wrong with one is told with its place, its value and what would be right."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from ledger.errors import Malformed
from ledger.kinds import BY_TAG
from ledger.records import claim_json
from tests.support.making import sample_body

GOOD: dict[str, Any] = {
    "kind": "load-block-rerated",
    "at": "2026-07-14T18:00Z",
    "site": "s1",
    "body": {"block": "m1", "capacity_w": 5},
}


def test_a_claim_may_name_its_stream_or_its_site() -> None:
    by_stream = {**GOOD, "stream": "s1/grid"}
    del by_stream["site"]
    assert claim_json.claim_from_json(by_stream) == claim_json.claim_from_json(GOOD)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"kind": "load-block-rerate"},
            "unknown kind 'load-block-rerate'; did you mean load-block-rerated",
        ),
        ({"index": 4}, "a claim never carries 'index'; the ledger assigns it"),
        ({"nonce": ""}, "a claim never carries 'nonce'; the ledger assigns it"),
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
        ({"stream": "s2/grid"}, "names more than one site or authority: s1, s2"),
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
        claim_json.claim_from_json({**GOOD, **change})
    assert str(why.value).startswith(message)


def test_terms_without_their_tiers_are_not_a_claim() -> None:
    """Tiers are kept apart but must be said."""
    said = msgspec.to_builtins(sample_body(BY_TAG["lease-terms-recorded.v1"]))
    del said["tiers"]
    claim = {"kind": "lease-terms-recorded", "at": "2026-07-14T18:00Z", "site": "s1", "body": said}
    with pytest.raises(Malformed, match="needs tiers"):
        claim_json.claim_from_json(claim)
