"""Commands that carry records out of a book and back: export."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from ledger.app.commands.common import common, opened, wants_json
from ledger.errors import Malformed

CHUNK_BYTES = 1 << 20


@click.command()
@click.argument("form", metavar="[FORMAT]", required=False)
@click.option("--stream", help="Only this stream, such as sandersville/grid.")
@click.option("--site", help="Only the streams of a site (or ba-CODE, fleet, ledger).")
@click.option("--from", "start", help="Facts at or after this instant.")
@click.option("--to", "stop", help="Facts before this instant.")
@click.option("--after", type=int, help="Records after this index.")
@click.option("--sections", is_flag=True, help="Disclose what sections (commercial, personal) hold.")
@click.option("-o", "--output", type=click.Path(), help="A file, or for some formats a new folder.")
@common
@click.pass_context
def export(ctx: click.Context, /, form: str | None, output: str | None, **said: Any) -> None:
    """Export the book in FORMAT, or list the formats.

    To standard output, or durably into a file: what was there stays until all is written.
    """
    from ledger.app.exports.asked import Asked
    from ledger.app.exports.formats import FORMATS, format_named
    from ledger.app.terminal import say_json

    if form is None:
        if wants_json(ctx):
            say_json([{"name": f.name, "summary": f.summary, "takes": list(f.takes)} for f in FORMATS])
            return
        width = max(len(f.name) for f in FORMATS)
        for each in FORMATS:
            click.echo(f"  {each.name:<{width}}  {each.summary}")
        click.echo("Next: wattledger export jsonl -o book.jsonl")
        return
    found, asked = format_named(form), Asked(**said)
    found.check(asked)
    with opened(ctx, write=False) as book:
        if found.folder is not None:
            if output is None:
                raise Malformed(f"export {form} writes a folder; say where with -o DIR")
            what = found.folder(book, asked, _new_folder(Path(output)))
        else:
            assert found.pieces is not None, "a format writes pieces or a folder"
            what = _write(found.pieces(book, asked), output)
    if output is not None:
        if wants_json(ctx):
            say_json({"format": form, "path": output, "wrote": what})
        else:
            click.echo(f"Wrote {output}: {what}")


def _new_folder(path: Path) -> Path:
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise Malformed(f"{path} is there already; say a new or empty folder")
    path.mkdir(parents=True, exist_ok=True)
    return path


def _write(pieces: Iterator[bytes], output: str | None) -> str:
    """Write all pieces; how much, in words."""
    from ledger.app.files import replacing
    from ledger.app.terminal import plural

    if output is None:
        for part in _joined(pieces):
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
        return ""
    total = 0
    with replacing(Path(output)) as file:
        for part in _joined(pieces):
            total += file.write(part)
    return plural(total, "byte")


def _joined(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Pieces put together to about a megabyte: many are short."""
    held, size = [], 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= CHUNK_BYTES:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)
