"""Laws of what people read of a report: method notes in plain text, and plain words in place of stored ones."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

from projections.engine.report import Report
from projections.engine.words import by_name
from projections.reports.catalogue import REPORTS
from tests.support.histories import history
from tests.support.worlds import PURE, rows_of, scopes, seeds


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: str(report.name))
def test_a_method_note_names_no_source_file_and_has_no_marks_of_code(report: Report) -> None:
    """It is printed for an auditor and a commissioner, at most 110 letters wide."""
    said = report.definition
    assert ("``" in said, ".py" in said, max(map(len, said.splitlines())) > 110) == (False, False, False)


BRITISH = re.compile(r"instalment|utilisation|enrolment|programme\b|colour", re.IGNORECASE)


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: str(report.name))
def test_titles_and_method_notes_are_spelled_as_in_the_united_states(report: Report) -> None:
    """Names of columns are stored words and stay as they are."""
    titles = (text for column in report.columns for text in (column.title, column.definition))
    assert [text for text in (report.title, report.definition, *titles) if BRITISH.search(text)] == []


@given(seeds)
def test_plain_words_stand_for_columns_of_the_row_and_are_never_empty(seed: int) -> None:
    rows = rows_of(history(seed, 300))
    wrong = []
    for report in PURE:
        for scope in scopes() if report.plain is not None else []:
            assert report.plain is not None
            for line in by_name(report.columns, report.compute(rows, scope).rows):
                words = report.plain(scope, line)
                fine = (
                    words.keys() <= line.keys() and all(words.values()) and words == report.plain(scope, line)
                )
                wrong += [] if fine else [(report.name, words)]
    assert wrong == []
