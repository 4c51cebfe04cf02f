"""The list of publications of grid operators that can be read: one line each. ``--source list`` prints it."""

from __future__ import annotations

from typing import Final

from ledger.errors import Malformed, no_such
from ledger.exchange.grid_notices import ercot, miso, notice_csv, pjm
from ledger.exchange.grid_notices.notice import NoticeSource

SOURCES: Final[tuple[NoticeSource, ...]] = (ercot.SOURCE, miso.SOURCE, pjm.SOURCE, notice_csv.SOURCE)
BY_NAME: Final = {source.name: source for source in SOURCES}
NOT_READ: Final = {
    "spp": "SPP publishes its declarations in prose only (its page of grid conditions, Grid Notice e-mails):"
    " put them into a CSV file with --source csv, which knows SPP's words",
    "eia930": "EIA-930 publishes demand and forecasts, not declarations: read its files with import csv"
    " --dialect eia-930",
}


def source_named(name: str) -> NoticeSource:
    """A source of the list; ``Malformed`` for others lists these, or says where a publication goes."""
    if name in NOT_READ:
        raise Malformed(f"--source {name}: {NOT_READ[name]}")
    if name not in BY_NAME:
        raise no_such("source of grid conditions", name, BY_NAME)
    return BY_NAME[name]


def explained() -> list[str]:
    """Each source with what is read, from where its form is known, and an example."""
    lines = []
    for source in SOURCES:
        lines += [
            f"{source.name} ({source.authority})",
            f"  {source.summary}",
            f"  known from: {source.known_from}",
        ]
        lines += [f"    {line}" for line in source.example[:3]]
    return [*lines, "", *(f"{name}: not read. {why}" for name, why in NOT_READ.items())]
