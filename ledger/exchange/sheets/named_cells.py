"""The cells of a sheet by the names that its map uses, and what a map asks of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import UNSET

from ledger.errors import Malformed
from ledger.exchange.sheets.cells import SheetRow, UnusableCell, Value, number_text, plain, shown
from ledger.exchange.sheets.decimal_marks import both_readings, has_three_decimals, may_be_grouped
from ledger.exchange.sheets.header import find_header
from ledger.exchange.sheets.mapped_sheets import MappedSheet
from ledger.exchange.sheets.sheet_map import CellSource, Condition
from ledger.exchange.sheets.sheet_times import zone_of_title
from ledger.exchange.sheets.sheet_values import chosen, text_of


class NamedCells:
    """The rows of a sheet below its header; a cell is named by its title, as the map writes it.

    ``Malformed`` where the sheet has no such column, or two.
    """

    def __init__(self, mapped: MappedSheet) -> None:
        self._sheet, read_by, source = mapped
        self.decimal: Final = read_by.decimal or None
        try:
            self._header = find_header(self._sheet, read_by.columns, read_by.header or None)
        except Malformed as why:
            raise Malformed(f"{source}: {why}") from None
        self._thirds: dict[str, bool] = {}

    def rows(self) -> Iterator[SheetRow]:
        """The rows below the header that are not blank."""
        for row in self._sheet.rows:
            if row.number > self._header.number and not row.blank and not self._repeats_header(row):
                yield row

    def _repeats_header(self, row: SheetRow) -> bool:
        """True where the header is repeated, as at the top of a printed page."""
        places = self._header.places.values()
        titles = self._header.titles
        return bool(places) and all(
            n < len(titles) and plain(shown(row.at(n))) == plain(titles[n]) for n in places
        )

    def cell(self, row: SheetRow, name: str) -> Value:
        """A cell, whatever it holds."""
        return row.at(self._header.places[name])

    def used(self, row: SheetRow, name: str) -> Value:
        """A cell whose value must be known."""
        value = self.cell(row, name)
        if isinstance(value, UnusableCell):
            raise Malformed(f"{name!r} {value.why}: {value.shown!r}")
        return value

    def zone_in_title(self, name: str) -> str | None:
        """The zone that the title of a column names, None if it names none."""
        return zone_of_title(self._header.titles[self._header.places[name]])

    def text(self, source: CellSource, row: SheetRow) -> str:
        """The text of a source: its cells, their meaning in the map, or its default."""
        said = " ".join(filter(None, (text_of(self.used(row, name)) for name in source.named)))
        if source.values and said:
            said = str(chosen(source.values, said))
        return said or str(source.default or "")

    def holds(self, condition: Condition, row: SheetRow) -> bool:
        """True where a condition of the map holds for a row."""
        said = plain(shown(self.cell(row, condition.column)))
        holds = True
        if condition.blank is not UNSET:
            holds = condition.blank is (said == "")
        if condition.is_ is not UNSET:
            holds = holds and said in map(plain, condition.is_)
        if condition.is_not is not UNSET:
            holds = holds and said not in map(plain, condition.is_not)
        if condition.begins is not UNSET:
            holds = holds and said.startswith(plain(condition.begins))
        return holds

    def check_mark(self, name: str, value: Value) -> None:
        """Refuse 1,000 under a decimal comma, where the column does not show that its numbers have three
        decimals: it may be a thousand.
        """
        if self.decimal != "," or not isinstance(value, str) or not may_be_grouped(value):
            return
        if name not in self._thirds:
            place = self._header.places[name]
            cells = [row.at(place) for row in self.rows()]
            self._thirds[name] = has_three_decimals([cell for cell in cells if isinstance(cell, str)], ",")
        if not self._thirds[name]:
            few, many = both_readings(value)
            thousand, one = number_text(many), number_text(few)
            fourth = f"{few:.4f}".replace(".", ",")
            raise Malformed(
                f"can mean {thousand} or {one}: {value!r}; write {thousand}, or {fourth} if it is {one}"
            )
