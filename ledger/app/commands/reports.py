"""Commands about reports: report, explain, diff, rebuild."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ledger.app.commands.common import (
    Asking,
    asks,
    asks_window,
    clock_option,
    common,
    key_option,
    opened,
    question,
    wants_json,
)
from ledger.errors import Malformed


@click.command(cls=Asking)
@click.argument("name", required=False)
@asks
@click.option(
    "--format",
    "form",
    help="text, json, csv, html, xlsx, docx or pdf; else by the ending of -o FILE, else text.",
)
@click.option(
    "--pack", help="utility, community, operations or lease: all that this reader asks, into folder -o."
)
@click.option("-o", "--output", type=click.Path(), help="Write to a file; of a pack, into a folder.")
@click.option(
    "--issue", "recipient", help="Record that the report was issued to this RECIPIENT, with its hash."
)
@clock_option
@key_option
@common
@click.pass_context
def report(
    ctx: click.Context,
    /,
    name: str | None,
    form: str | None,
    pack: str | None,
    output: str | None,
    recipient: str | None,
    accept_clock: bool,
    key_file: str | None,
    **asked: Any,
) -> None:
    """Compute report NAME, or a pack of reports, or list the reports."""
    from ledger.app import asking, query
    from ledger.app.reporting import format_meant, list_reports, write

    opening: dict[str, Any] = {
        "write": recipient is not None,
        "key_file": key_file,
        "accept_clock": accept_clock,
    }
    if pack is not None:
        if name is not None:
            raise Malformed(f"say {name} or --pack {pack}, not both")
        _pack(ctx, pack, form, output, recipient, opening, asked)
        return
    if name is None:
        list_reports(wants_json(ctx))
        return
    found = query.report_named(name)
    meant = format_meant(form or ("json" if wants_json(ctx) else None), output, name)
    _check_recipient(recipient)
    with opened(ctx, **opening) as book:
        wanted = question(asked)
        table = asking.run(book, found, wanted)
        write(table, meant, output)
        if recipient is not None:
            from ledger.app.issuing import issue

            record = issue(book, found, table, recipient, wanted.said)
            click.echo(f"Issued to {recipient}: record {record.index} ({record.id})", err=True)


def _check_recipient(recipient: str | None) -> None:
    """``Malformed`` before anything is written for nobody."""
    if recipient is not None and not recipient.strip():
        raise Malformed("--issue needs the name of who gets the report")


def _pack(
    ctx: click.Context,
    name: str,
    form: str | None,
    output: str | None,
    recipient: str | None,
    opening: dict[str, Any],
    asked: dict[str, Any],
) -> None:
    from ledger.app import packs
    from ledger.app.issuing import issue
    from ledger.app.reporting import format_named
    from ledger.app.terminal import Bar, plural, say_json

    found = packs.pack_named(name)
    if output is None:
        raise Malformed(f"a pack is a folder; say where with -o {name}")
    formats = () if form is None else (format_named(form).name,)
    _check_recipient(recipient)
    with opened(ctx, **opening) as book:
        wanted = question(asked)
        bar = Bar("writing", quiet=wants_json(ctx))
        written = packs.write(book, found, wanted, Path(output), formats, bar)
        bar.close()
        for report, table in zip(found.reports, written.tables if recipient else (), strict=False):
            issue(book, report, table, str(recipient), wanted.said)
    if wants_json(ctx):
        say_json({"pack": name, "path": output, "files": [file._asdict() for file in written.files]})
        return
    click.echo(
        f"Wrote {plural(len(written.tables), 'report')} in {plural(len(written.files), 'file')} for: {found.reader}"
    )
    if recipient:
        click.echo(f"Issued to {recipient}: {plural(len(written.tables), 'record')}")
    click.echo(f"Open next: {Path(output) / packs.INDEX}")


@click.command(cls=Asking)
@click.argument("name")
@click.option("--row", required=True, help="The row's key columns joined by /, such as block/s1/b1.")
@click.option("--column", help="One figure; else all of the row.")
@asks
@common
@click.pass_context
def explain(ctx: click.Context, /, name: str, row: str, column: str | None, **asked: Any) -> None:
    """Explain a figure of report NAME down to its records.

    Its formula, the numbers put into it, and the records behind it by index and id.
    """
    from ledger.app import asking, explaining, query
    from ledger.app.listing import Lines
    from ledger.app.telling import explanation
    from ledger.app.terminal import say, say_json

    found = query.report_named(name)
    with opened(ctx, write=False) as book:
        run = asking.run_whole(book, found, question(asked))
        done = explaining.explain(book, found, run, row, column)
        if wants_json(ctx):
            say_json(explaining.as_json(done, found.definition))
            return
        log_line = Lines(book, as_json=False).line
        say(explanation(done, found.definition, log_line, every=column is None))


@click.command(cls=Asking)
@click.argument("name")
@click.option("--known-at", "known", multiple=True, help="Twice: a number of records, or an instant.")
@asks_window
@common
@click.pass_context
def diff(ctx: click.Context, /, name: str, known: tuple[str, ...], **asked: Any) -> None:
    """Say what changed in report NAME between two knowledges.

    Say --known-at twice. Shows each cell that changed and the records that did it, both in the zone that the second one has.
    """
    from ledger.app import asking, differences, query
    from ledger.app.listing import Lines
    from ledger.app.telling import difference_lines, moved
    from ledger.app.terminal import Bar, plural, say, say_json

    if len(known) != 2:
        raise Malformed(
            "say --known-at twice: before and after, such as --known-at 100 --known-at 2026-07-01T00:00Z"
        )
    found = query.report_named(name)
    with opened(ctx, write=False) as book:
        before, after = (question(dict(asked), known_at=said) for said in known)
        now = asking.run_whole(book, found, after)
        was = asking.run_whole(book, found, before._replace(tz=now.table.tz))
        sizes = was.table.known_at.size, now.table.known_at.size
        bar, causes = Bar("comparing", quiet=wants_json(ctx)), differences.Causes(book, *sizes)
        changes = list(differences.differences(found, was, now, causes, bar))
        bar.close()
        gone, new = (
            [note for note in one.table.notes if note not in other.table.notes]
            for one, other in ((was, now), (now, was))
        )
        if wants_json(ctx):
            tables = was.table, now.table
            head = {
                "report": name,
                "known_at": [table.known_at._asdict() for table in tables],
                "window": [{"start": table.start, "stop": table.stop, "tz": table.tz} for table in tables],
                "as_of": [table.as_of for table in tables],
            }
            rows = [differences.as_json(each) for each in changes]
            say_json({**head, "differences": rows, "notes_gone": gone, "notes_new": new})
            return
        say(difference_lines(changes, Lines(book, as_json=False).line))
    for sign, notes in (("-", gone), ("+", new)):
        say(f"{sign} note: {note}" for note in notes)
    say(moved(was.table, now.table))
    rows_changed = len({each.row for each in changes})
    said = f"{plural(len(changes), 'figure')} in {plural(rows_changed, 'row')}" if changes else "nothing"
    click.echo(f"{name}: {said} changed between {sizes[0]:,} and {sizes[1]:,} records")


@click.command()
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
        bar = book.progress = Bar("replaying", quiet=wants_json(ctx))
        done = run(book)
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
