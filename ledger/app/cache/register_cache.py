"""The cache of the register: of every 10,000 records those that bear on decisions, by place, kept in the
cache file.

A *part* is a run of the log [since, until); its manifest names the places that have something in it, and each
of these has one sealed blob: the leaves of its records as they are stored, readings as (meter, start, stop,
index, id). A place is folded from its parts when it is first asked about, so that opening a book of a million
records folds only what came after the last part. Equal to a fresh fold (law); a cache that is missing,
corrupt or of another log is ignored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from ledger.app.cache.cache_file import CachedBook, CacheFile, sealed, unsealed
from ledger.app.host.files import CACHE
from ledger.records import leaf_format
from ledger.records.envelope import Record
from ledger.rules.register import Kept, MeterCoverage, covered, kept
from ledger.store.sqlite.read_only import FAILED

PART: Final = "register"
VERSION: Final = 3
"""Rises when other records bear on decisions than before: what was kept then is not used."""
SCHEMA: Final = (
    (
        "CREATE TABLE IF NOT EXISTS cached_parts (until INTEGER PRIMARY KEY, since INTEGER NOT NULL, places"
        " BLOB NOT NULL)"
    ),
    (
        "CREATE TABLE IF NOT EXISTS cached_marks (place TEXT, until INTEGER, items BLOB NOT NULL, PRIMARY KEY"
        " (place, until)) WITHOUT ROWID"
    ),
)


class _Read(NamedTuple):
    """Kept part of a record of intervals."""

    meter: str
    start_s: int
    stop_s: int
    record: int
    id: str
    corrects: tuple[str, ...]


_encode = msgspec.msgpack.Encoder().encode
_items: Final = msgspec.msgpack.Decoder(list[bytes | _Read])
_names: Final = msgspec.msgpack.Decoder(list[str])


class RegisterCache:
    """The cache beside a book; ``size`` is the number of records it covers, 0 where there is none."""

    def __init__(self, book: CachedBook) -> None:
        self._file = CacheFile(book, PART, SCHEMA)
        self._parts: dict[str, list[int]] = {}
        self.size = 0
        try:
            self._load()
        except (*FAILED, ValueError, msgspec.MsgspecError) as why:
            self._file.distrust(why)
            self._parts, self.size = {}, 0

    @property
    def usable(self) -> bool:
        """False where nothing can be kept, now or later."""
        return self._file.usable

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _load(self) -> None:
        """The manifests of all parts, each after the one before."""
        if not self._file.size:
            return
        at = 0
        for until, since, places in self._file.rows(
            "SELECT until, since, places FROM cached_parts ORDER BY until"
        ):
            if since != at:
                raise ValueError("a part of the cache is missing")
            for place in _names.decode(unsealed(_part_name(since, until), places)):
                self._parts.setdefault(place, []).append(until)
            at = until
        if at != self._file.size:
            raise ValueError("the last part of the cache is missing")
        self.size = at

    def read(self, place: str) -> list[Kept]:
        """Records that bear on decisions about a place, in the order of the log; ``ValueError`` where they
        are not as they were kept.
        """
        try:
            found = dict(self._file.rows("SELECT until, items FROM cached_marks WHERE place = ?", place))
            return [kept for until in self._parts.get(place, ()) for kept in _part(place, until, found)]
        except (*FAILED, msgspec.MsgspecError) as why:
            raise ValueError(str(why)) from why

    def keep(self, records: Iterable[Record], until: int) -> None:
        """Add the part up to ``until``: its records that bear on decisions."""
        places: dict[str, list[bytes | _Read]] = {}
        for record in records:
            places.setdefault(record.place, []).append(_item(record))
        part = (until, self.size, sealed(_part_name(self.size, until), _encode(sorted(places))))
        marks = [
            (place, until, sealed(_name(place, until), _encode(items))) for place, items in places.items()
        ]
        done = self._file.keep(
            [
                ("INSERT OR REPLACE INTO cached_parts VALUES (?,?,?)", [part]),
                ("INSERT OR REPLACE INTO cached_marks VALUES (?,?,?)", marks),
            ]
        )
        if done:
            for place in places:
                self._parts.setdefault(place, []).append(until)
            self.size = until


def carry_over(book: CachedBook, path: Path) -> None:
    """Put a book's cache of the register into the cache file that takes the place of the book's."""
    kept = book.directory / CACHE
    if kept.is_file():
        file = CacheFile(book, PART, SCHEMA, path)
        file.adopt(kept)
        file.close()


def _part(place: str, until: int, found: Mapping[int, bytes]) -> Iterator[Kept]:
    if until not in found:
        raise ValueError("a place of the cache is missing")
    return map(_kept, _items.decode(unsealed(_name(place, until), found[until])))


def _part_name(since: int, until: int) -> bytes:
    return f"part/{VERSION}/{since}/{until}".encode()


def _name(place: str, until: int) -> bytes:
    return f"marks/{place}/{until}".encode()


def _item(record: Record) -> bytes | _Read:
    found = covered(record)
    if found is None:
        return leaf_format.encode(record)
    meter, readings = found
    return _Read(meter, *readings, record.corrects or ())


def _kept(item: bytes | _Read) -> Kept:
    if isinstance(item, bytes):
        return kept(leaf_format.decode(item))
    return Kept(item.id, item.corrects, (), (item.meter, MeterCoverage(*item[1:5])))
