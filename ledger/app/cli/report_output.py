"""Output of reports: their list, the choice of format, and a report rendered for a terminal or into a file."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Final

import click

from ledger.app.delivery.report_formats import BY_ENDING, BY_NAME, Hashed, check_installed, format_named
from ledger.app.host.files import write_durably
from ledger.app.host.output import on_output
from ledger.app.host.terminal import say_bytes, say_json
from ledger.app.queries.report_list import list_json
from ledger.errors import Malformed
from projections.engine.table import Paper, Table
from projections.render import json_file
from projections.render.formats import ReportFormat
from projections.reports.catalogue import REPORTS

FILE_COLUMNS: Final = 100
"""Width of text that is written to a file."""


def list_reports(as_json: bool, following: str) -> None:
    """List every report with its title, and a command to run one."""
    if as_json:
        say_json(list_json())
        return
    width = max(len(report.name) for report in REPORTS)
    for report in REPORTS:
        click.echo(f"  {report.name:<{width}}  {report.title}")
    click.echo(f"Next: {following}")
    from ledger.app.delivery.packs import NAMED

    click.echo(f"  or: wattledger report --pack {'|'.join(NAMED)} --period 2026-Q3 -o DIR")


def format_meant(name: str | None, output: str | None, report: str) -> ReportFormat:
    """The format that was given, else that of the file's ending, else text; ``Malformed`` where it is unknown
    or not for a terminal.
    """
    ending = Path(output).suffix.removeprefix(".") if output else ""
    if name is not None:
        form = format_named(name)
    elif ending and ending not in BY_ENDING:
        raise Malformed(
            f"no format has files that end in .{ending}: {output!r}; use --format {'|'.join(BY_NAME)}"
        )
    else:
        form = BY_ENDING[ending] if ending else BY_NAME["text"]
    check_installed(form)
    if form.binary and output is None and sys.stdout.isatty():
        raise Malformed(f"{form.name} is not for a terminal; name a file: -o {report}.{form.ending}")
    return form


def write(
    table: Table,
    form: ReportFormat,
    output: str | None,
    *,
    columns: str = "first",
    paper: Paper | None = None,
    names: bool = False,
) -> str | None:
    """The table's bytes on standard output, text in the terminal's width; or durably into a file. They are written
    as they are made. Return the report's hash where these were the bytes it is over.
    """
    if columns == "all" and form.name == "text":
        table = table._replace(first=())
    table = table._replace(paper=paper or table.paper)
    if names and form.name != "json":
        raise Malformed(f"--names is for --format json; {form.name} has the names that it can have")
    width = shutil.get_terminal_size((100, 24)).columns if output is None else FILE_COLUMNS
    pieces = Hashed(json_file.pieces(table, names=True) if names else form.pieces(table, width))
    if output is None:
        with on_output():
            for piece in pieces:
                say_bytes(piece)
            sys.stdout.buffer.flush()
    else:
        write_durably(Path(output), pieces)
        click.echo(f"Wrote {output}")
    return pieces.sha256 if form.name == "json" and not names else None
