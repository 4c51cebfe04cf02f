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
@click.option("--known-at", "known", multiple=True, help="Twice: a number of records, or an instant.")
@asks_window
@common
@click.pass_context
def diff(ctx: click.Context, /, name: str, known: tuple[str, ...], **asked: Any) -> None:
    """Say what changed in report NAME between two knowledges.

    Say --known-at twice. Shows each cell that changed and the records that did it, both in the zone that the
    second one has.
    """
    from ledger.app.cli.wording import difference_lines, moved
    from ledger.app.host.terminal import Bar, plural, say, say_json
    from ledger.app.queries import difference, log_view, report_run
    from ledger.app.queries.record_filter import Lines
    from ledger.app.queries.typed import Typed

    if len(known) != 2:
        raise Malformed(
            "say --known-at twice: before and after, such as --known-at 100 --known-at 2026-07-01T00:00Z"
        )
    found = report_run.report_named(name)
    with opened(ctx, write=False) as book:
        typed = Typed(book)
        after = typed.question(question(asked, known_at=known[1]), (found,))
        now = log_view.run_whole(book, found, after)
        before = typed.known_at(known[0], after.sites, now.table.tz)
        show_understood(ctx, typed.times)
        was = log_view.run_whole(book, found, after._replace(known_at=before, tz=now.table.tz))
        sizes = was.table.known_at.size, now.table.known_at.size
        bar, causes = Bar("comparing", quiet=wants_json(ctx)), difference.Causes(book, *sizes)
        changes = list(difference.differences(found, was, now, causes, bar))
        bar.close()
        gone, new = (
            [note for note in one.table.notes if note not in other.table.notes]
            for one, other in ((was, now), (now, was))
        )
        if wants_json(ctx):
            tables = was.table, now.table
            head = {
                "report": name,
                "known_at": [table.known_at._asdict() for table in tables],
                "window": [{"start": table.start, "stop": table.stop, "tz": table.tz} for table in tables],
                "as_of": [table.as_of for table in tables],
            }
            rows = [difference.as_json(each) for each in changes]
            say_json({**head, "differences": rows, "notes_gone": gone, "notes_new": new})
            return
        say(difference_lines(changes, Lines(book, as_json=False).line))
    for sign, notes in (("-", gone), ("+", new)):
        say(f"{sign} note: {note}" for note in notes)
    say(moved(was.table, now.table))
    rows_changed = len({each.row for each in changes})
    said = f"{plural(len(changes), 'figure')} in {plural(rows_changed, 'row')}" if changes else "nothing"
    click.echo(f"{name}: {said} changed between {sizes[0]:,} and {sizes[1]:,} records")
