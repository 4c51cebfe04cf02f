"""The command ``show``."""

from __future__ import annotations

import shutil

import click

from ledger.app.cli.options import KEY_VARIABLE, common, wants_json

NEWEST = 10


@click.command()
@click.argument("bundle_", metavar="BUNDLE", type=click.Path(dir_okay=False))
@click.option(
    "--key",
    required=True,
    envvar=KEY_VARIABLE,
    help=f"The log's verifier key, as you were given it before (else {KEY_VARIABLE}).",
)
@common
@click.pass_context
def show(ctx: click.Context, bundle_: str, key: str) -> None:
    """Show a bundle: verdict, streams, records and reports.

    The contents of a bundle that fails verification are not shown. verify also takes your streams, window,
    witnesses and earlier state.
    """
    from ledger.app.cli.bundle_wording import view_lines
    from ledger.app.host.terminal import Bar, say, say_json
    from ledger.app.proofs import bundle_view
    from ledger.app.queries.record_filter import Lines

    bar = Bar("verifying", quiet=wants_json(ctx))
    with bundle_view.bundle_view(bundle_, key, bar) as view:
        bar.close()
        if wants_json(ctx):
            say_json(bundle_view.view_json(view))
        else:
            width = shutil.get_terminal_size((100, 24)).columns
            line = Lines(view.book, as_json=False, brief=True).line
            say(view_lines(view, bundle_, bundle_view.newest(view, NEWEST), line, width))
        ctx.exit(view.verdict.exit_code)
