"""The impact of an incident: what was out for how long, what that took, and what it touched."""

from __future__ import annotations

import pytest

from ledger.calendar import Window, instant_s, parse_instant
from ledger.kinds import OutageStarted
from projections.engine.fold import replay
from projections.engine.report import TimelineRecord
from projections.figures.incident_impact import ROW_KINDS, Impact, ImpactRows, impact, leading
from tests.support.report_answers import scope_of
from tests.support.story_facts import told

MW = 1_000_000
BLOCK = "2026-01-01T00:00Z {} load-block-commissioned block={} load_class={} service_class={} capacity={}MW feeds=[]\n"
SITE = (
    BLOCK.format("s1", "m1", "mining", "interruptible", 100)
    + BLOCK.format("s1", "m2", "mining", "firm", 50)
    + BLOCK.format("s1", "ai", "ai-hpc", "firm", 20)
    + BLOCK.format("s2", "m1", "mining", "interruptible", 30)
)
OPENED = Window(instant_s("2026-01-24T12:10:00Z"), instant_s("2026-01-24T16:10:00Z"))
JANUARY = "2026-01-01T00:00Z/2026-02-01T00:00Z"


def at(text: str) -> int:
    return instant_s(parse_instant(text))


def out(name: str, start: str, stop: str = "", **more: str) -> str:
    """An outage of January 24 by its times of day; by itself a forced outage of all of m1."""
    block, derate = more.get("block", "m1"), more.get("derate", "100MW")
    site, sort = more.get("site", "s1"), more.get("sort", "forced-u1")
    begun = (
        f"2026-01-24T{start}Z {site} outage-started block={block} outage={name} outage_class={sort}"
        f" derate={derate} cause=x outside_management_control=false\n"
    )
    return begun + (f"2026-01-24T{stop}Z {site} outage-ended outage={name}\n" if stop else "")


def of(story: str, period: str = JANUARY, linked: tuple[str, ...] = ("o1", "o2")) -> Impact:
    """The impact at s1 of an incident open from 12:10 until 16:10, whose timeline has these outages' starts."""
    records = told(SITE + story)
    rows, scope = replay(records, ROW_KINDS), scope_of(records, period, "UTC")
    timeline = [
        TimelineRecord(r.at, r.rec, r.stream, r.kind, "id", r.index, "", "", None, None, r.body)
        for r in records
        if isinstance(r.body, OutageStarted) and r.body.outage in linked
    ]
    return impact(rows, scope, ImpactRows.of(rows, scope), "s1", OPENED, timeline)


def test_power_that_is_lost_at_once_adds_up() -> None:
    """100 MW of m1 from 12:00 to 13:00 and 20 MW of m2 from 12:30 to 14:00: 120 MW at most, for two hours something,
    100 MW x 3,600 s + 20 MW x 5,400 s = 468 GJ; opened ten minutes after the onset, mended two hours after it.
    """
    found = of(out("o1", "12:00", "13:00") + out("o2", "12:30", "14:00", block="m2", derate="20MW"))
    assert (
        found.lost_w,
        found.out_s,
        found.lost_ws,
        found.detect_s,
        found.restore_s,
        found.outages,
        found.blocks,
        found.firm_blocks,
    ) == (120 * MW, 7200, 468_000 * MW, 600, 7200, ("o1", "o2"), ("m1", "m2"), ("m2",))


@pytest.mark.parametrize(
    ("sort", "derate", "lost_w"),
    [
        ("forced-u1", "100MW", 100 * MW),
        ("maintenance", "100MW", 100 * MW),
        ("planned", "100MW", 100 * MW),
        ("forced-u1", "40MW", 40 * MW),
        ("maintenance", "40MW", 40 * MW),
        ("planned", "40MW", 40 * MW),
        ("planned", "0W", 0),
    ],
)
def test_an_outage_of_any_class_loses_its_power(sort: str, derate: str, lost_w: int) -> None:
    """Of 100 MW for a quarter of an hour; one of 0 W loses nothing, and so touches no block."""
    found = of(out("o1", "12:00", "12:15", sort=sort, derate=derate))
    assert (found.lost_w, found.lost_ws, found.blocks) == (lost_w, lost_w * 900, ("m1",) if lost_w else ())


def test_an_outage_of_a_neighboring_site_is_named_with_its_site() -> None:
    """Linked to the incident of s1: all of the 30 MW of its m1."""
    found = of(out("o1", "12:00", "13:00", site="s2", derate="30MW"))
    assert (found.blocks, found.lost_w) == (("s2/m1",), 30 * MW)


def test_an_outage_that_goes_on_is_counted_until_the_windows_end_and_not_restored() -> None:
    """From 12:00 on, in a window that ends at 18:00: six hours so far."""
    found = of(
        out("o1", "12:00") + out("o2", "12:00", "12:30", block="m2", derate="50MW"),
        "2026-01-01T00:00Z/2026-01-24T18:00Z",
    )
    assert (found.restored_s, found.restore_s, found.out_s) == (None, None, 6 * 3600)


def test_an_incident_without_outages_begins_with_its_opening_and_is_not_restored() -> None:
    """An outage that nobody linked to it and that was over is none of it."""
    found = of(out("o1", "09:00", "10:00"), linked=())
    assert found == Impact(OPENED.start_s, OPENED.start_s, None)


CALL = (
    "2026-01-24T00:00Z s1 dispatch-notified dispatch={} dispatch_class=emergency mode=reduce-to target=0W"
    " start=2026-01-24T{}Z{}\n"
)


def called(name: str, start: str, stop: str = "") -> str:
    return CALL.format(name, start, f" stop=2026-01-24T{stop}Z" if stop else "")


@pytest.mark.parametrize(
    ("call", "touched"),
    [
        (called("d", "11:00", "12:10"), False),
        (called("d", "11:00", "12:10:01"), True),
        (called("d", "16:09:59", "17:00"), True),
        (called("d", "16:10", "17:00"), False),
        (called("d", "10:00"), True),
        (called("d", "11:00", "17:00") + "2026-01-24T10:59Z s1 dispatch-cancelled dispatch=d\n", False),
    ],
    ids=[
        "over at the opening",
        "over just after it",
        "begun just before the closing",
        "begun at the closing",
        "without a stop",
        "called off before it began",
    ],
)
def test_a_dispatch_that_was_in_progress_is_touched(call: str, touched: bool) -> None:
    """Without outages an incident reaches from its opening at 12:10 to its closing at 16:10."""
    assert of(call).dispatches == ("d",) * touched


def test_with_outages_an_incident_reaches_from_its_onset_until_all_is_restored() -> None:
    """From 12:00 to 13:00: the call before it ends at its onset, and the one after it begins when it is over."""
    story = (
        out("o1", "12:00", "13:00")
        + called("before", "11:00", "12:00")
        + called("early", "11:00", "12:00:01")
        + called("late", "12:59:59", "14:00")
        + called("after", "13:00", "14:00")
    )
    assert of(story).dispatches == ("early", "late")


def test_an_incident_of_which_only_the_opening_is_seen_reaches_a_second() -> None:
    """The window ends with the second of the opening; the call has been going on."""
    assert of(called("d", "11:00"), "2026-01-01T00:00Z/2026-01-24T12:10:01Z").dispatches == ("d",)


SETTLED = "2026-{}T14:00Z s1 dispatch-settled dispatch={} statement=x credit=0.00USD penalty={}USD\n"


@pytest.mark.parametrize(
    ("settled", "cost_cents"),
    [
        ("", None),
        (SETTLED.format("01-30", "d1", "100.00"), 100_00),
        (SETTLED.format("01-30", "d1", "0.00"), 0),
        (SETTLED.format("01-30", "d1", "100.00") + SETTLED.format("01-31", "d1", "70.00"), 70_00),
        (SETTLED.format("01-30", "d1", "100.00") + SETTLED.format("01-30", "d2", "30.00"), 130_00),
        (SETTLED.format("01-30", "d3", "900.00"), None),
    ],
    ids=["not settled", "settled", "for nothing", "settled again", "two of them", "of another dispatch"],
)
def test_an_incident_costs_the_penalties_of_its_dispatches_as_settled_last(
    settled: str, cost_cents: int | None
) -> None:
    """Dispatches d1 and d2 were in progress, d3 was over."""
    calls = called("d1", "12:00", "15:00") + called("d2", "13:00", "15:00") + called("d3", "10:00", "11:00")
    assert of(calls + settled).cost_cents == cost_cents


@pytest.mark.parametrize(
    ("stop", "cost_cents"), [("2026-01-30T14:00Z", None), ("2026-01-30T14:00:01Z", 100_00)]
)
def test_a_settlement_of_the_windows_end_is_not_seen(stop: str, cost_cents: int | None) -> None:
    story = called("d1", "12:00", "15:00") + SETTLED.format("01-30", "d1", "100.00")
    assert of(story, f"2026-01-01T00:00Z/{stop}").cost_cents == cost_cents


def hashing(when: str, ghs: int, block: str = "m1", until: str = "") -> str:
    return (
        f"2026-01-24T{when}Z s1 hashrate-changed block={block} hashrate={ghs}GH/s method=pool"
        + (f" until=2026-01-24T{until}Z" if until else "")
        + "\n"
    )


@pytest.mark.parametrize(
    ("story", "lost_ghs"),
    [
        (hashing("00:00", 600), 0),
        (hashing("00:00", 600) + hashing("12:05", 250) + hashing("12:30", 400), 350),
        (hashing("00:00", 600) + hashing("11:59:59", 700) + hashing("12:05", 250), 450),
        (hashing("00:00", 600) + hashing("12:00", 250), 350),
        (hashing("00:00", 600) + hashing("12:00", 900), 0),
        (hashing("00:00", 600) + hashing("13:00", 0), 0),
        (hashing("00:00", 600) + hashing("12:59:59", 0), 600),
        (hashing("12:00", 600), None),
        (hashing("11:59:59", 600), 0),
        (hashing("00:00", 600, until="11:59:59"), None),
        (hashing("00:00", 600, until="12:30"), None),
        (hashing("00:00", 600, until="13:00"), 0),
        (hashing("00:00", 600, until="12:20") + hashing("12:25", 0), None),
        (hashing("00:00", 600, until="12:20") + hashing("12:20", 100), 500),
        ("", None),
    ],
    ids=[
        "it stays",
        "the least of it",
        "known in the last second before",
        "it falls at the onset",
        "it rises at the onset",
        "it falls when all is restored",
        "it falls in the last second",
        "unknown before the onset",
        "known just before the onset",
        "unknown in the last second before",
        "unknown from the middle on",
        "known until all is restored",
        "unknown for a while",
        "known without a gap",
        "never known",
    ],
)
def test_hashrate_lost_is_that_before_the_onset_less_the_least_until_all_was_restored(
    story: str, lost_ghs: int | None
) -> None:
    """In GH/s; all of m1 was out from 12:00 to 13:00."""
    assert of(out("o1", "12:00", "13:00") + story).hashrate_ghs == lost_ghs


@pytest.mark.parametrize(
    ("story", "lost_ghs"),
    [
        (hashing("00:00", 300, "m2") + hashing("12:10", 100, "m2"), 200),
        (hashing("00:00", 300, "m2") + hashing("12:10", 100, "m2") + hashing("12:10", 900), 0),
        ("", None),
    ],
    ids=["the other mine falls", "one falls while the other rises", "one is unknown"],
)
def test_hashrates_of_the_blocks_that_lost_power_are_added(story: str, lost_ghs: int | None) -> None:
    """m1 hashes 600 GH/s throughout; both mines and the ai block lost power, and the ai block does not hash."""
    outages = (
        out("o1", "12:00", "13:00")
        + out("o2", "12:00", "13:00", block="m2", derate="50MW")
        + out("o3", "12:00", "13:00", block="ai", derate="20MW")
    )
    found = of(outages + hashing("00:00", 600) + story, linked=("o1", "o2", "o3"))
    assert found.hashrate_ghs == lost_ghs


def test_a_block_that_does_not_mine_loses_no_hashrate() -> None:
    assert of(out("o1", "12:00", "13:00", block="ai", derate="20MW")).hashrate_ghs == 0


def belonging(story: str) -> tuple[list[str], list[str]]:
    """The outages that belong to the incident because of their time, and what is noted of the others."""
    records = told(SITE + story)
    rows, scope = replay(records, ROW_KINDS), scope_of(records, JANUARY, "UTC")
    found = sorted(pos for _, pos in leading(ImpactRows.of(rows, scope), "s1", OPENED))
    names = {r.pos: r.body.outage for r in records if isinstance(r.body, OutageStarted)}
    return [names[pos] for pos in found], list(of(story, linked=()).notes)


@pytest.mark.parametrize(
    ("story", "leads", "noted"),
    [
        (out("o1", "10:10", "13:00"), True, True),
        (out("o1", "10:09:59", "13:00"), False, True),
        (out("o1", "12:09:59"), True, True),
        (out("o1", "12:10"), False, False),
        (out("o1", "11:00", "12:10"), False, False),
        (out("o1", "11:00", "12:10:01"), True, True),
        (out("o1", "11:00", "13:00", sort="planned"), False, False),
        (out("o1", "11:00", "13:00", sort="forced-u3"), True, True),
        (out("o1", "11:00", "13:00", site="s2", derate="30MW"), False, False),
    ],
    ids=[
        "two hours before",
        "a second more than two hours before",
        "a second before",
        "at the opening",
        "over at the opening",
        "over just after it",
        "planned",
        "forced, to be scheduled",
        "of another site",
    ],
)
def test_a_forced_outage_of_the_two_hours_before_that_was_going_on_leads_to_an_incident(
    story: str, leads: bool, noted: bool
) -> None:
    """Opened at 12:10; one that was going on and is in no timeline is noted as not counted."""
    outages, notes = belonging(story)
    assert (outages, len(notes) == 1) == (["o1"] * leads, noted)


COUNTED = "what it took while it was open counts {}, linked to it or not"
BEGUN = "each outage that began at s1 then or just before (o1)"


@pytest.mark.parametrize(
    ("story", "notes"),
    [
        (out("o1", "10:10", "13:00"), (COUNTED.format(BEGUN),)),
        (out("o1", "10:09:59", "13:00"), ()),
        (out("o1", "16:09:59", "17:00"), (COUNTED.format(BEGUN),)),
        (out("o1", "16:10", "17:00"), ()),
        (out("o1", "13:00", "14:00", site="s2", derate="30MW"), ()),
        (
            out("o1", "13:00", "14:00") + called("d", "13:00", "14:00"),
            (COUNTED.format(f"{BEGUN} and each dispatch of s1 in progress then (d)"),),
        ),
        (called("d", "13:00", "14:00"), (COUNTED.format("each dispatch of s1 in progress then (d)"),)),
    ],
    ids=[
        "two hours before the opening",
        "earlier than that",
        "just before the closing",
        "at the closing",
        "of another site",
        "an outage and a dispatch",
        "a dispatch alone",
    ],
)
def test_what_counts_because_of_its_time_alone_is_noted(story: str, notes: tuple[str, ...]) -> None:
    """Open from 12:10 to 16:10; a second incident of that time would count the same."""
    assert of(story).notes == notes
