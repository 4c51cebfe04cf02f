"""Energy of hours by source, volumes matched by year, certificates and CO2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from ledger.calendar import Window, instant_s, parse_instant, zone
from ledger.kinds import EnergySupplyRegistered
from projections.engine.fold import replay
from projections.figures.energy_mix import (
    EnergyHour,
    SiteEnergy,
    Supply,
    by_source,
    revenue_meters,
    supplies_of,
)
from projections.figures.energy_sums import (
    BySource,
    Factors,
    Supplied,
    co2_kg,
    split,
    supplied,
    volume_matched_wh,
)
from projections.reports.energy_mix import REPORT
from projections.rows.fact_rows import fact_of
from tests.support.story_facts import told

UTC = zone("UTC")
HOUR = 3600


def at(text: str) -> int:
    return instant_s(parse_instant(text))


def supply(name: str, source: Any, instrument: Any = "ppa", meter: str = "") -> Supply:
    more: dict[str, Any] = {"meter": meter} if meter else {}
    terms = EnergySupplyRegistered(
        site="s1", supply=name, instrument=instrument, energy_source=source, start_on="2026-01-01", **more
    )
    own = instrument == "own-generation"
    return Supply(name, terms, Window(0, 2**40), own, True)


SUPPLIES = {
    one.name: one
    for one in (
        supply("roof", "solar", "own-generation", "m1"),
        supply("plant", "gas", "own-generation", "m2"),
        supply("farm", "wind", "ppa", "m3"),
        supply("park", "solar", "ppa", "m4"),
        supply("recs", "wind", "certificates"),
    )
}


def hour(
    load_wh: int,
    start: str = "2026-06-01T00:00Z",
    own: Mapping[str, int] | None = None,
    matched: Mapping[str, int] | None = None,
    volumes: Mapping[str, int] | None = None,
    mix: Mapping[str, int] | None = None,
) -> EnergyHour:
    return EnergyHour(at(start), load_wh, own or {}, matched or {}, volumes or matched or {}, (), mix or {})


def site(*hours: EnergyHour, certified: Any = None, supplies: Any = SUPPLIES) -> SiteEnergy:
    return SiteEnergy("s1", "ERCO", UTC, supplies, certified or {}, hours, 0)


MIX = {"gas": 3, "wind": 1}


def test_an_hour_is_own_generation_then_contracts_then_the_grid() -> None:
    """100 Wh of load: 10 + 5 of own sun, 5 of own gas and 20 of contracted wind; the grid is 3 parts of gas and one of
    wind. Of 80 Wh delivered 60 are gas; beside the contract 60 are left, of which 45 are gas.
    """
    one = hour(100, own={"roof": 15, "plant": 5}, matched={"farm": 20}, mix=MIX)
    assert split(site(one), one) == BySource(
        {"solar": 15, "gas": 5 + 60, "wind": 20},
        {"solar": 15, "gas": 5 + 45, "wind": 20 + 15},
        {"gas": 60, "wind": 20},
    )


def test_two_supplies_of_one_source_are_added() -> None:
    """10 Wh of the roof's and 20 of the contract's sun."""
    one = hour(30, own={"roof": 10}, matched={"park": 20}, mix=MIX)
    assert split(site(one), one).market == {"solar": 30}


def test_an_hour_with_a_contract_alone_is_split_by_both() -> None:
    """20 of 60 Wh are contracted wind; the other 40 are 30 of gas and 10 of wind."""
    one = hour(60, matched={"farm": 20}, mix=MIX)
    found = split(site(one), one)
    assert (found.location, found.market) == ({"gas": 45, "wind": 15}, {"gas": 30, "wind": 30})


@pytest.mark.parametrize(
    ("load_wh", "mix", "parts"),
    [
        (100, MIX, {"gas": 75, "wind": 25}),
        (1, {"gas": 9, "wind": 1}, {"gas": 1}),
        (100, {}, {"unknown": 100}),
        (0, MIX, {}),
        (0, {}, {}),
    ],
)
def test_an_hour_from_the_grid_alone_is_split_by_its_mix(
    load_wh: int, mix: Mapping[str, int], parts: Mapping[str, int]
) -> None:
    """A source without a whole Wh has no part of it."""
    one = hour(load_wh, mix=mix)
    found = split(site(one), one)
    assert (found.location, found.market) == (parts, parts)


def test_what_the_grid_delivered_is_the_load_less_own_generation() -> None:
    one = hour(100, own={"roof": 15, "plant": 5}, matched={"farm": 20})
    assert (one.delivered_wh, one.covered_wh, one.rest_wh) == (80, 40, 60)


@pytest.mark.parametrize("mix", [MIX, {}])
def test_no_energy_has_no_source(mix: Mapping[str, int]) -> None:
    assert by_source(0, mix) == {}


YEARS = Window(at("2025-01-01T00:00Z"), at("2027-01-01T00:00Z"))


@pytest.mark.parametrize(
    ("hours", "matched_wh"),
    [
        ([hour(100, volumes={"farm": 30}), hour(100, "2026-06-02T00:00Z", volumes={"farm": 150})], 180),
        ([hour(100, volumes={"farm": 130}), hour(100, "2026-06-02T00:00Z", volumes={"farm": 150})], 200),
        ([hour(100, "2025-12-31T23:00Z", volumes={"farm": 130}), hour(100, "2026-01-01T00:00Z", volumes={"farm": 70})], 170),
        ([hour(100, own={"roof": 10}, volumes={"farm": 30})], 40),
        ([], 0),
    ],
    ids=["less than the load", "more than the load", "each year for itself", "own generation too", "no hour"],
)  # fmt: skip
def test_volumes_match_the_load_of_their_calendar_year(hours: Sequence[EnergyHour], matched_wh: int) -> None:
    assert volume_matched_wh(site(*hours), YEARS) == matched_wh


def test_a_site_without_supplies_matches_nothing() -> None:
    assert volume_matched_wh(site(hour(100), supplies={}), YEARS) == 0


DAY = Window(at("2026-06-01T00:00Z"), at("2026-06-02T00:00Z"))


@pytest.mark.parametrize(
    ("starts", "window", "volume_wh"),
    [
        ([0], DAY, 10),
        ([0, 23], DAY, 20),
        ([-1, 0], YEARS, 10),
        ([23, 24], YEARS, 10),
        ([5, 6], Window(DAY.start_s + 6 * HOUR, DAY.stop_s), 10),
        ([5, 6], Window(DAY.start_s, DAY.start_s + 6 * HOUR), 10),
        ([24], YEARS, 0),
        ([0], Window(DAY.stop_s, DAY.stop_s + HOUR), 0),
    ],
)
def test_certificates_are_spread_evenly_over_the_hours_of_their_period(
    starts: list[int], window: Window, volume_wh: int
) -> None:
    """240 Wh for June 1: 10 Wh for each hour of it that has a known load and lies in the window."""
    hours = [hour(100)._replace(start_s=DAY.start_s + n * HOUR) for n in starts]
    one = site(*hours, certified={"recs": [(DAY, 240)]})
    assert supplied(one, "recs", window) == Supplied(volume_wh, None, volume_wh)


def test_certificates_match_by_volume_beside_the_load() -> None:
    """10 Wh of certificates and 30 Wh of a contract in an hour of 100 Wh."""
    one = site(hour(100, volumes={"farm": 30}), certified={"recs": [(DAY, 240)]})
    assert volume_matched_wh(one, YEARS) == 40


def test_a_supply_has_its_volume_and_what_of_it_matched() -> None:
    """The farm made 50 Wh, of which 20 met the load; the roof's 15 Wh were all used; the plant stood."""
    one = site(
        hour(100, own={"roof": 15}, matched={"farm": 20}, volumes={"farm": 50}), hour(1, "2026-06-02T00:00Z")
    )
    assert [supplied(one, name, YEARS) for name in ("farm", "roof", "plant")] == [
        Supplied(50, 20, 0),
        Supplied(15, 15, 0),
        Supplied(0, 0, 0),
    ]


def test_a_supply_of_another_grid_matches_no_hour() -> None:
    far = SUPPLIES["farm"]._replace(is_near=False)
    one = site(hour(100, volumes={"farm": 50}), supplies={"farm": far})
    assert supplied(one, "farm", YEARS) == Supplied(50, None, 0)


def factors(*said: tuple[str, str, int]) -> Factors:
    """Factors by their instant, source (none: the whole mix) and g per kWh."""
    return Factors(
        map(
            fact_of,
            told(
                "".join(
                    f"{when} ba-ERCO emission-factor-set {f'energy_source={source} ' if source else ''}"
                    f"co2_mg_per_kwh={grams * 1000} publisher=x\n"
                    for when, source, grams in said
                )
            ),
        )
    )


SPRING = "2026-03-01T00:00Z"
GAS, WIND, ALL = (SPRING, "gas", 400), (SPRING, "wind", 0), (SPRING, "", 300)


@pytest.mark.parametrize(
    ("said", "mix", "kg"),
    [
        ((GAS, WIND), MIX, {"gas": 24, "wind": 0, None: 24}),
        ((GAS, WIND, ALL), MIX, {"gas": 24, "wind": 0, None: 24}),
        ((GAS, ALL), MIX, {"gas": 24, "wind": None, None: 24}),
        ((GAS,), MIX, {"gas": 24, "wind": None, None: None}),
        ((ALL,), {}, {"unknown": None, None: 24}),
        ((), MIX, {None: None}),
        ((GAS, ("2026-06-01T00:00Z", "gas", 200), WIND), MIX, {"gas": 12, "wind": 0, None: 12}),
        ((GAS, ("2026-06-01T00:00:01Z", "gas", 200), WIND), MIX, {"gas": 24, "wind": 0, None: 24}),
    ],
    ids=[
        "a factor of each source",
        "sources before the whole mix",
        "the whole mix where a source has none",
        "neither",
        "a mix that is not known",
        "no factor at all",
        "the factor of the hour's first second",
        "a factor of a second later",
    ],
)
def test_co2_is_of_what_the_grid_delivered(
    said: Sequence[tuple[str, str, int]], mix: Mapping[str, int], kg: Mapping[str | None, int | None]
) -> None:
    """100 kWh of load, 20 of them from the roof: 80 kWh delivered, 60 of gas at 400 g and 20 of wind; or 80 kWh of the
    whole mix at 300 g, 24 kg each.
    """
    one = site(hour(100_000, own={"roof": 20_000}, mix=mix))
    assert co2_kg(one, [split(one, each) for each in one.hours], factors(*said)) == kg


def test_co2_of_two_hours_is_added_and_unknown_where_an_hour_has_no_factor() -> None:
    """The factor of gas came between the two hours, that of the whole mix was there: 100 kWh x 300 g twice."""
    one = site(hour(100_000, mix={"gas": 1}), hour(100_000, "2026-06-01T01:00Z", mix={"gas": 1}))
    parts = [split(one, each) for each in one.hours]
    late = factors(ALL, ("2026-06-01T01:00Z", "gas", 400))
    assert [co2_kg(one, parts, some) for some in (late, factors(GAS))] == [
        {"gas": None, None: 60},
        {"gas": 80, None: 80},
    ]


METER = "2026-0{}-01T00:00Z {} meter-registered meter={} scope={} role={} direction={} interval=1h\n"


def test_revenue_meters_are_those_of_the_site_by_direction() -> None:
    """Not those of a block or of the facility, of a neighbor, or of tomorrow."""
    story = (
        METER.format(1, "s1", "a", "m1", "sub", "delivered")
        + METER.format(1, "s1", "b", "site", "facility", "delivered")
        + METER.format(1, "s1", "c", "site", "revenue", "received")
        + METER.format(1, "s0", "d", "site", "revenue", "delivered")
        + METER.format(1, "s1", "e", "site", "revenue", "delivered")
        + METER.format(2, "s1", "f", "site", "revenue", "delivered")
    )
    rows = replay(told(story), REPORT.row_kinds)
    assert revenue_meters(rows, "s1", at("2026-02-01T00:00Z")) == (["e"], ["c"])


SUPPLY = "2026-0{}-01T00:00Z {} energy-supply-registered supply={} instrument={} energy_source=wind start_on=2026-01-01{}\n"


def test_supplies_of_a_site_are_those_registered_before_an_instant() -> None:
    """A neighbor's comes first by name; one is registered again, one only tomorrow; the grid is ERCOT's."""
    story = (
        SUPPLY.format(1, "s0", "z", "ppa", "")
        + SUPPLY.format(1, "s1", "a", "ppa", " balancing_authority=SWPP")
        + SUPPLY.format(1, "s1", "b", "own-generation", " balancing_authority=SWPP")
        + SUPPLY.format(1, "s1", "c", "ppa", " balancing_authority=ERCO stop_on=2026-06-01")
        + SUPPLY.format(1, "s1", "d", "ppa", " balancing_authority=SWPP")
        + SUPPLY.format(1, "s1", "d", "ppa", "").replace("01T00:00Z", "31T00:00Z")
        + SUPPLY.format(2, "s1", "e", "ppa", "")
    )
    rows = replay(told(story), REPORT.row_kinds)
    found = supplies_of(rows, "s1", "ERCO", UTC, at("2026-02-01T00:00Z"))
    assert {name: (one.is_own, one.is_near) for name, one in found.items()} == {
        "a": (False, False),
        "b": (True, True),
        "c": (False, True),
        "d": (False, True),
    }
    assert found["c"].in_force == Window(at("2026-01-01T00:00Z"), at("2026-06-01T00:00Z"))
