"""The command ``explain``."""

from __future__ import annotations

from typing import Any

import click

from ledger.app.cli import completion
from ledger.app.cli.options import (
    Asking,
    asks,
    opened,
    question,
    reads,
    resolved,
    wants_json,
)


@click.command(cls=Asking)
@click.argument("name", shell_complete=completion.reports)
@click.option("--row", help="The row's key columns joined by /, such as block/s1/b1. [required]")
@click.option("--column", shell_complete=completion.columns, help="One figure; else all figures of the row.")
@asks
@reads
@click.pass_context
def explain(ctx: click.Context, /, name: str, row: str | None, column: str | None, **asked: Any) -> None:
    """Explain a figure of report NAME down to its records.

    Shows its formula, the numbers put into it, and the records behind it by index and id.
    """
    from ledger.app.cli.wording import explanation_lines
    from ledger.app.host.terminal import say, say_json
    from ledger.app.queries import explanation, log_view, report_run
    from ledger.app.queries.record_filter import Lines

    found = report_run.report_named(name)
    with opened(ctx, write=False) as book:
        run = log_view.run_whole(book, found, resolved(ctx, book, question(asked), found))
        if row is None:
            raise explanation.needs_row(run.table)
        done = explanation.explain(book, found, run, row, column)
        if wants_json(ctx):
            say_json(explanation.as_json(done, found.definition))
            return
        log_line = Lines(book, as_json=False, brief=True).line
        say(explanation_lines(done, found.definition, log_line, every=column is None))
