"""The command ``verify``."""

from __future__ import annotations

from pathlib import Path
from typing import IO, NoReturn

import click

from ledger.app.cli.options import KEY_VARIABLE, common, wants_json


@click.command()
@click.argument("bundle_", metavar="[BUNDLE|ARCHIVE]", required=False, type=click.Path())
@click.option(
    "--key",
    required=True,
    envvar=KEY_VARIABLE,
    help=f"The log's verifier key, as you were given it before (else {KEY_VARIABLE}).",
)
@click.option(
    "--stream", "streams", multiple=True, help="A stream of which you need all records (repeatable)."
)
@click.option("--from", "start", help="Start of your window: an instant, or a date in the sites' zone.")
@click.option("--to", "stop", help="End of your window, not included.")
@click.option(
    "--state",
    type=click.Path(dir_okay=False),
    help="Your state file of the last verification; written after success.",
)
@click.option("--policy", type=click.Path(dir_okay=False), help="Your file of the witnesses you trust.")
@click.option(
    "--receipt",
    "receipts",
    multiple=True,
    type=click.Path(dir_okay=False),
    help="Your proof of one record, which must be at its position (repeatable).",
)
@click.option("--accept-old", is_flag=True, help="Accept a bundle of the format before November 2026.")
@click.option("--max-age", "age", help="Refuse an older checkpoint: 7d, 24h, 90min.")
@click.option(
    "--authority",
    type=click.File("rb"),
    multiple=True,
    help="A time-stamping authority's certificate in PEM.",
)
@click.option(
    "--anchor",
    "anchors",
    type=click.Path(exists=True),
    help="Checkpoints that were anchored: a folder, mailbox, or file of them. Without BUNDLE the book is compared.",
)
@common
@click.pass_context
def verify(
    ctx: click.Context,
    bundle_: str | None,
    key: str,
    streams: tuple[str, ...],
    start: str | None,
    stop: str | None,
    state: str | None,
    policy: str | None,
    receipts: tuple[str, ...],
    accept_old: bool,
    age: str | None,
    authority: tuple[IO[bytes], ...],
    anchors: str | None,
) -> None:
    """Check a bundle or a whole archive, offline and without a book.

    VERIFIED: these are all records that the log has committed to on these streams, none altered, and each
    report follows from them, byte for byte. The last line is JSON. Exit 0 VERIFIED, 1 FAILED, 2 MALFORMED, 3
    INCOMPLETE-TRUST; 4 where the records of the book itself, compared with --anchor, were changed.
    """
    from ledger.app.host.files import pasted
    from ledger.app.host.terminal import Bar
    from ledger.app.proofs import anchored, verification
    from ledger.verifier.files import say
    from ledger.verifier.wording import words

    if bundle_ is None:
        _book(ctx, key, anchors)
    if Path(bundle_).is_dir():
        of_bundles = (*streams, start, stop, state, policy, *receipts, age, *authority, anchors)
        _archive(ctx, Path(bundle_), key, any(one is not None for one in of_bundles))
    bar = Bar("verifying", quiet=wants_json(ctx))
    judged = verification.judged(
        verification.Brought(bundle_, key, streams, start, stop, state, policy, age, receipts, accept_old),
        [file.read() for file in authority],
        bar,
    )
    bar.close()
    found, compared = judged.verdict, None
    if anchors is not None:
        found, compared = anchored.compare_bundle(judged, Path(anchors), pasted(key))
        judged = judged._replace(verdict=found)
    if state is not None:
        verification.remember(state, judged)
    lines = [] if wants_json(ctx) else list(words(found, judged.stamped))
    if compared is not None and not wants_json(ctx):
        lines.append(f"  anchors: {compared.compared:,} of {compared.anchored:,} compared")
    if found.exit_code == 0 and state is not None and not wants_json(ctx):
        lines.append(f"  {state} remembers it; next time a rollback or a second history is detected")
    say([*lines, found.json()])
    ctx.exit(found.exit_code)


def _archive(ctx: click.Context, directory: Path, key: str, of_bundles: bool) -> NoReturn:
    """Check the archive in a folder."""
    from ledger.app.host.terminal import Bar
    from ledger.app.maintenance import archive_check
    from ledger.errors import Malformed
    from ledger.verifier.files import say

    if of_bundles:
        raise Malformed(f"{directory} is a folder: an archive is verified whole, by --key alone")
    bar = Bar("verifying", quiet=wants_json(ctx))
    found = archive_check.check_archive(directory, key, bar)
    bar.close()
    lines = [] if wants_json(ctx) else list(archive_check.words(found, directory))
    say([*lines, found.json()])
    ctx.exit(found.exit_code)


def _book(ctx: click.Context, key: str, anchors: str | None) -> NoReturn:
    """Compare the book with what was anchored of it."""
    from ledger.app.cli.options import opened
    from ledger.app.host.files import pasted
    from ledger.app.host.terminal import Bar, say_json
    from ledger.app.proofs import anchored
    from ledger.errors import Malformed, inert

    if anchors is None:
        raise Malformed("name a BUNDLE; or --anchor, to compare the book with checkpoints that were anchored")
    with opened(ctx, write=False) as book:
        bar = Bar("hashing", quiet=wants_json(ctx))
        found = anchored.compare_book(book, Path(anchors), pasted(key), bar)
        bar.close()
        size = book.store.size
    verdict = "VERIFIED" if found.code is None else "FAILED"
    if not wants_json(ctx):
        if found.code is None:
            many = f"{found.compared:,} anchored checkpoint{'' if found.compared == 1 else 's'}"
            click.echo(f"VERIFIED: the book goes on from {many}")
            click.echo(f"  the newest is over {found.newest:,} of its {size:,} records")
        else:
            click.echo(f"FAILED: {found.code}\n  {inert(found.where)}: {found.why}")
    say_json({"verdict": verdict, **found._asdict()})
    ctx.exit(found.exit_code)
