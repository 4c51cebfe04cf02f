"""The command ``replay``."""

from __future__ import annotations

import sys
from itertools import islice
from typing import IO

import click

from ledger import errors
from ledger.app.cli import completion
from ledger.app.cli.options import opened, reads, resolved, show_understood, wants_json


@click.command()
@click.option(
    "--site",
    "sites",
    multiple=True,
    shell_complete=completion.places,
    help="Only this site (or ba-CODE, fleet) (repeatable).",
)
@click.option("--from", "start", help="Facts at or after this instant.")
@click.option("--to", "stop", help="Facts before this instant.")
@click.option("--known-at", "known", help="Use only what had been recorded: a record count or an instant.")
@click.option("--step", type=click.IntRange(1), help="Stop after step N and show the whole state then.")
@click.option(
    "--what-if",
    "supposed",
    type=click.File("rb"),
    help="Show what each report would say with the hypothetical facts of this file.",
)
@reads
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

    Facts are in the order in which they happened, corrections in place of the facts they correct. With
    --what-if the facts of a file are added to a copy, and the changes in each report are shown; the book is
    untouched.
    """
    if supposed is not None:
        _what_if(ctx, supposed, sites, start, stop, known)
        return
    from ledger.app.cli.moment_wording import moment_lines
    from ledger.app.cli.wording import step_lines
    from ledger.app.host.terminal import plural, say, say_json
    from ledger.app.queries import moment
    from ledger.app.queries.record_filter import Lines
    from ledger.app.queries.typed import Typed

    as_json = wants_json(ctx)
    with opened(ctx, write=False) as book:
        lines, typed = Lines(book, as_json=False, brief=True), Typed(book)
        start, stop = typed.end("from", start, sites), typed.end("to", stop, sites)
        known = typed.known_at(known, sites)
        show_understood(ctx, typed.times)
        last = None
        most = step and min(step, sys.maxsize)
        for last in islice(moment.timeline(book, sites, start, stop, known), most):
            if as_json:
                say_json(moment.step_json(last))
            else:
                say(step_lines(last, lines.line))
        if step is not None and last is not None:
            found = moment.state(book, last.record.at, sites, known)
            if as_json:
                say_json(moment.moment_json(found))
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
    from ledger.app.cli.import_summary import MALFORMED
    from ledger.app.cli.wording import hypothesis_lines
    from ledger.app.host.terminal import say, say_json, say_problems
    from ledger.app.imports.facts_file import read_facts
    from ledger.app.imports.source_files import said
    from ledger.app.queries.registry import times_of
    from ledger.app.queries.report_run import Question
    from ledger.app.queries.what_if import as_json, what_if

    if known is not None:
        raise errors.Malformed("--what-if adds to everything known; leave --known-at out")
    data = supposed.read()
    with opened(ctx, write=False) as book:
        times = times_of(book)
        reading = read_facts(data, supposed.name, None, times)
        show_understood(ctx, times)
        question = resolved(ctx, book, Question(sites=sites, start=start, stop=stop))
        found = what_if(book, said(supposed.name, reading), question)
    problems = sorted([*reading.problems, *found.problems], key=lambda problem: problem.line)
    say_problems(problems, wants_json(ctx))
    if wants_json(ctx):
        say_json(as_json(found))
    else:
        say(hypothesis_lines(found))
    ctx.exit(max((problem.exit_code for problem in problems), key=lambda code: code == MALFORMED, default=0))
