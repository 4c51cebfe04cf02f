"""Pictures of large-load contracts: the ramp with its minimum take and the demand, and forecasts by season."""

from __future__ import annotations

import pytest

from ledger.calendar import instant_s, parse_instant
from projections.engine.pictures import Layer, Names, Plot, Time
from projections.reports.load_ramp import REPORT
from tests.support.report_answers import drawn

NY = "America/New_York"
SITE = (
    "2025-09-01T04:00Z {} site-registered name=S county=C state=OH tz=America/New_York balancing_authority=PJM"
    " utility=U parcels=[] site_class=training\n"
)
RAMP = "2025-09-02T04:00Z s1 load-ramp-agreed agreement={} tariff=other steps_on=[{}] steps=[100MW,200MW]{}\n"
BILL = "2026-{}-06T17:00Z s1 billing-demand-recorded agreement={} month=2026-{} demand={}MW\n"
SUMMER = "2026-06-01T04:00Z/2026-09-01T04:00Z"
STEPS = "2026-01-01,2026-07-01"


def at(text: str) -> int:
    return instant_s(parse_instant(text))


def contract(more: str = " minimum=85%", steps: str = STEPS, agreement: str = "A") -> str:
    return RAMP.format(agreement, steps, more)


def plots(story: str, period: str = SUMMER) -> list[Plot]:
    return drawn(Plot, REPORT, SITE.format("s1") + story, period, NY)


def plot(story: str, period: str = SUMMER) -> Plot:
    (found,) = plots(story, period)
    return found


JANUARY, JULY = at("2026-01-01T05:00Z"), at("2026-07-01T04:00Z")
CONTRACTED = Layer("contracted", "step", ((JANUARY, 100_000_000), (JULY, 200_000_000)))
MINIMUM = Layer("minimum take", "step", ((JANUARY, 85_000_000), (JULY, 170_000_000)))


def test_a_ramp_is_drawn_with_its_minimum_take_and_the_demand_of_each_month() -> None:
    """85 % of 100 and 200 MW; June was billed with 80 MW, July with 170, August not yet, and then comes nothing."""
    found = plot(contract() + BILL.format("07", "A", "06", 80) + BILL.format("08", "A", "07", 170))
    june, august, september = (at(f"2026-0{n}-01T04:00Z") for n in (6, 8, 9))
    demand = ((june, 80_000_000), (JULY, 170_000_000), (august, None), (september, None))
    assert found.layers == (CONTRACTED, MINIMUM, Layer("demand", "step", demand))


def test_a_picture_of_a_ramp_says_how_many_of_the_months_that_were_judged_are_short() -> None:
    """June is short of 85 MW, July met 170 MW, August is not billed."""
    found = plot(contract() + BILL.format("07", "A", "06", 80) + BILL.format("08", "A", "07", 170))
    assert (found.title, found.says, found.moment_s) == (
        "Ramp of A at s1",
        "A at s1 steps from 100 MW to 200 MW; 1 of 2 months below the minimum take.",
        at("2026-09-01T04:00Z"),
    )


def test_a_ramp_is_drawn_until_a_year_after_the_last_month() -> None:
    """From the first step, January 2026, until August 2027, a year after August 2026."""
    assert plot(contract()).x == Time(JANUARY, at("2027-08-01T04:00Z"), NY)


def test_a_ramp_that_was_put_off_is_drawn_from_the_first_month_under_the_one_before() -> None:
    """Agreed again on August 15 with two steps in 2027 and one in 2028: June and July 2026 were months of the first ramp."""
    again = contract(steps="2027-01-01,2027-07-01,2028-07-01").replace("2025-09-02", "2026-08-15")
    again = again.replace("steps=[", "steps=[50MW,")
    assert plot(contract() + again).x == Time(at("2026-06-01T04:00Z"), at("2029-07-01T04:00Z"), NY)


@pytest.mark.parametrize(
    ("more", "names"),
    [
        (" minimum=85%", ["contracted", "minimum take", "demand"]),
        (" minimum=0%", ["contracted", "demand"]),
        ("", ["contracted", "demand"]),
    ],
)
def test_a_contract_without_a_minimum_take_has_no_line_of_it(more: str, names: list[str]) -> None:
    assert [layer.name for layer in plot(contract(more)).layers] == names


@pytest.mark.parametrize(
    ("ends_on", "over"),
    [
        ("2027-03-31", ((at("2027-04-01T04:00Z"), 0),)),
        ("2027-07-30", ((at("2027-07-31T04:00Z"), 0),)),
        ("2027-07-31", ()),
        ("2028-01-01", ()),
    ],
)
def test_power_under_contract_lasts_through_the_last_day_of_the_contract(
    ends_on: str, over: tuple[tuple[int, int], ...]
) -> None:
    """Nothing is contracted from the day after on; the picture ends with July 2027 and shows no later end."""
    found = plot(contract(f" ends_on={ends_on}"))
    assert found.layers[0].points == CONTRACTED.points + over


@pytest.mark.parametrize(("last_step", "count"), [("2125-06-01", 1), ("2126-06-01", 0), ("9999-12-31", 0)])
def test_a_ramp_of_more_than_a_hundred_years_has_no_picture(last_step: str, count: int) -> None:
    """From 2026 to a year after the last step: 2126, 2127, and the end of all dates."""
    assert len(plots(contract(steps=f"2026-01-01,{last_step}"))) == count


def test_a_ramp_beyond_the_years_of_pictures_has_none() -> None:
    """Both ends of its axis would be the last day that a picture can show; no month of it is in the window."""
    assert plots(contract(steps="9999-01-01,9999-06-01"), "2025-09-02T04:00Z/2025-09-03T04:00Z") == []


def test_contracts_with_most_months_short_come_first() -> None:
    """A met its only month, B missed two of two, C one of two."""
    story = "".join(contract(agreement=name) for name in "ABC")
    for name, june, july in (("A", 90, 180), ("B", 80, 160), ("C", 90, 160)):
        story += BILL.format("07", name, "06", june) + BILL.format("08", name, "07", july)
    assert [found.title for found in plots(story)] == [f"Ramp of {name} at s1" for name in "BCA"]


FORECAST = "2025-10-01T04:00Z {} load-forecast-set year={} season={} peak={}MW\n"
SEASONS = (
    FORECAST.format("s1", 2026, "summer", 150)
    + FORECAST.format("s1", 2026, "winter", 190)
    + FORECAST.format("s1", 2027, "summer", 190)
)


def test_forecasts_of_a_site_stand_beside_its_contract_season_by_season() -> None:
    """100 and then 200 MW are contracted, 150 and then 190 MW forecast; nothing is metered, so no bar of it."""
    _, found = plots(contract("") + SEASONS)
    assert (found.title, found.says, found.x, found.layers) == (
        "Forecast of s1",
        "The forecast of s1 names 3 seasons, the highest 2027-summer with 190 MW.",
        Names("", ("2026-summer", "2026-winter", "2027-summer")),
        (
            Layer("contracted", "bar", ((0, 200_000_000), (1, 200_000_000), (2, 200_000_000))),
            Layer("forecast", "bar", ((0, 150_000_000), (1, 190_000_000), (2, 190_000_000))),
        ),
    )


def test_each_site_has_a_picture_of_its_own_forecast() -> None:
    """s2 forecasts one season, and was not read."""
    _, _, found = plots(contract("") + SITE.format("s2") + SEASONS + FORECAST.format("s2", 2026, "summer", 0))
    assert (found.title, found.says) == (
        "Forecast of s2",
        "The forecast of s2 names 1 season, the highest 2026-summer with 0 W.",
    )


def test_a_season_that_was_metered_has_a_bar_of_its_peak() -> None:
    """The winter of 2025 had one hour of 120 MW."""
    story = (
        contract("")
        + FORECAST.format("s1", 2025, "winter", 150)
        + "2025-09-03T04:00Z s1 meter-registered meter=r scope=site role=revenue direction=delivered interval=1h\n"
        + "2025-12-10T05:00Z s1 intervals-recorded meter=r start=2025-12-10T05:00Z interval=1h power_of_ten=6"
        + " values=[120] quality=[17]\n"
    )
    _, found = plots(story)
    assert found.layers[-1] == Layer("metered", "bar", ((0, 120_000_000),))
