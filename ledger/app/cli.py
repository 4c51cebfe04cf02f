"""The command line: words in, calls of ``book`` and ``query``, words out (CONTRACT, Commands).

Every command takes ``--book`` and ``--json``. Modules that cost start-up time are imported by the command that needs them.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, TypeVar

import click

from ledger import errors

VARIABLE: Final = "WATTLEDGER_BOOK"
DEFAULT_BOOK: Final = "book"
Command = TypeVar("Command", bound=Callable[..., Any])


class Group(click.Group):
    """The top of the command line: an error of ours becomes its message and exit code, never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except errors.WattledgerError as why:
            _say_error(ctx, str(why))
            ctx.exit(why.exit_code)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)


def _say_error(ctx: click.Context, message: str) -> None:
    if ctx.obj and ctx.obj.get("json"):
        from ledger.app.terminal import say_problems

        say_problems([errors.Problem("wattledger", 0, message)], True)
    else:
        click.echo(f"wattledger: {message}", err=True)


def common(command: Command) -> Command:
    """``--book`` and ``--json`` for a command."""

    def remember(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
        if value:
            ctx.ensure_object(dict)[str(param.name)] = value
        return value

    for option in (
        click.option(
            "--json",
            is_flag=True,
            expose_value=False,
            callback=remember,
            help="Answer in JSON, for machines.",
        ),
        click.option(
            "--book",
            type=click.Path(file_okay=False),
            expose_value=False,
            callback=remember,
            help=f"Directory of the book (else {VARIABLE}, else ./{DEFAULT_BOOK}).",
        ),
    ):
        command = option(command)
    return command


def book_path(ctx: click.Context) -> Path:
    """The book's directory: what was said, else the environment, else ./book."""
    said = (ctx.obj or {}).get("book")
    return Path(said or os.environ.get(VARIABLE) or DEFAULT_BOOK)


def wants_json(ctx: click.Context) -> bool:
    """Was ``--json`` said?"""
    return bool((ctx.obj or {}).get("json"))


@contextmanager
def opened(ctx: click.Context, *, write: bool, key_file: str | None = None) -> Iterator[Any]:
    """The book of this call, closed afterwards."""
    from ledger.app.book import Book

    with Book.open(book_path(ctx), write=write, key_file=key_file) as book:
        yield book


key_option = click.option(
    "--key-file", type=click.Path(dir_okay=False), help="Where the signing key is kept."
)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="wattledger")
@common
@click.pass_context
def main(ctx: click.Context) -> None:
    """An operations ledger for power-hungry sites: verified facts in, reports anyone can recompute out."""
    # rows and tables are large and without cycles; walking them again and again found nothing and took a quarter of the time
    gc.set_threshold(100_000, 10, 1_000)


# --- making and filling a book ----------------------------------------------------------------------------------


@main.command()
@click.option(
    "--origin", help="The log's name for life: a URL without its scheme, such as example.com/ledger."
)
@click.option("--tz", help="Zone of reports whose sites share none.")
@key_option
@common
@click.pass_context
def init(ctx: click.Context, origin: str | None, tz: str | None, key_file: str | None) -> None:
    """Make a new book and print its verifier key."""
    from ledger.app.book import Book
    from ledger.app.config import Config
    from ledger.app.terminal import say_json, say_pairs

    path = book_path(ctx)
    settings = Config(origin or f"wattledger.local/{os.urandom(4).hex()}", tz=tz)
    with Book.create(path, settings, key_file=key_file) as book:
        key = book.signer().vkey
    if wants_json(ctx):
        say_json({"origin": settings.origin, "key": key, "path": str(path)})
        return
    click.echo(f"Made a book in {path}")
    say_pairs([("origin", settings.origin), ("verifier key", key)])
    click.echo("Give the verifier key to whoever will check this book. Next: wattledger record FILE")


@main.command()
@click.argument("file", type=click.File("rb"))
@click.option(
    "--format", "form", type=click.Choice(["story", "jsonl"]), help="Else by the file's ending, else story."
)
@click.option("--dry-run", is_flag=True, help="Decide everything, record nothing.")
@click.option("--atomic", is_flag=True, help="Record all or, if one fact is wrong, nothing.")
@click.option("--accept-clock", is_flag=True, help="Go on although the clock is behind the last record.")
@key_option
@common
@click.pass_context
def record(
    ctx: click.Context,
    file: IO[bytes],
    form: str | None,
    dry_run: bool,
    atomic: bool,
    accept_clock: bool,
    key_file: str | None,
) -> None:
    """Record the facts of FILE (- is standard input)."""
    form = form or ("jsonl" if file.name.endswith((".jsonl", ".ndjson")) else "story")
    if form == "jsonl":
        from ledger.exchange.jsonl import read
    else:
        from ledger.exchange.story import read
    reading = read(file.read(), file.name)
    _record(
        ctx, reading, file.name, dry_run=dry_run, atomic=atomic, accept_clock=accept_clock, key_file=key_file
    )


def _record(ctx: click.Context, reading: Any, source: str, *, key_file: str | None, **how: bool) -> None:
    from ledger.app.recording import record_readings

    with opened(ctx, write=True, key_file=key_file) as book:
        ctx.exit(record_readings(book, [(source, reading)], as_json=wants_json(ctx), **how))


# --- looking ----------------------------------------------------------------------------------------------------


@main.command()
@click.option("--stream", help="One stream, such as sandersville/grid.")
@click.option("--site", help="All streams of a site (or ba-CODE, fleet, ledger).")
@click.option("--kind", "kinds", multiple=True, help="Only this kind; may be said again.")
@click.option("--from", "start", help="Facts at or after this instant.")
@click.option("--to", "stop", help="Facts before this instant.")
@click.option("--after", type=int, help="Records after this index.")
@click.option("--limit", type=click.IntRange(1), help="The newest N (with --after: the first N).")
@click.option("--follow", is_flag=True, help="Stay, and show records as they are taken.")
@common
@click.pass_context
def log(ctx: click.Context, /, follow: bool, **asked: Any) -> None:
    """Show records, newest last.

    Each is a line of story text, in the zone of its site; with --json the stored bytes.
    """
    from ledger.app.listing import Filter, Lines, follow_records, listed

    with opened(ctx, write=False) as book:
        wanted, lines = Filter.of(book, **asked), Lines(book, as_json=wants_json(ctx))
        for record in listed(book, wanted):
            click.echo(lines.line(record))
        if follow:
            for record in follow_records(book, wanted):
                click.echo(lines.line(record))
                sys.stdout.flush()


@main.command()
@common
@click.pass_context
def status(ctx: click.Context) -> None:
    """Say what the book is and how far it is sealed."""
    from ledger.app.listing import status_of
    from ledger.app.terminal import say_json, say_pairs

    with opened(ctx, write=False) as book:
        found = status_of(book)
    if wants_json(ctx):
        say_json(found)
        return
    say_pairs([(name.replace("_", " "), "-" if value is None else value) for name, value in found.items()])
    unsealed = found["size"] - found["sealed_size"]
    if unsealed:
        click.echo(f"{unsealed:,} records are not yet sealed. Next: wattledger checkpoint")


# --- reports ----------------------------------------------------------------------------------------------------


@main.command()
@click.argument("name", required=False)
@click.option("--site", "sites", multiple=True, help="Only this site; may be said again.")
@click.option("--block", "blocks", multiple=True, help="Only this block; may be said again.")
@click.option("--period", help="2026, 2026-Q3, 2026-07 or 2026-07-14, in the report's zone.")
@click.option("--from", "start", help="Start of the window: an instant, or a date in the report's zone.")
@click.option("--to", "stop", help="End of the window, not included.")
@click.option("--tz", help="Zone of the period and of local dates.")
@click.option("--as-of", help="See facts up to this instant.")
@click.option("--known-at", help="With the first N records, or those taken by an instant.")
@click.option("--format", "form", default=None, help="text, json or csv.")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write to a file.")
@common
@click.pass_context
def report(
    ctx: click.Context, /, name: str | None, form: str | None, output: str | None, **asked: Any
) -> None:
    """Compute report NAME, or list the reports."""
    from ledger.app import query
    from ledger.app.reporting import list_reports, rendered

    if name is None:
        list_reports(wants_json(ctx))
        return
    found = query.report_named(name)
    form = form or ("json" if wants_json(ctx) else "text")
    with opened(ctx, write=False) as book:
        table = query.run(book, found, query.Question(**asked))
    data = rendered(table, form, to_terminal=output is None)
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        from ledger.app.files import write_durably

        write_durably(Path(output), data)
        click.echo(f"Wrote {output}")


@main.command()
@common
@click.pass_context
def rebuild(ctx: click.Context) -> None:
    """Throw the read models away and make them again.

    They are every report over the whole log, in a second SQLite file for any SQLite tool. Prints a fingerprint for each: the SHA-256 of
    its JSON form.
    """
    from ledger.app.rebuild import rebuild as run
    from ledger.app.terminal import Bar, plural, say_json

    with opened(ctx, write=False) as book:
        bar = Bar("replaying", quiet=wants_json(ctx))
        done = run(book, bar)
        bar.close()
        size = book.store.size
    if wants_json(ctx):
        say_json({"size": size, "path": str(done.path), "reports": done.fingerprints})
        return
    width = max(len(name) for name in done.fingerprints)
    for name, fingerprint in done.fingerprints.items():
        click.echo(f"  {name:<{width}}  {fingerprint}")
    click.echo(
        f"Rebuilt {plural(len(done.fingerprints), 'report')} from {plural(size, 'record')} into {done.path}; "
        "open it with any SQLite tool"
    )


# --- trust ------------------------------------------------------------------------------------------------------


@main.command()
@key_option
@common
@click.pass_context
def checkpoint(ctx: click.Context, key_file: str | None) -> None:
    """Seal the log and print its signed checkpoint.

    The checkpoint is a C2SP tlog-checkpoint: origin, size and root, signed.
    """
    from ledger.app.terminal import say_json
    from ledger.log.checkpoint import parse_checkpoint

    with opened(ctx, write=True, key_file=key_file) as book:
        note = book.checkpoint()
        key = book.signer().vkey
    if wants_json(ctx):
        parsed = parse_checkpoint(note)
        root = parsed.root.hex()
        say_json(
            {"origin": parsed.origin, "size": parsed.size, "root": root, "key": key, "note": note.decode()}
        )
    else:
        click.echo(note.decode(), nl=False)


@main.command()
@common
@click.pass_context
def fsck(ctx: click.Context) -> None:
    """Check everything, and name what is damaged.

    Re-reads and re-hashes every record, and checks database, schema, indexes, trees, seals and the head.
    """
    from ledger.app.checking import check_book
    from ledger.app.terminal import Bar, plural, say_json

    bar = Bar("checking", quiet=wants_json(ctx))
    report_ = check_book(book_path(ctx), bar)
    bar.close()
    if wants_json(ctx):
        say_json(report_)
    else:
        for finding in report_["findings"]:
            where = "" if finding["index"] is None else f"record {finding['index']}: "
            click.echo(f"{where}{finding['what']}", err=True)
        good = "nothing is wrong" if not report_["findings"] else plural(len(report_["findings"]), "finding")
        click.echo(f"Checked {plural(report_['size'], 'record')}: {good}")
    ctx.exit(errors.Tampered.exit_code if report_["findings"] else 0)


# --- importing --------------------------------------------------------------------------------------------------


@main.command("import")
@click.argument("form", metavar="FORMAT")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False))
@click.option("--site", help="The site the file is about.")
@click.option("--meter", help="The meter (recorded already) whose readings the file holds.")
@click.option("--block", help="The block whose devices the file holds.")
@click.option("--at", help="When it was so, if the file does not say.")
@click.option("--hold", help="How long a polled value holds, such as 15min.")
@click.option("--dry-run", is_flag=True, help="Show as story text what would be recorded; record nothing.")
@click.option("--atomic", is_flag=True, help="Record all or, if one fact is wrong, nothing.")
@key_option
@common
@click.pass_context
def import_(ctx: click.Context, /, form: str, files: tuple[str, ...], **said: Any) -> None:
    """Record what FILES of a FORMAT say.

    The files are kept as evidence, each named by its SHA-256.
    """
    from ledger.app.evidence import keep_evidence
    from ledger.app.recording import record_readings
    from ledger.calendar import parse_instant
    from ledger.exchange import formats
    from ledger.units import parse_quantity

    if form not in formats.BY_NAME:
        raise errors.Malformed(f"no import format is called {form!r}; there are {', '.join(formats.BY_NAME)}")
    at, hold = said.pop("at"), said.pop("hold")
    with errors.named("--at"):
        at = None if at is None else parse_instant(at)
    with errors.named("--hold"):
        hold_s = None if hold is None else parse_quantity(hold, "_s")
    given = formats.Given(said.pop("site"), said.pop("meter"), said.pop("block"), at, hold_s)
    key_file = said.pop("key_file")
    with opened(ctx, write=True, key_file=key_file) as book:
        readings = []
        for name in files:
            data = Path(name).read_bytes()
            readings.append((Path(name).name, formats.BY_NAME[form].read(data, Path(name).name, given)))
            if not said["dry_run"]:
                keep_evidence(book.directory, data, name)
        ctx.exit(record_readings(book, readings, as_json=wants_json(ctx), restate=True, **said))


@main.command()
@click.argument("directory", required=False, type=click.Path(file_okay=False))
@common
@click.pass_context
def demo(ctx: click.Context, directory: str | None) -> None:
    """Make the book of an invented portfolio, and every report.

    35 sites, 1.8 GW and twelve months of facts in DIRECTORY (default demo-book), with real meter and miner files. Runs again without harm.
    """
    from ledger.app.demo import run

    said = (ctx.obj or {}).get("book")
    run(Path(directory or said or "demo-book"), as_json=wants_json(ctx))
