"""Renderers: every format says what the table says, the same bytes twice, and no name can do harm in any of
them.
"""

from __future__ import annotations

import csv
import json
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.engine.report import Cell, Column, Lead, LeadFigure, ReportRow
from projections.engine.table import KnownAt, Table
from projections.render import csv_file
from projections.render.formats import BY_NAME, FORMATS, ReportFormat

COLUMNS = (
    Column("site", "Site", "where", unit=""),
    Column("draw_w", "Draw", "how much", unit="W"),
    Column("share_ppm", "Share", "of the whole", unit="ppm"),
    Column("paid_cents", "Paid", "money", unit="cent"),
    Column("fresh", "Fresh", "is it?", unit=""),
)
ROW: tuple[Cell, ...] = ("dalton", 250_000_000, 971_234, -1250, True)
HOSTILE = [
    "=HYPERLINK(1)",
    "@SUM(A1)",
    "+1",
    "-1",
    "\t=1",
    "'x",
    "a,b",
    'a"b',
    "a\r\nb",
    "<script>",
    "{{7*7}}",
    "\u202ermit",
]


def table(
    *rows: tuple[Cell, ...], columns: tuple[Column, ...] = COLUMNS, notes: tuple[str, ...] = ()
) -> Table:
    return Table(
        report="demo",
        definition_version=1,
        title="A table",
        start="2026-07-01T04:00:00Z",
        stop="2026-08-01T04:00:00Z",
        tz="America/New_York",
        as_of="2026-08-01T04:00:00Z",
        known_at=KnownAt(12, "ab" * 32, "2026-08-02T00:00:00.000000Z"),
        tzdata="2026f",
        filters=(),
        columns=columns,
        keys=1,
        rows=tuple(map(ReportRow, rows)),
        notes=notes,
        definition="",
    )


def from_csv(said: Table) -> list[list[str]]:
    return list(csv.reader(StringIO(csv_file.render(said).decode(), newline="")))


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_the_same_table_gives_the_same_bytes(form: ReportFormat) -> None:
    assert form.render(table(ROW)) == form.render(table(ROW))


def test_json_has_exactly_the_members_of_the_contract_in_their_order() -> None:
    assert list(json.loads(BY_NAME["json"].render(table(ROW)))) == [
        "report",
        "definition_version",
        "title",
        "window",
        "as_of",
        "known_at",
        "tzdata",
        "columns",
        "rows",
        "notes",
    ]


def test_json_values_are_integers_in_the_columns_unit() -> None:
    said = json.loads(BY_NAME["json"].render(table(ROW)))
    assert said["rows"] == [
        {"site": "dalton", "draw_w": 250_000_000, "share_ppm": 971_234, "paid_cents": -1250, "fresh": True}
    ]
    assert [column["unit"] for column in said["columns"]] == ["", "W", "ppm", "cent", ""]


def test_unknown_is_null_in_json_and_empty_in_csv() -> None:
    unknown = table(("dalton", None, None, None, None))
    assert json.loads(BY_NAME["json"].render(unknown))["rows"][0]["draw_w"] is None
    assert from_csv(unknown)[1] == ["dalton", "", "", "", ""]


cells = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**60), 2**60), st.sampled_from(HOSTILE), st.text(max_size=8)
)


@given(st.lists(st.tuples(cells, cells, cells, cells, cells), max_size=4))
def test_csv_says_cell_by_cell_what_json_says(rows: list[tuple[Cell, ...]]) -> None:
    said = table(*rows)
    exact = [list(row.values()) for row in json.loads(BY_NAME["json"].render(said))["rows"]]
    assert [[_read(cell) for cell in row] for row in from_csv(said)[1:]] == [
        [_plain(cell) for cell in row] for row in exact
    ]


def _read(cell: str) -> str:
    """A field as the module says it is read back: one apostrophe in front is a guard."""
    return cell[1:] if cell.startswith("'") else cell


def _plain(cell: Cell) -> str:
    return "" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_begins_a_formula_in_a_spreadsheet(name: str) -> None:
    cell = from_csv(table((name, 1, 1, 1, True)))[1][0]
    assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r")


def test_a_negative_number_stays_a_number_in_csv() -> None:
    assert from_csv(table(ROW))[1][3] == "-1250"


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_name_or_note_can_move_the_cursor(name: str, note: str) -> None:
    text = BY_NAME["text"].render(table((name, 1, 1, 1, True), notes=(note,))).decode()
    assert all(line.isprintable() for line in text.split("\n"))


LEAD = Lead(
    "1 of 2 sites is fresh; tulsa draws next to nothing.",
    (
        LeadFigure("Drawn", 250_000_400, "W"),
        LeadFigure("Drawn at its peak", 1_250_000_000, "W", "GW"),
        LeadFigure("Fresh since", None, ""),
        LeadFigure("Last reading", "2026-07-14T18:00:00Z", ""),
    ),
)
TULSA: tuple[Cell, ...] = ("tulsa", 400, 1, 0, False)


def led(*rows: tuple[Cell, ...]) -> Table:
    """A table with a lead, that shows three of its columns first, a verdict before what is judged."""
    return table(*rows)._replace(lead=lambda: LEAD, first=("fresh", "site", "draw_w"))


def text(*rows: tuple[Cell, ...], width: int = 100) -> str:
    return BY_NAME["text"].render(table(*rows), width).decode()


def test_text_begins_with_the_verdict_and_its_figures_in_fixed_units() -> None:
    assert BY_NAME["text"].render(led(ROW)).decode().splitlines()[:7] == [
        "1 of 2 sites is fresh; tulsa draws next to nothing.",
        "",
        "  Drawn              250 MW",
        "  Drawn at its peak  1.25 GW",
        "  Fresh since        -",
        "  Last reading       14 Jul 2026, 14:00",
        "",
    ]


def test_text_shows_the_first_columns_in_their_order_and_says_how_to_see_the_others() -> None:
    lines = BY_NAME["text"].render(led(ROW, TULSA)).decode().splitlines()
    assert lines[12:] == [
        "Fresh  Site    Draw (MW)",
        "-----  ------  ---------",
        "yes    dalton    250.000",
        "no     tulsa      <0.001",
        "",
        "- is unknown or does not apply.",
        "2 more columns: --columns all.",
        "Figures are rounded for display; exact: --format json or csv.",
    ]


def test_text_says_window_as_of_and_known_at_in_local_time() -> None:
    assert text(ROW).splitlines()[:4] == [
        "A table  (demo, definition 1)",
        "window   2026-07-01 00:00 -04:00 to 2026-08-01 00:00 -04:00  (America/New_York, tz database 2026f)",
        "as of    2026-08-01 00:00 -04:00",
        "known at 12 records, root abababababababab..., last taken 2026-08-02T00:00:00.000000Z",
    ]


def test_a_column_has_one_unit_whatever_it_holds_so_that_months_can_be_stacked() -> None:
    """A month of 0.9 GW and one of 1.1 GW had other headers, and their rows could not stand together."""
    months = [text(("dalton", draw_w, 1, 1, True)).splitlines()[5] for draw_w in (900_000_000, 1_100_000_000)]
    assert months == ["Site    Draw (MW)  Share (%)  Paid (USD)  Fresh"] * 2


def test_text_shows_points_below_each_other_and_no_zero_that_is_none() -> None:
    assert text(ROW, TULSA).splitlines()[5:9] == [
        "Site    Draw (MW)  Share (%)  Paid (USD)  Fresh",
        "------  ---------  ---------  ----------  -----",
        "dalton    250.000     97.123      -12.50  yes",
        "tulsa      <0.001     <0.001        0.00  no",
    ]


LONG: tuple[Column, ...] = (
    COLUMNS[0],
    Column("eaf_ppm", "EAF of the site", "AH / PH", unit="ppm"),
    Column("ah_s", "AH", "available hours", unit="s"),
    Column("why", "Why", "the reason", unit=""),
)


def long(width: int) -> list[str]:
    """The lines of a table with a long text, from its header to its figures."""
    said = table(("dalton", 1_000_000, 3600, "no reading of two meters in three of its hours"), columns=LONG)
    return BY_NAME["text"].render(said, width).decode().splitlines()[5:]


def test_where_a_line_is_short_a_long_title_stands_on_several_and_a_long_text_is_wrapped() -> None:
    assert long(60)[:6] == [
        "          EAF of",
        "        the site   AH",
        "Site         (%)  (h)  Why",
        "------  --------  ---  -------------------------------------",
        "dalton       100    1  no reading of two meters in three of",
        "                       its hours",
    ]


def test_a_table_wider_than_the_terminal_is_folded_under_its_key() -> None:
    assert text(ROW, width=30).splitlines()[5:7] == ["dalton", "  Draw (MW)  250"]


def test_text_explains_the_abbreviations_of_its_titles_and_those_in_their_meanings() -> None:
    assert long(100)[3:6] == ["", "EAF of the site: AH / PH", "AH: available hours"]


def test_text_leaves_the_offset_of_a_time_out_but_on_the_day_on_which_clocks_change() -> None:
    """01:30 came twice on 1 November 2026; on every other day the zone in the heading says all."""
    stored = ("2026-07-14T18:00:00Z", "2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z", None)
    said = table(*((at,) for at in stored), columns=(Column("at", "At", "when", ""),))
    lines = BY_NAME["text"].render(said).decode().splitlines()[7:11]
    assert lines == ["2026-07-14 14:00", "2026-11-01 01:30 -04:00", "2026-11-01 01:30 -05:00", "-"]


def test_amounts_that_are_all_unknown_stand_to_the_right_as_amounts_do() -> None:
    assert text(("dalton", None, 1, 1, True)).splitlines()[7].startswith("dalton          -")


def test_text_without_rows_says_so() -> None:
    assert "(no rows)" in text()
