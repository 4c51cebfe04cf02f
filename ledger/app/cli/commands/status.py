"""The command ``status``."""

from __future__ import annotations

import click

from ledger.app.cli.book_path import book_path, next_command
from ledger.app.cli.options import common, opened, wants_json


@click.command()
@common
@click.pass_context
def status(ctx: click.Context) -> None:
    """Show how many records the book holds and how many no checkpoint covers yet."""
    from ledger.app.host.terminal import say_json, say_pairs
    from ledger.app.queries.record_filter import status_of

    with opened(ctx, write=False) as book:
        found = {**status_of(book), "path": str(book_path(ctx))}
    if wants_json(ctx):
        say_json(found)
        return
    say_pairs([(name.replace("_", " "), "-" if value is None else value) for name, value in found.items()])
    unsealed = found["size"] - found["sealed_size"]
    if unsealed:
        click.echo(f"{unsealed:,} records are not yet sealed. Next: {next_command(ctx, 'checkpoint')}")
