"""Exported JSON Lines read back: each line must be exactly the next record, else it is refused with its line
number.

Checked for every record: canonical form (PROOF 1); index and position dense; its stream opened before, under
the next number; record time not falling; sections as hashed. Each heads record must commit to exactly the
streams before it (PROOF 2), and the whole to every checkpoint that is given. So an altered, missing, repeated
or moved line is found at the next heads record or checkpoint at the latest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final, NamedTuple

from msgspec import UNSET

from ledger import kinds
from ledger.app.book.batch import HEADS, REGISTRY
from ledger.app.book.fork_guard import said_range
from ledger.errors import Malformed, Refused, VerificationFailed
from ledger.log.checkpoint import Checkpoint
from ledger.log.forest import Forest
from ledger.log.merkle import leaf_hash
from ledger.records import leaf_format, strict_json
from ledger.records.envelope import Record
from ledger.records.ids import binary_id
from ledger.store.port import Entry, Section, Store
from ledger.store.roots import root_at

LINE_LIMIT: Final = 1_000_000
PAGE: Final = 4096


class Item(NamedTuple):
    """A record of a file with its line number, its leaf, and the sections that are disclosed with
    it.
    """

    line: int
    leaf: bytes
    record: Record
    sections: tuple[Section, ...] = ()


def items(file: BinaryIO, name: str) -> Iterator[Item]:
    """The records of an export, each with its sections; ``Malformed`` at the first line that is neither."""
    last: Item | None = None
    for number, line in enumerate(iter(lambda: file.readline(LINE_LIMIT), b""), start=1):
        said = line.removesuffix(b"\n")
        try:
            if said.startswith(b'{"index":'):
                if last is None:
                    raise Malformed("discloses a section before any record")
                last = last._replace(sections=(*last.sections, _section(said, last.record)))
                continue
            record = leaf_format.decode_strict(said)
        except Malformed as why:
            hint = "" if last else "; restore reads a backup, or what export jsonl wrote"
            raise Malformed(f"{name}:{number}: {why}{hint}") from None
        if last is not None:
            yield last
        last = Item(number, said, record)
    if last is not None:
        yield last


def _section(line: bytes, record: Record) -> Section:
    """A disclosed section; ``Malformed`` unless it is one of the record's, byte for byte."""
    said = strict_json.parse_json(line)
    try:
        data = json.dumps(said["section"], separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
        section = Section(said["name"], bytes.fromhex(said["salt"]), data)
        whole = leaf_format.disclosure(said["index"], *section)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Malformed('a section is {"index","name","salt","section"}') from None
    if whole != line or len(section.salt) != leaf_format.SALT_BYTES:
        raise Malformed("is not a canonical section: encoding its values again gives other bytes")
    hashes = {} if record.sections is UNSET else record.sections
    digest = leaf_format.section_hash(section.name, section.salt, section.data)
    if said["index"] != record.index or hashes.get(section.name) != digest:
        raise Malformed(f"section {section.name!r} does not match record {record.index} before it")
    return section


class Following:
    """A log being followed from the records that a store holds; ``numbers`` are the streams opened so far."""

    def __init__(self, store: Store, origin: str, name: str, checkpoints: Iterable[Checkpoint]) -> None:
        self.store, self.origin, self.name = store, origin, name
        self.start = self.size = store.size
        self.numbers: dict[str, int] = {}
        self.rec = ""
        self._due = iter(store.read(0, self.start))
        self._next: int | None = None
        self._forest = Forest.load(store.forest.frontiers())
        self._checkpoints = sorted(set(checkpoints), key=lambda checkpoint: checkpoint.size)
        self._hashes: list[bytes] = []
        self._streams: list[int] = []
        for record in map(leaf_format.decode, store.read_stream(0, 0, None)):
            self._opened(record)
        if self.start:
            (leaf,) = store.read(self.start - 1, self.start)
            self.rec = leaf_format.decode(leaf).rec
        self._sizes = {name: store.forest.stream(n).size for name, n in self.numbers.items()}
        self._ids: set[bytes] = set()
        self._vouched = max((c.size for c in self._checkpoints), default=0)

    def new(self, found: Iterable[Item]) -> Iterator[Item]:
        """The items that the store does not hold yet, each checked; those before must match what it
        holds.
        """
        for checkpoint in self._checkpoints:
            if 0 < checkpoint.size <= self.start:
                self._compare(checkpoint, root_at(self.store, checkpoint.size))
        for item in found:
            self._check_place(item)
            if item.record.index < self.start:
                self._check_held(item)
            else:
                self._check_new(item)
                yield item
        self._settle()
        behind = [c for c in self._checkpoints if c.size > self.size]
        if behind:
            raise VerificationFailed(
                f"{self.name}: ends at record {self.size - 1}; the checkpoint is over {behind[-1].size}"
                f" records: {said_range(self.size, behind[-1].size)} missing"
            )

    def entry(self, item: Item) -> Entry:
        """An item as a store keeps it; a section that the file left out is marked as never kept here."""
        record = item.record
        brought = {section.name for section in item.sections}
        left_out = (Section(name, b"", b"") for name in record.sections or () if name not in brought)
        return Entry(
            place=record.index,
            stream=self.numbers[record.stream],
            pos=record.pos,
            id=binary_id(record.id),
            kind=record.kind,
            leaf=item.leaf,
            supersedes=tuple(map(binary_id, record.corrects or ())),
            sections=tuple(sorted((*item.sections, *left_out))),
        )

    # --- checks ---------------------------------------------------------------------------------------------

    def _check_place(self, item: Item) -> None:
        index = item.record.index
        due = self._next if self._next is not None else min(index, self.start)
        if index != due:
            raise Malformed(
                f"{self.name}:{item.line}: is record {index}, where {due} is due: lines are missing, doubled"
                " or out of order"
            )
        if self._next is None and index < self.start:
            self._due = iter(self.store.read(index, self.start))
        self._next = index + 1

    def _check_held(self, item: Item) -> None:
        if next(self._due) != item.leaf:
            raise Refused(
                f"{self.name}:{item.line}: record {item.record.index} is another in this book; "
                "the file is of another history, or one of the two was altered (fsck checks the book)"
            )

    def _check_new(self, item: Item) -> None:
        record = item.record
        try:
            self._check_stream(record)
            if record.rec < self.rec:
                raise Malformed(f"was taken at {record.rec}, before {self.rec} of the record before it")
            if record.index >= self._vouched:
                self._check_id(record)
            if isinstance(record.body, kinds.LedgerHeads):
                self._check_heads(record, record.body)
            if isinstance(record.body, kinds.KeyRotated):
                self._check_origin(record.body)
        except Malformed as why:
            raise Malformed(f"{self.name}:{item.line}: {why}") from None
        self.rec = record.rec
        self._streams.append(self.numbers[record.stream])
        self._hashes.append(leaf_hash(item.leaf))
        self.size += 1
        if len(self._hashes) == PAGE or any(c.size == self.size for c in self._checkpoints):
            self._settle()

    def _check_stream(self, record: Record) -> None:
        self._opened(record)
        if record.stream not in self.numbers:
            raise Malformed(f"is in the stream {record.stream!r}, which was not opened")
        due = self._sizes.get(record.stream, 0)
        if record.pos != due:
            raise Malformed(f"has position {record.pos} in {record.stream}, where {due} is due")
        self._sizes[record.stream] = due + 1

    def _opened(self, record: Record) -> None:
        body = record.body
        if not isinstance(body, kinds.StreamOpened):
            return
        if record.stream != REGISTRY or body.number != len(self.numbers) or body.stream in self.numbers:
            raise Malformed(
                f"opens stream {body.stream!r} as number {body.number}, where {len(self.numbers)} is due"
            )
        self.numbers[body.stream] = body.number
        self._forest.open_stream(body.number)

    def _check_id(self, record: Record) -> None:
        id_ = binary_id(record.id)
        if id_ in self._ids or (self.start and self.store.indexes([id_])):
            raise Malformed(f"has the id {record.id} of another record")
        self._ids.add(id_)

    def _check_heads(self, record: Record, body: kinds.LedgerHeads) -> None:
        self._settle()
        count, root = self._forest.heads()
        if record.stream != HEADS or (body.count, body.dir) != (count, root.hex()):
            raise Malformed("commits to other streams than those before it: a line before it was altered")

    def _check_origin(self, body: kinds.KeyRotated) -> None:
        if not body.new_vkey.startswith(f"{self.origin}+"):
            raise Malformed(f"is of another origin: its key is {body.new_vkey}, this book is {self.origin}")

    def _settle(self) -> None:
        self._forest.extend(self._streams, self._hashes)
        self._forest.take_tiles()
        self._streams, self._hashes = [], []
        for checkpoint in self._checkpoints:
            if checkpoint.size == self._forest.size > self.start:
                self._compare(checkpoint, self._forest.root())

    def _compare(self, checkpoint: Checkpoint, root: bytes) -> None:
        if root != checkpoint.root:
            raise VerificationFailed(
                f"{self.name}: the first {checkpoint.size} records are not those of the checkpoint: "
                "some were altered, or they are another history"
            )
