"""A PostgreSQL server of our own for tests, from Debian's package: started once in a run, gone with it.

It runs as ``nobody`` where tests run as root, since PostgreSQL refuses root; listens on a socket in its folder
alone, and does without fsync, as what is lost with the power is no matter here. Its standby never answers:
whoever asks to wait for it (``WAITS``) waits. A shell ends the server when the run that started it is no more.
"""

from __future__ import annotations

import os
import pwd
import secrets
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from ledger.store.open import schema_script
from tests.support import in_memory
from tests.support.once import made_once

FOUND: Final = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
PORT: Final = 5432
ROLE: Final = "wattledger"
UNPRIVILEGED: Final = "nobody"
SETTINGS: Final = """
listen_addresses = ''
unix_socket_directories = '{folder}'
shared_buffers = 16MB
max_connections = 60
autovacuum = off
wal_level = replica
max_wal_senders = 4
fsync = {fsync}
timezone = 'America/New_York'
synchronous_commit = local
synchronous_standby_names = 'silent'
"""
WAITS: Final = "&options=-csynchronous_commit%3Don"
"""What makes the sessions of an address wait for the standby."""
KEEPER: Final = """
"$@" & server=$!
while kill -0 {run} 2>/dev/null && kill -0 $server 2>/dev/null; do sleep 0.5; done
kill -INT $server 2>/dev/null; wait $server; kill -0 {run} 2>/dev/null || rm -rf {folder}
"""


class Server(NamedTuple):
    """A running server: its folder, which holds data and socket."""

    folder: Path

    def address(self, schema: str, role: str = ROLE) -> str:
        """The address of a book's records, as ``--store`` takes it."""
        return f"postgresql://{role}@/postgres?host={self.folder}&schema={schema}"

    def as_owner(self, **more: Any) -> Any:
        """A connection of the superuser."""
        import psycopg

        return psycopg.connect(f"postgresql://postgres@/postgres?host={self.folder}", autocommit=True, **more)

    def new_schema(self) -> str:
        """The address of a schema that was just made as ``init --sql`` says."""
        address = self.address(f"t_{secrets.token_hex(6)}")
        with self.as_owner() as owner:
            owner.execute(schema_script(address))
        return address


def check_there() -> None:
    """Leave a test out where PostgreSQL or psycopg is not installed."""
    pytest.importorskip("psycopg", reason="not run: psycopg is not installed")
    if not FOUND:
        pytest.skip(
            "not run: PostgreSQL is not installed (apt-get install postgresql)", allow_module_level=True
        )


def server(factory: pytest.TempPathFactory) -> Server:
    """The server of this run of the tests."""
    check_there()

    def make(folder: Path) -> None:
        place = start("off")
        with Server(place).as_owner() as owner:
            owner.execute(f"CREATE ROLE {ROLE} LOGIN")
        (folder / "place").write_text(str(place))

    return Server(Path((made_once(factory, "postgres", make) / "place").read_text()))


def start(fsync: str, more: str = "", *, run: int | None = None) -> Path:
    """The folder of a server that was just started, and ends with the run."""
    place = in_memory.FOLDER if in_memory.has_room() and fsync == "off" else tempfile.gettempdir()
    folder = Path(tempfile.mkdtemp(prefix="wattledger-postgres-", dir=place))
    folder.chmod(0o755)
    give(folder)
    binaries = FOUND[-1].parent
    how = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"]
    ran([str(binaries / "initdb"), "-D", str(folder / "data"), *how])
    with (folder / "data" / "postgresql.conf").open("a") as file:
        file.write(SETTINGS.format(folder=folder, fsync=fsync) + more)
    run = run or (os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid())
    keep(folder, folder / "data", run)
    return folder


def keep(folder: Path, data: Path, run: int, port: int = PORT) -> subprocess.Popen[bytes]:
    """Start a server and wait until it answers; a shell ends it when the process ``run`` is gone."""
    binaries = FOUND[-1].parent
    log = (folder / f"{data.name}.log").open("ab")
    shell = subprocess.Popen(
        [
            "sh",
            "-c",
            KEEPER.format(run=run, folder=folder),
            "sh",
            *dropped(),
            str(binaries / "postgres"),
            *("-D", str(data), "-p", str(port)),
        ],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    log.close()
    ready = [str(binaries / "pg_isready"), "-q", "-h", str(folder), "-p", str(port)]
    for _ in range(600):
        if subprocess.run(ready, check=False).returncode == 0:
            return shell
        assert shell.poll() is None, (folder / f"{data.name}.log").read_text()
        time.sleep(0.05)
    raise AssertionError("the server did not start in 30 s")


def dropped() -> list[str]:
    """The words before a command that runs it as an unprivileged user, where this one is root."""
    if os.geteuid():
        return []
    return ["setpriv", "--reuid", UNPRIVILEGED, "--regid", "nogroup", "--clear-groups"]


def give(path: Path) -> None:
    """Make the unprivileged user the owner of a path."""
    if not os.geteuid():
        user = pwd.getpwnam(UNPRIVILEGED)
        os.chown(path, user.pw_uid, user.pw_gid)


def ran(command: list[str]) -> None:
    """Run a command as the unprivileged user; what it prints is shown where it fails."""
    done = subprocess.run([*dropped(), *command], capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, f"{command[0]}: {done.stderr or done.stdout}"
