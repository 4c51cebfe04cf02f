"""Generator hours: a worked year by hand, and what counts toward which limit."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.app.demo.portfolio.large_loads import FOLDER as SAMPLES
from projections.reports.generator_hours import REPORT
from tests.support.report_answers import answer, lines, pictures, verdict
from tests.support.story_facts import told

STORIES = Path(__file__).parents[2] / "stories"
LARGE = (STORIES / "large-load-sites.story").read_text() + (SAMPLES / "large-load.story").read_text()
SITE = """
2025-01-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[] site_class=training
2025-12-01T00:00Z s1 generator-registered generator=g1 fuel=diesel rated=3MW engine=emergency permit=P run_max=500h
"""
H = 3600
NY = "America/New_York"
REASONS = (
    "emergency_s",
    "maintenance_s",
    "non_emergency_s",
    "local_s",
    "demand_response_s",
    "directive_s",
)


def run(start: str, stop: str | None, reason: str, more: str = "") -> str:
    """One run of g1."""
    begun = f"{start} s1 generator-started generator=g1 run_reason={reason} {more}\n"
    return begun + (f"{stop} s1 generator-stopped generator=g1\n" if stop else "")


def directive(authority: str, name: str = "e1") -> str:
    """An order to carry 2 MW, received at 12:00."""
    return (
        f"2026-07-01T12:00Z s1 directive-received directive={name} issuer=I channel=hotline authority={authority}"
        " issued=2026-07-01T12:00Z instruction=deploy-backup backup=2MW\n"
    )


DIRECTED = "directive=e1 dispatched_by=I load=2MW"


def year(text: str, number: str = "2026", period: str = "2026") -> dict[str, object]:
    return lines(REPORT, SITE + text, period, tz=NY)[f"s1/g1/{number}"]


def test_the_worked_year() -> None:
    """Tests 12 x 1 h = 12 h. The utility asks for 3 runs of 8 h for a local constraint: 24 h. One storm of 30 h, and a
    DOE order of 6 h. Counted = 12 + 24 = 36 of 100 h, left 64; non-emergency 24 of 50 h, left 26; run = 12 + 24 + 30
    + 6 = 72 of the permit's 500 h, left 428.
    """
    text = "".join(
        run(f"2026-{m:02d}-05T14:00Z", f"2026-{m:02d}-05T15:00Z", "maintenance-test") for m in range(1, 13)
    )
    for day in (10, 11, 12):
        text += run(
            f"2026-06-{day}T12:00Z", f"2026-06-{day}T20:00Z", "local-reliability", "dispatched_by=Georgia"
        )
    text += run("2026-02-01T00:00Z", "2026-02-02T06:00Z", "emergency")
    text += directive("doe-202c") + run("2026-07-01T12:10Z", "2026-07-01T18:10Z", "directive", DIRECTED)
    found = year(text)
    wanted = ("counted_s", "counted_left_s", "not_emergency_s", "not_emergency_left_s", "run_s", "run_left_s")
    assert [int(str(found[name])) // H for name in wanted] == [36, 64, 24, 26, 72, 428]


def test_hours_by_reason_add_up_to_hours_run() -> None:
    """Norcross of the demonstration: tests, an order and a storm of three sets."""
    found = lines(REPORT, LARGE, "2026")
    assert all(
        sum(int(line[name]) for name in REASONS) == line["run_s"] and line["run_s"] for line in found.values()
    )


@pytest.mark.parametrize(
    ("reason", "more", "counted_h", "not_emergency_h"),
    [
        ("emergency", "", 0, 0),
        ("maintenance-test", "", 2, 0),
        ("non-emergency", "", 2, 2),
        ("local-reliability", "dispatched_by=U", 2, 2),
        ("demand-response", "dispatched_by=U", 2, 2),
    ],
)
def test_each_reason_counts_toward_its_limits(
    reason: str, more: str, counted_h: int, not_emergency_h: int
) -> None:
    """40 CFR 63.6640(f): no limit in an emergency; tests within 100 h; 50 h of other use within these."""
    found = year(run("2026-03-01T10:00Z", "2026-03-01T12:00Z", reason, more))
    assert (found["counted_s"], found["not_emergency_s"]) == (counted_h * H, not_emergency_h * H)


@pytest.mark.parametrize(
    ("authority", "counted_h"), [("doe-202c", 0), ("sb6", 1), ("pjm-backup-generator", 1)]
)
def test_a_run_that_a_federal_order_makes_necessary_is_not_counted(authority: str, counted_h: int) -> None:
    """16 U.S.C. 824a(c)(3) exempts what a DOE order makes necessary; no state law or tariff does."""
    text = directive(authority) + run("2026-07-01T12:10Z", "2026-07-01T13:10Z", "directive", DIRECTED)
    assert year(text)["counted_s"] == counted_h * H


def test_demand_response_is_no_use_of_an_emergency_engine() -> None:
    """The 100 hours of emergency demand response were vacated in 2015 and removed in 2022: one hour is too many."""
    text = run("2026-07-01T20:00Z", "2026-07-01T21:00Z", "demand-response", "dispatched_by=PJM")
    assert answer(REPORT, told(SITE + text), "2026").notes == (
        "s1/g1, 2026: an emergency engine ran for demand response, for which it has no hours",
    )


def test_an_engine_that_is_permitted_for_any_use_has_the_permits_hours_alone() -> None:
    text = "2026-01-01T06:00Z s1 generator-registered generator=g1 fuel=diesel rated=3MW engine=non-emergency permit=P"
    text += "\n" + run("2026-07-01T20:00Z", "2026-07-01T21:00Z", "demand-response", "dispatched_by=PJM")
    found = year(text)
    assert (found["verdict"], found["counted_max_s"], found["run_max_s"]) == ("within", None, None)


def test_hours_of_the_permit_override_those_of_the_rule() -> None:
    """A state allows 30 hours of tests; the 31st is beyond."""
    text = (
        "2026-01-01T06:00Z s1 generator-registered generator=g1 fuel=diesel rated=3MW engine=emergency permit=P2"
        " counted_max=30h\n"
    )
    text += run("2026-07-01T00:00Z", "2026-07-02T07:00Z", "maintenance-test")
    assert answer(REPORT, told(SITE + text), "2026").notes == (
        "s1/g1, 2026: 31h, beyond the limit of 30h counted",
    )


def test_a_run_over_new_year_is_divided_by_the_clocks_of_the_site() -> None:
    """In New York 2026 begins at 05:00 UTC: one hour before, two after."""
    text = run("2026-01-01T04:00Z", "2026-01-01T07:00Z", "maintenance-test")
    found = [year(text, n, "2025-12-31T00:00Z/2026-02-01T00:00Z")["run_s"] for n in ("2025", "2026")]
    assert found == [1 * H, 2 * H]


def test_figures_are_of_the_whole_year_until_as_of() -> None:
    """Asked in June for June, a generator that runs since 10:00 has the hours of January too."""
    text = run("2026-01-05T14:00Z", "2026-01-05T15:00Z", "maintenance-test")
    text += run("2026-06-02T10:00Z", None, "emergency")
    assert year(text, period="2026-06-01T04:00Z/2026-06-02T13:00Z")["run_s"] == 4 * H


def test_a_year_of_utc_lists_no_evening_of_the_year_before() -> None:
    """At 00:00 UTC of January 1 it is still December 31 in New York."""
    found = lines(REPORT, SITE, "2026-01-01T00:00Z/2027-01-01T00:00Z", tz=NY)
    assert list(found) == ["s1/g1/2026"]


def test_a_retired_generator_has_no_row_in_later_years() -> None:
    text = "2026-05-01T00:00Z s1 generator-retired generator=g1 cause=sold\n"
    assert list(lines(REPORT, SITE + text, "2026-01-01T05:00Z/2028-06-01T00:00Z")) == ["s1/g1/2026"]


def test_load_carried_for_an_order_is_that_of_the_fifteenth_minute() -> None:
    """Received 11:04, so 11:19 counts: dg-1 carries 2.6 MW and dg-2 2.5 MW; dg-3 had failed to start until 11:24."""
    found = lines(REPORT, LARGE, "2026")
    assert [
        (found[f"norcross/dg-{n}/2026"]["in_time"], found[f"norcross/dg-{n}/2026"]["carried_w"])
        for n in (1, 2, 3)
    ] == [(1, 2_600_000), (1, 2_500_000), (0, 0)]


def test_an_order_that_was_lifted_within_its_time_is_not_judged() -> None:
    text = directive("doe-202c") + run("2026-07-01T12:05Z", "2026-07-01T12:12Z", "directive", DIRECTED)
    text += "2026-07-01T12:10Z s1 directive-lifted directive=e1\n"
    assert (year(text)["directives"], year(text)["in_time"]) == (0, 0)


def test_a_load_that_nobody_said_is_unknown() -> None:
    text = directive("doe-202c")
    text += run("2026-07-01T12:05Z", "2026-07-01T14:00Z", "directive", "directive=e1 dispatched_by=I")
    assert (year(text)["in_time"], year(text)["carried_w"]) == (1, None)


def test_a_limit_of_which_four_fifths_are_used_is_due_by_the_end_of_the_year() -> None:
    """Sandersville ran 17 + 17 + 10 = 44 of 50 non-emergency hours; its 46 counted hours are under four fifths."""
    found = list(REPORT.deadlines(answer(REPORT, told(LARGE), "2026")))
    assert [(d.on.isoformat(), d.site, d.what, d.row) for d in found] == [
        (
            "2026-12-31",
            "sandersville",
            "non-emergency hours of generator dg-1: 6 h of 50 h left until the year ends",
            "sandersville/dg-1/2026",
        )
    ]


def test_the_verdict_names_the_generator_nearest_to_a_limit() -> None:
    assert verdict(REPORT, LARGE, "2026") == (
        "No generator ran more than it may in 5 generator years; the nearest to a limit is dg-1 at sandersville"
        " (2026) with 44 h of 50 h non-emergency; generators ran in time for 2 of 3 directives; 2 starts failed."
    )


def test_the_picture_has_the_hours_of_the_last_year() -> None:
    """The longest first: Sandersville 46 h, then Norcross with 1.5 + 4.05 + 5.5 h."""
    (picture,) = pictures(REPORT, LARGE, "2026")
    assert picture.says == (
        "In 2026 generator dg-1 at sandersville ran longest, for 46 h; 46 h count toward its limit."
    )
