"""A book of wattledger, in SQLite or in PostgreSQL: each reading is decided by the rules, hashed into the trees of
its stream and of the log, and the head is synced beside the database.

``read`` and ``project`` hash every record and compare it with the tree before it is handed on. A rebuild folds the
log from the first record into files of its own: ``rebuild-rows`` one row kind (the first fact of each stream and day),
``rebuild-all`` every report, as the command does.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from ledger import calendar
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.cache.row_cache import RowCache
from ledger.app.host.clock import Seeded
from ledger.app.queries.report_run import EXTENT, folded, registry_at
from ledger.app.read_models.rebuild import rebuild
from ledger.kinds import CURRENT, IntervalsRecorded
from ledger.records.envelope import Claim, make_claim
from ledger.store.database_store import DatabaseStore
from tools.peers.durability import of_postgres, of_sqlite
from tools.peers.readings import METERS, START

PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
CLOCK_US = calendar.instant_s("2027-06-01T00:00:00Z") * 1_000_000


class Ours:
    """A book, open for writing."""

    def __init__(self, folder: Path, address: str = "") -> None:
        self.folder = folder / "book"
        settings = Config("example.com/peers", backend=address) if address else Config("example.com/peers")
        self.book = Book.create(self.folder, settings, surroundings=Seeded("peers", CLOCK_US))
        outcome = self.book.record([Said(one) for n in range(METERS) for one in _opening(f"site-{n:02d}")])
        assert not outcome.problems, outcome.problems[0]
        self.recorded = 0

    def about(self) -> dict[str, str]:
        """The program's version and the store behind its port."""
        store = self.book.store
        assert isinstance(store, DatabaseStore)
        read_back = of_postgres if "postgres" in type(store).__module__ else of_sqlite
        return {
            "version": tomllib.loads(PROJECT.read_text())["project"]["version"],
            "class": f"{type(store).__module__}.{type(store).__name__}",
            "durability": read_back(lambda said: store._recorder.rows(said)[0][0]) + ", head file synced",
        }

    def append(self, meter: int, before: int, readings: Sequence[Mapping[str, Any]]) -> None:
        """Decide and append, one transaction for each 1,000."""
        claims = [claim("intervals-recorded", one["start"], one) for one in readings]
        outcome = self.book.record(list(map(Said, claims)))
        assert outcome.recorded == len(claims), outcome.problems[:1]
        self.recorded += len(claims)

    def reads(self) -> dict[str, Callable[[], int]]:
        """The records, verified; a counter; and two rebuilds."""
        return {
            "read": self._read,
            "project": self._project,
            "rebuild-rows": self._rows,
            "rebuild-all": self._all,
        }

    def _read(self) -> int:
        return sum(1 for record in self.book.records() if isinstance(record.body, IntervalsRecorded))

    def _project(self) -> int:
        found: Counter[str] = Counter()
        for record in self.book.records():
            if isinstance(record.body, IntervalsRecorded):
                found[record.stream] += len(record.body.values)
        return found.total()

    def _rows(self) -> int:
        book, path = self.book, self.folder.with_name("rows.db")
        registry = registry_at(book, book.store.size)
        count = 0
        with RowCache(book, path=path) as cache:
            for number, disclosure, size in folded(book, registry, tuple(registry.numbers), book.store.size):
                cache.rows(number, disclosure, size, [EXTENT])
                count += size
        path.unlink()
        assert count > self.recorded, "not every reading was folded"
        return self.recorded

    def _all(self) -> int:
        made = rebuild(self.book)
        assert made.fingerprints, "no report was made"
        assert made.size == self.book.store.size, "not every record was folded"
        made.path.unlink()
        return self.recorded

    def close(self) -> None:
        """Close the book."""
        self.book.close()


def _opening(site: str) -> Iterator[Claim]:
    at = f"{START - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
    place = {"county": "C", "state": "GA", "tz": "America/New_York", "balancing_authority": "SOCO"}
    more = {"name": site, "utility": "U", "parcels": ["p"], "site_class": "training"}
    yield claim("site-registered", at, {"site": site, **place, **more})
    meter = {"meter": "r1", "scope": "site", "role": "revenue", "direction": "delivered"}
    yield claim("meter-registered", at, {"site": site, **meter, "interval_s": 900})


def claim(kind: str, at: str, said: Mapping[str, Any]) -> Claim:
    tag = CURRENT[kind]
    body = {key: tuple(value) if isinstance(value, list) else value for key, value in said.items()}
    if kind == "intervals-recorded":  # its stream has its site
        del body["site"]
    return make_claim(tag, at, tag.body(**body), place=said["site"], disclosure=tag.disclosure, actor="peers")


opened = Ours
