"""Claims of readings: one record for each run of readings and UTC day in each part of a file."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from fractions import Fraction
from typing import Final, NamedTuple

import msgspec

from ledger import calendar
from ledger.calendar import HOUR_S
from ledger.exchange.interval_csv.interval_file import NOT_STATED, IntervalFile
from ledger.exchange.interval_csv.runs import Readings, records
from ledger.exchange.reading import Reading
from ledger.fields import Integer
from ledger.kinds import BY_TAG, IntervalsRecorded, Source
from ledger.records.envelope import Claim, changed, make_claim
from ledger.units import rounded

KIND: Final = BY_TAG["intervals-recorded.v1"]
MILLI: Final = 3


class Options(NamedTuple):
    """The meter of the file, and its dialect (``--dialect``); without a dialect it is recognized by its
    columns, if they are one publisher's own.
    """

    site: str
    meter: str
    dialect: str


class RecordMaker:
    """Claims of readings, with a memory of them that is small enough for any file."""

    def __init__(self, file: IntervalFile, evidence: Source, options: Options) -> None:
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
        """True where an earlier part gave this interval."""
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
        """Power of ten and values in Wh of values in the file's unit, with no lower power than needed."""
        factor, more = self._factor
        if more is None:
            return self._rounded(decimals, values)
        decimals += more
        energy = values if factor == 1 else [value * factor for value in values]
        while decimals > 0 and not any(value % 10 for value in energy):
            energy, decimals = [value // 10 for value in energy], decimals - 1
        return self._file.asked.power_of_ten - decimals, energy

    def _rounded(self, decimals: int, values: list[int]) -> tuple[int, list[int]]:
        """The same for mean power over an interval that is not an exact part of an hour: rounded to the
        mWh.
        """
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
