"""The command ``bundle``."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any

import click

from ledger import errors
from ledger.app.cli import completion
from ledger.app.cli.options import (
    Asking,
    clock_option,
    common,
    key_option,
    opened,
    question,
    show_understood,
    wants_json,
)


@click.command(cls=Asking)
@click.option(
    "--stream",
    "streams",
    multiple=True,
    required=True,
    shell_complete=completion.streams,
    help="A stream whose records are all to be proven (repeatable).",
)
@click.option(
    "--report",
    "reports",
    multiple=True,
    shell_complete=completion.reports,
    help="A report of its sites that follows from them (repeatable).",
)
@click.option(
    "--from", "start", help="Start of the reports' window: an instant, or a date in the sites' zone."
)
@click.option("--to", "stop", help="End of the reports' window, not included.")
@click.option("--since", type=click.File("rb"), help="The reader's state file: include only later records.")
@click.option(
    "--at", "size", type=click.IntRange(1), help="As of the earlier checkpoint over this number of records."
)
@click.option("--sections", is_flag=True, help="Disclose sections too.")
@click.option("-o", "--output", type=click.Path(dir_okay=False), required=True, help="The bundle's file.")
@click.option(
    "--page",
    type=click.Path(dir_okay=False),
    help="Also write the page that verifies it in a browser, with the key, the streams and the bundle in it.",
)
@clock_option
@key_option
@common
@click.pass_context
def bundle(
    ctx: click.Context,
    /,
    streams: tuple[str, ...],
    reports: tuple[str, ...],
    start: str | None,
    stop: str | None,
    since: IO[bytes] | None,
    size: int | None,
    sections: bool,
    output: str,
    page: str | None,
    accept_clock: bool,
    key_file: str | None,
    **options: Any,
) -> None:
    """Write all records of some streams, with proof, to one file.

    Anyone with the log's verifier key can check it offline, with wattledger verify or with verify.py alone. A
    report brings in every stream that it reads. Seals the log first, unless --at names an earlier checkpoint.
    """
    from ledger.app.host.terminal import say_json
    from ledger.app.proofs import bundle_writer
    from ledger.app.queries import report_run
    from ledger.app.queries.typed import Typed

    asked = bundle_writer.BundleRequest(
        streams,
        tuple(report_run.report_named(name) for name in dict.fromkeys(reports)),
        state=None if since is None else _state(since),
        size=size,
        sections=sections,
    )
    with opened(ctx, write=size is None, key_file=key_file, accept_clock=accept_clock) as book:
        typed, places = Typed(book), [name.partition("/")[0] for name in streams]
        window = {"start": typed.end("from", start, places), "stop": typed.end("to", stop, places)}
        show_understood(ctx, typed.times)
        asked = asked._replace(question=question({**window, **options}))
        written = bundle_writer.write(book, asked, Path(output))
    if page is not None:
        from ledger.app.host.files import write_durably
        from ledger.app.proofs.verifier_page import verifier_page

        write_durably(Path(page), verifier_page(written.key, streams, Path(output).read_bytes()))
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
    if page is not None:
        click.echo(f"Wrote {page}: whoever opens it in a browser sees what the bundle proves")
    words = " ".join(f"--stream {name}" for name in streams) if len(streams) < 4 else "--stream NAME ..."
    click.echo(f"Next, for the reader: wattledger verify {output} --key {written.key or 'VKEY'} {words}")


def _state(file: IO[bytes]) -> Any:
    from ledger.verifier.faults import ProofError
    from ledger.verifier.reader import parse_state

    try:
        return parse_state(file.read())
    except ProofError as why:
        raise errors.Malformed(f"{file.name}: {why}") from None
