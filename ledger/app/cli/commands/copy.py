"""The command ``copy``."""

from __future__ import annotations

from pathlib import Path

import click

from ledger.app.cli.options import common, store_option, wants_json


@click.command()
@click.argument("source", metavar="FROM", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("target", metavar="TO", type=click.Path(file_okay=False, path_type=Path))
@store_option
@common
@click.pass_context
def copy(ctx: click.Context, source: Path, target: Path, store: str | None) -> None:
    """Copy a book or an archive into a new folder.

    FROM is the book or archive, TO the new folder. Without --store the records are a SQLite database in TO. The
    copy has the same roots and the same reports. The signing key stays in FROM: move it with the checkpoint it
    signed, and the copy can be written. A copy that was cut short is not a book; run it again.
    """
    from ledger.app.host.terminal import Bar, plural, say_json
    from ledger.app.maintenance.copy import copy_book, is_archive
    from ledger.store.open import DEFAULT

    bar = Bar("copying", quiet=wants_json(ctx))
    done = copy_book(source, target, store or DEFAULT, bar)
    bar.close()
    if wants_json(ctx):
        say_json({"path": str(target), **done._asdict()})
        return
    click.echo(
        f"Copied {plural(done.size, 'record')} of {done.origin} into {target}, root {done.root[:16]}..."
    )
    if is_archive(source):
        click.echo(
            "It can be read. To write it, put the signing key and the checkpoint that it signed last into it"
        )
        return
    click.echo(
        f"It can be read. To write it, move ledger.key and ledger.key.signed from {source} into {target}: then"
        f" {source} can only be read"
    )
