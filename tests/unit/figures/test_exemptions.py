"""An exemption at a day: its terms, what counts of what was spent, and the average of its positions."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from projections.engine.fold import replay
from projections.figures.exemptions import Exemption, exemptions
from projections.reports.expenditures import REPORT
from tests.support.report_answers import scope_of
from tests.support.story_facts import told

NY = "America/New_York"
SITE = (
    "2025-06-01T04:00Z {} site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO"
    " utility=U parcels=[] site_class=training\n"
)
GRANTED = (
    "2025-12-01T05:00Z {site} exemption-granted exemption={name} authority=A rule=other threshold=100.00USD jobs=2"
    " starts_on=2026-01-01 ends_on=2026-01-10 due_on=2026-01-20\n"
)
E1 = SITE.format("s1") + GRANTED.format(site="s1", name="e1")
FEBRUARY = "2026-01-01T05:00Z/2026-02-01T05:00Z"


def found(story: str, period: str = FEBRUARY, sites: tuple[str, ...] = ()) -> list[Exemption]:
    """The exemptions of a story as of a window's end."""
    records = told(story)
    return list(exemptions(replay(records, REPORT.row_kinds), scope_of(records, period, NY, sites)))


def one(story: str, period: str = FEBRUARY) -> Exemption:
    """The only exemption of a story."""
    (exemption,) = found(story, period)
    return exemption


def people(day: str, qualifying: int, name: str = "technician", at: str = "") -> str:
    return (
        f"{at or f'{day}T17:00Z'} s1 positions-reported exemption=e1 position_class={name} as_of_on={day}"
        f" positions={qualifying} qualifying={qualifying} weekly_hours={40 * qualifying}\n"
    )


def bought(name: str, day: str, dollars: int, at: str = "2026-01-15T17:00Z", more: str = "") -> str:
    return (
        f"{at} s1 expenditure-recorded exemption=e1 expenditure={name} category=other amount={dollars}.00USD"
        f" incurred_on={day} vendor=v what=w {more}\n"
    )


@pytest.mark.parametrize(
    ("reports", "average"),
    [
        (people("2025-12-01", 4), Fraction(4)),
        (people("2025-11-01", 9) + people("2025-12-01", 4), Fraction(4)),
        (people("2025-12-01", 4) + people("2026-01-10", 14), Fraction(9 * 4 + 14, 10)),
        (people("2025-12-01", 4) + people("2026-01-11", 14), Fraction(4)),
        (people("2026-01-06", 4) + people("2026-01-09", 1, "electrician"), Fraction(5 * 4 + 2, 10)),
        ("", Fraction(0)),
    ],
    ids=[
        "held from before the period",
        "two reports before the period",
        "a report on its last day",
        "a report after its last day",
        "two classes",
        "no report",
    ],
)
def test_positions_are_averaged_over_the_ten_days_of_the_period(reports: str, average: Fraction) -> None:
    """January 1 to 10, 2026, both days with it: a report holds from its day until the next of its class."""
    assert one(E1 + reports).average_jobs == average


@pytest.mark.parametrize(
    ("stop", "average"),
    [
        ("2026-01-01T05:00Z", None),
        ("2026-01-01T05:00:01Z", Fraction(0)),
        ("2026-01-03T05:00Z", Fraction(3, 2)),
    ],
)
def test_the_average_until_today_begins_on_the_first_day_of_the_period(
    stop: str, average: Fraction | None
) -> None:
    """3 positions from January 2 on; by the clocks of the site the window ends on December 31, and on January 1 and 2."""
    assert one(E1 + people("2026-01-02", 3), f"2025-12-01T05:00Z/{stop}").average_jobs == average


def test_an_average_at_the_end_holds_the_last_reports_until_then() -> None:
    """3 positions from January 2 on, seen on January 4: 9 x 3 / 10."""
    story = E1 + people("2026-01-02", 3) + people("2026-01-04", 8, at="2026-01-05T05:00Z")
    assert one(story, "2026-01-01T05:00Z/2026-01-05T05:00Z").average_at_end == Fraction(27, 10)


def test_of_two_reports_of_one_second_the_later_in_the_stream_holds() -> None:
    """A class reported as 5 and then, within the same second, as 2."""
    assert one(E1 + people("2026-01-01", 5) + people("2026-01-01", 2)).average_jobs == 2


def test_a_report_that_was_recorded_after_the_window_is_not_seen() -> None:
    """Nor is a purchase: both were recorded at the instant at which the window ends."""
    end = "2026-02-01T05:00:00Z"
    found = one(E1 + people("2026-01-01", 5, at=end) + bought("a", "2026-01-05", 7, at=end))
    assert (found.average_jobs, list(found.purchases)) == (Fraction(0), [])


def test_purchases_stand_in_the_order_of_their_days() -> None:
    """Then by name, whatever the order of their records."""
    story = bought("c", "2026-01-02", 1) + bought("b", "2026-01-05", 2) + bought("a", "2026-01-05", 4)
    assert [purchase.name for purchase in one(E1 + story).purchases] == ["c", "a", "b"]


def test_what_is_excluded_does_not_count_and_what_is_outside_does_neither() -> None:
    """$1 counts; $2 were excluded as land, $4 bought before the period."""
    story = (
        bought("a", "2026-01-01", 1)
        + bought("b", "2026-01-02", 2, more="excluded=land")
        + bought("c", "2025-12-31", 4)
    )
    exemption = one(E1 + story)
    assert ([purchase.verdict for purchase in exemption.purchases], exemption.spent_cents) == (
        ["outside", "counted", "excluded"],
        1_00,
    )


@pytest.mark.parametrize(
    ("stop", "today"),
    [("2026-02-01T05:00:00Z", date(2026, 1, 31)), ("2026-02-01T05:00:01Z", date(2026, 2, 1))],
)
def test_today_is_the_day_of_the_windows_last_second_at_the_site(stop: str, today: date) -> None:
    """New York is five hours behind UTC: the day changes at 05:00Z, and a window does not reach its own end."""
    assert one(E1, f"2026-01-01T05:00Z/{stop}").today == today


@pytest.mark.parametrize(("stop", "names"), [("2025-12-01T05:00Z", []), ("2025-12-01T05:00:01Z", ["e1"])])
def test_an_exemption_is_shown_once_it_was_granted_before_the_windows_end(
    stop: str, names: list[str]
) -> None:
    assert [exemption.name for exemption in found(E1, f"2025-11-01T05:00Z/{stop}")] == names


def test_exemptions_of_other_sites_are_left_out() -> None:
    """Site a comes before s1, and what was filed for e0 was never granted; both leave e1 as it is."""
    filed = "2026-01-15T17:00Z s1 exemption-evidence-filed exemption=e0 filed_on=2026-01-15\n"
    story = SITE.format("a") + GRANTED.format(site="a", name="e1") + E1 + filed
    assert [(exemption.site, exemption.name) for exemption in found(story, sites=("s1",))] == [("s1", "e1")]


def test_the_day_of_the_proof_is_the_latest_on_which_it_was_filed() -> None:
    """Filed on January 20; that it had been filed in part on the 12th was recorded afterward."""
    filed = "".join(
        f"2026-01-{at}T17:00Z s1 exemption-evidence-filed exemption=e1 filed_on=2026-01-{on}\n"
        for at, on in ((21, 20), (22, 12))
    )
    assert [one(E1 + filed).filed_on, one(E1).filed_on] == ["2026-01-20", None]


def test_a_rule_sets_the_last_day_of_the_period_and_that_of_the_proof() -> None:
    """Seven years from March 1, 2026 end on February 28, 2033; 60 days later is April 29."""
    granted = (
        "2026-01-02T15:00Z s1 exemption-granted exemption=e1 authority=A rule=ga-560-12-2-117"
        " county_population=9000 starts_on=2026-03-01\n"
    )
    terms = one(SITE.format("s1") + granted).terms
    assert (terms.ends_on, terms.due_on) == (date(2033, 2, 28), date(2033, 4, 29))


def test_another_rule_asks_for_what_the_certificate_has() -> None:
    """The county's population, which it names too, sets nothing."""
    story = E1.replace("jobs=2", "jobs=2 county_population=9000")
    terms = one(story).terms
    assert (terms.section, terms.threshold_cents, terms.jobs, terms.due_on) == (
        "other",
        100_00,
        2,
        date(2026, 1, 20),
    )
