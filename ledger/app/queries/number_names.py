"""Names that read as numbers: ``007``, ``12e4`` and ``1-2`` are good names here, and spreadsheets and data tools
that read a CSV turn them into 7, 120000 and a date.
"""

from __future__ import annotations

import re
from typing import Final

from ledger.fields import fields_of
from ledger.kinds import BY_BODY
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

    def hear(self, record: Record) -> None:
        """Look at the site of a record and at the names in its fact."""
        self._take(record.place, record)
        for field in fields_of(BY_BODY[type(record.body)].body):
            if field.form == "slug":
                said = getattr(record.body, field.name)
                for name in said if isinstance(said, tuple) else (said,):
                    if isinstance(name, str):
                        self._take(name, record)

    def _take(self, name: str, record: Record) -> None:
        if _NUMBER.fullmatch(name):
            self.found.setdefault(name, record.index)
