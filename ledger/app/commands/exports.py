"""Commands that carry records out of a book and back: export, backup, restore, erase."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from ledger.app.commands.common import book_path, clock_option, common, key_option, opened, wants_json
from ledger.app.output import on_output
from ledger.errors import Malformed, Tampered

CHUNK_BYTES = 1 << 20


@click.command()
@click.argument("form", metavar="[FORMAT]", required=False)
@click.option("--stream", help="Only this stream, such as sandersville/grid.")
@click.option("--site", help="Only the streams of a site (or ba-CODE, fleet, ledger).")
@click.option("--from", "start", help="Facts at or after this instant.")
@click.option("--to", "stop", help="Facts before this instant.")
@click.option("--after", type=int, help="Records after this index.")
@click.option("--sections", is_flag=True, help="Disclose what sections (commercial, personal) hold.")
@click.option("--record", help="The record of a tlog-proof: its index or its id.")
@click.option(
    "--since", type=click.IntRange(0), help="tlog-witness: the size that the witness cosigned last."
)
@click.option("--meter", help="greenbutton: the meter whose readings are written.")
@click.option("--client", help="openadr: the clientName of reports (else the book's origin).")
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
        raise Malformed(f"{path} is there already; say a new or empty folder")
    path.mkdir(parents=True, exist_ok=True)
    return path


def _write(pieces: Iterator[bytes], output: str | None, *, private: bool = False) -> str:
    """Write all pieces, into a file that others may read unless it is private; how much, in words."""
    from ledger.app.files import PRIVATE, PUBLIC, replacing
    from ledger.app.terminal import plural, say_bytes

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
    """Pieces put together to about a megabyte: many are short."""
    held, size = [], 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= CHUNK_BYTES:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--without-damaged",
    is_flag=True,
    help="Leave out documents that are not what was kept, and name them; else there is no backup.",
)
@common
@click.pass_context
def backup(ctx: click.Context, file: Path, without_damaged: bool) -> None:
    """Copy the book into FILE while others may go on writing.

    Records, sections and evidence as of one moment, checked as fsck checks a book. The signing key is not in it, nor the checkpoint it last
    signed: keep these two together, elsewhere.
    """
    from ledger.app.backup import back_up
    from ledger.app.terminal import Bar, plural, say_json

    bar = Bar("backing up", quiet=wants_json(ctx))
    done = back_up(book_path(ctx), file, bar, without_damaged=without_damaged)
    bar.close()
    if wants_json(ctx):
        say_json({"path": str(file), **done._asdict()})
        return
    documents = f" and {plural(done.evidence, 'document')} of evidence" if done.evidence else ""
    click.echo(
        f"Backed up {plural(done.size, 'record')}{documents} of {done.origin} into {file} ({plural(done.bytes, 'byte')})"
    )
    for name in done.damaged:
        click.echo(f"Left out, as it is not the document that was kept: {name}")
    click.echo("The signing key is not in it. Next: try it, with wattledger --book NEW restore FILE")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--origin", help="Which book it is, where nothing at hand says so.")
@click.option(
    "--key",
    "vkey",
    help="The log's verifier key, to check its checkpoint by where the signing key is not here.",
)
@key_option
@common
@click.pass_context
def restore(
    ctx: click.Context, file: Path, origin: str | None, vkey: str | None, key_file: str | None
) -> None:
    """Read the records of FILE back, byte for byte.

    FILE is a backup, or an export in JSON Lines. In a new or empty book it makes the book again; the export also adds the records that are
    missing from one that was put back from an old copy. Whatever was altered, left out or moved is refused, and what the signing key last
    signed is never touched.
    """
    from ledger.app.backup import is_backup, restore_backup
    from ledger.app.restoring import Given, restore_records
    from ledger.app.terminal import Bar, say_json

    bar = Bar("reading back", quiet=wants_json(ctx))
    read_back = restore_backup if is_backup(file) else restore_records
    done = read_back(book_path(ctx), file, Given(origin, vkey, key_file), bar)
    bar.close()
    if wants_json(ctx):
        say_json(done._asdict())
    else:
        _say_restored(done)
    ctx.exit(Tampered.exit_code if done.damaged else 0)


def _say_restored(done: Any) -> None:
    from ledger.app.terminal import plural

    click.echo(
        f"Restored {plural(done.new, 'record')}; the book {done.origin} holds {plural(done.size, 'record')}"
    )
    if done.vouched < done.size:
        vouched = (
            f"vouches for the first {done.vouched:,}; the rest stands"
            if done.vouched
            else "was at hand: all stands"
        )
        click.echo(f"{'A' if done.vouched else 'No'} signed checkpoint {vouched} as the file says it")
    for name in done.damaged:
        click.echo(f"Not restored, as the backup does not hold it as it was kept: {name}", err=True)
    if done.unchecked:
        click.echo("The checkpoint's signature was not checked, as no key is here: say --key VKEY")
    click.echo(
        "Next: wattledger fsck" if done.closed is None else f"It can be read, not written: {done.closed}"
    )


@click.command()
@click.argument("record", metavar="RECORD")
@click.option(
    "--section", help="Its name, such as commercial; may be left out where the record has only one."
)
@click.option("--reason", required=True, help="Why, for the record that says it was erased.")
@click.option(
    "--evidence", is_flag=True, help="Delete the document it was read from too, if the book keeps it."
)
@clock_option
@key_option
@common
@click.pass_context
def erase(
    ctx: click.Context,
    record: str,
    section: str | None,
    reason: str,
    evidence: bool,
    accept_clock: bool,
    key_file: str | None,
) -> None:
    """Delete a section of RECORD (its index or id) for ever.

    What stands in the section and its salt are deleted with all that was made from them, the hashes of reports that may print it among it, and
    the log records it. The record itself and every proof of it stay valid; reports over it print erased. What is left is named: hashes that are
    in a record itself, and copies beside the book.
    """
    from ledger.app.erasing import erase as delete
    from ledger.app.telling import erasure_lines
    from ledger.app.terminal import say_json

    with opened(ctx, write=True, key_file=key_file, accept_clock=accept_clock) as book:
        done = delete(book, record, section, reason, evidence=evidence)
    if wants_json(ctx):
        say_json(done.json())
        return
    for line in erasure_lines(done):
        click.echo(line)
