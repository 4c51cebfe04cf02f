"""The sheets of a file to read, each with its map: the user's own, or those that a template carries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from ledger.errors import Malformed
from ledger.exchange.sheets.cells import Sheet, shown
from ledger.exchange.sheets.csv_sheet import decoded, read_csv
from ledger.exchange.sheets.sheet_map import SheetMap, read_map
from ledger.exchange.sheets.xlsx_sheets import OLD_OFFICE, Workbook

MAP_SHEET: Final = "wattledger maps"
"""The hidden sheet of a template: the name of each sheet and its map."""
ZIP: Final = b"PK\x03\x04"
WORKBOOKS: Final = (".xlsx", ".xlsm", ".xls")
"""Endings of a workbook's name."""


class SheetOptions(NamedTuple):
    """Options of the import: its map (None: the template's own), the sheet, the site of all rows; and the
    zone of each site of the book.
    """

    map_text: str | None = None
    map_name: str = "map"
    sheet: str | None = None
    site: str | None = None
    zones: Mapping[str, str] = {}


class MappedSheet(NamedTuple):
    """A sheet, its map, and its name in messages."""

    sheet: Sheet
    map: SheetMap
    source: str


def mapped_sheets(data: bytes, source: str, options: SheetOptions) -> list[MappedSheet]:
    """The sheets of a file to read, each with its map."""
    if not data.startswith((ZIP, OLD_OFFICE)):
        if options.map_text is None:
            check_workbook(data, source)
            raise Malformed(_needs_map(source))
        found = map_named(options.map_text, options.map_name)
        check_workbook(data, source, found.encoding or None)
        if options.sheet is not None:
            raise Malformed(f"{source}: is a CSV file and has no sheets; leave out --sheet")
        try:
            sheet = read_csv(data, found.encoding or None, found.delimiter or None)
        except Malformed as why:
            raise Malformed(f"{source}: {why}") from None
        return [MappedSheet(sheet, found, source)]
    try:
        book = Workbook(data)
        if options.map_text is not None:
            found = map_named(options.map_text, options.map_name)
            name = sheet_name(book, options.sheet or found.sheet or None)
            return [
                MappedSheet(book.sheet(name), found, f"{source}[{name}]" if len(book.names) > 1 else source)
            ]
        if MAP_SHEET in book.names:
            return [
                MappedSheet(book.sheet(name), map_named(text, f"{source}[{MAP_SHEET}]"), f"{source}[{name}]")
                for name, text in carried_maps(book)
                if options.sheet in (None, name)
            ]
    except Malformed as why:
        raise Malformed(
            str(why) if str(why).startswith((source, options.map_name)) else f"{source}: {why}"
        ) from None
    raise Malformed(_needs_map(source))


def _needs_map(source: str) -> str:
    return (
        f"{source}: needs a map of its columns: --map FILE.toml; to have one written for you:"
        f" wattledger import events {source} --suggest"
    )


def check_workbook(data: bytes, source: str, encoding: str | None = None) -> None:
    """``Malformed`` where a file has the name of a workbook and holds neither one nor text."""
    if data.startswith((ZIP, OLD_OFFICE)) or not source.lower().endswith(WORKBOOKS):
        return
    try:
        decoded(data, encoding)
    except Malformed:
        raise Malformed(
            f"{source}: is no workbook, though its name says so, and no text; save it as .xlsx or .csv"
        ) from None


def map_named(text: str, name: str) -> SheetMap:
    """The map of a text; messages begin with its name."""
    try:
        return read_map(text)
    except Malformed as why:
        raise Malformed(f"{name}: {why}") from None


def carried_maps(book: Workbook) -> Iterator[tuple[str, str]]:
    """The sheets of a template with the texts of their maps."""
    for row in book.sheet(MAP_SHEET).rows:
        name, text = shown(row.at(0)), shown(row.at(1))
        if name in book.names:
            yield name, text


def sheet_name(book: Workbook, said: str | None) -> str:
    """The chosen sheet; ``Malformed`` lists the sheets where there are several."""
    if said is not None and said in book.names:
        return said
    if said is not None:
        raise Malformed(f"has no sheet {said!r}; there are {', '.join(map(repr, book.names))}")
    if len(book.filled) == 1:
        return book.filled[0]
    named = ", ".join(map(repr, book.filled or book.names))
    raise Malformed(
        f"has {len(book.filled)} sheets with rows; choose one with --sheet or in the map: {named}"
    )
