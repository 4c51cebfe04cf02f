"""Rules in words, for whoever reads what a record had to pass."""

from __future__ import annotations

from ledger.exchange import story
from ledger.kinds import CURRENT
from ledger.rules.wording import rules_in_words


def test_every_rule_of_a_kind_says_what_it_asks() -> None:
    """Each is a sentence that begins with what is required or refused."""
    asks_nothing = {}
    for kind in CURRENT.values():
        claim = story.parse(kind.body.example)
        found = () if claim is None else rules_in_words(claim.body, corrects=False)
        for rule in found:
            if not rule.startswith(("Require", "Refuse")) or not rule.endswith("."):
                asks_nothing[kind.name] = rule
    assert asks_nothing == {}


def test_a_correction_has_a_rule_more() -> None:
    """It comes first: what it names must be there before anything else is asked."""
    claim = story.parse("2026-06-03T00:00Z s1 incident-opened incident=i summary=x")
    assert claim is not None, "it is a fact"
    plain, correcting = (rules_in_words(claim.body, corrects=corrects) for corrects in (False, True))
    assert (correcting[1:], "corrects" in correcting[0]) == (plain, True)
