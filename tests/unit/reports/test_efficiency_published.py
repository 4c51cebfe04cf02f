"""Monthly figures that listed miners published, reproduced from facts (tests/data/facts/SOURCES.md)."""

from __future__ import annotations

import csv
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from ledger import calendar
from tests.support.efficiency_cases import EH, MW, Line, lines
from tests.support.story_facts import told

CSV = Path(__file__).parents[2] / "data/facts/miner_monthly_facts.csv"


def published(operator: str, period: str, metric: str) -> dict[str, list[Decimal]]:
    """site (or TOTAL) -> what was reported of a month, in the order of the releases."""
    found: dict[str, list[Decimal]] = {}
    with CSV.open(newline="") as file:
        for row in csv.DictReader(file):
            if (row["operator"], row["period"], row["metric"]) == (operator, period, metric):
                found.setdefault(row["site"].lower(), []).append(Decimal(row["value"]))
    assert found, f"no published {metric} of {operator} in {period}"
    return found


def commissioned(site: str, day: str = "2020-01-01") -> str:
    return (
        f"{day}T00:00[America/Chicago] {site} load-block-commissioned block=m1 load_class=mining "
        "service_class=interruptible capacity=900MW feeds=[a]\n"
    )


def riot_averages(period: str) -> str:
    """Every site at its published average all month; Kentucky from 23 July 2024, the day it was bought."""
    story = ""
    for site, (average,) in published("Riot", period, "avg_operating_hashrate").items():
        if site != "total":
            day = "2024-07-23" if site == "kentucky" else "2020-01-01"
            story += commissioned(site, day)
            story += (
                f"{day}T00:00[America/Chicago] {site} hashrate-changed block=m1 hashrate={average}EH/s"
                " method=pool\n"
            )
    return story


def riot_fleets(period: str) -> str:
    """Every site's published nameplate as machines of 100 TH/s, installed the day before the month ends."""
    story = ""
    for site, (deployed, *_) in published("Riot", period, "deployed_hashrate_month_end").items():
        if site != "total":
            story += commissioned(site)
            story += (
                f"{period}-30T00:00[America/Chicago] {site} fleet-installed block=m1 model=m56"
                f" units={int(deployed * 10_000)} unit_hashrate=100TH/s unit_power=2200W\n"
            )
    return story


def chicago(story: str, period: str) -> dict[str, Line]:
    return lines(told(story), period, tz="America/Chicago")


def test_riot_july_2024_is_15_56_from_its_sites_because_kentucky_counts_9_of_31_days() -> None:
    """Rockdale 9.6 + Corsicana 5.7 + Kentucky 0.9 x 9/31: published 15.5; adding the three up would say
    16.2.
    """
    assert chicago(riot_averages("2024-07"), "2024-07")["fleet"]["average_ghs"] == 15_561_290_323


def test_a_site_bought_on_the_23rd_is_fully_covered_from_then_on() -> None:
    assert chicago(riot_averages("2024-07"), "2024-07")["fleet"]["coverage_ppm"] == 1_000_000


@pytest.mark.parametrize("period", ["2024-06", "2024-07", "2024-08"])
def test_riot_average_totals_follow_from_the_sites_within_the_rounding_of_the_release(period: str) -> None:
    """June 7.7 + 3.6 = 11.3 (published 11.4), August 8.2 + 5.2 + 1.0 = 14.4 (14.5): each figure is rounded to
    0.1 EH/s, so sites and total may be off by 0.05 each; nothing more is allowed.
    """
    said = published("Riot", period, "avg_operating_hashrate")
    assert_within_rounding(chicago(riot_averages(period), period)["fleet"]["average_ghs"], said)


@pytest.mark.parametrize("period", ["2024-06", "2024-07", "2024-08"])
def test_riot_deployed_totals_follow_from_the_sites_within_the_rounding_of_the_release(period: str) -> None:
    """July is 23.3 in the July release and 23.2 in August's comparative column; the sites add up to 23.3."""
    said = published("Riot", period, "deployed_hashrate_month_end")
    assert_within_rounding(chicago(riot_fleets(period), period)["fleet"]["deployed_ghs"], said)


def assert_within_rounding(found_ghs: int, said: dict[str, list[Decimal]]) -> None:
    sites = len(said) - 1
    for total in said["total"]:
        assert abs(Decimal(found_ghs) / EH - total) <= Decimal("0.05") * (sites + 1)


def test_riot_deployed_nameplates_add_up_exactly_where_the_release_does() -> None:
    found = {
        p: chicago(riot_fleets(p), p)["fleet"]["deployed_ghs"] for p in ("2024-06", "2024-07", "2024-08")
    }
    assert found == {"2024-06": 22 * EH, "2024-07": 23_300_000_000, "2024-08": 23_500_000_000}


def test_riot_august_2024_is_14_4_from_its_sites() -> None:
    assert chicago(riot_averages("2024-08"), "2024-08")["fleet"]["average_ghs"] == 14_400_000_000


def cleanspark(period: str, high: str, hours: str, average: str, j_per_th: str = "20") -> str:
    """A month at ``high`` EH/s for so many hours and else at what makes the published average.

    The last hours are the high ones, so that the peak is also the month's end.
    """
    window = calendar.period(period, calendar.zone("UTC"))
    whole = Fraction(window.stop_s - window.start_s, 3600)
    low = (Fraction(average) * whole - Fraction(high) * Fraction(hours)) / (whole - Fraction(hours))
    turn = calendar.format_instant(window.stop_s - int(Fraction(hours) * 3600))
    steps = (("2020-01-01T00:00:00Z", low), (turn, Fraction(high)))
    return commissioned("sandersville") + "".join(
        f"{at} sandersville hashrate-changed block=m1 hashrate={round(eh * EH)}GH/s "
        f"power={round(eh * Fraction(j_per_th) * MW)}W method=pool\n"
        for at, eh in steps
    )


def one(operator: str, period: str, metric: str) -> str:
    (value,) = published(operator, period, metric)["total"]
    return str(value)


def test_cleanspark_september_2025_peak_times_efficiency_is_the_power_it_reported() -> None:
    """50 EH/s x 16.07 J/TH = 803.5 MW, within 1 % of the 808 MW reported."""
    peak, efficiency = (
        one("CleanSpark", "2025-09", "peak_hashrate"),
        one("CleanSpark", "2025-09", "fleet_efficiency"),
    )
    average = one("CleanSpark", "2025-09", "avg_operating_hashrate")
    row = lines(told(cleanspark("2025-09", peak, "120", average, efficiency)), "2025-09")["fleet"]
    power_w = Fraction(row["peak_ghs"] * row["machine_mj_per_th"], 10**6)
    assert power_w == 803_500_000
    assert abs(power_w / MW - int(one("CleanSpark", "2025-09", "utilized_power"))) < Fraction(808, 100)


def test_cleanspark_september_2025_average_must_not_be_used_for_the_power() -> None:
    """45.6 EH/s x 16.07 J/TH = 732.8 MW is 9 % short of what was drawn at the peak."""
    average = one("CleanSpark", "2025-09", "avg_operating_hashrate")
    row = lines(told(cleanspark("2025-09", "50.0", "120", average, "16.07")), "2025-09")["fleet"]
    assert row["average_ghs"] == 45_600_000_000
    assert Fraction(row["average_ghs"] * row["machine_mj_per_th"], 10**6) < 808 * MW * Fraction(99, 100)


@pytest.mark.parametrize(
    ("period", "high"), [("2024-06", "operating_hashrate_month_end"), ("2024-09", "peak_hashrate")]
)
def test_cleanspark_2024_month_end_or_peak_stands_beside_the_average(period: str, high: str) -> None:
    most, average = one("CleanSpark", period, high), one("CleanSpark", period, "avg_operating_hashrate")
    row = lines(told(cleanspark(period, most, "48", average)), period)["fleet"]
    assert (row["operating_ghs"], row["peak_ghs"], row["average_ghs"]) == (
        int(Decimal(most) * EH),
        int(Decimal(most) * EH),
        int(Decimal(average) * EH),
    )


@pytest.mark.parametrize("period", ["2024-05", "2024-06"])
def test_cleanspark_2024_efficiency_is_energy_over_work(period: str) -> None:
    j_per_th = one("CleanSpark", period, "avg_efficiency")
    row = lines(told(cleanspark(period, "20.4", "48", "17.85", j_per_th)), period)["fleet"]
    assert row["machine_mj_per_th"] == int(Decimal(j_per_th) * 1000)


def test_cleanspark_september_2025_machines_are_units_installed() -> None:
    units = one("CleanSpark", "2025-09", "machines_deployed")
    story = (
        commissioned("sandersville")
        + f"2025-09-01T00:00Z sandersville fleet-installed block=m1 model=s21 units={units}"
        " unit_hashrate=207TH/s unit_power=3326W\n"
    )
    assert lines(told(story), "2025-09")["fleet"]["units"] == 241_934
