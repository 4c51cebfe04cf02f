"""Hostile bodies (TRUST): each is a clear 4xx within a second, the next request is served, and the log is as it
was.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Final

import pytest

from ledger.app.web import bodies, connections, guard
from ledger.app.web.api import live
from ledger.errors import Malformed
from tests.support.route_examples import INCIDENT
from tests.support.serving import API, Served

JSON: Final = {"Content-Type": "application/json"}
TEXT: Final = {"Content-Type": "text/plain"}
CLAIM: Final = (
    '{"kind":"incident-opened","at":"2026-06-05T00:00Z","site":"s1","body":{"incident":"i7","summary":%s}}'
)
READING: Final = '{"kind":"capacity-energized","at":"2026-06-05T00:00Z","site":"s1","body":{"power_w":%s}}'
BODIES: Final[dict[str, tuple[bytes, dict[str, str], int]]] = {
    "depth 100,000": (b"[" * 100_000, JSON, 422),
    "objects of depth 30,000": (b'{"a":' * 30_000 + b"1" + b"}" * 30_000, JSON, 422),
    "10 MB of {}": (b"[" + b"{}," * 3_400_000 + b"{}]", JSON, 413),
    "1 MB of {}": (b"[" + b"{}," * 340_000 + b"{}]", JSON, 422),
    "1,001 claims": (b"[" + b",".join([(CLAIM % '"x"').encode()] * 1_001) + b"]", JSON, 422),
    "nothing": (b"", JSON, 422),
    "an empty array": (b"[]", JSON, 422),
    "a key twice": (b'{"kind":"a","kind":"b"}', JSON, 422),
    "bad UTF-8": (b'{"kind":"\xff"}', JSON, 422),
    "bad UTF-8 in a story": (b"2026-06-05T00:00Z s1 incident-opened incident=i7 summary=\xff", TEXT, 422),
    "a byte order mark": (b"\xef\xbb\xbf{}", JSON, 422),
    "NUL": ((CLAIM % '"\\u0000"').encode(), JSON, 422),
    "a lone surrogate": ((CLAIM % '"\\ud800"').encode(), JSON, 422),
    "a bidi name": ((CLAIM % '"x"').replace("i7", "i\\u202e7").encode(), JSON, 422),
    "2^53": ((READING % (1 << 53)).encode(), JSON, 422),
    "2^64": ((READING % (1 << 64)).encode(), JSON, 422),
    "5,000 digits": ((READING % ("9" * 5_000)).encode(), JSON, 422),
    "1e999999": ((READING % "1e999999").encode(), JSON, 422),
    "NaN": ((READING % "NaN").encode(), JSON, 422),
    "-0.0": ((READING % "-0.0").encode(), JSON, 422),
    "a naive instant": ((CLAIM % '"x"').replace("00Z", "00").encode(), JSON, 422),
    "24:00": ((CLAIM % '"x"').replace("00:00Z", "24:00Z").encode(), JSON, 422),
    "a kind that names a module": (
        (CLAIM % '"x"').replace("incident-opened", "os:system").encode(),
        JSON,
        422,
    ),
    "a form": (b"kind=incident-opened", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
    "another charset": (b"{}", {"Content-Type": "application/json; charset=utf-16"}, 415),
    "a compressed body": (b"\x1f\x8b", {**JSON, "Content-Encoding": "gzip"}, 415),
    "a chunked body that is too large": (b"x" * (3 << 20), {**TEXT, "Transfer-Encoding": "chunked"}, 413),
}


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
