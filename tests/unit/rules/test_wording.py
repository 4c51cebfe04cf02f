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
