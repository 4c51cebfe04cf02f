"""The command ``operator``."""

from __future__ import annotations

import click

from ledger.app.cli.book_path import book_path
from ledger.app.cli.options import common, wants_json


@click.command()
@click.argument("name", required=False)
@common
@click.pass_context
def operator(ctx: click.Context, name: str | None) -> None:
    """Show or set the operator's display name.

    It is printed on pages, PDFs and workbooks beside the sites. It is kept in book.toml and is not a record:
    JSON, CSV and every hash stay the same.
    """
    from ledger.app.book.config import read_config, write_operator
    from ledger.app.host.terminal import say_json
    from ledger.errors import inert

    if name is not None:
        write_operator(book_path(ctx), name.strip())
    found = read_config(book_path(ctx)).operator.name
    if wants_json(ctx):
        say_json({"operator": found})
    elif name is None:
        click.echo(inert(found) or "No name is set; set one with: wattledger operator NAME")
    else:
        click.echo(f"Pages, PDFs and workbooks now name {inert(found) or 'no operator'}")
