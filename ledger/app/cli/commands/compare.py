"""The command ``compare``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ledger import errors
from ledger.app.cli import completion
from ledger.app.cli.options import opened, reads, show_understood, wants_json
from ledger.errors import Malformed, Problem

if TYPE_CHECKING:
    from ledger.app.book.book import Book

DISPATCHES = "dispatches"


@click.command()
@click.argument("form", metavar="FORMAT")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--site", shell_complete=completion.sites, help="The site of the meter, or of the dispatches.")
@click.option("--meter", shell_complete=completion.meters, help="The meter whose readings are in the file.")
@click.option("--dialect", help="Layout of a CSV file; import csv --dialect list explains the dialects.")
@click.option("--tolerance", help="Treat energies that differ by no more than this as equal, such as 0.5kWh.")
@reads
@click.pass_context
def compare(
    ctx: click.Context,
    form: str,
    file: str,
    site: str | None,
    meter: str | None,
    dialect: str | None,
    tolerance: str | None,
) -> None:
    """Compare your readings or dispatches in FILE with the ledger's.

    FORMAT is csv or greenbutton, as for import, for readings of a meter. Each interval that differs is listed
    with both energies and the records behind the ledger's; a longer interval of yours is compared with the
    sum of the ledger's inside it.

    FORMAT is dispatches for a CSV file with a row for each dispatch and the columns dispatch (the ledger's id
    or your own) or program, start, stop, target_mw, site. Each that differs is listed with both values and
    the records behind the ledger's.

    Nothing is recorded. Exit code 3 if anything differs.
    """
    from ledger.exchange.sheets.dispatch_list import is_dispatch_list

    path = Path(file)
    if form == DISPATCHES or (form == "csv" and meter is None and is_dispatch_list(path.read_bytes())):
        for name, value in (("--meter", meter), ("--dialect", dialect), ("--tolerance", tolerance)):
            if value is not None:
                raise Malformed(
                    f"{name} is for readings of a meter, and this is a list of dispatches; leave it out"
                )
        with opened(ctx, write=False) as book:
            found, problems = _dispatches(ctx, book, path, site)
    else:
        if site is None or meter is None:
            raise Malformed(
                "readings need --site and --meter; a list of dispatches has the columns dispatch or program,"
                " and start"
            )
        with opened(ctx, write=False) as book:
            found, problems = _readings(ctx, book, form, path, site, meter, dialect, tolerance)
    if problems:
        ctx.exit(errors.Malformed.exit_code)
    ctx.exit(errors.Refused.exit_code if found else 0)


def _dispatches(
    ctx: click.Context, book: Book, path: Path, site: str | None
) -> tuple[Sequence[Any], Sequence[Problem]]:
    """Compare a list of dispatches and print the result; return the differences and the unreadable rows."""
    from ledger.app.cli.dispatch_comparison_wording import comparison_lines
    from ledger.app.host.terminal import say, say_json, say_problems
    from ledger.app.queries import dispatch_comparison
    from ledger.app.queries.record_filter import Lines
    from ledger.app.queries.typed import Typed
    from ledger.exchange.sheets.dispatch_list import read_dispatch_list

    typed = Typed(book)
    sites = () if site is None else (site,)
    own = read_dispatch_list(path.read_bytes(), path.name, site, typed.row_instant)
    say_problems(own.problems, wants_json(ctx))
    show_understood(ctx, typed.times)
    result = dispatch_comparison.compared(book, own.rows, sites)
    if wants_json(ctx):
        say_json(dispatch_comparison.comparison_json(result))
    else:
        say(comparison_lines(result, Lines(book, as_json=False, brief=True).line))
    return result.found, own.problems


def _readings(
    ctx: click.Context,
    book: Book,
    form: str,
    path: Path,
    site: str,
    meter: str,
    dialect: str | None,
    tolerance: str | None,
) -> tuple[Sequence[Any], Sequence[Problem]]:
    """Compare readings of a meter and print the result; return the differences and the unreadable rows."""
    from ledger.app.cli.comparison_wording import comparison_lines
    from ledger.app.host.terminal import say, say_json, say_problems
    from ledger.app.imports.import_session import ImportContext
    from ledger.app.imports.source_files import readings_of
    from ledger.app.queries import comparison
    from ledger.app.queries.record_filter import Lines
    from ledger.app.queries.typed import Typed
    from ledger.exchange.formats import Given, format_named
    from ledger.units import parse_quantity

    found = format_named(form)
    with errors.named("--tolerance"):
        tolerance_uwh = 0 if tolerance is None else 1_000_000 * parse_quantity(tolerance, "_wh")
    Typed(book).check_near({"site": site, "meter": meter})
    given = Given(site=site, meter=meter, dialect=dialect)
    context = ImportContext.of(book, found, given, map(Path.read_bytes, [path]))
    parts = list(readings_of(book, found, [path], context.given, keep=False, quiet=wants_json(ctx)))
    problems = [problem for _, reading in parts for problem in reading.problems]
    say_problems(problems, wants_json(ctx))
    own = comparison.own_readings(claim for _, reading in parts for claim in reading.claims)
    result = comparison.compared(book, site, meter, own, tolerance_uwh)
    if wants_json(ctx):
        say_json(comparison.comparison_json(result))
    else:
        say(comparison_lines(result, Lines(book, as_json=False, brief=True).line))
    return result.found, problems
