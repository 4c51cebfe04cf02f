"""What a ReadingType, a usage point and a quality code of a Green Button feed mean, and which readings are
none: each code as NAESB REQ.21 ESPI 4.0 (espi.xsd) defines it, in feeds of our own.
"""

from __future__ import annotations

import pytest

from ledger.exchange.greenbutton import reader
from ledger.exchange.greenbutton.reader import FeedOptions
from ledger.kinds import IntervalsRecorded
from tests.support.feeds import (
    HOUR,
    START,
    WATT_HOURS,
    block,
    entry,
    meter,
    of_type,
    point,
    problems_of,
    read,
    reading,
    taken,
)
from tests.support.story_facts import body_of

FIRST = "2011-01-03T00:00:00Z"
POINTS = "/User/9/UsagePoint"
POWER_0 = "<powerOfTenMultiplier>0</powerOfTenMultiplier>"


def quality(*codes: int) -> str:
    return "".join(f"<ReadingQuality><quality>{code}</quality></ReadingQuality>" for code in codes)


def flowing(code: int) -> str:
    return of_type(f"{WATT_HOURS}<flowDirection>{code}</flowDirection>")


# --- direction ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("flow", "direction"), [(1, "delivered"), (19, "received")])
def test_a_flow_in_the_meter_s_registered_direction_is_recorded(flow: int, direction: str) -> None:
    """FlowDirectionKind 1, forward, is "Delivered" to the customer; 19, reverse, is "Received" from him."""
    found = read(flowing(flow), entry(block(reading(7))), direction=direction)
    assert (taken(found), problems_of(found), found.notes) == ([(FIRST, (7,))], [], ())


@pytest.mark.parametrize(
    ("flow", "words", "direction", "other"),
    [
        (19, "reverse: received from the customer", "delivered", "received"),
        (1, "forward: delivered to the customer", "received", "delivered"),
    ],
)
def test_a_flow_against_the_meter_s_registered_direction_is_refused_and_both_are_named(
    flow: int, words: str, direction: str, other: str
) -> None:
    """The export of a solar roof, taken for the site's load, would turn every bill and baseline around."""
    found = read(
        flowing(flow), entry(block(*(reading(n, START + n * HOUR) for n in range(3)))), direction=direction
    )
    assert (taken(found), [(each.message, each.exit_code) for each in found.problems]) == (
        [],
        [
            (
                f"flowDirection {flow} ({words}) contradicts meter 'main' at s1, which is registered as"
                f" {direction}: 3 readings not recorded; import the feed for a meter registered as {other}",
                3,
            )
        ],
    )


def test_a_meter_that_was_registered_anew_is_compared_with_its_direction_of_the_time() -> None:
    """A meter turned from received to delivered at 01:00: of three hours of forward flow, the first is
    refused.
    """
    hours = entry(block(*(reading(n, START + n * HOUR) for n in range(3))))
    text = f'<feed xmlns="http://www.w3.org/2005/Atom">{flowing(1)}{hours}</feed>'
    turned = {"main": ((0, "received"), (START + HOUR, "delivered"))}
    found = reader.read(text.encode(), "feed.xml", FeedOptions.of("s1", "main", turned))
    assert (taken(found), len(found.problems)) == ([("2011-01-03T01:00:00Z", (1, 2))], 1)


@pytest.mark.parametrize(
    ("flow", "words"),
    [
        (4, "4 (net: forward less reverse)"),
        (20, "20 (total: forward and reverse)"),
        (2, "2 (lagging)"),
        (15, "15"),
        (21, "21 (total by phase)"),
    ],
)
@pytest.mark.parametrize("direction", ["delivered", "received"])
def test_a_flow_that_is_neither_forward_nor_reverse_is_refused(flow: int, words: str, direction: str) -> None:
    """Net is |Forward| - |Reverse| and total their sum: as either direction they mean another energy."""
    found = read(flowing(flow), entry(block(reading(7))), direction=direction)
    assert (taken(found), problems_of(found)) == (
        [],
        [
            f"ReadingType flowDirection {words} is neither 1 (forward) nor 19 (reverse); ask for"
            " readings of one direction"
        ],
    )


def test_a_flow_that_is_not_stated_is_the_meter_s_and_for_received_that_is_noted() -> None:
    """Most feeds of plain consumption leave flowDirection out; a feed of exported energy seldom does."""
    found = [
        read(of_type(), entry(block(reading(7))), direction=each).notes for each in ("delivered", "received")
    ]
    assert found == [
        (),
        (
            "feed.xml: its flowDirection is not stated; meter 'main' is registered as received, and the"
            " readings are taken as received",
        ),
    ]


# --- readings that no meter measured ------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "words"), [(12, "projected"), (15, "normalized for weather")])
@pytest.mark.parametrize("by_type", [False, True])
def test_values_that_no_meter_measured_are_passed_over_and_counted(
    code: int, words: str, by_type: bool
) -> None:
    """QualityOfReading 12 is "a projection or forecast of future readings", 15 "adjusted to account for
    weather", whether the reading says so or the type's defaultQuality.
    """
    default = f"<defaultQuality>{code}</defaultQuality>" if by_type else ""
    own = "" if by_type else quality(code)
    found = read(
        of_type(WATT_HOURS + default),
        entry(block(reading(1, more=quality(17)), *(reading(9, START + n * HOUR, own) for n in (1, 2)))),
    )
    assert (taken(found), problems_of(found), found.notes) == (
        [(FIRST, (1,))],
        [],
        (f"feed.xml: 2 readings of quality {code} ({words}) passed over: no meter measured them",),
    )


def test_a_feed_of_nothing_but_a_forecast_is_a_problem() -> None:
    """Nothing can be recorded of it, and exit 0 would say that all is well."""
    found = read(of_type(), entry(block(*(reading(9, START + n * HOUR, quality(12)) for n in range(24)))))
    assert (taken(found), problems_of(found)) == (
        [],
        ["24 readings of quality 12 (projected) passed over: no meter measured them"],
    )


def test_a_reading_of_several_qualities_is_a_forecast_if_one_of_them_says_so() -> None:
    """ESPI allows several ReadingQuality elements; the first counts, except for what was not metered."""
    found = read(of_type(), entry(block(reading(1), reading(2, START + HOUR, quality(17, 12)))))
    assert taken(found) == [(FIRST, (1,))]


def test_a_measured_value_beside_the_forecast_of_its_hour_is_recorded() -> None:
    """A feed that repeats yesterday's forecast before the value that was metered then."""
    found = read(of_type(), entry(block(reading(9, more=quality(12)), reading(7, more=quality(17)))))
    assert (taken(found), problems_of(found)) == ([(FIRST, (7,))], [])


@pytest.mark.parametrize("code", [1, 6, 20, 99, 255, -1])
def test_a_quality_that_espi_does_not_define_is_malformed(code: int) -> None:
    """QualityOfReading has 0 and 7 to 19; nobody can tell whether another code means a metered value."""
    found = read(of_type(), entry(block(reading(1), reading(2, START + HOUR, quality(code)))))
    assert (taken(found), problems_of(found)) == (
        [(FIRST, (1,))],
        [f"IntervalReading quality must be an ESPI code, 0 or 7 to 19: {code}"],
    )


@pytest.mark.parametrize("code", [0, 7, 8, 9, 10, 11, 13, 14, 16, 17, 18, 19])
def test_an_edited_estimated_or_derived_value_stands_for_the_meter_s_and_keeps_its_code(code: int) -> None:
    """Validation, editing and estimation replace a meter's values by rule; reports show the code."""
    (claim,) = read(of_type(), entry(block(reading(1, more=quality(code))))).claims
    assert body_of(claim, IntervalsRecorded).quality == (code,)


# --- types that are no interval energy of electricity -------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("<uom>72</uom><kind>8</kind>", "kind 8 (demand) is not energy (12)"),
        ("<uom>72</uom><kind>37</kind>", "kind 37 (power) is not energy (12)"),
        ("<uom>72</uom><kind>3</kind>", "kind 3 (currency) is not energy (12)"),
        ("<uom>72</uom><kind>58</kind>", "kind 58 (volume) is not energy (12)"),
        (
            "<uom>72</uom><commodity>7</commodity>",
            "commodity 7 (natural gas) is not electricity (1, 2 or 26)",
        ),
        (
            "<uom>72</uom><commodity>9</commodity>",
            "commodity 9 (potable water) is not electricity (1, 2 or 26)",
        ),
        (
            "<uom>72</uom><dataQualifier>8</dataQualifier>",
            "dataQualifier 8 (maximum) is not normal (12) or a sum (26)",
        ),
        ("<uom>38</uom>", "uom 38 is not watt-hours; only 72 (Wh) is read"),
        ("<uom>80</uom>", "uom 80 is not watt-hours; only 72 (Wh) is read"),
        ("<kind>12</kind>", "has no uom"),
        (
            "<uom>119</uom><commodity>7</commodity><kind>58</kind>",
            "uom 119 is not watt-hours; only 72 (Wh) is read; commodity 7 (natural gas) is not electricity"
            " (1, 2 or 26); kind 58 (volume) is not energy (12)",
        ),
        (
            "<uom>72</uom><defaultQuality>99</defaultQuality>",
            "defaultQuality must be an ESPI code, 0 or 7 to 19: 99",
        ),
    ],
)
def test_a_demand_a_cost_and_gas_or_water_are_no_readings_even_in_watt_hours(
    fields: str, message: str
) -> None:
    """A gas utility bills in kWh, and a peak demand may stand under the unit of energy: commodity, kind and
    dataQualifier tell.
    """
    found = read(of_type(fields), entry(block(reading(31))))
    assert (taken(found), problems_of(found)) == ([], [f"ReadingType {message}"])


@pytest.mark.parametrize("commodity", [0, 1, 2, 26])
def test_electricity_is_electricity_wherever_it_is_metered(commodity: int) -> None:
    """CommodityKind has secondary, primary and transmission metered electricity; 0 is not applicable."""
    fields = f"{WATT_HOURS}<commodity>{commodity}</commodity><kind>12</kind><dataQualifier>12</dataQualifier>"
    assert taken(read(of_type(fields), entry(block(reading(31))))) == [(FIRST, (31,))]


@pytest.mark.parametrize(("service", "words"), [(1, "1 (gas)"), (2, "2 (water)"), (4, "4 (heat)")])
def test_the_readings_of_a_gas_service_are_refused_whatever_their_type_leaves_out(
    service: int, words: str
) -> None:
    """ServiceKind of the usage point: a British gas bill is in kWh, and its type may state no commodity."""
    found = read(
        point(f"{POINTS}/1", service=service),
        of_type(),
        meter(f"{POINTS}/1/MeterReading/1"),
        entry(block(reading(31)), f"{POINTS}/1/MeterReading/1/IntervalBlock/1"),
    )
    assert (taken(found), problems_of(found)) == (
        [],
        [f"UsagePoint service kind {words} is not electricity (0)"],
    )


@pytest.mark.parametrize("more", [POWER_0, "<uom>72</uom>", f"{POWER_0}<uom>72</uom>"])
def test_a_reading_may_repeat_the_power_and_unit_of_its_type(more: str) -> None:
    """ESPI keeps them in the ReadingType; some programs copy them into each reading, where equal says nothing
    new.
    """
    assert taken(read(of_type(), entry(block(reading(31, more=more))))) == [(FIRST, (31,))]


def test_a_reading_whose_unit_contradicts_its_type_is_malformed() -> None:
    found = read(of_type(), entry(block(reading(31, more="<uom>38</uom>"), reading(32, START + HOUR))))
    assert (taken(found), problems_of(found)) == (
        [("2011-01-03T01:00:00Z", (32,))],
        ["IntervalReading uom 38 contradicts its ReadingType, which has 72"],
    )


# --- feeds of several usage points and meter readings -------------------------------------------------------


def two_points(*, points_last: bool = False) -> tuple[str, ...]:
    """Two buildings of one customer, each with a meter reading 01."""
    points = [point(f"{POINTS}/0{n}", title=f"Building {n}") for n in (1, 2)]
    rest = [
        part
        for n in (1, 2)
        for part in (
            meter(f"{POINTS}/0{n}/MeterReading/01", "/ReadingType/07"),
            entry(block(reading(n)), f"{POINTS}/0{n}/MeterReading/01/IntervalBlock/1"),
        )
    ]
    return (of_type(), *((*rest, *points) if points_last else (*points, *rest)))


@pytest.mark.parametrize(
    "name",
    ["UsagePoint/0{}", "UsagePoint/0{}/MeterReading/01", "Building {}", POINTS + "/0{}/MeterReading/01"],
)
@pytest.mark.parametrize("points_last", [False, True])
def test_one_of_two_usage_points_is_chosen_by_link_or_title(name: str, points_last: bool) -> None:
    found = [read(*two_points(points_last=points_last), meter=f"main={name.format(n)}") for n in (1, 2)]
    assert [(taken(each), problems_of(each)) for each in found] == [([(FIRST, (n,))], []) for n in (1, 2)]


def test_a_name_that_two_usage_points_share_chooses_neither() -> None:
    """``MeterReading/01`` ends both links; the message shows the titles, too."""
    found = read(*two_points(), meter="main=MeterReading/01")
    assert (taken(found), problems_of(found)) == (
        [],
        [
            f"holds 2 meter readings ({POINTS}/01/MeterReading/01 'Building 1', {POINTS}/02/MeterReading/01"
            " 'Building 2'); choose one by the end of its link or by its title: --meter main=LINK"
        ],
    )


def test_a_name_is_a_whole_part_of_a_link() -> None:
    """Usage points 1 and 11: ``UsagePoint/1`` is not the end of ``UsagePoint/11``, nor is
    ``1/MeterReading/1`` that of ``11/MeterReading/1``.
    """
    entries = [
        part
        for n in (1, 11)
        for part in (
            point(f"{POINTS}/{n}"),
            meter(f"{POINTS}/{n}/MeterReading/1"),
            entry(block(reading(n)), f"{POINTS}/{n}/MeterReading/1/IntervalBlock/1"),
        )
    ]
    found = [
        taken(read(of_type(), *entries, meter=f"main={name}"))
        for name in ("UsagePoint/1", "1/MeterReading/1")
    ]
    assert found == [[(FIRST, (1,))]] * 2


def test_forward_and_reverse_of_a_solar_site_are_two_meters_by_name() -> None:
    """One usage point, a meter reading for each direction, each with its own type."""
    entries = [
        part
        for n, flow in ((1, 1), (2, 19))
        for part in (
            of_type(f"{WATT_HOURS}<flowDirection>{flow}</flowDirection>", f"/ReadingType/{n}"),
            meter(f"/UsagePoint/1/MeterReading/{n}", f"/ReadingType/{n}"),
            entry(block(reading(n)), f"/UsagePoint/1/MeterReading/{n}/IntervalBlock/1"),
        )
    ]
    found = [
        read(*entries, meter=f"main=MeterReading/{n}", direction=direction)
        for n, direction in ((1, "delivered"), (2, "received"), (2, "delivered"))
    ]
    assert [(taken(each), len(each.problems)) for each in found] == [
        ([(FIRST, (1,))], 0),
        ([(FIRST, (2,))], 0),
        ([], 1),
    ]


def test_one_of_two_types_of_a_meter_reading_is_chosen_by_its_link() -> None:
    """A meter reading with forward and reverse blocks, each related to its own type."""
    entries = [
        flowing(1).replace("/ReadingType/07", "/ReadingType/1"),
        flowing(19).replace("/ReadingType/07", "/ReadingType/2"),
        meter("/MeterReading/1", "/ReadingType/1", "/ReadingType/2"),
        *(
            entry(block(reading(n)), f"/MeterReading/1/IntervalBlock/{n}", related=(f"/ReadingType/{n}",))
            for n in (1, 2)
        ),
    ]
    chosen = [read(*entries, meter=f"main=ReadingType/{n}") for n in (1, 2)]
    assert ([taken(found) for found in chosen], len(read(*entries).problems)) == (
        [[(FIRST, (1,))], [(FIRST, (2,))]],
        1,
    )


def test_two_meter_readings_of_one_link_are_not_mixed() -> None:
    """Links relative to their usage point: both are ``MeterReading/01``, and so are their blocks."""
    entries = [
        part
        for n in (1, 2)
        for part in (
            meter("MeterReading/01", up=f"/UsagePoint/{n}/MeterReading"),
            entry(block(reading(n, START + n * HOUR)), "MeterReading/01/IntervalBlock/1"),
        )
    ]
    found = read(of_type(), *entries)
    assert (taken(found), problems_of(found)) == (
        [],
        ["has two different MeterReading entries with the link MeterReading/01: split the feed"],
    )


@pytest.mark.parametrize("link", ["", "urn:uuid:{}"])
def test_blocks_that_name_only_their_common_type_are_not_mixed(link: str) -> None:
    """Two meter readings and their blocks are all related to one type, and nothing tells them apart."""
    entries = [
        part
        for n in (1, 2)
        for part in (
            meter(f"/m/{n}" if link else "", "/ReadingType/07"),
            entry(block(reading(n, START + n * HOUR)), link.format(n), related=("/ReadingType/07",)),
        )
    ]
    assert (taken(read(of_type(), *entries)), len(read(of_type(), *entries).problems)) == ([], 1)


def test_a_meter_reading_whose_type_the_feed_lacks_does_not_take_another_s() -> None:
    """The feed has the type of the electricity; the gas meter's is in a feed of its own."""
    entries = [
        part
        for n in (7, 8)
        for part in (
            meter(f"/m/MeterReading/{n}", f"/ReadingType/0{n}"),
            entry(block(reading(n)), f"/m/MeterReading/{n}/IntervalBlock/1"),
        )
    ]
    found = read(of_type(), *entries, meter="main=MeterReading/8")
    assert (taken(found), problems_of(found)) == (
        [],
        ["IntervalBlock belongs to no ReadingType of the feed, so its unit is not known"],
    )
