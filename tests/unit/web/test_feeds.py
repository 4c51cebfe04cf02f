"""What programs subscribe to: a feed of commitments and a calendar of deadlines, as far as a token reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from icalendar import Calendar

from tests.support.page_book import page_book
from tests.support.rights import rights_book
from tests.support.serving import API, NOW, Served, serving

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def rights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, dict[str, str]]]:
    """A book of two sites in two counties, each with a commitment."""
    place: Path = tmp_path_factory.mktemp("feeds") / "book"
    secrets = rights_book(place)
    with serving(place) as served:
        yield served, secrets


def entries(rights: tuple[Served, dict[str, str]], reader: str, query: str = "") -> list[str]:
    """The titles' commitments and the pages of a feed."""
    served, secrets = rights
    with served.client() as client:
        headers = {"Authorization": f"Bearer {secrets[reader]}"}
        answer = client.get(f"{API}/commitments.atom{query}", headers=headers)
        assert answer.status_code == 200, answer.text
        found = []
        for entry in ElementTree.fromstring(answer.content).iter(f"{ATOM}entry"):
            link = entry.find(f"{ATOM}link")
            assert link is not None
            page = client.get(link.attrib["href"], headers=headers)
            assert page.status_code == 200, page.text
            found.append(str(entry.findtext(f"{ATOM}id")).rpartition("/")[2])
    return found


def test_an_auditor_follows_every_commitment(rights: tuple[Served, dict[str, str]]) -> None:
    """And every entry leads to a page that its reader may see."""
    assert sorted(entries(rights, "auditor")) == ["s1--c1", "s2--c2"]


def test_a_commissioner_follows_those_to_its_county(rights: tuple[Served, dict[str, str]]) -> None:
    assert entries(rights, "commissioner") == ["s1--c1"]


def test_a_feed_is_of_the_sites_that_it_names(rights: tuple[Served, dict[str, str]]) -> None:
    assert entries(rights, "auditor", "?site=s2") == ["s2--c2"]


def test_before_a_commitment_was_recorded_it_is_in_no_feed(rights: tuple[Served, dict[str, str]]) -> None:
    served, secrets = rights
    with served.client() as client:
        headers = {"Authorization": f"Bearer {secrets['auditor']}"}
        records = client.get(f"{API}/records?kind=commitment-made", headers=headers).json()["records"]
    assert entries(rights, "auditor", f"?known_at={records[0]['index']}") == []


def test_a_calendar_program_needs_no_header(tmp_path: Path) -> None:
    """The address alone says that a calendar is wanted; it holds the deadlines that JSON lists."""
    with serving(page_book(tmp_path / "book")) as served, served.client() as client:
        owed = f"{NOW} s1 payment-scheduled commitment=c1 instalment=2026 due_on=2026-06-20 amount=100.00USD"
        client.post(f"{API}/records", content=owed, headers={"Content-Type": "text/plain"})
        listed = client.get(f"{API}/due?within_days=300").json()["due"]
        answer = client.get(f"{API}/due.ics?within_days=300", headers={"Accept": "*/*"})
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert (len(events) > 0, len(events)) == (True, len(listed))
