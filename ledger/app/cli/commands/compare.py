"""The command ``compare``."""

from __future__ import annotations

from pathlib import Path

import click

from ledger import errors
from ledger.app.cli.options import opened, reads, wants_json


@click.command()
@click.argument("form", metavar="FORMAT")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--site", required=True, help="The site of the meter.")
@click.option("--meter", required=True, help="The meter whose readings the file holds too.")
@click.option("--dialect", help="How a CSV file is written; import csv --dialect list explains the dialects.")
@click.option("--tolerance", help="Energies no further apart are equal, such as 0.5kWh.")
@reads
@click.pass_context
def compare(
    ctx: click.Context,
    form: str,
    file: str,
    site: str,
    meter: str,
    dialect: str | None,
    tolerance: str | None,
) -> None:
    """Compare your own readings in FILE with those that the ledger has of the same meter.

    FORMAT is csv or greenbutton, as for import. Each interval that differs is listed with both energies and
    the records behind the ledger's; a longer interval of yours is compared with the sum of the ledger's inside
    it. Nothing is recorded. Exit code 3 if anything differs.
    """
    from ledger.app.cli.comparison_wording import comparison_lines
    from ledger.app.host.terminal import say, say_json, say_problems
    from ledger.app.imports.import_session import ImportContext
    from ledger.app.imports.source_files import readings_of
    from ledger.app.queries import comparison
    from ledger.app.queries.record_filter import Lines
    from ledger.app.queries.typed import Typed
    from ledger.exchange.formats import Given, format_named
    from ledger.units import parse_quantity

    found, path = format_named(form), Path(file)
    with errors.named("--tolerance"):
        tolerance_uwh = 0 if tolerance is None else 1_000_000 * parse_quantity(tolerance, "_wh")
    with opened(ctx, write=False) as book:
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
            say(comparison_lines(result, Lines(book, as_json=False).line))
    if problems:
        ctx.exit(errors.Malformed.exit_code)
    ctx.exit(errors.Refused.exit_code if result.found else 0)
