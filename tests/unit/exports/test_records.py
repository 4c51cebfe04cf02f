"""What leaves a book: stored bytes as they are, facts as they were said, sections only where they are
disclosed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ledger import calendar
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.exports.formats import FORMATS, ExportFormat, format_named
from ledger.app.exports.options import ExportOptions, typed
from ledger.app.host.clock import Seeded
from ledger.errors import Malformed
from ledger.exchange import story
from ledger.records import leaf_format

SITES = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[a] site_class=training
2026-06-01T00:00Z s2 site-registered name=T county=C state=GA tz=America/Chicago balancing_authority=SOCO utility=U parcels=[b] site_class=training
2026-06-02T00:00Z s1 lease-phase-opened lease=l1 phase=p1 tenant="a \\"lab\\"" critical=10MW
2026-06-03T00:00Z s1 lease-terms-recorded phase=p1 version=1 target_rfs_on=2026-12-31 tiers=[2mo:1] monthly_rent=1234567.00USD extension_causes=[] notice_days=10
2026-06-04T00:00Z s2 incident-opened incident=i1 summary="what\\nhappened"
"""


def said(text: str) -> list[Said]:
    return [Said(claim) for claim in story.read(text.encode(), "story").claims]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    clock = Seeded("exports", calendar.instant_s("2026-07-01T00:00:00Z") * 1_000_000)
    made = Book.create(
        tmp_path_factory.mktemp("exports") / "b", Config("example.com/exports"), surroundings=clock
    )
    assert not made.record(said(SITES)).problems
    return made


def exported(book: Book, name: str, **asked: Any) -> bytes:
    pieces = format_named(name).pieces
    assert pieces is not None
    return b"".join(pieces(book, ExportOptions(**asked)))


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_a_format_says_what_it_is_and_writes_a_stream_or_a_folder(form: ExportFormat) -> None:
    options = {typed(name) for name in ExportOptions._fields}
    assert form.summary
    assert (form.pieces is None) != (form.folder is None)
    assert set(form.takes) <= options


def test_an_option_that_a_format_does_not_take_is_refused() -> None:
    with pytest.raises(Malformed, match=r"^export x takes no --from$"):
        ExportFormat("x", "x", ("to",)).check(ExportOptions(start="2026-01-01", stop="2026-01-02"))


def test_json_lines_are_the_leaves_byte_for_byte(book: Book) -> None:
    assert exported(book, "jsonl") == b"".join(leaf + b"\n" for leaf in book.store.read(0, book.store.size))


def test_a_filter_leaves_the_other_records_out(book: Book) -> None:
    lines = exported(book, "jsonl", site="s2", start="2026-06-04T00:00Z").splitlines()
    assert [leaf_format.decode_strict(line).kind for line in lines] == ["incident-opened.v1"]


def test_sections_are_withheld_unless_they_are_disclosed(book: Book) -> None:
    assert b"123456700" not in exported(book, "jsonl") + exported(book, "story")


def test_a_disclosed_section_follows_its_record_and_has_the_hash_in_it(book: Book) -> None:
    lines = exported(book, "jsonl", sections=True).splitlines()
    at = next(n for n, line in enumerate(lines) if b'"salt"' in line)
    record, shown = leaf_format.decode_strict(lines[at - 1]), json.loads(lines[at])
    section = json.dumps(shown["section"], separators=(",", ":"), sort_keys=True).encode()
    digest = leaf_format.section_hash(shown["name"], bytes.fromhex(shown["salt"]), section)
    assert (shown["index"], {shown["name"]: digest}) == (record.index, record.sections)


def test_story_text_recorded_into_another_book_says_the_same_facts(book: Book, tmp_path: Path) -> None:
    told = exported(book, "story", sections=True)
    with Book.create(tmp_path / "b", Config("example.com/other")) as other:
        assert not other.record(said(told.decode())).problems
        assert exported(other, "story", sections=True) == told


def test_story_text_names_the_section_that_it_withholds(book: Book) -> None:
    (line,) = (line for line in exported(book, "story").decode().splitlines() if "lease-terms" in line)
    assert line.endswith("notice_days=10  # commercial section withheld")
