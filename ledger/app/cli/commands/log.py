"""The command ``log``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

import click

from ledger.app.cli import completion
from ledger.app.cli.options import opened, reads, show_understood, wants_json


@click.command()
@click.option("--stream", shell_complete=completion.streams, help="One stream, such as sandersville/grid.")
@click.option(
    "--site", shell_complete=completion.places, help="All streams of a site (or ba-CODE, fleet, ledger)."
)
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    shell_complete=completion.kinds,
    help="Only this kind (repeatable).",
)
@click.option("--from", "start", help="Facts at or after this instant.")
@click.option("--to", "stop", help="Facts before this instant.")
@click.option("--after", type=int, help="Records after this index.")
@click.option("--limit", type=click.IntRange(1), help="The newest N (with --after: the first N).")
@click.option("--known-at", "known", help="Use only what had been recorded: a record count or an instant.")
@click.option("--ids", is_flag=True, help="Show the id of each record too.")
@click.option("--whole", is_flag=True, help="Show every value of a long list.")
@click.option("--follow", is_flag=True, help="Keep running, and show records as they arrive.")
@reads
@click.pass_context
def log(ctx: click.Context, /, follow: bool, ids: bool, whole: bool, **asked: Any) -> None:
    """Show records, newest last.

    Each is its index and a line of story text, in the zone of its site; with --json the stored bytes. Long
    lists of readings are cut, unless --whole is given.
    """
    from ledger.app.queries.record_filter import Filter, Lines, follow_records, listed
    from ledger.app.queries.typed import Typed

    with opened(ctx, write=False) as book:
        as_json = wants_json(ctx)
        typed = Typed(book)
        typed.filter(asked)
        show_understood(ctx, typed.times)
        wanted, lines = Filter.of(book, **asked), Lines(book, as_json=as_json, ids=ids, brief=not whole)
        _say(map(lines.line, listed(book, wanted)), as_json)
        if follow:
            for record in follow_records(book, wanted):
                _say((lines.line(record),), as_json)
                sys.stdout.flush()


def _say(lines: Iterable[str], as_json: bool) -> None:
    from ledger.app.host.terminal import say, say_bytes

    if not as_json:
        say(lines)
        return
    for line in lines:
        say_bytes(f"{line}\n".encode())
