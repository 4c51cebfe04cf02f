"""P12: a reduction is counted once, however many dispatches of a program are over it, and every figure of it
explains itself.
"""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given

from ledger.app.queries.explanation import records_behind
from ledger.records.envelope import Record
from projections.engine.fold import replay
from projections.engine.report import Scope
from projections.reports.dispatch_performance import REPORT
from tests.support.report_answers import between
from tests.support.story_facts import told
from tests.support.worlds import seeds

NAMES = [column.name for column in REPORT.columns]
SCOPE = Scope(
    between("2026-06-03T00:00Z/2026-06-06T00:00Z"),
    ("s1",),
    (),
    "UTC",
    {"s1": "UTC"},
    given={"intervals": True},
)
SITE = """
2026-05-01T00:00Z s1 site-registered name=S county=C state=GA tz=UTC balancing_authority=SOCO utility=U parcels=[] site_class=mining-only
2026-05-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=110MW feeds=[]
2026-05-01T00:00Z s1 meter-registered meter=r scope=site role=revenue direction=delivered interval=1h
2026-05-01T00:00Z s1 meter-registered meter=k scope=m1 role=sub direction=delivered interval=30min
"""


def history(seed: int) -> list[Record]:
    """Five days of two meters with gaps, a program whose meters change, and four dispatches of one day."""
    rng = random.Random(seed)
    method = rng.choice(["meter-before-after", "baseline-high-4-of-5", "same-day-3-2", "firm-service-level"])
    lines = [
        f"2026-05-02T00:00Z s1 program-enrolled program=p operator=O agreement=A blocks=[m1] meters=[r]"
        f" method={method} committed={rng.randrange(20, 80)}MW notice=30min response=10min"
        " program_year_start=06-01 tz=UTC capped=false adjustment=none holidays=[]"
    ]
    if rng.random() < 0.5:
        meters = rng.choice(["k", "k,r", "r"])
        lines.append(
            f"2026-06-03T00:00Z s1 program-terms-amended program=p start=2026-06-05T10:00Z meters=[{meters}]"
        )
    for day in range(10, 37):
        date = f"2026-05-{day}" if day <= 31 else f"2026-06-{day - 31:02d}"
        for meter, count, each in (("r", 24, "1h"), ("k", 48, "30min")):
            kept = rng.randrange(1, count) if rng.random() < 0.1 else count
            values = ",".join(str(rng.randrange(100)) for _ in range(kept))
            lines.append(
                f"{date}T00:00Z s1 intervals-recorded meter={meter} start={date}T00:00Z interval={each}"
                f" power_of_ten=6 values=[{values}] quality=[{','.join(['17'] * kept)}]"
            )
    for name in "abcd":
        start, hours, half = rng.randrange(6, 18), rng.randrange(1, 6), rng.choice(["00", "30"])
        mode = rng.choice(["reduce-by", "reduce-to"])
        stop = "" if rng.random() < 0.1 else f" stop=2026-06-05T{start + hours:02d}:{half}Z"
        lines.append(
            f"2026-06-05T{rng.randrange(6):02d}:00Z s1 dispatch-notified dispatch={name} program=p"
            f" dispatch_class={rng.choice(['emergency', 'own-economic', 'test'])} mode={mode}"
            f" target={rng.randrange(10, 70)}MW start=2026-06-05T{start:02d}:{half}Z{stop}"
        )
    return told(SITE + "\n".join(lines))


def rows(records: list[Record]) -> list[dict[str, Any]]:
    found = REPORT.compute(replay(records, REPORT.row_kinds), SCOPE).rows
    return [dict(zip(NAMES, row, strict=True)) for row in found]


@given(seed=seeds)
def test_no_more_is_counted_of_an_interval_than_the_largest_reduction_shown(seed: int) -> None:
    """Of each interval, over all dispatches; what is counted and what overlaps are what the meter shows."""
    of: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for line in rows(history(seed)):
        if line["interval"] is not None and line["reduction_w"] is not None:
            of.setdefault((line["start"], line["stop"]), []).append(line)
    for some in of.values():
        shown = max(line["reduction_w"] + line["overlap_w"] for line in some)
        assert sum(max(0, line["reduction_w"]) for line in some) <= max(0, shown) + len(some)
        for line in some:
            assert abs(line["reduction_w"] + line["overlap_w"] - line["baseline_w"] + line["metered_w"]) <= 2
            assert line["overlap_w"] >= 0


@given(seed=seeds)
def test_the_records_behind_what_is_counted_make_it_again(seed: int) -> None:
    records = history(seed)
    made = replay(records, REPORT.row_kinds)
    columns = random.Random(seed).sample(REPORT.columns[REPORT.keys :], 6)
    for number, cells in enumerate(rows(records)):
        for column in columns if cells["interval"] is None else ():
            named = set(records_behind(REPORT, made, SCOPE, cells, column))
            behind = [record for record in records if (record.stream, record.pos) in named]
            again = {row["dispatch"]: row for row in reversed(rows(behind))}[cells["dispatch"]]
            assert again[column.name] == cells[column.name], (number, column.name)


@given(seed=seeds)
def test_a_dispatch_is_judged_in_words_that_agree_with_its_verdict(seed: int) -> None:
    for line in rows(history(seed)):
        failed = any(word in line["why"] for word in ("short", "above the firm"))
        assert failed == (line["passed"] is False)
        assert line["why"].startswith("at ") == (line["passed"] is True)


def test_the_histories_have_dispatches_over_the_same_hours_that_pass_and_that_fail_for_it() -> None:
    lines = [line for seed in range(20) for line in rows(history(seed)) if line["overlap_w"]]
    assert {line["passed"] for line in lines} == {True, False}
