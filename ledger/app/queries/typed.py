"""What a person typed, resolved beside the book: instants and periods as people say them become stored ones, in
the zone of the sites asked for, and a name that nothing has is refused with the nearest that exist.

Everything below takes stored forms only, so a report is made again from its recorded question whatever the
clock shows then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ledger import calendar
from ledger.app.book.book import Book
from ledger.app.queries import report_run
from ledger.app.queries.report_run import Question, Registry
from ledger.errors import Malformed, named, no_such
from ledger.exchange.everyday_times import DAYS, NOW, EverydayTimes
from projections.engine.fold import RowKind
from projections.rows.blocks import BLOCK
from projections.rows.incidents import INCIDENT
from projections.rows.meters import METER
from projections.rows.programs import PROGRAM

NAMED: Final = {"block": BLOCK, "incident": INCIDENT, "meter": METER, "program": PROGRAM}
"""The rows of the things that options name."""


class Typed:
    """Reads the options of one call beside its book; ``times`` remembers what instants were taken as."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._registry = report_run.registry_at(book, book.store.size)
        self.times = EverydayTimes(calendar.instant_s(book.now()), self._registry.zones, book.config.tz)

    def instant(
        self, name: str, text: str | None, places: Sequence[str], tz: str | None = None
    ) -> str | None:
        """An instant, or a date meaning its first instant, in a zone or the one that the places share."""
        if text is None or calendar.is_date(text):
            return text
        tz = tz or self._zone(self._registry, places)
        if text in DAYS:
            return self.times.date_in(text, tz or report_run.UTC, f"--{name}")
        with named(f"--{name}"):
            return self.times.instant_in(text, tz, f"--{name}")

    def known_at(self, text: str | None, places: Sequence[str], tz: str | None = None) -> str | None:
        """A size of the log as it is, an instant in its stored form."""
        if text is None or text.isdecimal():
            return text
        found = self.instant("known-at", text, places, tz)
        return str(self._book.store.size) if text == NOW else found  # records of this very second too

    def check(self, options: Mapping[str, Any]) -> None:
        """``Malformed`` for a site, a block or a meter of an import or export that the book does not know."""
        site = options.get("site")
        if site is None:
            return
        place = site.lower() if site.startswith("ba-") else site
        if place not in (known := report_run.places_of(self._registry)):
            raise no_such(report_run.PLACE, site, known)
        size = self._book.store.size
        for name in ("block", "meter"):
            if (word := options.get(name)) is not None:
                known = names_of(self._book, NAMED[name], self._registry, size, (place,))
                if word not in known:
                    raise no_such(name, word, known, f" at {site}")

    def filter(self, options: dict[str, Any]) -> None:
        """Resolve the options of a filter of records in place: ``start``, ``stop`` and ``known``."""
        if options.get("site") != "ledger":
            self.check(options)
        place = options.get("site") or (options.get("stream") or "").partition("/")[0]
        places = [place] if place else []
        for field, name in (("start", "from"), ("stop", "to")):
            options[field] = self.instant(name, options[field], places)
        if "known" in options:
            options["known"] = self.known_at(options["known"], places)

    def question(self, question: Question) -> Question:
        """The question with stored instants and names that exist."""
        known = self.known_at(question.known_at, question.sites, question.tz)
        size = report_run.known_at(self._book, known).size
        registry = report_run.registry_at(self._book, size)
        sites = report_run.sites_of(registry, question.sites)
        self._check_names(registry, size, sites, question)
        tz = question.tz or self._zone(registry, question.sites)
        if question.tz is not None:
            with named("--tz"):
                calendar.zone(question.tz)
        asked = question._replace(
            known_at=known,
            start=self.instant("from", question.start, question.sites, tz),
            stop=self.instant("to", question.stop, question.sites, tz),
            as_of=self.instant("as-of", question.as_of, question.sites, tz),
        )
        return asked if self._is_plain(question) else self._in_period(asked, tz or report_run.UTC)

    def _is_plain(self, question: Question) -> bool:
        return question.period is None or calendar.is_period(question.period)

    def _in_period(self, question: Question, tz: str) -> Question:
        if question.start is not None or question.stop is not None:
            raise Malformed("say --period or --from and --to, not both")
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

    def _check_names(self, registry: Registry, size: int, sites: Sequence[str], question: Question) -> None:
        words: dict[str, Sequence[str]] = {"block": question.blocks}
        for name in ("incident", "meter"):
            if isinstance(word := question.said.get(name), str):
                words[name] = (word,)
        where = f" at {', '.join(question.sites)}" if question.sites else ""
        for name in (name for name, typed in words.items() if typed):
            known = names_of(self._book, NAMED[name], registry, size, sites)
            for word in words[name]:
                if word not in known:
                    raise no_such(name, word, known, where)


def names_of(
    book: Book, kind: RowKind, registry: Registry, size: int, sites: Sequence[str]
) -> tuple[str, ...]:
    """What the things of a row kind are called at some sites, sorted."""
    streams = [name for name in registry.numbers if name.partition("/")[0] in sites]
    rows = report_run.rows_of(book, registry, streams, size, (kind,))
    return tuple(sorted({key[1] for key in rows[kind.name]}))
