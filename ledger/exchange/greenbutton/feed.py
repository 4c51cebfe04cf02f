"""The XML of a Green Button feed: the Atom entries that the importer needs, and interval readings, handed on
while the file is read.

The parser reads nothing outside the file: it refuses a document type or an entity and limits depth and text.
A truncated feed gives its whole readings. Readings are handed on in batches, even from within one long
IntervalBlock, so memory does not grow with the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple
from xml.parsers import expat

from ledger import calendar
from ledger.errors import Malformed
from ledger.units import LIMIT

DEPTH_LIMIT: Final = 32
TEXT_LIMIT: Final = 10_000
BATCH: Final = 10_000
EMPTY_LIMIT: Final = 10_000
LAST_S: Final = calendar.instant_s("9998-12-31T23:59:59Z")
"""The last instant at which a reading may end."""
QUALITY_CODES: Final = (0, *range(7, 20))
"""Codes of QualityOfReading (NAESB REQ.21 ESPI 4.0, espi.xsd)."""
NEVER_METERED: Final = {12: "projected", 15: "normalized for weather"}
"""Codes of values that no meter measured: a forecast, and a value adjusted to other weather."""
ATOM: Final = "http://www.w3.org/2005/Atom "
TYPE_FIELDS: Final = frozenset(["powerOfTenMultiplier", "uom"])
"""Fields of a ReadingType that some utilities repeat in each reading."""
_INTEGER = re.compile(r"\s*(-?[0-9]{1,18})\s*", re.ASCII)

Wrong = Callable[[int, str], None]
"""Callback for a value that cannot be read: line and message."""


class Value(NamedTuple):
    """One reading, an integer in the feed's unit, that starts ``nth`` durations after ``start_s``. Duration
    and quality are None where it states none; ``own`` holds the fields of ``TYPE_FIELDS`` that it states
    itself.
    """

    start_s: int
    nth: int
    duration_s: int | None
    value: int
    quality: int | None
    line: int
    own: tuple[tuple[str, int], ...] = ()


class FeedEntry:
    """The links of an Atom entry and the fields of its content."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.content = ""
        self.title = ""
        self.fields: dict[str, str] = {}
        self.self_link = self.up_link = ""
        self.related: set[str] = set()
        self.readings = 0
        self.values: list[Value] = []

    def begin(self, content: str) -> None:
        """Begin a content; each of several interval blocks has its own start and its own first reading."""
        self.content, self.readings = content, 0
        self.fields.clear()


class Feed:
    """A parser that takes bytes and gives entries as they end; an interval block is given earlier, too, with
    each full batch of its values.
    """

    def __init__(self, wrong: Wrong) -> None:
        self.counts: dict[str, int] = {}
        self._wrong = wrong
        self._entry: FeedEntry | None = None
        self._ready: list[tuple[FeedEntry, list[Value]]] = []
        self._stack: list[str] = []
        self._text: list[str] = []
        self._length = 0
        self._fields: dict[str, str] | None = None
        self._qualities: list[str] = []
        self._line = 0
        self._broken = False
        self._empty = 0
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.EntityDeclHandler = _refuse_doctype
        self._parser = parser

    def push(self, data: bytes, *, last: bool = False) -> Iterator[tuple[FeedEntry, list[Value]]]:
        """Parse more bytes and give the entries that end in them, each with its new values."""
        if not self._broken:
            try:
                self._parser.Parse(data, last)
            except expat.ExpatError as why:
                message = (
                    f"is not whole XML: {expat.errors.messages[why.code]}; the readings before it are taken"
                )
                self._break(why.lineno, message)
            except (LookupError, ValueError) as why:  # of a declared encoding
                self._break(1, f"is in an encoding that is not read ({why}); save it as UTF-8")
            except Malformed as why:
                self._break(self._parser.CurrentLineNumber, str(why))
        yield from self._ready
        self._ready = []

    def _break(self, line: int, message: str) -> None:
        self._broken = True
        self._wrong(line, message)
        if self._entry is not None and self._entry.values:
            self._hand_on(self._entry)

    def _hand_on(self, entry: FeedEntry) -> None:
        self._ready.append((entry, entry.values))
        entry.values = []

    # --- expat's events -------------------------------------------------------------------------------------

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        self._stack.append(local)
        if len(self._stack) > DEPTH_LIMIT:
            raise Malformed(f"is nested deeper than {DEPTH_LIMIT}")
        self._text, self._length = [], 0
        if local == "entry":
            self._entry = FeedEntry(self._parser.CurrentLineNumber)
        elif self._entry is None:
            return
        elif local == "link":
            self._link(self._entry, attributes)
        elif self._stack[-2:-1] == ["content"] and not name.startswith(ATOM):
            self._entry.begin(local)
        elif local == "IntervalReading":
            self._fields, self._qualities, self._line = {}, [], self._parser.CurrentLineNumber

    @staticmethod
    def _link(entry: FeedEntry, attributes: dict[str, str]) -> None:
        target = attributes.get("href", "")
        if attributes.get("rel") == "self":
            entry.self_link = target
        elif attributes.get("rel") == "up":
            entry.up_link = target
        elif attributes.get("rel") == "related":
            entry.related.add(target)

    def _characters(self, text: str) -> None:
        self._length += len(text)
        if self._length > TEXT_LIMIT:
            raise Malformed(f"has a text longer than {TEXT_LIMIT:,} characters")
        self._text.append(text)

    def _end(self, name: str) -> None:
        local = self._stack.pop()
        text = "".join(self._text)
        self._text = []
        entry = self._entry
        if entry is None:
            return
        if self._fields is not None:
            self._end_in_reading(entry, self._fields, local, text)
        elif local == "entry":
            self._empty += not entry.content
            if self._empty > EMPTY_LIMIT:
                raise Malformed(
                    f"has more than {EMPTY_LIMIT:,} entries without content, so it is no feed of readings"
                )
            self._hand_on(entry)
            self._entry = None
        elif local == "title" and self._stack[-1:] == ["entry"]:
            entry.title = text.strip()
        elif self._stack[-1:] == [entry.content] or self._stack[-2:] == [entry.content, "interval"]:
            entry.fields[local] = text.strip()
        elif local == "kind" and self._stack[-2:] == [entry.content, "ServiceCategory"]:
            entry.fields["serviceKind"] = text.strip()

    def _end_in_reading(self, entry: FeedEntry, fields: dict[str, str], local: str, text: str) -> None:
        if local == "IntervalReading":
            self._finish(entry, fields)
            self._fields = None
        elif local == "cost":
            self._count("cost fields")
        elif local == "quality":
            if self._qualities:
                self._count("further qualities of a reading")
            self._qualities.append(text)
        else:
            fields.setdefault(local, text)

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    def _finish(self, entry: FeedEntry, fields: dict[str, str]) -> None:
        nth = entry.readings
        entry.readings += 1
        try:
            placed = "start" in fields
            start_s = (
                integer(fields, "start") if placed else integer(entry.fields, "start", missing="has no start")
            )
            value = Value(
                start_s,
                0 if placed else nth,
                integer(fields, "duration") if "duration" in fields else None,
                integer(fields, "value"),
                _quality(self._qualities) if self._qualities else None,
                self._line,
                _own(fields) if TYPE_FIELDS & fields.keys() else (),
            )
            if not 0 <= start_s <= LAST_S:
                calendar.format_instant(start_s)  # refuses what is before 1970 or after 9999
        except Malformed as why:
            self._wrong(self._line, f"IntervalReading {why}")
        else:
            entry.values.append(value)
            if len(entry.values) >= BATCH:
                self._hand_on(entry)


def _own(fields: dict[str, str]) -> tuple[tuple[str, int], ...]:
    return tuple((name, integer(fields, name)) for name in sorted(TYPE_FIELDS) if name in fields)


def _quality(texts: list[str]) -> int:
    """The first of a reading's quality codes, or the one that shows that it was never metered."""
    codes = [integer({"quality": text}, "quality") for text in texts]
    for code in codes:
        if code not in QUALITY_CODES:
            raise Malformed(f"quality must be an ESPI code, 0 or 7 to 19: {code}")
    return next((code for code in codes if code in NEVER_METERED), codes[0])


def integer(fields: dict[str, str], name: str, default: int | None = None, *, missing: str = "") -> int:
    """A field of an entry as a whole number; ``Malformed`` where it is missing and has no default."""
    text = fields.get(name)
    if text is None:
        if default is None:
            raise Malformed(missing or f"has no {name}")
        return default
    match = _INTEGER.fullmatch(text)
    if match is None or abs(int(match[1])) > LIMIT:
        raise Malformed(f"{name} is not a whole number: {text.strip()[:40]!r}")
    return int(match[1])


def _refuse_doctype(*_: Any) -> None:
    raise Malformed("declares a document type or entity; a Green Button feed has none, and none is read")
