"""Notices of any grid operator in a CSV file of our own form, one a row: for operators that publish in prose
only, and for what a publication does not tell clearly.

Columns: ``authority`` (EIA-930 code), ``notice`` (its id, as it is published or of your own), ``published``,
``start``, ``stop`` (blank: no end yet), ``wording`` (in the operator's words), ``state`` (blank: what the
wording means), ``area`` (blank: the whole grid), ``text``. A time carries Z, an offset or its zone, such as
``2026-07-14T14:00[America/Chicago]``. A later row of the same notice corrects it; a notice that is cancelled
gets its earlier stop.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ledger import calendar
from ledger.errors import Malformed, did_you_mean, named
from ledger.exchange.grid_notices.notice import (
    Entry,
    Notice,
    NoticeOptions,
    NoticeSource,
    Passed,
    Wrong,
    is_drill,
    slug,
)
from ledger.exchange.grid_notices.words import STATES, WORDS, NoMeaning, meaning
from ledger.exchange.sheets.csv_sheet import read_csv

NEEDED: Final = ("authority", "notice", "published", "start", "stop", "wording")
COLUMNS: Final = (*NEEDED, "state", "area", "text")


def read(text: str, source: str, options: NoticeOptions) -> Iterator[Entry]:
    """The notices of a file's rows."""
    rows = [row for row in read_csv(text.encode()).rows if any(row.cells)]
    titles = [str(cell or "").strip().lower() for cell in rows[0].cells] if rows else []
    missing = [name for name in NEEDED if name not in titles]
    if missing:
        raise Malformed(
            f"{source}: has no column {', '.join(missing)}; its first line names {', '.join(COLUMNS)}"
        )
    for row in rows[1:]:
        cells = [str(cell or "").strip() for cell in row.cells]
        said = dict(zip(titles, cells, strict=False))
        try:
            yield _entry({name: said.get(name, "") for name in COLUMNS}, row.number, options)
        except Malformed as why:
            yield Wrong(row.number, str(why), ",".join(cells))


def _entry(said: Mapping[str, str], line: int, options: NoticeOptions) -> Entry:
    code = said["authority"].upper()
    lacks = [name for name in ("authority", "notice", "wording") if not said[name]]
    if not lacks and not slug(code):
        raise Malformed(f"authority must be an EIA-930 code such as SWPP: {said['authority'][:40]!r}")
    if lacks:
        raise Malformed(
            f"has no {' and no '.join(lacks)}: needs an authority such as SWPP, the notice's id and its wording"
        )
    if is_drill(said["wording"]) or is_drill(said["text"]):
        return Passed(line, "a drill is no condition of the grid")
    state = _state(code, said, options)
    if state is None:
        return Passed(line, f"{said['wording']} is no condition of the grid")
    published_s, start_s = (_at(said, name) for name in ("published", "start"))
    stop_s = _at(said, "stop") if said["stop"] else None
    if stop_s is not None and stop_s < start_s:
        raise Malformed(f"stop {said['stop']!r} is before start {said['start']!r}")
    name = slug(code, said["notice"])
    text = said["text"] or said["wording"]
    return Notice(code, name, state, published_s, start_s, stop_s, said["wording"], text, said["area"], line)


def _state(code: str, said: Mapping[str, str], options: NoticeOptions) -> str | None:
    state = said["state"].lower()
    if not state:
        return _meaning(code, said["wording"], options)
    if state not in STATES:
        raise Malformed(
            f"state must be one of {', '.join(STATES)}: {said['state']!r}{did_you_mean(state, STATES)}"
        )
    return state


def _meaning(code: str, wording: str, options: NoticeOptions) -> str | None:
    """The state that the wording means in the words of its authority."""
    try:
        return meaning(WORDS.get(code, ()), wording, options.states)
    except Malformed as why:
        if code in WORDS or not isinstance(why, NoMeaning):
            raise Malformed(f"{wording!r} {why}") from None
        raise Malformed(
            f"authority {code!r} is none whose words are known here, which are {', '.join(WORDS)}"
            f"{did_you_mean(code, WORDS)}; for another, give the state of {wording[:60]!r} in the column state,"
            f" one of {', '.join(STATES)}"
        ) from None


def _at(said: Mapping[str, str], name: str) -> int:
    with named(name):
        return calendar.instant_s(calendar.parse_instant(said[name]))


SOURCE: Final = NoticeSource(
    "csv",
    "any",
    f"notices of any operator, one a row: {', '.join(COLUMNS)}",
    "our own form; words of PJM, MISO, ERCO, SWPP and SWPW are known",
    read,
    (
        ",".join(COLUMNS),
        "SWPP,2026-01-23-ra,2026-01-23T15:00[America/Chicago],2026-01-24T00:00[America/Chicago],"
        "2026-01-26T12:00[America/Chicago],Resource Advisory,,,",
        "SWPP,2024-08-26-eea,2024-08-26T12:30-05:00,2024-08-26T12:30-05:00,2024-08-26T15:00-05:00,EEA1,eea1,,",
    ),
    (
        ("resource-alert", "2026-01-24T06:00:00Z", "2026-01-26T18:00:00Z"),
        ("eea1", "2024-08-26T17:30:00Z", "2024-08-26T20:00:00Z"),
    ),
    "notices.csv",
)
