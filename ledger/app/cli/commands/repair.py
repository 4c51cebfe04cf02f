"""The command ``repair``."""

from __future__ import annotations

from typing import Any

import click

from ledger.app.cli.book_path import book_path
from ledger.app.cli.options import common, key_option, wants_json
from ledger.errors import Malformed


@click.command()
@click.option("--head", is_flag=True, help="The head file, which keeps what was acknowledged.")
@click.option("--modes", is_flag=True, help="The modes of the book's files, which only its owner may read.")
@click.option("--apply", is_flag=True, help="Make the repair; without this it is only shown.")
@key_option
@common
@click.pass_context
def repair(ctx: click.Context, head: bool, modes: bool, apply: bool, key_file: str | None) -> None:
    """Show faults outside the records, and repair them (--apply).

    The head falls behind when an older copy of it is put back, or after two writers of a build before 0.1.0.
    It is set right only where every record matches its hash and the log continues the checkpoint that the key
    signed last; the log then records the repair. Records, evidence and anchors are never changed.
    Builds before 0.1.0 let others read a book's files; --modes removes these rights.
    """
    if head == modes:
        raise Malformed("name what to repair: --head or --modes, one at a time")
    if head:
        _repair_head(ctx, apply, key_file)
    else:
        _repair_modes(ctx, apply)


def _repair_head(ctx: click.Context, apply: bool, key_file: str | None) -> None:
    from ledger.app.host.terminal import Bar, say_json
    from ledger.app.maintenance.repair import repair_head

    bar = Bar("hashing", quiet=wants_json(ctx))
    found = repair_head(book_path(ctx), apply=apply, key_file=key_file, progress=bar)
    bar.close()
    if wants_json(ctx):
        say_json({**found._asdict(), "sound": found.sound or found.record is not None})
        return
    for line in _words(found, f"wattledger --book {book_path(ctx)} repair --head --apply"):
        click.echo(line)


def _repair_modes(ctx: click.Context, apply: bool) -> None:
    from ledger.app.book.config import read_config
    from ledger.app.host.terminal import plural, say, say_json
    from ledger.app.maintenance.modes import mend_modes, wrong_modes
    from ledger.store import portable

    portable.check_writable()
    path = book_path(ctx)
    read_config(path)
    found = mend_modes(path) if apply else wrong_modes(path)
    if wants_json(ctx):
        files = [
            {"path": str(one.path), "mode": f"{one.mode:04o}", "right": f"{one.right:04o}"} for one in found
        ]
        say_json({"mended": apply, "files": files})
        return
    if not found:
        say(["Only its owner may read the book's files: there is nothing to repair."])
        return
    say(f"{one.path}: {one}" for one in found)
    if apply:
        say([f"Mended {plural(len(found), 'file')}: only their owner may read them now."])
    else:
        say(
            [
                f"Nothing was changed. To take others' rights away: wattledger --book {path} repair --modes"
                " --apply"
            ]
        )


def _words(found: Any, command: str) -> list[str]:
    if found.sound:
        return [f"The head knows all {found.size:,} records: there is nothing to repair."]
    knows = "cannot be read" if found.head_size is None else f"knows {found.head_size:,} records"
    lines = [
        f"The head {knows}; the log holds {found.size:,}.",
        (
            f"Every record matches its hash, and the log continues the {found.signed_size:,} records that the"
            " key signed last."
        ),
    ]
    if found.head_size is None and found.size > found.signed_size:
        lines.append(
            f"Only the database vouches for the {found.size - found.signed_size:,} records after"
            " these: read them before you go on."
        )
    if found.record is not None:
        return [
            *lines,
            f"The head was set to all records; record {found.record} states it, and a checkpoint covers it.",
        ]
    if found.head_size is None:
        lines.append(
            f"Whether more than {found.size:,} records were ever acknowledged, nothing here can show."
        )
    return [*lines, f"Nothing was changed. To set the head right: {command}"]
