"""What a correction, a retraction or an erasure may name: a record that stands, of its own stream and kind, that the
ledger did not write itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from ledger import kinds
from ledger.app.book.book import Book
from ledger.app.book.config import Config
from ledger.rules.wording import rules_in_words
from tests.support.damaged import said
from tests.support.refusing import refused

SITE: Final = (
    "2026-06-0{n}T00:00Z s{n} site-registered name=S county=C state=GA tz=America/New_York"
    " balancing_authority=SOCO utility=U parcels=[a] site_class=training\n"
)
SETUP: Final = (
    SITE.format(n=1)
    + SITE.format(n=2)
    + "2026-06-03T00:00Z s1 incident-opened incident=i summary=x\n"
    + "2026-06-03T00:00Z s1 lease-phase-opened lease=l1 phase=p1 tenant=t critical=10MW\n"
    + "2026-06-03T00:00Z s1 lease-terms-recorded phase=p1 version=1 target_rfs_on=2026-12-31 tiers=[2mo:1]"
    " monthly_rent=1234567.00USD extension_causes=[] notice_days=10\n"
)
NOBODY: Final = "019e807a-ec00-8000-8000-000000000000"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """A book of two sites."""
    with Book.create(tmp_path / "book", Config("example.com/corrections")) as made:
        assert not made.record(said(SETUP)).problems
        yield made


def id_of(book: Book, kind: str) -> str:
    return next(record.id for record in book.records() if record.kind.startswith(kind))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            "2026-06-04T00:00Z s2 incident-opened incident=i summary=y corrects=[{incident}] reason=x",
            "of stream s1/operations, not s2/operations; retract it there and record it here",
        ),
        (
            "2026-06-04T00:00Z s1 incident-closed incident=i cause=y actions=[] corrects=[{incident}] reason=x",
            "which is of kind incident-opened.v1, not incident-closed.v1",
        ),
        (
            "2026-06-04T00:00Z s1 incident-opened incident=i summary=y corrects=[{nobody}] reason=x",
            "corrects names {nobody}, which is not a record of this ledger",
        ),
        (
            "2026-06-04T00:00Z s2 event-retracted corrects=[{incident}] reason=x",
            "belongs to s1, not to s2",
        ),
        (
            "2026-06-04T00:00Z s1 event-retracted corrects=[{nobody}] reason=x",
            "corrects names {nobody}, which is not a record of this ledger",
        ),
        (
            "2026-06-04T00:00Z s1 event-retracted reason=x",
            "event-retracted.v1 needs corrects=[...] or class=",
        ),
        (
            "2026-06-04T00:00Z s1 event-retracted class=operations reason=x",
            "event-retracted needs corrects=[...]: the records that are withdrawn",
        ),
        (
            "2026-06-04T00:00Z s1 section-erased target={nobody} section=commercial",
            "target names {nobody}, which is not a record of this ledger",
        ),
        (
            "2026-06-04T00:00Z s1 section-erased target={nobody} section=commercial class=lease",
            "target names {nobody}, which is not a record of this ledger",
        ),
        (
            "2026-06-04T00:00Z s1 section-erased target={incident} section=commercial",
            "has no section 'commercial', no sections",
        ),
        (
            "2026-06-04T00:00Z s1 section-erased target={terms} section=other",
            "has no section 'other', only ",
        ),
        (
            "2026-06-04T00:00Z s1 section-erased target={terms} section=commercial class=grid",
            "of stream s1/lease, not s1/grid",
        ),
    ],
)
def test_what_may_not_be_named_is_refused_with_the_record(book: Book, line: str, reason: str) -> None:
    """The message names the record, and what is wrong with naming it."""
    ids = {
        "incident": id_of(book, "incident-opened"),
        "terms": id_of(book, "lease-terms-recorded"),
        "nobody": NOBODY,
    }
    assert reason.format(**ids) in refused(book, line.format(**ids))


def test_a_fact_is_corrected_once_and_then_by_naming_its_correction(book: Book) -> None:
    """Two corrections of one fact would leave two of them in force."""
    line = f"2026-06-04T00:00Z s1 incident-opened incident=i summary=y corrects=[{id_of(book, 'incident')}] reason=x"
    assert book.record(said(line)).recorded == 1
    assert "already corrects; correct that one instead" in refused(book, line.replace("=y", "=z"))


@pytest.mark.parametrize("place", ["s1", "ledger"])
def test_what_the_ledger_wrote_itself_cannot_be_withdrawn(book: Book, place: str) -> None:
    """Nor from its own streams, into which nobody records."""
    line = f"2026-06-04T00:00Z {place} event-retracted corrects=[{id_of(book, 'stream-opened')}] reason=x"
    assert refused(book, line).endswith(
        {
            "s1": "belongs to ledger, not to s1",
            "ledger": "only the ledger itself writes the streams of 'ledger'",
        }[place]
    )


def test_facts_that_the_ledger_writes_have_no_rules() -> None:
    """Nobody can record one."""
    assert rules_in_words(kinds.StreamOpened(stream="x", number=5), corrects=False) == ()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ("months=[]", "months needs one month or more, each once"),
        ("months=[6,6]", "months needs one month or more, each once"),
        ("peaks=0", "peaks must be 1 or more"),
        ("interval=7min", "interval must divide a day, such as 15min, 30min or 1h"),
    ],
)
def test_a_peak_scheme_that_no_interval_can_meet_is_refused(book: Book, changed: str, reason: str) -> None:
    """The example with one field changed."""
    name = changed.partition("=")[0]
    words = kinds.PeakSchemeSet.example.replace("sandersville", "s1").split(" ")
    line = " ".join(changed if word.startswith(f"{name}=") else word for word in words)
    assert reason in refused(book, line)
