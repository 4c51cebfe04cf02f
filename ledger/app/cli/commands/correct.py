"""The command ``correct``."""

from __future__ import annotations

import click

from ledger.app.cli.options import clock_option, common, key_option, opened, wants_json


@click.command()
@click.argument("record", metavar="RECORD")
@click.argument("changes", metavar="KEY=VALUE...", nargs=-1)
@click.option("--reason", required=True, help="Reason, kept in the correcting record.")
@click.option("--dry-run", is_flag=True, help="Show the fact before and after; record nothing.")
@clock_option
@key_option
@common
@click.pass_context
def correct(
    ctx: click.Context,
    record: str,
    changes: tuple[str, ...],
    reason: str,
    dry_run: bool,
    accept_clock: bool,
    key_file: str | None,
) -> None:
    """Record the fact of RECORD again with some fields changed.

    RECORD is its index or id. KEY=VALUE is written as in story text, without the inner quotes: derate=30MW
    cause="breaker 5 tripped". KEY=null removes an optional field; at=INSTANT moves the fact. The record
    itself stays as it is: reports use the correction, and --known-at still shows what was known before.
    """
    from ledger.app.cli.taken_fact import say_taken
    from ledger.app.maintenance import correction

    with opened(ctx, write=True, key_file=key_file, accept_clock=accept_clock) as book:
        taken = correction.correct(book, record, changes, reason, dry_run=dry_run)
        say_taken(book, taken, "corrected", as_json=wants_json(ctx), dry_run=dry_run)
