"""Rules on the effect of a correction: a mistyped unit changes a quantity a thousandfold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any, Final

from ledger import kinds
from ledger.fields import fields_of
from ledger.kinds import BY_BODY, KINDS, Fact
from ledger.records.envelope import Record
from ledger.records.wording import story_key, written
from ledger.rules.plausibility.beside import FactsBeside
from ledger.rules.plausibility.rule import Limit, PlausibilityRule


def _rescaled(beside: FactsBeside, record: Record, body: Fact, limit: int) -> Iterable[str]:
    return _times(beside, record, body, limit, record.corrects) if record.corrects else ()


def _times(
    beside: FactsBeside, record: Record, body: Fact, limit: int, corrects: Iterable[str]
) -> Iterator[str]:
    for id_ in corrects:
        target = beside.record_of(id_)
        if target is None or type(target.body) is not type(body):
            continue
        for what, was, now, words in _amounts(target.body, body):
            if was > 0 < now and max(was, now) >= min(was, now) * limit:
                times, more = int(max(was, now) / min(was, now)), "more" if now > was else "less"
                yield (
                    f"{record.place}: {BY_BODY[type(body)].name} {what} is {words}{times:,} times {more} than"
                    f" in record {target.index}, which it corrects; is its unit right?"
                )


def _amounts(was: Any, now: Any) -> Iterator[tuple[str, Fraction, Fraction, str]]:
    """The quantities of a fact before and after a correction, with their names and wording."""
    if isinstance(now, kinds.Series):
        if was.start == now.start and len(was.values) == len(now.values):
            before, after = (Fraction(10) ** body.power_of_ten * sum(body.values) for body in (was, now))
            yield "energy", before, after, ""
        return
    kind: type[Fact] = type(now)
    for field in fields_of(kind):
        said, says = (getattr(body, field.name) for body in (was, now))
        if field.unit and type(said) is type(says) is int and not field.many:
            words = f"{written(field, says)} in place of {written(field, said)}, "
            yield story_key(field), Fraction(said), Fraction(says), words


_ANY: Final = tuple(kind.body for kind in KINDS if kind.claimable)
"""Every fact that is recorded, also without quantities: to ask each for its fields took long at every start."""

RULES: Final[tuple[PlausibilityRule, ...]] = (
    PlausibilityRule(
        "rescaled",
        "a correction that changes a quantity this many times or more",
        _ANY,
        _rescaled,
        Limit("times_corrected", 100),
    ),
)
