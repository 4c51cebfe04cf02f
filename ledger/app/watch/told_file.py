"""Findings and delivered alerts: a file beside the rules, one JSON object a line, append-only.

A finding is written before its alert is sent, with the whole alert, and once more when it has been delivered.
So a run that is killed loses none: the next one sends those without a second line. A line that was cut short
is dropped. If a run is killed while an alert is on its way, its arrival is unknown: it is sent again with the
same ``alert``, by which a receiver drops a duplicate.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

import msgspec

from ledger.app.host.files import PRIVATE
from ledger.errors import Conflict, Malformed
from ledger.records.strict_json import parse_json


class ToldFile:
    """The file, held by one watcher at a time; ``pending`` are alerts to be sent, oldest first, by id."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.is_new = not path.exists()
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, PRIVATE)
        self.known: set[str] = set()
        self.pending: dict[str, dict[str, Any]] = {}
        try:
            self._hold()
            self._read()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, alerts: Iterable[dict[str, Any]]) -> None:
        """Keep new alerts until they are delivered; leave out those that are known already."""
        new = {alert["alert"]: alert for alert in alerts if alert["alert"] not in self.known}
        self._write({"found": alert} for alert in new.values())
        self.known |= new.keys()
        self.pending |= new

    def told(self, ids: Iterable[str]) -> None:
        """Mark alerts as delivered, or as not to be sent."""
        ids = list(ids)
        self._write({"told": id_} for id_ in ids)
        for id_ in ids:
            self.pending.pop(id_, None)

    def _hold(self) -> None:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(f"{self._path} is held by another watch; one at a time keeps it") from None

    def _read(self) -> None:
        data = self._path.read_bytes()
        whole = data.rfind(b"\n") + 1
        for number, line in enumerate(data[:whole].splitlines(), 1):
            try:
                self._take(parse_json(line))
            except (Malformed, KeyError, TypeError):
                raise Malformed(
                    f"{self._path}:{number}: not a line that watch wrote; name another file with --state"
                ) from None
        if whole < len(data):
            if not data[whole:].startswith(b"{"):
                raise Malformed(f"{self._path}: not a file that watch wrote; name another with --state")
            os.ftruncate(self._descriptor, whole)

    def _take(self, line: Any) -> None:
        if "told" in line:
            self.pending.pop(line["told"], None)
            return
        alert = line["found"]
        self.known.add(alert["alert"])
        self.pending[alert["alert"]] = alert

    def _write(self, lines: Iterable[dict[str, Any]]) -> None:
        data = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
        if data:
            view = memoryview(data)
            while view:
                view = view[os.write(self._descriptor, view) :]
            os.fsync(self._descriptor)
