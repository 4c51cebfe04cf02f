"""Commands that look into a book: log, status."""

from __future__ import annotations

import sys
from typing import Any

import click

from ledger.app.commands.common import common, opened, wants_json


@click.command()
@click.option("--stream", help="One stream, such as sandersville/grid.")
@click.option("--site", help="All streams of a site (or ba-CODE, fleet, ledger).")
@click.option("--kind", "kinds", multiple=True, help="Only this kind; may be said again.")
@click.option("--from", "start", help="Facts at or after this instant.")
@click.option("--to", "stop", help="Facts before this instant.")
@click.option("--after", type=int, help="Records after this index.")
@click.option("--limit", type=click.IntRange(1), help="The newest N (with --after: the first N).")
@click.option("--follow", is_flag=True, help="Stay, and show records as they are taken.")
@common
@click.pass_context
def log(ctx: click.Context, /, follow: bool, **asked: Any) -> None:
    """Show records, newest last.

    Each is a line of story text, in the zone of its site; with --json the stored bytes.
    """
    from ledger.app.listing import Filter, Lines, follow_records, listed

    with opened(ctx, write=False) as book:
        wanted, lines = Filter.of(book, **asked), Lines(book, as_json=wants_json(ctx))
        for record in listed(book, wanted):
            click.echo(lines.line(record))
        if follow:
            for record in follow_records(book, wanted):
                click.echo(lines.line(record))
                sys.stdout.flush()


@click.command()
@common
@click.pass_context
def status(ctx: click.Context) -> None:
    """Say what the book is and how far it is sealed."""
    from ledger.app.listing import status_of
    from ledger.app.terminal import say_json, say_pairs

    with opened(ctx, write=False) as book:
        found = status_of(book)
    if wants_json(ctx):
        say_json(found)
        return
    say_pairs([(name.replace("_", " "), "-" if value is None else value) for name, value in found.items()])
    unsealed = found["size"] - found["sealed_size"]
    if unsealed:
        click.echo(f"{unsealed:,} records are not yet sealed. Next: wattledger checkpoint")
