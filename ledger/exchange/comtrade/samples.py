"""The samples of a recording (DAT): counts of the channels that are asked for, exact, and when they were
taken.

ASCII lines, or binary rows of a number, a time stamp, a value for each analog channel (16 or 32 bits, or a
32-bit float, which is an exact rational too) and words of 16 status bits, little end first. A missing value
is a blank or 99999 in ASCII, the lowest number in binary, no number in FLOAT32.

Times are whole numbers of ticks since the first sample, a tick being an exact rational of a second. With
rates they follow from these: each interval has the rate of the sample that ends it. Time stamps, where a file
has them as well, must agree within one interval and a thousandth of the time passed, since some recorders cut
their stamps short; a file in which they do not is refused, since either its rates or its time multiplier is
wrong, unless its reader says to go by the rates. Where two rates meet, the standard does not say whose the
interval between is: the time stamps decide, else the later rate (own).
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final, NamedTuple

from ledger.errors import Malformed
from ledger.exchange.comtrade.config import RecorderConfig

DRIFT: Final = 1000
"""Rates and time stamps may part by one interval and this part of the time since the first sample."""
MEASURE_BITS: Final = 4096
LONGEST_S: Final = 7 * 86_400
"""The longest recording: what seems longer has a wrong rate."""
MISSING_STAMP: Final = 0xFFFFFFFF
_LETTERS: Final = {"BINARY": "h", "BINARY32": "i", "FLOAT32": "f"}
_MISSING: Final = {"BINARY": -(2**15), "BINARY32": -(2**31)}
_ASCII_MISSING: Final = ("", "99999")
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,12}", re.ASCII)
_DECIMAL: Final = re.compile(r"[+-]?[0-9]{1,12}(?:\.[0-9]{0,12})?", re.ASCII)

Count = int | Fraction | None
"""A raw value; None where it is missing."""


class Samples(NamedTuple):
    """The samples of some channels: their times in ticks since the first, a tick in seconds, the counts of
    each channel by its place, and notes.
    """

    ticks: tuple[int, ...]
    tick: Fraction
    counts: dict[int, tuple[Count, ...]]
    notes: tuple[str, ...]


def read(data: bytes, config: RecorderConfig, wanted: Sequence[int], by_rates: bool = False) -> Samples:
    """The samples of the channels at some places; ``Malformed`` where the file is not as its CFG says.
    ``by_rates`` leaves the time stamps out.
    """
    rows = _ascii(data, config, wanted) if config.form == "ASCII" else _binary(data, config, wanted)
    stamps: list[int | None] = []
    columns: list[list[Count]] = [[] for _ in wanted]
    base = 1
    for number, (told, stamp, values) in enumerate(rows, 1):
        if number == 1 and told == 0:
            base = 0  # as some recorders count
        if told != number - 1 + base:
            raise Malformed(f"sample {number} is numbered {told}; a number is missing or said twice")
        stamps.append(stamp)
        for column, value in zip(columns, values, strict=True):
            column.append(value)
    if base == 0 and len(stamps) == config.samples + 1:
        # counted from 0 in the CFG too: the number of the last sample is one less than how many there are
        rates = tuple(rate._replace(end=rate.end + 1) for rate in config.rates)
        config = config._replace(rates=rates, samples=len(stamps))
    if len(stamps) != config.samples:
        raise Malformed(
            f"has {len(stamps):,} samples, and its CFG says {config.samples:,}; a part is missing"
        )
    if len(stamps) < 2:
        raise Malformed("has fewer than two samples")
    ticks, tick, notes = _times(config, [None] * len(stamps) if by_rates and config.rates else stamps)
    if ticks[-1] * tick > LONGEST_S:
        raise Malformed(
            f"lasts longer than {LONGEST_S // 86_400} days by its rates or time stamps; they are wrong"
        )
    counts = {place: tuple(column) for place, column in zip(wanted, columns, strict=True)}
    return Samples(ticks, tick, counts, notes)


def _ascii(
    data: bytes, config: RecorderConfig, wanted: Sequence[int]
) -> Iterator[tuple[int, int | None, list[Count]]]:
    width = 2 + len(config.analogs) + config.statuses
    for number, raw in enumerate(data.decode("latin-1").rstrip("\x1a\r\n ").splitlines(), 1):
        fields = [field.strip() for field in raw.split(",")]
        if len(fields) != width:
            raise Malformed(f"line {number} has {len(fields)} values; its CFG says {width}")
        if _INTEGER.fullmatch(fields[0]) is None or (fields[1] and _INTEGER.fullmatch(fields[1]) is None):
            raise Malformed(f"line {number}: begins with no sample number and time stamp: {raw[:60]!r}")
        stamp = int(fields[1]) if fields[1] else None
        yield int(fields[0]), stamp, [_typed(fields[2 + place], number) for place in wanted]


def _typed(text: str, number: int) -> Count:
    if text in _ASCII_MISSING:
        return None
    if _INTEGER.fullmatch(text) is not None:
        return int(text)
    if _DECIMAL.fullmatch(text) is None:
        raise Malformed(f"line {number}: is not a value: {text[:40]!r}")
    return Fraction(text)


def _binary(
    data: bytes, config: RecorderConfig, wanted: Sequence[int]
) -> Iterator[tuple[int, int | None, list[Count]]]:
    letter = _LETTERS[config.form]
    row = struct.Struct(f"<II{len(config.analogs)}{letter}{(config.statuses + 15) // 16}H")
    if len(data) % row.size:
        raise Malformed(
            f"has {len(data):,} bytes, no multiple of the {row.size} that a sample of its CFG takes; a part"
            " is missing or its data format is another"
        )
    missing = _MISSING.get(config.form)
    for number, stamp, *values in row.iter_unpack(data):
        found = [_unpacked(values[place], missing) for place in wanted]
        yield number, None if stamp == MISSING_STAMP else stamp, found


def _unpacked(value: Any, missing: int | None) -> Count:
    if isinstance(value, int):
        return None if value == missing else value
    return Fraction(value) if math.isfinite(value) else None


def _times(
    config: RecorderConfig, stamps: Sequence[int | None]
) -> tuple[tuple[int, ...], Fraction, tuple[str, ...]]:
    """The times in ticks, a tick, and notes. A tick divides every interval and the unit of the time stamps,
    so that all sums are of whole numbers.
    """
    steps = [Fraction(1) / rate.hertz for rate in config.rates]
    known = [stamp for stamp in stamps if stamp is not None]
    whole = len(known) == len(stamps)
    if not steps:
        if not whole:
            raise Malformed(
                "has neither sampling rates nor a time stamp on every sample; when they were taken is unknown"
            )
        for number, (before, after) in enumerate(pairwise(known), 2):
            if after <= before:
                raise Malformed(f"sample {number} is not later than the one before by its time stamp")
        return tuple(stamp - known[0] for stamp in known), _units(config)[0], ()
    stamped = whole and any(stamp != known[0] for stamp in known)
    faults: list[str] = []
    for unit in _units(config) if stamped else _units(config)[:1]:
        tick = _measure([unit, *steps])
        told = [(stamp - known[0]) * int(unit / Fraction(tick)) for stamp in known] if stamped else None
        lengths = [int(step / Fraction(tick)) for step in steps]
        ticks, notes = _by_rates(config, lengths, told)
        fault = None if told is None else _disagreement(config, ticks, told, lengths, tick)
        if fault is None:
            if faults:
                notes.append(
                    f"time stamps are read as counts of {unit * 10**9} ns, by which they agree with the rates"
                )
            return tuple(ticks), tick, tuple(notes)
        faults.append(fault)
    raise Malformed(f'{faults[0]}; say times = "rates" in --map to go by the rates alone')


def _units(config: RecorderConfig) -> list[Fraction]:
    """The unit of time stamps: nanoseconds where the file's times have more than six digits, else microseconds.
    Some recorders write units that are a thousand times longer; that they do is seen where rates are known.
    """
    units = [config.multiplier * Fraction(1, 10**power) for power in (9, 6, 3)]
    return units if config.start.digits > 6 else units[1:]


def _by_rates(
    config: RecorderConfig, lengths: Sequence[int], told: Sequence[int] | None
) -> tuple[list[int], list[str]]:
    """The times of all samples by the intervals of their rates."""
    ticks: list[int] = [0]
    notes = []
    for place, (rate, length) in enumerate(zip(config.rates, lengths, strict=True)):
        if place:
            last, number = ticks[-1], len(ticks)
            meets = last + length
            earlier = last + lengths[place - 1]
            if told is not None and abs(earlier - told[number]) < abs(meets - told[number]):
                meets = earlier
            elif told is None and earlier != meets:
                notes.append(
                    f"where the rate changes after sample {number:,}, the interval is taken as the later rate's,"
                    " for want of time stamps"
                )
            ticks.append(meets)
        ticks += range(ticks[-1] + length, ticks[-1] + length * (rate.end - len(ticks)) + 1, length)
    return ticks, notes


def _disagreement(
    config: RecorderConfig, ticks: Sequence[int], told: Sequence[int], lengths: Sequence[int], tick: Fraction
) -> str | None:
    """A message on the first sample at which rates and time stamps are too far apart; None where they
    agree.
    """
    first = 0
    for rate, length in zip(config.rates, lengths, strict=True):
        for place in range(first, rate.end):
            if abs(ticks[place] - told[place]) > length + ticks[place] // DRIFT:
                return (
                    f"sample {place + 1} was taken {_ms(ticks[place] * tick)} after the first by its rate and"
                    f" {_ms(told[place] * tick)} by its time stamp; its rates or its multiplier are wrong"
                )
        first = rate.end
    return None


def _measure(lengths: Sequence[Fraction]) -> Fraction:
    """The longest length that divides all of them."""
    below = 1
    for length in lengths:
        below = math.lcm(below, length.denominator)
        if below.bit_length() > MEASURE_BITS:
            raise Malformed("its sampling rates have too many different digits to be measured by one tick")
    return Fraction(math.gcd(*(int(length * below) for length in lengths)), below)


def _ms(seconds: Fraction) -> str:
    return f"{round(seconds * 1000):,} ms"
