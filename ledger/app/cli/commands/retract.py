"""The command ``retract``."""

from __future__ import annotations

import click

from ledger.app.cli.options import clock_option, common, key_option, opened, wants_json


@click.command()
@click.argument("record", metavar="RECORD")
@click.option("--reason", required=True, help="Reason, kept in the retracting record.")
@click.option("--dry-run", is_flag=True, help="Show what would be retracted; record nothing.")
@clock_option
@key_option
@common
@click.pass_context
def retract(
    ctx: click.Context, record: str, reason: str, dry_run: bool, accept_clock: bool, key_file: str | None
) -> None:
    """Withdraw the fact of RECORD (its index or id).

    The record stays in the log; reports leave it out from then on. Records that depend on it stay too: they
    are named here, and doctor lists them. To change a fact use correct.
    """
    from ledger.app.cli.taken_fact import say_taken
    from ledger.app.maintenance import correction

    with opened(ctx, write=True, key_file=key_file, accept_clock=accept_clock) as book:
        taken = correction.retract(book, record, reason, dry_run=dry_run)
        say_taken(book, taken, "retracted", as_json=wants_json(ctx), dry_run=dry_run)
