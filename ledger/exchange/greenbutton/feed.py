"""The XML of a Green Button feed: Atom entries as far as they matter, and interval readings, handed on as
they are read.

Nothing outside the file is ever read: a document type or an entity is refused, depth and text are limited. A
feed that breaks off gives what was whole before. Readings are handed on in batches, also from within one long
IntervalBlock, so that memory does not grow with the file.
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
QUALITY_LIMIT: Final = 255
ATOM: Final = "http://www.w3.org/2005/Atom "
OF_TYPE: Final = ("powerOfTenMultiplier", "uom")
_INTEGER = re.compile(r"\s*(-?[0-9]{1,18})\s*", re.ASCII)

Wrong = Callable[[int, str], None]
"""Hears what cannot be read: line and message."""


class Value(NamedTuple):
    """One reading, an integer in the feed's unit: it starts ``nth`` durations after ``start_s``. Duration and
    quality are None where it says none.
    """

    start_s: int
    nth: int
    duration_s: int | None
    value: int
    quality: int | None
    line: int


class Entry:
    """An Atom entry as far as it matters: its links, and the fields of its content."""

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
        """What it holds; of several interval blocks each has its own start, and its own first reading."""
        self.content, self.readings = content, 0
        self.fields.clear()


class Feed:
    """A parser that is fed bytes and gives entries as they end, those of interval blocks also before that
    with a batch of their values.
    """

    def __init__(self, wrong: Wrong) -> None:
        self.counts: dict[str, int] = {}
        self._wrong = wrong
        self._entry: Entry | None = None
        self._ready: list[tuple[Entry, list[Value]]] = []
        self._stack: list[str] = []
        self._text: list[str] = []
        self._length = 0
        self._said: dict[str, str] | None = None
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

    def push(self, data: bytes, *, last: bool = False) -> Iterator[tuple[Entry, list[Value]]]:
        """The entries that end in some more bytes, with the values that are new of each."""
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

    def _hand_on(self, entry: Entry) -> None:
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
            self._entry = Entry(self._parser.CurrentLineNumber)
        elif self._entry is None:
            return
        elif local == "link":
            self._link(self._entry, attributes)
        elif self._stack[-2:-1] == ["content"] and not name.startswith(ATOM):
            self._entry.begin(local)
        elif local == "IntervalReading":
            self._said, self._line = {}, self._parser.CurrentLineNumber

    @staticmethod
    def _link(entry: Entry, attributes: dict[str, str]) -> None:
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
        if self._said is not None:
            self._end_in_reading(entry, self._said, local, text)
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

    def _end_in_reading(self, entry: Entry, said: dict[str, str], local: str, text: str) -> None:
        if local == "IntervalReading":
            self._finish(entry, said)
            self._said = None
        elif local == "cost":
            self._count("cost fields")
        elif local == "quality" and local in said:
            self._count("further qualities of a reading")
        else:
            said.setdefault(local, text)

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    def _finish(self, entry: Entry, said: dict[str, str]) -> None:
        nth = entry.readings
        entry.readings += 1
        try:
            placed = "start" in said
            start_s = (
                integer(said, "start") if placed else integer(entry.fields, "start", missing="has no start")
            )
            for name in OF_TYPE:
                if name in said:
                    raise Malformed(f"has a {name} of its own, which only a ReadingType can say")
            quality = integer(said, "quality") if "quality" in said else None
            if quality is not None and not 0 <= quality <= QUALITY_LIMIT:
                raise Malformed(f"quality must be an ESPI code from 0 to {QUALITY_LIMIT}: {quality}")
            value = Value(
                start_s,
                0 if placed else nth,
                integer(said, "duration") if "duration" in said else None,
                integer(said, "value"),
                quality,
                self._line,
            )
            calendar.format_instant(start_s)
        except Malformed as why:
            self._wrong(self._line, f"IntervalReading {why}")
        else:
            entry.values.append(value)
            if len(entry.values) >= BATCH:
                self._hand_on(entry)


def integer(fields: dict[str, str], name: str, default: int | None = None, *, missing: str = "") -> int:
    """A whole number of an entry; ``Malformed`` without one, unless there is a default."""
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
