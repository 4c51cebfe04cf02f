"""A holder makes a token for less of a token."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.app.access import narrowing, tokens
from ledger.app.book.book import Book
from ledger.app.host.clock import Seeded
from ledger.errors import Refused
from tests.support.small_book import START_US, made

RANDOM = bytes(range(32))


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return made(tmp_path / "b", Seeded("tokens", START_US))


def granted(book: Book, name: str = "audit", role: str = "auditor", *words: str) -> tokens.Granted:
    return tokens.grant(book, name, role, words, 30, RANDOM)


def test_a_narrowed_token_keeps_the_scope_it_was_narrowed_from(book: Book) -> None:
    parent = granted(book, "audit", "auditor", "site=s1").token
    less = narrowing.narrow(book, parent, "less", ("stream=s1/grid",), 5, b"x" * 32).token
    assert less.words() == ("site=s1", "stream=s1/grid")


def test_nothing_is_narrowed_to_more(book: Book) -> None:
    parent = granted(book, "audit", "auditor", "stream=s1/grid").token
    with pytest.raises(Refused, match="outside the scope of the token audit"):
        narrowing.narrow(book, parent, "more", ("stream=s1/community",), 5, b"x" * 32)


def test_a_narrowed_token_ends_no_later(book: Book) -> None:
    parent = granted(book).token
    with pytest.raises(Refused, match="ask for at most 30 days"):
        narrowing.narrow(book, parent, "less", (), 31, b"x" * 32)


def test_a_narrowed_token_is_void_with_its_parent(book: Book) -> None:
    parent = granted(book).token
    less = narrowing.narrow(book, parent, "less", (), 5, b"x" * 32)
    tokens.revoke(book, "audit")
    assert tokens.presented(tokens.tokens(book), less.secret, tokens.today(book)) is None


@pytest.mark.parametrize(
    ("revoked", "why"),
    [
        pytest.param("less", "^the token less is void.*: revoked by record", id="the token itself"),
        pytest.param("audit", "the token audit that it was narrowed from: revoked", id="its parent"),
    ],
)
def test_nothing_is_narrowed_from_a_void_token(book: Book, revoked: str, why: str) -> None:
    """It would be void from its first second, and whoever it is handed to would learn that from a 401."""
    less = narrowing.narrow(book, granted(book).token, "less", (), 5, b"x" * 32).token
    tokens.revoke(book, revoked)
    with pytest.raises(Refused, match=why):
        narrowing.narrow(book, tokens.tokens(book)[less.name], "least", (), 5, b"y" * 32)


@pytest.mark.parametrize(
    ("role", "scope", "word"),
    [
        pytest.param("auditor", ("site=s1",), "stream=s2/grid", id="a stream of another site"),
        pytest.param("auditor", ("site=s1",), "stream=nowhere/grid", id="a stream that is not there"),
        pytest.param("auditor", ("stream=s1/grid",), "site=nowhere", id="a site that is not there"),
        pytest.param(
            "auditor", ("site=s1",), "stream=ledger/access", id="a stream that the role does not read"
        ),
    ],
)
def test_what_a_holder_may_not_read_is_refused_as_what_is_not_there(
    book: Book, role: str, scope: tuple[str, ...], word: str
) -> None:
    """A token that reads nothing would be granted and puzzle whoever gets it; another answer for what exists
    would tell the holder what does.
    """
    parent = granted(book, "audit", role, *scope).token
    with pytest.raises(Refused, match=f"^{word} is outside the scope of the token audit$"):
        narrowing.narrow(book, parent, "less", (word,), 5, b"x" * 32)
