"""The command ``record``."""

from __future__ import annotations

from typing import IO

import click

from ledger.app.cli.options import clock_option, common, key_option, opened, show_understood, wants_json


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option(
    "--format",
    "form",
    type=click.Choice(["story", "jsonl"]),
    help="Format; else by the file's ending, else story.",
)
@click.option("--dry-run", is_flag=True, help="Check everything; record nothing.")
@click.option("--atomic", is_flag=True, help="Record nothing if any fact is wrong.")
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
    """Record the facts of FILE (- is standard input).

    Index and id of each new record are shown. wattledger kinds lists what can be recorded; wattledger kinds
    KIND shows the fields of one, with an example. In story text an instant may be now, 06:14, yesterday
    18:00, 2026-07-14 14:30 EDT, in the zone of the site.
    """
    from ledger.app.cli.import_summary import record_readings
    from ledger.app.imports.facts_file import read_facts
    from ledger.app.queries.registry import times_of

    data = file.read()  # before the book is locked: the writer of a pipe may be slow
    with opened(ctx, write=True, key_file=key_file, accept_clock=accept_clock) as book:
        times = times_of(book)
        parts = [(file.name, read_facts(data, file.name, form, times))]
        show_understood(ctx, times)
        ctx.exit(
            record_readings(book, parts, as_json=wants_json(ctx), dry_run=dry_run, atomic=atomic, places=True)
        )
