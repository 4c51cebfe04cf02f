"""The command ``serve`` as a process: its lock, its end, and where it may listen."""

from __future__ import annotations

import json
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from ledger.app.book.book import Book
from ledger.app.cli.main import main
from ledger.app.host.clock import Seeded
from ledger.app.web.server import Binding, check_binding, listen
from ledger.errors import Malformed
from ledger.records.ids import binary_id
from tests.support.route_examples import INCIDENT
from tests.support.serving import API, NOW_US, Served, copied, serving
from tests.support.small_book import said
from tests.unit.openadr.test_client import authority

ENDS_S = 30
AT_ONCE = (
    "from ledger.app.__main__ import run; from ledger.store.sqlite import store; store.LOCK_WAIT_S = 0; run()"
)
"""``wattledger`` that waits for no lock, where one is held for as long as the test waits."""


@contextmanager
def process(book: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """``wattledger serve`` and the address that it tells."""
    call = [sys.executable, "-m", "ledger.app", "--json", "--book", str(book), "serve", "--port", "0", *words]
    with subprocess.Popen(call, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        try:
            yield running, json.loads(running.stdout.readline())["address"]
        finally:
            running.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(number: signal.Signals, kept: Path, tmp_path: Path) -> None:
    """What was acknowledged is in the log, the exit code is 0, and the lock is free."""
    book = copied(kept, tmp_path / "book")
    with process(book, "--accept-clock") as (running, address):
        told = httpx.post(f"{address}{API}/records", json=INCIDENT, trust_env=False)
        running.send_signal(number)
        code = running.wait(ENDS_S)
    shown = CliRunner().invoke(main, ["--book", str(book), "log", "--kind", "incident-opened", "--ids"])
    assert (told.status_code, code, told.json()["id"] in shown.output) == (201, 0, True)


def test_a_command_beside_it_is_told_by_whom_the_book_is_held(kept: Path, tmp_path: Path) -> None:
    """An operator records with the command line while the server has the book: exit 5 names the server."""
    with serving(copied(kept, tmp_path / "book")) as served:
        call = ["--book", str(served.directory), "checkpoint"]
        done = subprocess.run(
            [sys.executable, "-c", AT_ONCE, *call], capture_output=True, text=True, check=False
        )
    assert (done.returncode, f"held by wattledger serve at {served.address}" in done.stderr) == (5, True)


def test_a_second_server_that_writes_does_not_start(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.store.sqlite.store.LOCK_WAIT_S", 0)
    with serving(copied(kept, tmp_path / "book")) as served:
        done = CliRunner().invoke(main, ["--book", str(served.directory), "serve", "--port", "0"])
    assert (done.exit_code, "held by wattledger serve" in done.stderr) == (5, True)


def test_a_port_that_is_taken_is_a_conflict(shown: Served) -> None:
    port = shown.address.rpartition(":")[2]
    done = CliRunner().invoke(main, ["--book", str(shown.directory), "serve", "--read-only", "--port", port])
    assert (done.exit_code, "Address already in use" in done.stderr) == (5, True)


def test_an_answer_does_not_wait_for_the_acknowledgment_of_its_first_part() -> None:
    """Python's event loop, which serves on Windows, turns the delay off on sockets that name their protocol."""
    with listen(Binding("127.0.0.1", 0)) as listening:
        assert listening.proto == socket.IPPROTO_TCP


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "ledger.example"])
def test_other_machines_are_not_served_in_plain_text(host: str) -> None:
    with pytest.raises(Malformed, match="--tls-cert and --tls-key, or --insecure-bind"):
        check_binding(Binding(host, 8080))


def test_beyond_loopback_everything_needs_a_token(kept: Path, tmp_path: Path) -> None:
    """Behind a proxy that does TLS the service listens on all addresses: without a token only its contract
    and its health are told.
    """
    binding = Binding("0.0.0.0", 0, insecure=True)
    with serving(copied(kept, tmp_path / "book"), binding) as served, served.client() as client:
        codes = [client.get(f"{API}/{name}").status_code for name in ("status", "records", "healthz")]
    assert codes == [401, 401, 200]


def test_it_speaks_tls(kept: Path, tmp_path: Path) -> None:
    certificate = authority(tmp_path)
    binding = Binding("localhost", 0, certificate, tmp_path / "key.pem")
    with serving(copied(kept, tmp_path / "book"), binding) as served:
        trusted = ssl.create_default_context(cafile=str(certificate))
        trusted.verify_flags &= ~ssl.VERIFY_X509_STRICT
        told = httpx.get(f"{served.address}{API}/healthz", verify=trusted, trust_env=False)
    assert (served.address.partition(":")[0], told.status_code) == ("https", 200)


def test_a_file_that_is_no_certificate_is_named(kept: Path, tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("no certificate\n")
    call = ["serve", "--port", "0", "--read-only", "--tls-cert", str(text), "--tls-key", str(text)]
    done = CliRunner().invoke(main, ["--book", str(kept), *call])
    assert (done.exit_code, str(text) in done.stderr) == (2, True)


def test_the_help_lists_every_route() -> None:
    from ledger.app.web.contract import ROUTES

    told = CliRunner().invoke(main, ["serve", "--help"]).output
    assert [route.path for route in ROUTES if f"{route.method} {route.path}" not in told] == []


def test_a_server_that_only_reads_shows_a_book_that_was_restored_under_it(kept: Path, tmp_path: Path) -> None:
    """An operator puts another copy of the book in the place of the one that is served: the next request
    shows it.
    """
    longer = copied(kept, tmp_path / "longer")
    with Book.open(longer, write=True, surroundings=Seeded("longer", NOW_US + 60_000_000)) as book:
        book.record(said('2026-06-05T00:00Z s1 incident-opened incident=i7 summary="x"'))
    with serving(copied(kept, tmp_path / "book"), read_only=True) as served, served.client() as client:
        before = client.get(f"{API}/status").json()["size"]
        for name in ("ledger.db", "ledger.head"):
            (longer / name).replace(served.directory / name)
        assert client.get(f"{API}/status").json()["size"] > before


def test_what_was_acknowledged_outlives_a_kill(kept: Path, tmp_path: Path) -> None:
    """The server is killed while eight agents post: every id that was acknowledged is in the log, and the
    book opens as ever.
    """
    book, told = copied(kept, tmp_path / "book"), list[str]()
    with process(book, "--accept-clock") as (running, address):

        def post(agent: int) -> None:
            with httpx.Client(base_url=address, trust_env=False) as client, suppress(httpx.HTTPError):
                for n in range(1_000):
                    fact = {**INCIDENT, "body": {"incident": f"k{agent}-{n}", "summary": "x"}}
                    told.append(client.post(f"{API}/records", json=fact).json()["id"])

        agents = [threading.Thread(target=post, args=(agent,)) for agent in range(8)]
        for agent in agents:
            agent.start()
        while len(told) < 40:
            time.sleep(0.01)
        running.kill()
        for agent in agents:
            agent.join()
    with Book.open(book, write=True, accept_clock=True) as opened:
        found = opened.store.indexes(map(binary_id, told))
    assert len(found) == len(told)


def test_the_systemd_unit_calls_the_command_as_it_is() -> None:
    """The unit under tools serves loopback with options that the command has."""
    unit = (Path(__file__).parents[3] / "tools" / "wattledger.service").read_text()
    (call,) = re.findall(r"^ExecStart=\S+ serve (.*)$", unit, re.MULTILINE)
    with main.commands["serve"].make_context("serve", call.split()) as ctx:
        assert (ctx.params["host"], ctx.params["port"], ctx.params["read_only"]) == ("127.0.0.1", 8080, False)
