"""Reports over a book: the typed question becomes a scope, the declared streams become rows, the rows a
Table.

A report sees only the streams it declares, for the sites in scope (law P15), and the records known at a size
of the log. Defaults are those of DOMAIN 3: no window = first known ``at`` to as-of; as-of = the earlier of
the window's stop and the time of the last record known; zone = ``--tz``, else the one all sites in scope
share, else the book's, else UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from ledger import calendar, kinds
from ledger.app.book.book import Book
from ledger.app.cache.row_cache import RowCache, hears
from ledger.app.host.memory import uncollected
from ledger.app.queries import parameters
from ledger.app.queries.parameters import Words
from ledger.app.queries.registry import Registry as Registry  # noqa: PLC0414
from ledger.app.queries.registry import registry_at as registry_at  # noqa: PLC0414
from ledger.calendar import Window
from ledger.errors import Malformed, named, no_such
from ledger.records.envelope import Record
from ledger.records.ids import text_id
from ledger.verifier.reports import report_streams
from projections.engine.fold import FixedRows, Key, RowKind, Rows, found_once, replay
from projections.engine.report import Given, Lead, LogView, Report, Scope
from projections.engine.table import KnownAt, Table
from projections.rows.sites import SITE

UTC: Final = "UTC"
SIZE_DIGITS: Final = 15  # more records than any log has


class Question(NamedTuple):
    """A user's question, in the words of the command line; None = not given. ``said`` is for the report's own
    parameters; ``choices`` are values of ``--county`` and its like, which stand for sites
    (``queries/subject``).
    """

    period: str | None = None
    start: str | None = None
    stop: str | None = None
    tz: str | None = None
    as_of: str | None = None
    known_at: str | None = None
    sites: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    said: Mapping[str, Words] = MappingProxyType({})
    choices: Mapping[str, tuple[str, ...]] = MappingProxyType({})


def report_named(name: str) -> Report:
    """A report of the catalogue; ``Malformed`` lists them."""
    from projections.reports.catalogue import BY_NAME  # which commands without a report need not load

    if name not in BY_NAME:
        raise no_such("report", name, BY_NAME)
    return BY_NAME[name]


class ReportRun(NamedTuple):
    """A report with what it was made from."""

    table: Table
    rows: Rows
    scope: Scope


LogOf = Callable[[Book, Report, KnownAt, "Registry"], LogView]


def run_whole(book: Book, report: Report, question: Question, log: LogOf) -> ReportRun:
    """The report with its rows and its scope."""
    known = known_at(book, question.known_at)
    registry = registry_at(book, known.size)
    question = held_here(book, report, registry, question)
    sites = sites_of(registry, question.sites)
    names = declared_streams(report, registry, sites)
    # formats for people name the sites: their streams are not read again for that
    row_kinds = (*report.row_kinds, SITE) if _begins(question) else (*report.row_kinds, SITE, EXTENT)
    rows = rows_of(book, registry, names, known.size, row_kinds)
    return answer(book, report, question, known, registry, rows, log)


def answer(
    book: Book,
    report: Report,
    question: Question,
    known: KnownAt,
    registry: Registry,
    rows: Rows,
    log: LogOf,
) -> ReportRun:
    """The report from rows that were folded already (they may hold more than it declares)."""
    if question.blocks and not report.blocks:
        raise Malformed(f"{report.name} does not cover single blocks; leave --block out")
    given = parameters.given(report, question.said)
    sites = sites_of(registry, question.sites)
    zones = {site: registry.zones.get(site, UTC) for site in sites}
    tz = _zone(question.tz, zones, book.config.tz)
    names = declared_streams(report, registry, sites)
    # tables of many windows ask thousands of times, and the first facts of all streams took a third of it
    first_s = None if _begins(question) else _first_s(rows, names)
    window, as_of_s = _cut(book, *_window(question, tz, known, first_s), ends=_ends(question))
    scope = Scope(
        Window(min(window.start_s, as_of_s), min(window.stop_s, as_of_s) + report.instant),
        sites,
        question.blocks,
        tz,
        zones,
        bool(question.sites or question.blocks),
        given,
    )
    if report.asking is None:
        found = report.compute(rows, scope)
    else:
        found = report.asking(rows, scope, log(book, report, known, registry))
    table = Table(
        report=report.name,
        definition_version=report.definition_version,
        title=report.title,
        start=calendar.format_instant(window.start_s),
        stop=calendar.format_instant(window.stop_s),
        tz=tz,
        as_of=calendar.format_instant(as_of_s),
        known_at=known,
        tzdata=calendar.tzdata_release(),
        filters=_filters(question, given),
        columns=report.columns,
        keys=report.keys,
        rows=found.rows,
        notes=(*found.notes, *_notes_of_cut(book)),
        definition=report.definition,
        pictures=cache(lambda: report.pictures(rows, scope, found)),
        lead=cache(lambda: _lead(report.lead(rows, scope, found), question, window, as_of_s, tz)),
        first=_first(report, given),
        plain=None if report.plain is None else partial(report.plain, scope),
        paper="letter" if calendar.us_zones().issuperset(zones.values()) else "a4",
    )
    return ReportRun(table, rows, scope)


def _lead(lead: Lead | None, question: Question, window: Window, as_of_s: int, tz: str) -> Lead | None:
    """The first screen. Where the window begins after all that is seen, it says just that: the report's own
    sentence would describe it as a time in which nothing happened.
    """
    if lead is None or window.start_s < as_of_s or (question.period is None and question.start is None):
        return lead
    begins, seen = (calendar.clock(at_s, tz) for at_s in (window.start_s, as_of_s))
    return lead._replace(verdict=f"This period has not begun as of {seen}: it begins at {begins}.")


def _first(report: Report, given: Mapping[str, Given]) -> tuple[str, ...]:
    """The columns of the first screen, with those that a parameter shows."""
    shown = (name for each in report.parameters if each.name in given for name in each.shows)
    return (*report.first, *shown) if report.first else ()


# --- known at -----------------------------------------------------------------------------------------------


def known_at(book: Book, said: str | None) -> KnownAt:
    """The requested size of the log: a number of records, an instant, or all of it."""
    total = book.store.size
    if said is None:
        size = total
    elif said.isdecimal():
        size = int(said[:SIZE_DIGITS])
        if len(said) > SIZE_DIGITS or not 1 <= size <= total:
            raise Malformed(f"known-at must be from 1 to {total}, the records of this book: {said!r}")
    else:
        with named("known-at"):
            instant = calendar.parse_instant(said)
        size = _size_at(book, instant)
    return KnownAt(size, book.root_at(size).hex(), book.rec_at(size - 1))


def last_s(known: KnownAt) -> int:
    """The last record's time in seconds, rounded up, so that facts of that very second are seen."""
    return -(-calendar.rec_us(known.rec) // 1_000_000)


def _size_at(book: Book, instant: str) -> int:
    """Number of records with rec <= an instant; record times never decrease, so halving finds it."""
    limit = instant.removesuffix("Z") + ".000000Z"
    low, high = 0, book.store.size
    while low < high:
        middle = (low + high) // 2
        if book.rec_at(middle) <= limit:
            low = middle + 1
        else:
            high = middle
    if low == 0:
        raise Malformed(f"nothing was known at {instant}; the first record is of {book.rec_at(0)}")
    return low


def gone_at(book: Book, size: int) -> set[str]:
    """Ids that one of the first ``size`` records corrects or retracts."""
    return {text_id(target) for target, index in book.store.corrections() if index < size}


# --- streams and records ------------------------------------------------------------------------------------


def declared_streams(report: Report, registry: Registry, sites: Sequence[str]) -> tuple[str, ...]:
    """The streams a report reads for sites, of those that are open; a bundle carries them all."""
    return tuple(report_streams(report.classes, report.beyond, registry.numbers, sites))


def rows_of(
    book: Book,
    registry: Registry,
    names: Sequence[str],
    size: int,
    row_kinds: Sequence[RowKind],
    path: Path | None = None,
) -> Rows:
    """The rows of some streams, as known with the first ``size`` records; the cache makes it quick and
    changes nothing (``path``: one of its own).
    """
    from projections.reports.catalogue import row_kinds as all_kinds

    if book.cut:  # a cache holds the rows of whole streams
        return FixedRows(replay(records_of(book, registry, names, size), row_kinds, gone=gone_at(book, size)))
    rows: Rows = {kind.name: {} for kind in row_kinds}
    asked = tuple(dict.fromkeys(row_kinds))
    streams = list(folded(book, registry, names, size))
    done, total = 0, sum(count for _, _, count in streams)
    with uncollected(), RowCache(book, lambda: (*all_kinds(), EXTENT), path) as cache:
        for number, disclosure, count in streams:
            heard = [kind for kind in asked if hears(kind, disclosure)]
            cache.told = partial(_told, book, done, total)
            found = cache.rows(number, disclosure, count, heard) if heard else {}
            for kind in heard:
                rows[kind.name] |= found[kind.name]
            done += count
            book.progress(done, total)
    return FixedRows(rows)


def folded(book: Book, registry: Registry, names: Sequence[str], size: int) -> Iterator[tuple[int, str, int]]:
    """Number and disclosure class of some streams, and how many of the first ``size`` records each has."""
    for name in names:
        number = registry.numbers[name]
        yield number, name.partition("/")[2], book.store.stream_size_at(number, size)


def _told(book: Book, before: int, total: int, done: int) -> None:
    book.progress(before + done, total)


def records_of(book: Book, registry: Registry, names: Sequence[str], size: int) -> Iterator[Record]:
    """The records of some streams among the first ``size``: one pass over the log where they are most of it,
    else stream by stream.
    """
    numbers = [registry.numbers[name] for name in names]
    forest = book.store.forest
    if 2 * sum(forest.stream(number).size for number in numbers) > size:
        wanted = frozenset(names)
        return (record for record in book.records(0, size, read=book.read) if record.stream in wanted)
    return (
        record
        for number in numbers
        for record in book.stream_records(number, read=book.read)
        if record.index < size
    )


_at: Final = attrgetter("at")


def _earliest(row: str | None, records: Sequence[Record]) -> str:
    first: str = min(map(_at, records))
    return first if row is None else min(row, first)


def _stream_key(record: Record) -> Key:
    return record.stream, record.at[:10]


EXTENT: Final = RowKind(
    "extent",
    2,
    ("stream", "day"),
    tuple(kind.body for kind in kinds.KINDS),
    _stream_key,
    _earliest,
    lambda row, asked: (),
    str,
)
"""The first known ``at`` of each stream and UTC day: where a report without a window begins. By day, so that
a correction folds a day again and no stream.
"""


def _filters(question: Question, given: Mapping[str, Given]) -> tuple[str, ...]:
    return (
        *(f"site={site}" for site in question.sites),
        *(f"block={block}" for block in question.blocks),
        *parameters.filters(given),
    )


# --- scope --------------------------------------------------------------------------------------------------


PLACE: Final = "site"


def places_of(registry: Registry) -> tuple[str, ...]:
    """Sites, balancing authorities and what else facts are of, without the ledger's own streams."""
    places = {name.partition("/")[0] for name in registry.numbers} - {"ledger"}
    return tuple(sorted(places))


def held_here(book: Book, report: Report, registry: Registry, question: Question) -> Question:
    """The question as this book can answer it: a bundle that holds the streams of some sites only is limited
    to these. ``Malformed`` where a site that was named, or all of them, lack a stream that the report
    reads.
    """
    whole, why = sites_held(book, report, registry, question.sites)
    if why and (question.sites or not whole):
        raise Malformed(f"{report.name} cannot be made from this {book.called}: {why}")
    return question if question.sites or whole == registry.sites else question._replace(sites=whole)


def sites_held(
    book: Book, report: Report, registry: Registry, sites: tuple[str, ...] = ()
) -> tuple[tuple[str, ...], str]:
    """The sites (of those named, else of all with a stream here) that a report can be made for, and the
    reasons for the others; empty where it can be made for all.
    """
    found = sites_of(registry, sites)
    lacks = book.lacks(registry.numbers, sections=report.sections)
    if not lacks:
        return found, ""
    if not report.alone:
        return (), "it asks the whole log"
    absent = set(book.absent(registry.numbers))
    here = {name.partition("/")[0] for name in registry.numbers if name not in absent}
    if not sites:
        found = tuple(site for site in found if site in here)
    whole: list[str] = []
    why: dict[str, str] = {}
    for site in found:
        read = declared_streams(report, registry, (site,))
        missing = [name for name in read if name in lacks]
        whole += [site] if read and not missing else []
        why |= {name: lacks[name] for name in missing}
    return tuple(whole), "; ".join(f"{name} {why[name]}" for name in list(why)[:3])


def sites_of(registry: Registry, said: tuple[str, ...]) -> tuple[str, ...]:
    """The sites that were named, or all; ``Malformed`` for one that is not there."""
    known = registry.sites
    for site in said:
        if site not in known:
            raise no_such("site", site, known)
    return tuple(sorted(set(said))) if said else known


def _zone(said: str | None, zones: dict[str, str], default: str | None) -> str:
    if said is not None:
        with named("tz"):
            calendar.zone(said)
        return said
    shared = set(zones.values())
    return shared.pop() if len(shared) == 1 else default or UTC


def _first_s(rows: Rows, names: Sequence[str]) -> int | None:
    firsts = found_once(rows, _firsts, partial(_firsts, rows))
    found = [firsts[name] for name in names if name in firsts and not name.startswith("ba-")]
    return (
        calendar.instant_s(min(found)) if found else None
    )  # without the grid, which is older than our sites


def _firsts(rows: Rows) -> dict[str, str]:
    """The first ``at`` of each stream: every report asks."""
    firsts: dict[str, str] = {}
    for (stream, _), first in rows.get(EXTENT.name, {}).items():
        firsts[stream] = min(first, firsts.get(stream, first))
    return firsts


def _begins(question: Question) -> bool:
    """True where the question states the start of its window, so that the first fact is not needed."""
    return question.period is not None or question.start is not None


def _ends(question: Question) -> bool:
    """True where the question states the end of its window."""
    return question.period is not None or question.stop is not None


def _window(question: Question, tz: str, known: KnownAt, first_s: int | None) -> tuple[Window, int]:
    """The window as asked, not yet cut, and as-of in whole seconds."""
    rec_s = last_s(known)
    said_as_of, stop_s, said_start_s = (
        _moment_s(name, said, tz)
        for name, said in (("as-of", question.as_of), ("to", question.stop), ("from", question.start))
    )
    if question.period is not None:
        if question.start is not None or question.stop is not None:
            raise Malformed("give --period or --from and --to, not both")
        with named("period"):
            window = calendar.in_range(calendar.period(question.period, calendar.zone(tz)), question.period)
        return window, min(window.stop_s, rec_s) if said_as_of is None else said_as_of
    as_of_s = said_as_of if said_as_of is not None else rec_s if stop_s is None else min(stop_s, rec_s)
    stop_s = as_of_s if stop_s is None else stop_s
    start_s = min(stop_s, stop_s if first_s is None else first_s) if said_start_s is None else said_start_s
    _in_order(calendar.format_instant(start_s), calendar.format_instant(stop_s))
    return Window(start_s, stop_s), as_of_s


def _cut(book: Book, window: Window, as_of_s: int, *, ends: bool) -> tuple[Window, int]:
    """The window and as-of within the period that the book shows; ``Malformed`` where nothing of it is left. A
    window ends as it was asked to (``ends``), else with the period.
    """
    since_s = None if book.since is None else calendar.instant_s(book.since)
    until_s = None if book.until is None else calendar.instant_s(book.until)
    if since_s is not None and window.stop_s < since_s:
        raise Malformed(f"your token reads what took effect from {book.since} on; the window ends before it")
    start_s = window.start_s if since_s is None else max(window.start_s, since_s)
    as_of_s = as_of_s if until_s is None else min(as_of_s, until_s)
    stop_s = window.stop_s if ends or until_s is None else min(window.stop_s, until_s)
    return Window(start_s, max(start_s, stop_s)), as_of_s


def _notes_of_cut(book: Book) -> Iterator[str]:
    if book.since is not None:
        yield f"What took effect before {book.since} is not in the scope of this token, and is not counted"
    if book.until is not None:
        yield f"What took effect from {book.until} on is not in the scope of this token, and is not counted"


def _moment_s(name: str, said: str | None, tz: str) -> int | None:
    return None if said is None else calendar.instant_s(moment(name, said, tz))


def bounds(
    book: Book, registry: Registry, places: Sequence[str], start: str | None, stop: str | None
) -> tuple[str | None, str | None]:
    """The typed ends of a window of records, as stored: a date begins in the zone that the places, or all
    sites, share, as in a report.
    """
    zones = {place: registry.zones[place] for place in places or registry.sites if place in registry.zones}
    tz = _zone(None, zones, book.config.tz)
    first, last = (
        None if said is None else moment(name, said, tz) for name, said in (("from", start), ("to", stop))
    )
    if first is not None and last is not None:
        _in_order(first, last)
    return first, last


def _in_order(start: str, stop: str) -> None:
    if stop < start:
        raise Malformed(f"the window ends at {stop}, before it begins at {start}")


def moment(name: str, said: str, tz: str) -> str:
    """A typed instant, or a date meaning its first instant in the zone."""
    with named(name):
        if not calendar.is_date(said):
            return calendar.parse_instant(said)
        first_s = calendar.period(said, calendar.zone(tz)).start_s
        return calendar.format_instant(calendar.in_range(Window(first_s, first_s), said).start_s)
