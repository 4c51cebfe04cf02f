"""Hypothetical facts on a copy, and the resulting changes of each report. The book is untouched.

The facts are decided by the rules as if they were claimed now, one after the other; then every report is
computed with and without them, over the same window, zone and as-of, the bulky ones only over a window that
was given. Without an as-of both see up to the last record known or the last hypothetical fact, whichever is
later. A site that the facts register is one more in every report, an open incident lists them, and they
restate issued reports.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from ledger import calendar
from ledger.app.book.book import Book, Said
from ledger.app.queries import report_run
from ledger.app.queries.difference import Difference, differences
from ledger.app.queries.difference import as_json as difference_json
from ledger.app.queries.explanation import At
from ledger.app.queries.log_view import BookLog, Supposed
from ledger.errors import Problem
from ledger.kinds import SiteRegistered
from ledger.records.envelope import Record
from ledger.records.wording import sentence
from projections.engine.fold import replay, superseded
from projections.engine.report import Report
from projections.reports.catalogue import REPORTS


class Changed(NamedTuple):
    """Changes in one report: cells, and notes that disappear and appear."""

    report: Report
    differences: tuple[Difference, ...]
    notes_gone: tuple[str, ...]
    notes_new: tuple[str, ...]


class Hypothesis(NamedTuple):
    """The records that the facts would become, the facts refused, and the resulting changes."""

    records: tuple[Record, ...]
    problems: tuple[Problem, ...]
    reports: tuple[Changed, ...]


def what_if(book: Book, said: Sequence[Said], question: report_run.Question) -> Hypothesis:
    """Every report with and without hypothetical facts."""
    supposed, problems = book.writer.suppose(said)
    return Hypothesis(supposed, problems, tuple(_changes(book, supposed, question)))


def _changes(book: Book, supposed: tuple[Record, ...], question: report_run.Question) -> Iterator[Changed]:
    known = report_run.known_at(book, None)
    registry = report_run.registry_at(book, known.size)
    if question.as_of is None and question.period is None and question.stop is None:
        last_s = max([report_run.last_s(known), *(calendar.instant_s(r.at) + 1 for r in supposed)])
        question = question._replace(as_of=calendar.format_instant(last_s))
    gone = report_run.gone_at(book, known.size)
    windowed = question.period is not None or question.start is not None
    kinds = (*(kind for report in REPORTS for kind in report.row_kinds), report_run.EXTENT)
    was = replay(book.records(0, known.size, read=book.read), kinds, gone=gone)
    now = replay(
        chain(book.records(0, known.size, read=book.read), supposed), kinds, gone=gone | superseded(supposed)
    )
    more = _with(registry, supposed)
    log = partial(
        BookLog, supposed=Supposed(supposed, frozenset(more.numbers.keys() - registry.numbers.keys()), now)
    )
    for report in (report for report in REPORTS if windowed or not report.bulky):
        before = report_run.answer(book, report, question, known, registry, was, BookLog)
        same = question._replace(tz=before.table.tz)
        after = report_run.answer(book, report, same, known, more, now, log)
        yield Changed(
            report,
            tuple(differences(report, before, after, Unnamed())),
            tuple(note for note in before.table.notes if note not in after.table.notes),
            tuple(note for note in after.table.notes if note not in before.table.notes),
        )


def _with(registry: report_run.Registry, supposed: Sequence[Record]) -> report_run.Registry:
    """The streams that are open, and those that hypothetical facts would open, with the zones of sites that
    they register.
    """
    opened = dict.fromkeys(record.stream for record in supposed if record.stream not in registry.numbers)
    sites = {record.place: record.body.tz for record in supposed if isinstance(record.body, SiteRegistered)}
    numbers = {stream: number for number, stream in enumerate(opened, start=len(registry.numbers))}
    return report_run.Registry({**registry.numbers, **numbers}, {**sites, **registry.zones})


class Unnamed:
    """Causes of a hypothetical change: the facts themselves, so no record of the log is named."""

    def of(self, was: Set[At], now: Set[At]) -> tuple[Record, ...]:
        """No records."""
        return ()

    def cited(self, was: set[int], now: set[int]) -> tuple[Record, ...]:
        """No records."""
        return ()


def as_json(found: Hypothesis) -> dict[str, Any]:
    """Everything, for machines."""
    return {
        "supposed": [
            {"id": record.id, "said": sentence(record.body), "kind": record.kind} for record in found.records
        ],
        "reports": [
            {
                "report": each.report.name,
                "differences": [difference_json(one) for one in each.differences],
                "notes_gone": list(each.notes_gone),
                "notes_new": list(each.notes_new),
            }
            for each in found.reports
        ],
    }
