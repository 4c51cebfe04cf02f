"""Reports on their way out: the format that was meant, and what is not for a terminal."""

from __future__ import annotations

import sys

import pytest

from ledger.app.cli.commands.report import report
from ledger.app.cli.report_output import format_meant
from ledger.errors import Malformed
from projections.render import formats
from projections.render.formats import FORMATS


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_the_ending_of_the_file_says_the_format(form: formats.ReportFormat) -> None:
    assert format_meant(None, f"out/uptime.{form.ending}", "uptime") == form


def test_what_was_said_goes_before_the_ending() -> None:
    assert format_meant("csv", "uptime.pdf", "uptime").name == "csv"


def test_without_a_file_it_is_text() -> None:
    assert format_meant(None, None, "uptime").name == "text"


@pytest.mark.parametrize("form", [form for form in FORMATS if form.binary], ids=lambda form: form.name)
def test_a_binary_format_refuses_a_terminal_and_names_a_file(
    form: formats.ReportFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    with pytest.raises(
        Malformed, match=rf"{form.name} is not for a terminal; name a file: -o uptime\.{form.ending}"
    ):
        format_meant(form.name, None, "uptime")


def test_an_extra_that_is_missing_is_named_with_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "find_spec", lambda name: None)
    with pytest.raises(
        Malformed, match=r"docx needs an extra that is not installed: pip install 'wattledger\[docx\]'"
    ):
        format_meant("docx", "uptime.docx", "uptime")


def test_help_names_every_format() -> None:
    option = next(each for each in report.params if each.name == "form")
    assert all(form.name in str(option.help) for form in FORMATS)
