"""The command ``export``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from ledger.app.cli import completion
from ledger.app.cli.book_path import next_command
from ledger.app.cli.options import opened, reads, show_understood, wants_json
from ledger.app.host.output import on_output
from ledger.errors import Malformed

CHUNK_BYTES = 1 << 20


@click.command()
@click.argument("form", metavar="[FORMAT]", required=False, shell_complete=completion.export_formats)
@click.option(
    "--stream", shell_complete=completion.streams, help="Only this stream, such as sandersville/grid."
)
@click.option(
    "--site", shell_complete=completion.places, help="Only the streams of a site (or ba-CODE, fleet, ledger)."
)
@click.option("--from", "start", help="Facts at or after this instant.")
@click.option("--to", "stop", help="Facts before this instant.")
@click.option("--after", type=int, help="Records after this index.")
@click.option("--sections", is_flag=True, help="Disclose sections (commercial, personal).")
@click.option("--record", help="The record of a tlog-proof: its index or its id.")
@click.option(
    "--since", type=click.IntRange(0), help="tlog-witness: the size that the witness cosigned last."
)
@click.option(
    "--meter", shell_complete=completion.meters, help="greenbutton: the meter whose readings are written."
)
@click.option("--client", help="openadr: the clientName of reports (else the book's origin).")
@click.option("-o", "--output", type=click.Path(), help="A file, or for some formats a new folder.")
@reads
@click.pass_context
def export(ctx: click.Context, /, form: str | None, output: str | None, **said: Any) -> None:
    """Export the book in FORMAT, or list the formats.

    Writes to standard output, or durably into a file: an existing file stays until all is written.
    """
    from ledger.app.exports.formats import FORMATS, format_named
    from ledger.app.exports.options import ExportOptions
    from ledger.app.host.terminal import say_json
    from ledger.app.queries.typed import Typed

    if form is None:
        if wants_json(ctx):
            say_json([{"name": f.name, "summary": f.summary, "takes": list(f.takes)} for f in FORMATS])
            return
        width = max(len(f.name) for f in FORMATS)
        for each in FORMATS:
            click.echo(f"  {each.name:<{width}}  {each.summary}")
        click.echo(f"Next: {next_command(ctx, 'export', 'jsonl', '-o', 'book.jsonl')}")
        return
    found = format_named(form)
    found.check(ExportOptions(**said))
    with opened(ctx, write=False) as book:
        typed = Typed(book)
        typed.filter(said)
        show_understood(ctx, typed.times)
        asked = ExportOptions(**said)
        if found.folder is not None:
            if output is None:
                raise Malformed(f"export {form} writes a folder; name it with -o DIR")
            what = found.folder(book, asked, _new_folder(Path(output)))
        else:
            assert found.pieces is not None, "a format writes pieces or a folder"
            what = _write(found.pieces(book, asked), output, private=asked.sections)
        written = {} if output is None else {output: what}
        beside = found.beside(book, asked) if output is not None and found.beside is not None else None
        if beside is not None:
            written[f"{output}{beside[0]}"] = _write(iter((beside[1],)), f"{output}{beside[0]}")
    for path, much in written.items():
        if wants_json(ctx):
            say_json({"format": form, "path": path, "wrote": much})
        else:
            click.echo(f"Wrote {path}: {much}")


def _new_folder(path: Path) -> Path:
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise Malformed(f"{path} is there already; name a new or empty folder")
    path.mkdir(parents=True, exist_ok=True)
    return path


def _write(pieces: Iterator[bytes], output: str | None, *, private: bool = False) -> str:
    """Write all pieces, into a file that others may read unless it is private; return the amount in words."""
    from ledger.app.host.files import PRIVATE, PUBLIC, replacing
    from ledger.app.host.terminal import plural, say_bytes

    if output is None:
        for part in _joined(pieces):
            with on_output():
                say_bytes(part)
                sys.stdout.buffer.flush()
        return ""
    total = 0
    with replacing(Path(output), PRIVATE if private else PUBLIC) as file:
        for part in _joined(pieces):
            total += file.write(part)
    return plural(total, "byte")


def _joined(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Pieces joined to about a megabyte each, since many are short."""
    held, size = [], 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= CHUNK_BYTES:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)
