"""Columns of a sheet for the fields of a kind, by their words, units and choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ledger.exchange.sheets.cells import plain
from ledger.exchange.sheets.column_words import alike, suits, unit_of_title
from ledger.exchange.sheets.columns import TitledColumn, stems
from ledger.exchange.sheets.sheet_map import OPEN, keys_of
from ledger.fields import Field
from ledger.kinds import Kind
from ledger.records.wording import story_key

ENOUGH: Final = 2
"""Score from which on a column is matched to a field."""


class ColumnMatch:
    """The columns that fields may have: all but those of the site, the zone and the kind."""

    def __init__(self, columns: Sequence[TitledColumn]) -> None:
        self.columns = columns

    def column_of(self, field: Field, kind: Kind, taken: frozenset[str]) -> TitledColumn | None:
        """The column for a field, if one matches well enough."""
        scored = [
            (_score(field, kind, column), -column.place, column)
            for column in self.columns
            if column.name not in taken and column.type != "blank"
        ]
        best = max(scored, default=None, key=lambda each: each[:2])
        return best[2] if best is not None and best[0] >= ENOUGH else None

    def matched(self, kind: Kind) -> tuple[int, int]:
        """Percentage of a kind's required fields that have a column, and number of its fields that do."""
        fields = [field for field in keys_of(kind).values() if field.required]
        taken = self._taken(fields, kind)
        return 100 * len(taken) // max(1, len(fields)), len(taken)

    def words_beside(self, kind: Kind) -> frozenset[str]:
        """The words of the titles of columns that no field of a kind takes."""
        taken = self._taken(list(keys_of(kind).values()), kind)
        return frozenset().union(*(column.words for column in self.columns if column.name not in taken))

    def _taken(self, fields: Sequence[Field], kind: Kind) -> frozenset[str]:
        taken: frozenset[str] = frozenset()
        for field in fields:
            column = self.column_of(field, kind, taken)
            if column is not None:
                taken |= {column.name}
        return taken


def _score(field: Field, kind: Kind, column: TitledColumn) -> int:
    if not suits(field, column):
        return 0
    key = story_key(field)
    words = stems(key.removesuffix("_on").replace("_", " "))
    exact = plain(column.title) in (key, key.replace("_", " "))
    score = 4 * exact + 2 * len(words & column.words) + bool((alike(words) - words) & stems(column.title)) * 2
    if field.form == "slug" and field.name in kind.named and column.words & alike(stems("name")):
        score += 2
    if field.unit and column.unit and unit_of_title(field, column) not in (None, OPEN):
        score += 1
    if (
        field.choices
        and column.values
        and all(plain(v).replace(" ", "-") in field.choices for v in column.values)
    ):
        score += 3
    return score
