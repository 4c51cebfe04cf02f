"""Green Button out: valid against NAESB's own schema, and read again the same records."""

from __future__ import annotations

import warnings
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st

from ledger import calendar
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.exports.formats import format_named
from ledger.app.exports.options import ExportOptions
from ledger.app.host.clock import Seeded
from ledger.errors import Malformed
from ledger.exchange import story
from ledger.exchange.greenbutton import reader, writer
from ledger.exchange.greenbutton.reader import FeedOptions
from ledger.exchange.greenbutton.writer import Meter, rule_words
from ledger.kinds import IntervalsRecorded

XSD = Path(__file__).parents[2] / "data" / "greenbutton" / "espi_4.0.xsd"
NEW_YORK = calendar.zone("America/New_York")
METER = Meter("example.com/ledger", "s1", "revenue", False, NEW_YORK, "2026-08-01T00:00:00Z")
DAY_S = calendar.DAY_S
START_S = calendar.instant_s("2026-03-07T00:00:00Z")


@cache
def schema() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", xmlschema.XMLSchemaImportWarning
        )  # Atom's own schema is named and nothing of it is used
        return xmlschema.XMLSchema(str(XSD), allow="local")


def wrong(feed: bytes) -> list[str]:
    """What of the content of a feed's entries is not as the schema says."""
    contents = ElementTree.fromstring(feed).iter("{http://www.w3.org/2005/Atom}content")
    return [
        str(error.reason)
        for content in contents
        for child in content
        for error in schema().iter_errors(child)
    ]


def written(*bodies: IntervalsRecorded, meter: Meter = METER) -> bytes:
    return b"".join(writer.feed(meter, bodies))


def again(feed: bytes) -> list[IntervalsRecorded]:
    found = reader.read(feed, "feed.xml", FeedOptions("s1", "revenue"))
    assert not found.problems, found.problems
    return [claim.body for claim in found.claims if isinstance(claim.body, IntervalsRecorded)]


def body(
    day: int, values: tuple[int, ...], quality: tuple[int, ...] | None = None, power: int = 0
) -> IntervalsRecorded:
    return IntervalsRecorded(
        meter="revenue",
        start=calendar.format_instant(START_S + day * DAY_S),
        interval_s=900,
        power_of_ten=power,
        values=values,
        quality=quality or (17,) * len(values),
    )


readings = st.lists(
    st.lists(
        st.tuples(st.integers(-(2**40), 2**40), st.sampled_from([-1, 0, 7, 8, 9, 10, 14, 17, 18, 19])),
        min_size=1,
        max_size=96,
    ),
    max_size=4,
).map(
    lambda days: [
        body(2 * n, tuple(value for value, _ in day), tuple(code for _, code in day))
        for n, day in enumerate(days)
    ]
)


@given(readings, st.integers(-3, 6))
def test_readings_out_and_in_again_are_the_same(bodies: list[IntervalsRecorded], power: int) -> None:
    said = [msgspec.structs.replace(one, power_of_ten=power) for one in bodies]
    assert (again(written(*said)) if said else []) == said


@pytest.mark.parametrize("received", [False, True])
def test_a_feed_is_as_the_schema_says(received: bool) -> None:
    assert (
        wrong(
            written(body(0, (1, 2, 3), (17, -1, 8)), body(1, (4,)), meter=METER._replace(received=received))
        )
        == []
    )


def test_the_schema_is_a_strict_judge() -> None:
    feed = written(body(0, (1,)))
    assert wrong(feed.replace(b"<uom>72</uom>", b"<uom>Wh</uom>"))
    assert (
        wrong(
            feed.replace(b"<commodity>1</commodity>", b"").replace(
                b"<flowDirection>", b"<commodity>1</commodity><flowDirection>"
            )
        )
        == []
    )


def test_values_of_several_powers_of_ten_stand_in_the_lowest_and_mean_the_same() -> None:
    found = again(written(body(0, (5,), power=3), body(1, (7,), power=0)))
    assert [(one.power_of_ten, one.values) for one in found] == [(0, (5000,)), (0, (7,))]


def test_a_value_beyond_what_the_schema_holds_is_refused() -> None:
    with pytest.raises(Malformed, match=r"more than ESPI holds in 10\^0"):
        written(body(0, (2**46,), power=3), body(1, (7,)))


def test_hostile_names_stay_names() -> None:
    feed = written(body(0, (1,)), meter=METER._replace(origin='x"/><evil>'))
    assert wrong(feed) == []


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        (
            "America/New_York",
            (0xB40E2000, 3600, 0x360E2000, -18000),
        ),  # as the Green Button Alliance's own samples say it
        ("America/Chicago", (0xB40E2000, 3600, 0x360E2000, -21600)),
        ("Europe/Berlin", (0xAE0E3000, 3600, 0x3E0E2000, 3600)),  # the last Sundays of October and March
        ("America/Phoenix", (0xFFFFFFFF, 0, 0xFFFFFFFF, -25200)),
        ("Africa/Casablanca", None),  # follows the moon
    ],
)
def test_a_zone_s_clock_changes_are_rule_words(zone: str, words: Any) -> None:
    assert rule_words(calendar.zone(zone), 2026) == words


SITE = """
2026-03-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[a] site_class=training
2026-03-01T00:00Z s1 meter-registered meter=revenue scope=site role=revenue direction=delivered interval=15min
2026-03-07T00:00Z s1 intervals-recorded meter=revenue start=2026-03-07T00:00Z interval=15min power_of_ten=0 values=[1,2] quality=[17,17] id=019cc5a2-2c00-8000-8000-000000000001
2026-03-07T00:00Z s1 intervals-recorded meter=revenue start=2026-03-07T00:00Z interval=15min power_of_ten=0 values=[1,9] quality=[17,7] corrects=[019cc5a2-2c00-8000-8000-000000000001] reason=edited
2026-03-08T00:00Z s1 intervals-recorded meter=revenue start=2026-03-08T00:00Z interval=15min power_of_ten=0 values=[3] quality=[17]
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    clock = Seeded("gb", calendar.instant_s("2026-08-01T00:00:00Z") * 1_000_000)
    made = Book.create(tmp_path_factory.mktemp("g") / "b", Config("example.com/g"), surroundings=clock)
    assert not made.record([Said(claim) for claim in story.read(SITE.encode(), "s").claims]).problems
    return made


def exported(book: Book, **asked: Any) -> bytes:
    pieces = format_named("greenbutton").pieces
    assert pieces is not None
    return b"".join(pieces(book, ExportOptions(**asked)))


def test_a_meter_s_readings_leave_as_they_stand(book: Book) -> None:
    found = again(exported(book, site="s1", meter="revenue"))
    assert [(one.values, one.quality) for one in found] == [((1, 9), (17, 7)), ((3,), (17,))]


def test_the_window_limits_the_readings(book: Book) -> None:
    assert [
        one.values for one in again(exported(book, site="s1", meter="revenue", start="2026-03-08T00:00Z"))
    ] == [(3,)]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"meter": "revenue"}, "--site is required"),
        ({"site": "s1"}, "--meter is required"),
        ({"site": "s1", "meter": "m"}, "no meter is called 'm' at s1; there are revenue"),
        ({"site": "s2", "meter": "m"}, "no stream is called 's2/grid'"),
    ],
)
def test_what_is_not_there_is_said(book: Book, asked: Any, message: str) -> None:
    with pytest.raises(Malformed, match=message):
        exported(book, **asked)
