"""The result of reading a file: claims and problems side by side, so that one bad row never keeps the good
ones out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from ledger.errors import Malformed, Problem
from ledger.kinds import Source
from ledger.records.envelope import Claim

PROBLEM_LIMIT: Final = 1_000
"""Most problems of one file: more of them mean that it is the wrong file."""
LINE_LIMIT: Final = 1_048_576
"""Most bytes of one line of facts; a record has at most 65,535."""


class Listing(NamedTuple):
    """Events of a server in a file, with the dispatches of each, so that edits and disappearances can be
    found by comparison with the book.

    ``prefix`` begins the names of the server's dispatches. ``programs`` are those whose events are all in the
    file (None in it: those of no program), so that a known event that is not here is gone; None where the
    file need not list all events. ``at`` is when the list was read. ``events`` maps an event's id to the
    names of its dispatches, or to None where it could not be read whole. ``server_programs`` are the server's
    ids of the programs asked for, None where all were; ``alerts`` the types of alerts that have a meaning
    here. ``called_off`` maps the events that the server calls off to their versions. ``undated`` are those
    that start now without a time of call, so that now is when the list was read: the first list gives their
    start.
    """

    site: str
    prefix: str
    programs: tuple[str | None, ...] | None
    at: str | None
    events: Mapping[str, frozenset[str] | None]
    source: Source
    server_programs: frozenset[str] | None
    alerts: frozenset[str]
    called_off: Mapping[str, str | None] = {}
    undated: frozenset[str] = frozenset()


class NoticePage(NamedTuple):
    """A page that lists every notice of an authority that was in force at an instant: the names of those in it."""

    source: Source
    authority: str
    names: frozenset[str]
    at: str


class Reading(NamedTuple):
    """The outcome of one file of any format.

    ``lines`` holds the line (from 1) of each claim, 0 where the format has none, and ``sources`` the
    part of the file, such as a sheet, where it has several; ``notes`` list what was read and deliberately
    ignored. With a ``listing`` the claims are a server's current events, to be compared with the book's
    dispatches; ``unchanged`` counts those that the book already has. With a ``page`` recorded notices without
    an end that it lacks are over.
    """

    claims: tuple[Claim, ...]
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    listing: Listing | None = None
    unchanged: int = 0
    sources: tuple[str, ...] = ()
    page: NoticePage | None = None

    def settled(
        self, claims: Iterable[Claim], problems: Iterable[Problem], notes: Iterable[str], unchanged: int
    ) -> Reading:
        """The parsed file with the claims to record beside the book; each note once."""
        return self._replace(
            claims=tuple(claims),
            problems=tuple(problems),
            notes=tuple(dict.fromkeys(notes)),
            unchanged=unchanged,
        )


def check_line(line: bytes) -> None:
    """Refuse a line that is too long for any fact before it is parsed, since parsing takes many times its
    memory.
    """
    if len(line) > LINE_LIMIT:
        raise Malformed(f"has {len(line):,} bytes; a line has at most {LINE_LIMIT:,}, one fact each")


def lines_of(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines of a file with their numbers from 1, one at a time; blank ones are passed over."""
    number, begin = 1, 0
    while begin <= len(data):
        end = data.find(b"\n", begin)
        end = len(data) if end < 0 else end
        line = data[begin:end]
        if line.strip():
            yield number, line
        number, begin = number + 1, end + 1


def too_many(problems: list[Problem], source: str) -> bool:
    """True where there are too many problems to read on; reported once."""
    if len(problems) < PROBLEM_LIMIT:
        return False
    problems.append(Problem(source, 0, f"has {PROBLEM_LIMIT:,} problems and more; the rest is not read"))
    return True
