"""Counts of records that are durable, for the message where something fails after they were written."""

from __future__ import annotations

from typing import Final

import msgspec


class Count(msgspec.Struct, frozen=True, gc=False):
    """Durable records, and how many of them were claimed. The ledger writes the others itself (heads,
    openings of streams); users who were told of them would mistake them for their own facts.
    """

    records: int = 0
    facts: int = 0


class Acknowledged:
    """A count that only rises."""

    count: Count = Count()

    def add(self, records: int, facts: int) -> None:
        """Count more durable records."""
        self.count = Count(self.count.records + records, self.count.facts + facts)

    def since(self, before: Count) -> Count:
        """Records added since an earlier count."""
        return Count(self.count.records - before.records, self.count.facts - before.facts)


ACKNOWLEDGED: Final = Acknowledged()
