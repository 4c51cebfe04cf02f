"""Commands that look into a book: log, status, state, replay, doctor."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import islice
from typing import IO, Any

import click

from ledger import errors
from ledger.app.commands.common import common, opened, wants_json


@click.command()
@click.option("--stream", help="One stream, such as sandersville/grid.")
@click.option("--site", help="All streams of a site (or ba-CODE, fleet, ledger).")
@click.option("--kind", "kinds", multiple=True, help="Only this kind; may be said again.")
@click.option("--from", "start", help="Facts at or after this instant.")
@click.option("--to", "stop", help="Facts before this instant.")
@click.option("--after", type=int, help="Records after this index.")
@click.option("--limit", type=click.IntRange(1), help="The newest N (with --after: the first N).")
@click.option("--known-at", "known", help="Only the first N records, or those taken by an instant.")
@click.option("--follow", is_flag=True, help="Stay, and show records as they are taken.")
@common
@click.pass_context
def log(ctx: click.Context, /, follow: bool, **asked: Any) -> None:
    """Show records, newest last.

    Each is a line of story text, in the zone of its site; with --json the stored bytes.
    """
    from ledger.app.listing import Filter, Lines, follow_records, listed

    with opened(ctx, write=False) as book:
        as_json = wants_json(ctx)
        wanted, lines = Filter.of(book, **asked), Lines(book, as_json=as_json)
        _say(map(lines.line, listed(book, wanted)), as_json)
        if follow:
            for record in follow_records(book, wanted):
                _say((lines.line(record),), as_json)
                sys.stdout.flush()


def _say(lines: Iterable[str], as_json: bool) -> None:
    from ledger.app.terminal import say, say_bytes

    if not as_json:
        say(lines)
        return
    for line in lines:
        say_bytes(f"{line}\n".encode())


@click.command()
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


@click.command()
@click.option("--at", required=True, help="The instant, such as 2026-07-14T14:00[America/New_York].")
@click.option("--site", "sites", multiple=True, help="Only this site (or ba-CODE, fleet); may be said again.")
@click.option("--known-at", "known", help="With the first N records, or those taken by an instant.")
@common
@click.pass_context
def state(ctx: click.Context, at: str, sites: tuple[str, ...], known: str | None) -> None:
    """Say everything that was true at an instant.

    Blocks, outages, curtailments, dispatches, programs, lease phases, commitments, as known now or at any size of the log.
    """
    from ledger.app import moments
    from ledger.app.telling import moment_lines
    from ledger.app.terminal import say, say_json

    with opened(ctx, write=False) as book:
        found = moments.state(book, at, sites, known)
    if wants_json(ctx):
        say_json(moments.moment_json(found))
        return
    say(moment_lines(found))


@click.command()
@click.option("--site", "sites", multiple=True, help="Only this site (or ba-CODE, fleet); may be said again.")
@click.option("--from", "start", help="Facts at or after this instant.")
@click.option("--to", "stop", help="Facts before this instant.")
@click.option("--known-at", "known", help="With the first N records, or those taken by an instant.")
@click.option("--step", type=click.IntRange(1), help="Stop after step N and say the whole state then.")
@click.option(
    "--what-if",
    "supposed",
    type=click.File("rb"),
    help="Hypothetical facts on a copy: what would each report say?",
)
@common
@click.pass_context
def replay(
    ctx: click.Context,
    sites: tuple[str, ...],
    start: str | None,
    stop: str | None,
    known: str | None,
    step: int | None,
    supposed: IO[bytes] | None,
) -> None:
    """Show the timeline, with the state after each step.

    Facts in the order in which they were so, corrected ones in the place of those they correct. With --what-if the facts of a file are
    added to a copy, and what would change in each report is shown; the book is untouched.
    """
    if supposed is not None:
        _what_if(ctx, supposed, sites, start, stop, known)
        return
    from ledger.app import moments
    from ledger.app.listing import Lines
    from ledger.app.telling import moment_lines, step_lines
    from ledger.app.terminal import plural, say, say_json

    as_json = wants_json(ctx)
    with opened(ctx, write=False) as book:
        lines = Lines(book, as_json=False)
        last = None
        most = step and min(step, sys.maxsize)
        for last in islice(moments.timeline(book, sites, start, stop, known), most):
            if as_json:
                say_json(moments.step_json(last))
            else:
                say(step_lines(last, lines.line))
        if step is not None and last is not None:
            found = moments.state(book, last.record.at, sites, known)
            if as_json:
                say_json(moments.moment_json(found))
            else:
                click.echo()
                say(moment_lines(found))
    if not as_json:
        click.echo(plural(0 if last is None else last.number, "step"))


def _what_if(
    ctx: click.Context,
    supposed: IO[bytes],
    sites: tuple[str, ...],
    start: str | None,
    stop: str | None,
    known: str | None,
) -> None:
    from ledger.app.query import Question
    from ledger.app.reading import read_facts
    from ledger.app.recording import MALFORMED, said
    from ledger.app.telling import hypothesis_lines
    from ledger.app.terminal import say, say_json, say_problems
    from ledger.app.whatif import as_json, what_if

    if known is not None:
        raise errors.Malformed("--what-if adds to all that is known; leave --known-at out")
    reading = read_facts(supposed.read(), supposed.name, None)
    with opened(ctx, write=False) as book:
        found = what_if(book, said(supposed.name, reading), Question(sites=sites, start=start, stop=stop))
    problems = sorted([*reading.problems, *found.problems], key=lambda problem: problem.line)
    say_problems(problems, wants_json(ctx))
    if wants_json(ctx):
        say_json(as_json(found))
    else:
        say(hypothesis_lines(found))
    ctx.exit(max((problem.exit_code for problem in problems), key=lambda code: code == MALFORMED, default=0))


@click.command()
@common
@click.pass_context
def doctor(ctx: click.Context) -> None:
    """List facts that what is known now contradicts.

    They were taken; then a late or corrected fact came. Reports count and flag them. Files of the book that others may read or write are
    listed too. Exit code 3 if there is anything.
    """
    from ledger.app.doctor import contradictions
    from ledger.app.explaining import record_json
    from ledger.app.listing import Lines
    from ledger.app.modes import wrong_modes
    from ledger.app.terminal import Bar, plural, say, say_json

    bar = Bar("judging again", quiet=wants_json(ctx))
    with opened(ctx, write=False) as book:
        found = list(contradictions(book, bar))
        open_files = wrong_modes(book.directory)
        bar.close()
        if wants_json(ctx):
            facts = [{**record_json(each.record), "because": each.because} for each in found]
            files = [
                {"path": str(each.path), "mode": f"{each.mode:04o}", "because": str(each)}
                for each in open_files
            ]
            say_json([*facts, *files])
        else:
            lines = Lines(book, as_json=False)
            for each in found:
                say((lines.line(each.record), f"          contradicted: {each.because}"))
            size = plural(book.store.size, "record")
            click.echo(
                f"Judged {size} again: {plural(len(found), 'contradiction') if found else 'nothing contradicts'}"
            )
            for wrong in open_files:
                click.echo(f"{wrong.path}: {wrong}")
            if open_files:
                click.echo("Next: wattledger repair --modes --apply")
    ctx.exit(errors.Refused.exit_code if found or open_files else 0)
