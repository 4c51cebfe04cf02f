"""Reading one file of interval values: its header, then its rows as readings, part after part."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Final

from ledger import calendar
from ledger.errors import Malformed, Problem
from ledger.exchange.interval_csv import cells, dialects, nem12
from ledger.exchange.interval_csv.cells import Cells, Piece
from ledger.exchange.interval_csv.dialect_form import ChosenDialect, Layout
from ledger.exchange.interval_csv.headers import Columns, columns, listed
from ledger.exchange.interval_csv.numbers import NumberColumn, numbers
from ledger.exchange.interval_csv.runs import Readings, runs
from ledger.exchange.interval_csv.stamps import IRREGULAR, NoSuchHour, Stamps, Unsure, stamped
from ledger.exchange.reading import PROBLEM_LIMIT, Reading
from ledger.units import format_quantity

NOT_STATED: Final = -1
AREAS_KEPT: Final = 100
PREAMBLE: Final = 30
"""Most rows in which the header of a file of any publisher is looked for."""
SECOND: Final = frozenset(("y", "yes", "true", "t", "1", "*"))
FIRST: Final = frozenset(("", "n", "no", "false", "f", "0"))
"""Cells of a flag for the second of two equal stamps: ERCOT's files write Y and N, tools that read them True
and False (pandas, gridstatus).
"""
UNSURE: Final = IRREGULAR + 1
"""Stand-in for the begin of a row whose problem is already reported."""
_TO: Final = re.compile(r"\s+(?:to|[-\u2013\u2014])\s+", re.IGNORECASE)


class IntervalFile:
    """The state of reading a file."""

    def __init__(self, source: str, asked: ChosenDialect) -> None:
        self.source, self.asked = source, asked
        self.clock = asked.dialect.clock
        self.stamps = Stamps(self.clock)
        self.columns: Columns | None = None
        self._cut: Columns | None = None
        self._is_range = False
        self.problems: list[Problem] = []
        self.wrong = 0
        self.read = 0
        self._counts = {
            "blank, which is no reading": 0,
            "of another area passed over": 0,
            "repeated with the same value": 0,
            "passed over, not selected": 0,
        }
        self._areas: dict[str, None] = {}
        self._sorts: dict[str, None] = {}
        self._notes: list[str] = []
        self._piece = Piece("", 1)
        self._raws: list[str] | None = None
        self.rounds = False

    # --- problems and notes ---------------------------------------------------------------------------------

    def problem(self, line: int, message: str) -> None:
        """Collect a problem with its line; of very many bad rows only the first are kept, and those of the
        whole file.
        """
        self.wrong += 1
        if line and self.wrong > PROBLEM_LIMIT:
            return
        if self._raws is None:
            self._raws = self._piece.text.split("\n")
        place = line - self._piece.line
        raw = self._raws[place] if line and 0 <= place < len(self._raws) else ""
        self.problems.append(
            Problem(self.source, line, message, raw[:200].encode("utf-8", "replace").decode())
        )

    def note(self, text: str) -> None:
        """Add a note for the end of the file."""
        self._notes.append(text)

    def count(self, what: int, rows: int) -> None:
        """Count rows that are not readings of their own: 0 blank, 1 of another area, 2 repeated, 3 of another
        kind than selected.
        """
        name = list(self._counts)[what]
        self._counts[name] += rows

    def take_problems(self) -> tuple[Problem, ...]:
        """The problems since the last time."""
        found, self.problems = tuple(self.problems), []
        return found

    def end(self) -> Reading:
        """The counts of skipped rows, after the last part."""
        if not self.read and not self.wrong and not next(iter(self._counts.values())):
            self.problem(0, self.nothing())
        notes = [*self._notes]
        if self.rounds:
            notes.append(
                f"energy is the mean power times {format_quantity(self.clock.interval_s, '_s')}, rounded to the"
                " milliwatt-hour"
            )
        if self.wrong > PROBLEM_LIMIT:
            notes.append(f"{self.wrong - PROBLEM_LIMIT:,} more problems are not shown")
        notes += [
            f"{count:,} {'row' if count == 1 else 'rows'} {what}"
            for what, count in self._counts.items()
            if count
        ]
        return Reading((), self.take_problems(), tuple(f"{self.source}: {note}" for note in notes))

    def nothing(self) -> str:
        """The reason why there is no value."""
        assert self.columns is not None, "the header is read first"
        assert self._cut is not None, "the header is read first"
        if not self._areas or dict(self._cut.filters).get(self._cut.area or 0) in self._areas:
            return "holds no interval values"
        return f"has no row of the area {self.asked.area!r}; there are {listed(tuple(self._areas))}"

    # --- rows -----------------------------------------------------------------------------------------------

    def cells(self, chunks: Iterable[bytes]) -> Iterator[Cells]:
        """The used columns of the rows below the header, a piece at a time."""
        held: Cells | None = None
        try:
            if self.asked.dialect.name == nem12.NAME:
                yield from self._registered(chunks)
                return
            for piece in cells.pieces(chunks):
                body: Piece | None = piece
                if self.columns is None:
                    body = self._below_header(piece)
                if body is not None and body.text:
                    self._piece, self._raws = body, None
                    assert self._cut is not None, "the header is read first"
                    whole = cells.cells(
                        body, self._cut.width, self._cut.needed, self.problem, self.asked.dialect.totals
                    )
                    part = self._molten(self._begun(self._of_interest(whole)))
                    part, held = self._held_back(part if held is None else held.joined(part))
                    yield part
            if held is not None:
                yield held
        except Malformed as why:
            raise Malformed(
                f"{self.source}: {why}" if not str(why).startswith(self.source) else str(why)
            ) from None
        if self.columns is None:
            raise Malformed(f"{self.source}: is empty; a header and rows are needed")

    def _registered(self, chunks: Iterable[bytes]) -> Iterator[Cells]:
        """The rows of a file of records, which state unit, interval and quality themselves."""
        file = nem12.read(chunks, self.asked.area, self.problem)
        register = file.register
        self._piece = Piece(file.text, 1)
        self.asked = self.asked._replace(
            dialect=self.asked.dialect._replace(unit=register.unit),
            quality=("", nem12.QUALITIES | {"N": NOT_STATED}),
        )
        self.clock = self.clock._replace(interval_s=register.minutes * 60)
        self.stamps = Stamps(self.clock)
        self.columns = self._cut = Columns(4, 0, (1,), None, 2, (), None, nem12.COLUMNS, 3)
        self.note(f"values in {register.unit} over {register.minutes} min from the register {register.name}")
        if file.others:
            self.note(f"other registers passed over: {listed(sorted(file.others))}")
        yield from file.cells(self.problem)

    def _held_back(self, part: Cells) -> tuple[Cells, Cells | None]:
        """The rows without those of the last date, if clocks change on it: all rows of the day together tell
        the meaning of its hours, and the next piece may hold the rest.
        """
        columns, count = self.stamps_of(part), len(part.lines)
        if not count:
            return part, None
        date, _ = stamped(columns, count - 1)
        if not self.stamps.is_changing(date):
            return part, None
        first = count
        while first and stamped(columns, first - 1)[0] == date:
            first -= 1
        return part.only(range(first)), part.only(range(first, count))

    def _below_header(self, piece: Piece) -> Piece | None:
        found = self._header(piece)
        if found is None:
            return None
        (layout, columns_), names, rest = found
        self._cut = self.columns = columns_
        if columns_.across:  # one row a day becomes one row an interval: date, time of day, value, quality
            quality = None if columns_.quality is None else 3
            self.columns = Columns(4, 0, (1,), None, 2, (), None, columns_.names, quality)
        if rest.line > piece.line + 1:
            self._notes.append(f"lines before the header, which is line {rest.line - 1}, passed over")
        self.clock = self.clock._replace(
            zone=layout.zone or self.clock.zone,
            order=(not self.clock.said and layout.order) or self.clock.order,
        )
        self.stamps = Stamps(self.clock)
        if layout.unit and not self.asked.is_unit_asked:
            self.asked = self.asked._replace(dialect=self.asked.dialect._replace(unit=layout.unit))
        self._notes.append(
            f"values in {self.asked.dialect.unit} from the column {names[columns_.value]!r}"
            + (f" and those up to {names[columns_.across[-1][0]]!r}" if columns_.across else "")
        )
        return rest

    def _header(self, piece: Piece) -> tuple[tuple[Layout, Columns], list[str], Piece] | None:
        """The first row, or in a file of any publisher the first that has the named columns; with its meaning
        and the rest of the file.
        """
        first: Malformed | None = None
        for _ in range(PREAMBLE):
            found = cells.header(piece)
            if found is None:
                break
            names, piece = found
            try:
                return columns(names, self.asked, f"{self.source}:{piece.line - 1}"), names, piece
            except Malformed as why:
                first = first or why
        if first is not None:
            raise first
        return None

    def _of_interest(self, part: Cells) -> Cells:
        """Rows of the selected area."""
        assert self._cut is not None, "the header is read first"
        for place, wanted in self._cut.filters:
            column = part.columns[place]
            if place == self._cut.area and len(self._areas) < AREAS_KEPT:
                self._areas |= dict.fromkeys(column)
            good = [n for n, cell in enumerate(column) if cell == wanted]
            self.count(1 if place == self._cut.area else 3, len(column) - len(good))
            part = part.only(good)
        if self._cut.sort is not None:
            self._sorts |= dict.fromkeys(part.columns[self._cut.sort])
            if len(self._sorts) > 1:
                name = self._cut.names[self._cut.sort]
                raise Malformed(
                    f"has rows of different things, by the column {name!r}: {listed(tuple(self._sorts))};"
                    f" choose one, for example only={name}:{next(iter(self._sorts))}"
                )
        return part

    def _begun(self, part: Cells) -> Cells:
        """Rows whose stamp is one text: with the offset from another column; of ``A to B`` the begin, if it
        is an interval from there to B; the same where B has a column of its own.
        """
        assert self._cut is not None, "the header is read first"
        place, offset = self._cut.day, self._cut.offset
        if offset is not None:
            last = (self._cut.day, *self._cut.clock)[-1]
            pairs = zip(part.columns[last], part.columns[offset], strict=True)
            part = part._replace(
                columns=part.columns | {last: [f"{cell} {zone.strip()}" for cell, zone in pairs]}
            )
        if self._cut.end is not None:
            stamps = (part.columns[at] for at in (self._cut.day, *self._cut.clock))
            begins = [" ".join(cells_).strip() for cells_ in zip(*stamps, strict=True)]
            rows = zip(part.lines, begins, part.columns[self._cut.end], strict=True)
            part = part.only(
                [
                    n
                    for n, (line, begin, end) in enumerate(rows)
                    if not begin or self._is_interval(line, begin, end.strip())
                ]
            )
        column = part.columns[place]
        if not self._is_range and (self._cut.clock or not any(map(_TO.search, column[:1]))):
            return part
        if not self._is_range:
            self._is_range, self.clock = True, self.clock._replace(ends=False)
            self.stamps = Stamps(self.clock)
        starts, good = list(column), []
        for n, cell in enumerate(column):
            begin, *end = _TO.split(cell.strip())
            if len(end) == 1 and self._is_interval(part.lines[n], begin, end[0]):
                starts[n] = begin
                good.append(n)
            elif len(end) != 1:
                self.problem(part.lines[n], f"stamp is not from A to B, as those before it: {cell[:60]!r}")
        return part._replace(columns=part.columns | {place: starts}).only(good)

    def _is_interval(self, line: int, begin: str, end: str) -> bool:
        step_s = self.clock.interval_s
        try:
            length_s = self.stamps.span_s(begin, end)
        except Malformed as why:
            self.problem(line, f"stamp {why}")
            return False
        # clocks may change in it, and some write the last minute or second of the interval
        changes = (0, 3600, -3600) if self.stamps.is_changing(stamped([[begin]], 0)[0]) else (0,)
        lengths = {step_s + more - less for more in changes for less in (0, 1, 60)}
        # from 01:45 to 01:00 where clocks go back in it
        around_s = length_s - calendar.DAY_S * (len(changes) > 1)
        if (length_s in lengths and length_s > 0) or around_s in lengths:
            return True
        takes = dialects.OWN_KEYS.get(self.asked.dialect.name, ())
        hint = " (another length: interval=15min in --dialect)" if "interval" in takes else ""
        self.problem(
            line,
            f"stamp goes over {format_quantity(length_s, '_s')}, and an interval has"
            f" {format_quantity(step_s, '_s')}{hint}: {begin!r} to {end!r}",
        )
        return False

    def _molten(self, part: Cells) -> Cells:
        """One row an interval, from a file that has one a day."""
        assert self._cut is not None, "the header is read first"
        across = self._cut.across
        if not across:
            return part
        count, rows = len(across), len(part.lines)
        values = chain.from_iterable(zip(*(part.columns[place] for place, _ in across), strict=True))
        found: dict[int, Sequence[str]] = {
            0: [cell for cell in part.columns[self._cut.day] for _ in across],
            1: [title for _, title in across] * rows,
            2: list(values),
        }
        if self._cut.quality is not None:
            found[3] = [cell for cell in part.columns[self._cut.quality] for _ in across]
        return Cells(found, [line for line in part.lines for _ in range(count)])

    # --- readings -------------------------------------------------------------------------------------------

    def readings(self, part: Cells) -> Readings:
        """The readings of some rows in the order of the file; bad rows become problems."""
        days, column = self.values(part)
        self.count(0, len(column.blank))
        found = Readings(runs(days, self.clock.interval_s), column.values, part.lines, column.decimals)
        quality, unknown = self._quality(part, column)
        found = found._replace(quality=quality)
        none = column.blank | column.wrong.keys() | unknown
        if not none and all(run.start >= 0 for run in found.runs):
            return found
        return found.only(n for n, start_s in enumerate(found.starts) if start_s >= 0 and n not in none)

    def _quality(self, part: Cells, column: NumberColumn) -> tuple[Sequence[int], set[int]]:
        """The ESPI code of each row, empty where no quality column was named, and the rows whose cell has no
        stated meaning.
        """
        assert self.columns is not None, "the header is read first"
        if self.columns.quality is None or self.asked.quality is None:
            return (), set()
        cells_, (_, meanings) = part.columns[self.columns.quality], self.asked.quality
        codes = {cell: meanings.get(cell.strip()) for cell in dict.fromkeys(cells_)}
        unknown = {n for n, cell in enumerate(cells_) if codes[cell] is None and n not in column.blank}
        for n in sorted(unknown):
            self.problem(
                part.lines[n],
                f"quality {cells_[n][:40]!r} has no stated meaning; add"
                f" {cells_[n].strip()[:40]}=MEANING to quality=",
            )
        return [NOT_STATED if (code := codes[cell]) is None else code for cell in cells_], unknown

    def values(self, part: Cells) -> tuple[list[Sequence[int]], NumberColumn]:
        """The begins of the rows of each date (-1: its problem is reported), and the value of each row."""
        assert self.columns is not None, "the header is read first"
        dialect = self.asked.dialect
        column = numbers(
            part.columns[self.columns.value],
            blanks=(*dialect.blanks, *self.asked.blanks),
            thousands=dialect.thousands,
            places=self.asked.decimals,
        )
        days = list(self._days(part, column.blank))
        starts = list(chain.from_iterable(days)) if column.wrong else []
        for place, why in column.wrong.items():
            if starts[place] >= 0:
                self.problem(part.lines[place], f"value {why}")
        return days, column

    def stamps_of(self, part: Cells) -> Sequence[Sequence[str]]:
        """The columns of the stamp."""
        assert self.columns is not None, "the header is read first"
        return [part.columns[place] for place in (self.columns.day, *self.columns.clock)]

    def _days(self, part: Cells, blank: set[int]) -> Iterator[Sequence[int]]:
        second, unknown = self._flagged(part)
        flagged = second | unknown
        columns, row = self.stamps_of(part), 0
        for day in self.stamps.days(columns):
            rows = range(row, row + len(day))
            row = rows.stop
            if isinstance(day, range) and not (flagged and flagged.intersection(rows)):
                yield day
                continue
            is_flagged = bool(second.intersection(rows))
            counted = self._numbered(columns, rows, blank)
            if isinstance(counted, Unsure):
                counted = None if is_flagged else self._unsure(part, rows, counted, blank)
            is_marked = is_flagged or (
                not self.clock.marks
                and self.stamps.is_changing(stamped(columns, rows[0])[0])
                and any(self.stamps.is_marked(stamped(columns, n)[1]) for n in rows)
            )
            is_end, unsure = (False, set()) if counted else self._as_ends(part, rows, second, blank)
            yield [
                -1
                if n in unknown or n in unsure or start_s == UNSURE
                else self._start_s(
                    part.lines[n], *stamped(columns, n), n in second, n in blank, is_marked, is_end
                )
                if start_s < 0 or (n in second and counted is None)
                else start_s
                for n, start_s in zip(rows, counted or day, strict=True)
            ]

    def _flagged(self, part: Cells) -> tuple[set[int], set[int]]:
        """The rows that are flagged as the second of two, and those with an unknown flag."""
        assert self.columns is not None, "the header is read first"
        flags = () if self.columns.second is None else part.columns[self.columns.second]
        plain = {flag: flag.strip().casefold() for flag in dict.fromkeys(flags)}
        second = {n for n, flag in enumerate(flags) if plain[flag] in SECOND}
        if plain.keys() and not all(flag in SECOND or flag in FIRST for flag in plain.values()):
            unknown = {n for n, flag in enumerate(flags) if plain[flag] not in SECOND | FIRST}
            for n in sorted(unknown):
                self.problem(
                    part.lines[n],
                    "flag of the second of two equal hours must be Y or N (or true, false, 1, 0, *):"
                    f" {flags[n][:40]!r}",
                )
            return second, unknown
        return second, set()

    def _numbered(
        self, columns: Sequence[Sequence[str]], rows: Sequence[int], blank: set[int]
    ) -> list[int] | Unsure | None:
        """The begins of a day's rows, where clocks change that day and the file numbers its hours."""
        date, _ = stamped(columns, rows[0])
        if not self.stamps.is_changing(date):
            return None
        clocks = [stamped(columns, n)[1] for n in rows]
        return self.stamps.numbered(date, clocks, [n not in blank for n in rows])

    def _unsure(self, part: Cells, rows: Sequence[int], unsure: Unsure, blank: set[int]) -> list[int]:
        """The rows of a day whose hours are either clock times or numbers, where the file does not tell
        which.
        """
        columns = self.stamps_of(part)
        found = []
        for n in rows:
            date, clock = stamped(columns, n)
            is_sure = self.stamps.place_of(clock) < unsure.first
            found.append(IRREGULAR if is_sure else UNSURE)
            if not is_sure and n not in blank:
                self.problem(
                    part.lines[n],
                    f"stamp could be what clocks in {self.clock.zone} show or the number of an hour, as they"
                    f" change on {date} and its rows do not tell; give the whole day, or stamps with"
                    " their offset",
                )
        return found

    def _as_ends(
        self, part: Cells, rows: Sequence[int], second: set[int], blank: set[int]
    ) -> tuple[bool, set[int]]:
        """True where the rows of a day on which clocks change show clock times of interval ends; with the
        rows for which that is not clear.
        """
        columns = self.stamps_of(part)
        date, _ = stamped(columns, rows[0])
        if not self.stamps.is_changing(date):
            return False, set()
        clocks = [stamped(columns, n)[1] for n in rows]
        is_end = self.stamps.are_ends(
            date, clocks, [n in second for n in rows], [n not in blank for n in rows]
        )
        if is_end is not None:
            return is_end, set()
        unsure = {
            n
            for n, clock in zip(rows, clocks, strict=True)
            if n not in second and self.stamps.ends_change(date, clock)
        }
        for n in sorted(unsure - blank):
            self.problem(
                part.lines[n],
                f"stamp could end the first or the second of the hours that clocks in {self.clock.zone} show"
                f" twice on {date}, as its rows do not tell; give the whole day, or stamps with their offset",
            )
        return False, unsure

    def _start_s(
        self, line: int, date: str, clock: Hashable, second: bool, blank: bool, is_marked: bool, is_end: bool
    ) -> int:
        """The begin of a row that needs a closer look; -1 where a problem was reported or the row holds no
        value.
        """
        try:
            return self.stamps.start_s(date, clock, second, is_marked, is_end)
        except Malformed as why:
            is_empty = not (date + str(clock)).strip()  # spreadsheets write rows of empty cells
            if not (blank and (is_empty or isinstance(why, NoSuchHour))):  # some have a row for the hour
                self.problem(line, f"stamp {why}")
            return -1

    def in_order(self, some: Readings) -> Readings:
        """Readings in order of time, each interval once."""
        if some.ordered:
            return some
        starts = some.starts
        kept: list[int] = []
        for n in sorted(range(len(starts)), key=starts.__getitem__):
            if kept and starts[kept[-1]] == starts[n]:
                first = kept[-1]
                is_value = some.values[n] == some.values[first]
                is_same = is_value and (not some.quality or some.quality[n] == some.quality[first])
                what = "quality" if is_value else "value"
                self.again(starts[n], some.lines[n], is_same, f"line {some.lines[first]}", what)
            else:
                kept.append(n)
        return some.only(kept)

    def again(self, start_s: int, line: int, same: bool, first: str, what: str = "value") -> None:
        """An interval is given a second time: an equal value is counted, another is a problem and the first
        stands.
        """
        if same:
            self.count(2, 1)
            return
        at = calendar.format_instant(start_s)
        self.problem(line, f"gives the interval from {at} another {what} than {first}; the first stands")
