"""What a ride-through curve asks of an excursion, and whether a load answered as it asks: edges of bands and times."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.kinds import ExcursionRecorded, LoadResponseRecorded
from ledger.kinds.curves import NAMED, Band, RideThroughCurve
from projections.figures.ride_through import asked, curve_at, expected, met, verdict
from projections.rows.fact_rows import fact_of
from tests.support.story_facts import told

ERCOT = NAMED["ercot-nogrr282"]
OWN = RideThroughCurve("own", "an agreement", "in force", "", (Band(900_000, 1_000_000, 0),))
NARROW = OWN._replace(voltage=(Band(1_000_000, 1_100_000, 50),))


def dip(percent: int, duration_ms: int, **levels: int) -> ExcursionRecorded:
    """Voltage in percent of nominal; ``p80=300`` is the time beyond 80 %."""
    more: dict[str, Any] = {}
    if levels:
        more["voltage_levels_ppm"] = tuple(int(name[1:]) * 10_000 for name in levels)
        more["levels_held_ms"] = tuple(levels.values())
    return ExcursionRecorded(
        site="s1",
        excursion="x",
        quantity="voltage",
        duration_ms=duration_ms,
        voltage_ppm=percent * 10_000,
        **more,
    )


def frequency(mhz: int, duration_ms: int) -> ExcursionRecorded:
    return ExcursionRecorded(
        site="s1", excursion="x", quantity="frequency", duration_ms=duration_ms, frequency_mhz=mhz
    )


@pytest.mark.parametrize(
    ("body", "curve", "required"),
    [
        (dip(89, 2000), ERCOT, "ride through"),
        (dip(89, 2001), ERCOT, "unknown"),
        (dip(90, 9999), ERCOT, "ride through"),
        (dip(80, 2000), ERCOT, "ride through"),
        (dip(79, 501), ERCOT, "unknown"),
        (dip(110, 9999), ERCOT, "ride through"),
        (dip(111, 2001), ERCOT, "unknown"),
        (dip(120, 2000), ERCOT, "ride through"),
        (dip(121, 1), ERCOT, "may trip"),
        (dip(121, 0), ERCOT, "ride through"),
        (frequency(57_000, 299_000), ERCOT, "ride through"),
        (frequency(56_999, 1), ERCOT, "may trip"),
        (frequency(58_800, 999_000), ERCOT, "ride through"),
        (frequency(61_201, 299_001), ERCOT, "unknown"),
        (frequency(61_801, 1), ERCOT, "may trip"),
        (dip(100, 100), NARROW, "ride through"),
        (dip(99, 100), NARROW, None),
        (dip(101, 100), NARROW, "unknown"),
        (dip(100, 100), OWN, None),
        (dip(99, 100), OWN, "unknown"),
        (dip(89, 100), OWN, "may trip"),
        (frequency(58_000, 1), OWN, None),
        (dip(50, 100), None, None),
    ],
)
def test_a_curve_asks_for_the_time_that_was_spent_in_each_of_its_bands(
    body: ExcursionRecorded, curve: RideThroughCurve | None, required: str | None
) -> None:
    """ERCOT's: 2 s below 90 % and above 110 %, 500 ms below 80 %, 299 s between 57.0 and 58.8 Hz and between 61.2 and
    61.8 Hz, and nothing beyond 120 % or outside 57.0 to 61.8 Hz. A band under nominal holds its low end, one over it
    its high end. Where the time at a level is not stated, it is between 0 and the whole.
    """
    assert expected(body, curve) == required


@pytest.mark.parametrize(
    ("body", "required"),
    [
        (dip(60, 1000, p80=300), "ride through"),
        (dip(60, 1000, p80=600), "may trip"),
        (dip(60, 1000, p80=500), "ride through"),
        (dip(60, 1000, p80=501), "may trip"),
        (dip(60, 950, p90=900, p85=450), "ride through"),
        (dip(60, 950, p85=450, p90=900), "ride through"),
        (dip(60, 950, p90=900, p85=501), "unknown"),
        (dip(60, 900, p70=600, p60=100), "may trip"),
        (dip(60, 900, p60=100, p70=600), "may trip"),
        (dip(60, 900, p70=300), "unknown"),
        (dip(60, 1900, p110=100), "unknown"),
        (dip(60, 900, p100=400), "ride through"),
    ],
    ids=[
        "300 ms below 80 %",
        "600 ms below 80 %",
        "500 ms below 80 %",
        "501 ms below 80 %",
        "below 80 % not longer than below 85 %",
        "whatever the order of the levels",
        "perhaps 501 ms below 80 %",
        "below 80 % at least as long as below 70 %",
        "whatever the order of these",
        "between 300 and 900 ms below 80 %",
        "a level on the other side says nothing",
        "not longer than below nominal",
    ],
)
def test_times_at_other_levels_bound_the_time_in_a_band(body: ExcursionRecorded, required: str) -> None:
    """A dip to 60 %: 500 ms below 80 % and 2 s below 90 % must be ridden through."""
    assert expected(body, ERCOT) == required


@pytest.mark.parametrize("given", ["voltage_levels_ppm", "levels_held_ms"])
def test_levels_without_times_bound_nothing(given: str) -> None:
    """Nor do times without levels: 900 ms at 60 % may have been 900 ms below 80 %, or none."""
    body = ExcursionRecorded(
        site="s1",
        excursion="x",
        quantity="voltage",
        duration_ms=900,
        voltage_ppm=600_000,
        **{given: (800_000,)},  # type: ignore[arg-type]
    )
    assert expected(body, ERCOT) == "unknown"


@pytest.mark.parametrize(
    ("body", "levels"),
    [
        (dip(60, 1000, p80=300), [(900_000, 2000, 300, 1000), (800_000, 500, 300, 300)]),
        (dip(115, 700), [(1_100_000, 2000, 0, 700)]),
        (dip(130, 700), [(1_300_000, 0, 700, 700)]),
        (frequency(58_000, 5000), [(58_800, 299_000, 0, 5000)]),
    ],
)
def test_the_levels_that_an_excursion_went_beyond_are_told_nominal_first(
    body: ExcursionRecorded, levels: list[tuple[int, int, int, int]]
) -> None:
    """Level, time asked for, and the time beyond it at least and at most."""
    found = asked(body, ERCOT)
    assert found is not None
    assert [(one.level, one.held_ms, *one.time) for one in found] == levels


def response(**fields: Any) -> LoadResponseRecorded:
    """A load that rode through with 100 W before and 10 W at the lowest."""
    said = {
        "excursion": "x",
        "block": "m1",
        "response": "rode-through",
        "initiated_by": "protection",
        "before_w": 100,
        "minimum_w": 10,
    }
    return LoadResponseRecorded(**{**said, **fields})


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "rode through"),
        ({"restored": "by-hand"}, "rode through"),
        ({"response": "tripped"}, "tripped"),
        ({"response": "tripped", "restored": "by-itself"}, "tripped"),
        ({"response": "tripped", "restored": "by-hand"}, "restored by hand"),
        ({"response": "transferred", "restored": "by-hand"}, "restored by hand"),
        ({"response": "transferred"}, "transferred to backup"),
        ({"response": "tripped", "initiated_by": "customer"}, "reduced by the customer"),
        ({"response": "tripped", "initiated_by": "utility"}, "cut by the utility"),
    ],
)
def test_a_response_is_told_in_the_words_of_the_field(fields: dict[str, Any], words: str) -> None:
    assert verdict(response(**fields)) == words


@pytest.mark.parametrize(
    ("fields", "judged"),
    [
        ({"minimum_w": 90}, "as required"),
        ({"minimum_w": 89}, "unknown"),
        ({"recovered_w": 90, "recovery_ms": 2000}, "as required"),
        ({"recovered_w": 90, "recovery_ms": 2001}, "not as required"),
        ({"recovered_w": 89, "recovery_ms": 1}, "unknown"),
        ({"recovered_w": 90}, "unknown"),
        ({"recovery_ms": 1}, "unknown"),
        ({"after_1s_w": 90}, "as required"),
        ({"after_1s_w": 89}, "unknown"),
        ({"after_10s_w": 90}, "unknown"),
        ({"after_10s_w": 89}, "not as required"),
        ({"after_5min_w": 90}, "unknown"),
        ({"after_5min_w": 89}, "not as required"),
        ({"after_1s_w": 50, "after_10s_w": 95}, "unknown"),
        ({"after_1s_w": 95, "after_10s_w": 50}, "as required"),
        ({"after_1s_w": 50, "after_10s_w": 95, "after_5min_w": 50}, "not as required"),
        ({"response": "tripped", "recovered_w": 90, "recovery_ms": 1}, "not as required"),
    ],
)
def test_a_load_is_back_in_time_at_nine_tenths_after_two_seconds(fields: dict[str, Any], judged: str) -> None:
    """ERCOT's curve: 90 of 100 W within 2 s of the excursion's end, by what was seen of it."""
    assert met(response(**fields), "ride through", ERCOT) == judged


@pytest.mark.parametrize(
    ("within_ms", "fields", "judged"),
    [
        (1000, {"after_1s_w": 90}, "as required"),
        (1000, {"after_1s_w": 89}, "not as required"),
        (10_000, {"after_10s_w": 90}, "as required"),
        (10_000, {"after_10s_w": 89}, "not as required"),
        (300_000, {"after_5min_w": 90}, "as required"),
        (300_000, {"after_5min_w": 89}, "not as required"),
    ],
)
def test_a_load_that_was_seen_at_the_end_of_its_time_is_judged_by_that(
    within_ms: int, fields: dict[str, Any], judged: str
) -> None:
    """1 s, 10 s or 5 min for coming back, which are the times at which loads are read."""
    assert met(response(**fields), "ride through", ERCOT._replace(recovery_ms=within_ms)) == judged


@pytest.mark.parametrize(
    "curve",
    [ERCOT._replace(recovery_share_ppm=None), ERCOT._replace(recovery_ms=None)],
    ids=["no share", "no time"],
)
def test_a_curve_that_asks_for_no_recovery_is_met_by_staying_connected(curve: RideThroughCurve) -> None:
    """Neither a share without a time nor a time without a share can be asked for."""
    assert met(response(), "ride through", curve) == "as required"


@pytest.mark.parametrize(
    ("fields", "required", "curve", "judged"),
    [
        ({"initiated_by": "customer"}, "ride through", ERCOT, "not judged"),
        ({"initiated_by": "utility", "response": "tripped"}, None, None, "not judged"),
        ({}, None, ERCOT, "no curve in force"),
        ({}, "ride through", None, "no curve in force"),
        ({"response": "tripped"}, "may trip", ERCOT, "not required"),
        ({"response": "tripped"}, "unknown", ERCOT, "unknown"),
        ({"response": "transferred"}, "ride through", ERCOT, "not as required"),
        ({"minimum_w": 95}, "unknown", ERCOT, "as required"),
        ({"after_10s_w": 50}, "unknown", ERCOT, "unknown"),
        ({"after_10s_w": 50}, "ride through", ERCOT, "not as required"),
    ],
)
def test_a_response_is_judged_only_by_what_was_surely_required(
    fields: dict[str, Any], required: str | None, curve: RideThroughCurve | None, judged: str
) -> None:
    """Who rode through an excursion of unknown length did as required; who did not may have been allowed to."""
    assert met(response(**fields), required, curve) == judged


TERMS = "2026-08-14T20:31:07Z s1 ride-through-terms-set curve={}\n"
DIP = "2026-08-14T20:31:07Z s1 excursion-recorded excursion=x quantity=voltage duration=1ms voltage=60%\n"


@pytest.mark.parametrize(
    ("terms", "recovery"),
    [
        ("itic", (None, None)),
        ("ercot-nogrr282", (900_000, 2000)),
        ("ercot-nogrr282 recovery_share=80% recovery=3s", (800_000, 3000)),
        ("ercot-nogrr282 recovery=3s", (900_000, 3000)),
        ("ercot-nogrr282 recovery_share=80%", (800_000, 2000)),
    ],
)
def test_terms_of_the_second_of_an_excursion_hold_for_it(
    terms: str, recovery: tuple[int | None, int | None]
) -> None:
    """A curve of the table by its name; share and time of the recovery are the operator's where he says them."""
    said, fact = map(fact_of, told(TERMS.format(terms) + DIP))
    curve = curve_at([said], "SWPP", "America/Chicago", fact)
    assert curve is not None
    assert (curve.recovery_share_ppm, curve.recovery_ms) == recovery


def test_terms_that_were_set_a_second_later_do_not_hold_for_an_excursion() -> None:
    """At SWPP's sites no curve is in force by itself."""
    said, fact = map(fact_of, told(TERMS.format("itic").replace(":07Z", ":08Z") + DIP))
    assert curve_at([said], "SWPP", "America/Chicago", fact) is None
