"""Maps of sheets: what is wrong with one is told with its place, and open decisions all at once."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from ledger.errors import Malformed
from ledger.exchange.sheets.sheet_map import CellSource, Condition, MappedFact, SheetMap, read_map

GUIDE = Path(__file__).parents[3] / "ledger" / "docs" / "guide" / "spreadsheets.md"

ENDED = '[[fact]]\nkind = "outage-ended"\nat = { column = "End" }\n'


def test_every_open_decision_is_named() -> None:
    """An operator imports the suggested map before he has completed it."""
    text = (
        'dates = "?"\n'
        + ENDED
        + '[fact.fields]\noutage = { column = "No", values = { "A" = "?", "B" = "b" } }\n'
    )
    with pytest.raises(Malformed, match=r"2 open decisions.* at dates, fact\[1\].fields.outage.values.A"):
        read_map(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("fact = []", "makes no fact"),
        ("dates = ", "is not TOML"),
        (ENDED.replace("ended", "endet"), "unknown kind 'outage-endet'; did you mean outage-ended"),
        (ENDED.replace("outage-ended", "ledger-heads"), "written by the ledger itself"),
        (ENDED + '[fact.fields]\noutag = "x"\n', "outage-ended has no field 'outag'; did you mean outage?"),
        ('[fields]\nblokc = { column = "B" }\n' + ENDED, "has no field 'blokc'"),
        (ENDED.replace('"End"', "7"), r"fact\[0\].at.column: expected `str`, got `int`"),
        (ENDED.replace('column = "End"', "midnight = true"), r"fact\[1\].at needs a column"),
        ('kind = "x"\n' + ENDED, "contains unknown field `kind`"),
        (ENDED.replace('"outage-ended"', '{ column = "Event" }'), "needs column and values"),
        ('dates = "us"\n' + ENDED, "invalid enum value 'us'"),
    ],
)
def test_a_map_that_cannot_mean_anything_is_refused(text: str, why: str) -> None:
    """A slip of the pen in the map must not drop a column in silence."""
    with pytest.raises(Malformed, match=why):
        read_map(text)


def test_a_map_knows_all_columns_that_it_reads() -> None:
    """Columns of conditions, times, lengths and names count too."""
    found = read_map(
        'site = { column = "Site" }\nskip = [{ column = "Status", is = ["Draft"] }]\n'
        '[[fact]]\nid = ["Ticket"]\n'
        'kind = "outage-ended"\nwhen = [{ column = "End", blank = false }]\n'
        'at = { column = "Date", time = "End", after = "Start" }\n'
        '[fact.fields]\noutage = { columns = ["Unit", "Date"] }\n'
    )
    assert sorted(found.columns) == ["Date", "End", "Site", "Start", "Status", "Ticket", "Unit"]


@pytest.mark.parametrize(
    "key",
    sorted(
        {
            field.encode_name
            for struct in (SheetMap, MappedFact, CellSource, Condition)
            for field in msgspec.structs.fields(struct)
        }
    ),
)
def test_the_guide_explains_every_key_of_a_map(key: str) -> None:
    """An operator reads ``wattledger help spreadsheets`` while he completes a map."""
    assert f"`{key}`" in GUIDE.read_text()
