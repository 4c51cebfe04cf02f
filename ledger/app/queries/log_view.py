"""What reports may ask of the log beyond their rows, and every report run with it: the commands call ``run``
and ``run_all``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from itertools import chain
from typing import Final, NamedTuple

from msgspec import UNSET

from ledger import calendar
from ledger.app.book.book import Book
from ledger.app.queries import attachments, parameters, report_run, subject
from ledger.app.queries.difference import Causes, differences
from ledger.app.queries.moment import steps
from ledger.app.queries.report_run import Question, Registry, ReportRun
from ledger.errors import Malformed
from ledger.kinds import BY_TAG, ReportIssued, SectionErased
from ledger.records.envelope import Record
from ledger.records.ids import binary_id
from ledger.records.wording import sentence
from projections.engine.fold import Rows, effective, superseded
from projections.engine.report import Report, Restated, TimelineRecord
from projections.engine.table import KnownAt, Table
from projections.render.provenance import content_sha256
from projections.reports.catalogue import BY_NAME


def run(book: Book, report: Report, question: Question) -> Table:
    """The report's table."""
    return run_whole(book, report, question).table


def run_whole(book: Book, report: Report, question: Question) -> ReportRun:
    """The report with its rows and its scope; what it attaches is read from the book where a format carries
    it.
    """
    question = subject.chosen(book, question)
    made = report_run.run_whole(book, report, question, BookLog)
    return made._replace(
        table=made.table._replace(
            attachments=lambda: attachments.records(book, report, made),
            subject=cache(lambda: subject.of_run(book, report, made)),
        )
    )


class Supposed(NamedTuple):
    """Hypothetical facts after all that is known: their records, the streams that they would open, and all
    rows with them.
    """

    records: tuple[Record, ...]
    opened: frozenset[str]
    rows: Rows


NOTHING: Final = Supposed((), frozenset(), {})


class BookLog:
    """A log as known at a size, for one report; with what is supposed, as it would be."""

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

    def timeline(
        self, site: str, start_s: int, stop_s: int, ids: Sequence[str], sites: Sequence[str]
    ) -> list[TimelineRecord]:
        """The standing records of a site with ``at`` in [start_s, stop_s), and those of some ids in the
        declared streams of ``sites``, in order.
        """
        declared = report_run.declared_streams(self._report, self._registry, (site,))
        own = [name for name in declared if name.partition("/")[0] == site]  # not a balancing authority's
        names = (*own, *(name for name in self._streams_of(ids, sites) if name not in own))
        size = self._known.size
        kept = [name for name in names if name not in self._supposed.opened]
        more = [record for record in self._supposed.records if record.stream in names]
        standing = effective(
            chain(report_run.records_of(self._book, self._registry, kept, size), more),
            report_run.gone_at(self._book, size) | superseded(more),
        )
        stop, wanted = calendar.format_instant(stop_s), frozenset(ids)
        records = sorted(
            (r for r in standing if r.at < stop or r.id in wanted), key=lambda r: (r.at, r.index)
        )
        start = calendar.format_instant(start_s)
        return [
            _seen(step.record, step.about, None if step.after is None else step.after.words)
            for step in steps(records)
            if (step.record.stream in own and start <= step.record.at < stop) or step.record.id in wanted
        ]

    def _streams_of(self, ids: Sequence[str], sites: Sequence[str]) -> list[str]:
        """The declared streams of some sites that hold records of these ids, sorted."""
        declared = report_run.declared_streams(self._report, self._registry, sites)
        indexes = self._book.store.indexes(map(binary_id, ids)).values()
        found = {self._book.record_at(index).stream for index in indexes if index < self._known.size}
        return sorted(found.intersection(declared))

    def restated(self, issued: ReportIssued, later: int | None) -> list[Restated]:
        """What of an issued report is another at a later size of the log."""
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
        """Why a report issued at a size cannot be made again, where a section that it may have read was
        erased since.
        """
        registry = report_run.registry_at(self._book, size)
        names = report_run.declared_streams(report, registry, question.sites or registry.sites)
        records = chain.from_iterable(self._book.stream_records(registry.numbers[name]) for name in names)
        erasures = (r.index for r in records if r.index >= size and isinstance(r.body, SectionErased))
        first = min(erasures, default=None)
        return None if first is None else f"not reproducible, section erased (record {first})"


def _another(issued: ReportIssued) -> str:
    """That a report made again is another; a hash that can be erased is not printed where it would stay."""
    said = "one" if issued.content_sha256 is UNSET else f"{issued.content_sha256[:16]}..."
    return f"made again it has another hash than the {said} that was recorded"


def _cannot(issued: ReportIssued) -> str | None:
    """Why an issued report cannot be made again here; None where it can."""
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


def _seen(record: Record, about: str, state: str | None) -> TimelineRecord:
    source = record.source
    evidence = None if source is UNSET else source.sha256 or source.ref or source.name
    return TimelineRecord(
        record.at,
        record.rec,
        record.stream,
        BY_TAG[record.kind].name,
        record.id,
        record.index,
        sentence(record.body, sections=False),  # a timeline follows from leaves alone, and shows no secrets
        about,
        state,
        evidence,
    )
