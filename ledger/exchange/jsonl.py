"""JSON Lines of claims: one JSON object a line, ``{"kind","at","site" | "balancing_authority" |
"stream","body",...}``.
"""

from __future__ import annotations

from ledger.errors import Malformed, Problem
from ledger.exchange.reading import Reading, check_line, lines_of, too_many
from ledger.records.leaf_format import claim_from_json, parse_json


def read(data: bytes, source: str) -> Reading:
    """All claims of the lines; each line that is none is a Problem, the others go on. Blank lines are passed
    over. After a thousand problems the rest is not read, and the last problem says so.
    """
    claims, lines = [], []
    problems: list[Problem] = []
    for number, line in lines_of(data):
        try:
            check_line(line)
            claims.append(claim_from_json(parse_json(line)))
        except Malformed as why:
            problems.append(Problem(source, number, str(why), line[:200].decode("utf-8", "replace")))
            if too_many(problems, source):
                break
        else:
            lines.append(number)
    return Reading(tuple(claims), tuple(problems), (), tuple(lines))
