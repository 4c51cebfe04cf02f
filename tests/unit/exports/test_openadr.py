"""OpenADR out: events and reports are as the OpenAPI says, and read again they are the same dispatches and
readings.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ledger import calendar
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.exports.formats import format_named
from ledger.app.exports.options import ExportOptions
from ledger.app.host.clock import Seeded
from ledger.app.imports.import_session import ImportContext
from ledger.exchange import story
from ledger.exchange.formats import Given
from ledger.exchange.formats import format_named as import_format
from ledger.exchange.openadr import events
from ledger.exchange.openadr.event_options import EventOptions
from ledger.kinds import DispatchNotified, IntervalsRecorded
from tests.support.openapi import wrong

EXAMPLES = Path(__file__).parents[2] / "stories" / "openadr3"
SITE = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[a] site_class=training
2026-06-01T00:00Z s1 meter-registered meter=revenue scope=site role=revenue direction=delivered interval=15min
2026-06-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[]
2026-06-01T00:00Z s1 program-enrolled program=ilc operator=SOCO agreement=a blocks=[m1] meters=[revenue] method=meter-before-after baseline_intervals=1 committed=80MW notice=30min response=10min program_year_start=06-01 tz=America/New_York capped=false adjustment=none holidays=[]
2026-07-14T17:30Z s1 intervals-recorded meter=revenue start=2026-07-14T17:30Z interval=15min power_of_ten=3 values=[25000,25000,9000,5000,5001,5002,25000] quality=[17,17,8,-1,17,10,17]
2026-07-14T17:00Z s1 dispatch-notified dispatch=d7 program=ilc dispatch_class=emergency mode=reduce-by target=80MW start=2026-07-14T18:00Z stop=2026-07-14T19:00Z
2026-07-15T17:00Z s1 dispatch-notified dispatch=d8 dispatch_class=emergency mode=reduce-to target=80.5kW start=2026-07-15T18:00Z
2026-07-16T17:00Z s1 dispatch-notified dispatch=d9 dispatch_class=emergency mode=reduce-to target=80MW start=2026-07-16T18:00Z
2026-07-16T17:10Z s1 dispatch-cancelled dispatch=d9
"""
POLL = {
    "id": "e-1",
    "objectType": "EVENT",
    "createdDateTime": "2026-07-20T17:00:00Z",
    "modificationDateTime": "2026-07-20T17:05:00Z",
    "programID": "44",
    "payloadDescriptors": [
        {"objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": kind, "units": "KW"}
        for kind in ("DISPATCH_SETPOINT", "IMPORT_CAPACITY_LIMIT")
    ],
    "intervals": [
        {
            "id": n,
            "intervalPeriod": {"start": f"2026-07-20T{18 + n}:00:00Z", "duration": "PT1H"},
            "payloads": [{"type": kind, "values": [value]}],
        }
        for n, (kind, value) in enumerate(
            [("DISPATCH_SETPOINT", 20_000), ("DISPATCH_SETPOINT", 0.5), ("IMPORT_CAPACITY_LIMIT", 100_000)]
        )
    ],
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    clock = Seeded("openadr", calendar.instant_s("2026-08-01T00:00:00Z") * 1_000_000)
    made = Book.create(tmp_path_factory.mktemp("o") / "b", Config("example.com/o"), surroundings=clock)
    claims = [Said(claim) for claim in story.read(SITE.encode(), "s").claims]
    claims += [Said(claim) for claim in events.read(json.dumps([POLL]).encode(), "p", options()).claims]
    assert [str(problem) for problem in made.record(claims).problems] == []
    return made


def options() -> EventOptions:
    return EventOptions("s1", dispatch_class="emergency")


def exported(book: Book, name: str, **asked: Any) -> Any:
    pieces = format_named(name).pieces
    assert pieces is not None
    return json.loads(b"".join(pieces(book, ExportOptions(site="s1", **asked))))


def test_every_event_is_as_the_openapi_says(book: Book) -> None:
    found = exported(book, "openadr-events")
    assert [event["id"] for event in found] == ["d7", "d8", "e-1"]
    assert [wrong(event, "event") for event in found] == [[], [], []]


def test_a_dispatch_read_from_an_event_is_that_event_again(book: Book) -> None:
    (event,) = (event for event in exported(book, "openadr-events") if event["id"] == "e-1")
    again = events.read(json.dumps([event]).encode(), "again", options())
    before = events.read(json.dumps([POLL]).encode(), "p", options())
    assert sorted(bodies(again)) == sorted(bodies(before))
    assert (again.claims[0].at, again.claims[0].id) == (before.claims[0].at, before.claims[0].id)


def bodies(found: Any) -> list[str]:
    return [str(claim.body) for claim in found.claims if isinstance(claim.body, DispatchNotified)]


def test_a_reduction_is_a_number_from_0_on_and_read_as_a_reduction_again(book: Book) -> None:
    """The enumeration of OpenADR 3.1.0 (event-interval-payloads, DISPATCH_SETPOINT_RELATIVE) has minimum 0, so
    that a reduction cannot be written as a negative change; ``--relative reduce-by`` reads what we write.
    """
    own = [event for event in exported(book, "openadr-events") if event["id"] == "d7"]
    found = events.read(json.dumps(own).encode(), "own", options()._replace(relative="reduce-by"))
    (body,) = (claim.body for claim in found.claims if isinstance(claim.body, DispatchNotified))
    assert (
        own[0]["intervals"][0]["payloads"][0]["values"],
        body.mode,
        body.target_w,
        body.start,
        body.stop,
    ) == (
        [80_000],
        "reduce-by",
        80_000_000,
        "2026-07-14T18:00:00Z",
        "2026-07-14T19:00:00Z",
    )


def test_a_reduction_of_ours_is_never_read_as_an_increase(book: Book) -> None:
    """Without ``--relative`` it is refused, and the message names the option."""
    own = [event for event in exported(book, "openadr-events") if event["id"] == "d7"]
    found = events.read(json.dumps(own).encode(), "own", options())
    assert (found.claims, "--relative reduce-by" in str(found.problems[0])) == ((), True)


def test_our_own_events_read_into_the_book_again_change_nothing(book: Book) -> None:
    """Those of the VTN, that is; our own dispatches are no events of anybody."""
    theirs = [event for event in exported(book, "openadr-events") if event["id"] == "e-1"]
    data = json.dumps(theirs).encode()
    form = import_format("openadr")
    beside = ImportContext.of(
        book, form, Given("s1", dispatch_class="emergency", at="2026-07-20T17:30:00Z"), [data]
    )
    (part,) = beside.settle(("p", part) for part in form.read([data], "p", "0" * 64, beside.given))
    assert (part[1].claims, part[1].problems, part[1].unchanged) == ((), (), 3)


def test_the_window_limits_the_events(book: Book) -> None:
    found = exported(book, "openadr-events", start="2026-07-15T00:00Z", stop="2026-07-16T00:00Z")
    assert [event["id"] for event in found] == ["d8"]


def test_a_report_of_a_program_s_meters_is_as_the_openapi_says(book: Book) -> None:
    (report,) = exported(book, "openadr", client="ven-7")
    assert (report["eventID"], report["clientName"], wrong(report, "reportRequest")) == ("d7", "ven-7", [])


def test_a_report_carries_demand_and_baseline_as_dispatch_performance_has_them(book: Book) -> None:
    """The half hour before the dispatch stood at 25 MWh a quarter-hour: a baseline of 100 MW."""
    (report,) = exported(book, "openadr")
    together = report["resources"][-1]
    found = [[(p["type"], p["values"][0]) for p in one["payloads"]] for one in together["intervals"]]
    assert together["resourceName"] == "AGGREGATED_REPORT"
    assert found == [[("DEMAND", kw), ("BASELINE", 100_000)] for kw in (36_000, 20_000, 20_004, 20_008)]


def test_the_usage_of_a_report_is_the_readings_inside_the_dispatch(book: Book) -> None:
    (report,) = exported(book, "openadr")
    found = events.read(json.dumps(report).encode(), "r", options()._replace(meter="revenue"))
    (body,) = (claim.body for claim in found.claims)
    assert isinstance(body, IntervalsRecorded)
    assert (body.start, body.interval_s, body.power_of_ten) == ("2026-07-14T18:00:00Z", 900, 3)
    assert (body.values, body.quality) == ((9000, 5000, 5001, 5002), (8, -1, 0, 10))


def test_the_judge_is_strict() -> None:
    """An example of the User Guide has a time of the day for a date-time and lacks when it was modified."""
    example = json.loads((EXAMPLES / "event_7_2-4.json").read_bytes())
    assert wrong(example, "event") == [
        "$: 'modificationDateTime' is a required property",
        "$.createdDateTime: '14:13:26' is not a 'date-time'",
    ]
