"""Commands about tokens: token create, token narrow, token list, token revoke, token why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click

from ledger.app.cli.book_path import next_command
from ledger.app.cli.options import clock_option, common, key_option, opened, wants_json
from ledger.errors import Malformed, Refused, UnknownOutcome

SCOPE = (
    click.option("--site", multiple=True, help="Only this site (repeatable)."),
    click.option("--county", multiple=True, help="Only sites of this county, 'Whitfield County, GA'."),
    click.option("--utility", multiple=True, help="Only sites that this utility serves."),
    click.option("--tenant", multiple=True, help="Only sites with a lease phase of this tenant."),
    click.option("--program", multiple=True, help="Only sites enrolled in this program."),
    click.option("--stream", multiple=True, help="Only this stream, such as dalton/grid (repeatable)."),
    click.option("--kind", multiple=True, help="Permit recording only this kind (repeatable)."),
    click.option("--from", "from", multiple=True, help="Only what took effect from this day (UTC) on."),
    click.option("--to", "to", multiple=True, help="Only what took effect before this day (UTC)."),
)


def _scoped(command: Any) -> Any:
    for option in reversed(SCOPE):
        command = option(command)
    return command


@click.group(short_help="Grant, list and revoke the tokens of the service.")
@common
@click.pass_context
def token(ctx: click.Context) -> None:
    """Grant, list and revoke the tokens by which others call the service."""


class RolesHelp(click.Command):
    """A command whose help lists the roles."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the description, then each role with its permissions."""
        from ledger.app.access.roles import ROLES

        super().format_help_text(ctx, formatter)
        with formatter.section("Roles"):
            formatter.write_dl([(role.name, _told(role)) for role in ROLES])


def _told(role: Any) -> str:
    needs = " and ".join(f"--{word}" for word in role.needs)
    return f"{role.what}; needs {needs}" if needs else role.what


@token.command(cls=RolesHelp)
@click.argument("name")
@click.option("--role", required=True, help="One of the roles below.")
@_scoped
@click.option(
    "--days", type=int, default=90, show_default=True, help="Days for which it is valid, at most 90."
)
@clock_option
@key_option
@common
@click.pass_context
def create(
    ctx: click.Context,
    /,
    name: str,
    role: str,
    days: int,
    accept_clock: bool,
    key_file: str | None,
    **scope: Any,
) -> None:
    """Grant a token with a role and a scope, and show its secret once.

    The log records the permissions and the secret's SHA-256; the secret itself is not stored.
    """
    from ledger.app.access import tokens

    with opened(ctx, write=True, key_file=key_file, accept_clock=accept_clock) as book:
        random = book.surroundings.random(tokens.SECRET_BYTES)
        with _secret_lost(name), _in_options():
            made = tokens.grant(book, name, role, _words(scope), days, random)
    _show_granted(ctx, made)


@token.command()
@click.argument("parent")
@click.argument("name")
@_scoped
@click.option("--days", type=int, default=30, show_default=True, help="Days for which it is valid.")
@clock_option
@key_option
@common
@click.pass_context
def narrow(
    ctx: click.Context,
    /,
    parent: str,
    name: str,
    days: int,
    accept_clock: bool,
    key_file: str | None,
    **scope: Any,
) -> None:
    """Grant the token NAME for less than the token PARENT, and show its secret once.

    It has the role and the scope of PARENT and what is given here beside it, never more; it ends with it.
    """
    from ledger.app.access import narrowing, tokens
    from ledger.errors import no_such

    with opened(ctx, write=True, key_file=key_file, accept_clock=accept_clock) as book:
        known = tokens.tokens(book)
        if parent not in known:
            raise no_such("token", parent, known)
        random = book.surroundings.random(tokens.SECRET_BYTES)
        with _secret_lost(name), _in_options():
            made = narrowing.narrow(book, known[parent], name, _words(scope), days, random)
    _show_granted(ctx, made)


@token.command("list")
@common
@click.pass_context
def list_(ctx: click.Context) -> None:
    """List every token, with its role, its scope, its last use, and the reason if it is void.

    The last use is known to the minute, some seconds after it.
    """
    from ledger.app.access import tokens
    from ledger.app.access.last_use import last_used
    from ledger.app.host.terminal import say, say_json

    with opened(ctx, write=False) as book:
        known, today, used = tokens.tokens(book), tokens.today(book), last_used(book.directory)
    found = [(token, tokens.is_void(token, known, today)) for token in known.values()]
    if wants_json(ctx):
        say_json([tokens.token_json(token, why, used.get(token.name)) for token, why in found])
    elif found:
        say(_line(token, why, used.get(token.name)) for token, why in found)
    else:
        following = next_command(ctx, "token", "create", "NAME", "--role", "auditor")
        click.echo(f"No token was granted. Next: {following}")


@token.command()
@click.argument("name")
@clock_option
@key_option
@common
@click.pass_context
def revoke(ctx: click.Context, name: str, accept_clock: bool, key_file: str | None) -> None:
    """Make a token void, and every token that was narrowed from it."""
    from ledger.app.access import tokens
    from ledger.app.host.terminal import say_json

    with opened(ctx, write=True, key_file=key_file, accept_clock=accept_clock) as book:
        found = tokens.revoke(book, name)
    if wants_json(ctx):
        say_json(tokens.token_json(found, f"revoked by record {found.revoked}"))
    else:
        click.echo(f"The token {name} is void since record {found.revoked}.")


@token.command(cls=RolesHelp)
@click.argument("route")
@click.option("--name", help="A token by its name.")
@click.option("--role", help="Or one of the roles below, with a scope.")
@_scoped
@common
@click.pass_context
def why(ctx: click.Context, /, route: str, name: str | None, role: str | None, **scope: Any) -> None:
    """Say why a token or a role is allowed or refused a ROUTE of the service, and what of the book it reads.

    ROUTE is method and path, such as "GET /api/v1/records" or "GET /sites/dalton".
    """
    from ledger.app.access import tokens
    from ledger.app.host.terminal import say_json, say_pairs
    from ledger.app.web import why as reasons
    from ledger.app.web.application import rights_by_route
    from ledger.app.web.auth import LOCAL
    from ledger.errors import no_such

    method, _, path = route.partition(" ")
    asked = reasons.route_asked(rights_by_route(), method, path.strip())
    with opened(ctx, write=False) as book:
        known = tokens.tokens(book)
        if name is not None and name not in known:
            raise no_such("token", name, known)
        with _in_options():
            subject = reasons.subject_of(LOCAL, book, name, role, _words(scope))
        found = reasons.explained(LOCAL, book, subject, asked)
    if wants_json(ctx):
        say_json(reasons.answer_json(found))
        return
    say_pairs(
        [
            ("allowed" if found.allowed else "refused", found.why),
            ("role", f"{found.role}: {found.what}"),
            ("scope", ", ".join(found.scope) or "all of the book"),
            ("sites", ", ".join(found.sites) or "none"),
            ("streams", ", ".join(found.streams) or "none"),
            ("records", ", ".join(found.kinds) or "nothing"),
        ]
    )


@contextmanager
def _secret_lost(name: str) -> Iterator[None]:
    """Say what to do where a grant may stand but its secret was never shown."""
    try:
        yield
    except UnknownOutcome as why:
        raise UnknownOutcome(
            f"{why}; if wattledger token list names {name}, revoke it: its secret was not shown"
        ) from why


@contextmanager
def _in_options() -> Iterator[None]:
    """Name options where a message of the service names words of a scope: ``--county`` for ``county=``."""
    try:
        yield
    except (Malformed, Refused) as why:
        from ledger.app.access.tokens import WORDS

        word = re.compile(rf"(?<![\w'\"-])({'|'.join(WORDS)})=(\S?)")  # one in quotes is the user's
        message = word.sub(lambda found: f"--{found[1]} {found[2]}".rstrip(), str(why))
        raise type(why)(message) from why


def _show_granted(ctx: click.Context, made: Any) -> None:
    from ledger.app.access import tokens
    from ledger.app.host.terminal import say_json, say_pairs

    if wants_json(ctx):
        say_json(tokens.token_json(made.token, None) | {"secret": made.secret})
        return
    say_pairs(
        [
            ("token", f"{made.token.name}, granted by record {made.token.granted_by}"),
            ("role", f"{made.token.role.name}: {made.token.role.what}"),
            ("scope", ", ".join(made.token.words()) or "all of the book"),
            ("valid until", f"the end of {made.token.expires_on} UTC"),
            ("secret", made.secret),
        ]
    )
    click.echo("Hand the secret over now: it cannot be shown again.")


def _words(scope: Mapping[str, Sequence[str]]) -> list[str]:
    return [f"{word}={value}" for word, values in scope.items() for value in values]


def _line(token: Any, why: str | None, used: str | None) -> str:
    until = f"until {token.expires_on}" if why is None else f"VOID: {why}"
    told = "not used yet" if used is None else f"last used {used[:16]}Z"
    return (
        f"{token.name}  {token.role.name}  {', '.join(token.words()) or 'all of the book'}  {until}  {told}"
    )
