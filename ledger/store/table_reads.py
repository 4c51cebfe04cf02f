"""What is read of a ledger's tables in the same words in every database, and the recorder that asks them.

Statements are SQL that SQLite and PostgreSQL both speak; ``?`` stands for a parameter and ``rowid`` for the
column of a record's index in the log, which a recorder writes as its database does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Protocol

from ledger.errors import Tampered
from ledger.log.forest import Forest
from ledger.store.port import DOCUMENTS, Entry, Seal, Section

PAGE: Final = 4096
IDS: Final = 500


class Tables(Protocol):
    """A recorder of eventsourcing over the ledger's tables; writes raise the library's ``PersistenceError``
    family.
    """

    def rows(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query as plain tuples."""
        ...

    def rows_at_once(self, statements: Sequence[str]) -> list[list[tuple[Any, ...]]]:
        """The rows of several queries as of one moment, whatever others write meanwhile."""
        ...

    def insert_entries(self, entries: Sequence[Entry]) -> None:
        """Insert records in one transaction, durable when this returns."""
        ...

    def insert_seal(
        self, seal: Seal, tiles: Sequence[tuple[int, int, bytes]], frontiers: dict[int, bytes]
    ) -> None:
        """Insert a seal and full tiles and put the frontiers in the place of those before, in one durable
        transaction.
        """
        ...

    def list_documents(self, digests: Iterable[str]) -> None:
        """List documents as kept."""
        ...

    def drop_document(self, digest: str) -> None:
        """Remove a document from the list."""
        ...

    def close(self) -> None:
        """Release the database."""
        ...


class TableReads:
    """The reading half of the port over a recorder's tables; ``_size`` is the number of records that the
    handle covers.
    """

    _recorder: Tables
    _size: int

    @property
    def forest(self) -> Forest:
        """The trees over the records that the handle covers."""
        raise NotImplementedError

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """Leaves of the log [start, stop), a page at a time."""
        for first in range(start, stop, PAGE):
            last = min(first + PAGE, stop)
            rows = self._recorder.rows(
                "SELECT state FROM records WHERE rowid >= ? AND rowid < ? ORDER BY rowid", (first, last)
            )
            if len(rows) != last - first:
                raise Tampered(f"records between {first} and {last} are missing; run fsck")
            yield from leaves_of(rows)

    def entries(self, start: int, stop: int) -> Iterator[Entry]:
        """The records [start, stop) as they were appended, a page at a time."""
        query = (
            "SELECT rowid, originator_id, originator_version, id, topic, state FROM records WHERE rowid >= ?"
            " AND rowid < ? ORDER BY rowid"
        )
        named: dict[int, list[bytes]] = {}
        for target, place in self._recorder.rows(
            "SELECT target, record FROM corrections WHERE record >= ? AND record < ? ORDER BY record, target",
            (start, stop),
        ):
            named.setdefault(place, []).append(target)
        for first in range(start, stop, PAGE):
            last = min(first + PAGE, stop)
            kept: dict[int, list[Section]] = {}
            for place, *section in self._recorder.rows(
                "SELECT record, name, salt, data FROM sections WHERE record >= ? AND record < ?"
                " ORDER BY record, name",
                (first, last),
            ):
                kept.setdefault(place, []).append(Section(*section))
            for place, stream, pos, id_, kind, leaf in self._recorder.rows(query, (first, last)):
                beside = tuple(named.get(place, ())), tuple(kept.get(place, ()))
                yield Entry(place, stream, pos, id_, kind, leaf, *beside)

    def read_stream(self, number: int, start: int, stop: int | None) -> Iterator[bytes]:
        """Leaves of a stream by position, a page at a time."""
        statement = (
            "SELECT state FROM records WHERE originator_id = ? AND originator_version >= ? AND"
            " originator_version < ? ORDER BY originator_version"
        )
        while stop is None or start < stop:
            end = start + PAGE if stop is None else min(start + PAGE, stop)
            rows = self._recorder.rows(statement, (number, start, end))
            yield from leaves_of(rows)
            start += PAGE
            if len(rows) < PAGE:
                return

    def stream_size_at(self, number: int, size: int) -> int:
        """Number of the first ``size`` records that belong to a stream, by binary search."""
        low, high = 0, self.forest.stream(number).size
        while low < high and size < self._size:
            middle = (low + high) // 2
            found = self._recorder.rows(
                "SELECT rowid FROM records WHERE originator_id = ? AND originator_version = ?",
                (number, middle),
            )
            if found and found[0][0] < size:
                low = middle + 1
            else:
                high = middle
        return high

    def stream_indexes(self, number: int, start: int, stop: int) -> list[int]:
        """Indexes in the log of the records [start, stop) of a stream: the index of streams holds them, so
        that no record is read.
        """
        statement = (
            "SELECT rowid FROM records WHERE originator_id = ? AND originator_version >= ? AND"
            " originator_version < ? ORDER BY originator_version"
        )
        return [place for (place,) in self._recorder.rows(statement, (number, start, stop))]

    def indexes(self, ids: Iterable[bytes]) -> dict[bytes, int]:
        """Indexes of the records with these ids."""
        return self._looked_up("SELECT id, rowid FROM records WHERE id", ids)

    def superseders(self, ids: Iterable[bytes]) -> dict[bytes, int]:
        """Those of these ids that are corrected, with the index of the correction."""
        return self._looked_up("SELECT target, record FROM corrections WHERE target", ids)

    def _looked_up(self, statement: str, ids: Iterable[bytes]) -> dict[bytes, int]:
        wanted = list(ids)
        found: dict[bytes, int] = {}
        for first in range(0, len(wanted), IDS):
            some = wanted[first : first + IDS]
            found.update(self._recorder.rows(f"{statement} IN ({','.join('?' * len(some))})", some))
        return found

    def corrections(self) -> Iterator[tuple[bytes, int]]:
        """Every corrected id with its corrector's index."""
        rows: list[Any] = self._recorder.rows("SELECT target, record FROM corrections ORDER BY target")
        return iter(rows)

    def read_sections(self, index: int) -> list[Section]:
        """The sections kept for a record."""
        rows = self._recorder.rows(
            "SELECT name, salt, data FROM sections WHERE record = ? ORDER BY name", (index,)
        )
        return [section for row in rows if (section := Section(*row)).is_held]

    def documents(self) -> set[str]:
        """The documents kept beside the records."""
        return {
            row[0] for row in self._recorder.rows("SELECT name FROM sections WHERE record = ?", (DOCUMENTS,))
        }

    def keeps_sections(self, streams: Iterable[int], size: int) -> bool:
        """True where a section is kept for any of the first ``size`` records that belongs to one of these
        streams.
        """
        numbers = sorted(streams)
        return any(
            self._recorder.rows(
                "SELECT 1 FROM sections CROSS JOIN records "  # CROSS: sections are few, records are not
                "WHERE records.rowid = record AND record < ? AND length(salt) > 0 AND originator_id IN"
                f" ({','.join('?' * len(some))})"
                " LIMIT 1",
                (size, *some),
            )
            for some in (numbers[first : first + IDS] for first in range(0, len(numbers), IDS))
        )

    def seals(self) -> list[Seal]:
        """Every seal over records that this handle covers, oldest first."""
        query = "SELECT size, note FROM seals WHERE size <= ? ORDER BY size"
        return [Seal(*row) for row in self._recorder.rows(query, (self._size,))]

    def tile(self, level: int, number: int) -> bytes | None:
        """A full tile of the main log."""
        rows = self._recorder.rows("SELECT hashes FROM tiles WHERE level = ? AND number = ?", (level, number))
        return rows[0][0] if rows else None


def leaves_of(rows: Sequence[tuple[Any, ...]]) -> list[bytes]:
    """The leaves in rows of one column; ``Tampered`` where one is not bytes."""
    leaves = [row[0] for row in rows]
    if set(map(type, leaves)) - {bytes}:
        raise Tampered("a record of the database holds no bytes; run fsck to find it")
    return leaves
