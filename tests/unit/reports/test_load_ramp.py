"""Load ramp: a worked contract by hand, demand as billed and as metered, collateral, milestones and forecasts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ledger.app.demo.portfolio.large_loads import FOLDER as SAMPLES
from projections.engine.pictures import Plot
from projections.reports.load_ramp import REPORT
from tests.support.report_answers import answer, lines, pictures, verdict
from tests.support.story_facts import told

STORIES = Path(__file__).parents[2] / "stories"
PORTFOLIO = (STORIES / "load-ramp-sites.story").read_text() + (SAMPLES / "load-ramp.story").read_text()
NY = "America/New_York"
SITE = (
    "2025-09-01T04:00Z s1 site-registered name=S county=C state=OH tz=America/New_York balancing_authority=PJM"
    " utility=U parcels=[] site_class=training\n"
    "2025-09-01T04:00Z s1 power-contracted agreement=A power=200MW firm=0MW start=2025-09-01T04:00Z\n"
)
RAMP = (
    "2025-09-02T04:00Z s1 load-ramp-agreed agreement=A tariff=aep-ohio-dct steps_on=[2026-01-01,2026-07-01]"
    " steps=[100MW,200MW]\n"
)
CHARGE = "2025-09-02T04:00Z s1 demand-charge-set agreement=A charge=9.50USD\n"
AGREED = SITE + RAMP + CHARGE
METER = (
    "2025-09-03T04:00Z s1 meter-registered meter=r scope=site role=revenue direction=delivered interval=1h\n"
)
YEAR = "2026"


def bill(month: str, demand: str, on: str) -> str:
    """A bill of a month, recorded at noon of a day."""
    return f"{on}T17:00Z s1 billing-demand-recorded agreement=A month={month} demand={demand}\n"


def step(day: str, dollars: int, name: str = "signing") -> str:
    """A step of collateral."""
    return f"2025-09-02T05:00Z s1 collateral-step-set agreement=A step={name} due_on={day} required={dollars}USD\n"


def posted(day: str, dollars: int, more: str = "", name: str = "lc-1") -> str:
    """A letter of credit, recorded on its day."""
    return (
        f"{day}T17:00Z s1 collateral-posted agreement=A instrument={name} form=letter-of-credit"
        f" amount={dollars}USD posted_on={day} {more}\n"
    )


WORKED = (
    AGREED
    + bill("2026-06", "80MW", "2026-07-06")
    + bill("2026-07", "180MW", "2026-08-06")
    + step("2026-01-01", 20_000_000)
    + posted("2025-12-30", 15_000_000)
)


def month(text: str, name: str, period: str = YEAR) -> dict[str, Any]:
    return lines(REPORT, text, period, tz=NY)[f"s1/A/month/{name}"]


def test_the_worked_month_that_is_short() -> None:
    """85 % of 100 MW are 85 MW; 80 MW were billed: 5 MW, 5,000 kW x $9.50 = $47,500, owed to the utility."""
    found = month(WORKED, "2026-06")
    names = ("verdict", "contracted_w", "minimum_w", "demand_w", "shortfall_w", "owed_cents", "owed_to")
    assert [found[name] for name in names] == [
        "short",
        100_000_000,
        85_000_000,
        80_000_000,
        5_000_000,
        47_500_00,
        "U",
    ]


def test_the_worked_month_that_is_met() -> None:
    """85 % of 200 MW are 170 MW; 180 MW were billed, so that nothing is owed to anybody."""
    found = month(WORKED, "2026-07")
    names = ("verdict", "minimum_w", "shortfall_w", "owed_cents", "owed_to")
    assert [found[name] for name in names] == ["met", 170_000_000, 0, 0, None]


def test_the_worked_contract() -> None:
    """$20M are required and $15M held; eight years from July 1, 2026 end on June 30, 2034."""
    found = lines(REPORT, WORKED, YEAR, tz=NY)["s1/A/contract"]
    names = ("verdict", "full_w", "short_months", "owed_cents", "ends_on", "lacking_cents", "tariff")
    assert [found[name] for name in names] == [
        "full contract",
        200_000_000,
        1,
        47_500_00,
        "2034-06-30",
        5_000_000_00,
        "aep-ohio-dct",
    ]


def test_the_worked_verdict() -> None:
    """June is short, July is not; ten months have neither bills nor readings."""
    assert verdict(REPORT, WORKED, YEAR, tz=NY) == (
        "1 of 2 months of contract was below the minimum take, at most by 5 MW (s1, 2026-06); $47,500 is owed for it;"
        " collateral of $5,000,000 is lacking."
    )


@pytest.mark.parametrize(
    ("tariff", "minimum_ppm", "ends_on"),
    [
        ("aep-ohio-dct", 850_000, "2034-06-30"),
        ("consumers-gpd", 800_000, "2040-12-31"),
        ("dominion-gs-5", 850_000, "2039-12-31"),
        ("evergy-ks-llps", 800_000, "2038-06-30"),
    ],
)
def test_a_tariff_sets_the_share_and_the_term(tariff: str, minimum_ppm: int, ends_on: str) -> None:
    """8 and 12 years after the ramp, which ends on July 1, 2026; 15 and 14 years from January 1, 2026."""
    found = lines(REPORT, AGREED.replace("aep-ohio-dct", tariff), YEAR, tz=NY)["s1/A/contract"]
    assert (found["minimum_ppm"], found["ends_on"]) == (minimum_ppm, ends_on)


def test_a_tariffs_text_state_and_collateral_stand_beside_its_contract() -> None:
    found = lines(REPORT, AGREED.replace("aep-ohio-dct", "evergy-ks-llps"), YEAR, tz=NY)["s1/A/contract"]
    assert found["rule"] == (
        "Evergy Kansas Large Load Power Service, KCC order of November 6, 2025; in force; collateral: two years of"
        " minimum bills"
    )


def test_the_agreements_own_terms_override_the_tariffs() -> None:
    own = RAMP.strip() + " minimum=60% ends_on=2030-12-31\n"
    found = lines(REPORT, SITE + own, YEAR, tz=NY)["s1/A/contract"]
    assert (found["minimum_ppm"], found["minimum_w"], found["ends_on"]) == (
        600_000,
        120_000_000,
        "2030-12-31",
    )


def test_a_contract_that_stops_ends_its_minimum_take() -> None:
    """The agreement itself ends on September 30, 2026: October has no month of contract."""
    text = AGREED.replace("start=2025-09-01T04:00Z", "start=2025-09-01T04:00Z stop=2026-10-01T04:00Z") + bill(
        "2026-09", "1MW", "2026-10-05"
    )
    found = lines(REPORT, text, YEAR, tz=NY)
    assert (
        found["s1/A/contract"]["ends_on"],
        "s1/A/month/2026-09" in found,
        "s1/A/month/2026-10" in found,
    ) == ("2026-09-30", True, False)


def readings(values: dict[int, int], month_start: str = "2026-02-01T05:00", hours: int = 28 * 24) -> str:
    """Hours of 60 MW from the start of a month, some of them other loads (hour: MW)."""
    day, clock = month_start.split("T")
    text, start = "", int(clock[:2])
    year, mon, first = map(int, day.split("-"))
    loads = [values.get(hour, 60) for hour in range(hours)]
    place, on = start, first
    while loads:
        count = min(24 - place, len(loads))
        part, loads = loads[:count], loads[count:]
        stamp = f"{year}-{mon:02d}-{on:02d}T{place:02d}:00Z"
        text += (
            f"{stamp} s1 intervals-recorded meter=r start={stamp} interval=1h power_of_ten=6"
            f" values=[{','.join(map(str, part))}] quality=[{','.join('0' for _ in part)}]\n"
        )
        place, on = 0, on + 1
        if on > 28:
            mon, on = mon + 1, 1
    return text


def test_demand_is_the_highest_hour_that_the_meter_has_of_a_month() -> None:
    """Of 672 hours of 60 MW one has 84 MW: 1 MW short of 85 MW, at $9.50 a kW $9,500."""
    found = month(AGREED + METER + readings({100: 84}), "2026-02")
    names = ("verdict", "metered_w", "known_ppm", "billed_w", "shortfall_w", "owed_cents")
    assert [found[name] for name in names] == ["short", 84_000_000, 10**6, None, 1_000_000, 9_500_00]


def test_hours_of_the_months_before_and_after_are_not_its_demand() -> None:
    """The clocks of the site are five hours behind: the hour before and the one after its February have 200 MW."""
    around = readings({0: 200, 673: 200}, "2026-02-01T04:00", 28 * 24 + 2)
    assert month(AGREED + METER + around, "2026-02")["metered_w"] == 60_000_000


def test_a_bill_counts_before_the_meter() -> None:
    text = AGREED + METER + readings({100: 84}) + bill("2026-02", "86MW", "2026-03-04")
    found = month(text, "2026-02")
    assert (found["verdict"], found["metered_w"], found["demand_w"]) == ("met", 84_000_000, 86_000_000)


def test_a_month_with_missing_readings_below_the_minimum_is_unknown() -> None:
    """One hour is missing, in which the load may have been anything."""
    found = month(AGREED + METER + readings({100: 84}, hours=28 * 24 - 1), "2026-02")
    assert (found["verdict"], found["shortfall_w"], found["owed_cents"]) == ("unknown", None, None)


def test_a_month_with_missing_readings_above_the_minimum_is_met() -> None:
    found = month(AGREED + METER + readings({10: 90}, hours=48), "2026-02")
    assert (found["verdict"], found["shortfall_w"]) == ("met", 0)


def test_demand_over_a_demand_interval_is_a_mean() -> None:
    """Half-hours of 80 and 90 MW make an hour of 85 MW, which is just enough; a half-hour alone is 90 MW."""
    text = (
        AGREED.replace("steps=[100MW,200MW]", "steps=[100MW,200MW] demand_interval=1h")
        + METER.replace("1h", "30min")
        + "2026-02-10T15:00Z s1 intervals-recorded meter=r start=2026-02-10T15:00Z interval=30min power_of_ten=6"
        " values=[40,45] quality=[0,0]\n"
    )
    found = month(text, "2026-02")
    assert (found["metered_w"], found["verdict"]) == (85_000_000, "met")


def test_readings_that_are_longer_than_the_demand_interval_are_noted() -> None:
    ramp = AGREED.replace("steps=[100MW,200MW]", "steps=[100MW,200MW] demand_interval=15min")
    notes = answer(REPORT, told(ramp + METER + readings({})), YEAR, tz=NY).notes
    assert notes == (
        "s1/A: readings of 1h are longer than the demand interval, so demand may be higher than metered",
    )


def test_two_ramps_at_a_site_are_told_apart_by_bills_alone() -> None:
    """The meters of the site cannot say which contract drew what."""
    other = "".join(
        line.replace("agreement=A", "agreement=B") + "\n"
        for line in (SITE.splitlines()[1], RAMP.strip(), CHARGE.strip())
    )
    text = AGREED + other + METER + readings({}) + bill("2026-02", "70MW", "2026-03-04")
    found = lines(REPORT, text, YEAR, tz=NY)
    assert [
        (found[f"s1/{name}/month/2026-02"]["demand_w"], found[f"s1/{name}/month/2026-02"]["verdict"])
        for name in "AB"
    ] == [(70_000_000, "short"), (None, "unknown")]


def test_a_month_that_is_not_over_owes_nothing_yet() -> None:
    found = month(AGREED + METER + readings({}, hours=48), "2026-02", "2026-01-01T05:00Z/2026-02-03T05:00Z")
    assert (found["verdict"], found["owed_cents"]) == ("not over yet", None)


def test_a_ramp_agreed_later_changes_no_month_that_was_over() -> None:
    """From June 15 on the first step is 60 MW: May is of 100 MW, June of 60."""
    later = RAMP.replace("2025-09-02T04:00Z", "2026-06-15T04:00Z").replace("100MW", "60MW")
    found = lines(REPORT, AGREED + later, YEAR, tz=NY)
    assert [found[f"s1/A/month/2026-{name}"]["contracted_w"] for name in ("05", "06", "07")] == [
        100_000_000,
        60_000_000,
        200_000_000,
    ]


def test_a_charge_holds_from_its_record_on() -> None:
    """$9.50 in June, $10.00 from July on: July is 10 MW short of 170, 10,000 kW x $10.00 = $100,000."""
    dearer = CHARGE.replace("2025-09-02", "2026-07-10").replace("9.50", "10.00")
    text = AGREED + dearer + bill("2026-06", "80MW", "2026-07-06") + bill("2026-07", "160MW", "2026-08-06")
    found = lines(REPORT, text, YEAR, tz=NY)
    assert [found[f"s1/A/month/2026-{name}"]["owed_cents"] for name in ("06", "07")] == [
        47_500_00,
        100_000_00,
    ]


def test_a_short_month_without_a_charge_is_noted() -> None:
    text = SITE + RAMP + bill("2026-06", "80MW", "2026-07-06")
    assert answer(REPORT, told(text), YEAR, tz=NY).notes == (
        "s1/A: no charge was set for a month that is short; record demand-charge-set",
    )


def test_a_contract_without_a_minimum_owes_nothing() -> None:
    text = SITE + RAMP.replace("aep-ohio-dct", "other").strip() + " minimum=0%\n"
    found = month(text + bill("2026-06", "1MW", "2026-07-06"), "2026-06")
    assert (found["verdict"], found["shortfall_w"]) == ("no minimum", 0)


def test_a_contract_beside_its_tariffs_terms_is_noted() -> None:
    """20 MW are below 25 MW, and five years are more than four."""
    text = SITE + RAMP.replace("2026-07-01", "2031-01-01").replace("200MW", "20MW").replace("100MW", "10MW")
    assert answer(REPORT, told(text), YEAR, tz=NY).notes == (
        "s1/A: 20MW is below the 25MW from which aep-ohio-dct is asked for",
        "s1/A: the ramp takes 60 months, aep-ohio-dct allows 48",
    )


# --- collateral ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (posted("2026-02-01", 5), ("held", 10_00, 0, "2026-02-01", 31)),
        (posted("2026-02-01", 4), ("lacking", 10_00, 1_00, None, 364)),
        (posted("2026-02-01", 5, "expires_on=2026-11-30"), ("lacking", 10_00, 5_00, None, 364)),
    ],
)
def test_instruments_add_up_to_a_step_while_they_last(more: str, expected: tuple[Any, ...]) -> None:
    """$10 from January 1 on: $5 since December, the rest a month late, in part, or expired by the year's end."""
    text = AGREED + step("2026-01-01", 10) + posted("2025-12-01", 5, name="cash") + more
    found = lines(REPORT, text, YEAR, tz=NY)["s1/A/collateral/signing"]
    names = ("verdict", "required_cents", "lacking_cents", "done_on", "late_days")
    assert tuple(found[name] for name in names) == expected


def test_what_is_released_is_held_no_more() -> None:
    """$10 posted, $4 released in June and the rest in July."""
    release = (
        "2026-06-10T17:00Z s1 collateral-released agreement=A instrument=lc-1 released_on=2026-06-10"
        " amount=4.00USD\n"
        "2026-07-10T17:00Z s1 collateral-released agreement=A instrument=lc-1 released_on=2026-07-10\n"
    )
    text = AGREED + posted("2026-01-05", 10) + release
    found = [
        lines(REPORT, text, name, tz=NY)["s1/A/instrument/lc-1"] for name in ("2026-05", "2026-06", "2026-07")
    ]
    assert [(line["verdict"], line["held_cents"]) for line in found] == [
        ("held", 10_00),
        ("held", 6_00),
        ("released", 0),
    ]


def test_a_step_is_judged_until_the_next_one_asks_for_less() -> None:
    """$10 until June 30, $4 from then on; $6 are given back on July 2."""
    release = (
        "2026-07-02T17:00Z s1 collateral-released agreement=A instrument=lc-1 released_on=2026-07-02"
        " amount=6.00USD\n"
    )
    text = (
        AGREED + step("2026-01-01", 10) + step("2026-07-01", 4, "later") + posted("2025-12-30", 10) + release
    )
    found = lines(REPORT, text, YEAR, tz=NY)
    assert [found[f"s1/A/collateral/{name}"]["verdict"] for name in ("signing", "later")] == ["held", "held"]


def test_a_step_that_was_missed_before_the_next_is_due_no_more() -> None:
    """$10 from January on were never held, $4 from July on are: 180 days late on June 30, and nothing to post."""
    text = AGREED + step("2026-01-01", 10) + step("2026-07-01", 4, "later") + posted("2025-12-30", 4)
    found = lines(REPORT, text, YEAR, tz=NY)["s1/A/collateral/signing"]
    due = [one.what for one in REPORT.deadlines(answer(REPORT, told(text), YEAR, tz=NY))]
    assert (found["verdict"], found["late_days"], due) == ("missed", 180, [])


# --- milestones and forecast --------------------------------------------------------------------------------

STONES = "".join(
    f"2025-09-02T06:00Z s1 load-milestone-set agreement=A milestone={name} due_on={day} {more}\n"
    for name, day, more in (
        ("construction-started", "2026-02-01", ""),
        ("facilities-ready", "2026-05-01", ""),
        ("energized", "2026-06-30", "power=100MW"),
        ("permits", "2027-03-01", ""),
        ("site-control", "2026-03-01", ""),
    )
)
REACHED = (
    "2026-01-20T15:00Z s1 load-milestone-reached agreement=A milestone=construction-started reached_on=2026-01-20\n"
    "2026-05-04T15:00Z s1 interconnection-milestone-reached milestone=facilities-ready power=200MW\n"
    "2026-06-01T15:00Z s1 capacity-energized power=60MW point_of_delivery=P voltage=115kV\n"
    "2026-07-10T15:00Z s1 capacity-energized power=100MW point_of_delivery=P voltage=115kV\n"
)


def test_milestones_are_judged_by_the_facts_that_reach_them() -> None:
    """Interconnection and energizing have facts of their own: 60 MW are not the 100 MW asked for."""
    found = lines(REPORT, AGREED + STONES + REACHED, YEAR, tz=NY)
    assert {
        key.rpartition("/")[2]: (line["verdict"], line["done_on"], line["late_days"])
        for key, line in found.items()
        if line["part"] == "milestone"
    } == {
        "construction-started": ("in time", "2026-01-20", 0),
        "site-control": ("overdue", None, 305),
        "facilities-ready": ("late", "2026-05-04", 3),
        "energized": ("late", "2026-07-10", 10),
        "permits": ("not due yet", None, 0),
    }


@pytest.mark.parametrize(
    ("season", "contracted_w", "expected"),
    [
        ("year=2026 season=summer", 200_000_000, "within the contract"),
        ("year=2034 season=summer", None, "no contract"),
        ("year=2025 season=winter", 100_000_000, "above the contract"),
    ],
)
def test_a_forecast_stands_beside_what_is_contracted_on_the_seasons_last_day(
    season: str, contracted_w: int | None, expected: str
) -> None:
    """150 MW; the winter of 2025 ends in February 2026, and minimum take in June 2034."""
    text = AGREED + f"2025-10-01T04:00Z s1 load-forecast-set {season} peak=150MW\n"
    name = season.replace("year=", "").replace(" season=", "-")
    found = lines(REPORT, text, YEAR, tz=NY)[f"s1/forecast/{name}"]
    assert (found["contracted_w"], found["verdict"]) == (contracted_w, expected)


def test_a_forecast_shows_the_one_before_and_what_was_metered() -> None:
    """The winter's peak, 84 MW of February, beside 80 MW, revised from 70."""
    said = "2025-10-{day}T04:00Z s1 load-forecast-set year=2025 season=winter peak={peak}MW\n"
    text = (
        AGREED + METER + said.format(day="01", peak=70) + said.format(day="20", peak=80) + readings({100: 84})
    )
    found = lines(REPORT, text, YEAR, tz=NY)["s1/forecast/2025-winter"]
    assert (found["forecast_w"], found["before_w"], found["metered_w"]) == (
        80_000_000,
        70_000_000,
        84_000_000,
    )


# --- deadlines and pictures ---------------------------------------------------------------------------------


def test_the_next_step_collateral_and_milestones_are_due() -> None:
    """As of March 2026: the step of July, $5 of collateral, the letter that ends in May, three milestones."""
    text = (
        AGREED + STONES + REACHED + step("2026-04-01", 15) + posted("2026-01-05", 10, "expires_on=2026-05-31")
    )
    found = REPORT.deadlines(answer(REPORT, told(text), "2026-03", tz=NY))
    assert sorted((due.on.isoformat(), due.what) for due in found) == [
        ("2026-03-01", "reach milestone site-control of agreement A"),
        ("2026-04-01", "post $5 more collateral for agreement A"),
        ("2026-05-01", "reach milestone facilities-ready of agreement A"),
        ("2026-05-31", "renew lc-1 of $10, collateral for agreement A"),
        ("2026-06-30", "reach milestone energized of agreement A"),
        ("2026-07-01", "agreement A steps to 200 MW, of which 170 MW is billed at least"),
        ("2027-03-01", "reach milestone permits of agreement A"),
    ]


def test_the_picture_has_steps_minimum_and_demand() -> None:
    (picture,) = pictures(REPORT, WORKED, "2026-07", tz=NY)
    assert isinstance(picture, Plot)
    assert {layer.name: [value for _, value in layer.points] for layer in picture.layers} == {
        "contracted": [100_000_000, 200_000_000],
        "minimum take": [85_000_000, 170_000_000],
        "demand": [None, None],
    }


def test_a_window_before_any_ramp_says_so() -> None:
    assert verdict(REPORT, AGREED, "2025-08", tz=NY) == (
        "No contract with a ramp was agreed by the end of this window."
    )


def test_the_portfolios_contracts_answer_in_one_sentence() -> None:
    """Abilene's second step came before its transformer, Washington's January was low; Pecos has no readings here."""
    text = verdict(REPORT, PORTFOLIO, "2025-10-01T04:00Z/2026-10-20T00:00Z", tz="UTC")
    assert text == (
        "4 of 21 months of contract were below the minimum take, at most by 22.4 MW (abilene, 2026-07); $475,605 is"
        " owed for it; collateral of $5,000,000 is lacking; 2 milestones are overdue; the next step is to 200 MW at"
        " abilene on 2027-01-01."
    )
