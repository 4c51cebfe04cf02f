"""Green Button in (NAESB REQ.21 ESPI 4.0, an Atom feed): interval readings of one meter, one record per run
of readings and UTC day.

The reader takes ReadingType (uom 72 = Wh, powerOfTenMultiplier, accumulationBehaviour 4 = interval deltas,
intervalLength, defaultQuality, flowDirection) and the readings of every IntervalBlock with their quality.
Instants are epoch seconds UTC: no local time is computed, a day of 23 or 25 hours is as long as it is, and no
instant depends on LocalTimeParameters; a malformed rule there is noted. A reading without a time follows the
one before it in its block. Values keep the meter's integers. A missing reading ends a record; a quality that
is not stated is -1. Costs and summaries are passed over with a note. A truncated feed gives its whole
readings and one Problem.

Decisions where the sender's meaning could be mistaken (source: espi.xsd of REQ.21 ESPI 4.0):

- flowDirection 1 (forward) is delivered to the customer, 19 (reverse) is received from the customer. A feed
  whose flow contradicts the meter's registered direction is refused; net, total and single quadrants have no
  meter direction here and are refused too. A flow that is not stated is taken as the meter's direction.
- Values of quality 12 (projected) and 15 (normalized for weather) were never metered: they are passed over
  with a note, also where the code is one of several. A code that ESPI does not define is malformed.
- A demand, a cost, a gas or water type is no interval energy, even where it states uom 72.
- powerOfTenMultiplier and uom belong to the ReadingType; a reading may repeat them but not contradict them.

The meter must be recorded already. Where a feed has several meter readings, a name chooses one, the end of
its link or of its usage point's link, or the title of either: ``--meter revenue=MeterReading/01``,
``--meter revenue=UsagePoint/02``, ``--meter "revenue=Building 7"``. Where one meter reading has blocks of
several types, the end of the type's link chooses: ``--meter revenue=ReadingType/1``.

A feed of any size is read in parts of some 50,000 readings, each up to midnight UTC; within a part, a reading
that differs from an earlier one of the same instant is a Problem; in a later part or file it is a revision.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from ledger import calendar
from ledger.errors import Malformed, Problem
from ledger.exchange.greenbutton.feed import LAST_S, NEVER_METERED, Feed, FeedEntry, Value
from ledger.exchange.greenbutton.meters import (
    FLOW_WORDS,
    FLOWS,
    NONE,
    NOT_STATED,
    WATT_HOURS,
    BlockLinks,
    Meters,
    ValueMeaning,
    meaning,
)
from ledger.exchange.reading import PROBLEM_LIMIT, Reading
from ledger.kinds import BY_TAG, IntervalsRecorded, Source
from ledger.records.envelope import Claim, make_claim

KIND: Final = BY_TAG["intervals-recorded.v1"]
REFUSED: Final = 3
PART: Final = 50_000
CHUNK: Final = 1 << 18
_RULE = re.compile(r"[0-9A-Fa-f]{8}", re.ASCII)


class FeedOptions(NamedTuple):
    """The meter that the feed is about; ``link`` names its MeterReading where the feed has several.

    ``directions`` holds the meter's registered directions, (from second, ``delivered`` or ``received``) in
    order of time; it is empty where the book does not know the meter, and the rules refuse its readings.
    """

    site: str
    meter: str
    link: str | None = None
    directions: tuple[tuple[int, str], ...] = ()

    @classmethod
    def of(
        cls, site: str, text: str, directions: Mapping[str, tuple[tuple[int, str], ...]] | None = None
    ) -> FeedOptions:
        """The options for ``revenue``, or for ``revenue=MeterReading/01``."""
        meter, _, link = text.partition("=")
        return cls(site, meter, link or None, (directions or {}).get(meter, ()))

    def direction_at(self, at_s: int) -> str:
        """The registered direction of a known meter at an instant; before the first, that one."""
        known = [direction for since_s, direction in self.directions if since_s <= at_s]
        return known[-1] if known else self.directions[0][1]


class TimedReading(NamedTuple):
    """One reading of [start_s, start_s + duration_s): an integer in 10^power_of_ten Wh, its quality, its
    line.
    """

    start_s: int
    duration_s: int
    value: int
    quality: int
    line: int


def read(data: bytes, source: str, options: FeedOptions) -> Reading:
    """The readings of a whole feed as claims for one meter."""
    chunks = (data[at : at + CHUNK] for at in range(0, len(data), CHUNK))
    parts = list(read_parts(chunks, source, hashlib.sha256(data).hexdigest(), options))
    return Reading(
        tuple(claim for part in parts for claim in part.claims),
        tuple(problem for part in parts for problem in part.problems),
        tuple(note for part in parts for note in part.notes),
    )


def read_parts(chunks: Iterable[bytes], source: str, sha256: str, options: FeedOptions) -> Iterator[Reading]:
    """The readings of a feed, part by part; ``sha256`` is that of the whole file."""
    state = _FeedState(source, Source(source, sha256=sha256), options)
    feed = Feed(state.problem)
    for chunk in chunks:
        for entry, values in feed.push(chunk):
            state.take(entry, values)
        if state.waiting >= PART:
            yield from state.part()
    for entry, values in feed.push(b"", last=True):
        state.take(entry, values)
    yield state.rest(feed.counts)


class _FeedState:
    """The state of reading a feed: its entries so far, and the values that are not claims yet."""

    def __init__(self, source: str, evidence: Source, options: FeedOptions) -> None:
        self.source, self.evidence, self.options = source, evidence, options
        self.problems: list[Problem] = []
        self.wrong = 0
        self.passed: dict[str, int] = {}
        self.notes: list[str] = []
        self.meters = Meters()
        self.waits: dict[BlockLinks, list[Value]] = {}
        self.lines: dict[BlockLinks, int] = {}
        self.unmetered: dict[int, int] = {}
        self.against: dict[str, int] = {}
        self.waiting = 0
        self.given = 0
        self.chosen: str | None = None
        self.line = 0
        self.meaning: ValueMeaning | None = None

    def problem(self, line: int, message: str, raw: str = "") -> None:
        """Collect a problem; past the limit only count it."""
        self.wrong += 1
        if self.wrong <= PROBLEM_LIMIT:
            self.problems.append(Problem(self.source, line, message, raw[:200]))

    def take(self, entry: FeedEntry, values: list[Value]) -> None:
        """Take an entry that ended, or some of its values."""
        self.meters.take(entry)
        if entry.content == "LocalTimeParameters":
            self._check_local_time(entry)
        elif "Summary" in entry.content:
            self.passed[entry.content] = self.passed.get(entry.content, 0) + 1
        elif entry.content == "IntervalBlock":
            block = BlockLinks(entry.self_link, entry.up_link, frozenset(entry.related))
            self.lines.setdefault(block, entry.line)
            owner = self.meters.owner(block)
            wanted = self._wanted(owner, block) if owner else None
            if values and wanted is not False:
                self._wait(block, owner if wanted else None, values)

    def _wanted(self, owner: str, block: BlockLinks) -> bool | None:
        return self.options.link is None or self.meters.is_named(owner, block, self.options.link)

    def _wait(self, block: BlockLinks, owner: str | None, values: list[Value]) -> None:
        if self.chosen is not None and owner is not None and owner != self.chosen:
            self.problem(
                values[0].line,
                f"belongs to another meter reading, {owner}, and is passed over; {_how(self.options)}",
            )
            return
        self.waits.setdefault(block, []).extend(values)
        self.waiting += len(values)

    def _check_local_time(self, entry: FeedEntry) -> None:
        for name in ("dstStartRule", "dstEndRule"):
            rule = entry.fields.get(name, "")
            if not _RULE.fullmatch(rule):
                self.notes.append(f"{name} {rule[:40]!r} is not 8 hex digits; no instant depends on it")

        if entry.fields.get("tzOffset") == "0" and entry.fields.get("dstOffset", "0") != "0":
            self.notes.append(
                "its local time is that of UTC (tzOffset 0): check that its starts are instants, and not"
                " local time"
            )

    # --- parts ----------------------------------------------------------------------------------------------

    def part(self) -> Iterator[Reading]:
        """The waiting values up to the last midnight, once their meter reading and meaning are known."""
        if self.options.link is None and self.meters.several:
            return  # the user must choose one, if another has readings too
        owners = {self.meters.owner(block) for block in self.waits}
        owner = owners.pop() if len(owners) == 1 else None
        if owner is None or self.meters.type_of(owner, self.waits) is None or self.meters.is_ambiguous(owner):
            return
        if not self._choose(owner, min(map(self.lines.__getitem__, self.waits))) or self.meaning is None:
            return
        timed = self._timed(self.meaning)
        last_day = max(reading.start_s for reading in timed) // calendar.DAY_S if timed else 0
        for block, values in self.waits.items():
            self.waits[block] = [
                value for value in values if self._start_s(value, self.meaning) // calendar.DAY_S >= last_day
            ]
        self.waits = {block: values for block, values in self.waits.items() if values}
        self.waiting = sum(map(len, self.waits.values()))
        before = [reading for reading in timed if reading.start_s // calendar.DAY_S < last_day]
        yield self._reading(before, self.meaning)

    def rest(self, counts: dict[str, int]) -> Reading:
        """Every value that still waits, and the notes on the whole feed."""
        self.passed |= counts
        owners = self._owners()
        if None in owners:
            self.problem(
                owners[None],
                "IntervalBlock is linked to none of the feed's meter readings or to several, so its meter"
                " reading is unknown",
            )
        elif len(owners) > 1:
            names = ", ".join(self.meters.titled(owner) for owner in sorted(filter(None, owners)))
            self.problem(
                min(owners.values()), f"holds {len(owners)} meter readings ({names}); {_how(self.options)}"
            )
        elif owners:
            ((owner, line),) = owners.items()
            assert owner is not None, "an unknown one was handled above"
            if self.meters.is_ambiguous(owner):
                self.problem(
                    line, f"has two different MeterReading entries with the link {owner}: split the feed"
                )
            elif self._choose(owner, line) and self.meaning is not None:
                return self._reading(self._timed(self.meaning), self.meaning, last=True)
        elif not self.given and not self.problems:
            self.problem(0, self._nothing())
        self.waits.clear()
        return self._reading([], ValueMeaning(0, None, NOT_STATED), last=True)

    def _owners(self) -> dict[str | None, int]:
        """The meter readings whose values wait or were given, each with the line of its first block; drop the
        values of those that the name does not choose.
        """
        found: dict[str | None, int] = {} if self.chosen is None else {self.chosen: self.line}
        for block in list(self.waits):
            owner = self.meters.owner_at_end(block)
            if owner is not None and not self._wanted(owner, block):
                del self.waits[block]
            else:
                found.setdefault(owner, self.lines[block])
        return found

    def _nothing(self) -> str:
        if self.lines and self.options.link is not None:
            owners = {self.meters.owner_at_end(block) for block in self.lines}
            names = ", ".join(self.meters.titled(owner) for owner in sorted(filter(None, owners)))
            return (
                f"has no meter reading whose link ends in {self.options.link!r} or that has this title; there"
                f" are {names}"
            )
        return "holds no Atom entry with interval readings"

    def _close(self) -> None:
        """Report what was refused or passed over as a whole, once a feed has been read."""
        assert self.meaning is not None, "without a meaning there are no readings"
        for direction, count in self.against.items():
            flow = self.meaning.flow
            message = (
                f"flowDirection {flow} ({FLOW_WORDS[flow]}) contradicts meter {self.options.meter!r} at"
                f" {self.options.site}, which is registered as {direction}: {_readings(count)} not recorded;"
                f" import the feed for a meter registered as {FLOWS[flow]}"
            )
            self.problems.append(Problem(self.source, self.meaning.line, message, exit_code=REFUSED))
        for code, count in sorted(self.unmetered.items()):
            quality = f"quality {code} ({NEVER_METERED[code]})"
            text = f"{_readings(count)} of {quality} passed over: no meter measured them"
            if self.given or self.against:
                self.notes.append(text)
            else:
                self.problem(self.line, text)
        if self.meaning.flow == NONE and any(each == "received" for _, each in self.options.directions):
            self.notes.append(
                f"its flowDirection is not stated; meter {self.options.meter!r} is registered as received,"
                " and the readings are taken as received"
            )

    def _notes(self) -> tuple[str, ...]:
        passed = (f"{count} {name} passed over" for name, count in sorted(self.passed.items()))
        more = (
            [f"{self.wrong - PROBLEM_LIMIT:,} more problems are not shown"]
            if self.wrong > PROBLEM_LIMIT
            else []
        )
        return tuple(f"{self.source}: {text}" for text in (*dict.fromkeys(self.notes), *passed, *more))

    def _choose(self, owner: str, line: int) -> bool:
        if self.chosen is not None:
            return self.meaning is not None
        self.chosen, self.line = owner, line
        service = self.meters.service_fault(owner)
        if service:
            self.problem(line, service)
            return False
        found = self.meters.type_of(owner, self.waits)
        if found is None:
            self.problem(
                line,
                f"IntervalBlock belongs to none or several of the feed's {len(self.meters.types)}"
                f" ReadingTypes, so its unit is not known; choose one: --meter {self.options.meter}=ReadingType/..."
                if len(self.meters.types) > 1
                else "IntervalBlock belongs to no ReadingType of the feed, so its unit is not known",
            )
            return False
        try:
            self.meaning, notes = meaning(found)
        except Malformed as why:
            self.problem(found.line, f"ReadingType {why}")
            return False
        self.notes += notes
        return True

    # --- values to claims -----------------------------------------------------------------------------------

    def _start_s(self, value: Value, meaning: ValueMeaning) -> int:
        return value.start_s + value.nth * (value.duration_s or meaning.interval_s or 0)

    def _timed(self, meaning: ValueMeaning) -> list[TimedReading]:
        """The waiting values in order of time, each instant once; where two differ, the first stands and the
        other is a Problem. Values that are not readings stop waiting, so that each is reported once.
        """
        kept: dict[int, TimedReading] = {}
        for block, values in self.waits.items():
            good = []
            for value in values:
                reading = self._timed_reading(value, meaning)
                if reading is None:
                    continue
                first = kept.setdefault(reading.start_s, reading)
                if (first.value, first.duration_s) != (reading.value, reading.duration_s):
                    at = calendar.format_instant(reading.start_s)
                    self.problem(
                        reading.line,
                        f"reads {reading.value} at {at}, where line {first.line} reads {first.value}, which"
                        " stands",
                    )
                else:
                    good.append(value)
            self.waits[block] = good
        return [kept[start_s] for start_s in sorted(kept)]

    def _timed_reading(self, value: Value, meaning: ValueMeaning) -> TimedReading | None:
        length = value.duration_s or meaning.interval_s
        quality = meaning.quality if value.quality is None else value.quality
        start_s = self._start_s(value, meaning)
        if value.own and (fault := _own_fault(value, meaning)):
            self.problem(value.line, f"IntervalReading {fault}")
        elif not length or length < 0:
            self.problem(value.line, "IntervalReading has no duration, and the ReadingType no intervalLength")
        elif start_s + length > LAST_S:
            self.problem(value.line, "IntervalReading lies after the year 9998")
        elif quality in NEVER_METERED:
            self.unmetered[quality] = self.unmetered.get(quality, 0) + 1
        else:
            return TimedReading(start_s, length, value.value, quality, value.line)
        return None

    def _reading(self, timed: list[TimedReading], meaning: ValueMeaning, *, last: bool = False) -> Reading:
        claims = []
        for run in _split(self._along(timed, meaning)):
            try:
                claims.append(self._claim(run, meaning))
            except Malformed as why:
                self.problem(run[0].line, str(why))
        self.given += len(claims)
        if last and self.meaning is not None:
            self._close()
        problems, self.problems = self.problems, []
        return Reading(tuple(claims), tuple(problems), self._notes() if last else ())

    def _along(self, timed: list[TimedReading], meaning: ValueMeaning) -> list[TimedReading]:
        """The readings whose flow is the meter's registered direction at their start; count the others."""
        flow = FLOWS.get(meaning.flow)
        if flow is None or all(direction == flow for _, direction in self.options.directions):
            return timed
        along = []
        for reading in timed:
            direction = self.options.direction_at(reading.start_s)
            if direction == flow:
                along.append(reading)
            else:
                self.against[direction] = self.against.get(direction, 0) + 1
        return along

    def _claim(self, run: list[TimedReading], meaning: ValueMeaning) -> Claim:
        start = calendar.format_instant(run[0].start_s)
        body = IntervalsRecorded(
            meter=self.options.meter,
            start=start,
            interval_s=run[0].duration_s,
            power_of_ten=meaning.power_of_ten,
            values=tuple(reading.value for reading in run),
            quality=tuple(reading.quality for reading in run),
        )
        return make_claim(KIND, start, body, place=self.options.site, source=self.evidence)


def _how(options: FeedOptions) -> str:
    return f"choose one by the end of its link or by its title: --meter {options.meter}=LINK"


def _readings(count: int) -> str:
    return f"{count:,} reading{'' if count == 1 else 's'}"


def _own_fault(value: Value, meaning: ValueMeaning) -> str:
    """The fault in the fields of a ReadingType that a reading states itself, "" if they repeat it."""
    of_type = {"powerOfTenMultiplier": meaning.power_of_ten, "uom": WATT_HOURS}
    return "; ".join(
        f"{name} {own} contradicts its ReadingType, which has {of_type[name]}"
        for name, own in value.own
        if own != of_type[name]
    )


def _split(timed: list[TimedReading]) -> Iterator[list[TimedReading]]:
    run: list[TimedReading] = []
    for reading in timed:
        if run and not _follows(run[0], run[-1], reading):
            yield run
            run = []
        run.append(reading)
    if run:
        yield run


def _follows(first: TimedReading, last: TimedReading, reading: TimedReading) -> bool:
    return (
        reading.start_s == last.start_s + last.duration_s
        and reading.duration_s == first.duration_s
        and reading.start_s // calendar.DAY_S == first.start_s // calendar.DAY_S
    )
