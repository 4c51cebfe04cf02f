"""Files for an office and for paper: hostile names are inert in them, they keep the standards they claim, and
say what they leave out.
"""

from __future__ import annotations

import csv
import re
from io import BytesIO, StringIO
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import openpyxl
import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

from ledger.calendar import format_instant
from ledger.errors import Malformed
from projections.engine.pictures import Layer, Names, Picture, Plot
from projections.engine.report import Cell, Column
from projections.engine.table import Attachment, Paper, Table
from projections.render import page_layout, pdf, xlsx
from projections.render.formats import BY_NAME
from tests.support import reading_back
from tests.support.examples import tried
from tests.unit.render.test_charts import pictures
from tests.unit.render.test_text import COLUMNS, HOSTILE, LEAD, ROW, TULSA, led, table

WORSE = [
    *HOSTILE,
    "<img onerror=alert(1)>",
    "</script>",
    "../../x",
    "https://example.com/",
    "mailto:x@example.com",
    "<r><t>rich</t></r>",
    "_x0041_",
    " both ends ",
    "#panic() *bold* $x$ @label",
    "שלום",
    "日本\U0001f600",
    "x" * 4000,
    "\x00\x07\x1b[31m",
    "\ufffe\uffff",
    "",
]
named = pytest.mark.parametrize("name", WORSE, ids=lambda name: repr(name)[:24])


def of(name: str) -> Table:
    return table((name, 1, 1, 1, True), notes=(name,) if name else ())


# --- XLSX ---------------------------------------------------------------------------------------------------


@named
def test_a_hostile_name_is_a_text_in_xlsx_and_nothing_else(name: str) -> None:
    data = BY_NAME["xlsx"].render(of(name))
    cell = openpyxl.load_workbook(BytesIO(data))["All columns"]["A2"]
    assert (cell.data_type, cell.hyperlink) == ("s", None)
    assert b"<f>" not in b"".join(ZipFile(BytesIO(data)).read(n) for n in ZipFile(BytesIO(data)).namelist())


@named
def test_a_hostile_name_is_read_back_from_xlsx_as_it_is(name: str) -> None:
    said = reading_back.exact(BY_NAME["json"].render(of(name)))
    assert reading_back.from_xlsx(BY_NAME["xlsx"].render(of(name)), said)[0][0] == name


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_name_like_a_formula_stays_text_in_xlsx_when_it_is_edited(name: str) -> None:
    cell = openpyxl.load_workbook(BytesIO(BY_NAME["xlsx"].render(of(name))))["All columns"]["A2"]
    assert cell.quotePrefix


any_amount = st.integers(-(2**52), 2**52)
any_cell = st.one_of(st.none(), st.booleans(), any_amount, st.sampled_from(WORSE), st.text(max_size=8))
durations = st.integers(-(2**50), 2**50)


@given(st.lists(st.tuples(st.just("dalton"), any_amount, durations, any_amount), min_size=1, max_size=4))
@settings(max_examples=tried(gate=15, search=30))
def test_amounts_of_any_size_lose_nothing_in_xlsx(rows: list[tuple[Cell, ...]]) -> None:
    columns = tuple(
        Column(name, "X", "", unit)
        for name, unit in (("site", ""), ("x_w", "W"), ("x_s", "s"), ("x_cents", "cent"))
    )
    said = table(*rows, columns=columns)
    read = reading_back.from_xlsx(xlsx.render(said), reading_back.exact(BY_NAME["json"].render(said)))
    assert read == [list(row) for row in rows]


@given(st.lists(st.tuples(st.just("dalton"), any_cell, any_cell, any_cell), max_size=4))
@settings(max_examples=tried(gate=15, search=30))
def test_mixed_cells_are_read_back_from_xlsx(rows: list[tuple[Cell, ...]]) -> None:
    said = table(*rows, columns=tuple(Column(name, name.upper(), "", "") for name in "abcd"))
    read = reading_back.from_xlsx(xlsx.render(said), reading_back.exact(BY_NAME["json"].render(said)))
    assert read == [list(row) for row in rows]


def test_instants_are_dates_and_times_in_utc_with_local_text_beside_them_in_xlsx() -> None:
    said = table(
        ("2026-07-14T18:00:00Z", "2026-07-14"),
        columns=(Column("at", "At", "", unit=""), Column("due_on", "Due", "", unit="")),
    )
    sheet = openpyxl.load_workbook(BytesIO(xlsx.render(said)))["All columns"]
    assert [[str(cell.value) for cell in row] for row in sheet.iter_rows()] == [
        ["At (UTC)", "At (America/New_York)", "Due"],
        ["2026-07-14 18:00:00", "2026-07-14T14:00:00-04:00", "2026-07-14 00:00:00"],
    ]


def test_xlsx_has_a_frozen_header_a_filter_and_sheets_that_explain_it() -> None:
    book = openpyxl.load_workbook(BytesIO(xlsx.render(table(ROW))))
    sheet = book["All columns"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", "A1:E2")
    assert book.sheetnames == ["Summary", "All columns", "Notes", "Definitions", "Origin"]


def summary(said: Table) -> list[list[object]]:
    """The cells of the first sheet, row by row, without those that are empty."""
    sheet = openpyxl.load_workbook(BytesIO(xlsx.render(said))).worksheets[0]
    return [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]


def test_the_first_sheet_of_xlsx_has_the_verdict_its_figures_and_the_first_columns() -> None:
    assert [row for row in summary(led(ROW, TULSA)) if row] == [
        [LEAD.verdict],
        [250.0004, "Drawn"],
        [1.25, "Drawn at its peak"],
        ["-", "Fresh since"],
        ["14 Jul 2026, 14:00", "Last reading"],
        ["A table, 1 Jul 2026 to 31 Jul 2026, all sites"],
        [
            "As of 1 Aug 2026, 00:00, known at 12 records, root abababababab...; times are local,"
            " America/New_York"
        ],
        ["Fresh", "Site", "Draw (MW)"],
        [True, "dalton", 250],
        [False, "tulsa", 0.0004],
    ]


def test_figures_of_xlsx_are_numbers_that_show_their_unit() -> None:
    sheet = openpyxl.load_workbook(BytesIO(xlsx.render(led(ROW)))).worksheets[0]
    assert [sheet["A3"].number_format, sheet["A4"].number_format] == ['#,##0.000" MW"', '#,##0.00" GW"']


def test_a_long_table_stands_once_in_xlsx_and_the_first_sheet_says_where(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(xlsx, "SUMMED", 1)
    assert summary(led(ROW, TULSA))[-1] == ["The 2 rows are on the sheet All columns."]


@pytest.mark.parametrize(("paper", "code"), [("letter", 1), ("a4", 9)])
def test_every_sheet_of_xlsx_is_printed_on_the_paper_of_its_sites(paper: Paper, code: int) -> None:
    book = openpyxl.load_workbook(BytesIO(xlsx.render(led(ROW)._replace(paper=paper))))
    assert {int(sheet.page_setup.paperSize) for sheet in book.worksheets} == {code}


def test_a_text_longer_than_a_cell_of_xlsx_holds_is_cut_and_a_note_says_so() -> None:
    book = openpyxl.load_workbook(BytesIO(xlsx.render(of("\U0001f600" * 20_000))))
    assert len(book["All columns"]["A2"].value.encode("utf-16-le")) == 2 * (xlsx.LONGEST - 1)
    assert any(
        "was cut at 32,767 characters" in str(row[0]) for row in book["Notes"].iter_rows(values_only=True)
    )


def test_every_quarter_hour_of_a_year_is_written_exactly_in_xlsx() -> None:
    """xlsxwriter 3.2 writes 16 digits; SheetJS then reads a third of the full hours 1 ms early."""
    rows = [(format_instant(1_767_225_600 + 900 * n),) for n in range(35_040)]
    said = table(*rows, columns=(Column("at", "At", "", ""),))
    archive = ZipFile(BytesIO(xlsx.render(said)))
    written = re.findall(r"<v>([^<]+)</v>", archive.read("xl/worksheets/sheet2.xml").decode())
    assert [float(text) * 96 for text in written] == [(46_023 * 96 + n) for n in range(35_040)]


def test_rows_beyond_a_sheet_go_on_in_the_next_and_a_note_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fleet year of quarter-hours has 1,226,400 rows; those past 1,048,575 were lost without a word."""
    monkeypatch.setattr(xlsx, "ROWS", 2)
    book = openpyxl.load_workbook(
        BytesIO(xlsx.render(table(*[(n,) for n in range(5)], columns=(COLUMNS[1],))))
    )
    sheets = [
        [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] for sheet in book.worksheets[1:4]
    ]
    assert (book.sheetnames[1:4], [len(rows) for rows in sheets]) == (
        ["All columns", "All columns 2", "All columns 3"],
        [2, 2, 1],
    )


def test_a_cell_that_the_writer_cannot_place_is_an_error_and_not_silence() -> None:
    with pytest.raises(Malformed, match="cannot be written to a workbook"):
        xlsx._check(-1)


def test_no_two_columns_of_a_sheet_have_one_header() -> None:
    """With zone UTC ``Start (UTC)`` stood twice, and a table of a spreadsheet renames one of them."""
    said = table(
        ("2026-07-14T18:00:00Z", "a", "b"),
        columns=(Column("at", "Start", "", ""), Column("one", "Name", "", ""), Column("two", "name", "", "")),
    )._replace(tz="UTC")
    sheet = openpyxl.load_workbook(BytesIO(xlsx.render(said)))["All columns"]
    headers = [cell.value for cell in sheet[1]]
    assert headers == ["Start (UTC)", "Start (UTC as text)", "Name", "name, two"]


@pytest.mark.parametrize("text", ["\n=1+1", "\r\n=1+1", " =1+1", "\u00a0@x", "＝1+1", "\n\n-1"])
def test_a_formula_behind_blanks_or_line_ends_is_neutralized_in_csv(text: str) -> None:
    rows = list(csv.reader(StringIO(BY_NAME["csv"].render(of(text)).decode(), newline="")))
    assert rows[1][0] == f"'{text}"


# --- PDF ----------------------------------------------------------------------------------------------------


@named
def test_a_hostile_name_is_plain_text_in_pdf(name: str) -> None:
    data = BY_NAME["pdf"].render(of(name))
    assert page_layout.printable(reading_back.escaped(name)).replace(" ", "") in reading_back.visible(data)
    assert not list(actions(PdfReader(BytesIO(data)).trailer["/Root"]))


@given(st.lists(st.text(max_size=40), min_size=1, max_size=3))
@settings(max_examples=tried(gate=12, search=25))
def test_any_text_can_be_printed(names: list[str]) -> None:
    said = table(*((name, 1, 1, 1, True) for name in names), notes=tuple(names))
    held = reading_back.attached(BY_NAME["pdf"].render(said))
    assert held["demo.json"] == BY_NAME["json"].render(said)


def actions(node: Any, seen: set[int] | None = None) -> Any:
    """Everything in a PDF that would do something when it is opened or clicked."""
    seen = set() if seen is None else seen
    node = node.get_object()
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, DictionaryObject):
        yield from (
            key for key in node if key in ("/JS", "/JavaScript", "/OpenAction", "/AA", "/URI", "/Launch")
        )
        for key, value in node.items():
            if key != "/Parent":
                yield from actions(value, seen)
    elif isinstance(node, ArrayObject):
        for value in node:
            yield from actions(value, seen)


def catalog(data: bytes) -> Any:
    """The objects of a PDF, from its root."""
    return PdfReader(BytesIO(data)).root_object


def test_pdf_claims_pdf_a_3a_and_pdf_ua_1_and_has_what_they_ask() -> None:
    root = catalog(BY_NAME["pdf"].render(table(ROW)))
    metadata = root["/Metadata"].get_data().decode()
    assert all(
        said in metadata
        for said in ("<pdfaid:part>3<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<", "<dc:title>", "A table")
    )
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"], root["/ViewerPreferences"]["/DisplayDocTitle"]) == (
        "en-US",
        True,
        True,
    )


def test_pdf_tags_the_header_of_every_table() -> None:
    root = catalog(BY_NAME["pdf"].render(table(ROW)))
    tables = [node for node in tagged(root["/StructTreeRoot"]) if node.get("/S") == "/Table"]
    headers = [[n["/S"] for n in tagged(one)].count("/TH") for one in tables]
    assert headers == [5, 4, 2, 3]


def tagged(node: Any) -> Any:
    node = node.get_object()
    if isinstance(node, ArrayObject):
        for child in node:
            yield from tagged(child)
    elif isinstance(node, DictionaryObject):
        yield node
        if "/K" in node:
            yield from tagged(node["/K"])


def test_pdf_attaches_what_it_is_given_as_an_associated_file() -> None:
    records = Attachment("records.jsonl", "application/jsonl", "the records", b'{"v":1}\n', "source")
    data = BY_NAME["pdf"].render(table(ROW)._replace(attachments=lambda: (records,)))
    files = [file.get_object() for file in catalog(data)["/AF"]]
    assert [file["/AFRelationship"] for file in files] == ["/Data", "/Data", "/Source"]
    assert reading_back.attached(data)["records.jsonl"] == b'{"v":1}\n'


def test_typst_has_nothing_to_warn_of() -> None:
    compiler: Any = typst.Compiler
    made, warnings = compiler(pdf.sources(table(ROW)), ignore_system_fonts=True).compile_with_warnings(
        format="pdf", pdf_standards=pdf.STANDARDS, timestamp=0
    )
    assert made
    assert [str(warning) for warning in warnings] == []


def test_every_character_that_is_taken_for_printable_has_a_glyph() -> None:
    characters = [
        chr(c) for first, last in page_layout.PRINTED for c in range(first, last + 1) if chr(c).isprintable()
    ]
    note = " ".join(sorted({*characters, *page_layout.PRINTED_ALONE}))
    assert BY_NAME["pdf"].render(table(ROW, notes=(note,)))


def test_a_wide_table_is_split_into_parts_that_repeat_the_row_names() -> None:
    columns = (COLUMNS[0], *(Column(f"figure{n}", f"Figure number {n}", "", "") for n in range(40)))
    laid = page_layout.layout(table(*([("dalton", *range(40))] * 5), columns=columns))
    assert len(laid.first) > 1
    assert [part.columns[0].title for part in laid.first] == ["Site"] * len(laid.first)
    assert [c.title for part in laid.first for c in part.columns[1:]] == [c.title for c in columns[1:]]


def test_paper_has_the_first_columns_in_their_order_and_then_the_others_beside_what_names_a_row() -> None:
    laid = page_layout.layout(led(ROW, TULSA))
    assert [[c.title for c in part.columns] for part in (*laid.first, *laid.rest)] == [
        ["Fresh", "Site", "Draw (MW)"],
        ["Site", "Share (%)", "Paid (USD)"],
    ]


def test_the_first_page_of_pdf_has_the_verdict_its_figures_a_picture_and_the_first_columns() -> None:
    picture = Plot("Load", "It was low.", Names("", ("x",)), "", "W", (Layer("x", "bar", ((0, 1),)),))
    said = led(ROW, TULSA)._replace(pictures=lambda: (picture,))
    pages = [page.extract_text() for page in PdfReader(BytesIO(BY_NAME["pdf"].render(said))).pages]
    first = " ".join(pages[0].split())
    wanted = (LEAD.verdict, "250 MW", "1.25 GW", "It was low.", "tulsa", "<0.001")
    assert [words for words in wanted if words not in first] == []
    assert ("Share" in first, "Other columns" in pages[1]) == (False, True)


@pytest.mark.parametrize(("paper", "size_pt"), [("letter", (792, 612)), ("a4", (842, 595))])
def test_pdf_and_docx_are_on_the_paper_of_their_sites(paper: Paper, size_pt: tuple[int, int]) -> None:
    said = led(ROW)._replace(paper=paper)
    box = PdfReader(BytesIO(BY_NAME["pdf"].render(said))).pages[0].mediabox
    word = ZipFile(BytesIO(BY_NAME["docx"].render(said))).read("word/document.xml").decode()
    twips = re.findall(r'<w:pgSz w:w="(\d+)" w:h="(\d+)"', word)[0]
    assert (round(box.width), round(box.height)) == size_pt
    assert tuple(round(int(side) / 20) for side in twips) == size_pt


def test_paper_leaves_out_rows_that_nobody_reads_and_says_where_all_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page_layout, "CELLS", 500)
    data = BY_NAME["pdf"].render(table(*((f"site-{n}", n, n, n, True) for n in range(1200))))
    assert "Rows1to100of1,200;allareintheattachedfiles" in reading_back.visible(data)
    assert reading_back.attached(data)["demo.csv"].count(b"\r\n") == 1201


@given(pictures)
@settings(max_examples=tried(gate=10, search=20))
def test_any_picture_can_be_printed_with_its_words(picture: Picture) -> None:
    said = table(ROW)._replace(pictures=lambda: (picture,))
    root = catalog(BY_NAME["pdf"].render(said))
    figures = [node for node in tagged(root["/StructTreeRoot"]) if node.get("/S") == "/Figure"]
    assert [str(figure["/Alt"]) for figure in figures] == [page_layout.alternative(picture)]


# --- DOCX ---------------------------------------------------------------------------------------------------


@named
def test_a_hostile_name_is_plain_text_in_docx(name: str) -> None:
    data = BY_NAME["docx"].render(of(name))
    shown = next(iter(reading_back.tables_of_docx(data)))[1][0]
    assert reading_back.agrees(shown, "Site", name, "", "Site")
    assert ZipFile(BytesIO(data)).read("word/document.xml").count(b"<w:fldSimple") == 0


def test_docx_has_real_headings_and_repeats_the_header_row() -> None:
    said = ZipFile(BytesIO(BY_NAME["docx"].render(table(ROW)))).read("word/document.xml").decode()
    assert said.count("<w:tblHeader/>") == said.count("<w:tbl>") == 3
    assert re.findall(r'w:pStyle w:val="([A-Za-z0-9]+)"', said)[:2] == ["Title", "Heading1"]


def test_docx_bears_the_time_of_the_last_record_and_no_other() -> None:
    file = ZipFile(BytesIO(BY_NAME["docx"].render(table(ROW))))
    assert {info.date_time for info in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert set(re.findall(rb"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", file.read("docProps/core.xml"))) == {
        b"2026-08-02T00:00:00Z"
    }


@given(pictures)
@settings(max_examples=tried(gate=4, search=8))
def test_any_picture_is_in_docx_with_its_words_and_the_same_twice(picture: Picture) -> None:
    said = table(ROW)._replace(pictures=lambda: (picture,))
    data = BY_NAME["docx"].render(said)
    document = ElementTree.fromstring(ZipFile(BytesIO(data)).read("word/document.xml"))
    described = [node.get("descr") for node in document.iter() if node.tag.endswith("}docPr")]
    assert described == [page_layout.alternative(picture)]
    assert BY_NAME["docx"].render(said) == data
