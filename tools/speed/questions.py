"""Questions that a service and its book are both asked, and the claims that are posted.

The site is the tool's own, so that any book can be measured; the facts come in order and each is new.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from ledger import calendar
from ledger.app.book.batch import Said
from ledger.app.book.book import Book
from ledger.app.delivery.report_formats import BY_NAME
from ledger.app.queries import log_view, moment
from ledger.app.queries.report_run import Question, registry_at, report_named
from ledger.app.queries.typed import Typed
from ledger.exchange import story
from tools.speed.client import Address, ask, request

SITE: Final = "service-speed"
OPENING: Final = (
    f"2020-01-01T00:00Z {SITE} site-registered name=S county=C state=GA tz=America/New_York"
    " balancing_authority=SOCO utility=U parcels=[] site_class=training",
    f"2020-01-02T00:00Z {SITE} load-block-commissioned block=m1 load_class=mining"
    " service_class=interruptible capacity=50MW feeds=[A]",
)
FIRST_S: Final = calendar.instant_s("2020-02-01T00:00:00Z")
REPORT: Final = "uptime"


def claims(first: int, step: int = 1) -> Iterator[dict[str, Any]]:
    """Hashrate changes of one second each, from a number on."""
    while True:
        yield {
            "kind": "hashrate-changed",
            "at": calendar.format_instant(FIRST_S + first),
            "site": SITE,
            "body": {
                "block": "m1",
                "hashrate_ghs": 2_500_000_000 + first % 90_000_000,
                "power_w": 45_000_000 + first % 1_000_000,
                "units_hashing": 12_000,
                "units_total": 12_500,
                "method": "pool",
            },
        }
        first += step


def posts(address: Address, first: int, step: int = 1) -> Iterator[bytes]:
    """Requests that record them."""
    for claim in claims(first, step):
        yield request(address, "POST", "/api/v1/records", msgspec.json.encode(claim))


def first_site(address: Address) -> str:
    """A site of the book that a server serves; its own, not the tool's."""
    state = msgspec.json.decode(ask(address, request(address, "GET", "/api/v1/state"))[1])
    return next(
        str(one["place"])
        for one in state["places"]
        if one["place"] not in (SITE, "fleet", "ledger") and not one["place"].startswith("ba-")
    )


def paths(book: Path, moments: int) -> list[str]:
    """Questions: the state of every site at moments all over the log, and a report of one site for the months
    of these moments.
    """
    with Book.open(book, write=False) as opened:
        size, found = opened.store.size, []
        site = next((one for one in registry_at(opened, size).sites if one != SITE), SITE)
        for n in range(moments):
            at = opened.record_at(size // 10 + n * (size - size // 10) // moments).at
            found.append(f"/api/v1/state?at={at}")
            found.append(f"/api/v1/reports/{REPORT}?site={site}&period={at[:7]}")
        return found


def answers_s(book: Path, asked: Sequence[str], times: int) -> list[tuple[float, float]]:
    """Seconds that the book takes to answer each question in process, as JSON, by the clock and by the processor;
    the first round is not counted.
    """
    found = []
    with Book.open(book, write=False) as opened:
        for turn in range(times + 1):
            for path in asked:
                begun, used = time.monotonic(), time.process_time()
                assert _answer(opened, path)
                if turn:
                    found.append((time.monotonic() - begun, time.process_time() - used))
    return found


def _answer(book: Book, path: str) -> bytes:
    book.store.refresh()
    where, _, query = path.partition("?")
    given = dict(part.split("=") for part in query.split("&"))
    typed = Typed(book)
    if where.endswith("/state"):
        state = moment.state(book, typed.instant("at", given["at"], ()), (), typed.known_at(None, ()))
        return msgspec.json.encode(moment.moment_json(state))
    report = report_named(REPORT)
    question = Question(sites=(given["site"],), period=given["period"])
    return BY_NAME["json"].render(log_view.run(book, report, typed.question(question, (report,))))


def open_site(book: Path) -> None:
    """Record the tool's own site in a copy of a book, and seal it."""
    with Book.open(book, write=True, accept_clock=True) as opened:
        read = story.read("\n".join(OPENING).encode(), "opening")
        problems = (*read.problems, *opened.record([Said(claim) for claim in read.claims]).problems)
        assert not problems, problems
        opened.checkpoint()
