"""Rules in words, for whoever reads what a record had to pass."""

from __future__ import annotations

import pytest

from ledger.exchange import story
from ledger.kinds import CURRENT, Kind
from ledger.rules.wording import rules_in_words


@pytest.mark.parametrize(
    "kind", [kind for kind in CURRENT.values() if kind.body.example], ids=lambda kind: kind.name
)
def test_every_rule_of_a_kind_says_what_it_asks(kind: Kind) -> None:
    """Each is a sentence that begins with what is required or refused."""
    claim = story.parse(kind.body.example)
    assert claim is not None, "an example is a fact"
    found = rules_in_words(claim.body, corrects=False)
    asks = [rule for rule in found if rule.startswith(("Require", "Refuse")) and rule.endswith(".")]
    assert asks == list(found)


def test_a_correction_has_a_rule_more() -> None:
    """It comes first: what it names must be there before anything else is asked."""
    claim = story.parse("2026-06-03T00:00Z s1 incident-opened incident=i summary=x")
    assert claim is not None, "it is a fact"
    plain, correcting = (rules_in_words(claim.body, corrects=corrects) for corrects in (False, True))
    assert (correcting[1:], "corrects" in correcting[0]) == (plain, True)
