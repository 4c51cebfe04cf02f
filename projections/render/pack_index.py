"""The page that leads to a report pack: the answer of each report, with its figures; the changes since the
last pack; its files, and how to check them.

It looks like a report's page, is self-contained and runs no script (``templates/pack.html``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from projections.engine.table import Table
from projections.render import display, templating
from projections.render.display import clock_of, moment, only, period, recompute, where
from projections.render.handed import Handed

NOTES: Final = 3
CHANGES: Final = 10


class PackFile(NamedTuple):
    """A file of the pack: its name in the folder, its format, its size in bytes, and its SHA-256 in hex."""

    name: str
    form: str
    size: int
    sha256: str


class PackReport(NamedTuple):
    """A report of the pack with its files."""

    table: Table
    files: tuple[PackFile, ...]


class PackChange(NamedTuple):
    """A figure of an issued report that differs now: both values in words, and the indexes of the records
    that changed it.
    """

    row: str
    column: str
    was: str
    now: str
    caused_by: tuple[int, ...]

    @property
    def causes(self) -> str:
        """The records that changed it."""
        return ", ".join(map(str, self.caused_by)) or "-"


class Since(NamedTuple):
    """A report's last issue compared: its time and recipient, the figures that changed, and the reason where
    it cannot be compared.
    """

    title: str
    issued: str
    recipient: str
    changes: tuple[PackChange, ...]
    why: str = ""

    @property
    def told(self) -> str:
        """The result in words."""
        if self.why:
            return f"cannot be compared: {self.why}"
        count = len(self.changes)
        return f"{count:,} figure{'' if count == 1 else 's'} changed" if count else "stands"


class PackAnswer(NamedTuple):
    """A report as the page shows it: its sentence, its figures (None where it has no lead), notes and
    files.
    """

    name: str
    title: str
    message: str
    figures: list[tuple[str, str]] | None
    notes: tuple[str, ...]
    files: tuple[PackFile, ...]


def render(
    asks: str,
    entries: Sequence[PackReport],
    handed: Handed,
    proof: Sequence[PackFile],
    since: Sequence[Since],
) -> bytes:
    """The page; ``proof`` are the files that a reader checks with."""
    tables = [entry.table for entry in entries]
    first = tables[0] if tables else None
    return templating.page(
        "pack.html",
        templating.sheet("listing.css", first.paper if first else "letter"),
        title=f"Reports, {where(first)}, {period(first)}" if first else "Reports",
        operator=first.subject().operator if first else "",
        asks=asks,
        asked=list(dict.fromkeys(map(_asked, tables))),
        reports=list(map(_answer, entries)),
        since=since,
        handed=handed,
        proof=proof,
        known=first.known_at if first else None,
        commands="\n".join(f"{recompute(table)} | sha256sum" for table in tables),
        notes_shown=NOTES,
        changes_shown=CHANGES,
    )


def _asked(table: Table) -> str:
    """Scope of the whole pack: period, sites, as-of, known-at."""
    limits = f" Only {only(table)}." if table.filters else ""
    return (
        f"{period(table)}, {clock_of(table.tz)}; as of {moment(table.as_of, table.tz)}, from the first"
        f" {table.known_at.size:,} records of the log.{limits}"
    )


def _answer(entry: PackReport) -> PackAnswer:
    table, lead = entry.table, entry.table.lead()
    figures = display.figures(table, lead) if lead else None
    return PackAnswer(table.report, table.title, message(table), figures, table.notes, entry.files)


def message(table: Table) -> str:
    """Summary of a report in a sentence: its verdict, else that of its first picture, else its title and
    number of rows.
    """
    lead = table.lead()
    if lead is not None:
        return lead.verdict
    pictures = table.pictures()
    if pictures:
        return pictures[0].says
    what = table.definition.strip().partition("\n")[0].replace("``", "")
    count = (
        f"{len(table.rows):,} row{'' if len(table.rows) == 1 else 's'}."
        if table.rows
        else "Nothing of this kind is known in the window."
    )
    return f"{what} {count}"
