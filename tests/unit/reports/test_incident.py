"""Incident: records that were linked to it from another stream, of another site or of a balancing authority, as
far as the reader of the report sees them.
"""

from __future__ import annotations

import pytest

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
    s2 is no part of the incident (issue 16, point 21).
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
        f"s1/i1: linked record {id_} was corrected, or is in another stream than the grid and operations"
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
    what was not linked (its end, another authority's) is no part of the incident (issue 16, point 21).
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
