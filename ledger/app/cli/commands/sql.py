"""The command ``sql``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ledger.app.cli.options import opened, reads, show_understood, wants_json


@click.command()
@click.argument("text", metavar="[QUERY]", required=False)
@click.option("--tables", is_flag=True, help="List the tables; with the name of one, its columns and units.")
@click.option(
    "--format", "form", type=click.Choice(["text", "csv"]), default="text", help="Form of the answer."
)
@click.option(
    "--limit", type=click.IntRange(1, 1_000_000), default=1_000, show_default=True, help="Most rows."
)
@click.option("--seconds", type=click.IntRange(1, 3_600), default=60, show_default=True, help="Time limit.")
@click.option("--as-of", help="See facts up to this instant.")
@click.option("--known-at", help="Use only what had been recorded: a record count or an instant.")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="With --format csv: write to a file.")
@reads
@click.pass_context
def sql(
    ctx: click.Context,
    text: str | None,
    tables: bool,
    form: str,
    limit: int,
    seconds: int,
    as_of: str | None,
    known_at: str | None,
    output: str | None,
) -> None:
    """Answer one SELECT over records and report tables.

    DuckDB answers it, and may only read. The tables are those of wattledger rebuild --details, made from the
    log when the query names them, and records with the fact as JSON. A query of - is read from standard
    input. wattledger help sql is the guide.
    """
    from ledger.app.host.files import write_durably
    from ledger.app.host.terminal import say, say_bytes, say_json
    from ledger.app.queries.typed import Typed
    from ledger.app.read_models.sql import SqlLimits, ask
    from ledger.app.read_models.sql_folders import SqlQuestion
    from ledger.app.read_models.sql_formats import as_csv, as_json, as_lines
    from ledger.errors import Malformed

    if output is not None and form != "csv":
        raise Malformed("-o is for --format csv: add it, or leave -o out")
    if tables:
        text = _described(text)
    if text is None:
        raise Malformed("give a query, such as: wattledger sql 'SELECT * FROM columns'; --tables lists them")
    asked = sys.stdin.read() if text == "-" else text
    with opened(ctx, write=False) as book:
        typed = Typed(book)
        known = typed.known_at(known_at, ())
        instant = None if as_of is None else typed.instant("as-of", as_of, ())
        show_understood(ctx, typed.times)
        answer = ask(book, SqlQuestion(asked, known, instant), SqlLimits(seconds, limit))
    if wants_json(ctx):
        say_json(as_json(answer))
    elif form == "text":
        say(as_lines(answer))
    elif output is None:
        say_bytes(as_csv(answer))
    else:
        write_durably(Path(output), as_csv(answer))
        click.echo(f"Wrote {output}")


def _described(table: str | None) -> str:
    """The query that lists tables, or the columns of one."""
    if table is None:
        return "SELECT table_name, count(*) AS columns FROM columns GROUP BY table_name ORDER BY table_name"
    from ledger.app.read_models.sql_tables import table_names
    from ledger.errors import no_such

    if table.lower() not in table_names():
        raise no_such("table", table, table_names())
    name = table.lower()
    return f"SELECT column_name, unit, description FROM columns WHERE table_name = '{name}'"
