"""The response to a dispatch by its intervals: how deep, how fast, for how long, and what is counted once."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from ledger.kinds import DispatchNotified
from projections.figures.baselines import Baseline
from projections.figures.dispatch_reason import interval_reason, reason
from projections.figures.dispatch_response import Answered, EvaluatedInterval
from projections.figures.metered_load import Interval
from projections.reports.dispatch_performance import REPORT
from projections.rows.dispatches import DispatchCall
from tests.support.report_answers import Line, lines

HOUR = 3600
MW = 1_000_000
FIRM = {"method": "firm-service-level", "firm_service_level_w": 20 * MW}
BEFORE = {"method": "meter-before-after"}


def slot(
    hour: int,
    load_mw: int,
    baseline_mw: int | None = None,
    passed: bool | None = None,
    counted_mw: int | None = None,
) -> EvaluatedInterval:
    """One hour from an hour on; ``counted_mw`` is the reduction where less than all of it counts."""
    interval = Interval(hour * HOUR, (hour + 1) * HOUR, Fraction(load_mw * MW))
    if baseline_mw is None:
        return EvaluatedInterval(interval, None, None, passed, None)
    shown = Fraction((baseline_mw - load_mw) * MW)
    counted = shown if counted_mw is None else Fraction(counted_mw * MW)
    return EvaluatedInterval(interval, Fraction(baseline_mw * MW), counted, passed, shown)


def dispatch(
    *slots: EvaluatedInterval, mode: Any = "reduce-by", target_mw: int = 80, **more: Any
) -> Answered:
    """A dispatch from 10:00 to 14:00 of the first day, notified at 09:00, that is over."""
    called = DispatchNotified(
        dispatch="d",
        program="p",
        site="s1",
        dispatch_class="emergency",
        mode=mode,
        target_w=target_mw * MW,
        start="1970-01-01T10:00:00Z",
    )
    call = DispatchCall(called, 10 * HOUR, 14 * HOUR, None, target_mw * MW, 9 * HOUR, None)
    one = Answered("s1", "d", call, BEFORE, 80 * MW, slots, Baseline(), (), (), 0, True, None, len(slots))
    return one._replace(**more)


def test_the_parts_of_a_reduction_that_count_are_between_nothing_and_what_was_committed() -> None:
    """90, 60 and -5 MW of 80: 80 + 60 + 0 over three hours are 46.667 MW on average."""
    one = dispatch(slot(10, 10, 100), slot(11, 40, 100), slot(12, 105, 100))
    assert one.capped_w == Fraction(140 * MW, 3)


@pytest.mark.parametrize(
    ("passed", "missing_s", "is_over", "whole"),
    [
        ([True, True], 0, True, True),
        ([True, False], 0, True, False),
        ([True, None], 0, True, None),
        ([False, None], HOUR, False, False),
        ([True, True], HOUR, True, None),
        ([True, True], 0, False, None),
        ([], 0, True, None),
    ],
)
def test_a_dispatch_passes_where_all_of_it_is_known_to_pass(
    passed: list[bool | None], missing_s: int, is_over: bool, whole: bool | None
) -> None:
    """An interval that failed decides; else one that is unknown, a missing reading or the time to come does."""
    slots = [slot(10 + n, 10, 100, each) for n, each in enumerate(passed)]
    assert dispatch(*slots, missing_s=missing_s, is_over=is_over).passed is whole


@pytest.mark.parametrize(
    ("passed", "hours"),
    [
        ({10: True, 11: True, 12: False, 13: True}, 2),
        ({10: False, 11: True, 12: True, 13: True}, 3),
        ({10: True, 12: True}, 1),
        ({0: True, 1: True, 2: False}, 2),
        ({10: False}, 0),
    ],
)
def test_a_reduction_is_sustained_over_intervals_that_follow_each_other(
    passed: dict[int, bool], hours: int
) -> None:
    """By the hour of each interval; a missing hour ends a run, and so does a failure."""
    one = dispatch(*(slot(hour, 10, 100, each) for hour, each in passed.items()))
    assert one.sustained_s == hours * HOUR


@pytest.mark.parametrize(
    ("mode", "terms", "target_mw"),
    [
        ("reduce-to", BEFORE, 30),
        ("reduce-to", FIRM, 30),
        ("reduce-by", FIRM, 20),
        ("reduce-by", {"method": "firm-service-level"}, None),
        ("reduce-by", BEFORE, 70),
    ],
    ids=[
        "the load named",
        "the load named, not the firm level",
        "the firm level",
        "no firm level",
        "less than usual",
    ],
)
def test_the_load_to_reach_is_named_or_firm_or_less_than_usual(
    mode: str, terms: dict[str, Any], target_mw: int | None
) -> None:
    """Called for 30 MW at a baseline of 100 MW."""
    one = dispatch(slot(10, 10, 100), mode=mode, target_mw=30, terms=terms)
    assert one.target_w == (None if target_mw is None else target_mw * MW)


@pytest.mark.parametrize(
    ("loads", "mode", "terms", "hours"),
    [
        ([50, 30, 20], "reduce-to", BEFORE, 1),
        ([50, 31, 20], "reduce-to", BEFORE, 2),
        ([50, 30, 31], "reduce-to", BEFORE, None),
        ([30, 10, 20], "reduce-to", BEFORE, 0),
        ([50, 20, 20], "reduce-by", FIRM, 1),
        ([50, 21, 20], "reduce-by", FIRM, 2),
        ([80, 70, 60], "reduce-by", BEFORE, 1),
        ([80, 71, 60], "reduce-by", BEFORE, 2),
        ([80, 80, 80], "reduce-by", {"method": "firm-service-level"}, None),
    ],
)
def test_a_target_is_reached_with_the_first_interval_from_which_on_it_is_kept(
    loads: list[int], mode: str, terms: dict[str, Any], hours: int | None
) -> None:
    """To 30 MW, to the firm level of 20 MW, or by 30 MW of 100 MW: hours after the start at 10:00."""
    slots = [slot(10 + n, load, 100) for n, load in enumerate(loads)]
    one = dispatch(*slots, mode=mode, target_mw=30, terms=terms)
    assert one.response_s == (None if hours is None else hours * HOUR)


def test_a_reduction_that_is_counted_elsewhere_does_not_reach_the_target() -> None:
    """90 MW less than usual, of which 20 MW count for this dispatch, called for 30 MW."""
    assert dispatch(slot(10, 10, 100, counted_mw=20), target_mw=30).response_s is None


@pytest.mark.parametrize(
    ("reached_s", "before_mw", "ramp"),
    [(600, 100, Fraction(70 * MW, 600)), (0, 100, None), (-60, 100, None), (1, 100, Fraction(70 * MW)), (600, None, None)],
)  # fmt: skip
def test_a_ramp_is_the_way_from_the_last_load_before_to_the_target_by_the_time_it_took(
    reached_s: int, before_mw: int | None, ramp: Fraction | None
) -> None:
    """From 100 to 30 MW in so many seconds after the start; unknown at once, or where no reading comes before."""
    before = () if before_mw is None else (Interval(9 * HOUR, 10 * HOUR, Fraction(before_mw * MW)),)
    one = dispatch(
        slot(10, 10, 100), mode="reduce-to", target_mw=30, reached_s=10 * HOUR + reached_s, before=before
    )
    assert one.ramp_w_per_s == ramp


# --- in words -----------------------------------------------------------------------------------------------

OTHER = dispatch(slot(10, 10, 100))
EARLIER = OTHER._replace(name="c", call=OTHER.call._replace(notified_s=8 * HOUR))
LATER = OTHER._replace(name="e", call=OTHER.call._replace(notified_s=11 * HOUR))


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (dispatch(slot(10, 10, 100, True)), "at least 80 MW less in its interval"),
        (
            dispatch(slot(10, 10, 100, True), slot(11, 10, 100, True)),
            "at least 80 MW less in all 2 intervals",
        ),
        (dispatch(slot(10, 20, None, True), terms=FIRM), "at or below 20 MW in its interval"),
        (dispatch(slot(10, 21, None, False), terms=FIRM), "1 MW above the firm service level in 1 of 1 interval"),
        (dispatch(slot(10, 25, 100, False)), "5 MW short in 1 of 1 interval"),
        (
            dispatch(slot(10, 25, 100, False), slot(11, 30, 100, False), slot(12, 10, 100, True)),
            "up to 10 MW short in 2 of 3 intervals",
        ),
        (
            dispatch(slot(10, 25, 100, False), slot(11, 25, 100, False)),
            "5 MW short in 2 of 2 intervals",
        ),
        (
            dispatch(slot(10, 10, 100, False, counted_mw=20), others=(LATER, EARLIER)),
            "60 MW short in 1 of 1 interval; the rest of its reduction is counted for c",
        ),
        (
            dispatch(slot(10, 25, 100, False), missing_s=HOUR, all_intervals=2, is_over=False),
            "5 MW short in 1 of 2 intervals; no readings in 1 of 2 intervals; not over yet",
        ),
        (
            dispatch(slot(10, 10, 100, True), missing_s=900, all_intervals=1),
            "no readings for 0.25 h of it",
        ),
        (dispatch(slot(10, 10, 100, True), is_over=False), "not over yet"),
        (dispatch(slot(10, 10), terms={"method": "firm-service-level"}), "no firm service level"),
        (dispatch(slot(10, 10), baseline=Baseline(why="no like day")), "no baseline: no like day"),
        (dispatch(slot(10, 10, 100), committed_w=None), "no committed power"),
        (
            dispatch(slot(10, 10), slot(11, 10, 100, True), others=(LATER, EARLIER)),
            "no baseline of c, over the same meters and hours",
        ),
        (dispatch(slot(10, 10), slot(11, 10, 100, True)), "no baseline for all of it"),
        (dispatch(all_intervals=4), "no readings in 4 of 4 intervals"),
        (dispatch(all_intervals=1), "no readings in 1 of 1 interval"),
        (dispatch(all_intervals=None), "no readings"),
        (dispatch(is_over=False), "not over yet"),
        (dispatch(terms={}), "p has no terms in force at its start"),
    ],
)  # fmt: skip
def test_a_dispatch_has_a_reason_in_words(one: Answered, words: str) -> None:
    """80 MW are committed."""
    assert reason(one) == words


@pytest.mark.parametrize(
    ("load_w", "words"),
    [
        (20_000_001, "1 W above the firm service level"),
        (20_000_999, "999 W above the firm service level"),
        (20_001_000, "0.001 MW above the firm service level"),
        (Fraction(200_000_001, 10), "less than 1 W above the firm service level"),
    ],
)
def test_less_than_a_kilowatt_is_told_in_watts(load_w: int | Fraction, words: str) -> None:
    """The firm service level is 20 MW."""
    failed = slot(10, 0, None, False)
    failed = failed._replace(interval=failed.interval._replace(power_w=Fraction(load_w)))
    assert reason(dispatch(failed, terms=FIRM)) == f"{words} in 1 of 1 interval"


def test_each_interval_has_a_reason_of_its_own() -> None:
    """The first passes, the second is 5 MW short, the third is counted for another, of the last there is no baseline;
    that hours are missing and that it is not over is said of the whole.
    """
    one = dispatch(
        slot(10, 10, 100, True),
        slot(11, 25, 100, False),
        slot(12, 10, 100, False, counted_mw=20),
        slot(13, 10),
        missing_s=HOUR,
        is_over=False,
        all_intervals=5,
        others=(EARLIER,),
    )
    assert [interval_reason(one, each) for each in one.slots] == [
        "at least 80 MW less",
        "5 MW short",
        "60 MW short; the rest of its reduction is counted for c",
        "no baseline of c, over the same meters and hours",
    ]


# --- counted once -------------------------------------------------------------------------------------------

SITE = (
    "2026-05-01T00:00Z s1 site-registered name=S county=C state=GA tz=UTC balancing_authority=SOCO utility=U parcels=[]"
    " site_class=mining-only\n"
    "2026-05-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible"
    " capacity=110MW feeds=[]\n"
    + "".join(
        f"2026-05-01T00:00Z s1 meter-registered meter={meter} scope=site role=revenue direction=delivered interval=1h\n"
        for meter in ("r", "q")
    )
)
PROGRAM = (
    "2026-05-02T00:00Z s1 program-enrolled program={} operator=O agreement=A blocks=[m1] meters=[{}] method={}"
    " notice=0s response=0s program_year_start=06-01 tz=UTC capped=false baseline_intervals=1 adjustment=none"
    " holidays=[]{}\n"
)
CALL = (
    "2026-07-14T{at}Z s1 dispatch-notified dispatch={name} program={program} dispatch_class=emergency mode=reduce-by"
    " target={mw}MW start=2026-07-14T{start}:00Z{stop}\n"
)


def call(name: str, start: str, stop: str, mw: int, at: str = "08:00", program: str = "p") -> str:
    ends = f" stop=2026-07-14T{stop}:00Z" if stop else ""
    return CALL.format(at=at, name=name, program=program, mw=mw, start=start, stop=ends)


def read(*megawatts: int, meter: str = "r") -> str:
    """Hours from 09:00 on."""
    values, quality = (",".join(map(str, each)) for each in (megawatts, [17] * len(megawatts)))
    return (
        f"2026-07-14T09:00Z s1 intervals-recorded meter={meter} start=2026-07-14T09:00Z interval=1h power_of_ten=6"
        f" values=[{values}] quality=[{quality}]\n"
    )


P = PROGRAM.format("p", "r", "meter-before-after", "")


def counted(story: str, *names: str) -> list[int | None]:
    """The mean reduction in MW that counts for each dispatch."""
    found = lines(REPORT, SITE + story, "2026-07")
    by_name: dict[str, Line] = {line["dispatch"]: line for line in found.values()}
    return [None if (w := by_name[name]["reduction_w"]) is None else w // MW for name in names]


@pytest.mark.parametrize(
    ("calls", "reductions"),
    [
        (call("a", "10:00", "12:00", 30) + call("b", "10:00", "12:00", 30, "08:01"), [30, 20]),
        (call("a", "10:00", "12:00", 30, "08:01") + call("b", "10:00", "12:00", 30), [20, 30]),
        (call("a", "10:00", "12:00", 60) + call("b", "10:00", "12:00", 30, "08:01"), [50, 0]),
        (call("a", "10:00", "12:00", 30) + call("b", "10:00", "", 30, "08:01"), [30, 20]),
    ],
    ids=["the first notified first", "whatever its name", "nothing is left", "one is open"],
)
def test_what_two_dispatches_of_a_program_reduced_together_is_counted_once(
    calls: str, reductions: list[int]
) -> None:
    """From 100 to 50 MW for two hours: 50 MW are shared in order of notification."""
    assert counted(P + calls + read(100, 50, 50), "a", "b") == reductions


def test_of_two_dispatches_that_follow_each_other_each_has_its_own_reduction() -> None:
    """b found 50 MW at 11:00, and 70 MW were drawn in its hour."""
    calls = call("a", "10:00", "11:00", 30) + call("b", "11:00", "12:00", 30, "08:01")
    assert counted(P + calls + read(100, 50, 70), "a", "b") == [50, -20]


@pytest.mark.parametrize(
    ("program", "meter"),
    [
        (PROGRAM.format("q", "r", "meter-before-after", ""), "r"),
        (PROGRAM.format("q", "q", "meter-before-after", ""), "q"),
    ],
    ids=["of another program", "of other meters"],
)
def test_a_dispatch_of_another_program_takes_nothing(program: str, meter: str) -> None:
    calls = call("a", "10:00", "12:00", 30) + call("b", "10:00", "12:00", 30, "08:01", "q")
    load = read(100, 50, 50) + (read(100, 50, 50, meter="q") if meter == "q" else "")
    assert counted(P + program + calls + load, "a", "b") == [50, 50]


def test_only_hours_that_are_shared_are_counted_once() -> None:
    """a from 10:00 to 12:00, b from 11:00 to 13:00: a has 50 MW alone and then 30 of 50; b was called when 50 MW were
    drawn, so it reduced nothing.
    """
    calls = call("a", "10:00", "12:00", 30) + call("b", "11:00", "13:00", 30, "08:01")
    assert counted(P + calls + read(100, 50, 50, 50), "a", "b") == [40, 0]


def test_what_is_left_after_a_dispatch_that_used_more_is_all_of_it() -> None:
    """b came first and drew 10 MW more than it found: nothing of a's 50 MW is taken for it."""
    calls = call("a", "10:00", "12:00", 60, "08:01") + call("b", "11:00", "12:00", 30)
    assert counted(P + calls + read(100, 50, 60), "a", "b") == [45, -10]


def test_a_dispatch_that_was_called_off_does_not_hide_those_after_it() -> None:
    """0 was cancelled before it began; a and b share 50 MW, and 0 has no part of them."""
    calls = (
        call("0", "10:00", "12:00", 50)
        + "2026-07-14T09:30Z s1 dispatch-cancelled dispatch=0\n"
        + call("a", "10:00", "12:00", 30, "08:01")
        + call("b", "10:00", "12:00", 30, "08:02")
    )
    assert counted(P + calls + read(100, 50, 50), "a", "b") == [30, 20]


def test_dispatches_that_are_measured_by_different_meters_share_nothing() -> None:
    """From 11:00 on the program is measured by q, which shows 80 and then 20 MW; a began before."""
    amended = "2026-07-14T09:00Z s1 program-terms-amended program=p start=2026-07-14T11:00Z meters=[q]\n"
    calls = call("a", "10:00", "12:00", 60) + call("b", "11:00", "12:00", 60, "08:01")
    loads = read(100, 50, 50) + read(80, 80, 20, meter="q")
    assert counted(P + amended + calls + loads, "a", "b") == [50, 60]


def test_a_dispatch_of_which_the_reduction_is_unknown_leaves_nothing_known_to_those_after_it() -> None:
    """a began at 09:00, before which there is no reading; b was notified after it, and c before."""
    calls = (
        call("a", "09:00", "11:00", 30, "08:01")
        + call("b", "10:00", "11:00", 30, "08:02")
        + call("c", "10:00", "11:00", 30)
    )
    assert counted(P + calls + read(100, 50), "a", "b", "c") == [None, None, 30]


@pytest.mark.parametrize(
    ("period", "names"),
    [
        ("2026-07-14T10:00Z/2026-07-14T11:00Z", ["a"]),
        ("2026-07-14T10:00:01Z/2026-07-14T11:00:01Z", ["b"]),
        ("2026-07-14T09:00Z/2026-07-14T10:00Z", []),
    ],
)
def test_a_dispatch_counts_in_the_window_that_holds_the_second_of_its_start(
    period: str, names: list[str]
) -> None:
    """a starts at 10:00 and b at 11:00."""
    calls = call("a", "10:00", "11:00", 30) + call("b", "11:00", "12:00", 30)
    found = lines(REPORT, SITE + P + calls + read(100, 50, 50), period)
    assert [line["dispatch"] for line in found.values()] == names


@pytest.mark.parametrize(("at", "response_s"), [("10:59:59", 3599), ("11:00:00", None)])
def test_a_target_that_is_reached_at_the_windows_end_is_not_seen(at: str, response_s: int | None) -> None:
    """The meter shows no hour at the target."""
    reached = f"2026-07-14T{at}Z s1 curtailment-target-reached dispatch=a block=m1 load=20MW\n"
    story = SITE + P + call("a", "10:00", "11:00", 60) + read(100, 50) + reached
    (line,) = lines(REPORT, story, "2026-07-14T00:00Z/2026-07-14T11:00Z").values()
    assert line["response_s"] == response_s


LIKE = PROGRAM.format("p", "r", "baseline-10-of-10", "")
EARLIER_CALL = (
    "2026-07-09T00:00Z s1 dispatch-notified dispatch=e program=p dispatch_class={} mode=reduce-by target=80MW"
    " start=2026-07-10T08:00Z{}\n"
)


@pytest.mark.parametrize(
    ("sort", "stop", "baseline_mw"),
    [
        ("emergency", " stop=2026-07-10T12:00Z", 99),
        ("test", " stop=2026-07-10T12:00Z", 99),
        ("own-economic", " stop=2026-07-10T12:00Z", 94),
        ("test", " stop=2026-07-10T08:00Z", 99),
        ("own-economic", "", 94),
        ("emergency", "", 98),
    ],
    ids=["requested", "a test", "by the operator", "of no time", "by the operator, open", "open since"],
)
def test_days_of_requested_and_test_dispatches_of_a_program_are_no_like_days(
    sort: str, stop: str, baseline_mw: int
) -> None:
    """The ten working days before Tuesday, July 14 begin with June 30: 100 MW on each, but 40 MW on July 10, so 94 MW on
    average. Without that day June 29 is one of them, with 90 MW: 99 MW. Without July 13 too it is 98 MW.
    """
    days = [f"2026-06-{day}" for day in (25, 26, 29, 30)]
    days += [f"2026-07-{day:02}" for day in (1, 2, 3, 6, 7, 8, 9, 10, 13, 14)]
    load = {"2026-07-10": 40, **dict.fromkeys(days[:3], 90)}
    story = "".join(
        f"{day}T10:00Z s1 intervals-recorded meter=r start={day}T10:00Z interval=1h power_of_ten=6"
        f" values=[{load.get(day, 100)}] quality=[17]\n"
        for day in days
    )
    called = EARLIER_CALL.format(sort, stop) + call("a", "10:00", "11:00", 60)
    found = lines(REPORT, SITE + LIKE + called + story, "2026-07-14")
    assert found["a/p/s1"]["baseline_w"] == baseline_mw * MW
