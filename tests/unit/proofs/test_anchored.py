"""``verify --anchor``: what was sent away earlier tells of a rollback and of a second history."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ledger import calendar
from ledger.app.anchor.anchoring import anchor
from ledger.app.anchor.destinations import DESTINATIONS, destination
from ledger.app.book.book import Book
from ledger.app.book.config import Config
from ledger.app.cli.main import main
from ledger.app.host.clock import Seeded
from ledger.app.proofs.anchored import compare_book
from ledger.log.signing import Signer
from ledger.store.sqlite.store import DATABASE
from tests.support.alert_server import alert_server
from tests.support.small_book import said
from tests.support.syslog_server import syslog_server

NOW_US = calendar.rec_us("2026-06-10T00:00:00.000000Z")
SITE = "2026-06-01T04:00Z s{0} site-registered name=S county={1} state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[p{0}] site_class=training"
KINDS = {kind.name: kind for kind in DESTINATIONS}
FORMS = ("folder", "mailbox", "webhook", "syslog")


class Anchored:
    """A book, a copy of it after its first site, and what its checkpoints left in each destination."""

    def __init__(self, place: Path) -> None:
        self.place, self.book, self.older = place, place / "book", place / "older"
        (place / "folder").mkdir()
        settings = Config("example.com/anchored")
        with (
            alert_server() as hook,
            syslog_server() as log,
            Book.create(self.book, settings, surroundings=Seeded("a", NOW_US)) as book,
        ):
            addresses = {
                "folder": place / "folder",
                "mailbox": place / "mailbox",
                "webhook": hook.url,
                "syslog": log.place,
            }
            places = [destination(KINDS[name], str(at), True) for name, at in addresses.items()]
            for number in (1, 2):
                book.record(said(SITE.format(number, "C")))
                book.checkpoint()
                anchor(book, places)
                if number == 1:
                    shutil.copytree(self.book, self.older)
            self.key = str(book.seals.vkey())
            (place / "webhook").write_text("".join(json.dumps(body) + "\n" for body in hook.taken))
            (place / "syslog").write_bytes(b"\n".join(log.lines) + b"\n")

    def run(self, *words: object) -> Result:
        return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def anchored(tmp_path_factory: pytest.TempPathFactory) -> Anchored:
    return Anchored(tmp_path_factory.mktemp("anchored"))


@pytest.mark.parametrize("form", FORMS)
def test_a_book_goes_on_from_what_it_anchored(form: str, anchored: Anchored) -> None:
    """Read as each destination keeps it."""
    with Book.open(anchored.book, write=False) as book:
        found = compare_book(book, anchored.place / form, anchored.key)
    assert (found.code, found.compared) == (None, 2)


@pytest.mark.parametrize("form", FORMS)
def test_a_book_that_was_rolled_back_is_told(form: str, anchored: Anchored) -> None:
    """An older copy of it opens without a fault; only what left it knows more."""
    with Book.open(anchored.older, write=False) as book:
        found = compare_book(book, anchored.place / form, anchored.key)
    assert (found.code, found.compared) == ("rollback", 1)


@pytest.mark.parametrize("form", FORMS)
def test_a_second_history_is_told(form: str, anchored: Anchored, tmp_path: Path) -> None:
    """The older copy goes on with another second site, signed by the same key."""
    shutil.copytree(anchored.older, tmp_path / "fork")
    with Book.open(tmp_path / "fork", write=True, surroundings=Seeded("a", NOW_US + 10**9)) as book:
        for number in (2, 3):
            book.record(said(SITE.format(number, "Other")))
            book.checkpoint()
        found = compare_book(book, anchored.place / form, anchored.key)
    assert (found.code, found.compared) == ("fork", 1)


def test_the_command_says_so_and_exits_1(anchored: Anchored) -> None:
    words = ("--book", anchored.older, "verify", "--anchor", anchored.place / "folder", "--key", anchored.key)
    found = anchored.run(*words)
    assert (found.exit_code, json.loads(found.stdout.splitlines()[-1])["code"]) == (1, "rollback")


@pytest.fixture
def changed(anchored: Anchored, tmp_path: Path) -> Path:
    """A copy in which somebody changed one byte of a record, and left every tree as it was."""
    shutil.copytree(anchored.book, tmp_path / "changed")
    database = tmp_path / "changed" / DATABASE
    database.write_bytes(database.read_bytes().replace(b'["p2"]', b'["p9"]'))
    return tmp_path / "changed"


def test_a_record_that_somebody_changed_is_located(anchored: Anchored, changed: Path) -> None:
    """One byte of it, in the database alone: the stored trees still say what was anchored."""
    words = ("--book", changed, "verify", "--anchor", anchored.place / "folder", "--key", anchored.key)
    found = anchored.run(*words)
    with Book.open(anchored.book, write=False) as book:
        (index,) = [n for n, leaf in enumerate(book.reads.leaves(0, book.store.size)) if b'["p2"]' in leaf]
    verdict, why = found.stdout.splitlines()[:2]
    assert (found.exit_code, verdict, f"record {index} is not" in why) == (4, "FAILED: altered", True)


def test_a_key_that_is_none_is_a_slip_and_no_verdict(anchored: Anchored) -> None:
    """As with a bundle: nothing is said of the book."""
    found = anchored.run(
        "--book", anchored.book, "verify", "--anchor", anchored.place / "folder", "--key", "bad"
    )
    assert (found.exit_code, found.stdout, "name+hash+base64: 'bad'" in found.stderr) == (2, "", True)


def test_a_key_that_the_book_never_had_is_refused(anchored: Anchored) -> None:
    other = Signer("example.com/anchored", bytes(32)).vkey
    with Book.open(anchored.book, write=False) as book:
        assert compare_book(book, anchored.place / "folder", other).code == "unknown-key"


def test_an_anchor_that_somebody_changed_is_named(anchored: Anchored, tmp_path: Path) -> None:
    """The signature is wrong: it is no evidence, of either."""
    shutil.copytree(anchored.place / "folder", tmp_path / "folder")
    changed = next((tmp_path / "folder").iterdir())
    text = changed.read_text().splitlines()
    changed.write_text("\n".join([text[0], "9999", *text[2:]]) + "\n")
    found = anchored.run(
        "--book", anchored.book, "verify", "--anchor", tmp_path / "folder", "--key", anchored.key
    )
    assert (found.exit_code, changed.name in found.stderr) == (2, True)


def test_a_file_without_a_checkpoint_is_told(anchored: Anchored, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing\n")
    found = anchored.run(
        "--book", anchored.book, "verify", "--anchor", tmp_path / "notes.txt", "--key", anchored.key
    )
    assert (found.exit_code, "holds no checkpoint" in found.stderr) == (2, True)


# --- bundles ------------------------------------------------------------------------------------------------


def bundle(anchored: Anchored, book: Path, into: Path) -> Path:
    made = anchored.run("--book", book, "bundle", "--stream", "s1/grid", "-o", into)
    assert made.exit_code == 0, made.output
    return into


def verified(anchored: Anchored, file: Path, anchors: Path) -> tuple[int, str | None]:
    words = ("verify", file, "--key", anchored.key, "--stream", "s1/grid", "--anchor", anchors)
    found = anchored.run(*words)
    return found.exit_code, json.loads(found.stdout.splitlines()[-1])["code"]


def test_a_bundle_of_the_newest_anchored_checkpoint_is_verified(anchored: Anchored, tmp_path: Path) -> None:
    file = bundle(anchored, anchored.book, tmp_path / "b.zip")
    assert verified(anchored, file, anchored.place / "folder") == (0, None)


def test_a_bundle_of_an_older_copy_is_not_enough(anchored: Anchored, tmp_path: Path) -> None:
    """It may be an old bundle or a log that was rolled back: a newer one is asked for."""
    file = bundle(anchored, anchored.older, tmp_path / "b.zip")
    assert verified(anchored, file, anchored.place / "mailbox") == (3, "behind-anchor")


def test_a_bundle_of_a_second_history_fails(anchored: Anchored, tmp_path: Path) -> None:
    """Of the same size, with another root."""
    shutil.copytree(anchored.older, tmp_path / "fork")
    with Book.open(tmp_path / "fork", write=True, surroundings=Seeded("a", NOW_US + 10**9)) as book:
        book.record(said(SITE.format(2, "Other")))
        book.checkpoint()
    file = bundle(anchored, tmp_path / "fork", tmp_path / "b.zip")
    assert verified(anchored, file, anchored.place / "folder") == (1, "fork")
