"""The command ``diff``."""

from __future__ import annotations

from typing import Any

import click

from ledger.app.cli import completion
from ledger.app.cli.options import (
    Asking,
    asks_window,
    common,
    opened,
    question,
    show_understood,
    wants_json,
)
from ledger.errors import Malformed


@click.command(cls=Asking)
@click.argument("name", shell_complete=completion.reports)
@click.option("--known-at", "known", multiple=True, help="Give it twice: a number of records, or an instant.")
@asks_window
@common
@click.pass_context
def diff(ctx: click.Context, /, name: str, known: tuple[str, ...], **asked: Any) -> None:
    """Show what changed in a report as later facts came in.

    Give --known-at twice. Shows each cell that changed and the records that changed it, both in the zone of
    the second one.
    """
    from ledger.app.cli.wording import difference_lines, moved
    from ledger.app.host.terminal import Bar, plural, say, say_json
    from ledger.app.queries import knowledges, report_run
    from ledger.app.queries.record_filter import Lines
    from ledger.app.queries.typed import Typed

    if len(known) != 2:
        raise Malformed(
            "give --known-at twice, before and after, such as --known-at 100 --known-at 2026-07-01T00:00Z"
        )
    report = report_run.report_named(name)
    with opened(ctx, write=False) as book:
        typed, bar = Typed(book), Bar("comparing", quiet=wants_json(ctx))
        later = question(asked, known_at=known[1])
        found = knowledges.compared(book, report, typed, known[0], later, bar)
        bar.close()
        show_understood(ctx, typed.times)
        if wants_json(ctx):
            say_json(knowledges.knowledges_json(found))
            return
        say(difference_lines(found.changes, Lines(book, as_json=False, brief=True).line))
    for sign, notes in (("-", found.notes_gone), ("+", found.notes_new)):
        say(f"{sign} note: {note}" for note in notes)
    say(moved(found.was, found.now))
    rows_changed = len({each.row for each in found.changes})
    said = (
        f"{plural(len(found.changes), 'figure')} in {plural(rows_changed, 'row')}"
        if found.changes
        else "nothing"
    )
    click.echo(f"{name}: {said} changed between {found.sizes[0]:,} and {found.sizes[1]:,} records")
