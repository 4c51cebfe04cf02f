"""Quarterly load: a worked contract over two quarters by hand, stages, changes and filings."""

from __future__ import annotations

from typing import Any

import pytest

from projections.engine.pictures import Plot
from projections.reports.quarterly_load import REPORT
from tests.support.report_answers import answer, lines, pictures, verdict
from tests.support.story_facts import told

NY = "America/New_York"
YEAR = "2026"
SITE = (
    "2026-01-05T15:00Z s1 site-registered name=S county=Washington state=GA tz=America/New_York"
    " balancing_authority=SOCO utility=U parcels=[] site_class=training\n"
    "2026-01-05T15:00Z s1 power-contracted agreement=A power=300MW firm=0MW start=2026-01-05T15:00Z\n"
)
RAMP = (
    "2026-01-06T15:00Z s1 load-ramp-agreed agreement=A tariff=ga-large-load steps_on=[2026-02-01,2026-08-01]"
    " steps=[100MW,200MW] minimum=80% filing_days=45\n"
)
STARTED = (
    "2026-02-02T15:00Z s1 load-milestone-reached agreement=A milestone=construction-started"
    " reached_on=2026-02-02\n"
)
AGREED = SITE + RAMP
WORKED = AGREED + (
    "2026-03-01T15:00Z s1 capacity-energized power=60MW point_of_delivery=P voltage=115kV\n"
    "2026-05-01T15:00Z s1 capacity-energized power=100MW point_of_delivery=P voltage=115kV\n"
)


def quarter(text: str, name: str, period: str = YEAR) -> dict[str, Any]:
    return lines(REPORT, text, period, tz=NY)[f"s1/A/2026-{name}"]


def filed(name: str, on: str) -> str:
    return f"{on}T15:00Z s1 load-report-filed agreement=A quarter=2026-{name} filed_on={on} filed_with=U\n"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "Q1",
            (
                "connected in part",
                200_000_000,
                200_000_000,
                100_000_000,
                60_000_000,
                60_000_000,
                "2026-05-15",
            ),
        ),
        ("Q2", ("connected in part", 200_000_000, 0, 100_000_000, 100_000_000, 40_000_000, "2026-08-14")),
        ("Q3", ("connected in part", 200_000_000, 0, 200_000_000, 100_000_000, 0, "2026-11-14")),
    ],
)
def test_the_worked_quarters(name: str, expected: tuple[Any, ...]) -> None:
    """200 MW new in Q1, of which 60 are connected in March and 40 more in May; the second step is of August.
    45 days after March 31, June 30 and September 30 are May 15, August 14 and November 14.
    """
    found = quarter(WORKED, name)
    names = (
        "stage",
        "contracted_w",
        "contracted_change_w",
        "step_w",
        "connected_w",
        "connected_change_w",
        "due_on",
    )
    assert tuple(found[one] for one in names) == expected


def test_the_worked_verdict() -> None:
    """Of the first half of the year, with nothing filed for Q1."""
    assert verdict(REPORT, WORKED, "2026-01-01T05:00Z/2026-07-01T04:00Z", tz=NY) == (
        "2026-Q2 has 1 contract of 200 MW, of which 100 MW is connected; no more contracted and 40 MW more connected"
        " than a quarter before; 1 report is overdue."
    )


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", "pending construction"),
        (STARTED, "broken ground"),
        (WORKED.removeprefix(AGREED), "connected in part"),
        (
            "2026-03-01T15:00Z s1 capacity-energized power=200MW point_of_delivery=P voltage=115kV\n",
            "connected in full",
        ),
        (STARTED.replace("2026-02-02", "2026-04-01"), "pending construction"),
    ],
)
def test_the_stage_of_a_contract_at_a_quarters_end(more: str, expected: str) -> None:
    """As the Georgia report tells them apart; ground that is broken on April 1 was not by the end of March."""
    assert quarter(AGREED + more, "Q1")["stage"] == expected


@pytest.mark.parametrize(
    ("more", "as_of", "expected"),
    [
        ("", "2026-03-20", "not over yet"),
        ("", "2026-05-16", "not due yet"),
        ("", "2026-05-17", "overdue"),
        (filed("Q1", "2026-05-15"), "2026-06-01", "filed in time"),
        (filed("Q1", "2026-05-16"), "2026-06-01", "filed late"),
    ],
)
def test_a_quarter_is_filed_by_its_day(more: str, as_of: str, expected: str) -> None:
    """Due on May 15 by the clocks of the site, which is over at 04:00Z of the 16th."""
    period = f"2026-01-01T05:00Z/{as_of}T03:00Z"
    assert quarter(AGREED + more, "Q1", period)["verdict"] == expected


def test_a_quarter_without_days_to_file_is_never_overdue() -> None:
    text = AGREED.replace(" filing_days=45", "")
    assert (quarter(text, "Q1")["verdict"], quarter(text, "Q1")["due_on"]) == ("not filed", None)


def test_the_forecast_of_the_next_winter_and_what_changed() -> None:
    """In February the winter of 2026 had 150 MW, in May 170; the summer of 2026 has begun by the end of June."""
    said = "2026-{on}T15:00Z s1 load-forecast-set year=2026 season={season} peak={peak}MW\n"
    text = AGREED + "".join(
        said.format(on=on, season=season, peak=peak)
        for on, season, peak in (
            ("02-10", "winter", 150),
            ("02-10", "summer", 90),
            ("05-10", "winter", 170),
        )
    )
    names = ("winter", "winter_w", "winter_change_w", "summer", "summer_w")
    assert [[quarter(text, name)[one] for one in names] for name in ("Q1", "Q2")] == [
        ["2026", 150_000_000, None, "2026", 90_000_000],
        ["2026", 170_000_000, 20_000_000, None, None],
    ]


def test_the_peak_of_a_quarter_is_the_highest_of_its_bills() -> None:
    """60, 80 and 70 MW; the bill of June came in July, after the quarter."""
    bills = "".join(
        f"2026-{on}T15:00Z s1 billing-demand-recorded agreement=A month=2026-{month} demand={peak}MW\n"
        for month, on, peak in (("04", "05-05", 60), ("05", "06-05", 70), ("06", "07-05", 80))
    )
    assert quarter(AGREED + bills, "Q2")["peak_w"] == 80_000_000


def test_a_contract_that_grows_shows_by_how_much() -> None:
    """In May 300 MW are agreed in place of 200."""
    more = RAMP.replace("2026-01-06", "2026-05-06").replace("200MW", "300MW")
    assert [quarter(AGREED + more, name)["contracted_change_w"] for name in ("Q1", "Q2", "Q3")] == [
        200_000_000,
        100_000_000,
        0,
    ]


def test_quarters_of_a_window_in_another_zone_are_those_of_its_days() -> None:
    """July to September in UTC: neither the last hours of June at the site, nor an open end of September."""
    found = lines(REPORT, WORKED, "2026-Q3", tz="UTC")
    assert [(key, line["verdict"]) for key, line in found.items()] == [("s1/A/2026-Q3", "not due yet")]


def test_quarters_that_were_not_reported_are_due() -> None:
    text = AGREED + filed("Q1", "2026-05-15")
    found = REPORT.deadlines(answer(REPORT, told(text), "2026-01-01T05:00Z/2026-08-01T04:00Z", tz=NY))
    assert [(due.on.isoformat(), due.what, due.row) for due in found] == [
        ("2026-08-14", "report 2026-Q2 of agreement A", "s1/A/2026-Q2"),
        ("2026-11-14", "report 2026-Q3 of agreement A", "s1/A/2026-Q3"),
    ]


def test_the_picture_has_contracted_and_connected_power_by_quarter() -> None:
    (picture,) = pictures(REPORT, WORKED, "2026-01-01T05:00Z/2026-07-01T04:00Z", tz=NY)
    assert isinstance(picture, Plot)
    assert [[value for _, value in layer.points] for layer in picture.layers] == [
        [200_000_000, 200_000_000],
        [60_000_000, 100_000_000],
    ]


def test_a_contract_that_is_over_is_in_no_later_quarter() -> None:
    """Minimum take ends on August 31: Q3 is the last."""
    text = AGREED.replace("filing_days=45", "filing_days=45 ends_on=2026-08-31")
    assert list(lines(REPORT, text, YEAR, tz=NY)) == ["s1/A/2026-Q1", "s1/A/2026-Q2", "s1/A/2026-Q3"]


def test_a_quarter_without_a_change_is_said_plainly() -> None:
    """From June to September nothing was agreed and nothing connected."""
    said = verdict(REPORT, WORKED, "2026-07-01T04:00Z/2026-10-01T04:00Z", tz=NY)
    assert "; as much contracted and connected as a quarter before" in said
