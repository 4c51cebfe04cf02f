"""Queries of the log that reports may make beyond their rows, and every report run with them: the commands
call ``run`` and ``run_all``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cache, partial
from itertools import chain
from typing import Final, NamedTuple

from msgspec import UNSET

from ledger import calendar
from ledger.app.book.book import Book
from ledger.app.queries import attachments, explanation, parameters, report_run, subject
from ledger.app.queries.difference import Causes, differences
from ledger.app.queries.record_filter import Lines
from ledger.app.queries.report_run import Question, Registry, ReportRun
from ledger.app.queries.stream_timeline import StreamTimeline, TimelineScope
from ledger.calendar import Window, parse_instant
from ledger.errors import Malformed, named
from ledger.kinds import ReportIssued, SectionErased
from ledger.records.envelope import Record
from ledger.records.ids import binary_id
from projections.engine.fold import Rows
from projections.engine.report import Earlier, Report, Restated, TimelineRecord
from projections.engine.table import KnownAt, Table
from projections.render.provenance import content_sha256
from projections.reports.catalogue import BY_NAME


def run(book: Book, report: Report, question: Question) -> Table:
    """The report's table."""
    return run_whole(book, report, question).table


def run_whole(book: Book, report: Report, question: Question) -> ReportRun:
    """The report with its rows and its scope; attachments are read from the book where a format carries them."""
    question = subject.chosen(book, question)
    made = report_run.run_whole(book, report, question, BookLog)
    return made._replace(
        table=made.table._replace(
            attachments=lambda: attachments.records(book, report, made),
            subject=cache(lambda: subject.of_run(book, report, made)),
            explained=cache(lambda: explanation.explained(book, report, made, _line(book))),
        )
    )


def _line(book: Book) -> explanation.Line:
    """A record with its index, without its sections: a page may reach readers who may not see them."""
    lines = Lines(book, as_json=False)
    return lambda record: f"{record.index:,}  {lines.story(record, sections=False)}"


class Supposed(NamedTuple):
    """Hypothetical facts after all that is known: their records, the streams that they would open, and all
    rows with them.
    """

    records: tuple[Record, ...]
    opened: frozenset[str]
    rows: Rows


NOTHING: Final = Supposed((), frozenset(), {})


class BookLog:
    """A log as known at a size, for one report, with hypothetical facts if there are any."""

    def __init__(
        self,
        book: Book,
        report: Report,
        known: KnownAt,
        registry: Registry,
        supposed: Supposed = NOTHING,
    ) -> None:
        self._book, self._report, self._known, self._registry = book, report, known, registry
        self._supposed = supposed
        self._timeline: tuple[Sequence[str], StreamTimeline] | None = None  # of the streams asked for last

    def timeline(
        self,
        site: str,
        window: Window,
        ids: Sequence[str],
        sites: Sequence[str],
        incident: str | None = None,
        until_s: int | None = None,
        places: Collection[tuple[str, int]] = (),
    ) -> list[TimelineRecord]:
        """The records of a site with ``at`` in a window or about an incident, and those of some ids in the
        declared streams of ``sites``, superseded ones too, in order of (at, index).
        """
        declared = report_run.declared_streams(self._report, self._registry, (site,))
        own = [name for name in declared if name.partition("/")[0] == site]  # not a balancing authority's
        names = (*own, *(name for name in self._streams_of(ids, sites) if name not in own))
        if self._timeline is None or self._timeline[0] != names:
            self._timeline = names, StreamTimeline(self._records(names))
        start, stop = (calendar.format_instant(at_s) for at_s in window)
        until = stop if until_s is None else calendar.format_instant(until_s)
        asked = TimelineScope(own, start, stop, until, incident, frozenset(ids), ())
        return self._timeline[1].told(asked, places)

    def _records(self, names: Sequence[str]) -> Iterator[Record]:
        """The records of some streams, with the hypothetical ones."""
        kept = [name for name in names if name not in self._supposed.opened]
        more = (record for record in self._supposed.records if record.stream in names)
        return chain(report_run.records_of(self._book, self._registry, kept, self._known.size), more)

    def earlier(self, words: str, sites: Sequence[str]) -> Earlier:
        """An earlier knowledge, by a record count or an instant."""
        names = report_run.declared_streams(self._report, self._registry, sites)
        records = list(report_run.records_of(self._book, self._registry, names, self._known.size))
        if words.isdecimal():
            size = int(words[: report_run.SIZE_DIGITS])
            if len(words) > report_run.SIZE_DIGITS or not 1 <= size <= self._known.size:
                raise Malformed(
                    f"beside must be from 1 to {self._known.size}, the records that the report knows: {words!r}"
                )
            before = [record for record in records if record.index < size]
        else:
            with named("beside"):
                limit = parse_instant(words).removesuffix("Z") + ".000000Z"
            before = [record for record in records if record.rec <= limit]
            size = max((record.index + 1 for record in before), default=0)
        if not before:
            raise Malformed(f"beside: nothing that the report reads was known then: {words!r}")
        last = max(before, key=lambda record: record.index)
        known = KnownAt(size, "", last.rec)  # a bundle has no root of an earlier size, and none is shown
        registry = report_run.registry_at(self._book, size)
        names = report_run.declared_streams(self._report, registry, sites)
        rows = report_run.rows_of(self._book, registry, names, size, self._report.row_kinds)
        log = BookLog(self._book, self._report, known, registry)
        return Earlier(size, report_run.last_s(known), rows, log)

    def _streams_of(self, ids: Sequence[str], sites: Sequence[str]) -> list[str]:
        """The declared streams of some sites that hold records of these ids, sorted."""
        declared = report_run.declared_streams(self._report, self._registry, sites)
        indexes = self._book.store.indexes(map(binary_id, ids)).values()
        found = {self._book.record_at(index).stream for index in indexes if index < self._known.size}
        return sorted(found.intersection(declared))

    def restated(self, issued: ReportIssued, later: int | None) -> list[Restated]:
        """Parts of an issued report that differ at a later size of the log."""
        why = _cannot(issued)
        if why is not None:
            return [Restated(None, None, None, None, None, (), why)]
        report = BY_NAME[issued.report]
        try:
            question = _question(self._book, issued)
        except Malformed as missing:
            return [Restated(None, None, None, None, None, (), str(missing))]
        if issued.sha256 is None:
            why = self._erased_since(report, question, issued.known_at) or (
                "its hash is in a section that is not held here, so it cannot be compared"
            )
            return [Restated(None, None, None, None, None, (), why)]
        was = run_whole(self._book, report, question)
        if content_sha256(was.table) != issued.sha256:
            why = self._erased_since(report, question, issued.known_at) or _another(issued)
            return [Restated(None, None, None, None, None, (), why)]
        size = self._known.size if later is None else later
        now = self._now(report, question._replace(known_at=str(size)), supposing=later is None)
        causes = Causes(self._book, issued.known_at, size)
        return [
            Restated(
                each.row,
                each.column.name,
                each.was,
                each.now,
                each.change,
                tuple(r.index for r in each.caused_by),
            )
            for each in differences(report, was, now, causes)
        ]

    def _now(self, report: Report, question: Question, *, supposing: bool) -> ReportRun:
        if not (supposing and self._supposed.records):
            return run_whole(self._book, report, question)
        log = partial(BookLog, supposed=self._supposed)
        return report_run.answer(
            self._book, report, question, self._known, self._registry, self._supposed.rows, log
        )

    def _erased_since(self, report: Report, question: Question, size: int) -> str | None:
        """Reason why a report issued at a size cannot be made again, where a section that it may have read
        was erased since.
        """
        registry = report_run.registry_at(self._book, size)
        names = report_run.declared_streams(report, registry, question.sites or registry.sites)
        records = chain.from_iterable(self._book.stream_records(registry.numbers[name]) for name in names)
        erasures = (r.index for r in records if r.index >= size and isinstance(r.body, SectionErased))
        first = min(erasures, default=None)
        return None if first is None else f"not reproducible, section erased (record {first})"


def _another(issued: ReportIssued) -> str:
    """Reason given where a report made again differs; a hash that can be erased is not printed where it would
    stay."""
    said = "one" if issued.content_sha256 is UNSET else f"{issued.content_sha256[:16]}..."
    return f"made again it has another hash than the {said} that was recorded"


def _cannot(issued: ReportIssued) -> str | None:
    """Reason why an issued report cannot be made again here; None where it can."""
    report = BY_NAME.get(issued.report)
    if report is None:
        return f"this version has no report {issued.report!r}"
    if report.definition_version != issued.definition_version:
        return (
            f"it was made by definition {issued.definition_version}, this version has"
            f" {report.definition_version}"
        )
    if issued.tzdata != calendar.tzdata_release():
        return f"it was made with tz database {issued.tzdata}, this version has {calendar.tzdata_release()}"
    return None


def _question(book: Book, issued: ReportIssued) -> Question:
    said = [text.split("=", 1) for text in issued.filters]
    sites, blocks = (tuple(value for key, value in said if key == name) for name in ("site", "block"))
    return Question(
        start=None if issued.start is UNSET else issued.start,
        stop=None if issued.stop is UNSET else issued.stop,
        tz=issued.tz,
        as_of=issued.as_of,
        known_at=str(issued.known_at),
        sites=sites,
        blocks=blocks,
        said=parameters.said_again(book.directory, said),
    )
