"""Where the stores of others live for one run: packages of the indexes in a temporary folder, and servers that end
with the run.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

from ledger.store.open import schema_script
from tests.support import postgres

UMADB, EMMETT, PONGO = "0.7.8", "0.42.0", "0.16.11"
HERE: Final = Path(__file__).parent
SETTINGS: Final = """
synchronous_standby_names = ''
synchronous_commit = on
shared_buffers = 128MB
max_wal_size = 2GB
autovacuum = on
"""
"""What a server of its own has in place of the tests': it commits alone, and has PostgreSQL's own sizes."""


class NotRun(Exception):
    """Why a store cannot be measured here."""


class Place(NamedTuple):
    """The words that start a worker, what else runs for it, and what its store takes on the disk."""

    words: list[str]
    environment: dict[str, str]
    servers: list[subprocess.Popen[bytes] | int]
    disk: Callable[[], int]


def ours_sqlite(folder: Path) -> Place:
    """A book in a file."""
    return _python("ours", folder)


def ours_postgres(folder: Path) -> Place:
    """A book in a server of its own, in a schema that the role may only insert into and select from."""
    server, process = _postgres()
    address = server.address("peers")
    with server.as_owner() as owner:
        owner.execute(f"CREATE ROLE {postgres.ROLE} LOGIN")
        owner.execute(schema_script(address))
    return _python("ours", folder, address, servers=[process], disk=lambda: _size_of(server, "postgres"))


def sourcing_sqlite(folder: Path) -> Place:
    """eventsourcing on a file."""
    return _python("sourcing", folder)


def sourcing_postgres(folder: Path) -> Place:
    """eventsourcing on a server of its own."""
    server, process = _postgres()
    address = f"{server.folder},postgres"
    return _python("sourcing", folder, address, servers=[process], disk=lambda: _size_of(server, "postgres"))


def raw(folder: Path) -> Place:
    """The limit."""
    return _python("raw", folder)


def uma(folder: Path) -> Place:
    """UmaDB's wheel, and its server."""
    packages = folder / "packages"
    installer = ["uv", "pip"] if shutil.which("uv") else [sys.executable, "-m", "pip"]
    _installed([*installer, "install", "--quiet", "--target", str(packages), f"umadb=={UMADB}"], "umadb")
    environment = {"PYTHONPATH": str(packages)}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    data = folder / "uma.db"
    started = "import sys, umadb; umadb.run_server_from_args(['umadb', *sys.argv[1:]])"
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-c", started, "--listen", f"127.0.0.1:{port}", "--db-path", str(data)],
            env=os.environ | environment,
            stdout=log,
            stderr=log,
        )
    for _ in range(200):
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                break
        if server.poll() is not None:
            raise NotRun(f"UmaDB's server ended: {(folder / 'server.log').read_text()[-200:]}")
        time.sleep(0.05)
    return _python(
        "uma",
        folder,
        f"http://127.0.0.1:{port}",
        environment=environment,
        servers=[server],
        disk=lambda: _on_disk(data),
    )


def emmett(folder: Path) -> Place:
    """Emmett's packages, and a server of its own."""
    if not (shutil.which("node") and shutil.which("npm")):
        raise NotRun("Node is not installed")
    scope = "@event-driven-io"
    packages = [f"{scope}/emmett@{EMMETT}", f"{scope}/emmett-postgresql@{EMMETT}", f"{scope}/pongo@{PONGO}"]
    quiet = ["--silent", "--no-audit", "--no-fund"]
    _installed(["npm", "install", *quiet, "--prefix", str(folder), *packages], "Emmett")
    shutil.copy(HERE / "emmett.mjs", folder)
    server, process = _postgres()
    address = f"postgresql://postgres@localhost/postgres?host={server.folder}"
    words = ["node", "--max-old-space-size=8000", str(folder / "emmett.mjs"), address, EMMETT]
    return Place(words, {}, [process], lambda: _size_of(server, "postgres"))


PLACES: Final[dict[str, Callable[[Path], Place]]] = {
    "wattledger, SQLite": ours_sqlite,
    "wattledger, PostgreSQL": ours_postgres,
    "eventsourcing, SQLite": sourcing_sqlite,
    "eventsourcing, PostgreSQL": sourcing_postgres,
    "Emmett, PostgreSQL": emmett,
    "UmaDB": uma,
    "raw sqlite3": raw,
}
"""Every store, by what the tables call it; a new one is a function and a line."""


def _python(
    peer: str,
    folder: Path,
    *address: str,
    environment: dict[str, str] | None = None,
    servers: list[subprocess.Popen[bytes] | int] | None = None,
    disk: Callable[[], int] | None = None,
) -> Place:
    words = [sys.executable, str(HERE / "worker.py"), peer, str(folder), *address]
    return Place(words, environment or {}, servers or [], disk or (lambda: _on_disk(folder)))


def _installed(words: list[str], what: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no reason given"]
        raise NotRun(f"{what} cannot be installed: {last[0][:200]}")


def _postgres() -> tuple[postgres.Server, int]:
    """A server in a temporary folder, and the process that all of its others are children of."""
    if not postgres.FOUND or find_spec("psycopg") is None:
        raise NotRun("PostgreSQL or psycopg is not installed")
    folder = postgres.start("on", SETTINGS, run=os.getpid())
    pid = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
    return postgres.Server(folder), pid


def _size_of(server: postgres.Server, database: str) -> int:
    with server.as_owner() as owner:
        return int(owner.execute("SELECT pg_database_size(%s)", (database,)).fetchone()[0])


def _on_disk(path: Path) -> int:
    """Bytes that a file, or the files of a folder, take up: the length of a file may not be written yet."""
    files = [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
    return sum(one.stat().st_blocks * 512 for one in files if "strace" not in one.name)
