"""The command ``template``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ledger.app.cli.book_path import book_path
from ledger.app.cli.options import common, opened, wants_json
from ledger.errors import Malformed

if TYPE_CHECKING:
    from ledger.kinds import Kind


@click.command()
@click.option("--kinds", "names", help="The kinds, separated by commas: outage-started,outage-ended.")
@click.option(
    "--family", help="All kinds of a family, such as operations or leases; list shows the families."
)
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="The workbook to write, FILE.xlsx.")
@common
@click.pass_context
def template(ctx: click.Context, names: str | None, family: str | None, output: str | None) -> None:
    """Write a workbook to fill in, with a sheet for each kind.

    Columns are typed and explained; the lists have the sites and blocks of the book, if there is one. Import
    the filled workbook without a map: wattledger import events FILE.xlsx.
    """
    from ledger.app.book.config import NAME
    from ledger.app.host.files import write_new
    from ledger.app.host.terminal import plural, say_json
    from ledger.app.imports.known_site import site_blocks
    from ledger.exchange.sheets.template import families
    from ledger.exchange.sheets.template import template as made

    if family == "list":
        for each, kinds in families().items():
            click.echo(f"{each}: {', '.join(kind.name for kind in kinds)}")
        return
    chosen = _chosen(names, family)
    if output is None or not output.endswith(".xlsx"):
        raise Malformed(
            f"name the file to write: -o FILE.xlsx{'' if output is None else f', not {output!r}'}"
        )
    places: dict[str, tuple[str, ...]] = {}
    if (ctx.obj or {}).get("book") or (book_path(ctx) / NAME).exists():
        with opened(ctx, write=False) as book:
            places = site_blocks(book)
    try:
        write_new(Path(output), made(chosen, places), 0o644)
    except FileExistsError:
        raise Malformed(f"{output} is there already, and may be filled in; name another file") from None
    if wants_json(ctx):
        say_json({"path": output, "kinds": [kind.name for kind in chosen], "sites": sorted(places)})
        return
    listed = f", with lists of {plural(len(places), 'site')}" if places else ""
    click.echo(f"Wrote {output}: {plural(len(chosen), 'sheet')} to fill in{listed}")
    click.echo(f"Next: fill it in, then wattledger import events {output} --dry-run")


def _chosen(names: str | None, family: str | None) -> list[Kind]:
    """The requested kinds, in the order of the table."""
    from ledger.exchange.kind_guide import CLAIMABLE
    from ledger.exchange.sheets.template import families
    from ledger.kinds import kind_of

    if family is not None and family not in families():
        raise Malformed(f"no family of kinds is called {family!r}; there are {', '.join(families())}")
    asked = {kind_of(name.strip()) for name in (names or "").split(",") if name.strip()}
    asked |= set(families()[family]) if family is not None else set()
    if not asked:
        raise Malformed("name the kinds: --kinds outage-started,outage-ended or --family operations")
    for kind in asked:
        if not kind.claimable:
            raise Malformed(f"{kind.name} is written by the ledger itself and cannot be recorded by hand")
    return [kind for kind in CLAIMABLE if kind in asked]
