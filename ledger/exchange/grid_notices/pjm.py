"""PJM's emergency procedures: the dashboard or single postings of emergencyprocedures.pjm.com, saved as a web
page or as text.

A posting reads ``Msg ID``, ``Message Type``, ``Priority``, ``Effective Start Time``, ``Effective End Time``
(which may be blank), ``Regions`` and its text, in Eastern prevailing time. What three public readers of the
page agree on is read; no sample of PJM's XML is public.

- The effective start is when the posting was made. An alert of the day before is in force in the hours that
  its text names (``has been issued from 00:01 on 07.16.2026 through 23:59 on 07.16.2026``); only without them
  the effective times are those of the condition.
- An effective end before the end that the text names is a cancellation: the notice stops there. One before the
  hours that the text names withdraws it, which a note tells: it is recorded with no time in force.
- An end before the effective start, or hours that end before they begin, is refused.
- The dashboard drops a posting that is over, with or without an end on it: ``--ends-missing`` gives recorded
  ones that it lacks the time at which it was saved.
- A posting is about the whole grid where its regions name PJM-RTO.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from ledger.errors import Malformed, named
from ledger.exchange.grid_notices.notice import (
    Entry,
    Notice,
    NoticeOptions,
    NoticeSource,
    Passed,
    Wrong,
    is_drill,
    local_s,
    slug,
)
from ledger.exchange.grid_notices.page import page_text
from ledger.exchange.grid_notices.words import PJM, meaning

ZONE: Final = "America/New_York"
DRILL_SEEN: Final = 300
"""Characters of a posting in which a drill says so: what follows the last posting is the page's own text."""
_BEGIN = re.compile(r"Msg ID:? ?(?=[0-9])")
_STAMP = r"([0-9]{2}\.[0-9]{2}\.[0-9]{4} [0-9]{1,2}:[0-9]{2})"
_POSTING = re.compile(
    r"Msg ID:? ?([0-9]{1,12}) Message Type:? (.{1,300}?) Priority:? (.{0,60}?) ?Effective Start Time:? "
    rf"{_STAMP}(?: Effective End Time:?(?: {_STAMP})?)?(?: Regions:? (.*))?",
)
_HOURS = re.compile(
    r"from ([0-9]{1,2}:[0-9]{2}) on ([0-9]{2}\.[0-9]{2}\.[0-9]{4}) through ([0-9]{1,2}:[0-9]{2}) on"
    r" ([0-9]{2}\.[0-9]{2}\.[0-9]{4})"
)
_AREA = re.compile(r"(.*?)(?: (?:An?|The) |Additional Comments|$)")
_WHOLE = re.compile(r"\bPJM[ -]?RTO\b|^RTO$", re.IGNORECASE)
_DATE = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})")


_NO_POSTING: Final = (
    "holds no posting; save the dashboard or a posting of emergencyprocedures.pjm.com, where each begins with"
    " Msg ID"
)


_BY_HAND: Final = "save the page again, or put the notice into a CSV file with its end (--source csv)"


def read(text: str, source: str, options: NoticeOptions) -> Iterator[Entry]:
    """The postings of a page."""
    page = page_text(text)
    begins = [found.start() for found in _BEGIN.finditer(page.text)]
    if not begins:
        if "No records found" not in page.text:
            yield Wrong(0, _NO_POSTING, page.text[:120])
        return
    for start, stop in zip(begins, [*begins[1:], len(page.text)], strict=True):
        line, posting = page.line_at(start), page.text[start:stop].strip()
        try:
            yield _entry(posting, line, options)
        except Malformed as why:
            yield Wrong(line, str(why), posting)


def _entry(posting: str, line: int, options: NoticeOptions) -> Entry:
    found = _POSTING.match(posting)
    if found is None:
        raise Malformed(
            "is not laid out as a posting: Msg ID, Message Type, Priority, Effective Start Time such as"
            " 07.15.2026 16:25"
        )
    name, wording, _, effective, ended, rest = found.groups()
    if is_drill(wording) or is_drill((rest or "")[:DRILL_SEEN]):
        return Passed(line, f"posting {name} is a drill")
    with named(f"posting {name}: {wording!r}"):
        state = meaning(PJM, wording, options.states)
    if state is None:
        return Passed(line, f"{wording} is no condition of the grid")
    with named(f"posting {name}"):
        times = _times(effective, ended, _HOURS.search(rest or ""))
    area, note = _area(rest or ""), ""
    if times.withdrawn:
        note = (
            f"posting {name} was withdrawn at {ended}, before its hours began: recorded with no time in force"
        )
    return Notice(
        "PJM",
        slug("pjm", name),
        state,
        times.published_s,
        times.start_s,
        times.stop_s,
        wording,
        posting,
        area,
        line,
        note,
    )


class _PostingTimes(NamedTuple):
    """When a posting was made, and when it is in force; ``withdrawn``: it was ended before its hours began."""

    published_s: int
    start_s: int
    stop_s: int | None
    withdrawn: bool = False


def _times(effective: str, ended: str | None, hours: re.Match[str] | None) -> _PostingTimes:
    """The times of a posting; ``Malformed`` where it ends before it starts."""
    published_s = _at(effective)
    ended_s = None if ended is None else _at(ended)
    if ended_s is not None and ended_s < published_s:
        raise Malformed(
            f"Effective End Time {ended!r} is before Effective Start Time {effective!r}; it must be at or after it,"
            f" or blank: {_BY_HAND}"
        )
    if hours is None:
        return _PostingTimes(published_s, published_s, ended_s)
    begins, ends = f"{hours[2]} {hours[1]}", f"{hours[4]} {hours[3]}"
    start_s, stop_s = _at(begins), _at(ends)
    if stop_s < start_s:
        raise Malformed(
            f"its text is in force from {begins!r} through {ends!r}, which is before; the end must be at or after"
            f" the beginning: {_BY_HAND}"
        )
    if ended_s is None:
        return _PostingTimes(published_s, start_s, stop_s)
    return _PostingTimes(published_s, start_s, max(start_s, min(ended_s, stop_s)), ended_s < start_s)


def _area(rest: str) -> str:
    """The regions that a posting names; empty for the whole grid."""
    found = _AREA.match(rest)
    regions = found[1].strip(" ,") if found else ""
    return "" if _WHOLE.search(regions) or not regions else regions


def _at(stamp: str) -> int:
    """The instant of ``07.15.2026 16:25``."""
    date, _, clock = stamp.partition(" ")
    found = _DATE.fullmatch(date)
    assert found is not None, "the pattern of a posting has its dates"
    month, day, year = map(int, found.groups())
    hour, minute = map(int, clock.split(":"))
    return local_s((year, month, day), hour, minute, 0, ZONE, stamp)


SOURCE: Final = NoticeSource(
    "pjm",
    "PJM",
    "emergency postings: the dashboard or postings of emergencyprocedures.pjm.com, saved as a page or text;"
    " Eastern prevailing time",
    "labels and times as three public readers of the page find them; types of PJM Manual 13",
    read,
    (
        "<table><tr><td>Msg ID: <span>104712</span></td>",
        "<td>Message Type: Maximum Generation Emergency/Load Management Alert - NERC EEA 1</td>",
        "<td>Priority: Alert</td><td>Effective Start Time: 07.15.2026 16:25</td><td>Effective End Time:</td>",
        "<td>Regions</td><td>PJM-RTO</td></tr>",
        "<tr><td>A Maximum Generation Emergency/Load Management Alert has been issued from 00:01 on",
        "07.16.2026 through 23:59 on 07.16.2026.</td></tr>",
        "<tr><td>Msg ID: 104713</td><td>Message Type: DRILL - Manual Load Dump Action</td>",
        "<td>Priority: Action</td><td>Effective Start Time: 07.16.2026 10:00</td>",
        "<td>Effective End Time: 07.16.2026 11:00</td><td>Regions</td><td>PJM-RTO</td></tr></table>",
    ),
    (("eea1", "2026-07-16T04:01:00Z", "2026-07-17T03:59:00Z"),),
    lists_all=True,
)
