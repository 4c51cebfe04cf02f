"""Erasure: what a section said is in no file of the book afterwards, every proof stays, and every report says
that it is gone.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from ledger import calendar, kinds
from ledger.app.book import unfinished
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.book.evidence import keep_evidence
from ledger.app.cli.wording import erasure_lines
from ledger.app.delivery.issue import issue, reads_sections
from ledger.app.exports.options import ExportOptions
from ledger.app.exports.records import jsonl
from ledger.app.host import files
from ledger.app.host.clock import Seeded
from ledger.app.host.files import READ_MODEL
from ledger.app.maintenance.archive import archive_book
from ledger.app.maintenance.backup import back_up, restore_backup
from ledger.app.maintenance.erasure import Erased, Issued, erase
from ledger.app.maintenance.fsck import check_book
from ledger.app.maintenance.restore import RestoreOptions, restore_records
from ledger.app.proofs import bundle_writer
from ledger.app.queries.log_view import run
from ledger.app.queries.report_run import Question
from ledger.app.read_models import plan
from ledger.app.read_models.rebuild import rebuild
from ledger.errors import Conflict, Malformed, Refused, Tampered
from ledger.exchange import story
from ledger.kinds import ReportIssued
from ledger.log.merkle import inclusion_proof
from ledger.records.envelope import Record
from ledger.store.port import Entry, Section
from ledger.store.roots import hash_at
from ledger.store.sqlite.recorder import Recorder
from ledger.store.sqlite.store import DATABASE, SqliteStore
from ledger.verifier.trees import check_inclusion, leaf_hash
from projections.render.json_file import render
from projections.reports.catalogue import BY_NAME, REPORTS
from tests.support.report_answers import Line, cells_of

RENT_CENTS = 987_654_321
EXPOSURE_CENTS = 1_623_541_350  # what lease-dates makes of it
PHASE = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[a] site_class=training
2026-06-02T00:00Z s1 lease-phase-opened lease=l1 phase=p1 tenant=t critical=10MW
2026-06-03T00:00Z s1 lease-terms-recorded phase=p1 version=1 target_rfs_on=2026-05-01 tiers=[10d:1] monthly_rent=9876543.21USD extension_causes=[] notice_days=10
"""
SPLITTING_SEED = 11  # without the table written anew, bytes are left
TERMS = 7  # the index of the terms
READERS = ("lease-dates", "restatements")  # reports that print it: of the lease class, and of the community's
SECTIONED = """
2026-06-04T00:00Z s1 credit-support-recorded phase=p1 instrument=i1 amount=1000USD
2026-06-05T00:00Z s1 lease-amended phase=p1 tiers=[5d:1] monthly_rent=8888.88USD
2026-06-06T00:00Z s1 credit-support-released phase=p1 instrument=i1 amount=500USD
2026-06-07T00:00Z s1 commitment-made commitment=jobs counterparty=C instrument=pilot category=jobs target=25 comparator=at-least basis=period-average periods=[2026-06] due_on=[2026-07-31] observed_on=[] cure_days=60 binding=true
2026-06-30T00:00Z s1 headcount-reported commitment=jobs period=2026-06 as_of_on=2026-06-30 headcount=30 full_time=20 hours=4000 payroll=90000USD
"""


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


def erased(book: Book, **how: Any) -> Erased:
    return erase(book, str(TERMS), None, "the tenant asked", **{"evidence": False, **how})


def lease_dates(book: Book, **asked: Any) -> Line:
    table = run(book, BY_NAME["lease-dates"], Question(**asked))
    return cells_of(table.columns, table.rows[0])


def holds(folder: Path, *values: bytes) -> list[str]:
    return [
        str(path.relative_to(folder))
        for path in ([folder] if folder.is_file() else folder.rglob("*"))
        if path.is_file() and any(value in path.read_bytes() for value in values)
    ]


# --- gone ---------------------------------------------------------------------------------------------------


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
    ]
    assert {"ledger.db-wal", "readmodel.db"} <= set(holds(book.directory, *values))
    erased(book)
    assert holds(book.directory, *values) == []
    lease_dates(book)
    rebuild(book)
    book.close()
    assert holds(book.directory, *values) == []


def test_among_many_sections_whose_pages_were_split_and_moved_nothing_is_left(tmp_path: Path) -> None:
    """800 sections of all sizes, so that pages of the table split; secure_delete alone leaves a copy of some
    in a page's unused part.
    """
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
            store.erase_all([(n, "commercial")])
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
    monkeypatch.setattr("ledger.store.sqlite.store.LOCK_WAIT_S", 0.1)
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
        crashing.setattr(SqliteStore, "erase_all", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            erased(book)
    book.close()
    monkeypatch.setattr("ledger.app.maintenance.fsck.LOOK_S", 0)  # nobody is about to carry it out
    found = check_book(book.directory, unsaid)["findings"]
    assert [(f["index"], "is still kept; erase it again" in f["what"]) for f in found] == [(TERMS, True)]
    (book.directory / unfinished.NAME).unlink()  # as the version before left it
    with Book.open(book.directory, write=True) as again:
        assert erased(again).repeated
    assert check_book(book.directory, unsaid)["findings"] == []
    assert holds(book.directory, str(RENT_CENTS).encode()) == []


class Killed(BaseException):
    """The process is dead."""


class Killer:
    """Lets so many durable steps happen and then none: every later one fails too, as nothing runs in a
    process that is dead.
    """

    def __init__(self, patch: pytest.MonkeyPatch, steps: int) -> None:
        self.left = steps
        for place, name in (
            *((os, name) for name in ("fsync", "replace", "unlink")),
            *((module, "wipe") for module in (files, unfinished)),
            *(
                (Recorder, name)
                for name in ("insert_entries", "erase_sections", "merge_log", "insert_seal", "drop_document")
            ),
        ):
            patch.setattr(place, name, self._counted(getattr(place, name)))

    def _counted(self, step: Any) -> Any:
        def counted(*given: Any, **named: Any) -> Any:
            self.left -= 1
            if self.left < 0:
                raise Killed
            return step(*given, **named)

        return counted


LEASE = f"{PHASE.splitlines()[-1].replace('9876543.21', '7654321.09')} # kept as evidence\n".encode()
DOCUMENT = hashlib.sha256(LEASE).hexdigest()


@pytest.fixture
def full(tmp_path: Path, clock: Seeded) -> tuple[Path, list[bytes]]:
    """A book with terms from a document that is kept, issues that print them, and read models; with all that
    may not be left of it.
    """
    folder = tmp_path / "full"
    with Book.create(folder, Config("example.com/erasing"), surroundings=clock) as book:
        keep_evidence(folder, LEASE, "lease.story")
        assert not book.record(said(f"{PHASE.rstrip()} source=lease sha256={DOCUMENT}")).problems
        clock.time_us += 1_000_000
        issued = [issue(book, BY_NAME[name], run(book, BY_NAME[name], Question()), "x") for name in READERS]
        rebuild(book)
        sections = [
            s for index in (TERMS, *(i.index for i in issued)) for s in book.store.read_sections(index)
        ]
    values = [part for section in sections for part in (section.salt, section.data)]
    values += [cents.to_bytes(size, "big") for cents in (RENT_CENTS, EXPOSURE_CENTS) for size in (4, 8)]
    return folder, [str(RENT_CENTS).encode(), b"7654321.09", *values]


def left(folder: Path, values: list[bytes]) -> list[Any]:
    """What is wrong with a book after its erasure was cut short: in a copy opened to read, and in the folder
    opened to write.
    """
    reading = folder.with_name(f"{folder.name}-read")
    shutil.copytree(folder, reading)
    with Book.open(reading, write=False) as book:
        began = any(isinstance(record.body, kinds.SectionErased) for record in book.records())
        known = lease_dates(book, known_at=str(TERMS + 1))["exposure_cents"]
        shown = [known, *book.sections(book.record_at(TERMS)), *holds(reading / READ_MODEL, *values)]
    with Book.open(folder, write=True) as book:
        if not began:
            erased(book, evidence=True)
        targets = [r.body.target for r in book.records() if isinstance(r.body, kinds.SectionErased)]
    wrong: list[Any] = [*holds(folder, *values), *check_book(folder, unsaid)["findings"]]
    wrong += [] if len(targets) == len(set(targets)) == 1 + len(READERS) else [targets]
    wrong += shown if began and shown != [None] else []
    return wrong + [name for name in (unfinished.NAME,) if (folder / name).exists()]


def test_killed_at_any_step_it_is_finished_by_the_next_opening_and_said_once(
    full: tuple[Path, list[bytes]], tmp_path: Path
) -> None:
    """Section, salt, hashes of reports, read models, the document: nothing is left in any file, and no reader
    is shown it meanwhile.
    """
    folder, values = full
    wrong, steps, over = {}, 0, False
    while not over:
        work, cut = tmp_path / f"work{steps}", tmp_path / f"cut{steps}"
        shutil.copytree(folder, work)
        book = Book.open(work, write=True)
        with pytest.MonkeyPatch.context() as patch:
            killer = Killer(patch, steps)
            with suppress(Killed):
                erased(book, evidence=True)
            over = killer.left >= 0
        shutil.copytree(work, cut, ignore=shutil.ignore_patterns("*-shm"))
        book.close()
        wrong[steps] = left(cut, values)
        steps += 1
    assert (steps > 20, {n: found for n, found in wrong.items() if found}) == (True, {})


def test_a_reader_in_the_way_leaves_what_was_cut_short_to_a_later_opening(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(book.directory / DATABASE, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM sections").fetchall()
        monkeypatch.setattr("ledger.store.sqlite.store.LOCK_WAIT_S", 0)
        with pytest.raises(Conflict, match="ask again"):
            erased(book)
        book.close()
        with Book.open(book.directory, write=True) as again:
            shown = lease_dates(again)["exposure_cents"]
            waits = (again.directory / unfinished.NAME).exists()
        reader.execute("COMMIT")
    Book.open(book.directory, write=True).close()
    kept = holds(book.directory, str(RENT_CENTS).encode())
    assert (shown, waits, kept, (book.directory / unfinished.NAME).exists()) == ("erased", True, [], False)


@pytest.mark.parametrize("found", [b"", b"[]", b"{", b'{"a":1}', None])
def test_a_list_of_erasures_that_cannot_be_read_is_said(book: Book, found: bytes | None) -> None:
    book.close()
    path = book.directory / unfinished.NAME
    path.mkdir() if found is None else path.write_bytes(found)
    with pytest.raises(Tampered, match="which erasures were cut short is not known"):
        Book.open(book.directory, write=True)


def test_where_an_erasure_cannot_be_finished_a_reader_is_sent_where_it_can(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a medium that cannot be written the read models stay, and would show it."""
    (terms,) = book.record(said(PHASE.splitlines()[-1].replace("version=1", "version=2"))).positions
    with monkeypatch.context() as crashing:
        crashing.setattr(SqliteStore, "erase_all", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            erase(book, str(terms.record.index), None, "asked", evidence=False)
    book.close()
    monkeypatch.setattr(unfinished, "forget_read_models", lambda _: os.stat("/nowhere"))
    with pytest.raises(Refused, match="open the book once where it can be written"):
        Book.open(book.directory, write=False)


def test_an_erasure_that_was_never_recorded_is_forgotten(book: Book) -> None:
    unfinished.begin(book.directory, {"019f61c9-2500-8704-a3d6-c98576c2a21f": (DOCUMENT,)})
    book.close()
    with Book.open(book.directory, write=True) as again:
        assert (lease_dates(again)["exposure_cents"], list(again.directory.glob(unfinished.NAME))) == (
            EXPOSURE_CENTS,
            [],
        )


def test_an_erasure_that_is_recorded_as_a_fact_erases_too(book: Book) -> None:
    target = book.record_at(TERMS).id
    line = f"2026-07-01T00:00Z s1 section-erased target={target} section=commercial"
    assert not book.record(said(line)).problems
    assert (book.store.read_sections(TERMS), book.record_at(book.store.size - 1).stream) == ([], "s1/lease")


def test_an_erasure_while_read_models_are_made_again_is_not_outrun(
    book: Book, clock: Seeded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tables are computed with the section, then it is erased, then they would be put in place."""
    real = plan.ReadModelSource
    calls: list[int] = []

    def source(*given: Any) -> plan.ReadModelSource:
        found = real(*given)
        calls.append(len(calls))
        if len(calls) == 1:
            with Book.open(book.directory, write=True, surroundings=clock) as other:
                erased(other)
        return found

    monkeypatch.setattr(plan, "ReadModelSource", source)
    with Book.open(book.directory, write=False) as reader:
        exposure = lease_dates(reader)["exposure_cents"]
        rebuild(reader)
    assert isinstance(exposure, int)
    assert calls == [0, 1]
    values = [n.to_bytes(size, "big") for n in (RENT_CENTS, exposure) for size in (4, 8)]
    assert holds(book.directory, str(RENT_CENTS).encode(), *values) == []


# --- what stays ---------------------------------------------------------------------------------------------


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
    assert (before["credit_days"], before["exposure_cents"]) == (50, EXPOSURE_CENTS)
    assert (after["credit_days"], after["exposure_cents"]) == ("erased", "erased")


def test_what_is_withheld_but_not_erased_is_unknown(book: Book, tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    path.write_bytes(b"".join(jsonl(book, ExportOptions())))
    restore_records(tmp_path / "again", path, RestoreOptions("example.com/erasing"), unsaid)
    with Book.open(tmp_path / "again", write=False) as again:
        found = lease_dates(again)
    assert (found["credit_days"], found["exposure_cents"]) == (None, None)


def test_later_terms_say_figures_again(book: Book) -> None:
    erased(book)
    book.record(said(PHASE.splitlines()[-1].replace("version=1", "version=2").replace("06-03", "06-05")))
    assert lease_dates(book)["exposure_cents"] == EXPOSURE_CENTS


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
    assert isinstance(record.body, kinds.SectionErased)
    assert (record.stream, record.reason, record.body.target) == (
        "s1/lease",
        "the tenant asked",
        book.record_at(TERMS).id,
    )


# --- hashes of reports --------------------------------------------------------------------------------------


def issued(book: Book, name: str = "lease-dates", **asked: Any) -> Record:
    report = BY_NAME[name]
    return issue(book, report, run(book, report, Question(**asked)), "the lender")


def digest_of(book: Book, name: str = "lease-dates", known: int | None = None) -> str:
    question = Question(known_at=None if known is None else str(known))
    return hashlib.sha256(render(run(book, BY_NAME[name], question))).hexdigest()


def whole(book: Book, index: int) -> ReportIssued:
    (leaf,) = book.store.read(index, index + 1)
    body = book.read(leaf).body
    assert isinstance(body, ReportIssued)
    return body


@pytest.mark.parametrize("name", READERS)
def test_the_hash_of_a_report_that_prints_a_section_is_in_no_leaf_and_can_be_erased(
    book: Book, name: str
) -> None:
    """Whoever holds the record and knows the rest of the report could try rents until the hash is met: 1.65
    million in four seconds.
    """
    digest = digest_of(book, name)
    index = issued(book, name).index
    (leaf,) = book.store.read(index, index + 1)
    before = (digest.encode() in leaf, whole(book, index).sha256)
    erased(book)
    values = (digest.encode(), bytes.fromhex(digest))
    assert (*before, whole(book, index).sha256, holds(book.directory, *values)) == (False, digest, None, [])


def test_the_hash_is_in_the_leaf_where_no_section_is_kept_that_the_report_reads(book: Book) -> None:
    found = [issued(book, "portfolio").body]
    erased(book)
    found.append(issued(book).body)
    names = ("portfolio", "lease-dates")
    assert [body.content_sha256 for body in found if isinstance(body, ReportIssued)] == [
        digest_of(book, name, body.known_at)
        for name, body in zip(names, found, strict=True)
        if isinstance(body, ReportIssued)
    ]


@pytest.mark.parametrize("name", [report.name for report in REPORTS if not reads_sections(report)])
def test_a_report_that_is_not_said_to_read_sections_prints_nothing_of_them(book: Book, name: str) -> None:
    """Each report as it is with all sections, and as it is where they are gone: what decides which hashes are
    salted.
    """
    assert not book.record(said(SECTIONED)).problems
    question = Question(period="2026-06")
    before = render(run(book, BY_NAME[name], question))
    every = [(index, s.name) for index in range(book.store.size) for s in book.store.read_sections(index)]
    with book.store.writing():
        book.store.erase_all(every)
    assert (len(every), render(run(book, BY_NAME[name], question))) == (5, before)


def test_issues_that_may_print_it_are_erased_with_it_and_named(book: Book) -> None:
    """Of both readers' classes; not one that was known before it, nor one of a window before it."""
    early = issued(book, known_at=str(TERMS))
    before = issued(book, start="2026-05-01", stop="2026-06-01")
    found = [issued(book, name).index for name in READERS]
    done = erased(book)
    said_by = [book.record_at(one.erased_by or 0).body for one in done.issued_erased]
    assert (
        [(one.record, one.report, one.recipient) for one in done.issued_erased],
        [body.target for body in said_by if isinstance(body, kinds.SectionErased)],
        [whole(book, record.index).sha256 is None for record in (early, before)],
    ) == (
        [(index, name, "the lender") for index, name in zip(found, READERS, strict=True)],
        [book.record_at(index).id for index in found],
        [False, False],
    )


def test_an_issue_after_it_keeps_its_hash_when_the_erasure_is_asked_again(book: Book) -> None:
    body = PHASE.splitlines()[-1].replace("version=1", "version=2")
    assert not book.record(said(body)).problems
    first, done = issued(book), erased(book)
    later = whole(book, issued(book).index)
    again = erased(book)
    assert (
        [one.record for one in done.issued_erased],
        again.issued_erased,
        later.salted_content_sha256,
    ) == ([first.index], done.issued_erased, digest_of(book, known=later.known_at))


def test_an_issue_of_the_version_before_is_named_for_its_hash_stays(book: Book) -> None:
    table = run(book, BY_NAME["lease-dates"], Question())
    line = (
        "2026-07-01T00:00Z fleet report-issued.v1 class=lease report=lease-dates"
        f" definition_version={table.definition_version} tzdata={table.tzdata} start={table.start}"
        f" stop={table.stop} tz={table.tz} as_of={table.as_of} known_at={table.known_at.size} filters=[]"
        f" content_sha256={hashlib.sha256(render(table)).hexdigest()} recipient=county"
    )
    (position,) = book.record(said(line)).positions
    done = erased(book)
    again = erased(book)
    told = [line for line in erasure_lines(again) if "unsalted" in line]
    assert (done.issued_unsalted, again.issued_unsalted, told) == (
        (Issued(position.record.index, "lease-dates", "county"),),
        done.issued_unsalted,
        [
            f"Record {position.record.index} (lease-dates for county) carries an unsalted hash of a report"
            " that may print it: whoever holds that record can still guess the value"
        ],
    )


@pytest.mark.parametrize("hashes", ["", f"content_sha256={DOCUMENT} salted_content_sha256={DOCUMENT}"])
def test_an_issue_has_exactly_one_hash(book: Book, hashes: str) -> None:
    line = (
        "2026-07-01T00:00Z s1 report-issued class=lease report=x definition_version=1 tzdata=x tz=UTC"
        f" as_of=2026-07-01T00:00Z known_at=1 filters=[] {hashes} recipient=x"
    )
    (problem,) = book.record(said(line)).problems
    assert "needs exactly one of content_sha256, salted_content_sha256" in problem.message


def test_a_report_that_was_made_before_an_erasure_is_not_issued_after_it(book: Book, clock: Seeded) -> None:
    with Book.open(book.directory, write=True, surroundings=clock) as other:
        table = run(other, BY_NAME["lease-dates"], Question())
        erased(book)
        with pytest.raises(Conflict, match="make the report again"):
            issue(other, BY_NAME["lease-dates"], table, "lender")
    assert str(RENT_CENTS) not in repr(list(book.records()))


def test_where_the_hash_is_withheld_it_is_said_that_nothing_can_be_compared(
    book: Book, clock: Seeded, tmp_path: Path
) -> None:
    issued(book)
    clock.time_us += 60_000_000
    book.record(said("2026-06-04T00:00Z s1 lease-phase-opened lease=l1 phase=p2 tenant=t critical=1MW"))
    path = tmp_path / "e.jsonl"
    path.write_bytes(b"".join(jsonl(book, ExportOptions())))
    restore_records(tmp_path / "again", path, RestoreOptions("example.com/erasing"), unsaid)
    with Book.open(tmp_path / "again", write=False) as again:
        found = run(again, BY_NAME["restatements"], Question())
    assert [row[-1] for row in found.rows] == [
        "its hash is in a section that is not held here, so it cannot be compared"
    ]


def test_where_the_hash_is_kept_it_is_compared_as_before(book: Book, clock: Seeded) -> None:
    issued(book)
    clock.time_us += 60_000_000
    book.record(said(PHASE.splitlines()[-1].replace("version=1", "version=2").replace("[10d:1]", "[5d:1]")))
    found = run(book, BY_NAME["restatements"], Question())
    assert [row[6:9] for row in found.rows] == [
        ("credit_days", "50", "55"),
        ("exposure_cents", str(EXPOSURE_CENTS), "1785895485"),
    ]


# --- copies -------------------------------------------------------------------------------------------------


def test_copies_beside_the_book_are_named_and_nothing_else_is(book: Book, tmp_path: Path) -> None:
    """In the book's folder and around it; what can be seen not to hold the section is left out."""
    around, inside = tmp_path, book.directory
    back_up(inside, around / "b.zip", unsaid)
    for name, asked in (("e.jsonl", ExportOptions(sections=True)), ("plain.jsonl", ExportOptions())):
        (around / name).write_bytes(b"".join(jsonl(book, asked)))
        (around / f"{name}.checkpoint").write_bytes(book.checkpoint())
    shutil.copytree(inside, around / "copy")
    shutil.copytree(inside, inside / "restoring", ignore=shutil.ignore_patterns("book.toml", "*.key*"))
    shutil.copy(inside / "ledger.db-wal", around / "ledger.db-wal.old")
    (inside / ".ledger.db-litestream").mkdir()
    with Book.create(around / "other", Config("example.com/other")) as other:
        other.record(said(PHASE))
    back_up(around / "other", around / "other.zip", unsaid)
    (around / "notes.txt").write_text("9876543.21")
    (around / "damaged.zip").write_bytes((around / "b.zip").read_bytes()[:500])
    os.mkfifo(around / "pipe")
    found = erased(book).copies.found
    assert {(str(path.relative_to(around)), what) for path, what in found} == {
        ("b.zip", "a backup"),
        ("e.jsonl", "an export"),
        ("copy", "a book"),
        ("b/restoring", "a copy of the database"),
        ("b/.ledger.db-litestream", "a replication folder"),
        ("ledger.db-wal.old", "a write-ahead log"),
    }


def test_a_bundle_that_discloses_it_is_named(book: Book, tmp_path: Path) -> None:
    for name, sections in (("with", True), ("without", False)):
        bundle_writer.write(
            book, bundle_writer.BundleRequest(("s1/lease",), sections=sections), tmp_path / f"{name}.zip"
        )
    assert [path.name for path, _ in erased(book).copies.found] == ["with.zip"]


def test_an_archive_that_discloses_it_is_named(book: Book, tmp_path: Path) -> None:
    book.checkpoint()
    for name, sections in (("with", True), ("without", False)):
        archive_book(book, tmp_path / name, sections=sections)
    assert [(path.name, what) for path, what in erased(book).copies.found] == [("with", "an archive")]


def test_a_folder_of_many_names_is_looked_at_as_far_as_is_said(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.app.maintenance.copies.LOOKED_AT", 1)
    shutil.copytree(book.directory, tmp_path / "z")
    assert (erased(book).copies.found, erased(book).copies.cut) == ((), (book.directory, tmp_path))


def test_a_backup_made_after_it_holds_nothing_of_it(book: Book, tmp_path: Path) -> None:
    (section,) = book.store.read_sections(TERMS)
    erased(book)
    back_up(book.directory, tmp_path / "b.zip", unsaid)
    restore_backup(tmp_path / "again", tmp_path / "b.zip", RestoreOptions(), unsaid)
    assert holds(tmp_path / "again", str(RENT_CENTS).encode(), section.salt) == []


def test_an_old_backup_that_catches_up_forgets_what_was_erased_since(book: Book, tmp_path: Path) -> None:
    """The backup still held it; reading the missing records back deletes it there too."""
    back_up(book.directory, tmp_path / "old.zip", unsaid)
    (section,) = book.store.read_sections(TERMS)
    erased(book)
    path = tmp_path / "e.jsonl"
    path.write_bytes(b"".join(jsonl(book, ExportOptions(sections=True))))
    restore_backup(tmp_path / "again", tmp_path / "old.zip", RestoreOptions(), unsaid)
    restore_records(tmp_path / "again", path, RestoreOptions(), unsaid)
    assert holds(tmp_path / "again", str(RENT_CENTS).encode(), section.salt) == []


def test_an_export_from_before_it_does_not_bring_it_back(book: Book, tmp_path: Path) -> None:
    """Sections of the old export, then the erasure from the new one: restored one after the other."""
    for name in ("old", "new"):
        (tmp_path / f"{name}.jsonl").write_bytes(b"".join(jsonl(book, ExportOptions(sections=True))))
        if name == "old":
            erased(book)
    again = tmp_path / "again"
    for name in ("old", "new"):
        restore_records(again, tmp_path / f"{name}.jsonl", RestoreOptions("example.com/erasing"), unsaid)
    assert holds(again, str(RENT_CENTS).encode()) == []


# --- refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("s1 section-erased target={other} section=commercial", "has no section 'commercial', no sections"),
        ("s1 section-erased target={terms} section=personal", "has no section 'personal', only commercial"),
        ("s1 section-erased target={terms} section=commercial class=grid", "of stream s1/lease, not s1/grid"),
        ("s1 section-erased target={nobody} section=commercial", "which is not a record of this ledger"),
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


# --- fsck ---------------------------------------------------------------------------------------------------


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
    done = json.loads(json.dumps(erased(book).json()))
    assert done == {
        "target": TERMS,
        "section": "commercial",
        "record": 9,
        "repeated": False,
        "document": None,
        "issued_erased": [],
        "issued_unsalted": [],
        "source_sha256": None,
        "copies": [],
    }


def test_a_copied_book_is_not_touched(book: Book, tmp_path: Path) -> None:
    shutil.copytree(book.directory, tmp_path / "copy")
    erased(book)
    assert holds(tmp_path / "copy", str(RENT_CENTS).encode())
