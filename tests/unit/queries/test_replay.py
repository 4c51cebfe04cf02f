"""A moment again, as it was known then: told of a trip whose breaker was named wrongly at first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ledger.app.book.book import Book
from ledger.app.book.config import Config
from ledger.app.host.clock import Seeded
from ledger.app.maintenance.correction import correct
from ledger.app.queries.replay import MomentAsked, Replayed, last_moment, replayed, week_of
from ledger.app.queries.replay_chart import load_chart
from ledger.app.queries.report_run import Question
from ledger.app.queries.what_if import what_if
from ledger.app.queries.what_if_words import in_words
from tests.support.serving import NOW_US
from tests.support.small_book import said

TZ = "America/New_York"
AT = "2026-06-05T10:20:00Z"
STORY = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[a] site_class=training
2026-06-01T00:00Z s1 capacity-energized power=150MW point_of_delivery=P voltage=115kV
2026-06-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
2026-06-01T00:00Z s1 meter-registered meter=r1 scope=site role=revenue direction=delivered interval=1h
2026-06-05T10:00Z s1 intervals-recorded meter=r1 start=2026-06-05T10:00Z interval=1h power_of_ten=6 values=[90,40] quality=[17,17]
2026-06-05T10:00Z ba-SOCO grid-condition-declared state=eea2
2026-06-05T10:10Z s1 outage-started block=m1 outage=o1 outage_class=forced-u1 derate=20MW cause="52-4 tripped" outside_management_control=false
2026-06-05T12:00Z s1 outage-ended outage=o1
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    place = tmp_path_factory.mktemp("replay") / "book"
    with Book.create(place, Config("example.com/replay"), surroundings=Seeded("replay", NOW_US)) as made:
        assert not made.record(said(STORY)).problems
        outage = next(r for r in made.records(0, made.store.size) if r.kind.startswith("outage-started"))
        correct(made, str(outage.index), ["cause=52-1 tripped"], "relay log", dry_run=False)
        yield made


def seen(book: Book, known: int | None = None, at: str = AT) -> Replayed:
    asked = MomentAsked("s1", at, None if known is None else str(known), week_of(at, TZ), TZ)
    return replayed(book, asked)


def marks(found: Replayed) -> dict[str, str]:
    return {f"{thing.what} {thing.name}".strip(): thing.mark for thing in found.things if thing.mark}


def test_what_was_corrected_later_is_marked(book: Book) -> None:
    """The shift saw 52-4; today it is known that 52-1 tripped."""
    assert marks(seen(book, book.store.size - 1)) == {"outage o1": "corrected since"}


def test_as_known_now_nothing_is_marked(book: Book) -> None:
    assert marks(seen(book)) == {}


def test_before_the_site_was_registered_nothing_of_it_was_known(book: Book) -> None:
    """With the first records of the ledger itself the site is not there yet."""
    assert {thing.mark for thing in seen(book, 2).things} == {"not known then"}


def test_the_grid_of_the_site_is_part_of_its_state(book: Book) -> None:
    assert "condition" in {thing.what for thing in seen(book).things}


def test_the_correction_was_not_known_then(book: Book) -> None:
    found = seen(book, book.store.size - 1)
    assert [one.mark for one in found.records if one.kind == "outage-started"] == [
        f"corrected later by {book.store.size - 1:,}",
        "not known then",
    ]


def test_steps_lead_to_the_records_on_both_sides(book: Book) -> None:
    steps = seen(book).steps
    assert (steps.record_before, steps.change_after) == ("2026-06-05T10:10:00Z", "2026-06-05T12:00:00Z")


def test_knowing_one_record_less_leaves_out_the_last(book: Book) -> None:
    assert seen(book).steps.known_before == book.store.size - 1


def test_knowing_more_ends_with_the_log(book: Book) -> None:
    assert seen(book).steps.known_after is None


def test_a_week_begins_on_monday_on_the_clocks_of_the_site(book: Book) -> None:
    """June 5, 2026 is a Friday; Monday begins at 04:00 UTC in New York."""
    assert week_of(AT, TZ) == (1_780_286_400, 1_780_891_200)


def test_a_replay_begins_at_the_last_that_is_known(book: Book) -> None:
    assert last_moment(book, "s1", None) == "2026-06-05T12:00:00Z"


def test_the_chart_says_the_load_at_the_moment(book: Book) -> None:
    chart = load_chart(book, seen(book).asked, book.store.size)
    assert chart is not None
    assert chart.says == "At 2026-06-05 06:20 -04:00 90 MW of 150 MW energized was drawn."


def test_the_chart_tells_a_load_that_was_not_known_then(book: Book) -> None:
    readings = next(r for r in book.records(0, book.store.size) if r.kind.startswith("intervals"))
    chart = load_chart(book, seen(book, readings.index).asked, readings.index)
    assert chart is not None
    assert chart.says.endswith("no load was known; as known now it was 90 MW.")


def test_a_hypothesis_names_the_figures_of_the_first_screen(book: Book) -> None:
    """An hour more of outage: what uptime shows first comes first."""
    line = (
        "2026-06-05T13:00Z s1 outage-started block=m1 outage=o2 outage_class=forced-u1 derate=100MW"
        " cause=x outside_management_control=false\n2026-06-05T14:00Z s1 outage-ended outage=o2"
    )
    question = Question(period="2026-06-05", sites=("s1",), as_of="2026-06-06T04:00:00Z")
    found = in_words(what_if(book, said(line), question))
    uptime = next(report for report in found.changed if report.name == "uptime")
    assert "Forced outages" in {one.figure for one in (*uptime.first, *uptime.more)}


def test_the_chart_draws_the_moment_only_where_it_is_in_sight(book: Book) -> None:
    """A thick line stands at the moment; a chart of another week has none."""
    asked = seen(book).asked
    other = asked._replace(at="2026-06-20T00:00:00Z")
    drawn = [load_chart(book, one, book.store.size) for one in (asked, other)]
    assert ['stroke-width="24"' in one.svg for one in drawn if one is not None] == [True, False]
