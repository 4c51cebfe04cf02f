"""What a person sees on a terminal while something takes long."""

from __future__ import annotations

import os
import pty
import sys

import pytest

from ledger.app.host.terminal import say_problems
from ledger.errors import Problem

SLOW = """
import click
from ledger.app.host import terminal

terminal.PROGRESS_AFTER_S = 0

@click.command()
def slow():
    bar = terminal.Bar("Checking records")
    bar(1, 10)
    raise KeyboardInterrupt

slow()
"""


def on_a_terminal(program: str) -> bytes:
    """What a program writes when a terminal reads it."""
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-c", program])
    written = b""
    while True:
        try:
            written += os.read(terminal, 4096)
        except OSError:  # the other end is closed
            break
    os.close(terminal)
    os.waitpid(child, 0)
    return written


def test_a_bar_that_is_interrupted_shows_the_cursor_again() -> None:
    """Ctrl-C while records are checked: the bar had hidden the cursor."""
    written = on_a_terminal(SLOW)
    assert written.rindex(b"\x1b[?25h") > written.index(b"Checking records") > written.index(b"\x1b[?25l")


def test_rows_that_are_wrong_alike_are_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Seventy-one dates of another order are one message with the first three lines, and not a screen of them."""
    bad = [Problem("july.csv", line, f"stamp needs a date: '07/{line:02d}/2026'") for line in range(2, 73)]
    say_problems([*bad, Problem("july.csv", 80, "value is not a number: 'x'")], as_json=False)
    assert capsys.readouterr().err.splitlines() == [
        "july.csv:2: stamp needs a date: '07/02/2026' (lines 3, 4 and 68 more have the same fault)",
        "july.csv:80: value is not a number: 'x'",
    ]


def test_rows_are_told_in_the_order_of_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    """Two rows that are wrong alike, too few to fold, stay on either side of the row between them."""
    wrong = {4: "has no notice", 5: "has no state", 6: "has no notice"}
    say_problems([Problem("c.csv", line, why) for line, why in wrong.items()], as_json=False)
    assert [line.partition(":")[2][0] for line in capsys.readouterr().err.splitlines()] == ["4", "5", "6"]


def test_a_script_is_told_every_row(capsys: pytest.CaptureFixture[str]) -> None:
    say_problems([Problem("july.csv", line, "is wrong") for line in range(9)], as_json=True)
    assert len(capsys.readouterr().err.splitlines()) == 9
