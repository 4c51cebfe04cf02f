"""Suggested maps: what words, units and values tell is filled in; what can mean two things is left open."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

import pytest

from ledger.errors import Malformed
from ledger.exchange.sheets.csv_sheet import read_csv
from ledger.exchange.sheets.sheet_map import read_map
from ledger.exchange.sheets.suggest import Suggestion, suggest
from ledger.exchange.sheets.template import families, template
from ledger.exchange.sheets.xlsx_sheets import Workbook
from ledger.kinds import Kind, kind_of
from tests.support.workbooks import csv_bytes, read, saved, workbook

HEADER = ("Ticket", "Unit", "Date", "Start", "End", "Lost MW", "Type", "Reason", "Outside control")
ROW = ("INC 1", "M1", datetime(2026, 7, 21), time(14, 30), time(16), 20, "planned", "breaker", "N")


def suggested(
    data: bytes, file: str = "outages.xlsx", sites: tuple[str, ...] = ("sandersville",)
) -> Suggestion:
    sheet = Workbook(data).sheet("Log") if data.startswith(b"PK") else read_csv(data)
    return suggest(sheet, file, sites, None, False)


def log(*rows: Any, header: Any = HEADER) -> bytes:
    return saved(workbook([header, *rows]))


def test_a_plain_outage_log_needs_no_decision() -> None:
    """Its columns say what the kinds ask; the book has one site."""
    found = suggested(log(ROW))
    assert (found.kinds, found.open, len(read(log(ROW), found.text).claims)) == (
        ("outage-started", "outage-ended"),
        0,
        2,
    )


@pytest.mark.parametrize(
    ("dates", "line"),
    [
        (("7/4/2026", "7/14/2026"), 'dates = "mdy"'),
        (("7/4/2026", "14/7/2026"), 'dates = "dmy"'),
        (("7/4/2026", "7/5/2026"), 'dates = "?"'),
    ],
)
def test_the_order_of_dates_is_taken_from_the_rows_or_left_open(dates: tuple[str, ...], line: str) -> None:
    """July 14 tells that months come first; July 4 and 5 tell nothing."""
    rows = [(*ROW[:2], day, *ROW[3:]) for day in dates]
    assert line in suggested(log(*rows)).text.splitlines()


def test_values_that_are_no_choices_are_left_open() -> None:
    """Nobody but the operator knows whether a trip is forced-u1."""
    found = suggested(log((*ROW[:6], "Trip", *ROW[7:])))
    assert 'values = { "Trip" = "?" }' in found.text


def test_a_suggested_map_with_open_decisions_is_refused_naming_them() -> None:
    """The operator imports it before he has decided."""
    found = suggested(log((*ROW[:6], "Trip", *ROW[7:])))
    with pytest.raises(Malformed, match=r"fact\[1\].fields.outage_class.values.Trip"):
        read_map(found.text)


def test_each_value_of_an_event_column_becomes_its_own_fact() -> None:
    """One log tells outages and curtailments."""
    header = ("Event", "No", "Unit", "From", "To", "MW")
    rows = [
        (kind, "d7", "m1", datetime(2026, 7, 14, 14), datetime(2026, 7, 14, 16), 80)
        for kind in ("Outage", "Curtailed")
    ]
    assert suggested(log(*rows, header=header), "log.xlsx").kinds == (
        "outage-started",
        "outage-ended",
        "curtailment-started",
        "curtailment-ended",
    )


def test_names_of_sites_are_matched_with_those_of_the_book() -> None:
    """The log writes the state behind the name; one site is not in the book."""
    rows = [(*ROW, site) for site in ("Sandersville GA", "Pecos")]
    found = suggested(log(*rows, header=(*HEADER, "Site")), sites=("sandersville", "norcross"))
    assert 'values = { "Sandersville GA" = "sandersville", "Pecos" = "?" }' in found.text


def test_totals_are_suggested_to_be_skipped() -> None:
    """The last row adds up."""
    assert (
        'skip = [{ column = "Ticket", begins = "Total" }]' in suggested(log(ROW, ("Total", *[None] * 8))).text
    )


def test_columns_that_no_fact_uses_are_named() -> None:
    """Nothing of a sheet is left out in silence."""
    assert (
        "# Columns that no fact uses: 'Weather'"
        in suggested(log((*ROW, "hot"), header=(*HEADER, "Weather"))).text
    )


def test_a_csv_file_has_its_map_too() -> None:
    """The log was saved as CSV."""
    data = csv_bytes("Ticket;Unit;Start;End;Lost MW\nINC 1;M1;2026-07-21 14:30;2026-07-21 16:00;20")
    assert suggested(data, "outages.csv").kinds == ("outage-started", "outage-ended")


def test_a_word_that_several_kinds_share_leaves_the_kind_open() -> None:
    """A lease was signed, which is no termination, and payments are scheduled or made."""
    header = ("Event", "Phase", "Date")
    found = suggested(log(("Lease signed", "ph1", datetime(2026, 5, 15)), header=header), "log.xlsx")
    assert (found.kinds, "# decide: perhaps lease-" in found.text) == ((), True)


def test_deenergized_is_not_taken_for_energized() -> None:
    """One letter group apart, and the opposite."""
    rows = [(word, "Bay 4", datetime(2026, 3, 1, 9), 120) for word in ("Energized", "De-energized")]
    found = suggested(log(*rows, header=("Event", "Point of delivery", "When", "MW")), "log.xlsx")
    assert found.kinds == ("capacity-energized", "capacity-deenergized")


def test_a_zone_in_the_title_of_a_column_is_the_zone_of_the_map() -> None:
    """Exports of monitoring systems are in UTC and say so in the header only."""
    header = (*HEADER[:3], "Start (UTC)", "End (UTC)", *HEADER[5:])
    assert 'zone = "UTC"' in suggested(log(ROW, header=header)).text.splitlines()


OUTAGES = """Site,Unit,Date,Start,End,Lost MW,Type,Why
sandersville,M1,7/21/2026,14:30,16:00,20,Trip,breaker 52-3
sandersville,M1,7/24/2026,9:00,12:00,40,Planned,cleaning"""
CALLS = """Site,Unit,Program,Start,End,Target MW,Dispatch
sandersville,M1,4cp,2026-07-21 14:30,2026-07-21 16:00,20,d7"""
BARE = """Site,Unit,Start,End,Reason
sandersville,M1,2026-07-21 14:30,2026-07-21 16:00,heat"""
OUTAGE = ("outage-started", "outage-ended")
CURTAILMENT = ("curtailment-started", "curtailment-ended")


@pytest.mark.parametrize("file", ["outages.csv", "amb.csv", "curtailments.csv"])
@pytest.mark.parametrize(("text", "kinds"), [(OUTAGES, OUTAGE), (CALLS, CURTAILMENT)])
def test_the_same_rows_are_the_same_facts_whatever_the_file_is_called(
    text: str, kinds: tuple[str, ...], file: str
) -> None:
    """Lost megawatts from a start to an end are an outage; a program's target is a curtailment."""
    assert suggested(csv_bytes(text), file).kinds == kinds


@pytest.mark.parametrize(
    ("file", "kinds"), [("outages.csv", OUTAGE), ("curtailments.csv", CURTAILMENT), ("2026.csv", ())]
)
def test_the_name_of_the_file_decides_between_kinds_that_the_columns_leave_open(
    file: str, kinds: tuple[str, ...]
) -> None:
    """A start, an end and a reason are both; a file that is called by its year leaves it to the operator."""
    assert suggested(csv_bytes(BARE), file).kinds == kinds


def test_payments_in_a_file_called_outages_are_not_taken_for_outages() -> None:
    """The operator saved the wrong sheet; its columns speak of a commitment."""
    data = csv_bytes("Date,Amount USD,Commitment,Reference\n2026-07-21,20000,pilot-2026,ck 5")
    assert suggested(data, "outages.csv").kinds == ()


def test_the_kind_that_the_user_names_is_the_kind_of_all_rows() -> None:
    """Lost megawatts were curtailed, which only the operator knows."""
    sheet = read_csv(csv_bytes(OUTAGES))
    named = kind_of("curtailment-started")
    assert suggest(sheet, "outages.csv", (), None, False, named).kinds == CURTAILMENT


def numbers(*texts: str) -> list[str]:
    """The lines above and with the decimal mark in the map of a log with losses as they were typed."""
    rows = [f"INC {n};M1;2026-07-21 14:30;2026-07-21 16:00;{text}" for n, text in enumerate(texts)]
    lines = suggested(
        csv_bytes("\n".join(("Ticket;Unit;Start;End;Lost MW", *rows))), "log.csv"
    ).text.splitlines()
    return [line for line in lines if "decimal" in line or line.startswith("# decide: '")]


def test_a_column_that_writes_a_comma_in_two_ways_leaves_the_decimal_mark_open() -> None:
    """Who types 5,5 in one row and 1,000 in the next may mean a thousand."""
    assert numbers("5,5", "1,000") == [
        """# decide: '1,000' (Lost MW, row 3) is 1 with ",", 1000 with ".", beside '5,5' (Lost MW, row 2)""",
        'decimal = "?"',
    ]


@pytest.mark.parametrize(
    ("texts", "mark", "cell"),
    [
        (("20.5", "1,000"), ".", "20.5"),
        (("5,5", "1.000"), ",", "5,5"),
        (("0,500", "1,000"), ",", "0,500"),
        (("20.5", "20.125"), ".", "20.5"),
    ],
)
def test_the_decimal_mark_is_suggested_with_the_cell_that_tells_it(
    texts: tuple[str, ...], mark: str, cell: str
) -> None:
    """Thousands and decimals have different marks, or all decimals have three digits, or it is English."""
    assert numbers(*texts) == [f"# decimal mark: from '{cell}' (Lost MW, row 2)", f'decimal = "{mark}"']


@pytest.mark.parametrize("kinds", families().values(), ids=families())
def test_a_sheet_that_is_called_as_a_kind_is_about_that_kind(kinds: tuple[Kind, ...]) -> None:
    """The name of sheet and file is the whole name of a kind; other words in it do not lead away."""
    book = Workbook(template(kinds, {}))
    found = {
        kind.name: suggest(book.sheet(kind.name[:31]), f"{kind.name}.xlsx", (), None, False).kinds
        for kind in kinds
    }
    assert [name for name, suggested in found.items() if name not in suggested] == []
