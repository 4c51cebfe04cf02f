"""JSON Lines of claims: one JSON object a line, ``{"kind","at","site" | "balancing_authority" |
"stream","body",...}``.
"""

from __future__ import annotations

from typing import Any

import msgspec

from ledger.errors import Malformed, MalformedFact, Problem
from ledger.exchange import story
from ledger.exchange.reading import Reading, check_line, lines_of, too_many
from ledger.kinds import BY_TAG, CURRENT, KINDS, Kind
from ledger.records.claim_json import claim_from_json, json_of
from ledger.records.envelope import Claim
from ledger.records.strict_json import parse_json


def read(data: bytes, source: str) -> Reading:
    """All claims of the lines; each line that is not a claim is a Problem, and the others go on.

    Blank lines are passed over. After a thousand problems the rest is not read, and the last problem states
    that.
    """
    claims, lines = [], []
    problems: list[Problem] = []
    for number, line in lines_of(data):
        try:
            check_line(line)
            claims.append(claim_of_json(parse_json(line)))
        except Malformed as why:
            problems.append(Problem(source, number, str(why), line[:200].decode("utf-8", "replace")))
            if too_many(problems, source):
                break
        else:
            lines.append(number)
    return Reading(tuple(claims), tuple(problems), (), tuple(lines))


def example(kind: Kind) -> str:
    """A line of a kind that can be recorded as it stands once the kinds it needs are recorded."""
    claim = story.parse(CURRENT[kind.name].body.example)
    assert claim is not None, "every kind that can be recorded has an example"
    return msgspec.json.encode(json_of(claim)).decode()


def claim_of_json(value: Any) -> Claim:
    """The claim of a parsed JSON value; where fields are wrong the message has an example."""
    try:
        return claim_from_json(value)
    except MalformedFact as why:
        said = str(value.get("kind"))
        kind = BY_TAG.get(said) or CURRENT.get(said) or KINDS[0]
        raise Malformed(f"{why}; for example: {example(kind)}" if kind.claimable else str(why)) from None
