"""The service as a process: opens the book, then the socket, and stops in order when it is told to.

The socket is opened after the book, so that a server that starts refuses connections in place of answering
503. SIGTERM and SIGINT let it take no new connections, end the streams, answer what was begun and close the
book: then the writer's lock is free.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import signal
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import uvicorn

from ledger.app.host.memory import for_a_long_run
from ledger.app.web.application import application
from ledger.app.web.connections import TimedProtocol
from ledger.app.web.guard import LOOPBACK
from ledger.app.web.service import Service, ServiceSettings
from ledger.errors import Conflict, Malformed

STOP_S: Final = 10
SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
BACKLOG: Final = 512
CONNECTIONS: Final = 1_000


class Binding(NamedTuple):
    """The address that the service listens on, and how: TLS by certificate and key, or plainly."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None
    insecure: bool = False

    @property
    def is_loopback(self) -> bool:
        """True where only this machine can reach it."""
        if self.host in LOOPBACK:
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


class Listening(NamedTuple):
    """A service that can begin: its server, its socket, and the address to reach it at."""

    server: StoppingServer
    socket: socket.socket
    address: str


def serve(binding: Binding, settings: ServiceSettings, ready: Callable[[str], None]) -> None:
    """Serve until a signal; ``ready`` is told the address once connections are taken."""
    for_a_long_run()
    with opened(binding, settings) as found, asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(run_until_stopped(found, lambda: ready(found.address)))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The faster event loop, which Windows has not."""
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop


@contextmanager
def opened(binding: Binding, settings: ServiceSettings) -> Iterator[Listening]:
    """The book, then the socket; both are closed at the end."""
    check_binding(binding)
    with listen(binding) as listening:
        scheme = "https" if binding.certificate else "http"
        address = f"{scheme}://{_shown(binding.host)}:{listening.getsockname()[1]}"
        names = LOOPBACK | {binding.host.lower()} if binding.is_loopback else None
        service = Service(settings._replace(address=address, names=names, open_to_local=binding.is_loopback))
        try:
            yield Listening(StoppingServer(_config(service, binding), service), listening, address)
        finally:
            service.close()


def check_binding(binding: Binding) -> None:
    """``Malformed`` where others could reach the service and read what passes."""
    if (binding.certificate is None) != (binding.key is None):
        raise Malformed("TLS needs both --tls-cert and --tls-key")
    if not (binding.is_loopback or binding.certificate or binding.insecure):
        raise Malformed(
            f"--host {binding.host} can be reached from other machines: give --tls-cert and --tls-key, or"
            " --insecure-bind where a proxy in front does TLS"
        )


def listen(binding: Binding) -> socket.socket:
    """The socket, bound and not yet listening: until the book is open, connections are refused. ``Conflict``
    where another process listens there, ``Malformed`` where nobody can.
    """
    try:
        found = socket.getaddrinfo(binding.host, binding.port, type=socket.SOCK_STREAM)[0]
        # asyncio sends at once only on sockets that name TCP: else an answer waits 40 ms for the client's ACK
        listening = socket.socket(*found[:3])
    except OSError as why:
        raise Malformed(f"--host {binding.host}: {why.strerror or why}") from None
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(found[4])
    except OSError as why:
        listening.close()
        kind = Conflict if why.errno == errno.EADDRINUSE else Malformed
        raise kind(f"{_shown(binding.host)}:{binding.port}: {why.strerror or why}") from None
    return listening


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _config(service: Service, binding: Binding) -> uvicorn.Config:
    config = uvicorn.Config(
        application(service),
        http=TimedProtocol,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        backlog=BACKLOG,
        lifespan="on",
        limit_concurrency=CONNECTIONS,
        timeout_graceful_shutdown=STOP_S,
        ssl_certfile=binding.certificate,
        ssl_keyfile=binding.key,
    )
    try:
        config.load()
    except (ssl.SSLError, ValueError) as why:
        raise Malformed(f"--tls-cert {binding.certificate}: no certificate and key in PEM ({why})") from None
    return config


class StoppingServer(uvicorn.Server):
    """A server that ends streams when it stops, and leaves the end of the process to its caller."""

    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self._service = service

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop in order at SIGTERM and SIGINT; uvicorn would raise them again at its end. Signals come to the
        main thread only.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            loop.add_signal_handler(number, self.stop)
        try:
            yield
        finally:
            for number in SIGNALS:
                loop.remove_signal_handler(number)

    def stop(self) -> None:
        """Take no more connections and end the streams; called in the loop's thread."""
        self.should_exit = True
        self._service.head.close()


async def run_until_stopped(found: Listening, ready: Callable[[], None]) -> None:
    """Take connections until the server is stopped."""

    async def tell() -> None:
        while not found.server.started:
            await asyncio.sleep(0.01)
        ready()

    telling = asyncio.create_task(tell())
    await found.server.serve([found.socket])
    telling.cancel()
