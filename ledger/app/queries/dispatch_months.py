"""How the dispatches of each month were answered: the first thing that a utility asks.

It says nothing of its own: each dispatch is judged by ``dispatch-performance``, and counted in the month in which
it began on the clocks of that report. Counted are those that a program called. A dispatch is answered if it was
acknowledged or its target was reached, and under target if it did not pass.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from ledger import calendar
from ledger.app.book.book import Book
from ledger.app.queries import log_view, report_run
from ledger.app.queries.report_run import Question
from projections.engine.words import counted

REPORT: Final = "dispatch-performance"
YEAR_S: Final = 366 * 86_400
MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class DispatchMonth(NamedTuple):
    """A month such as ``2026-07`` with numbers of dispatches: called, answered, under target, and not judged."""

    month: str
    called: int
    answered: int
    under: int
    unjudged: int

    @property
    def named(self) -> str:
        """``July 2026``."""
        year, _, month = self.month.partition("-")
        return f"{MONTHS[int(month) - 1]} {year}"

    @property
    def verdict(self) -> str:
        """The answer in a sentence."""
        told = f"{self.answered} of {counted(self.called, 'dispatch', 'dispatches')} answered in {self.named}"
        rest = [f"{self.under} under target"] + (
            [f"{self.unjudged} cannot be judged"] if self.unjudged else []
        )
        return f"{told}; {', '.join(rest)}."


def dispatch_months(book: Book, at: str, known: str) -> list[DispatchMonth]:
    """The months of the year before an instant in which a program called, the newest first."""
    start = calendar.format_instant(max(0, calendar.instant_s(at) - YEAR_S))
    question = Question(start=start, stop=at, as_of=at, known_at=known)
    table = log_view.run(book, report_run.report_named(REPORT), question)
    names, zone = [column.name for column in table.columns], calendar.zone(table.tz)
    by_month: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in table.rows:
        line: dict[str, Any] = dict(zip(names, row, strict=True))
        if line["program"] is not None and line["interval"] is None:
            day = calendar.local_date(calendar.instant_s(line["start"]), zone)
            by_month[f"{day:%Y-%m}"].append(line)
    return [_month(month, by_month[month]) for month in sorted(by_month, reverse=True)]


def _month(month: str, lines: list[Mapping[str, Any]]) -> DispatchMonth:
    answered = sum(line["ack_s"] is not None or line["response_s"] is not None for line in lines)
    passed = [line["passed"] for line in lines]
    return DispatchMonth(month, len(lines), answered, passed.count(False), passed.count(None))
