"""The command ``status``."""

from __future__ import annotations

import click

from ledger.app.cli.book_path import book_path, next_command
from ledger.app.cli.options import common, opened, wants_json


@click.command()
@common
@click.pass_context
def status(ctx: click.Context) -> None:
    """Show how many records there are, and how many are sealed."""
    from ledger.app.host.terminal import say_json, say_pairs
    from ledger.app.queries.record_filter import status_of

    with opened(ctx, write=False) as book:
        found = {**status_of(book), "path": str(book_path(ctx))}
    if wants_json(ctx):
        say_json(found)
        return
    unsealed, last = found["size"] - found["sealed_size"], found["rec"]
    click.echo(_verdict(found["size"], unsealed))
    click.echo()
    say_pairs(
        [
            ("origin", found["origin"]),
            ("verifier key", found["key"] or "- (the signing key is not here)"),
            ("root", found["root"]),
            ("last taken", f"{last[:10]} {last[11:19]} UTC" if last else "-"),
            ("records", f"{found['backend']}, in {found['path']}"),
            ("read models", _read_models(found["read_model_size"], found["size"])),
        ]
    )
    if unsealed:
        click.echo(f"\nNext: {next_command(ctx, 'checkpoint')}")


def _verdict(size: int, unsealed: int) -> str:
    """How many records there are, and how many no checkpoint covers."""
    sealed = "all sealed" if not unsealed else f"{unsealed:,} of them not yet sealed"
    return f"{size:,} record{'s' * (size != 1)}, {sealed}." if size else "No record yet."


def _read_models(made: int | None, size: int) -> str:
    if made is None:
        return "none; rebuild makes them"
    return "current" if made == size else f"{size - made:,} records behind; the next report reads those"
