"""Output of the program: answers on stdout, problems on stderr, progress on a terminal only.

With ``--json`` an answer is one JSON object a line and a problem is ``{"source","line","message","raw"}`` a
line on stderr.

Names and texts come from others, and a terminal obeys what is not printable: ``shown`` lets none of it out of
the program, whoever prints.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, TextIO, TypeVar

import click
import msgspec

from ledger.errors import Problem, inert

PROGRESS_AFTER_S: Final = 1.0
FOLDED: Final = 3
_VALUE = re.compile(r"'[^']*'|[0-9]+")
"""The part that differs between problems of rows with the same fault: their values."""
Item = TypeVar("Item")


class _InertStream:
    """A text stream on which only lines can begin: all else that is not printable is written as its
    escape.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write text; its lines stay lines."""
        plain = text.removesuffix("\n").isprintable()
        self._stream.write(text if plain else "\n".join(map(inert, text.split("\n"))))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def shown() -> Iterator[None]:
    """Let nothing but printable text and line ends out on stdout and stderr; bytes that are written to their
    buffers stay as they are.
    """
    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (stream and _InertStream(stream) for stream in streams)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = streams


def say(lines: Iterable[str]) -> None:
    """Lines of stdout, in which texts of others begin no line of their own."""
    for line in lines:
        click.echo(inert(line))


def say_bytes(data: bytes) -> None:
    """Stored or rendered bytes on stdout, as they are; on a terminal what is not printable is shown by JSON's
    escape.
    """
    if _on_terminal():
        lines = data.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
        data = "\n".join(map(_escaped, lines)).encode()
    sys.stdout.buffer.write(data)


def _on_terminal() -> bool:
    return sys.stdout.isatty()


def say_json(value: Any) -> None:
    """One JSON value on one line of stdout."""
    click.echo(_json(value))


def _json(value: Any) -> str:
    try:
        return _escaped(msgspec.json.encode(value).decode())
    except UnicodeEncodeError:  # a path that is no UTF-8
        import json

        return json.dumps(msgspec.to_builtins(value), separators=(",", ":"))


def _escaped(text: str) -> str:
    """Equivalent JSON text in which characters that are not printable are escaped."""
    if text.isprintable():
        return text
    import json

    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)


def say_pairs(pairs: Sequence[tuple[str, object]]) -> None:
    """Names and values in two columns."""
    width = max(len(name) for name, _ in pairs)
    for name, value in pairs:
        click.echo(f"  {name:<{width}}  {inert(str(value))}")


def say_problems(problems: Iterable[Problem], as_json: bool) -> None:
    """Each problem on a line of stderr; for people, rows that are wrong alike on one line."""
    if as_json:
        for problem in problems:
            said = {name: getattr(problem, name) for name in ("source", "line", "message", "raw")}
            click.echo(_json(said), err=True)
        return
    wrong = list(problems)
    alike: dict[tuple[str, str], list[Problem]] = {}
    for problem in wrong:
        alike.setdefault(_fault(problem), []).append(problem)
    for problem in wrong:  # in their own order: those that are not folded stay where they are
        first, *others = alike[_fault(problem)]
        if len(others) < FOLDED:
            click.echo(str(problem), err=True)
        elif problem is first:
            second, third, *rest = (f"{other.line:,}" for other in others)
            click.echo(
                f"{first} (lines {second}, {third} and {len(rest):,} more have the same fault)", err=True
            )


def _fault(problem: Problem) -> tuple[str, str]:
    """What problems that are wrong alike have in common."""
    kind = _VALUE.sub("", problem.message) if problem.line else problem.message
    return problem.source, kind


def cut(text: str, width: int) -> str:
    """A text cut to a number of columns."""
    return text if len(text) <= width else f"{text[: width - 3]}..."


def plural(count: int, noun: str) -> str:
    """``1 record``, ``1,234 records``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


class Bar:
    """A progress bar on stderr, shown only on a terminal and only once something has taken over a second."""

    def __init__(self, label: str, quiet: bool = False) -> None:
        self._label = inert(label)
        self._terminal = None if quiet or not sys.stderr.isatty() else sys.__stderr__
        self._begun = time.monotonic()
        self._bar: Any = None

    def __call__(self, done: int, total: int) -> None:
        """Show the progress; at the end, end the line."""
        if self._terminal is None or time.monotonic() - self._begun < PROGRESS_AFTER_S:
            return
        if self._bar is None:
            # past ``shown``: the bar's carriage returns are meant to go back
            self._bar = click.progressbar(length=total, label=self._label, file=self._terminal, show_pos=True)
            context = click.get_current_context(silent=True)
            if context is not None:
                context.call_on_close(self.close)  # Ctrl-C: the bar has hidden the cursor
        self._bar.length = total
        self._bar.update(done - self._bar.pos)
        if done >= total:
            self.close()

    def over(self, items: Iterable[Item], total: int, every: int = 1000) -> Iterator[Item]:
        """The items, with progress shown now and then."""
        for done, item in enumerate(items, start=1):
            yield item
            if done % every == 0:
                self(done, total)
        self.close()

    def close(self) -> None:
        """End the line."""
        if self._bar is not None:
            self._bar.render_finish()
            self._bar = None
