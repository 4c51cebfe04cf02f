"""Erasure: what a section said is in no file of the book afterwards, every proof stays, and every report says that it is gone."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ledger import calendar
from ledger import events as e
from ledger.app import rebuild as rebuilding
from ledger.app.asking import run
from ledger.app.backup import back_up, restore_backup
from ledger.app.book import Book, Said
from ledger.app.checking import check_book
from ledger.app.clock import Seeded
from ledger.app.config import Config
from ledger.app.erasing import Erased, erase
from ledger.app.exports.asked import Asked
from ledger.app.exports.records import jsonl
from ledger.app.issuing import issue
from ledger.app.query import Question
from ledger.app.rebuild import rebuild
from ledger.app.restoring import Given, restore_records
from ledger.app.roots import hash_at
from ledger.errors import Conflict, Malformed
from ledger.exchange import story
from ledger.log.merkle import inclusion_proof
from ledger.log.verify import check_inclusion, leaf_hash
from ledger.store.port import Entry, Section
from ledger.store.sqlite import DATABASE, SqliteStore
from projections.catalogue import BY_NAME

RENT_CENTS = 987_654_321
PHASE = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[a] site_class=training
2026-06-02T00:00Z s1 lease-phase-opened lease=l1 phase=p1 tenant=t critical=10MW
2026-06-03T00:00Z s1 lease-terms-recorded phase=p1 version=1 target_rfs_on=2026-05-01 tiers=[10d:1] monthly_rent=9876543.21USD extension_causes=[] notice_days=10
"""
SPLITTING_SEED = 11  # without the table written anew, bytes are left
TERMS = 7  # the index of the terms


def unsaid(done: int, total: int) -> None:
    """Nobody is told."""


def said(text: str) -> list[Said]:
    reading = story.read(text.encode(), "story")
    assert not reading.problems
    return [Said(claim) for claim in reading.claims]


@pytest.fixture
def clock() -> Seeded:
    return Seeded("erasing", calendar.instant_s("2026-07-01T00:00:00Z") * 1_000_000)


@pytest.fixture
def book(tmp_path: Path, clock: Seeded) -> Book:
    made = Book.create(tmp_path / "b", Config("example.com/erasing"), surroundings=clock)
    assert not made.record(said(PHASE)).problems
    assert made.record_at(TERMS).sections
    made.checkpoint()
    return made


def erased(book: Book, **how: object) -> Erased:
    return erase(book, str(TERMS), None, "the tenant asked", **{"evidence": False, **how})  # type: ignore[arg-type]


def lease_dates(book: Book, **asked: str) -> dict[str, object]:
    table = run(book, BY_NAME["lease-dates"], Question(**asked))  # type: ignore[arg-type]
    return dict(zip((column.name for column in table.columns), table.rows[0], strict=True))


def holds(folder: Path, *values: bytes) -> list[str]:
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and any(value in path.read_bytes() for value in values)
    ]


# --- gone -------------------------------------------------------------------------------------------------------


def test_the_value_and_its_salt_are_in_no_file_of_the_book_afterwards(book: Book) -> None:
    """As JSON, as the integer in caches and tables, as salt: before in several files, after in none."""
    (section,) = book.store.read_sections(TERMS)
    lease_dates(book)
    rebuild(book)
    exposure = lease_dates(book)["exposure_cents"]
    assert isinstance(exposure, int)
    values = [str(RENT_CENTS).encode(), section.salt, section.data]
    values += [
        n.to_bytes(size, order)
        for n in (RENT_CENTS, exposure)
        for size in (4, 8)
        for order in ("big", "little")
    ]  # type: ignore[arg-type]
    assert {"ledger.db-wal", "readmodel.db"} <= set(holds(book.directory, *values))
    erased(book)
    assert holds(book.directory, *values) == []
    lease_dates(book)
    rebuild(book)
    book.close()
    assert holds(book.directory, *values) == []


def test_among_many_sections_whose_pages_were_split_and_moved_nothing_is_left(tmp_path: Path) -> None:
    """800 sections of all sizes, so that pages of the table split; secure_delete alone leaves a copy of some in a page's unused part."""
    rng = random.Random(SPLITTING_SEED)
    store = SqliteStore.create(tmp_path)
    kept = [
        Section("commercial", rng.randbytes(16), rng.randbytes(rng.choice((30, 100, 500, 1500, 6000))))
        for _ in range(800)
    ]
    with store.writing():
        for start in range(0, 800, 40):
            numbers = range(start, start + 40)
            store.append(
                [
                    Entry(n, 0, n, n.to_bytes(16, "big"), "kind", b"leaf", sections=(kept[n],))
                    for n in numbers
                ],
                start,
            )
            if rng.random() < 0.3:
                store._recorder.merge_log()
        chosen = rng.sample(range(800), 30)
        for n in chosen:
            store.erase(n, "commercial")
    assert holds(tmp_path, *(kept[n].salt for n in chosen)) == []
    assert [store.read_sections(n) for n in range(800)] == [
        [] if n in chosen else [kept[n]] for n in range(800)
    ]
    store.close()


def test_the_document_it_was_read_from_is_deleted_too_if_asked(book: Book) -> None:
    folder = book.directory / "evidence"
    folder.mkdir()
    (folder / f"{'ab' * 32}.story").write_text("monthly_rent=9876543.21USD")
    body = PHASE.splitlines()[-1].replace("version=1", "version=2")
    book.record(said(f"{body} source=lease sha256={'ab' * 32}"))
    index = str(book.store.size - 1)
    first = erase(book, index, None, "asked", evidence=False)
    assert first.document == str(folder / f"{'ab' * 32}.story")
    again = erase(book, index, None, "asked", evidence=True)
    assert (again.repeated, again.document, list(folder.iterdir())) == (True, None, [])


def test_a_reader_that_keeps_old_pages_is_waited_for_and_then_said(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.store.sqlite.LOCK_WAIT_S", 0.1)
    with closing(sqlite3.connect(book.directory / DATABASE, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM sections").fetchall()
        with pytest.raises(Conflict, match="ask again"):
            erased(book)
        reader.execute("COMMIT")
    done = erased(book)
    assert done.repeated
    assert holds(book.directory, str(RENT_CENTS).encode()) == []


def test_a_crash_between_the_record_and_the_deletion_is_found_and_made_good(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as crashing:
        crashing.setattr(SqliteStore, "erase", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            erased(book)
    book.close()
    found = check_book(book.directory, unsaid)["findings"]
    assert [(f["index"], "is still kept; erase it again" in f["what"]) for f in found] == [(TERMS, True)]
    with Book.open(book.directory, write=True) as again:
        assert erased(again).repeated
    assert check_book(book.directory, unsaid)["findings"] == []
    assert holds(book.directory, str(RENT_CENTS).encode()) == []


def test_an_erasure_that_is_recorded_as_a_fact_erases_too(book: Book) -> None:
    target = book.record_at(TERMS).id
    line = f"2026-07-01T00:00Z s1 section-erased target={target} section=commercial"
    assert not book.record(said(line)).problems
    assert (book.store.read_sections(TERMS), book.record_at(book.store.size - 1).stream) == ([], "s1/lease")


def test_an_erasure_while_read_models_are_made_again_is_not_outrun(
    book: Book, clock: Seeded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tables are computed with the section, then it is erased, then they would be put in place."""
    real, calls = rebuilding.tables, []

    def tables(*given: object) -> object:
        found = real(*given)  # type: ignore[arg-type]
        calls.append(len(calls))
        if len(calls) == 1:
            with Book.open(book.directory, write=True, surroundings=clock) as other:
                erased(other)
        return found

    monkeypatch.setattr(rebuilding, "tables", tables)
    with Book.open(book.directory, write=False) as reader:
        exposure = lease_dates(reader)["exposure_cents"]
        rebuild(reader)
    assert isinstance(exposure, int)
    assert calls == [0, 1]
    values = [n.to_bytes(size, "big") for n in (RENT_CENTS, exposure) for size in (4, 8)]
    assert holds(book.directory, str(RENT_CENTS).encode(), *values) == []


# --- what stays -------------------------------------------------------------------------------------------------


def test_the_record_and_its_proof_stay_valid_and_fsck_has_nothing_to_say(book: Book) -> None:
    (leaf,) = book.store.read(TERMS, TERMS + 1)
    erased(book)
    book.checkpoint()
    size = book.store.size
    proof = inclusion_proof(hash_at(book.store), TERMS, size)
    check_inclusion(book.root_at(size), size, TERMS, leaf_hash(leaf), proof)
    book.close()
    assert check_book(book.directory, unsaid)["findings"] == []


def test_reports_print_erased_where_they_printed_figures(book: Book) -> None:
    before = lease_dates(book)
    erased(book)
    after = lease_dates(book)
    assert (before["credit_days"], before["exposure_cents"]) == (50, 1_623_541_350)
    assert (after["credit_days"], after["exposure_cents"]) == ("erased", "erased")


def test_what_is_withheld_but_not_erased_is_unknown(book: Book, tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    path.write_bytes(b"".join(jsonl(book, Asked())))
    restore_records(tmp_path / "again", path, Given("example.com/erasing"), unsaid)
    with Book.open(tmp_path / "again", write=False) as again:
        found = lease_dates(again)
    assert (found["credit_days"], found["exposure_cents"]) == (None, None)


def test_later_terms_say_figures_again(book: Book) -> None:
    erased(book)
    book.record(said(PHASE.splitlines()[-1].replace("version=1", "version=2").replace("06-03", "06-05")))
    assert lease_dates(book)["exposure_cents"] == 1_623_541_350


def test_an_earlier_issue_is_not_reproducible_and_says_why(book: Book, clock: Seeded) -> None:
    table = run(book, BY_NAME["lease-dates"], Question())
    issue(book, BY_NAME["lease-dates"], table, "lender")
    clock.time_us += 60_000_000
    record = erased(book).record
    found = run(book, BY_NAME["restatements"], Question())
    assert [row[-1] for row in found.rows] == [f"not reproducible, section erased (record {record})"]


def test_the_same_facts_delivered_again_change_nothing_and_bring_nothing_back(book: Book) -> None:
    erased(book)
    outcome = book.record(said(PHASE))
    assert (outcome.recorded, outcome.problems, book.store.read_sections(TERMS)) == (0, (), [])


def test_the_erasure_is_a_record_in_the_same_stream_with_its_reason(book: Book) -> None:
    record = book.record_at(erased(book).record)
    assert isinstance(record.body, e.SectionErased)
    assert (record.stream, record.reason, record.body.target) == (
        "s1/lease",
        "the tenant asked",
        book.record_at(TERMS).id,
    )


# --- copies -----------------------------------------------------------------------------------------------------


def test_a_backup_made_after_it_holds_nothing_of_it(book: Book, tmp_path: Path) -> None:
    (section,) = book.store.read_sections(TERMS)
    erased(book)
    back_up(book.directory, tmp_path / "b.zip", unsaid)
    restore_backup(tmp_path / "again", tmp_path / "b.zip", Given(), unsaid)
    assert holds(tmp_path / "again", str(RENT_CENTS).encode(), section.salt) == []


def test_an_old_backup_that_catches_up_forgets_what_was_erased_since(book: Book, tmp_path: Path) -> None:
    """The backup still held it; reading the missing records back deletes it there too."""
    back_up(book.directory, tmp_path / "old.zip", unsaid)
    (section,) = book.store.read_sections(TERMS)
    erased(book)
    path = tmp_path / "e.jsonl"
    path.write_bytes(b"".join(jsonl(book, Asked(sections=True))))
    restore_backup(tmp_path / "again", tmp_path / "old.zip", Given(), unsaid)
    restore_records(tmp_path / "again", path, Given(), unsaid)
    assert holds(tmp_path / "again", str(RENT_CENTS).encode(), section.salt) == []


def test_an_export_from_before_it_does_not_bring_it_back(book: Book, tmp_path: Path) -> None:
    """Sections of the old export, then the erasure from the new one: restored one after the other."""
    for name in ("old", "new"):
        (tmp_path / f"{name}.jsonl").write_bytes(b"".join(jsonl(book, Asked(sections=True))))
        if name == "old":
            erased(book)
    again = tmp_path / "again"
    for name in ("old", "new"):
        restore_records(again, tmp_path / f"{name}.jsonl", Given("example.com/erasing"), unsaid)
    assert holds(again, str(RENT_CENTS).encode()) == []


# --- refused ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("s1 section-erased target={other} section=commercial", "has no section 'commercial', no sections"),
        ("s1 section-erased target={terms} section=personal", "has no section 'personal', only commercial"),
        ("s1 section-erased target={terms} section=commercial class=grid", "of stream s1/lease, not s1/grid"),
        ("s1 section-erased target={nobody} section=commercial", "which is no record of this ledger"),
        ("s1 event-retracted corrects=[{erasure}] reason=x", "that cannot be undone"),
    ],
)
def test_what_cannot_be_erased_is_refused(book: Book, line: str, why: str) -> None:
    erasure = book.record_at(erased(book).record).id
    names = {"terms": book.record_at(TERMS).id, "other": book.record_at(TERMS - 1).id, "erasure": erasure}
    nobody = "019f61c9-2500-8704-a3d6-c98576c2a21f"
    (problem,) = book.record(said(f"2026-07-02T00:00Z {line.format(**names, nobody=nobody)}")).problems
    assert why in problem.message


@pytest.mark.parametrize(
    ("record", "section", "why"),
    [
        ("0", None, "record 0 has no sections"),
        ("7", "personal", "--section must be one of those that record 7 has, commercial"),
        ("99", None, "RECORD is an id, or an index"),
    ],
)
def test_a_section_that_is_not_there_is_said(book: Book, record: str, section: str | None, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        erase(book, record, section, "asked", evidence=False)


# --- fsck -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "index"),
    [
        ("UPDATE sections SET data = x'7b7d'", TERMS),
        ("UPDATE sections SET salt = zeroblob(16)", TERMS),
        ("UPDATE sections SET salt = x'00'", TERMS),
        ("UPDATE sections SET name = 'personal'", TERMS),
        ("UPDATE sections SET record = 6", 6),
        ("UPDATE sections SET record = 999", 999),
    ],
)
def test_fsck_names_a_section_that_is_not_what_was_recorded(book: Book, change: str, index: int) -> None:
    book.close()
    with closing(sqlite3.connect(book.directory / DATABASE, isolation_level=None)) as connection:
        connection.execute(change)
    found = check_book(book.directory, unsaid)["findings"]
    assert [f["index"] for f in found if f["what"].endswith("is not what was recorded")] == [index]


def test_what_is_said_to_a_machine_is_whole(book: Book) -> None:
    done = json.loads(json.dumps(erased(book)._asdict()))
    assert done == {
        "target": TERMS,
        "section": "commercial",
        "record": 9,
        "repeated": False,
        "document": None,
    }


def test_a_copied_book_is_not_touched(book: Book, tmp_path: Path) -> None:
    shutil.copytree(book.directory, tmp_path / "copy")
    erased(book)
    assert holds(tmp_path / "copy", str(RENT_CENTS).encode())
