"""The peer: eventsourcing's own application on SQLite, one event a save, behind the server stack that the
ledger uses (Starlette on uvicorn, its parser and loop, bodies by msgspec).

    python -m tools.speed.peer FOLDER

Its environment is passed explicitly: without it the library keeps everything in memory. One thread saves, as
SQLite takes one writer at a time.
"""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from starlette.requests import Request
from starlette.responses import Response

from tools.speed.stack import serve


class Block(Aggregate):
    """A load block whose hashrate changes."""

    @event("HashrateChanged")
    def changed(self, at: str, hashrate_ghs: int, power_w: int, units_hashing: int) -> None:
        """Take in a change."""
        self.hashrate_ghs = hashrate_ghs


class Change(msgspec.Struct):
    """The body of a request, as the ledger is sent it."""

    kind: str
    at: str
    site: str
    body: dict[str, Any]


def main() -> None:
    """Serve until it is ended."""
    path = Path(sys.argv[1]) / "peer.db"
    app: Application[UUID] = Application(
        env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path)}
    )
    block, saver = Block(), ThreadPoolExecutor(1)
    app.save(block)
    decode = msgspec.json.Decoder(Change).decode

    def save(change: Change) -> int:
        said = change.body
        block.changed(change.at, said["hashrate_ghs"], said["power_w"], said["units_hashing"])
        app.save(block)
        return int(block.version)

    async def post(request: Request) -> Response:
        change = decode(await request.body())
        version = await asyncio.get_running_loop().run_in_executor(saver, save, change)
        return Response(msgspec.json.encode({"version": version}), 201, media_type="application/json")

    serve(post)


if __name__ == "__main__":
    main()
