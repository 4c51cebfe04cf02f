"""The decimal mark of numbers in text: what the cells of a sheet tell of it, and which cells stay in doubt.

A mark before exactly three digits separates thousands or decimals: 1,000 is a thousand in English and one in
German. Another cell of the sheet decides (5,5 has a decimal comma) only where it does not write the same mark
in another way: who types 5,5 in one row and 1,000 in the next may mean a thousand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from ledger.errors import Malformed
from ledger.exchange.sheets.cells import number_text
from ledger.exchange.sheets.sheet_values import number_of

THREE: Final = 3
_DIGITS: Final = re.compile(r"[0-9][0-9.,]*|[.,][0-9]+")


class NumberCell(NamedTuple):
    """A number in text, with its column and row."""

    column: str
    row: int
    text: str

    @property
    def shown(self) -> str:
        """The text and where it stands."""
        return f"{self.text!r} ({self.column}, row {self.row})"


class Told(NamedTuple):
    """The decimal mark of a sheet, None where it is left open, and why."""

    mark: str | None
    why: str


def decimal_told(cells: Sequence[NumberCell]) -> Told | None:
    """What the cells of number columns tell of the decimal mark; None where no cell needs it."""
    doubtful = [cell for cell in cells if may_be_grouped(cell.text)]
    if not doubtful:
        return None
    sure = [(mark, cell) for cell in cells if (mark := _sure_mark(cell.text)) is not None]
    marks = {mark for mark, _ in sure}
    if len(marks) > 1:
        first, other = (next(cell for mark, cell in sure if mark == each) for each in ",.")
        return Told(None, f"decide: {first.shown} has a decimal comma, {other.shown} a decimal point")
    if not marks:
        return Told(None, f"decide: {_either(doubtful[0])}; no other row tells")
    mark = marks.pop()
    other_way = [cell for _, cell in sure if _decimals(cell.text, mark) != THREE]
    same = [cell for cell in doubtful if mark in cell.text and not _is_english(cell.text)]
    if other_way and same:
        return Told(None, f"decide: {_either(same[0])}, beside {other_way[0].shown}")
    return Told(mark, f"decimal mark: from {sure[0][1].shown}")


def _is_english(text: str) -> bool:
    """True for 20.125, which stands beside 20.5 in any English sheet: English does not write thousands with a
    point. 1.000 beside 20.5 is another matter, as who writes 20.5 does not fill up with zeros.
    """
    return "." in text and not re.search(r"0\D*$", text)


def may_be_grouped(text: str) -> bool:
    """True for a number whose only mark may separate thousands or decimals."""
    try:
        number_of(text, None)
    except Malformed:
        return _reads(text, ".") and _reads(text, ",")
    return False


def has_three_decimals(texts: Sequence[str], mark: str) -> bool:
    """True where some cell of a column can only have decimals behind a mark, and all such cells have three."""
    sure = [text for text in texts if _sure_mark(text) == mark]
    return bool(sure) and all(_decimals(text, mark) == THREE for text in sure)


def both_readings(text: str) -> tuple[Decimal, Decimal]:
    """The smaller and the larger number that a text can mean, without its sign."""
    few, many = sorted(abs(number_of(text, mark)[0]) for mark in ".,")
    return few, many


def _either(cell: NumberCell) -> str:
    few, many = map(number_text, both_readings(cell.text))
    comma, point = (few, many) if "," in cell.text else (many, few)
    return f'{cell.shown} is {comma} with ",", {point} with "."'


def _sure_mark(text: str) -> str | None:
    """The decimal mark of a number that can have only one; None for a number without a mark."""
    reads = [mark for mark in ".," if _reads(text, mark)]
    if len(reads) == 1:
        return reads[0]
    digits = _DIGITS.search(text)
    begins = digits[0].lstrip("0")[:1] if digits and digits[0].startswith(("0", ".", ",")) else ""
    return begins if reads and begins in (".", ",") else None


def _decimals(text: str, mark: str) -> int:
    """The number of digits behind a mark."""
    digits = _DIGITS.search(text)
    return len(digits[0].rpartition(mark)[2]) if digits and mark in digits[0] else 0


def _reads(text: str, mark: str) -> bool:
    try:
        number_of(text, mark)
    except Malformed:
        return False
    return True
