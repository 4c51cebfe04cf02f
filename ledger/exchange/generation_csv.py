"""Net generation of a balancing authority by source, from files of EIA-930 (Hourly Electric Grid Monitor).

Two layouts: the six-month files ``EIA930_BALANCE_2026_Jan_Jun.csv`` (a row an hour and authority, a column a source:
``Net Generation (MW) from Coal``) and the rows of the API (``period, respondent, fueltype, value``). Hours end at the
stamp, in UTC; mean MW of an hour is MWh.

- Sources that EIA splits are added up: solar and wind with and without batteries, pumped storage with batteries and
  other storage; unknown fuel is other. Before July 2024 pumped storage is part of hydro in the file, and stays there.
- Where a file has ``(Adjusted)`` columns, these are read, and what EIA imputed has quality 8 (estimated). EIA writes
  ``witho Integrated Battery Storage (Adjusted)`` where it means with, and two spaces after ``Pumped Storage``.
- A blank is not zero. A column that is blank all of a UTC day is a source that the authority does not have; where it
  has values that day, an hour without one has no value of its source.
- 2^31 - 1 and its negative stand where a counter overflowed, and are refused.

The result is a record for each source, UTC day and run of hours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from ledger.calendar import DAY_S, HOUR_S, format_instant
from ledger.errors import Malformed, Problem, did_you_mean
from ledger.exchange.interval_csv import cells
from ledger.exchange.interval_csv.cells import Cells
from ledger.exchange.interval_csv.numbers import ROUNDS, numbers
from ledger.exchange.interval_csv.stamps import Clock, Stamps, stamped
from ledger.exchange.reading import PROBLEM_LIMIT, Reading
from ledger.kinds import BY_TAG, GenerationRecorded, Source
from ledger.records.envelope import Claim, make_claim

KIND: Final = BY_TAG["generation-recorded.v1"]
MEGA: Final = 6
NOT_STATED: Final = -1
ESTIMATED: Final = 8
OVERRUN_MW: Final = 2**31 - 1
LISTED: Final = 12

BEGINS: Final = "net generation (mw) from "
ADJUSTED: Final = "(adjusted)"
IMPUTED: Final = "(imputed)"
BY_TITLE: Final = (
    ("coal", "coal"),
    ("natural gas", "gas"),
    ("nuclear", "nuclear"),
    ("all petroleum products", "oil"),
    ("hydropower", "hydro"),
    ("pumped storage", "storage"),
    ("solar", "solar"),
    ("wind", "wind"),
    ("battery storage", "storage"),
    ("other energy storage", "storage"),
    ("unknown energy storage", "storage"),
    ("geothermal", "geothermal"),
    ("other fuel sources", "other"),
    ("unknown fuel sources", "other"),
)
"""How a column's title goes on, and the source it is of."""
BY_CODE: Final = {
    "COL": "coal",
    "NG": "gas",
    "NUC": "nuclear",
    "OIL": "oil",
    "WAT": "hydro",
    "PS": "storage",
    "SUN": "solar",
    "SNB": "solar",
    "WND": "wind",
    "WNB": "wind",
    "BAT": "storage",
    "OES": "storage",
    "UES": "storage",
    "GEO": "geothermal",
    "OTH": "other",
    "UNK": "other",
}
"""Fuel types of EIA's API."""
BALANCE: Final = ("balancing authority", "utc time at end of hour")
API: Final = ("respondent", "period", "fueltype", "value")


class _HourValue(NamedTuple):
    """A cell: its value x 10^-decimals MW, and its line."""

    value: int
    decimals: int
    line: int


_HourValues = dict[int, _HourValue]
"""Values by the instant at which the hour begins."""


class _GenerationColumns(NamedTuple):
    """Columns of a file by position. ``sources`` are those with values, with their source, ``imputed`` those that
    mark what EIA estimated; ``code`` is the column that names the source of a row.
    """

    width: int
    authority: int
    stamp: int
    order: str
    sources: tuple[tuple[int, str], ...]
    imputed: tuple[tuple[int, str], ...] = ()
    code: int | None = None

    @property
    def needed(self) -> tuple[int, ...]:
        code = () if self.code is None else (self.code,)
        return (
            self.authority,
            self.stamp,
            *code,
            *(at for at, _ in (*self.sources, *self.imputed)),
        )


def read(chunks: Iterable[bytes], source: str, sha256: str, authority: str) -> Iterator[Reading]:
    """The generation of one authority (its EIA-930 code) as claims."""
    file = GenerationFile(source, authority)
    try:
        for piece in cells.pieces(chunks):
            file.take(piece)
    except Malformed as why:
        raise Malformed(f"{source}: {str(why).removeprefix(f'{source}: ')}") from None
    yield file.reading(Source(source, sha256=sha256))


class GenerationFile:
    """The state of reading a file: the values of an authority, column by column."""

    def __init__(self, source: str, authority: str) -> None:
        self.source, self.authority = source, authority
        self._titles: tuple[str, ...] = ()
        self.layout: _GenerationColumns | None = None
        self.columns: dict[tuple[str, str], _HourValues] = {}
        self.estimated: set[tuple[str, int]] = set()
        self.others: dict[str, None] = {}
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self._stamps = Stamps(Clock("UTC", True, HOUR_S, "mdy"))

    def take(self, piece: cells.Piece) -> None:
        """Read a piece of the file; the first has the header."""
        if self.layout is None:
            found = cells.header(piece)
            if found is None:
                return
            names, piece = found
            self._titles = tuple(" ".join(name.split()) for name in names)
            self.layout = self._layout(names)
            self._stamps = Stamps(Clock("UTC", True, HOUR_S, self.layout.order))
        if piece.text:
            part = cells.cells(piece, self.layout.width, self.layout.needed, self._problem)
            codes = [code.strip() for code in part.columns[self.layout.authority]]
            self.others |= dict.fromkeys(code for code in codes if code != self.authority)
            self._rows(part.only([n for n, code in enumerate(codes) if code == self.authority]), self.layout)

    def _layout(self, header: Sequence[str]) -> _GenerationColumns:
        names = [" ".join(name.split()).casefold() for name in header]
        if all(name in names for name in API):
            authority, stamp, code, value = (names.index(name) for name in API)
            return _GenerationColumns(len(names), authority, stamp, "ymd", ((value, ""),), code=code)
        titles = [(at, name.removeprefix(BEGINS)) for at, name in enumerate(names) if name.startswith(BEGINS)]
        if not titles or any(name not in names for name in BALANCE):
            raise Malformed(
                "has not the columns of EIA-930 generation: Balancing Authority, UTC Time at End of Hour and Net"
                " Generation (MW) from ..., or respondent, period, fueltype and value"
            )
        kept = [(at, title) for at, title in titles if not title.endswith((ADJUSTED, IMPUTED))]
        adjusted = [(at, title) for at, title in titles if title.endswith(ADJUSTED)]
        if adjusted:
            self.notes.append("the values that EIA adjusted are read")
        authority, stamp = (names.index(name) for name in BALANCE)
        return _GenerationColumns(
            len(names),
            authority,
            stamp,
            "mdy",
            tuple((at, self._source(title)) for at, title in adjusted or kept),
            tuple((at, self._source(title)) for at, title in titles if adjusted and title.endswith(IMPUTED)),
        )

    def _source(self, title: str) -> str:
        found = next((source for begins, source in BY_TITLE if title.startswith(begins)), None)
        if found is None:
            self.notes.append(f"generation from {title!r} counts as other")
        return found or "other"

    # --- rows -----------------------------------------------------------------------------------------------

    def _rows(self, part: Cells, layout: _GenerationColumns) -> None:
        starts = [self._start_s(part, layout, n) for n in range(len(part.lines))]
        for at, source in layout.sources:
            column = numbers(part.columns[at], blanks=("",), thousands=True)
            for n, start_s in enumerate(starts):
                if start_s is None or n in column.blank:
                    continue
                value = _HourValue(column.values[n], column.decimals, part.lines[n])
                why = column.wrong.get(n) or _impossible(value)
                named = (source, str(at)) if layout.code is None else self._of_code(part, layout.code, n)
                if why:
                    self._problem(value.line, f"{self._titles[at]}: {why.replace(ROUNDS, '')}")
                elif named is not None:
                    self._keep(named, start_s, value)
        for at, source in layout.imputed:
            marks = part.columns[at]
            self.estimated |= {
                (source, start_s)
                for n, start_s in enumerate(starts)
                if start_s is not None and marks[n].strip()
            }

    def _start_s(self, part: Cells, layout: _GenerationColumns, n: int) -> int | None:
        day, clock = stamped([part.columns[layout.stamp]], n)
        try:
            return self._stamps.start_s(day, clock)
        except Malformed as why:
            self._problem(part.lines[n], f"stamp {why}")
            return None

    def _of_code(self, part: Cells, at: int, n: int) -> tuple[str, str] | None:
        code = part.columns[at][n].strip()
        if code not in BY_CODE:
            self._problem(part.lines[n], f"fueltype must be one of {', '.join(BY_CODE)}: {code[:40]!r}")
            return None
        return BY_CODE[code], code

    def _keep(self, named: tuple[str, str], start_s: int, value: _HourValue) -> None:
        known = self.columns.setdefault(named, {}).setdefault(start_s, value)
        if known[:2] != value[:2]:
            self._problem(
                value.line,
                f"gives the hour from {format_instant(start_s)} another value of {named[0]} than line"
                f" {known.line}; the first stands",
            )

    def _problem(self, line: int, message: str) -> None:
        if len(self.problems) < PROBLEM_LIMIT:
            self.problems.append(Problem(self.source, line, message))

    # --- claims ---------------------------------------------------------------------------------------------

    def reading(self, evidence: Source) -> Reading:
        """The claims of all that was read."""
        if self.layout is None:
            raise Malformed(f"{self.source}: is empty")
        if not self.columns and not self.problems:
            near = ", ".join(sorted(self.others)[:LISTED])
            there = f"; there are {near}" if near else ""
            hint = did_you_mean(self.authority, self.others)
            raise Malformed(f"{self.source}: has no generation of {self.authority!r}{hint or there}")
        claims, lines = [], []
        for source in sorted({source for source, _ in self.columns}):
            for run in _runs(self._of(source)):
                claims.append(self._claim(source, run, evidence))
                lines.append(run[0][1].line)
        notes = tuple(f"{self.source}: {note}" for note in dict.fromkeys(self.notes))
        return Reading(tuple(claims), tuple(self.problems), notes, tuple(lines))

    def _of(self, source: str) -> _HourValues:
        """The sum of the columns of a source, in the hours in which all that have values that day have one."""
        columns = [hours for (name, _), hours in self.columns.items() if name == source]
        counts: Counter[int] = Counter()
        for hours in columns:
            counts.update({start_s // DAY_S for start_s in hours})
        found = {}
        for start_s in sorted(set().union(*columns)):
            values = [hours[start_s] for hours in columns if start_s in hours]
            if len(values) == counts[start_s // DAY_S]:
                found[start_s] = _sum(values)
        return found

    def _claim(self, source: str, run: Sequence[tuple[int, _HourValue]], evidence: Source) -> Claim:
        decimals = max(value.decimals for _, value in run)
        values = [value.value * 10 ** (decimals - value.decimals) for _, value in run]
        while decimals > 0 and not any(value % 10 for value in values):
            values, decimals = [value // 10 for value in values], decimals - 1
        start = format_instant(run[0][0])
        body = GenerationRecorded(
            balancing_authority=self.authority,
            energy_source=source,  # type: ignore[arg-type]
            start=start,
            interval_s=HOUR_S,
            power_of_ten=MEGA - decimals,
            values=tuple(values),
            quality=tuple(
                ESTIMATED if (source, start_s) in self.estimated else NOT_STATED for start_s, _ in run
            ),
        )
        return make_claim(KIND, start, body, source=evidence)


def _impossible(value: _HourValue) -> str:
    whole = abs(value.value) == OVERRUN_MW * 10**value.decimals
    return "is 2^31 - 1 MW, which stands for a counter that overflowed" if whole else ""


def _sum(values: Sequence[_HourValue]) -> _HourValue:
    decimals = max(value.decimals for value in values)
    total = sum(value.value * 10 ** (decimals - value.decimals) for value in values)
    return _HourValue(total, decimals, values[0].line)


def _runs(hours: _HourValues) -> Iterator[list[tuple[int, _HourValue]]]:
    """Hours that follow each other within a UTC day."""
    run: list[tuple[int, _HourValue]] = []
    for start_s, value in hours.items():
        if run and (start_s != run[-1][0] + HOUR_S or start_s // DAY_S != run[0][0] // DAY_S):
            yield run
            run = []
        run.append((start_s, value))
    if run:
        yield run
