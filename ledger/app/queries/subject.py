"""The operator and sites of a report by name; and sites chosen by their county, utility, tenant or program.

Names come from the sites' registration (class grid) as known at the report's size of the log, whatever the
report itself reads: they are shown to people and change no figure. Where a bundle lacks that stream, the site
has its short name alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from ledger.app.book.book import Book
from ledger.app.queries.registry import Registry, registry_at
from ledger.app.queries.report_run import Question, ReportRun, known_at, rows_of
from ledger.errors import Malformed, no_such
from ledger.kinds import LeasePhaseOpened, ProgramEnrolled
from projections.engine.fold import RowKind, Rows
from projections.engine.report import Report
from projections.engine.subject import ReportSubject, SiteName, county
from projections.engine.windows import FOREVER
from projections.rows.lease_phases import PHASE
from projections.rows.programs import PROGRAM
from projections.rows.sites import SITE, SiteData, data_before

NAMES: Final = "grid"
"""The class of the facts that name sites and programs."""


def subject(
    book: Book, registry: Registry, size: int, sites: Sequence[str], before_s: int, *, programs: bool = False
) -> ReportSubject:
    """The operator and the sites by name, as registered before an instant (else as registered first)."""
    kinds = (SITE, PROGRAM) if programs else (SITE,)
    return _named(book, _rows(book, registry, size, sites, NAMES, kinds), sites, before_s)


def _named(book: Book, rows: Rows, sites: Sequence[str], before_s: int) -> ReportSubject:
    found = []
    for site in sites:
        versions = rows[SITE.name].get((site,), ())
        data = data_before(versions, before_s) or next(iter(versions), None)
        if data is not None:
            found.append(
                SiteName(site, data.name, data.county, data.state, data.balancing_authority, data.utility)
            )
    operators = {
        fact.body.operator: None
        for row in rows.get(PROGRAM.name, {}).values()
        for fact in row
        if isinstance(fact.body, ProgramEnrolled)
    }
    return ReportSubject(book.config.operator.name, tuple(found), tuple(operators))


def of_run(book: Book, report: Report, run: ReportRun) -> ReportSubject:
    """The operator and sites of a report, as known to it."""
    size, scope = run.table.known_at.size, run.scope
    if NAMES in report.classes and SITE.name in run.rows:
        return _named(book, run.rows, scope.sites, scope.window.stop_s)
    programs = PROGRAM in report.row_kinds
    return subject(book, registry_at(book, size), size, scope.sites, scope.window.stop_s, programs=programs)


def _rows(
    book: Book, registry: Registry, size: int, sites: Sequence[str], disclosure: str, kinds: Sequence[RowKind]
) -> Rows:
    """The rows of the sites' streams of one class that are held here."""
    lacks = book.lacks(registry.numbers)
    names = [name for site in sites if (name := f"{site}/{disclosure}") in registry.numbers]
    return rows_of(book, registry, [name for name in names if name not in lacks], size, kinds)


NOTHING: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({})

# --- chosen sites -------------------------------------------------------------------------------------------

Names = Callable[[Rows], Iterable[tuple[str, str]]]
"""Pairs of a name that is typed and a site that has it."""


def _data(rows: Rows) -> Iterable[tuple[str, SiteData]]:
    for (site,), versions in rows[SITE.name].items():
        data = data_before(versions, FOREVER)
        if data is not None:
            yield site, data


def _counties(rows: Rows) -> Iterable[tuple[str, str]]:
    for site, data in _data(rows):
        yield from ((words, site) for words in (county(data.county, data.state), data.county))


def _utilities(rows: Rows) -> Iterable[tuple[str, str]]:
    return ((data.utility, site) for site, data in _data(rows))


def _tenants(rows: Rows) -> Iterable[tuple[str, str]]:
    for (site, _), facts in rows[PHASE.name].items():
        yield from ((f.body.tenant, site) for f in facts if isinstance(f.body, LeasePhaseOpened))


def _programs(rows: Rows) -> Iterable[tuple[str, str]]:
    return ((program, site) for site, program in rows[PROGRAM.name])


CHOICES: Final[Mapping[str, tuple[str, RowKind, Names]]] = MappingProxyType(
    {
        "county": ("grid", SITE, _counties),
        "utility": ("grid", SITE, _utilities),
        "tenant": ("lease", PHASE, _tenants),
        "program": ("grid", PROGRAM, _programs),
    }
)
"""By the option's name: the class whose streams hold it, their rows, and the names of sites in them."""


def chosen(book: Book, wanted: Question) -> Question:
    """The question with its choices as sites, so that what is computed, issued and made again names them."""
    if not wanted.choices:
        return wanted
    size = known_at(book, wanted.known_at).size
    return wanted._replace(sites=chosen_sites(book, size, wanted.sites, wanted.choices), choices=NOTHING)


def chosen_sites(
    book: Book, size: int, sites: Sequence[str], choices: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    """The sites, among those named (none: all), that fit one value of each option; ``Malformed`` where a
    value is unknown or no site is left.
    """
    asked = {name: values for name, values in choices.items() if values}
    if not asked:
        return tuple(sites)
    registry = registry_at(book, size)
    left = set(sites or registry.sites)
    for option, values in asked.items():
        found: dict[str, set[str]] = {}
        shown: dict[str, str] = {}
        for name, site in names_of(book, registry, size, option):
            found.setdefault(name.casefold(), set()).add(site)
            shown.setdefault(name.casefold(), name)
        left &= set().union(*(found[_known(option, value, found, shown)] for value in values))
    if not left:
        said = " ".join(f"--{option} {value}" for option, values in asked.items() for value in values)
        raise Malformed(f"no site fits {' '.join([*(f'--site {site}' for site in sites), said])}")
    return tuple(sorted(left))


def names_of(book: Book, registry: Registry, size: int, option: str) -> Iterable[tuple[str, str]]:
    """The names that an option of ``CHOICES`` takes, each with a site that has it."""
    disclosure, kind, names = CHOICES[option]
    return names(_rows(book, registry, size, registry.sites, disclosure, (kind,)))


def _known(option: str, value: str, found: Mapping[str, set[str]], shown: Mapping[str, str]) -> str:
    if value.casefold() in found:
        return value.casefold()
    raise no_such(option, value, shown.values())
