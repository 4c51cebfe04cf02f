"""The uptime report against an oracle that knows no intervals: it walks second by second and reads DOMAIN 6
aloud.

Histories are small and wild on purpose: facts in any order of arrival, many at the same second, reratings of what is retired,
ends before starts. Capacities and derates are a few watts, so that shares of 1/3 and 1/7 test the one rounding.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import kinds
from ledger.calendar import Window, format_instant, instant_s
from ledger.kinds import BY_BODY
from ledger.records.envelope import Record, make_claim
from projections.engine.fold import replay
from projections.engine.report import Answer, Scope
from projections.reports.uptime import CLASSES, COLUMNS, REPORT
from tests.support.examples import tried
from tests.support.story_facts import recorded

BASE_S = instant_s("2026-06-01T00:00:00Z")
LENGTH_S = 24
BLOCKS = (("s1", "a"), ("s1", "b"), ("s2", "a"))
NAMES = [column.name for column in COLUMNS]

seconds = st.integers(0, LENGTH_S)
places = st.sampled_from(BLOCKS)
watts = st.integers(0, 12)
capacities = st.sampled_from([0, 3, 7, 10])


def fact(at: int, place: tuple[str, str], body: kinds.Fact) -> tuple[int, str, kinds.Fact]:
    return at, place[0], body


def commissioned(at: int, place: tuple[str, str], capacity_w: int, load_class: Any) -> Any:
    body = kinds.LoadBlockCommissioned(
        site=place[0],
        block=place[1],
        load_class=load_class,
        service_class="interruptible",
        capacity_w=capacity_w,
        feeds=(),
    )
    return fact(at, place, body)


classes = st.sampled_from(CLASSES[:2])
block_facts = st.one_of(
    st.builds(commissioned, seconds, places, capacities, classes),
    st.builds(
        lambda at, p, w: fact(at, p, kinds.LoadBlockRerated(block=p[1], capacity_w=w)),
        seconds,
        places,
        capacities,
    ),
    st.builds(lambda at, p: fact(at, p, kinds.LoadBlockRetired(block=p[1], cause="sold")), seconds, places),
)
curtailment_facts = st.one_of(
    st.builds(
        lambda at, p, d, w: fact(at, p, kinds.CurtailmentStarted(dispatch=d, block=p[1], depth_w=w)),
        seconds,
        places,
        st.sampled_from(["d1", "d2"]),
        watts,
    ),
    st.builds(
        lambda at, p, d: fact(at, p, kinds.CurtailmentEnded(dispatch=d, block=p[1])),
        seconds,
        places,
        st.sampled_from(["d1", "d2"]),
    ),
)
outage_classes = st.sampled_from(["planned", "maintenance", "forced-u1", "forced-u3"])
outages = st.tuples(seconds, places, st.one_of(st.none(), seconds))
losses = st.tuples(outage_classes, watts, st.booleans())


def outage(at: int, place: tuple[str, str], name: str, loss: tuple[Any, int, bool]) -> Any:
    outage_class, derate_w, outside = loss
    body = kinds.OutageStarted(
        block=place[1],
        outage=name,
        outage_class=outage_class,
        derate_w=derate_w,
        cause="x",
        outside_management_control=outside,
    )
    return fact(at, place, body)


@st.composite
def histories(draw: st.DrawFn) -> list[Record]:
    """Records in an order of arrival that has nothing to do with time, for blocks that mostly exist."""
    facts = [commissioned(0, place, draw(capacities), draw(classes)) for place in BLOCKS]
    facts += draw(st.lists(block_facts, max_size=6)) + draw(st.lists(curtailment_facts, max_size=8))
    for number, ((at, place, end), loss) in enumerate(draw(st.lists(st.tuples(outages, losses), max_size=8))):
        facts.append(outage(at, place, f"o{number}", loss))
        if end is not None:
            facts.append(fact(end, place, kinds.OutageEnded(outage=f"o{number}")))
    draw(st.randoms(use_true_random=False)).shuffle(facts)
    claims = [
        make_claim(BY_BODY[type(body)], format_instant(BASE_S + at), body, place=site)
        for at, site, body in facts
    ]
    return recorded(claims)


def answer(records: list[Record], start: int = 0, stop: int = LENGTH_S) -> Answer:
    window = Window(BASE_S + start, BASE_S + stop)
    scope = Scope(window, ("s1", "s2"), (), "UTC", {"s1": "UTC", "s2": "UTC"})
    return REPORT.compute(replay(records, REPORT.row_kinds), scope)


def rows(found: Answer) -> list[dict[str, Any]]:
    return [dict(zip(NAMES, row, strict=True)) for row in found.rows]


Terms = defaultdict[str, Fraction]
"""Seconds of each term, or watt-seconds."""

# --- the oracle ---------------------------------------------------------------------------------------------


def in_time(records: list[Record], *bodies: type) -> list[tuple[int, Any, Record]]:
    ordered = sorted(records, key=lambda record: (record.at, record.pos))
    return [(instant_s(r.at) - BASE_S, r.body, r) for r in ordered if isinstance(r.body, bodies)]


def life(records: list[Record], place: tuple[str, str], second: int) -> tuple[int, str] | None:
    """Capacity and class at a second, None for what is not commissioned."""
    state = None
    for at, body, record in in_time(
        records, kinds.LoadBlockCommissioned, kinds.LoadBlockRerated, kinds.LoadBlockRetired
    ):
        if at <= second and (record.place, body.block) == place:
            if isinstance(body, kinds.LoadBlockCommissioned):
                state = (body.capacity_w, body.load_class)
            elif isinstance(body, kinds.LoadBlockRerated):
                state = state and (body.capacity_w, state[1])
            else:
                state = None
    return state


def retired_between(records: list[Record], place: tuple[str, str], since: int, second: int) -> bool:
    """Did the block retire after what began at ``since``?"""
    alive = life(records, place, since) is not None
    return any(
        (record.place, body.block) == place and since + alive <= at <= second
        for at, body, record in in_time(records, kinds.LoadBlockRetired)
    )


def open_outages(
    records: list[Record], place: tuple[str, str], second: int
) -> list[tuple[int, int, str, Any]]:
    """In the order in which they take power: start, then forced, maintenance, planned, then name."""
    ends = {(r.place, b.outage): at for at, b, r in in_time(records, kinds.OutageEnded)}
    rank = {"forced-u1": 0, "forced-u3": 0, "maintenance": 1, "planned": 2}
    return sorted(
        (at, rank[body.outage_class], body.outage, body)
        for at, body, record in in_time(records, kinds.OutageStarted)
        if (record.place, body.block) == place
        and at <= second < ends.get((place[0], body.outage), LENGTH_S)
        and not retired_between(records, place, at, second)
    )


def deepest_curtailment(records: list[Record], place: tuple[str, str], second: int) -> int:
    state: dict[str, tuple[int, int]] = {}
    for at, body, record in in_time(records, kinds.CurtailmentStarted, kinds.CurtailmentEnded):
        if at <= second and (record.place, body.block) == place:
            if isinstance(body, kinds.CurtailmentStarted):
                assert isinstance(body.depth_w, int), "these histories state each depth"
                state[body.dispatch] = (at, body.depth_w)
            else:
                state.pop(body.dispatch, None)
    return max(
        (depth_w for at, depth_w in state.values() if not retired_between(records, place, at, second)),
        default=0,
    )


def taken(capacity_w: int, found: list[tuple[int, int, str, Any]]) -> tuple[int | None, list[int]]:
    full = [rank for _, rank, _, body in found if body.derate_w >= capacity_w]
    if full:
        return full[0], [0, 0, 0]
    by_cause, left = [0, 0, 0], capacity_w
    for _, rank, _, body in found:
        share = min(left, body.derate_w)
        by_cause[rank] += share
        left -= share
    return None, by_cause


def walked_second(records: list[Record], place: tuple[str, str], second: int, capacity_w: int) -> Terms:
    """What one second of a block adds to each term, in seconds."""
    found = open_outages(records, place, second)
    full, by_cause = taken(capacity_w, found)
    inside_full, inside = taken(capacity_w, [o for o in found if not o[3].outside_management_control])
    per_watt = Fraction(1, capacity_w) if capacity_w else Fraction(0)
    depth_w = deepest_curtailment(records, place, second)
    left_w = 0 if full is not None else capacity_w - sum(by_cause)
    terms = Terms(Fraction, ph=Fraction(1))
    if full is not None:
        terms[("foh", "moh", "poh")[full]] = Fraction(1)
    for name, derated_w in zip(("efdh", "emdh", "epdh"), by_cause, strict=True):
        terms[name] = derated_w * per_watt
    terms["curtailed"] = min(depth_w, left_w) * per_watt
    terms["rsh"] = Fraction(full is None and depth_w > 0 and left_w - min(depth_w, left_w) == 0)
    terms["inside"] = Fraction(1) if inside_full is not None else sum(inside) * per_watt
    return terms


def ratio(part: Fraction, whole: Fraction) -> int | None:
    return None if whole == 0 else round(part / whole * 1_000_000)


def columns(t: Terms, w: Terms, forced: int) -> dict[str, Any]:
    """The formulas of DOMAIN 6: hours from ``t``, ratios from the weighted ``w``."""
    ah = t["ph"] - t["poh"] - t["moh"] - t["foh"]
    edh = t["epdh"] + t["emdh"] + t["efdh"]
    sh = ah - t["rsh"]
    wah = w["ph"] - w["poh"] - w["moh"] - w["foh"]
    wable = wah - w["epdh"] - w["emdh"] - w["efdh"]
    wsh = wah - w["rsh"]
    hours = {
        name: t[name] for name in ("ph", "rsh", "poh", "moh", "foh", "epdh", "emdh", "efdh", "curtailed")
    }
    hours |= {"ah": ah, "sh": sh, "omc": (t["ph"] - t["inside"]) - (ah - edh)}
    return {f"{name}_s": round(figure) for name, figure in hours.items()} | {
        "af_ppm": ratio(wah, w["ph"]),
        "sf_ppm": ratio(wsh, w["ph"]),
        "eaf_ppm": ratio(wable, w["ph"]),
        "x_eaf_ppm": ratio(w["ph"] - w["inside"], w["ph"]),
        "in_service_ppm": ratio(wable - w["curtailed"], w["ph"]),
        "for_ppm": ratio(w["foh"], w["foh"] + wsh),
        "efor_ppm": ratio(w["foh"] + w["efdh"], w["foh"] + w["efdh"] + wsh),
        "forced_count": forced,
        "mtbf_s": round(Fraction(sh, forced)) if forced else None,
        "mttr_s": round(Fraction(t["foh"], forced)) if forced else None,
    }


def groups(place: tuple[str, str], load_class: str) -> list[tuple[str, str | None, str | None, str]]:
    site, block = place
    return [
        ("fleet", None, None, "all"),
        ("fleet", None, None, load_class),
        ("site", site, None, "all"),
        ("site", site, None, load_class),
        ("block", site, block, load_class),
    ]


def walked(records: list[Record], start: int, stop: int) -> dict[tuple[Any, ...], dict[str, Any]]:
    plain: dict[tuple[Any, ...], Terms] = {("fleet", None, None, "all"): Terms(Fraction)}
    weighted: dict[tuple[Any, ...], Terms] = {("fleet", None, None, "all"): Terms(Fraction)}
    forced: Counter[tuple[Any, ...]] = Counter()
    for place in BLOCKS:
        for second in range(start, stop):
            state = life(records, place, second)
            if state is None:
                continue
            terms = walked_second(records, place, second, state[0])
            for group in groups(place, state[1]):
                plain.setdefault(group, Terms(Fraction))
                weighted.setdefault(group, Terms(Fraction))
                for name, figure in terms.items():
                    plain[group][name] += figure
                    weighted[group][name] += figure * (1 if group[0] == "block" else state[0])
    for group in walked_forced(records, start, stop):
        forced[group] += 1
    return {group: columns(plain[group], weighted[group], forced[group]) for group in plain}


def walked_forced(records: list[Record], start: int, stop: int) -> list[tuple[Any, ...]]:
    ends = {(r.place, b.outage): at for at, b, r in in_time(records, kinds.OutageEnded)}
    found = []
    for at, body, record in in_time(records, kinds.OutageStarted):
        place = (record.place, body.block)
        state = life(records, place, at)
        if (
            start <= at < stop
            and body.outage_class.startswith("forced")
            and state is not None
            and body.derate_w >= state[0]
            and ends.get((record.place, body.outage), at) >= at
        ):
            found += groups(place, state[1])
    return found


# --- the comparison and the laws ----------------------------------------------------------------------------

windows = st.tuples(seconds, seconds).map(sorted)


@settings(max_examples=tried(gate=60, search=150), deadline=None)
@given(histories(), windows)
def test_the_report_says_what_walking_second_by_second_says(records: list[Record], window: list[int]) -> None:
    start, stop = window
    said = {
        tuple(row[key] for key in NAMES[: REPORT.keys]): {name: row[name] for name in NAMES[REPORT.keys :]}
        for row in rows(answer(records, start, stop))
    }
    assert said == walked(records, start, stop)


@given(histories(), windows)
def test_the_parts_of_the_period_add_up_exactly(records: list[Record], window: list[int]) -> None:
    for row in rows(answer(records, *window)):
        assert row["ah_s"] + row["poh_s"] + row["moh_s"] + row["foh_s"] == row["ph_s"]
        assert row["sh_s"] + row["rsh_s"] == row["ah_s"]


@given(histories(), windows)
def test_in_service_is_at_most_eaf_and_eaf_at_most_x_eaf(records: list[Record], window: list[int]) -> None:
    for row in rows(answer(records, *window)):
        if row["eaf_ppm"] is not None:
            assert 0 <= row["in_service_ppm"] <= row["eaf_ppm"] <= row["x_eaf_ppm"] <= 1_000_000
            assert row["eaf_ppm"] <= row["af_ppm"]


@given(histories(), st.integers(0, 9))
def test_the_order_of_arrival_changes_no_row_and_no_note(records: list[Record], seed: int) -> None:
    shuffled = random.Random(seed).sample(records, len(records))
    assert answer(shuffled) == answer(records)


@given(histories(), windows)
def test_facts_at_or_after_the_end_of_the_window_are_not_seen(
    records: list[Record], window: list[int]
) -> None:
    start, stop = window
    early = [record for record in records if instant_s(record.at) < BASE_S + stop]
    assert answer(early, start, stop) == answer(records, start, stop)


@given(histories(), st.tuples(seconds, seconds, seconds).map(sorted))
def test_whole_hours_and_forced_outages_of_two_windows_add_up_to_those_of_both(
    records: list[Record], cuts: list[int]
) -> None:
    first, middle, last = cuts
    fleet = [rows(answer(records, a, b))[0] for a, b in ((first, middle), (middle, last), (first, last))]
    for name in ("ph_s", "ah_s", "sh_s", "rsh_s", "poh_s", "moh_s", "foh_s", "forced_count"):
        assert fleet[0][name] + fleet[1][name] == fleet[2][name]
