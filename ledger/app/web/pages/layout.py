"""The frame of every page: the way to the others, who reads it, and its two clocks.

A page is a template of ``ledger/app/web/templates`` that extends ``service.html``. Parts of it with an id and
``data-live`` are put in place anew by the script whenever the log grows.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlencode

from markupsafe import Markup

from ledger.app.access.tokens import Token
from ledger.app.delivery.page_templates import environment
from ledger.app.queries.unread import Unread
from ledger.app.web.pages.clocks import PageClocks
from ledger.app.web.pages.static import address_of
from ledger.app.web.routes import ApiCall, Reply, Right

HTML: Final = "text/html; charset=utf-8"
ROOM: Final = "ledger.app.web"
TABS: Final = (
    ("/", "Home"),
    ("/reports", "Reports"),
    ("/replay", "Replay"),
    ("/records", "Records"),
    ("/due", "Due"),
    ("/query", "Query"),
)
ENTER: Final = "/enter"
HEADERS: Final = (("Referrer-Policy", "same-origin"),)
"""A browser that sends no referrer at all says ``Origin: null`` of a form, which is taken for another origin's."""


class PageFrame(NamedTuple):
    """Values of the frame: the log's name, the reader (empty: nobody), whether he may sign out, the tab of
    the page, its clocks (None: it has none), what else its address asks, whether he may enter facts, and, for
    a page without clocks that follows the log, its size; what of its sites is not read where it has no
    clocks, and the reader's token.
    """

    origin: str
    reader: str = ""
    signed_in: bool = False
    tab: str = ""
    clocks: PageClocks | None = None
    asked: tuple[tuple[str, str], ...] = ()
    path: str = "/"
    enters: bool = False
    live: int | None = None
    beyond: Unread = Unread()
    token: Token | None = None

    @property
    def unread(self) -> Unread:
        """What of the page's sites the reader does not read."""
        return self.beyond if self.clocks is None else self.clocks.unread

    def may_enter(self, kind: str) -> bool:
        """May the reader record facts of a kind?"""
        return self.enters and (self.token is None or self.token.may_append(kind))

    @property
    def may_suppose(self) -> bool:
        """May the reader ask what would be if facts were added?"""
        return self.token is None or self.token.period is None

    @property
    def follows(self) -> int | None:
        """The size of the log from which the page follows it; None where it stays as it is."""
        if self.clocks is None:
            return self.live
        return None if self.clocks.fixed else self.clocks.size

    @property
    def tabs(self) -> tuple[tuple[str, str, bool], ...]:
        """Address, words, and whether the page is under it."""
        tabs = TABS if self.token is None or self.token.role.reads else ()
        found = [(self.link(path), words, path == self.tab) for path, words in tabs]
        return (*found, (ENTER, "Enter", self.tab == ENTER)) if self.enters else tuple(found)

    @property
    def present(self) -> str:
        """The address of the same page at the present."""
        return f"{self.path}?{urlencode(self.asked)}" if self.asked else self.path

    def link(self, *path: str, **query: str | list[str]) -> str:
        """The address of a page with the clocks of this one: segments of a path after a first one that is taken
        as it is.
        """
        held: Mapping[str, str] = {} if self.clocks is None else self.clocks.asked
        return link(path[0], *path[1:], **{**held, **query})

    def filters(self, **others: str) -> dict[str, str | list[str]]:
        """The query of this page beside its clocks, with others in place of some."""
        asked = {name: [value for other, value in self.asked if other == name] for name, _ in self.asked}
        return {**asked, **others}


def link(first: str, *segments: str, **query: str | list[str]) -> str:
    """An address of its parts, with everything in it that is no part of an address escaped."""
    path = "/".join([first, *(quote(one, safe="") for one in segments)])
    asked = urlencode({name: value for name, value in query.items() if value}, doseq=True)
    return f"{path}?{asked}" if asked else path


def frame_of(call: ApiCall, clocks: PageClocks | None = None, tab: str = "") -> PageFrame:
    """The frame of a page that answers a request."""
    held = ("as_of", "known_at")
    asked = tuple(
        (one.name, str(value).lower() if one.form == "flag" else str(value))
        for one in call.route.parameters
        if one.name not in held and not one.in_path and one.name in call.arguments
        for value in (call.texts(one.name) if one.many else (call.arguments[one.name],))
    )
    principal = call.principal
    path = call.route.path.format_map(
        {one: quote(str(said), safe="") for one, said in call.arguments.items()}
    )
    signed_in = principal.token is not None
    enters = Right.APPEND in principal.rights and call.service.writer is not None
    return PageFrame(
        call.service.origin,
        principal.name,
        signed_in,
        tab,
        clocks,
        asked,
        path,
        enters,
        token=principal.token,
    )


def page(template: str, frame: PageFrame, *, status: int = 200, **values: Any) -> Reply:
    """The page of a template."""
    found = _templates().get_template(template)
    made = found.render(frame=frame, static=address_of, **values)
    return Reply(made.encode(), HTML, status, HEADERS)


@cache
def _templates() -> Any:
    made = environment(ROOM)
    made.filters["mw"] = megawatts
    made.filters["loose"] = loose
    return made


def loose(text: str) -> Markup:
    """A text that may also break after a comma: a list of values begins on the line of its name."""
    return Markup(",<wbr>").join(text.split(","))


def megawatts(power_w: int | None, unit: bool = True) -> str:
    """A power in MW with at most one decimal, for display; a dash where it is unknown."""
    if power_w is None:
        return "-"
    tenths = (power_w + 50_000) // 100_000
    words = f"{tenths // 10:,}.{tenths % 10}".removesuffix(".0")
    return f"{words} MW" if unit else words
