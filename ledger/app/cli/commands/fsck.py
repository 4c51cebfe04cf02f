"""The command ``fsck``."""

from __future__ import annotations

import click

from ledger import errors
from ledger.app.cli.book_path import book_path
from ledger.app.cli.options import common, key_option, wants_json


@click.command()
@key_option
@common
@click.pass_context
def fsck(ctx: click.Context, key_file: str | None) -> None:
    """Check everything, and name what is damaged.

    Re-reads and re-hashes every record, and checks database, schema, indexes, trees, seals with their
    signatures, sections, the head, the key and what it last signed, evidence and anchors. A notice is about
    something harmless; exit code 4 if anything is wrong.
    """
    from ledger.app.host.terminal import Bar, plural, say_json
    from ledger.app.maintenance.fsck import check_book

    bar = Bar("checking", quiet=wants_json(ctx))
    report_ = check_book(book_path(ctx), bar, key_file)
    bar.close()
    if wants_json(ctx):
        say_json(report_)
    else:
        for finding in report_["findings"]:
            where = "" if finding["index"] is None else f"record {finding['index']}: "
            click.echo(errors.inert(f"{where}{finding['what']}"), err=True)
        for notice in report_["notices"]:
            click.echo(errors.inert(f"Notice: {notice['what']}"))
        good = "nothing is wrong" if not report_["findings"] else plural(len(report_["findings"]), "finding")
        click.echo(f"Checked {plural(report_['size'], 'record')}: {good}")
    ctx.exit(errors.Tampered.exit_code if report_["findings"] else 0)
