"""The command ``erase``."""

from __future__ import annotations

import click

from ledger.app.cli.options import clock_option, common, key_option, opened, wants_json


@click.command()
@click.argument("record", metavar="RECORD")
@click.option(
    "--section", help="The section's name, such as commercial; optional where the record has only one."
)
@click.option("--reason", required=True, help="Reason, kept in the record of the erasure.")
@click.option(
    "--evidence", is_flag=True, help="Also delete the document it was read from, if the book keeps it."
)
@clock_option
@key_option
@common
@click.pass_context
def erase(
    ctx: click.Context,
    record: str,
    section: str | None,
    reason: str,
    evidence: bool,
    accept_clock: bool,
    key_file: str | None,
) -> None:
    """Delete a section of RECORD (its index or id) for ever.

    The section and its salt are deleted with everything made from them, such as hashes of reports that may
    print it, and the log records the erasure. The record itself and every proof of it stay valid; reports
    print erased in its place. The command names what is left: hashes inside a record, and copies beside the
    book.
    """
    from ledger.app.cli.wording import erasure_lines
    from ledger.app.host.terminal import say_json
    from ledger.app.maintenance.erasure import erase as delete

    with opened(ctx, write=True, key_file=key_file, accept_clock=accept_clock) as book:
        done = delete(book, record, section, reason, evidence=evidence)
    if wants_json(ctx):
        say_json(done.json())
        return
    for line in erasure_lines(done):
        click.echo(line)
