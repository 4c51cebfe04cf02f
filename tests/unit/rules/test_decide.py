"""Rule 2 and rule 7 of DOMAIN 5: one story refused per rule, naming the record that contradicts it, and one
near miss accepted.
"""

from __future__ import annotations

import pytest

from ledger.errors import Malformed, Refused
from ledger.exchange import story
from ledger.kinds import CurtailmentStarted
from ledger.records.envelope import RECORDS, Record
from ledger.rules.decide import decide
from ledger.rules.known import Targets
from ledger.rules.register import Register
from tests.support.histories import Ledger

SITE = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[] site_class=training
2026-06-02T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[]
"""
DISPATCH = """
2026-07-01T00:00Z s1 dispatch-notified dispatch=d1 dispatch_class=emergency mode=reduce-by target=80MW start=2026-07-01T10:00Z stop=2026-07-01T12:00Z
"""
PROGRAM = """
2026-06-03T00:00Z s1 program-enrolled program=p1 operator=O agreement=A blocks=[m1] meters=[] method=meter-before-after committed=80MW notice=30min response=10min program_year_start=06-01 tz=UTC capped=false adjustment=none holidays=[]
"""
LEASE = """
2026-06-03T00:00Z s1 lease-phase-opened lease=l1 phase=p1 tenant=t critical=50MW
"""
PROMISE = """
2026-06-03T00:00Z s1 commitment-made commitment=c1 counterparty=County instrument=pilot category=jobs comparator=at-least basis=cumulative periods=[2026] due_on=[2026-12-31] observed_on=[] cure_days=30 binding=true
"""


def taken(register: Register, text: str) -> list[Record]:
    """The records of a story, decided one after the other; index counts from 100, pos over all streams."""
    records = []
    for index, line in enumerate((row for row in text.splitlines() if row.strip()), start=100):
        claim = story.parse(line)
        assert claim is not None
        body = decide(register, claim)
        assert isinstance(claim.id, str)
        assert claim.stream is not None
        record = RECORDS[claim.kind](
            actor=claim.actor,
            at=claim.at,
            body=body,
            corrects=claim.corrects,
            id=claim.id,
            index=index,
            nonce="0" * 32,
            pos=index,
            reason=claim.reason,
            rec="2026-08-01T00:00:00.000000Z",
            stream=claim.stream,
        )
        register.apply(record)
        records.append(record)
    return records


def refusal(text: str) -> str:
    """What the last line of a story is refused with, the ones before it being accepted."""
    *before, last = [row for row in text.splitlines() if row.strip()]
    register = Register()
    taken(register, "\n".join(before))
    with pytest.raises(Refused) as why:
        taken(register, last)
    return str(why.value)


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("2026-06-02T00:00Z s1 site-interest-changed interest=owned", "site 's1' was never registered"),
        (
            SITE
            + "2026-06-05T00:00Z s1 outage-started block=m2 outage=o1 outage_class=planned derate=1MW cause=x"
            " outside_management_control=false",
            "block 'm2' was never commissioned at s1",
        ),
        (
            SITE + "2026-06-01T12:00Z s1 hashrate-changed block=m1 hashrate=1EH/s method=pool",
            "block 'm1' is commissioned only from 2026-06-02T00:00:00Z on, by record 101",
        ),
        (
            SITE
            + "2026-06-09T00:00Z s1 load-block-retired block=m1 cause=conversion\n"
            + "2026-06-09T00:00Z s1 fleet-installed block=m1 model=x units=1 unit_hashrate=1TH/s"
            " unit_power=1W",
            "block 'm1' has been retired since 2026-06-09T00:00:00Z, by record 102",
        ),
        (
            SITE
            + "2026-06-09T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=firm"
            " capacity=1MW feeds=[]",
            "block 'm1' is already commissioned, by record 101",
        ),
        (
            SITE + PROGRAM + "2026-06-09T00:00Z s1 program-throttle-agreed program=p1 block=m1 depth=100MW",
            "a throttle of 100MW leaves nothing of the block's 100MW, by record 101",
        ),
        (
            SITE + "2026-06-09T00:00Z s1 program-throttle-agreed program=p1 block=m1 depth=10MW",
            "program 'p1' was never recorded at s1",
        ),
        (SITE + "2026-06-09T00:00Z s1 outage-ended outage=o1", "outage 'o1' was never started at s1"),
        (
            SITE
            + "2026-06-09T00:00Z s1 outage-started block=m1 outage=o1 outage_class=planned derate=1MW cause=x"
            " outside_management_control=false\n" + "2026-06-08T23:59Z s1 outage-ended outage=o1",
            "outage 'o1' cannot end at 2026-06-08T23:59:00Z, before it started, by record 102",
        ),
        (
            SITE
            + "2026-06-09T00:00Z s1 outage-started block=m1 outage=o1 outage_class=planned derate=1MW cause=x"
            " outside_management_control=false\n"
            + "2026-06-10T00:00Z s1 outage-ended outage=o1\n"
            + "2026-06-11T00:00Z s1 outage-ended outage=o1",
            "outage 'o1' has already ended, by record 103",
        ),
        (
            SITE + "2026-07-01T10:00Z s1 curtailment-started dispatch=d1 block=m1",
            "dispatch 'd1' was never recorded at s1",
        ),
        (
            SITE + DISPATCH + "2026-07-01T12:00Z s1 curtailment-ended dispatch=d1 block=m1",
            "curtailment of block 'm1' under dispatch 'd1' was never started at s1",
        ),
        (
            SITE
            + DISPATCH
            + "2026-07-01T10:00Z s1 curtailment-started dispatch=d1 block=m1\n"
            + "2026-07-01T12:00Z s1 curtailment-ended dispatch=d1 block=m1\n"
            + "2026-07-01T13:00Z s1 curtailment-ended dispatch=d1 block=m1",
            "curtailment of block 'm1' under dispatch 'd1' has already ended, by record 104",
        ),
        (
            SITE
            + DISPATCH
            + "2026-07-01T10:00Z s1 curtailment-started dispatch=d1 block=m1\n"
            + "2026-07-01T11:00Z s1 curtailment-started dispatch=d1 block=m1",
            "block 'm1' is already curtailed under dispatch 'd1', by record 103",
        ),
        (
            SITE + DISPATCH.replace("stop=2026-07-01T12:00Z", "stop=2026-07-01T09:00Z"),
            "stop 2026-07-01T09:00:00Z is before start 2026-07-01T10:00:00Z",
        ),
        (
            SITE + DISPATCH + "2026-07-01T09:00Z s1 dispatch-amended dispatch=d1 stop=2026-07-01T08:00Z",
            "dispatch 'd1' would stop at 2026-07-01T08:00:00Z, before it starts at 2026-07-01T10:00:00Z",
        ),
        (
            SITE
            + PROGRAM
            + "2026-06-10T00:00Z s1 program-withdrawn program=p1 cause=sold\n"
            + DISPATCH.replace("dispatch=d1 ", "dispatch=d1 program=p1 "),
            "program 'p1' has ended at 2026-06-10T00:00:00Z, by record 103",
        ),
        (
            SITE + PROGRAM + "2026-06-10T00:00Z s1 program-reinstated program=p1 cause=x",
            "program 'p1' is not suspended",
        ),
        (
            SITE
            + LEASE
            + "2026-06-10T00:00Z s1 lease-terminated phase=p1 cause=x\n"
            + "2026-06-11T00:00Z s1 lease-milestone-reached phase=p1 milestone=loi",
            "phase 'p1' has ended at 2026-06-10T00:00:00Z, by record 103",
        ),
        (
            SITE + "2026-06-10T00:00Z s1 intervals-recorded meter=r start=2026-06-10T00:00Z interval=1h"
            " power_of_ten=3 values=[1] quality=[17]",
            "meter 'r' was never recorded at s1",
        ),
        (
            SITE + PROMISE + "2026-07-10T00:00Z s1 cured commitment=c1 period=2026",
            "no default of commitment 'c1' was noticed",
        ),
        (
            SITE + "2026-06-10T00:00Z s1 incident-closed incident=i1 cause=x actions=[]",
            "incident 'i1' was never recorded at s1",
        ),
        (
            SITE + "2026-06-10T00:00Z s1 hashrate-changed block=m1 hashrate=1EH/s method=pool"
            " until=2026-06-09T00:00Z",
            "until 2026-06-09T00:00:00Z is before at 2026-06-10T00:00:00Z",
        ),
    ],
    ids=lambda value: value.strip()[-50:],
)
def test_what_cannot_have_been_meant_is_refused_naming_the_record(text: str, because: str) -> None:
    assert refusal(text).startswith(because)


@pytest.mark.parametrize(
    "text",
    [
        # a fact at the very instant of commissioning, and one later than it is recorded
        SITE + "2026-06-02T00:00Z s1 hashrate-changed block=m1 hashrate=1EH/s method=pool",
        SITE
        + "2027-06-02T00:00Z s1 hashrate-changed block=m1 hashrate=1EH/s method=pool until=2027-06-02T00:00Z",
        # an outage that ends at the instant it started
        SITE
        + "2026-06-09T00:00Z s1 outage-started block=m1 outage=o1 outage_class=planned derate=1MW cause=x"
        " outside_management_control=false\n" + "2026-06-09T00:00Z s1 outage-ended outage=o1",
        # old business of a retired block: its outage ends, its fleet leaves
        SITE
        + "2026-06-03T00:00Z s1 fleet-installed block=m1 model=x units=1 unit_hashrate=1TH/s unit_power=1W\n"
        + "2026-06-08T00:00Z s1 outage-started block=m1 outage=o1 outage_class=planned derate=1MW cause=x"
        " outside_management_control=false\n"
        + "2026-06-09T00:00Z s1 load-block-retired block=m1 cause=conversion\n"
        + "2026-06-10T00:00Z s1 outage-ended outage=o1\n"
        + "2026-06-10T00:00Z s1 fleet-removed block=m1 model=x units=1 unit_hashrate=1TH/s unit_power=1W",
        # a block begins again after it was retired
        SITE
        + "2026-06-09T00:00Z s1 load-block-retired block=m1 cause=conversion\n"
        + "2026-06-09T00:00Z s1 load-block-commissioned block=m1 load_class=ai-hpc service_class=firm"
        " capacity=1MW feeds=[]",
        # a curtailment starts again after it ended, under the same dispatch
        SITE
        + DISPATCH
        + "2026-07-01T10:00Z s1 curtailment-started dispatch=d1 block=m1\n"
        + "2026-07-01T11:00Z s1 curtailment-ended dispatch=d1 block=m1\n"
        + "2026-07-01T11:30Z s1 curtailment-started dispatch=d1 block=m1\n",
        # a dispatch without an end, and one that stops as it starts
        SITE + DISPATCH.replace("stop=2026-07-01T12:00Z", ""),
        SITE + DISPATCH.replace("stop=2026-07-01T12:00Z", "stop=2026-07-01T10:00Z"),
        # credit support is given back after the phase ended
        SITE
        + LEASE
        + "2026-06-09T00:00Z s1 credit-support-recorded phase=p1 instrument=guarantee amount=1USD\n"
        + "2026-06-10T00:00Z s1 lease-terminated phase=p1 cause=x\n"
        + "2026-06-11T00:00Z s1 credit-support-released phase=p1 instrument=guarantee amount=1USD",
        # a programme suspended and reinstated; a default noticed and cured
        SITE
        + PROGRAM
        + "2026-06-10T00:00Z s1 program-suspended program=p1 cause=x\n2026-06-11T00:00Z s1 program-reinstated"
        " program=p1 cause=x",
        SITE
        + PROMISE
        + "2026-07-09T00:00Z s1 default-noticed commitment=c1 period=2026\n2026-07-10T00:00Z s1 cured"
        " commitment=c1 period=2026",
        # grid conditions need no site
        "2021-02-15T13:22Z ba-SWPP grid-condition-declared state=eea2",
    ],
)
def test_a_near_miss_is_accepted(text: str) -> None:
    assert taken(Register(), text)


def test_a_curtailment_without_a_depth_holds_back_all_that_is_available() -> None:
    """The block's 100 MW less an open derate of 30 MW."""
    text = (
        SITE
        + DISPATCH
        + "2026-07-01T00:00Z s1 outage-started block=m1 outage=o1 outage_class=forced-u2 derate=30MW cause=x"
        " outside_management_control=false\n"
        + "2026-07-01T10:00Z s1 curtailment-started dispatch=d1 block=m1"
    )
    body = taken(Register(), text)[-1].body
    assert isinstance(body, CurtailmentStarted)
    assert body.depth_w == 70_000_000


@pytest.mark.parametrize(
    ("readings", "message"),
    [
        (
            "start=2026-06-10T01:00Z interval=1h power_of_ten=3 values=[1] quality=[17]",
            "start 2026-06-10T01:00:00Z is not the instant",
        ),
        (
            "start=2026-06-10T00:00Z interval=1h power_of_ten=3 values=[1,2] quality=[17]",
            "2 values need 2 qualities, not 1; give one for each value",
        ),
        (
            "start=2026-06-10T00:00Z interval=1h power_of_ten=3 values=[] quality=[]",
            "needs at least one value",
        ),
        (
            "start=2026-06-10T00:00Z interval=24h power_of_ten=3 values=[1,1] quality=[0,0]",
            "go on after midnight UTC",
        ),
        (
            "start=2026-06-10T00:00Z interval=90001s power_of_ten=3 values=[1] quality=[0]",
            "at most a local day long, which has 25 hours where clocks are put back, not 90001s",
        ),
    ],
)
def test_readings_that_say_no_possible_day_are_malformed(readings: str, message: str) -> None:
    text = (
        SITE + "2026-06-03T00:00Z s1 meter-registered meter=r scope=site role=revenue direction=delivered"
        " interval=1h"
    )
    register = Register()
    taken(register, text)
    with pytest.raises(Malformed, match=message):
        taken(register, f"2026-06-10T00:00Z s1 intervals-recorded meter=r {readings}")


def test_a_reading_of_a_day_of_25_hours_is_taken() -> None:
    """1 November 2026 in New York, and the next one refused that overlaps it."""
    text = (
        SITE + "2026-06-03T00:00Z s1 meter-registered meter=r scope=site role=revenue direction=delivered"
        " interval=24h\n"
        + "2026-11-01T04:00Z s1 intervals-recorded meter=r start=2026-11-01T04:00Z interval=90000s"
        " power_of_ten=3 values=[1] quality=[0]"
    )
    register = Register()
    assert taken(register, text)
    with pytest.raises(Refused, match="overlap"):
        taken(
            register,
            "2026-11-02T04:00Z s1 intervals-recorded meter=r start=2026-11-02T04:00Z interval=1h"
            " power_of_ten=3 values=[1] quality=[0]",
        )


# --- rule 7: corrections ------------------------------------------------------------------------------------


def correction(text: str, corrects: str, targets: Targets) -> None:
    """Decide one correcting line against nothing but its targets."""
    register = Register()
    taken(register, SITE)
    claim = story.parse(f"{text} corrects=[{corrects}] reason=typo")
    assert claim is not None
    decide(register, claim, targets)


def test_a_correction_of_an_unknown_record_is_refused() -> None:
    unknown = "019f61c9-2500-8704-a3d6-c98576c2a21f"
    with pytest.raises(Refused, match="which is not a record of this ledger"):
        correction("2026-06-03T00:00Z s1 load-block-rerated block=m1 capacity=5MW", unknown, Targets({}, {}))


def test_a_record_can_be_corrected_once() -> None:
    _, block = taken(Register(), SITE)
    with pytest.raises(Refused, match="which record 140 already corrects; correct that one instead"):
        correction(
            "2026-06-02T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=firm"
            " capacity=1MW feeds=[]",
            block.id,
            Targets({block.id: block}, {block.id: 140}),
        )


def test_a_correction_is_of_the_same_kind() -> None:
    _, block = taken(Register(), SITE)
    with pytest.raises(Refused, match=r"of kind load-block-commissioned.v1, not load-block-rerated.v1"):
        correction(
            "2026-06-03T00:00Z s1 load-block-rerated block=m1 capacity=5MW",
            block.id,
            Targets({block.id: block}, {}),
        )


def test_a_correction_stands_in_place_of_its_target() -> None:
    """The block was 100 MW; corrected it is commissioned a day later, which a second commissioning could not
    say.
    """
    register = Register()
    _, block = taken(register, SITE)
    claim = story.parse(
        "2026-06-03T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=firm"
        f" capacity=1MW feeds=[] corrects=[{block.id}] reason=typo"
    )
    assert claim is not None
    assert decide(register, claim, Targets({block.id: block}, {})) == claim.body


@pytest.mark.parametrize(
    ("begins", "changes", "more"),
    [
        (
            "lease-phase-opened lease=l phase=p tenant=oak critical=10MW",
            "lease-terminated phase=p cause=x",
            "lease-forecast-set phase=p milestone=commencement forecast_on=2026-10-01",
        ),
        (
            (
                "dispatch-notified dispatch=d dispatch_class=emergency mode=reduce-by target=1MW"
                " start=2026-06-04T00:00Z"
            ),
            "dispatch-amended dispatch=d target=2MW",
            "dispatch-acknowledged dispatch=d",
        ),
        (
            "incident-opened incident=i summary=x",
            "incident-closed incident=i cause=x actions=[]",
            "incident-observation-added incident=i text=x",
        ),
    ],
)
def test_what_ends_or_changes_a_thing_does_not_make_it_when_its_beginning_was_retracted(
    begins: str, changes: str, more: str
) -> None:
    ledger = Ledger()
    story_text = f"{SITE}2026-06-03T00:00Z s1 {begins}\n2026-06-09T00:00Z s1 {changes}"
    *_, beginning, _ = ledger.take_all(story.read(story_text.encode(), "s").claims)
    retracted, refused = (
        story.parse(f"2026-06-03T00:00Z s1 {line}")
        for line in (f"event-retracted corrects=[{beginning.id}] reason=x", more)
    )
    assert retracted is not None
    assert refused is not None
    assert ledger.take(retracted) is not None
    targets = Targets(ledger.by_id, ledger.named)
    with pytest.raises(Refused, match="was never recorded at s1"):
        decide(ledger.register, refused, targets)
