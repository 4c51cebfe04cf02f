"""The command ``doctor``."""

from __future__ import annotations

from typing import Any

import click

from ledger import errors
from ledger.app.cli.book_path import book_path, next_command
from ledger.app.cli.options import common, opened, wants_json


@click.command()
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="List every unlikely fact, and every check, also those that are right.",
)
@common
@click.pass_context
def doctor(ctx: click.Context, everything: bool) -> None:
    """List what is wrong with a book or its machine, and what to do.

    Facts that are contradicted by what is known now were accepted before a late or corrected fact arrived.
    Reports count and flag them. Listed too are files of the book that others may read or write, places outside
    that have not taken a checkpoint for over an hour (wattledger help anchor), and dangers to the records: the
    journal of the database, mount options that undo a sync, network file systems, a full disk, the clock, the
    head against the log, the rules of local time. Exit code 3 if there is any of these. Unlikely facts
    (wattledger help plausibility) and names that other programs read as numbers are noted. --all tells every one,
    and what endangers no record: a clock that nothing synchronizes, read models behind the log, no place outside.
    """
    from ledger.app.anchor.silence import silences
    from ledger.app.cli import checkup_wording, doctor_wording
    from ledger.app.host.terminal import Bar, say, say_json
    from ledger.app.maintenance.checkup import table
    from ledger.app.maintenance.modes import wrong_modes
    from ledger.app.queries.contradictions import Contradiction, judged_again
    from ledger.app.queries.explanation import record_json
    from ledger.app.queries.number_names import ADVICE, NumberNames
    from ledger.app.queries.record_filter import Lines

    bar = Bar("judging again", quiet=wants_json(ctx))
    place = table.place_of(book_path(ctx))
    checked = list(table.of_folder(place)) if place.store.exists() else []
    with (
        checkup_wording.told_before_an_error(checked, as_json=wants_json(ctx)),
        opened(ctx, write=False) as book,
    ):
        names, issued = NumberNames(), table.IssuedZones()

        def hear(record: Any) -> None:
            names.hear(record)
            issued.hear(record)

        judged = list(judged_again(book, bar, hear))
        found = [each for each in judged if isinstance(each, Contradiction)]
        unlikely = [each for each in judged if not isinstance(each, Contradiction)]
        open_files = wrong_modes(book.directory)
        silent = silences(book, book.now())
        checked += table.of_book(place, book, issued.newest)
        is_wrong = checkup_wording.findings(checked) > 0
        bar.close()
        if wants_json(ctx):
            facts = [{**record_json(each.record), "because": each.because} for each in found]
            files = [
                {"path": str(each.path), "mode": f"{each.mode:04o}", "because": str(each)}
                for each in open_files
            ]
            notes = [{"name": name, "index": at, "note": ADVICE} for name, at in names.found.items()]
            doubts = [
                {**record_json(each.record), "rule": each.rule, "unlikely": each.note} for each in unlikely
            ]
            anchors = [{**one._asdict(), "anchor": one.where, "because": str(one)} for one in silent]
            host = checkup_wording.as_json(checked, everything=everything)
            say_json([*facts, *files, *anchors, *host, *doubts, *notes])
        else:
            lines = Lines(book, as_json=False, brief=True)
            others = len(open_files) + len(silent) + checkup_wording.findings(checked)
            click.echo(doctor_wording.verdict(book.store.size, len(found), len(unlikely), others))
            say(doctor_wording.judged_lines(found, unlikely, lines.line, everything=everything))
            if others or everything:
                click.echo()
            for wrong in open_files:
                click.echo(f"{wrong.path}: {wrong}")
            for one in silent:
                click.echo(f"anchor: {errors.inert(one.where)} {errors.inert(str(one))}")
            for line in checkup_wording.lines(checked, everything=everything):
                click.echo(line)
            if names.found:
                said = ", ".join(f"{name} (record {at})" for name, at in names.found.items())
                click.echo(f"note: names that read as numbers: {said}; {ADVICE}")
            if open_files:
                click.echo(f"Next: {next_command(ctx, 'repair', '--modes', '--apply')}")
    ctx.exit(errors.Refused.exit_code if found or open_files or silent or is_wrong else 0)
