"""Columns of the report dispatch-performance, those of a dispatch and those of an interval alike."""

from __future__ import annotations

from typing import Final

from projections.engine.report import Column, partial_row_of
from projections.rows.dispatches import DISPATCH
from projections.rows.meters import METER_DAY
from projections.rows.programs import PROGRAM
from projections.rows.targets_reached import ANSWER

CALLED: Final = (DISPATCH.name,)
TERMS: Final = (DISPATCH.name, PROGRAM.name)
LOADED: Final = (*TERMS, METER_DAY.name)
FAST: Final = (*LOADED, ANSWER.name)
OTHERS: Final = ("dispatch",)  # a baseline leaves out the days of the program's other dispatches


def _of_load(name: str, title: str, definition: str, unit: str, of: tuple[str, ...] = ()) -> Column:
    return Column(name, title, definition, unit, of, LOADED, OTHERS)


COLUMNS: Final = (
    Column("dispatch", "Dispatch", "the dispatch", unit=""),
    Column("program", "Program", "the program that called; null without one", unit=""),
    Column("site", "Site", "the site", unit=""),
    Column("interval", "Interval", "start of an evaluated interval; null for the whole dispatch", unit=""),
    Column("dispatch_class", "Class", "why it was called", unit="", draws=CALLED),
    Column("method", "Method", "how performance is measured; null without a program", unit="", draws=TERMS),
    Column("method_version", "Method version", "version of the method as defined here", unit="", draws=TERMS),
    Column("start", "Start", "when it began", unit="", draws=CALLED),
    Column("stop", "Stop", "release or stop; null while it is open", unit="", draws=CALLED),
    Column("target_w", "Target", "load of a reduce-to, reduction of a reduce-by", unit="W", draws=CALLED),
    Column("committed_w", "Committed", "target of a reduce-by, else the program's", unit="W", draws=TERMS),
    _of_load("baseline_w", "Baseline", "mean baseline of the evaluated intervals", "W"),
    Column("metered_w", "Metered", "mean load of the evaluated intervals", unit="W", draws=LOADED),
    _of_load(
        "reduction_w",
        "Reduction",
        "mean(r): baseline - metered, counted once",
        "W",
        of=("baseline_w", "metered_w", "overlap_w"),
    ),
    _of_load(
        "performance_ppm",
        "Performance",
        "mean(r) / committed, uncapped",
        "ppm",
        of=("reduction_w", "committed_w"),
    ),
    _of_load(
        "performance_capped_ppm",
        "Capped",
        "mean(min(1, max(0, r / committed)))",
        "ppm",
        of=("reduction_w", "committed_w"),
    ),
    _of_load(
        "passed",
        "Passed",
        "every interval passes; null where a reading is missing or it is not over",
        "",
        of=("committed_w",),
    ),
    Column("notice_s", "Notice", "start - notification", unit="s", draws=CALLED, shown="min"),
    Column("ack_s", "Acknowledged", "acknowledgement - notification", unit="s", draws=CALLED, shown="min"),
    Column(
        "response_s", "Response", "target reached - start", unit="s", draws=FAST, beyond=OTHERS, shown="min"
    ),
    Column(
        "ramp_w_per_min",
        "Ramp",
        "(last interval before start - target) / response",
        unit="W/min",
        of=("response_s",),
        draws=FAST,
        beyond=OTHERS,
    ),
    _of_load("sustained_s", "Sustained", "longest run of passing intervals", "s"),
    _of_load("energy_wh", "Energy", "sum of r x time", "Wh"),
    _of_load("rebound_w", "Rebound", "max(metered - baseline) in the 2 h after", "W"),
    Column("credit_cents", "Credit", "as settled", unit="cent", draws=CALLED),
    Column("penalty_cents", "Penalty", "as settled", unit="cent", draws=CALLED),
    Column("reported_ppm", "Reported", "performance as settled", unit="ppm", draws=CALLED),
    _of_load(
        "difference_ppm",
        "Difference",
        "reported - performance, capped if the program is capped",
        "ppm",
        of=("reported_ppm", "performance_ppm", "performance_capped_ppm"),
    ),
    _of_load(
        "overlap_w",
        "Overlap",
        "mean of baseline - metered that is not counted here, as other dispatches of the program are over "
        "the same meters and hours",
        "W",
        of=("baseline_w", "metered_w"),
    ),
    Column("evaluated_intervals", "Evaluated", "intervals evaluated", unit="", draws=LOADED),
    Column(
        "all_intervals",
        "Of intervals",
        "intervals in it with or without a reading; null without any reading that tells how long they are",
        unit="",
        draws=LOADED,
    ),
    _of_load(
        "why",
        "Why",
        "why it passed, failed or cannot be judged",
        "",
        of=("passed", "committed_w", "overlap_w", "evaluated_intervals", "all_intervals"),
    ),
)
ALONE: Final = frozenset(
    ("baseline_w", "metered_w", "rebound_w", "evaluated_intervals", "all_intervals")
)  # figures that do not depend on dispatches sharing a reduction
cells_of: Final = partial_row_of(COLUMNS)  # an interval has no notice, no ramp, no money
BEYOND: Final = {column.name: column.beyond for column in COLUMNS}
