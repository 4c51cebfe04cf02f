"""Contents of a sheet from any kind of file: rows of typed values with their row numbers.

A cell is text, a number, true or false, a date, a time of day, a date with a time, a length of time, blank
(None), a share shown as a percentage, or an unusable value (an error, a formula without its value). Text is
kept without surrounding blanks; a cell of only blanks is blank.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal
from typing import Final, NamedTuple

_BLANKS: Final = " \t\r\n\u00a0\u2007\u202f\u200b\ufeff"
_RUN: Final = re.compile(f"[{_BLANKS}]+")
DIGITS: Final = Context(prec=15)
"""A spreadsheet program keeps and shows 15 significant digits; further digits are binary noise."""


class Percentage(NamedTuple):
    """A number whose cell shows it as a percentage: 0.975 is 97.5 %."""

    share: int | float


class UnusableCell(NamedTuple):
    """A cell whose value is not known, and why."""

    shown: str
    why: str


Value = None | str | bool | int | float | date | datetime | time | timedelta | Percentage | UnusableCell


class SheetRow(NamedTuple):
    """A row by its number in the sheet, from 1; for a CSV file the line that it begins on."""

    number: int
    cells: tuple[Value, ...]
    hidden: bool = False

    def at(self, column: int) -> Value:
        """The cell in a column, blank beyond the end of the row."""
        return self.cells[column] if column < len(self.cells) else None

    @property
    def blank(self) -> bool:
        """True where every cell is blank."""
        return all(cell is None for cell in self.cells)


class Sheet(NamedTuple):
    """A sheet: its name (empty for a CSV file), its rows in order, notes on it, and whether its serial dates
    count from 1904.
    """

    name: str
    rows: tuple[SheetRow, ...]
    notes: tuple[str, ...] = ()
    from_1904: bool = False


def tidy(text: str) -> str | None:
    """Text without surrounding blanks, None where nothing is left."""
    return text.strip(_BLANKS) or None


def plain(text: str) -> str:
    """A header or a choice in a form for comparison: one blank between words, case ignored."""
    return _RUN.sub(" ", text).strip().casefold()


def decimal_of(number: int | float) -> Decimal:
    """A cell's number: a whole one as it is, another to the 15 digits that a spreadsheet keeps."""
    return Decimal(number) if isinstance(number, int) else DIGITS.create_decimal(repr(number))


def number_text(number: Decimal) -> str:
    """A number in plain digits, without zeros at the end of its decimals."""
    digits = format(number, "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def shown(value: Value) -> str:
    """A cell as a person would read it; a blank one is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, UnusableCell):
        return value.shown
    if isinstance(value, Percentage):
        return f"{number_text(decimal_of(value.share) * 100)}%"
    if isinstance(value, int | float):
        return number_text(decimal_of(value))
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def letter(column: int) -> str:
    """The letter of a column counted from 0: A, B, ..., Z, AA."""
    name, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        name = chr(ord("A") + digit) + name
    return name


def column_of(letters: str) -> int:
    """The column, counted from 0, of letters such as AA."""
    number = 0
    for char in letters.upper():
        number = number * 26 + ord(char) - ord("A") + 1
    return number - 1
