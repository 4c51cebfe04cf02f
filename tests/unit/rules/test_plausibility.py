"""Rules of plausibility, each as a story that is noted and one at the limit that is not: unlikely facts are
recorded, and noted (DOMAIN 5).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import ledger
from ledger import calendar
from ledger.app.book.book import Book
from ledger.app.book.config import Config
from ledger.app.host.clock import Seeded
from ledger.app.host.progress import no_progress
from ledger.app.queries.contradictions import Contradiction, judged_again
from ledger.errors import Malformed
from ledger.rules.plausibility.table import PLAUSIBILITY, chosen
from tests.support.small_book import said

CLOCK_US = calendar.instant_s("2026-07-01T00:00:00Z") * 1_000_000
SITE = """
2026-05-31T00:00Z s1 site-registered name=S county=C state=GA tz=UTC balancing_authority=SOCO utility=U parcels=[] site_class=training
2026-05-31T00:00Z s1 power-contracted agreement=A power=150MW firm=20MW start=2026-06-01T00:00Z
2026-06-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A,B]
2026-06-01T00:00Z s1 load-block-commissioned block=ai1 load_class=ai-hpc service_class=firm capacity=20MW feeds=[A]
2026-06-01T00:00Z s1 meter-registered meter=r1 scope=site role=revenue direction=delivered interval=15min
2026-06-01T00:00Z s1 program-enrolled program=p operator=O agreement=A blocks=[m1] meters=[] method=meter-before-after notice=0s response=0s program_year_start=06-01 tz=UTC capped=false adjustment=none holidays=[]
"""


def dispatch(name: str, start: str = "2026-06-10T12:00Z", more: str = "dispatch_class=emergency") -> str:
    return f"2026-06-10T11:00Z s1 dispatch-notified dispatch={name} {more} mode=reduce-by target=10MW start={start}\n"


def curtailed(name: str, begun: str, ended: str | None = None, block: str = "m1", depth: str = "10MW") -> str:
    """A block curtailed on 10 June between two times of day."""
    lines = f"2026-06-10T{begun}Z s1 curtailment-started dispatch={name} block={block} depth={depth}\n"
    if ended is not None:
        lines += f"2026-06-10T{ended}Z s1 curtailment-ended dispatch={name} block={block}\n"
    return lines


def outage(name: str, begun: str, ended: str | None, derate: str = "10MW") -> str:
    lines = (
        f"2026-06-{begun}Z s1 outage-started block=m1 outage={name} outage_class=planned derate={derate}"
        " cause=x outside_management_control=false\n"
    )
    if ended is not None:
        lines += f"2026-06-{ended}Z s1 outage-ended outage={name}\n"
    return lines


def readings(start: str, values: list[int], interval: str = "15min", power: int = 3) -> str:
    return (
        f"2026-06-{start}Z s1 intervals-recorded meter=r1 start=2026-06-{start}Z interval={interval}"
        f" power_of_ten={power} values=[{','.join(map(str, values))}] quality=[{','.join(['0'] * len(values))}]\n"
    )


def site(name: str, **fields: str) -> str:
    """A site beside the one of all stories; it is in Georgia unless the fields say otherwise."""
    said = {"state": "GA", "balancing_authority": "SOCO", **fields}
    return (
        f"2026-06-10T00:00Z {name} site-registered name=S county=C tz=UTC utility=U parcels=[] site_class=training"
        f" {' '.join(f'{key}={value}' for key, value in said.items())}\n"
    )


def block(name: str, capacity: str, more: str = "") -> str:
    return (
        f"2026-06-10T00:00Z s1 load-block-commissioned block={name} load_class=mining service_class=interruptible"
        f" capacity={capacity} feeds=[A]{more}\n"
    )


TARGET = "019ebb2c-a000-7000-8000-0000000000c1"


def corrected_block(capacity: str) -> str:
    """A block of 100 MW, and its correction."""
    return block("b2", "100MW", f" id={TARGET}") + block("b2", capacity, f" corrects=[{TARGET}] reason=x")


def corrected_readings(power: int) -> str:
    """Readings in kWh, and their correction in another power of ten."""
    return (
        f"{readings('10T00:00', [10, 11]).strip()} id={TARGET}\n"
        f"{readings('10T00:00', [10, 11], power=power).strip()} corrects=[{TARGET}] reason=x\n"
    )


def paid(amount: str, on: str) -> str:
    """A payment for an installment of 1,000 USD."""
    return (
        "2026-06-01T00:00Z s1 commitment-made commitment=c1 counterparty=C instrument=pilot category=tax-payment"
        " comparator=at-least basis=cumulative periods=[2026] due_on=[2026-12-31] observed_on=[] cure_days=0"
        " binding=true\n"
        "2026-06-01T00:00Z s1 payment-scheduled commitment=c1 instalment=2026 due_on=2026-12-31 amount=1000.00USD\n"
        f"2026-06-10T00:00Z s1 payment-made commitment=c1 instalment=2026 paid_on={on} amount={amount} receipt=r1\n"
    )


def contract(firm: str) -> str:
    """The agreement of 150 MW recorded again."""
    return (
        f"2026-06-02T00:00Z s1 power-contracted agreement=A power=150MW firm={firm} start=2026-07-01T00:00Z\n"
    )


def forecast(peak: str) -> str:
    return f"2026-06-02T00:00Z s1 load-forecast-set year=2028 season=winter peak={peak}\n"


def spent(paid_on: str) -> str:
    """A purchase of 4 April 2026 under an exemption."""
    return (
        "2026-04-01T00:00Z s1 exemption-granted exemption=x1 authority=A rule=ga-560-12-2-117"
        " county_population=19988 min_weekly_hours=30 wage_floor=22.50USD starts_on=2026-01-01\n"
        "2026-04-05T00:00Z s1 expenditure-recorded exemption=x1 expenditure=e1 category=power-equipment"
        f" amount=1000.00USD incurred_on=2026-04-04 paid_on={paid_on} vendor=v what=x\n"
    )


@pytest.fixture
def noted(tmp_path: Path) -> Any:
    """What is noted of the facts of a story, in a book with some limits of its own."""

    def judged(story: str, *, rule: str | None = None, before: str = "", **limits: Any) -> list[str]:
        settings = Config("example.com/b", plausibility=limits)
        clock = Seeded("unlikely", CLOCK_US)
        with Book.create(tmp_path / "b", settings, surroundings=clock) as book:
            known = book.record(said(SITE + before))
            assert not known.problems
            found = book.record(said(story), judge=True)
            assert not found.problems
            return [one.note for one in found.unlikely if rule in (None, one.rule)]

    return judged


@pytest.mark.parametrize(
    ("rule", "story", "notes"),
    [
        pytest.param(
            "deep-curtailment",
            dispatch("d") + curtailed("d", "12:00", "13:00", depth="100001kW"),
            ["s1/m1: a curtailment of 100.001MW is deeper than the block's capacity of 100MW"],
            id="a curtailment deeper than the block's capacity",
        ),
        pytest.param(
            "deep-curtailment",
            dispatch("d") + curtailed("d", "12:00", "13:00", depth="100MW"),
            [],
            id="a curtailment of the whole block is not",
        ),
        pytest.param(
            "curtailed-twice",
            dispatch("d") + dispatch("e") + curtailed("d", "12:00", "13:00") + curtailed("e", "12:59", "14:00"),
            ["s1/m1: curtailed under e at the same time as under d (record 12)"],
            id="two dispatches curtail one block in the same minute",
        ),
        pytest.param(
            "curtailed-twice",
            dispatch("d") + dispatch("e") + curtailed("e", "12:59", "14:00") + curtailed("d", "12:00", "13:00"),
            ["s1/m1: curtailed under d at the same time as under e (record 12)"],
            id="the one recorded last is noted, although it began first",
        ),
        pytest.param(
            "curtailed-twice",
            dispatch("d") + dispatch("e") + curtailed("d", "12:00", "13:00") + curtailed("e", "13:00", "14:00"),
            [],
            id="one that begins when the other ends is not",
        ),
        pytest.param(
            "two-outages",
            outage("a", "10T12:00", "10T14:00") + outage("b", "10T13:59", "10T15:00"),
            ["s1/m1: outage b is open at the same time as outage a (record 11)"],
            id="a second outage while the first is open",
        ),
        pytest.param(
            "two-outages",
            outage("a", "10T12:00", "10T14:00") + outage("b", "10T14:00", "10T15:00"),
            [],
            id="a second outage after the first is not",
        ),
        pytest.param(
            "two-outages",
            outage("a", "10T12:00", None)
            + "2026-06-11T00:00Z s1 load-block-retired block=m1 cause=sold\n"
            + "2026-06-12T00:00Z s1 load-block-commissioned block=m1 load_class=mining"
            " service_class=interruptible capacity=100MW feeds=[A]\n"
            + outage("b", "13T12:00", "13T13:00"),
            [],
            id="an outage that ended with the block's retirement is not open",
        ),
        pytest.param(
            "large-derate",
            outage("a", "10T12:00", "10T14:00", "60MW") + outage("b", "10T13:00", "10T15:00", "40001kW"),
            ["s1/m1: the derate of 40.001MW at 2026-06-10T13:00:00Z is above the 40MW that other open outages leave"],
            id="derates that add up beyond the capacity",
        ),
        pytest.param(
            "large-derate",
            outage("a", "10T12:00", "10T14:00", "60MW") + outage("b", "10T13:00", "10T15:00", "40MW"),
            [],
            id="derates up to the capacity are not",
        ),
        pytest.param(
            "large-derate",
            outage("a", "10T12:00", "10T14:00", "100MW") + outage("b", "10T13:00", "10T15:00", "1MW"),
            ["s1/m1: the derate of 1MW at 2026-06-10T13:00:00Z is above the 0W that other open outages leave"],
            id="a derate beside an outage of the whole block",
        ),
        pytest.param(
            "two-outages",
            outage("a", "10T12:00", "10T14:00") + outage("b", "10T11:00", None),
            ["s1/m1: outage b is open at the same time as outage a (record 11)"],
            id="an open outage recorded later that began before another",
        ),
        pytest.param(
            "two-outages",
            outage("a", "10T12:00", None) + outage("b", "10T13:00", None) + outage("c", "10T14:00", None),
            [
                "s1/m1: outage b is open at the same time as outage a (record 11)",
                "s1/m1: outage c is open at the same time as outage a (record 11) and outage b (record 12)",
            ],
            id="three outages of one block",
        ),
        pytest.param(
            "above-contract",
            "2026-06-10T12:00Z s1 meter-registered meter=r2 scope=site role=sub direction=received interval=15min\n"
            + readings("10T13:00", [41_250]).replace("meter=r1", "meter=r2"),
            [],
            id="a meter of what is fed in is not load",
        ),
        pytest.param(
            "above-contract",
            site("s2") + dispatch("d").replace(" s1 ", " s2 ")
            + "2026-06-10T00:00Z s2 load-block-commissioned block=m1 load_class=mining"
            " service_class=interruptible capacity=900MW feeds=[A]\n"
            + curtailed("d", "12:00").replace(" s1 ", " s2 ")
            + "2026-06-10T13:00Z s2 load-restored dispatch=d block=m1 load=900MW\n",
            [],
            id="where no contract is recorded nothing is above it",
        ),
        pytest.param(
            "above-contract",
            readings("10T00:00", [150_001], power=3, interval="1h").replace("values=[150001]", "values=[150001]"),
            ["s1: a reading of meter r1, 150.001MW at 2026-06-10T00:00:00Z, is above the contracted 150MW"],
            id="a reading a kilowatt above the contract",
        ),
        pytest.param(
            "above-contract",
            readings("10T00:00", [150_001_499], power=0, interval="1h"),
            ["s1: a reading of meter r1, 150.001MW at 2026-06-10T00:00:00Z, is above the contracted 150MW"],
            id="odd watts are told in kilowatts",
        ),
        *(
            pytest.param(
                rule,
                "2026-06-02T00:00Z s1 program-throttle-agreed program=p block=ai1 depth=5MW duration_max=3h\n"
                + dispatch("d", more="program=p dispatch_class=emergency")
                + "2026-06-10T11:30Z s1 program-withdrawn program=p cause=x\n"
                + curtailed("d", "12:00", "13:00", "ai1", depth="5MW"),
                [note],
                id=f"{rule}: a throttle that was agreed with a program before it was left",
            )
            for rule, note in (
                (
                    "firm-curtailed",
                    "s1/ai1: a firm block, curtailed at 2026-06-10T12:00:00Z under d, which is emergency and not"
                    " firm-load-shed",
                ),
                (
                    "not-enrolled",
                    "s1/ai1: helps at 2026-06-10T12:00:00Z under d of program p, which does not enrol it",
                ),
            )
        ),
        pytest.param(
            "not-enrolled",
            block("b2", "50MW").replace("06-10", "06-01")
            + "2026-06-01T00:00Z s1 program-terms-amended program=p start=2026-06-10T12:00Z blocks=[b2]\n"
            + dispatch("d", more="program=p dispatch_class=emergency")
            + curtailed("d", "12:00", "13:00", "b2"),
            [],
            id="a block that an amendment enrolled, of the day of the enrollment and in effect as it helps",
        ),
        pytest.param(
            "unanswered",
            dispatch("d", "2026-06-30T22:00Z")
            + "2026-06-30T21:00Z s1 dispatch-amended dispatch=d start=2026-06-30T23:59Z\n",
            [],
            id="a dispatch that was put off may still be answered",
        ),
        pytest.param(
            "rescaled",
            f"{readings('10T00:00', [0]).strip()} id={TARGET}\n"
            f"{readings('10T00:00', [5]).strip()} corrects=[{TARGET}] reason=x\n",
            [],
            id="energy in place of none has no scale",
        ),
        pytest.param(
            "rescaled",
            f"{readings('10T00:00', [5]).strip()} id={TARGET}\n"
            f"{readings('10T00:00', [0]).strip()} corrects=[{TARGET}] reason=x\n",
            [],
            id="none in place of energy has no scale",
        ),
        pytest.param(
            "rescaled",
            f"{readings('10T00:00', [1], power=0).strip()} id={TARGET}\n"
            f"{readings('10T00:00', [100], power=0).strip()} corrects=[{TARGET}] reason=x\n",
            [
                "s1: intervals-recorded energy is 100 times more than in record 10, which it corrects; is its unit"
                " right?"
            ],
            id="a hundred for one",
        ),
        pytest.param(
            "lasts-long",
            outage("a", "10T00:00", "10T12:01"),
            ["s1: outage a lasted 12 h 1 min, longer than 12 h"],
            id="an outage of more than 12 hours",
        ),
        pytest.param("lasts-long", outage("a", "10T00:00", "10T12:00"), [], id="an outage of 12 hours is not"),
        pytest.param(
            "lasts-long",
            dispatch("d") + curtailed("d", "11:00", "23:30"),
            ["s1/m1: the curtailment under d lasted 12 h 30 min, longer than 12 h"],
            id="a curtailment of more than 12 hours",
        ),
        pytest.param(
            "lasts-long",
            outage("a", "30T11:59", None),
            ["s1: outage a has no end, more than 12 h after it began at 2026-06-30T11:59:00Z"],
            id="an outage whose end was forgotten",
        ),
        pytest.param("lasts-long", outage("a", "30T12:00", None), [], id="one that may still be open is not"),
        pytest.param(
            "dated-ahead",
            "2026-07-02T00:01Z s1 hashrate-changed block=m1 hashrate=1PH/s method=pool\n",
            ["s1: hashrate-changed is dated 2026-07-02T00:01:00Z, more than 24 h after it was recorded"],
            id="a hashrate of the day after tomorrow",
        ),
        pytest.param(
            "dated-ahead",
            "2026-07-02T00:00Z s1 hashrate-changed block=m1 hashrate=1PH/s method=pool\n",
            [],
            id="a clock that is a day ahead is not",
        ),
        pytest.param(
            "years-ahead",
            "2027-07-01T00:01Z s1 incident-opened incident=i summary=x\n",
            ["s1: incident-opened is dated 2027-07-01T00:01:00Z, more than 365 days after it was recorded"],
            id="an incident of next year",
        ),
        pytest.param(
            "years-ahead",
            "2027-07-01T00:00Z s1 power-contracted agreement=B power=1MW firm=0W start=2027-07-01T00:00Z\n",
            [],
            id="a contract that begins within a year is not",
        ),
        pytest.param(
            "stray-date",
            "".join(f"{at}Z s1 incident-opened incident=i{n} summary=x\n"
                    for n, at in enumerate(("2026-06-02T00:00", "2016-06-03T00:00", "2026-06-04T00:00"))),
            ["s1: incident-opened is dated 2016-06-03T00:00:00Z, more than 365 days before the facts recorded beside it"],
            id="a year that was mistyped between two facts",
        ),
        pytest.param(
            "stray-date",
            "".join(f"{at}Z s1 incident-opened incident=i{n} summary=x\n"
                    for n, at in enumerate(("2019-06-02T00:00", "2022-06-03T00:00", "2026-06-04T00:00"))),
            [],
            id="a history with years between its facts is not",
        ),
        pytest.param(
            "stray-date",
            "".join(f"{at}Z s1 incident-opened incident=i{n} summary=x\n"
                    for n, at in enumerate(("2026-06-02T00:00", "2025-06-02T00:00", "2026-06-04T00:00"))),
            [],
            id="a fact of a year before is not",
        ),
        pytest.param(
            "stray-date",
            "2030-06-02T00:00Z s1 incident-opened incident=i summary=x\n"
            "2026-06-03T00:00Z s1 incident-opened incident=j summary=x\n",
            [],
            id="the fact after one that is dated years ahead is not",
        ),
        pytest.param(
            "stray-date",
            "2012-06-03T00:00Z s1 meter-registered meter=r2 scope=site role=sub direction=delivered interval=1h\n",
            [],
            id="a meter of many years before is not",
        ),
        pytest.param(
            "above-contract",
            "2026-06-10T00:00Z s1 hashrate-changed block=m1 hashrate=1PH/s power=150001kW method=pool\n",
            ["s1: the load of block m1, 150.001MW at 2026-06-10T00:00:00Z, is above the contracted 150MW"],
            id="a load above the contract",
        ),
        pytest.param(
            "above-contract",
            "2026-06-10T00:00Z s1 hashrate-changed block=m1 hashrate=1PH/s power=150MW method=pool\n",
            [],
            id="the contracted load is not",
        ),
        pytest.param(
            "above-contract",
            readings("10T00:00", [37_500, 37_501]),
            ["s1: a reading of meter r1, 150.004MW at 2026-06-10T00:00:00Z, is above the contracted 150MW"],
            id="a reading in the wrong unit",
        ),
        pytest.param("above-contract", readings("10T00:00", [37_500]), [], id="150 MW in a quarter-hour are not"),
        pytest.param(
            "early-restore",
            dispatch("d") + curtailed("d", "12:00")
            + "2026-06-10T13:00Z s1 load-restored dispatch=d block=m1 load=91MW\n",
            ["s1/m1: 91MW are restored at 2026-06-10T13:00:00Z, above the 90MW that the curtailment under d"
             " leaves; it is still open"],
            id="a load restored while the curtailment is open",
        ),
        pytest.param(
            "early-restore",
            dispatch("d") + curtailed("d", "12:00")
            + "2026-06-10T13:00Z s1 load-restored dispatch=d block=m1 load=90MW\n",
            [],
            id="the load that it leaves is not",
        ),
        pytest.param(
            "silent-meter",
            readings("10T00:00", [1, 1]) + readings("10T01:15", [1]),
            ["s1: meter r1 has no reading from 2026-06-10T00:30:00Z to 2026-06-10T01:15:00Z, which is 3 intervals"],
            id="a meter silent for three intervals",
        ),
        pytest.param(
            "silent-meter", readings("10T00:00", [1, 1]) + readings("10T01:00", [1]), [], id="for two it is not"
        ),
        pytest.param(
            "high-reading",
            readings("10T00:00", [10] * 24) + readings("10T06:00", [10, 100]),
            ["s1: a reading of meter r1 from 2026-06-10T06:00:00Z is 400kW, 10 times the median of 40kW or more;"
             " is its unit right?"],
            id="a reading ten times the median before it",
        ),
        pytest.param(
            "high-reading", readings("10T00:00", [10] * 24) + readings("10T06:00", [10, 99]), [], id="99 of 10 is not"
        ),
        pytest.param(
            "high-reading",
            "".join(readings(f"10T{n // 4:02}:{n % 4 * 15:02}", [10]) for n in range(24)) + readings("10T06:00", [100]),
            ["s1: a reading of meter r1 from 2026-06-10T06:00:00Z is 400kW, 10 times the median of 40kW or more;"
             " is its unit right?"],
            id="readings that came one by one are a median too",
        ),
        pytest.param(
            "high-reading", readings("10T00:00", [10] * 23) + readings("10T05:45", [100]), [], id="23 readings are too few"
        ),
        pytest.param(
            "other-interval",
            readings("10T00:00", [1], "1h"),
            ["s1: readings of meter r1 from 2026-06-10T00:00:00Z are of 1h, and the meter is registered with 15min"],
            id="hourly readings into a quarter-hour meter",
        ),
        pytest.param("other-interval", readings("10T00:00", [1]), [], id="quarter-hours are not"),
        pytest.param(
            "meter-without-block",
            "2026-06-10T00:00Z s1 meter-registered meter=r2 scope=m7 role=sub direction=delivered interval=1h\n",
            ["s1: meter r2 is registered on block m7, which was never commissioned; scope=site is a meter of the"
             " whole site"],
            id="a meter on a block that does not exist",
        ),
        pytest.param(
            "meter-without-block",
            "2026-06-10T00:00Z s1 meter-registered meter=r2 scope=m1 role=sub direction=delivered interval=1h\n",
            [],
            id="a meter on a block is not",
        ),
        pytest.param(
            "unknown-feed",
            "2026-06-10T00:00Z s1 feed-state-changed block=m1 feed=C state=down\n",
            ["s1/m1: the block has no feed C; its feeds are A, B"],
            id="a feed that the block does not have",
        ),
        pytest.param(
            "unknown-feed", "2026-06-10T00:00Z s1 feed-state-changed block=m1 feed=B state=down\n", [], id="its own feed is not"
        ),
        pytest.param(
            "unanswered",
            dispatch("d", "2026-06-30T22:59Z"),
            ["s1: nobody answered dispatch d, more than 60 min after its start at 2026-06-30T22:59:00Z: it was"
             " not acknowledged, declined, cancelled or followed by a curtailment"],
            id="a dispatch that nobody answered in an hour",
        ),
        pytest.param("unanswered", dispatch("d", "2026-06-30T23:00Z"), [], id="within the hour it may be answered yet"),
        pytest.param(
            "unanswered",
            dispatch("d") + "2026-06-10T11:10Z s1 dispatch-declined dispatch=d cause=x\n",
            [],
            id="a dispatch that was declined later in the file is answered",
        ),
        pytest.param(
            "firm-curtailed",
            dispatch("d") + curtailed("d", "12:00", "13:00", "ai1"),
            ["s1/ai1: a firm block, curtailed at 2026-06-10T12:00:00Z under d, which is emergency and not"
             " firm-load-shed"],
            id="a firm block in an emergency",
        ),
        pytest.param(
            "firm-curtailed",
            dispatch("d", more="dispatch_class=firm-load-shed") + curtailed("d", "12:00", "13:00", "ai1"),
            [],
            id="a firm block in firm load shed is not",
        ),
        pytest.param(
            "not-enrolled",
            dispatch("d", more="program=p dispatch_class=emergency") + curtailed("d", "12:00", "13:00", "ai1"),
            ["s1/ai1: helps at 2026-06-10T12:00:00Z under d of program p, which does not enrol it"],
            id="a block that helps a program that does not enroll it",
        ),
        *(
            pytest.param(
                rule,
                "2026-06-02T00:00Z s1 program-throttle-agreed program=p block=ai1 depth=5MW duration_max=3h\n"
                + dispatch("d", more="program=p dispatch_class=emergency")
                + curtailed("d", "12:00", "13:00", "ai1", depth="5MW"),
                [],
                id=f"{rule}: a firm block throttled as agreed is not",
            )
            for rule in ("firm-curtailed", "not-enrolled")
        ),
        pytest.param(
            "not-enrolled",
            dispatch("d", more="program=p dispatch_class=emergency") + curtailed("d", "12:00", "13:00"),
            [],
            id="an enrolled block is not",
        ),
        pytest.param(
            "unknown-authority",
            site("s2", balancing_authority="ERCOT"),
            [
                "s2: no balancing authority has the code 'ERCOT' in EIA-930, which ties a site to its grid"
                " conditions; did you mean ERCO?"
            ],
            id="the name of a balancing authority for its code",
        ),
        pytest.param(
            "unknown-authority",
            "2026-06-10T12:00Z ba-SPP grid-condition-declared state=eea1\n",
            [
                "ba-spp: no balancing authority has the code 'SPP' in EIA-930, which ties a site to its grid"
                " conditions; did you mean SWPP?"
            ],
            id="a grid condition under another code",
        ),
        pytest.param(
            "unknown-authority",
            site("s2", balancing_authority="NEM", country="AU"),
            [],
            id="another country has authorities of its own",
        ),
        pytest.param(
            "unknown-state",
            site("s2", state="GX"),
            [
                "s2: 'GX' is not the postal code of a state of the United States, such as GA; for a site in another"
                " country add country="
            ],
            id="a state that does not exist",
        ),
        pytest.param("unknown-state", site("s2", state="ON", country="CA"), [], id="a province of Canada is not"),
        pytest.param(
            "small-block",
            block("b2", "60W"),
            ["s1/b2: a load block of 60W is smaller than 10kW; is its unit right?"],
            id="watts for megawatts",
        ),
        pytest.param("small-block", block("b2", "10kW"), [], id="a load block of 10 kW is not"),
        pytest.param(
            "small-block",
            "2026-06-10T12:00Z s1 load-block-rerated block=m1 capacity=0W\n",
            [],
            id="a block whose power is released is not",
        ),
        pytest.param(
            "empty-outage",
            outage("a", "10T12:00", "10T13:00", "0W"),
            [
                "s1/m1: outage a takes 0 W of the block, so no report counts it; a full outage takes the block's"
                " capacity"
            ],
            id="an outage that takes nothing",
        ),
        pytest.param(
            "empty-outage",
            outage("a", "10T12:00", "10T12:00"),
            ["s1: outage a ends at the instant it begins, so no report counts it"],
            id="an outage of no length",
        ),
        pytest.param("empty-outage", outage("a", "10T12:00", "10T12:01"), [], id="an outage of a minute is not"),
        pytest.param(
            "negative-reading",
            readings("10T00:00", [-5, 3, -2], power=2),
            [
                "s1: 2 readings of meter r1 from 2026-06-10T00:00:00Z are below 0, the lowest -500Wh; energy that"
                " leaves the site is recorded of a meter of direction=received"
            ],
            id="energy below 0",
        ),
        pytest.param("negative-reading", readings("10T00:00", [0, 3]), [], id="a reading of 0 is not"),
        pytest.param(
            "large-payment",
            paid("2000.01USD", "2026-06-10"),
            [
                "s1: 2000.01USD paid for installment 2026 of c1 is more than 200 % of the 1000.00USD that it"
                " schedules (record 12)"
            ],
            id="a payment of more than twice its installment",
        ),
        pytest.param("large-payment", paid("2000.00USD", "2026-06-10"), [], id="twice the installment is not"),
        pytest.param(
            "paid-ahead",
            paid("1000.00USD", "2062-06-10"),
            [
                "s1: installment 2026 of c1 is recorded as paid on 2062-06-10, more than 31 days after it was"
                " recorded"
            ],
            id="the digits of a year exchanged",
        ),
        pytest.param("paid-ahead", paid("1000.00USD", "2026-08-01"), [], id="a payment 31 days ahead is not"),
        pytest.param(
            "firm-above-power",
            contract(firm="150001kW"),
            ["s1: agreement A has 150.001MW of firm power in a power of 150MW; is one of them mistyped?"],
            id="more firm power than power",
        ),
        pytest.param("firm-above-power", contract(firm="150MW"), [], id="all power firm is not"),
        pytest.param(
            "large-forecast",
            forecast("450001kW"),
            [
                "s1: a peak of 450.001MW in the winter of 2028 is more than 300 % of the 150MW that its agreements"
                " add up to"
            ],
            id="a forecast of more than three times the contract",
        ),
        pytest.param("large-forecast", forecast("450MW"), [], id="three times the contract is not"),
        pytest.param(
            "paid-before",
            spent("2026-01-01"),
            [
                "s1: expenditure e1 of x1 was paid on 2026-01-01, more than 92 days before it was incurred on"
                " 2026-04-04"
            ],
            id="a purchase paid a year too early",
        ),
        pytest.param("paid-before", spent("2026-01-02"), [], id="a deposit 92 days ahead is not"),
        pytest.param(
            "rescaled",
            corrected_block("1MW"),
            [
                "s1: load-block-commissioned capacity is 1MW in place of 100MW, 100 times less than in record 10,"
                " which it corrects; is its unit right?"
            ],
            id="a correction of a hundredth",
        ),
        pytest.param("rescaled", corrected_block("1001kW"), [], id="a correction of a little more is not"),
        pytest.param(
            "rescaled",
            corrected_readings(6),
            [
                "s1: intervals-recorded energy is 1,000 times more than in record 10, which it corrects; is"
                " its unit right?"
            ],
            id="readings corrected by another power of ten",
        ),
    ],
)  # fmt: skip
def test_a_rule_at_its_limit(noted: Any, rule: str, story: str, notes: list[str]) -> None:
    """One rule, just beyond its limit or at it."""
    assert noted(story, rule=rule) == notes


BEYOND: dict[str, tuple[str, dict[str, int]]] = {
    "deep-curtailment": (
        dispatch("d") + curtailed("d", "12:00", "13:00", depth="110MW"),
        {"depth_percent_of_capacity": 110},
    ),
    "curtailed-twice": (
        dispatch("d") + dispatch("e") + curtailed("d", "12:00", "13:00") + curtailed("e", "12:30", "14:00"),
        {"other_curtailments": 2},
    ),
    "two-outages": (
        outage("a", "10T12:00", "10T14:00") + outage("b", "10T13:00", "10T15:00"),
        {"other_outages": 2},
    ),
    "large-derate": (
        outage("a", "10T12:00", "10T14:00", "60MW") + outage("b", "10T13:00", "10T15:00", "60MW"),
        {"derates_percent_of_capacity": 120},
    ),
    "lasts-long": (outage("a", "10T00:00", "11T00:00"), {"longest_h": 24}),
    "dated-ahead": (
        "2026-07-03T00:00Z s1 hashrate-changed block=m1 hashrate=1PH/s method=pool\n",
        {"ahead_h": 48},
    ),
    "years-ahead": ("2028-06-30T00:00Z s1 incident-opened incident=i summary=x\n", {"far_ahead_days": 730}),
    "stray-date": (
        "2026-06-02T00:00Z s1 incident-opened incident=i summary=x\n"
        "2024-06-03T00:00Z s1 incident-opened incident=j summary=x\n",
        {"stray_days": 730},
    ),
    "above-contract": (readings("10T00:00", [41_250]), {"load_percent_of_contract": 110}),
    "early-restore": (
        dispatch("d")
        + curtailed("d", "12:00")
        + "2026-06-10T13:00Z s1 load-restored dispatch=d block=m1 load=99MW\n",
        {"load_percent_of_left": 110},
    ),
    "silent-meter": (readings("10T00:00", [1]) + readings("10T01:00", [1]), {"silent_intervals": 4}),
    "high-reading": (
        readings("10T00:00", [10] * 24) + readings("10T06:00", [199]),
        {"times_median": 20},
    ),
    "unanswered": (dispatch("d", "2026-06-30T22:00Z"), {"answer_min": 120}),
    "small-block": (block("b2", "1kW"), {"smallest_block_w": 1_000}),
    "large-payment": (paid("3000.00USD", "2026-06-10"), {"payment_percent_of_installment": 300}),
    "paid-ahead": (paid("1000.00USD", "2026-08-30"), {"paid_ahead_days": 60}),
    "large-forecast": (forecast("600MW"), {"forecast_percent_of_contract": 400}),
    "paid-before": (spent("2025-12-01"), {"paid_before_days": 150}),
    "rescaled": (corrected_block("1MW"), {"times_corrected": 101}),
}


@pytest.mark.parametrize("rule", [rule.name for rule in PLAUSIBILITY if rule.limit])
def test_a_book_sets_a_limit_of_its_own(noted: Any, rule: str, tmp_path: Path) -> None:
    """An operator for whom this is usual raises the limit in ``book.toml``: at the new limit nothing is noted."""
    story, limits = BEYOND[rule]
    assert noted(story, rule=rule, **limits) == []


@pytest.mark.parametrize("rule", BEYOND)
def test_a_rule_can_be_switched_off(noted: Any, rule: str) -> None:
    """An operator does not want to hear of it."""
    story, _ = BEYOND[rule]
    assert noted(story, rule=rule, off=[rule]) == []


@pytest.mark.parametrize("rule", BEYOND)
def test_what_the_new_limit_allows_is_beyond_the_usual_one(noted: Any, rule: str) -> None:
    """The stories of the two tests above are noted in a book that sets nothing."""
    story, _ = BEYOND[rule]
    assert len(noted(story, rule=rule)) == 1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"longest": 3}, "plausibility has no 'longest'; did you mean 'longest_h'?"),
        ({"longest_h": 0}, "plausibility.longest_h must be a whole number above 0: 0"),
        ({"longest_h": 1.5}, "plausibility.longest_h must be a whole number above 0: 1.5"),
        ({"longest_h": True}, "plausibility.longest_h must be a whole number above 0: True"),
        ({"off": "two-outages"}, "plausibility.off must be a list of rules"),
        (
            {"off": ["two-outage"]},
            "plausibility.off names no rule: 'two-outage'; did you mean 'two-outages'?",
        ),
    ],
)
def test_a_setting_that_cannot_be_meant(settings: dict[str, Any], message: str) -> None:
    """A misspelled key would leave the usual limit in force without a word."""
    with pytest.raises(Malformed) as why:
        chosen(settings)
    assert message in str(why.value)


@pytest.mark.parametrize("limit", [1, 2**53 - 1])
def test_a_setting_beside_rules_that_are_off_is_taken(limit: int) -> None:
    """Whatever comes first in the file; the least and the most that can be set."""
    found = chosen({"off": ["two-outages"], "longest_h": limit})
    limits = {rule.name: least for rules in found.values() for rule, least in rules}
    assert (limits["lasts-long"], "two-outages" in limits) == (limit, False)


def test_a_setting_is_read_from_the_file_of_the_book(tmp_path: Path) -> None:
    """An operator edits ``book.toml`` with an editor; the next command reads it."""
    clock = Seeded("unlikely", CLOCK_US)
    Book.create(tmp_path / "b", Config("example.com/b"), surroundings=clock).close()
    with (tmp_path / "b" / "book.toml").open("a") as file:
        file.write("[plausibility]\nlongest_h = 24\n")
    with Book.open(tmp_path / "b", write=True, surroundings=clock) as book:
        found = book.record(said(SITE + outage("a", "10T00:00", "11T00:00")), judge=True)
    assert [one.rule for one in found.unlikely] == []


def test_a_dry_run_notes_what_recording_would(tmp_path: Path) -> None:
    """The operator looks first: the notes are the same, and nothing is recorded."""
    with Book.create(
        tmp_path / "b", Config("example.com/b"), surroundings=Seeded("unlikely", CLOCK_US)
    ) as book:
        claims = said(SITE + outage("a", "10T00:00", "11T00:00") + readings("10T00:00", [41_250], "1h"))
        first, second = (
            [(one.rule, one.note) for one in book.record(claims, judge=True, dry_run=dry).unlikely]
            for dry in (True, False)
        )
    assert (len(first), first) == (2, second)


def test_a_fact_that_was_corrected_is_not_noted_but_its_correction_is(noted: Any) -> None:
    """The depth was mistyped, and mistyped again: one note, on the fact that holds."""
    first = dispatch("d") + curtailed("d", "12:00", None, depth="200MW").strip()
    wrong = "id=019ebb2c-a000-7000-8000-0000000000c1"
    story = (
        f"{first} {wrong}\n"
        "2026-06-10T12:00Z s1 curtailment-started dispatch=d block=m1 depth=300MW"
        " corrects=[019ebb2c-a000-7000-8000-0000000000c1] reason=x\n"
    )
    assert noted(story, rule="deep-curtailment") == [
        "s1/m1: a curtailment of 300MW is deeper than the block's capacity of 100MW"
    ]


def test_an_unlikely_fact_is_no_contradiction(tmp_path: Path) -> None:
    """Doctor lists it beside contradictions, not among them."""
    with Book.create(
        tmp_path / "b", Config("example.com/b"), surroundings=Seeded("unlikely", CLOCK_US)
    ) as book:
        book.record(said(SITE + outage("a", "10T00:00", "11T00:00")))
        found = list(judged_again(book, no_progress))
    assert [isinstance(one, Contradiction) for one in found] == [False]


def test_every_rule_has_a_name_and_a_limit_of_its_own() -> None:
    """A name in the settings means one rule."""
    names = [rule.name for rule in PLAUSIBILITY]
    keys = [rule.limit.key for rule in PLAUSIBILITY if rule.limit]
    assert (len(set(names)), len(set(keys))) == (len(names), len(keys))


def test_the_guide_has_a_section_for_every_rule_and_its_usual_limit() -> None:
    """Whoever reads a note finds what it means and which number to set."""
    page = (Path(ledger.__file__).parent / "docs" / "guide" / "plausibility.md").read_text()
    row = "| [{0}](#{0}) | `{1.key}` | {1.default} |"
    expected = [f"### {rule.name}\n" for rule in PLAUSIBILITY]
    expected += [row.format(rule.name, rule.limit) for rule in PLAUSIBILITY if rule.limit]
    assert [line for line in expected if line not in page] == []
