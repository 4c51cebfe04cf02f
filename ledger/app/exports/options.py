"""Options of an export, in the words of the command line; None, empty or False = not given."""

from __future__ import annotations

from typing import NamedTuple

from ledger.app.book.book import Book
from ledger.app.queries.record_filter import Filter


class ExportOptions(NamedTuple):
    """The options of ``export``; each format takes some of them."""

    stream: str | None = None
    site: str | None = None
    start: str | None = None
    stop: str | None = None
    after: int | None = None
    sections: bool = False
    record: str | None = None
    since: int | None = None
    meter: str | None = None
    client: str | None = None

    def said(self) -> tuple[str, ...]:
        """The options that were given, as they are typed."""
        return tuple(typed(name) for name, value in self._asdict().items() if value not in (None, False, ()))

    def filter(self, book: Book) -> Filter:
        """The records that are wanted; ``Malformed`` for a stream, site or instant that cannot be."""
        return Filter.of(
            book,
            stream=self.stream,
            site=self.site,
            kinds=(),
            start=self.start,
            stop=self.stop,
            after=self.after,
            limit=None,
        )


def typed(name: str) -> str:
    """An option as it is typed: ``from`` for ``start``, ``to`` for ``stop``."""
    return {"start": "from", "stop": "to"}.get(name, name)
