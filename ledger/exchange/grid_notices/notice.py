"""A notice of a grid operator as read from its publication, and the claim that it becomes.

A source yields ``Notice`` for what it can read, ``Passed`` for what is no condition of the grid (a drill, a
local overload), and ``Wrong`` for what it cannot read: nothing is guessed, and nothing is lost silently.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from msgspec import UNSET

from ledger import calendar
from ledger.errors import Malformed
from ledger.kinds import BY_TAG, GridConditionDeclared, GridNoticePublished, Source
from ledger.records.envelope import Claim, authority_place, make_claim

PUBLISHED: Final = BY_TAG["grid-notice-published.v1"]
DECLARED: Final = BY_TAG["grid-condition-declared.v1"]
NORMAL: Final = "normal"
WORDING_LIMIT: Final = 200
AREA_LIMIT: Final = 400
NAME_LIMIT: Final = 64
NO_STATE: Final = "none"
_DRILL = re.compile(r"\bdrill\b|\bonly a test\b|\btest (?:message|notice)\b|^test\b", re.IGNORECASE)
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


class NoticeOptions(NamedTuple):
    """Options of an import: the source, when the file was saved, the areas whose notices are recorded beside
    those of the whole grid, the states that the user gives to wordings (``none``: no condition of the grid),
    the notices of the book, when each was published and its fact, by the SHA-256 of their text, and whether
    notices that the page lacks are over.
    """

    source: str
    at: str | None = None
    areas: tuple[str, ...] = ()
    states: tuple[tuple[str, str], ...] = ()
    known: Mapping[str, tuple[str, GridNoticePublished]] = {}
    ends_missing: bool = False


class Notice(NamedTuple):
    """A notice as its operator published it. ``area`` is empty where it is about the whole grid; ``stop_s``
    is None where it states no end. ``line`` is its place in the file, ``note`` what the user is told of how it
    was read.
    """

    authority: str
    name: str
    state: str
    published_s: int
    start_s: int
    stop_s: int | None
    wording: str
    text: str
    area: str
    line: int
    note: str = ""


class Passed(NamedTuple):
    """An entry that is no condition of the grid, and what it is."""

    line: int
    why: str


class Wrong(NamedTuple):
    """An entry that cannot be read: what is wrong with it, and its beginning."""

    line: int
    message: str
    raw: str


Entry = Notice | Passed | Wrong


class NoticeSource(NamedTuple):
    """A publication that can be read: its name, the authority (EIA-930 code), what is read, from where it is
    known, and its reader of the file's text with its name and the options.

    ``example`` are the lines of a file of ours in the publication's form, with the options that it needs, and
    ``says`` the notices in it as (state, start, stop or ""). A source that ``lists_all`` has a page of every
    notice in force.
    """

    name: str
    authority: str
    summary: str
    known_from: str
    read: Callable[[str, str, NoticeOptions], Iterator[Entry]]
    example: tuple[str, ...]
    says: tuple[tuple[str, str, str], ...]
    example_name: str = "notices.html"
    lists_all: bool = False


def claim_of(notice: Notice, source: Source) -> Claim:
    """The claim of a notice; of one that says that the grid is normal, a declaration."""
    if notice.state == NORMAL:
        declared = GridConditionDeclared(balancing_authority=notice.authority, state=NORMAL)
        at = calendar.format_instant(notice.start_s)
        return make_claim(DECLARED, at, declared, place=authority_place(notice.authority), source=source)
    body = GridNoticePublished(
        balancing_authority=notice.authority,
        notice=notice.name,
        state=notice.state,  # type: ignore[arg-type]  # from the tables of words, or checked with the options
        start=calendar.format_instant(notice.start_s),
        stop=UNSET if notice.stop_s is None else calendar.format_instant(notice.stop_s),
        wording=notice.wording[:WORDING_LIMIT],
        area=notice.area[:AREA_LIMIT] or UNSET,
        text_sha256=text_sha256(notice.text),
    )
    at = calendar.format_instant(notice.published_s)
    return make_claim(PUBLISHED, at, body, place=authority_place(notice.authority), source=source)


def is_drill(text: str) -> bool:
    """True for the announcement of a drill or test, which is no condition of the grid."""
    return _DRILL.search(text) is not None


def slug(*parts: str) -> str:
    """A name of letters, digits and hyphens from some texts; a long one ends with a digest of them."""
    whole = "-".join(parts)
    name = _NOT_SLUG.sub("-", whole.lower()).strip("-")
    if len(name) <= NAME_LIMIT:
        return name
    return f"{name[:51].rstrip('-')}-{text_sha256(whole)[:12]}"


def text_sha256(text: str) -> str:
    """The SHA-256 of a publication's text, in hex."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def local_s(day: tuple[int, int, int], hour: int, minute: int, second: int, zone: str, text: str) -> int:
    """The instant at which clocks of a zone show a time; 24:00 ends its day. ``Malformed`` for a time that is
    none, or that a change of clocks skips or repeats.
    """
    try:
        late = timedelta(days=1) if (hour, minute, second) == (24, 0, 0) else timedelta()
        local = datetime(*day, 0 if late else hour, minute, second) + late
    except (ValueError, OverflowError) as why:
        raise Malformed(f"is not a time that exists ({why}): {text!r}") from None
    found = calendar.moments(local, calendar.zone(zone))
    if len(found) == 1 and found[0] >= 0:
        return found[0]
    if len(found) == 2:
        told = " or ".join(calendar.format_instant(at_s) for at_s in found)
        raise Malformed(
            f"happens twice in {zone} as clocks are put back, and the publication does not tell which is"
            f" meant ({told}); put the notice into a CSV file with its offset: {text!r}"
        )
    raise Malformed(f"does not exist in {zone}, where clocks are put forward over it: {text!r}")
