"""The table of kinds keeps its word: examples record as they stand, and what is needed before is needed."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from ledger.errors import Refused
from ledger.exchange import story
from ledger.kinds import CURRENT, Fact, Kind, prerequisites
from ledger.records.envelope import Claim
from ledger.rules.corrections import retraction_stream
from ledger.rules.decide import decide
from ledger.rules.known import Targets
from tests.support.histories import Ledger

CLAIMABLE: Final = tuple(kind for kind in CURRENT.values() if kind.claimable)
NEEDS: Final = tuple((kind, body) for kind in CLAIMABLE for body in kind.needs)


def example(kind: Kind) -> Claim:
    claim = story.parse(kind.body.example)
    assert claim is not None, f"{kind.name} has no example"
    return claim


def ledger_of(kinds: tuple[Kind, ...]) -> Ledger:
    ledger = Ledger()
    ledger.take_all(example(kind) for kind in kinds)
    return ledger


def decided(ledger: Ledger, claim: Claim) -> Fact:
    targets = Targets(ledger.by_id, ledger.named)
    return decide(ledger.register, retraction_stream(claim, targets), targets)


def test_the_example_of_a_kind_records_as_it_stands_after_what_the_kind_needs() -> None:
    """An operator copies the example lines that ``wattledger kinds KIND`` prints into an empty book, in order."""
    found, wanted = {}, {}
    for kind in CLAIMABLE:
        claim = example(kind)
        ledger = ledger_of(prerequisites(kind))
        found[kind.name] = len(ledger.records), decided(ledger, claim)
        wanted[kind.name] = len(prerequisites(kind)), claim.body
    assert found == wanted


def test_the_example_of_a_kind_is_refused_without_what_the_kind_needs() -> None:
    """Whatever the table declares as needed, a book without it refuses the example."""
    taken = []
    for kind, body in NEEDS:
        ledger = ledger_of(tuple(one for one in prerequisites(kind) if one.body is not body))
        with suppress(Refused):
            decided(ledger, example(kind))
            taken.append((kind.name, body.__name__))
    assert (taken, NEEDS != ()) == ([], True)
