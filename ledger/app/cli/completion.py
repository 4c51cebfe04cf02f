"""Shell completion: names of the program's lists, and names that the book of the call holds.

Each function below is an option's ``shell_complete``: it gets the call so far and the word that was
begun, and returns names. An unreadable book gives none: a shell shows completions, never an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import click

from ledger.app.cli.book_path import book_path

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Complete = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]


def _items(names: Iterable[str | tuple[str, str]], begun: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem  # only a shell that completes needs it

    pairs = [(name, None) if isinstance(name, str) else name for name in names]
    return [CompletionItem(name, help=help_) for name, help_ in pairs if name.startswith(begun)]


def of_list(names: Callable[[], Iterable[str | tuple[str, str]]]) -> Complete:
    """Completes the names of a list of the program, which is loaded when it is needed."""
    return lambda ctx, param, begun: _items(names(), begun)


# --- lists of the program -----------------------------------------------------------------------------------


def _reports() -> Iterator[tuple[str, str]]:
    from projections.reports.catalogue import REPORTS

    return ((report.name, report.title) for report in REPORTS)


def _packs() -> Iterator[tuple[str, str]]:
    from ledger.app.delivery.packs import PACKS

    return ((pack.name, pack.reader) for pack in PACKS)


def _report_formats() -> Iterable[str]:
    from projections.render.formats import BY_NAME

    return BY_NAME


def _import_formats() -> Iterator[tuple[str, str]]:
    from ledger.exchange.formats import FORMATS

    return ((form.name, form.summary) for form in FORMATS)


def _export_formats() -> Iterator[tuple[str, str]]:
    from ledger.app.exports.formats import FORMATS

    return ((form.name, form.summary) for form in FORMATS)


def _kinds() -> Iterator[tuple[str, str]]:
    from ledger.exchange.kind_guide import CLAIMABLE, summary

    return ((kind.name, summary(kind).partition(". ")[0]) for kind in CLAIMABLE)


def _dialects() -> Iterable[str]:
    from ledger.exchange.interval_csv.dialects import BY_NAME

    return BY_NAME


def _notice_sources() -> Iterator[tuple[str, str]]:
    from ledger.exchange.grid_notices.sources import SOURCES

    return ((source.name, source.summary) for source in SOURCES)


def _dispatch_classes() -> Iterable[str]:
    from typing import get_args

    from ledger.kinds import DispatchClass

    return get_args(DispatchClass)


def _periods() -> Iterable[str]:
    from ledger.exchange.everyday_times import PERIODS

    return PERIODS


def _zones() -> Iterable[str]:
    import zoneinfo

    return sorted(zoneinfo.available_timezones())


def _topics() -> Iterable[str]:
    from ledger.app.cli.topics import topics as pages

    return pages()


reports = of_list(_reports)
packs = of_list(_packs)
report_formats = of_list(_report_formats)
import_formats = of_list(_import_formats)
export_formats = of_list(_export_formats)
kinds = of_list(_kinds)
dialects = of_list(_dialects)
notice_sources = of_list(_notice_sources)
dispatch_classes = of_list(_dispatch_classes)
periods = of_list(_periods)
zones = of_list(_zones)
topics = of_list(_topics)


def columns(ctx: click.Context, param: click.Parameter, begun: str) -> list[CompletionItem]:
    """The columns of the named report."""
    from projections.reports.catalogue import BY_NAME

    name = ctx.params.get("name") or next(
        iter(ctx.args), None
    )  # arguments before an option without its value
    report = BY_NAME.get(str(name))
    return [] if report is None else _items(((c.name, c.title) for c in report.columns[report.keys :]), begun)


# --- names that the book holds ------------------------------------------------------------------------------


def of_book(names: Callable[[click.Context, Any, Any], Iterable[str]]) -> Complete:
    """Completes names that are read from the book of the call and its registry of streams."""

    def complete(ctx: click.Context, param: click.Parameter, begun: str) -> list[CompletionItem]:
        from ledger.app.book.book import Book
        from ledger.app.queries.registry import registry_at

        with suppress(Exception), Book.open(book_path(ctx), write=False) as book:
            return _items(names(ctx, book, registry_at(book, book.store.size)), begun)
        return []

    return complete


def _places(ctx: click.Context, book: Any, registry: Any) -> Iterable[str]:
    from ledger.app.queries.report_run import places_of

    return places_of(registry)


def _named(what: str) -> Complete:
    """Completes the things of a kind at the named sites, or at all sites."""

    def names(ctx: click.Context, book: Any, registry: Any) -> Iterable[str]:
        from ledger.app.queries.typed import NAMED, names_of

        site = ctx.params.get("site")
        chosen = ctx.params.get("sites") or ((site,) if site else registry.sites)
        return names_of(book, NAMED[what], registry, book.store.size, chosen)

    return of_book(names)


def _chosen_by(option: str) -> Complete:
    """Completes the counties, utilities, tenants or programs by which sites are chosen."""

    def names(ctx: click.Context, book: Any, registry: Any) -> Iterable[str]:
        from ledger.app.queries.subject import names_of

        return sorted({name for name, _ in names_of(book, registry, book.store.size, option)})

    return of_book(names)


streams = of_book(lambda ctx, book, registry: registry.numbers)
sites = of_book(lambda ctx, book, registry: registry.sites)
places = of_book(_places)
blocks = _named("block")
incidents = _named("incident")
meters = _named("meter")
programs = _named("program")
counties, utilities, tenants, enrolled_programs = map(_chosen_by, ("county", "utility", "tenant", "program"))

PARAMETERS: Final = {"incident": incidents, "meter": meters, "dialect": dialects}
"""By the names of reports' own parameters."""
