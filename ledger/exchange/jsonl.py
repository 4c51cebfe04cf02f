"""JSON Lines of claims: one JSON object a line, ``{"kind","at","site" | "balancing_authority" |
"stream","body",...}``.
"""

from __future__ import annotations

from ledger.errors import Malformed, Problem
from ledger.exchange.reading import Reading
from ledger.records.claim_json import claim_from_json
from ledger.records.strict_json import parse_json


def read(data: bytes, source: str) -> Reading:
    """All claims of the lines; each line that is none is a Problem, the others go on. Blank lines are passed
    over.
    """
    claims, problems, lines = [], [], []
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            claims.append(claim_from_json(parse_json(line)))
        except Malformed as why:
            problems.append(Problem(source, number, str(why), line[:200].decode("utf-8", "replace")))
        else:
            lines.append(number)
    return Reading(tuple(claims), tuple(problems), (), tuple(lines))
