"""Grid states: how long each balancing authority's grid was said to be in which state."""

from __future__ import annotations

from projections.reports.grid_states import REPORT
from tests.support.report_answers import answer, lines
from tests.support.story_facts import told

SITE = (
    "2026-06-01T00:00Z {} site-registered name=S county=C state=GA tz=UTC balancing_authority={}"
    " utility=U parcels=[] site_class=training\n"
)
SITES = SITE.format("s1", "SOCO") + SITE.format("s2", "SOCO") + SITE.format("s3", "PJM")
HEAT = """
2026-06-30T12:00Z ba-SOCO grid-condition-declared state=normal
2026-07-14T17:00Z ba-SOCO grid-condition-declared state=eea1
2026-07-14T18:00Z ba-SOCO grid-condition-declared state=eea2
2026-07-14T20:00Z ba-SOCO grid-condition-declared state=eea1
2026-07-14T21:00Z ba-SOCO grid-condition-declared state=normal
2026-07-20T00:00Z ba-PJM grid-condition-declared state=max-gen
"""
JULY_S = 31 * 86_400


def test_an_afternoon_of_emergencies_adds_up_by_state() -> None:
    """July has 744 h: EEA1 at 17:00 and again at 20:00, an hour each; EEA2 for two hours between; the other
    740 h were said to be normal, at first by a declaration of June.
    """
    found = answer(REPORT, told(SITES + HEAT), "2026-07", sites=("s1", "s2")).rows
    assert found == (
        ("SOCO", "normal", 740 * 3600, 994_624, 1, 2),
        ("SOCO", "eea1", 2 * 3600, 2_688, 2, 2),
        ("SOCO", "eea2", 2 * 3600, 2_688, 1, 2),
    )


def test_time_before_the_first_declaration_is_a_row_without_a_state() -> None:
    """PJM says nothing until 20 July: 19 days are unknown and not normal."""
    found = answer(REPORT, told(SITES + HEAT), "2026-07", sites=("s3",)).rows
    assert found == (
        ("PJM", "max-gen", 12 * 86_400, 387_097, 1, 1),
        ("PJM", None, 19 * 86_400, 612_903, 0, 1),
    )


def test_an_authority_that_declares_nothing_has_the_whole_window_without_a_state() -> None:
    assert answer(REPORT, told(SITES), "2026-07", sites=("s3",)).rows == (
        ("PJM", None, JULY_S, 1_000_000, 0, 1),
    )


def test_a_declaration_that_another_replaces_at_once_is_counted_and_lasts_no_time() -> None:
    """EEA3 and normal were both said for noon: the later one holds."""
    story = (
        SITES
        + "2026-07-01T00:00Z ba-PJM grid-condition-declared state=normal\n"
        + "2026-07-02T12:00Z ba-PJM grid-condition-declared state=eea3\n"
        + "2026-07-02T12:00Z ba-PJM grid-condition-declared state=normal\n"
    )
    found = lines(REPORT, story, "2026-07")["PJM/eea3"]
    assert (found["in_state_s"], found["declarations"]) == (0, 1)


def test_a_site_that_moves_to_another_authority_belongs_to_the_one_at_the_windows_end() -> None:
    story = SITES + "2026-07-10T00:00Z " + SITE.format("s3", "SOCO").split(" ", 1)[1] + HEAT
    assert {name: row["sites"] for name, row in lines(REPORT, story, "2026-07").items()} == {
        "SOCO/normal": 3,
        "SOCO/eea1": 3,
        "SOCO/eea2": 3,
    }
