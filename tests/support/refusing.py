"""Why a line of story text is not recorded."""

from __future__ import annotations

from ledger.app.book.book import Book, Said
from ledger.exchange import story


def problems(book: Book, text: str) -> list[str]:
    """The reasons for which lines are not recorded; the others are."""
    found = story.read(text.encode(), "line")
    outcome = book.record([Said(claim) for claim in found.claims])
    return [problem.message for problem in (*found.problems, *outcome.problems)]


def refused(book: Book, line: str) -> str:
    """The reason for which a line is not recorded; it is the only one."""
    (problem,) = problems(book, line)
    return problem


def recorded(book: Book, text: str) -> None:
    """Record story text, all of it."""
    found = problems(book, text)
    assert not found, found
