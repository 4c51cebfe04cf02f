"""Green Button feeds as utilities write them: each test is a trait that was seen in a published feed, in a
feed of our own.
"""

from __future__ import annotations

import pytest

from ledger.exchange.greenbutton import reader
from ledger.exchange.reading import PROBLEM_LIMIT
from ledger.kinds import IntervalsRecorded
from tests.support.feeds import (
    CHICAGO,
    HOUR,
    START,
    WATT_HOURS,
    block,
    entry,
    meter,
    of_type,
    problems_of,
    read,
    reading,
    taken,
)


def test_blocks_of_one_entry_each_begin_at_their_own_start() -> None:
    """Texas meters have a year of daily blocks in one entry; readings that say no time count from the start
    of their own block.
    """
    bare = "<IntervalReading><value>1</value></IntervalReading><IntervalReading><value>2</value></IntervalReading>"
    days = [f"<interval><start>{START + n * 86_400}</start></interval>" for n in range(2)]
    found = read(
        of_type(f"{WATT_HOURS}<intervalLength>3600</intervalLength>"),
        entry("".join(block(bare, interval=day) for day in days)),
    )
    assert taken(found) == [("2011-01-03T00:00:00Z", (1, 2)), ("2011-01-04T00:00:00Z", (1, 2))]


@pytest.mark.parametrize(
    "blocks",
    [
        ({"self_link": "/IntervalBlock/1"}, {"self_link": "/IntervalBlock/2"}),
        ({"self_link": "urn:uuid:a", "up": "/m/1"}, {"self_link": "urn:uuid:b", "up": "/m/2"}),
        ({"up": f"{CHICAGO}/1/IntervalBlock"}, {"up": f"{CHICAGO}/2/IntervalBlock"}),
        ({"self_link": f"{CHICAGO}/1/IntervalBlock/9"}, {"self_link": f"{CHICAGO}/2/IntervalBlock/9"}),
        ({"self_link": "/b/1", "related": "/m/1"}, {"self_link": "/b/2", "related": "/m/2"}),
    ],
)
@pytest.mark.parametrize("meters_last", [False, True])
def test_whose_a_block_is_any_of_its_links_may_say(
    blocks: tuple[dict[str, str], dict[str, str]], meters_last: bool
) -> None:
    """Two meter readings of one type, whose readings must never be mixed, wherever in the feed they are
    named.
    """
    values = [
        entry(block(reading(n)), links.get("self_link", ""), links.get("up", ""), (links.get("related", ""),))
        for n, links in enumerate(blocks, start=1)
    ]
    under = CHICAGO if CHICAGO in "".join(map(str, blocks)) else "/m"
    meters = [meter(f"{under}/{n}", "/ReadingType/07", f"/IntervalBlock/{n}") for n in (1, 2)]
    entries = [*values, *meters] if meters_last else [*meters, *values]
    assert [taken(read(of_type(), *entries, meter=f"main=/{n}")) for n in (1, 2)] == [
        [("2011-01-03T00:00:00Z", (n,))] for n in (1, 2)
    ]


def test_of_a_large_feed_of_two_meters_nothing_is_taken_before_it_is_said_which(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reader, "PART", 5)
    monkeypatch.setattr(reader, "CHUNK", 500)
    hours = [reading(n, START + n * HOUR) for n in range(48)]
    blocks = [entry(block(*hours), f"{CHICAGO}/{n}/IntervalBlock/1") for n in (1, 2)]
    found = read(of_type(), meter(f"{CHICAGO}/1"), meter(f"{CHICAGO}/2"), *blocks)
    assert (taken(found), len(problems_of(found))) == ([], 1)


def test_two_types_without_links_are_not_mixed() -> None:
    """A Californian feed of a site with solar: a type and its block for each direction, in turn, without any
    link.
    """
    back = of_type(f"{WATT_HOURS}<flowDirection>19</flowDirection>", link="")
    found = read(of_type(link=""), entry(block(reading(250))), back, entry(block(reading(90, START + HOUR))))
    assert (taken(found), problems_of(found)) == (
        [],
        [
            "IntervalBlock belongs to none or several of the feed's 2 ReadingTypes, so its unit is not known;"
            " choose one: --meter main=ReadingType/..."
        ],
    )


def test_a_block_may_name_its_type_itself() -> None:
    """Feeds without MeterReading entries, whose blocks are related to a ReadingType."""
    entries = [
        of_type(link="/ReadingType/1"),
        of_type("<uom>169</uom>", link="/ReadingType/2"),
        *(
            entry(block(reading(n)), f"{CHICAGO}/{n}/IntervalBlock/1", related=(f"/ReadingType/{n}",))
            for n in (1, 2)
        ),
    ]
    assert taken(read(*entries, meter="main=MeterReading/1")) == [("2011-01-03T00:00:00Z", (1,))]
    assert problems_of(read(*entries, meter="main=MeterReading/2")) == [
        "ReadingType uom 169 is not watt-hours; only 72 (Wh) is read"
    ]


def test_a_block_that_is_linked_to_none_of_two_meter_readings_is_no_ones() -> None:
    found = read(of_type(), meter("/m/1"), meter("/m/2"), entry(block(reading(1)), "urn:uuid:a"))
    assert (taken(found), problems_of(found)) == (
        [],
        [
            "IntervalBlock is linked to none of the feed's meter readings or to several, so its meter reading is"
            " unknown"
        ],
    )


def test_atom_elements_within_the_content_are_not_the_content() -> None:
    """A feed of UtilityAPI for an Ontario utility has ``published`` and ``updated`` inside each content."""
    more = "<published>2023-08-01T15:57:21Z</published><updated>2023-08-01T15:57:21Z</updated>"
    found = read(
        of_type(link="ReadingType/01"),
        of_type("<powerOfTenMultiplier>3</powerOfTenMultiplier><uom>169</uom>", link="ReadingType/02"),
        meter(f"{CHICAGO}/01", "ReadingType/01", more=more),
        entry(block(reading(320)) + more, f"{CHICAGO}/01/IntervalBlock/202303"),
    )
    assert (taken(found), problems_of(found)) == ([("2011-01-03T00:00:00Z", (320,))], [])


@pytest.mark.parametrize(
    "fields", ["<uom>72</uom>", "<uom>72</uom><accumulationBehaviour>0</accumulationBehaviour>"]
)
def test_a_type_that_does_not_state_its_accumulation_is_read_and_that_is_said(fields: str) -> None:
    """San Diego's of 2012 state 0, which is none, and Opower's say nothing."""
    found = read(of_type(fields), entry(block(reading(385))))
    assert (taken(found), found.notes) == (
        [("2011-01-03T00:00:00Z", (385,))],
        (
            (
                "feed.xml: its accumulationBehaviour is not stated; each value is read as the energy of its"
                " interval"
            ),
        ),
    )


def test_a_register_that_counts_up_is_no_interval_data() -> None:
    found = read(
        of_type("<uom>72</uom><accumulationBehaviour>1</accumulationBehaviour>"), entry(block(reading(1)))
    )
    assert problems_of(found) == [
        "ReadingType accumulationBehaviour 1 is not interval data; only 4 (delta) is read"
    ]


def test_a_rule_of_local_time_that_is_not_well_formed_loses_nothing() -> None:
    """Southern California's feeds say B60E, half a rule."""
    local = "<dstEndRule>B40E2000</dstEndRule><dstStartRule>B60E</dstStartRule>"
    found = read(
        entry(f'<LocalTimeParameters xmlns="http://naesb.org/espi">{local}</LocalTimeParameters>'),
        of_type(),
        entry(block(reading(270))),
    )
    assert (taken(found), problems_of(found), found.notes) == (
        [("2011-01-03T00:00:00Z", (270,))],
        [],
        ("feed.xml: dstStartRule 'B60E' is not 8 hex digits; no instant depends on it",),
    )


def test_a_feed_whose_local_time_is_said_to_be_utc_may_have_local_starts() -> None:
    """San Diego's of 2019 has days that begin at midnight UTC, and tzOffset 0; nothing in it tells whether
    that is so.
    """
    local = "<dstEndRule>B40E2000</dstEndRule><dstOffset>3600</dstOffset><dstStartRule>360E2000</dstStartRule><tzOffset>{}</tzOffset>"
    notes = [
        read(
            entry(
                "<LocalTimeParameters"
                f' xmlns="http://naesb.org/espi">{local.format(offset)}</LocalTimeParameters>'
            ),
            of_type(),
            entry(block(reading(265))),
        ).notes
        for offset in (0, -28_800)
    ]
    assert notes == [
        (
            (
                "feed.xml: its local time is that of UTC (tzOffset 0): check that its starts are instants,"
                " and not local time"
            ),
        ),
        (),
    ]


def test_a_reading_with_a_power_of_ten_of_its_own_is_not_guessed() -> None:
    """A Texan cooperative's readings say 3 and 31000 for 31 kWh, against what a multiplier means."""
    found = read(
        of_type(), entry(block(reading(31_000, more="<powerOfTenMultiplier>3</powerOfTenMultiplier>")))
    )
    assert (taken(found), problems_of(found)) == (
        [],
        ["IntervalReading powerOfTenMultiplier 3 contradicts its ReadingType, which has 0"],
    )


def test_of_very_many_problems_the_first_are_said() -> None:
    """A year of half-hours in kWh with decimals, which the standard has not."""
    found = read(of_type(), entry(block(*(reading("0.12", START + n * HOUR) for n in range(3000)))))
    assert (len(found.problems), found.notes) == (
        PROBLEM_LIMIT,
        ("feed.xml: 2,000 more problems are not shown",),
    )


def test_a_daily_reading_of_25_hours_is_as_long_as_its_day() -> None:
    """3 November 2019 in San Diego, of a feed of days."""
    day = "<IntervalReading><timePeriod><duration>90000</duration><start>1572764400</start></timePeriod><value>21004</value></IntervalReading>"
    (claim,) = read(of_type(), entry(block(day))).claims
    assert isinstance(claim.body, IntervalsRecorded)
    assert (claim.body.start, claim.body.interval_s) == ("2019-11-03T07:00:00Z", 90_000)
