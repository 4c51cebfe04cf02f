"""Numbers, choices and names of cells: exact, and never in another meaning than the sheet's."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ledger.errors import Malformed
from ledger.exchange.sheets.cells import Percentage, UnusableCell
from ledger.exchange.sheets.sheet_map import CellSource, keys_of
from ledger.exchange.sheets.sheet_times import DateForm
from ledger.exchange.sheets.sheet_values import number_of, slug, value_text
from ledger.kinds import kind_of

OUTAGE = keys_of(kind_of("outage-started"))
PROGRAM = keys_of(kind_of("program-enrolled"))
SETTLED = keys_of(kind_of("dispatch-settled"))


def text(key: str, value: Any, **source: Any) -> Any:
    field = next(fields[key] for fields in (OUTAGE, PROGRAM, SETTLED) if key in fields)
    return value_text(field, value, CellSource(column="X", **source), None, DateForm())


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("1234", "1234"),
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1,234,567", "1234567"),
        ("12,5", "12.5"),
        ("0.125", "0.125"),
        ("1234.567", "1234.567"),
        ("(1,234.50)", "-1234.50"),
        ("-$12.50", "-12.50"),
        ("1 234.5", "1234.5"),
        (0.1 + 0.2, "0.3"),
        (20, "20"),
    ],
)
def test_a_number_that_can_mean_one_thing_is_read(said: Any, number: str) -> None:
    """Numbers stored as text keep the separators of whoever typed them; computed ones have binary noise."""
    assert number_of(said, None)[0] == Decimal(number)


@pytest.mark.parametrize("said", ["1,234", "1.234", "12.345"])
def test_a_number_that_can_mean_two_things_needs_the_decimal_mark_of_the_map(said: str) -> None:
    """1,234 MW is a gigawatt to one reader and little more than a megawatt to another."""
    with pytest.raises(Malformed, match="can mean"):
        number_of(said, None)


@pytest.mark.parametrize(("decimal", "number"), [(".", "1234"), (",", "1.234")])
def test_the_map_says_which_mark_is_the_decimal_point(decimal: str, number: str) -> None:
    """The map states it once for the sheet."""
    assert number_of("1,234", decimal)[0] == Decimal(number)


@pytest.mark.parametrize("said", ["12,34,5", "1.2.3", "abc", "1,23.4", "--5", "5-6", "(5", "١٢"])
def test_what_is_no_number_is_refused(said: str) -> None:
    """Nothing is read out of the middle of a text."""
    with pytest.raises(Malformed):
        number_of(said, ".")


@pytest.mark.parametrize(
    ("key", "value", "unit", "meant"),
    [
        ("derate", 20, "MW", "20MW"),
        ("derate", "20.5 MW", None, "20.5MW"),
        ("derate", "500 kW", "MW", "500kW"),
        ("response", 10, "minutes", "10min"),
        ("response", 0.25, "hours", "15min"),
        ("response", timedelta(minutes=10), None, "10min"),
        ("credit", "$12,500.00", None, "12500.00USD"),
        ("credit", 12500.5, "USD", "12500.50USD"),
    ],
)
def test_a_quantity_has_the_unit_of_its_cell_else_of_the_map(
    key: str, value: Any, unit: Any, meant: str
) -> None:
    """The header says MW; one cell says 500 kW, and means it."""
    assert text(key, value, **({"unit": unit} if unit else {})) == meant


@pytest.mark.parametrize(
    ("value", "meant"), [(Percentage(0.975), "97.5%"), ("97.5%", "97.5%"), (97.5, "97.5%")]
)
def test_a_share_is_what_its_cell_shows(value: Any, meant: str) -> None:
    """A cell that shows 97.5% holds 0.975."""
    field = keys_of(kind_of("hashrate-changed"))["hashrate"]._replace(name="performance_ppm")
    assert value_text(field, value, CellSource(column="X", unit="%"), None, DateForm()) == meant


@pytest.mark.parametrize(
    ("key", "value", "source", "why"),
    [
        ("derate", 20, {}, "has no unit"),
        ("derate", "20 EH/s", {"unit": "MW"}, "has the unit 'EH/s'"),
        ("derate", Percentage(0.2), {"unit": "MW"}, "is a percentage"),
        ("derate", 1 / 3, {"unit": "MW"}, "not a whole number of the smallest unit"),
        ("derate", UnusableCell("#N/A", "is an error of the spreadsheet"), {"unit": "MW"}, "error"),
        ("cause", date(2026, 3, 1), {}, "where text is expected"),
        ("cause", 1234567890123456, {}, "more than 15 digits"),
        ("outage_class", "Trip", {}, "not one of planned"),
        ("outside_management_control", "maybe", {}, "not true or false"),
        ("block", "Hall 1", {}, "slug = true"),
        ("outage_class", "Trip", {"values": {"Fire": "forced-u1"}}, "values do not have"),
    ],
)
def test_a_cell_that_cannot_be_meant_is_refused(
    key: str, value: Any, source: dict[str, Any], why: str
) -> None:
    """Each message says what the cell holds and what the map could say."""
    with pytest.raises(Malformed, match=why):
        text(key, value, **source)


def test_a_computed_number_is_rounded_where_the_map_says_so() -> None:
    """A third of a megawatt is a formula's result; the operator agrees to whole watts."""
    assert text("derate", 1 / 3, unit="MW", round=True) == "333.333kW"


@pytest.mark.parametrize(
    ("key", "value", "source", "meant"),
    [
        ("outage_class", "Forced U1", {}, "forced-u1"),
        ("outage_class", " trip ", {"values": {"Trip": "forced-u1"}}, "forced-u1"),
        ("outside_management_control", "Y", {}, "true"),
        ("outside_management_control", False, {}, "false"),
        ("block", "Hall 1", {"slug": True}, "hall-1"),
        ("blocks", "m1; m2", {}, ["m1", "m2"]),
        ("blocks", '["m1",m2]', {}, ["m1", "m2"]),
        ("blocks", "m1,m2", {"split": ","}, ["m1", "m2"]),
        ("cause", 9000, {}, "9000"),
    ],
)
def test_a_cell_says_a_choice_a_name_or_a_list(
    key: str, value: Any, source: dict[str, Any], meant: Any
) -> None:
    """Words of the sheet become words of the ledger by the map, or because they are the same but for case."""
    assert text(key, value, **source) == meant


def test_a_text_without_letters_makes_no_name() -> None:
    """A dash stands for nothing."""
    with pytest.raises(Malformed, match="makes no name"):
        slug("--")
