"""The command ``backup``."""

from __future__ import annotations

from pathlib import Path

import click

from ledger.app.cli.book_path import book_path
from ledger.app.cli.options import common, wants_json


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--without-damaged",
    is_flag=True,
    help="Leave out documents that differ from those kept, and name them; else no backup is made.",
)
@common
@click.pass_context
def backup(ctx: click.Context, file: Path, without_damaged: bool) -> None:
    """Copy the book into FILE while others may go on writing.

    The backup holds records, sections and evidence as of one moment, checked as fsck checks a book. It holds
    neither the signing key nor the checkpoint it last signed: keep these two together, elsewhere.
    """
    from ledger.app.host.terminal import Bar, plural, say_json
    from ledger.app.maintenance.backup import back_up

    bar = Bar("backing up", quiet=wants_json(ctx))
    done = back_up(book_path(ctx), file, bar, without_damaged=without_damaged)
    bar.close()
    if wants_json(ctx):
        say_json({"path": str(file), **done._asdict()})
        return
    documents = f" and {plural(done.evidence, 'document')} of evidence" if done.evidence else ""
    click.echo(
        f"Backed up {plural(done.size, 'record')}{documents} of {done.origin} into {file}"
        f" ({plural(done.bytes, 'byte')})"
    )
    for name in done.damaged:
        click.echo(f"Left out, as it differs from the document that was kept: {name}")
    click.echo("The signing key is not in it. Next: try it, with wattledger --book NEW restore FILE")
