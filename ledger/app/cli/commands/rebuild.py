"""The command ``rebuild``."""

from __future__ import annotations

import click

from ledger.app.cli.options import (
    common,
    opened,
    wants_json,
)


@click.command()
@common
@click.pass_context
def rebuild(ctx: click.Context) -> None:
    """Throw the read models away and make them again.

    They are every report over the whole log, in a second SQLite file for any SQLite tool. Prints a
    fingerprint for each: the SHA-256 of its JSON form.
    """
    from ledger.app.host.terminal import Bar, plural, say_json
    from ledger.app.read_models.rebuild import rebuild as run

    with opened(ctx, write=False) as book:
        bar = book.progress = Bar("replaying", quiet=wants_json(ctx))
        done = run(book)
        bar.close()
        size = book.store.size
    if wants_json(ctx):
        say_json({"size": size, "path": str(done.path), "reports": done.fingerprints})
        return
    width = max(len(name) for name in done.fingerprints)
    for name, fingerprint in done.fingerprints.items():
        click.echo(f"  {name:<{width}}  {fingerprint}")
    click.echo(
        f"Rebuilt {plural(len(done.fingerprints), 'report')} from {plural(size, 'record')} into {done.path}; "
        "open it with any SQLite tool"
    )
