"""XLSX (ECMA-376, by xlsxwriter): a workbook that spreadsheet programs can compute with, and that states its
provenance.

Sheets: Summary (the verdict, its figures, and the report's first columns, in local time), All columns, Notes,
Definitions, Origin. A report of more than 1,048,575 rows continues on further sheets with the same header,
and a note states it; one of more than 5,000 has its rows on All columns only. The first row of All columns
holds the titles with their units; it is frozen and can be filtered. Cells have types. No value is lost:

- amounts are numbers in the fixed unit of their column, said in the header: W as MW, GH/s as EH/s, cents
  as USD with all their digits, since such units
  are powers of ten apart; shares are percentages (971234 ppm is 97.1234%). Only hours and minutes are
  quotients: whole seconds = ROUND(hours*3600, 0)
- instants are two columns: date and time in UTC, which sorts, filters and subtracts, and text in the report's
  zone with its offset. A record time, which
  has microseconds, and an instant outside 1900-03-01 to 9999 is text alone
- local dates are dates; true and false are such; unknown is an empty cell, never zero
- all else is text and stays text: no cell of it is a formula or a link, also after it was edited. A text
  beyond 32,767 UTF-16 units, the most a cell holds, is cut there;
  a note states it. JSON and CSV hold it whole

Equal tables give equal bytes (with the same zlib): the file bears the time at which the last record known was
taken. Rows are written through, one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Context, Decimal
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

from ledger import calendar
from ledger.errors import Malformed, inert
from projections.engine.amounts import unit_of
from projections.engine.made_rows import batches
from projections.engine.report import Cell, Column, Lead
from projections.engine.table import Paper, Table
from projections.render import display, provenance
from projections.render.csv_file import is_guarded

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

LONGEST: Final = 32_767
FIRST_DAY: Final = "1900-03-01"  # Excel counts 1900 as a leap year
WIDEST: Final = 60
HEADER_HIGH: Final = 32  # points: two lines
ROWS: Final = 1_048_575  # of one sheet, under its header
SUMMED: Final = 5_000  # rows of the summary; a longer table is written once
SUMMARY: Final = "Summary"
SUMMARY_ACROSS: Final = 8  # columns that the verdict spans
ALL: Final = "All columns"
PAPERS: Final[dict[Paper, int]] = {"letter": 1, "a4": 9}
COLUMNS_LIMIT: Final = 16_384
EXCEL_EPOCH: Final = datetime(1899, 12, 30)
CHUNK: Final = 1 << 20


_QUOTIENT: Final = Context(prec=17)  # enough digits to tell all doubles apart


class Exact(Decimal):
    """A number that is written with the 17 digits that tell a double from every other.

    xlsxwriter 3.2 formats with 16 digits; SheetJS then reads a third of the full hours 1 ms early.
    """

    def __format__(self, specifier: str, /, context: Context | None = None) -> str:
        return super().__format__(".17G")


Write = Callable[[Any, int, int, Cell], None]


class SheetColumn(NamedTuple):
    """A column of the sheet: its header, the source of its cells, the way they are written, and its
    approximate width.
    """

    header: str
    source: int
    write: Write
    width: int
    right: bool = False


class SheetStyle(NamedTuple):
    """The formats of a workbook, made once."""

    header: Format
    header_right: Format
    text: Format
    guarded: Format
    wrapped: Format
    name: Format
    verdict: Format
    amount: Format


class ColumnNeeds(NamedTuple):
    """What all cells of a column need, on which the way they are written depends: whether what is known are
    instants or dates that Excel counts, the largest amount, how many decimals show all amounts (3: more than two),
    whether one would read as zero, the longest cell as text; whether any is unknown or too long for a cell.
    """

    known: bool = False
    instants: bool = True
    dates: bool = True
    amounts: bool = False
    largest: int = 0
    decimals: int = 0
    small: bool = False
    longest: int = 0
    unknown: bool = False
    cut: bool = False

    def beside(self, other: ColumnNeeds) -> ColumnNeeds:
        """What the cells of both need."""
        return ColumnNeeds(
            self.known or other.known,
            self.instants and other.instants,
            self.dates and other.dates,
            self.amounts or other.amounts,
            max(self.largest, other.largest),
            max(self.decimals, other.decimals),
            self.small or other.small,
            max(self.longest, other.longest),
            self.unknown or other.unknown,
            self.cut or other.cut,
        )


def render(table: Table) -> bytes:
    """The table as a workbook."""
    return b"".join(pieces(table))


def pieces(table: Table) -> Iterator[bytes]:
    """The table as a workbook, piece by piece: its rows are gone through once for what the columns need, and once
    to be written, through a file that xlsxwriter removes.
    """
    with TemporaryFile() as out:
        _write(table, out)
        out.seek(0)
        while piece := out.read(CHUNK):
            yield piece


def _write(table: Table, out: IO[bytes]) -> None:
    from xlsxwriter.workbook import Workbook

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(out, options) as book:
        book.set_properties(
            {
                "title": table.title,
                "subject": f"{table.report}, definition {table.definition_version}",
                "comments": provenance.prefix(table),
                "author": "wattledger",
                "created": provenance.made_at(table),
            }
        )
        look = _look(book)
        lead, places = table.lead(), display.order(table)
        said = display.in_words(table)
        size, needs = len(table.rows), _needs(table)
        first = _fields(said, _needs(said), book, look, places.first, summed=True) if size <= SUMMED else []
        _summary(book.add_worksheet(SUMMARY), said, lead, first, book, look)
        fields = _fields(table, needs, book, look, range(len(table.columns)))
        rows = iter(table.rows)
        for n, begin in enumerate(range(0, max(1, size), ROWS), start=1):
            name = ALL if n == 1 else f"{ALL} {n}"
            here = min(ROWS, size - begin)
            _report(book.add_worksheet(name), table, islice(rows, here), here, fields, look)
        _notes(book.add_worksheet("Notes"), table, needs, look)
        _definitions(book.add_worksheet("Definitions"), table, look)
        _origin(book.add_worksheet("Origin"), table, look)


def _needs(table: Table) -> list[ColumnNeeds]:
    """What each column needs."""
    found = [ColumnNeeds() for _ in table.columns]
    worths = [unit_of(column.unit, column.shown)[1] for column in table.columns]
    for rows in batches(table.rows):
        here = (_needed(worth, [row[n] for row in rows]) for n, worth in enumerate(worths))
        found = list(map(ColumnNeeds.beside, found, here))
    return found


def _needed(worth: int, cells: Sequence[Cell]) -> ColumnNeeds:
    """What some cells need whose unit is worth so much of theirs."""
    known = [cell for cell in cells if cell is not None]
    texts = [cell for cell in known if isinstance(cell, str)]
    amounts = list(filter(display.is_amount, known))
    return ColumnNeeds(
        known=bool(known),
        instants=len(texts) == len(known) and all(calendar.is_instant(t) and t >= FIRST_DAY for t in texts),
        dates=len(texts) == len(known) and all(calendar.is_date(t) and t >= FIRST_DAY for t in texts),
        amounts=bool(amounts),
        largest=max(map(abs, amounts), default=0),
        decimals=next((d for d in range(3) if all(a * 10**d % worth == 0 for a in amounts)), 3),
        small=any(amount and abs(amount) * 2000 <= worth for amount in amounts),
        longest=max((len(str(cell)) for cell in known), default=0),
        unknown=len(known) < len(cells),
        cut=any(map(_is_cut, texts)),
    )


# --- sheets -------------------------------------------------------------------------------------------------


def _summary(
    sheet: Worksheet,
    table: Table,
    lead: Lead | None,
    fields: Sequence[SheetColumn],
    book: Workbook,
    look: SheetStyle,
) -> None:
    """The first screen: the verdict over all columns, each figure beside its name, the report's title, and
    the first columns.
    """
    values = [len(amount) + 2 for _, amount in (display.figures(table, lead) if lead else [])]
    widths = [field.width for field in fields] or [WIDEST]
    widths[0] = min(WIDEST, max([widths[0], *values]))
    across = max(SUMMARY_ACROSS, len(widths))
    for n, width in enumerate(widths):
        sheet.set_column(n, n, width)
    _printable(sheet, table)
    row = 0
    if lead:
        room = sum(widths) + (across - len(widths)) * 8
        sheet.set_row(0, 18 * -(-len(lead.verdict) * 6 // (5 * room)))
        _check(sheet.merge_range(0, 0, 0, across - 1, "", look.verdict))
        _text(sheet, 0, 0, inert(lead.verdict), look.verdict, look.verdict)
        row = _lead_figures(sheet, table, lead, book, look) + 1
    for text in _heading(table):
        _text(sheet, row, 0, text, look.text, look.guarded)
        row += 1
    if fields:
        _rows(sheet, row + 1, table.rows, len(table.rows), fields, look)
    else:
        _check(sheet.write_string(row, 0, f"The {len(table.rows):,} rows are on the sheet {ALL}.", look.text))


def _lead_figures(sheet: Worksheet, table: Table, lead: Lead, book: Workbook, look: SheetStyle) -> int:
    """Each figure with its name to the right of it, where there is room; return the row after them."""
    row = 2
    for figure, (name, said) in zip(lead.figures, display.figures(table, lead), strict=True):
        if display.is_amount(figure.value):
            unit, worth = unit_of(figure.unit, figure.shown)
            picture = _number_format(unit, _needed(worth, [figure.value]))
            shape = f'{picture}" {unit}"' if unit not in ("", "%") else picture
            write = _writer(look, book.add_format({"num_format": shape, "bold": True}), _worth(unit, worth))
            write(sheet, row, 0, figure.value)
        else:
            _text(sheet, row, 0, said, look.amount, look.amount)
        _text(sheet, row, 1, name, look.text, look.guarded)
        row += 1
    return row


def _heading(table: Table) -> Iterator[str]:
    yield f"{table.title}, {display.period(table)}, {display.where(table)}"
    yield (
        f"As of {display.moment(table.as_of, table.tz)}, {provenance.prefix(table)}; times are local,"
        f" {table.tz}"
    )
    parties = [f"{name}: {words}" for name, words in display.parties(table)]
    if parties:
        yield ". ".join(parties)
    if table.notes:
        yield f"Notes: {len(table.notes):,}, on the sheet Notes"


def _report(
    sheet: Worksheet,
    table: Table,
    rows: Iterable[Sequence[Cell]],
    size: int,
    fields: Sequence[SheetColumn],
    look: SheetStyle,
) -> None:
    sheet.freeze_panes(1, table.keys)
    _printable(sheet, table)
    sheet.repeat_rows(0)
    sheet.repeat_columns(0, table.keys - 1)
    for n, field in enumerate(fields):
        sheet.set_column(n, n, field.width)
    _rows(sheet, 0, rows, size, fields, look)


def _printable(sheet: Worksheet, table: Table) -> None:
    sheet.set_landscape()
    sheet.set_paper(PAPERS[table.paper])
    sheet.set_footer(f"&L{_printed(table.title)}&C{_printed(provenance.prefix(table))}&R&P / &N")


def _rows(
    sheet: Worksheet,
    begin: int,
    rows: Iterable[Sequence[Cell]],
    size: int,
    fields: Sequence[SheetColumn],
    look: SheetStyle,
) -> None:
    """The header, and the rows below it, of which there are ``size``."""
    sheet.set_row(begin, HEADER_HIGH)
    for n, field in enumerate(fields):
        header = look.header_right if field.right else look.header
        _check(sheet.write_string(begin, n, field.header, header))
    for r, row in enumerate(rows, start=begin + 1):
        for n, field in enumerate(fields):
            field.write(sheet, r, n, row[field.source])
    _check(sheet.autofilter(begin, 0, begin + max(1, size), len(fields) - 1) or 0)


def _notes(sheet: Worksheet, table: Table, needs: Sequence[ColumnNeeds], look: SheetStyle) -> None:
    said = [*map(inert, table.notes)]
    if any(column.unknown for column in needs) or display.leads_unknown(table):
        said.append("An empty cell is unknown or does not apply; it is not zero.")
    if any(column.cut for column in needs):
        said.append(
            f"A text was cut at {LONGEST:,} characters, the most a cell holds; JSON and CSV have it whole."
        )
    if len(table.rows) > ROWS:
        said.append(f"The report has {len(table.rows):,} rows; each sheet has at most {ROWS:,} of them.")
    _sheet(sheet, [("Note", 120)], [[line] for line in said] or [["There are no notes."]], look, table.paper)


def _definitions(sheet: Worksheet, table: Table, look: SheetStyle) -> None:
    rows = [[c.title, c.name, c.unit, c.definition] for c in table.columns]
    _sheet(
        sheet,
        [("Title", 20), ("In JSON and CSV", 24), ("Exact unit", 12), ("Definition", 100)],
        rows,
        look,
        table.paper,
    )
    sheet.autofilter(0, 0, len(rows), 3)


def _origin(sheet: Worksheet, table: Table, look: SheetStyle) -> None:
    method = [
        ["Method" if n == 0 else "", line] for n, line in enumerate(table.definition.strip().splitlines())
    ]
    _sheet(
        sheet,
        [("What", 26), ("Value", 130)],
        [*map(list, provenance.facts(table)), *method],
        look,
        table.paper,
    )


def _sheet(
    sheet: Worksheet,
    headers: Sequence[tuple[str, int]],
    rows: Sequence[Sequence[str]],
    look: SheetStyle,
    paper: Paper,
) -> None:
    """Texts under headers, the first column in bold where there are others."""
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(PAPERS[paper])
    sheet.fit_to_pages(1, 0)
    for n, (header, width) in enumerate(headers):
        sheet.set_column(n, n, width)
        _check(sheet.write_string(0, n, header, look.header))
    for r, row in enumerate(rows, start=1):
        for n, text in enumerate(row):
            _text(sheet, r, n, text, look.name if n == 0 and len(row) > 1 else look.wrapped, look.guarded)


# --- columns ------------------------------------------------------------------------------------------------


def _fields(
    table: Table,
    needs: Sequence[ColumnNeeds],
    book: Workbook,
    look: SheetStyle,
    places: Sequence[int],
    *,
    summed: bool = False,
) -> list[SheetColumn]:
    """Some columns as those of a sheet, no two with one header: a second one has its name in JSON and CSV
    behind it. ``summed``: of an instant, the local time alone.
    """
    fields: list[SheetColumn] = []
    taken: set[str] = set()
    for n in places:
        column = table.columns[n]
        found = list(_of_column(table, n, needs[n], book, look))
        for field in found[-1:] if summed else found:
            header = field.header
            if header.casefold() in taken:
                header = f"{header}, {column.name}"
            while header.casefold() in taken:
                header += "'"
            taken.add(header.casefold())
            fields.append(field._replace(header=header))
    if len(fields) > COLUMNS_LIMIT:
        raise Malformed(
            f"a sheet has at most {COLUMNS_LIMIT:,} columns, this {len(fields):,}; use CSV or JSON"
        )
    return fields


def _of_column(
    table: Table, n: int, needs: ColumnNeeds, book: Workbook, look: SheetStyle
) -> Iterator[SheetColumn]:
    column = table.columns[n]
    as_text = _writer(look, book.add_format({"num_format": "0"}), 1)
    if needs.known and needs.instants:
        shape = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        zone = calendar.zone(table.tz)
        yield SheetColumn(f"{column.title} (UTC)", n, _dated(shape, len("2026-07-14T18:00:00")), 20)
        text = " as text" if table.tz == "UTC" else ""
        yield SheetColumn(f"{column.title} ({table.tz}{text})", n, _localized(look, zone), 26)
    elif needs.known and needs.dates:
        yield SheetColumn(
            column.title, n, _dated(book.add_format({"num_format": "yyyy-mm-dd"}), 10), _wide(column, 12)
        )
    elif column.name == "year" or not (column.unit or needs.amounts):
        yield SheetColumn(column.title, n, as_text, _wide(column, max(6, needs.longest + 2)))
    else:
        unit, worth = unit_of(column.unit, column.shown)
        title = f"{column.title} ({unit})" if unit else column.title
        picture = _number_format(unit, needs)
        longest = len(f"{needs.largest // worth:,}{picture.partition('.')[2]}") + 3
        shape = book.add_format({"num_format": picture})
        write = _writer(look, shape, _worth(unit, worth))
        yield SheetColumn(title, n, write, _wide(column, longest), right=True)


def _worth(unit: str, worth: int) -> int:
    """Worth of 1 in a sheet's number: a share is written as a quotient, and shown in percent."""
    return 100 * worth if unit == "%" else worth


def _number_format(unit: str, needs: ColumnNeeds) -> str:
    """Digits grouped; as many decimals as shares and money have, else as the figures need: three, or
    more for one that would read as zero.
    """
    if unit in ("%", "USD"):
        return "0.0000%" if unit == "%" else "#,##0.00"
    if needs.decimals < 3:
        return "#,##0." + "0" * needs.decimals if needs.decimals else "#,##0"
    return "#,##0.000###" if needs.small else "#,##0.000"


def _wide(column: Column, least: int) -> int:
    """Wide enough for the longest text and for the longest word of the title with the filter's button."""
    words = max(map(len, f"{column.title} (MMM)".split()))
    return min(WIDEST, max(least, words + 4))


# --- cells --------------------------------------------------------------------------------------------------


def _writer(look: SheetStyle, number: Format, worth: int) -> Write:
    """Writes a number in units of some worth, text as text, true and false as such, nothing where it is
    unknown.
    """

    def write(sheet: Worksheet, row: int, column: int, cell: Cell) -> None:
        if isinstance(cell, str):
            _text(sheet, row, column, cell, look.text, look.guarded)
        elif isinstance(cell, bool):
            _check(sheet.write_boolean(row, column, cell))
        elif cell is not None:
            value = cell if worth == 1 else Exact(_QUOTIENT.divide(Decimal(cell), Decimal(worth)))
            _check(sheet.write_number(row, column, value, number))

    return write


def _dated(shape: Format, length: int) -> Write:
    """Writes an instant in UTC, or a date, as Excel counts days."""

    def write(sheet: Worksheet, row: int, column: int, cell: Cell) -> None:
        if isinstance(cell, str):
            since = datetime.fromisoformat(cell[:length]) - EXCEL_EPOCH
            seconds = Decimal(since.days * calendar.DAY_S + since.seconds)
            days = Exact(_QUOTIENT.divide(seconds, Decimal(calendar.DAY_S)))
            _check(sheet.write_number(row, column, days, shape))

    return write


def _localized(look: SheetStyle, zone: Any) -> Write:
    """Writes an instant as text on the clocks of a zone."""

    def write(sheet: Worksheet, row: int, column: int, cell: Cell) -> None:
        if isinstance(cell, str):
            _check(sheet.write_string(row, column, display.local_time(cell, zone), look.text))

    return write


def _text(sheet: Worksheet, row: int, column: int, text: str, plain: Format, guarded: Format) -> None:
    """A text that stays text: one that a spreadsheet would run once it is edited is marked as text in its
    format too.
    """
    look = guarded if is_guarded(text) else plain
    text = _cut(text)
    if text.startswith("<r>") and text.endswith(
        "</r>"
    ):  # xlsxwriter takes this for the inside of a rich string
        _check(sheet.write_rich_string(row, column, text[:1], look, text[1:], look))
    else:
        _check(sheet.write_string(row, column, text, look))


def _check(outcome: int) -> None:
    """Refuse a cell that was not written; xlsxwriter returns such a failure and goes on."""
    if outcome:
        raise Malformed(
            f"a cell cannot be written to a workbook (xlsxwriter says {outcome}); use CSV or JSON"
        )


def _cut(text: str) -> str:
    units = text.encode("utf-16-le")
    return text if len(units) <= 2 * LONGEST else units[: 2 * LONGEST].decode("utf-16-le", "ignore")


def _is_cut(cell: Cell) -> bool:
    return isinstance(cell, str) and len(cell) > LONGEST // 2 and _cut(cell) != cell


def _printed(text: str) -> str:
    """Text for a header or footer, where & begins a code."""
    return text.replace("&", "&&")


def _look(book: Workbook) -> SheetStyle:
    header = {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E8EDF3", "bottom": 1}
    return SheetStyle(
        header=book.add_format(header),
        header_right=book.add_format({**header, "align": "right"}),
        text=book.add_format({"valign": "top"}),
        guarded=book.add_format({"valign": "top", "quote_prefix": True}),
        wrapped=book.add_format({"valign": "top", "text_wrap": True}),
        name=book.add_format({"valign": "top", "bold": True}),
        verdict=book.add_format({"valign": "top", "text_wrap": True, "bold": True, "font_size": 13}),
        amount=book.add_format({"bold": True, "align": "right", "quote_prefix": True}),
    )
