"""The command ``record``."""

from __future__ import annotations

from typing import IO, Any

import click

from ledger.app.cli.options import clock_option, common, key_option, opened, wants_json


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
    """Record the facts of FILE (- is standard input), and show index and id of each new record.

    wattledger kinds lists what can be recorded; wattledger kinds KIND shows the fields of one, with an
    example.
    """
    from ledger.app.imports.facts_file import read_facts

    reading = read_facts(file.read(), file.name, form)
    _record(
        ctx, reading, file.name, dry_run=dry_run, atomic=atomic, accept_clock=accept_clock, key_file=key_file
    )


def _record(
    ctx: click.Context,
    reading: Any,
    source: str,
    *,
    key_file: str | None,
    accept_clock: bool,
    dry_run: bool,
    atomic: bool,
) -> None:
    from ledger.app.cli.import_summary import record_readings

    with opened(ctx, write=True, key_file=key_file, accept_clock=accept_clock) as book:
        ctx.exit(
            record_readings(
                book,
                [(source, reading)],
                as_json=wants_json(ctx),
                dry_run=dry_run,
                atomic=atomic,
                places=True,
            )
        )
