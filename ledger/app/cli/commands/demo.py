"""The command ``demo``."""

from __future__ import annotations

from pathlib import Path

import click

from ledger.app.cli.options import common, wants_json


@click.command()
@click.argument("directory", required=False, type=click.Path(file_okay=False))
@common
@click.pass_context
def demo(ctx: click.Context, directory: str | None) -> None:
    """Make the book of an invented portfolio, and every report.

    35 sites, 1.8 GW and twelve months of facts in DIRECTORY (default demo-book), with real meter and miner
    files. It is safe to run again.
    """
    from ledger.app.demo.demo import run

    said = (ctx.obj or {}).get("book")
    run(Path(directory or said or "demo-book"), as_json=wants_json(ctx))
