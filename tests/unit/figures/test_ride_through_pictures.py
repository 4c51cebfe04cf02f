"""Dips of voltage beside the curve that they were judged by."""

from __future__ import annotations

from typing import Any

import pytest

from projections.engine.pictures import Amounts, Plot
from projections.reports.ride_through import REPORT
from tests.support.report_answers import drawn

SITE = (
    "2025-10-01T00:00Z s1 site-registered name=X county=C state=CA tz=UTC balancing_authority=CISO utility=U parcels=[]"
    " site_class=mining-only\n"
)
TERMS = "2026-01-01T00:00Z s1 ride-through-terms-set curve={}\n"
OWN = "own voltage_from=[0%,50%,110%,120%] voltage_to=[50%,90%,120%,130%] voltage_held=[100ms,400ms,300ms,200ms]"
DIP = "2026-02-0{}T12:00:00Z s1 excursion-recorded excursion={} quantity=voltage duration={}ms voltage={}%\n"
FREQUENCY = (
    "2026-02-09T12:00:00Z s1 excursion-recorded excursion=f quantity=frequency duration=9s frequency=59mHz\n"
)


def plots(*dips: str, curve: str = OWN, period: str = "2026-02") -> list[Plot]:
    terms = TERMS.format(curve) if curve else ""
    return drawn(Plot, REPORT, SITE + terms + "".join(dips), period)


def points(plot: Plot, name: str) -> Any:
    (layer,) = (layer for layer in plot.layers if layer.name == name)
    return layer.form, layer.points


def test_a_curve_is_a_staircase_above_the_dips_and_one_below_the_swells() -> None:
    """100 ms at 0 %, until 400 ms at 50 %, then 90 %; above 200 ms at 130 %, until 300 ms at 120 %, then 110 %. The
    longest of these is 400 ms, and a quarter more is shown.
    """
    (found,) = plots(DIP.format(1, "a", 200, 60))
    assert [points(found, name) for name in ("must stay above", "must stay below")] == [
        (
            "line",
            ((0, 0), (100, 0), (100, 500_000), (400, 500_000), (400, 900_000), (500, 900_000)),
        ),
        (
            "line",
            ((0, 1_300_000), (200, 1_300_000), (200, 1_200_000), (300, 1_200_000), (300, 1_100_000), (500, 1_100_000)),
        ),
    ]  # fmt: skip


def test_a_dip_is_its_extreme_for_its_whole_duration() -> None:
    """1,000 ms at 60 %, then nominal; it is longer than any band, so the curve is drawn until 1,250 ms."""
    (found,) = plots(DIP.format(1, "a", 1000, 60))
    assert (points(found, "a at s1"), points(found, "must stay above")[1][-1]) == (
        ("line", ((0, 600_000), (1000, 600_000), (1000, 1_000_000))),
        (1250, 900_000),
    )


def test_the_axes_are_milliseconds_and_shares_of_nominal() -> None:
    (found,) = plots(DIP.format(1, "a", 1000, 60))
    assert (found.x, found.unit) == (Amounts("Time since the excursion began", "ms"), "ppm")


@pytest.mark.parametrize(
    ("dips", "curve", "says"),
    [
        (
            [DIP.format(1, "a", 200, 60)],
            OWN,
            "a at s1 went to 60 % of nominal for 200 ms; the curve is own.",
        ),
        (
            [DIP.format(1, "a", 200, 60), DIP.format(2, "b", 10, 145)],
            OWN,
            "b at s1 went to 145 % of nominal for 10 ms, the farthest of 2 excursions; the curve is own.",
        ),
        (
            [DIP.format(1, "b", 200, 60), DIP.format(2, "a", 10, 140)],
            "",
            "a at s1 went to 140 % of nominal for 10 ms, the farthest of 2 excursions; no curve is in force.",
        ),
    ],
    ids=["one", "a swell that is farther than a dip", "two as far, the first by name"],
)
def test_a_picture_says_which_excursion_went_farthest(dips: list[str], curve: str, says: str) -> None:
    (found,) = plots(*dips, curve=curve)
    assert found.says == says


def test_an_excursion_of_no_time_has_a_picture_too() -> None:
    """0 ms and no curve: the axis is a millisecond."""
    (found,) = plots(DIP.format(1, "a", 0, 60), curve="")
    assert points(found, "a at s1") == ("line", ((0, 600_000), (0, 600_000), (0, 1_000_000)))


def test_a_curve_without_bands_over_nominal_has_no_line_of_them() -> None:
    (found,) = plots(
        DIP.format(1, "a", 10, 60), curve="own voltage_from=[50%] voltage_to=[90%] voltage_held=[9ms]"
    )
    assert [layer.name for layer in found.layers] == ["must stay above", "a at s1"]


def test_frequency_is_not_drawn_beside_a_curve_of_voltage() -> None:
    (found,) = plots(DIP.format(1, "a", 10, 60), FREQUENCY)
    assert [layer.name for layer in found.layers][2:] == ["a at s1"]


def test_each_curve_has_a_picture_and_those_without_one_come_last() -> None:
    """zeta was set on February 3, alpha on the 4th, none on the 5th; of each a dip."""
    terms = [
        f"2026-02-0{day}T00:00Z s1 ride-through-terms-set curve={name}\n"
        for day, name in (
            (3, "zeta voltage_from=[0%] voltage_to=[90%] voltage_held=[9ms]"),
            (4, "alpha voltage_from=[0%] voltage_to=[90%] voltage_held=[9ms]"),
            (5, "none why=exempt"),
        )
    ]
    dips = [DIP.format(day, f"d{day}", 10, 60) for day in (1, 3, 4, 5)]
    found = plots(*dips, *terms)
    assert [plot.says.rpartition("; ")[2] for plot in found] == [
        "the curve is alpha.",
        "the curve is own.",
        "the curve is zeta.",
        "no curve is in force.",
    ]
