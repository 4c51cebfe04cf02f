"""Commands that mend a book: repair."""

from __future__ import annotations

from typing import Any

import click

from ledger.app.commands.common import book_path, common, key_option, wants_json
from ledger.errors import Malformed


@click.command()
@click.option("--head", is_flag=True, help="The head file: what was acknowledged.")
@click.option("--apply", is_flag=True, help="Do it; without this it is only shown.")
@key_option
@common
@click.pass_context
def repair(ctx: click.Context, head: bool, apply: bool, key_file: str | None) -> None:
    """Show what is wrong beside the records, and mend it with --apply.

    The head falls behind when an older copy of it is put back, or after two writers of a build before 0.1.0. It is set right only where every
    record matches its hash and the log continues the checkpoint that the key signed last; the log then says that it was repaired. Records,
    evidence and anchors are never changed.
    """
    from ledger.app.repairing import repair_head
    from ledger.app.terminal import Bar, say_json

    if not head:
        raise Malformed("say what to repair: --head")
    bar = Bar("hashing", quiet=wants_json(ctx))
    found = repair_head(book_path(ctx), apply=apply, key_file=key_file, progress=bar)
    bar.close()
    if wants_json(ctx):
        say_json({**found._asdict(), "sound": found.sound or found.record is not None})
        return
    for line in _words(found, f"wattledger --book {book_path(ctx)} repair --head --apply"):
        click.echo(line)


def _words(found: Any, command: str) -> list[str]:
    if found.sound:
        return [f"The head knows all {found.size:,} records: there is nothing to repair."]
    knows = "cannot be read" if found.head_size is None else f"knows {found.head_size:,} records"
    lines = [
        f"The head {knows}; the log holds {found.size:,}.",
        f"Every record matches its hash, and the log continues the {found.signed_size:,} records that the key signed last.",
    ]
    if found.record is not None:
        return [
            *lines,
            f"The head was set to all records; record {found.record} says so, and a checkpoint covers it.",
        ]
    if found.head_size is None:
        lines.append(
            f"Whether more than {found.size:,} records were ever acknowledged, nothing here can show."
        )
    return [*lines, f"Nothing was changed. To set the head right: {command}"]
