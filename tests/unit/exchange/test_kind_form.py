"""Forms made from the table of kinds: what a fact puts into its form comes out of it again."""

from __future__ import annotations

from ledger.exchange import story
from ledger.exchange.everyday_times import EverydayTimes
from ledger.exchange.kind_form import (
    ENTERED,
    UNIT,
    FormField,
    changes_of_form,
    claim_of_form,
    form_of,
    values_of,
)
from ledger.kinds import CURRENT, Kind, OutageStarted
from ledger.records.envelope import RECORDS, Claim, Record
from tests.support.story_facts import body_of


def typed(fields: tuple[FormField, ...]) -> dict[str, str]:
    """What a browser posts of a form that nobody touched."""
    return {
        **{field.key: field.value for field in fields},
        **{f"{field.key}{UNIT}": field.unit for field in fields if field.unit},
    }


def example(kind: Kind) -> Claim:
    found = story.parse(kind.body.example)
    assert found is not None, "an example is a fact"
    return found


def test_the_example_of_a_kind_passes_through_its_form() -> None:
    """Whoever types an example into the form records the very fact of the example."""
    found = {}
    for kind in ENTERED:
        claim = example(kind)
        site = kind.body.example.split()[1]
        form = {**typed(form_of(kind, values_of(kind, claim.body))), "site": site, "at": claim.at}
        found[kind.name] = claim_of_form(kind, form, EverydayTimes(0, {})).body
    assert found == {kind.name: example(kind).body for kind in ENTERED}


def record_of(claim: Claim) -> Record:
    return RECORDS[claim.kind](
        actor="operator",
        at=claim.at,
        body=claim.body,
        id="019bf4e0-0000-8000-8000-000000000002",
        index=1,
        nonce="00" * 16,
        pos=0,
        rec="2026-06-10T00:00:00.000000Z",
        stream="s/operations",
    )


def test_a_form_that_nobody_touched_corrects_nothing() -> None:
    changes = {}
    for kind in ENTERED:
        claim = example(kind)
        form = {**typed(form_of(kind, values_of(kind, claim.body))), "at": claim.at}
        changes[kind.name] = changes_of_form(kind, record_of(claim), claim.body, form)
    assert changes == {kind.name: [] for kind in ENTERED}


def test_a_text_that_looks_like_a_command_is_taken_as_text() -> None:
    """``null`` removes a field where a command is typed; in a form it is what somebody wrote."""
    kind = CURRENT["incident-opened"]
    claim = example(kind)
    form = {**typed(form_of(kind, values_of(kind, claim.body))), "summary": "null"}
    assert changes_of_form(kind, record_of(claim), claim.body, form) == ['summary="null"']


def test_an_amount_may_have_its_unit_typed_behind_it() -> None:
    """Whoever types ``20 MW`` means that, whatever unit is chosen beside it."""
    kind = CURRENT["outage-started"]
    form = {**typed(form_of(kind, values_of(kind, example(kind).body))), "derate": "1500kW"}
    form |= {"site": "s1", "at": "2026-07-14T18:05Z"}
    claim = claim_of_form(kind, form, EverydayTimes(0, {}))
    assert body_of(claim, OutageStarted).derate_w == 1_500_000
