"""Files of a book are its owner's alone, and what is written aside cannot be guessed, followed through a
link, or left behind.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ledger.app.book.book import Book
from ledger.app.book.config import Config
from ledger.app.book.evidence import evidence, keep_evidence, keep_file
from ledger.app.cli.main import main
from ledger.app.host.files import (
    forget_read_models,
    remove_all_leftovers,
    replacing,
    staging,
    write_durably,
    write_new,
)
from ledger.app.maintenance.backup import back_up, restore_backup
from ledger.app.maintenance.modes import mend_modes, wrong_modes
from ledger.app.maintenance.restore import RestoreOptions
from ledger.app.read_models.rebuild import rebuild
from ledger.errors import Malformed

FACT = (
    "2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York"
    " balancing_authority=SOCO utility=U parcels=[a] site_class=training\n"
)
FOO = "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c"  # of "foo\n"


def unsaid(done: int, total: int) -> None:
    """Nobody is told."""


def wattledger(book: Path, *words: str, given: str = "") -> Result:
    return CliRunner().invoke(main, ["--book", str(book), *words], input=given)


def modes(directory: Path) -> dict[str, str]:
    return {path.name: f"{path.stat().st_mode & 0o777:o}" for path in (directory, *directory.rglob("*"))}


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    before = os.umask(0)  # the widest: nothing but the program keeps others out
    yield
    os.umask(before)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    directory = tmp_path / "book"
    Book.create(directory, Config("example.com/files")).close()
    wattledger(directory, "record", "-", given=FACT)
    keep_evidence(directory, b"foo\n", "foo.txt")
    return directory


# --- modes --------------------------------------------------------------------------------------------------


def test_only_the_owner_of_a_book_reads_anything_of_it(book: Path) -> None:
    with Book.open(book, write=True) as held:
        held.checkpoint()
        rebuild(held)
        found = modes(book)  # the write-ahead log is there too
    folders = {"book", "evidence"}
    assert {name for name, mode in found.items() if mode != ("700" if name in folders else "600")} == set()


def test_a_book_that_was_restored_is_its_owners_alone_too(book: Path, tmp_path: Path) -> None:
    back_up(book, tmp_path / "b.zip", unsaid)
    restore_backup(tmp_path / "again", tmp_path / "b.zip", RestoreOptions(), unsaid)
    assert wrong_modes(tmp_path / "again") == []


def test_what_holds_sections_is_its_owners_and_what_is_handed_out_is_not(book: Path, tmp_path: Path) -> None:
    wattledger(book, "export", "jsonl", "--sections", "-o", str(tmp_path / "whole.jsonl"))
    wattledger(book, "export", "jsonl", "-o", str(tmp_path / "public.jsonl"))
    found = modes(tmp_path)
    assert (found["whole.jsonl"], found["public.jsonl"]) == ("600", "644")


def test_a_folder_that_was_there_keeps_its_mode_and_init_says_who_may_list_it(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir(0o755)
    done = wattledger(tmp_path / "b", "init")
    assert (modes(tmp_path)["b"], "others may list it" in done.stderr) == ("755", True)


def test_the_doctor_names_the_files_that_others_may_read(book: Path) -> None:
    (book / "ledger.db").chmod(0o644)
    done = wattledger(book, "doctor")
    told = re.findall(r"^\S*/(ledger\.db): (.*)$", done.stdout, re.M)
    assert (done.exit_code, told) == (
        3,
        [("ledger.db", "its mode is 0644, so others may read it; right is 0600")],
    )


def test_modes_that_were_too_wide_are_mended_and_links_are_not_followed(book: Path, tmp_path: Path) -> None:
    """Files of others that a link in the book points at keep the mode that they have."""
    (tmp_path / "other").write_bytes(b"")
    (tmp_path / "other").chmod(0o666)
    (book / "evidence" / f"{'0' * 64}.csv").symlink_to(tmp_path / "other")
    for path in (book, book / "ledger.db", book / "evidence" / f"{FOO}.txt"):
        path.chmod(0o777)
    mend_modes(book)
    assert (wrong_modes(book), modes(tmp_path)["other"]) == ([], "666")


# --- written aside ------------------------------------------------------------------------------------------


def test_a_link_where_a_file_was_written_aside_before_leads_nowhere(tmp_path: Path) -> None:
    """FILE.new was the name, known to everybody: a link there gave away the bytes, or had a file of the user
    overwritten.
    """
    (tmp_path / "victim").write_bytes(b"mine")
    (tmp_path / "f.new").symlink_to(tmp_path / "victim")
    write_durably(tmp_path / "f", b"data")
    assert ((tmp_path / "victim").read_bytes(), (tmp_path / "f").read_bytes()) == (b"mine", b"data")


def test_a_name_that_was_guessed_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "victim").write_bytes(b"mine")
    (tmp_path / f"f.{'0' * 16}.new").symlink_to(tmp_path / "victim")
    monkeypatch.setattr(os, "urandom", bytes)
    with pytest.raises(FileExistsError):
        write_durably(tmp_path / "f", b"data")
    assert (tmp_path / "victim").read_bytes() == b"mine"


def test_what_a_killed_run_left_is_removed_by_the_next_and_what_is_being_written_is_not(
    tmp_path: Path,
) -> None:
    (tmp_path / f"f.{'0' * 16}.new").write_bytes(b"half")
    (tmp_path / f"f.{'1' * 16}.new").mkdir()
    (tmp_path / f"f.{'1' * 16}.new" / "part").write_bytes(b"half")
    with replacing(tmp_path / "f") as file:
        file.write(b"first")
        write_durably(tmp_path / "f", b"second")
        during = sorted(path.name for path in tmp_path.iterdir())
    after = sorted(path.name for path in tmp_path.iterdir())
    assert (len(during), after, (tmp_path / "f").read_bytes()) == (2, ["f"], b"first")


def test_what_only_looks_like_a_leftover_stays(tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"mine")
    (tmp_path / f"link.{'0' * 16}.new").symlink_to(tmp_path / "victim")
    for name in ("f.new", "f.0123.new", f"f.{'g' * 16}.new"):
        (tmp_path / name).write_bytes(b"mine")
    before = sorted(tmp_path.iterdir())
    remove_all_leftovers(tmp_path)
    assert sorted(tmp_path.iterdir()) == before


def test_a_folder_for_what_is_not_whole_is_gone_afterwards_whatever_happens(tmp_path: Path) -> None:
    with suppress(KeyError), staging(tmp_path / "f") as place:
        (place / "part").write_bytes(b"half")
        mode = place.stat().st_mode & 0o777
        raise KeyError
    assert (mode, list(tmp_path.iterdir())) == (0o700, [])


def test_a_file_that_must_be_new_replaces_none(tmp_path: Path) -> None:
    write_new(tmp_path / "key", b"first")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "key", b"second")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"first"]


def test_a_read_model_that_a_killed_rebuild_left_is_forgotten_with_the_others(book: Path) -> None:
    place = book / f"readmodel.db.{'0' * 16}.new"
    place.mkdir()
    (place / "readmodel.db").write_bytes(b"a rent")
    forget_read_models(book)
    assert [path.name for path in book.iterdir() if path.name.startswith("readmodel")] == []


# --- evidence -----------------------------------------------------------------------------------------------


def test_evidence_is_not_written_through_a_link(book: Path, tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"mine")
    kept = book / "evidence" / f"{FOO}.txt"
    kept.unlink()
    kept.symlink_to(tmp_path / "victim")
    keep_evidence(book, b"foo\n", "foo.txt")
    assert ((tmp_path / "victim").read_bytes(), kept.is_symlink(), evidence(book, FOO)) == (
        b"mine",
        False,
        b"foo\n",
    )


def test_evidence_does_not_go_into_a_folder_that_is_a_link(book: Path, tmp_path: Path) -> None:
    (book / "evidence").rename(tmp_path / "elsewhere")
    (book / "evidence").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Malformed, match="is a link"):
        keep_evidence(book, b"bar\n", "bar.txt")


def test_a_damaged_document_is_put_right_when_it_is_imported_again(book: Path, tmp_path: Path) -> None:
    (book / "evidence" / f"{FOO}.txt").write_bytes(b"fox\n")
    (tmp_path / "foo.txt").write_bytes(b"foo\n")
    keep_file(book, tmp_path / "foo.txt", FOO)
    assert evidence(book, FOO) == b"foo\n"
