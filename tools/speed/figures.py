"""What all parts of the tool use: a line of the result, a share of times, numbers that were not taken yet, and work
in a process of its own.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from typing import Any, Final

CONNECTIONS: Final = 32


def say(what: str, figure: str) -> None:
    """Print one figure."""
    print(f"  {what:<58}{figure}", flush=True)


def part_of(times: Sequence[float], share: float) -> float:
    """The time, in milliseconds, within which a share of the answers came."""
    return 1000 * sorted(times)[min(len(times) - 1, int(share * len(times)))]


def apart(work: Callable[..., Any], *given: Any) -> Any:
    """The result of work in a process of its own, so that no part leaves anything behind."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=lambda: there.send(work(*given)))
    process.start()
    found = here.recv()
    process.join()
    return found


class Numbers:
    """Numbers of claims that were not posted yet: every post is a new fact."""

    def __init__(self) -> None:
        self.next = 0

    def take(self, count: int) -> int:
        """The first of so many new numbers."""
        first, self.next = self.next, self.next + count
        return first


NUMBERS: Final = Numbers()
