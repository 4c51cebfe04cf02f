"""The command ``timestamp``."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any

import click

from ledger import errors
from ledger.app.cli.options import common, opened, wants_json


@click.command()
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="File to write the request to.")
@click.option("--attach", type=click.File("rb"), help="The authority's response to keep in the book.")
@click.option(
    "--authority",
    type=click.File("rb"),
    multiple=True,
    help="Its certificate in PEM, to check the response.",
)
@common
@click.pass_context
def timestamp(
    ctx: click.Context, output: str | None, attach: IO[bytes] | None, authority: tuple[IO[bytes], ...]
) -> None:
    """Have the last checkpoint time-stamped (RFC 3161).

    Writes a request to send to a time-stamping authority, then keeps its response with --attach: bundles
    carry it, and a reader who trusts the authority sees that the log was in this state by then.
    """
    from ledger.app.host.terminal import say_json

    if (output is None) == (attach is None) or (authority and attach is None):
        raise errors.Malformed(
            "write a request with -o FILE, or keep a response with --attach FILE [--authority FILE]"
        )
    with opened(ctx, write=False) as book:
        if output is not None:
            said, words = _request(book, Path(output))
        else:
            assert attach is not None, "one of the two is given"
            said, words = _attach(book, attach.read(), [file.read() for file in authority])
    if wants_json(ctx):
        say_json(said)
    else:
        click.echo(words)


def _request(book: Any, output: Path) -> tuple[dict[str, Any], str]:
    from ledger.app.host.files import write_durably
    from ledger.app.host.terminal import plural
    from ledger.app.proofs import timestamps

    seal = book.store.last_seal()
    assert seal is not None, "a book is sealed when it is made"
    write_durably(output, timestamps.request(timestamps.stamped(seal.note)))
    words = (
        f"Wrote {output}: a request to stamp the checkpoint of {plural(seal.size, 'record')}\nSend it to an"
        " authority (Content-Type: application/timestamp-query), then: wattledger timestamp --attach"
        " RESPONSE"
    )
    return {"size": seal.size, "request": str(output)}, words


def _attach(book: Any, response: bytes, authorities: list[bytes]) -> tuple[dict[str, Any], str]:
    from ledger.app.host.terminal import plural
    from ledger.app.proofs import timestamps

    size = timestamps.covered(book, response)
    at = timestamps.checked(book, size, response, authorities)
    path = timestamps.keep(book.directory, size, response)
    checked = f"stamped by {at} at the latest" if at else "not checked, as no --authority was given"
    words = f"Kept {path}: the checkpoint of {plural(size, 'record')}, {checked}"
    return {"size": size, "response": str(path), "stamped_at": at}, words
