"""Names that read as numbers: ``007``, ``12e4`` and ``1-2`` are good names here, and spreadsheets and data tools
that read a CSV turn them into 7, 120000 and a date.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from ledger.fields import fields_of
from ledger.kinds import Fact
from ledger.records.envelope import Record

_NUMBER: Final = re.compile(r"[0-9]+(?:e[0-9]+|(?:-[0-9]{1,4}){1,2})?", re.ASCII)
ADVICE: Final = (
    "spreadsheets and data tools read such names in a CSV as numbers or dates; read these columns as text, or"
    " use XLSX or Parquet, which keep them"
)


class NumberNames:
    """Collects the names that read as numbers from the records it hears of, in the order of the log."""

    def __init__(self) -> None:
        self.found: dict[str, int] = {}
        self._looked_at: set[str] = set()

    def hear(self, record: Record) -> None:
        """Look at the site of a record and at the names in its fact."""
        self._take(record.place, record)
        for field in _names_in(type(record.body)):
            said = getattr(record.body, field)
            for name in said if isinstance(said, tuple) else (said,):
                if isinstance(name, str):
                    self._take(name, record)

    def _take(self, name: str, record: Record) -> None:
        if name not in self._looked_at:
            self._looked_at.add(name)
            if _NUMBER.fullmatch(name):
                self.found[name] = record.index


@cache
def _names_in(body: type[Fact]) -> tuple[str, ...]:
    """The fields of a kind that are names."""
    return tuple(field.name for field in fields_of(body) if field.form == "slug")
