"""Energy mix: a worked morning by hand, and what counts as matched, by location and by market."""

from __future__ import annotations

import pytest

from ledger.app.demo.portfolio.large_loads import FOLDER as SAMPLES
from ledger.records.envelope import claim_of
from projections.engine.pictures import Plot
from projections.reports.energy_mix import REPORT
from tests.support.histories import Ledger
from tests.support.report_answers import Line, answer, drawn, lines, verdict
from tests.support.story_facts import told

STORY = (SAMPLES / "energy-mix.story").read_text()
DAY = "2026-07-01"
SITE = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=UTC balancing_authority=SOCO utility=U parcels=[] site_class=training
2026-06-01T00:00Z s1 meter-registered meter=r scope=site role=revenue direction=delivered interval=1h
2026-06-01T00:00Z s1 meter-registered meter=out scope=m1 role=revenue direction=received interval=1h
2026-06-01T00:00Z s1 meter-registered meter=gen scope=site role=sub direction=received interval=1h
"""
PPA = "2026-06-01T00:00Z s1 energy-supply-registered supply=p1 instrument=ppa energy_source=solar meter=gen start_on=2026-06-01\n"
RECS = "2026-06-01T00:00Z s1 energy-supply-registered supply=c1 instrument=certificates energy_source=wind start_on=2026-06-01\n"
MIX = (
    "2026-07-01T12:00Z ba-SOCO generation-recorded energy_source=gas start=2026-07-01T12:00Z interval=1h"
    " power_of_ten=6 values=[2000,1000] quality=[-1,-1]\n"
    "2026-07-01T12:00Z ba-SOCO generation-recorded energy_source=coal start=2026-07-01T12:00Z interval=1h"
    " power_of_ten=6 values=[1000,1000] quality=[-1,-1]\n"
)


def read(meter: str, *values: int, start: str = "2026-07-01T12:00Z") -> str:
    """Hours of a meter in MWh."""
    quality = ",".join(["17"] * len(values))
    return (
        f"{start} s1 intervals-recorded meter={meter} start={start} interval=1h power_of_ten=6"
        f" values=[{','.join(map(str, values))}] quality=[{quality}]\n"
    )


WORKED = SITE + PPA + MIX + read("r", 10, 10, 10) + read("gen", 4, 12)


def rows(text: str, period: str = DAY, **asked: object) -> dict[str, Line]:
    return lines(REPORT, text, period, **asked)


def cells(line: Line, *names: str) -> list[object]:
    return [line[name] for name in names]


def test_the_worked_shares_matched() -> None:
    """10 MWh in each of three hours; the contract generates 4, 12 and an unknown amount: 4 + 10 + 0 = 14 of 30
    MWh are matched by hour, 16 of 30 by volume, and 12 - 10 = 2 are surplus.
    """
    found = rows(WORKED)["s1/load"]
    names = (
        "load_wh",
        "volume_wh",
        "matched_wh",
        "matched_ppm",
        "volume_matched_ppm",
        "surplus_wh",
        "missing_s",
    )
    assert cells(found, *names) == [30_000_000, 16_000_000, 14_000_000, 466_667, 533_333, 2_000_000, 75_600]


def test_the_worked_sources_by_location() -> None:
    """Gas has 2/3 of 10 MWh and then 1/2, coal 1/3 and 1/2; the third hour has no mix. 6,666,667 + 5,000,000 Wh and
    3,333,333 + 5,000,000 Wh: the watt-hour that is left goes to the larger remainder, 2/3.
    """
    found = rows(WORKED)
    assert {
        name: found[f"s1/source/{name}"]["location_wh"] for name in ("gas", "coal", "solar", "unknown")
    } == {
        "gas": 11_666_667,
        "coal": 8_333_333,
        "solar": 0,
        "unknown": 10_000_000,
    }


def test_the_worked_sources_by_market() -> None:
    """The contract meets 4 and 10 MWh with solar; the grid's 2:1 mix supplies the 6 MWh that are left at noon."""
    found = rows(WORKED)
    assert {
        name: found[f"s1/source/{name}"]["market_wh"] for name in ("gas", "coal", "solar", "unknown")
    } == {
        "gas": 4_000_000,
        "coal": 2_000_000,
        "solar": 14_000_000,
        "unknown": 10_000_000,
    }


def test_the_sources_of_each_hour_are_shown_on_demand_and_add_up_to_it() -> None:
    found = rows(WORKED, given={"hours": True})
    noon = [line for name, line in found.items() if name.endswith("2026-07-01T12:00:00Z")]
    assert [sum(line[name] for line in noon) for name in ("location_wh", "market_wh")] == [10_000_000] * 2


def test_own_generation_is_used_first_and_what_is_sent_out_is_not_load() -> None:
    """Delivered 4, generated 9, sent out 3 MWh: 6 are used of one's own, so that the load is 10; a contract of 8
    meets the 4 that are left.
    """
    text = (
        SITE.replace("scope=m1", "scope=site")
        + PPA
        + "2026-06-01T00:00Z s1 meter-registered meter=own scope=site role=sub direction=received interval=1h\n"
        "2026-06-01T00:00Z s1 energy-supply-registered supply=roof instrument=own-generation energy_source=solar"
        " meter=own start_on=2026-06-01\n" + read("r", 4) + read("own", 9) + read("out", 3) + read("gen", 8)
    )
    found = rows(text)
    assert [
        *cells(found["s1/load"], "load_wh", "matched_wh"),
        *(found[f"s1/supply/{name}"]["matched_wh"] for name in ("roof", "p1")),
    ] == [10_000_000, 10_000_000, 6_000_000, 4_000_000]


def test_contracts_that_are_more_than_the_load_share_it_by_their_energy() -> None:
    """9 and 3 MWh for 8: 6 and 2."""
    more = (
        "2026-06-01T00:00Z s1 meter-registered meter=gen2 scope=site role=sub direction=received interval=1h\n"
        "2026-06-01T00:00Z s1 energy-supply-registered supply=p2 instrument=ppa energy_source=wind meter=gen2"
        " start_on=2026-06-01\n"
    )
    found = rows(SITE + PPA + more + read("r", 8) + read("gen", 9) + read("gen2", 3))
    assert [found[f"s1/supply/{name}"]["matched_wh"] for name in ("p1", "p2")] == [6_000_000, 2_000_000]


def test_a_contract_in_another_authority_counts_by_volume_alone() -> None:
    """The draft asks for supply that can be delivered to the load."""
    found = rows(WORKED.replace("meter=gen start_on", "meter=gen balancing_authority=MISO start_on"))
    assert cells(found["s1/load"], "matched_ppm", "volume_matched_ppm") == [0, 533_333]


def test_certificates_count_evenly_over_their_period_and_not_by_the_hour() -> None:
    """744 MWh for July are 1 MWh an hour: 3 MWh in the three hours with known load, of 30."""
    text = SITE + RECS + read("r", 10, 10, 10)
    text += "2026-07-01T00:00Z s1 certificates-retired supply=c1 serials=x registry=NAR period=2026-07 energy=744MWh retired_on=2026-08-02\n"
    found = rows(text)["s1/load"]
    assert cells(found, "matched_ppm", "volume_matched_ppm") == [0, 100_000]


def test_certificates_of_a_metered_supply_are_of_the_same_energy() -> None:
    text = "2026-07-01T00:00Z s1 certificates-retired supply=p1 serials=x registry=NAR period=2026-07-01 energy=24MWh retired_on=2026-08-02\n"
    found = rows(WORKED + text)["s1/supply/p1"]
    assert cells(found, "volume_wh", "certified_wh") == [16_000_000, 3_000_000]


def test_volumes_of_one_year_do_not_match_the_load_of_another() -> None:
    """In the last hour of 2026 the contract gives 20 MWh for 10, in the first of 2027 nothing for 10: half."""
    text = SITE + PPA
    for meter, last, first in (("r", 10, 10), ("gen", 20, 0)):
        text += read(meter, last, start="2026-12-31T23:00Z") + read(meter, first, start="2027-01-01T00:00Z")
    found = rows(text, "2026-12-31T23:00Z/2027-01-01T01:00Z")["s1/load"]
    assert found["volume_matched_ppm"] == 500_000


def test_a_supply_counts_from_its_first_day_on_until_it_ends() -> None:
    text = WORKED.replace("start_on=2026-06-01", "start_on=2026-07-02")
    ended = WORKED.replace("start_on=2026-06-01", "start_on=2026-06-01 stop_on=2026-07-01")
    assert [rows(one)["s1/load"]["matched_wh"] for one in (text, ended)] == [0, 0]


def test_a_supply_that_is_registered_again_is_as_registered_last() -> None:
    text = WORKED + PPA.replace("2026-06-01T00:00Z", "2026-06-02T00:00Z").replace("=solar", "=wind")
    assert rows(text)["s1/source/wind"]["market_wh"] == 14_000_000


def test_an_hour_without_a_reading_of_own_generation_has_no_known_load() -> None:
    """A blank is not zero: the panels' reading of the third hour is missing."""
    text = WORKED.replace("instrument=ppa", "instrument=own-generation")
    assert rows(text)["s1/load"]["load_wh"] == 36_000_000


def test_a_source_that_is_charged_counts_as_nothing_of_the_mix() -> None:
    """Storage takes 500 MWh while gas gives 2,000 and coal 1,000."""
    text = WORKED + MIX.splitlines()[0].replace("=gas", "=storage").replace("[2000,1000]", "[-500,0]") + "\n"
    assert "s1/source/storage" not in rows(text)


def test_a_mix_that_lacks_a_source_of_its_day_is_unknown() -> None:
    """Coal has no value at one o'clock: its share of that hour is unknown, and so is that of gas."""
    text = WORKED.replace("values=[1000,1000] quality=[-1,-1]", "values=[1000] quality=[-1]")
    assert rows(text)["s1/source/unknown"]["location_wh"] == 20_000_000


def factor(source: str, mg_per_kwh: int) -> str:
    return f"2026-01-01T00:00Z ba-SOCO emission-factor-set {source} co2_mg_per_kwh={mg_per_kwh} publisher=P\n"


def test_co2_follows_from_recorded_factors_alone() -> None:
    """11.666667 MWh of gas at 0.4 kg and 8.333333 of coal at 1 kg per kWh: 4,667 and 8,333 kg; the third hour has no
    mix, so the sum is unknown.
    """
    found = rows(WORKED + factor("energy_source=gas", 400_000) + factor("energy_source=coal", 1_000_000))
    names = ("s1/source/gas", "s1/source/coal", "s1/source/unknown", "s1/load")
    assert [found[name]["co2_kg"] for name in names] == [4667, 8333, None, None]


def test_without_factors_no_co2_is_stated() -> None:
    assert {line["co2_kg"] for line in rows(WORKED).values()} == {None}


def test_the_factor_of_the_whole_mix_serves_where_sources_have_none() -> None:
    """30 MWh at 0.5 kg per kWh: 15 t."""
    assert rows(WORKED + factor("", 500_000))["s1/load"]["co2_kg"] == 15_000


def test_a_site_without_known_load_is_noted() -> None:
    found = answer(REPORT, told(SITE), DAY)
    assert (found.rows, found.notes) == (
        (),
        ("no full hour of the window has readings of all meters of s1",),
    )


def test_what_a_reader_must_know_is_noted() -> None:
    assert answer(REPORT, told(WORKED), DAY).notes == (
        "s1: time without known load, 21 h, is left out",
        "s1: 10 MWh was delivered in hours without a mix of SOCO",
        "s1/p1: 1 of 3 hours have no volume, and count as none",
    )


def test_the_verdict_names_both_shares_and_the_largest_sources() -> None:
    assert verdict(REPORT, WORKED, DAY) == (
        "30 MWh was used; 46.67 % of it was matched hour by hour (draft), 53.33 % by volume; by location it came from"
        " gas 38.89 % and coal 27.78 %; where 33.33 % of it came from is unknown."
    )


def test_the_verdict_of_a_site_without_supplies() -> None:
    assert verdict(REPORT, SITE + read("r", 10), DAY) == (
        "10 MWh was used; no supply of energy is recorded for it; where 100 % of it came from is unknown."
    )


def test_the_verdict_says_how_many_sites_it_counts() -> None:
    """s2 has no meter: its energy is in none of the sums."""
    said = verdict(REPORT, WORKED + SITE.replace(" s1 ", " s2 "), DAY)
    assert said.startswith("30 MWh was used at 1 of 2 sites; ")


def test_what_is_unknown_is_drawn_as_unknown_and_never_as_other_sources() -> None:
    """Six sources and an hour without a mix do not fit into six areas: two sources are drawn together."""
    gas = next(line for line in MIX.splitlines() if "=gas" in line)
    more = "".join(f"{gas.replace('=gas', f'={name}')}\n" for name in ("wind", "solar", "hydro", "nuclear"))
    of_day, _ = drawn(Plot, REPORT, WORKED + more, DAY)
    assert [layer.name for layer in of_day.layers][-2:] == ["other sources", "unknown"]


def test_the_areas_of_the_day_add_up_to_the_mean_load() -> None:
    """At noon 10 MWh in an hour are 10 MW."""
    of_day, _ = drawn(Plot, REPORT, WORKED, DAY)
    assert sum(dict(layer.points)[12 * 3600] or 0 for layer in of_day.layers) == 10_000_000


def test_supplies_stand_against_load_hour_by_hour() -> None:
    _, over_time = drawn(Plot, REPORT, WORKED, DAY)
    assert [[value for _, value in layer.points] for layer in over_time.layers] == [
        [4_000_000, 10_000_000, 0],
        [6_000_000, 0, 10_000_000],
        [4_000_000, 12_000_000, 0],
    ]


# --- the week of the demonstration --------------------------------------------------------------------------


def test_the_story_of_a_week_records_as_it_stands_on_the_sites_it_names() -> None:
    """Its sites and their revenue meters are those of the demonstration."""
    named = {"norcross": "America/New_York", "sandersville": "America/New_York", "pecos": "America/Chicago"}
    sites = "".join(
        f"2025-08-02T14:00Z {site} site-registered name=N county=C state=X tz={tz} balancing_authority=B utility=U"
        " parcels=[] site_class=training\n"
        for site, tz in named.items()
    )
    ledger = Ledger()
    claims = [*told(sites), *told(STORY)]
    assert len(ledger.take_all(claim_of(record) for record in claims)) == len(claims)


@pytest.mark.parametrize("name", ["norcross", "sandersville", "pecos"])
def test_the_story_has_a_supply_hour_by_hour_at_each_site(name: str) -> None:
    assert f" {name} energy-supply-registered" in STORY
