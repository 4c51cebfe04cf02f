"""Commands about trust: checkpoint, fsck."""

from __future__ import annotations

import click

from ledger import errors
from ledger.app.commands.common import book_path, common, key_option, opened, wants_json


@click.command()
@key_option
@common
@click.pass_context
def checkpoint(ctx: click.Context, key_file: str | None) -> None:
    """Seal the log and print its signed checkpoint.

    The checkpoint is a C2SP tlog-checkpoint: origin, size and root, signed.
    """
    from ledger.app.terminal import say_json
    from ledger.log.checkpoint import parse_checkpoint

    with opened(ctx, write=True, key_file=key_file) as book:
        note = book.checkpoint()
        key = book.signer().vkey
    if wants_json(ctx):
        parsed = parse_checkpoint(note)
        root = parsed.root.hex()
        say_json(
            {"origin": parsed.origin, "size": parsed.size, "root": root, "key": key, "note": note.decode()}
        )
    else:
        click.echo(note.decode(), nl=False)


@click.command()
@common
@click.pass_context
def fsck(ctx: click.Context) -> None:
    """Check everything, and name what is damaged.

    Re-reads and re-hashes every record, and checks database, schema, indexes, trees, seals and the head.
    """
    from ledger.app.checking import check_book
    from ledger.app.terminal import Bar, plural, say_json

    bar = Bar("checking", quiet=wants_json(ctx))
    report_ = check_book(book_path(ctx), bar)
    bar.close()
    if wants_json(ctx):
        say_json(report_)
    else:
        for finding in report_["findings"]:
            where = "" if finding["index"] is None else f"record {finding['index']}: "
            click.echo(f"{where}{finding['what']}", err=True)
        good = "nothing is wrong" if not report_["findings"] else plural(len(report_["findings"]), "finding")
        click.echo(f"Checked {plural(report_['size'], 'record')}: {good}")
    ctx.exit(errors.Tampered.exit_code if report_["findings"] else 0)
