"""The command ``init``."""

from __future__ import annotations

import os

import click

from ledger.app.cli import completion
from ledger.app.cli.book_path import book_path, next_command
from ledger.app.cli.options import clock_option, common, key_option, store_option, wants_json


@click.command()
@click.option(
    "--origin", help="The log's name for life: a URL without its scheme, such as example.com/ledger."
)
@click.option("--tz", shell_complete=completion.zones, help="Zone of reports whose sites share none.")
@store_option
@click.option(
    "--sql",
    is_flag=True,
    help="Print the SQL that makes the schema and the role of --store, for an administrator; make nothing.",
)
@click.option("--operator", help="Your name as pages, PDFs and workbooks show it; it may change later.")
@clock_option
@key_option
@common
@click.pass_context
def init(
    ctx: click.Context,
    origin: str | None,
    tz: str | None,
    store: str | None,
    sql: bool,
    operator: str | None,
    accept_clock: bool,
    key_file: str | None,
) -> None:
    """Make a new book and print its verifier key.

    If it is killed or the disk is full, run it again: it finishes what it began.
    """
    from ledger.app.book.book import Book
    from ledger.app.book.config import Config, Operator
    from ledger.app.book.keys import key_path
    from ledger.app.book.making import begun_settings
    from ledger.app.host.terminal import say_json, say_pairs
    from ledger.app.maintenance.modes import open_to_others
    from ledger.store.open import schema_script

    if sql:
        click.echo(schema_script(store), nl=False)
        return
    path = book_path(ctx)
    begun = begun_settings(path, key_path(path, key_file)) or Config("")
    settings = Config(
        origin or begun.origin or f"wattledger.local/{os.urandom(4).hex()}",
        backend=store or begun.backend,
        tz=tz or begun.tz,
        operator=begun.operator if operator is None else Operator(operator.strip()),
    )
    with Book.create(path, settings, key_file=key_file, accept_clock=accept_clock) as book:
        key = book.seals.signer().vkey
    if wants_json(ctx):
        say_json({"origin": settings.origin, "key": key, "path": str(path)})
        return
    click.echo(f"Made a book in {path}")
    say_pairs([("origin", settings.origin), ("verifier key", key)])
    following = next_command(ctx, "record", "FILE")
    click.echo(f"Give the verifier key to those who will check this book. Next: {following}")
    if open_to_others(path):
        click.echo(
            f"wattledger: {path} was there before, and others may list it; to close it: wattledger repair"
            " --modes --apply",
            err=True,
        )
