"""Recorder files (COMTRADE, IEEE C37.111) of our own making: one recording in every form that the standard
has.

The recording is made of whole numbers: three voltages phase to ground whose amplitude is that of
``NOMINAL_V`` times ``depth`` of the time, and the load of a block in kW.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any, Final, NamedTuple

NOMINAL_V: Final = 138_000
PHASES: Final = ("A", "B", "C")
STEP_V: Final = 5
"""One count of a voltage channel is so many volts primary; a peak of 112,677 V is 22,535 counts."""
RATIO: Final = 1200
"""Primary volts in one secondary volt."""


class Made(NamedTuple):
    """A recording's files."""

    cfg: bytes
    dat: bytes


class How(NamedTuple):
    """Which form of the standard: revision, data format, (rate in Hz, number of samples) one after the other,
    time multiplier, and so on. Without rates each sample has its time stamp alone.
    """

    revision: str = "1999"
    form: str = "ASCII"
    rates: tuple[tuple[int, int], ...] = ((1920, 960),)
    multiplier: str = "1"
    secondary: bool = False
    stamped: bool = True
    rated: bool = True
    start: str = "03/09/2026,21:14:08.000000"
    trigger: str = "03/09/2026,21:14:08.100000"
    clock: tuple[str, str] = ("-5h00", "-5h00")
    quality: tuple[str, str] = ("0", "0")
    ids: tuple[str, ...] = ("VA", "VB", "VC", "MW block m1")
    units: tuple[str, str] = ("V", "kW")
    newline: str = "\r\n"
    amperes: bool = False


Depth = Callable[[Fraction, str], Fraction]
"""Share of nominal voltage at a time, of a phase."""


def dip(since: str, until: str, share: str, phases: str = "ABC") -> Depth:
    """A rectangular dip."""
    first, last, held = Fraction(since), Fraction(until), Fraction(share)
    return lambda at, phase: held if first <= at < last and phase in phases else Fraction(1)


def instants(how: How) -> Iterator[Fraction]:
    """When the samples were taken, in seconds since the first."""
    at = Fraction(0)
    for rate, count in how.rates:
        for _ in range(count):
            yield at
            at += Fraction(1, rate)


def counts(how: How, depth: Depth, load_kw: Callable[[Fraction], int]) -> Iterator[tuple[int, ...]]:
    """The raw values of each sample: three voltages and the load."""
    for at in instants(how):
        values = []
        for turn, phase in enumerate(PHASES):
            angle = math.tau * (60 * float(at) - turn / 3)
            peak = NOMINAL_V * math.sqrt(2) / math.sqrt(3) / STEP_V
            values.append(round(peak * float(depth(at, phase)) * math.sin(angle)))
        currents = _currents(at, load_kw(at)) if how.amperes else ()
        yield (*values, load_kw(at), *currents)


def _currents(at: Fraction, load_kw: int) -> Iterator[int]:
    """Currents that draw the load at nominal voltage, in phase with it, in tenths of an ampere."""
    peak = load_kw * 1000 / NOMINAL_V * math.sqrt(2) / math.sqrt(3) * 10
    for turn in range(3):
        yield round(peak * math.sin(math.tau * (60 * float(at) - turn / 3)))


def made(how: How, depth: Depth, load_kw: Callable[[Fraction], int] = lambda at: 20_000) -> Made:
    """The files of a recording."""
    rows = list(counts(how, depth, load_kw))
    unit = Fraction(1, 10**9) if len(how.start.rpartition(".")[2]) > 6 else Fraction(1, 10**6)
    stamps = [round(at / unit / Fraction(how.multiplier)) if how.stamped else None for at in instants(how)]
    return Made(_cfg(how, len(rows)), _dat(how, rows, stamps))


def _cfg(how: How, samples: int) -> bytes:
    old = how.revision == "1991"
    count = 7 if how.amperes else 4
    lines = ["Sandersville,DFR-1" + ("" if old else f",{how.revision}"), f"{count + 1},{count}A,1D"]
    scale = Fraction(STEP_V, RATIO) if how.secondary else Fraction(STEP_V)
    if how.units[0] == "kV":
        scale /= 1000
    for n, name in enumerate(how.ids, 1):
        phase = PHASES[n - 1] if n <= 3 else ""
        unit, factor = (how.units[0], _decimal(scale)) if n <= 3 else (how.units[1], "1")
        ends = "" if old else f",{RATIO if n <= 3 else 1},1,{'S' if how.secondary and n <= 3 else 'P'}"
        lines.append(f"{n},{name},{phase},,{unit},{factor},0,0,-32767,32767{ends}")
    if how.amperes:
        lines += [f"{5 + n},I{PHASES[n]},{PHASES[n]},,A,0.1,0,0,-32767,32767,1200,5,P" for n in range(3)]
    lines.append("1,52-1 open,0" if old else "1,52-1 open,,,0")
    lines += ["60", str(len(how.rates) if how.rated else 0)]
    end = 0
    for rate, count in how.rates if how.rated else ((0, samples),):
        end += count
        lines.append(f"{rate},{end}")
    lines += [how.start, how.trigger, how.form]
    if not old:
        lines.append(how.multiplier)
    if how.revision == "2013":
        lines += [",".join(how.clock), ",".join(how.quality)]
    return (how.newline.join(lines) + how.newline).encode()


def _decimal(value: Fraction) -> str:
    return f"{float(value):.17g}"


def _dat(how: How, rows: Sequence[tuple[int, ...]], stamps: Sequence[int | None]) -> bytes:
    if how.form == "ASCII":
        lines = [
            ",".join((str(n), "" if stamp is None else str(stamp), *map(str, row), "0"))
            for n, (row, stamp) in enumerate(zip(rows, stamps, strict=True), 1)
        ]
        return (how.newline.join(lines) + how.newline).encode()
    letter: Any = {"BINARY": "h", "BINARY32": "i", "FLOAT32": "f"}[how.form]
    return b"".join(
        struct.pack(f"<II{len(row)}{letter}H", n, 0xFFFFFFFF if stamp is None else stamp, *row, 0)
        for n, (row, stamp) in enumerate(zip(rows, stamps, strict=True), 1)
    )


def cff(files: Made, how: How) -> bytes:
    """Both files in one."""
    head = b"--- file type: CFG ---\r\n" + files.cfg + b"--- file type: INF ---\r\n--- file type: HDR ---\r\n"
    if how.form == "ASCII":
        return head + b"--- file type: DAT ASCII ---\r\n" + files.dat
    return head + f"--- file type: DAT {how.form}: {len(files.dat)} ---\r\n".encode() + files.dat
