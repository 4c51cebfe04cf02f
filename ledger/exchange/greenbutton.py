"""Green Button (NAESB REQ.21 ESPI 4.0, an Atom feed): interval readings in, one record per meter, run of readings and UTC day.

Read: ReadingType (uom 72 = Wh, powerOfTenMultiplier, accumulationBehaviour 4 = interval deltas, intervalLength, defaultQuality), the readings of every
IntervalBlock with their quality, and the rules of LocalTimeParameters as far as they must be well formed; instants are epoch seconds UTC, so
no local time is computed and a day of 23 or 25 hours is as long as it is. A reading without a time follows the one before in its block. Values keep the
meter's integers. A missing reading ends a record, a quality not stated is -1. Costs and summaries are passed over, and that is said. The meter must be
recorded already. Of a feed of several meter readings one is chosen by the end of its link: ``--meter revenue=MeterReading/01``. A truncated feed gives its
whole readings and one Problem.

A feed of any size is read in parts of some 50,000 readings, each up to midnight UTC; within a part a reading that differs from an earlier one of the same
instant is a Problem, in a later part or file it is a revision.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from ledger import calendar
from ledger.errors import Malformed, Problem
from ledger.events import BY_TAG, IntervalsRecorded, Source
from ledger.exchange.greenbutton_feed import Entry, Feed, Value, integer
from ledger.exchange.reading import Reading
from ledger.records import Claim, make_claim

KIND: Final = BY_TAG["intervals-recorded.v1"]
WATT_HOURS: Final = 72
DELTAS: Final = 4
FORWARD: Final = 1
NOT_STATED: Final = -1
PART: Final = 50_000
CHUNK: Final = 1 << 18
LAST_S: Final = calendar.instant_s("9998-12-31T23:59:59Z")
_RULE = re.compile(r"[0-9A-Fa-f]{8}", re.ASCII)


class Options(NamedTuple):
    """Which meter the feed is of; ``link`` ends the self link of its MeterReading, where the feed has several."""

    site: str
    meter: str
    link: str | None = None

    @classmethod
    def of(cls, site: str, said: str) -> Options:
        """``revenue``, or ``revenue=MeterReading/01``."""
        meter, _, link = said.partition("=")
        return cls(site, meter, link or None)


class Kind(NamedTuple):
    """What a ReadingType says of its values: the power of ten of Wh, their length and quality where they say none."""

    power_of_ten: int
    interval_s: int | None
    quality: int


class Slot(NamedTuple):
    """One reading: [start_s, start_s + duration_s), an integer in 10^power_of_ten Wh, its quality, its line."""

    start_s: int
    duration_s: int
    value: int
    quality: int
    line: int


def read(data: bytes, source: str, options: Options) -> Reading:
    """The readings of a whole feed as claims for one meter."""
    chunks = (data[at : at + CHUNK] for at in range(0, len(data), CHUNK))
    parts = list(read_parts(chunks, source, hashlib.sha256(data).hexdigest(), options))
    return Reading(
        tuple(claim for part in parts for claim in part.claims),
        tuple(problem for part in parts for problem in part.problems),
        tuple(note for part in parts for note in part.notes),
    )


def read_parts(chunks: Iterable[bytes], source: str, sha256: str, options: Options) -> Iterator[Reading]:
    """The readings of a feed, part by part; ``sha256`` is of the whole of it."""
    meaning = _Meaning(source, Source(source, sha256=sha256), options)
    feed = Feed(meaning.problem)
    for chunk in chunks:
        for entry, values in feed.push(chunk):
            meaning.take(entry, values)
        if meaning.waiting >= PART:
            yield from meaning.part()
    for entry, values in feed.push(b"", last=True):
        meaning.take(entry, values)
    yield meaning.rest(feed.counts)


class _Meaning:
    """What the entries of a feed mean: types, meter readings, and the values that wait to be claims."""

    def __init__(self, source: str, evidence: Source, options: Options) -> None:
        self.source, self.evidence, self.options = source, evidence, options
        self.problems: list[Problem] = []
        self.passed: dict[str, int] = {}
        self.types: dict[str, Entry] = {}
        self.meters: dict[str, Entry] = {}
        self.waits: dict[str, list[Value]] = {}
        self.lines: dict[str, int] = {}
        self.waiting = 0
        self.given = 0
        self.chosen: str | None = None
        self.kind: Kind | None = None

    def problem(self, line: int, message: str, raw: str = "") -> None:
        """Collect a problem."""
        self.problems.append(Problem(self.source, line, message, raw[:200]))

    def take(self, entry: Entry, values: list[Value]) -> None:
        """An entry that ended, or some of its values."""
        if entry.content == "ReadingType":
            self.types[entry.self_link] = entry
        elif entry.content == "MeterReading":
            self.meters[entry.self_link] = entry
        elif entry.content == "LocalTimeParameters":
            self._check_local_time(entry)
        elif "Summary" in entry.content:
            self.passed[entry.content] = self.passed.get(entry.content, 0) + 1
        elif entry.content == "IntervalBlock":
            owner = entry.self_link.partition("/IntervalBlock")[0]
            self.lines.setdefault(owner, entry.line)
            if values and (self.options.link is None or owner.endswith(self.options.link)):
                self._wait(owner, values)

    def _wait(self, owner: str, values: list[Value]) -> None:
        if self.chosen is not None and owner != self.chosen:
            self.problem(
                values[0].line,
                f"is of another meter reading, {owner}, and is passed over; {_how(self.options)}",
            )
            return
        self.waits.setdefault(owner, []).extend(values)
        self.waiting += len(values)

    def _check_local_time(self, entry: Entry) -> None:
        for name in ("dstStartRule", "dstEndRule"):
            rule = entry.fields.get(name, "")
            if not _RULE.fullmatch(rule):
                self.problem(entry.line, f"{name} must be 8 hex digits: {rule!r}")

    # --- parts --------------------------------------------------------------------------------------------------

    def part(self) -> Iterator[Reading]:
        """What waits up to the last midnight, once it is known which meter reading it is of and what its values mean."""
        if len(self.waits) != 1:
            return
        (owner,) = self.waits
        if self._type_of(owner) is None or not self._choose(owner) or self.kind is None:
            return
        slots = self._slots(self.kind)
        last_day = max(slot.start_s for slot in slots) // calendar.DAY_S if slots else 0
        self.waits[owner] = [
            value
            for value in self.waits[owner]
            if self._start_s(value, self.kind) // calendar.DAY_S >= last_day
        ]
        self.waiting = len(self.waits[owner])
        yield self._reading([slot for slot in slots if slot.start_s // calendar.DAY_S < last_day], self.kind)

    def rest(self, counts: dict[str, int]) -> Reading:
        """All that still waits, and what was passed over."""
        self.passed |= counts
        if len(self.waits) > 1:
            names = ", ".join(f"{self._titled(owner)}" for owner in sorted(self.waits))
            first = min(self.lines[owner] for owner in self.waits)
            self.problem(first, f"holds {len(self.waits)} meter readings ({names}); {_how(self.options)}")
            self.waits.clear()
        elif self.waits:
            (owner,) = self.waits
            if self._choose(owner) and self.kind is not None:
                found = self._reading(self._slots(self.kind), self.kind)
                return found._replace(notes=self._notes())
        elif not self.given and not self.problems:
            self.problem(0, self._nothing())
        return self._reading([], Kind(0, None, NOT_STATED))._replace(notes=self._notes())

    def _nothing(self) -> str:
        if self.lines and self.options.link is not None:
            names = ", ".join(map(self._titled, sorted(self.lines)))
            return f"has no meter reading whose link ends in {self.options.link!r}; there are {names}"
        return "holds no interval readings"

    def _notes(self) -> tuple[str, ...]:
        return tuple(
            f"{self.source}: {count} {name} passed over" for name, count in sorted(self.passed.items())
        )

    def _titled(self, owner: str) -> str:
        meter = self.meters.get(owner)
        return f"{owner} {meter.title!r}" if meter is not None and meter.title else owner

    def _choose(self, owner: str) -> bool:
        if self.chosen is None:
            self.chosen = owner
            kind = self._type_of(owner)
            if kind is None:
                count = len(self.types)
                self.problem(
                    self.lines[owner],
                    f"IntervalBlock belongs to none of the feed's {count} ReadingTypes, so its unit is not known",
                )
            else:
                self.kind = self._kind(kind)
        return self.kind is not None

    def _type_of(self, owner: str) -> Entry | None:
        meter = self.meters.get(owner)
        for link in meter.related if meter is not None else ():
            if link in self.types:
                return self.types[link]
        return next(iter(self.types.values())) if len(self.types) == 1 else None

    def _kind(self, said: Entry) -> Kind | None:
        """What a reading type says, None (and a Problem) where its values are no interval energy in Wh."""
        try:
            unit = integer(said.fields, "uom")
            behaviour = integer(said.fields, "accumulationBehaviour", DELTAS)
            power = integer(said.fields, "powerOfTenMultiplier", 0)
            direction = integer(said.fields, "flowDirection", FORWARD)
            quality = integer(said.fields, "defaultQuality", NOT_STATED)
            length = integer(said.fields, "intervalLength", 0)
        except Malformed as why:
            self.problem(said.line, f"ReadingType {why}")
            return None
        if unit != WATT_HOURS:
            self.problem(said.line, f"ReadingType uom {unit} is not energy; only 72 (Wh) is read")
        elif behaviour != DELTAS:
            self.problem(
                said.line,
                f"ReadingType accumulationBehaviour {behaviour} is not interval data; only 4 (delta) is read",
            )
        elif not -12 <= power <= 12:
            self.problem(said.line, f"ReadingType powerOfTenMultiplier must be from -12 to 12: {power}")
        elif not NOT_STATED <= quality <= 255:
            self.problem(
                said.line, f"ReadingType defaultQuality must be an ESPI code from 0 to 255: {quality}"
            )
        else:
            if direction != FORWARD:
                self.passed[
                    f"flowDirection {direction} marks: check that the meter is recorded with that direction,"
                ] = 1
            return Kind(power, length or None, quality)
        return None

    # --- values to claims ---------------------------------------------------------------------------------------

    def _start_s(self, value: Value, kind: Kind) -> int:
        return value.start_s + value.nth * (value.duration_s or kind.interval_s or 0)

    def _slots(self, kind: Kind) -> list[Slot]:
        """What waits in order of time, each instant once; two that differ are a Problem and the first is kept."""
        kept: dict[int, Slot] = {}
        for values in self.waits.values():
            for value in values:
                length = value.duration_s or kind.interval_s
                if not length or length < 0:
                    self.problem(
                        value.line, "IntervalReading has no duration, and the ReadingType no intervalLength"
                    )
                    continue
                if self._start_s(value, kind) + length > LAST_S:
                    self.problem(value.line, "IntervalReading lies after the year 9998")
                    continue
                quality = kind.quality if value.quality is None else value.quality
                slot = Slot(self._start_s(value, kind), length, value.value, quality, value.line)
                first = kept.setdefault(slot.start_s, slot)
                if (first.value, first.duration_s) != (slot.value, slot.duration_s):
                    at = calendar.format_instant(slot.start_s)
                    self.problem(
                        slot.line, f"reads {slot.value} at {at}, where line {first.line} reads {first.value}"
                    )
        return [kept[start_s] for start_s in sorted(kept)]

    def _reading(self, slots: list[Slot], kind: Kind) -> Reading:
        claims = []
        for run in _split(slots):
            try:
                claims.append(self._claim(run, kind))
            except Malformed as why:
                self.problem(run[0].line, str(why))
        self.given += len(claims)
        problems, self.problems = self.problems, []
        return Reading(tuple(claims), tuple(problems))

    def _claim(self, run: list[Slot], kind: Kind) -> Claim:
        start = calendar.format_instant(run[0].start_s)
        body = IntervalsRecorded(
            meter=self.options.meter,
            start=start,
            interval_s=run[0].duration_s,
            power_of_ten=kind.power_of_ten,
            values=tuple(slot.value for slot in run),
            quality=tuple(slot.quality for slot in run),
        )
        return make_claim(KIND, start, body, place=self.options.site, source=self.evidence)


def _how(options: Options) -> str:
    return f"say which by the end of its link: --meter {options.meter}=LINK"


def _split(slots: list[Slot]) -> Iterator[list[Slot]]:
    run: list[Slot] = []
    for slot in slots:
        if run and not _follows(run[0], run[-1], slot):
            yield run
            run = []
        run.append(slot)
    if run:
        yield run


def _follows(first: Slot, last: Slot, slot: Slot) -> bool:
    return (
        slot.start_s == last.start_s + last.duration_s
        and slot.duration_s == first.duration_s
        and slot.start_s // calendar.DAY_S == first.start_s // calendar.DAY_S
    )
