"""Tokens as facts: granted, narrowed, revoked, expired."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ledger import kinds
from ledger.app.access import tokens
from ledger.app.access.last_use import FILE, LastUse, last_used
from ledger.app.book.book import Book
from ledger.app.cli.main import main
from ledger.app.host.clock import Machine, Seeded
from ledger.errors import Malformed, Refused
from tests.support.small_book import START_US, made

RANDOM = bytes(range(32))


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return made(tmp_path / "b", Seeded("tokens", START_US))


def granted(book: Book, name: str = "audit", role: str = "auditor", *words: str) -> tokens.Granted:
    return tokens.grant(book, name, role, words, 30, RANDOM)


def presented(book: Book, secret: str) -> tokens.Token | None:
    return tokens.presented(tokens.tokens(book), secret, tokens.today(book))


def test_a_secret_finds_its_token(book: Book) -> None:
    granted_token = granted(book)
    assert presented(book, granted_token.secret) == granted_token.token


def test_the_secret_is_nowhere_in_the_book(book: Book) -> None:
    secret = granted(book).secret.encode()
    book.checkpoint()
    assert not [path for path in book.directory.rglob("*") if path.is_file() and secret in path.read_bytes()]


def test_another_secret_finds_nothing(book: Book) -> None:
    granted(book)
    assert presented(book, "wl_" + "A" * 43) is None


def test_a_revoked_token_is_void_at_once(book: Book) -> None:
    secret = granted(book).secret
    tokens.revoke(book, "audit")
    assert presented(book, secret) is None


def test_a_token_is_good_through_the_day_on_which_it_expires(book: Book) -> None:
    token = granted(book).token
    days = ("2026-07-31", "2026-08-01")
    assert [tokens.is_void(token, {}, day) for day in days] == [None, "expired on 2026-07-31"]


@pytest.mark.parametrize("days", [0, 91])
def test_a_token_lasts_1_to_90_days(book: Book, days: int) -> None:
    """No record stands against another number: it is the call that is not well formed."""
    with pytest.raises(Malformed, match=f"1 to 90 days, not {days}"):
        tokens.grant(book, "audit", "auditor", (), days, RANDOM)


def test_a_name_is_granted_once(book: Book) -> None:
    granted(book)
    with pytest.raises(Refused, match="was granted by record"):
        granted(book)


def test_a_role_that_needs_a_scope_is_not_granted_without_it(book: Book) -> None:
    with pytest.raises(Malformed, match="needs county="):
        granted(book, "county", "commissioner")


def test_a_scope_names_only_what_is_there(book: Book) -> None:
    with pytest.raises(Malformed, match="s11"):
        granted(book, "audit", "auditor", "site=s11")


def test_the_same_export_within_a_second_is_on_record_once(book: Book) -> None:
    fact = kinds.ExportMade(token="audit", what="bundle of s1/grid")
    first, second = (book.record_own("ledger/access", fact) for _ in range(2))
    assert first == second


# --- last use -----------------------------------------------------------------------------------------------


def test_the_last_use_is_kept_to_the_minute(tmp_path: Path) -> None:
    service = LastUse(tmp_path)
    for instant in ("2026-07-01T09:59:59Z", "2026-07-01T10:00:31Z", "2026-07-01T09:00:00Z"):
        service.note("audit", instant)
    service.write()
    assert last_used(tmp_path) == {"audit": "2026-07-01T10:00:00Z"}


def test_two_services_of_a_book_add_up(tmp_path: Path) -> None:
    """One overwrites what the other has just kept; the other puts it back, and the later minute stays."""
    one, other = LastUse(tmp_path), LastUse(tmp_path)
    one.note("audit", "2026-07-01T10:00:00Z")
    one.write()
    other.note("county", "2026-07-01T10:05:00Z")
    (tmp_path / FILE).unlink()
    for service in (other, one, other):
        service.write()
    assert last_used(tmp_path) == {"audit": "2026-07-01T10:00:00Z", "county": "2026-07-01T10:05:00Z"}


@pytest.mark.parametrize("held", [b"", b"[1]", b'{"audit": 3}', b"\xff"])
def test_a_file_that_holds_something_else_is_as_none(tmp_path: Path, held: bytes) -> None:
    (tmp_path / FILE).write_bytes(held)
    assert last_used(tmp_path) == {}


def test_a_service_goes_on_where_the_last_use_cannot_be_kept(tmp_path: Path) -> None:
    service = LastUse(tmp_path / "gone")
    service.note("audit", "2026-07-01T10:00:00Z")
    service.write()
    assert service.known() == {"audit": "2026-07-01T10:00:00Z"}


# --- at the command line ------------------------------------------------------------------------------------


def told(book: Book, *words: str) -> Result:
    """A command of a book that nobody else has open."""
    return CliRunner().invoke(main, ["--book", str(book.directory), "token", *words, "--json"], obj={})


def test_the_command_line_narrows_lists_and_says_why(tmp_path: Path) -> None:
    """It has the machine's clock, so the token is granted today."""
    book = made(tmp_path / "b", Seeded("today", Machine().now_us()))
    granted(book, "audit", "auditor")
    use = LastUse(book.directory)
    use.note("audit", "2026-07-01T10:00:31Z")
    use.write()
    book.close()
    scope = ["--from", "2026-06-01", "--to", "2026-07-01"]
    told(book, "narrow", "audit", "june", *scope, "--days", "3", "--accept-clock")
    listed = {one["token"]: one for one in json.loads(told(book, "list").output)}
    why = json.loads(told(book, "why", "GET /sites/s1", "--name", "june").output)
    assert (listed["june"]["scope"], listed["audit"]["last_used"], why["needs"], why["sites"]) == (
        ["from=2026-06-01", "to=2026-07-01"],
        "2026-07-01T10:00:00Z",
        "reports",
        ["s1"],
    )


def test_a_token_that_is_not_there_is_told_with_those_that_are(book: Book) -> None:
    granted(book, "audit", "auditor")
    book.close()
    answer = told(book, "why", "GET /", "--name", "audti")
    assert (answer.exit_code, "no token is called 'audti'; did you mean audit?" in answer.output) == (2, True)


@pytest.mark.parametrize(
    ("words", "told_of"),
    [
        (("create", "county", "--role", "commissioner"), "a token of role commissioner needs --county"),
        (("narrow", "s1", "s2", "--site", "s2"), "--site s2 is outside the scope of the token s1"),
        (("narrow", "s1", "june", "--from", "june"), "--from is a date such as 2026-07-01: 'june'"),
    ],
)
def test_the_command_line_names_a_scope_by_its_options(
    tmp_path: Path, words: tuple[str, ...], told_of: str
) -> None:
    """The service names its words, ``county=``: whoever types a command has an option of that name."""
    book = made(tmp_path / "b", Seeded("today", Machine().now_us()))
    granted(book, "s1", "auditor", "site=s1")
    book.close()
    answer = told(book, *words, "--days", "3", "--accept-clock")
    assert told_of in answer.output
