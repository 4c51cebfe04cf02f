"""Templates: each column is typed, has the choices of its field as a list, and a note that says what belongs there."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from ledger.exchange.kind_guide import CLAIMABLE
from ledger.exchange.sheets.sheet_map import keys_of
from ledger.exchange.sheets.template import columns_of, families, template
from ledger.kinds import Kind, kind_of

every_family = pytest.mark.parametrize("kinds", families().values(), ids=families())
PLACES = {"sandersville": ["m1", "m2"], "norcross": ["a1"]}


def book_of(kinds: Sequence[Kind], places: Any = PLACES) -> Any:
    return openpyxl.load_workbook(BytesIO(template(kinds, places)))


def lists(kind: Kind, book: Any) -> dict[str, list[str]]:
    """The choices of each column that has a list of the hidden sheet, by its header."""
    sheet = book[kind.name[:31]]
    found = {}
    for rule in sheet.data_validations.dataValidation:
        if rule.type == "list" and "!" in rule.formula1:
            column = min(area.min_col for area in rule.sqref.ranges)
            cells = rule.formula1.rpartition("!")[2].replace("$", "")
            found[sheet.cell(1, column).value] = [row[0].value for row in book["wattledger lists"][cells]]
    return found


def test_every_field_of_a_kind_has_its_column() -> None:
    """Whatever a line of story text can say, a row can say."""
    without = {
        kind.name: set(keys_of(kind)) - {column.key for column in columns_of(kind)} for kind in CLAIMABLE
    }
    assert without == {kind.name: set() for kind in CLAIMABLE}


def test_no_two_columns_have_one_header() -> None:
    """The map finds columns by their headers, whatever their case."""
    headers = {kind.name: [column.header.casefold() for column in columns_of(kind)] for kind in CLAIMABLE}
    assert {name: found for name, found in headers.items() if len(found) != len(set(found))} == {}


@every_family
def test_every_header_has_a_note(kinds: tuple[Kind, ...]) -> None:
    """The operator points at a header and reads what belongs there."""
    book = book_of(kinds)
    headers = [(kind.name, cell) for kind in kinds for cell in book[kind.name[:31]][1]]
    assert [(name, cell.value) for name, cell in headers if cell.comment is None] == []


@every_family
def test_a_choice_is_a_list_of_all_its_values(kinds: tuple[Kind, ...]) -> None:
    """Nobody has to know how the ledger writes a lease milestone."""
    choices = {
        kind.name: {c.header: list(c.choices) for c in columns_of(kind) if c.choices} for kind in kinds
    }
    book = book_of(kinds)
    found = {kind.name: lists(kind, book) for kind in kinds}
    assert {name: {h: found[name].get(h) for h in said} for name, said in choices.items()} == choices


def test_sites_and_blocks_of_the_book_are_lists() -> None:
    """The template was written beside a book of two sites."""
    kind = kind_of("outage-started")
    found = lists(kind, book_of([kind]))
    assert (found["Site"], found["Block"]) == (["norcross", "sandersville"], ["a1", "m1", "m2"])


def test_without_a_book_sites_are_typed() -> None:
    """The first template of an operator comes before his book."""
    kind = kind_of("outage-started")
    assert "Site" not in lists(kind, book_of([kind], {}))


def test_a_number_has_its_unit_in_the_header() -> None:
    """Megawatts are typed as megawatts."""
    headers = [column.header for column in columns_of(kind_of("outage-started"))]
    assert "Derate (MW)" in headers


def test_every_kind_that_can_be_recorded_is_in_one_family() -> None:
    """A template of all families would miss nothing."""
    assert sorted(kind.name for kinds in families().values() for kind in kinds) == sorted(
        k.name for k in CLAIMABLE
    )
