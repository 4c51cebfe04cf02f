"""What the log knows of a site that registers, at the end of a window: its load, its blocks and its year before."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from projections.engine.fold import replay
from projections.figures.metered_load import days_of
from projections.figures.registered_site import RegisteredSite
from projections.reports.registration import REPORT
from tests.support.report_answers import lines, scope_of
from tests.support.story_facts import told

CHI = "America/Chicago"
SITE = (
    "2024-06-01T05:00Z {} site-registered name=S county=Ward state=TX tz=America/Chicago balancing_authority=ERCO"
    " utility=U parcels=[] site_class=mining-only\n"
)
ENERGIZED = "{} {} capacity-energized power={}MW point_of_delivery=P voltage=138kV\n"
BLOCK = "{} {} load-block-commissioned block={} load_class=mining service_class={} capacity={}MW feeds=[]{}\n"
END = "2026-11-01T05:00:00Z"
OCTOBER = f"2026-10-01T05:00Z/{END}"
S1 = SITE.format("s1")
TWO_HOURS = S1 + ENERGIZED.format("2026-01-01T04:00Z", "s1", 90)


def site(story: str, stop: str = END) -> RegisteredSite:
    """Site s1 as of a window's end; nothing is metered day by day here."""
    records = told(story)
    rows = replay(records, REPORT.row_kinds)
    scope = scope_of(records, f"2026-01-01T06:00Z/{stop}", CHI)
    return RegisteredSite("s1", rows, scope, days_of(rows))


@pytest.mark.parametrize(
    ("stop", "today"),
    [("2026-11-01T05:00:00Z", date(2026, 10, 31)), ("2026-11-01T05:00:01Z", date(2026, 11, 1))],
)
def test_today_is_the_local_day_of_the_windows_last_second(stop: str, today: date) -> None:
    """Chicago is five hours behind UTC until the clocks change on November 1, 2026."""
    assert site(S1, stop).today == today


def load(found: RegisteredSite) -> tuple[Any, ...]:
    return (
        found.contracted_w,
        found.energized_w,
        found.in_service_w,
        sorted(found.forecasts),
        sorted(found.generators),
        sorted(found.programs),
    )


CONTRACT = "{} {} power-contracted agreement=A power=200MW firm=0W start={}\n"
FORECAST = "{} {} load-forecast-set year=2027 season=year peak=120MW\n"
GENERATOR = "{} {} generator-registered generator=g fuel=diesel rated=45MW engine=emergency permit=P\n"
PROGRAM = (
    "{} {} program-enrolled program=p operator=O agreement=A blocks=[] meters=[] method=meter-before-after"
    " notice=30min response=10min program_year_start=06-01 tz=UTC capped=false adjustment=none holidays=[]\n"
)


def everything(at: str, place: str) -> str:
    """Every fact about a load, at one instant."""
    return (
        CONTRACT.format(at, place, at)
        + ENERGIZED.format(at, place, 90)
        + BLOCK.format(at, place, "m1", "interruptible", 80, "")
        + FORECAST.format(at, place)
        + GENERATOR.format(at, place)
        + PROGRAM.format(at, place)
    )


@pytest.mark.parametrize(
    ("at", "known"),
    [
        ("2026-11-01T04:59:59Z", (200_000_000, 90_000_000, 80_000_000, [2027], ["g"], ["p"])),
        ("2026-11-01T05:00:00Z", (None, None, 0, [], [], [])),
    ],
    ids=["its last second", "its end"],
)
def test_a_fact_of_the_windows_last_second_is_known_and_one_of_its_end_is_not(
    at: str, known: tuple[Any, ...]
) -> None:
    assert load(site(S1 + everything(at, "s1"))) == known


@pytest.mark.parametrize(
    ("at", "status"), [("2026-11-01T04:59:59Z", "answered"), ("2026-11-01T05:00:00Z", "missing")]
)
def test_a_contact_that_is_set_at_the_windows_end_is_not_known(at: str, status: str) -> None:
    contact = f"{at} s1 registry-contact-set internal=true name=N title=T address=A telephone=1 email=e\n"
    story = TWO_HOURS + block(90) + contact
    assert lines(REPORT, story, OCTOBER, tz=CHI)["s1/tx-25-114/contact"]["status"] == status


@pytest.mark.parametrize("neighbor", ["a", "z"])
def test_what_is_recorded_of_a_neighbor_is_not_the_sites_own(neighbor: str) -> None:
    """A neighbor before and one after s1 by name, with the same blocks, generators and programs."""
    story = SITE.format(neighbor) + S1 + everything("2026-02-01T00:00Z", neighbor)
    own = story + everything("2026-03-01T00:00Z", "s1")
    assert [load(site(story)), load(site(own))] == [
        (None, None, 0, [], [], []),
        (200_000_000, 90_000_000, 80_000_000, [2027], ["g"], ["p"]),
    ]


@pytest.mark.parametrize(
    ("at", "blocks"),
    [("2026-11-01T04:59:58Z", []), ("2026-11-01T04:59:59Z", []), ("2026-11-01T05:00:00Z", ["m1"])],
)
def test_a_block_that_was_retired_by_the_windows_end_is_not_in_service(at: str, blocks: list[str]) -> None:
    """m1 is retired a second before the window's last, in its last, or at its end."""
    story = S1 + BLOCK.format("2026-02-01T00:00Z", "s1", "m1", "interruptible", 80, "")
    assert list(site(f"{story}{at} s1 load-block-retired block=m1 cause=sold\n").blocks) == blocks


def test_a_generator_that_was_retired_is_not_there() -> None:
    """Two sets, of which the first was retired in March."""
    story = S1 + GENERATOR.format("2026-02-01T00:00Z", "s1")
    story += GENERATOR.format("2026-02-01T00:00Z", "s1").replace("generator=g ", "generator=h ")
    retired = "2026-03-01T00:00Z s1 generator-retired generator=g cause=sold\n"
    assert list(site(story + retired).generators) == ["h"]


def test_a_block_has_the_document_of_its_latest_change() -> None:
    """Commissioned by one document and rerated by another."""
    story = (
        TWO_HOURS
        + BLOCK.format("2026-02-01T00:00Z", "s1", "m1", "interruptible", 80, f" source=a sha256={'aa' * 32}")
        + "2026-03-01T00:00Z s1 load-block-rerated block=m1 capacity=70MW"
        + f" source=b sha256={'bb' * 32}\n"
    )
    found = lines(REPORT, story, OCTOBER, tz=CHI)["s1/ercot-audit/in-service"]
    assert (found["power_w"], found["document_sha256"]) == (70_000_000, "bb" * 32)


METER = (
    "2025-01-01T00:00Z s1 meter-registered meter=r scope=site role=revenue direction=delivered interval=1h\n"
)
READ = (
    "2026-01-01T04:00Z s1 intervals-recorded meter=r start=2026-01-01T04:00Z interval=1h power_of_ten=6"
    " values={} quality={}\n"
)


def block(capacity: int, service_class: str = "interruptible", name: str = "m1") -> str:
    return BLOCK.format("2026-01-02T00:00Z", "s1", name, service_class, capacity, "")


FORECAST_2026 = FORECAST.format("2026-02-01T00:00Z", "s1").replace("2027", "2026")


@pytest.mark.parametrize(
    ("story", "words", "power_w", "share_ppm"),
    [
        pytest.param(
            METER + READ.format("[80,60]", "[17,17]") + FORECAST_2026 + block(40),
            "40 MW, 50 % of the peak of 2025 (80 MW)",
            40_000_000,
            500_000,
            id="the year before is read as a whole",
        ),
        pytest.param(
            METER + READ.format("[80,60]", "[17,17]") + block(90),
            "80 MW, 100 % of the peak of 2025 (80 MW)",
            80_000_000,
            1_000_000,
            id="no more is interrupted than was drawn",
        ),
        pytest.param(
            METER + READ.format("[80]", "[17]") + FORECAST_2026 + block(40),
            "40 MW, 33.33 % of the peak forecast for 2026 (120 MW)",
            40_000_000,
            333_333,
            id="it is read in part, and a forecast stands in",
        ),
        pytest.param(
            FORECAST_2026.replace("2026 season", "2027 season") + block(40) + block(60, "firm", "ai"),
            "40 MW, 40 % of the capacity in service (100 MW)",
            40_000_000,
            400_000,
            id="neither readings nor a forecast of this year",
        ),
    ],
)
def test_interruptible_load_is_a_share_of_the_annual_peak(
    story: str, words: str, power_w: int, share_ppm: int
) -> None:
    """Power came two hours before the end of 2025; the peak is metered, else forecast, else what is in service."""
    found = lines(REPORT, TWO_HOURS + story, OCTOBER, tz=CHI)["s1/tx-25-114/interruptible"]
    assert (found["answer"], found["power_w"], found["share_ppm"]) == (words, power_w, share_ppm)


def test_a_site_without_a_peak_has_no_interruptible_share() -> None:
    """A block of 0 W in service, and no reading: 0 of 0 is no share."""
    assert site(TWO_HOURS + block(0)).interruptible_ppm is None


def test_a_year_that_is_read_as_a_whole_is_answered_without_a_count_of_hours() -> None:
    """Both hours with power have readings."""
    story = TWO_HOURS + METER + READ.format("[80,60]", "[17,17]") + block(90)
    found = lines(REPORT, story, OCTOBER, tz=CHI)["s1/tx-25-114/last-year-peak"]
    assert (found["status"], found["answer"]) == ("answered", "80 MW in 2025")


def test_a_year_with_a_single_second_of_power_is_read_as_a_whole() -> None:
    """Power came in the last second of 2025, which a meter of one second read as 5 kWh: 18 MJ in a second are 18 MW."""
    second = "2026-01-01T05:59:59Z"
    story = (
        S1
        + ENERGIZED.format(second, "s1", 90)
        + METER.replace("1h", "1s")
        + f"{second} s1 intervals-recorded meter=r start={second} interval=1s power_of_ten=3 values=[5] quality=[17]\n"
    )
    use = site(story).use
    assert (use.asked_s, use.known_s, use.whole, use.annual_peak_w) == (1, 1, True, 18_000_000)


def test_a_year_without_power_is_not_read_as_a_whole() -> None:
    """Power came when 2026 began: no second of 2025 is asked for."""
    use = site(S1 + ENERGIZED.format("2026-01-01T06:00:00Z", "s1", 90)).use
    assert (use.asked_s, use.whole) == (0, False)
