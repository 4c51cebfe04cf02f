"""The SQLite store's durability: what was acknowledged stays, nothing is changed unseen, one writer at a
time.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from eventsourcing.persistence import StoredEvent

from ledger.errors import Conflict, Tampered
from ledger.log.checkpoint import Checkpoint, format_checkpoint
from ledger.log.merkle import hashes_of
from ledger.log.signing import Signer, sign_note
from ledger.store import database_store
from ledger.store.database_store import HEAD
from ledger.store.head import SLOT_BYTES, HeadFile, read_head
from ledger.store.port import Head
from ledger.store.roots import CheckedTiles
from ledger.store.sqlite import read_only, recorder
from ledger.store.sqlite import store as sqlite_store
from ledger.store.sqlite.store import DATABASE, SqliteStore
from tests.unit.store.test_contract import entries, entry, filled

SIGNER = Signer("example.com/ledger", bytes(32))


def made(folder: Path, count: int, seal_at: int | None = None) -> SqliteStore:
    """A closed store's directory with records, sealed at a size if said."""
    store = SqliteStore.create(folder)
    said = entries(count)
    if seal_at is not None:
        filled(store, said[:seal_at])
        sealed(store)
        said = said[seal_at:]
    filled(store, said)
    return store


def sealed(store: SqliteStore) -> None:
    checkpoint = Checkpoint(SIGNER.name, store.size, store.forest.root())
    with store.writing():
        store.seal(sign_note(format_checkpoint(checkpoint), [SIGNER]))


def by_hand(folder: Path) -> sqlite3.Connection:
    """Another program's connection to the database."""
    return sqlite3.connect(folder / DATABASE, isolation_level=None)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records SET state = x'00'",
        "DELETE FROM records",
        (
            "INSERT OR REPLACE INTO records SELECT rowid, originator_id, originator_version, topic, x'00', id"
            " FROM records WHERE rowid = 1"
        ),
        (
            "INSERT OR REPLACE INTO records SELECT 6, originator_id, originator_version, topic, x'00',"
            " zeroblob(16) FROM records WHERE rowid = 1"
        ),
        "INSERT OR REPLACE INTO records SELECT 6, 9, 0, topic, x'00', id FROM records WHERE rowid = 1",
        "INSERT OR IGNORE INTO records VALUES (9, 9, 0, 'k', x'00', zeroblob(16))",
        "UPDATE seals SET note = x'00'",
        "DELETE FROM seals",
        "INSERT OR REPLACE INTO seals SELECT size, x'00' FROM seals",
        "DELETE FROM corrections",
        "INSERT OR REPLACE INTO corrections SELECT target, 4 FROM corrections",
    ],
)
def test_history_can_only_be_appended_to_whatever_the_program(tmp_path: Path, statement: str) -> None:
    store = made(tmp_path, 5)
    filled(store, [entry(5, 2, 1, supersedes=(entry(0, 0, 0).id,))])
    sealed(store)
    store.close()
    connection = by_hand(tmp_path)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement)
    connection.close()


def test_every_connection_is_durable(tmp_path: Path) -> None:
    store = made(tmp_path, 1)
    rows = [
        store._recorder.rows(f"PRAGMA {name}")[0][0]
        for name in ("journal_mode", "synchronous", "secure_delete")
    ]
    store.close()
    assert rows == ["wal", 2, 1]


@pytest.mark.parametrize("write", [True, False])
def test_a_database_that_cannot_be_made_durable_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: bool
) -> None:
    """SQLite answers MEMORY when WAL cannot be had; here a handle that asks for nothing stands for such a
    disk.
    """
    made(tmp_path, 1).close()
    connection = by_hand(tmp_path)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    monkeypatch.setattr(recorder, "connected", plain_connection)
    with pytest.raises(Tampered, match="journal_mode is 'delete' and cannot be made 'wal'"):
        SqliteStore.open(tmp_path, write=write)


def plain_connection(uri: str) -> sqlite3.Connection:
    """A connection that was not asked to keep a write-ahead log."""
    return sqlite3.connect(uri, uri=True, check_same_thread=False)


@pytest.mark.parametrize("write", [True, False])
def test_a_file_that_is_no_database_is_a_damaged_book(tmp_path: Path, write: bool) -> None:
    made(tmp_path, 1).close()
    (tmp_path / DATABASE).write_bytes(b"not a database at all" * 400)
    with pytest.raises(Tampered, match=r"ledger\.db cannot be read \(file is not a database\); run fsck"):
        SqliteStore.open(tmp_path, write=write)


def test_reopened_it_goes_on_where_it_stopped(tmp_path: Path) -> None:
    made(tmp_path, 700, seal_at=600).close()
    store = SqliteStore.open(tmp_path, write=True)
    more = entries(1000)[700:]
    roots = filled(store, more).forest.root(), store.forest.heads()
    store.close()
    (tmp_path / "whole").mkdir()
    whole = made(tmp_path / "whole", 1000)
    assert roots == (whole.forest.root(), whole.forest.heads())


def test_tiles_completed_after_a_reopening_are_whole(tmp_path: Path) -> None:
    made(tmp_path, 300, seal_at=290).close()
    store = SqliteStore.open(tmp_path, write=True)
    filled(store, entries(600)[300:])
    sealed(store)
    (tmp_path / "whole").mkdir()
    whole = made(tmp_path / "whole", 600)
    sealed(whole)
    assert store.tile(0, 1) == whole.tile(0, 1) is not None


# --- the head -----------------------------------------------------------------------------------------------


def test_a_lost_tail_is_found_by_the_head(tmp_path: Path) -> None:
    """Acknowledged records vanish with their write-ahead log; the database alone looks whole."""
    store = made(tmp_path, 5)
    store.close()
    shutil.copy(tmp_path / DATABASE, tmp_path / "earlier")
    store = SqliteStore.open(tmp_path, write=True)
    filled(store, entries(8)[5:])
    store.close()
    shutil.copy(tmp_path / "earlier", tmp_path / DATABASE)
    with pytest.raises(
        Tampered, match="8 records were acknowledged and the database holds 5: records 5 to 7 are missing"
    ):
        SqliteStore.open(tmp_path, write=True)


def test_history_changed_below_the_head_is_refused(tmp_path: Path) -> None:
    made(tmp_path, 5).close()
    connection = by_hand(tmp_path)
    connection.execute("DROP TRIGGER records_no_update")
    connection.execute("UPDATE records SET state = x'7b7d' WHERE rowid = 2")
    connection.close()
    with pytest.raises(Tampered, match="history below the head changed"):
        SqliteStore.open(tmp_path, write=True)


def test_a_head_behind_the_database_is_adopted(tmp_path: Path) -> None:
    """A crash after the commit and before the head: the records are there, were not acknowledged, and
    stay.
    """
    store = made(tmp_path, 5)
    head = read_head(tmp_path / HEAD)
    assert head is not None
    filled(store, entries(8)[5:])
    store.close()
    (tmp_path / HEAD).unlink()
    file = HeadFile(tmp_path / HEAD, create=True)
    file.write(head)
    file.close()
    reopened = SqliteStore.open(tmp_path, write=True)
    assert (reopened.size, read_head(tmp_path / HEAD)) == (8, Head(8, reopened.forest.root()))


def test_a_missing_head_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    made(tmp_path, 5).close()
    (tmp_path / HEAD).unlink()
    with pytest.raises(Tampered, match="what was acknowledged is not known"):
        SqliteStore.open(tmp_path, write=True)


@pytest.mark.parametrize("slot", [0, 1])
def test_a_torn_slot_leaves_the_other_one(tmp_path: Path, slot: int) -> None:
    """A power loss while one slot is written: at worst the head before it is read, never nonsense."""
    path = tmp_path / "head"
    file = HeadFile(path, create=True)
    heads = [Head(n, bytes([n]) * 32) for n in (1, 2)]
    for head in heads:
        file.write(head)
    file.close()
    data = bytearray(path.read_bytes())
    data[slot * SLOT_BYTES : slot * SLOT_BYTES + 40] = Random(slot).randbytes(40)
    path.write_bytes(data)
    assert read_head(path) in heads


def test_every_flipped_bit_of_a_head_leaves_it_unread_or_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "head"
    file = HeadFile(path, create=True)
    file.write(Head(7, b"r" * 32))
    file.close()
    data = path.read_bytes()
    start = SLOT_BYTES
    seen = set()
    for bit in range(72 * 8):
        flipped = bytearray(data)
        flipped[start + bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        seen.add(read_head(path))
    assert seen == {None}


# --- writers and readers ------------------------------------------------------------------------------------


def test_two_writers_take_turns_and_see_each_others_records(tmp_path: Path) -> None:
    first = SqliteStore.create(tmp_path)
    second = SqliteStore.open(tmp_path, write=True)
    said = entries(6)
    for n in range(6):
        filled((first, second)[n % 2], [said[n]])
    with first.writing():
        assert (first.size, first.forest.root()) == (6, second.forest.root())


def test_a_second_writer_waits_and_then_names_the_holder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_store, "LOCK_WAIT_S", 0.05)
    first = SqliteStore.create(tmp_path)
    with first.writing(), pytest.raises(Conflict, match=f"held by process {os.getpid()}"):
        SqliteStore.open(tmp_path, write=True)


def test_a_reader_beside_a_writer_sees_what_is_there_and_changes_nothing(tmp_path: Path) -> None:
    writer = made(tmp_path, 5)
    reader = SqliteStore.open(tmp_path, write=False)
    filled(writer, entries(8)[5:])
    seen = (reader.size, reader.refresh(), reader.forest.root() == writer.forest.root())
    reader.close()
    assert seen == (5, 8, True)


def test_a_reader_that_looks_again_hashes_only_what_came_since(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """300 records are not sealed yet; who looked at them and looks again after one more hashes one."""
    writer = made(tmp_path, 300)
    reader = SqliteStore.open(tmp_path, write=False)
    reader.forest.root()
    with writer.writing():
        writer.append(entries(301)[300:], 300)
    hashed: list[int] = []

    def counted(page: Sequence[bytes]) -> list[bytes]:
        hashed.append(len(page))
        return hashes_of(page)

    monkeypatch.setattr(database_store, "hashes_of", counted)
    reader.refresh()
    assert (reader.forest.root(), hashed) == (writer.forest.root(), [1])


@pytest.mark.parametrize("seed", range(5))
def test_a_reader_that_looks_now_and_then_has_the_forest_of_one_that_opens_now(
    tmp_path: Path, seed: int
) -> None:
    """Appends of any size, seals in between: roots, stream trees and tiles are those of a new reader."""
    rng, size = Random(seed), 300
    writer = made(tmp_path, size)
    reader = SqliteStore.open(tmp_path, write=False)
    for _ in range(12):
        with writer.writing():
            more = rng.choice((1, 5, 200, 300))
            writer.append(entries(size + more)[size:], size)
            size += more
            if rng.random() < 0.3:
                sealed(writer)
        if rng.random() < 0.6:
            reader.refresh()
            reader.forest.root()
    reader.refresh()
    fresh = SqliteStore.open(tmp_path, write=False)
    assert (reader.forest.frontiers(), CheckedTiles(reader).root_at(77)) == (
        fresh.forest.frontiers(),
        CheckedTiles(fresh).root_at(77),
    )


def test_a_reader_that_looks_again_sees_that_acknowledged_records_were_taken_away(tmp_path: Path) -> None:
    """The head says more than the database holds: a handle that was open before finds it too."""
    writer = made(tmp_path, 10)
    reader = SqliteStore.open(tmp_path, write=False)
    reader.forest.root()
    with writer.writing():
        writer.append(entries(12)[10:], 10)
    head = HeadFile(tmp_path / HEAD)
    head.write(Head(12, bytes(32)))
    head.close()
    reader.refresh()
    with pytest.raises(Tampered, match="are not the ones that were acknowledged"):
        _ = reader.forest


def test_a_readers_close_does_not_take_the_write_ahead_log_away(tmp_path: Path) -> None:
    writer = made(tmp_path, 5)
    SqliteStore.open(tmp_path, write=False).close()
    assert (tmp_path / f"{DATABASE}-wal").stat().st_size > 0
    writer.close()


def test_a_directory_without_a_database_says_so(tmp_path: Path) -> None:
    with pytest.raises(Tampered, match=r"holds no ledger\.db: restore it"):
        SqliteStore.open(tmp_path, write=False)


KILLED = """
import sys
from pathlib import Path
from ledger.store.sqlite.store import SqliteStore
from tests.unit.store.test_contract import entries
store = SqliteStore.open(Path(sys.argv[1]), write=True)
said = entries(20_000)
with store.writing():
    while True:
        store.append(said[store.size : store.size + 3], store.size)
        print(store.size, flush=True)
"""


def test_a_killed_writer_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    """kill -9 in the middle of appending, ten times; every acknowledged size is still there and the history
    is one.
    """
    SqliteStore.create(tmp_path).close()
    for _ in range(10):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        acknowledged = 0
        for _ in range(15):
            acknowledged = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        rest = process.communicate()[0].split("\n")
        acknowledged = max([acknowledged, *(int(n) for n in rest[:-1])])
        store = SqliteStore.open(tmp_path, write=True)
        assert store.size >= acknowledged
        assert list(store.read(0, store.size)) == [e.leaf for e in entries(store.size)]
        store.close()


# --- the library's contract on our table --------------------------------------------------------------------


def test_the_library_selects_a_streams_events_from_our_table(tmp_path: Path) -> None:
    store = made(tmp_path, 9)
    found = store._recorder.select_events("1", gt=0, lte=2, desc=True)
    assert [(e.originator_id, e.originator_version, e.state) for e in found] == [
        ("1", 2, entries(9)[7].leaf),
        ("1", 1, entries(9)[4].leaf),
    ]


def test_the_librarys_notification_ids_are_the_logs_indexes(tmp_path: Path) -> None:
    store = made(tmp_path, 9)
    found = store._recorder.select_notifications(start=3, limit=2)
    assert [(n.id, n.originator_id, n.state) for n in found] == [
        (n, str(n % 3), entries(9)[n].leaf) for n in (3, 4)
    ]


def test_the_librarys_largest_notification_id_is_the_last_index(tmp_path: Path) -> None:
    assert made(tmp_path, 9)._recorder.max_notification_id() == 8


def test_events_without_index_and_id_cannot_be_inserted_around_the_port(tmp_path: Path) -> None:
    store = made(tmp_path, 1)
    event = StoredEvent(originator_id="0", originator_version=1, topic="os:system", state=b"{}")
    with pytest.raises(NotImplementedError):
        store._recorder.insert_events([event])


@pytest.mark.parametrize("left", ["nothing", "log"])
def test_on_a_medium_that_cannot_be_written_a_merged_log_is_read_as_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: str
) -> None:
    """The files beside the database are not there, and none can be made; a log that is not merged yet is
    never left unread.
    """
    store = made(tmp_path, 5)
    store._recorder.merge_log()
    store.close()
    shared, log = (tmp_path / f"{DATABASE}{end}" for end in ("-shm", "-wal"))
    shared.unlink(missing_ok=True)
    log.unlink(missing_ok=True)
    if left == "log":
        log.write_bytes(bytes(32))
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert (read_only.STILL in read_only.uri_to_read(tmp_path / DATABASE)) == (left == "nothing")
    reader = SqliteStore.open(tmp_path, write=False)
    assert list(reader.read(0, 5)) == [one.leaf for one in entries(5)]
    reader.close()
    assert shared.exists() == (left == "log")
