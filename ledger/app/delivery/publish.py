"""A community's site: everything of the class community, as pages that anyone can put on any web server.

It reads the community streams alone, and the names and counties of their sites. All is as of one checkpoint,
so that the bundle in the folder proves every figure of it. Equal books and questions give equal bytes. A site
written over an earlier one replaces the files that ``SHA256SUMS`` names and leaves others alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

from ledger.app.book.book import Book
from ledger.app.delivery.handed import KEY, SUMS, hand
from ledger.app.delivery.packs import pack_named
from ledger.app.host.files import write_durably
from ledger.app.queries import deadlines, log_view, subject
from ledger.app.queries.deadlines import Due, due_calendar, due_of
from ledger.app.queries.report_run import Question, Registry, registry_at, report_named
from ledger.errors import Malformed
from ledger.kinds import BY_TAG, EventRetracted
from ledger.records.envelope import Record
from ledger.records.ids import text_id
from ledger.records.wording import pairs
from projections.engine.report import Report
from projections.engine.subject import ReportSubject
from projections.engine.subject import county as in_words
from projections.engine.table import Paper, Table
from projections.engine.words import dollars
from projections.render import community_site, display
from projections.render.community_site import (
    CommitmentPage,
    CommunitySite,
    CountyName,
    CountyPage,
    FeedLinks,
    HistoryRecord,
    Line,
)
from projections.render.formats import BY_NAME as FORMATS
from projections.render.handed import Handed

DISCLOSURE: Final = "community"
NO_COUNTY: Final = "Sites that are not registered"
COUNTY_REPORTS: Final = ("commitments", "payments", "jobs")
FORMATS_HERE: Final = ("html", "pdf", "xlsx", "csv", "json")
_MONEY: Final = re.compile(r"([0-9]+)\.([0-9]{2})USD")
_SUM: Final = re.compile(r"([0-9a-f]{64})  ([^/\s][^\s]*)")


class Published(NamedTuple):
    """Result of publishing: the files with their sizes, the numbers of commitments and counties, and the size
    of the log as of which it was made.
    """

    files: tuple[tuple[str, int], ...]
    commitments: int
    counties: int
    size: int


def publish(
    book: Book,
    question: Question,
    folder: Path,
    *,
    url: str = "",
    paper: Paper | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Published:
    """Write the site of a sealed book, as of its newest checkpoint, or of the one that ``known_at`` names."""
    _check_folder(folder)
    size = _sealed(book, question)
    registry = registry_at(book, size)
    question = subject.chosen(book, question._replace(known_at=str(size)))
    sites = tuple(
        site for site in question.sites or registry.sites if f"{site}/{DISCLOSURE}" in registry.numbers
    )
    if not sites:
        raise Malformed(
            "nothing of the class community is recorded for these sites; record a commitment first"
        )
    question = question._replace(sites=sites)
    reports = pack_named(DISCLOSURE).reports
    tables = []
    for report in reports:
        table = log_view.run(book, report, question)
        tables.append(table._replace(paper=paper or table.paper))
        progress(len(tables), 3 * len(reports))
    names = tables[0].subject()
    folder.mkdir(parents=True, exist_ok=True)
    before = _listed(folder)
    handed = hand(book, tables[0].known_at, reports, question, folder)
    progress(2 * len(reports), 3 * len(reports))
    of_site = _county_names(names, sites)
    commitments = tuple(_commitments(book, registry, tables, names, of_site))
    counties = tuple(_counties(book, reports, question, commitments, of_site))
    files = _report_files(reports, tables)
    named = tuple(
        (table.report, tuple(f"{table.report}.{FORMATS[f].ending}" for f in FORMATS_HERE)) for table in tables
    )
    site = CommunitySite(names.operator, tuple(tables), named, counties, commitments, handed, tables[0].paper)
    files |= _pages(site)
    files[community_site.FEED] = community_site.feed(
        commitments,
        names.operator,
        book.config.origin,
        book.rec_at(0),
        tables[0].known_at.rec,
        community_site.site_links(_base(url)),
    )
    files[community_site.CALENDAR] = _calendar(book, registry, reports, tables, names)
    _write(folder, files, before, handed)
    progress(3 * len(reports), 3 * len(reports))
    written = tuple((name, (folder / name).stat().st_size) for name in sorted(_listed(folder)))
    return Published(written, len(commitments), len(counties), size)


def commitments_feed(
    book: Book, question: Question, pages: str, own: str, of: Callable[[str, str], str]
) -> bytes:
    """The commitments of some sites, or of all that the book shows, as an Atom feed, with the addresses of all
    of them, of the feed, and of one by its site and name.
    """
    question = subject.chosen(book, question)
    tables = [log_view.run(book, report_named(name), question) for name in ("commitments", "payments")]
    known, names = tables[0].known_at, tables[0].subject()
    registry = registry_at(book, known.size)
    of_site = _county_names(names, registry.sites)
    found = tuple(_commitments(book, registry, tables, names, of_site))
    links = FeedLinks(pages, own, lambda page: of(page.ident.removesuffix(f"--{page.name}"), page.name))
    return community_site.feed(found, names.operator, book.config.origin, book.rec_at(0), known.rec, links)


def _sealed(book: Book, question: Question) -> int:
    """The size of the checkpoint that the site is of."""
    sizes = [seal.size for seal in book.store.seals()]
    if question.known_at is None:
        return sizes[-1]
    if question.known_at.isdecimal() and int(question.known_at) in sizes:
        return int(question.known_at)
    near = ", ".join(map(str, sizes[-5:]))
    raise Malformed(f"--at: no checkpoint is over {question.known_at} records; the last are over {near}")


def _base(url: str) -> str:
    return f"{url.rstrip('/')}/" if url else ""


# --- what stands on the pages -------------------------------------------------------------------------------


def _commitments(
    book: Book,
    registry: Registry,
    tables: Sequence[Table],
    names: ReportSubject,
    counties: Mapping[str, CountyName],
) -> Iterator[CommitmentPage]:
    """Every commitment of the report, with its history."""
    by_report = {table.report: table for table in tables}
    periods = _grouped(by_report["commitments"])
    payments = _grouped(by_report["payments"])
    size = tables[0].known_at.size
    told = {
        site: _histories(book, registry, site, size, [name for each, name in periods if each == site])
        for site in dict.fromkeys(site for site, _ in periods)
    }
    for (site, name), found in periods.items():
        history, updated = told[site][name]
        yield CommitmentPage(
            f"{site}--{name}.html",
            name,
            names.named(site),
            next((each.name for each in names.sites if each.site == site), site),
            counties[site],
            tuple(found),
            tuple(payments.get((site, name), ())),
            history,
            updated or tables[0].known_at.rec,
        )


def _grouped(table: Table) -> dict[tuple[str, str], list[Line]]:
    """The lines of a table by site and commitment."""
    places = [column.name for column in table.columns]
    site, name = places.index("site"), places.index("commitment")
    found: dict[tuple[str, str], list[Line]] = {}
    for row, line in zip(table.rows, community_site.lines(table), strict=True):
        found.setdefault((str(row[site]), str(row[name])), []).append(line)
    return found


def _histories(
    book: Book, registry: Registry, site: str, size: int, names: Sequence[str]
) -> Mapping[str, tuple[tuple[HistoryRecord, ...], str]]:
    """The records about each commitment of a site, in order, and when the last was taken."""
    zone = registry.zones.get(site, "UTC")
    corrected = {text_id(target): index for target, index in book.store.corrections() if index < size}
    found: dict[str, list[Record]] = {name: [] for name in names}
    records = [
        record
        for record in book.stream_records(registry.numbers[f"{site}/{DISCLOSURE}"], read=book.read)
        if record.index < size
    ]
    about = {record.id: getattr(record.body, "commitment", None) for record in records}
    for record in records:
        name = about[record.id] or next(
            (about[target] for target in record.corrects or () if about.get(target)), None
        )
        if name in found:
            found[name].append(record)
    return {
        name: (
            tuple(_told(one, zone, corrected) for one in sorted(some, key=lambda one: (one.at, one.index))),
            max((one.rec for one in some), default=""),
        )
        for name, some in found.items()
    }


def _told(record: Record, zone: str, corrected: Mapping[str, int]) -> HistoryRecord:
    said = [
        (name.replace("_", " ").replace("instalment", "installment"), words)
        for name, value in pairs(record.body, sections=False)
        if name != "commitment" and (words := _plain(value))
    ]
    if record.reason:
        said.append(("reason", str(record.reason)))
    index = corrected.get(record.id)
    kind = "record retracted" if isinstance(record.body, EventRetracted) else BY_TAG[record.kind].name
    return HistoryRecord(
        display.moment(record.at, zone),
        display.moment(record.rec[:19] + "Z", zone),
        kind.replace("-", " "),
        tuple(said),
        record.index,
        "" if index is None else f"(no longer counts: see record {index:,})",
    )


def _plain(value: str) -> str:
    """A value of story text without the marks of story text; empty for an empty list."""
    if value.startswith("[") and value.endswith("]"):
        return ", ".join(_plain(each) for each in value[1:-1].split(",")) if value != "[]" else ""
    if value.startswith('"') and value.endswith('"'):
        return value[1:-1].replace('\\"', '"')
    money = _MONEY.fullmatch(value)
    return dollars(int(money[1] + money[2])) if money else value


def _county_names(names: ReportSubject, sites: Sequence[str]) -> dict[str, CountyName]:
    """The county of each site, in words and by the name of its page; no two counties share a page."""
    of_site = {one.site: in_words(one.county, one.state) for one in names.sites}
    pages: dict[str, str] = {}
    for words in sorted({of_site.get(site, NO_COUNTY) for site in sites}):
        slug = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") or "county"
        while f"{slug}.html" in pages.values():
            slug += "-2"
        pages[words] = f"{slug}.html"
    return {
        site: CountyName(words, pages[words]) for site in sites if (words := of_site.get(site, NO_COUNTY))
    }


def _counties(
    book: Book,
    reports: Sequence[Report],
    question: Question,
    commitments: Sequence[CommitmentPage],
    counties: Mapping[str, CountyName],
) -> Iterator[CountyPage]:
    """Each county with the figures of its sites."""
    by_county: dict[CountyName, list[str]] = {}
    for site in question.sites:
        by_county.setdefault(counties[site], []).append(site)
    here = [report for report in reports if report.name in COUNTY_REPORTS]
    for county, sites in sorted(by_county.items()):
        asked = question._replace(sites=tuple(sites))
        tables = tuple(log_view.run(book, report, asked) for report in here)
        yield CountyPage(county, tables, tuple(page for page in commitments if page.county == county))


# --- files --------------------------------------------------------------------------------------------------


def _report_files(reports: Sequence[Report], tables: Sequence[Table]) -> dict[str, bytes]:
    return {
        f"{community_site.REPORTS}/{report.name}.{FORMATS[name].ending}": FORMATS[name].render(table)
        for report, table in zip(reports, tables, strict=True)
        for name in FORMATS_HERE
    }


def _pages(site: CommunitySite) -> dict[str, bytes]:
    """Every page by its path."""
    return {
        community_site.INDEX: community_site.index(site),
        **{
            f"{community_site.COUNTIES}/{page.county.file}": community_site.county(site, page)
            for page in site.counties
        },
        **{
            f"{community_site.COMMITMENTS}/{page.file}": community_site.commitment(site, page)
            for page in site.commitments
        },
    }


def _calendar(
    book: Book, registry: Registry, reports: Sequence[Report], tables: Sequence[Table], names: ReportSubject
) -> bytes:
    """Every due date that is not met, past or to come."""
    found = due_of(zip(reports, tables, strict=True), registry.zones, tables[0].as_of, deadlines.EVER_DAYS)
    return due_calendar(found, book.config.origin, partial(_due, names))


def _due(names: ReportSubject, one: Due) -> tuple[str, str]:
    name, site = one.deadline.row.split("/")[:2]
    page = f"{community_site.COMMITMENTS}/{site}--{name}.html"
    return f"{names.named(site)}: {one.deadline.what}", f"See {page}"


def _check_folder(folder: Path) -> None:
    """``Malformed`` unless the folder is new, empty, or a site that was published before."""
    if folder.exists() and not folder.is_dir():
        raise Malformed(f"{folder} is a file; name a new or empty folder")
    if folder.exists() and any(folder.iterdir()) and community_site.FEED not in _listed(folder):
        raise Malformed(f"{folder} holds other files and no published site; name a new or empty folder")


def _listed(folder: Path) -> set[str]:
    """The files that ``SHA256SUMS`` names, limited to those inside the folder."""
    try:
        lines = (folder / SUMS).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return set()
    names = {found[2] for line in lines if (found := _SUM.fullmatch(line))}
    return {name for name in names if ".." not in PurePosixPath(name).parts}


def _write(folder: Path, files: Mapping[str, bytes], before: set[str], handed: Handed) -> None:
    """Write the files and their sums; then remove what the site before had and this one has not."""
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    beside = (handed.bundle, handed.verifier, KEY if handed.key else None)
    for name in filter(None, beside):
        with (folder / name).open("rb") as file:
            sums[name] = hashlib.file_digest(file, "sha256").hexdigest()
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(path, data)
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
    write_durably(folder / SUMS, lines.encode())
    for name in before - sums.keys():
        (folder / name).unlink(missing_ok=True)
