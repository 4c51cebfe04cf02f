"""Green Button (NAESB REQ.21 ESPI 4.0, an Atom feed): interval readings in, one record per meter, run of
readings and UTC day.

Read: ReadingType (uom 72 = Wh, powerOfTenMultiplier, accumulationBehaviour 4 = interval deltas,
intervalLength, defaultQuality) and the readings of every IntervalBlock with their quality; instants are epoch
seconds UTC, so no local time is computed, a day of 23 or 25 hours is as long as it is, and of a rule of
LocalTimeParameters that is not well formed nothing depends, which is said. A reading without a time follows
the one before in its block. Values keep the meter's integers. A missing reading ends a record, a quality not
stated is -1. Costs and summaries are passed over, and that is said. The meter must be recorded already. Of a
feed of several meter readings one is chosen by the end of its link: ``--meter revenue=MeterReading/01``. A
truncated feed gives its whole readings and one Problem.

A feed of any size is read in parts of some 50,000 readings, each up to midnight UTC; within a part a reading
that differs from an earlier one of the same instant is a Problem, in a later part or file it is a revision.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from ledger import calendar
from ledger.errors import Malformed, Problem
from ledger.exchange.greenbutton.feed import Entry, Feed, Value
from ledger.exchange.greenbutton.meters import NOT_STATED, Block, Kind, Meters, meaning
from ledger.exchange.reading import PROBLEM_LIMIT, Reading
from ledger.kinds import BY_TAG, IntervalsRecorded, Source
from ledger.records.envelope import Claim, make_claim

KIND: Final = BY_TAG["intervals-recorded.v1"]
PART: Final = 50_000
CHUNK: Final = 1 << 18
LAST_S: Final = calendar.instant_s("9998-12-31T23:59:59Z")
_RULE = re.compile(r"[0-9A-Fa-f]{8}", re.ASCII)


class Options(NamedTuple):
    """Which meter the feed is of; ``link`` ends the self link of its MeterReading, where the feed has
    several.
    """

    site: str
    meter: str
    link: str | None = None

    @classmethod
    def of(cls, site: str, said: str) -> Options:
        """``revenue``, or ``revenue=MeterReading/01``."""
        meter, _, link = said.partition("=")
        return cls(site, meter, link or None)


class Slot(NamedTuple):
    """One reading: [start_s, start_s + duration_s), an integer in 10^power_of_ten Wh, its quality, its
    line.
    """

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
    """What the entries of a feed mean: its meter readings, and the values that wait to be claims."""

    def __init__(self, source: str, evidence: Source, options: Options) -> None:
        self.source, self.evidence, self.options = source, evidence, options
        self.problems: list[Problem] = []
        self.wrong = 0
        self.passed: dict[str, int] = {}
        self.said: list[str] = []
        self.meters = Meters()
        self.waits: dict[Block, list[Value]] = {}
        self.lines: dict[Block, int] = {}
        self.waiting = 0
        self.given = 0
        self.chosen: str | None = None
        self.line = 0
        self.kind: Kind | None = None

    def problem(self, line: int, message: str, raw: str = "") -> None:
        """Collect a problem; of very many the first are said."""
        self.wrong += 1
        if self.wrong <= PROBLEM_LIMIT:
            self.problems.append(Problem(self.source, line, message, raw[:200]))

    def take(self, entry: Entry, values: list[Value]) -> None:
        """An entry that ended, or some of its values."""
        self.meters.take(entry)
        if entry.content == "LocalTimeParameters":
            self._check_local_time(entry)
        elif "Summary" in entry.content:
            self.passed[entry.content] = self.passed.get(entry.content, 0) + 1
        elif entry.content == "IntervalBlock":
            block = Block(entry.self_link, entry.up_link, frozenset(entry.related))
            self.lines.setdefault(block, entry.line)
            owner = self.meters.owner(block)
            if values and (owner is None or self._asked(owner)):
                self._wait(block, owner, values)

    def _asked(self, owner: str) -> bool:
        return self.options.link is None or owner.endswith(self.options.link)

    def _wait(self, block: Block, owner: str | None, values: list[Value]) -> None:
        if self.chosen is not None and owner is not None and owner != self.chosen:
            self.problem(
                values[0].line,
                f"is of another meter reading, {owner}, and is passed over; {_how(self.options)}",
            )
            return
        self.waits.setdefault(block, []).extend(values)
        self.waiting += len(values)

    def _check_local_time(self, entry: Entry) -> None:
        for name in ("dstStartRule", "dstEndRule"):
            rule = entry.fields.get(name, "")
            if not _RULE.fullmatch(rule):
                self.said.append(f"{name} {rule[:40]!r} is not 8 hex digits; no instant depends on it")

        if entry.fields.get("tzOffset") == "0" and entry.fields.get("dstOffset", "0") != "0":
            self.said.append(
                "its local time is that of UTC (tzOffset 0): check that its starts are instants, and not"
                " local time"
            )

    # --- parts ----------------------------------------------------------------------------------------------

    def part(self) -> Iterator[Reading]:
        """What waits up to the last midnight, once it is known which meter reading it is of and what its
        values mean.
        """
        if self.options.link is None and self.meters.several:
            return  # which is meant will have to be said, if another has readings too
        owners = {self.meters.owner(block) for block in self.waits}
        owner = owners.pop() if len(owners) == 1 else None
        if owner is None or self.meters.type_of(owner, self.waits) is None:
            return
        if not self._choose(owner, min(map(self.lines.__getitem__, self.waits))) or self.kind is None:
            return
        slots = self._slots(self.kind)
        last_day = max(slot.start_s for slot in slots) // calendar.DAY_S if slots else 0
        for block, values in self.waits.items():
            self.waits[block] = [
                value for value in values if self._start_s(value, self.kind) // calendar.DAY_S >= last_day
            ]
        self.waits = {block: values for block, values in self.waits.items() if values}
        self.waiting = sum(map(len, self.waits.values()))
        yield self._reading([slot for slot in slots if slot.start_s // calendar.DAY_S < last_day], self.kind)

    def rest(self, counts: dict[str, int]) -> Reading:
        """All that still waits, and what was passed over."""
        self.passed |= counts
        owners = self._owners()
        if None in owners:
            self.problem(
                owners[None],
                "IntervalBlock is linked to none of the feed's meter readings, so whose it is is not known",
            )
        elif len(owners) > 1:
            names = ", ".join(self.meters.titled(owner) for owner in sorted(filter(None, owners)))
            self.problem(
                min(owners.values()), f"holds {len(owners)} meter readings ({names}); {_how(self.options)}"
            )
        elif owners:
            ((owner, line),) = owners.items()
            assert owner is not None, "an unknown one is said above"
            if self._choose(owner, line) and self.kind is not None:
                return self._reading(self._slots(self.kind), self.kind, last=True)
        elif not self.given and not self.problems:
            self.problem(0, self._nothing())
        self.waits.clear()
        return self._reading([], Kind(0, None, NOT_STATED), last=True)

    def _owners(self) -> dict[str | None, int]:
        """Whose values wait, or were given, and the line on which the first of them stands; those of another
        than the one that is asked for are left.
        """
        found: dict[str | None, int] = {} if self.chosen is None else {self.chosen: self.line}
        for block in list(self.waits):
            owner = self.meters.owner_at_end(block)
            if owner is not None and not self._asked(owner):
                del self.waits[block]
            else:
                found.setdefault(owner, self.lines[block])
        return found

    def _nothing(self) -> str:
        if self.lines and self.options.link is not None:
            owners = {self.meters.owner_at_end(block) for block in self.lines}
            names = ", ".join(self.meters.titled(owner) for owner in sorted(filter(None, owners)))
            return f"has no meter reading whose link ends in {self.options.link!r}; there are {names}"
        return "holds no Atom entry with interval readings"

    def _notes(self) -> tuple[str, ...]:
        passed = (f"{count} {name} passed over" for name, count in sorted(self.passed.items()))
        more = (
            [f"{self.wrong - PROBLEM_LIMIT:,} problems more are not said"]
            if self.wrong > PROBLEM_LIMIT
            else []
        )
        return tuple(f"{self.source}: {text}" for text in (*dict.fromkeys(self.said), *passed, *more))

    def _choose(self, owner: str, line: int) -> bool:
        if self.chosen is not None:
            return self.kind is not None
        self.chosen, self.line = owner, line
        said = self.meters.type_of(owner, self.waits)
        if said is None:
            self.problem(
                line,
                f"IntervalBlock belongs to none of the feed's {len(self.meters.types)} ReadingTypes, so its"
                " unit is not known",
            )
            return False
        try:
            self.kind, notes = meaning(said)
        except Malformed as why:
            self.problem(said.line, f"ReadingType {why}")
            return False
        self.said += notes
        return True

    # --- values to claims -----------------------------------------------------------------------------------

    def _start_s(self, value: Value, kind: Kind) -> int:
        return value.start_s + value.nth * (value.duration_s or kind.interval_s or 0)

    def _slots(self, kind: Kind) -> list[Slot]:
        """What waits in order of time, each instant once; two that differ are a Problem and the first is
        kept.
        """
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
                        slot.line,
                        f"reads {slot.value} at {at}, where line {first.line} reads {first.value}, which"
                        " stands",
                    )
        return [kept[start_s] for start_s in sorted(kept)]

    def _reading(self, slots: list[Slot], kind: Kind, *, last: bool = False) -> Reading:
        claims = []
        for run in _split(slots):
            try:
                claims.append(self._claim(run, kind))
            except Malformed as why:
                self.problem(run[0].line, str(why))
        self.given += len(claims)
        problems, self.problems = self.problems, []
        return Reading(tuple(claims), tuple(problems), self._notes() if last else ())

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
