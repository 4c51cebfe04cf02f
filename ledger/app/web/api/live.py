"""Records as they are taken: server-sent events, resumable, or lines of JSON that go on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any, Final

from ledger.app.book.book import Book
from ledger.app.queries.record_filter import Filter
from ledger.app.queries.typed import Typed
from ledger.app.web.negotiation import accepted
from ledger.app.web.routes import EVENTS, NDJSON, ApiCall, Reply
from ledger.errors import Malformed
from ledger.records import leaf_format

HEARTBEAT_S: Final = 15.0
PAGE: Final = 500
RETRY_MS: Final = 1_000


async def get_live(call: ApiCall) -> Reply:
    """Records from now on, or from the size of the log that the client saw last.

    The id of an event is the size of the log after its record, so that what a client was sent last says where
    it goes on.
    """
    form = accepted(call.accept, (EVENTS, NDJSON))
    wanted = await call.ask(lambda book: _filter(call, book))
    since = _since(call, wanted.known)
    return Reply(_stream(call, wanted, since, form), form, 200, (("X-Accel-Buffering", "no"),))


def _filter(call: ApiCall, book: Book) -> Filter:
    options: dict[str, Any] = {
        "stream": call.text("stream"),
        "site": call.text("site"),
        "start": None,
        "stop": None,
        "kinds": call.texts("kind"),
        "after": None,
        "limit": None,
    }
    Typed(book).filter(options)
    return Filter.of(book, **options)


def _since(call: ApiCall, size: int) -> int:
    """The size from which the client goes on: what it says, at most what the log holds."""
    said = call.headers.get("last-event-id", "")
    if said and not (said.isascii() and said.isdecimal() and len(said) <= 16):
        raise Malformed(f"Last-Event-ID is a size of the log, as the events say it: {said[:80]!r}")
    since = int(said) if said else call.number("since")
    return size if since is None else min(since, size)


async def _stream(call: ApiCall, wanted: Filter, since: int, form: str) -> AsyncIterator[bytes]:
    """Events, and a heartbeat where nothing comes, until the client or the service goes, or the token is void."""
    head, events = call.service.head, form == EVENTS
    yield f"retry: {RETRY_MS}\nid: {since}\n\n".encode() if events else b""
    while not head.closing:
        moved = await head.beyond(since, HEARTBEAT_S)
        if head.closing:
            return
        page = await call.service.follower.ask(_next(call, wanted, since, events))
        if page is None:
            return
        lines, since = page
        if lines:
            yield lines
        elif not moved:
            yield b": still here\n\n" if events else b"\n"


def _next(
    call: ApiCall, wanted: Filter, since: int, events: bool
) -> Callable[[Book], tuple[bytes, int] | None]:
    """New records, and the size up to which it was read; None where the principal may not go on."""

    def read(book: Book) -> tuple[bytes, int] | None:
        if not call.service.ring.holds(call.principal, book):
            return None
        return _page(call.principal.view(book), wanted, since, events)

    return read


def _page(book: Book, wanted: Filter, since: int, events: bool) -> tuple[bytes, int]:
    stop = min(book.store.size, since + PAGE)
    found = []
    for record in filter(wanted.wants, book.records(since, stop, read=leaf_format.decode)):
        leaf = leaf_format.encode(record)
        found.append(
            b"event: record\nid: %d\ndata: %s\n\n" % (record.index + 1, leaf) if events else leaf + b"\n"
        )
    if events and not found and stop > since:
        found.append(b"event: size\nid: %d\ndata: %d\n\n" % (stop, stop))
    return b"".join(found), stop
