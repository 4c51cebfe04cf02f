"""Notices of grid operators in, from the publications of ``sources``: each becomes a grid-notice-published
with its id, when it was published, its own words and the SHA-256 of its text.

What is no condition of the grid, or about a part of it that was not asked for, is counted in a note. A
wording that is not known is a Problem with its place; nothing is recorded for it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Final

from ledger.errors import Malformed, Problem
from ledger.exchange.grid_notices.notice import (
    NO_STATE,
    Notice,
    NoticeOptions,
    NoticeSource,
    Passed,
    Wrong,
    claim_of,
)
from ledger.exchange.grid_notices.sources import source_named
from ledger.exchange.grid_notices.words import STATES
from ledger.exchange.reading import NoticePage, Reading, too_many
from ledger.kinds import Source
from ledger.records.envelope import Claim

SIZE_LIMIT: Final = 4 * 1024 * 1024


def read(data: bytes, source: str, options: NoticeOptions) -> Reading:
    """The notices of a file, with notes on what was passed over."""
    form = source_named(options.source)
    _check(options, form)
    if len(data) > SIZE_LIMIT:
        raise Malformed(f"{source}: has {len(data):,} bytes; an import has at most {SIZE_LIMIT:,}")
    claims: list[Claim] = []
    lines: list[int] = []
    problems: list[Problem] = []
    passed: Counter[str] = Counter()
    names: set[str] = set()
    sha256 = hashlib.sha256(data).hexdigest()
    for entry in form.read(_text(data), source, options):
        if too_many(problems, source):
            break
        try:
            if isinstance(entry, Wrong):
                raise Malformed(entry.message)
            if isinstance(entry, Passed):
                passed[entry.why] += 1
                continue
            names.add(entry.name)
            if entry.area and not _asked(entry, options):
                passed[f"{entry.wording} is about {entry.area} only; --area records those of a part"] += 1
                continue
            claims.append(claim_of(entry, Source(source, entry.name, sha256)))
            lines.append(entry.line)
            if entry.note:
                passed[entry.note] += 1
        except Malformed as why:
            raw = entry.raw if isinstance(entry, Wrong) else str(entry)
            problems.append(Problem(source, entry.line, str(why), _shown(raw)))
    notes = [
        f"{source}: {_shown(why)}{f' ({count} times)' if count > 1 else ''}" for why, count in passed.items()
    ]
    page = None
    if options.ends_missing:
        page = NoticePage(Source(source, sha256=sha256), form.authority, frozenset(names), str(options.at))
    return Reading(tuple(claims), tuple(problems), tuple(notes), tuple(lines), page=page)


def _check(options: NoticeOptions, form: NoticeSource) -> None:
    """``Malformed`` for options that mean nothing."""
    for phrase, state in options.states:
        if state not in (*STATES, NO_STATE):
            raise Malformed(f'--alert "{phrase}=" must be none or one of {", ".join(STATES)}: {state!r}')
    if options.ends_missing and (options.at is None or not form.lists_all):
        raise Malformed(
            "--ends-missing needs --at, when the page was saved, and a source whose page lists all that is in"
            " force, such as pjm"
        )


def _text(data: bytes) -> str:
    """The text of a page, which says UTF-8 or comes from an older Windows program."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    return text.replace("\0", " ")


def _asked(notice: Notice, options: NoticeOptions) -> bool:
    """True where one of the areas asked for is named by the notice."""
    return any(area.lower() in notice.area.lower() for area in options.areas)


def _shown(text: str) -> str:
    return " ".join(text.split())[:200]
