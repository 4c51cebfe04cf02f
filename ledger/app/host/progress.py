"""Progress callbacks: a use case tells how far it is and never prints."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with the number of items done and the total."""


def no_progress(done: int, total: int) -> None:
    """Progress callback that does nothing."""
