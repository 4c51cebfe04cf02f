"""DOCX (ECMA-376), by python-docx: for users who must edit and submit Word files. Needs the
extra ``wattledger[docx]``.

Laid out as the PDF is (``page_layout``), on its paper across: the verdict and its figures, a picture, the
first columns, then the others; real headings, tables whose header row is repeated on every page and that say
in words what they are, notes, definitions, method, and instructions for checking. It carries no files; the
exact figures are in JSON and CSV. Equal tables give equal bytes (with the same zlib): it bears the time at
which the last record known was taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ledger.errors import inert
from projections.engine.pictures import Picture
from projections.engine.table import Paper, Table
from projections.render import display, page_layout, provenance
from projections.render.page_layout import PaperLayout, Part

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement

MARGIN_MM: Final = 14
PICTURE_MM: Final = 235
LOW_MM: Final = 165  # on the first page
PAPERS_TWIPS: Final[dict[Paper, tuple[int, int]]] = {"a4": (16_838, 11_906), "letter": (15_840, 12_240)}
TWIPS_AN_EM: Final = 170  # type of 8.5 pt, in twentieths of a point
_W: Final = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_LINE: Final = 'w:val="single" w:sz="4" w:space="0" w:color="C9D1DB"'
_RIGHT: Final = '<w:jc w:val="right"/>'
_SHADE: Final = '<w:shd w:val="clear" w:color="auto" w:fill="E8EDF3"/>'

Columns = Sequence[tuple[str, int, bool]]  # title, width in hundredths of an em, true for amounts


def render(table: Table) -> bytes:
    """The table as a Word file."""
    import docx

    document = docx.Document()
    _prepare(document, table)
    laid, pictures = page_layout.layout(table), page_layout.pictures(table)
    low = bool(pictures) and page_layout.is_low(page_layout.drawn(pictures[0]))
    document.add_heading(table.title, 0)
    _heading(document, table)
    if low:
        _picture(document, pictures[0], LOW_MM)
    _parts(document, table, laid.first, laid)
    if display.has_unknown(table):
        document.add_paragraph(display.UNKNOWN_SAID)
    _notes(document, table)
    _pictures(document, pictures[low:], "More pictures" if low else "At a glance")
    _parts(document, table, laid.rest, laid)
    _appendix(document, table)
    out = BytesIO()
    document.save(out)
    return _repacked(out.getvalue())


def _parts(document: Document, table: Table, parts: Sequence[Part], laid: PaperLayout) -> None:
    for part in parts:
        heading = document.add_heading(page_layout.part_title(part, laid), 1)
        heading.paragraph_format.page_break_before = part is next(iter(laid.rest), None)
        said = page_layout.said(laid, table, "all are in the JSON, CSV and XLSX forms")
        if said:
            document.add_paragraph(said)
        if part.rows:
            columns = [(c.title, c.width, c.numeric) for c in part.columns]
            _table(document, table.title, columns, zip(*(c.cells for c in part.columns), strict=True))


def _prepare(document: Document, table: Table) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm, Pt, Twips

    properties = document.core_properties
    made = provenance.made_at(table)
    properties.title, properties.author, properties.last_modified_by = table.title, "wattledger", "wattledger"
    properties.subject = f"{table.report}, definition {table.definition_version}"
    properties.comments = provenance.prefix(table)
    properties.language, properties.revision = "en-US", 1
    properties.created = properties.modified = made
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = map(Twips, PAPERS_TWIPS[table.paper])
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(MARGIN_MM)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size, normal.paragraph_format.space_after = "Calibri", Pt(10), Pt(4)
    section.footer.paragraphs[0].text = page_layout.plain(
        f"{table.report}, definition {table.definition_version}; {provenance.prefix(table)}; page "
    )
    section.footer.paragraphs[0]._p.append(_parsed(f'<w:fldSimple {_W} w:instr="PAGE"/>'))


def _heading(document: Document, table: Table) -> None:
    """The verdict with its figures, then the scope of the report."""
    lead = table.lead()
    if lead:
        document.add_paragraph().add_run(page_layout.plain(lead.verdict)).bold = True
        widths = (("Figure", 3400, False), ("Amount", 2400, False))
        figures = [[*map(page_layout.plain, figure)] for figure in display.figures(table, lead)]
        _table(document, "The verdict in figures", widths, figures)
    if table.filters:
        document.add_paragraph(page_layout.plain(f"Only {display.only(table)}"))
    for name, words in display.parties(table):
        document.add_paragraph(page_layout.plain(f"{name}: {words}"))
    document.add_paragraph(
        f"{display.period(table)}, {display.clock_of(table.tz)}; as of {display.moment(table.as_of, table.tz)};"
        f" {page_layout.plain(provenance.prefix(table))}"
    )


def _notes(document: Document, table: Table) -> None:
    if table.notes:
        document.add_heading("Notes", 1)
    for note in table.notes:
        document.add_paragraph(inert(note), style="List Bullet")


def _pictures(document: Document, pictures: Sequence[Picture], heading: str) -> None:
    if pictures:
        document.add_heading(heading, 1)
    for picture in pictures:
        _picture(document, picture, PICTURE_MM)


def _picture(document: Document, picture: Picture, wide_mm: int) -> None:
    """A picture with its alternative text."""
    from docx.shared import Mm

    shape = document.add_picture(BytesIO(_png(picture)), width=Mm(wide_mm))
    shape._inline.docPr.set("descr", page_layout.alternative(picture))
    document.add_paragraph(page_layout.plain(picture.says))


def _png(picture: Picture) -> bytes:
    """The picture as PNG, since python-docx cannot insert SVG."""
    import typst

    page = f'#set page(width: {PICTURE_MM}mm, height: auto, margin: 0pt)\n#image("picture.svg", width: 100%)'
    draw: Any = typst.compile
    drawn: bytes = draw(
        {"main.typ": page.encode(), "picture.svg": page_layout.drawn(picture)},
        format="png",
        ppi=200,
        ignore_system_fonts=True,
    )
    return drawn


def _appendix(document: Document, table: Table) -> None:
    from docx.shared import Pt

    document.add_heading("What each figure is", 1)
    definitions = [(c.title, c.unit, c.name, c.definition) for c in table.columns]
    widths = (
        ("Title", 1400, False),
        ("Exact unit", 900, False),
        ("In JSON and CSV", 1900, False),
        ("How it is made", 4700, False),
    )
    _table(document, "What each figure is", widths, definitions)
    document.add_heading("How to check it", 1)
    document.add_paragraph(page_layout.CHECKING)
    _table(
        document,
        "Where the report comes from",
        (("What", 1900, False), ("Value", 7000, False)),
        provenance.facts(table),
    )
    document.add_heading("How the report is made", 1)
    for paragraph in page_layout.method(table):
        run = document.add_paragraph().add_run(("\n" if paragraph.laid_out else " ").join(paragraph.lines))
        if paragraph.laid_out:
            run.font.name, run.font.size = "Courier New", Pt(8)


# --- tables -------------------------------------------------------------------------------------------------


def _table(document: Document, described: str, columns: Columns, rows: Iterable[Sequence[str]]) -> None:
    """A table, written as XML in one piece: python-docx takes minutes for it cell by cell."""
    widths = [(width + page_layout.GAP) * TWIPS_AN_EM // 100 for _, width, _ in columns]
    right = [numeric for _, _, numeric in columns]
    xml = [
        f"<w:tbl {_W}><w:tblPr>",
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/>',
        f"<w:tblBorders><w:bottom {_LINE}/><w:insideH {_LINE}/></w:tblBorders>",
        '<w:tblLayout w:type="fixed"/>',
        '<w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar>',
        (
            '<w:tblLook w:firstRow="1" w:lastRow="0" w:firstColumn="1" w:lastColumn="0" w:noHBand="0"'
            ' w:noVBand="1"/>'
        ),
        f'<w:tblCaption w:val="{escape(described)}"/></w:tblPr>',
        "<w:tblGrid>",
        *(f'<w:gridCol w:w="{width}"/>' for width in widths),
        "</w:tblGrid>",
        *_row([title for title, _, _ in columns], widths, right, header=True),
    ]
    for row in rows:
        xml += _row(row, widths, right, header=False)
    document.element.body.insert_element_before(_parsed("".join([*xml, "</w:tbl>"])), "w:sectPr")
    document.add_paragraph()


def _row(
    cells: Sequence[str], widths: Sequence[int], right: Sequence[bool], *, header: bool
) -> Iterator[str]:
    repeated, shade, bold = ("<w:tblHeader/>", _SHADE, "<w:b/>") if header else ("", "", "")
    yield f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>"
    for cell, width, numeric in zip(cells, widths, right, strict=True):
        yield (
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}</w:tcPr><w:p><w:pPr><w:spacing'
            f' w:before="20" w:after="20"/>{_RIGHT if numeric else ""}</w:pPr><w:r><w:rPr>{bold}<w:sz'
            ' w:val="15"/></w:rPr><w:t'
            f' xml:space="preserve">{escape(cell, quote=False)}</w:t></w:r></w:p></w:tc>'
        )
    yield "</w:tr>"


def _parsed(xml: str) -> BaseOxmlElement:
    from docx.oxml.parser import parse_xml

    return parse_xml(xml)


def _repacked(data: bytes) -> bytes:
    """The same file without the times at which its members were written."""
    out = BytesIO()
    with ZipFile(BytesIO(data)) as source, ZipFile(out, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(ZipInfo(name), source.read(name), ZIP_DEFLATED)
    return out.getvalue()
