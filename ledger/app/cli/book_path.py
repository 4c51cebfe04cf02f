"""Directory of the book of a call."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Final

import click

VARIABLE: Final = "WATTLEDGER_BOOK"
DEFAULT_BOOK: Final = "book"


def book_path(ctx: click.Context) -> Path:
    """The book's directory: the one given, else from the environment, else ./book."""
    said = (ctx.obj or {}).get("book")
    return Path(said or os.environ.get(VARIABLE) or DEFAULT_BOOK)


def next_command(ctx: click.Context, *words: str) -> str:
    """A command as it is typed next, with the book that was named for this one."""
    said = (ctx.obj or {}).get("book")
    return shlex.join(("wattledger", *(("--book", str(said)) if said else ()), *words))
