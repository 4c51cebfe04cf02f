"""Incident: records that were linked to it from another stream, of another site or of a balancing authority, as
far as the reader of the report sees them; what was believed, and what it took.
"""

from __future__ import annotations

import pytest

from ledger.app.queries.explanation import explain
from ledger.app.queries.log_view import run_whole
from ledger.app.queries.report_run import Question
from ledger.errors import Malformed
from projections.reports.incident import REPORT
from tests.support.row_replay import Heard, cells

SITE = (
    "2026-06-01T00:00Z {} site-registered name=S county=C state=GA tz=UTC balancing_authority=SOCO"
    " utility=U parcels=[] site_class=training\n"
)
BLOCK = (
    "2026-06-01T00:00Z s2 load-block-commissioned block=m1 load_class=mining service_class=interruptible"
    " capacity=100MW feeds=[]\n"
)
TRIP = (
    "2026-07-14T18:00Z s2 outage-started block=m1 outage=o1 outage_class=forced-u1 derate=100MW cause=x"
    " outside_management_control=false\n"
)
OTHER = TRIP.replace("18:00", "18:05").replace("o1", "o2").replace("100MW", "1MW")
OPENED = "2026-07-14T18:10Z s1 incident-opened incident=i1 summary=x\n"
LINKED = "2026-07-14T18:20Z s1 incident-linked incident=i1 ids=[{}]\n"
JULY = {"start": "2026-07-01", "stop": "2026-08-01"}


def linked(heard: Heard) -> str:
    """An incident of s1 with an outage of s2 linked to it, and another outage of s2 that is not; the id of the
    first.
    """
    heard.at("2026-07-15T00:00Z", SITE.format("s1") + SITE.format("s2") + BLOCK)
    trip, _ = heard.at("2026-07-15T01:00Z", TRIP + OTHER)
    heard.at("2026-07-15T02:00Z", OPENED + LINKED.format(trip.id))
    return trip.id


def test_an_outage_of_the_neighboring_site_is_in_the_timeline_that_it_was_linked_to(heard: Heard) -> None:
    """The trip at s2 led to the incident at s1. Its time, stream, kind and state are told; the other outage of
    s2 is no part of the incident.
    """
    id_ = linked(heard)
    found = cells(heard.report("incident", **JULY), "at", "stream", "kind", "state", "id")
    state = "block=m1 outage_class=forced-u1 derate=100MW cause=x outside_management_control=false"
    assert [row for row in found if row[1] == "s2/operations"] == [
        ("2026-07-14T18:00:00Z", "s2/operations", "outage-started", state, id_)
    ]


def test_a_reader_of_one_site_is_told_that_the_linked_record_is_elsewhere(heard: Heard) -> None:
    """A bundle of s1 alone cannot know in which stream it is, and the report says the same there (P15)."""
    id_ = linked(heard)
    assert heard.report("incident", sites=("s1",), said={"incident": "i1"}, **JULY).notes == (
        f"s1/i1: linked record {id_} is in another stream than the grid and operations"
        " streams of the sites asked for and the grid streams of balancing authorities",
    )


EMERGENCY = "2026-07-14T17:50Z ba-SOCO grid-condition-declared state=eea3\n"
OVER = "2026-07-14T18:15Z ba-SOCO grid-condition-declared state=normal\n"
ELSEWHERE = "2026-07-14T17:55Z ba-SWPW grid-condition-declared state=eea2\n"


def declared(heard: Heard) -> str:
    """An incident of s1 with the emergency that its balancing authority had declared linked to it, among other
    conditions that are not; the id of the emergency.
    """
    heard.at("2026-07-15T00:00Z", SITE.format("s1") + SITE.format("s2") + BLOCK)
    emergency, *_ = heard.at("2026-07-15T01:00Z", EMERGENCY + OVER + ELSEWHERE)
    heard.at("2026-07-15T02:00Z", OPENED + LINKED.format(emergency.id))
    return emergency.id


@pytest.mark.parametrize("sites", [(), ("s1",)], ids=["every site", "its own"])
def test_a_condition_of_the_balancing_authority_is_in_the_timeline_that_it_was_linked_to(
    heard: Heard, sites: tuple[str, ...]
) -> None:
    """The emergency is what the incident began with, though it was declared before and in a stream of its own;
    what was not linked (its end, another authority's) is no part of the incident.
    """
    id_ = declared(heard)
    report = heard.report("incident", sites=sites, said={"incident": "i1"}, **JULY)
    found = cells(report, "at", "stream", "kind", "id")
    assert ([row for row in found if row[1].startswith("ba-")], report.notes) == (
        [("2026-07-14T17:50:00Z", "ba-soco/grid", "grid-condition-declared", id_)],
        (),
    )


def test_a_timeline_of_a_site_has_what_was_linked_to_its_incidents_and_no_other_condition(
    heard: Heard,
) -> None:
    """As a bundle has it, which is always asked for by site; the rest is in grid-states."""
    id_ = declared(heard)
    own = cells(heard.report("incident", sites=("s1",), **JULY), "stream", "id")
    other = cells(heard.report("incident", sites=("s2",), **JULY), "stream")
    assert [row for row in own if row[0].startswith("ba-")] == [("ba-soco/grid", id_)]
    assert {row[0] for row in other} <= {"s2/grid", "s2/operations"}


def test_the_streams_of_balancing_authorities_belong_to_what_the_report_reads(heard: Heard) -> None:
    """A bundle carries every stream that its report reads, so a stranger sees the linked condition too."""
    assert REPORT.beyond == ("conditions",)


def test_the_timeline_shows_nothing_that_is_kept_in_a_section(heard: Heard) -> None:
    """A report made from sections was issued to the grid operator. Its hash is in a section, and a bundle
    without sections must give the same timeline; it did not, and was refused when it was written.
    """
    issued = (
        "2026-07-14T19:00Z s1 report-issued report=lease-dates definition_version=2 tzdata=2026a tz=UTC"
        f" as_of=2026-07-14T19:00Z known_at=9 filters=[] salted_content_sha256={'ab' * 32} recipient=SOCO"
        " class=grid\n"
    )
    heard.at("2026-07-15T00:00Z", SITE.format("s1") + OPENED + issued)
    (said,) = [
        summary
        for kind, summary in cells(heard.report("incident", **JULY), "kind", "summary")
        if kind == "report-issued"
    ]
    assert "salted_content_sha256" not in said


# --- what was believed, what it took ------------------------------------------------------------------------

YARD = """
2026-01-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[] site_class=training
2026-01-01T00:00Z s1 power-contracted agreement=a power=200MW firm=0MW start=2026-01-01T00:00Z
2026-01-01T00:00Z s1 capacity-energized power=200MW point_of_delivery=p voltage=115kV
2026-01-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[]
2026-01-01T00:00Z s1 load-block-commissioned block=m3 load_class=mining service_class=firm capacity=50MW feeds=[]
2026-01-01T00:00Z s1 meter-registered meter=r scope=site role=revenue direction=delivered interval=1h
2026-01-24T00:00Z s1 hashrate-changed block=m1 hashrate=6EH/s method=pool
2026-01-24T00:00Z s1 hashrate-changed block=m3 hashrate=3EH/s method=pool
2026-01-24T10:00Z s1 dispatch-notified dispatch=storm dispatch_class=emergency mode=reduce-by target=90MW start=2026-01-24T11:00Z stop=2026-01-24T15:00Z
2026-01-24T11:00Z s1 curtailment-started dispatch=storm block=m1 depth=90MW
"""
TRIPPED = """
2026-01-24T12:04Z s1 outage-started block=m1 outage=trip outage_class=forced-u1 derate=10MW cause="breaker 52-1 tripped" outside_management_control=false
2026-01-24T12:10Z s1 incident-opened incident=trip summary="breaker 52-1 tripped during the storm call"
2026-01-24T12:12Z s1 hashrate-changed block=m3 hashrate=0GH/s method=pool
2026-01-24T12:20Z s1 incident-observation-added incident=trip text="52-1 stands open" observer="shift lead"
"""
MENDED = """
2026-01-24T13:34Z s1 outage-ended outage=trip-3
2026-01-24T13:34Z s1 hashrate-changed block=m3 hashrate=3EH/s method=pool
2026-01-24T16:10Z s1 incident-closed incident=trip cause="loose terminal in breaker 52-3" actions=["terminal fixed"]
2026-01-25T14:00Z s1 incident-action-agreed incident=trip action=torque what="torque check of all breakers" owner="electrical lead" due_on=2026-02-15
2026-01-25T14:00Z s1 incident-action-agreed incident=trip action=labels what="labels on the one-line diagram" owner="site manager" due_on=2026-02-01
2026-01-30T14:00Z s1 incident-action-done incident=trip action=labels
"""


def blamed(heard: Heard) -> int:
    """A breaker trips during a storm call. The shift blames 52-1, which had opened for the curtailment, and puts the
    outage on m1; two hours later it is m3's 52-3. The size of the log when that was not known yet.
    """
    heard.at("2026-01-24T11:10Z", YARD)
    trip, opened, *_ = heard.at("2026-01-24T12:25Z", TRIPPED)
    heard.at("2026-01-24T12:26Z", f"2026-01-24T12:26Z s1 incident-linked incident=trip ids=[{trip.id}]\n")
    size = heard.book.store.size
    heard.at(
        "2026-01-24T14:15Z",
        f'2026-01-24T14:15Z s1 event-retracted corrects=[{trip.id}] reason="52-1 opened for the call" class=operations\n'
        "2026-01-24T12:04Z s1 outage-started block=m3 outage=trip-3 outage_class=forced-u1 derate=50MW"
        ' cause="breaker 52-3 tripped" outside_management_control=false\n'
        f'2026-01-24T12:10Z s1 incident-opened incident=trip summary="breaker 52-3 tripped during the storm call"'
        f' corrects=[{opened.id}] reason="relay log of 52-3"\n',
    )
    (new,) = [r for r in heard.book.records(0) if getattr(r.body, "outage", "") == "trip-3"]
    heard.at("2026-01-24T14:16Z", f"2026-01-24T14:16Z s1 incident-linked incident=trip ids=[{new.id}]\n")
    heard.at("2026-01-30T15:00Z", MENDED)
    return size


def test_what_was_believed_and_what_corrected_it_stand_in_the_timeline_both(heard: Heard) -> None:
    """Both lines of the opening, marked, with the reason; the outage on the wrong block, retracted."""
    blamed(heard)
    found = cells(heard.report("incident", period="2026-01"), "clock", "standing", "kind", "why")
    assert [row for row in found if row[1] not in ("holds", None)] == [
        ("T-06:00", "retracted", "outage-started", "52-1 opened for the call"),
        ("T+00:00", "corrected", "incident-opened", "relay log of 52-3"),
        ("T+00:00", "correction", "incident-opened", "relay log of 52-3"),
        ("T+2:05:00", "correction", "event-retracted", "52-1 opened for the call"),
    ]


TOOK = ("detect_s", "restore_s", "lost_w", "lost_wh", "hashrate_lost_ghs", "blocks", "firm_blocks")


def test_the_incident_as_a_whole_says_what_it_took(heard: Heard) -> None:
    """m3, 50 MW of firm service, was out for 90 minutes from 12:04; the shift opened the incident at 12:10."""
    blamed(heard)
    table = heard.report("incident", period="2026-01")
    assert cells(table, *TOOK)[-1] == (360, 5400, 50_000_000, 75_000_000, 3_000_000_000, "m3", "m3")


def test_beside_stands_what_was_known_before_the_correction(heard: Heard) -> None:
    """Then 10 MW of m1 were out, and nobody knew of m3."""
    size = blamed(heard)
    table = heard.report("incident", period="2026-01", said={"beside": str(size)})
    now, then = cells(table, "known_records", "blocks", "lost_w", "restore_s")[-2:]
    assert (now, then) == (
        (None, "m3", 50_000_000, 5400),
        (size, "m1", 10_000_000, None),
    )


def test_each_record_says_whether_it_was_known_then(heard: Heard) -> None:
    size = blamed(heard)
    table = heard.report("incident", period="2026-01", said={"beside": str(size)})
    found = [row[1:] for row in cells(table, "kind", "standing", "then") if row[0] == "outage-started"]
    assert found == [("retracted", "holds"), ("holds", "unknown")]


def test_what_was_known_later_cannot_stand_beside(heard: Heard) -> None:
    size = blamed(heard)
    with pytest.raises(Malformed, match=r"beside must be from 1 to \d+, the records that the report knows"):
        heard.report("incident", period="2026-01", known_at=str(size), said={"beside": str(size + 2)})


def test_an_agreed_action_says_who_sees_to_it_and_whether_it_is_done(heard: Heard) -> None:
    blamed(heard)
    found = cells(heard.report("incident", period="2026-01"), "owner", "due_on", "done")
    assert [row for row in found if row[0]] == [
        ("electrical lead", "2026-02-15", None),
        ("site manager", "2026-02-01", "2026-01-30T14:00:00Z"),
    ]


def test_a_forced_outage_just_before_the_opening_belongs_to_the_incident(heard: Heard) -> None:
    """The breaker tripped six minutes before; nobody has to link it."""
    heard.at("2026-01-24T12:25Z", YARD + TRIPPED)
    table = heard.report("incident", period="2026-01")
    assert cells(table, "outages", "detect_s")[-1] == ("trip", 360)


def test_an_incident_says_what_it_counts_because_of_its_time_alone(heard: Heard) -> None:
    """Nobody linked the outage or the dispatch; a reader of two incidents at once would add them up."""
    heard.at("2026-01-24T12:25Z", YARD + TRIPPED)
    assert heard.report("incident", period="2026-01").notes == (
        "s1/trip: what it took while it was open counts each outage that began at s1 then or just before (trip) and"
        " each dispatch of s1 in progress then (storm), linked to it or not",
    )


def test_an_older_outage_that_was_not_linked_is_noted_and_not_counted(heard: Heard) -> None:
    """It began a day before the incident was opened; whether it belongs to it nobody said."""
    heard.at("2026-01-24T12:25Z", YARD + TRIPPED.replace("24T12:04", "24T03:04"))
    assert heard.report("incident", period="2026-01").notes[-1] == (
        "s1/trip: outage trip was going on for more than 2 hours when the incident was opened and is not linked to"
        " it, so what it took is not counted"
    )


def test_the_line_of_the_incident_as_a_whole_is_explained_by_the_records_that_tell_it(heard: Heard) -> None:
    blamed(heard)
    run = run_whole(heard.book, REPORT, Question(period="2026-01"))
    (row,) = [str(row[0]) for row in run.table.rows if "impact" in row]
    found = explain(heard.book, REPORT, run, row, "lost_wh")
    assert {record.kind for record in found.records} == {
        "incident-opened.v1",
        "outage-started.v1",
        "outage-ended.v1",
        "incident-closed.v1",
        "incident-action-agreed.v1",
        "incident-action-done.v1",
    }
