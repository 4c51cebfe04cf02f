"""The state of things at an instant, what of it a shift looks at first, and the last load of a site."""

from __future__ import annotations

import pytest

from ledger.calendar import instant_s, parse_instant
from projections.engine.fold import Rows, replay
from projections.figures.last_load import LastLoad, last_loads
from projections.figures.open_things import open_things
from projections.figures.state_at import STATE_ROWS, state_at
from tests.support.story_facts import told

SITE = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[] site_class=training
2026-06-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
2026-06-01T00:00Z s1 meter-registered meter=r scope=site role=revenue direction=delivered interval=1h
2026-06-01T00:00Z s1 meter-registered meter=sub scope=m1 role=sub direction=delivered interval=1h
2026-06-01T00:00Z s1 power-contracted agreement=A power=150MW firm=20MW start=2026-06-02T00:00Z stop=2026-06-30T00:00Z
2026-06-03T00:00Z s1 fleet-installed block=m1 model=x units=100 unit_hashrate=1TH/s unit_power=1W
2026-06-04T00:00Z s1 fleet-removed block=m1 model=x units=30 unit_hashrate=1TH/s unit_power=1W
2026-06-05T00:00Z s1 fleet-removed block=m1 model=x units=70 unit_hashrate=1TH/s unit_power=1W
2026-06-10T10:00Z s1 outage-started block=m1 outage=o outage_class=planned derate=10MW cause=x outside_management_control=false
2026-06-10T11:00Z s1 feed-state-changed block=m1 feed=A state=down
2026-06-10T11:30Z s1 incident-opened incident=i summary=x
2026-06-10T12:00Z s1 feed-state-changed block=m1 feed=A state=up
2026-06-11T00:00Z s1 load-block-retired block=m1 cause=sold
"""


def at(text: str) -> int:
    return instant_s(parse_instant(text))


def rows(story: str = SITE) -> Rows:
    return replay(told(story), STATE_ROWS)


def named(when: str, story: str = SITE) -> list[str]:
    return [thing.named for thing in state_at(rows(story), ["s1"], at(when))]


@pytest.mark.parametrize(
    ("when", "thing", "there"),
    [
        ("2026-06-01T23:59:59Z", "contract A", False),
        ("2026-06-02T00:00Z", "contract A", True),
        ("2026-06-29T23:59:59Z", "contract A", True),
        ("2026-06-30T00:00Z", "contract A", False),
        ("2026-06-04T23:59:59Z", "fleet m1/x", True),
        ("2026-06-05T00:00Z", "fleet m1/x", False),
        ("2026-06-10T09:59:59Z", "outage o", False),
        ("2026-06-10T10:00Z", "outage o", True),
        ("2026-06-11T00:00Z", "outage o", False),
    ],
)
def test_a_thing_is_there_from_its_start_to_its_end(when: str, thing: str, there: bool) -> None:
    """A contract by its own dates, machines until none is left, an outage until its block is retired."""
    assert (thing in named(when)) == there


@pytest.mark.parametrize(("when", "units"), [("2026-06-03T00:00Z", 100), ("2026-06-04T00:00Z", 70)])
def test_machines_are_those_installed_less_those_removed(when: str, units: int) -> None:
    (fleet,) = (thing for thing in state_at(rows(), ["s1"], at(when)) if thing.what == "fleet")
    assert (fleet.fields["units"], f"units={units}" in fleet.words, fleet.since_s) == (
        units,
        True,
        at("2026-06-03T00:00Z"),
    )


@pytest.mark.parametrize(
    ("when", "first"),
    [
        ("2026-06-10T09:00Z", []),
        ("2026-06-10T10:30Z", ["outage o"]),
        ("2026-06-10T11:30Z", ["incident i", "outage o", "feed m1/A"]),
        ("2026-06-10T12:00Z", ["incident i", "outage o"]),
    ],
)
def test_a_shift_looks_at_what_is_open_or_down_in_one_order(when: str, first: list[str]) -> None:
    """Incidents before outages before feeds; a feed that is up again is none of it."""
    assert [thing.named for thing in open_things(state_at(rows(), ["s1"], at(when)))] == first


@pytest.mark.parametrize(("state", "there"), [("normal", False), ("eea1", True)])
def test_a_grid_that_is_normal_is_not_looked_at(state: str, there: bool) -> None:
    grid = f"2026-06-10T10:00Z ba-SOCO grid-condition-declared state={state}\n"
    things = state_at(rows(grid), ["ba-soco"], at("2026-06-10T11:00Z"))
    assert (len(things), len(open_things(things))) == (1, there)


def read(meter: str, start: str, *megawatts: int) -> str:
    values, quality = (",".join(map(str, each)) for each in (megawatts, [17] * len(megawatts)))
    return (
        f"{start} s1 intervals-recorded meter={meter} start={start} interval=1h power_of_ten=6 values=[{values}]"
        f" quality=[{quality}]\n"
    )


SECOND = (
    "2026-06-01T00:00Z s1 meter-registered meter=r2 scope=site role=revenue direction=delivered interval=1h\n"
)


@pytest.mark.parametrize(
    ("readings", "when", "load"),
    [
        (read("r", "2026-06-09T10:00Z", 7, 9), "2026-06-09T12:00Z", (9, "2026-06-09T12:00Z")),
        (read("r", "2026-06-09T10:00Z", 7, 9), "2026-06-09T11:59:59Z", (7, "2026-06-09T11:00Z")),
        (read("r", "2026-06-09T10:00Z", 7), "2026-06-10T10:59:59Z", (7, "2026-06-09T11:00Z")),
        (read("r", "2026-06-09T10:00Z", 7), "2026-06-10T11:00Z", None),
        (read("sub", "2026-06-09T10:00Z", 7), "2026-06-09T12:00Z", None),
        (SECOND + read("r", "2026-06-09T10:00Z", 7), "2026-06-09T12:00Z", None),
        (
            SECOND + read("r", "2026-06-09T10:00Z", 7) + read("r2", "2026-06-09T10:00Z", 1, 2),
            "2026-06-09T12:00Z",
            (9, "2026-06-09T11:00Z"),
        ),
    ],
)  # fmt: skip
def test_the_last_load_is_the_newest_that_all_revenue_meters_have_within_a_day(
    readings: str, when: str, load: tuple[int, str] | None
) -> None:
    """In MW, with the end of the oldest interval it is of; meters of parts of the site are not added."""
    found = rows(SITE + readings)
    loads = last_loads(found, state_at(found, ["s1"], at(when)), at(when))
    assert loads == ({} if load is None else {"s1": LastLoad(load[0] * 10**6, at(load[1]))})


def test_the_load_of_a_meter_is_there_while_its_interval_lasts() -> None:
    story = SITE + read("r", "2026-06-09T10:00Z", 7)
    there = [
        [thing.fields["load_w"] for thing in state_at(rows(story), ["s1"], at(when)) if thing.what == "load"]
        for when in ("2026-06-09T09:59:59Z", "2026-06-09T10:00Z", "2026-06-09T10:59:59Z", "2026-06-09T11:00Z")
    ]
    assert there == [[], [7_000_000], [7_000_000], []]


def thing_at(when: str, story: str, what: str, place: str = "s1") -> list[tuple[int, str]]:
    """Since when things of a sort are there at an instant, and their fields in words."""
    return [
        (thing.since_s, thing.words)
        for thing in state_at(rows(story), [place], at(when))
        if thing.what == what
    ]


def test_a_contract_that_is_recorded_again_begins_anew() -> None:
    """From June 20 on contract A is for 80 MW and without an end: nothing of the first is left."""
    again = "2026-06-20T00:00Z s1 power-contracted agreement=A power=80MW firm=20MW start=2026-06-20T00:00Z\n"
    words = "power=80MW firm=20MW start=2026-06-20T00:00Z"
    assert thing_at("2026-07-01T00:00Z", SITE + again, "contract") == [(at("2026-06-20T00:00Z"), words)]


ENROLLED = """
2026-06-01T00:00Z s1 program-enrolled program=p operator=O agreement=A blocks=[m1] meters=[] method=meter-before-after notice=0s response=0s program_year_start=06-01 tz=UTC capped=false adjustment=none holidays=[]
2026-06-05T00:00Z s1 program-suspended program=p cause=audit
"""


def test_a_suspended_program_is_there_with_its_status() -> None:
    (program,) = (
        thing
        for thing in state_at(rows(ENROLLED), ["s1"], at("2026-06-06T00:00Z"))
        if thing.what == "program"
    )
    assert (program.fields["status"], "status=suspended" in program.words, program.fields["cause"]) == (
        "suspended",
        True,
        "audit",
    )


HELPED = """
2026-06-02T00:00Z s1 dispatch-notified dispatch=d dispatch_class=emergency mode=reduce-to target=0W start=2026-06-10T00:00Z stop=2026-06-10T20:00Z
2026-06-10T10:00Z s1 curtailment-started dispatch=d block=m1 depth=10MW
"""


@pytest.mark.parametrize(
    ("when", "thing", "there"),
    [
        ("2026-06-10T09:59:59Z", "curtailment d/m1", False),
        ("2026-06-10T23:59:59Z", "curtailment d/m1", True),
        ("2026-06-11T00:00Z", "curtailment d/m1", False),
        ("2026-06-02T00:00Z", "dispatch d", True),
        ("2026-06-10T19:59:59Z", "dispatch d", True),
        ("2026-06-10T20:00Z", "dispatch d", False),
    ],
)
def test_a_dispatch_is_there_until_its_stop_and_a_curtailment_until_its_block_is_retired(
    when: str, thing: str, there: bool
) -> None:
    """The dispatch from its notice on; block m1 is retired on June 11."""
    assert (thing in named(when, SITE + HELPED)) == there


NOTICE = (
    "2026-06-09T20:00Z ba-SOCO grid-notice-published notice=n state=weather-alert start=2026-06-10T11:00Z{}"
    " wording=Hot\n"
)
NORMAL = "{} ba-SOCO grid-condition-declared state={}\n"


@pytest.mark.parametrize(
    ("story", "when", "there"),
    [
        (NOTICE.format(""), "2026-06-10T10:59:59Z", False),
        (NOTICE.format(""), "2026-06-10T11:00Z", True),
        (NOTICE.format(" stop=2026-06-11T01:00Z"), "2026-06-10T10:59:59Z", False),
        (NOTICE.format(" stop=2026-06-11T01:00Z"), "2026-06-10T11:00Z", True),
        (NOTICE.format(" stop=2026-06-11T01:00Z"), "2026-06-11T00:59:59Z", True),
        (NOTICE.format(" stop=2026-06-11T01:00Z"), "2026-06-11T01:00Z", False),
        (NOTICE.format("") + NORMAL.format("2026-06-10T10:59:59Z", "normal"), "2026-06-11T00:00Z", True),
        (NOTICE.format("") + NORMAL.format("2026-06-10T11:00Z", "normal"), "2026-06-10T11:00Z", False),
        (NOTICE.format("") + NORMAL.format("2026-06-10T12:00Z", "eea1"), "2026-06-11T00:00Z", True),
        (
            NOTICE.format("")
            + NORMAL.format("2026-06-10T12:00Z", "normal")
            + NORMAL.format("2026-06-10T13:00Z", "eea1"),
            "2026-06-10T13:00Z",
            False,
        ),
        (NOTICE.format("") + NORMAL.format("2026-06-10T12:00Z", "normal"), "2026-06-10T11:59:59Z", True),
        (
            NOTICE.format(" stop=2026-06-11T01:00Z") + NORMAL.format("2026-06-10T12:00Z", "normal"),
            "2026-06-10T13:00Z",
            True,
        ),
    ],
    ids=[
        "before its start",
        "at its start",
        "with a stop, before its start",
        "with a stop, at its start",
        "before its stop",
        "at its stop",
        "normal before its start",
        "normal since its start",
        "another condition since",
        "normal, and then another condition",
        "normal later than the instant",
        "with a stop, it lasts though the grid is normal",
    ],
)
def test_a_notice_of_the_grid_is_there_from_its_start_until_its_stop_or_the_grid_is_normal(
    story: str, when: str, there: bool
) -> None:
    """Published the evening before; it is there since its start, not since it was published."""
    found = [since_s for since_s, _ in thing_at(when, story, "grid-notice", "ba-soco")]
    assert found == [at("2026-06-10T11:00Z")] * there


HASHING = (
    "2026-06-05T00:00Z s1 hashrate-changed block=m1 hashrate=6EH/s {}method=pool until=2026-06-05T02:00:00Z\n"
)


@pytest.mark.parametrize(
    ("more", "when", "words"),
    [
        (
            "power=88MW units_hashing=900 ",
            "2026-06-05T01:59:59Z",
            "hashrate=6EH/s power=88MW units_hashing=900",
        ),
        ("", "2026-06-05T00:00Z", "hashrate=6EH/s"),
        ("", "2026-06-05T02:00Z", None),
    ],
)
def test_a_hashrate_is_there_until_it_is_unknown_with_what_was_measured_beside_it(
    more: str, when: str, words: str | None
) -> None:
    """It holds for two hours from midnight; what was not measured is not shown."""
    found = thing_at(when, SITE + HASHING.format(more), "hashrate")
    assert found == ([] if words is None else [(at("2026-06-05T00:00Z"), words)])


@pytest.mark.parametrize(
    ("value", "power_of_ten", "quality", "words"),
    [
        (7, 6, 17, "load=7MW quality=17"),
        (7, 6, -1, "load=7MW quality=-1"),
        (250, 3, 0, "load=250kW quality=0"),
        (700, -1, 17, "load=70W quality=17"),
    ],
)
def test_a_load_in_words_is_the_mean_power_with_its_quality(
    value: int, power_of_ten: int, quality: int, words: str
) -> None:
    """Wh x 10^power_of_ten in an hour; a quality that is not stated is -1."""
    story = SITE + (
        "2026-06-09T10:00Z s1 intervals-recorded meter=r start=2026-06-09T10:00Z interval=1h"
        f" power_of_ten={power_of_ten} values=[{value}] quality=[{quality}]\n"
    )
    assert thing_at("2026-06-09T10:30Z", story, "load") == [(at("2026-06-09T10:00Z"), words)]


def test_measurements_are_those_of_the_places_asked_for() -> None:
    """A load that a meter of the neighbor shows is not the state of s1; nor is what it reads tomorrow."""
    story = (
        SITE + read("r", "2026-06-09T10:00Z", 7) + read("r", "2026-06-09T10:00Z", 7).replace(" s1 ", " s2 ")
    )
    story += read("r", "2026-06-10T10:00Z", 9)
    things = state_at(rows(story), ["s1"], at("2026-06-09T10:30Z"))
    assert [(thing.place, thing.fields["load_w"]) for thing in things if thing.what == "load"] == [
        ("s1", 7_000_000)
    ]
