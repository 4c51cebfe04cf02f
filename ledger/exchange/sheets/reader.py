"""Histories kept in spreadsheets: rows of a CSV file or of an XLSX workbook as facts, by a map.

A row is one or more facts or none: where the reader is not sure of one of them, it makes no fact of the row
and reports why. Facts come out in the order in which they are recorded (``order``). A template carries its
maps in a sheet of its own (``template``), so it needs none beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import UNSET

from ledger.errors import Problem
from ledger.exchange import story
from ledger.exchange.reading import Reading
from ledger.exchange.sheets.cells import SheetRow, shown
from ledger.exchange.sheets.mapped_sheets import MappedSheet, SheetOptions, mapped_sheets
from ledger.exchange.sheets.named_cells import NamedCells
from ledger.exchange.sheets.order import in_order
from ledger.exchange.sheets.row_facts import RowFacts
from ledger.exchange.sheets.row_times import RowTimes
from ledger.kinds import SiteRegistered
from ledger.records.envelope import Claim

SHOWN: Final = 8
EXAMPLE: Final = "example"
"""Text that marks the example row of a template."""
CHANGED: Final = (
    "is marked as the example but has other values; clear the mark if it is a fact, else delete the row"
)


def read_parts(chunks: Iterable[bytes], source: str, sha256: str, options: SheetOptions) -> Iterator[Reading]:
    """The facts of a file, in one part."""
    pairs = mapped_sheets(b"".join(chunks), source, options)
    zones = dict(options.zones)
    readers = [SheetReader(pair, source, sha256, options, zones) for pair in pairs]
    for reader in readers:  # the zones of sites that the file itself registers
        reader.register_zones()
    for reader in readers:
        reader.read()
    ordered = in_order([item for reader in readers for item in reader.claims])
    problems = [problem for reader in readers for problem in reader.problems]
    yield Reading(
        tuple(claim for claim, _ in ordered),
        tuple(problems),
        tuple(note for reader in readers for note in reader.notes()),
        tuple(row for _, (_, row) in ordered),
        sources=tuple(name for _, (name, _) in ordered),
    )


class SheetReader:
    """Rows of one sheet into claims, problems and notes."""

    def __init__(
        self, mapped: MappedSheet, file: str, sha256: str, options: SheetOptions, zones: dict[str, str]
    ) -> None:
        self._sheet, self._map, self._source = mapped
        self._zones = zones
        self._cells = NamedCells(mapped)
        times = RowTimes(mapped, self._cells, zones)
        self._facts = RowFacts(mapped, self._cells, times, {"source": file, "sha256": sha256}, options.site)
        self._hidden: list[int] = []
        self._seen: dict[str, int] = {}
        self._same: list[str] = []
        self.claims: list[tuple[Claim, tuple[str, int]]] = []
        self.problems: list[Problem] = []

    def register_zones(self) -> None:
        """Learn the zones of the sites that rows register."""
        if not any(kind.body is SiteRegistered for fact in self._map.fact for kind in fact.kinds):
            return
        for row in self._cells.rows():
            if self._skips(row) is None:
                claims, _ = self._facts.of_row(row)
                for claim in claims:
                    if isinstance(claim.body, SiteRegistered):
                        self._zones.setdefault(claim.place, claim.body.tz)
        self._facts.forget()

    def read(self) -> None:
        """Read every row."""
        for row in self._cells.rows():
            why = self._skips(row)
            if why is not None:
                self._facts.left_out[why] += not self._is_example(row)
                continue
            if row.hidden:
                self._hidden.append(row.number)
            claims, wrong = ([], [CHANGED]) if self._is_example(row) else self._facts.of_row(row)
            if wrong:
                raw = " | ".join(shown(cell) for cell in row.cells)[:200]
                self.problems.append(Problem(self._source, row.number, "; ".join(dict.fromkeys(wrong)), raw))
                continue
            for claim in claims:
                assert isinstance(claim.id, str), "a made claim has its id"
                before = self._seen.setdefault(claim.id, row.number)
                if before != row.number:
                    self._same.append(f"row {row.number} is the same as row {before}")
                    continue
                self.claims.append((claim, (self._source, row.number)))

    def notes(self) -> Iterator[str]:
        """Notes on rows that are not facts, and on contents that a reader of the sheet may not have seen."""
        for note in self._sheet.notes:
            yield f"{self._source}: {note}"
        for why, count in (+self._facts.left_out).items():
            yield f"{self._source}: {count:,} row{' is' if count == 1 else 's are'} skipped: {why}"
        if self._hidden:
            first = ", ".join(map(str, self._hidden[:SHOWN]))
            more = len(self._hidden) - SHOWN
            rows = "hidden row is" if len(self._hidden) == 1 else "hidden rows are"
            yield (
                f"{self._source}: {len(self._hidden):,} {rows} read too: {first}"
                f"{f' and {more:,} more' if more > 0 else ''}"
                ' (hidden = "skip" in the map leaves hidden rows out)'
            )
        for same in self._same[:SHOWN]:
            yield f"{self._source}: {same}; it is recorded once"
        if len(self._same) > SHOWN:
            yield f"{self._source}: {len(self._same) - SHOWN:,} more rows are the same as another"

    def _skips(self, row: SheetRow) -> str | None:
        """The reason for skipping a row, None if it is not skipped."""
        if row.hidden and self._map.hidden == "skip":
            return "hidden"
        for condition in self._map.skip:
            if self._cells.holds(condition, row):
                said = shown(self._cells.cell(row, condition.column))
                if self._is_example(row) and self._is_changed(row):
                    return None
                return f"{condition.column} is {said!r}" if said else f"{condition.column} is blank"
        return None

    def _is_example(self, row: SheetRow) -> bool:
        """True where a row of a template is marked as its example."""
        return self._map.example is not UNSET and any(
            shown(self._cells.cell(row, condition.column)) == EXAMPLE for condition in self._map.skip
        )

    def _is_changed(self, row: SheetRow) -> bool:
        """True where the example row differs from the template's example."""
        claims, _ = self._facts.of_row(row)
        example = story.parse(self._map.example or "")
        return example is None or [claim.id for claim in claims] != [example.id]
