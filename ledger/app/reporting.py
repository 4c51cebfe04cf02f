"""Reports on their way out: the list of them, and one rendered for a terminal or a file."""

from __future__ import annotations

import shutil

import click

from ledger.app.terminal import say_json
from ledger.errors import Malformed
from projections.catalogue import REPORTS
from projections.render.formats import BY_NAME
from projections.tables import Table


def list_reports(as_json: bool) -> None:
    """Every report with its title."""
    if as_json:
        say_json(
            [{"name": r.name, "definition_version": r.definition_version, "title": r.title} for r in REPORTS]
        )
        return
    width = max(len(report.name) for report in REPORTS)
    for report in REPORTS:
        click.echo(f"  {report.name:<{width}}  {report.title}")
    click.echo("Next: wattledger report NAME --period 2026-07")


def rendered(table: Table, form: str, *, to_terminal: bool) -> bytes:
    """The table's bytes in a format; text takes the terminal's width."""
    if form not in BY_NAME:
        raise Malformed(f"no format is called {form!r}; there are {', '.join(BY_NAME)}")
    width = shutil.get_terminal_size((100, 24)).columns if to_terminal else 100
    return BY_NAME[form].render(table, width=width)
