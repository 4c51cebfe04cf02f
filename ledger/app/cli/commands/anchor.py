"""The command ``anchor``."""

from __future__ import annotations

import sys
from functools import cached_property
from typing import Any

import click

from ledger.app.cli.book_path import book_path
from ledger.app.cli.options import common, wants_json
from ledger.errors import Malformed, UnknownOutcome, VerificationFailed, inert, named


class Sending(click.Command):
    """A command with an option of each kind of destination, made from their list when needed."""

    @cached_property
    def _own(self) -> list[click.Parameter]:
        from ledger.app.anchor.destinations import DESTINATIONS

        return [
            click.Option(
                (f"--{kind.name}", f"to_{kind.name}"),
                metavar=kind.form,
                multiple=True,
                help=f"{kind.what} (repeatable)",
            )
            for kind in DESTINATIONS
        ]

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The options in the order of the help: the destinations first."""
        return [*self._own, *super().get_params(ctx)]


@click.command(cls=Sending)
@click.option(
    "--allow-private",
    is_flag=True,
    help="With --webhook, --syslog: permit an address of this machine or of a private network.",
)
@click.option("--every", default="1min", show_default=True, help="Interval between looks at the log.")
@click.option("--once", "only_once", is_flag=True, help="Send what is missing and exit, for cron.")
@common
@click.pass_context
def anchor(
    ctx: click.Context, /, allow_private: bool, every: str, only_once: bool, **to: tuple[str, ...]
) -> None:
    """Send each signed checkpoint to places outside.

    The operator cannot change it there. Without a destination, those of book.toml are used; wattledger serve
    sends to these by itself. Each checkpoint goes to each destination once, oldest first; one that is not
    taken is sent by a later run. wattledger verify --anchor compares a bundle or the book with what was sent.
    """
    from ledger.app.anchor.anchoring import anchor as run
    from ledger.app.anchor.anchoring import follow
    from ledger.app.anchor.destinations import DESTINATIONS, destination, of_settings
    from ledger.app.book.book import Book
    from ledger.units import parse_quantity

    with named("--every"):
        every_s = max(parse_quantity(every, "_s"), 1)
    destinations = [
        destination(kind, address, allow_private)
        for kind in DESTINATIONS
        for address in to[f"to_{kind.name}"]
    ]

    def opened() -> Book:
        return Book.open(book_path(ctx), write=False)

    with opened() as book:
        destinations = destinations or of_settings(book.config.anchor)
        if not destinations:
            names = ", ".join(f"--{kind.name}" for kind in DESTINATIONS)
            raise Malformed(
                f"name a destination: {names}; or [[anchor]] in book.toml (wattledger help anchor)"
            )
        found = run(book, destinations) if only_once else None
    if found is None:
        for each in follow(opened, destinations, every_s):
            _say(each, as_json=wants_json(ctx))
        return
    _say(found, as_json=wants_json(ctx))
    if found.other_history:
        raise VerificationFailed(
            f"{', '.join(map(inert, found.other_history))}: this book is not the one that was anchored there, and"
            " no later run sends to it; wattledger verify --anchor compares them"
        )
    if found.waiting:
        many = "1 checkpoint waits" if found.waiting == 1 else f"{found.waiting:,} checkpoints wait"
        raise UnknownOutcome(f"{many}; the next run tries again")
    if not found.taken and not wants_json(ctx):
        click.echo(_nothing_new(found.unsealed))


def _nothing_new(unsealed: int) -> str:
    """Why a run sent nothing."""
    if not unsealed:
        return "nothing new: each destination has the newest checkpoint"
    many = "1 record is" if unsealed == 1 else f"{unsealed:,} records are"
    return f"nothing new; {many} not in a checkpoint yet"


def _say(found: Any, *, as_json: bool) -> None:
    """Print a line for each checkpoint that was taken, and why others were not."""
    from ledger.app.host.terminal import say_json

    if as_json:
        say_json(found._asdict())
    else:
        for where, size in found.taken:
            click.echo(f"anchored  the checkpoint over {size:,} records: {inert(where)}")
        for where, why in found.failed:
            again = f"; trying again in {found.wait_s} s" if found.wait_s else ""
            click.echo(f"{found.at}  {inert(where)}: {inert(why)}{again}", err=True)
    sys.stdout.flush()
