"""The command ``watch``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ledger.app.cli.book_path import book_path
from ledger.app.cli.options import common, wants_json
from ledger.errors import Malformed, UnknownOutcome, inert, named


@click.command()
@click.option(
    "--rule",
    "rule_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File of rules in TOML (wattledger help watch).",
)
@click.option("--exec", "command", help="Run this command for each alert, the alert as JSON on its input.")
@click.option("--webhook", "url", help="Post each alert as JSON to this https address.")
@click.option(
    "--allow-private",
    is_flag=True,
    help="With --webhook: permit an address of this machine or of a private network.",
)
@click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File that keeps the alerts sent (else the rules file's name, ending in .told).",
)
@click.option(
    "--skip-current", is_flag=True, help="Send nothing at the first check: only later findings become alerts."
)
@click.option("--every", default="1min", show_default=True, help="Interval between checks.")
@click.option("--once", "only_once", is_flag=True, help="Check once and exit, for cron.")
@click.option("--at", help="With --once: an instant in place of now.")
@common
@click.pass_context
def watch(
    ctx: click.Context,
    rule_file: Path,
    command: str | None,
    url: str | None,
    allow_private: bool,
    state: Path | None,
    skip_current: bool,
    every: str,
    only_once: bool,
    at: str | None,
) -> None:
    """Send alerts by a file of rules to a command or a webhook.

    Rules look at what is due, what is open, what is unlikely or contradicted, and what is not sealed. Each
    alert is sent at least once: one that is not taken is kept and sent later, also by the next run, and one
    that was on its way when the run was killed may come twice, with the same id.
    """
    from ledger.app.book.book import Book
    from ledger.app.host.memory import for_a_long_run
    from ledger.app.watch.rules import Finder, read_rules
    from ledger.app.watch.targets import AlertTarget, CommandTarget, WebhookTarget
    from ledger.app.watch.told_file import ToldFile
    from ledger.app.watch.watching import once
    from ledger.app.watch.watching import watch as checks_of
    from ledger.calendar import parse_instant
    from ledger.units import parse_quantity

    if (command is None) == (url is None):
        raise Malformed("name the receiver of the alerts: --exec CMD or --webhook URL")
    if allow_private and url is None:
        raise Malformed("--allow-private is for --webhook; leave it out")
    if at is not None and not only_once:
        raise Malformed("--at is for --once; leave it out")
    with named("at"):
        instant = None if at is None else parse_instant(at)
    with named("--every"):
        every_s = max(parse_quantity(every, "_s"), 1)
    finder = Finder(read_rules(rule_file))
    target: AlertTarget = (
        WebhookTarget(url, allow_private=allow_private) if url is not None else CommandTarget(str(command))
    )

    def opened() -> Book:
        return Book.open(book_path(ctx), write=False)

    for_a_long_run()
    opened().close()  # a missing book is reported before a file is made
    with ToldFile(state or rule_file.with_name(f"{rule_file.name}.told")) as file:
        skip = skip_current and file.is_new
        if not only_once:
            for found in checks_of(opened, finder, target, file, every_s, skip=skip):
                _say(found, as_json=wants_json(ctx))
            return
        found = once(opened, finder, target, file, instant, skip=skip)
        _say(found, as_json=wants_json(ctx))
    if found.pending:
        kept = f"{found.pending:,} alert{' is' if found.pending == 1 else 's are'} kept"
        raise UnknownOutcome(f"{kept} that no receiver took; the next run sends them")


def _say(found: Any, *, as_json: bool) -> None:
    """Print a line for each alert sent, and why others were not."""
    import sys

    from ledger.app.host.terminal import say_json

    if as_json:
        say_json({**found._asdict(), "told": [alert["alert"] for alert in found.told]})
    else:
        for alert in found.told:
            click.echo(f"told  {inert(alert['rule'])}: {inert(alert['said'])}")
        for why in found.failed:
            again = f"; {found.pending:,} kept, trying again in {found.wait_s} s" if found.wait_s else ""
            click.echo(f"{found.at}  {inert(why)}{again}", err=True)
    sys.stdout.flush()
