"""How many examples a test tries: the gate (pytest) samples, ``tools/search`` tries all and draws others."""

from __future__ import annotations

import os
from typing import Final

SEARCH: Final = "WATTLEDGER_SEARCH"
"""An environment variable that ``tools/search`` sets: examples follow from pytest's --hypothesis-seed."""
SEARCHING: Final = bool(os.environ.get(SEARCH))


def tried(*, gate: int, search: int) -> int:
    """The number of examples."""
    return search if SEARCHING else gate
