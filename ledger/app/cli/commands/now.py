"""The command ``now``."""

from __future__ import annotations

import shutil
from functools import partial

import click

from ledger.app.cli import completion
from ledger.app.cli.options import choices, chooses, common, opened, show_understood, wants_json


@click.command()
@click.option(
    "--site", "sites", multiple=True, shell_complete=completion.sites, help="Only this site (repeatable)."
)
@chooses
@click.option("--at", help="An instant in place of now.")
@click.option("--known-at", "known", help="Use only what had been recorded: a record count or an instant.")
@common
@click.pass_context
def now(
    ctx: click.Context,
    /,
    sites: tuple[str, ...],
    at: str | None,
    known: str | None,
    **chosen: tuple[str, ...],
) -> None:
    """Show what is open or abnormal now, on one screen.

    Incidents, outages, dispatches and curtailments that are not over, feeds that are down, grids that are not
    normal, notices of grid operators in force, deadlines that are past, records that no checkpoint covers.
    """
    from ledger.app.cli.book_path import next_command
    from ledger.app.cli.shift_wording import shift_lines
    from ledger.app.host.terminal import say, say_json
    from ledger.app.queries import subject
    from ledger.app.queries.shift import shift, shift_json
    from ledger.app.queries.typed import Typed

    with opened(ctx, write=False) as book:
        typed = Typed(book)
        sites = subject.chosen_sites(book, book.store.size, sites, choices(chosen))
        instant = book.now() if at is None else typed.instant("at", at, sites)
        known = typed.known_at(known, sites)
        show_understood(ctx, typed.times)
        found = shift(book, sites, instant, known)
    if wants_json(ctx):
        say_json(shift_json(found))
    else:
        width = shutil.get_terminal_size((100, 24)).columns
        say(shift_lines(found, width, partial(next_command, ctx), at, known))
