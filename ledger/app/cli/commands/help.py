"""The command ``help``: the pages of ledger/docs in the terminal.

A page is a small subset of Markdown: headings, paragraphs, lists, tables, fenced blocks and links. ``plain``
lays it out for a terminal of a given width. A topic is the name of a page without its ending.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from shutil import get_terminal_size
from textwrap import wrap
from typing import Final

import click

from ledger.app.cli import completion
from ledger.app.cli.options import common, wants_json
from ledger.app.cli.topics import topics
from ledger.app.host.terminal import say_json
from ledger.errors import Malformed, did_you_mean

INDEX: Final = "README.md"
WIDEST: Final = 100
NARROWEST: Final = 24
"""Fewest columns in which the last column of a table can be read."""

_ITEM = re.compile(r"( *)(- |[0-9]+\. )")
_LINK = re.compile(r"!?\[([^\]]+)\]\([^)]+\)")
_COMMENT = re.compile(r"<!--.*?-->\n*", re.DOTALL)
_RULE = re.compile(r"[|: -]+")
_CELL = re.compile(r"(?<!\\)\|")


@click.command("help")
@click.argument("topic", required=False, shell_complete=completion.topics)
@common
@click.pass_context
def help_(ctx: click.Context, topic: str | None) -> None:
    """Show the page TOPIC of the manual, or list the topics.

    TOPIC may also be a command, to show its options.
    """
    from importlib.resources import files  # which loads what a start can do without

    commands = ctx.find_root().command
    assert isinstance(commands, click.Group), "the root of the command line is the group of all commands"
    pages = {"": files("ledger") / "docs" / INDEX} | topics()
    width = min(get_terminal_size().columns, WIDEST)
    name = topic or ""
    if name in pages:
        lines = list(plain(pages[name].read_text(encoding="utf-8"), width))
        if name in commands.commands:
            lines += ["", f"Options: wattledger {name} --help"]
    elif name in commands.commands:
        command = commands.commands[name]
        with click.Context(command, info_name=name, parent=ctx.find_root()) as of_command:
            lines = command.get_help(of_command).splitlines()
    else:
        raise Malformed(_unknown(name, list(dict.fromkeys([*topics(), *commands.commands]))))
    text = "\n".join(lines) + "\n"
    if wants_json(ctx):
        say_json({"topic": topic, "text": text})
    elif sys.stdout.isatty() and len(lines) >= get_terminal_size().lines:
        click.echo_via_pager(text)
    else:
        click.echo(text, nl=False)


def _unknown(topic: str, known: Sequence[str]) -> str:
    meant = did_you_mean(topic, known) or "; wattledger help lists the topics"
    return f"no topic or command is called {topic!r}{meant}"


def plain(page: str, width: int) -> Iterator[str]:
    """The lines of a page for a terminal of ``width`` columns; fenced blocks keep their lines."""
    blocks = re.split(r"(^```.*?^```\n)", _COMMENT.sub("", page), flags=re.DOTALL | re.MULTILINE)
    lines: list[str] = []
    for block in blocks:
        if block.startswith("```"):
            lines += [f"    {line}".rstrip() for line in block.splitlines()[1:-1]]
            continue
        for part in re.split(r"\n{2,}", block.strip("\n")):
            if lines and part:
                lines.append("")
            lines += _part(part.splitlines(), width)
        if lines and lines[-1]:
            lines.append("")
    while lines and not lines[-1]:
        lines.pop()
    yield from lines


def _part(lines: Sequence[str], width: int) -> Iterator[str]:
    """The lines of a heading, a table, a list or a paragraph."""
    if not lines:
        return
    if lines[0].startswith("#"):
        level, _, title = lines[0].partition(" ")
        yield _bare(title).upper() if level in ("#", "##") else _bare(title)
        yield from _part(lines[1:], width)
    elif lines[0].startswith("|"):
        rows = [_CELL.split(line.strip().strip("|")) for line in lines if not _RULE.fullmatch(line)]
        yield from _table([[_bare(cell.strip()) for cell in row] for row in rows], width)
    else:
        for item in _items(lines):
            begins = _ITEM.match(item)
            hang = " " * begins.end() if begins else ""
            first = begins[0] if begins else ""
            yield from _wrapped(_bare(item[len(first) :]), width, first, hang)


def _items(lines: Sequence[str]) -> list[str]:
    """A paragraph as one text, or each item of a list as one."""
    items: list[str] = []
    for line in lines:
        if _ITEM.match(line) or not items:
            items.append(line.rstrip())
        else:
            items[-1] += f" {line.strip()}"
    return items


def _table(rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """A table in columns, its last column wrapped; where that leaves too little room, row after row with each
    cell on a line of its own.
    """
    head, *body = rows
    widths = [max(len(row[column]) for row in rows) for column in range(len(head) - 1)]
    left = sum(widths) + 2 * len(widths)
    if width - left < NARROWEST:
        for row in body:
            yield from _wrapped(row[0], width) or [""]
            for name, cell in zip(head[1:], row[1:], strict=True):
                if cell:
                    yield from _wrapped(f"{name}: {cell}", width, "    ", "      ")
        return
    for row in rows:
        start = "".join(f"{cell:<{size}}  " for cell, size in zip(row, widths, strict=False))
        told = _wrapped(row[-1], width - left) or [""]
        yield (start + told[0]).rstrip()
        yield from (" " * left + more for more in told[1:])


def _wrapped(text: str, width: int, first: str = "", next_lines: str = "") -> list[str]:
    return wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=next_lines,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _bare(text: str) -> str:
    """Text without the marks of links, emphasis and code."""
    text = _LINK.sub(r"\1", text)
    text = re.sub(r"\*\*(.+?)\*\*|(?<![\w*])\*([^*\s][^*]*)\*", lambda found: found[1] or found[2], text)
    return re.sub(r"`([^`]+)`", r"\1", text).replace("\\|", "|")
