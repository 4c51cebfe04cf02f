"""Every format carries the figures of the JSON form: each is read back, by other people's readers, over
random histories and for every report.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import islice

import pytest
from hypothesis import given, settings

from projections.engine.report import Report
from projections.engine.table import KnownAt, Table
from projections.render.display import Order, order
from projections.render.formats import BY_NAME, FORMATS, ReportFormat
from projections.render.page_layout import layout
from tests.support import reading_back
from tests.support.examples import tried
from tests.support.readers import from_html
from tests.support.reading_back import Exact
from tests.support.worlds import PURE, scopes, seeds, table_of, world

KNOWN = KnownAt(120, "ab" * 32, "2026-06-20T00:00:00.000000Z")
FEW = settings(max_examples=tried(gate=2, search=4))
ONE = settings(max_examples=tried(gate=1, search=4))
FIRST_AND_BLOCK = tried(gate=len(scopes()) - 1, search=1)
"""The step from the first window to that of one block."""
every_report = pytest.mark.parametrize("report", PURE, ids=lambda report: report.name)


def tables(report: Report, seed: int) -> Iterator[Table]:
    """A report over a random history, in all windows."""
    return (table_of(report, world(seed, 120), scope, KNOWN) for scope in scopes())


@cache
def first_bytes(report: Report, name: str, seed: int) -> bytes:
    """A report in a format as it was made once, over the first window."""
    return BY_NAME[name].render(next(tables(report, seed)))


def files(report: Report, name: str, seed: int, every: int = 1) -> Iterator[tuple[Table, bytes]]:
    """The same as files of a format; ``every`` leaves windows out, where files take long to make and to read."""
    for n, table in islice(enumerate(tables(report, seed)), None, None, every):
        yield table, BY_NAME[name].render(table) if n else first_bytes(report, name, seed)


def exact(table: Table) -> Exact:
    return reading_back.exact(BY_NAME["json"].render(table))


@every_report
@given(seed=seeds)
@FEW
def test_csv_carries_the_figures_of_json(report: Report, seed: int) -> None:
    for table, data in files(report, "csv", seed):
        wanted = [[reading_back.as_csv_says(cell) for cell in row] for row in exact(table).rows]
        assert reading_back.from_csv(data) == wanted


@every_report
@given(seed=seeds)
@FEW
def test_html_carries_the_figures_of_json(report: Report, seed: int) -> None:
    for table, data in files(report, "html", seed):
        said = exact(table)
        assert from_html(data, said.names) == said.rows


@every_report
@given(seed=seeds)
@ONE
def test_xlsx_carries_the_figures_of_json(report: Report, seed: int) -> None:
    for table, data in files(report, "xlsx", seed, FIRST_AND_BLOCK):
        said = exact(table)
        assert reading_back.from_xlsx(data, said) == said.rows


@every_report
@given(seed=seeds)
@ONE
def test_docx_shows_the_figures_of_json(report: Report, seed: int) -> None:
    for table, data in files(report, "docx", seed, FIRST_AND_BLOCK):
        shown = list(reading_back.tables_of_docx(data))
        lead, parts = shown[: bool(table.lead())], shown[bool(table.lead()) :]
        assert [len(one) - 1 for one in lead] == [len(found.figures) for found in [table.lead()] if found]
        assert_shows(parts[:-2] if table.rows else [], exact(table), order(table))


def assert_shows(parts: list[list[list[str]]], said: Exact, places: Order) -> None:
    """The parts of a table on paper show every exact cell, each under its header and in its row: the first
    columns, then the others, beside the names of the rows.
    """
    left = [*places.first, *places.rest]
    for part in parts:
        turned = part[0][0] == "Figure"
        header, *rows = map(list, zip(*part[1:], strict=True)) if turned else part
        left = [n for n in left if not (turned and n in places.names)]
        assert len(rows) == len(said.rows)
        for x, title in enumerate(header):
            if left and title.startswith(said.titles[left[0]]):
                n = left.pop(0)
            else:
                n = next(name for name in places.names if title.startswith(said.titles[name]))
            for cells, row in zip(rows, said.rows, strict=True):
                shown = cells[x]
                assert reading_back.agrees(shown, title, row[n], said.units[n], said.titles[n]), (shown, row)
    assert not said.rows or not left, "every column is in one part"


@every_report
@given(seed=seeds)
@settings(max_examples=tried(gate=1, search=2))
def test_pdf_carries_json_and_csv_and_shows_every_cell(report: Report, seed: int) -> None:
    for table, data in islice(files(report, "pdf", seed), tried(gate=1, search=2)):
        held = reading_back.attached(data)
        assert held[f"{report.name}.json"] == BY_NAME["json"].render(table)
        assert held[f"{report.name}.csv"] == BY_NAME["csv"].render(table)
        text = reading_back.visible(data)
        laid = layout(table)
        for part in (*laid.first, *laid.rest):
            for column in part.columns:
                for cell in column.cells:
                    assert reading_back.unspaced(cell) in text, cell


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@every_report
def test_equal_tables_give_equal_bytes(report: Report, form: ReportFormat) -> None:
    """Tables that are made anew of the same rows; the seed is that of the law above, which made the same."""
    again = form.render(next(tables(report, 0)))
    assert again == first_bytes(report, form.name, 0)
