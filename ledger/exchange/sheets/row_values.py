"""The values of a row: the text of each field, from its cells, in the field's unit."""

from __future__ import annotations

from datetime import datetime, time

from msgspec import UNSET

from ledger.errors import Malformed
from ledger.exchange import story
from ledger.exchange.sheets.cells import SheetRow, Value, plain, shown
from ledger.exchange.sheets.named_cells import NamedCells
from ledger.exchange.sheets.row_times import RowTimes
from ledger.exchange.sheets.sheet_map import CellSource, Constant
from ledger.exchange.sheets.sheet_times import Zoned
from ledger.exchange.sheets.sheet_values import constant_text, slug, value_text
from ledger.fields import Field, form_faults


class RowValues:
    """The fields of the rows of one sheet, as story text has them."""

    def __init__(self, cells: NamedCells, times: RowTimes) -> None:
        self._cells, self._times = cells, times
        self._names: dict[tuple[str, str, str], tuple[str, int]] = {}

    def forget_names(self) -> None:
        """Begin again: no name is taken."""
        self._names.clear()

    def value(
        self, field: Field, key: str, source: Constant | CellSource, row: SheetRow, zone: Zoned, place: str
    ) -> str | list[str] | None:
        """The text of a field; None where its cells are blank."""
        if not isinstance(source, CellSource):
            return _checked(field, key, constant_text(source), "the map")
        name = source.named[0]
        if field.form == "instant" and not field.many:
            instant = self._times.instant(source, row, zone, key, place)
            return (
                constant_text(source.default) if instant is None and source.default is not UNSET else instant
            )
        try:
            if isinstance(source.columns, list):
                said = self._joined(source, row)
                if said is None:
                    return None if source.default is UNSET else constant_text(source.default)
                text: str | list[str] = slug(said) if source.slug or field.form == "slug" else said
            else:
                value = self._cells.cell(row, name)
                if value is None:
                    blank = source.values.get("") if isinstance(source.values, dict) else None
                    default = source.default if blank is None else blank
                    return None if default is UNSET else _checked(field, key, constant_text(default), name)
                if field.form == "int":
                    self._cells.check_mark(name, value)
                text = value_text(field, value, source, self._cells.decimal, self._times.clock)
        except Malformed as why:
            raise Malformed(f"{name!r} {why}") from None
        if field.form == "slug" and isinstance(text, str) and source.slug:
            self._check_name(field, place, text, source, row)
        return _checked(field, key, text, name)

    def _joined(self, source: CellSource, row: SheetRow) -> str | None:
        cells = [self._cells.used(row, name) for name in source.named]
        if source.values is not UNSET or any(cell is None for cell in cells):
            blank = [name for name, cell in zip(source.named, cells, strict=True) if cell is None]
            if len(blank) == len(cells):
                return None
            if blank:
                raise Malformed(f"is not enough: {blank[0]!r} is blank")
        return "-".join(map(_part_of_name, cells))

    def _check_name(self, field: Field, place: str, text: str, source: CellSource, row: SheetRow) -> None:
        """Refuse two texts of a sheet that would make one name."""
        said = " ".join(shown(self._cells.cell(row, name)) for name in source.named)
        first, number = self._names.setdefault((place, field.name, text), (said, row.number))
        if plain(first) != plain(said):
            raise Malformed(
                f"{source.named[0]!r} {said!r} would be called {text!r}, as {first!r} of row {number} is; "
                "give their names in values = {...}"
            )


def _checked(field: Field, key: str, text: str | list[str], name: str) -> str | list[str]:
    """A text that is a valid value of the field; otherwise the message names the column."""
    try:
        faults = form_faults(field, story.field_value(field, key, text))
    except Malformed as why:
        faults = [str(why)]
    if faults:
        raise Malformed(f"{name!r}: {'; '.join(faults)}")
    return text


def _part_of_name(value: Value) -> str:
    """A cell as a part of a name: a typed time without zero seconds, a date without its midnight."""
    said = shown(value)
    if isinstance(value, datetime):
        said = said.removesuffix(" 00:00:00")
    return said.removesuffix(":00") if isinstance(value, datetime | time) else said
