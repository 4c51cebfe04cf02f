"""Lists of named things are loaded thing by thing."""

from __future__ import annotations

import subprocess
import sys

from ledger.lists import LoadedByName, LoadedInOrder
from projections.reports.catalogue import BY_NAME

ASKED = """
import sys
from ledger.app.cli.main import main
try:
    main({words!r}, prog_name="wattledger", standalone_mode=False)
except SystemExit:
    pass
print(*sorted(name for name in sys.modules if name.startswith({room!r})), file=sys.stderr)
"""


def loaded(room: str, *words: str) -> list[str]:
    """The modules of a room that a call of the command line loads, in a process of its own."""
    script = ASKED.format(words=words, room=f"{room}.")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return [name.removeprefix(f"{room}.") for name in done.stderr.split()]


def test_a_call_loads_the_command_that_it_is_of() -> None:
    """An operator asks for the status of a book: 45 other commands would take longer to load than the answer."""
    assert loaded("ledger.app.cli.commands", "status", "--help") == ["status"]


def test_a_reports_options_are_read_without_the_other_reports() -> None:
    """A report is asked for by its name and for a period: no option of another report is given."""
    words = ("--book", "nowhere", "report", "uptime", "--period", "2026-07", "--format", "text")
    assert "water" not in loaded("projections.reports", *words)


def test_the_help_of_report_has_the_options_of_all_reports() -> None:
    assert "water" in loaded("projections.reports", "report", "--help")


def test_a_thing_is_loaded_once_when_it_is_asked_for() -> None:
    asked: list[str] = []
    found = LoadedByName(("a", "b"), lambda name: asked.append(name) or name.upper())  # type: ignore[func-returns-value]
    assert ("b" in found, list(found), found["b"], found["b"], asked) == (True, ["a", "b"], "B", "B", ["b"])


def test_things_in_order_are_those_of_the_names() -> None:
    assert tuple(LoadedInOrder(LoadedByName(("a", "b"), str.upper))) == ("A", "B")


def test_every_report_stands_in_the_catalogue_under_its_own_name() -> None:
    assert [name for name, report in BY_NAME.items() if report.name != name] == []
