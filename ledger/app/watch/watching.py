"""One check after another: find, keep new alerts, send those kept.

Every alert is sent at least once, and normally once: one that was on its way when the run was killed is sent
again with the same id. A stop by a service manager takes effect between two alerts, so that only a kill or a
power cut leaves an arrival unknown.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from ledger.app.book.book import Book
from ledger.app.host.receivers import NotTold
from ledger.app.watch.rules import Finder
from ledger.app.watch.targets import AlertTarget
from ledger.app.watch.told_file import ToldFile
from ledger.errors import Conflict, UnknownOutcome

LONGEST_S: Final = 900
ONCE_WAITS_S: Final = (1, 2, 4)
Opened = Callable[[], Book]


class WatchCheck(NamedTuple):
    """One check: alerts delivered, why others were not, the number kept for the next, and the wait until then
    (0 after the last).
    """

    at: str
    told: tuple[dict[str, Any], ...] = ()
    failed: tuple[str, ...] = ()
    pending: int = 0
    wait_s: int = 0


@contextmanager
def stopped_afterwards() -> Iterator[None]:
    """Let a signal to stop (SIGTERM) wait for the end of the block; a target gives up by itself."""
    if (
        threading.current_thread() is not threading.main_thread()
    ):  # signals are handled only in the main thread
        yield
        return
    heard: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, frame: heard.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
        if heard:
            signal.raise_signal(signal.SIGTERM)


def once(
    opened: Opened, finder: Finder, target: AlertTarget, file: ToldFile, at: str | None, *, skip: bool = False
) -> WatchCheck:
    """Check, and try a few times to deliver the pending alerts."""
    with opened() as book:
        at = _found(book, finder, file, at, skip=skip)
    found = _tell(target, file, at)
    for wait_s in ONCE_WAITS_S:
        if not found.pending:
            break
        time.sleep(wait_s)
        again = _tell(target, file, at)
        found = again._replace(told=found.told + again.told)
    return found


def watch(
    opened: Opened, finder: Finder, target: AlertTarget, file: ToldFile, every_s: int, *, skip: bool = False
) -> Iterator[WatchCheck]:
    """Check again and again, for ever; at growing intervals where alerts are not taken, up to a quarter of an
    hour. An error of the book in the first check is raised to the caller; later a busy one is checked again.
    """
    failures, at = 0, ""
    while True:
        try:
            with opened() as book:
                at = _found(book, finder, file, None, skip=skip and not at)
            found = _tell(target, file, at)
        except (Conflict, UnknownOutcome) as why:
            if not at:
                raise
            found = WatchCheck(at, failed=(str(why),), pending=len(file.pending))
        failures = failures + 1 if found.failed else 0
        longest_s = max(LONGEST_S, every_s)
        yield found._replace(wait_s=max(found.wait_s, min(every_s * 2 ** min(failures, 12), longest_s)))
        time.sleep(max(found.wait_s, min(every_s * 2 ** min(failures, 12), longest_s)))


def _found(book: Book, finder: Finder, file: ToldFile, at: str | None, *, skip: bool) -> str:
    """Keep new alerts; with ``skip`` mark them as delivered."""
    at = at or book.now()
    with book.blaming_damage():
        findings = list(finder.findings(book, at))
    alerts = [
        {
            "alert": one.id,
            "rule": one.rule,
            "on": one.on,
            "site": one.site,
            "said": one.said,
            "found_at": at,
            "origin": book.config.origin,
            "detail": one.detail,
        }
        for one in findings
    ]
    before = set(file.pending)
    file.add(alerts)
    if skip:
        file.told(set(file.pending) - before)
    return at


def _tell(target: AlertTarget, file: ToldFile, at: str) -> WatchCheck:
    """Send the kept alerts, oldest first; where no receiver takes any now the rest waits."""
    told, failed, after_s = [], [], 0
    for id_, alert in list(file.pending.items()):
        try:
            with stopped_afterwards():
                target.tell(alert)
                file.told([id_])
        except NotTold as why:
            failed.append(str(why))
            after_s = max(after_s, why.after_s or 0)
            if why.all_wait:
                break
            continue
        told.append(alert)
    return WatchCheck(at, tuple(told), tuple(dict.fromkeys(failed)), len(file.pending), after_s)
