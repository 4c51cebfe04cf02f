"""JSON Lines of claims: exact, and strict about everything that JSON readers differ on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from ledger.exchange import jsonl, story
from ledger.kinds import CURRENT, kind_of
from ledger.records.envelope import Claim
from tests.support.making import any_claim

GOOD = {
    "kind": "curtailment-started",
    "at": "2026-07-14T18:00:00Z",
    "site": "s1",
    "body": {"dispatch": "d7", "block": "m1", "depth_w": 250_000_000},
}


def read(*lines: Any) -> Any:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    return jsonl.read(text.encode(), "claims.jsonl")


def test_a_line_is_the_claim_that_story_text_says() -> None:
    told = story.parse("2026-07-14T18:00Z s1 curtailment-started dispatch=d7 block=m1 depth=250MW")
    assert read(GOOD).claims == (told,)


def test_blank_lines_are_passed_over_and_lines_are_counted() -> None:
    assert read(GOOD, "", GOOD | {"at": "2026-07-14T19:00:00Z"}).lines == (1, 3)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "is not JSON"),
        ("[]", "a claim is a JSON object"),
        (
            json.dumps(GOOD).replace("250000000", "2.5e8"),
            "is not a whole number; give it in the base unit: 2.5e8",
        ),
        (json.dumps(GOOD).replace("250000000", "NaN"), "NaN is not a JSON number"),
        (json.dumps(GOOD).replace("250000000", "9007199254740993"), "is beyond 2^53"),
        (json.dumps(GOOD).replace("250000000", "-1"), "depth_w"),
        (json.dumps(GOOD).replace("250000000", '"250 MW"'), "depth_w"),
        (json.dumps(GOOD)[:-1] + ', "kind": "x"}', "has the key 'kind' twice"),
        (
            json.dumps(GOOD | {"kind": "curtailment-begun"}),
            "unknown kind 'curtailment-begun'; did you mean curtailment-",
        ),
        (json.dumps(GOOD | {"body": {"dispatch": "d7", "block": "m1", "deep": 1}}), "deep"),
        (json.dumps(GOOD | {"body": {"block": "m1"}}), "dispatch"),
        (json.dumps(GOOD | {"index": 5}), "index"),
        (json.dumps(GOOD | {"at": "2026-07-14T18:00:00"}), "at needs Z, an offset or a [zone]"),
        (json.dumps(GOOD | {"body": None}), "body"),
        (json.dumps(GOOD | {"site": "S 1"}), "site"),
    ],
)
def test_a_line_that_is_no_claim_says_why_and_keeps_no_good_one_out(line: str, message: str) -> None:
    found = read(line, GOOD)
    assert len(found.claims) == 1
    assert message in str(found.problems[0])
    assert str(found.problems[0]).startswith("claims.jsonl:1: ")


def test_all_that_is_wrong_with_an_object_is_told_at_once_with_an_example() -> None:
    """A script writes its first claim; one answer names every member that is missing or wrong."""
    found = read(json.dumps(GOOD | {"at": "noon", "body": {"block": "M1", "depth_w": "5"}}))
    assert found.problems[0].message.split("; ") == [
        "body needs dispatch",
        "at is not an instant such as 2026-07-14T18:00Z or 2026-07-14T14:00[America/New_York]: 'noon'",
        "block must be 1 to 64 of a-z, 0-9 and -: 'M1'",
        'body.depth_w: expected int, not "5"',
        f"for example: {jsonl.example(CURRENT['curtailment-started'])}",
    ]


def test_the_json_example_of_a_kind_is_the_claim_of_its_story_text() -> None:
    """Both examples of a guide are one fact with one id."""
    kinds = [kind for kind in CURRENT.values() if kind.claimable]
    found = {kind.name: jsonl.read(jsonl.example(kind).encode(), "x").claims for kind in kinds}
    assert found == {kind.name: (story.parse(kind.body.example),) for kind in kinds}


@pytest.mark.parametrize("bad", ["{oops", "[" * 5_000, '{"a":1,"a":1}', "\x00"])
def test_a_thousand_bad_lines_end_the_reading_and_the_last_problem_says_so(bad: str) -> None:
    """A hundred thousand bad lines cost 13 s and as many messages."""
    found = read(*[bad] * 2_000, GOOD)
    assert (len(found.problems), str(found.problems[-1]), found.claims) == (
        1_001,
        "claims.jsonl: has 1,000 problems and more; the rest is not read",
        (),
    )


def test_a_line_of_ten_megabytes_is_refused_before_it_is_parsed() -> None:
    found = read('{"a":[' + "1," * 5_000_000 + "1]}", GOOD)
    assert ([str(problem) for problem in found.problems], found.lines) == (
        ["claims.jsonl:1: has 10,000,009 bytes; a line has at most 1,048,576, one fact each"],
        (2,),
    )


def test_a_key_that_is_there_twice_among_thousands_is_found_at_once() -> None:
    """Counting each key among all of them took a minute for 70,000 keys in one line."""
    keys = ",".join(f'"k{n}":1' for n in range(70_000))
    assert str(read(f'{{{keys},"k69999":1}}').problems[0]).endswith("has the key 'k69999' twice")


@given(any_claim())
def test_every_claim_survives_as_a_line(claim: Claim) -> None:
    line = said(claim)
    assert jsonl.read(line, "x").claims == (claim,), jsonl.read(line, "x").problems


def said(claim: Claim) -> bytes:
    import msgspec
    from msgspec import UNSET

    value: dict[str, Any] = {
        "kind": claim.kind,
        "at": claim.at,
        "body": claim.body,
        "actor": claim.actor,
        "id": claim.id,
    }
    value["stream"] = claim.stream
    for name in ("corrects", "reason", "source"):
        if getattr(claim, name) is not UNSET:
            value[name] = getattr(claim, name)
    assert kind_of(claim.kind)
    return msgspec.json.encode(value)
