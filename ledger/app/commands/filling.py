"""Commands that make and fill a book: init, record, import, demo."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, Any

import click

from ledger.app.commands.common import book_path, clock_option, common, key_option, opened, wants_json


@click.command()
@click.option(
    "--origin", help="The log's name for life: a URL without its scheme, such as example.com/ledger."
)
@click.option("--tz", help="Zone of reports whose sites share none.")
@clock_option
@key_option
@common
@click.pass_context
def init(
    ctx: click.Context, origin: str | None, tz: str | None, accept_clock: bool, key_file: str | None
) -> None:
    """Make a new book and print its verifier key.

    If it is killed or the disk is full, run it again: it finishes what it began.
    """
    from ledger.app.book import Book
    from ledger.app.config import Config
    from ledger.app.keys import key_path
    from ledger.app.making import begun_settings
    from ledger.app.modes import open_to_others
    from ledger.app.terminal import say_json, say_pairs

    path = book_path(ctx)
    begun = begun_settings(path, key_path(path, key_file)) or Config("")
    settings = Config(origin or begun.origin or f"wattledger.local/{os.urandom(4).hex()}", tz=tz or begun.tz)
    with Book.create(path, settings, key_file=key_file, accept_clock=accept_clock) as book:
        key = book.signer().vkey
    if wants_json(ctx):
        say_json({"origin": settings.origin, "key": key, "path": str(path)})
        return
    click.echo(f"Made a book in {path}")
    say_pairs([("origin", settings.origin), ("verifier key", key)])
    click.echo("Give the verifier key to whoever will check this book. Next: wattledger record FILE")
    if open_to_others(path):
        click.echo(
            f"wattledger: {path} was there before, and others may list it; to close it: wattledger repair --modes --apply",
            err=True,
        )


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option(
    "--format", "form", type=click.Choice(["story", "jsonl"]), help="Else by the file's ending, else story."
)
@click.option("--dry-run", is_flag=True, help="Decide everything, record nothing.")
@click.option("--atomic", is_flag=True, help="Record all or, if one fact is wrong, nothing.")
@clock_option
@key_option
@common
@click.pass_context
def record(
    ctx: click.Context,
    file: IO[bytes],
    form: str | None,
    dry_run: bool,
    atomic: bool,
    accept_clock: bool,
    key_file: str | None,
) -> None:
    """Record the facts of FILE (- is standard input)."""
    from ledger.app.reading import read_facts

    reading = read_facts(file.read(), file.name, form)
    _record(
        ctx, reading, file.name, dry_run=dry_run, atomic=atomic, accept_clock=accept_clock, key_file=key_file
    )


def _record(
    ctx: click.Context, reading: Any, source: str, *, key_file: str | None, accept_clock: bool, **how: bool
) -> None:
    from ledger.app.recording import record_readings

    with opened(ctx, write=True, key_file=key_file, accept_clock=accept_clock) as book:
        ctx.exit(record_readings(book, [(source, reading)], as_json=wants_json(ctx), **how))


@click.command("import")
@click.argument("form", metavar="FORMAT")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False))
@click.option("--site", help="The site the file is about.")
@click.option("--meter", help="The meter (recorded already) whose readings the file holds.")
@click.option("--block", help="The block whose devices the file holds.")
@click.option("--dialect", help="How a CSV file is written; list explains the dialects.")
@click.option("--at", help="When it was so, if the file does not say.")
@click.option("--hold", help="How long a polled value holds, such as 15min.")
@click.option(
    "--program", "programs", multiple=True, help="openadr: our program; ID=NAME for the VTN's program ID."
)
@click.option("--class", "dispatch_class", help="openadr: the dispatch class of events, such as emergency.")
@click.option("--alert", "alerts", multiple=True, help="openadr: the state an alert means, TYPE=STATE.")
@click.option("--vtn", help="openadr: begins the names of the VTN's dispatches (adr).")
@click.option("--dry-run", is_flag=True, help="Show as story text what would be recorded; record nothing.")
@click.option("--atomic", is_flag=True, help="Record all or, if one fact is wrong, nothing.")
@clock_option
@key_option
@common
@click.pass_context
def import_(ctx: click.Context, /, form: str, files: tuple[str, ...], **said: Any) -> None:
    """Record what FILES of a FORMAT say.

    The files are kept as evidence, each named by its SHA-256.
    """
    from ledger.app.importing import Beside, given_of
    from ledger.app.recording import readings_of, record_readings
    from ledger.errors import Malformed
    from ledger.exchange import dialects
    from ledger.exchange.formats import format_named

    if said["dialect"] == "list":
        click.echo("\n".join(dialects.explained()))
        return
    if not files:
        raise Malformed(f"name the files: wattledger import {form} FILE...")
    found, paths = format_named(form), [Path(name) for name in files]
    for path in paths:
        if not path.is_file():
            raise Malformed(f"{path} is a device or a pipe, and a file is read twice: save it as one first")
    how = {name: said.pop(name) for name in ("dry_run", "atomic")}
    opening = {name: said.pop(name) for name in ("key_file", "accept_clock")}
    given = given_of(said)
    with opened(ctx, write=True, **opening) as book:
        beside = Beside.of(book, found, given, (path.read_bytes() for path in paths))
        readings = readings_of(
            book, found, paths, beside.given, keep=not how["dry_run"], quiet=wants_json(ctx)
        )
        parts = beside.settle(readings)
        ctx.exit(record_readings(book, parts, as_json=wants_json(ctx), restate=True, **how))


@click.command()
@click.argument("directory", required=False, type=click.Path(file_okay=False))
@common
@click.pass_context
def demo(ctx: click.Context, directory: str | None) -> None:
    """Make the book of an invented portfolio, and every report.

    35 sites, 1.8 GW and twelve months of facts in DIRECTORY (default demo-book), with real meter and miner files. Runs again without harm.
    """
    from ledger.app.demo import run

    said = (ctx.obj or {}).get("book")
    run(Path(directory or said or "demo-book"), as_json=wants_json(ctx))
