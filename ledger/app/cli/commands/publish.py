"""The command ``publish``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ledger.app.cli import completion
from ledger.app.cli.options import (
    choices,
    chooses,
    clock_option,
    common,
    key_option,
    opened,
    resolved,
    wants_json,
)

if TYPE_CHECKING:
    from projections.engine.table import Paper


@click.command()
@click.argument("folder", type=click.Path(file_okay=False))
@click.option(
    "--site", "sites", multiple=True, shell_complete=completion.sites, help="Only this site (repeatable)."
)
@chooses
@click.option("--period", help="Period of payments, jobs and benefit; else all that is known.")
@click.option("--url", default="", help="The address it will be published at, for the feed's links.")
@click.option("--at", "size", help="As of the earlier checkpoint over this number of records.")
@click.option(
    "--paper",
    type=click.Choice(["letter", "a4"]),
    help="Paper size; else letter where all sites are in the US.",
)
@clock_option
@key_option
@common
@click.pass_context
def publish(
    ctx: click.Context,
    /,
    folder: str,
    sites: tuple[str, ...],
    period: str | None,
    url: str,
    size: str | None,
    paper: Paper | None,
    accept_clock: bool,
    key_file: str | None,
    **chosen: Any,
) -> None:
    """Write the community's site into FOLDER.

    Its pages work from a disk and from any web server: one page for each commitment with its history and
    evidence, one for each county, the reports, a bundle of the records behind them with the page that
    verifies it, a feed and a calendar of due dates. It shows only records of the class community, and the
    names and counties of sites. Seals the log first, unless --at names an earlier checkpoint. Written again,
    it replaces its own files only.
    """
    from ledger.app.delivery.publish import publish as write
    from ledger.app.host.terminal import Bar, plural, say_json
    from ledger.app.queries.report_run import Question
    from ledger.errors import Malformed

    if url and not url.startswith(("https://", "http://")):
        raise Malformed(
            f"--url must begin with https:// or http://, such as https://example.com/ledger: {url}"
        )
    asked = Question(period=period, known_at=size, sites=sites, choices=choices(chosen))
    with opened(ctx, write=size is None, key_file=key_file, accept_clock=accept_clock) as book:
        if size is None:
            book.checkpoint()
        asked = resolved(ctx, book, asked)
        bar = Bar("writing", quiet=wants_json(ctx))
        written = write(book, asked, Path(folder), url=url, paper=paper, progress=bar)
        bar.close()
    if wants_json(ctx):
        files = [{"name": name, "size": size} for name, size in written.files]
        say_json({"path": folder, "known_at": written.size, "files": files})
        return
    click.echo(
        f"Wrote {plural(written.commitments, 'commitment')} in"
        f" {written.counties:,} {'county' if written.counties == 1 else 'counties'}:"
        f" {plural(len(written.files), 'file')}, as of the checkpoint over {written.size:,} records"
    )
    click.echo(f"Open next: {Path(folder) / 'index.html'}")
