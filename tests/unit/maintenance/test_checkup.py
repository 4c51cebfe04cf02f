"""The checks of ``doctor``: each fault is brought about, and its finding names it; a sound book on a sound
machine has none.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner, Result

from ledger import calendar, kinds
from ledger.app.book.book import Book
from ledger.app.book.config import Config
from ledger.app.book.keys import VARIABLE
from ledger.app.cli.main import main
from ledger.app.host.clock import Seeded
from ledger.app.host.files import READ_MODEL
from ledger.app.maintenance.checkup import table
from ledger.app.maintenance.checkup.host import Host, this_host
from ledger.app.read_models.rebuild import rebuild
from ledger.store.database_store import HEAD
from ledger.store.head import HeadFile
from ledger.store.port import Head
from ledger.store.sqlite.library import library_faults
from ledger.store.sqlite.store import DATABASE
from tests.support.damaged import SITE, said

NOW_US: Final = calendar.instant_s("2026-06-10T00:00:00Z") * 1_000_000
SOUND: Final = Host("27 1 254:0 / / rw,relatime - ext4 /dev/vda rw", "", True)


def clock(instant: str = "2026-06-10T00:00:00Z") -> Seeded:
    return Seeded("checkup", calendar.instant_s(instant) * 1_000_000)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A book of June 2026, sealed."""
    with Book.create(tmp_path / "book", Config("example.com/checkup"), surroundings=clock()) as made:
        made.record(said(SITE))
        made.checkpoint()
    return tmp_path / "book"


def found(
    book: Path, host: Host = SOUND, *, now: Seeded | None = None, key: Path | None = None, tzdata: str = ""
) -> dict[str, list[str]]:
    """The checks that found something, each with what."""
    place = table.place_of(book, None if key is None else str(key), host)
    checked = list(table.of_folder(place))
    with Book.open(book, write=False, surroundings=now or clock()) as opened:
        checked += table.of_book(place, opened, tzdata)
    return {one.name: [trouble.what for trouble in one.troubles] for one in checked if one.troubles}


def of_mount(book: Path, *, type_: str = "ext4", options: str = "rw") -> Host:
    """A machine with a file system of its own for the book."""
    return SOUND._replace(mounts=f"{SOUND.mounts}\n28 27 0:9 / {book} rw - {type_} somewhere {options}\n")


# --- a sound book -------------------------------------------------------------------------------------------


def test_a_sound_book_on_a_sound_machine_has_no_finding(book: Path) -> None:
    """Without an anchor it is told so, with all checks; this Python's SQLite may have a fault of its own."""
    assert set(found(book)) - {"libraries"} == {"anchor"}


def test_this_machine_tells_what_the_book_is_on(book: Path) -> None:
    """Where the system lists its mounts the book is on one of them."""
    host = this_host()
    mount = host.mount_of(book)
    assert (mount is not None) == bool(host.mounts)


# --- the database -------------------------------------------------------------------------------------------


def test_a_database_whose_journal_was_changed_is_named_although_it_does_not_open(book: Path) -> None:
    """Another program set a rollback journal: readers refuse the book, and the doctor says why and what to do."""
    with closing(sqlite3.connect(book / DATABASE)) as database:
        database.execute("PRAGMA journal_mode = DELETE")
    told = wattledger(book, "doctor")
    assert (told.exit_code, told.stdout.splitlines()) == (
        6,
        [
            f"journal mode: {book / DATABASE} keeps a rollback journal in place of a write-ahead log: readers"
            " refuse it",
            "  to do: end the other programs that have the database open, then record or seal: wattledger"
            " checkpoint",
        ],
    )


def test_what_the_doctor_advises_mends_the_journal(book: Path) -> None:
    """A writer sets the write-ahead log again."""
    with closing(sqlite3.connect(book / DATABASE)) as database:
        database.execute("PRAGMA journal_mode = DELETE")
    with Book.open(book, write=True, surroundings=clock()) as opened:
        opened.checkpoint()
    assert "journal mode" not in found(book)


@pytest.mark.parametrize(
    ("version", "faults"),
    [((3, 51, 3), 0), ((3, 51, 2), 1), ((3, 37, 2), 1), ((3, 37, 1), 2), ((3, 52, 0), 0)],
)
def test_a_library_with_a_known_fault_is_known_by_its_version(
    version: tuple[int, int, int], faults: int
) -> None:
    """The WAL-reset fault of 3.7.0 to 3.51.2, and the savepoint fault of 3.35.0 to 3.37.1."""
    assert len(list(library_faults(version))) == faults


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (Head(99, bytes(32)), "99 records were acknowledged, and ledger.db holds"),
        (Head(2, bytes(32)), "the log is sealed at 11 records and the head knows only 2"),
        (Head(11, bytes(32)), "the first 11 records are not"),
    ],
)
def test_a_head_that_is_not_of_the_log_is_found(book: Path, head: Head, what: str) -> None:
    """A file of an older or a newer copy, or of another book, was put back."""
    with closing(HeadFile(book / HEAD)) as file:
        file.write(head)
    assert found(book)["head"][0].startswith(what)


def test_a_head_that_cannot_be_read_is_found(book: Path) -> None:
    """Both of its slots are zeros."""
    (book / HEAD).write_bytes(bytes(1024))
    assert found(book)["head"] == ["no head can be read: what was acknowledged is not known"]


# --- the disk -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["nobarrier", "barrier=0", "volatile"])
def test_a_mount_that_undoes_a_sync_is_found(book: Path, option: str) -> None:
    """A power loss then takes what was acknowledged."""
    assert found(book, of_mount(book, options=f"rw,{option}"))["durability"] == [
        f"{book} is mounted with {option}: a power loss loses records that were acknowledged"
    ]


def test_a_library_that_undoes_a_sync_is_found(book: Path) -> None:
    """As tests of others preload it."""
    host = SOUND._replace(preload="/usr/lib/x86_64-linux-gnu/libeatmydata.so")
    assert found(book, host)["durability"] == [
        "the library eatmydata is loaded before all others: nothing that is synced reaches the disk"
    ]


def test_a_book_in_memory_is_told(book: Path) -> None:
    """A restart loses it."""
    assert found(book, of_mount(book, type_="tmpfs"))["durability"] == [
        f"{book} is tmpfs, kept in memory: a restart of the machine loses the book"
    ]


@pytest.mark.parametrize("type_", ["nfs4", "cifs", "9p", "fuse.sshfs", "lustre"])
def test_a_network_file_system_is_found(book: Path, type_: str) -> None:
    """Its locks do not hold between machines."""
    assert f"a network file system ({type_})" in found(book, of_mount(book, type_=type_))["file system"][0]


@pytest.mark.parametrize("type_", ["ext4", "xfs", "btrfs", "zfs", "overlay", "fuse.gocryptfs"])
def test_a_disk_of_the_machine_is_none(book: Path, type_: str) -> None:
    """Nor is what encrypts one."""
    assert "file system" not in found(book, of_mount(book, type_=type_))


def test_a_mount_whose_name_has_a_blank_is_read(book: Path) -> None:
    """The kernel writes it as an octal number."""
    place = book / "a b"
    place.mkdir()
    host = of_mount(Path(str(place).replace(" ", "\\040")), type_="nfs")
    assert getattr(host.mount_of(place / "c"), "type", None) == "nfs"


def test_a_disk_without_room_is_found(book: Path) -> None:
    """The write-ahead log has grown beyond what is free, here as a sparse file."""
    os.truncate(_made(book / f"{DATABASE}-wal.copy"), 1 << 42)
    assert "MB are free, and a book of this size needs 4,398,0" in found(book)["disk"][0]


def _made(path: Path) -> Path:
    path.touch()
    return path


# --- times --------------------------------------------------------------------------------------------------


def test_a_clock_behind_the_newest_record_is_found(book: Path) -> None:
    """It was put back by an hour: records are refused until it is right."""
    assert found(book, now=clock("2026-06-09T23:00:00Z"))["clock"][0].startswith(
        "the clock says 2026-06-09T23:00:00.000000Z, and the newest record is of 2026-06-10T00:00:00"
    )


def test_a_clock_behind_by_less_than_records_are_refused_for_is_right(book: Path) -> None:
    """Five minutes are allowed."""
    assert "clock" not in found(book, now=clock("2026-06-09T23:56:00Z"))


class Ahead(Seeded):
    """A clock years ahead of the files of its disk."""

    def changed_us(self, path: Path) -> int | None:
        return NOW_US


def test_a_clock_years_ahead_is_found(book: Path) -> None:
    """Every record would be dated so, and none could be earlier again."""
    ahead = Ahead("checkup", calendar.instant_s("2032-06-10T00:00:00Z") * 1_000_000)
    assert "more than a year before" in found(book, now=ahead)["clock"][0]


def test_a_clock_that_nothing_keeps_right_is_told(book: Path) -> None:
    """No finding by itself: it may be right."""
    assert found(book, SOUND._replace(synchronized=False))["time service"] == [
        "the kernel says that nothing synchronizes the clock: the times of records may be off"
    ]


def test_a_newer_tz_database_than_the_programs_is_found(book: Path) -> None:
    """A report was issued by a newer wattledger, and local times may have changed."""
    assert found(book, tzdata="2099a")["zones"][0].startswith(
        f"a report was issued with the tz database 2099a, and this program has {calendar.tzdata_release()}"
    )


def test_the_newest_tz_database_of_issued_reports_is_heard(book: Path) -> None:
    """Whatever their order."""
    heard = table.IssuedZones()
    with Book.open(book, write=True, surroundings=clock()) as opened:
        for n, release in enumerate(("2025b", "2026a", "2025c")):
            text = kinds.ReportIssued.example.replace("tzdata=2026a", f"tzdata={release}")
            opened.record(said(text.replace("2026-10-02T14:00Z sandersville", f"2026-06-0{n + 1}T00:00Z s1")))
        for record in opened.records():
            heard.hear(record)
    assert heard.newest == "2026a"


# --- beside the records -------------------------------------------------------------------------------------


def test_read_models_behind_the_log_are_told(book: Path) -> None:
    """Made before the last record."""
    with Book.open(book, write=True, surroundings=clock()) as opened:
        rebuild(opened)
        size = opened.store.size
        opened.record(said("2026-06-01T01:00Z s1 incident-opened incident=i summary=x\n"))
        now = opened.store.size
    assert found(book)["read models"] == [f"{READ_MODEL} shows {size} of {now} records"]


@pytest.fixture
def key(book: Path, tmp_path: Path) -> Path:
    """The key, moved out of the book."""
    path = tmp_path / "elsewhere.key"
    (book / "ledger.key").rename(path)
    (book / "ledger.key.signed").rename(tmp_path / "elsewhere.key.signed")
    return path


def test_a_key_elsewhere_that_others_may_read_is_found(book: Path, key: Path) -> None:
    """The signing key lies outside of the book, where ``repair --modes`` does not reach."""
    key.chmod(0o640)
    assert found(book, key=key)["key"] == [f"{key} has the mode 0640, so others may use the signing key"]


def test_a_key_elsewhere_that_is_its_owners_alone_is_right(book: Path, key: Path) -> None:
    """As the program makes it."""
    assert "key" not in found(book, key=key)


# --- the command --------------------------------------------------------------------------------------------


def wattledger(book: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--book", str(book), *words])


def test_doctor_ends_with_3_at_a_finding_and_says_what_to_do(
    book: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment names a key that others may read."""
    key.chmod(0o644)
    monkeypatch.setenv(VARIABLE, str(key))
    told = wattledger(book, "doctor")
    assert (told.exit_code, told.stdout.splitlines()[-1]) == (
        3,
        f"  to do: chmod 600 {key}; where others had it, wattledger keys rotate",
    )


def test_doctor_lists_every_check_with_all(book: Path) -> None:
    """Those that are right, and what endangers no record."""
    told = wattledger(book, "doctor", "--all").stdout
    named = {check.name for check in (*table.OF_FOLDER, *table.OF_BOOK)}
    assert named - {line.split(":")[0] for line in told.splitlines()} == set()
