"""The headroom curve against a brute force that walks every hour, and the published figures as far as they
can be checked without the paper's data.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import calendar
from ledger.calendar import HOUR_S, Window
from projections.engine.report import Given, Scope, Series
from projections.figures import headroom
from projections.reports.flexibility import KEPT_PPM, LIMITS_PPM, REPORT
from tests.support.examples import tried
from tests.support.report_answers import cells_of

Value = tuple[str, int, int | None]
MW = 10**6
FACTS = Path(__file__).parents[2] / "data" / "facts"


def hours(first: str, last: str, seed: int, blanks: int = 0) -> list[Value]:
    """A made-up load of hours between two dates: seasons, days and noise, some of them blank."""
    draw = random.Random(seed)
    at = datetime.fromisoformat(first).replace(tzinfo=UTC)
    found: list[Value] = []
    while at < datetime.fromisoformat(last).replace(tzinfo=UTC):
        warm, day = abs(at.month - 6.5), abs(at.hour - 17)
        load = 20_000 + 900 * int(abs(warm - 2.75) * 10) - 250 * day + draw.randrange(6_000)
        start_s = int(at.timestamp()) - HOUR_S
        found.append((f"{at:%Y-%m-%dT%H:%M}", start_s, None if draw.randrange(1000) < blanks else load * MW))
        at += timedelta(hours=1)
    return found


def brute(values: Sequence[Value], load_w: Fraction) -> tuple[Fraction, Fraction, list[Fraction], int]:
    """Walk the hours: (rate, hours with any, hours keeping 50, 75, 90 %, events in all) of a load."""
    known = [(stamp, start_s, value) for stamp, start_s, value in values if value is not None]
    summer = max(value for stamp, _, value in known if stamp[5:7] in ("06", "07", "08"))
    winter = max(value for stamp, _, value in known if stamp[5:7] in ("12", "01", "02"))
    per_year: dict[str, int] = {}
    for stamp, _, _ in known:
        per_year[stamp[:4]] = per_year.get(stamp[:4], 0) + 1
    years = {year for year, count in per_year.items() if count >= 8000}
    curtailed, any_h, kept, events, before = Fraction(0), 0, [0, 0, 0], 0, None
    for stamp, start_s, value in known:
        if stamp[:4] not in years:
            continue
        less = max(Fraction(0), value + load_w - (summer if "04" <= stamp[5:7] <= "10" else winter))
        if less:
            curtailed += less
            any_h += 1
            kept = [
                count + (less <= load_w * (10**6 - share) / 10**6)
                for count, share in zip(kept, KEPT_PPM, strict=True)
            ]
            events += before is None or start_s - before != HOUR_S
            before = start_s
    n = len(years)
    return curtailed / (load_w * 8760 * n), Fraction(any_h, n), [Fraction(count, n) for count in kept], events


@cache
def series() -> list[Value]:
    return hours("2021-03-01", "2025-03-01", 7, blanks=15)


@pytest.mark.parametrize("limit", LIMITS_PPM)
def test_every_figure_of_the_curve_is_that_of_walking_the_hours(limit: int) -> None:
    """Four years with 1.5 % blanks; 2021 has 7,344 hours and 2025 1,416, so they are left out."""
    found = headroom.look(series())
    curve = headroom.curve(found, limit, KEPT_PPM)
    assert curve is not None
    rate, any_h, kept, events = brute(series(), curve.headroom_w)
    assert rate == Fraction(limit, 10**6)
    assert (any_h, tuple(kept)) == (curve.any_h, curve.keeping_h)
    assert (curve.events, curve.mean_event_h) == (Fraction(events, 3), any_h * 3 / events)
    assert [year for year, _ in found.left_out] == [2021, 2025]


def test_the_load_found_is_that_of_bisection_to_the_watt() -> None:
    found = headroom.look(series())
    gaps = [gap for _, gap in found.gaps_w]
    for limit in LIMITS_PPM:
        low, high = 0, 100_000 * MW
        while high - low > 1:
            middle = (low + high) // 2
            curtailed = sum(middle - gap for gap in gaps if gap < middle)
            low, high = (middle, high) if curtailed * 10**6 <= limit * 8760 * 3 * middle else (low, middle)
        curve = headroom.curve(found, limit, KEPT_PPM)
        assert curve is not None
        assert low == int(curve.headroom_w)


@settings(max_examples=tried(gate=40, search=200))
@given(st.lists(st.integers(-20, 60), min_size=1, max_size=30), st.fractions(0, 10))
def test_the_greatest_load_is_the_last_that_keeps_within(gaps: list[int], allowed_h: Fraction) -> None:
    """Also where demand in autumn is above the summer's peak, so that a small load keeps within less than a
    greater one does.
    """

    def over(load: Fraction) -> Fraction:
        return sum((max(Fraction(0), load - gap) for gap in gaps), Fraction(0)) - allowed_h * load

    found = headroom.greatest_load(gaps, allowed_h)
    tried = [Fraction(n, 4) for n in range(1, 400)]
    if found is None:
        assert allowed_h >= len(gaps) or all(over(load) > 0 for load in tried)
    else:
        assert over(found) == 0
        assert all(over(load) > 0 for load in tried if load > found)


def test_117_hours_fully_off_are_1336_thousandths_of_a_percent_of_the_energy() -> None:
    """DOMAIN 6: the story's 117 h are no half percent. In a year where 117 winter hours are at the peak and
    all others 1 GW below, 1 GW lets go of just these.
    """
    values: list[Value] = []
    for n in range(8760):
        stamp = calendar.format_instant(calendar.instant_s("2023-01-01T00:00:00Z") + HOUR_S * n)[:16]
        values.append((stamp, HOUR_S * n, (10_000 if n < 117 or stamp == "2023-07-01T00:00" else 9_000) * MW))
    rate, any_h, _, _ = brute(values, Fraction(1_000 * MW))
    assert (round(rate * 10**6), any_h) == (13_470, Fraction(118))
    assert round(Fraction(117, 8760) * 10**6) == 13_356


def test_a_gap_ends_an_event_and_a_blank_is_one() -> None:
    base = hours("2023-01-01", "2024-01-01", 1)
    flat: list[Value] = [(stamp, start_s, 0) for stamp, start_s, _ in base]
    for n, load in ((100, 1_900), (101, 1_900), (102, 1_900), (103, 2_000), (5000, 2_000)):
        flat[n] = (flat[n][0], flat[n][1], load * MW)
    whole, cut = (
        headroom.curve(headroom.look(values), 400, KEPT_PPM)
        for values in (flat, [*flat[:101], (*flat[101][:2], None), *flat[102:]])
    )
    assert whole is not None
    assert cut is not None
    assert (whole.events, cut.events) == (Fraction(2), Fraction(3))


def asked(values: Sequence[Value]) -> Scope:
    given: dict[str, Given] = {"series": Series("0" * 64, tuple(values)), "balancing-authority": "SOCO"}
    return Scope(Window(0, 1), (), (), "UTC", {}, given=given)


def test_the_report_says_the_curve_and_what_was_left_out() -> None:
    answer = REPORT.compute({}, asked(series()))
    rows = [cells_of(REPORT.columns, row) for row in answer.rows]
    assert [row["limit_ppm"] for row in rows] == list(LIMITS_PPM)
    assert all(row["balancing_authority"] == "SOCO" and row["scope"] == "balancing-authority" for row in rows)
    assert [row["headroom_w"] for row in rows] == sorted(row["headroom_w"] for row in rows)
    assert rows[0]["fleh_s"] == 78_840
    blanks = sum(value is None for _, _, value in series())
    assert f"{blanks:,} blanks skipped" in answer.notes[2]
    assert answer.notes[3].startswith("SOCO: years with fewer than 8,000 hours are left out: 2021 (7,2")


def test_a_series_without_a_full_year_or_a_winter_has_no_headroom() -> None:
    for values in (hours("2023-06-01", "2023-08-01", 1), hours("2023-03-01", "2023-11-30", 1)):
        answer = REPORT.compute({}, asked(values))
        assert {row[[c.name for c in REPORT.columns].index("headroom_w")] for row in answer.rows} == {None}
    assert "SOCO: threshold of Dec-Feb unknown, no hour of it" in answer.notes


def test_where_demand_alone_is_above_its_threshold_all_year_the_report_says_that_no_load_fits() -> None:
    """A November far above every winter hour: even the smallest load would let go for more than a twentieth
    of its energy.
    """
    values = [
        (stamp, start_s, value * 3 if stamp[5:7] == "11" and value is not None else value)
        for stamp, start_s, value in hours("2022-01-01", "2023-01-01", 3)
    ]
    notes = REPORT.compute({}, asked(values)).notes
    assert notes[-1].startswith(
        "SOCO: no load keeps within 0.2500 %, 0.5000 %, 1.0000 %, 5.0000 %: demand alone"
    )


def test_the_published_curve_is_one_that_this_method_can_say() -> None:
    """Duke's figure 8: full-load-equivalent hours are the limit x 8,760, of which the hours of any
    curtailment are more and those that keep more fewer; headroom is concave.
    """
    with (FACTS / "duke_headroom_by_limit.csv").open() as file:
        rows = list(csv.DictReader(file))
    limits = [Fraction(row["curtailment_rate_energy"]) for row in rows]
    assert [limit * 10**6 for limit in limits] == list(LIMITS_PPM)
    for limit, row in zip(limits, rows, strict=True):
        any_h, half, three_quarters, most = (
            int(row[name])
            for name in (
                "hours_any_per_year",
                "hours_50pct_plus_retained",
                "hours_75pct_plus_retained",
                "hours_90pct_plus_retained",
            )
        )
        assert limit * 8760 < any_h
        assert any_h > half > three_quarters > most
        # of the hours that keep at least 50, 75, 90 % at most 50, 25, 10 % is let go; all of the load in the
        # rest: the energy is no more
        most_let_go = (
            any_h
            - half
            + Fraction(half - three_quarters, 2)
            + Fraction(three_quarters - most, 4)
            + Fraction(most, 10)
        )
        assert limit * 8760 <= most_let_go
    loads = [int(row["headroom_gw"]) for row in rows]
    slopes = [(b - a) / (y - x) for a, b, x, y in zip(loads, loads[1:], limits, limits[1:], strict=False)]
    assert slopes == sorted(slopes, reverse=True)


def test_authorities_of_the_paper_add_up_to_its_national_headroom() -> None:
    """98 GW at 0.5 %: the 22 authorities of figure 10 are rounded to 0.1 GW each."""
    with (FACTS / "duke_headroom_by_ba_0p5pct.csv").open() as file:
        total = sum((Fraction(row["headroom_gw_at_0p5pct"]) for row in csv.DictReader(file)), Fraction(0))
    assert abs(total - 98) <= Fraction(22, 20) + Fraction(1, 2)
