"""The command ``import``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ledger.app.cli import completion
from ledger.app.cli.book_path import book_path
from ledger.app.cli.options import (
    clock_option,
    common,
    key_option,
    opened,
    show_understood,
    wants_json,
)
from ledger.errors import Malformed, Problem

if TYPE_CHECKING:
    from ledger.exchange.formats import Given


def _known(ctx: click.Context, param: click.Parameter, form: str) -> str:
    """Refuse a format that is none before the files are looked for."""
    from ledger.exchange.formats import format_named

    format_named(form)
    return form


@click.command("import")
@click.argument("form", metavar="FORMAT", callback=_known, shell_complete=completion.import_formats)
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False))
@click.option("--site", shell_complete=completion.sites, help="The site the file is about.")
@click.option(
    "--meter",
    shell_complete=completion.meters,
    help="The meter (already recorded) whose readings are in the file.",
)
@click.option("--block", shell_complete=completion.blocks, help="The block whose devices are in the file.")
@click.option(
    "--dialect",
    shell_complete=completion.dialects,
    help="Layout of a CSV file; list explains the dialects.",
)
@click.option(
    "--source",
    shell_complete=completion.notice_sources,
    help="conditions: the operator whose publication the file is; list explains them.",
)
@click.option(
    "--area",
    "areas",
    multiple=True,
    help="conditions: record notices of this part of the grid too (repeatable).",
)
@click.option(
    "--ends-missing",
    is_flag=True,
    help="conditions: the page lists all notices in force; recorded ones that it lacks ended by --at.",
)
@click.option("--at", help="Instant of the readings or of the saved page, if the file does not state it.")
@click.option("--hold", help="Time for which a polled value holds, such as 15min.")
@click.option(
    "--program",
    "programs",
    multiple=True,
    shell_complete=completion.programs,
    help="openadr: our program; ID=NAME for the VTN's program ID.",
)
@click.option(
    "--class",
    "dispatch_class",
    shell_complete=completion.dispatch_classes,
    help="openadr: the dispatch class of events, such as emergency.",
)
@click.option(
    "--alert",
    "alerts",
    multiple=True,
    help="openadr, conditions: the state an alert or wording means, TYPE=STATE.",
)
@click.option(
    "--setpoint",
    "setpoints",
    multiple=True,
    metavar="TYPE=MODE[:UNIT]",
    help="openadr: a payload type of the operator's own is reduce-to or reduce-by, in W, kW or MW.",
)
@click.option(
    "--relative",
    metavar="MEANING",
    help="openadr: DISPATCH_SETPOINT_RELATIVE is a change (less is negative) or reduce-by (less is positive).",
)
@click.option("--vtn", help="openadr: begins the names of the VTN's dispatches (adr).")
@click.option(
    "--map",
    "map_file",
    type=click.Path(exists=True, dir_okay=False),
    help="events: the TOML file that maps columns to facts; comtrade: the one that maps channels.",
)
@click.option(
    "--clock",
    metavar="ZONE",
    help="comtrade: the zone of a recorder's clock, where its file states none.",
)
@click.option(
    "--authority",
    metavar="CODE",
    help="generation: the balancing authority whose rows are read, by its EIA-930 code.",
)
@click.option("--sheet", help="events: the sheet of a workbook, where it has several.")
@click.option("--suggest", is_flag=True, help="events: write a map of the file for you to complete.")
@click.option(
    "--kind",
    metavar="KIND",
    shell_complete=completion.kinds,
    help="events: the kind that --suggest maps the rows to, whatever they look like.",
)
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="events: where --suggest writes it.")
@click.option("--dry-run", is_flag=True, help="Show in story text what would be recorded; record nothing.")
@click.option("--atomic", is_flag=True, help="Record nothing if any fact is wrong.")
@clock_option
@key_option
@common
@click.pass_context
def import_(ctx: click.Context, /, form: str, files: tuple[str, ...], **said: Any) -> None:
    """Record the facts in FILES of a FORMAT.

    The files are kept as evidence, each named by its SHA-256. Rows of a spreadsheet that are not recorded are
    written to FILE.refused.csv or .xlsx, each with its reason. A dry run writes nothing.
    """
    from ledger.app.cli.import_summary import record_readings
    from ledger.app.imports.import_session import ImportContext, given_of
    from ledger.app.imports.source_files import readings_of
    from ledger.app.queries.typed import Typed
    from ledger.exchange.formats import format_named
    from ledger.exchange.interval_csv import dialects

    if said["dialect"] == "list":
        click.echo("\n".join(dialects.explained()))
        return
    if said["source"] == "list":
        from ledger.exchange.grid_notices import sources

        click.echo("\n".join(sources.explained()))
        return
    if not files:
        raise Malformed(f"name the files: wattledger import {form} FILE...")
    found, paths = format_named(form), [Path(name) for name in files]
    for path in paths:
        if not path.is_file():
            raise Malformed(f"{path} is a device or a pipe, and a file is read twice: save it as one first")
    if form == "events" and len({path.name for path in paths}) < len(paths):
        raise Malformed("two files have one name, by which their rows are told apart; import them one by one")
    if said.pop("suggest"):
        _suggest(ctx, form, paths, said)
        return
    if said.pop("kind") is not None:
        raise Malformed("--kind is for the map that --suggest writes; add --suggest, or leave --kind out")
    if said.pop("output") is not None:
        raise Malformed("-o is for the map that --suggest writes; add --suggest, or leave -o out")
    how = {name: said.pop(name) for name in ("dry_run", "atomic")}
    opening = {name: said.pop(name) for name in ("key_file", "accept_clock")}
    with opened(ctx, write=True, **opening) as book:
        typed = Typed(book)
        typed.check_near(said)
        if said["at"] is not None:
            said["at"] = typed.instant("at", said["at"], [said["site"]] if said["site"] else [])
        show_understood(ctx, typed.times)
        given = given_of(said)
        beside = ImportContext.of(book, found, given, (path.read_bytes() for path in paths))
        readings = readings_of(
            book, found, paths, beside.given, keep=not how["dry_run"], quiet=wants_json(ctx)
        )
        parts = beside.settle(readings)
        problems: list[Problem] = []
        code = record_readings(
            book, parts, as_json=wants_json(ctx), restate=True, heard=problems.extend, **how
        )
    if found.asks_zones and problems and not how["dry_run"]:
        _write_refused(ctx, paths, beside.given, problems)
    ctx.exit(code)


def _write_refused(ctx: click.Context, paths: list[Path], given: Given, problems: list[Problem]) -> None:
    """Write the rows of each spreadsheet that were not recorded, with their reasons."""
    from ledger.app.host.terminal import plural
    from ledger.app.imports.refused_rows import write_refused

    for path in paths:
        written = write_refused(path, given, problems)
        if written is not None and not wants_json(ctx):
            reasons = "its reason" if written.rows == 1 else "their reasons"
            click.echo(f"Wrote {written.path}: {plural(written.rows, 'row')} not recorded, with {reasons}")


def _suggest(ctx: click.Context, form: str, paths: list[Path], said: dict[str, Any]) -> None:
    """Write a map for the user, to standard output or into a new file."""
    from ledger.app.book.config import NAME
    from ledger.app.imports.known_site import site_zones
    from ledger.app.imports.suggested_map import suggested, write_map

    if form != "events":
        raise Malformed("--suggest writes a map of a spreadsheet: wattledger import events FILE --suggest")
    if len(paths) != 1:
        raise Malformed("--suggest writes the map of one file; name one")
    sites: list[str] = []
    if (book_path(ctx) / NAME).exists():
        with opened(ctx, write=False) as book:
            sites = sorted(site_zones(book))
    made = suggested(paths[0], said["sheet"], said["site"], sites, said["kind"])
    if said["output"] is None:
        click.echo(made.text, nl=False)
        return
    write_map(Path(said["output"]), made.text)
    click.echo(f"Wrote {said['output']}: {made.summary}")
    click.echo(
        f"Next: complete it, then wattledger import events {paths[0]} --map {said['output']} --dry-run"
    )
