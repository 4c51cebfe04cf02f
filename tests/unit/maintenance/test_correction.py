"""Corrections in a few words: one field said anew, the rest of the fact restated; retractions; notes on
incidents.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import UNSET

from ledger import kinds
from ledger.app.book.book import Book
from ledger.app.book.config import Config
from ledger.app.host.clock import Seeded
from ledger.app.host.progress import no_progress
from ledger.app.maintenance.correction import correct, note, retract
from ledger.app.maintenance.dependents import standing_on
from ledger.app.maintenance.erasure import erase
from ledger.app.queries.contradictions import Contradiction, judged_again
from ledger.app.queries.record_filter import Lines
from ledger.errors import Malformed, Refused
from tests.support.small_book import SITE, START_US, said
from tests.support.story_facts import body_of

MORE = """
2026-06-04T08:00Z s1 outage-started block=m1 outage=fans outage_class=planned derate=25MW cause=cleaning outside_management_control=false noticed_at=2026-06-04T08:05Z source=logbook ref=p12
2026-06-04T12:00Z s1 outage-ended outage=fans
2026-06-04T08:10Z s1 incident-opened incident=trip summary="fans out"
2026-06-05T00:00Z s1 lease-phase-opened lease=l1 phase=p1 tenant=t critical=10MW
2026-06-06T00:00Z s1 lease-terms-recorded phase=p1 version=1 target_rfs_on=2027-05-01 tiers=[10d:1] monthly_rent=500USD extension_causes=[] notice_days=10
"""
BLOCK, OUTAGE, ENDED, TERMS = 5, 10, 11, 15
"""Indexes in the log; the ledger's own records stand between them."""


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    made = Book.create(tmp_path / "b", Config("example.com/b"), surroundings=Seeded("correcting", START_US))
    assert not made.record(said(SITE + MORE)).problems
    with made:
        yield made


def corrected(book: Book, index: int, *changes: str, reason: str = "read again") -> str:
    """The story line of the record that a correction became, without its envelope."""
    taken = correct(book, str(index), changes, reason, dry_run=False)
    line = Lines(book, as_json=False).story(book.record_at(taken.record.index))
    return line.partition(" corrects=")[0]


def test_a_corrected_field_changes_and_the_rest_is_said_again(book: Book) -> None:
    """The meter was read again: 30 MW were out, not 25; everything else of the outage holds."""
    assert corrected(book, OUTAGE, "derate=30MW") == (
        "2026-06-04T04:00-04:00[America/New_York] s1 outage-started block=m1 outage=fans"
        " outage_class=planned derate=30MW cause=cleaning outside_management_control=false"
        " noticed_at=2026-06-04T08:05Z"
    )


def test_text_from_a_shell_needs_no_quotes(book: Book) -> None:
    """The shell took the quotes of cause="breaker 5 tripped"; an equals sign in the text is text."""
    assert 'cause="a=b, then tripped"' in corrected(book, OUTAGE, "cause=a=b, then tripped")


def test_spaces_around_the_equals_sign_are_no_part_of_it(book: Book) -> None:
    """The shift lead quotes the whole change: "derate = 30MW"."""
    assert "derate=30MW" in corrected(book, OUTAGE, "derate = 30MW")


def test_null_removes_an_optional_field(book: Book) -> None:
    """Nobody noticed the outage at that instant after all."""
    assert "noticed_at" not in corrected(book, OUTAGE, "noticed_at=null")


def test_quoted_null_is_the_text_null(book: Book) -> None:
    """A cause may be written "null" in the shift book."""
    assert "cause=null" in corrected(book, OUTAGE, 'cause="null"')


def test_a_list_is_written_as_in_story_text(book: Book) -> None:
    """The block has a second feed."""
    assert "feeds=[A,B]" in corrected(book, BLOCK, "feeds=[A,B]")


def test_at_moves_the_fact(book: Book) -> None:
    """The outage began an hour earlier."""
    assert corrected(book, OUTAGE, "at=2026-06-04T07:00Z").startswith("2026-06-04T03:00-04:00")


def test_sections_are_restated_with_the_fact(book: Book) -> None:
    """The notice days of lease terms were wrong; rent and tiers stay in their section, out of the leaf."""
    line = corrected(book, TERMS, "notice_days=20")
    assert ("notice_days=20" in line, "monthly_rent=500.00USD" in line, "tiers=[10d:1]" in line) == (
        True,
    ) * 3


def test_the_leaf_of_a_corrected_section_holds_its_hash_only(book: Book) -> None:
    """A rent that is corrected is no more readable in the log than the first one was."""
    taken = correct(book, str(TERMS), ["monthly_rent=600USD"], "typing error", dry_run=False)
    stored = book.record_at(taken.record.index)
    assert (list(stored.sections or ()), body_of(stored, kinds.LeaseTermsRecorded).monthly_rent_cents) == (
        ["commercial"],
        UNSET,
    )


def test_terms_whose_section_is_erased_cannot_be_restated_without_it(book: Book) -> None:
    """The rent was erased for ever, so a correction must give it again."""
    erase(book, str(TERMS), None, "asked for", evidence=False)
    with pytest.raises(Malformed, match="needs tiers"):
        correct(book, str(TERMS), ["notice_days=20"], "read again", dry_run=False)


def test_the_source_of_the_old_values_is_not_repeated(book: Book) -> None:
    """Page 12 of the logbook says 25 MW; it is no evidence for 30 MW."""
    taken = correct(book, str(OUTAGE), ["derate=30MW"], "read again", dry_run=False)
    assert (taken.record.source, len(taken.notes)) == (UNSET, 1)


def test_a_dry_run_records_nothing(book: Book) -> None:
    """The operator looks first."""
    before = book.store.size
    taken = correct(book, str(OUTAGE), ["derate=30MW"], "read again", dry_run=True)
    assert (body_of(taken.record, kinds.OutageStarted).derate_w, book.store.size) == (30_000_000, before)


def test_the_same_correction_again_changes_nothing(book: Book) -> None:
    """The operator presses the arrow key and enter: one correction, not two."""
    first, second = (
        correct(book, str(OUTAGE), ["derate=30MW"], "read again", dry_run=False) for _ in range(2)
    )
    assert (second.repeated, second.record.index) == (True, first.record.index)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param([], "state what to change, KEY=VALUE; record 10: block=m1 outage=fans", id="nothing"),
        pytest.param(["derate"], "a change is KEY=VALUE, such as block=...: 'derate'", id="no equals sign"),
        pytest.param(["derat=1MW"], r"no 'derat' \(did you mean derate\?\)", id="a misspelled key"),
        pytest.param(["derate_w=1MW"], "write derate= and put the unit on the value", id="a stored name"),
        pytest.param(["derate=1MW", "derate=2MW"], "derate is given twice", id="twice"),
        pytest.param(["derate=null"], "derate is required in outage-started", id="a required field"),
        pytest.param(["at=null"], "at is required", id="no instant"),
        pytest.param(["cause="], "cause has no value; cause=null removes", id="no value"),
        pytest.param(["derate=30"], "derate needs a unit", id="no unit"),
        pytest.param(["outage_class=bad"], "outage_class is one of planned", id="no such choice"),
        pytest.param(["site=s2"], "site cannot be changed; retract the fact there", id="another site"),
        pytest.param(["reason=x"], "reason cannot be changed", id="the envelope"),
        pytest.param(["derate=25MW"], "record 10 states this already", id="no change"),
        pytest.param(['cause="a" b'], "cause has ' b' after its value", id="text after a quote"),
    ],
)
def test_a_change_that_cannot_be_meant(book: Book, changes: list[str], message: str) -> None:
    """Every message names the key and what would be right; nothing is recorded."""
    with pytest.raises(Malformed, match=message):
        correct(book, str(OUTAGE), changes, "read again", dry_run=False)


def test_a_corrected_record_is_not_corrected_again_but_its_correction_is(book: Book) -> None:
    """Two people mend the same outage; the second is told which record to mend."""
    for index, derate in ((OUTAGE, 30), (16, 35)):
        correct(book, str(index), [f"derate={derate}MW"], "read again", dry_run=False)
    with pytest.raises(
        Refused, match=r"record 10 was corrected by record 16 .*: read again; correct record 17 instead"
    ):
        correct(book, str(OUTAGE), ["derate=40MW"], "read again", dry_run=False)


def test_what_was_retracted_cannot_be_corrected(book: Book) -> None:
    """The outage never happened, says record 16; there is nothing to mend."""
    retract(book, str(OUTAGE), "never happened", dry_run=False)
    with pytest.raises(
        Refused, match=r"record 10 was retracted by record 16 .*: never happened; nothing of it is left"
    ):
        correct(book, str(OUTAGE), ["derate=40MW"], "read again", dry_run=False)


def test_what_was_retracted_cannot_be_retracted_again(book: Book) -> None:
    """The second retraction would name nothing."""
    retract(book, str(OUTAGE), "never happened", dry_run=False)
    with pytest.raises(Refused, match="record 10 was retracted by record 16"):
        retract(book, str(OUTAGE), "never happened", dry_run=False)


def test_a_retraction_stands_in_the_stream_of_its_target(book: Book) -> None:
    """Whoever may read the outage may read that it is withdrawn."""
    taken = retract(book, str(OUTAGE), "never happened", dry_run=False)
    assert (taken.record.stream, taken.record.kind) == ("s1/operations", "event-retracted.v1")


def test_a_retraction_is_not_undone(book: Book) -> None:
    """Retracting a retraction revives nothing, so it is refused."""
    done = retract(book, str(OUTAGE), "never happened", dry_run=False)
    with pytest.raises(Refused, match="cannot be undone; record the fact again"):
        retract(book, str(done.record.index), "it did", dry_run=False)


def test_what_the_ledger_wrote_is_not_corrected(book: Book) -> None:
    """Record 0 opens the registry."""
    with pytest.raises(Refused, match=r"record 0 .* was written by the ledger itself"):
        correct(book, "0", ["number=7"], "x", dry_run=False)


def test_what_the_ledger_wrote_is_not_retracted(book: Book) -> None:
    """Nobody undoes a checkpoint's heads."""
    with pytest.raises(Refused, match=r"record 0 .* was written by the ledger itself"):
        retract(book, "0", "x", dry_run=False)


def test_a_record_is_named_by_its_id_too(book: Book) -> None:
    """The id stands in an e-mail, the index does not."""
    assert retract(book, book.record_at(ENDED).id, "x", dry_run=True).target == book.record_at(ENDED)


def test_a_note_finds_the_site_of_its_incident(book: Book) -> None:
    """The shift lead knows the incident's name, not the stream."""
    taken = note(book, "trip", "no smoke", site=None, at=None, observer="shift lead", dry_run=False)
    assert (taken.record.stream, taken.record.at, taken.record.body) == (
        "s1/operations",
        "2026-07-01T00:00:00Z",
        kinds.IncidentObservationAdded(incident="trip", text="no smoke", observer="shift lead"),
    )


def test_a_note_may_be_of_an_earlier_instant(book: Book) -> None:
    """It was seen in June."""
    taken = note(book, "trip", "x", site=None, at="2026-06-04T04:20-04:00", observer=None, dry_run=False)
    assert taken.record.at == "2026-06-04T08:20:00Z"


OTHER_SITE = """
2026-06-01T00:00Z s2 site-registered name=T county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[a] site_class=training
2026-06-04T08:10Z s2 incident-opened incident=trip summary="another one"
"""


@pytest.mark.parametrize(
    ("incident", "site", "message"),
    [
        pytest.param("tripp", None, "no incident is called 'tripp'; did you mean trip?", id="misspelled"),
        pytest.param(
            "flood", None, "no incident is called 'flood'; record its incident-opened", id="unknown"
        ),
        pytest.param(
            "trip", "s9", "no incident is called 'trip' at 's9'; it is at s1 and at s2", id="elsewhere"
        ),
        pytest.param("trip", None, "incident 'trip' is at s1 and at s2; add --site", id="at two sites"),
    ],
)
def test_a_note_on_an_incident_that_is_not_found(
    book: Book, incident: str, site: str | None, message: str
) -> None:
    """Two sites each had a trip."""
    book.record(said(OTHER_SITE))
    with pytest.raises(Malformed) as why:
        note(book, incident, "x", site=site, at=None, observer=None, dry_run=False)
    assert message in str(why.value)


# --- what stands on a retracted fact ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("index", "note"),
    [
        (
            BLOCK,
            "2 records depend on record 5 and contradict the log without it: 7 hashrate-changed, 10 outage-started;"
            " correct or retract them too, doctor lists them with the reason",
        ),
        (
            OUTAGE,
            "1 record depends on record 10 and contradicts the log without it: 11 outage-ended; correct or retract"
            " them too, doctor lists them with the reason",
        ),
        (ENDED, None),
    ],
)
@pytest.mark.parametrize("dry_run", [True, False])
def test_who_retracts_a_fact_is_told_what_stands_on_it(
    book: Book, index: int, note: str | None, *, dry_run: bool
) -> None:
    """A block was recorded for the wrong site: its outages stay behind and contradict the log."""
    taken = retract(book, str(index), "wrong site", dry_run=dry_run)
    assert taken.notes == (() if note is None else (note,))


def test_doctor_lists_what_stood_on_a_retracted_fact(book: Book) -> None:
    """What is told beforehand is what contradicts afterwards."""
    told = [record.index for record in standing_on(book, book.record_at(BLOCK))]
    retract(book, str(BLOCK), "wrong site", dry_run=False)
    found = [one.record.index for one in judged_again(book, no_progress) if isinstance(one, Contradiction)]
    assert found == told


def test_what_was_contradicted_before_is_not_due_to_the_retraction(book: Book) -> None:
    """The outage lost its block first; now the outage is retracted, and only its end is left without it."""
    retract(book, str(BLOCK), "wrong site", dry_run=False)
    assert retract(book, str(OUTAGE), "never happened", dry_run=False).notes == (
        "1 record depends on record 10 and contradicts the log without it: 11 outage-ended; correct or retract them"
        " too, doctor lists them with the reason",
    )
