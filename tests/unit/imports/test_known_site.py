"""What the book knows of a site when a file of others is imported for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.imports.import_session import ImportContext
from ledger.app.imports.known_site import meter_directions
from ledger.exchange import story
from ledger.exchange.formats import Given, format_named

FACTS = """
2026-03-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[a] site_class=training
2026-03-01T00:00Z s1 meter-registered meter=load scope=site role=revenue direction=delivered interval=15min
2026-03-01T00:00Z s1 meter-registered meter=roof scope=site role=sub direction=delivered interval=15min id=019cc5a2-2c00-8000-8000-000000000001
2026-03-01T00:00Z s1 meter-registered meter=roof scope=site role=sub direction=received interval=15min corrects=[019cc5a2-2c00-8000-8000-000000000001] reason="a roof gives"
"""
MARCH_S = 1_772_323_200


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    made = Book.create(tmp_path_factory.mktemp("k") / "b", Config("example.com/k"))
    assert not made.record([Said(claim) for claim in story.read(FACTS.encode(), "f").claims]).problems
    return made


def test_a_meter_s_direction_is_that_of_its_corrected_registration(book: Book) -> None:
    """Somebody registered the solar roof as load and corrected it the same day."""
    assert meter_directions(book, "s1") == {
        "load": ((MARCH_S, "delivered"),),
        "roof": ((MARCH_S, "received"),),
    }


def test_a_site_that_the_book_does_not_know_has_no_meters(book: Book) -> None:
    assert meter_directions(book, "s2") == {}


def test_a_green_button_feed_is_read_beside_the_directions_of_the_site_s_meters(book: Book) -> None:
    """The import command, the demo and whatever else reads a feed for a book ask the same place."""
    beside = ImportContext.of(book, format_named("greenbutton"), Given("s1", "roof"), [])
    assert beside.given.of_book.directions["roof"] == ((MARCH_S, "received"),)


def test_a_file_is_not_loaded_as_a_whole_to_ask_the_book_for_meters(book: Book, tmp_path: Path) -> None:
    """A feed may be larger than memory; only program objects of OpenADR are looked for in the documents."""
    documents = ((tmp_path / "not-there.xml").read_bytes() for _ in range(1))
    assert ImportContext.of(
        book, format_named("greenbutton"), Given("s1", "roof"), documents
    ).given.of_book.directions
