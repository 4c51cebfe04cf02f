"""One record as a page shows it: the fact in words, both clocks, what it corrects and what corrects it, the
rules that it passed, and the bytes that are in the log.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec import UNSET

from ledger import calendar
from ledger.app.book.book import Book
from ledger.app.queries.record_filter import Lines, disclosed, index_said
from ledger.app.queries.registry import registry_at
from ledger.exchange.kind_form import values_of
from ledger.exchange.kind_guide import summary
from ledger.kinds import BY_TAG, CLASSES, EventRetracted, SectionErased
from ledger.records import leaf_format
from ledger.records.envelope import Record
from ledger.records.ids import binary_id
from ledger.rules.wording import rules_in_words
from ledger.verifier.trees import leaf_hash


class RelatedRecord(NamedTuple):
    """A record that another is tied to: ``how`` in a word."""

    how: str
    record: Record
    line: str


class RecordView(NamedTuple):
    """A record: as stored (``record``, ``leaf``), in words, and beside the others. ``at`` and ``rec`` are on the
    clocks of its place in ``tz``. ``sealed`` is how many records the newest checkpoint covers.
    """

    record: Record
    leaf: bytes
    leaf_hash: str
    line: str
    summary: str
    fields: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    at: str
    rec: str
    tz: str
    corrects: tuple[RelatedRecord, ...]
    gone_by: RelatedRecord | None
    rules: tuple[str, ...]
    sealed: int
    size: int

    @property
    def kind(self) -> str:
        """The kind without its version."""
        return BY_TAG[self.record.kind].name

    @property
    def changeable(self) -> bool:
        """Can it be corrected or retracted: it is a fact of people that nothing has replaced."""
        own = self.record.stream.partition("/")[0] == "ledger"
        last = isinstance(self.record.body, EventRetracted | SectionErased)
        return not own and not last and self.gone_by is None

    @property
    def of_site(self) -> bool:
        """Is it of a site, whose moments can be replayed?"""
        place, _, disclosure = self.record.stream.partition("/")
        return disclosure in CLASSES and not place.startswith("ba-") and place != "fleet"


def view(book: Book, said: str) -> RecordView:
    """The record of an index or id; ``Malformed`` where there is none."""
    leaf = book.reads.leaf(index_said(book, said, "id"))
    record = leaf_format.decode(leaf)
    lines, tz = Lines(book, as_json=False), _zone(book, record)
    kept, body = disclosed(book, record, sections=True)
    zone, seal = calendar.zone(tz), book.store.last_seal()
    rec_s = calendar.rec_us(record.rec) // 1_000_000
    return RecordView(
        record,
        leaf,
        leaf_hash(leaf).hex(),
        lines.story(record),
        summary(BY_TAG[record.kind]),
        tuple(values_of(BY_TAG[record.kind], body).items()),
        tuple(sorted(set(record.sections or ()) - kept)),
        calendar.format_local(calendar.instant_s(record.at), zone),
        calendar.format_local(rec_s, zone),
        tz,
        _corrected(book, record, lines),
        _corrector(book, record, lines),
        rules_in_words(record.body, corrects=record.corrects is not UNSET),
        0 if seal is None else seal.size,
        book.store.size,
    )


def _zone(book: Book, record: Record) -> str:
    zones = registry_at(book, book.store.size).zones
    return zones.get(record.place) or book.config.tz or "UTC"


def _corrected(book: Book, record: Record, lines: Lines) -> tuple[RelatedRecord, ...]:
    """The records that it takes the place of."""
    how = "retracts" if isinstance(record.body, EventRetracted) else "corrects"
    indexes = sorted(book.store.indexes(map(binary_id, record.corrects or ())).values())
    found = [book.record_at(index) for index in indexes]
    return tuple(RelatedRecord(how, one, lines.story(one)) for one in found)


def _corrector(book: Book, record: Record, lines: Lines) -> RelatedRecord | None:
    """The record that takes its place."""
    index = next(iter(book.store.superseders([binary_id(record.id)]).values()), None)
    if index is None:
        return None
    by = book.record_at(index)
    how = "retracted by" if isinstance(by.body, EventRetracted) else "corrected by"
    return RelatedRecord(how, by, lines.story(by))
