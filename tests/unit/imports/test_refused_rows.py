"""Rows that were not recorded are written beside the file that was imported, and never over other work."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from ledger.app.cli.main import main
from ledger.app.imports.refused_rows import write_refused
from ledger.errors import Problem
from ledger.exchange.formats import Given
from ledger.exchange.sheets.template import template
from ledger.kinds import kind_of
from tests.support.workbooks import messages, read, saved

MAP = 'site = "s1"\n[[fact]]\nkind = "outage-ended"\nat = { column = "When" }\nfields = { outage = { column = "No" } }\n'
GIVEN = Given(map_text=MAP)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    path.write_text("No,When\no1,x\no2,y\n")
    return path


def problem(line: int, message: str = "no date") -> Problem:
    return Problem("log.csv", line, message)


def test_the_copy_stands_beside_the_file(log: Path) -> None:
    """The second row has no date."""
    written = write_refused(log, GIVEN, [problem(3)])
    assert written is not None
    assert (written.path.name, written.path.read_text(), written.rows) == (
        "log.refused.csv",
        "No,When,reason\no2,y,row 3: no date\n",
        1,
    )


def test_the_same_copy_is_written_once(log: Path) -> None:
    """The file is imported again, and the same rows are refused."""
    names = [written.path.name for _ in range(2) if (written := write_refused(log, GIVEN, [problem(3)]))]
    assert names == ["log.refused.csv"] * 2


def test_a_copy_that_somebody_mends_is_not_written_over(log: Path) -> None:
    """The operator is at work on the copy when a colleague imports the file again."""
    log.with_name("log.refused.csv").write_text("No,When\no2,2026-07-21T14:30Z\n")
    written = write_refused(log, GIVEN, [problem(3)])
    assert written is not None
    assert written.path.name == "log.refused-2.csv"


@pytest.mark.parametrize(("more", "left"), [(["--dry-run"], []), ([], ["log.refused.csv"])])
def test_a_dry_run_writes_no_copy(log: Path, more: list[str], left: list[str]) -> None:
    """Whoever looks first finds nothing new beside the file; the reasons are on the screen."""
    (log.parent / "m.toml").write_text(MAP)
    asked = ["--book", str(log.parent / "book")]
    assert CliRunner().invoke(main, [*asked, "init", "--origin", "example.com/r"]).exit_code == 0
    words = [*asked, "import", "events", str(log), "--map", str(log.parent / "m.toml"), *more]
    assert CliRunner().invoke(main, words).exit_code == 2
    assert [path.name for path in log.parent.glob("*.refused*")] == left


def test_a_problem_of_the_whole_file_lists_no_row(log: Path) -> None:
    """The file has another problem than its rows."""
    assert write_refused(log, GIVEN, [problem(0)]) is None


def test_all_that_is_wrong_with_a_row_is_one_reason(log: Path) -> None:
    """Start and end of the row were both refused."""
    written = write_refused(log, GIVEN, [problem(2, "no start"), problem(2, "no end")])
    assert written is not None
    assert "row 2: no start; no end" in written.path.read_text()


def test_the_copy_of_a_template_needs_no_map_either(tmp_path: Path) -> None:
    """Somebody filled in a template and forgot the outage of a row; he types it into the copy."""
    book = openpyxl.load_workbook(BytesIO(template([kind_of("outage-ended"), kind_of("outage-started")], {})))
    sheet = book["outage-ended"]
    sheet["B3"], sheet["C3"] = "sandersville", datetime(2026, 7, 21, 16)
    path = tmp_path / "t.xlsx"
    path.write_bytes(saved(book))
    written = write_refused(path, Given(), read(path.read_bytes(), name="t.xlsx").problems)
    assert written is not None
    copy = openpyxl.load_workbook(written.path)
    copy["outage-ended"]["E2"] = "o7"
    found = read(saved(copy))
    assert (messages(found), [claim.at for claim in found.claims]) == ([], ["2026-07-21T20:00:00Z"])
