"""Sending checkpoints away: to each destination those that it has not, oldest first, each once.

A new destination begins with the newest checkpoint. Where one is not taken, the later ones of that
destination wait, and the next run goes on there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from ledger import calendar
from ledger.app.anchor.anchored_file import AnchoredFile, Delivered, read_anchored
from ledger.app.anchor.checkpoint import other_history, outgoing
from ledger.app.anchor.destinations import NamedDestination, of_settings
from ledger.app.book.book import Book
from ledger.app.host.receivers import NotTold
from ledger.app.queries.shift import unsealed
from ledger.errors import Conflict, UnknownOutcome
from ledger.store.port import Seal

LONGEST_S: Final = 900
SILENT_S: Final = 3_600


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
    if all(_is_current(book, read_anchored(book.directory).get(one.id)) for one in destinations):
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
    if why := _rolled_back(book, known):
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


def missing(book: Book, known: Delivered) -> list[Seal]:
    """The seals that a destination has not, oldest first; the newest alone for a new one."""
    if _is_current(book, known):
        return []
    seals = book.store.seals()
    return [seal for seal in seals if seal.size > known.size] if known.size else seals[-1:]


def _is_current(book: Book, known: Delivered | None) -> bool:
    last = book.store.last_seal()
    return last is None or (known is not None and known.size == last.size)


def _rolled_back(book: Book, known: Delivered) -> str:
    """Why a book is not the one of which a destination took the last checkpoint; empty where it may be."""
    last = book.store.last_seal()
    if last is None or known.size <= last.size:
        return ""
    return (
        f"it has a checkpoint over {known.size:,} records, and the newest of this book is over {last.size:,}: this"
        " is an older copy of the book. Next: wattledger verify --anchor"
    )


# --- silence ------------------------------------------------------------------------------------------------


class SilentAnchor(NamedTuple):
    """A destination that has not the newest checkpoints: how many it lacks, and for how long the first of them
    has waited.
    """

    where: str
    lacks: int
    age_s: int
    why: str

    def __str__(self) -> str:
        """The fault in words."""
        if not self.lacks:
            return self.why
        hours, minutes = divmod(self.age_s // 60, 60)
        count = f"{self.lacks:,} checkpoint{'' if self.lacks == 1 else 's'}"
        because = f" ({self.why})" if self.why else ""
        return f"has not taken {count} for {hours} h {minutes:02} min{because}"


def silences(book: Book, at: str) -> list[SilentAnchor]:
    """Destinations, of ``book.toml`` or of earlier runs, that lack a checkpoint for more than an hour."""
    known = read_anchored(book.directory)
    for one in of_settings(book.config.anchor):
        known.setdefault(one.id, Delivered(one.to.where))
    found = []
    for delivered in known.values():
        due = missing(book, delivered)
        if why := _rolled_back(book, delivered):
            found.append(SilentAnchor(delivered.where, 0, 0, why))
        elif due:
            age_s = calendar.instant_s(at) - calendar.rec_us(book.rec_at(due[0].size - 1)) // 1_000_000
            if age_s > SILENT_S:
                found.append(SilentAnchor(delivered.where, len(due), age_s, delivered.failed))
    return sorted(found)
