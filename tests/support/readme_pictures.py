"""The pictures that the README shows, drawn from the demonstration's book; ``tools/bless`` writes them, a
test compares them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ledger.app.book.book import Book
from ledger.app.queries import log_view
from ledger.app.queries.report_run import Question
from projections.render.charts import svg
from projections.reports.catalogue import BY_NAME

FOLDER: Final = Path(__file__).parents[1] / "pictures"
PICTURES: Final = {
    "storm-week": ("power-use", Question(sites=("sandersville",), start="2026-01-22", stop="2026-01-29")),
}


def drawn(directory: Path) -> dict[str, tuple[str, str]]:
    """By name: the drawing, and its message in words."""
    found = {}
    with Book.open(directory, write=False) as book:
        for name, (report, question) in PICTURES.items():
            (picture,) = log_view.run(book, BY_NAME[report], question).pictures()
            found[name] = svg.svg(picture, name), picture.says
    return found
