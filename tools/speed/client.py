"""Clients of a service that cost little beside it: processes that each keep some connections busy over plain
sockets, and one that listens to the live log.

Requests are written whole and answers read by their Content-Length, without an HTTP library: on a machine of
two cores a client that parses as much as the server takes half of what is measured.
"""

from __future__ import annotations

import multiprocessing
import selectors
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from multiprocessing.connection import Connection
from typing import Any, Final, NamedTuple

Address = tuple[str, int]
Requests = Callable[[int, int], Iterator[bytes]]
"""``requests(client, clients)``: the requests of one of several client processes."""
PROCESSES: Final = 2
READ_BYTES: Final = 65_536


class Load(NamedTuple):
    """What clients saw: seconds from the first request to the last answer, the seconds of each answer, and
    how many answers had each status.
    """

    wall_s: float
    answers_s: list[float]
    statuses: dict[int, int]


def request(
    address: Address, method: str, path: str, body: bytes = b"", kind: str = "application/json"
) -> bytes:
    """The bytes of a request."""
    head = f"{method} {path} HTTP/1.1\r\nHost: {address[0]}:{address[1]}\r\n"
    if body:
        head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    return f"{head}\r\n".encode() + body


def load(address: Address, requests: Requests, count: int, connections: int) -> Load:
    """Send so many requests over so many connections, from processes of their own."""
    began = time.monotonic()
    clients = started(address, requests, count, connections)
    found = [client.answers() for client in clients]
    wall_s = time.monotonic() - began
    statuses: dict[int, int] = {}
    for _, counted in found:
        for status, times in counted.items():
            statuses[status] = statuses.get(status, 0) + times
    return Load(wall_s, [one for answers, _ in found for one in answers], statuses)


class Client(NamedTuple):
    """A process that asks."""

    pipe: Connection
    process: Any

    def answers(self) -> tuple[list[float], dict[int, int]]:
        """The seconds of each answer and the number of each status, when it has asked everything."""
        found: tuple[list[float], dict[int, int]] = self.pipe.recv()
        self.process.join()
        return found


def started(address: Address, requests: Requests, count: int, connections: int) -> list[Client]:
    """Client processes that share the connections; they end with this process."""
    clients, found = min(PROCESSES, connections), []
    for n in range(clients):
        here, there = multiprocessing.Pipe()
        work = (there, address, islice(requests(n, clients), count // clients), connections // clients)
        process = multiprocessing.get_context("fork").Process(target=_client, args=work, daemon=True)
        process.start()
        there.close()
        found.append(Client(here, process))
    return found


def _client(pipe: Connection, address: Address, requests: Iterator[bytes], connections: int) -> None:
    """Keep connections busy until the requests are used up."""
    selector = selectors.DefaultSelector()
    answers: list[float] = []
    statuses: dict[int, int] = {}
    for _ in range(connections):
        one = _Line(address)
        if one.ask(next(requests, None)):
            selector.register(one.socket, selectors.EVENT_READ, one)
    while selector.get_map():
        for key, _ in selector.select():
            line: _Line = key.data
            status = line.read()
            if status is None:
                continue
            answers.append(time.monotonic() - line.asked_s)
            statuses[status] = statuses.get(status, 0) + 1
            if not line.ask(next(requests, None)):
                selector.unregister(line.socket)
                line.socket.close()
    pipe.send((answers, statuses))


class _Line:
    """One connection, which asks again when it was answered."""

    def __init__(self, address: Address) -> None:
        self.socket = socket.create_connection(address, 30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._had, self.asked_s, self.body = b"", 0.0, b""

    def ask(self, data: bytes | None) -> bool:
        """Send a request; False where there is none left."""
        if data is None:
            return False
        self._had, self.asked_s = b"", time.monotonic()
        with suppress(ConnectionError):  # who is refused early is answered before all was sent
            self.socket.sendall(data)
        return True

    def read(self) -> int | None:
        """Take what came; the status once the answer is whole."""
        more = self.socket.recv(READ_BYTES)
        if not more:
            raise ConnectionError("the server closed a connection that waited for an answer")
        self._had += more
        head, found, body = self._had.partition(b"\r\n\r\n")
        if not found:
            return None
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        self.body = body
        return int(head[9:12]) if len(body) >= length else None


def ask(address: Address, data: bytes) -> tuple[int, bytes, float]:
    """The status and body of one answer on a connection of its own, and its seconds."""
    line = _Line(address)
    line.ask(data)
    while (status := line.read()) is None:
        pass
    line.socket.close()
    return status, line.body, time.monotonic() - line.asked_s


class Listener:
    """A process that follows the live log and notes when the event of each log size came."""

    def __init__(self, address: Address) -> None:
        self._here, there = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("fork").Process(
            target=_listen, args=(there, address), daemon=True
        )
        self._process.start()
        self._here.recv()

    def came_s(self) -> dict[int, float]:
        """When the event after which the log has a size came, by that size; the process ends."""
        self._here.send(None)
        found: dict[int, float] = self._here.recv()
        self._process.join()
        return found


def _listen(pipe: Connection, address: Address) -> None:
    line, had, came = socket.create_connection(address, 30), b"", {}
    line.sendall(
        request(address, "GET", "/api/v1/live").replace(b"\r\n\r\n", b"\r\nAccept: text/event-stream\r\n\r\n")
    )
    while b"retry:" not in had:
        had += line.recv(READ_BYTES)
    pipe.send(None)
    line.settimeout(0.2)
    while not pipe.poll():
        try:
            had += line.recv(READ_BYTES)
        except TimeoutError:
            continue
        *whole, had = had.split(b"\n\n")
        now_s = time.monotonic()
        for event in whole:
            for part in event.split(b"\n"):
                if part.startswith(b"id: "):
                    came[int(part[4:])] = now_s
    pipe.send(came)
