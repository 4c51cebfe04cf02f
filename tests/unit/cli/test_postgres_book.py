"""A book in PostgreSQL as its users meet it: made, written, read, served, copied, and refused in words."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from ledger.app.book.book import Book
from ledger.app.book.config import Config
from ledger.app.cli.main import main
from ledger.app.host.clock import Seeded
from ledger.store.open import schema_script
from tests.support.postgres import Server
from tests.support.serving import API, NOW_US, serving
from tests.support.small_book import SITE, said


def told(*words: str | Path) -> Result:
    """What the program says."""
    return CliRunner().invoke(main, [str(word) for word in words])


def answer(book: Path, *words: str) -> Any:
    done = told("--json", "--book", book, *words)
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


@pytest.fixture
def book(tmp_path: Path, postgres: Server) -> Path:
    """A book with a site, in a new schema."""
    path = tmp_path / "book"
    made = told("--book", path, "init", "--origin", "example.com/pg", "--store", postgres.new_schema())
    assert made.exit_code == 0, made.output
    (tmp_path / "site.story").write_text(SITE)
    assert told("--book", path, "record", tmp_path / "site.story").exit_code == 0
    return path


def test_what_an_administrator_runs_in_psql_is_what_init_needs(tmp_path: Path, postgres: Server) -> None:
    """The role is made with the schema where it is not there."""
    address = postgres.address("by_psql", "by_psql_role")
    script = told("init", "--store", address, "--sql").output
    psql = ["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-h", str(postgres.folder), "-U", "postgres", "postgres"]
    subprocess.run(psql, input=script.encode(), check=True, capture_output=True)
    made = told("--book", tmp_path / "b", "init", "--store", address)
    assert made.exit_code == 0, made.output


def test_a_book_in_a_server_is_sound_and_names_where_its_records_are(book: Path) -> None:
    status, found = answer(book, "status"), answer(book, "fsck")
    assert (status["size"], status["backend"][:24], found["findings"]) == (10, "postgresql://wattledger@", [])


def test_its_folder_keeps_what_is_not_in_the_server(book: Path) -> None:
    names = {path.name for path in book.iterdir()}
    assert names == {"book.toml", "ledger.head", "ledger.key", "ledger.key.signed", "rowcache.db"}


def test_a_backup_is_a_book_of_its_own(book: Path, tmp_path: Path) -> None:
    """It holds the records, not where they were: it restores without the server."""
    assert told("--book", book, "backup", tmp_path / "b.zip").exit_code == 0
    assert told("--book", tmp_path / "again", "restore", tmp_path / "b.zip").exit_code == 0
    here, there = answer(book, "status"), answer(tmp_path / "again", "status")
    assert (there["backend"], there["root"]) == ("sqlite", here["root"])


def test_nothing_is_restored_over_a_new_book_in_a_server(
    book: Path, tmp_path: Path, postgres: Server
) -> None:
    told("--book", book, "backup", tmp_path / "b.zip")
    told("--book", tmp_path / "new", "init", "--origin", "example.com/pg", "--store", postgres.new_schema())
    done = told("--book", tmp_path / "new", "restore", tmp_path / "b.zip")
    assert (done.exit_code, "restore into a new folder" in done.output) == (2, True)


def test_copied_to_a_file_it_has_the_same_root_and_its_key_stays(book: Path, tmp_path: Path) -> None:
    done = answer(book, "copy", str(book), str(tmp_path / "file"))
    assert (done["root"], (tmp_path / "file" / "ledger.key").exists()) == (
        answer(book, "status")["root"],
        False,
    )


def test_an_archive_goes_into_a_server_with_the_same_root(
    book: Path, tmp_path: Path, postgres: Server
) -> None:
    """From one server to plain files, and from these into another schema."""
    told("--book", book, "checkpoint")
    done = answer(book, "archive", str(tmp_path / "archive"))
    there = answer(
        book, "copy", str(tmp_path / "archive"), str(tmp_path / "b"), "--store", postgres.new_schema()
    )
    assert (done["root"], there["root"]) == (answer(book, "status")["root"],) * 2


def test_a_copy_into_a_book_is_refused(book: Path) -> None:
    done = told("copy", book, book)
    assert (done.exit_code, "is a book already: copy into a new folder" in done.output) == (2, True)


@pytest.mark.parametrize(
    "address",
    ["postgresql://w:secret@db/x", "postgresql://w@db/x?password=secret", "postgres://db", "mysql://db"],
)
def test_an_address_that_cannot_be_kept_in_book_toml_is_refused(tmp_path: Path, address: str) -> None:
    """The secret is not repeated either."""
    done = told("--book", tmp_path / "b", "init", "--store", address)
    assert (done.exit_code, "secret" in done.output, (tmp_path / "b").exists()) == (2, False, False)


def test_a_schema_that_is_not_there_leaves_no_half_made_book(tmp_path: Path, postgres: Server) -> None:
    done = told("--book", tmp_path / "b", "init", "--store", postgres.address("nowhere"))
    assert (done.exit_code, "--sql | psql" in done.output, list(tmp_path.glob("b/*"))) == (2, True, [])


def test_a_schema_of_another_book_leaves_no_half_made_book(tmp_path: Path, book: Path) -> None:
    address = answer(book, "status")["backend"]
    done = told("--book", tmp_path / "b", "init", "--store", address)
    assert (done.exit_code, "holds records already" in done.output, list(tmp_path.glob("b/*"))) == (
        2,
        True,
        [],
    )


def test_init_that_was_killed_is_run_again(tmp_path: Path, postgres: Server, monkeypatch: Any) -> None:
    """The first records were in the server and nothing was signed: they are made anew, by the same key."""
    from ledger.app.book.seals import Seals

    address = postgres.new_schema()
    with monkeypatch.context() as killing:
        killing.setattr(Seals, "seal", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        told("--book", tmp_path / "b", "init", "--store", address)
    key = (tmp_path / "b" / "ledger.key").read_bytes()
    done = told("--book", tmp_path / "b", "init", "--store", address)
    assert (done.exit_code, (tmp_path / "b" / "ledger.key").read_bytes()) == (0, key)


def test_without_psycopg_it_is_told_what_to_install(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['psycopg'] = None;"
        "from ledger.store.open import store_folder; from pathlib import Path;"
        "store_folder(Path('.'), 'postgresql://w@db/x')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "pip install 'wattledger[postgres]'" in done.stderr


def test_a_served_book_goes_on_when_its_connections_were_cut(tmp_path: Path, postgres: Server) -> None:
    """The writer's call ends with an unknown outcome; asked again by the same id it is there once."""
    settings = Config("example.com/served", postgres.new_schema())
    with Book.create(tmp_path / "b", settings, surroundings=Seeded("served", NOW_US)) as book:
        book.record(said(SITE))
    with serving(tmp_path / "b") as served, served.client() as client:
        first = posted(client, "i1")
        with postgres.as_owner() as owner:
            owner.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name LIKE"
                " 'wattledger serve%'"
            )
        assert (first, posted(client, "i2"), posted(client, "i2")) == (201, 503, 201)


def test_the_service_names_the_backend_and_not_where_it_is(tmp_path: Path, postgres: Server) -> None:
    settings = Config("example.com/served", postgres.new_schema())
    Book.create(tmp_path / "b", settings, surroundings=Seeded("served", NOW_US)).close()
    with serving(tmp_path / "b") as served, served.client() as client:
        assert client.get(f"{API}/status").json()["backend"] == "postgresql"


def posted(client: httpx.Client, incident: str) -> int:
    """The status of one fact sent."""
    fact = f"2026-06-04T00:00Z s1 incident-opened incident={incident} summary=x\n"
    return client.post(f"{API}/records", content=fact, headers={"content-type": "text/plain"}).status_code


def test_the_sql_for_a_book_in_a_file_is_refused() -> None:
    done = told("init", "--sql")
    assert (done.exit_code, "SQLite needs none" in done.output) == (2, True)


def test_names_of_roles_are_quoted() -> None:
    assert '"a ""b""\'s"' in schema_script("postgresql://a%20%22b%22's@db/x")
