"""A map of a spreadsheet, suggested for its user and kept in the file that the user names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ledger.app.host.files import PUBLIC, write_new
from ledger.errors import Malformed
from ledger.exchange.sheets.csv_sheet import read_csv
from ledger.exchange.sheets.mapped_sheets import MAP_SHEET, ZIP, check_workbook, sheet_name
from ledger.exchange.sheets.suggest import Suggestion, suggest
from ledger.exchange.sheets.xlsx_sheets import OLD_OFFICE, Workbook
from ledger.kinds import Kind, kind_of


def suggested(
    path: Path, sheet: str | None, site: str | None, sites: Sequence[str], kind: str | None
) -> Suggestion:
    """A map of a file's sheet, with the sites of the book if there is one; of one kind if the user names it."""
    return suggested_of(path.read_bytes(), path.name, sheet, site, sites, _claimable(kind))


def _claimable(said: str | None) -> Kind | None:
    if said is None:
        return None
    kind = kind_of(said)
    if not kind.claimable:
        raise Malformed(f"--kind: {kind.name} is written by the ledger itself; name a kind of fact")
    return kind


def suggested_of(
    data: bytes,
    name: str,
    sheet: str | None,
    site: str | None,
    sites: Sequence[str],
    kind: Kind | None = None,
) -> Suggestion:
    """A map of the bytes of a file."""
    check_workbook(data, name)
    try:
        if not data.startswith((ZIP, OLD_OFFICE)):
            return suggest(read_csv(data), name, sites, site, False, kind)
        book = Workbook(data)
        if MAP_SHEET in book.names:
            raise Malformed("is a template and carries its own map; import it without --map")
        found = book.sheet(sheet_name(book, sheet))
        return suggest(found, name, sites, site, len(book.names) > 1, kind)
    except Malformed as why:
        raise Malformed(f"{name}: {why}") from None


def write_map(path: Path, text: str) -> None:
    """Write a map into a file that is not there yet."""
    try:
        write_new(path, text.encode(), PUBLIC)
    except FileExistsError:
        raise Malformed(f"{path} is there already, and may hold your decisions; name another file") from None
