"""Commands about trust: checkpoint, cosign, timestamp, fsck."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any

import click

from ledger import errors
from ledger.app.commands.common import book_path, clock_option, common, key_option, opened, wants_json


@click.command()
@click.option("--attach", type=click.File("rb"), help="A witness's cosignature, to be kept in the book.")
@click.option("--witness", help="The verifier key of that witness.")
@clock_option
@key_option
@common
@click.pass_context
def checkpoint(
    ctx: click.Context,
    attach: IO[bytes] | None,
    witness: str | None,
    accept_clock: bool,
    key_file: str | None,
) -> None:
    """Seal the log and print its signed checkpoint.

    The checkpoint is a C2SP tlog-checkpoint: origin, size and root, signed, with the cosignatures that are kept of it. With --attach nothing is
    sealed: a witness's cosignature is checked and kept.
    """
    from ledger.app.cosigning import attach as keep
    from ledger.app.cosigning import cosigned
    from ledger.app.terminal import plural, say_json
    from ledger.log.checkpoint import parse_checkpoint

    if (attach is None) != (witness is None):
        raise errors.Malformed("to keep a cosignature say --attach FILE and --witness VKEY")
    if attach is not None and witness is not None:
        with opened(ctx, write=False) as book:
            seal = keep(book, attach.read(1 << 20), witness)
        click.echo(
            f"Kept: {witness.partition('+')[0]} cosigned the checkpoint of {plural(seal.size, 'record')}"
        )
        return
    with opened(ctx, write=True, key_file=key_file, accept_clock=accept_clock) as book:
        book.checkpoint()
        seal = book.store.last_seal()
        note = cosigned(book.directory, seal)
        key = book.signer().vkey
    if wants_json(ctx):
        parsed = parse_checkpoint(note)
        root = parsed.root.hex()
        say_json(
            {"origin": parsed.origin, "size": parsed.size, "root": root, "key": key, "note": note.decode()}
        )
    else:
        click.echo(note.decode(), nl=False)


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option(
    "--key",
    "keys",
    multiple=True,
    required=True,
    help="Verifier key of a log to be cosigned; may be said again.",
)
@click.option(
    "--state",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="What was cosigned last: kept for ever.",
)
@click.option(
    "--witness-key",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The witness's key file.",
)
@common
@click.pass_context
def cosign(
    ctx: click.Context, file: IO[bytes], keys: tuple[str, ...], state: Path, witness_key: Path
) -> None:
    """Cosign the checkpoint of FILE as a witness, and print the cosignature.

    FILE is a request (export tlog-witness) or a bundle; it needs no book. Refused is whatever is not a continuation of what was cosigned last:
    a fork, a rollback, a proof that does not lead there, a signature by another key.
    """
    from ledger.app.clock import Machine
    from ledger.app.cosigning import cosign as answered
    from ledger.app.cosigning import read_witness
    from ledger.app.terminal import say_json

    witness = read_witness(witness_key)
    found = answered(file.read(), keys, witness, state, Machine().now_us() // 1_000_000)
    assert found.cosigned is not None, "what is refused is raised"
    if wants_json(ctx):
        origin, size, root = found.cosigned
        say_json(
            {
                "origin": origin,
                "size": size,
                "root": root.hex(),
                "witness": witness.vkey,
                "line": found.body.decode(),
            }
        )
    else:
        click.echo(found.body.decode(), nl=False)


@click.command()
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write the request here.")
@click.option("--attach", type=click.File("rb"), help="The authority's response, to be kept in the book.")
@click.option(
    "--authority",
    type=click.File("rb"),
    multiple=True,
    help="Its certificate in PEM, to check the response by.",
)
@common
@click.pass_context
def timestamp(
    ctx: click.Context, output: str | None, attach: IO[bytes] | None, authority: tuple[IO[bytes], ...]
) -> None:
    """Have the last checkpoint stamped by a time-stamping authority (RFC 3161).

    Writes a request to be sent to an authority, then keeps its response with --attach: bundles carry it, and a reader who trusts the
    authority sees that the log stood so by then.
    """
    from ledger.app.terminal import say_json

    if (output is None) == (attach is None) or (authority and attach is None):
        raise errors.Malformed(
            "write a request with -o FILE, or keep a response with --attach FILE [--authority FILE]"
        )
    with opened(ctx, write=False) as book:
        if output is not None:
            said, words = _request(book, Path(output))
        else:
            assert attach is not None, "one of the two is said"
            said, words = _attach(book, attach.read(), [file.read() for file in authority])
    if wants_json(ctx):
        say_json(said)
    else:
        click.echo(words)


def _request(book: Any, output: Path) -> tuple[dict[str, Any], str]:
    from ledger.app import timestamps
    from ledger.app.files import write_durably
    from ledger.app.terminal import plural

    seal = book.store.last_seal()
    assert seal is not None, "a book is sealed when it is made"
    write_durably(output, timestamps.request(timestamps.stamped(seal.note)))
    words = (
        f"Wrote {output}: a request to stamp the checkpoint of {plural(seal.size, 'record')}\n"
        "Send it to an authority (Content-Type: application/timestamp-query), then: wattledger timestamp --attach RESPONSE"
    )
    return {"size": seal.size, "request": str(output)}, words


def _attach(book: Any, response: bytes, authorities: list[bytes]) -> tuple[dict[str, Any], str]:
    from ledger.app import timestamps
    from ledger.app.terminal import plural

    size = timestamps.covered(book, response)
    at = timestamps.checked(book, size, response, authorities)
    path = timestamps.keep(book.directory, size, response)
    checked = f"stamped by {at} at the latest" if at else "not checked, as no --authority was given"
    words = f"Kept {path}: the checkpoint of {plural(size, 'record')}, {checked}"
    return {"size": size, "response": str(path), "stamped_at": at}, words


@click.command()
@key_option
@common
@click.pass_context
def fsck(ctx: click.Context, key_file: str | None) -> None:
    """Check everything, and name what is damaged.

    Re-reads and re-hashes every record, and checks database, schema, indexes, trees, seals with their signatures, sections, the head, the key and what
    it last signed, evidence and anchors. A notice is about something that harms nothing; exit code 4 if anything is wrong.
    """
    from ledger.app.checking import check_book
    from ledger.app.terminal import Bar, plural, say_json

    bar = Bar("checking", quiet=wants_json(ctx))
    report_ = check_book(book_path(ctx), bar, key_file)
    bar.close()
    if wants_json(ctx):
        say_json(report_)
    else:
        for finding in report_["findings"]:
            where = "" if finding["index"] is None else f"record {finding['index']}: "
            click.echo(errors.inert(f"{where}{finding['what']}"), err=True)
        for notice in report_["notices"]:
            click.echo(errors.inert(f"Notice: {notice['what']}"))
        good = "nothing is wrong" if not report_["findings"] else plural(len(report_["findings"]), "finding")
        click.echo(f"Checked {plural(report_['size'], 'record')}: {good}")
    ctx.exit(errors.Tampered.exit_code if report_["findings"] else 0)
