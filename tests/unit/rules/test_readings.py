"""Rules about interval values: their shape, that they are recorded once, and that a correction restates all of what
it corrects.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.exchange import story
from tests.support.refusing import recorded, refused

SETUP: Final = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[a] site_class=training
2026-06-01T00:00Z s1 meter-registered meter=r1 scope=site role=revenue direction=delivered interval=15min
2026-06-01T00:00Z s1 meter-registered meter=r2 scope=site role=sub direction=delivered interval=15min
2026-06-02T01:00Z s1 intervals-recorded meter=r1 start=2026-06-02T01:00Z interval=15min power_of_ten=3 values=[1,2,3,4] quality=[0,0,0,0]
"""
LINE: Final = (
    "{at} s1 intervals-recorded meter={meter} start={start} interval={interval} power_of_ten=3 values=[{values}]"
    " quality=[{quality}]"
)


def line(at: str, values: int = 4, meter: str = "r1", interval: str = "15min", **changed: str) -> str:
    """Readings from a time of June 2 on, one kilowatt-hour each."""
    said = {
        "at": f"2026-06-02T{at}Z",
        "start": f"2026-06-02T{at}Z",
        "values": ",".join("1" * values),
        "quality": ",".join("0" * values),
        "interval": interval,
        "meter": meter,
    }
    return LINE.format(**{**said, **changed})


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """A site with two meters, one of them read from 01:00 to 02:00."""
    with Book.create(tmp_path / "book", Config("example.com/readings")) as made:
        recorded(made, SETUP)
        yield made


def correcting(book: Book, text: str) -> str:
    """A line that corrects the readings of the book."""
    found = next(record for record in book.records() if record.kind.startswith("intervals-recorded"))
    return f"{text} corrects=[{found.id}] reason=x"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            line("03:00", start="2026-06-02T03:15Z"),
            "start 2026-06-02T03:15:00Z is not the instant of the fact",
        ),
        (line("03:00", quality="0"), "4 values need 4 qualities, not 1; give one for each value"),
        (line("03:00", 0), "needs at least one value and an interval longer than 0 s"),
        (line("03:00", interval="0s"), "needs at least one value and an interval longer than 0 s"),
        (line("03:00", 1, interval="26h"), "an interval is at most a local day long"),
        (line("23:30", 3), "go on after midnight UTC; put the later ones into a record of their own"),
    ],
)
def test_readings_have_a_shape(book: Book, text: str, reason: str) -> None:
    """Each near miss is recorded below."""
    assert reason in refused(book, text)


@pytest.mark.parametrize(
    "text",
    [
        line("23:30", 2),
        line("23:45", 1, interval="25h"),
        line("02:00"),
        line("00:00"),
        line("01:00", meter="r2"),
    ],
)
def test_readings_beside_others_are_recorded(book: Book, text: str) -> None:
    """To the end of the day; the longest interval; right behind and right before; of another meter."""
    recorded(book, text)


@pytest.mark.parametrize("text", [line("01:45"), line("00:15"), line("01:00"), line("01:15", 1)])
def test_readings_are_recorded_once(book: Book, text: str) -> None:
    """The last quarter-hour, the first, all of them, one within."""
    assert refused(book, text).startswith("readings of meter 'r1' from ")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (line("01:15", 3), "but restates only 2026-06-02T01:15:00Z to 2026-06-02T02:00:00Z"),
        (line("01:00", 3), "but restates only 2026-06-02T01:00:00Z to 2026-06-02T01:45:00Z"),
        (line("01:00", meter="r2"), "which is of "),
    ],
)
def test_a_correction_that_leaves_an_interval_out_is_refused(book: Book, text: str, reason: str) -> None:
    """Its first, its last; and the readings of another meter correct none of this one."""
    assert reason in refused(book, correcting(book, text))


@pytest.mark.parametrize("text", [line("01:00"), line("00:45", 6)])
def test_a_correction_restates_every_interval(book: Book, text: str) -> None:
    """These alone, or more on both sides."""
    recorded(book, correcting(book, text))


def test_a_file_that_begins_earlier_and_ends_later_adds_what_is_new_on_both_sides(book: Book) -> None:
    """What lies between is recorded already: two records, one before it and one behind."""
    found = story.read(line("00:30", 8).replace("[1,1,1,1,1,1,1,1]", "[1,1,1,2,3,4,1,1]").encode(), "file")
    outcome = book.record([Said(claim) for claim in found.claims], restate=True)
    starts = [position.record.at for position in outcome.positions if not position.repeated]
    assert starts == ["2026-06-02T00:30:00Z", "2026-06-02T02:00:00Z"]
