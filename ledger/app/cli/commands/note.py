"""The command ``note``."""

from __future__ import annotations

import click

from ledger.app.cli.options import clock_option, common, key_option, opened, wants_json


@click.command()
@click.argument("incident", metavar="INCIDENT")
@click.argument("text", metavar="TEXT")
@click.option("--site", help="The incident's site, where several sites have one of this name.")
@click.option("--at", help="When it was observed (else now).")
@click.option("--observer", help="Who observed it.")
@click.option("--dry-run", is_flag=True, help="Show the observation; record nothing.")
@clock_option
@key_option
@common
@click.pass_context
def note(
    ctx: click.Context,
    incident: str,
    text: str,
    site: str | None,
    at: str | None,
    observer: str | None,
    dry_run: bool,
    accept_clock: bool,
    key_file: str | None,
) -> None:
    """Add the observation TEXT to INCIDENT.

    It is recorded as incident-observation-added, and the report incident shows it in the timeline.
    """
    from ledger.app.cli.taken_fact import say_taken
    from ledger.app.maintenance import correction

    with opened(ctx, write=True, key_file=key_file, accept_clock=accept_clock) as book:
        taken = correction.note(book, incident, text, site=site, at=at, observer=observer, dry_run=dry_run)
        say_taken(book, taken, "", as_json=wants_json(ctx), dry_run=dry_run)
