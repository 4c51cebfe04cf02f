"""What a person sees on a terminal while something takes long."""

from __future__ import annotations

import os
import pty
import sys

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
