"""What a person or a script sees: answers on stdout, problems on stderr, progress on a terminal only.

With ``--json`` an answer is one JSON object a line and a problem is ``{"source","line","message","raw"}`` a line on stderr.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar

import click
import msgspec

from ledger.errors import Problem

PROGRESS_AFTER_S: Final = 1.0
Item = TypeVar("Item")


def say_json(value: Any) -> None:
    """One JSON value on one line of stdout."""
    click.echo(msgspec.json.encode(value).decode())


def say_pairs(pairs: Sequence[tuple[str, object]]) -> None:
    """Names and values in two columns."""
    width = max(len(name) for name, _ in pairs)
    for name, value in pairs:
        click.echo(f"  {name:<{width}}  {value}")


def say_problems(problems: Iterable[Problem], as_json: bool) -> None:
    """Each problem on a line of stderr."""
    for problem in problems:
        if as_json:
            said = {name: getattr(problem, name) for name in ("source", "line", "message", "raw")}
            click.echo(msgspec.json.encode(said).decode(), err=True)
        else:
            click.echo(str(problem), err=True)


def plural(count: int, noun: str) -> str:
    """``1 record``, ``1,234 records``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


class Bar:
    """A progress bar on stderr, shown only on a terminal and only once something has taken over a second."""

    def __init__(self, label: str, quiet: bool = False) -> None:
        self._label = label
        self._on = sys.stderr.isatty() and not quiet
        self._begun = time.monotonic()
        self._shown = 0.0

    def __call__(self, done: int, total: int) -> None:
        """Say how far it is."""
        now = time.monotonic()
        if not self._on or now - self._begun < PROGRESS_AFTER_S or now - self._shown < 0.1:
            return
        self._shown = now
        filled = 30 * done // max(total, 1)
        rate = done / (now - self._begun)
        click.echo(
            f"\r{self._label} [{'#' * filled}{'.' * (30 - filled)}] {done:,}/{total:,}  {rate:,.0f}/s ",
            nl=False,
            err=True,
        )
        if done >= total:
            self.close()

    def over(self, items: Iterable[Item], total: int, every: int = 1000) -> Iterator[Item]:
        """The items, with progress said now and then."""
        for done, item in enumerate(items, start=1):
            yield item
            if done % every == 0:
                self(done, total)
        self.close()

    def close(self) -> None:
        """End the line."""
        if self._shown:
            click.echo("", err=True)
            self._shown = 0.0
