"""Protection: the firm load beside the mining, before and during a dispatch."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from ledger.app.queries.explanation import records_behind
from projections.engine.fold import replay
from projections.engine.report import Scope
from projections.reports.protection import REPORT
from tests.support.report_answers import answer, between, cells_of, lines
from tests.support.story_facts import told

SITE = """
2026-05-01T00:00Z s1 site-registered name=S county=C state=GA tz=UTC balancing_authority=SOCO utility=U parcels=[] site_class=training
2026-05-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=50MW feeds=[A]
2026-05-01T00:00Z s1 load-block-commissioned block=m2 load_class=mining service_class=interruptible capacity=50MW feeds=[A]
2026-05-01T00:00Z s1 load-block-commissioned block=ai1 load_class=ai-hpc service_class=firm capacity=20MW feeds=[A,B]
2026-05-01T00:00Z s1 meter-registered meter=k1 scope=m1 role=sub direction=delivered interval=1h
2026-05-01T00:00Z s1 meter-registered meter=k2 scope=m2 role=sub direction=delivered interval=1h
2026-05-01T00:00Z s1 meter-registered meter=kai scope=ai1 role=sub direction=delivered interval=1h
2026-07-14T17:00Z s1 dispatch-notified dispatch=d dispatch_class=emergency mode=reduce-by target=80MW start=2026-07-14T18:00Z stop=2026-07-14T21:00Z
2026-07-14T18:00Z s1 curtailment-started dispatch=d block=m1 depth=50MW
2026-07-14T18:00Z s1 curtailment-started dispatch=d block=m2 depth=50MW
"""


def read(meter: str, *megawatts: int) -> str:
    return (
        f"2026-07-14T17:00Z s1 intervals-recorded meter={meter} start=2026-07-14T17:00Z interval=1h"
        f" power_of_ten=6 values=[{','.join(map(str, megawatts))}]"
        f" quality=[{','.join(['17'] * len(megawatts))}]\n"
    )


LOADS = read("k1", 48, 2, 1, 0, 48) + read("k2", 45, 3, 0, 0, 44) + read("kai", 18, 17, 19, 18, 18)


def row(text: str, key: str = "d/ai1/s1", period: str = "2026-07") -> dict[str, Any]:
    return lines(REPORT, SITE + text, period)[key]


def figures(found: dict[str, Any]) -> tuple[Any, ...]:
    names = ("load_before_w", "load_min_w", "sla_lost_s", "mining_reduced_w", "firm_touched")
    return tuple(found[name] for name in names)


def test_the_firm_load_stayed_up_while_mining_came_down() -> None:
    """18 MW before and never below 17; mining from 93 MW to a mean of 2."""
    assert figures(row(LOADS)) == (18_000_000, 17_000_000, 0, 91_000_000, 0)


@pytest.mark.parametrize(
    ("said", "lost_s"),
    [
        (["17:30 A down", "19:00 B down", "19:30 A up"], 1800),
        (["17:30 A down", "17:45 B down"], 3 * 3600),
        (["18:10 A down", "18:20 A up", "18:20 B down"], 0),
        (["20:50 A down", "20:55 B down", "21:30 B up"], 300),
    ],
)
def test_a_service_is_lost_while_all_feeds_are_down(said: list[str], lost_s: int) -> None:
    text = "".join(
        f"2026-07-14T{at}Z s1 feed-state-changed block=ai1 feed={feed} state={state}\n"
        for at, feed, state in (one.split() for one in said)
    )
    assert row(LOADS + text)["sla_lost_s"] == lost_s


def test_a_block_without_a_meter_leaves_its_load_unknown() -> None:
    bare = LOADS.replace(read("kai", 18, 17, 19, 18, 18), "")
    assert figures(row(bare)) == (None, None, 0, 91_000_000, 0)
    assert row(LOADS.replace(read("k2", 45, 3, 0, 0, 44), ""))["mining_reduced_w"] is None


def test_a_firm_block_that_was_touched_is_counted_and_flagged() -> None:
    text = "2026-07-14T18:05Z s1 curtailment-started dispatch=d block=ai1 depth=5MW\n"
    found = answer(REPORT, told(SITE + LOADS + text), "2026-07")
    assert found.rows[0][-1] == 1
    assert found.notes == (
        (
            "s1/ai1: a firm block, curtailed at 2026-07-14T18:05:00Z under d, which is emergency and not"
            " firm-load-shed"
        ),
    )


FLEXIBLE = (
    SITE.replace(
        "block=ai1 load_class=ai-hpc service_class=firm",
        "block=ai1 load_class=ai-hpc service_class=interruptible",
    )
    + "2026-05-02T00:00Z s1 program-enrolled program=p operator=O agreement=A blocks=[m1,m2{named}] meters=[]"
    " method=meter-before-after notice=0s response=0s program_year_start=06-01 tz=UTC capped=false"
    " adjustment=none holidays=[]\n"
)


@pytest.mark.parametrize(
    ("named", "program", "depth", "touched", "notes"),
    [
        pytest.param(",ai1", " program=p", 5, 0, (), id="named by the program: throttled by 5 of 20 MW"),
        pytest.param(
            ",ai1",
            " program=p",
            20,
            1,
            ("s1/ai1: an AI block, taken down whole at 2026-07-14T18:05:00Z under d",),
            id="named by the program: 20 of 20 MW are no throttling",
        ),
        pytest.param(
            "",
            " program=p",
            5,
            1,
            ("s1/ai1: helps at 2026-07-14T18:05:00Z under d of program p, which does not enrol it",),
            id="not named: 5 MW are beyond what the program allows",
        ),
        pytest.param("", "", 5, 0, (), id="without a program an interruptible block is the operator's own"),
    ],
)
def test_an_ai_block_that_a_program_names_may_be_throttled_by_depth(
    named: str, program: str, depth: int, touched: int, notes: tuple[str, ...]
) -> None:
    """The AI block of 20 MW is interruptible; what may be held back of it depends on the program, not on its
    class alone.
    """
    text = FLEXIBLE.format(named=named).replace("dispatch=d dispatch", f"dispatch=d{program} dispatch")
    text += f"2026-07-14T18:05Z s1 curtailment-started dispatch=d block=ai1 depth={depth}MW\n"
    found = answer(REPORT, told(text), "2026-07")
    assert (found.rows[0][-1], found.notes) == (touched, notes)


FIRM = FLEXIBLE.replace("ai-hpc service_class=interruptible", "ai-hpc service_class=firm")
THROTTLE = "2026-05-03T00:00Z s1 program-throttle-agreed program=p block=ai1 depth=5MW{more}\n"
FLAGS = (
    "s1/ai1: a firm block, curtailed at 2026-07-14T18:05:00Z under d, which is emergency and not firm-load-shed",
    "s1/ai1: helps at 2026-07-14T18:05:00Z under d of program p, which does not enrol it",
)


@pytest.mark.parametrize(
    ("agreed", "depth", "touched", "notes"),
    [
        pytest.param(THROTTLE.format(more=""), 5, 0, (), id="25 % of it, as agreed"),
        pytest.param(THROTTLE.format(more=" duration_max=3h"), 5, 0, (), id="for less than 3 hours"),
        pytest.param(THROTTLE.format(more=" duration_max=2h"), 5, 1, (), id="for longer than 2 hours"),
        pytest.param(THROTTLE.format(more=""), 6, 1, FLAGS, id="deeper than agreed"),
        pytest.param("", 5, 1, FLAGS, id="without an agreement"),
        pytest.param(
            THROTTLE.format(more="")
            + "2026-07-01T00:00Z s1 program-throttle-agreed program=p block=ai1 depth=0W\n",
            5,
            1,
            FLAGS,
            id="after the agreement has ended",
        ),
    ],
)
def test_a_firm_block_may_be_throttled_as_agreed_for_the_program(
    agreed: str, depth: int, touched: int, notes: tuple[str, ...]
) -> None:
    """A tenant lets 5 of its 20 MW be held back for some hours, service kept, when the utility's program calls."""
    text = FIRM.format(named="").replace("dispatch=d dispatch", "dispatch=d program=p dispatch")
    text += f"{agreed}2026-07-14T18:05Z s1 curtailment-started dispatch=d block=ai1 depth={depth}MW\n"
    found = answer(REPORT, told(text), "2026-07")
    assert (found.rows[0][-1], found.notes) == (touched, notes)


def test_a_throttle_agreed_for_a_program_allows_nothing_under_another_dispatch() -> None:
    text = FIRM.format(named="") + THROTTLE.format(more="")
    text += "2026-07-14T18:05Z s1 curtailment-started dispatch=d block=ai1 depth=5MW\n"
    found = answer(REPORT, told(text), "2026-07")
    assert (found.rows[0][-1], found.notes) == (1, FLAGS[:1])


def test_firm_load_shed_touches_a_firm_block_without_a_flag() -> None:
    text = SITE.replace("dispatch_class=emergency", "dispatch_class=firm-load-shed")
    text += "2026-07-14T18:05Z s1 curtailment-started dispatch=d block=ai1 depth=5MW\n"
    found = answer(REPORT, told(text), "2026-07")
    assert (found.rows[0][-1], found.notes) == (1, ())


def test_there_is_a_row_for_each_ai_block_that_is_commissioned_when_the_dispatch_starts() -> None:
    text = (
        "2026-07-14T18:30Z s1 load-block-commissioned block=ai2 load_class=ai-hpc service_class=firm"
        " capacity=5MW feeds=[]\n2026-07-15T17:00Z s1 dispatch-notified dispatch=e dispatch_class=market"
        " mode=reduce-by target=1MW start=2026-07-15T18:00Z stop=2026-07-15T19:00Z\n2026-07-15T17:00Z s1"
        " dispatch-notified dispatch=f dispatch_class=market mode=reduce-by target=1MW"
        " start=2026-07-15T20:00Z stop=2026-07-15T21:00Z\n2026-07-15T17:30Z s1 dispatch-cancelled"
        " dispatch=f\n"
    )
    assert list(lines(REPORT, SITE + text, "2026-07")) == ["d/ai1/s1", "e/ai1/s1", "e/ai2/s1"]
    assert row(text, "e/ai2/s1")["sla_lost_s"] is None, "no feed of it is known"


def test_the_load_before_a_dispatch_is_not_carried_over_a_missing_hour() -> None:
    text = LOADS.replace(
        "2026-07-14T17:00Z s1 intervals-recorded meter=kai start=2026-07-14T17:00Z", "@"
    ).replace("@", "2026-07-14T15:00Z s1 intervals-recorded meter=kai start=2026-07-14T15:00Z")
    late = text.replace("values=[18,17,19,18,18] quality=[17,17,17,17,17]", "values=[18,17] quality=[17,17]")
    assert row(late)["load_before_w"] is None


def test_only_the_records_of_the_block_and_the_dispatch_are_behind_its_load() -> None:
    records = told(SITE + LOADS)
    rows = replay(records, REPORT.row_kinds)
    scope = Scope(between("2026-07-01T00:00Z/2026-08-01T00:00Z"), ("s1",), (), "UTC", {"s1": "UTC"})
    cells = cells_of(REPORT.columns, REPORT.compute(rows, scope).rows[0])
    columns = {column.name: column for column in REPORT.columns}
    found = {}
    for name in ("load_min_w", "mining_reduced_w", "sla_lost_s"):
        named = set(records_behind(REPORT, rows, scope, cells, columns[name]))
        found[name] = Counter(r.kind.partition(".")[0] for r in records if (r.stream, r.pos) in named)
    assert found == {
        "load_min_w": Counter(
            {
                "dispatch-notified": 1,
                "load-block-commissioned": 1,
                "meter-registered": 1,
                "intervals-recorded": 1,
            }
        ),
        "mining_reduced_w": Counter(
            {
                "dispatch-notified": 1,
                "load-block-commissioned": 3,
                "meter-registered": 2,
                "intervals-recorded": 2,
            }
        ),
        "sla_lost_s": Counter({"dispatch-notified": 1, "load-block-commissioned": 1}),
    }
