"""Sending checkpoints away: to each destination those that it has not, oldest first, each once.

A new destination begins with the newest checkpoint. Where one is not taken, the later ones of that
destination wait, and the next run goes on there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from ledger.app.anchor.anchored_file import AnchoredFile, read_anchored
from ledger.app.anchor.checkpoint import other_history, outgoing
from ledger.app.anchor.destinations import NamedDestination
from ledger.app.anchor.silence import is_current, missing, rolled_back
from ledger.app.book.book import Book
from ledger.app.host.receivers import NotTold
from ledger.app.queries.shift import unsealed
from ledger.errors import Conflict, UnknownOutcome
from ledger.store.port import Seal

LONGEST_S: Final = 900


class AnchorRun(NamedTuple):
    """One run: (destination, size) of each checkpoint that was taken, (destination, why) of those that were
    not, the number that wait, and the seconds until the next run; the destinations that hold another history
    of the log, which no run will send to; and the number of records that no checkpoint covers yet.
    """

    at: str
    taken: tuple[tuple[str, int], ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    waiting: int = 0
    wait_s: int = 0
    other_history: tuple[str, ...] = ()
    unsealed: int = 0


def anchor(book: Book, destinations: Sequence[NamedDestination]) -> AnchorRun:
    """Send what destinations have not."""
    at, uncovered = book.now(), unsealed(book)[0]
    if all(is_current(book, read_anchored(book.directory).get(one.id)) for one in destinations):
        return AnchorRun(at, unsealed=uncovered)
    with AnchoredFile(book.directory) as file:
        made = [(one.to.where, _deliver(book, file, one, at)) for one in destinations]
    return AnchorRun(
        at,
        tuple((where, size) for where, delivery in made for size in delivery.taken),
        tuple((where, delivery.why) for where, delivery in made if delivery.why),
        sum(delivery.waiting for _, delivery in made),
        other_history=tuple(where for where, delivery in made if delivery.is_other),
        unsealed=uncovered,
    )


class AnchorDelivery(NamedTuple):
    """One destination in a run: the sizes of the checkpoints that it took, why the next was not taken (empty:
    all were), the number that wait, and whether it holds another history of the log.
    """

    taken: tuple[int, ...] = ()
    why: str = ""
    waiting: int = 0
    is_other: bool = False


def _deliver(book: Book, file: AnchoredFile, one: NamedDestination, at: str) -> AnchorDelivery:
    known = file.of(one.id)
    if why := rolled_back(book, known):
        found = AnchorDelivery(why=why, waiting=1)
    elif (due := missing(book, known)) and (why := other_history(book, one.to)):
        found = AnchorDelivery(why=why, is_other=True)
    else:
        found = _sent(book, file, one, due, at)
    if found.why:
        file.failed(one.id, one.to.where, found.why, at)
    return found


def _sent(
    book: Book, file: AnchoredFile, one: NamedDestination, due: Sequence[Seal], at: str
) -> AnchorDelivery:
    taken: list[int] = []
    for seal in due:
        try:
            one.to.send(outgoing(book, seal))
        except NotTold as fault:
            return AnchorDelivery(tuple(taken), str(fault), len(due) - len(taken))
        file.taken(one.id, one.to.where, seal.size, at)
        taken.append(seal.size)
    return AnchorDelivery(tuple(taken))


def follow(
    opened: Callable[[], Book], destinations: Sequence[NamedDestination], every_s: int
) -> Iterator[AnchorRun]:
    """Send at intervals, without end; after a failure the interval doubles, up to a quarter of an hour. An error
    of the book is raised in the first run; later runs try a busy book again.
    """
    failures, first = 0, True
    while True:
        try:
            with opened() as book:
                found = anchor(book, destinations)
        except (Conflict, UnknownOutcome) as why:
            if first:
                raise
            found = AnchorRun("", failed=(("book", str(why)),))
        first, failures = False, failures + 1 if found.failed else 0
        wait_s = pause_s(every_s, failures)
        yield found._replace(wait_s=wait_s)
        time.sleep(wait_s)


def pause_s(every_s: int, failures: int) -> int:
    """The pause after so many failures in a row."""
    return min(every_s << min(failures, 12), max(LONGEST_S, every_s))
