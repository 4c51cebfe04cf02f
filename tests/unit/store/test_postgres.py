"""The PostgreSQL store: what was acknowledged stays and nothing is changed unseen, as in SQLite's file; and what
a server adds, roles, a lost connection, a standby that does not answer.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import Conflict, Malformed, Tampered, UnknownOutcome
from ledger.log.checkpoint import Checkpoint, format_checkpoint
from ledger.log.signing import Signer, sign_note
from ledger.store.database_store import HEAD
from ledger.store.head import HeadFile, read_head
from ledger.store.open import store_folder
from ledger.store.port import Head, Section, Store
from ledger.store.postgres.address import parsed
from ledger.store.roots import CheckedTiles
from tests.support.postgres import WAITS, Server, check_there
from tests.unit.store.test_contract import entries, entry, filled

check_there()
psycopg = pytest.importorskip("psycopg", reason="not run: psycopg is not installed")
from ledger.store.postgres import connection  # noqa: E402
from ledger.store.postgres import store as postgres_store  # noqa: E402

NAME = "the one that waits"
SIGNER = Signer("example.com/ledger", bytes(32))


@pytest.fixture
def address(postgres: Server) -> str:
    return postgres.new_schema()


def made(folder: Path, address: str, count: int) -> Any:
    store = store_folder(folder, address).create()
    return filled(store, entries(count))


def opened(folder: Path, address: str, *, write: bool = True) -> Any:
    return store_folder(folder, address).open(write=write)


def sealed(store: Store) -> None:
    checkpoint = Checkpoint(SIGNER.name, store.size, store.forest.root())
    with store.writing():
        store.seal(sign_note(format_checkpoint(checkpoint), [SIGNER]))


@contextmanager
def by_hand(address: str, role: str) -> Iterator[Any]:
    """Another program's connection, in the book's schema."""
    where = parsed(address.replace("wattledger@", f"{role}@"))
    with psycopg.connect(where.conninfo, autocommit=True) as found:
        found.execute(f"SET search_path = {where.schema}")
        yield found


TABLES = ("records", "corrections", "sections", "seals", "frontiers", "tiles", "format")


# --- history can only be appended to ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kept(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a sealed log of six records, the last of which corrects the first; nothing changes it."""
    address = postgres.new_schema()
    store = made(tmp_path_factory.mktemp("kept"), address, 5)
    filled(store, [entry(5, 2, 1, supersedes=(entry(0, 0, 0).id,))])
    sealed(store)
    store.close()
    return address


@pytest.mark.parametrize("verb", ["UPDATE {} SET {} = DEFAULT", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", TABLES)
def test_the_role_that_logs_in_may_not_change_what_is_there(kept: str, table: str, verb: str) -> None:
    """The server refuses before any trigger of ours is asked."""
    column = {"corrections": "record", "sections": "data", "seals": "note", "frontiers": "data"}.get(table)
    column = column or {"tiles": "hashes", "format": "number"}.get(table, "state")
    with by_hand(kept, "wattledger") as role, pytest.raises(psycopg.errors.InsufficientPrivilege):
        role.execute(verb.format(table, column))


@pytest.mark.parametrize("statement", ["ALTER TABLE records DISABLE TRIGGER ALL", "DROP TABLE records"])
def test_the_role_that_logs_in_owns_nothing(kept: str, statement: str) -> None:
    with by_hand(kept, "wattledger") as role, pytest.raises(psycopg.errors.InsufficientPrivilege):
        role.execute(statement)


COLUMNS = "originator_id, originator_version, topic, state"


@pytest.mark.parametrize("role", ["wattledger", "postgres"])
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO records SELECT 7, 1, 2, topic, state, '0123456789abcdef' FROM records LIMIT 1",
        "INSERT INTO records SELECT 6, 1, 9, topic, state, '0123456789abcdef' FROM records LIMIT 1",
        f"INSERT INTO records SELECT 6, {COLUMNS}, '0123456789abcdef' FROM records LIMIT 1",
        "INSERT INTO records SELECT 6, 9, 0, topic, state, id FROM records LIMIT 1",
        "INSERT INTO records SELECT 2, 9, 0, topic, state, '0123456789abcdef' FROM records LIMIT 1",
        "INSERT INTO seals SELECT size - 1, note FROM seals",
        "INSERT INTO corrections SELECT target, 4 FROM corrections",
        "SELECT begin_again()",
    ],
    ids=["gap", "gap in stream", "position taken", "id taken", "index taken", "seal", "correction", "anew"],
)
def test_only_the_next_record_goes_in_whoever_inserts(kept: str, statement: str, role: str) -> None:
    with by_hand(kept, role) as found, pytest.raises(psycopg.IntegrityError):
        found.execute(statement)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE records SET state = ''", "DELETE FROM records", "TRUNCATE records", "DELETE FROM seals"],
)
def test_the_owner_is_held_to_the_same(kept: str, statement: str) -> None:
    with by_hand(kept, "postgres") as owner, pytest.raises(psycopg.IntegrityError, match="append-only"):
        owner.execute(statement)


# --- the head -----------------------------------------------------------------------------------------------


def test_reopened_it_goes_on_where_it_stopped(tmp_path: Path, address: str, postgres: Server) -> None:
    store = made(tmp_path, address, 600)
    sealed(store)
    filled(store, entries(700)[600:])
    store.close()
    again = filled(opened(tmp_path, address), entries(1000)[700:])
    sealed(again)
    (tmp_path / "whole").mkdir()
    whole = made(tmp_path / "whole", postgres.new_schema(), 1000)
    sealed(whole)
    assert (again.forest.root(), again.forest.heads(), again.tile(0, 2)) == (
        whole.forest.root(),
        whole.forest.heads(),
        whole.tile(0, 2),
    )


def test_a_database_that_lost_its_tail_is_found_by_the_head(
    tmp_path: Path, address: str, postgres: Server
) -> None:
    """A standby without the last records was promoted: the folder knows that they were acknowledged."""
    made(tmp_path, address, 8).close()
    (tmp_path / "other").mkdir()
    promoted = postgres.new_schema()
    made(tmp_path / "other", promoted, 5).close()
    with pytest.raises(Tampered, match="8 records were acknowledged and the database holds 5"):
        opened(tmp_path, promoted)


def test_history_changed_below_the_head_is_refused(tmp_path: Path, address: str) -> None:
    made(tmp_path, address, 5).close()
    with by_hand(address, "postgres") as owner:
        owner.execute("ALTER TABLE records DISABLE TRIGGER ALL")
        owner.execute("UPDATE records SET state = '{}' WHERE notification_id = 2")
    with pytest.raises(Tampered, match="history below the head changed"):
        opened(tmp_path, address)


@pytest.mark.parametrize("seal", [False, True])
def test_two_folders_write_one_log_and_each_keeps_its_own_head(
    tmp_path: Path, address: str, seal: bool
) -> None:
    """The second folder's head was right when it was copied; the first has gone on, and may have sealed."""
    (tmp_path / "a").mkdir()
    first = made(tmp_path / "a", address, 5)
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    filled(first, entries(300)[5:])
    if seal:
        sealed(first)
    second = filled(opened(tmp_path / "b", address), entries(301)[300:])
    with first.writing():
        assert (first.size, first.forest.root()) == (301, second.forest.root())


def test_a_head_of_another_history_below_a_seal_is_refused(tmp_path: Path, address: str) -> None:
    store = made(tmp_path, address, 300)
    sealed(store)
    store.close()
    (tmp_path / HEAD).unlink()
    file = HeadFile(tmp_path / HEAD, create=True)
    file.write(Head(7, bytes(32)))
    file.close()
    with pytest.raises(Tampered, match="the head knows only 7"):
        opened(tmp_path, address)


# --- writers and readers ------------------------------------------------------------------------------------


def test_a_second_writer_waits_and_then_names_the_holder(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_store, "LOCK_WAIT_S", 0.05)
    first = made(tmp_path, address, 1)
    with first.writing():
        first.name_holder("wattledger serve at http://127.0.0.1:8080")
        with pytest.raises(Conflict, match=r"held by wattledger serve at http://127\.0\.0\.1:8080"):
            opened(tmp_path, address)


def test_writers_on_many_machines_leave_one_history_without_a_gap(tmp_path: Path, address: str) -> None:
    """Four folders, each with a thread that appends what comes next, 25 times."""
    (tmp_path / "0").mkdir()
    made(tmp_path / "0", address, 0).close()
    for n in range(1, 4):
        shutil.copytree(tmp_path / "0", tmp_path / str(n))
    said, wrong = entries(100), []

    def write(folder: Path) -> None:
        try:
            store = opened(folder, address)
            for _ in range(25):
                with store.writing():
                    store.append([said[store.size]], store.size)
            store.close()
        except Exception as why:
            wrong.append(why)

    threads = [threading.Thread(target=write, args=(tmp_path / str(n),)) for n in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    found = opened(tmp_path / "0", address, write=False)
    assert (wrong, list(found.read(0, found.size))) == ([], [one.leaf for one in said])


def test_a_reader_beside_a_writer_sees_what_is_there(tmp_path: Path, address: str) -> None:
    writer = made(tmp_path, address, 5)
    reader = opened(tmp_path, address, write=False)
    filled(writer, entries(300)[5:])
    sealed(writer)
    seen = (reader.size, reader.refresh(), reader.forest.root() == writer.forest.root())
    assert (seen, CheckedTiles(reader).root_at(77)) == ((5, 300, True), CheckedTiles(writer).root_at(77))


def test_a_reader_goes_on_after_its_connection_was_cut(tmp_path: Path, address: str) -> None:
    made(tmp_path, address, 5).close()
    reader = opened(tmp_path, address, write=False)
    cut(reader)
    assert list(reader.read(0, 5)) == [one.leaf for one in entries(5)]


def cut(store: Any) -> None:
    """End the session of a store on the server."""
    with store._recorder.datastore.get_connection() as found:
        pid = found.info.backend_pid
    with by_hand(store.address.url, "postgres") as owner:
        owner.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))


def cut_and_append(store: Any) -> None:
    """The next record, after the session was ended."""
    with store.writing():
        cut(store)
        store.append([entry(5, 2, 1)], 5)


def test_a_writer_whose_connection_was_cut_appends_nothing_without_the_lock(
    tmp_path: Path, address: str
) -> None:
    """The server let go of its lock, and another may hold it: the handle does not connect again by itself."""
    store = made(tmp_path, address, 5)
    with pytest.raises(UnknownOutcome, match="open the book again, then retry by the same ids"):
        cut_and_append(store)
    assert opened(tmp_path, address).size == 5


KILLED = """
import sys
from pathlib import Path
from ledger.store.open import store_folder
from tests.unit.store.test_contract import entries
store = store_folder(Path(sys.argv[1]), sys.argv[2]).open(write=True)
said = entries(20_000)
with store.writing():
    while True:
        store.append(said[store.size : store.size + 3], store.size)
        print(store.size, flush=True)
"""


def test_a_killed_writer_loses_nothing_it_acknowledged(tmp_path: Path, address: str) -> None:
    made(tmp_path, address, 0).close()
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(tmp_path), address], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        acknowledged = [int(process.stdout.readline()) for _ in range(15)]
        process.send_signal(signal.SIGKILL)
        acknowledged += [int(n) for n in process.communicate()[0].split("\n")[:-1]]
        store = opened(tmp_path, address)
        assert store.size >= max(acknowledged)
        assert list(store.read(0, store.size)) == [e.leaf for e in entries(store.size)]
        store.close()


# --- a standby that does not answer -------------------------------------------------------------------------


@pytest.fixture
def waiting(tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A store of five records whose commits now wait for a standby that never answers, for a fifth of a
    second.
    """
    made(tmp_path, address, 5).close()
    store = opened(tmp_path, address + WAITS)
    monkeypatch.setattr(connection, "COMMIT_WAIT_S", 0.2)
    return store


def test_a_commit_that_the_standby_did_not_confirm_is_not_acknowledged(tmp_path: Path, waiting: Any) -> None:
    """It is committed on the primary, where nothing can take it back; the head does not know it."""
    with pytest.raises(UnknownOutcome, match="does not know whether its standby has"), waiting.writing():
        waiting.append([entry(5, 2, 1)], 5)
    head = read_head(tmp_path / HEAD)
    assert (waiting.refresh(), head and head.size) == (6, 5)


def test_until_the_standby_has_it_the_outcome_stays_unknown(
    tmp_path: Path, address: str, waiting: Any
) -> None:
    """Whoever asks again is not told that the record is there, which is no answer; nor does the head move."""
    with pytest.raises(UnknownOutcome), waiting.writing():
        waiting.append([entry(5, 2, 1)], 5)
    waiting.close()
    for _ in range(2):
        with pytest.raises(UnknownOutcome, match="while earlier records were confirmed"):
            opened(tmp_path, address + WAITS)
    head = read_head(tmp_path / HEAD)
    assert head is not None
    assert head.size == 5


def test_once_the_standby_has_it_the_record_is_adopted(tmp_path: Path, address: str, waiting: Any) -> None:
    with pytest.raises(UnknownOutcome), waiting.writing():
        waiting.append([entry(5, 2, 1)], 5)
    waiting.close()
    again = opened(tmp_path, address)
    assert (again.size, read_head(tmp_path / HEAD)) == (6, Head(6, again.forest.root()))


@pytest.mark.parametrize("ended", ["pg_cancel_backend", "pg_terminate_backend"])
def test_a_wait_that_an_administrator_ends_is_not_acknowledged(
    tmp_path: Path, address: str, waiting: Any, monkeypatch: pytest.MonkeyPatch, ended: str
) -> None:
    """The server commits locally and warns, or closes the connection: the library would answer done, or ask again
    and find the id taken.
    """
    monkeypatch.setattr(connection, "COMMIT_WAIT_S", 60)

    def end() -> None:
        with by_hand(address, "postgres") as owner:
            query = f"SELECT {ended}(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name = %s"
            while not owner.execute(query, (NAME,)).fetchall():
                pass

    thread = threading.Thread(target=end)
    thread.start()
    with waiting.writing():
        waiting._call_session(NAME)
        with pytest.raises(UnknownOutcome):
            waiting.append([entry(5, 2, 1)], 5)
    thread.join()
    head = read_head(tmp_path / HEAD)
    assert (opened(tmp_path, address, write=False).size, head and head.size) == (6, 5)


def test_a_seal_that_the_standby_did_not_confirm_is_unknown(waiting: Any) -> None:
    with pytest.raises(UnknownOutcome, match="while sealing"):
        sealed(waiting)


# --- erasing ------------------------------------------------------------------------------------------------


def test_an_erased_section_is_in_no_page_of_the_table(tmp_path: Path, address: str, postgres: Server) -> None:
    """The file of the table is a new one; the others are in it."""
    rent, name = Section("commercial", b"s" * 16, b'{"rent":1}'), Section("personal", b"s" * 16, b'{"n":"A"}')
    store = filled(store_folder(tmp_path, address).create(), [entry(0, 0, 0, sections=(rent, name))])
    with store.writing():
        store.erase_all([(0, "commercial")])
    with by_hand(address, "postgres") as owner:
        owner.execute("CHECKPOINT")
        path = owner.execute("SELECT pg_relation_filepath('sections')").fetchone()[0]
    data = (postgres.folder / "data" / path).read_bytes()
    assert (rent.data in data, name.data in data, store.read_sections(0)) == (False, True, [name])


def test_an_erasure_waits_for_a_reader_and_then_names_it(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Section("commercial", b"s" * 16, b"{}")
    store = filled(store_folder(tmp_path, address).create(), [entry(0, 0, 0, sections=(kept,))])
    with by_hand(address, "wattledger") as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT FROM sections")
        with pytest.raises(Conflict, match="a reader holds the table of sections"), store.writing():
            store.erase_all([(0, "commercial")], wait=False)
    assert store.read_sections(0) == [kept]


# --- what cannot be used is told ----------------------------------------------------------------------------


def test_a_server_that_is_not_there_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UnknownOutcome, match="check that the server runs and can be reached"):
        store_folder(tmp_path, f"postgresql://wattledger@/x?host={tmp_path}").create()


def test_a_schema_that_was_not_made_is_told_with_the_command_that_makes_it(
    tmp_path: Path, postgres: Server
) -> None:
    with pytest.raises(Malformed, match=r"wattledger init --store '\S+schema=none' --sql \| psql"):
        store_folder(tmp_path, postgres.address("none")).create()


def test_a_schema_that_holds_a_log_takes_no_second_one(tmp_path: Path, address: str) -> None:
    made(tmp_path, address, 5).close()
    (tmp_path / "other").mkdir()
    with pytest.raises(Malformed, match="holds records already"):
        store_folder(tmp_path / "other", address).create()


def test_a_role_that_may_not_read_is_told(tmp_path: Path, address: str, postgres: Server) -> None:
    made(tmp_path, address, 1).close()
    with postgres.as_owner() as owner:
        owner.execute("DO $$BEGIN CREATE ROLE stranger LOGIN; EXCEPTION WHEN OTHERS THEN NULL; END$$")
    with pytest.raises(Malformed, match="the role stranger may not use the schema"):
        opened(tmp_path, address.replace("wattledger@", "stranger@"), write=False)


# --- the library's contract on our table --------------------------------------------------------------------


def test_the_library_selects_from_our_table(tmp_path: Path, address: str) -> None:
    recorder = made(tmp_path, address, 9)._recorder
    events = recorder.select_events("1", gt=0, lte=2, desc=True)
    notified = recorder.select_notifications(start=3, limit=2)
    assert (
        [(e.originator_version, e.state) for e in events],
        [(n.id, n.state) for n in notified],
        recorder.max_notification_id(),
    ) == (
        [(2, entries(9)[7].leaf), (1, entries(9)[4].leaf)],
        [(n, entries(9)[n].leaf) for n in (3, 4)],
        8,
    )


def test_events_without_index_and_id_cannot_be_inserted_around_the_port(tmp_path: Path, address: str) -> None:
    with pytest.raises(NotImplementedError):
        made(tmp_path, address, 1)._recorder.insert_events([])
