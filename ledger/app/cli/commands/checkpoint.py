"""The command ``checkpoint``."""

from __future__ import annotations

from typing import IO

import click

from ledger import errors
from ledger.app.cli.options import clock_option, common, key_option, opened, wants_json


@click.command()
@click.option("--attach", type=click.File("rb"), help="A witness's cosignature to keep in the book.")
@click.option("--witness", help="The verifier key of that witness.")
@clock_option
@key_option
@common
@click.pass_context
def checkpoint(
    ctx: click.Context,
    attach: IO[bytes] | None,
    witness: str | None,
    accept_clock: bool,
    key_file: str | None,
) -> None:
    """Seal the log and print its signed checkpoint.

    The checkpoint is a C2SP tlog-checkpoint: origin, size and root, signed, with the cosignatures that are
    kept of it. With --attach nothing is sealed: a witness's cosignature is checked and kept.
    """
    from ledger.app.host.terminal import plural, say_json
    from ledger.app.proofs.cosignatures import attach as keep
    from ledger.app.proofs.cosignatures import cosigned
    from ledger.log.checkpoint import parse_checkpoint

    if (attach is None) != (witness is None):
        raise errors.Malformed("to keep a cosignature, give both --attach FILE and --witness VKEY")
    if attach is not None and witness is not None:
        with opened(ctx, write=False) as book:
            seal = keep(book, attach.read(1 << 20), witness)
        click.echo(
            f"Kept: {witness.partition('+')[0]} cosigned the checkpoint of {plural(seal.size, 'record')}"
        )
        return
    with opened(ctx, write=True, key_file=key_file, accept_clock=accept_clock) as book:
        book.checkpoint()
        seal = book.store.last_seal()
        note = cosigned(book.directory, seal)
        key = book.seals.signer().vkey
    if wants_json(ctx):
        parsed = parse_checkpoint(note)
        root = parsed.root.hex()
        say_json(
            {"origin": parsed.origin, "size": parsed.size, "root": root, "key": key, "note": note.decode()}
        )
    else:
        click.echo(note.decode(), nl=False)
