"""The records that depend on another: those that the rules would refuse without it.

A fact is retracted alone, since the retraction of a block that was recorded twice must keep its outages.
Records that depend on it contradict the log from then on, and ``doctor`` lists them; here they are found
beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from ledger.app.book.book import Book
from ledger.errors import Malformed, Refused
from ledger.kinds import BY_TAG, EventRetracted
from ledger.records.envelope import Record
from ledger.rules.decide import check_again
from ledger.rules.known import Targets

NAMED: Final = 8
"""Most records that are named one by one."""


def standing_on(book: Book, target: Record) -> list[Record]:
    """The effective records of a record's place that the rules accept beside it and would refuse without it,
    in the order of the log. Rules look at one place only, so no other place is read.
    """
    with book.writing():
        register = book.writer.fold().register
        numbers = [n for name, n in register.streams.items() if name.partition("/")[0] == target.place]
        found = [record for number in numbers for record in book.stream_records(number)]
        records = {record.id: record for record in found}
        named_by = {id_: record.index for record in found for id_ in record.corrects or ()}
        targets = Targets(records, named_by)
        without = Targets(records, named_by | {target.id: book.store.size})
        effective = [
            record
            for record in found
            if record.index > target.index
            and record.id not in named_by
            and not isinstance(record.body, EventRetracted)
        ]
        standing = []
        for record in sorted(effective, key=lambda one: one.index):
            try:
                check_again(register, record, without, frozenset((target.id,)))
            except (Refused, Malformed):
                with suppress(Refused, Malformed):  # contradicted before, so not because of this retraction
                    check_again(register, record, targets)
                    standing.append(record)
        return standing


def told(target: Record, standing: Sequence[Record]) -> str:
    """Note on the records that depend on a retracted one."""
    first = ", ".join(f"{record.index} {BY_TAG[record.kind].name}" for record in standing[:NAMED])
    more = f" and {len(standing) - NAMED:,} more" if len(standing) > NAMED else ""
    stand = "record depends" if len(standing) == 1 else "records depend"
    return (
        f"{len(standing):,} {stand} on record {target.index} and contradict{'s' if len(standing) == 1 else ''} the log"
        f" without it: {first}{more}; correct or retract them too, doctor lists them with the reason"
    )
