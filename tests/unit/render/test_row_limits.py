"""A format that is made as a whole says how many rows it takes, before anything is made."""

from __future__ import annotations

import pytest

from ledger.errors import Malformed
from projections.engine.made_rows import MadeRows
from projections.engine.report import ReportRow
from projections.render.formats import BY_NAME
from tests.unit.render.test_text import ROW, table


def made() -> list[ReportRow]:
    raise AssertionError("no row is made")


@pytest.mark.parametrize("name", ["html", "pdf"])
def test_five_million_rows_are_too_many_for_a_page_or_a_pdf(name: str) -> None:
    """Readings of 35 sites of four years as a page: no browser opens it."""
    said = table(ROW)._replace(rows=MadeRows(lambda: iter(made()), lambda: 5_000_000))
    with pytest.raises(
        Malformed, match=f"{name} takes 1,000,000 rows at most.*5,000,000: use csv, json or xlsx"
    ):
        BY_NAME[name].pieces(said)
