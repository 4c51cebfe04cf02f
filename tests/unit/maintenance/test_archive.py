"""The sealed log as plain files: all that a reader needs is the folder, and every changed bit of it is told."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ledger.app.book.book import Book
from ledger.app.book.config import Config
from ledger.app.cli.main import main
from ledger.app.host.clock import Seeded
from ledger.app.host.files import write_durably
from ledger.app.host.progress import no_progress
from ledger.app.maintenance.archive import Archived, archive_book
from ledger.app.maintenance.archive_check import check_archive
from ledger.app.maintenance.copy import copy_book
from ledger.app.maintenance.erasure import erase
from ledger.app.queries import log_view
from ledger.app.queries.report_run import Question
from ledger.errors import Malformed, Refused, Tampered, WattledgerError
from ledger.store.open import DEFAULT
from projections.render.json_file import render
from projections.reports.catalogue import REPORTS
from tests.support.books import CLOCK_US, random_book
from tests.support.go_programs import built
from tests.support.small_book import SITE, START_US, said

WRITE = "ledger.app.maintenance.archive.write_durably"


def archived(book: Path, folder: Path, *, sections: bool = False) -> Archived:
    with Book.open(book, write=False) as opened:
        return archive_book(opened, folder, sections=sections)


def key_of(book: Path) -> str:
    with Book.open(book, write=False) as opened:
        return opened.seals.signer().vkey


def verdict(folder: Path, key: str) -> str:
    """The verdict of a reader who has the folder and the key; the class of the error where it is none."""
    try:
        return check_archive(folder, key, no_progress).verdict
    except WattledgerError as why:
        return type(why).__name__


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def sealed_again(place: Path, count: int, name: str) -> None:
    """Record some polls more, and seal."""
    polls = "".join(
        f"2026-07-{1 + n // 1440:02d}T{n // 60 % 24:02d}:{n % 60:02d}Z s1 hashrate-changed block=m1"
        f" hashrate={n + 1}PH/s method=pool reason={name}\n"
        for n in range(count)
    )
    with Book.open(place, write=True, surroundings=Seeded(name, START_US + 10**13)) as book:
        assert not book.record(said(polls)).problems
        book.checkpoint()


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A sealed book of one site and 600 polls: two full tiles and a partial one."""
    place = tmp_path / "book"
    Book.create(place, Config("example.com/archived"), surroundings=Seeded("b", START_US)).close()
    with Book.open(place, write=True, surroundings=Seeded("b2", START_US)) as opened:
        assert not opened.record(said(SITE)).problems
    sealed_again(place, 600, "first")
    return place


@pytest.fixture(scope="module")
def wild(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sealed book of random facts: corrections and sections are among them."""
    place = random_book(tmp_path_factory.mktemp("wild") / "book", 11, 280)
    with Book.open(place, write=True, surroundings=Seeded("wild", CLOCK_US)) as opened:
        opened.checkpoint()
    return place


# --- what it is ---------------------------------------------------------------------------------------------


def test_go_reads_the_tiles_of_an_archive(tmp_path: Path, book: Path) -> None:
    """Go's sumdb, which knows nothing of this ledger, takes checkpoint, tiles and entries."""
    program = built("tiles", tmp_path / "go")
    done = archived(book, tmp_path / "archive")
    tiles = tmp_path / "tiles"  # the program takes no file that tlog-tiles does not name
    shutil.copytree(tmp_path / "archive" / "tile", tiles / "tile")
    shutil.copy(tmp_path / "archive" / "checkpoint", tiles)
    told = subprocess.run(
        [str(program), key_of(book), str(tiles)], capture_output=True, text=True, check=False
    )
    assert told.stdout.strip() == f"ok {done.size}"


def root(hashes: list[bytes]) -> bytes:
    """RFC 6962 2.1, as it is written there."""
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while 2 * k < len(hashes):
        k *= 2
    return hashlib.sha256(b"\x01" + root(hashes[:k]) + root(hashes[k:])).digest()


def test_twenty_lines_read_an_archive_as_tlog_tiles_says(tmp_path: Path, book: Path) -> None:
    """A reader of our own words for C2SP tlog-tiles: entries, their hashes in the tiles, the root."""
    done = archived(book, tmp_path / "a")
    size, hashes = int((tmp_path / "a" / "checkpoint").read_text().splitlines()[1]), []
    for number in range((size + 255) // 256):
        width = min(256, size - 256 * number)
        name = f"{number:03d}" + (f".p/{width}" if width < 256 else "")
        data = (tmp_path / "a" / "tile" / "entries" / name).read_bytes()
        mine = []
        while data:
            length = 2 + int.from_bytes(data[:2], "big")
            mine.append(hashlib.sha256(b"\x00" + data[2:length]).digest())
            data = data[length:]
        assert b"".join(mine) == (tmp_path / "a" / "tile" / "0" / name).read_bytes()
        hashes += mine
    assert root(hashes).hex() == done.root


def test_every_report_of_an_archive_with_sections_is_that_of_its_book(tmp_path: Path, wild: Path) -> None:
    """The folder is enough for all of them."""
    archived(wild, tmp_path / "a", sections=True)
    made: list[list[Any]] = []
    for place in (wild, tmp_path / "a"):
        with Book.open(place, write=False) as opened:
            made.append(
                [render(log_view.run(opened, report, Question())) for report in REPORTS if not report.bulky]
            )
    assert made[0] == made[1]


def test_reading_an_archive_leaves_it_as_it_was(tmp_path: Path, wild: Path) -> None:
    """No cache is written where an object store would take it for a file of the archive."""
    archived(wild, tmp_path / "a")
    before = files(tmp_path / "a")
    with Book.open(tmp_path / "a", write=False) as opened:
        log_view.run(opened, REPORTS[0], Question())
    assert files(tmp_path / "a") == before


def test_a_book_comes_back_from_an_archive_with_equal_roots(tmp_path: Path, wild: Path) -> None:
    """With the seals, and with the sections."""
    archived(wild, tmp_path / "a", sections=True)
    copy_book(tmp_path / "a", tmp_path / "back", DEFAULT, no_progress)
    found = []
    for place in (wild, tmp_path / "back"):
        with Book.open(place, write=False) as opened:
            kept = [opened.store.read_sections(n) for n in range(opened.store.size)]
            found.append(
                (opened.store.forest.root(), opened.store.forest.heads(), opened.store.seals(), kept)
            )
    assert found[0] == found[1]


def test_an_archive_is_never_written(tmp_path: Path, book: Path) -> None:
    archived(book, tmp_path / "a")
    with pytest.raises(Malformed, match="only read: make a book of it with wattledger copy"):
        Book.open(tmp_path / "a", write=True)


# --- a second run -------------------------------------------------------------------------------------------


def test_a_second_run_writes_what_is_new_and_touches_nothing_else(tmp_path: Path, book: Path) -> None:
    """900 polls more: the full tiles of before are the same files, and partial ones that are full now are gone."""
    folder = tmp_path / "a"
    archived(book, folder)
    before = {name: (folder / name).stat().st_ino for name in files(folder) if ".p/" not in name}
    sealed_again(book, 900, "second")
    archived(book, folder)
    whole = tmp_path / "whole"
    archived(book, whole)
    mine = files(folder)
    stale = {name for name in mine.keys() - files(whole).keys() if not name.startswith("checkpoints/")}
    after = {name: (folder / name).stat().st_ino for name in before if name != "checkpoint"}
    before.pop("checkpoint")
    assert (files(whole).items() <= mine.items(), stale, after) == (True, {"tile/1/000.p/2"}, before)


def test_a_run_with_nothing_new_writes_nothing(tmp_path: Path, book: Path) -> None:
    archived(book, tmp_path / "a")
    again = archived(book, tmp_path / "a")
    assert (again.new, again.files) == (0, 0)


class Killed(BaseException):
    """The end of the process."""


def test_a_run_that_is_killed_leaves_the_archive_of_before(
    tmp_path: Path, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At every file that it writes: what is there verifies, and the next run finishes it."""
    folder, key = tmp_path / "a", key_of(book)
    archived(book, folder)
    sealed_again(book, 300, "more")
    archived(book, tmp_path / "whole")
    found = set()
    for last in range(100):
        place, left = tmp_path / f"killed{last}", iter(range(last))
        shutil.copytree(folder, place)

        def write(path: Path, data: bytes, mode: int, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise Killed
            write_durably(path, data, mode)

        monkeypatch.setattr(WRITE, write)
        try:
            archived(book, place)
            break
        except Killed:
            found.add(verdict(place, key))
        monkeypatch.setattr(WRITE, write_durably)
        archived(book, place)
        found.add(verdict(place, key))
        found.add("whole" if files(tmp_path / "whole").items() <= files(place).items() else "not whole")
    assert (found, last > 5) == ({"VERIFIED", "whole"}, True)


def test_a_run_over_another_log_is_refused(tmp_path: Path, book: Path) -> None:
    """Somebody restored an old copy of the book and recorded other facts, or names the wrong folder."""
    shutil.copytree(book, tmp_path / "other")
    sealed_again(book, 5, "one")
    sealed_again(tmp_path / "other", 5, "two")
    archived(book, tmp_path / "a")
    with pytest.raises(Refused, match="not the first ones of this book"):
        archived(tmp_path / "other", tmp_path / "a")


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path, book: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "letter.txt").write_text("Dear Sir")
    with pytest.raises(Malformed, match="holds other files"):
        archived(book, tmp_path / "a")


def test_an_erased_section_leaves_the_archive_with_the_next_run(tmp_path: Path, wild: Path) -> None:
    """The tenant asks; entries and tiles stay, and so does what they prove."""
    book, folder = tmp_path / "book", tmp_path / "a"
    shutil.copytree(wild, book)
    archived(book, folder, sections=True)
    with Book.open(book, write=True, surroundings=Seeded("e", CLOCK_US)) as opened:
        index = next(n for n in range(opened.store.size) if opened.store.read_sections(n))
        section = opened.store.read_sections(index)[0]
        erase(opened, str(index), section.name, "asked by the tenant", evidence=False)
        opened.checkpoint()
    archived(book, folder)
    held = any(section.salt.hex().encode() in data for data in files(folder).values())
    assert (held, verdict(folder, key_of(book))) == (False, "VERIFIED")


# --- what was changed ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("tile/entries/001", "tile/entries/001: record 256 is not the one that was committed"),
        ("tile/0/001", "hash tile 0/1 of the log is not the one that was committed"),
        ("tile/1/000.p/2", "tile/1/000.p/2 is not the tile that was committed"),
    ],
)
def test_a_changed_file_is_named(tmp_path: Path, book: Path, name: str, told: str) -> None:
    """One bit of it."""
    archived(book, tmp_path / "a")
    path = tmp_path / "a" / name
    data = bytearray(path.read_bytes())
    data[10] ^= 1
    path.write_bytes(data)
    with pytest.raises(Tampered, match=told):
        Book.open(tmp_path / "a", write=False)


def test_every_file_that_is_missing_is_told(tmp_path: Path, book: Path) -> None:
    """Each in turn is withheld."""
    folder, key = tmp_path / "a", key_of(book)
    archived(book, folder)
    passed = []
    for name, data in files(folder).items():
        (folder / name).unlink()
        if verdict(folder, key) == "VERIFIED":
            passed.append(name)
        (folder / name).write_bytes(data)
    assert passed == []


def test_no_flipped_bit_is_silent(tmp_path: Path, wild: Path) -> None:
    """Every seventh bit of the settings and of the checkpoint, and bits all over every other file."""
    folder, key = tmp_path / "a", key_of(wild)
    archived(wild, folder, sections=True)
    passed, tried = [], 0
    for name, data in sorted(files(folder).items()):
        bits = 8 * len(data)
        step = 7 if name in ("book.toml", "checkpoint") else max(1, bits // 12) | 1
        for bit in range(bits % 7, bits, step):
            flipped = bytearray(data)
            flipped[bit // 8] ^= 1 << bit % 8
            (folder / name).write_bytes(flipped)
            tried += 1
            if verdict(folder, key) == "VERIFIED":
                passed.append((name, bit))
        (folder / name).write_bytes(data)
    assert (passed, tried > 200, verdict(folder, key)) == ([], True, "VERIFIED")


def test_the_archive_of_another_key_is_not_verified(tmp_path: Path, book: Path) -> None:
    """The reader was given the key of another log of that name."""
    Book.create(tmp_path / "x", Config("example.com/archived"), surroundings=Seeded("x", START_US)).close()
    archived(book, tmp_path / "a")
    assert check_archive(tmp_path / "a", key_of(tmp_path / "x"), no_progress).code == "unknown-key"


# --- on the command line ------------------------------------------------------------------------------------


def told(*words: object) -> Result:
    return CliRunner().invoke(main, list(map(str, words)))


def test_a_stranger_verifies_an_archive_with_its_key_alone(tmp_path: Path, book: Path) -> None:
    archived(book, tmp_path / "a")
    done = told("verify", tmp_path / "a", "--key", key_of(book))
    assert (done.exit_code, done.stdout.splitlines()[:2]) == (
        0,
        [
            f"VERIFIED: {tmp_path / 'a'} is the whole log of example.com/archived, no record altered or left out:",
            "  611 records of 5 streams, 2 signed checkpoints",
        ],
    )


def test_an_archive_that_fails_ends_with_1_and_says_where(tmp_path: Path, book: Path) -> None:
    archived(book, tmp_path / "a")
    (tmp_path / "a" / "tile" / "entries" / "001").unlink()
    done = told("verify", tmp_path / "a", "--key", key_of(book))
    assert (done.exit_code, "tile/entries/001 is missing from the archive" in done.stdout) == (1, True)


def test_a_question_about_streams_is_for_bundles(tmp_path: Path, book: Path) -> None:
    """An archive is verified whole: an option that was passed over would promise what was not checked."""
    archived(book, tmp_path / "a")
    done = told("verify", tmp_path / "a", "--key", key_of(book), "--max-age", "1d")
    assert (done.exit_code, "an archive is verified whole" in done.stderr) == (2, True)


def test_a_report_reads_an_archive_in_place_of_a_bundle(tmp_path: Path, book: Path) -> None:
    """It is verified first."""
    archived(book, tmp_path / "a")
    words = ("report", "uptime", "--period", "2026-07", "--format", "json")
    read = told(*words, "--bundle", tmp_path / "a", "--key", key_of(book))
    assert read.stdout == told("--book", book, *words).stdout


def test_a_changed_archive_is_not_read_in_place_of_a_bundle(tmp_path: Path, book: Path) -> None:
    archived(book, tmp_path / "a")
    (tmp_path / "a" / "checkpoint").write_bytes(
        (tmp_path / "a" / "checkpoint").read_bytes()[:-9] + b"AAAAAAA=\n"
    )
    assert told("log", "--bundle", tmp_path / "a", "--key", key_of(book)).exit_code == 4


@pytest.mark.parametrize(
    ("words", "told_"),
    [
        (("record", "-"), "an archive, which is only read"),
        (("checkpoint",), "an archive, which is only read"),
        (("fsck",), "check it with wattledger verify"),
        (("rebuild",), "an archive is only read"),
        (("backup", "b.zip"), "an archive, which is only read"),
    ],
)
def test_what_would_write_into_an_archive_is_refused(
    tmp_path: Path, book: Path, words: tuple[str, ...], told_: str
) -> None:
    """The message says what to do in its place."""
    archived(book, tmp_path / "a")
    done = told("--book", tmp_path / "a", *words)
    assert (done.exit_code, told_ in done.stderr) == (2, True)


def test_an_archive_of_an_archive_is_the_same_files(tmp_path: Path, book: Path) -> None:
    """A mirror needs no book."""
    archived(book, tmp_path / "a")
    archived(tmp_path / "a", tmp_path / "again")
    assert files(tmp_path / "a") == files(tmp_path / "again")
