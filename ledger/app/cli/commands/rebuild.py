"""The command ``rebuild``."""

from __future__ import annotations

from typing import Any

import click

from ledger.app.cli.options import common, opened, wants_json
from ledger.errors import Malformed, named


@click.command()
@click.option(
    "--details",
    is_flag=True,
    help="Add tables of months and days, every meter interval and every record: slower and larger.",
)
@click.option(
    "--follow", "follows", is_flag=True, help="Keep running, and update the tables as the log grows."
)
@click.option("--every", help="With --follow: interval between updates (10s).")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    help="Number of processes that read the log (1); the tables are the same.",
)
@click.option(
    "--dask",
    metavar="ADDRESS",
    help="Address of a Dask scheduler whose workers read the log: tcp://HOST:8786; the tables are the same.",
)
@common
@click.pass_context
def rebuild(
    ctx: click.Context, details: bool, follows: bool, every: str | None, workers: int, dask: str | None
) -> None:
    """Delete the read models and make them again.

    They are every report over the whole log in a second SQLite file for any SQLite tool (wattledger help
    read-models). Prints a fingerprint for each report: the SHA-256 of its JSON form.
    """
    from ledger.app.host.memory import for_a_long_run
    from ledger.app.host.terminal import Bar, plural
    from ledger.app.read_models.rebuild import follow
    from ledger.app.read_models.rebuild import rebuild as run
    from ledger.units import parse_quantity

    if every is not None and not follows:
        raise Malformed("--every is for --follow; leave it out")
    if follows and (workers > 1 or dask):
        raise Malformed(f"--{'dask' if dask else 'workers'} is for a whole rebuild; leave out --follow")
    if dask and workers > 1:
        raise Malformed("give --workers or --dask, not both: a cluster has its own workers")
    with named("--every"):
        every_s = max(parse_quantity(every or "10s", "_s"), 1)
    with opened(ctx, write=False) as book:
        bar = book.progress = Bar("replaying", quiet=wants_json(ctx))
        if follows:
            for_a_long_run()
            for done in follow(book, every_s, details=details):
                bar.close()
                _say(done, as_json=wants_json(ctx), briefly=True)
            return
        done = run(book, details=details, workers=workers, dask=dask)
        bar.close()
        _say(done, as_json=wants_json(ctx), briefly=False)
    if not wants_json(ctx):
        click.echo(
            f"Rebuilt {plural(len(done.fingerprints), 'report')} from {plural(done.size, 'record')} into"
            f" {done.path}; open it with any SQLite tool"
        )


def _say(done: Any, *, as_json: bool, briefly: bool) -> None:
    import sys

    from ledger.app.host.terminal import plural, say_json

    if as_json:
        say_json({"size": done.size, "path": str(done.path), "reports": done.fingerprints})
    elif briefly:
        click.echo(f"{done.path} is up to date with {plural(done.size, 'record')}")
    else:
        width = max(len(name) for name in done.fingerprints)
        for name, fingerprint in done.fingerprints.items():
            click.echo(f"  {name:<{width}}  {fingerprint}")
    sys.stdout.flush()
