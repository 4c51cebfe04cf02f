"""eventsourcing's own application, one aggregate a meter, on SQLite or PostgreSQL.

Its environment is passed explicitly: without it the library keeps everything in memory, and the class of its
recorder shows that it does not. Its SQLite store leaves ``synchronous`` to SQLite, which is FULL.
"""

from __future__ import annotations

import importlib.metadata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from tools.peers.durability import of_postgres, of_sqlite
from tools.peers.readings import METERS, stream

PAGE = 5_000


class Meter(Aggregate):
    """A meter that is read."""

    def __init__(self, stream: str) -> None:
        self.stream, self.read = stream, 0

    @event("Reading")
    def take(
        self,
        site: str,
        meter: str,
        start: str,
        interval_s: int,
        power_of_ten: int,
        values: list[int],
        quality: list[int],
    ) -> None:
        """Take in a reading."""
        self.read += len(values)


class Sourcing:
    """The application, with its meters in memory as a server would have them."""

    def __init__(self, folder: Path, address: str = "") -> None:
        module = "postgres" if address else "sqlite"
        settings = {"PERSISTENCE_MODULE": f"eventsourcing.{module}"}
        if address:
            host, database = address.split(",")
            settings |= {"POSTGRES_HOST": host, "POSTGRES_DBNAME": database, "POSTGRES_PORT": "5432"}
            settings |= {"POSTGRES_USER": "postgres", "POSTGRES_PASSWORD": "none"}
        else:
            settings["SQLITE_DBNAME"] = str(folder / "peer.db")
        self.app: Application[UUID] = Application(env=settings)
        found = type(self.app.recorder).__module__
        assert found == f"eventsourcing.{module}", f"the library stores with {found}"
        self.meters = [Meter(stream(n)) for n in range(METERS)]
        self.app.save(*self.meters)

    def about(self) -> dict[str, str]:
        """The library's version and the recorder's class, and what its own connection says."""
        store: Any = self.app.recorder
        kind = type(store)

        def ask(said: str) -> object:
            with store.datastore.transaction(commit=False) as cursor:
                cursor.execute(said)
                return next(iter(dict(cursor.fetchone()).values()))

        return {
            "version": importlib.metadata.version("eventsourcing"),
            "class": f"{kind.__module__}.{kind.__name__}",
            "durability": (of_sqlite if kind.__module__.endswith("sqlite") else of_postgres)(ask),
        }

    def append(self, meter: int, before: int, readings: Sequence[Mapping[str, Any]]) -> None:
        """One save of one aggregate."""
        taking = self.meters[meter]
        for one in readings:
            taking.take(**one)
        self.app.save(taking)

    def reads(self) -> dict[str, Callable[[], int]]:
        """All events as objects, in the order of notifications; a counter of them."""
        return {"read": self._read, "project": self._project}

    def _events(self) -> Iterator[Any]:
        start: int | None = 1
        while start is not None:
            page = self.app.recorder.select_notifications(start, PAGE)
            yield from map(self.app.mapper.to_domain_event, page)
            start = page[-1].id + 1 if len(page) == PAGE else None

    def _read(self) -> int:
        return sum(1 for one in self._events() if hasattr(one, "values"))

    def _project(self) -> int:
        found: Counter[UUID] = Counter()
        for one in self._events():
            if hasattr(one, "values"):
                found[one.originator_id] += len(one.values)
        return found.total()

    def close(self) -> None:
        """Close its connections."""
        self.app.close()


opened = Sourcing
