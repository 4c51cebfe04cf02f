"""The command ``restore``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ledger.app.cli.book_path import book_path, next_command
from ledger.app.cli.options import common, key_option, wants_json
from ledger.errors import Malformed, Tampered


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--origin", help="The book's origin, where neither the book nor a checkpoint states it.")
@click.option(
    "--key",
    "vkey",
    help="The log's verifier key, to check its checkpoint where the signing key is not here.",
)
@key_option
@common
@click.pass_context
def restore(
    ctx: click.Context, file: Path, origin: str | None, vkey: str | None, key_file: str | None
) -> None:
    """Restore the records of FILE, byte for byte.

    FILE is a backup, or an export in JSON Lines. Into a new or empty book either restores the whole book; an
    export also adds the records that are missing from a book put back from an old copy. Records that were
    altered, left out or moved are refused, and the checkpoint the key last signed is never touched.
    """
    from ledger.app.host.terminal import Bar, say_json
    from ledger.app.maintenance.backup import is_backup, restore_backup
    from ledger.app.maintenance.restore import RestoreOptions, restore_records

    if vkey is not None:
        vkey = _checked_key(vkey)
    bar = Bar("reading back", quiet=wants_json(ctx))
    read_back = restore_backup if is_backup(file) else restore_records
    done = read_back(book_path(ctx), file, RestoreOptions(origin, vkey, key_file), bar)
    bar.close()
    if wants_json(ctx):
        say_json(done._asdict())
    else:
        _say_restored(done)
    ctx.exit(Tampered.exit_code if done.damaged else 0)


def _checked_key(text: str) -> str:
    from ledger.app.host.files import pasted
    from ledger.verifier.faults import ProofError
    from ledger.verifier.keys import parse_vkey

    try:
        parse_vkey(pasted(text))
    except ProofError as why:
        raise Malformed(f"--key: {why}") from None
    return pasted(text)


def _say_restored(done: Any) -> None:
    from ledger.app.host.terminal import plural

    click.echo(
        f"Restored {plural(done.new, 'record')}; the book {done.origin} holds {plural(done.size, 'record')}"
    )
    if done.vouched < done.size:
        vouched = (
            f"vouches for the first {done.vouched:,}; the rest is"
            if done.vouched
            else "was at hand: everything is"
        )
        click.echo(f"{'A' if done.vouched else 'No'} signed checkpoint {vouched} as the file states it")
    for name in done.damaged:
        click.echo(f"Not restored, as the backup's copy differs from the one kept: {name}", err=True)
    if done.unchecked:
        click.echo("The checkpoint's signature was not checked, as no key is here: add --key VKEY")
    click.echo(
        f"Next: {next_command(click.get_current_context(), 'fsck')}"
        if done.closed is None
        else f"It can be read, not written: {done.closed}"
    )
