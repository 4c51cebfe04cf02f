"""Large-load rules of 2026 at some sites: backup generators and their hours, emergency directives, coincident
peaks, voltage excursions and what the mining did at them, changes of equipment and tests of channels, contracts
with their minimum take, registrations, tax exemptions, sources of energy and water. The facts are story text
beside the samples, each heard ten minutes after it was so.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from typing import Final

from ledger import calendar
from ledger.app.demo.portfolio.telling import Line

FOLDER: Final = resources.files("ledger.app.demo").joinpath("samples").joinpath("story")
HEARD_S: Final = 600


def large_loads() -> Iterator[Line]:
    """The facts of every story file, in the order they are told in."""
    for file in sorted(FOLDER.iterdir(), key=lambda file: file.name):
        for text in file.read_text(encoding="utf-8").splitlines():
            if file.name.endswith(".story") and text and not text.startswith("#"):
                at = calendar.parse_instant(text.partition(" ")[0])
                yield Line(calendar.instant_s(at) + HEARD_S, text)
