"""Charts: every picture becomes one drawing that says its message in words too, needs nothing and runs
nothing.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.calendar import instant_s
from projections.engine.pictures import (
    Amounts,
    Lane,
    LanePart,
    Lanes,
    Layer,
    Mark,
    Names,
    Picture,
    Plot,
    Shade,
    Time,
)
from projections.render.charts import axes
from projections.render.charts.svg import svg

NY = "America/New_York"
MONDAY_S = instant_s("2026-01-19T05:00:00Z")
DAY_S = 86_400
HOSTILE = ["<script>alert(1)</script>", "]]>", "&lt;", '"onload="x', "\u202ermit", "a\x00b", "=1", "x" * 4000]


def week(*layers: Layer, shades: tuple[Shade, ...] = (), name: str = "A week") -> Plot:
    time = Time(MONDAY_S, MONDAY_S + 7 * DAY_S, NY)
    return Plot(name, "It was held back.", time, "Mean power", "W", layers, shades)


def parts(picture: Picture, tag: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg(picture)).iter(f"{{http://www.w3.org/2000/svg}}{tag}"))


def words(picture: Picture) -> list[str]:
    return [str(part.text) for part in parts(picture, "text")]


# --- any picture --------------------------------------------------------------------------------------------

names = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=12))
values = st.one_of(st.none(), st.integers(-(10**12), 10**12))
instants = st.integers(MONDAY_S, MONDAY_S + 7 * DAY_S)
units = st.sampled_from(["W", "Wh", "ppm", "s", "cent", "GH/s", ""])


@st.composite
def plots(draw: st.DrawFn) -> Plot:
    count = draw(st.integers(0, 6))
    said = draw(st.lists(names, min_size=count, max_size=count))
    axes: list[tuple[Time | Names | Amounts, list[int]]] = [
        (Time(MONDAY_S, MONDAY_S + 7 * DAY_S, NY), [MONDAY_S + DAY_S * n for n in range(count)]),
        (Names("where", tuple(said)), list(range(count))),
        (Amounts("how much", "ppm"), [100 * n for n in range(count)]),
    ]
    x, xs = draw(st.sampled_from(axes))
    forms = ("bar",) if isinstance(x, Names) else ("area", "step", "line")
    layers = st.builds(
        lambda name, form, held: Layer(name, form, tuple(zip(xs, held, strict=True))),
        names,
        st.sampled_from(forms),
        st.lists(values, min_size=count, max_size=count),
    )
    shades = st.builds(
        lambda a, b, *said: Shade(min(a, b), max(a, b), *said), instants, instants, names, names
    )
    return Plot(
        draw(names),
        draw(names),
        x,
        draw(names),
        draw(units),
        tuple(draw(st.lists(layers, max_size=7))),
        tuple(draw(st.lists(shades, max_size=4))) if isinstance(x, Time) else (),
    )


KINDS = ("promised", "met", "not met")
kinds = st.sampled_from(KINDS)
stretches = st.builds(lambda a, b, kind: LanePart(min(a, b), max(a, b), kind), instants, instants, kinds)
lanes = st.builds(
    Lane,
    names,
    st.lists(stretches, max_size=3).map(tuple),
    st.lists(st.builds(Mark, instants, kinds), max_size=3).map(tuple),
    names,
)
timelines = st.builds(
    lambda title, says, held, now_s: Lanes(
        title, says, Time(MONDAY_S, MONDAY_S + 7 * DAY_S, NY), KINDS, tuple(held), now_s
    ),
    names,
    names,
    st.lists(lanes, max_size=4),
    st.one_of(st.none(), instants),
)
pictures = st.one_of(plots(), timelines)


@given(pictures)
def test_every_picture_is_well_formed_and_the_same_twice(picture: Picture) -> None:
    assert svg(picture) == svg(picture)
    ElementTree.fromstring(svg(picture))


@given(pictures)
def test_every_picture_has_a_title_and_says_its_message_to_who_cannot_see_it(picture: Picture) -> None:
    root = ElementTree.fromstring(svg(picture, "a"))
    named = {part.get("id"): part for part in root.iter() if part.get("id")}
    assert root.get("role") == "img"
    assert [named[ident].tag.rpartition("}")[2] for ident in root.get("aria-labelledby", "").split()] == [
        "title",
        "desc",
    ]


@given(pictures)
def test_no_name_is_markup_and_nothing_is_fetched_or_run(picture: Picture) -> None:
    root = ElementTree.fromstring(svg(picture))
    tags = {part.tag.rpartition("}")[2] for part in root.iter()}
    names = {name for part in root.iter() for name in part.attrib}
    assert tags <= {"svg", "title", "desc", "defs", "pattern", "rect", "path", "g", "text"}
    assert not {name for name in names if name.startswith("on") or "href" in name or name == "style"}


@given(pictures)
def test_drawings_are_in_whole_numbers(picture: Picture) -> None:
    for part in ElementTree.fromstring(svg(picture)).iter():
        for name in ("x", "y", "width", "height"):
            assert re.fullmatch(r"-?[0-9]+", part.get(name, "0"))
        if "d" in part.attrib:
            assert re.fullmatch(r"[-0-9 a-zA-Z]*", part.get("d", ""))


@given(pictures)
def test_nothing_is_drawn_outside_the_drawing(picture: Picture) -> None:
    root = ElementTree.fromstring(svg(picture))
    _, _, wide, high = map(int, root.get("viewBox", "").split())
    for part in root.iter("{http://www.w3.org/2000/svg}rect"):
        x, y, w, h = (int(part.get(name, "0")) for name in ("x", "y", "width", "height"))
        assert x >= 0
        assert y >= 0
        assert x + w <= wide + 12
        assert y + h <= high


# --- what is drawn ------------------------------------------------------------------------------------------


def test_areas_lie_upon_each_other() -> None:
    load = Layer("load", "area", ((MONDAY_S, 60_000_000),))
    idle = Layer("idle", "area", ((MONDAY_S, 40_000_000),))
    drawn = [p.get("d", "") for p in parts(week(load, idle), "path") if p.get("d", "").endswith("Z")]
    heights = [sorted({int(y) for y in re.findall(r" (\d+)", d)}) for d in drawn]
    assert heights[0][0] == heights[1][1]  # the top of load is the bottom of idle


def test_what_is_unknown_leaves_a_gap() -> None:
    points = tuple((MONDAY_S + n * DAY_S, value) for n, value in enumerate((5, 5, None, 5, 5)))
    drawn = [
        p.get("d", "") for p in parts(week(Layer("load", "step", points)), "path") if p.get("fill") == "none"
    ]
    assert drawn[-1].count("M") == 2


def test_few_bars_say_their_amounts_in_their_unit() -> None:
    ladder = Plot(
        "Capacity",
        "",
        Names("", ("contracted", "leased")),
        "Power",
        "W",
        (Layer("power", "bar", ((0, 1_800_000_000), (1, None))),),
    )
    assert [word for word in words(ladder) if word in ("1,800 MW", "?")] == ["1,800 MW", "?"]


def test_spans_stand_out_in_strips_of_their_own() -> None:
    shades = (
        Shade(MONDAY_S, MONDAY_S + 2 * DAY_S, "EEA2", "SOCO grid"),
        Shade(MONDAY_S + 3600, MONDAY_S + 2 * DAY_S, "storm-1", "dispatches"),
    )
    drawn = {p.text: int(p.get("y", "0")) for p in parts(week(shades=shades), "text")}
    assert drawn["EEA2"] == drawn["SOCO grid"] < drawn["storm-1"] == drawn["dispatches"]


def test_a_word_that_has_no_room_is_cut_and_said_in_full_to_who_points_at_it() -> None:
    said, middle_s = "conservative operations", MONDAY_S + DAY_S // 2
    shades = (Shade(MONDAY_S, middle_s, said, "grid"), Shade(middle_s, MONDAY_S + 3 * DAY_S, "EEA2", "grid"))
    assert said not in words(week(shades=shades))
    assert said in [part.text for part in parts(week(shades=shades), "title")]


# --- axes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "unit", "labels"),
    [
        (0, 250_000_000, "W", ["0", "50", "100", "150", "200", "250"]),
        (0, 3_000_000_000, "W", ["0", "1,000", "2,000", "3,000"]),
        (0, 7200, "s", ["0", "0.5", "1", "1.5", "2"]),
        (-1500, 1500, "cent", ["-20", "-10", "0", "10", "20"]),
        (0, 0, "W", ["0", "1"]),
    ],
)
def test_amounts_are_marked_at_round_numbers_of_their_unit(
    low: int, high: int, unit: str, labels: list[str]
) -> None:
    assert [tick.label for tick in axes.amounts((low, high), unit, 0).ticks] == labels


@pytest.mark.parametrize(
    ("start", "stop", "labels"),
    [
        (
            "2026-01-19T05:00:00Z",
            "2026-01-19T17:00:00Z",
            "19 Jan 01:00 02:00 03:00 04:00 05:00 06:00 07:00 08:00",
        ),
        (
            "2026-01-19T05:00:00Z",
            "2026-01-22T05:00:00Z",
            "19 Jan 06:00 12:00 18:00 20 Jan 06:00 12:00 18:00 21 Jan",
        ),
        (
            "2026-03-07T05:00:00Z",
            "2026-03-10T04:00:00Z",
            "7 Mar 06:00 12:00 18:00 8 Mar 06:00 12:00 18:00 9 Mar",
        ),
        ("2026-01-19T05:00:00Z", "2026-01-26T05:00:00Z", "19 Jan 20 Jan 21 Jan 22 Jan 23 Jan"),
        ("2026-01-19T05:00:00Z", "2026-03-19T05:00:00Z", "19 Jan 26 Jan 2 Feb 9 Feb"),
        ("2025-10-01T04:00:00Z", "2026-10-01T04:00:00Z", "Oct Nov Dec Jan 2026 Feb Mar"),
        ("2020-01-01T05:00:00Z", "2026-01-01T05:00:00Z", "2020 2021 2022 2023 2024 2025 2026"),
    ],
)
def test_time_is_marked_by_the_clocks_of_its_zone(start: str, stop: str, labels: str) -> None:
    axis = axes.times(Time(instant_s(start), instant_s(stop), NY))
    assert " ".join(tick.label for tick in axis.ticks).startswith(labels)


@given(
    st.integers(0, 253_000_000_000),
    st.integers(1, 253_000_000_000),
    st.sampled_from(["UTC", NY, "Asia/Kathmandu"]),
)
def test_any_span_has_some_marks_in_order_and_never_too_many(start_s: int, span_s: int, tz: str) -> None:
    ticks = axes.times(Time(start_s, min(start_s + span_s, 253_300_000_000), tz)).ticks
    assert len(ticks) <= 18
    assert list(ticks) == sorted(ticks)


def test_the_day_of_a_clock_change_is_marked_at_the_same_clock_times() -> None:
    """Clocks in New York went forward at 02:00 on 8 March 2026."""
    axis = axes.times(Time(instant_s("2026-03-08T05:00:00Z"), instant_s("2026-03-09T04:00:00Z"), NY))
    assert [tick.label for tick in axis.ticks] == [
        "8 Mar",
        "03:00",
        "06:00",
        "09:00",
        "12:00",
        "15:00",
        "18:00",
        "21:00",
        "9 Mar",
    ]


def test_a_time_axis_says_its_days_and_whose_clocks() -> None:
    axis = axes.times(Time(MONDAY_S, MONDAY_S + 7 * DAY_S, NY))
    assert axis.unit == "19 Jan 2026 to 25 Jan 2026, local time of America/New_York"
