"""CSV files of interval values of one meter, in a named dialect (``dialects``): one record per run of readings and UTC day.

The file is read part by part and each part is forgotten once its claims are made, so that memory does not grow with it but for 8 bytes a reading, kept to
find an interval that is said twice: equal, it counts once; different, it is a Problem and the first stands. A part is put in order of time. A blank is no
reading, never zero: it ends the record. A bad row is a Problem at its line and the good ones go on. Quality is not stated (-1).

Values keep the file's digits: each record has the least power of ten of Wh that holds all its values. Mean power becomes energy exactly.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Iterator, Sequence
from operator import lt
from typing import Final, NamedTuple

from ledger import calendar
from ledger.errors import Malformed, Problem
from ledger.events import BY_TAG, IntervalsRecorded, Source
from ledger.exchange import cells, dialects
from ledger.exchange.cells import Cells, Piece
from ledger.exchange.dialects import Asked
from ledger.exchange.headers import Columns, columns, listed
from ledger.exchange.numbers import Column, numbers
from ledger.exchange.reading import Reading
from ledger.exchange.stamps import Stamps
from ledger.records import Claim, make_claim
from ledger.units import LIMIT

KIND: Final = BY_TAG["intervals-recorded.v1"]
NOT_STATED: Final = -1
AREAS_KEPT: Final = 100
SECOND: Final = frozenset(("Y", "y"))


class Options(NamedTuple):
    """Which meter the file is of, and how it is written (``--dialect``)."""

    site: str
    meter: str
    dialect: str


class Readings(NamedTuple):
    """Intervals in columns: begin in seconds since 1970, value in 10^-``decimals`` of the unit, line."""

    starts: list[int]
    values: list[int]
    lines: list[int]
    decimals: int

    def only(self, places: Iterable[int]) -> Readings:
        """Some of them, in an order."""
        kept = list(places)
        starts, values, lines = (
            [column[n] for n in kept] for column in (self.starts, self.values, self.lines)
        )
        return Readings(starts, values, lines, self.decimals)


class Point(NamedTuple):
    """One hour of a series: its stamp as the file gives it (``2026-07-14T24:00``), its begin in seconds since 1970, mean watts or None."""

    stamp: str
    start_s: int
    value: int | None


NONE: Final = Readings([], [], [], 0)


def read(chunks: Iterable[bytes], source: str, sha256: str, options: Options) -> Iterator[Reading]:
    """The readings of a file as claims for one meter, part by part; the last part says what was passed over."""
    asked = dialects.parse(options.dialect)
    return _parts(_File(source, asked), chunks, Source(source, sha256=sha256), options)


def series(data: bytes, source: str, dialect: str, area: str | None) -> list[Point]:
    """The hours of a file in order of time, blanks among them, in mean watts rounded once; ``Malformed`` at the first bad row."""
    asked = dialects.parse(dialect)
    length_s = asked.dialect.clock.interval_s
    if length_s != dialects.HOUR_S:
        raise Malformed(
            f"{source}: {asked.dialect.name} has intervals of {length_s} s; an hourly series is needed"
        )
    places = asked.power_of_ten if asked.decimals is None else min(asked.decimals, asked.power_of_ten)
    file = _File(source, asked._replace(area=asked.area or area, decimals=places))
    found: dict[int, Point] = {}
    for part in file.cells((data,)):
        starts, column, blank = file.values(part)
        worth = 10 ** (asked.power_of_ten - column.decimals)
        stamps = map(file.stamps.given, *file.stamped(part))
        for n, (start_s, stamp) in enumerate(zip(starts, stamps, strict=True)) if not file.problems else ():
            point = Point(stamp, start_s, None if n in blank else column.values[n] * worth)
            if found.setdefault(start_s, point).value != point.value:
                file.problem(part.lines[n], f"gives the hour {stamp} another value than an earlier line")
        if file.problems:
            raise Malformed(str(min(file.problems, key=lambda problem: problem.line)))
    if not found:
        raise Malformed(f"{source}: {file.nothing()}")
    return [found[start_s] for start_s in sorted(found)]


def _parts(file: _File, chunks: Iterable[bytes], evidence: Source, options: Options) -> Iterator[Reading]:
    """The claims and problems of each part of a file. The UTC day in which a part ends is carried over into the next."""
    maker = _Maker(file, evidence, options)
    carry = NONE
    try:
        for part in file.cells(chunks):
            found = file.readings(part)
            last_s = (found.starts or carry.starts or [0])[-1]
            whole, carry = _apart(file.in_order(_joined(carry, found)), last_s)
            yield maker.reading(whole)
    except Malformed as why:
        if file.columns is None:
            raise
        file.problem(0, f"{str(why).removeprefix(f'{file.source}: ')}; the readings before it are taken")
    yield maker.reading(carry)
    yield file.end()


class _File:
    """What is known of a file while it is read."""

    def __init__(self, source: str, asked: Asked) -> None:
        self.source, self.asked = source, asked
        self.clock = asked.dialect.clock
        self.stamps = Stamps(self.clock)
        self.columns: Columns | None = None
        self.problems: list[Problem] = []
        self.read = 0
        self._counts = {
            "blank, which is no reading": 0,
            "of another area passed over": 0,
            "said before, with the same value": 0,
        }
        self._areas: dict[str, None] = {}
        self._notes: list[str] = []
        self._piece = Piece("", 1)
        self._raws: list[str] | None = None

    # --- what is said of it ---------------------------------------------------------------------------------------

    def problem(self, line: int, message: str) -> None:
        """Collect a problem with the line it is on."""
        if self._raws is None:
            self._raws = self._piece.text.split("\n")
        place = line - self._piece.line
        raw = self._raws[place] if line and 0 <= place < len(self._raws) else ""
        self.problems.append(
            Problem(self.source, line, message, raw[:200].encode("utf-8", "replace").decode())
        )

    def count(self, what: int, rows: int) -> None:
        """Rows that are no reading of their own: 0 blank, 1 of another area, 2 said before."""
        name = list(self._counts)[what]
        self._counts[name] += rows

    def take_problems(self) -> tuple[Problem, ...]:
        """The problems since the last time."""
        found, self.problems = tuple(self.problems), []
        return found

    def end(self) -> Reading:
        """What was passed over, after the last part."""
        if not self.read and not next(iter(self._counts.values())):
            self.problem(0, self.nothing())
        notes = [*self._notes]
        notes += [
            f"{count:,} {'row' if count == 1 else 'rows'} {what}"
            for what, count in self._counts.items()
            if count
        ]
        return Reading((), self.take_problems(), tuple(f"{self.source}: {note}" for note in notes))

    def nothing(self) -> str:
        """Why there is no value."""
        if not self._areas:
            return "holds no interval values"
        return f"has no row of the area {self.asked.area!r}; there are {listed(tuple(self._areas))}"

    # --- rows -----------------------------------------------------------------------------------------------------

    def cells(self, chunks: Iterable[bytes]) -> Iterator[Cells]:
        """The columns that matter of the rows below the header, a piece at a time."""
        try:
            for piece in cells.pieces(chunks):
                body: Piece | None = piece
                if self.columns is None:
                    body = self._below_header(piece)
                if body is not None and body.text:
                    self._piece, self._raws = body, None
                    assert self.columns is not None, "the header is read first"
                    yield self._of_interest(
                        cells.cells(body, self.columns.width, self.columns.needed, self.problem)
                    )
        except Malformed as why:
            raise Malformed(
                f"{self.source}: {why}" if not str(why).startswith(self.source) else str(why)
            ) from None
        if self.columns is None:
            raise Malformed(f"{self.source}: is empty; a header and rows are needed")

    def _below_header(self, piece: Piece) -> Piece | None:
        found = cells.header(piece)
        if found is None:
            return None
        names, rest = found
        layout, self.columns = columns(names, self.asked, f"{self.source}:{rest.line - 1}")
        self.clock = self.clock._replace(
            zone=layout.zone or self.clock.zone, order=layout.order or self.clock.order
        )
        self.stamps = Stamps(self.clock)
        self._notes.append(
            f"values in {self.asked.dialect.unit} from the column {names[self.columns.value]!r}"
        )
        return rest

    def _of_interest(self, part: Cells) -> Cells:
        """Rows of the area that is asked for."""
        assert self.columns is not None, "the header is read first"
        for place, wanted in self.columns.filters:
            column = part.columns[place]
            if place == self.columns.area and len(self._areas) < AREAS_KEPT:
                self._areas |= dict.fromkeys(column)
            good = [n for n, cell in enumerate(column) if cell == wanted]
            self.count(1, len(column) - len(good))
            part = part.only(good)
        return part

    # --- readings -------------------------------------------------------------------------------------------------

    def readings(self, part: Cells) -> Readings:
        """The readings of some rows in the order of the file; bad rows become problems."""
        starts, column, blank = self.values(part)
        self.count(0, len(blank))
        found = Readings(starts, column.values, part.lines, column.decimals)
        if not blank and min(starts, default=0) >= 0:
            return found
        return found.only(n for n, start_s in enumerate(starts) if start_s >= 0 and n not in blank)

    def values(self, part: Cells) -> tuple[list[int], Column, set[int]]:
        """The begin of each row's interval (-1: a problem was said), its value, and the rows without one."""
        assert self.columns is not None, "the header is read first"
        starts = self._starts(part)
        texts = part.columns[self.columns.value]
        blank = self._blanks(texts)
        if blank:
            texts = ["0" if n in blank else text for n, text in enumerate(texts)]
        column = numbers(texts, thousands=self.asked.dialect.thousands, places=self.asked.decimals)
        for place, why in column.wrong.items():
            if starts[place] >= 0:
                self.problem(part.lines[place], f"value {why}")
                starts[place] = -1
        return starts, column, blank

    def _blanks(self, texts: Sequence[str]) -> set[int]:
        blanks = self.asked.dialect.blanks
        if not any(map(str.isspace, texts)) and not any(blank in texts for blank in blanks):
            return set()
        return {n for n, text in enumerate(texts) if text.strip() in blanks}

    def _starts(self, part: Cells) -> list[int]:
        assert self.columns is not None, "the header is read first"
        days, clocks = self.stamped(part)
        starts = self.stamps.starts(days, clocks)
        flags = () if self.columns.second is None else part.columns[self.columns.second]
        closer = (
            {n for n, start_s in enumerate(starts) if start_s < 0} if min(starts, default=0) < 0 else set()
        )
        if not SECOND.isdisjoint(flags):
            closer |= {n for n, flag in enumerate(flags) if flag in SECOND}
        for n in sorted(closer):
            try:
                starts[n] = self.stamps.start_s(days[n], clocks[n], bool(flags) and flags[n] in SECOND)
            except Malformed as why:
                self.problem(part.lines[n], f"stamp {why}")
                starts[n] = -1
        return starts

    def stamped(self, part: Cells) -> tuple[Sequence[str], Sequence[Hashable]]:
        """Date and clock of each row, as they are written."""
        assert self.columns is not None, "the header is read first"
        days = part.columns[self.columns.day]
        clocks = [part.columns[place] for place in self.columns.clock]
        if len(clocks) == 2:
            return days, list(zip(*clocks, strict=True))
        return (days, clocks[0]) if clocks else _cut(days)

    def in_order(self, some: Readings) -> Readings:
        """Readings in order of time, each interval once."""
        starts = some.starts
        if all(map(lt, starts, starts[1:])):
            return some
        kept: list[int] = []
        for n in sorted(range(len(starts)), key=starts.__getitem__):
            if kept and starts[kept[-1]] == starts[n]:
                self.again(
                    starts[n],
                    some.lines[n],
                    some.values[n] == some.values[kept[-1]],
                    f"line {some.lines[kept[-1]]}",
                )
            else:
                kept.append(n)
        return some.only(kept)

    def again(self, start_s: int, line: int, same: bool, first: str) -> None:
        """An interval is said a second time: the same is counted, another is a problem and the first stands."""
        if same:
            self.count(2, 1)
            return
        at = calendar.format_instant(start_s)
        self.problem(line, f"gives the interval from {at} another value than {first}; the first stands")


class _Maker:
    """Claims of readings, and a memory of them that is short enough for any file."""

    def __init__(self, file: _File, evidence: Source, options: Options) -> None:
        self._file, self._evidence, self._options = file, evidence, options
        self._step_s = file.clock.interval_s
        self._known: dict[int, tuple[int, array[int]]] = {}  # first begin of a record -> power of ten, values
        self._begins: list[int] = []
        self._end_s = 0

    def reading(self, readings: Readings) -> Reading:
        """The claims of readings in order of time with the line each begins on, and the problems so far."""
        if readings.starts and readings.starts[0] < self._end_s:
            readings = readings.only([n for n in range(len(readings.starts)) if not self._said(readings, n)])
        claims, lines = [], []
        for first, stop in _runs(readings.starts, self._step_s):
            for begin, power, values in self._records(readings, first, stop):
                claims.append(self._claim(readings.starts[begin], power, values))
                lines.append(readings.lines[begin])
        self._file.read += len(readings.starts)
        return Reading(tuple(claims), self._file.take_problems(), (), tuple(lines))

    def _claim(self, start_s: int, power: int, values: list[int]) -> Claim:
        start = calendar.format_instant(start_s)
        body = IntervalsRecorded(
            meter=self._options.meter,
            start=start,
            interval_s=self._step_s,
            power_of_ten=power,
            values=tuple(values),
            quality=(NOT_STATED,) * len(values),
        )
        claim = make_claim(KIND, start, body, place=self._options.site, source=self._evidence)
        self._known[start_s] = power, array("q", values)
        if not self._begins or start_s > self._begins[-1]:
            self._begins.append(start_s)
        else:
            self._begins.insert(bisect_left(self._begins, start_s), start_s)
        self._end_s = max(self._end_s, start_s + len(values) * self._step_s)
        return claim

    def _said(self, readings: Readings, n: int) -> bool:
        """Did an earlier part say this interval?"""
        start_s = readings.starts[n]
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
        factor, more = self._file.asked.factor
        decimals += more
        energy = values if factor == 1 else [value * factor for value in values]
        while decimals > 0 and not any(value % 10 for value in energy):
            energy, decimals = [value // 10 for value in energy], decimals - 1
        return self._file.asked.power_of_ten - decimals, energy

    def _records(self, readings: Readings, first: int, stop: int) -> Iterator[tuple[int, int, list[int]]]:
        """A run as records: one, or one a reading where no power of ten holds all of them."""
        power, values = self._energy(readings.decimals, readings.values[first:stop])
        if max(*values, -min(values)) <= LIMIT:
            yield first, power, values
            return
        for n in range(first, stop):
            power, values = self._energy(readings.decimals, [readings.values[n]])
            if abs(values[0]) > LIMIT:
                self._file.problem(
                    readings.lines[n],
                    "value is beyond 2^53 as energy, the largest that every reader keeps exactly",
                )
            else:
                yield n, power, values


def _cut(stamps: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Dates and clocks of stamps that hold both."""
    if not stamps:
        return (), ()
    mark = "T" if "T" in stamps[0][:11] else " "
    place = stamps[0].find(mark)
    if min(map(len, stamps)) > place >= 0 and {stamp[place] for stamp in stamps} == {mark}:
        return [stamp[:place] for stamp in stamps], [stamp[place + 1 :] for stamp in stamps]
    split = [stamp.strip().partition(mark) for stamp in stamps]
    return [part[0] for part in split], [part[2] for part in split]


def _joined(some: Readings, more: Readings) -> Readings:
    """Readings one after the other, in the lesser unit of the two."""
    if not some.starts or not more.starts:
        return some if some.starts else more
    decimals = max(some.decimals, more.decimals)
    before, after = (
        part.values
        if part.decimals == decimals
        else [value * 10 ** (decimals - part.decimals) for value in part.values]
        for part in (some, more)
    )
    return Readings(some.starts + more.starts, before + after, some.lines + more.lines, decimals)


def _apart(some: Readings, last_s: int) -> tuple[Readings, Readings]:
    """Readings in order without those of the UTC day of an instant, which may go on in the next part, and those."""
    day_s = last_s - last_s % calendar.DAY_S
    low, high = bisect_left(some.starts, day_s), bisect_left(some.starts, day_s + calendar.DAY_S)
    three = some.starts, some.values, some.lines
    out, inside = [column[:low] + column[high:] for column in three], [column[low:high] for column in three]
    return Readings(out[0], out[1], out[2], some.decimals), Readings(
        inside[0], inside[1], inside[2], some.decimals
    )


def _runs(starts: list[int], step_s: int) -> Iterator[tuple[int, int]]:
    """Where records begin and stop: intervals that follow each other and begin in one UTC day."""
    first = 0
    while first < len(starts):
        begin_s = starts[first]
        rest_s = calendar.DAY_S - begin_s % calendar.DAY_S
        stop = min(first + -(-rest_s // step_s), len(starts))
        if starts[first:stop] != list(range(begin_s, begin_s + (stop - first) * step_s, step_s)):
            stop = first + 1
            while stop < len(starts) and starts[stop] == starts[stop - 1] + step_s < begin_s + rest_s:
                stop += 1
        yield first, stop
        first = stop
