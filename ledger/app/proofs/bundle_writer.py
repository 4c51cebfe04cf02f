"""Bundles of a book: the records of streams with everything that a third party needs to check that they are
complete, and reports that follow from them.

A report in a bundle is about the sites whose streams are asked for, known at the bundle's checkpoint, and
brings every stream that it reads, from its beginning. Streams that no report reads begin where the reader's
state ends, if one is given. Sections are disclosed only on request.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

from ledger.app.book.book import Book
from ledger.app.host.files import PRIVATE, PUBLIC, replacing
from ledger.app.proofs import timestamps
from ledger.app.proofs.cosignatures import cosigned
from ledger.app.proofs.verification import judge_data, program
from ledger.app.queries import log_view, report_run
from ledger.app.queries.report_run import Question, Registry
from ledger.errors import Malformed, Refused, Tampered, no_such
from ledger.log import merkle
from ledger.log.bundle_format import (
    Member,
    Target,
    TooLarge,
    consistency_member,
    directory_member,
    heads_member,
    log_member,
    member,
    pack,
    pieces,
    records_name,
    stream_member,
)
from ledger.log.checkpoint import Checkpoint, parse_checkpoint
from ledger.records import leaf_format
from ledger.records.ids import binary_id
from ledger.store.port import Store
from ledger.store.roots import CheckedTiles, hash_at
from ledger.verifier.leaf import read_leaf
from ledger.verifier.reader import Asked, State
from ledger.verifier.reports import is_site
from ledger.verifier.trees import directory_line
from projections.engine.report import Report
from projections.engine.table import Table
from projections.render.json_file import render

PAGE: Final = 4096


class BundleRequest(NamedTuple):
    """Requested contents of a bundle. ``state`` is the reader's, ``size`` that of an earlier checkpoint
    (None: the newest).
    """

    streams: tuple[str, ...]
    reports: tuple[Report, ...] = ()
    question: Question = Question()
    state: State | None = None
    size: int | None = None
    sections: bool = False


class Made(NamedTuple):
    """The members of a bundle and its manifest's entries for the reports; ``streams`` are name, lo and size
    of each.
    """

    members: list[Member]
    reports: list[dict[str, Any]]
    checkpoint: Checkpoint
    streams: list[tuple[str, int, int]]


def make(book: Book, asked: BundleRequest) -> Made:
    """The bundle of a request, from a sealed book; ``Malformed`` or ``Refused`` where it cannot be."""
    _check_asked(asked)
    sealed = Sealed(book, asked.size)
    names = _streams(sealed, asked)
    tables = [_table(sealed, report, asked, names) for report in asked.reports]
    whole = {name for report in asked.reports for name in _read_by(sealed, report, _sites(names))}
    names = tuple(dict.fromkeys((*names, *sorted(whole, key=sealed.numbers.__getitem__))))
    members = [
        member("checkpoint", sealed.note),
        *_anchors(book, sealed),
        sealed.heads(),
        *_earlier(sealed, asked.state),
    ]
    held: list[tuple[str, int, int]] = []
    sections: list[tuple[int, str, bytes]] = []
    for name in ("ledger/registry", *(name for name in names if name != "ledger/registry")):
        number = sealed.numbers[name]
        seen = asked.state.streams.get(name) if asked.state and number and name not in whole else None
        lo = seen.size if seen else 0
        members += sealed.stream(number, lo)
        held.append((name, lo, sealed.sizes[number]))
        sections += sealed.sections(number, lo) if asked.sections else ()
    members += [sealed.directory(), sealed.log()]
    if sections:
        members.append(pieces("sections.jsonl", b"".join(line for *_, line in sorted(sections))))
    members += [pieces(f"report/{table.report}.json", render(table)) for table in tables]
    return Made(members, [_said(table, _sites(names)) for table in tables], sealed.checkpoint, held)


class Written(NamedTuple):
    """A bundle that was written: ``streams`` are {stream, from, size}, ``key`` is the verifier key, None
    where it is not at hand.
    """

    path: str
    bytes: int
    size: int
    key: str | None
    streams: list[dict[str, Any]]
    reports: list[str]


def write(book: Book, asked: BundleRequest, path: Path) -> Written:
    """Seal what is unsealed, unless an earlier checkpoint is asked for, and write the bundle, whole or not at
    all.
    """
    if asked.size is None:
        book.checkpoint()
    try:
        return _written(book, asked, path)
    except TooLarge as why:
        hint = "ask for fewer streams, a shorter window, or --since a reader's state"
        raise Refused(f"{path}: nothing was written: {why}: {hint}") from None


def _written(book: Book, asked: BundleRequest, path: Path) -> Written:
    made = make(book, asked)
    key = book.seals.vkey()
    with replacing(path, PRIVATE if asked.sections else PUBLIC) as file:
        written = sum(map(file.write, pack(made.members, made.reports)))
        if made.reports and key is not None:
            _check_follows(path, file, book, key, asked)
    return Written(
        str(path),
        written,
        made.checkpoint.size,
        key,
        [{"stream": name, "from": lo, "size": size} for name, lo, size in made.streams],
        [report["name"] for report in made.reports],
    )


def _check_follows(path: Path, file: BinaryIO, book: Book, key: str, asked: BundleRequest) -> None:
    """``Refused`` unless a reader will find that the reports follow from what the bundle holds; a pipe cannot
    be read again.
    """
    file.flush()
    try:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        return
    brought = Asked(key, asked.streams, state=asked.state)
    found = judge_data(data, brought, (), book.progress).verdict
    if found.verdict != "VERIFIED":
        hint = "" if asked.sections else "; what sections hold is disclosed with --sections only"
        raise Refused(f"{path}: nothing was written: {found.where}: {found.why}{hint}")


# --- reports ------------------------------------------------------------------------------------------------


def _streams(sealed: Sealed, asked: BundleRequest) -> tuple[str, ...]:
    for name in asked.streams:
        if name not in sealed.numbers:
            raise no_such("stream", name, sealed.numbers)
    return tuple(dict.fromkeys(asked.streams))


def _sites(names: Iterable[str]) -> tuple[str, ...]:
    """The sites of some streams, sorted."""
    return tuple(sorted({place for place in (name.partition("/")[0] for name in names) if is_site(place)}))


def _read_by(sealed: Sealed, report: Report, sites: Sequence[str]) -> tuple[str, ...]:
    return report_run.declared_streams(report, sealed.registry, sites)


def _table(sealed: Sealed, report: Report, asked: BundleRequest, names: Sequence[str]) -> Table:
    if not report.alone:
        raise Malformed(
            f"--report {report.name}: it cannot be made from its streams alone, so no bundle holds it"
        )
    sites = _sites(names)
    if not sites:
        raise Malformed(f"--report {report.name} needs --stream of at least one site")
    own = {parameter.name: parameter for parameter in report.parameters}
    said = {name: word for name, word in asked.question.said.items() if name in own}
    for name in said:
        if own[name].form == "series":
            raise Malformed(f"--{name}: a bundle carries no outside file, so no {report.name} made with one")
    question = asked.question._replace(sites=sites, known_at=str(sealed.checkpoint.size), said=said)
    return log_view.run(sealed.book, report, question)


def _check_asked(asked: BundleRequest) -> None:
    """``Malformed`` for an option that no report of the bundle takes."""
    taken = {parameter.name for report in asked.reports for parameter in report.parameters}
    for name in asked.question.said:
        if name not in taken:
            raise Malformed(
                f"--{name} is taken by no report of this bundle: add --report NAME, or leave it out"
            )


def _said(table: Table, sites: tuple[str, ...]) -> dict[str, Any]:
    options = [text for text in table.filters if not text.startswith(("site=", "block="))]
    return {
        "name": table.report,
        "definition_version": table.definition_version,
        "tzdata": table.tzdata,
        "program": program(),
        "parameters": {
            "as_of": table.as_of,
            "blocks": [],
            "known_at": table.known_at.size,
            **({"options": options} if options else {}),
            "sites": list(sites),
            "start": table.start,
            "stop": table.stop,
            "tz": table.tz,
        },
    }


# --- the log as of a checkpoint -----------------------------------------------------------------------------


class Sealed:
    """A book as of one of its checkpoints: its streams then, and proofs about them."""

    def __init__(self, book: Book, size: int | None) -> None:
        self.book, self._store = book, book.store
        self.note = _note(book, size)
        self.checkpoint = parse_checkpoint(self.note)
        self._last = self.checkpoint.size - 1
        self.registry: Registry = report_run.registry_at(book, self._last)
        self.numbers = self.registry.numbers
        self._indexes = [self._last]
        self.sizes = [self._store.stream_size_at(number, self._last) for number in range(len(self.numbers))]
        book.progress(0, self.checkpoint.size)

    @cached_property
    def _lines(self) -> list[bytes]:
        """The directory's lines."""
        forest = self._store.forest
        lines = []
        for number, size in enumerate(self.sizes):
            kept = forest.stream(number)
            root = kept.root() if kept.size == size else _frontier(self._store, number, size).root()
            lines.append(directory_line(number, size, root))
        return lines

    def heads(self) -> Member:
        """The heads leaf; ``Tampered`` where the streams are not those it commits to."""
        (leaf,) = self._store.read(self._last, self._last + 1)
        said = read_leaf(leaf).body
        due = (len(self._lines), merkle.root(merkle.hashes_of(self._lines)).hex())
        if (said.get("count"), said.get("dir")) != due:
            raise Tampered(
                f"the streams are not those that record {self._last} committed to; run fsck to find out where"
            )
        return heads_member(
            leaf, merkle.inclusion_proof(hash_at(self._store), self._last, self.checkpoint.size)
        )

    def directory(self) -> Member:
        """Commitment of the heads leaf."""
        return directory_member(self._lines)

    def log(self) -> Member:
        """The proof that every record of the streams taken so far is in the log at its index."""
        tiles = CheckedTiles(self._store)
        return log_member(merkle.multi_proof(tiles.rows, self.checkpoint.size, sorted(self._indexes)))

    def stream(self, number: int, lo: int) -> list[Member]:
        """Records [lo, size) of a stream and their proof."""
        size = self.sizes[number]
        targets = self._targets(number, lo)
        self._indexes += self._store.stream_indexes(number, lo, size)
        self._indexes += (read_leaf(one.leaf).place for one in targets)
        peaks = _frontier(self._store, number, lo).hashes
        return [
            Member(records_name(number), lambda: _pages(self._store.read_stream(number, lo, size))),
            stream_member(number, lo, peaks, targets),
        ]

    def _targets(self, number: int, lo: int) -> list[Target]:
        """The records before ``lo`` that later records of the stream correct, with their proofs."""
        if not lo:
            return []
        size = self.sizes[number]
        corrects = (
            leaf_format.decode(leaf).corrects
            for leaf in self._store.read_stream(number, lo, size)
            if b'"corrects"' in leaf
        )
        ids = {binary_id(target) for targets in corrects for target in targets or ()}
        leaves = [
            leaf
            for index in sorted(self._store.indexes(ids).values())
            for leaf in self._store.read(index, index + 1)
        ]
        before = [(read_leaf(leaf).pos, leaf) for leaf in leaves]
        if not any(pos < lo for pos, _ in before):
            return []
        hashes = merkle.hashes_of(list(self._store.read_stream(number, 0, size)))
        return [
            Target(pos, leaf, merkle.inclusion_proof(_of(hashes), pos, size))
            for pos, leaf in before
            if pos < lo
        ]

    def sections(self, number: int, lo: int) -> Iterator[tuple[int, str, bytes]]:
        """The sections that are still kept of records [lo, size): index, name and line of each."""
        for leaf in self._store.read_stream(number, lo, self.sizes[number]):
            if b'"sections"' in leaf:
                record = leaf_format.decode(leaf)
                for section in self.book.sections(record):
                    yield record.index, section.name, leaf_format.disclosure(record.index, *section) + b"\n"


def _note(book: Book, size: int | None) -> bytes:
    """The checkpoint, with the cosignatures that are kept of it."""
    seals = book.store.seals()
    found = [seal for seal in seals if size is None or seal.size == size]
    if not found:
        near = ", ".join(str(seal.size) for seal in seals[-5:])
        raise Malformed(f"--at: no checkpoint is over {size} records; the last are over {near}")
    return cosigned(book.directory, found[-1])


def _earlier(sealed: Sealed, state: State | None) -> list[Member]:
    """The consistency proof from the reader's checkpoint, where there is something to prove."""
    if state is None:
        return []
    seen, now = state.checkpoint, sealed.checkpoint
    if seen.origin != now.origin:
        raise Refused(f"--since: the state is of {seen.origin}, this book is {now.origin}")
    if seen.size > now.size or sealed.book.root_at(seen.size) != seen.root:
        raise Refused(
            f"--since: the state is of {seen.size} records that are not the first of this book's {now.size}:"
            " a reader has seen another history"
        )
    if seen.size == now.size:
        return []
    proof = merkle.consistency_proof(hash_at(sealed.book.store), seen.size, now.size)
    kept = [seal.note for seal in sealed.book.store.seals() if seal.size == seen.size]
    return [consistency_member(seen.size, kept[-1] if kept else state.note.encode(), proof)]


def _anchors(book: Book, sealed: Sealed) -> list[Member]:
    size = sealed.checkpoint.size
    found = timestamps.kept(book.directory, size)
    return [] if found is None else [member(f"anchors/{size}.tsr", found)]


def _frontier(store: Store, number: int, size: int) -> merkle.Frontier:
    """A stream's tree over its first ``size`` records, hashed again."""
    tree, leaves = merkle.Frontier(), store.read_stream(number, 0, size)
    while page := list(islice(leaves, PAGE)):
        tree.extend(merkle.hashes_of(page))
    return tree


def _of(hashes: Sequence[bytes]) -> merkle.HashAt:
    return lambda level, index: merkle.root(hashes[index << level : (index + 1) << level])


def _pages(leaves: Iterator[bytes]) -> Iterator[bytes]:
    """Leaves as lines, many at once."""
    while page := list(islice(leaves, PAGE)):
        yield b"\n".join(page) + b"\n"
