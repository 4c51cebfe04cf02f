"""Replay: a site at any moment, as it was known with any number of records.

The page holds both in its address. The server makes each moment whole; a script only fetches the part that
changes (``X-Part: moment``) and puts it in place, so the page works without one too. What would be if some
facts were added is asked by a form of story text; nothing of it is recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from ledger import calendar
from ledger.app.book.batch import Said
from ledger.app.book.book import Book
from ledger.app.imports.facts_file import read_facts
from ledger.app.imports.source_files import said
from ledger.app.queries import report_run
from ledger.app.queries.record_filter import Filter, listed
from ledger.app.queries.registry import registry_at, times_of
from ledger.app.queries.replay import MomentAsked, Replayed, last_moment, replayed, week_of
from ledger.app.queries.replay_chart import load_chart
from ledger.app.queries.report_run import Question
from ledger.app.queries.typed import Typed
from ledger.app.queries.unread import unread
from ledger.app.queries.what_if import what_if
from ledger.app.queries.what_if_words import HypothesisWords, in_words
from ledger.app.web.auth import check_supposed
from ledger.app.web.pages.layout import frame_of, link, page
from ledger.app.web.pages.sign_in import form_of
from ledger.app.web.problems import in_query_words
from ledger.app.web.routes import ApiCall, Reply, Right
from ledger.errors import Malformed, Problem, no_such
from ledger.kinds import IncidentOpened
from ledger.records.envelope import Record

UTC: Final = "UTC"
PATH: Final = "/replay"
PART: Final = "x-part"
SUPPOSED_MOST: Final = 100
INCIDENTS: Final = 30
OPERATED: Final = (
    "incident",
    "outage",
    "dispatch",
    "curtailment",
    "condition",
    "grid-notice",
    "feed",
    "load",
    "hashrate",
    "energized",
    "block",
)
"""Things read off a board, in this order; the other things are terms and registrations, which fold."""


class IncidentLink(NamedTuple):
    """An incident to begin a replay at."""

    name: str
    site: str
    clock: str
    summary: str
    href: str


class SupposedAnswer(NamedTuple):
    """A hypothesis and its answer: the text, what would change, and what of it is wrong."""

    text: str
    words: HypothesisWords | None
    problems: tuple[str, ...]


async def get_replay(call: ApiCall) -> Reply:
    """The page, its changing part, or the sites to choose from."""
    return await call.ask(lambda book: _page(call, book))


def _page(call: ApiCall, book: Book, supposed: SupposedAnswer | None = None) -> Reply:
    frame = frame_of(call, None, PATH)
    registry = registry_at(book, book.store.size)
    sites = registry.sites
    site = call.text("site")
    frame = frame._replace(beyond=unread(book, book.store.size, () if site is None else (site,)))
    if site is None:
        return page("replay_sites.html", frame, sites=sites, incidents=_incidents(book))
    if site not in sites:
        raise no_such("site", site, sites)
    seen = replayed(book, _asked(call, book, site))
    values = _values(call, book, seen)
    if call.headers.get(PART) == "moment":
        return page("replay_moment.html", frame, **values)
    following = frame._replace(live=seen.size)
    return page("replay.html", following, sites=sites, supposed=supposed, **values)


def _asked(call: ApiCall, book: Book, site: str) -> MomentAsked:
    typed = Typed(book)
    known = typed.known_at(call.text("known_at"), (site,))
    tz = registry_at(book, book.store.size).zones.get(site, UTC)
    said_at = call.text("at") or call.text("as_of")  # pages with clocks lead here with theirs
    at = last_moment(book, site, known) if said_at is None else typed.instant("at", said_at, (site,))
    return MomentAsked(site, at, known, week_of(at, tz), tz)


def _values(call: ApiCall, book: Book, seen: Replayed) -> dict[str, Any]:
    """Values of the changing part."""
    asked, known = seen.asked, seen.known_at
    try:
        chart = load_chart(book, asked, known.size)
    except Malformed:  # its streams are not all open to the reader
        chart = None
    rec_s = calendar.rec_us(known.rec) // 1_000_000
    incidents = [thing.name for thing in seen.things if thing.what == "incident" and thing.then is not None]
    return {
        "seen": seen,
        "clock": calendar.clock(calendar.instant_s(asked.at), asked.tz),
        "taken": calendar.clock(rec_s, asked.tz),
        "at_s": calendar.instant_s(asked.at),
        "days": [
            calendar.clock(end, asked.tz)[:10] for end in (asked.window.start_s, asked.window.stop_s - 1)
        ],
        "chart": chart,
        "operated": [thing for what in OPERATED for thing in seen.things if thing.what == what],
        "terms": [thing for thing in seen.things if thing.what not in OPERATED],
        "links": _links(seen),
        "permalink": _link(seen),
        "incidents": [(name, _report(call, seen, name)) for name in incidents],
        "since": lambda thing: calendar.clock(thing.since_s, asked.tz),
        "moment": lambda at: _link(seen, at=at),
    }


def _link(seen: Replayed, at: str | None = None, known: int | None = None) -> str:
    """The address of a moment of the same site; what was known stays where it was asked for."""
    held = seen.known_at.size if seen.asked.known is not None else None
    size = held if known is None else known
    return link(
        PATH, site=seen.asked.site, at=at or seen.asked.at, known_at="" if size is None else str(size)
    )


def _links(seen: Replayed) -> list[tuple[str, str, str, str | None]]:
    """The steps: an id for the script, words, the key, and the address; None where there is none."""
    steps = seen.steps

    def to(at: str | None) -> str | None:
        return None if at is None else _link(seen, at=at)

    def knowing(size: int | None) -> str | None:
        return None if size is None else _link(seen, known=size)

    present = None if seen.asked.known is None else link(PATH, site=seen.asked.site, at=seen.asked.at)
    return [
        ("change-before", "Change before", "K", to(steps.change_before)),
        ("record-before", "Record before", "\u2190", to(steps.record_before)),
        ("record-after", "Next record", "\u2192", to(steps.record_after)),
        ("change-after", "Next change", "J", to(steps.change_after)),
        ("known-before", "Knew less", "[", knowing(steps.known_before)),
        ("known-after", "Knew more", "]", knowing(steps.known_after)),
        ("known-now", "As known now", "N", present),
    ]


def _report(call: ApiCall, seen: Replayed, incident: str) -> str:
    """The incident report as PDF, as known then."""
    if Right.REPORTS not in call.principal.rights:
        return ""
    return link(
        "/api/v1/reports/incident.pdf",
        site=seen.asked.site,
        incident=incident,
        known_at=str(seen.known_at.size),
    )


def _incidents(book: Book) -> list[IncidentLink]:
    """The newest incidents that the reader may see."""
    wanted = Filter.of(
        book,
        stream=None,
        site=None,
        kinds=("incident-opened",),
        start=None,
        stop=None,
        after=None,
        limit=INCIDENTS,
    )
    zones = registry_at(book, book.store.size).zones
    found: dict[tuple[str, str], IncidentLink] = {}
    for one in listed(book, wanted):
        assert isinstance(one.body, IncidentOpened), "asked for these"
        found[one.place, one.body.incident] = _incident(one, one.body, zones.get(one.place, UTC))
    return list(reversed(found.values()))


def _incident(one: Record, body: IncidentOpened, tz: str) -> IncidentLink:
    clock = calendar.clock(calendar.instant_s(one.at), tz)
    return IncidentLink(body.incident, one.place, clock, body.summary, link(PATH, site=one.place, at=one.at))


# --- what if --------------------------------------------------------------------------------------------------


async def post_what_if(call: ApiCall) -> Reply:
    """The page with what would change, or that part alone."""
    text = form_of(call).get("story", "")
    parsed = await call.ask(lambda book: read_facts(text.encode(), "what-if", "story", times_of(book)))
    claims = said("what-if", parsed)
    await call.ask_all(lambda book: check_supposed(call.principal, book, claims))

    def made(book: Book) -> Reply:
        found = _supposed(call, book, text, claims, parsed.problems)
        if call.headers.get(PART) == "what-if":
            return page("replay_what_if.html", frame_of(call, None, PATH), supposed=found)
        return _page(call, book, found)

    return await call.ask(made)


def _supposed(
    call: ApiCall, book: Book, text: str, claims: Sequence[Said], wrong: Sequence[Problem]
) -> SupposedAnswer:
    """Changes that story text would make to the reports of the week that is shown."""
    if call.text("site") is None:
        raise Malformed("site is required: say which site's reports are meant")
    if len(claims) > SUPPOSED_MOST:
        raise Malformed(f"at most {SUPPOSED_MOST} facts can be supposed at once: {len(claims):,}")
    words, problems = None, list(wrong)
    if claims:
        asked = _asked(call, book, call.said("site"))
        question = Question(
            sites=(asked.site,),
            start=calendar.format_instant(asked.window.start_s),
            stop=calendar.format_instant(asked.window.stop_s),
            as_of=calendar.format_instant(report_run.last_s(report_run.known_at(book, None))),
        )
        found = what_if(book, claims, question)
        words, problems = in_words(found), [*problems, *found.problems]
    told = [f"line {one.line}: {in_query_words(one.message)}" for one in sorted(problems, key=_line_of)]
    if not claims and not problems:
        told = ["write a fact in story text, one a line, such as the example"]
    return SupposedAnswer(text, words, tuple(told))


def _line_of(problem: Problem) -> int:
    return problem.line
