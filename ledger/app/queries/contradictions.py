"""Doctor: accepted facts that what is known now contradicts, because a later fact came late or corrected the
facts they were decided on, and facts that are possible but unlikely (``rules/plausibility``).

Every effective record is decided again by the rules against all that is known without it. Nothing is changed:
reports count the facts as recorded and flag them; a correction or a retraction settles it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ledger import calendar
from ledger.app.book.book import Book
from ledger.app.host.progress import Progress
from ledger.errors import Malformed, Refused
from ledger.records.envelope import Record
from ledger.rules.decide import check_again
from ledger.rules.known import Known, Targets
from ledger.rules.plausibility.beside import FactsBeside, neighbours
from ledger.rules.plausibility.rule import Unlikely
from ledger.rules.plausibility.table import chosen, unlikely
from ledger.rules.register import Register


class Contradiction(NamedTuple):
    """A record, and the reason why it would be refused today."""

    record: Record
    because: str


def judged_again(
    book: Book, progress: Progress, hear: Callable[[Record], None] = lambda record: None
) -> Iterator[Contradiction | Unlikely]:
    """The records that would be refused today, and those that are unlikely, in the order of the log; ``hear``
    is told of every record.
    """
    register = Register()
    named: dict[str, int] = {}
    known: dict[str, Record] = {}
    standing: dict[str, Record] = {}
    total = 2 * book.store.size
    newest = ""
    for done, record in enumerate(book.records()):
        register.apply(record)
        hear(record)
        known[record.id] = standing[record.id] = record
        for target in record.corrects or ():
            named[target] = record.index
            standing.pop(target, None)
        newest = record.rec
        if done % 1000 == 0:
            progress(done, total)
    targets = Targets(known, named)
    by_index = list(known.values())
    beside = FactsBeside(
        Known(register, frozenset()),
        calendar.rec_us(newest) // 1_000_000 if newest else 0,
        by_index.__getitem__,
        known.get,
        neighbours(standing.values()),
    )
    rules = chosen(book.config.plausibility)
    for done, record in enumerate(standing.values()):
        if record.place != "ledger":
            try:
                check_again(register, record, targets)
            except (Refused, Malformed) as why:
                yield Contradiction(record, str(why))
            yield from unlikely(rules, beside, record)
        if done % 1000 == 0:
            progress(book.store.size + done, total)
