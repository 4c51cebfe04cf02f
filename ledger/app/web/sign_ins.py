"""Sign-ins with a provider that are on their way."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Final

from ledger.app.access.oidc import SignInBegun

BEGUN_S: Final = 600
BEGUN_MOST: Final = 1_000


class SignIns:
    """Sign-ins in memory, with the page to go on with: each is answered once, within ten minutes."""

    def __init__(self) -> None:
        self._begun: OrderedDict[str, tuple[SignInBegun, str, float]] = OrderedDict()

    def add(self, begun: SignInBegun, onward: str) -> None:
        """Remember one; the oldest is forgotten where there are too many."""
        self._begun[begun.state] = begun, onward, time.monotonic()
        while len(self._begun) > BEGUN_MOST:
            self._begun.popitem(last=False)

    def take(self, state: str) -> tuple[SignInBegun, str] | None:
        """The one of a state, which is forgotten with it; None where there is none."""
        found = self._begun.pop(state, None)
        if found is None or time.monotonic() - found[2] > BEGUN_S:
            return None
        return found[:2]
