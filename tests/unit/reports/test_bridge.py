"""Bridge: mining that carries a site until its data centers are there, day by local day."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import calendar
from projections.engine.fold import Rows
from projections.engine.report import Scope
from projections.reports.bridge import REPORT
from tests.support.histories import history
from tests.support.report_answers import Line, answer, cells_of, lines
from tests.support.story_facts import told
from tests.support.worlds import rows_of, scopes, seeds

SITE = """
2026-05-01T00:00Z s1 site-registered name=S county=C state=GA tz=UTC balancing_authority=SOCO utility=U parcels=[] site_class=training
2026-05-02T00:00Z s1 power-contracted agreement=A power=150MW firm=0W start=2026-05-02T00:00Z
2026-06-01T12:00Z s1 capacity-energized power=100MW point_of_delivery=p voltage=115kV
2026-06-01T12:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=50MW feeds=[]
2026-06-01T12:00Z s1 load-block-commissioned block=m2 load_class=mining service_class=interruptible capacity=40MW feeds=[]
2026-06-01T12:00Z s1 meter-registered meter=b1 scope=m1 role=sub direction=delivered interval=6h
2026-06-04T18:00Z s1 hashrate-changed block=m1 hashrate=1EH/s method=pool
2026-06-04T18:00Z s1 hashrate-changed block=m2 hashrate=1EH/s power=20MW method=pool
2026-06-04T18:00Z s1 intervals-recorded meter=b1 start=2026-06-04T18:00Z interval=6h power_of_ten=6 values=[240] quality=[17]
2026-06-05T00:00Z s1 intervals-recorded meter=b1 start=2026-06-05T00:00Z interval=6h power_of_ten=6 values=[240,240,240,240] quality=[17,17,17,17]
2026-06-06T00:00Z s1 intervals-recorded meter=b1 start=2026-06-06T00:00Z interval=6h power_of_ten=6 values=[240,240] quality=[17,17]
"""
CONVERTED = """
2026-06-06T12:00Z s1 load-block-retired block=m1 cause=conversion successor=a1
2026-06-06T12:00Z s1 load-block-commissioned block=a1 load_class=ai-hpc service_class=firm capacity=40MW feeds=[]
2026-06-06T12:00Z s1 meter-registered meter=c1 scope=a1 role=facility direction=delivered interval=12h
2026-06-06T12:00Z s1 intervals-recorded meter=c1 start=2026-06-06T12:00Z interval=12h power_of_ten=6 values=[120] quality=[17]
"""
PHASE = """
2026-05-10T00:00Z s1 lease-phase-opened lease=l1 phase=p1 tenant=T critical=40MW
2026-05-20T00:00Z s1 lease-milestone-reached phase=p1 milestone=loi
2026-06-05T15:00Z s1 lease-milestone-reached phase=p1 milestone=ready-for-service-accepted
"""
JUNE = "2026-06-01T00:00Z/2026-06-08T00:00Z"
MW = 10**6


def day(text: str, of: str, window: str = JUNE) -> Line:
    return lines(REPORT, text, window)[f"s1/{of}"]


def test_a_day_is_the_mean_of_what_was_metered_and_said() -> None:
    """m1 reads 40 MW on its meter, m2 said 20 MW with its hashrate."""
    assert day(SITE, "2026-06-05") == {
        "site": "s1",
        "day": "2026-06-05",
        "contracted_w": 150 * MW,
        "energized_w": 100 * MW,
        "mining_w": 60 * MW,
        "ai_w": 0,
        "bridge_wh": 0,
        "days_energized_to_hash": 3,
        "days_loi_to_rfs": None,
    }


def test_what_is_known_for_a_part_of_a_day_only_is_unknown() -> None:
    """On 1 June nothing was energized before noon and no hashrate was said after; on 7 June the meter of m1
    has no reading, and its pool says no power.
    """
    first, last = day(SITE, "2026-06-01"), day(SITE, "2026-06-07")
    assert (first["contracted_w"], first["energized_w"], first["mining_w"]) == (150 * MW, None, None)
    assert (last["energized_w"], last["mining_w"]) == (100 * MW, None)


def test_mining_of_a_block_that_is_converted_since_is_bridge_energy() -> None:
    """40 MW of m1 for a day, and 12 h of its last; the data center after it draws 10 MW for the other
    half.
    """
    before, last = day(SITE + CONVERTED, "2026-06-05"), day(SITE + CONVERTED, "2026-06-06")
    assert (before["bridge_wh"], before["mining_w"], before["ai_w"]) == (960 * MW, 60 * MW, 0)
    assert (last["bridge_wh"], last["mining_w"], last["ai_w"]) == (480 * MW, 40 * MW, 5 * MW)


def test_a_block_that_is_retired_for_another_cause_or_later_than_the_window_bridges_nothing() -> None:
    sold = (SITE + CONVERTED).replace("cause=conversion successor=a1", "cause=decommissioned")
    assert day(sold, "2026-06-05")["bridge_wh"] == 0
    assert day(SITE + CONVERTED, "2026-06-05", "2026-06-01T00:00Z/2026-06-06T00:00Z")["bridge_wh"] == 0


def test_days_are_counted_from_when_they_are_reached() -> None:
    """Energized 1 June, hashing from 4 June; letter of intent 20 May, ready 5 June."""
    found = lines(REPORT, SITE + PHASE, JUNE)
    assert [found[f"s1/2026-06-0{n}"]["days_energized_to_hash"] for n in (3, 4, 7)] == [None, 3, 3]
    assert [found[f"s1/2026-06-0{n}"]["days_loi_to_rfs"] for n in (4, 5, 7)] == [None, 16, 16]


def test_a_site_has_rows_from_its_first_contract_on() -> None:
    assert answer(REPORT, told(SITE), "2026-04").rows == ()
    assert next(iter(lines(REPORT, SITE, "2026-05"))) == "s1/2026-05-02"


@pytest.mark.parametrize(("of", "hours"), [("2026-03-08", 23), ("2026-11-01", 25)])
def test_a_day_of_a_clock_change_is_as_long_as_it_was(of: str, hours: int) -> None:
    """A meter reads 1 MWh each hour: 1 MW of every day, and of a converted block as many MWh as the day has
    hours.
    """
    month = "".join(
        f"{of[:7]}-{n:02d}T00:00Z s1 intervals-recorded meter=b1 start={of[:7]}-{n:02d}T00:00Z interval=1h"
        f" power_of_ten=6 values=[{','.join(['1'] * 24)}] quality=[{','.join(['17'] * 24)}]\n"
        for n in range(1, 12)
    )
    text = f"""
2026-01-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=50MW feeds=[]
2026-01-01T00:00Z s1 meter-registered meter=b1 scope=m1 role=sub direction=delivered interval=1h
{month}{of[:7]}-12T00:00Z s1 load-block-retired block=m1 cause=conversion
"""
    found = lines(REPORT, text, of[:7], tz="America/New_York")[f"s1/{of}"]
    assert (found["mining_w"], found["bridge_wh"]) == (MW, hours * MW)


# --- laws ---------------------------------------------------------------------------------------------------


def named(rows: Rows, scope: Scope) -> list[Line]:
    return [cells_of(REPORT.columns, row) for row in REPORT.compute(rows, scope).rows]


@given(seed=seeds)
def test_bridge_energy_is_within_mining_and_a_site_draws_no_less_than_nothing(seed: int) -> None:
    rows = rows_of(history(seed, 300))
    for scope in scopes():
        for line in named(rows, scope):
            if line["mining_w"] is not None:
                assert line["bridge_wh"] is not None
                assert 0 <= line["bridge_wh"] <= (line["mining_w"] + 1) * 25


@given(seed=seeds)
def test_sums_by_local_day_are_sums_by_utc(seed: int) -> None:
    """Over the same instants: mining energy of whole days, each mean rounded once."""
    rows = rows_of(history(seed, 300))
    scope = scopes()[2]
    sums = {}
    for tz in ("UTC", "America/New_York", "Asia/Kathmandu"):
        found = named(rows, scope._replace(tz=tz))
        known = {line["site"] for line in found} - {
            line["site"] for line in found if line["bridge_wh"] is None
        }
        sums[tz] = {
            site: [sum(line["bridge_wh"] for line in found if line["site"] == site), len(found)]
            for site in known
        }
    for site in set.intersection(*map(set, sums.values())):
        totals = [some[site][0] for some in sums.values()]
        assert max(totals) - min(totals) <= max(some[site][1] for some in sums.values())


steps = st.lists(
    st.tuples(st.integers(1, 2 * 1440 - 1), st.integers(0, 50)), max_size=6, unique_by=lambda step: step[0]
)


@given(first=steps, second=steps, converted=st.integers(1441, 2 * 1440))
def test_a_day_is_the_sum_over_its_minutes(
    first: list[tuple[int, int]], second: list[tuple[int, int]], converted: int
) -> None:
    """Two blocks say their power now and then over two days; the second is retired for conversion within the
    second day.
    """
    text, minutes = "", [[0] * 2 * 1440, [0] * 2 * 1440]
    for n, changes in enumerate((first, second)):
        held = sorted({0: 10, **dict(changes)}.items())
        text += (
            f"2026-05-31T00:00Z s1 load-block-commissioned block=m{n} load_class=mining"
            " service_class=interruptible capacity=50MW feeds=[]\n"
        )
        for (minute, power), (until, _) in zip(held, [*held[1:], (2 * 1440, 0)], strict=True):
            at = calendar.format_instant(calendar.instant_s("2026-06-01T00:00:00Z") + 60 * minute)
            text += f"{at} s1 hashrate-changed block=m{n} hashrate=1EH/s power={power}MW method=pool\n"
            minutes[n][minute:until] = [power] * (until - minute)
    at = calendar.format_instant(calendar.instant_s("2026-06-01T00:00:00Z") + 60 * converted)
    minutes[1][converted:] = [0] * (2 * 1440 - converted)
    found = lines(
        REPORT,
        f"{text}{at} s1 load-block-retired block=m1 cause=conversion\n",
        "2026-06-01T00:00Z/2026-06-03T00:01Z",
    )
    for n, of in enumerate(("2026-06-01", "2026-06-02")):
        plain, bridge = (sum(column[1440 * n : 1440 * (n + 1)]) for column in minutes)
        assert found[f"s1/{of}"]["mining_w"] == round(Fraction((plain + bridge) * MW, 1440))
        assert found[f"s1/{of}"]["bridge_wh"] == round(Fraction(bridge * MW, 60))
