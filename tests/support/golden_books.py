"""Golden books: a book of every released version as that version wrote it, with what its reports said of it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from click.testing import CliRunner

from ledger.app.cli.main import main
from projections.reports.catalogue import REPORTS
from tests.support.worlds import PURE

FOLDER: Final = Path(__file__).parents[1] / "golden" / "books"
STREAM: Final = "s1/operations"
WINDOW: Final = ("--from", "2026-06-01", "--to", "2026-08-01", "--tz", "America/New_York")
ENVELOPE: Final = ("definition_version", "tzdata")


def ask(book: Path, *words: str, exit_code: int = 0) -> str:
    """What a command prints of a book; it must end with the exit code."""
    done = CliRunner().invoke(main, ["--book", str(book), *words])
    assert done.exit_code == exit_code, (words, done.output, done.exception)
    return done.stdout


def reports_of(book: Path) -> dict[str, dict[str, Any]]:
    """What every report says of a book as known at its last record: definition, tz database, SHA-256."""
    found = {}
    for report in REPORTS:
        if report in PURE:
            text = ask(book, "report", report.name, *WINDOW, "--format", "json")
            said = json.loads(text)
            found[report.name] = {
                **{name: said[name] for name in ENVELOPE},
                "sha256": hashlib.sha256(text.encode()).hexdigest(),
            }
    return found
