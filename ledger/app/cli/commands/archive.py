"""The command ``archive``."""

from __future__ import annotations

from pathlib import Path

import click

from ledger.app.cli.options import common, opened, wants_json


@click.command()
@click.argument("directory", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--sections", is_flag=True, help="Archive sections too (commercial, personal), which can be erased."
)
@common
@click.pass_context
def archive(ctx: click.Context, directory: Path, sections: bool) -> None:
    """Write the sealed log as plain files, for an object store.

    The files never change; a second run adds what is new. The folder DIR is all that a reader needs: name it
    with --book, check it with wattledger verify DIR --key VKEY, make a book of it again with wattledger copy DIR
    BOOK.
    """
    from ledger.app.host.terminal import Bar, plural, say_json
    from ledger.app.maintenance.archive import archive_book

    with opened(ctx, write=False) as book:
        bar = book.progress = Bar("archiving", quiet=wants_json(ctx))
        done = archive_book(book, directory, sections=sections)
        bar.close()
    if wants_json(ctx):
        say_json({"path": str(directory), **done._asdict()})
        return
    click.echo(
        f"Archived {plural(done.new, 'new record')} of {done.origin} in {plural(done.files, 'file')};"
        f" {directory} holds {plural(done.size, 'record')}, root {done.root[:16]}..."
    )
