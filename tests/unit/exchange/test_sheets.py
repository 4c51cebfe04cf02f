"""Messy sheets: rows become facts, are refused with the reason, or are told; nothing is lost or changed."""

from __future__ import annotations

from datetime import datetime, time
from io import BytesIO
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from ledger.errors import Malformed
from ledger.exchange.sheets.template import template
from ledger.exchange.story import format_claim
from ledger.kinds import kind_of
from tests.support.workbooks import csv_bytes, filled, messages, read, saved, workbook

MAP = """
dates = "mdy"
site = "sandersville"
[fields]
block = { column = "Unit", slug = true }
outage = { column = "Ticket", slug = true }
[[fact]]
kind = "outage-started"
at = { column = "Date", time = "Start" }
[fact.fields]
derate = { column = "Lost MW", unit = "MW" }
outage_class = { column = "Type", values = { "Trip" = "forced-u1" } }
outside_management_control = false
cause = { column = "Why" }
[[fact]]
kind = "outage-ended"
when = [{ column = "End", blank = false }]
at = { column = "Date", time = "End", after = "Start" }
"""
HEADER = ("Ticket", "Unit", "Date", "Start", "End", "Lost MW", "Type", "Why")
ROW = ("INC 1", "M1", datetime(2026, 7, 21), time(14, 30), time(16), 20, "Trip", "breaker")
STARTED = (
    "2026-07-21T18:30Z sandersville outage-started block=m1 outage=inc-1 outage_class=forced-u1 derate=20MW "
    "cause=breaker outside_management_control=false"
)
ENDED = "2026-07-21T20:00Z sandersville outage-ended outage=inc-1"


def sheet(*rows: Any, header: Any = HEADER) -> bytes:
    return saved(workbook([header, *rows]))


def row(**changes: Any) -> tuple[Any, ...]:
    return tuple(changes.get(name.replace(" ", "_"), cell) for name, cell in zip(HEADER, ROW, strict=True))


def facts(data: bytes, map_text: str | None = MAP, **more: Any) -> list[str]:
    """The facts of a file as story text, without their source; nothing may be wrong."""
    found = read(data, map_text, **more)
    assert messages(found) == []
    return [format_claim(claim).partition(" source=")[0] for claim in found.claims]


def why(data: bytes, map_text: str = MAP) -> str:
    """What is wrong with the one bad row of a file, which makes no fact."""
    found = read(data, map_text)
    (problem,) = found.problems
    assert found.claims == ()
    return problem.message


# --- rows that are facts ------------------------------------------------------------------------------------


def test_a_row_with_begin_and_end_is_two_facts() -> None:
    """A line of an outage log is the start of an outage and its end."""
    assert facts(sheet(ROW)) == [STARTED, ENDED]


def test_the_same_rows_as_csv_are_the_same_facts() -> None:
    """The log is saved as CSV in an office with US settings."""
    data = csv_bytes(
        """
        Ticket,Unit,Date,Start,End,Lost MW,Type,Why
        INC 1,M1,7/21/2026,2:30 PM,16:00,20,Trip,breaker
        """
    )
    assert facts(data) == [STARTED, ENDED]


def test_a_fact_names_its_file_its_row_and_the_hash_of_the_file() -> None:
    """An auditor asks where a record came from."""
    found = read(sheet(ROW), MAP)
    source: Any = found.claims[0].source
    assert (source.name, source.ref, len(source.sha256)) == ("log.xlsx", "Log row 2", 64)


def losses(*texts: str) -> bytes:
    """A log whose losses were typed as text."""
    return sheet(*(row(Ticket=f"INC {n}", Lost_MW=text, End=None) for n, text in enumerate(texts, start=1)))


def test_a_thousand_under_a_decimal_comma_is_refused() -> None:
    """1,000 MW beside 5,5 MW was recorded as 1 MW; the other row is recorded."""
    found = read(losses("5,5", "1,000"), f'decimal = ","\n{MAP}')
    assert (len(found.claims), messages(found)) == (
        1,
        ["log.xlsx:3: 'Lost MW' can mean 1000 or 1: '1,000'; write 1000, or 1,0000 if it is 1"],
    )


def test_a_refused_thousand_is_refused_alone_too() -> None:
    """The operator imports the file of refused rows without mending it, where no other row tells."""
    assert "can mean 1234 or 1.234: '1,234'" in why(losses("1,234"), f'decimal = ","\n{MAP}')


@pytest.mark.parametrize("texts", [("0,500", "1,000"), ("0,5", "1,0000")])
def test_decimals_that_the_column_shows_are_read_under_a_decimal_comma(texts: tuple[str, ...]) -> None:
    """A column of three decimals throughout says so by a cell below one; a fourth decimal says it too."""
    found = facts(losses(*texts), f'decimal = ","\n{MAP}')
    assert [part for fact in found for part in fact.split() if "derate" in part] == [
        "derate=500kW",
        "derate=1MW",
    ]


def test_an_outage_that_is_not_over_has_no_end() -> None:
    """The cell of the end is blank."""
    assert facts(sheet(row(End=None))) == [STARTED]


def test_an_end_before_the_begin_is_on_the_next_day() -> None:
    """The breaker tripped at half past eleven and was back at a quarter past one."""
    assert facts(sheet(row(Start=time(23, 30), End=time(1, 15))))[1] == (
        "2026-07-22T05:15Z sandersville outage-ended outage=inc-1"
    )


@pytest.mark.parametrize(
    ("start", "end", "ended"),
    [
        ("1:30 EDT", "1:10 EST", "2026-11-01T06:10Z"),
        ("23:30 EST", "1:10 EST", "2026-11-02T06:10Z"),
        ("0:30", "1:10 EST", "2026-11-01T06:10Z"),
    ],
)
def test_an_end_that_shows_less_as_clocks_are_put_back_is_on_the_same_day(
    start: str, end: str, ended: str
) -> None:
    """The breaker tripped before two, and was back after the hour that came twice; or the day after."""
    data = sheet(row(Date=datetime(2026, 11, 1), Start=start, End=end))
    assert facts(data)[1] == f"{ended} sandersville outage-ended outage=inc-1"


def test_an_end_that_may_be_in_the_hour_that_comes_twice_is_refused() -> None:
    """1:10 after 1:30 is that night or the next; nobody guesses a day."""
    data = sheet(row(Date=datetime(2026, 11, 1), Start="1:30 EDT", End=time(1, 10)))
    assert "happens twice" in why(data)


def test_a_length_of_time_gives_the_end() -> None:
    """The log has a column of hours in place of the end."""
    text = MAP.replace('time = "End", after = "Start" }', 'time = "Start", plus = "End", unit = "hours" }')
    assert facts(sheet(row(End=1.5)), text)[1] == ENDED


def test_rows_in_any_order_are_recorded_in_the_order_of_their_time() -> None:
    """The newest row is on top."""
    later = row(Ticket="INC 2", Date=datetime(2026, 7, 22))
    assert [line[:10] for line in facts(sheet(later, ROW))] == ["2026-07-21"] * 2 + ["2026-07-22"] * 2


def test_a_column_says_the_kind_and_the_site() -> None:
    """One log holds several events of two sites, whose names in it are not those of the book."""
    text = """
    site = { column = "Site", values = { "Sandersville GA" = "sandersville", "Norcross" = "norcross" } }
    zone = "America/New_York"
    [fields]
    dispatch = { column = "No" }
    block = { column = "Unit" }
    [[fact]]
    kind = { column = "Event", values = { Start = "curtailment-started", End = "curtailment-ended", Call = "skip" } }
    at = { column = "When" }
    """
    rows = [
        ("Sandersville GA", "Start", "d7", "m1", datetime(2026, 7, 14, 14)),
        ("Norcross", "End", "d8", "a1", datetime(2026, 7, 14, 15)),
        ("Norcross", "Call", None, None, None),
    ]
    data = sheet(*rows, header=("Site", "Event", "No", "Unit", "When"))
    found = read(data, text)
    assert ([format_claim(claim).partition(" source=")[0] for claim in found.claims], found.notes) == (
        [
            "2026-07-14T18:00Z sandersville curtailment-started dispatch=d7 block=m1",
            "2026-07-14T19:00Z norcross curtailment-ended dispatch=d8 block=a1",
        ],
        ("log.xlsx: 1 row is skipped: Event is 'Call'",),
    )


def test_names_are_made_of_columns_the_same_each_time() -> None:
    """The log has no numbers; unit and time name an outage."""
    text = MAP.replace(
        '{ column = "Ticket", slug = true }', '{ columns = ["Unit", "Date", "Start"], slug = true }'
    )
    assert "outage=m1-2026-07-21-14-30" in facts(sheet(ROW), text)[0]


def test_a_name_made_of_a_text_keeps_all_of_it() -> None:
    """08:00 and 08:30 of a CSV file are two outages, and so are 08 and 08:00."""
    data = csv_bytes("Ticket,Unit,Date,Start,End,Lost MW,Type,Why\n1,m1,2026-07-21,08:00,,20,Trip,x")
    text = MAP.replace(
        '{ column = "Ticket", slug = true }', '{ columns = ["Unit", "Date", "Start"], slug = true }'
    )
    assert "outage=m1-2026-07-21-08-00" in facts(data, text)[0]


def test_an_id_made_of_columns_is_the_same_whatever_else_the_row_says() -> None:
    """The cause is corrected in the sheet: the same id then says something else, which the book refuses."""
    text = MAP.replace("[[fact]]", '[[fact]]\nid = ["Ticket"]', 1)
    ids = {read(sheet(row(Why=cause)), text).claims[0].id for cause in ("breaker", "fuse")}
    assert len(ids) == 1


def test_the_site_of_a_new_site_gives_the_zone_of_its_rows() -> None:
    """A workbook registers a site and tells its first block; nobody typed a zone beside the times."""
    data = filled(
        template([kind_of("load-block-commissioned"), kind_of("site-registered")], {}), {"Time zone": None}
    )
    assert [line[:17] for line in facts(data, None, zones={})] == ["2026-01-05T10:00Z", "2026-03-01T10:00Z"]


# --- what sheets have beside facts --------------------------------------------------------------------------


def test_preamble_blank_rows_and_a_repeated_header_are_no_facts() -> None:
    """A printed log has a title, empty lines, and its header on each page."""
    assert facts(saved(workbook([("Outage log",), (), HEADER, ROW, (), HEADER]))) == [STARTED, ENDED]


def test_totals_are_skipped_and_told() -> None:
    """The last row adds up the megawatts."""
    text = 'skip = [{ column = "Ticket", begins = "Total" }]\n' + MAP
    found = read(sheet(ROW, ("Total July", None, None, None, None, 20)), text)
    assert (len(found.claims), found.notes) == (2, ("log.xlsx: 1 row is skipped: Ticket is 'Total July'",))


def test_totals_that_nobody_said_to_skip_are_refused() -> None:
    """Nothing is passed over because a program thinks that it looks like a total."""
    assert "'Unit' is blank" in why(sheet(("Total", None, None, None, None, 20)))


def test_hidden_rows_are_read_and_told() -> None:
    """A filter hides rows of the other shift."""
    book = workbook([HEADER, ROW])
    book.active.row_dimensions[2].hidden = True
    found = read(saved(book), MAP)
    assert (len(found.claims), "1 hidden row is read too: 2" in found.notes[0]) == (2, True)


def test_hidden_rows_are_left_out_where_the_map_says_so() -> None:
    """Hidden rows of this log were struck out."""
    book = workbook([HEADER, ROW])
    book.active.row_dimensions[2].hidden = True
    found = read(saved(book), 'hidden = "skip"\n' + MAP)
    assert (found.claims, found.notes) == ((), ("log.xlsx: 1 row is skipped: hidden",))


def test_a_cell_merged_down_counts_for_each_row() -> None:
    """Two outages of one unit have the unit written once."""
    book = workbook([HEADER, ROW, row(Ticket="INC 2", Unit=None, Start=time(17), End=time(18))])
    book.active.merge_cells("B2:B3")
    assert "block=m1 outage=inc-2" in facts(saved(book))[2]


def test_a_cell_merged_over_columns_is_refused() -> None:
    """The same text would be ticket and unit."""
    book = workbook([HEADER, ROW])
    book.active.merge_cells("A2:B2")
    assert "merged over several columns (A2:B2)" in why(saved(book))


def test_two_equal_rows_are_one_fact_and_told() -> None:
    """A row was pasted twice."""
    found = read(sheet(ROW, ROW), MAP)
    assert (len(found.claims), "row 3 is the same as row 2; it is recorded once" in found.notes[0]) == (
        2,
        True,
    )


# --- rows that cannot be meant ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"Lost_MW": "abc"}, "'Lost MW' is not a number: 'abc'"),
        ({"Lost_MW": None}, "'Lost MW' is blank, and outage-started needs derate"),
        ({"Date": "7/32/2026"}, "is not a date that exists"),
        ({"Date": None}, "'Date' is blank, so the row has no time"),
        ({"Start": None}, "'Start' is blank, so the row has no time"),
        ({"Start": "half past"}, "'Start' is not a time of day"),
        ({"Date": 46224}, "set serial"),
        ({"Type": "Fire"}, "'Type' is 'Fire', which the map's values do not have (Trip)"),
        ({"Why": "x" * 5000}, "'Why': cause must be 1 to 4,096 characters"),
        ({"Date": datetime(2026, 11, 1), "Start": time(1, 30)}, "happens twice in America/New_York"),
        (
            {"Date": datetime(2026, 3, 8), "Start": time(2, 30), "End": None},
            "does not exist in America/New_York",
        ),
        ({"Date": datetime(2026, 7, 21, 9), "End": None}, "'Date' and 'Start' both hold a time of day"),
    ],
)
def test_a_row_of_which_one_cell_is_wrong_makes_no_fact(changes: dict[str, Any], message: str) -> None:
    """The reason names the column, the value and what would be right."""
    assert message in why(sheet(row(**changes)))


def test_everything_that_is_wrong_with_a_row_is_told_at_once() -> None:
    """Nobody mends a row three times."""
    said = why(sheet(row(Lost_MW="abc", Type="Fire", Why=None)))
    assert all(f"'{column}'" in said for column in ("Lost MW", "Type", "Why"))


def test_an_error_cell_and_a_formula_without_its_value_are_refused() -> None:
    """A lookup failed; another program wrote formulas that nobody computed."""
    out = BytesIO()
    with xlsxwriter.Workbook(out) as book:
        log = book.add_worksheet("Log")
        log.write_row(0, 0, HEADER)
        log.write_row(1, 0, ("INC 1", "m1", "2026-07-21", "14:30", "16:00"))
        log.write_formula(1, 5, "=NA()", None, "#N/A")
        log.write_formula(1, 6, '=IF(TRUE,"Trip","")', None, "")
        log.write(1, 7, "breaker")
    said = why(_without_values(out.getvalue()))
    assert (
        "error of the spreadsheet: '#N/A'" in said,
        "formula whose value the file does not hold" in said,
    ) == (True, True)


def _without_values(data: bytes) -> bytes:
    """A workbook whose empty formula values are left out, as libraries write them."""
    import zipfile

    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for part in source.infolist():
            target.writestr(part, source.read(part).replace(b' t="str"', b"").replace(b"<v></v>", b""))
    return out.getvalue()


def test_two_texts_that_would_make_one_name_are_refused() -> None:
    """INC/1 and INC 1 are two tickets, and both would be inc-1."""
    found = read(sheet(ROW, row(Ticket="INC/1", Start=time(17), End=time(18))), MAP)
    assert "would be called 'inc-1', as 'INC 1' of row 2 is" in found.problems[0].message


def test_a_row_that_no_fact_of_the_map_is_about_is_refused() -> None:
    """The log has an event of which the map says nothing."""
    text = MAP.replace(
        'kind = "outage-started"\n', 'kind = "outage-started"\nwhen = [{ column = "Type", is = ["Trip"] }]\n'
    )
    assert "matches no fact of the map (Type is 'Audit'" in why(sheet(row(Type="Audit", End=None)), text)


def test_a_sheet_of_the_1904_system_keeps_its_dates() -> None:
    """An old workbook of a Mac counts days from 1904."""
    book = workbook([HEADER, ROW])
    book.epoch = CALENDAR_MAC_1904
    assert facts(saved(book)) == [STARTED, ENDED]


# --- files and maps that do not fit -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "map_text", "message"),
    [
        (
            sheet(ROW, header=(*HEADER[:5], "Lost (MW)", *HEADER[6:])),
            MAP,
            r"no column 'Lost MW' \(did you mean 'Lost \(MW\)'",
        ),
        (
            sheet(ROW, header=("Ticket", "Unit", "Date", "Start", "End", "Lost MW", "Type", "Why", "Why")),
            MAP,
            "2 columns called 'Why'",
        ),
        (sheet(ROW), None, "needs a map of its columns"),
        (b"PK\x03\x04 not a workbook", MAP, "cannot be read as an XLSX workbook"),
        (b"\xd0\xcf\x11\xe0 old", MAP, "is an .xls file or has a password"),
        (b"", MAP, "has no rows"),
        (b'Ticket,"Unit', MAP, "is a quote not closed"),
    ],
)
def test_a_file_that_its_map_does_not_fit_is_refused_whole(
    data: bytes, map_text: str | None, message: str
) -> None:
    """Nothing is recorded of a file whose columns are not where the map says."""
    with pytest.raises(Malformed, match=message):
        read(data, map_text)


@pytest.mark.parametrize("map_text", [MAP, None])
def test_bytes_with_the_name_of_a_workbook_are_no_text_in_another_encoding(map_text: str | None) -> None:
    """A download broke off, or another program has locked the file: no encoding in the map would help."""
    with pytest.raises(Malformed, match=r"^log\.xlsx: is no workbook"):
        read(b"\x75\x9f\xd3\xcb\x03", map_text)


def test_a_table_of_text_in_another_encoding_is_told_how_to_name_it() -> None:
    with pytest.raises(Malformed, match=r"^log.csv: is not UTF-8 at byte 10; .*encoding = \"cp1252\""):
        read("Ticket;Größe".encode("cp1252"), MAP, "log.csv")


def test_text_with_the_name_of_a_workbook_is_read_as_text() -> None:
    """Programs write tables of text under that name, and Excel opens them."""
    data = "Ticket;Größe".encode("cp1252")
    with pytest.raises(Malformed, match="no column 'Unit'"):
        read(data, f'encoding = "cp1252"\n{MAP}')


def test_a_workbook_of_several_sheets_needs_one_to_be_named() -> None:
    """Nobody guesses which sheet is the log."""
    book = workbook([HEADER, ROW])
    book.create_sheet("Contacts").append(["Name", "Phone"])
    with pytest.raises(Malformed, match=r"has 2 sheets with rows; choose one .*'Log', 'Contacts'"):
        read(saved(book), MAP)


def test_hidden_and_empty_sheets_need_no_choice() -> None:
    """The workbook has lists in a hidden sheet, and a Sheet2 that nobody filled."""
    book = workbook([HEADER, ROW])
    book.create_sheet("Sheet2")
    book.create_sheet("Lists").append(["Trip", "Planned"])
    book["Lists"].sheet_state = "hidden"
    assert facts(saved(book)) == [STARTED, ENDED]


def test_a_site_on_the_command_line_must_be_that_of_the_map() -> None:
    """The map was written for another site."""
    with pytest.raises(Malformed, match="--site norcross differs from the site in the map"):
        read(sheet(ROW), MAP, site="norcross")


def test_a_row_of_a_site_that_the_book_does_not_know_says_so() -> None:
    """The name of the site has a letter too many."""
    message = (
        "'sandersvile' is not a site of the book, so the zone of 'Date' is not known;"
        " did you mean sandersville?"
    )
    assert message in why(sheet(ROW), MAP.replace('"sandersville"', '"sandersvile"'))


def test_a_sheet_is_named_on_the_command_line_or_in_the_map() -> None:
    """The log is one of several sheets."""
    book = workbook([HEADER, ROW])
    book.create_sheet("Contacts")
    assert facts(saved(book), MAP, sheet="Log") == facts(saved(book), 'sheet = "Log"\n' + MAP)


def test_a_column_that_names_a_zone_is_no_local_time() -> None:
    """The monitoring system exports Start (UTC); an hour of four would be recorded in silence."""
    with pytest.raises(Malformed, match="names a zone, UTC, and the map does not"):
        read(
            sheet(ROW, header=(*HEADER[:3], "Start (UTC)", *HEADER[4:])),
            MAP.replace('"Start"', '"Start (UTC)"'),
        )


def test_a_zone_in_the_map_is_that_of_all_rows() -> None:
    """The map says what the title says."""
    data = sheet(row(End=None), header=(*HEADER[:3], "Start (UTC)", *HEADER[4:]))
    text = 'zone = "UTC"\n' + MAP.replace('"Start"', '"Start (UTC)"')
    assert facts(data, text) == [STARTED.replace("18:30", "14:30")]


def test_a_column_without_a_title_of_its_own_is_named_by_its_letter() -> None:
    """Two columns are called Why; the map means the second."""
    data = sheet((*ROW, "fuse"), header=(*HEADER, "Why"))
    assert "cause=fuse" in facts(data, MAP.replace('"Why"', '"#I"'))[0]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_text_as_windows_programs_save_it_is_read(encoding: str) -> None:
    """A byte order mark says how the text is written."""
    text = "Ticket;Unit;Date;Start;End;Lost MW;Type;Why\nINC 1;M1;7/21/2026;14:30;16:00;20;Trip;breaker\n"
    assert facts(text.encode(encoding)) == [STARTED, ENDED]


def test_a_template_whose_example_was_typed_over_says_so() -> None:
    """Somebody types a fact over the example row and leaves the mark."""
    book = openpyxl.load_workbook(BytesIO(template([kind_of("outage-ended")], {})))
    book["outage-ended"].cell(2, 5).value = "o9"
    found = read(saved(book))
    assert (found.claims, "marked as the example but has other values" in messages(found)[0]) == ((), True)
