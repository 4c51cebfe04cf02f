"""The check of a book in PostgreSQL: whatever a superuser changes is found and named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ledger.app.book.book import Book
from ledger.app.book.config import Config
from ledger.app.host.clock import Seeded
from ledger.app.host.progress import no_progress
from ledger.app.maintenance.fsck import check_book
from ledger.app.read_models.rebuild import rebuild
from ledger.errors import Tampered
from ledger.store.postgres.address import parsed
from tests.support.postgres import Server
from tests.support.small_book import SITE, START_US, incident, said


@pytest.fixture(scope="module")
def kept(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A book of three hundred records, sealed, and one more; and where its records are."""
    address, clock = postgres.new_schema(), Seeded("checked", START_US)
    folder = tmp_path_factory.mktemp("kept") / "b"
    with Book.create(folder, Config("example.com/b", address), surroundings=clock) as made:
        made.record(said(SITE))
        made.record([one for n in range(290) for one in incident(n)])
        made.checkpoint()
        made.record(incident(999))
    return folder, address


@pytest.fixture
def address(postgres: Server) -> str:
    return postgres.new_schema()


@pytest.fixture
def book(tmp_path: Path, address: str) -> Path:
    """A small book."""
    clock = Seeded("checked", START_US)
    with Book.create(tmp_path / "b", Config("example.com/b", address), surroundings=clock) as made:
        made.record(said(SITE))
    return tmp_path / "b"


@contextmanager
def owner(postgres: Server, address: str) -> Iterator[Any]:
    """A superuser in the book's schema, whom no trigger stops."""
    with postgres.as_owner() as found:
        found.execute(f"SET search_path = {parsed(address).schema}")
        found.execute("SET session_replication_role = replica")
        yield found


LAST = "(SELECT max(notification_id) FROM records)"
CHANGED = {
    "a record": ("UPDATE records SET state = state || ' ' WHERE notification_id = 40", "its bytes", 40),
    "the last record": (f"DELETE FROM records WHERE notification_id = {LAST}", "was acknowledged and is", -1),
    "a record between": ("DELETE FROM records WHERE notification_id = 40", "is missing", 40),
    "an id": (
        "UPDATE records SET id = '0123456789abcdef' WHERE notification_id = 40",
        "its bytes say id",
        40,
    ),
    "a kind": ("UPDATE records SET topic = 'os:system' WHERE notification_id = 40", "its bytes say kind", 40),
    "a seal": ("UPDATE seals SET note = 'x' WHERE size = 3", "is not a checkpoint", None),
    "a seal less": ("DELETE FROM seals WHERE size > 3", "the frontiers kept at the seal", None),
    "a hash": (
        "UPDATE tiles SET hashes = set_byte(hashes, 0, 1) WHERE level = 0",
        "differs from its hash",
        0,
    ),
    "frontiers": ("UPDATE frontiers SET data = 'x'", "the kept frontiers cannot be read", None),
}
TABLES = ("records", "seals", "tiles", "frontiers")


@pytest.mark.parametrize("what", CHANGED)
def test_what_a_superuser_changed_is_found_and_named(
    kept: tuple[Path, str], postgres: Server, what: str
) -> None:
    folder, address = kept
    statement, told, index = CHANGED[what]
    with owner(postgres, address) as found:
        for table in TABLES:
            found.execute(f"CREATE TEMP TABLE was_{table} AS TABLE {table}")
        ((last,),) = found.execute(f"SELECT {LAST}")
        found.execute(statement)
        findings = check_book(folder, no_progress)["findings"]
        for table in TABLES:
            found.execute(f"DELETE FROM {table}")
            found.execute(f"INSERT INTO {table} TABLE was_{table}")
    place = last if index == -1 else index
    assert [one for one in findings if told in one["what"] and place in (None, one["index"])]
    assert check_book(folder, no_progress)["findings"] == []


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DROP TRIGGER records_append_only ON records", "lacks records_append_only"),
        ("ALTER TABLE records DISABLE TRIGGER records_follow", "switched off records_follow"),
        (
            "CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
            "has function append_only as",
        ),
    ],
)
def test_what_keeps_history_append_only_is_looked_at(
    book: Path, postgres: Server, address: str, statement: str, told: str
) -> None:
    with owner(postgres, address) as found:
        found.execute(statement)
    assert [one for one in check_book(book, no_progress)["findings"] if told in one["what"]]


def test_a_role_with_more_rights_than_it_needs_is_noted(book: Path, postgres: Server, address: str) -> None:
    with owner(postgres, address) as found:
        found.execute("GRANT UPDATE ON seals TO wattledger")
    notices = [one["what"] for one in check_book(book, no_progress)["notices"]]
    assert [one for one in notices if "may change seals: log in as one that may only insert" in one]


def test_a_changed_record_is_not_reported_from(book: Path, postgres: Server, address: str) -> None:
    with owner(postgres, address) as found:
        found.execute("UPDATE records SET state = state || ' ' WHERE notification_id = 6")
    with pytest.raises(Tampered), Book.open(book, write=False) as opened:
        list(opened.records())


def test_a_role_that_may_only_select_reads_and_checks(book: Path, postgres: Server, address: str) -> None:
    """A folder of another machine: the settings and the head, and no key."""
    schema = parsed(address).schema
    with postgres.as_owner() as found:
        found.execute(
            "DO $$BEGIN CREATE ROLE wattledger_reader LOGIN; EXCEPTION WHEN OTHERS THEN NULL; END$$"
        )
        found.execute(f"GRANT USAGE ON SCHEMA {schema} TO wattledger_reader")
        found.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO wattledger_reader")
    folder = book.parent / "reader"
    folder.mkdir()
    settings = (book / "book.toml").read_text().replace("wattledger@", "wattledger_reader@")
    (folder / "book.toml").write_text(settings)
    (folder / "ledger.head").write_bytes((book / "ledger.head").read_bytes())
    with Book.open(folder, write=False) as here, Book.open(book, write=False) as there:
        assert rebuild(here).fingerprints == rebuild(there).fingerprints
    assert check_book(folder, no_progress)["findings"] == []
