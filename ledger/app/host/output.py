"""Standard output as a file that can fail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

OUTPUT: Final = "standard output"


@contextmanager
def on_output() -> Iterator[None]:
    """Give an error of writing to standard output the file's name, which Python leaves out."""
    try:
        yield
    except OSError as why:
        why.filename = OUTPUT
        raise
