"""The command ``due``."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import click

from ledger.app.cli import completion
from ledger.app.cli.options import choices, chooses, common, opened, show_understood, wants_json

DAY_S = 86_400


@click.command()
@click.option(
    "--site", "sites", multiple=True, shell_complete=completion.sites, help="Only this site (repeatable)."
)
@chooses
@click.option("--within", default="30d", show_default=True, help="How far ahead to look, such as 30d.")
@click.option("--at", help="An instant in place of now.")
@click.option("--ics", is_flag=True, help="Answer as iCalendar, to which a calendar program can subscribe.")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="With --ics: write to a file.")
@click.option("--known-at", "known", help="Use only what had been recorded: a record count or an instant.")
@common
@click.pass_context
def due(
    ctx: click.Context,
    /,
    sites: tuple[str, ...],
    within: str,
    at: str | None,
    ics: bool,
    output: str | None,
    known: str | None,
    **chosen: tuple[str, ...],
) -> None:
    """List the deadlines that are past and open, or come soon.

    Payments, commitments, lease milestones and outside dates, program tests, and programs that have called
    four fifths of their hours. Each is a day on the clocks of its site.
    """
    from ledger.app.cli.book_path import next_command
    from ledger.app.cli.shift_wording import due_lines
    from ledger.app.host.files import write_durably
    from ledger.app.host.terminal import say, say_json
    from ledger.app.queries import deadlines, subject
    from ledger.app.queries.typed import Typed
    from ledger.errors import Malformed

    days = _days(within)
    if output is not None and not ics:
        raise Malformed("-o is for --ics: add --ics, or leave -o out")
    with opened(ctx, write=False) as book:
        typed = Typed(book)
        sites = subject.chosen_sites(book, book.store.size, sites, choices(chosen))
        instant = book.now() if at is None else typed.instant("at", at, sites)
        known = typed.known_at(known, sites)
        show_understood(ctx, typed.times)
        found = deadlines.due(book, sites, instant, days, known)
        origin = book.config.origin
    if ics:
        made = deadlines.due_calendar(found, origin)
        if output is None:
            sys.stdout.buffer.write(made)
        else:
            write_durably(Path(output), made)
            click.echo(f"Wrote {output}")
    elif wants_json(ctx):
        say_json([deadlines.due_json(one) for one in found.found])
    else:
        say(due_lines(found, partial(next_command, ctx), at, known))


def _days(within: str) -> int:
    from argparse import ArgumentTypeError

    from ledger.errors import Malformed
    from ledger.verifier.times import parse_duration

    try:
        return parse_duration(within) // DAY_S
    except ArgumentTypeError as why:
        raise Malformed(f"--within {why}") from None
