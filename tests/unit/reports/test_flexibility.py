"""Flexibility of the portfolio: a share of energy, worked by hand, and the figure of power-use."""

from __future__ import annotations

from hypothesis import given

from projections.reports import power_use
from projections.reports.flexibility import REPORT
from tests.support.histories import history
from tests.support.report_answers import answer, lines
from tests.support.story_facts import told
from tests.support.worlds import rows_of, scopes, seeds
from tests.unit.reports.test_power_use import FOUR, HELD, SITE, WINDOW

# eight hours of at most 100 MW: 70 MW held back of the second and, of 90 MW, 45 in mean of the sixth and 20
# of the seventh
EIGHT = (
    "2026-06-01T00:00Z s1 intervals-recorded meter=r start=2026-06-01T00:00Z interval=1h power_of_ten=6"
    " values=[100,30,100,100,90,55,80,100] quality=[17,17,17,17,17,17,17,17]\n"
)
TWO = """
2026-05-31T00:00Z s1 dispatch-notified dispatch=d dispatch_class=emergency mode=reduce-to target=0W start=2026-06-01T01:00Z
2026-06-01T01:00Z s1 curtailment-started dispatch=d block=m1 depth=70MW
2026-06-01T02:00Z s1 curtailment-ended dispatch=d block=m1
2026-06-01T05:00Z s1 dispatch-notified dispatch=e dispatch_class=own-economic mode=reduce-by target=90MW start=2026-06-01T05:30Z
2026-06-01T05:30Z s1 curtailment-started dispatch=e block=m1 depth=90MW
2026-06-01T06:00Z s1 curtailment-ended dispatch=e block=m1
2026-06-01T06:00Z s1 dispatch-notified dispatch=f dispatch_class=own-economic mode=reduce-by target=20MW start=2026-06-01T06:00Z
2026-06-01T06:00Z s1 curtailment-started dispatch=f block=m1 depth=20MW
2026-06-01T07:00Z s1 curtailment-ended dispatch=f block=m1
"""
DAY = "2026-06-01T00:00Z/2026-06-02T00:00Z"


def cells(text: str, row: str = "site/s1", window: str = DAY) -> dict[str, object]:
    return {name: cell for name, cell in lines(REPORT, SITE + text, window)[row].items() if cell is not None}


def test_the_rate_is_a_share_of_energy_over_the_whole_window() -> None:
    """70 + 45 + 20 = 135 MWh of 100 MW x 24 h is 5.625 %; three hours, of which 45 and 20 keep half, 20 keeps
    three quarters, none nine tenths; two events.
    """
    assert cells(EIGHT + TWO) == {
        "scope": "site",
        "site": "s1",
        "l_max_w": 100_000_000,
        "curtailed_wh": 135_000_000,
        "curtailment_rate_ppm": 56_250,
        "hours_any_s": 3 * 3600,
        "fleh_s": 4_860,
        "keep50_s": 2 * 3600,
        "keep75_s": 3600,
        "keep90_s": 0,
        "mean_event_s": 5_400,
        "events": 2,
    }


def test_the_fleet_is_of_the_simultaneous_load_and_of_all_that_was_held_back() -> None:
    """A second site draws 100 MW all eight hours and holds nothing back: 135 MWh of 200 MW, and every hour
    keeps half.
    """
    other = SITE.replace(" s1 ", " s2 ") + EIGHT.replace(" s1 ", " s2 ").replace(
        "[100,30,100,100,90,55,80,100]", "[100,100,100,100,100,100,100,100]"
    )
    found = cells(EIGHT + TWO + other, "fleet")
    assert (found["l_max_w"], found["curtailed_wh"], found["curtailment_rate_ppm"]) == (
        200_000_000,
        135_000_000,
        28_125,
    )
    assert (found["hours_any_s"], found["keep50_s"], found["keep75_s"], found["keep90_s"]) == (
        10_800,
        10_800,
        7_200,
        3_600,
    )


def test_nothing_held_back_is_zero_and_what_was_never_energized_unknown() -> None:
    found = cells(FOUR, window=WINDOW)
    assert (found["curtailed_wh"], found["events"], found["hours_any_s"], "mean_event_s" in found) == (
        0,
        0,
        0,
        False,
    )
    bare = "\n".join(line for line in SITE.splitlines() if "capacity-energized" not in line)
    unknown = answer(REPORT, told(bare + "\n" + FOUR + HELD), WINDOW)
    assert unknown.notes == (
        "s1: what was energized is not known for all of it, so what was curtailed is unknown",
    )


def test_a_site_without_a_meter_has_no_row() -> None:
    assert answer(REPORT, told(SITE + HELD), WINDOW).rows == ()


@given(seed=seeds)
def test_what_was_curtailed_and_the_highest_load_are_those_of_power_use(seed: int) -> None:
    rows = rows_of(history(seed, 200))
    for scope in scopes():
        said = {}
        for report, names in (
            (REPORT, ("l_max_w", "curtailed_wh")),
            (power_use.REPORT, ("peak_w", "curtailed_wh")),
        ):
            at = {column.name: n for n, column in enumerate(report.columns)}
            said[report.name] = {
                row[:2]: tuple(row[at[name]] for name in names)
                for row in report.compute(rows, scope).rows
                if row[at[names[0]]] is not None
            }
        assert said["flexibility"] == said["power-use"]


@given(seed=seeds)
def test_times_are_within_each_other(seed: int) -> None:
    rows = rows_of(history(seed, 200))
    names = [column.name for column in REPORT.columns]
    for scope in scopes():
        for row in REPORT.compute(rows, scope).rows:
            found = {
                name: int(str(cell))
                for name, cell in zip(names, row, strict=True)
                if name.endswith(("_s", "_wh")) and cell is not None
            }
            if "hours_any_s" in found:
                any_s, kept = found["hours_any_s"], [found[f"keep{percent}_s"] for percent in (50, 75, 90)]
                assert (
                    scope.window.stop_s - scope.window.start_s >= any_s >= kept[0] >= kept[1] >= kept[2] >= 0
                )
                assert any_s or not found["curtailed_wh"]
