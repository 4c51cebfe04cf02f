"""What this process was told is durable, for what is said where something fails after that."""

from __future__ import annotations

from typing import Final, NamedTuple


class Count(NamedTuple):
    """Durable records, and those of them that somebody claimed: the ledger writes the others itself, its heads
    and openings of streams, and a person who is told of them thinks of facts of his own.
    """

    records: int = 0
    facts: int = 0


class Acknowledged:
    """A count that only rises."""

    count: Count = Count()

    def add(self, records: int, facts: int) -> None:
        """So many more are durable."""
        self.count = Count(self.count.records + records, self.count.facts + facts)

    def since(self, before: Count) -> Count:
        """What was added since."""
        return Count(self.count.records - before.records, self.count.facts - before.facts)


ACKNOWLEDGED: Final = Acknowledged()
