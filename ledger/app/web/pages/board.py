"""The first page of the operator: every site on a line, sorted and filtered by the address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

from ledger import calendar
from ledger.app.book.book import Book
from ledger.app.queries import report_run, site_board, subject
from ledger.app.queries.deadlines import deadlines_told
from ledger.app.queries.shift import open_counts
from ledger.app.queries.site_board import POWER, WITHIN_DAYS, Board, SiteLine
from ledger.app.web.pages.clocks import PageClocks, page_clocks
from ledger.app.web.pages.layout import frame_of, page
from ledger.app.web.questions import CHOICES, choices_of
from ledger.app.web.routes import ApiCall, Reply, RouteParameter
from projections.engine.words import counted, duration, listed, verb

ATTENTION: Final = "attention"


def _most(name: str) -> Callable[[SiteLine], int]:
    return lambda line: -(line.power[name] or 0)


SORTS: Final[dict[str, Callable[[SiteLine], Any]]] = {
    ATTENTION: lambda line: (-len(line.told), -line.overdue, -(line.power["contracted_w"] or 0)),
    "site": lambda line: line.site,
    **{name.removesuffix("_w").replace("_", "-"): _most(name) for name in POWER},
    "load": lambda line: -(line.load.load_w if line.load else -1),
    "grid": lambda line: (line.grid in ("", "normal"), line.grid),
    "due": lambda line: (-line.overdue, -len(line.due)),
}
SORT: Final = RouteParameter("sort", "by what to sort the sites", choices=tuple(SORTS))
CLASS: Final = RouteParameter("class", "only sites of this class", many=True)
FILTERS: Final = (SORT, CLASS, *(one for one in CHOICES if one.name in ("county", "utility")))


def home(call: ApiCall, book: Book) -> Reply:
    """The sites of the book."""
    clocks = page_clocks(call, book)
    sites = subject.chosen_sites(book, clocks.size, (), choices_of(call))
    found = site_board.board(book, sites, clocks.as_of, str(clocks.size) if clocks.fixed else None)
    classes = call.texts("class")
    lines = [line for line in found.lines if not classes or line.site_class in classes]
    by = call.text("sort") or ATTENTION
    lines.sort(key=lambda line: (SORTS[by](line), line.site))
    return page(
        "board.html",
        frame_of(call, clocks, "/"),
        board=found,
        lines=lines,
        totals=totals_of(lines),
        verdict=_verdict(lines, found, clocks.as_of_s),
        widest=max((line.power[name] or 0 for line in lines for name in POWER), default=0) or 1,
        sort=by,
        choices=_choices(call, book, clocks, sorted({line.site_class for line in found.lines} - {""})),
        left=lambda thing: dispatch_left(thing, clocks.as_of_s),
    )


def _verdict(lines: Sequence[SiteLine], found: Board, as_of_s: int) -> tuple[str, str]:
    """What is open and due at the sites, and what is not sealed."""
    counts = Counter(thing.what for line in lines for thing in line.open)
    sites, places = counted(len(lines), "site"), sum(bool(line.open) for line in lines)
    is_open = (
        f"{listed(open_counts(counts))} {verb(counts.total(), 'is', 'are')} open at {places:,} of {sites}"
    )
    overdue, due = sum(line.overdue for line in lines), sum(len(line.due) for line in lines)
    sealed = "All records are sealed"
    if found.unsealed_since is not None:
        age_s = as_of_s - calendar.rec_us(found.unsealed_since) // 1_000_000
        sealed = f"{counted(found.unsealed, 'record')} {verb(found.unsealed, 'is', 'are')} not sealed for {duration(age_s)}"
    told = is_open if counts else f"Nothing is open at {sites}"
    return f"{told}; {deadlines_told(overdue, due, WITHIN_DAYS)}", sealed


def totals_of(lines: Sequence[SiteLine]) -> dict[str, Any]:
    """Sums of what is known, None where it is known of no site, and counts of what is open by what it is."""
    known = {name: [w for line in lines if (w := line.power[name]) is not None] for name in POWER}
    sums = {name: sum(powers) if powers else None for name, powers in known.items()}
    counts = Counter(thing.what for line in lines for thing in line.open)
    overdue = sum(line.overdue for line in lines)
    return {
        **sums,
        "load_w": sum(line.load.load_w for line in lines if line.load),
        "metered": sum(line.load is not None for line in lines),
        **{what: counts[what] for what in ("dispatch", "outage", "incident", "curtailment", "feed")},
        "overdue": overdue,
    }


def _choices(
    call: ApiCall, book: Book, clocks: PageClocks, classes: Sequence[str]
) -> list[tuple[str, list[tuple[str, bool]]]]:
    """The filters: name, and values with whether they are chosen."""
    registry = report_run.registry_at(book, clocks.size)
    named = {
        name: sorted({word for word, _ in subject.names_of(book, registry, clocks.size, name)})
        for name in ("county", "utility")
    }
    named["county"] = [word for word in named["county"] if ", " in word]
    return [
        (name, [(value, value in call.texts(name)) for value in values])
        for name, values in (*named.items(), ("class", classes))
    ]


def dispatch_left(thing: Any, at_s: int) -> tuple[str, int]:
    """How long until a dispatch begins or ends: ``begins``, ``ends`` or ``open``, and seconds."""
    fields = thing.fields
    if "start" in fields and (start_s := calendar.instant_s(fields["start"])) > at_s:
        return "begins", start_s - at_s
    if "stop" in fields:
        return "ends", calendar.instant_s(fields["stop"]) - at_s
    return "open", at_s - thing.since_s
