"""Old versions of kinds: their bytes are for ever, and rules, folds and reports read them as today's."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger import calendar
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.host.clock import Seeded
from ledger.app.queries.log_view import run
from ledger.app.queries.record_filter import Filter, Lines, listed
from ledger.app.queries.report_run import Question
from ledger.exchange import story
from ledger.kinds import BY_BODY, CURRENT, KINDS, IncidentObservationAdded, Kind
from ledger.records import leaf_format, upcasts
from projections.reports.catalogue import BY_NAME
from tests.support.making import record_of, sample_body

GOLDEN = Path(__file__).parents[2] / "golden" / "kinds"
OLD = [kind for kind in KINDS if CURRENT[kind.name] is not kind]
SITE = """2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[] site_class=training
2026-06-02T00:00Z s1 incident-opened incident=i1 summary=x"""
OBSERVED = "2026-06-02T01:00Z s1 incident-observation-added{version} incident=i1 text=smoke"


def test_there_is_an_old_version() -> None:
    assert [kind.tag for kind in OLD] == [
        "incident-observation-added.v1",
        "access-granted.v1",
        "report-issued.v1",
    ]


@pytest.mark.parametrize("kind", OLD, ids=lambda kind: kind.tag)
def test_an_old_version_is_read_as_todays_and_kept_as_it_was(kind: Kind) -> None:
    golden = (GOLDEN / f"{kind.tag}.json").read_bytes().removesuffix(b"\n")
    read = upcasts.read(golden)
    assert (BY_BODY[type(read.body)], leaf_format.encode(leaf_format.decode(golden))) == (
        CURRENT[kind.name],
        golden,
    )


@pytest.mark.parametrize("kind", OLD, ids=lambda kind: kind.tag)
def test_nothing_but_the_fact_is_another_when_an_old_version_is_read(kind: Kind) -> None:
    old = record_of(sample_body(kind))
    new = upcasts.today(old)
    names = [name for name in old.__struct_fields__ if name != "body"]
    assert [getattr(new, name) for name in names] == [getattr(old, name) for name in names]


@pytest.mark.parametrize("kind", OLD, ids=lambda kind: kind.tag)
def test_every_old_version_has_a_way_to_todays(kind: Kind) -> None:
    assert BY_BODY[type(upcasts.latest(sample_body(kind)))] is CURRENT[kind.name]


@pytest.fixture
def old_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book of the time when v1 was current: an incident with an observation."""
    clock = Seeded("old", calendar.instant_s("2026-06-03T00:00:00Z") * 1_000_000)
    with Book.create(tmp_path / "b", Config("example.com/old"), surroundings=clock) as book:
        monkeypatch.setattr("ledger.app.book.batch.upcasts.today_claim", lambda claim: claim)
        book.record(said(f"{SITE}\n{OBSERVED.format(version='.v1')}"))
        monkeypatch.undo()
    return tmp_path / "b"


def said(text: str) -> list[Said]:
    reading = story.read(text.encode(), "story")
    assert not reading.problems
    return [Said(claim) for claim in reading.claims]


def test_the_log_shows_the_stored_version(old_book: Path) -> None:
    with Book.open(old_book, write=False) as book:
        wanted = Filter.of(book, None, None, ("incident-observation-added",), None, None, None, None)
        (line,) = (Lines(book, as_json=True).line(record) for record in listed(book, wanted))
    assert '"kind":"incident-observation-added.v1"' in line


def test_reports_read_it_as_todays(old_book: Path) -> None:
    with Book.open(old_book, write=False) as book:
        table = run(book, BY_NAME["incident"], Question(said={"incident": "i1"}))
    assert [row[7] for row in table.rows][1] == "incident=i1 text=smoke"


def test_recorded_again_today_it_changes_nothing(old_book: Path) -> None:
    with Book.open(old_book, write=True, surroundings=Seeded("o", 1_800_000_000_000_000)) as book:
        assert book.record(said(OBSERVED.format(version=""))).repeated == 1


def test_a_claim_in_an_old_version_is_taken_as_todays(old_book: Path) -> None:
    with Book.open(old_book, write=True, surroundings=Seeded("o", 1_800_000_000_000_000)) as book:
        (position,) = book.record(said(OBSERVED.format(version=".v1").replace("smoke", "fire"))).positions
    assert isinstance(position.record.body, IncidentObservationAdded)


def test_an_old_record_can_be_corrected_in_todays_version(old_book: Path) -> None:
    with Book.open(old_book, write=True, surroundings=Seeded("o", 1_800_000_000_000_000)) as book:
        (old,) = (r for r in book.records() if isinstance(r.body, IncidentObservationAdded))
        line = OBSERVED.format(version="") + f" observer=ann corrects=[{old.id}] reason=asked"
        assert book.record(said(line)).recorded == 1
