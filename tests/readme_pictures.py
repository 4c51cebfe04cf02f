"""The pictures that the README shows, drawn from the demonstration's book; ``tools/bless`` writes them, a test compares them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ledger.app import asking
from ledger.app.book import Book
from ledger.app.query import Question
from projections.catalogue import BY_NAME
from projections.render import charts

FOLDER: Final = Path(__file__).parent / "pictures"
PICTURES: Final = {
    "storm-week": ("power-use", Question(sites=("sandersville",), start="2026-01-22", stop="2026-01-29")),
}


def drawn(directory: Path) -> dict[str, tuple[str, str]]:
    """By name: the drawing, and its message in words."""
    found = {}
    with Book.open(directory, write=False) as book:
        for name, (report, question) in PICTURES.items():
            (picture,) = asking.run(book, BY_NAME[report], question).pictures()
            found[name] = charts.svg(picture, name), picture.says
    return found
