"""Template workbooks: a sheet for each kind with typed columns, lists and notes, and an example row.

Everything comes from the table of kinds (``kind_guide``): a new kind has its sheet. The workbook carries a
map of each sheet, so that it is imported as it is. The example row is marked and passed over; if a fact is
typed over it and the mark is left, the import reports that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from msgspec import UNSET

from ledger import units
from ledger.exchange import story
from ledger.exchange.kind_guide import CLAIMABLE, need, summary, value_of
from ledger.exchange.sheets.cells import letter
from ledger.exchange.sheets.reader import EXAMPLE
from ledger.exchange.sheets.refused import MADE, write_maps
from ledger.exchange.sheets.sheet_map import keys_of
from ledger.fields import Field
from ledger.kinds import BY_BODY, CLASSES, Kind
from ledger.records.envelope import Claim
from ledger.records.wording import quoted, written

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

GUIDE_SHEET: Final = "How to fill"
LIST_SHEET: Final = "wattledger lists"
FILLED: Final = 2_000
"""Rows of a sheet whose cells are typed and have lists."""
SHEET_NAME: Final = 31
TYPICAL: Final = {
    "_w": "MW",
    "_wh": "MWh",
    "_ghs": "EH/s",
    "_v": "kV",
    "_s": "min",
    "_ms": "ms",
    "_mhz": "Hz",
    "_ppm": "%",
    "_cents": "USD",
}
"""The unit of a column whose field the kind's example omits."""
MARK, SITE, AUTHORITY, AT, ZONE = "Skip", "Site", "Balancing authority", "Date and time", "Time zone"
ENVELOPE_NOTES: Final = {
    "class": f"Disclosure class: one of {', '.join(CLASSES)}.",
    "corrects": "Ids of the records that this one corrects, separated by semicolons.",
    "reason": "Reason; required where records are corrected.",
}
GUIDE: Final = (
    "One row is one fact. Each sheet takes facts of one kind; the note of a header describes its cells.",
    "Headers in dark blue are required. Leave a cell blank where you do not know the value.",
    "A row with anything in the column Skip is not recorded. The example row is marked so.",
    "Times are local time of the site. For another zone fill the column Time zone: UTC or America/Chicago.",
    "When clocks are put back, an hour happens twice: write the offset in Time zone, such as -04:00.",
    "Numbers are in the unit of the header. Separate the items of a list by semicolons.",
    "You may move, sort and hide columns and rows, and add columns. Keep the headers as they are.",
    "Check: wattledger import events FILE.xlsx --dry-run    Record: wattledger import events FILE.xlsx",
)


class TemplateColumn(NamedTuple):
    """A column: its header, the note of the header, the form of its cells, and the example's cell."""

    header: str
    note: str
    form: str
    example: Any
    required: bool = False
    choices: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    source: Mapping[str, Any] = {}
    key: str = ""


def families() -> dict[str, tuple[Kind, ...]]:
    """The kinds that can be recorded, by the file that describes them."""
    found: dict[str, tuple[Kind, ...]] = {}
    for kind in CLAIMABLE:
        family = kind.body.__module__.rpartition(".")[2]
        found[family] = (*found.get(family, ()), kind)
    return found


def template(kinds: Sequence[Kind], places: Mapping[str, Sequence[str]]) -> bytes:
    """A workbook with a sheet for each kind; ``places`` are the book's sites with their blocks."""
    from xlsxwriter.workbook import Workbook

    out = BytesIO()
    with Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": "wattledger template", "created": MADE})
        _write_guide(book, kinds)
        lists = ListSheet(book)
        carried = []
        for kind in kinds:
            columns = columns_of(kind)
            sheet = book.add_worksheet(kind.name[:SHEET_NAME])
            _write_kind(book, sheet, kind, columns, lists, places)
            carried.append((kind.name[:SHEET_NAME], map_text(kind, columns)))
        lists.write()
        write_maps(book, carried)
    return out.getvalue()


# --- columns of a kind --------------------------------------------------------------------------------------


def columns_of(kind: Kind) -> list[TemplateColumn]:
    """The columns of a kind's sheet, with its example."""
    example = story.parse(kind.body.example)
    assert example is not None, "every kind that can be recorded has an example"
    authority = _of_authority(kind)
    place = f"ba-{getattr(example.body, 'balancing_authority')}" if authority else example.place  # noqa: B009
    columns = [
        TemplateColumn(MARK, "Anything here: the row is not recorded.", "text", EXAMPLE),
        TemplateColumn(
            AUTHORITY if authority else SITE,
            "Required. ba- and the EIA-930 code, such as ba-SOCO."
            if authority
            else "Required. The name of the site in the book.",
            "authority" if authority else "site",
            place,
            required=True,
        ),
        TemplateColumn(AT, _at_note(kind), "instant", _typed_instant(example.at), required=True),
        TemplateColumn(
            ZONE,
            "Optional. UTC, an IANA zone or an offset such as -04:00; blank: the site's zone.",
            "text",
            "UTC",
        ),
    ]
    columns += [_column(kind, key, field, example) for key, field in keys_of(kind).items()]
    if kind.disclosure is None:
        columns += [_envelope_column(key, example) for key in ENVELOPE_NOTES]
    return columns


def _of_authority(kind: Kind) -> bool:
    names = kind.body.__struct_fields__
    return "balancing_authority" in names and "site" not in names


def _at_note(kind: Kind) -> str:
    needs = "; ".join(f"{BY_BODY[body].name} ({need(kind, BY_BODY[body])})" for body in kind.needs)
    return f"Required. When it happened. {summary(kind)}" + (
        f" Must be recorded before: {needs}." if needs else ""
    )


def _column(kind: Kind, key: str, field: Field, example: Claim) -> TemplateColumn:
    value = getattr(example.body, field.name)
    title = key.replace("_", " ").capitalize()
    source: dict[str, Any] = {}
    header = title
    if field.unit is not None:
        unit = _unit(field, value)
        header, source["unit"] = f"{title} ({unit})", unit
    if field.form == "slug":
        source["slug"] = True
    if field.many:
        header = f"{header}; list" if field.unit is None else header
    note = f"{'Required' if field.required else 'Optional'}. {_note(field, source)}"
    if field.section:
        note += f" Kept in the section {field.section}, which can be erased."
    return TemplateColumn(
        header,
        note,
        "text" if field.many else field.form,
        None if value is UNSET else _cell(field, value, source),
        required=field.required,
        choices=() if field.many else field.choices,
        low=field.low if field.form == "int" else None,
        high=field.high if field.form == "int" and field.unit is None else None,
        source={"column": header, **source},
        key=key,
    )


def _note(field: Field, source: Mapping[str, Any]) -> str:
    what = (
        f"number in {source['unit']}" if "unit" in source else value_of(field).removeprefix("list [...] of: ")
    )
    what = f"{what[:1].upper()}{what[1:]}"
    return f"{what}; several are separated by semicolons." if field.many else f"{what}."


def _envelope_column(key: str, example: Claim) -> TemplateColumn:
    value = {"class": example.disclosure, "corrects": example.corrects, "reason": example.reason}[key]
    cell = "; ".join(value) if isinstance(value, tuple) else value if isinstance(value, str) else None
    title = key.capitalize()
    return TemplateColumn(title, ENVELOPE_NOTES[key], "text", cell, source={"column": title}, key=key)


def _unit(field: Field, value: Any) -> str:
    """The unit of a field in the example, else the typical one."""
    assert field.unit is not None, "only quantities have a unit"
    if value is UNSET or field.many:
        return TYPICAL[field.unit]
    text = written(field, value)
    return next(
        unit for unit in sorted(units.UNITS[field.unit], key=len, reverse=True) if text.endswith(unit)
    )


def _cell(field: Field, value: Any, source: Mapping[str, Any]) -> Any:
    """A value of the example as a cell."""
    if field.many:
        one = field._replace(many=False)
        items = [item if isinstance(item, str) else written(one, item) for item in value]
        plainly = items and not any(";" in item for item in items)
        return "; ".join(items) if plainly else f"[{','.join(map(quoted, items))}]"
    if field.unit is not None:
        return Decimal(written(field, value).removesuffix(source["unit"]))
    if field.form == "instant":
        return _typed_instant(value)
    return date.fromisoformat(value) if field.form == "date" else value


def _typed_instant(stored: str) -> datetime:
    return datetime.fromisoformat(stored).replace(tzinfo=None)


def map_text(kind: Kind, columns: Sequence[TemplateColumn]) -> str:
    """The map of a kind's sheet."""
    import tomlkit

    fields = {column.key: dict(column.source) for column in columns if column.key}
    return tomlkit.dumps(
        {
            "site": {"column": AUTHORITY if _of_authority(kind) else SITE},
            "zone": {"column": ZONE},
            "example": kind.body.example,
            "skip": [{"column": MARK, "blank": False}],
            "fact": [{"kind": kind.name, "at": {"column": AT}, "fields": fields}],
        }
    )


# --- writing ------------------------------------------------------------------------------------------------


class ListSheet:
    """The hidden sheet with the choices of all lists; a list in a cell's rule has at most 255 letters."""

    def __init__(self, book: Workbook) -> None:
        self._sheet = book.add_worksheet(LIST_SHEET)
        self._sheet.hide()
        self._ranges: dict[tuple[str, ...], int] = {}

    def range_of(self, choices: Iterable[str]) -> str:
        """The formula of a range with these choices."""
        wanted = tuple(choices)
        name = f"${letter(self._ranges.setdefault(wanted, len(self._ranges)))}"
        return f"='{LIST_SHEET}'!{name}$1:{name}${len(wanted)}"

    def write(self) -> None:
        """Write the lists that were asked for."""
        for choices, column in self._ranges.items():
            self._sheet.write_column(0, column, choices)


def _write_guide(book: Workbook, kinds: Sequence[Kind]) -> None:
    sheet = book.add_worksheet(GUIDE_SHEET)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 110)
    bold, wrap = (
        book.add_format({"bold": True, "valign": "top"}),
        book.add_format({"text_wrap": True, "valign": "top"}),
    )
    for n, line in enumerate(GUIDE):
        sheet.write_string(n, 1, line, wrap)
    sheet.write_string(len(GUIDE) + 1, 0, "Sheet", bold)
    sheet.write_string(len(GUIDE) + 1, 1, "What its facts say", bold)
    for n, kind in enumerate(kinds, start=len(GUIDE) + 2):
        name = kind.name[:SHEET_NAME]
        sheet.write_url(n, 0, f"internal:'{name}'!A1", string=name)
        sheet.write_string(n, 1, summary(kind), wrap)


def _write_kind(
    book: Workbook,
    sheet: Worksheet,
    kind: Kind,
    columns: Sequence[TemplateColumn],
    lists: ListSheet,
    places: Mapping[str, Sequence[str]],
) -> None:
    base = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
    required = book.add_format({**base, "bg_color": "#1F3A5F", "font_color": "#FFFFFF"})
    optional = book.add_format({**base, "bg_color": "#E8EDF3"})
    shapes = {
        form: {"num_format": shape}
        for form, shape in (
            ("instant", "yyyy-mm-dd hh:mm:ss"),
            ("date", "yyyy-mm-dd"),
            ("int", "General"),
            ("bool", "General"),
        )
    }
    sheet.freeze_panes(1, 2)
    sheet.set_row(0, 32)
    for n, column in enumerate(columns):
        shape = shapes.get(column.form, {"num_format": "@"})
        longest = max(map(len, column.header.split()))
        sheet.set_column(
            n, n, max(20 if column.form == "instant" else 12, longest + 3), book.add_format(shape)
        )
        sheet.write_string(0, n, column.header, required if column.required else optional)
        sheet.write_comment(
            0,
            n,
            column.note,
            {"x_scale": 2, "y_scale": 1 + len(column.note) // 120, "author": "wattledger"},
        )
        _write_example(
            sheet, n, column.example, book.add_format({**shape, "italic": True, "font_color": "#6B7785"})
        )
        rule = _rule(column, lists, places)
        if rule:
            sheet.data_validation(
                1, n, FILLED, n, {"ignore_blank": True, "error_title": column.header[:32], **rule}
            )


def _write_example(sheet: Worksheet, column: int, value: Any, look: Any) -> None:
    if value is None:
        sheet.write_blank(1, column, None, look)
    elif isinstance(value, bool):
        sheet.write_boolean(1, column, value, look)
    elif isinstance(value, date):
        sheet.write_datetime(1, column, value, look)
    elif isinstance(value, int | Decimal):
        sheet.write_number(1, column, value, look)
    else:
        sheet.write_string(1, column, value, look)


def _rule(
    column: TemplateColumn, lists: ListSheet, places: Mapping[str, Sequence[str]]
) -> dict[str, Any] | None:
    """The rule of a column's cells: a strict rule refuses anything else."""
    blocks = sorted({block for names in places.values() for block in names})
    if column.choices:
        return {
            "validate": "list",
            "source": lists.range_of(column.choices),
            "error_message": "Choose from the list.",
        }
    if column.form == "bool":
        return {"validate": "list", "source": ["TRUE", "FALSE"], "error_message": "Choose TRUE or FALSE."}
    if column.form == "site" and places:
        return _advised(
            {"validate": "list", "source": lists.range_of(sorted(places))}, "The book has no such site."
        )
    if column.key == "block" and blocks:
        return _advised({"validate": "list", "source": lists.range_of(blocks)}, "The book has no such block.")
    if column.form in ("instant", "date"):
        when = {"validate": "date", "criteria": ">=", "value": date(1970, 1, 1)}
        return _advised(when, "Not a date. Text with an offset, such as 2026-11-01T01:30-04:00, is read too.")
    if column.low is not None:
        unbounded = column.high in (None, units.LIMIT)
        limits = (
            {"criteria": ">=", "value": column.low}
            if unbounded
            else {"criteria": "between", "minimum": column.low, "maximum": column.high}
        )
        form = "integer" if column.source.get("unit") is None else "decimal"
        return _advised(
            {"validate": form, **limits},
            "Not a number of this column. Text with its unit, such as 500 kW, is read too.",
        )
    return None


def _advised(rule: dict[str, Any], message: str) -> dict[str, Any]:
    """A rule that warns and accepts."""
    return {**rule, "error_type": "warning", "error_message": message}
