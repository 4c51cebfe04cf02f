"""The command ``follow``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

import click

from ledger.app.cli import completion
from ledger.app.cli.book_path import book_path
from ledger.app.cli.options import clock_option, common, key_option, wants_json
from ledger.errors import Malformed, UnknownOutcome, inert, named

SECRET: Final = "WATTLEDGER_CLIENT_SECRET"


CLIENT: Final = "WATTLEDGER_CLIENT_ID"


@click.command()
@click.argument("form", metavar="openadr")
@click.argument("url")
@click.option("--site", required=True, shell_complete=completion.sites, help="The site the events are for.")
@click.option(
    "--class",
    "dispatch_class",
    shell_complete=completion.dispatch_classes,
    help="The dispatch class of events, such as emergency.",
)
@click.option(
    "--program",
    "programs",
    multiple=True,
    shell_complete=completion.programs,
    help="Our program; ID=NAME for the VTN's program ID.",
)
@click.option("--alert", "alerts", multiple=True, help="The state an alert means, TYPE=STATE.")
@click.option(
    "--setpoint",
    "setpoints",
    multiple=True,
    metavar="TYPE=MODE[:UNIT]",
    help="A payload type of the operator's own is reduce-to or reduce-by, in W, kW or MW.",
)
@click.option(
    "--relative",
    metavar="MEANING",
    help="DISPATCH_SETPOINT_RELATIVE is a change (less is negative) or reduce-by (less is positive).",
)
@click.option("--vtn", help="Begins the names of the VTN's dispatches (adr).")
@click.option("--every", default="1min", show_default=True, help="Polling interval.")
@click.option("--polls", type=click.IntRange(1), help="Stop after this number of polls.")
@click.option("--client-id", help=f"OAuth2 client (else {CLIENT}); its secret is in {SECRET} or a file.")
@click.option(
    "--secret-file", type=click.Path(exists=True, dir_okay=False), help="File that holds the secret."
)
@click.option("--token-url", help="Token endpoint, where credentials are exchanged (else URL/auth/token).")
@click.option("--scope", help="OAuth2 scope to request for the token.")
@click.option("--audience", help="OAuth2 audience to request for the token.")
@click.option(
    "--ca",
    type=click.Path(exists=True, dir_okay=False),
    help="File of certificates (PEM) of a private authority, trusted beside the machine's.",
)
@click.option(
    "--report",
    "client",
    metavar="NAME",
    help="Put back the usage of dispatches that are over, as client NAME.",
)
@clock_option
@key_option
@common
@click.pass_context
def follow(ctx: click.Context, /, form: str, url: str, **said: Any) -> None:
    """Poll an OpenADR 3.1 server (VTN) and record what it lists.

    Every list is kept as evidence. Events become dispatches, edited ones amendments, vanished ones
    cancellations. Stopped and started again, it resumes where it was.
    """
    from ledger.app.book.book import Book
    from ledger.app.host.memory import for_a_long_run
    from ledger.app.imports.import_session import given_of
    from ledger.app.openadr.client import Vtn
    from ledger.app.openadr.ven import VenSettings
    from ledger.app.openadr.ven import follow as polls_of
    from ledger.store import portable
    from ledger.units import parse_quantity

    portable.check_writable()
    if form != "openadr":
        raise Malformed(f"only an openadr server can be followed: {form!r}")
    names = ("client_id", "secret_file", "token_url", "scope", "audience")
    credentials = _credentials(*(said.pop(name) for name in names))
    server = Vtn(url, credentials, said.pop("ca"))
    opening = {name: said.pop(name) for name in ("key_file", "accept_clock")}
    polls, client = said.pop("polls"), said.pop("client")
    with named("--every"):
        every_s = parse_quantity(said.pop("every"), "_s")
    given = given_of(said | {"at": None, "hold": None})
    following = VenSettings(server, given, max(every_s, 1), client)
    found, seen = None, set[str]()
    for_a_long_run()
    for found in polls_of(lambda: Book.open(book_path(ctx), write=True, **opening), following, polls):
        _say(found, seen, as_json=wants_json(ctx))
    if found is not None and found.failed is not None:
        raise UnknownOutcome("the last poll had no answer; what the server lists now is not known")
    if found is not None and found.problems:
        ctx.exit(min(problem.exit_code for problem in found.problems))


def _credentials(
    client_id: str | None,
    secret_file: str | None,
    token_url: str | None,
    scope: str | None,
    audience: str | None,
) -> Any:
    from ledger.app.host.files import read_text
    from ledger.app.openadr.client import Credentials

    client_id = client_id or os.environ.get(CLIENT)
    try:
        secret = read_text(Path(secret_file)).strip() if secret_file else os.environ.get(SECRET)
    except UnicodeDecodeError:
        raise Malformed(f"{secret_file} holds no text; a --secret-file holds the secret alone") from None
    if client_id is None:
        if secret or token_url or scope or audience:
            raise Malformed(f"the secret's client is not named: add --client-id, or set {CLIENT}")
        return None
    if not secret:
        raise Malformed(f"the client's secret is neither in {SECRET} nor in a --secret-file")
    return Credentials(client_id, secret, token_url, scope, audience)


def _say(found: Any, seen: set[str], *, as_json: bool) -> None:
    """Print a line for each poll with news; problems and notes once."""
    from ledger.app.host.terminal import plural, say_json, say_problems

    problems = [problem for problem in found.problems if str(problem) not in seen]
    notes = [note for note in found.notes if note not in seen]
    seen |= {*map(str, problems), *notes}
    say_problems(problems, as_json)
    if as_json:
        names = ("at", "recorded", "unchanged", "failed", "reports")
        say_json({name: getattr(found, name) for name in names} | {"notes": notes})
        return
    for note in notes:
        click.echo(f"note: {inert(note)}")
    if found.failed is not None:
        again = f"; asking again in {found.wait_s} s" if found.wait_s else ""
        click.echo(f"{found.at}  {inert(found.failed)}{again}", err=True)
    else:
        parts = [f"recorded {plural(found.recorded, 'fact')}, {found.unchanged:,} unchanged"]
        parts += [f"put {plural(len(found.reports), 'report')}"] if found.reports else []
        click.echo(f"{found.at}  {', '.join(parts)}")
