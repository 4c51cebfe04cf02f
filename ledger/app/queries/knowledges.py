"""One report at two knowledges: what ``diff`` answers, on the command line and over HTTP."""

from __future__ import annotations

from typing import Any, NamedTuple

from ledger.app.book.book import Book
from ledger.app.host.progress import Progress, no_progress
from ledger.app.queries import difference, log_view
from ledger.app.queries.difference import Difference
from ledger.app.queries.report_run import Question
from ledger.app.queries.typed import Typed
from projections.engine.report import Report
from projections.engine.table import Table


class Knowledges(NamedTuple):
    """A report as it was known and as it is known later, and what changed."""

    was: Table
    now: Table
    changes: tuple[Difference, ...]

    @property
    def sizes(self) -> tuple[int, int]:
        """Numbers of records known to each."""
        return self.was.known_at.size, self.now.known_at.size

    @property
    def notes_gone(self) -> list[str]:
        """Notes that the later one does not have."""
        return [note for note in self.was.notes if note not in self.now.notes]

    @property
    def notes_new(self) -> list[str]:
        """Notes that only the later one has."""
        return [note for note in self.now.notes if note not in self.was.notes]


def compared(
    book: Book,
    report: Report,
    typed: Typed,
    earlier: str,
    later: Question,
    progress: Progress = no_progress,
) -> Knowledges:
    """The report at two knowledges, both in the zone that the later one has. ``earlier`` is as typed,
    ``later`` the question with its own known-at.
    """
    after = typed.question(later, (report,))
    now = log_view.run_whole(book, report, after)
    before = typed.known_at(earlier, after.sites, now.table.tz)
    was = log_view.run_whole(book, report, after._replace(known_at=before, tz=now.table.tz))
    causes = difference.Causes(book, was.table.known_at.size, now.table.known_at.size)
    return Knowledges(was.table, now.table, tuple(difference.differences(report, was, now, causes, progress)))


def knowledges_json(found: Knowledges) -> dict[str, Any]:
    """For machines."""
    tables = found.was, found.now
    return {
        "report": found.now.report,
        "known_at": [table.known_at._asdict() for table in tables],
        "window": [{"start": table.start, "stop": table.stop, "tz": table.tz} for table in tables],
        "as_of": [table.as_of for table in tables],
        "differences": [difference.as_json(each) for each in found.changes],
        "notes_gone": found.notes_gone,
        "notes_new": found.notes_new,
    }
