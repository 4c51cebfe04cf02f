"""Figures of the service itself in Prometheus's text format (version 0.0.4)."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from ledger import calendar
from ledger.app.book.book import Book
from ledger.app.queries.shift import unsealed
from ledger.app.web.group_writer import GroupWriter
from ledger.app.web.live import LogHead

TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class ServiceMeters:
    """Counts of requests, by route and status, and how long they took."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, int]] = Counter()
        self.seconds: Counter[str] = Counter()
        self.streams = 0

    def hear(self, route: str, status: int, seconds: float) -> None:
        """One request is answered."""
        self.requests[route, status] += 1
        self.seconds[route] += seconds  # type: ignore[assignment]


class BookFigures(NamedTuple):
    """Figures read from the book."""

    records: int
    unsealed: int
    unsealed_since_s: int | None
    last_s: int
    now_s: int


def book_figures(book: Book) -> BookFigures:
    """Figures of the book as it is now."""
    waiting, since = unsealed(book)
    size = book.store.size
    return BookFigures(
        size,
        waiting,
        None if since is None else calendar.rec_us(since) // 1_000_000,
        calendar.rec_us(book.rec_at(size - 1)) // 1_000_000,
        calendar.instant_s(book.now()),
    )


def rendered(figures: BookFigures, meters: ServiceMeters, head: LogHead, writer: GroupWriter | None) -> bytes:
    """All figures."""
    return "".join(f"{line}\n" for line in _lines(figures, meters, head, writer)).encode()


def _lines(
    book: BookFigures, meters: ServiceMeters, head: LogHead, writer: GroupWriter | None
) -> Iterator[str]:
    since = book.unsealed_since_s
    yield from _metric("records", "gauge", "Records of the log.", book.records)
    yield from _metric("unsealed_records", "gauge", "Records that no checkpoint covers.", book.unsealed)
    age = 0 if since is None else max(0, book.now_s - since)
    yield from _metric("unsealed_age_seconds", "gauge", "Age of the oldest record not sealed.", age)
    last = max(0, book.now_s - book.last_s)
    yield from _metric("last_record_age_seconds", "gauge", "Age of the newest record.", last)
    lag = time.monotonic() - head.looked_s if writer is None else 0.0
    yield from _metric("head_lag_seconds", "gauge", "Time since the head was looked at.", f"{lag:.3f}")
    yield from _metric("live_streams", "gauge", "Clients that follow the log.", meters.streams)
    if writer is not None:
        yield from _metric("groups_total", "counter", "Transactions of claims.", writer.groups)
        yield from _metric("recorded_total", "counter", "Claims recorded.", writer.recorded)
        yield from _metric("writer_ready", "gauge", "1 where claims are taken.", int(writer.trouble is None))
    yield from _head("requests_total", "counter", "Requests answered.")
    for (route, status), count in sorted(meters.requests.items()):
        yield f'wattledger_requests_total{{route="{route}",status="{status}"}} {count}'
    yield from _head("request_seconds_total", "counter", "Time spent on requests.")
    for route, seconds in sorted(meters.seconds.items()):
        yield f'wattledger_request_seconds_total{{route="{route}"}} {seconds:.6f}'


def _metric(name: str, kind: str, what: str, value: Any) -> Iterator[str]:
    yield from _head(name, kind, what)
    yield f"wattledger_{name} {value}"


def _head(name: str, kind: str, what: str) -> Iterator[str]:
    yield f"# HELP wattledger_{name} {what}"
    yield f"# TYPE wattledger_{name} {kind}"
