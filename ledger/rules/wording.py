"""Rules in words: what a fact of a kind had to pass, from the docstrings of its rules."""

from __future__ import annotations

from ledger.kinds import BY_BODY, Fact
from ledger.rules.corrections import check_targets
from ledger.rules.decide import RULES
from ledger.rules.known import Rule
from ledger.rules.lifecycles import site_recorded


def rules_in_words(body: Fact, *, corrects: bool) -> tuple[str, ...]:
    """The rules of a fact's kind, a sentence each, in the order in which they are asked; facts that the ledger
    writes itself have none.
    """
    if not BY_BODY[type(body)].claimable:
        return ()
    rules = RULES.get(type(body), (site_recorded,))
    return (*([_words(check_targets)] if corrects else []), *map(_words, rules))


def _words(rule: Rule | object) -> str:
    """The first paragraph of a rule's docstring."""
    said = (rule.__doc__ or "").partition("\n\n")[0]
    return " ".join(said.replace("``", "").split())
