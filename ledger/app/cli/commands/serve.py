"""The command ``serve``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ledger.app.cli.book_path import book_path
from ledger.app.cli.options import clock_option, common, key_option, wants_json

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class Serving(click.Command):
    """A command whose help lists the routes, from the contract."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the routes and their summaries."""
        from ledger.app.web.contract import ROUTES

        with formatter.section("Routes"):
            formatter.write_dl([(f"{route.method} {route.path}", route.what) for route in ROUTES])


@click.command(cls=Serving)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8080,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--read-only", is_flag=True, help="Record nothing: such servers can run beside the one that writes."
)
@click.option("--tls-cert", type=FILE, help="Certificate chain (PEM), to serve other machines.")
@click.option("--tls-key", type=FILE, help="The certificate's key (PEM).")
@click.option(
    "--insecure-bind", is_flag=True, help="Serve other machines without TLS, behind a proxy that provides it."
)
@click.option("--witness-key", type=FILE, help="Be a witness of other logs too: its key file.")
@click.option(
    "--witness-state",
    type=click.Path(dir_okay=False, path_type=Path),
    help="State file of what the witness cosigned last; keep it for ever.",
)
@click.option(
    "--witness-log", "witness_logs", multiple=True, help="Verifier key of a log that it cosigns (repeatable)."
)
@click.option(
    "--witness-publish",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of a web server that shows monitors what was cosigned last.",
)
@clock_option
@key_option
@common
@click.pass_context
def serve(
    ctx: click.Context,
    host: str,
    port: int,
    read_only: bool,
    tls_cert: Path | None,
    tls_key: Path | None,
    insecure_bind: bool,
    witness_key: Path | None,
    witness_state: Path | None,
    witness_logs: tuple[str, ...],
    witness_publish: Path | None,
    accept_clock: bool,
    key_file: str | None,
) -> None:
    """Serve the book over HTTP, with pages for a browser.

    One server writes, and holds the writer's lock while it runs; any number with --read-only may run beside
    it. With --witness-key, --witness-state and --witness-log it also cosigns checkpoints of other logs (C2SP
    tlog-witness) at /api/v1/add-checkpoint. Ctrl-C or SIGTERM stops it cleanly. wattledger help service is the guide.
    """
    from ledger.app.host.terminal import say_json
    from ledger.app.web.server import Binding, check_binding
    from ledger.app.web.server import serve as run
    from ledger.app.web.service import ServiceSettings

    binding = Binding(host, port, tls_cert, tls_key, insecure_bind)
    check_binding(binding)
    settings = ServiceSettings(
        book_path(ctx),
        read_only=read_only,
        key_file=key_file,
        accept_clock=accept_clock,
        witness=_witness(witness_key, witness_state, witness_logs, witness_publish),
    )

    def ready(address: str) -> None:
        if wants_json(ctx):
            say_json({"address": address})
        else:
            click.echo(f"Serving {address}/ (Ctrl-C stops)")

    run(binding, settings, ready)
    if not wants_json(ctx):
        click.echo("Stopped: everything acknowledged is durable")


def _witness(key: Path | None, state: Path | None, logs: tuple[str, ...], publish: Path | None) -> Any:
    """The settings of a witness; None where nothing is said of one."""
    from ledger.app.host.files import pasted
    from ledger.app.web.witnessing import WitnessSettings
    from ledger.errors import Malformed

    if key is None and state is None and not logs and publish is None:
        return None
    if key is None or state is None or not logs:
        raise Malformed("a witness needs --witness-key, --witness-state and at least one --witness-log")
    return WitnessSettings(key, state, tuple(map(pasted, logs)), publish)
