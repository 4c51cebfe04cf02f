"""Copies of spreadsheets with the rows that were not recorded, beside the file that was imported."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from ledger.app.host.files import write_durably
from ledger.errors import Problem
from ledger.exchange.formats import Given
from ledger.exchange.sheets import refused
from ledger.exchange.sheets.mapped_sheets import ZIP, MappedSheet, SheetOptions, carried_maps, mapped_sheets
from ledger.exchange.sheets.xlsx_sheets import Workbook


class RefusedCopy(NamedTuple):
    """A copy that was written: its path and the number of rows it lists."""

    path: Path
    rows: int


def write_refused(path: Path, given: Given, problems: Iterable[Problem]) -> RefusedCopy | None:
    """Write the rows of a file that have a problem to a copy of it; None where no row of it has one."""
    told = [problem for problem in problems if problem.line]
    data = path.read_bytes()
    pairs = mapped_sheets(
        data, path.name, SheetOptions(given.map_text, given.map_name, given.sheet, given.site)
    )
    listed = [(pair, reasons) for pair in pairs if (reasons := _reasons(pair, told))]
    if not listed:
        return None
    if data.startswith(ZIP):
        book = Workbook(data)
        carried = list(carried_maps(book)) if given.map_text is None else []
        names = {pair.sheet.name for pair, _ in listed}
        made = refused.as_xlsx(listed, [each for each in carried if each[0] in names])
        ending = ".xlsx"
    else:
        made, ending = refused.as_csv(listed[0][0], data, listed[0][1]), ".csv"
    place = _free(path, ending, made)
    write_durably(place, made)
    return RefusedCopy(place, sum(len(reasons) for _, reasons in listed))


def _reasons(pair: MappedSheet, problems: Iterable[Problem]) -> dict[int, str]:
    """Problems of each row of a sheet."""
    found: dict[int, list[str]] = {}
    for problem in problems:
        if problem.source == pair.source:
            found.setdefault(problem.line, []).append(problem.message)
    return {line: "; ".join(messages) for line, messages in found.items()}


def _free(path: Path, ending: str, data: bytes) -> Path:
    """A name beside the file that no other copy has, since somebody may be at work on it."""
    stem = path.name.removesuffix(path.suffix)
    place, number = path.with_name(f"{stem}.refused{ending}"), 1
    while place.exists() and place.read_bytes() != data:
        number += 1
        place = path.with_name(f"{stem}.refused-{number}{ending}")
    return place
