"""The first page: who opens it sees his own answer on top. A role without a page of its own sees every site."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from ledger.app.book.book import Book
from ledger.app.web.pages import board, county, tenant, utility
from ledger.app.web.pages.shared import shared
from ledger.app.web.routes import ApiCall, Reply

HOMES: Final[Mapping[str, Callable[[ApiCall, Book], Reply]]] = MappingProxyType(
    {"utility": utility.home, "commissioner": county.home, "tenant": tenant.home}
)
"""By the role of the token."""


async def get_home(call: ApiCall) -> Reply:
    """The page of the reader's role."""
    token = call.principal.token
    home = board.home if token is None else HOMES.get(token.role.name, board.home)
    return await shared(call, lambda book: home(call, book))
    """The sites of the book."""
    return await shared(call, lambda book: _home(call, book))


def _home(call: ApiCall, book: Book) -> Reply:
    clocks = page_clocks(call, book)
    sites = subject.chosen_sites(book, clocks.size, (), choices_of(call))
    found = site_board.board(book, sites, clocks.as_of, str(clocks.size) if clocks.fixed else None)
    classes = call.texts("class")
    lines = [line for line in found.lines if not classes or line.site_class in classes]
    by = call.text("sort") or ATTENTION
    lines.sort(key=lambda line: (SORTS[by](line), line.site))
    return page(
        "home.html",
        frame_of(call, clocks, "/"),
        board=found,
        lines=lines,
        totals=_totals(lines),
        widest=max((line.power[name] or 0 for line in lines for name in POWER), default=0) or 1,
        sort=by,
        choices=_choices(call, book, clocks, sorted({line.site_class for line in found.lines} - {""})),
        left=lambda thing: dispatch_left(thing, clocks.as_of_s),
        age=lambda since: clocks.as_of_s - calendar.rec_us(since) // 1_000_000,
    )


def _totals(lines: Sequence[SiteLine]) -> dict[str, int]:
    """Sums of what is known, and counts of what is open by what it is."""
    sums = {name: sum(line.power[name] or 0 for line in lines) for name in POWER}
    counts = Counter(thing.what for line in lines for thing in line.open)
    overdue = sum(line.overdue for line in lines)
    return {
        **sums,
        "load_w": sum(line.load.load_w for line in lines if line.load),
        "metered": sum(line.load is not None for line in lines),
        **{what: counts[what] for what in ("dispatch", "outage", "incident", "curtailment", "feed")},
        "overdue": overdue,
        "coming": sum(len(line.due) for line in lines) - overdue,
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
    """Time until a dispatch begins or ends: ``begins``, ``ends`` or ``open``, and seconds."""
    fields = thing.fields
    if "start" in fields and (start_s := calendar.instant_s(fields["start"])) > at_s:
        return "begins", start_s - at_s
    if "stop" in fields:
        return "ends", calendar.instant_s(fields["stop"]) - at_s
    return "open", at_s - thing.since_s
