"""NEM12, the interval metering file of Australia's electricity market, as rows of date, time of day, value
and quality.

Source: AEMO, Meter Data File Format Specification NEM12 & NEM13. A file is records: 100 the header, 200 a
register with its unit and its interval, 300 a day of values with one quality, 400 the quality of some of
them, 500 details for retailers, 900 the end. Days are in Australian Eastern Standard Time, UTC+10 in every
season and state. A register is named by its NMI suffix (E1: energy from the grid, B1: into it), or by
NMI/SUFFIX.

Quality A is actual; S (substituted), F (final substituted) and E (forward estimated, that is until the meter
is read) are estimated, by the names that version 1.06 of the specification gives them (appendix C); N means
no value, whatever number stands there; with V the 400 records state the quality, and must cover the day. Only
units of energy are read: the specification does not state the interval over which a kW is averaged.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from ledger.errors import Malformed
from ledger.exchange.interval_csv import cells
from ledger.exchange.interval_csv.cells import Bad, Cells

NAME: Final = "nem12"
ZONE: Final = "Etc/GMT-10"
LIMIT_BYTES: Final = 64 << 20
UNITS: Final = {"wh": "Wh", "kwh": "kWh", "mwh": "MWh"}
MINUTES: Final = (5, 15, 30)
QUALITIES: Final = {"A": 0, "S": 8, "F": 8, "E": 8}
"""ESPI codes of the flags that come with a value."""
COLUMNS: Final = ("IntervalDate", "time of day", "value", "QualityMethod")
_QUALITY = re.compile(r"[ANV]|[SFE](?:[0-9]{2})?", re.ASCII)
_INTERVAL = re.compile(r"[0-9]{1,3}", re.ASCII)


class MeterRegister(NamedTuple):
    """A 200 record: the register, unit and interval of the values that follow."""

    nmi: str
    suffix: str
    unit: str
    minutes: int

    @property
    def name(self) -> str:
        """The name that selects it in ``area=``."""
        return f"{self.nmi}/{self.suffix}"


class _DayRecord(NamedTuple):
    """A 300 record with its line and the 400 records below it, with theirs."""

    line: int
    row: list[str]
    events: list[tuple[int, list[str]]]


class Nem12File(NamedTuple):
    """The selected register and its days; ``others`` are the names of the registers passed over."""

    text: str
    register: MeterRegister
    days: list[_DayRecord]
    others: tuple[str, ...]

    def cells(self, bad: Bad) -> Iterator[Cells]:
        """The intervals of each day in four columns; a day that cannot be read is bad."""
        step, count = self.register.minutes, 1440 // self.register.minutes
        clocks = [f"{n * step // 60:02d}:{n * step % 60:02d}" for n in range(count)]
        for day in self.days:
            if len(day.row) < count + 3:
                bad(
                    day.line,
                    f"has {len(day.row)} cells, where a day of {step} min has {count} values and a quality",
                )
                continue
            flags = _flags(day, count, bad)
            if flags is None:
                continue
            values = [
                "" if flag == "N" else value
                for value, flag in zip(day.row[2 : count + 2], flags, strict=True)
            ]
            yield Cells({0: [day.row[1]] * count, 1: clocks, 2: values, 3: flags}, [day.line] * count)


def read(chunks: Iterable[bytes], area: str | None, bad: Bad) -> Nem12File:
    """The selected register of a file; ``Malformed`` where the file is not NEM12 or no register is
    selected.
    """
    text = _text(chunks)
    registers: list[tuple[MeterRegister, list[_DayRecord]]] = []
    is_ended = False
    for line, row in _rows(text, bad):
        kind = row[0].strip()
        if line == 1 or not registers:
            _check_begun(line, row)
        if is_ended:
            bad(line, "stands after the 900 record, which ends a file; give each file by itself")
        elif kind == "200":
            registers.append((_register(line, row), []))
        elif kind == "300" and registers:
            registers[-1][1].append(_DayRecord(line, row, []))
        elif kind == "400" and registers and registers[-1][1]:
            registers[-1][1][-1].events.append((line, row))
        elif kind not in ("100", "500", "900"):
            bad(
                line,
                f"is not a NEM12 record that may stand here: {row[0][:40]!r}; there are 100, 200,"
                " 300, 400, 500, 900",
            )
        is_ended = is_ended or kind == "900"
    register, others = _meant([register for register, _ in registers], area)
    if not is_ended:
        bad(0, "has no 900 record at its end, so that it may be cut; the days that are whole are taken")
    days = [day for own, some in registers if own.name == register.name for day in some]
    return Nem12File(text, register, days, others)


def _text(chunks: Iterable[bytes]) -> str:
    found: list[str] = []
    size = 0
    for piece in cells.pieces(chunks):
        found.append(piece.text)
        size += len(piece.text)
        if size > LIMIT_BYTES:
            raise Malformed(f"is longer than {LIMIT_BYTES >> 20} MiB; split it by register or year")
    return "".join(found)


def _rows(text: str, bad: Bad) -> Iterator[tuple[int, list[str]]]:
    for line, row in enumerate(text.split("\n"), start=1):
        if not row.strip(", \t"):
            continue
        try:
            yield line, next(csv.reader([row], strict=True))
        except csv.Error as why:
            bad(line, f"is not a CSV row ({why}); is a quote not closed?")


def _check_begun(line: int, row: list[str]) -> None:
    """``Malformed`` for a file whose first record is not a NEM12 header."""
    if row[0].strip() == "100" and (len(row) < 2 or row[1].strip().upper() != "NEM12"):
        raise Malformed(f"line {line} reads {row[1:2]}, where NEM12 is needed; NEM13 holds no intervals")
    if line == 1 and row[0].strip() != "100":
        raise Malformed(
            f"begins with {row[0][:40]!r}, where a NEM12 file begins with its 100 record: 100,NEM12,..."
        )


def _register(line: int, row: list[str]) -> MeterRegister:
    if len(row) < 9:
        raise Malformed(f"line {line} has {len(row)} cells, where a 200 record has 10")
    minutes = row[8].strip()
    if not _INTERVAL.fullmatch(minutes) or int(minutes) not in MINUTES:
        raise Malformed(
            f"line {line} states an interval of {minutes[:10]!r} min, where NEM12 allows 5, 15 or 30"
        )
    return MeterRegister(row[1].strip(), row[4].strip(), row[7].strip(), int(minutes))


def _meant(registers: list[MeterRegister], area: str | None) -> tuple[MeterRegister, tuple[str, ...]]:
    """The selected register of energy, or the only one; and the names of the others."""
    names = tuple(dict.fromkeys(register.name for register in registers))
    fit = [
        register
        for register in registers
        if (area in (register.name, register.suffix) if area else register.unit.casefold() in UNITS)
    ]
    found = tuple(dict.fromkeys(register.name for register in fit))
    if len(found) != 1:
        what = "has no register" if not found else "has several registers"
        raise Malformed(
            f"{what}{f' {area!r}' if area else ' of energy'}; name one with --dialect"
            f" {NAME},area=NMI/SUFFIX: {', '.join(found or names) or 'it has no 200 record'}"
        )
    if fit[0].unit.casefold() not in UNITS:
        raise Malformed(
            f"register {found[0]} is in {fit[0].unit!r}, which is not a unit of energy; use Wh, kWh or MWh"
        )
    if len({(register.unit.casefold(), register.minutes) for register in fit}) > 1:
        raise Malformed(
            f"register {found[0]} has several units or intervals in it, and a meter has one; split the file"
        )
    return fit[0]._replace(unit=UNITS[fit[0].unit.casefold()]), tuple(
        name for name in names if name not in found
    )


def _flags(day: _DayRecord, count: int, bad: Bad) -> list[str] | None:
    """The quality flag of each interval of a day; None where the records do not state it."""
    whole = _flag(day.line, day.row[count + 2], bad)
    if whole is None:
        return None
    flags = [whole] * count
    told = [False] * count
    for line, row in day.events:
        ends = [int(cell) for cell in row[1:3] if _INTERVAL.fullmatch(cell)]
        if len(ends) != 2 or not 1 <= ends[0] <= ends[1] <= count or len(row) < 4:
            bad(line, f"needs the first and last interval, from 1 to {count}, and a quality: {row[1:4]}")
            return None
        flag = _flag(line, row[3], bad)
        if flag is None:
            return None
        if flag == "V" or any(told[ends[0] - 1 : ends[1]]) or whole not in ("V", flag):
            bad(
                line,
                f"contradicts the quality {row[3]!r} of intervals {ends[0]} to {ends[1]} with what"
                " stands above",
            )
            return None
        for n in range(ends[0] - 1, ends[1]):
            flags[n], told[n] = flag, True
    if "V" in flags:
        bad(day.line, f"has quality V, and no 400 record tells that of interval {flags.index('V') + 1}")
        return None
    return flags


def _flag(line: int, text: str, bad: Bad) -> str | None:
    if _QUALITY.fullmatch(text.strip()) is None:
        bad(line, f"has a quality that NEM12 does not know: {text[:40]!r}; A, N, V, or S14, F16, E52 are")
        return None
    return text.strip()[0]
