"""The configuration of a recording (CFG): channels with their scale, rates, start and data format, as IEEE
C37.111 of 1991, 1999 and 2013 write it. Numbers are exact rationals.

The first line has no year in 1991. Dates are mm/dd/yy there and dd/mm/yyyy later; a time multiplier exists
from 1999 on; the offset of the clock and its quality are lines of 2013.
"""

from __future__ import annotations

import re
from datetime import datetime
from fractions import Fraction
from typing import Final, NamedTuple

from ledger.errors import Malformed

FORMATS: Final = {"1991": ("ASCII", "BINARY"), "1999": ("ASCII", "BINARY")} | {
    "2013": ("ASCII", "BINARY", "BINARY32", "FLOAT32")
}
CHANNEL_LIMIT: Final = 10_000
_NUMBER: Final = re.compile(
    r"[+-]?(?:[0-9]{1,20}\.?[0-9]{0,40}|\.[0-9]{1,40})(?:[eE][+-]?0?[0-9]{1,2})?", re.ASCII
)
_TIME: Final = re.compile(
    r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{2}|[0-9]{4}),([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?",
    re.ASCII,
)
_OFFSET: Final = re.compile(r"([+-]?)([0-9]{1,2})(?:h([0-9]{2}))?", re.ASCII)
_CENTURY: Final = 70
_YEARS: Final = (1971, 2200)


class Analog(NamedTuple):
    """An analog channel: a count x is ``scale * x + offset`` of its unit, times ``ratio`` where the value is
    secondary.
    """

    name: str
    phase: str
    unit: str
    scale: Fraction
    offset: Fraction
    skew_us: Fraction
    ratio: Fraction | None
    secondary: bool


class Rate(NamedTuple):
    """Samples up to number ``end`` were taken ``hertz`` times a second."""

    hertz: Fraction
    end: int


class Stamp(NamedTuple):
    """A date and time as the file writes it: whole seconds, the fraction of a second, and its digits."""

    local: datetime
    fraction: Fraction
    digits: int


class RecorderConfig(NamedTuple):
    """The configuration in a CFG. ``offset_s`` is the lead of its times over UTC, None where it is not
    stated; ``quality`` the clock's quality code, empty where there is none. Without rates the sample times
    are the time stamps.
    """

    revision: str
    station: str
    device: str
    analogs: tuple[Analog, ...]
    statuses: int
    line_hertz: Fraction
    rates: tuple[Rate, ...]
    samples: int
    start: Stamp
    form: str
    multiplier: Fraction
    offset_s: int | None
    quality: str


class _ConfigLines:
    """The lines of the file, one after the other, with their number for messages."""

    def __init__(self, text: str) -> None:
        self._lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\x1a\n ").split("\n")
        self.number = 0

    def fields(self, what: str, count: tuple[int, ...]) -> list[str]:
        """The fields of the next line; ``Malformed`` where it has another number of them."""
        if self.number >= len(self._lines):
            raise Malformed(f"ends before {what}")
        line = self._lines[self.number]
        self.number += 1
        found = [field.strip() for field in line.split(",")]
        if len(found) not in count:
            raise Malformed(
                f"line {self.number}: {what} has {len(found)} fields; expected"
                f" {' or '.join(map(str, count))}: {line[:80]!r}"
            )
        return found

    @property
    def over(self) -> bool:
        """True where no line is left."""
        return self.number >= len(self._lines)

    def number_of(self, what: str, text: str) -> Fraction:
        """An exact number."""
        if _NUMBER.fullmatch(text) is None:
            raise Malformed(f"line {self.number}: {what} is not a number: {text[:40]!r}")
        return Fraction(text)

    def count(self, what: str, text: str) -> int:
        """A whole number from 0 on."""
        if re.fullmatch(r"[0-9]{1,10}", text, re.ASCII) is None:
            raise Malformed(f"line {self.number}: {what} is not a count: {text[:40]!r}")
        return int(text)


def parse(data: bytes, revision: str | None = None) -> RecorderConfig:
    """The configuration, read as of a revision in place of the one that it says; ``Malformed`` with the line that
    is not as the standard has it.
    """
    lines = _ConfigLines(_text(data))
    station, device, *rest = lines.fields("station, device and revision", (2, 3))
    revision = revision or (rest[0] if rest else "") or "1991"
    if revision not in FORMATS:
        raise Malformed(
            f"line 1: revision {revision[:20]!r} is not one of {', '.join(FORMATS)}; say in --map by which of them it is"
            ' written, such as revision = "1999"'
        )
    _, analogs, statuses = _channel_counts(lines)
    channels = tuple(_analog(lines, revision) for _ in range(analogs))
    for _ in range(statuses):
        lines.fields("a status channel", (3, 4, 5))  # recorders leave fields out; none is read
    (line_hertz,) = lines.fields("line frequency", (1,))
    hertz = lines.number_of("line frequency", line_hertz)
    rates, samples = _rates(lines)
    start = _stamp(lines, revision, "start")
    _stamp(lines, revision, "trigger")
    (form,) = lines.fields("data format", (1,))
    if form.upper() not in FORMATS[revision]:
        raise Malformed(
            f"line {lines.number}: data format {form[:20]!r} is not one of {', '.join(FORMATS[revision])} of"
            f" {revision}"
        )
    multiplier, offset_s, quality = _ending(lines, revision)
    return RecorderConfig(
        revision, station, device, channels, statuses, hertz, rates, samples, start, form.upper(), multiplier,
        offset_s, quality,
    )  # fmt: skip


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")  # names of older recorders; nothing else in it is beyond ASCII


def _channel_counts(lines: _ConfigLines) -> tuple[int, int, int]:
    total, analogs, statuses = lines.fields("numbers of channels", (3,))
    if not analogs.upper().endswith("A") or not statuses.upper().endswith("D"):
        raise Malformed(f"line {lines.number}: numbers of channels are such as 5,4A,1D")
    counts = (
        lines.count("number of channels", total),
        lines.count("number of analog channels", analogs[:-1]),
        lines.count("number of status channels", statuses[:-1]),
    )
    if counts[0] != counts[1] + counts[2] or counts[0] > CHANNEL_LIMIT:
        raise Malformed(
            f"line {lines.number}: {total} channels are not {analogs} and {statuses}, or too many"
        )
    return counts


def _analog(lines: _ConfigLines, revision: str) -> Analog:
    found = lines.fields("an analog channel", (10, 13) if revision == "1991" else (13,))
    _, name, phase, _, unit, scale, offset, skew, _, _, *ends = found
    ratio = None
    if ends:
        primary, secondary = (lines.number_of("a transformer's ratio", text or "1") for text in ends[:2])
        if not primary or not secondary:
            raise Malformed(f"line {lines.number}: a transformer's ratio has a 0")
        ratio = Fraction(primary) / Fraction(secondary)
        if ends[2].upper() not in ("P", "S"):
            raise Malformed(f"line {lines.number}: P or S says primary or secondary: {ends[2][:20]!r}")
    return Analog(
        name,
        phase,
        unit,
        lines.number_of("a", scale),
        lines.number_of("b", offset or "0"),
        lines.number_of("skew", skew or "0"),
        ratio,
        bool(ends) and ends[2].upper() == "S",
    )


def _rates(lines: _ConfigLines) -> tuple[tuple[Rate, ...], int]:
    (told,) = lines.fields("number of sampling rates", (1,))
    count = lines.count("number of sampling rates", told)
    found = []
    for _ in range(max(count, 1)):
        hertz, end = lines.fields("a sampling rate", (2,))
        found.append(Rate(lines.number_of("a sampling rate", hertz), lines.count("last sample number", end)))
        if count and found[-1].hertz <= 0:
            raise Malformed(f"line {lines.number}: a sampling rate is above 0: {hertz[:20]!r}")
        if len(found) > 1 and found[-1].end <= found[-2].end:
            raise Malformed(f"line {lines.number}: last sample numbers rise from rate to rate")
        if count > CHANNEL_LIMIT:
            raise Malformed(f"line {lines.number}: {count} sampling rates are too many")
    return (tuple(found) if count else ()), found[-1].end


def _stamp(lines: _ConfigLines, revision: str, what: str) -> Stamp:
    text = ",".join(lines.fields(f"the time of the {what}", (2,)))
    match = _TIME.fullmatch(text)
    first = "mm/dd/yy" if revision == "1991" else "dd/mm/yyyy"
    if match is None:
        raise Malformed(f"line {lines.number}: the {what} is not {first},hh:mm:ss.ssssss: {text[:40]!r}")
    one, two, year, hour, minute, second, digits = match.groups()
    month, day = (one, two) if revision == "1991" else (two, one)
    full = int(year) if len(year) == 4 else int(year) + (1900 if int(year) >= _CENTURY else 2000)
    if not _YEARS[0] <= full <= _YEARS[1]:
        raise Malformed(
            f"line {lines.number}: the {what} is not in {_YEARS[0]} to {_YEARS[1]}: {text[:40]!r}"
        )
    try:
        local = datetime(full, int(month), int(day), int(hour), int(minute), int(second))
    except ValueError as why:
        raise Malformed(
            f"line {lines.number}: the {what} is not a time written {first} ({why}): {text[:40]!r}"
        ) from None
    return Stamp(local, Fraction(int(digits or 0), 10 ** len(digits or "")), len(digits or ""))


def _ending(lines: _ConfigLines, revision: str) -> tuple[Fraction, int | None, str]:
    """Time multiplier, the clock's offset from UTC in seconds, and its quality."""
    if revision == "1991" or lines.over:
        return Fraction(1), None, ""
    (told,) = lines.fields("time multiplier", (1,))
    multiplier = lines.number_of("time multiplier", told)
    if multiplier <= 0:
        raise Malformed(f"line {lines.number}: a time multiplier is above 0: {told[:20]!r}")
    if revision != "2013" or lines.over:
        return multiplier, None, ""
    time_code, _ = lines.fields("time codes", (2,))
    offset_s = _offset(lines, time_code)
    quality = "" if lines.over else lines.fields("quality of the clock", (2,))[0]
    return multiplier, offset_s, quality.upper()


def _offset(lines: _ConfigLines, code: str) -> int | None:
    if code.lower() == "x":
        return None
    match = _OFFSET.fullmatch(code)
    if match is None:
        raise Malformed(f"line {lines.number}: a time code is such as -5h30, 0 or x: {code[:20]!r}")
    sign, hours, minutes = match.groups()
    seconds = int(hours) * 3600 + int(minutes or 0) * 60
    return -seconds if sign == "-" else seconds
