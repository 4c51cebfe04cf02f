"""The command ``report``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ledger.app.cli import completion
from ledger.app.cli.book_path import next_command
from ledger.app.cli.options import (
    Asking,
    asks,
    clock_option,
    key_option,
    opened,
    question,
    reads,
    resolved,
    wants_json,
)
from ledger.errors import Malformed, inert

if TYPE_CHECKING:
    from projections.engine.table import Paper


@click.command(cls=Asking)
@click.argument("name", required=False, shell_complete=completion.reports)
@asks
@click.option(
    "--format",
    "form",
    shell_complete=completion.report_formats,
    help="text, json, csv, html, xlsx, docx or pdf; else by the ending of -o FILE, else text.",
)
@click.option(
    "--columns",
    type=click.Choice(["first", "all"]),
    default="first",
    help="Columns of the text table: the report's main ones, or all of them.",
)
@click.option(
    "--names",
    is_flag=True,
    help="With json: add the operator, sites, counties and authorities by name; the report's hash is over the"
    " JSON without them.",
)
@click.option(
    "--paper",
    type=click.Choice(["letter", "a4"]),
    help="Paper size of html, xlsx, docx and pdf; else letter where all sites are in the US, else a4.",
)
@click.option(
    "--pack",
    shell_complete=completion.packs,
    help="All reports of one reader, into folder -o; report without NAME lists the packs.",
)
@click.option("-o", "--output", type=click.Path(), help="Write to a file; a pack into a folder.")
@click.option(
    "--issue", "recipient", help="Record that the report was issued to this RECIPIENT, with its hash."
)
@clock_option
@key_option
@reads
@click.pass_context
def report(
    ctx: click.Context,
    /,
    name: str | None,
    form: str | None,
    columns: str,
    names: bool,
    paper: Paper | None,
    pack: str | None,
    output: str | None,
    recipient: str | None,
    accept_clock: bool,
    key_file: str | None,
    **asked: Any,
) -> None:
    """Compute a report or a pack of reports, or list them."""
    from ledger.app.cli.report_output import format_meant, list_reports, write
    from ledger.app.queries import log_view, report_run

    opening: dict[str, Any] = {
        "write": recipient is not None,
        "key_file": key_file,
        "accept_clock": accept_clock,
    }
    if pack is not None:
        if name is not None:
            raise Malformed(f"give {name} or --pack {pack}, not both")
        _pack(ctx, pack, form, paper, output, recipient, opening, asked)
        return
    if name in (None, "list"):
        list_reports(wants_json(ctx), next_command(ctx, "report", "NAME", "--period", "2026-07"))
        return
    found = report_run.report_named(name)
    meant = format_meant(form or ("json" if wants_json(ctx) else None), output, name)
    _check_recipient(recipient)
    with opened(ctx, **opening) as book:
        wanted = resolved(ctx, book, question(asked), found)
        table = log_view.run(book, found, wanted)
        digest = write(table, meant, output, columns=columns, paper=paper, names=names)
        if recipient is not None:
            from ledger.app.delivery.issue import issue

            record = issue(book, found, table, recipient, wanted.said, digest)
            click.echo(f"Issued to {inert(recipient)}: record {record.index} ({record.id})", err=True)


def _check_recipient(recipient: str | None) -> None:
    """Refuse an empty recipient before anything is written (``Malformed``)."""
    if recipient is not None and not recipient.strip():
        raise Malformed("--issue needs the name of the report's recipient")


def _pack(
    ctx: click.Context,
    name: str,
    form: str | None,
    paper: Paper | None,
    output: str | None,
    recipient: str | None,
    opening: dict[str, Any],
    asked: dict[str, Any],
) -> None:
    from ledger.app.delivery import packs
    from ledger.app.delivery.issue import issue
    from ledger.app.delivery.report_formats import format_named
    from ledger.app.host.terminal import Bar, plural, say_json

    found = packs.pack_named(name)
    if output is None:
        raise Malformed(f"a pack is a folder; name it with -o {name}")
    formats = () if form is None else (format_named(form).name,)
    _check_recipient(recipient)
    with opened(ctx, **opening) as book:
        wanted = resolved(ctx, book, question(asked), *found.reports)
        if recipient and wanted.known_at is None:
            book.checkpoint()  # so that the pack's bundle proves what is issued
        bar = Bar("writing", quiet=wants_json(ctx))
        written = packs.write(book, found, wanted, Path(output), formats, bar, paper)
        bar.close()
        for report, table in zip(found.reports, written.tables if recipient else (), strict=False):
            issue(book, report, table, str(recipient), wanted.said)
    if wants_json(ctx):
        say_json({"pack": name, "path": output, "files": [file._asdict() for file in written.files]})
        return
    click.echo(
        f"Wrote {plural(len(written.tables), 'report')} in {plural(len(written.files), 'file')} for:"
        f" {found.reader}"
    )
    if recipient:
        click.echo(f"Issued to {inert(recipient)}: {plural(len(written.tables), 'record')}")
    click.echo(f"Open next: {Path(output) / packs.INDEX}")
