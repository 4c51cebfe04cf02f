"""Readings delivered again: equal ones are skipped, different ones become corrections that restate what they
correct.
"""

from __future__ import annotations

import pytest

from ledger.exchange import story
from ledger.rules.redelivery import restated
from tests.support.story_facts import told

KNOWN = """
2026-06-10T00:00Z s1 intervals-recorded meter=r start=2026-06-10T00:00Z interval=1h power_of_ten=3 values=[1,2,3] quality=[17,17,17]
2026-06-10T03:00Z s1 intervals-recorded meter=r start=2026-06-10T03:00Z interval=1h power_of_ten=0 values=[4000] quality=[17]
"""


def again(text: str, known: str = KNOWN) -> list[str]:
    """What an importer records of one line, as lines without their head."""
    claim = story.parse(text)
    assert claim is not None
    records = told(known)
    short = {record.id: f"record-{record.index}" for record in records}
    lines = [story.format_claim(one).partition("meter=r ")[2] for one in restated(claim, records)]
    for id_, name in short.items():
        lines = [line.replace(id_, name) for line in lines]
    return [line.partition(" reason=")[0] for line in lines]


@pytest.mark.parametrize(
    ("said", "recorded"),
    [
        pytest.param(
            "start=2026-06-10T00:00Z interval=1h power_of_ten=3 values=[1,2,3,4] quality=[17,17,17,17]",
            [],
            id="equal readings, one of them in another power of ten, are nothing new",
        ),
        pytest.param(
            "start=2026-06-10T02:00Z interval=1h power_of_ten=3 values=[3,4,5] quality=[17,17,17]",
            ["start=2026-06-10T04:00Z interval=1h power_of_ten=3 values=[5] quality=[17]"],
            id="of a longer feed only the new hour is recorded",
        ),
        pytest.param(
            "start=2026-06-10T01:00Z interval=1h power_of_ten=3 values=[9] quality=[17]",
            [
                "start=2026-06-10T00:00Z interval=1h power_of_ten=3 values=[1,9,3] quality=[17,17,17]"
                " corrects=[record-0]"
            ],
            id="a different reading corrects its record, the untouched hours copied",
        ),
        pytest.param(
            "start=2026-06-10T03:00Z interval=1h power_of_ten=3 values=[4] quality=[8]",
            ["start=2026-06-10T03:00Z interval=1h power_of_ten=3 values=[4] quality=[8] corrects=[record-1]"],
            id="another quality is another reading",
        ),
        pytest.param(
            "start=2026-06-10T02:00Z interval=1h power_of_ten=3 values=[7,8,9] quality=[17,17,17]",
            [
                "start=2026-06-10T00:00Z interval=1h power_of_ten=3 values=[1,2,7,8,9]"
                " quality=[17,17,17,17,17] corrects=[record-0,record-1]"
            ],
            id="a range over two records corrects both",
        ),
        pytest.param(
            "start=2026-06-10T02:00Z interval=1h power_of_ten=0 values=[7001,4000] quality=[17,17]",
            [
                "start=2026-06-10T00:00Z interval=1h power_of_ten=0 values=[1000,2000,7001]"
                " quality=[17,17,17] corrects=[record-0]"
            ],
            id="hours that are copied are written in the finer of two powers of ten",
        ),
        pytest.param(
            "start=2026-06-10T00:00Z interval=4h power_of_ten=3 values=[10] quality=[17]",
            [
                "start=2026-06-10T00:00Z interval=4h power_of_ten=3 values=[10] quality=[17]"
                " corrects=[record-0,record-1]"
            ],
            id="intervals of another length correct all they overlap",
        ),
        pytest.param(
            "start=2026-06-10T00:00Z interval=1h power_of_ten=3 values=[1,2] quality=[17]",
            ["start=2026-06-10T00:00Z interval=1h power_of_ten=3 values=[1,2] quality=[17]"],
            id="values without a quality each are compared with nothing; the rules refuse them",
        ),
    ],
)
def test_readings_delivered_again(said: str, recorded: list[str]) -> None:
    start = said.partition("start=")[2].partition(" ")[0]
    assert again(f"{start} s1 intervals-recorded meter=r {said}") == recorded


def test_generation_of_a_source_is_restated_as_readings_are() -> None:
    """EIA revises an hour of gas: its record is corrected whole, and the hours of coal are none of it."""
    hour = (
        "2026-06-10T00:00Z ba-SOCO generation-recorded energy_source={} start=2026-06-10T00:00Z interval=1h"
        " power_of_ten=6 values={} quality=[-1,-1]"
    )
    records = told(hour.format("gas", "[10,20]") + "\n")
    claim = story.parse(hour.format("gas", "[10,21]"))
    assert claim is not None
    (found,) = restated(claim, records)
    assert (found.corrects, found.body) == ((records[0].id,), claim.body)


def test_a_run_of_new_readings_corrects_only_the_records_that_it_restates() -> None:
    """The hour between two wrong ones is right: each wrong one is corrected by a record of its own."""
    hour = (
        "2026-06-10T{0}:00Z s1 intervals-recorded meter=r start=2026-06-10T{0}:00Z interval=1h power_of_ten=3"
    )
    known = "".join(f"{hour.format(f'0{n}')} values=[{n}] quality=[17]\n" for n in range(3))
    said = f"{hour.format('00')} values=[7,1,8] quality=[17,17,17]"
    assert [line.partition("corrects=")[2] for line in again(said, known)] == ["[record-0]", "[record-2]"]


def test_readings_that_say_what_they_correct_are_recorded_as_they_are() -> None:
    """The operator has looked at it himself; nothing is compared."""
    said = (
        "2026-06-10T00:00Z s1 intervals-recorded meter=r start=2026-06-10T00:00Z interval=1h power_of_ten=3 values=[1]"
        " quality=[17] corrects=[019ebb2c-a000-7000-8000-0000000000c1] reason=typo"
    )
    assert len(again(said)) == 1
