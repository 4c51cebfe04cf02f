"""Commands about bundles: bundle, verify."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any

import click

from ledger import errors
from ledger.app.commands.common import clock_option, common, key_option, opened, wants_json


@click.command()
@click.option(
    "--stream",
    "streams",
    multiple=True,
    required=True,
    help="A stream to prove all records of; may be said again.",
)
@click.option(
    "--report",
    "reports",
    multiple=True,
    help="A report of its sites that follows from them; may be said again.",
)
@click.option(
    "--from", "start", help="Start of the reports' window: an instant, or a date in the sites' zone."
)
@click.option("--to", "stop", help="End of the reports' window, not included.")
@click.option("--since", type=click.File("rb"), help="The reader's state file: only what came after it.")
@click.option(
    "--at", "size", type=click.IntRange(1), help="As of an earlier checkpoint over so many records."
)
@click.option("--sections", is_flag=True, help="Disclose what is kept in sections, too.")
@click.option("-o", "--output", type=click.Path(dir_okay=False), required=True, help="The bundle's file.")
@clock_option
@key_option
@common
@click.pass_context
def bundle(
    ctx: click.Context,
    streams: tuple[str, ...],
    reports: tuple[str, ...],
    start: str | None,
    stop: str | None,
    since: IO[bytes] | None,
    size: int | None,
    sections: bool,
    output: str,
    accept_clock: bool,
    key_file: str | None,
) -> None:
    """Write all records of some streams, with proof, into one file.

    Whoever has the log's verifier key can check it offline, with wattledger verify or with verify.py alone. A report brings every stream that it
    reads. Seals the log first, unless --at says an earlier checkpoint.
    """
    from ledger.app import bundling, query
    from ledger.app.query import Question
    from ledger.app.terminal import say_json

    asked = bundling.Asked(
        streams,
        tuple(query.report_named(name) for name in dict.fromkeys(reports)),
        Question(start=start, stop=stop),
        None if since is None else _state(since),
        size,
        sections,
    )
    with opened(ctx, write=size is None, key_file=key_file, accept_clock=accept_clock) as book:
        written = bundling.write(book, asked, Path(output))
    if wants_json(ctx):
        say_json(written._asdict())
        return
    click.echo(
        f"Wrote {output} ({written.bytes:,} bytes), as of the checkpoint over {written.size:,} records:"
    )
    for one in written.streams:
        since_ = f" from position {one['from']:,}" if one["from"] else ""
        click.echo(f"  {one['stream']}: {one['size'] - one['from']:,} records{since_}")
    for name in written.reports:
        click.echo(f"  report {name}")
    words = " ".join(f"--stream {name}" for name in streams) if len(streams) < 4 else "--stream NAME ..."
    click.echo(f"Next, for the reader: wattledger verify {output} --key {written.key or 'VKEY'} {words}")


def _state(file: IO[bytes]) -> Any:
    from ledger.log.verify import ProofError, parse_state

    try:
        return parse_state(file.read())
    except ProofError as why:
        raise errors.Malformed(f"{file.name}: {why}") from None


@click.command()
@click.argument("bundle_", metavar="BUNDLE", type=click.Path(dir_okay=False))
@click.option("--key", required=True, help="The log's verifier key, as you were given it before.")
@click.option(
    "--stream", "streams", multiple=True, help="A stream you want all records of; may be said again."
)
@click.option("--from", "start", help="Start of your window: an instant, or a date (UTC).")
@click.option("--to", "stop", help="End of your window, not included.")
@click.option(
    "--state",
    type=click.Path(dir_okay=False),
    help="Your file of what you verified last; written after success.",
)
@click.option("--policy", type=click.Path(dir_okay=False), help="Your file of the witnesses you trust.")
@click.option("--max-age", "age", help="Refuse what is older: 7d, 24h, 90min.")
@click.option(
    "--authority",
    type=click.File("rb"),
    multiple=True,
    help="A time-stamping authority's certificate in PEM.",
)
@common
@click.pass_context
def verify(
    ctx: click.Context,
    bundle_: str,
    key: str,
    streams: tuple[str, ...],
    start: str | None,
    stop: str | None,
    state: str | None,
    policy: str | None,
    age: str | None,
    authority: tuple[IO[bytes], ...],
) -> None:
    """Check a bundle, offline and without a book.

    VERIFIED: these are all records that the log has committed to on these streams, none altered, and each report follows from them, byte for byte. The
    first line is JSON. Exit 0 VERIFIED, 1 FAILED, 2 MALFORMED, 3 INCOMPLETE-TRUST.
    """
    from ledger.app import judging
    from ledger.app.terminal import Bar
    from ledger.log.verify import remembered, say, words

    bar = Bar("verifying", quiet=wants_json(ctx))
    judged = judging.judged(
        judging.Brought(bundle_, key, streams, start, stop, state, policy, age),
        [file.read() for file in authority],
        bar,
    )
    bar.close()
    found = judged.verdict
    if found.exit_code == 0 and state is not None and judged.checked is not None:
        found = remembered(found, state, judged.checked.state)
    lines = [found.json(), *(() if wants_json(ctx) else words(found, judged.stamped))]
    if found.exit_code == 0 and state is not None and not wants_json(ctx):
        lines.append(f"  {state} remembers it; next time a rollback or a second history is seen")
    say(lines)
    ctx.exit(found.exit_code)
