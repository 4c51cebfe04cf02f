"""Claims from JSON and by hand: whatever is missing, foreign or contradictory gets a message that names it, and what
is written as JSON is read back as it was.
"""

from __future__ import annotations

from typing import Any

import pytest

from ledger.errors import Malformed
from ledger.exchange import story
from ledger.kinds import CURRENT, Tier
from ledger.records import claim_json, strict_json
from ledger.records.envelope import make_claim
from ledger.records.ids import binary_id

CLAIM: dict[str, Any] = {
    "kind": "incident-opened",
    "at": "2026-06-05T00:00Z",
    "site": "s1",
    "body": {"incident": "i7", "summary": "x"},
}
NAMED = CURRENT
ID = "019e807a-ec00-8329-9fa2-aa5420f6bb62"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"index": 5}, "a claim never carries 'index'; the ledger assigns it"),
        ({"site": None}, "incident-opened needs a site"),
        ({"stream": "s1"}, "stream must be <site>/<class>: 's1'"),
        ({"stream": "s1/operations", "class": "grid"}, "class 'grid' differs from the stream's 'operations'"),
        ({"stream": "s2/operations"}, "names more than one site or authority: s1, s2"),
        ({"stream": "s1/grid"}, "incident-opened belongs to operations, not to 'grid'"),
        ({"class": "secret"}, "class must be one of "),
        ({"site": "ledger"}, "only the ledger itself writes the streams of 'ledger'"),
        ({"site": "S 1"}, "a site must be 1 to 64 of a-z, 0-9 and -: 'S 1'"),
        ({"site": "ba-soco"}, "incident-opened does not belong to a balancing authority: 'ba-soco'"),
        ({"actor": "a\0"}, "actor must be text: 'a\\x00'"),
        ({"reason": ""}, "reason must be 1 to 4,096 characters"),
        ({"at": "noon"}, "at"),
    ],
)
def test_a_claim_that_cannot_be_meant_gets_a_message(changed: dict[str, Any], message: str) -> None:
    """It names the member, and what would be right."""
    value = {name: part for name, part in {**CLAIM, **changed}.items() if part is not None}
    with pytest.raises(Malformed) as why:
        claim_json.claim_from_json(value)
    assert str(why.value).startswith(message), str(why.value)


def test_a_claim_is_an_object() -> None:
    """A list of claims is for the reader of files."""
    with pytest.raises(Malformed, match="a claim is a JSON object"):
        claim_json.claim_from_json([CLAIM])


def test_a_fact_of_the_ledgers_own_is_nobodys_claim() -> None:
    """Streams are opened by the ledger alone."""
    kind = NAMED["stream-opened"]
    with pytest.raises(Malformed, match="stream-opened is written by the ledger itself"):
        make_claim(kind, "2026-06-05T00:00:00Z", kind.body(stream="x", number=5))


def test_an_instant_is_in_its_stored_form() -> None:
    """What is typed in another form is parsed before."""
    kind = NAMED["incident-opened"]
    with pytest.raises(Malformed, match="at must be an instant such as 2026-07-14T18:00:00Z: '2026-06-05'"):
        make_claim(kind, "2026-06-05", kind.body(incident="i", summary="x"), place="s1")


def test_a_claim_as_json_is_read_back_as_it_was() -> None:
    """Of every kind, as an exporter of claims writes it."""
    claims = {kind.name: story.parse(kind.body.example) for kind in NAMED.values() if kind.claimable}
    found = {
        name: claim_json.claim_from_json(claim_json.json_of(claim)) if claim else "no example"
        for name, claim in claims.items()
    }
    assert found == claims


def test_what_a_claim_carries_beside_its_fact_is_read_back() -> None:
    """Its actor, its id, what it corrects and why, and its source."""
    value = {
        **CLAIM,
        "actor": "shift",
        "id": ID,
        "corrects": [ID],
        "reason": "x",
        "source": {"name": "a.csv"},
    }
    claim = claim_json.claim_from_json(value)
    assert claim_json.claim_from_json(claim_json.json_of(claim)) == claim


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b'{"a":"\\ud800"}', "holds half a character (a lone surrogate)"),
        (b'["\\ud800"]', "holds half a character (a lone surrogate)"),
        (b'{"\\udfff":1}', "holds half a character (a lone surrogate)"),
    ],
)
def test_half_a_character_is_found_anywhere(text: bytes, message: str) -> None:
    """In a value, in a list, as a name."""
    with pytest.raises(Malformed) as why:
        strict_json.parse_json(text)
    assert str(why.value) == message


@pytest.mark.parametrize("text", ["1e31", "1e-31", "1e999999999999999999999", "9" * 41])
def test_a_decimal_beyond_every_quantity_is_refused(text: str) -> None:
    """Before anything computes with its exponent."""
    with pytest.raises(Malformed, match="is beyond the range of any quantity: "):
        strict_json.parse_json(text.encode() if "e" in text else f"{text}.0".encode(), decimals=True)


def test_a_tier_starts_after_months_or_after_days() -> None:
    """Not after both, and not after neither."""
    with pytest.raises(ValueError, match="give exactly one of the two"):
        Tier(rent_days_per_day=1)


def test_an_id_is_sixteen_bytes() -> None:
    """As the store keeps it."""
    assert len(binary_id(ID)) == 16
