"""Typed input, resolved beside the book: instants and periods as people write them become stored ones, in the
zone of the sites in question, and an unknown name is refused with the nearest that exist.

Everything below takes stored forms only, so a report can be made again from its recorded question at any
time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ledger import calendar
from ledger.app.book.book import Book
from ledger.app.queries import report_run, subject
from ledger.app.queries.registry import Registry, registry_at, times_of
from ledger.app.queries.report_run import Question
from ledger.errors import Malformed, named, nearest, no_such
from ledger.exchange.everyday_times import DAYS, NOW
from projections.engine.fold import RowKind
from projections.engine.report import Report
from projections.rows.blocks import BLOCK
from projections.rows.incidents import INCIDENT
from projections.rows.meters import METER
from projections.rows.programs import PROGRAM

NAMED: Final = {"block": BLOCK, "incident": INCIDENT, "meter": METER, "program": PROGRAM}
"""The rows of the things that options name."""


class Typed:
    """Reads the options of one call beside its book; ``times`` remembers how instants were read."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._registry = registry_at(book, book.store.size)
        self.times = times_of(book, self._registry)

    # --- instants -------------------------------------------------------------------------------------------

    def instant(self, name: str, text: str, places: Sequence[str], tz: str | None = None) -> str:
        """An instant in a zone, or in the one that the places share."""
        with named(f"--{name}"):
            return self.times.instant_in(text, tz or self._zone(self._registry, places), f"--{name}")

    def row_instant(self, text: str, site: str) -> str:
        """An instant in a row of a file, on the clocks of its site, else of the one zone that all sites
        share.
        """
        return self.times.instant_in(text, self._zone(self._registry, [site] if site else []), site)

    def end(self, name: str, text: str | None, places: Sequence[str], tz: str | None = None) -> str | None:
        """An end of a window: an instant, or a date, which means its first instant."""
        if text is None:
            return None
        if calendar.is_date(text):
            report_run.moment(f"--{name}", text, tz or report_run.UTC)  # before it is told how it is read
            return text
        if text in DAYS:
            tz = tz or self._zone(self._registry, places) or report_run.UTC
            return self.times.date_in(text, tz, f"--{name}")
        return self.instant(name, text, places, tz)

    def known_at(self, text: str | None, places: Sequence[str], tz: str | None = None) -> str | None:
        """A known-at: a size of the log unchanged, an instant in its stored form, a date as its first instant
        (in UTC where the places are in several zones).
        """
        if text is None or text.isdecimal():
            return text
        found = self.end("known-at", text, places, tz)
        if found is not None and calendar.is_date(found):
            tz = tz or self._zone(self._registry, places) or report_run.UTC
            return self.times.day_start_in(found, tz, "--known-at")
        return str(self._book.store.size) if text == NOW else found  # records of this very second too

    def filter(self, options: dict[str, Any]) -> None:
        """Resolve the options of a filter of records in place: ``start``, ``stop`` and ``known``."""
        self.check_near(options)
        place = options.get("site") or (options.get("stream") or "").partition("/")[0]
        places = [place] if place else []
        for field, name in (("start", "from"), ("stop", "to")):
            options[field] = self.end(name, options[field], places)
        if "known" in options:
            options["known"] = self.known_at(options["known"], places)

    def question(self, question: Question, reports: Sequence[Report] = ()) -> Question:
        """The question with stored instants, and with existing names where the reports need them."""
        known = self.known_at(question.known_at, question.sites, question.tz)
        size = report_run.known_at(self._book, known).size
        registry = registry_at(self._book, size)
        question = subject.chosen(self._book, question._replace(known_at=known))
        sites = report_run.sites_of(registry, question.sites)
        self._check_names(registry, size, sites, question, reports)
        tz = question.tz or self._zone(registry, question.sites)
        if question.tz is not None:
            with named("--tz"):
                calendar.zone(question.tz)
        found = question._replace(
            known_at=known,
            start=self.end("from", question.start, question.sites, tz),
            stop=self.end("to", question.stop, question.sites, tz),
            as_of=self.end("as-of", question.as_of, question.sites, tz),
        )
        if question.period is not None:
            if not calendar.is_period(question.period):
                found = self._in_period(found, tz or report_run.UTC)
            else:
                with named("--period"):  # before anything is told of how it is read
                    window = calendar.period(question.period, calendar.zone(tz or report_run.UTC))
                    calendar.in_range(window, question.period)
        self._tell_zone(question, sites, registry)
        return found

    def _tell_zone(self, question: Question, sites: Sequence[str], registry: Registry) -> None:
        """Report the zone in which days are read where the sites have several and none was given: a month in
        UTC begins and ends hours away from the month on their clocks.
        """
        zones = {registry.zones[site] for site in sites if site in registry.zones}
        typed = {"period": question.period, "from": question.start, "to": question.stop}
        days = [f"--{name} {text}" for name, text in typed.items() if text and _is_days(name, text)]
        if question.tz is None and len(zones) > 1 and days:
            understood, said = self.times.understood, " ".join(days)
            meant = understood.get(said, f"read in {self._book.config.tz or report_run.UTC}")
            understood[said] = (
                f"{meant}, as the sites are in {len(zones)} time zones; to read it in one of them: --tz"
                f" {min(zones)}"
            )

    def _in_period(self, question: Question, tz: str) -> Question:
        if question.start is not None or question.stop is not None:
            raise Malformed("give --period or --from and --to, not both")
        with named("--period"):
            window = self.times.period_in(str(question.period), tz, "--period")
        start, stop = map(calendar.format_instant, window)
        return question._replace(period=None, start=start, stop=stop)

    def _zone(self, registry: Registry, places: Sequence[str]) -> str | None:
        """The zone that the places, or all sites, share; else the book's."""
        wanted = [place.lower() if place.startswith("ba-") else place for place in places] or registry.sites
        zones = {registry.zones[place] for place in wanted if place in registry.zones}
        return zones.pop() if len(zones) == 1 else self._book.config.tz

    # --- names ----------------------------------------------------------------------------------------------

    def check_near(self, options: Mapping[str, Any]) -> None:
        """``Malformed`` for a site, block or meter that the book does not have, where it has one of nearly
        the same name.
        """
        site = options.get("site")
        if site is None:
            return
        place = site.lower() if site.startswith("ba-") else site
        wanted = {report_run.PLACE: (place, report_run.places_of(self._registry))}
        for name in ("block", "meter"):
            if (word := options.get(name)) is not None:
                size = self._book.store.size
                wanted[name] = (word, names_of(self._book, NAMED[name], self._registry, size, (place,)))
        for name, (word, known) in wanted.items():
            if word not in known and nearest(word, known):
                raise no_such(name, word, known, "" if name == report_run.PLACE else f" at {site}")

    def _check_names(
        self,
        registry: Registry,
        size: int,
        sites: Sequence[str],
        question: Question,
        reports: Sequence[Report],
    ) -> None:
        words: dict[str, Sequence[str]] = {}
        if any(report.blocks for report in reports):
            words["block"] = question.blocks
        for parameter in (parameter for report in reports for parameter in report.parameters):
            word = question.said.get(parameter.name)
            if parameter.name in NAMED and isinstance(word, str):
                words[parameter.name] = (word,)
        where = f" at {', '.join(question.sites)}" if question.sites else ""
        for name in (name for name, typed in words.items() if typed):
            known = names_of(self._book, NAMED[name], registry, size, sites)
            for word in words[name]:
                if word not in known:
                    raise no_such(name, word, known, where)


def _is_days(name: str, text: str) -> bool:
    """True where a text is in days, whose start depends on the zone."""
    return name == "period" or calendar.is_date(text)


def names_of(
    book: Book, kind: RowKind, registry: Registry, size: int, sites: Sequence[str]
) -> tuple[str, ...]:
    """Names of the things of a row kind at some sites, sorted."""
    absent = book.absent(registry.numbers)  # of a bundle
    streams = [name for name in registry.numbers if name.partition("/")[0] in sites and name not in absent]
    rows = report_run.rows_of(book, registry, streams, size, (kind,))
    return tuple(sorted({key[1] for key in rows[kind.name]}))
