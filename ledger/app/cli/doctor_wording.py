"""What ``doctor`` found among the records, for people: the answer, then each contradiction with its reason, then
the unlikely facts rule by rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from ledger.app.cli.wording import Line
from ledger.app.queries.contradictions import Contradiction
from ledger.errors import inert
from ledger.rules.plausibility.rule import Unlikely
from projections.engine.words import counted, verb

SHOWN: Final = 10
"""Facts listed of a rule; ``--all`` lists them all."""


def verdict(size: int, contradicted: int, unlikely: int, others: int) -> str:
    """How many records are contradicted and unlikely, and how much else was found."""
    told = (
        f"Of {counted(size, 'record')} {contradicted or 'none'} {verb(contradicted or 1, 'is', 'are')} contradicted"
        f" and {unlikely or 'none'} {verb(unlikely or 1, 'is', 'are')} unlikely"
    )
    if not others:
        return f"{told}; nothing else was found."
    return f"{told}; {counted(others, 'finding')} about files and machine {verb(others, 'is', 'are')} below."


def judged_lines(
    found: Sequence[Contradiction], unlikely: Sequence[Unlikely], line: Line, *, everything: bool
) -> Iterator[str]:
    """Contradictions as ``log`` shows their records; unlikely facts by index, as their note names them."""
    if found:
        yield ""
        yield "Contradicted by what is known now:"
    for each in found:
        yield line(each.record)
        yield f"          {inert(each.because)}"
    if unlikely:
        yield ""
        yield "Unlikely (wattledger help plausibility):"
    by_rule = sorted(unlikely, key=lambda each: each.rule)
    for rule, those in groupby(by_rule, key=lambda each: each.rule):
        listed = list(those)
        yield f"  {rule}: {counted(len(listed), 'fact')}"
        shown = listed if everything else listed[:SHOWN]
        yield from (f"{each.record.index:>8}  {inert(each.note)}" for each in shown)
        if len(listed) > len(shown):
            yield f"          and {len(listed) - len(shown):,} more (--all lists them)"
