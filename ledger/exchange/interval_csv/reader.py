"""CSV files of interval values of one meter, in a named dialect (``dialects``): one record per run of
readings and UTC day.

The file is read part by part and each part is forgotten once its claims are made, so that memory does not
grow with it but for 8 bytes a reading, kept to find an interval that is said twice: equal, it counts once;
different, it is a Problem and the first stands. A part is put in order of time. A blank is no reading, never
zero: it ends the record. A bad row is a Problem at its line and the good ones go on; of rows that are wrong
alike the first three are told, and how many more there are. Quality is not stated (-1), unless ``quality=``
names its column and what its cells mean.

Values keep the file's digits: each record has the least power of ten of Wh that holds all its values. Mean
power becomes energy exactly, or where the interval is no exact part of an hour (five minutes) rounded once to
the milliwatt-hour, which is told.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import chain
from typing import Final, NamedTuple

import msgspec

from ledger import calendar
from ledger.calendar import HOUR_S
from ledger.errors import Malformed, Problem
from ledger.exchange.interval_csv import cells, dialects, nem12
from ledger.exchange.interval_csv.cells import Cells, Piece
from ledger.exchange.interval_csv.dialect_form import ChosenDialect, Dialect, Layout
from ledger.exchange.interval_csv.headers import Columns, columns, listed, recognized
from ledger.exchange.interval_csv.numbers import NumberColumn, numbers
from ledger.exchange.interval_csv.runs import NONE, Readings, apart, joined, records, runs
from ledger.exchange.interval_csv.stamps import IRREGULAR, NoSuchHour, Stamps, Unsure, stamped
from ledger.exchange.reading import PROBLEM_LIMIT, Reading
from ledger.fields import Integer
from ledger.kinds import BY_TAG, IntervalsRecorded, Source
from ledger.records.envelope import Claim, changed, make_claim
from ledger.units import format_quantity, rounded

KIND: Final = BY_TAG["intervals-recorded.v1"]
NOT_STATED: Final = -1
AREAS_KEPT: Final = 100
MILLI: Final = 3
IMPOSSIBLE: Final = 10
OVERRUN_MW: Final = 2**31 - 1
PREAMBLE: Final = 30
"""So many rows are looked at for the header of a file of any publisher."""
HEAD_BYTES: Final = 1 << 16
"""So much of a file is looked at for it, where no dialect is named."""
SECOND: Final = frozenset(("y", "yes", "true", "t", "1", "*"))
FIRST: Final = frozenset(("", "n", "no", "false", "f", "0"))
"""What a flag of the second of two equal stamps says: ERCOT's files write Y and N, tools that read them True
and False (pandas, gridstatus).
"""
UNSURE: Final = IRREGULAR + 1
"""In place of the begin of a row that a problem was told of already."""
_TO: Final = re.compile(r"\s+(?:to|[-\u2013\u2014])\s+", re.IGNORECASE)


class Options(NamedTuple):
    """Which meter the file is of, and how it is written (``--dialect``); without a dialect it is recognized
    by its columns, if they are one publisher's own.
    """

    site: str
    meter: str
    dialect: str


class Point(NamedTuple):
    """One hour of a series: its stamp as the file gives it (``2026-07-14T24:00``), its begin in seconds since
    1970, mean watts or None.
    """

    stamp: str
    start_s: int
    value: int | None


def read(chunks: Iterable[bytes], source: str, sha256: str, options: Options) -> Iterator[Reading]:
    """The readings of a file as claims for one meter, part by part; the last part says what was passed
    over.
    """
    rest = iter(chunks)
    if options.dialect:
        file = _IntervalFile(source, dialects.parse(options.dialect))
    else:
        first = b""
        while len(first) < HEAD_BYTES and (more := next(rest, b"")):
            first += more
        asked = _recognized(first, source)
        file, rest = _IntervalFile(source, asked), chain((first,), rest)
        file.note(f"read as {asked.dialect.name}, which its columns are of")
    return _parts(file, rest, Source(source, sha256=sha256), options)


def _recognized(first: bytes, source: str) -> ChosenDialect:
    """The dialect whose own columns a file has; ``Malformed`` where it is none, or could be several."""
    piece: Piece | None = next(cells.pieces((first[: first.rfind(b"\n") + 1] or first,)), None)
    fit: list[Dialect] = []
    for _ in range(PREAMBLE):
        found = None if piece is None else cells.header(piece)
        if found is None or fit:
            break
        names, piece = found
        fit = recognized(names)
    if len(fit) != 1:
        what = (
            f"could be {' or '.join(each.name for each in fit)}" if fit else "has the columns of no dialect"
        )
        raise Malformed(f"{source}: {what}; say which with --dialect (--dialect list explains them)")
    return ChosenDialect(fit[0])


def series(data: bytes, source: str, dialect: str, area: str | None) -> list[Point]:
    """The hours of a file in order of time, blanks among them, in mean watts rounded once; ``Malformed`` at
    the first bad row.
    """
    asked = dialects.parse(dialect)
    length_s = asked.dialect.clock.interval_s
    if length_s != HOUR_S:
        raise Malformed(
            f"{source}: {asked.dialect.name} has intervals of {format_quantity(length_s, '_s')}; an hourly series is"
            " needed"
        )
    places = asked.power_of_ten if asked.decimals is None else min(asked.decimals, asked.power_of_ten)
    file = _IntervalFile(source, asked._replace(area=asked.area or area, decimals=places))
    found: dict[int, Point] = {}
    for part in file.cells((data,)):
        days, column = file.values(part)
        worth = 10 ** (asked.power_of_ten - column.decimals)
        stamps = file.stamps_of(part)
        for n, start_s in enumerate(chain.from_iterable(days)) if not file.problems else ():
            stamp = file.stamps.given(*stamped(stamps, n))
            point = Point(stamp, start_s, None if n in column.blank else column.values[n] * worth)
            if found.setdefault(start_s, point).value != point.value:
                file.problem(part.lines[n], f"gives the hour {stamp} another value than an earlier line")
        if file.problems:
            raise Malformed(str(min(file.problems, key=lambda problem: problem.line)))
    if not found:
        raise Malformed(f"{source}: {file.nothing()}")
    _check_possible(found.values(), source)
    return [found[start_s] for start_s in sorted(found)]


def _check_possible(points: Collection[Point], source: str) -> None:
    """``Malformed`` for an hour that cannot be: 2^31 - 1, which EIA-930 files hold where a counter ran over,
    or more than ten times what half of the hours are below.
    """
    known = sorted(abs(point.value) for point in points if point.value)
    most = IMPOSSIBLE * known[len(known) // 2] if known else 0
    for point in points:
        if point.value is not None and (abs(point.value) > most or abs(point.value) == OVERRUN_MW * 10**6):
            raise Malformed(
                f"{source}: the hour {point.stamp} says {point.value // 10**6:,} MW, which is impossible"
                f" beside the others (half of them are below {known[len(known) // 2] // 10**6:,} MW);"
                " correct the file"
            )


def _parts(
    file: _IntervalFile, chunks: Iterable[bytes], evidence: Source, options: Options
) -> Iterator[Reading]:
    """The claims and problems of each part of a file. The UTC day in which a part ends is carried over into
    the next.
    """
    maker = _Maker(file, evidence, options)
    carry = NONE
    try:
        for part in file.cells(chunks):
            found = file.readings(part)
            last_s = next(iter((found.runs or carry.runs)[-1:]), range(1))[-1]
            whole, carry = apart(file.in_order(joined(carry, found)), last_s - last_s % calendar.DAY_S)
            yield maker.reading(whole)
    except Malformed as why:
        if file.columns is None:
            raise
        file.problem(0, f"{str(why).removeprefix(f'{file.source}: ')}; the readings before it are taken")
    yield maker.reading(carry)
    yield file.end()


class _IntervalFile:
    """What is known of a file while it is read."""

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
            "said before, with the same value": 0,
            "not asked for passed over": 0,
        }
        self._areas: dict[str, None] = {}
        self._sorts: dict[str, None] = {}
        self._notes: list[str] = []
        self._piece = Piece("", 1)
        self._raws: list[str] | None = None
        self.rounds = False

    # --- what is said of it ---------------------------------------------------------------------------------

    def problem(self, line: int, message: str) -> None:
        """Collect a problem with the line it is on; of very many rows the first are said, and what is of the
        file.
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
        """Something to be said at the end."""
        self._notes.append(text)

    def count(self, what: int, rows: int) -> None:
        """Rows that are no reading of their own: 0 blank, 1 of another area, 2 said before, 3 of another kind
        than is asked for.
        """
        name = list(self._counts)[what]
        self._counts[name] += rows

    def take_problems(self) -> tuple[Problem, ...]:
        """The problems since the last time."""
        found, self.problems = tuple(self.problems), []
        return found

    def end(self) -> Reading:
        """What was passed over, after the last part."""
        if not self.read and not self.wrong and not next(iter(self._counts.values())):
            self.problem(0, self.nothing())
        notes = [*self._notes]
        if self.rounds:
            notes.append(
                f"energy is the mean power times {format_quantity(self.clock.interval_s, '_s')}, rounded to the"
                " milliwatt-hour"
            )
        if self.wrong > PROBLEM_LIMIT:
            notes.append(f"{self.wrong - PROBLEM_LIMIT:,} problems more are not said")
        notes += [
            f"{count:,} {'row' if count == 1 else 'rows'} {what}"
            for what, count in self._counts.items()
            if count
        ]
        return Reading((), self.take_problems(), tuple(f"{self.source}: {note}" for note in notes))

    def nothing(self) -> str:
        """Why there is no value."""
        assert self.columns is not None, "the header is read first"
        assert self._cut is not None, "the header is read first"
        if not self._areas or dict(self._cut.filters).get(self._cut.area or 0) in self._areas:
            return "holds no interval values"
        return f"has no row of the area {self.asked.area!r}; there are {listed(tuple(self._areas))}"

    # --- rows -----------------------------------------------------------------------------------------------

    def cells(self, chunks: Iterable[bytes]) -> Iterator[Cells]:
        """The columns that matter of the rows below the header, a piece at a time."""
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
        """The rows without those of the last date, if clocks change on it: what its hours mean is told by all
        of them, and the next piece may hold the rest.
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
        """The first row, or in a file of any publisher the first that has the columns that are named; what it
        says, and what follows it.
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
        """Rows of the area that is asked for."""
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
        """Rows whose stamp is one text: with the offset that another column says, and of ``A to B`` the
        begin, if it is an interval from there to B; the same where B has a column of its own.
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
        """One row an interval, of a file that has one a day."""
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
        """The ESPI code of each row, empty where no column of it was named, and the rows whose cell means
        nothing that was said.
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
                f"quality {cells_[n][:40]!r} has no meaning that was said; add"
                f" {cells_[n].strip()[:40]}=MEANING to quality=",
            )
        return [NOT_STATED if (code := codes[cell]) is None else code for cell in cells_], unknown

    def values(self, part: Cells) -> tuple[list[Sequence[int]], NumberColumn]:
        """The begins of the rows of each date (-1: a problem was said), and the value of each row."""
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
        """The columns that say when."""
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
        """The rows that are flagged as the second of two, and those whose flag says nothing known."""
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
        """The rows of a day whose hours are either what clocks show or numbers, as the file does not tell."""
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
        """Do the rows of a day, where clocks change that day, show what clocks show as their intervals end?
        And the rows for which that is not told.
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
        """The begin of a row that needs a closer look; -1: a problem was said, or the row holds no value."""
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
        """An interval is said a second time: the same is counted, another is a problem and the first
        stands.
        """
        if same:
            self.count(2, 1)
            return
        at = calendar.format_instant(start_s)
        self.problem(line, f"gives the interval from {at} another {what} than {first}; the first stands")


class _Maker:
    """Claims of readings, and a memory of them that is short enough for any file."""

    def __init__(self, file: _IntervalFile, evidence: Source, options: Options) -> None:
        self._file, self._evidence, self._options = file, evidence, options
        self._factor, self._step_s = file.asked.factor, file.clock.interval_s
        self._known: dict[int, tuple[int, array[int]]] = {}  # first begin of a record -> power of ten, values
        self._begins: list[int] = []
        self._end_s = 0
        self._first: Claim | None = None

    def reading(self, readings: Readings) -> Reading:
        """The claims of readings in order of time with the line each begins on, and the problems so far."""
        self._factor, self._step_s = (
            self._file.asked.factor,
            self._file.clock.interval_s,
        )  # a file may state them
        if readings.runs and readings.runs[0].start < self._end_s:
            starts = readings.starts
            readings = readings.only(
                n for n, start_s in enumerate(starts) if not self._said(readings, n, start_s)
            )
        claims, lines = [], []
        for begin_s, first, stop in records(readings.runs):
            for place, power, values in self._powers(readings, first, stop):
                stated = tuple(readings.quality[place : place + len(values)])
                claims.append(self._claim(begin_s + (place - first) * self._step_s, power, values, stated))
                lines.append(readings.lines[place])
        self._file.read += len(readings.values)
        return Reading(tuple(claims), self._file.take_problems(), (), tuple(lines))

    def _claim(self, start_s: int, power: int, values: tuple[int, ...], quality: tuple[int, ...]) -> Claim:
        start = calendar.format_instant(start_s)
        body = IntervalsRecorded(
            meter=self._options.meter,
            start=start,
            interval_s=self._step_s,
            power_of_ten=power,
            values=values,
            quality=quality or (NOT_STATED,) * len(values),
        )
        if self._first is None:
            self._first = make_claim(KIND, start, body, place=self._options.site, source=self._evidence)
        claim = changed(self._first, at=start, body=body)
        self._known[start_s] = power, array("q", values)
        if not self._begins or start_s > self._begins[-1]:
            self._begins.append(start_s)
        else:
            self._begins.insert(bisect_left(self._begins, start_s), start_s)
        self._end_s = max(self._end_s, start_s + len(values) * self._step_s)
        return claim

    def _said(self, readings: Readings, n: int, start_s: int) -> bool:
        """Did an earlier part say this interval?"""
        place = bisect_right(self._begins, start_s) - 1
        begin_s = self._begins[place] if place >= 0 else start_s
        power, values = self._known.get(begin_s, (0, ()))
        slot = (start_s - begin_s) // self._step_s
        if slot >= len(values):
            return False
        own_power, (own,) = self._energy(readings.decimals, [readings.values[n]])
        low = min(power, own_power)
        same = own * 10 ** (own_power - low) == values[slot] * 10 ** (power - low)
        self._file.again(start_s, readings.lines[n], same, "an earlier line")
        return True

    def _energy(self, decimals: int, values: list[int]) -> tuple[int, list[int]]:
        """Power of ten and values in Wh of values in the file's unit: no power lower than it must be."""
        factor, more = self._factor
        if more is None:
            return self._rounded(decimals, values)
        decimals += more
        energy = values if factor == 1 else [value * factor for value in values]
        while decimals > 0 and not any(value % 10 for value in energy):
            energy, decimals = [value // 10 for value in energy], decimals - 1
        return self._file.asked.power_of_ten - decimals, energy

    def _rounded(self, decimals: int, values: list[int]) -> tuple[int, list[int]]:
        """The same of mean power over an interval that is no exact part of an hour: rounded to the mWh."""
        power = self._file.asked.power_of_ten - decimals + MILLI
        worth = Fraction(self._step_s, HOUR_S) * Fraction(10) ** power
        energy = [rounded(value * worth) for value in values]
        self._file.rounds = True
        decimals = MILLI
        while decimals > 0 and not any(value % 10 for value in energy):
            energy, decimals = [value // 10 for value in energy], decimals - 1
        return -decimals, energy

    def _powers(
        self, readings: Readings, first: int, stop: int
    ) -> Iterator[tuple[int, int, tuple[int, ...]]]:
        """A run as records: one, or one a reading where no power of ten holds all of them."""
        power, values = self._energy(readings.decimals, readings.values[first:stop])
        exact = _exact(values)
        if exact is not None:
            yield first, power, exact
            return
        for n in range(first, stop):
            power, values = self._energy(readings.decimals, [readings.values[n]])
            exact = _exact(values)
            if exact is None:
                self._file.problem(
                    readings.lines[n],
                    "value is beyond 2^53 as energy, the largest that every reader keeps exactly",
                )
            else:
                yield n, power, exact


def _exact(values: list[int]) -> tuple[int, ...] | None:
    """The values, if none is beyond 2^53."""
    try:
        return msgspec.convert(values, tuple[Integer, ...])
    except msgspec.ValidationError:
        return None
