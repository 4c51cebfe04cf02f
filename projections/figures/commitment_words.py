"""Plain words for the stored words of commitments: instruments, verdicts, comparators. People read these in
text, HTML and PDF; JSON and CSV keep the stored words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from projections.engine.report import Cell
from projections.engine.words import counted, number_of

_INSTRUMENTS: Final = {
    "pilot": "payment in lieu of taxes",
    "abatement": "tax abatement",
    "cba": "community benefits agreement",
    "utility-mou": "memorandum of understanding with the utility",
}
_FIXED: Final = ("instrument", "category", "comparator", "basis", "default_state")


def plain(cells: Mapping[str, Cell]) -> dict[str, str]:
    """Words for the cells of a commitment, for the columns that the row has."""
    words = _spaced(cells, _FIXED)
    if "verdict" in cells:
        words["verdict"] = verdict(cells)
    return words


def _spaced(cells: Mapping[str, Cell], names: Iterable[str]) -> dict[str, str]:
    held = {name: str(cells[name]) for name in names if cells.get(name) is not None}
    return {name: _INSTRUMENTS.get(word, word.replace("-", " ")) for name, word in held.items()}


def verdict(cells: Mapping[str, Cell]) -> str:
    """The verdict; a pending one after its due date is described further."""
    stored = str(cells["verdict"])
    if stored == "pending" and cells["done_on"] is not None:
        return "done, not yet assessed"
    if stored == "pending" and cells["days_late"]:
        return "overdue, not yet assessed"
    return stored.replace("-", " ")


def status(cells: Mapping[str, Cell]) -> str:
    """The status of an installment: ``paid 12 days late, within the cure period``."""
    late = counted(number_of(cells, "days_late") or 0, "day")
    return {
        "PAID_ON_TIME": "paid on time",
        "PAID_IN_CURE": f"paid {late} late, within the cure period",
        "PAID_LATE": f"paid {late} late",
        "DUE": f"due on {cells['due_on']}",
        "LATE": f"{late} overdue, within the cure period",
        "IN_DEFAULT": f"in default, {late} overdue",
    }[str(cells["status"])]
