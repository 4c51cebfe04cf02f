"""How many records this process was told are durable, for what is said where something fails after that."""

from __future__ import annotations

from typing import Final


class Acknowledged:
    """A count that only rises."""

    records: int = 0


ACKNOWLEDGED: Final = Acknowledged()
