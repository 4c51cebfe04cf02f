"""A book that hears stories at given times, for tests of what was known when."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ledger import calendar
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.host.clock import Seeded
from ledger.app.queries.log_view import run
from ledger.app.queries.report_run import Question
from ledger.exchange import story
from ledger.records.envelope import Record
from projections.engine.table import Table
from projections.reports.catalogue import BY_NAME


class Heard:
    """A book that hears stories at given times."""

    def __init__(self, place: Path) -> None:
        self.clock = Seeded("published", 0)
        self.book = Book.create(place, Config("example.com/published"), surroundings=self.clock)

    def at(self, instant: str, text: str) -> list[Record]:
        """What is recorded of a story that is heard at an instant; nothing of it is refused."""
        self.clock.time_us = calendar.instant_s(calendar.parse_instant(instant)) * 1_000_000
        reading = story.read(text.encode(), "story")
        outcome = self.book.record([Said(claim) for claim in reading.claims])
        assert not reading.problems
        assert not outcome.problems
        return [position.record for position in outcome.positions]

    def report(self, name: str, **asked: Any) -> Table:
        return run(self.book, BY_NAME[name], Question(**asked))


def cells(table: Table, *names: str) -> list[tuple[Any, ...]]:
    """Some columns of a report."""
    places = [[column.name for column in table.columns].index(name) for name in names]
    return [tuple(row[place] for place in places) for row in table.rows]
