"""MISO's real-time notifications: a notification saved as a web page or as text (the page on misoenergy.org,
or the e-mail with the same text).

Its sentence states what is declared, from when until when, and for whom, in Eastern standard time all year:
"The MISO Reliability Coordinator is declaring a Maximum Generation Event Step 1a effective from 09/22/2017
14:00 EST until 09/22/2017 20:00 EST for the following entities: MISO Balancing Authority Area." No text
states when it was published: that is the end of the page's name (``MaxGenEventStep1a20170922013400``), else
``--at``.

The steps of a maximum generation event have changed their meaning: until May 2026 step 1 was EEA 1, steps 2
to 4 EEA 2 and step 5 EEA 3; since June 1, 2026 steps 1, 2 and 3 are EEA 1, 2 and 3 (MISO KA-01551).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

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
)
from ledger.exchange.grid_notices.page import page_text
from ledger.exchange.grid_notices.words import MISO, meaning, plain

ZONE: Final = "Etc/GMT+5"
TITLE: Final = 120
SENTENCE: Final = 600
"""Characters before and in the sentence in which a drill says so: around them is the page's own text."""
THREE_STEPS_S: Final = calendar.instant_s("2026-06-01T05:00:00Z")
_BEGIN = re.compile(r"The MISO Reliability Coordinator")
_STAMP = r"([0-9]{2}/[0-9]{2}/[0-9]{4} [0-9]{1,2}:[0-9]{2}) EST"
_SENTENCE = re.compile(
    r"The MISO Reliability Coordinator(?: \(RC\))? is (\w+) (?:an? )?(.{1,200}?),? effective from"
    rf" {_STAMP} (?:until|to) {_STAMP} for the following entities: (.{{1,400}}?)(?:\.(?: |$)| and instructs|$)",
    re.IGNORECASE,
)
_STEP = re.compile(r"\bmaximum generation(?: emergency)? event step ([1-5])")
_WHOLE = re.compile(r"\bMISO (?:Balancing Authority|BA|MBA)", re.IGNORECASE)
_NAMED_AT = re.compile(r"(20[0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})(?:\.[A-Za-z]{2,5})?$")
DECLARES: Final = ("declaring", "extending", "issuing")


_NO_NOTIFICATION: Final = (
    'holds no notification; save a real-time notification of misoenergy.org, which reads "The MISO'
    ' Reliability Coordinator is declaring ... effective from 09/22/2017 14:00 EST until ..."'
)


def read(text: str, source: str, options: NoticeOptions) -> Iterator[Entry]:
    """The notification of a page, or those of several in one file."""
    page = page_text(text)
    begins = [found.start() for found in _BEGIN.finditer(page.text)]
    if not begins:
        yield Wrong(0, _NO_NOTIFICATION, page.text[:120])
        return
    for start, stop in zip(begins, [*begins[1:], len(page.text)], strict=True):
        line, said = page.line_at(start), page.text[start:stop]
        try:
            yield _entry(page.text[:start] if len(begins) == 1 else "", said, line, source, options)
        except Malformed as why:
            yield Wrong(line, str(why), said)


def _entry(title: str, said: str, line: int, source: str, options: NoticeOptions) -> Entry:
    if is_drill(title[-TITLE:]) or is_drill(said[:SENTENCE]):
        return Passed(line, "a drill is no condition of the grid")
    found = _SENTENCE.match(said)
    if found is None or found[1].lower() not in DECLARES:
        raise Malformed(
            'does not read "is declaring (or EXTENDING) ... effective from 09/22/2017 14:00 EST until'
            ' 09/22/2017 20:00 EST for the following entities: ..."; put it into a CSV file (--source csv)'
        )
    _, wording, start, stop, area = found.groups()
    start_s, stop_s = _at(start), _at(stop)
    if stop_s < start_s:
        raise Malformed(f"ends at {stop} EST, before it begins at {start} EST")
    published_s = _published_s(source, options)
    with named(repr(wording)):
        state = _state(wording, start_s, options)
    if state is None:
        return Passed(line, f"{wording} is no condition of the grid")
    entities = "" if _WHOLE.search(area) else area.strip()
    name = slug("miso", wording, calendar.format_instant(published_s)[:16], *([entities] if entities else []))
    return Notice("MISO", name, state, published_s, start_s, stop_s, wording, found[0], entities, line)


def _state(wording: str, start_s: int, options: NoticeOptions) -> str | None:
    step = _STEP.search(plain(wording))
    if step is None or any(plain(phrase) in plain(wording) for phrase, _ in options.states):
        return meaning(MISO, wording, options.states)
    number = int(step[1])
    if start_s >= THREE_STEPS_S:
        if number > 3:
            raise Malformed("is a step that MISO has not had since June 1, 2026, when five became three")
        return f"eea{number}"
    return {1: "eea1", 5: "eea3"}.get(number, "eea2")


def _published_s(source: str, options: NoticeOptions) -> int:
    found = _NAMED_AT.search(source)
    if found is not None:
        year, month, day, hour, minute, second = map(int, found.groups())
        with named("the time in the file's name"):
            return local_s((year, month, day), hour, minute, second, ZONE, found[0])
    if options.at is None:
        raise Malformed(
            "does not state when it was published: keep the page's own name, which ends with it"
            " (MaxGenEventStep1a20170922013400.html), or add --at"
        )
    return calendar.instant_s(options.at)


def _at(stamp: str) -> int:
    """The instant of ``09/22/2017 14:00`` in Eastern standard time."""
    date, _, clock = stamp.partition(" ")
    month, day, year = map(int, date.split("/"))
    hour, minute = map(int, clock.split(":"))
    return local_s((year, month, day), hour, minute, 0, ZONE, stamp)


SOURCE: Final = NoticeSource(
    "miso",
    "MISO",
    "real-time notifications: one saved as a page or text; Eastern standard time all year",
    "the sentence of notifications of September 2017 on misoenergy.org",
    read,
    (
        "<h1>Max Gen Event Step 2a effective 07/14/2026 14:00 EST</h1>",
        "<p>The MISO Reliability Coordinator is declaring a Maximum Generation Event Step 2a effective from",
        "07/14/2026 14:00 EST until 07/14/2026 20:00 EST for the following entities: MISO Balancing",
        "Authority Area.</p>",
    ),
    (("eea2", "2026-07-14T19:00:00Z", "2026-07-15T01:00:00Z"),),
    "MaxGenEventStep2a20260714123000.html",
)
