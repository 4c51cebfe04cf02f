"""ERCOT's operations messages: the page of that name on ercot.com, saved as a web page.

It is a table of time, message, type and status, in Central prevailing time (``Aug 12, 2026 3:04:05 PM``). A
message has no number, so it is named by its time and text. It states no end: it holds until a later message
begins with "ERCOT is cancelling the following notice:" and repeats it (developer.ercot.com, operator
notices). A message that the page shows as cancelled without that later one ends at ``--at``, when the page
was saved.

The type alone is no state: a Watch may be about a failed dispatch run. What a message is about decides, and
an EEA level in it before all else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from msgspec import UNSET

from ledger import calendar
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
    text_sha256,
)
from ledger.exchange.grid_notices.page import Row, table_rows
from ledger.exchange.grid_notices.words import ERCOT, meaning
from ledger.kinds import GridNoticePublished

ZONE: Final = "America/Chicago"
COLUMNS: Final = ("datetime", "summary", "type", "priority")
"""The classes of the page's cells; the last is titled Status."""
ENDED: Final = ("cancelled", "canceled", "expired", "inactive")
_CANCELS = re.compile(r"ERCOT is cancell?ing the following notice:? *(?:\. *){0,3}", re.IGNORECASE)
_TIME = re.compile(
    r"([A-Z][a-z]{2})[a-z]* ([0-9]{1,2}), ([0-9]{4}),? ([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))? ?([AP])M",
    re.ASCII,
)
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Message(NamedTuple):
    """A row of the page."""

    line: int
    time: str
    text: str
    type: str
    status: str

    @property
    def cancels(self) -> str | None:
        """The text of the message that it cancels; None where it cancels none."""
        found = _CANCELS.match(self.text)
        return None if found is None else self.text[found.end() :].strip()


def read(text: str, source: str, options: NoticeOptions) -> Iterator[Entry]:
    """The messages of a page."""
    messages = [found for row in table_rows(text) if (found := _message(row)) is not None]
    if not messages:
        yield Wrong(
            0,
            "holds no operations message; save the page Operations Messages of ercot.com, a table of date,"
            " notice, type and status",
            text[:120],
        )
    ends: dict[str, list[str]] = {}
    for message in messages:
        if message.cancels is not None:
            ends.setdefault(message.cancels, []).append(message.time)
    for message in messages:
        try:
            yield _entry(message, ends, options)
        except Malformed as why:
            yield Wrong(message.line, str(why), f"{message.time} {message.type}: {message.text}")


def _message(row: Row) -> Message | None:
    """A row of messages: four cells, by the page's classes or in its order; None for any other row."""
    by_class = {name: cell.text for cell in row.cells for name in cell.classes}
    cells = [by_class.get(name) for name in COLUMNS]
    if None in cells and len(row.cells) == len(COLUMNS):
        cells = [cell.text for cell in row.cells]
    if None in cells or not _TIME.match(str(cells[0])):
        return None
    return Message(row.line, *map(str, cells))


def _entry(message: Message, ends: dict[str, list[str]], options: NoticeOptions) -> Entry:
    if is_drill(message.text):
        return Passed(message.line, "a test of messages is no condition of the grid")
    text = message.text if message.cancels is None else message.cancels
    wording = f"{message.type}: {text}"
    state = None
    if message.type.lower() != "operational information":
        state = meaning(ERCOT, wording, options.states)
    if state is None:
        return Passed(message.line, f"{message.type} about operations is no condition of the grid")
    start_s = _at(message.time)
    if message.cancels is not None:
        return _cancelled(message, start_s, options)
    stop_s = _stop_s(message, start_s, ends.get(message.text, []), options)
    name = slug("ercot", calendar.format_instant(start_s)[:16], text_sha256(f"{message.time}|{text}")[:12])
    return Notice("ERCO", name, state, start_s, start_s, stop_s, wording, message.text, "", message.line)


def _cancelled(message: Message, at_s: int, options: NoticeOptions) -> Entry:
    """The recorded message that another cancels, with its end; it may be gone from the page by then."""
    published, body = options.known.get(text_sha256(str(message.cancels)), ("", None))
    if body is None or body.stop is not UNSET:
        return Passed(message.line, "a cancellation ends its message and is none itself")
    published_s, start_s = calendar.instant_s(published), calendar.instant_s(body.start)
    text = str(message.cancels)
    return Notice(
        "ERCO", body.notice, body.state, published_s, start_s, at_s, body.wording, text, "", message.line
    )


def _stop_s(message: Message, start_s: int, ends: list[str], options: NoticeOptions) -> int | None:
    later = [stop_s for stop_s in map(_at, ends) if stop_s >= start_s]
    if later:
        return min(later)
    status = message.status.strip().lower()
    if status == "active":
        return None
    recorded = options.known.get(text_sha256(message.text))
    if recorded is not None and recorded[1].stop is not UNSET and _begins(recorded[1], start_s):
        return calendar.instant_s(recorded[1].stop)
    if status not in ENDED:
        raise Malformed(f"has a status that is not known: {message.status!r}; Active or Cancelled is")
    if options.at is None:
        raise Malformed(
            f"is {status}, and no message in the file says when: add --at with the time at which the page was"
            " saved"
        )
    return max(start_s, calendar.instant_s(options.at))


def _begins(body: GridNoticePublished, start_s: int) -> bool:
    """True for the notice that begins at an instant: a message may be sent again with the same text."""
    return calendar.instant_s(body.start) == start_s


def _at(text: str) -> int:
    """The instant of ``Aug 12, 2026 3:04:05 PM``."""
    found = _TIME.match(text)
    if found is None or found[1] not in _MONTHS or not 1 <= int(found[4]) <= 12:
        raise Malformed(f"needs a time such as Aug 12, 2026 3:04:05 PM: {text!r}")
    month, day, year, hour, minute, second, half = found.groups()
    with named("its time"):
        return local_s(
            (int(year), _MONTHS.index(month) + 1, int(day)),
            int(hour) % 12 + 12 * (half == "P"),
            int(minute),
            int(second or 0),
            ZONE,
            text,
        )


SOURCE: Final = NoticeSource(
    "ercot",
    "ERCO",
    "operations messages: the page of that name on ercot.com, saved; Central prevailing time",
    "cells and times as two public readers of the page find them; texts of ERCOT's operator notices",
    read,
    (
        '<table class="notices-table"><tr><th>Date</th><th>Notice</th><th>Type</th><th>Status</th></tr>',
        '<tr><td class="datetime">Sep 06, 2023 8:37:00 PM</td>'
        '<td class="summary">ERCOT is cancelling the following notice: ERCOT has declared EEA Level 2.</td>'
        '<td class="type">Emergency</td><td class="priority">Active</td></tr>',
        '<tr><td class="datetime">Sep 06, 2023 7:25:00 PM</td>'
        '<td class="summary">ERCOT has declared EEA Level 2.</td>'
        '<td class="type">Emergency</td><td class="priority">Cancelled</td></tr>',
        '<tr><td class="datetime">Sep 05, 2023 9:00:00 AM</td>'
        '<td class="summary">The DC_E DC Tie will be unavailable.</td><td class="type">Operational Information</td><td class="priority">Active</td></tr></table>',
    ),
    (("eea2", "2023-09-07T00:25:00Z", "2023-09-07T01:37:00Z"),),
)
