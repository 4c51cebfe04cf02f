"""The period that a token may be limited to."""

from __future__ import annotations

from typing import NamedTuple


class TokenPeriod(NamedTuple):
    """A period by its ends, as stored; None where it has none."""

    since: str | None
    until: str | None

    def holds(self, at: str) -> bool:
        """Is an instant in it?"""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)
