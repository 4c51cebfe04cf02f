"""UmaDB through its Python client: a server of its own, one tag a stream, and a condition on each append that nobody
appended to the stream meanwhile.
"""

from __future__ import annotations

import importlib
import importlib.metadata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec

from tools.peers.readings import METERS, stream

encode = msgspec.json.encode
decode = msgspec.json.Decoder().decode


class Uma:
    """A client of a server at an address."""

    def __init__(self, folder: Path, address: str) -> None:
        self.uma: Any = importlib.import_module("umadb")
        self.client = self.uma.Client(address)
        self.queries = [self.uma.Query([self.uma.QueryItem(tags=[stream(meter)])]) for meter in range(METERS)]
        self.last: list[int | None] = [None] * METERS

    def about(self) -> dict[str, str]:
        """Its version; its server has no setting of durability to read back."""
        return {
            "version": importlib.metadata.version("umadb"),
            "class": "umadb.Client",
            "durability": "no setting; the file is synced before an append is answered",
        }

    def append(self, meter: int, before: int, readings: Sequence[Mapping[str, Any]]) -> None:
        """One call, refused if the stream has grown."""
        events = [self.uma.Event("reading", encode(one), [stream(meter)], uuid4()) for one in readings]
        condition = self.uma.AppendCondition(self.queries[meter], self.last[meter])
        self.last[meter] = self.client.append(events, condition)

    def reads(self) -> dict[str, Callable[[], int]]:
        """All events decoded, in their order; a counter of them."""
        return {"read": self._read, "project": self._project}

    def _events(self) -> Iterator[Any]:
        found = self.client.read()
        while page := found.next_batch():
            for one in page:
                yield one.event

    def _read(self) -> int:
        return sum(1 for one in self._events() if decode(one.data))

    def _project(self) -> int:
        found: Counter[str] = Counter()
        for one in self._events():
            found[one.tags[0]] += len(decode(one.data)["values"])
        return found.total()

    def close(self) -> None:
        """End its streams."""
        self.client.close()


opened = Uma
