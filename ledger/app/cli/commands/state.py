"""The command ``state``."""

from __future__ import annotations

import click

from ledger.app.cli import completion
from ledger.app.cli.options import opened, reads, show_understood, wants_json


@click.command()
@click.option(
    "--at",
    required=True,
    help="The instant: 2026-07-14T18:00Z; with --site also now, 06:14, 'yesterday 18:00'.",
)
@click.option(
    "--site",
    "sites",
    multiple=True,
    shell_complete=completion.places,
    help="Only this site (or ba-CODE, fleet) (repeatable).",
)
@click.option("--known-at", "known", help="Use only what had been recorded: a record count or an instant.")
@reads
@click.pass_context
def state(ctx: click.Context, at: str, sites: tuple[str, ...], known: str | None) -> None:
    """Show everything that was true at an instant.

    Shows blocks, outages, curtailments, dispatches, programs, lease phases and commitments, as known now or
    at any size of the log.
    """
    from ledger.app.cli.moment_wording import moment_lines
    from ledger.app.host.terminal import say, say_json
    from ledger.app.queries import moment
    from ledger.app.queries.typed import Typed

    with opened(ctx, write=False) as book:
        typed = Typed(book)
        at, known = typed.instant("at", at, sites), typed.known_at(known, sites)
        show_understood(ctx, typed.times)
        found = moment.state(book, at, sites, known)
    if wants_json(ctx):
        say_json(moment.moment_json(found))
        return
    say(moment_lines(found))
