"""The bounds of rules, by their two sides: what lies on the bound is recorded, what lies beyond it is refused. Changes
of the rules that moved a bound by one were found by no other test.
"""

from __future__ import annotations

import pytest

from ledger.errors import Malformed, Refused
from ledger.rules.register import Register
from tests.unit.rules.test_decide import PROGRAM, PROMISE, SITE, taken
from tests.unit.rules.test_directives import ANSWER, ASKED
from tests.unit.rules.test_energy import METER, WATER
from tests.unit.rules.test_exemptions import GRANT, PEOPLE
from tests.unit.rules.test_generators import RUN, STOP, UNIT
from tests.unit.rules.test_large_loads import CONTRACT, RAMP
from tests.unit.rules.test_registrations import FIRST, TERMS, THIRD
from tests.unit.rules.test_reliability import DIP, RESPONSE
from tests.unit.rules.test_reliability import TERMS as CURVE

OWN = (
    "2026-06-04T00:00Z s1 program-baseline-set program=p1 start=2026-06-05T00:00Z day_types=two adjustment=none"
    " rule=letter taken_days={} like_days={} take={} look_back_days={}"
)
SCHEME = "2026-05-01T00:00Z ba-ERCO peak-scheme-set scheme=s months={} per=month peaks={} interval={} tz=UTC rule=letter in_force=true\n"
PAID = "2026-06-15T11:00Z s1 payment-made commitment=c1 instalment=2026 paid_on=2026-06-15 amount=1USD receipt={}\n"
AMENDED = "2026-06-{}T00:00Z s1 commitment-amended commitment=c1 start_on=2026-07-01 target=30\n"
MET = "2026-07-01T00:00Z s1 commitment-assessed commitment=c1 period={} verdict={} assessor=us evidence=[{}]"
EVIDENCE = (
    "2026-06-30T00:00Z s1 evidence-recorded commitment=c1 period=2026 document_sha256=" + 64 * "a" + "\n"
)
DEFAULT = "2026-07-09T00:00Z s1 default-noticed commitment=c1 period=2026\n"
CURED = "2026-07-{}T00:00Z s1 cured commitment=c1 period={}\n"
LATER = (
    "2026-06-03T00:00Z s1 load-block-commissioned block={} load_class={} service_class=interruptible capacity={}"
    " feeds=[]{}\n"
)
ENERGIZED = "2026-06-02T12:00Z s1 capacity-energized power=150MW point_of_delivery=a voltage=115kV\n"
POWER = SITE + CONTRACT + ENERGIZED


@pytest.mark.parametrize(
    "story",
    [
        pytest.param(FIRST + THIRD.replace("2026-07-09", "2026-06-09"), id="two versions filed on one day"),
        pytest.param(
            THIRD + FIRST.replace("2026-06-10T", "2026-08-10T").replace("06-09", "07-09"),
            id="two versions of one day, the later one recorded first",
        ),
        pytest.param(TERMS.strip() + " interruptible=100%", id="all of the load is interruptible"),
        pytest.param(TERMS.strip() + " forecast_years=50", id="a forecast of 50 years"),
        pytest.param(
            GRANT.replace("min_weekly_hours=30", "min_weekly_hours=168"), id="every hour of a week"
        ),
        pytest.param(
            GRANT.strip() + " ends_on=2026-01-01 due_on=2026-01-01", id="an exemption of one day"
        ),
        pytest.param(GRANT + PEOPLE.replace("=160", "=120"), id="as many hours as qualifying positions need"),
        pytest.param(GRANT + PEOPLE.replace("4800", "2400"), id="pay at the wage floor"),
        pytest.param(
            GRANT + PEOPLE.replace("2026-07-01T", "2026-06-02T").replace("=2026-07-01", "=2026-06-01"),
            id="positions before the exemption is granted",
        ),
        pytest.param(CONTRACT + RAMP.strip() + " minimum=100%", id="a minimum take of all"),
        pytest.param(CONTRACT + RAMP.strip() + " ends_on=2027-07-01", id="a ramp that ends with its last step"),
        pytest.param(CONTRACT + RAMP.strip() + " demand_interval=60s", id="demand by the minute"),
        pytest.param(METER + WATER + WATER.replace("start_on=2026-06-01 stop_on=2026-07-01",
                     "start_on=2026-07-01 stop_on=2026-08-01").replace("2026-06-01T", "2026-07-01T"),
                     id="water of two months, one after the other"),
        pytest.param(METER + WATER.replace("start_on=2026-06-01 stop_on=2026-07-01",
                     "start_on=2026-07-01 stop_on=2026-08-01").replace("2026-06-01T", "2026-07-01T") + WATER,
                     id="water of two months, the later one recorded first"),
        pytest.param(UNIT + RUN + STOP + STOP.replace("12:00", "13:00").replace("stopped", "started run_reason=emergency"),
                     id="a second run after the first"),
        pytest.param(DIP + RESPONSE.replace("minimum=12MW", "minimum=95MW"), id="a load that did not fall"),
        pytest.param(
            CURVE + "x voltage_from=[0%,50%] voltage_to=[50%,100%] voltage_held=[1s,2s]",
            id="bands that touch each other and nominal",
        ),
        pytest.param(CURVE + "x voltage_from=[100%] voltage_to=[120%] voltage_held=[1s]", id="a band from nominal up"),
        pytest.param(PROGRAM + OWN.format(1, 1, "highest", 60), id="the fewest days"),
        pytest.param(PROGRAM + OWN.format(2, 4, "middle", 4), id="as many like days as are looked back at"),
        pytest.param(PROGRAM + OWN.format(1, 3, "latest", 4) + " skipped_days=1", id="a day that is skipped is not one of them"),
        pytest.param(SCHEME.format("[6,7]", 1, "1h"), id="peaks by the hour"),
        pytest.param(f"{ASKED}\n{ANSWER.replace('10:10', '10:00')}", id="answered in the same second"),
        pytest.param(PROMISE + AMENDED.format("10") + AMENDED.format("10").replace("30", "31"), id="amended twice at once"),
        pytest.param(
            "2026-08-14T20:00Z s1 facility-changed change=ups-9 category=settings what=x\n"
            "2026-08-14T20:00Z s1 model-verified model=m verified_by=us changes=[ups-9]",
            id="a model that was verified with a change",
        ),
        pytest.param(PROMISE + PAID.format("r1") + PAID.format("r2"), id="two receipts"),
        pytest.param(PROMISE + EVIDENCE + MET.format("2026", "met", ""), id="met, by evidence of it"),
        pytest.param(PROMISE + MET.format("2026", "not-met", ""), id="not met, without evidence"),
        pytest.param(PROMISE + DEFAULT + CURED.format("09", "2026"), id="cured as it is noticed"),
    ],
)  # fmt: skip
def test_what_lies_on_a_bound_is_recorded(story: str) -> None:
    lines = [line for line in (SITE + story).splitlines() if line.strip()]
    assert len(taken(Register(), SITE + story)) == len(lines)


@pytest.mark.parametrize(
    "story",
    [
        pytest.param(LATER.format("m2", "mining", "50MW", ""), id="blocks that take all that is energized"),
        pytest.param(LATER.format("m2", "mining", "51MW", " approval=letter"), id="more, which was approved"),
        pytest.param(
            LATER.format("m2", "mining", "51MW", " approval=letter")
            + "2026-06-04T00:00Z s1 load-block-rerated block=m2 capacity=50MW\n",
            id="a block that is rerated down",
        ),
        pytest.param(
            LATER.format("a2", "ai-hpc", "50MW", ""),
            id="AI load beside mining, where there is power for both",
        ),
    ],
)
def test_blocks_may_take_what_is_energized(story: str) -> None:
    """150 MW are energized, and a mining block has 100 of them."""
    assert taken(Register(), POWER + story)


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (TERMS.strip() + " forecast_years=51", "forecast_years=51 is more than 50"),
        (
            GRANT.replace("min_weekly_hours=30", "min_weekly_hours=169"),
            "min_weekly_hours=169 is more than a week has",
        ),
        (GRANT.strip() + " ends_on=2025-12-31", "ends_on 2025-12-31 is before starts_on 2026-01-01"),
        (GRANT.strip() + " due_on=2025-12-31", "due_on 2025-12-31 is before starts_on 2026-01-01"),
        (
            GRANT.strip() + " ends_on=2026-02-01 due_on=2026-01-31",
            "due_on 2026-01-31 is before ends_on 2026-02-01",
        ),
        (
            DIP + RESPONSE.replace("minimum=12MW", "minimum=12MW after_1s=11MW"),
            "minimum=12MW is above after_1s=11MW",
        ),
        (
            DIP + RESPONSE.replace("minimum=12MW", "minimum=12MW recovered=11MW"),
            "minimum=12MW is above recovered=11MW",
        ),
        (
            CURVE + "x voltage_from=[0%] voltage_to=[90%,95%] voltage_held=[1s]",
            "voltage_from=[...], voltage_to=[...], voltage_held=[...] go together",
        ),
        (PROGRAM + OWN.format(0, 1, "highest", 60), "taken_days must be from 1 to like_days, which is 1: 0"),
        (PROGRAM + OWN.format(2, 1, "highest", 60), "taken_days must be from 1 to like_days, which is 1: 2"),
        (PROGRAM + OWN.format(1, 5, "highest", 4), "like_days must be at most look_back_days"),
        (
            PROGRAM + OWN.format(1, 4, "latest", 4) + " skipped_days=1",
            "like_days must be at most look_back_days",
        ),
        (
            PROMISE.replace("due_on=[2026-12-31]", "due_on=[2026-12-31,2027-12-31]"),
            "1 periods have 2 due dates; give one due date for each period",
        ),
        (PROGRAM + OWN.format(1, 2, "middle", 60), "like_days less taken_days must be even"),
        (SCHEME.format("[6,6]", 1, "1h"), "months needs one month or more, each once"),
        (SCHEME.format("[6]", 0, "1h"), "peaks must be 1 or more"),
        (SCHEME.format("[6]", 1, "7min"), "interval must divide a day"),
        (SCHEME.format("[6]", 1, "0s"), "interval must divide a day"),
    ],
)
def test_what_lies_beyond_a_bound_is_malformed(story: str, said: str) -> None:
    with pytest.raises(Malformed) as why:
        taken(Register(), SITE + story)
    assert said in str(why.value)


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (PROMISE + PAID.format("r1") * 2, "receipt 'r1' is already recorded, by record 103"),
        (
            PROMISE + AMENDED.format("10") + AMENDED.format("09"),
            "commitment 'c1' cannot be amended at 2026-06-09T00:00:00Z, before it last was, by record 103",
        ),
        (PROMISE + MET.format("2026", "met", ""), "a verdict met needs evidence: nothing is recorded for commitment 'c1'"),
        (PROMISE + MET.format("2026", "not-met value=3", ""), "a value needs evidence"),
        (
            PROMISE + EVIDENCE + MET.format("2027", "met", ""),
            "nothing is recorded for commitment 'c1' and 2027",
        ),
        (
            PROMISE + MET.format("2026", "met", "00000000-0000-7000-8000-000000000000"),
            "which is not a record of this ledger",
        ),
        (PROMISE + CURED.format("10", "2026"), "no default of commitment 'c1' was noticed that this could cure"),
        (PROMISE + DEFAULT + CURED.format("10", "2027"), "no default of commitment 'c1' was noticed"),
        (PROMISE + DEFAULT + CURED.format("08", "2026"), "not later than 2026-07-08T00:00:00Z"),
        (
            UNIT + RUN + STOP + STOP,
            "generator 'g1' does not run at 2026-07-01T12:00:00Z: it stopped, by record",
        ),
        (POWER + LATER.format("m2", "mining", "51MW", ""), "151MW of block capacity is above the energized"),
        (
            POWER + LATER.format("a2", "ai-hpc", "51MW", " approval=letter"),
            "mining capacity must be released before AI load takes its megawatts",
        ),
        (
            POWER
            + LATER.format("a2", "ai-hpc", "50MW", "")
            + "2026-06-04T00:00Z s1 load-block-rerated block=a2 capacity=51MW approval=letter\n",
            "mining capacity must be released before AI load takes its megawatts",
        ),
        (
            "2026-08-14T20:00Z s1 facility-changed change=ups-9 category=settings what=x\n"
            "2026-08-14T20:00Z s1 model-verified model=m verified_by=us changes=[ups-8]",
            "change 'ups-8' was never recorded at s1; record its facility-changed first; did you mean ups-9?",
        ),
        (
            METER.replace("meter=gen", "meter=gen1")
            + "2026-06-03T00:00Z s1 energy-supply-registered supply=own instrument=own-generation"
            " energy_source=solar meter=gen start_on=2026-06-01\n",
            "record its meter-registered first; did you mean gen1?",
        ),
    ],
)  # fmt: skip
def test_what_lies_beyond_a_bound_of_the_log_is_refused(story: str, said: str) -> None:
    with pytest.raises(Refused) as why:
        taken(Register(), SITE + story if not story.startswith(SITE) else story)
    assert said in str(why.value)
