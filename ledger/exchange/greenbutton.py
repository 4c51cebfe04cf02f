"""Green Button (NAESB REQ.21 ESPI, an Atom feed): interval readings in, one record per meter, run of readings and UTC day.

Read: ReadingType (uom 72 = Wh, powerOfTenMultiplier, accumulationBehaviour 4 = interval deltas, intervalLength), the readings of every
IntervalBlock with their quality, and the rules of LocalTimeParameters as far as they must be well formed; instants are epoch seconds UTC, so
no local time is computed. Values keep the meter's integers. A missing reading ends a record, a quality not stated is -1. Costs and summaries are
passed over, and that is said. The meter must be recorded already. A truncated feed gives its whole readings and one Problem.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple
from xml.parsers import expat

from ledger import calendar
from ledger.errors import Malformed, Problem
from ledger.events import BY_TAG, IntervalsRecorded, Source
from ledger.exchange.reading import Reading
from ledger.records import Claim, make_claim
from ledger.units import LIMIT

KIND: Final = BY_TAG["intervals-recorded.v1"]
WATT_HOURS: Final = 72
DELTAS: Final = 4
FORWARD: Final = 1
NOT_STATED: Final = -1
SIZE_LIMIT: Final = 64 * 1024 * 1024
DEPTH_LIMIT: Final = 32
TEXT_LIMIT: Final = 10_000
_INTEGER = re.compile(r"\s*(-?[0-9]{1,18})\s*", re.ASCII)
_RULE = re.compile(r"[0-9A-Fa-f]{8}", re.ASCII)


class Options(NamedTuple):
    """Which meter the feed is of."""

    site: str
    meter: str


class Value(NamedTuple):
    """One reading: [start_s, start_s + duration_s), an integer in the feed's unit, its quality, its line."""

    start_s: int
    duration_s: int
    value: int
    quality: int
    line: int


class Entry:
    """An Atom entry as far as it matters: its links, and the fields of its content."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.content = ""
        self.fields: dict[str, str] = {}
        self.self_link = ""
        self.related: list[str] = []
        self.values: list[Value] = []


def read(data: bytes, source: str, options: Options) -> Reading:
    """The readings of a feed as claims for one meter."""
    if len(data) > SIZE_LIMIT:
        raise Malformed(f"{source}: has {len(data):,} bytes; an import has at most {SIZE_LIMIT:,}")
    feed = _Feed(source)
    feed.parse(data)
    evidence = Source(source, sha256=hashlib.sha256(data).hexdigest())
    claims = []
    for multiplier, run in feed.runs():
        try:
            claims.append(_claim(run, multiplier, options, evidence))
        except Malformed as why:
            feed.problem(run[0].line, str(why))
    if not claims and not feed.problems:
        feed.problem(0, "holds no interval readings")
    return Reading(tuple(claims), tuple(feed.problems), tuple(feed.notes()))


def _claim(run: list[Value], multiplier: int, options: Options, evidence: Source) -> Claim:
    start = calendar.format_instant(run[0].start_s)
    body = IntervalsRecorded(
        meter=options.meter,
        start=start,
        interval_s=run[0].duration_s,
        power_of_ten=multiplier,
        values=tuple(value.value for value in run),
        quality=tuple(value.quality for value in run),
    )
    return make_claim(KIND, start, body, place=options.site, source=evidence)


class _Feed:
    """The parser: expat's events become entries; nothing outside the file is ever read."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.entries: list[Entry] = []
        self.ignored: dict[str, int] = {}
        self._stack: list[str] = []
        self._text: list[str] = []
        self._length = 0
        self._reading: dict[str, str] | None = None
        self._reading_line = 0

    def problem(self, line: int, message: str, raw: str = "") -> None:
        """Collect a problem."""
        self.problems.append(Problem(self.source, line, message, raw[:200]))

    def notes(self) -> list[str]:
        """What was passed over, with its count."""
        return [f"{self.source}: {count} {name} passed over" for name, count in sorted(self.ignored.items())]

    def parse(self, data: bytes) -> None:
        """All entries; what is not well formed is a Problem at its line, after the entries before it."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.EntityDeclHandler = _refuse_doctype
        self._parser = parser
        try:
            parser.Parse(data, True)
        except expat.ExpatError as why:
            self.problem(
                why.lineno,
                f"is not whole XML: {expat.errors.messages[why.code]}; the readings before it are taken",
            )
        except Malformed as why:
            self.problem(parser.CurrentLineNumber, str(why))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        self._stack.append(local)
        if len(self._stack) > DEPTH_LIMIT:
            raise Malformed(f"is nested deeper than {DEPTH_LIMIT}")
        self._text, self._length = [], 0
        if local == "entry":
            self.entries.append(Entry(self._parser.CurrentLineNumber))
        elif not self.entries:
            return
        elif local == "link":
            self._link(attributes)
        elif self._stack[-2:-1] == ["content"]:
            self.entries[-1].content = local
        elif local == "IntervalReading":
            self._reading, self._reading_line = {}, self._parser.CurrentLineNumber

    def _link(self, attributes: dict[str, str]) -> None:
        target = attributes.get("href", "")
        if attributes.get("rel") == "self":
            self.entries[-1].self_link = target
        elif attributes.get("rel") == "related":
            self.entries[-1].related.append(target)

    def _characters(self, text: str) -> None:
        self._length += len(text)
        if self._length > TEXT_LIMIT:
            raise Malformed(f"has a text longer than {TEXT_LIMIT:,} characters")
        self._text.append(text)

    def _end(self, name: str) -> None:
        local = self._stack.pop()
        text = "".join(self._text)
        self._text = []
        if not self.entries:
            return
        if self._reading is not None:
            self._end_in_reading(local, text)
        elif len(self._stack) > 1 and self._stack[-1] == self.entries[-1].content:
            self.entries[-1].fields[local] = text.strip()

    def _end_in_reading(self, local: str, text: str) -> None:
        assert self._reading is not None, "called inside a reading only"
        if local == "IntervalReading":
            self._finish(self._reading)
            self._reading = None
        elif local == "cost":
            self.ignored["cost fields"] = self.ignored.get("cost fields", 0) + 1
        else:
            self._reading.setdefault(local, text)

    def _finish(self, said: dict[str, str]) -> None:
        try:
            start_s = _integer(said, "start")
            value = Value(
                start_s,
                _integer(said, "duration", None if "duration" in said else self._interval_length()),
                _integer(said, "value"),
                _integer(said, "quality", NOT_STATED),
                self._reading_line,
            )
            calendar.format_instant(start_s)
        except Malformed as why:
            self.problem(self._reading_line, f"IntervalReading {why}")
        else:
            self.entries[-1].values.append(value)

    def _interval_length(self) -> int | None:
        types = [entry for entry in self.entries if entry.content == "ReadingType"]
        return _integer(types[0].fields, "intervalLength", None) if len(types) == 1 else None

    # --- what it means ------------------------------------------------------------------------------------------

    def runs(self) -> Iterator[tuple[int, list[Value]]]:
        """Power of ten and readings of each record to be: one after the other, equally long, begun in one UTC day."""
        self._check_local_time()
        self.ignored |= _count(e.content for e in self.entries if "Summary" in e.content)
        blocks = [entry for entry in self.entries if entry.content == "IntervalBlock"]
        owners = {_meter_reading(block) for block in blocks}
        if len(owners) > 1:
            self.problem(
                blocks[0].line,
                f"holds {len(owners)} meter readings ({', '.join(sorted(owners))}); split the feed, one a file",
            )
            return
        if not blocks:
            return
        multiplier = self._multiplier(blocks[0])
        if multiplier is not None:
            for run in _split(self._once(value for block in blocks for value in block.values)):
                yield multiplier, run

    def _check_local_time(self) -> None:
        for entry in self.entries:
            if entry.content == "LocalTimeParameters":
                for name in ("dstStartRule", "dstEndRule"):
                    rule = entry.fields.get(name, "")
                    if not _RULE.fullmatch(rule):
                        self.problem(entry.line, f"{name} must be 8 hex digits: {rule!r}")

    def _multiplier(self, block: Entry) -> int | None:
        """The power of ten of the block's reading type, None (and a Problem) where its values are no interval energy in Wh."""
        kind = self._reading_type(block)
        if kind is None:
            return None
        try:
            unit = _integer(kind.fields, "uom")
            behaviour = _integer(kind.fields, "accumulationBehaviour", DELTAS)
            multiplier = _integer(kind.fields, "powerOfTenMultiplier", 0)
            direction = _integer(kind.fields, "flowDirection", FORWARD)
        except Malformed as why:
            self.problem(kind.line, f"ReadingType {why}")
            return None
        if unit != WATT_HOURS:
            self.problem(kind.line, f"ReadingType uom {unit} is not energy; only 72 (Wh) is read")
        elif behaviour != DELTAS:
            self.problem(
                kind.line,
                f"ReadingType accumulationBehaviour {behaviour} is not interval data; only 4 (delta) is read",
            )
        elif not -12 <= multiplier <= 12:
            self.problem(kind.line, f"ReadingType powerOfTenMultiplier must be from -12 to 12: {multiplier}")
        else:
            if direction != FORWARD:
                self.ignored[
                    f"flowDirection {direction} marks: check that the meter is recorded with that direction,"
                ] = 1
            return multiplier
        return None

    def _reading_type(self, block: Entry) -> Entry | None:
        types = {entry.self_link: entry for entry in self.entries if entry.content == "ReadingType"}
        owner = _meter_reading(block)
        for entry in self.entries:
            if entry.content == "MeterReading" and entry.self_link == owner:
                for link in entry.related:
                    if link in types:
                        return types[link]
        if len(types) == 1:
            return next(iter(types.values()))
        self.problem(
            block.line,
            f"IntervalBlock belongs to none of the feed's {len(types)} ReadingTypes, so its unit is not known",
        )
        return None

    def _once(self, values: Iterable[Value]) -> list[Value]:
        """Readings in order of time, each instant once; two that differ are a Problem and the first is kept."""
        kept: dict[int, Value] = {}
        for value in values:
            first = kept.setdefault(value.start_s, value)
            if (first.value, first.duration_s) != (value.value, value.duration_s):
                at = calendar.format_instant(value.start_s)
                self.problem(
                    value.line, f"reads {value.value} at {at}, where line {first.line} reads {first.value}"
                )
        return [kept[start_s] for start_s in sorted(kept)]


def _split(values: list[Value]) -> Iterator[list[Value]]:
    run: list[Value] = []
    for value in values:
        if run and not _follows(run[0], run[-1], value):
            yield run
            run = []
        run.append(value)
    if run:
        yield run


def _follows(first: Value, last: Value, value: Value) -> bool:
    return (
        value.start_s == last.start_s + last.duration_s
        and value.duration_s == first.duration_s
        and value.start_s // calendar.DAY_S == first.start_s // calendar.DAY_S
    )


def _meter_reading(block: Entry) -> str:
    return block.self_link.partition("/IntervalBlock")[0]


def _integer(fields: dict[str, str], name: str, default: int | None = None) -> int:
    text = fields.get(name)
    if text is None:
        if default is None:
            raise Malformed(f"has no {name}")
        return default
    match = _INTEGER.fullmatch(text)
    if match is None or abs(int(match[1])) > LIMIT:
        raise Malformed(f"{name} is not a whole number: {text[:40]!r}")
    return int(match[1])


def _count(names: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in names:
        found[name] = found.get(name, 0) + 1
    return found


def _refuse_doctype(*_: Any) -> None:
    raise Malformed("declares a document type or entity; a Green Button feed has none, and none is read")
