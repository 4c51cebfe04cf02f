"""Hostile bodies (TRUST): each is a clear 4xx within a second, the next request is served, and the log is as it
was.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from ledger.app.web import bodies, connections, guard
from ledger.app.web.api import live
from ledger.errors import Malformed
from tests.support.hostile import FILES
from tests.support.hostile_bodies import BODIES
from tests.support.route_examples import INCIDENT
from tests.support.serving import API, Served


def _parts(body: bytes) -> Iterator[bytes]:
    yield from (body[n : n + 65_536] for n in range(0, len(body), 65_536))


@pytest.mark.parametrize("name", BODIES)
def test_a_hostile_body_is_refused_and_the_log_is_as_it_was(name: str, shown: Served) -> None:
    body, headers, status = BODIES[name]
    before = shown.size()
    with shown.client() as client:
        chunked = "Transfer-Encoding" in headers
        content = _parts(body) if chunked else body
        sent = {name: value for name, value in headers.items() if name != "Transfer-Encoding"}
        told = client.post(f"{API}/records", content=content, headers=sent)
    with shown.client() as client:
        next_one = client.get(f"{API}/healthz").status_code
    assert (told.status_code, told.headers["content-type"], next_one, shown.size()) == (
        status,
        "application/problem+json",
        200,
        before,
    )


@pytest.mark.parametrize("type_", ["application/json", "text/plain"])
@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_as_any_type(name: str, type_: str, shown: Served) -> None:
    """The files that the command line and every importer are given, too."""
    before = shown.size()
    with shown.client() as client:
        told = client.post(f"{API}/records", content=FILES[name], headers={"Content-Type": type_})
    with shown.client() as client:
        next_one = client.get(f"{API}/healthz").status_code
    assert (told.status_code in (413, 415, 422), next_one, shown.size()) == (True, 200, before)


@pytest.mark.parametrize("path", ["query", "bundles"])
@pytest.mark.parametrize("name", FILES)
def test_a_hostile_question_is_refused(name: str, path: str, shown: Served) -> None:
    """Of the routes that take one JSON object."""
    with shown.client() as client:
        told = client.post(f"{API}/{path}", content=FILES[name], headers={"Content-Type": "application/json"})
    assert told.status_code in (413, 422)


def test_too_many_claims_are_counted_before_they_are_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The strict parser takes a second for a body that is refused anyway."""
    monkeypatch.setattr(bodies, "parse_json", lambda body: pytest.fail("it was parsed"))
    with pytest.raises(Malformed, match="at most 1,000 claims"):
        bodies._of_json(b"[" + b"{}," * 1_000 + b"{}]")


def test_a_body_that_does_not_end_is_given_up(shown: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client promises a hundred bytes, sends one, and keeps the connection: it is answered and closed."""
    monkeypatch.setattr(guard, "BODY_S", 0.2)
    host, port = shown.listening.socket.getsockname()[:2]
    with socket.create_connection((host, port), 10) as line:
        head = f"POST {API}/records HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
        line.sendall(f"{head}Content-Length: 100\r\n\r\n{{".encode())
        answer = b"".join(iter(lambda: line.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize("begun", [b"", b"GET /api/v1/status HT", b"GET / HTTP/1.1\r\nHost: x\r\nA: "])
def test_a_connection_on_which_no_request_comes_is_closed(
    begun: bytes, shown: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that holds connections open without asking does not keep others out."""
    monkeypatch.setattr(connections, "HEAD_S", 0.2)
    with socket.create_connection(shown.listening.socket.getsockname()[:2], 10) as line:
        line.sendall(begun)
        assert line.recv(1) == b""


@pytest.mark.parametrize(
    "begun",
    [
        f"GET {API}/status HTTP/1.1\r\nHost: ",
        "GET /",
        f"POST {API}/records HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nA: ",
        f"POST {API}/records HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;",
    ],
    ids=["a header", "a path", "a trailer", "a chunk's extension"],
)
def test_a_head_that_grows_for_ever_is_refused(begun: str, shown: Served) -> None:
    """The parser keeps what it was sent of a header until the header ends."""
    with socket.create_connection(shown.listening.socket.getsockname()[:2], 10) as line:
        line.sendall(begun.encode())
        with pytest.raises(ConnectionError):  # the server closed the connection, though more was coming
            line.sendall(b"x" * (64 << 20))


def test_a_head_in_pieces_is_a_head(shown: Served) -> None:
    """A slow line brings a request byte by byte: it is answered as any other."""
    host, port = shown.listening.socket.getsockname()[:2]
    with socket.create_connection((host, port), 10) as line:
        for byte in f"GET {API}/healthz HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode():
            line.sendall(bytes([byte]))
        assert line.recv(65_536).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "head",
    [
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 2\r\nContent-Length: 3\r\n",
        "Content-Length: +2\r\n",
        "Transfer-Encoding: chunked\r\n Content-Length: 2\r\n",
        "Content-Length : 2\r\n",
    ],
)
def test_a_request_that_two_parsers_would_divide_differently_is_refused(head: str, shown: Served) -> None:
    """Behind a proxy such a head smuggles a second request past its rules (RFC 9112 6.3)."""
    host, port = shown.listening.socket.getsockname()[:2]
    with socket.create_connection((host, port), 10) as line:
        start = f"POST {API}/records HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
        line.sendall(f"{start}{head}\r\n{{}}".encode())
        line.settimeout(10)
        answers = b"".join(iter(lambda: line.recv(65_536), b""))
    assert (answers[:12], answers.count(b"HTTP/1.1")) == (b"HTTP/1.1 400", 1)


def test_an_answer_that_takes_longer_is_not_cut(shown: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """The live log is silent for longer than a head may take: the stream goes on."""
    monkeypatch.setattr(connections, "HEAD_S", 0.2)
    monkeypatch.setattr(live, "HEARTBEAT_S", 0.5)
    with shown.client() as client, client.stream("GET", f"{API}/live") as stream:
        lines = stream.iter_lines()
        assert ": still here" in (next(lines) for _ in range(6))


# --- browsers -----------------------------------------------------------------------------------------------


def test_a_name_that_was_bound_to_loopback_by_another_site_is_not_this_server(shown: Served) -> None:
    """DNS rebinding: a page asks 127.0.0.1 under the name of its own site, to read the answer."""
    with shown.client() as client:
        assert client.get(f"{API}/status", headers={"Host": "evil.example"}).status_code == 421


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_page_of_another_origin_records_nothing(headers: dict[str, str], shown: Served) -> None:
    """A page posts story text as text/plain, which a browser sends anywhere without asking first."""
    with shown.client() as client:
        before = shown.size()
        told = client.post(f"{API}/records", json=INCIDENT, headers=headers)
    assert (told.status_code, shown.size()) == (403, before)


def test_a_page_of_this_server_may_record(served: Served) -> None:
    with served.client() as client:
        headers = {"Origin": served.address, "Sec-Fetch-Site": "same-origin"}
        assert client.post(f"{API}/records", json=INCIDENT, headers=headers).status_code == 201


def test_a_token_that_nobody_gave_opens_nothing(shown: Served) -> None:
    with shown.client() as client:
        told = client.get(f"{API}/status", headers={"Authorization": "Bearer x"})
    assert (told.status_code, told.headers["www-authenticate"]) == (401, 'Bearer realm="wattledger"')
