"""Water: a worked month by hand, and what WUE is over."""

from __future__ import annotations

import pytest

from projections.engine.pictures import Plot
from projections.reports.water import REPORT
from tests.support.report_answers import answer, drawn, lead, lines, verdict
from tests.support.story_facts import told

JULY = "2026-07"
SITE = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=UTC balancing_authority=SOCO utility=U parcels=[] site_class=training
2026-06-01T00:00Z s1 meter-registered meter=it scope=site role=it direction=delivered interval=1h
2026-06-01T00:00Z s1 meter-registered meter=f scope=site role=facility direction=delivered interval=1h
"""


def water(
    connection: str, source: str, start: str, stop: str, withdrawn: int, more: str = "", unit: str = "m3"
) -> str:
    return (
        f"{start}T12:00Z s1 water-recorded connection={connection} water_source={source} start_on={start}"
        f" stop_on={stop} unit={unit} withdrawn={withdrawn} method=billed {more}\n"
    )


def day(meter: str, mwh: int, date: str = "2026-07-14") -> str:
    """24 hours of as many MWh each."""
    return (
        f"{date}T00:00Z s1 intervals-recorded meter={meter} start={date}T00:00Z interval=1h power_of_ten=6"
        f" values=[{','.join([str(mwh)] * 24)}] quality=[{','.join(['17'] * 24)}]\n"
    )


CITY = water("city", "municipal", "2026-07-01", "2026-08-01", 310, "consumed=248")
REUSED = water("purple", "reclaimed", "2026-07-01", "2026-08-01", 620, "consumed=558")
WORKED = SITE + CITY + REUSED + day("it", 20) + day("f", 25)


def test_the_worked_month() -> None:
    """310 and 620 m3 withdrawn, 248 and 558 consumed: 930,000 and 806,000 L, of which a third is municipal."""
    found = lines(REPORT, WORKED, JULY)
    names = ("withdrawn_l", "consumed_l", "share_ppm")
    assert [[found[row][name] for name in names] for row in ("s1", "s1/municipal", "s1/reclaimed")] == [
        [930_000, 806_000, 1_000_000],
        [310_000, 248_000, 333_333],
        [620_000, 558_000, 666_667],
    ]


def test_the_worked_effectiveness() -> None:
    """On July 14 a 31st of it was consumed, 26,000 L, and 24 x 20 = 480 MWh of IT energy used: 26,000 / 480,000 kWh
    = 0.054 L per kWh, of 30,000 L withdrawn 0.0625. PUE is 25 / 20 = 1.25.
    """
    found = lines(REPORT, WORKED, JULY)["s1"]
    names = ("wue_ml_per_kwh", "withdrawal_ml_per_kwh", "pue_ppm", "it_wh", "wue_days", "uncovered_days")
    assert [found[name] for name in names] == [54, 62, 1_250_000, 480_000_000, 1, 0]


def test_a_bill_that_the_window_cuts_counts_with_its_days() -> None:
    """10 of 31 days of 310 m3."""
    assert lines(REPORT, SITE + CITY, "2026-07-01T00:00Z/2026-07-11T00:00Z")["s1"]["withdrawn_l"] == 100_000


@pytest.mark.parametrize(
    ("unit", "liters"), [("l", 1000), ("m3", 10**6), ("gal", 3785), ("kgal", 3_785_412), ("ccf", 2_831_685)]
)
def test_volumes_are_read_in_the_units_of_bills(unit: str, liters: int) -> None:
    """A thousand of each; a US gallon is 231 cubic inches of 25.4 mm: 3.785411784 L; 100 cubic feet 2,831.6846592 L."""
    assert (
        lines(REPORT, SITE + water("a", "well", "2026-07-01", "2026-07-02", 1000, unit=unit), JULY)["s1"][
            "withdrawn_l"
        ]
        == liters
    )


def test_a_day_on_which_one_connection_has_no_volume_has_no_effectiveness() -> None:
    """The city's bill ends on July 13: on the 14th its water is unknown, not zero."""
    text = (
        SITE
        + water("city", "municipal", "2026-07-01", "2026-07-14", 130, "consumed=100")
        + REUSED
        + day("it", 20)
    )
    found = lines(REPORT, text, JULY)["s1"]
    assert [found[name] for name in ("wue_ml_per_kwh", "wue_days", "uncovered_days")] == [None, 0, 18]


def test_a_day_with_an_hour_missing_at_the_it_meter_has_no_effectiveness() -> None:
    text = (
        SITE
        + CITY
        + day("it", 20).replace(
            "interval=1h power_of_ten=6 values=[20,", "interval=1h power_of_ten=6 values=["
        )
    )
    assert lines(REPORT, text.replace("quality=[17,", "quality=["), JULY)["s1"]["wue_days"] == 0


def test_consumption_that_one_connection_does_not_state_is_unknown_of_the_site() -> None:
    found = lines(REPORT, SITE + CITY + REUSED.replace(" consumed=558", ""), JULY)
    assert [found[row]["consumed_l"] for row in ("s1", "s1/municipal", "s1/reclaimed")] == [
        None,
        248_000,
        None,
    ]


def test_estimated_volumes_are_told() -> None:
    text = SITE + CITY + REUSED.replace("method=billed", "method=estimated")
    assert lines(REPORT, text, JULY)["s1"]["estimated_ppm"] == 666_667


def test_a_site_without_it_meters_has_water_and_no_effectiveness() -> None:
    found = lines(REPORT, SITE + CITY, JULY)["s1"]
    assert [found[name] for name in ("withdrawn_l", "wue_ml_per_kwh", "pue_ppm", "it_wh")] == [
        310_000,
        None,
        None,
        None,
    ]


def test_what_is_interim_or_unknown_is_noted() -> None:
    text = WORKED.replace(" consumed=558", "").replace("stop_on=2026-08-01", "stop_on=2026-07-31", 1)
    assert answer(REPORT, told(text), JULY).notes == (
        "s1: 1 day has no volume of every connection",
        "s1: consumption is not known of purple, so that of the site is not",
        "s1: WUE is interim, over 1 day with water and IT energy known",
    )


def test_the_verdict_puts_effectiveness_beside_pue() -> None:
    assert verdict(REPORT, WORKED, JULY) == (
        "930 kL of water were withdrawn, of which 806 kL were consumed; it was 66.67 % reclaimed and 33.33 % municipal;"
        " WUE was 0.054 L/kWh at a PUE of 1.250."
    )


def test_the_verdict_where_no_water_is_recorded() -> None:
    assert verdict(REPORT, SITE, JULY) == "No water of a site is recorded in this window."


def test_the_picture_has_the_water_of_each_day() -> None:
    (picture,) = drawn(Plot, REPORT, WORKED, JULY)
    assert [(layer.name, layer.points[0][1]) for layer in picture.layers] == [
        ("municipal", 10_000),
        ("reclaimed", 20_000),
    ]


def test_pue_is_a_ratio_in_the_figure_as_in_the_sentence() -> None:
    """25 MWh of the facility for 20 MWh of IT."""
    figures = {figure.name: figure.value for figure in lead(REPORT, WORKED, JULY).figures}
    assert figures["PUE"] == "1.250"
