"""The live log: events as records are taken, resumed where a client was."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.route_examples import INCIDENT
from tests.support.serving import API, Served, copied, serving


def events(client: httpx.Client, path: str = f"{API}/live", **request: Any) -> Iterator[dict[str, str]]:
    """Each event as its fields."""
    with client.stream("GET", path, **request) as answer:
        event: dict[str, str] = {}
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            if line:
                event[name] = value
            elif event:
                yield event
                event = {}


def test_a_record_comes_as_an_event_with_the_size_of_the_log(served: Served) -> None:
    """Who follows the log hears of a fact that somebody else records."""
    with served.client() as client, served.client() as other:
        following = events(client)
        begun = next(following)
        index = other.post(f"{API}/records", json=INCIDENT).json()["index"]
        heard = next(following)
    assert (begun["id"], heard["event"], heard["id"]) == (str(index), "record", str(index + 1))


def test_a_client_goes_on_after_the_event_it_saw_last(shown: Served) -> None:
    """A browser that lost its connection says Last-Event-ID, and misses nothing."""
    with shown.client() as client:
        following = events(client, headers={"Last-Event-ID": "5"})
        ids = [next(following)["id"] for _ in range(4)]
    assert ids == ["5", "6", "7", "8"]


def test_of_a_filtered_stream_the_size_still_moves_on(shown: Served) -> None:
    """Records that the filter leaves out are told by an event without them: a client that resumes does not
    read them again.
    """
    with shown.client() as client:
        following = events(client, f"{API}/live?since=0&kind=meter-registered")
        found = [next(following) for _ in range(3)]
    assert [event.get("event") for event in found] == [None, "record", "record"]


def test_an_id_that_is_no_size_is_refused(shown: Served) -> None:
    with shown.client() as client:
        assert client.get(f"{API}/live", headers={"Last-Event-ID": "x"}).status_code == 422


def test_lines_of_json_are_followed_too(shown: Served) -> None:
    """A program reads the raw stream, one record a line."""
    headers = {"Accept": "application/x-ndjson"}
    with shown.client() as client, client.stream("GET", f"{API}/live?since=4", headers=headers) as answer:
        line = next(line for line in answer.iter_lines() if line)
    assert '"index":4' in line


def test_streams_end_when_the_server_stops(kept: Path, tmp_path: Path) -> None:
    """A server that stops does not wait for whoever follows it."""
    ended = threading.Event()
    with serving(copied(kept, tmp_path / "book")) as served:

        def follow() -> None:
            with served.client() as client:
                for _ in events(client):
                    pass
            ended.set()

        threading.Thread(target=follow).start()
        while not served.listening.server._service.meters.streams:
            time.sleep(0.01)
    assert ended.wait(5)


@pytest.mark.parametrize("read_only", [False, True])
def test_a_server_that_only_reads_follows_the_one_that_writes(
    kept: Path, tmp_path: Path, read_only: bool
) -> None:
    """Two servers of one book: what is posted to the first comes out of either."""
    directory = copied(kept, tmp_path / "book")
    with serving(directory) as writer, serving(directory, read_only=True) as reader:
        heard_of = reader if read_only else writer
        with heard_of.client() as client, writer.client() as agent:
            following = events(client)
            next(following)
            posted = agent.post(f"{API}/records", json=INCIDENT).json()
            assert next(following)["id"] == str(posted["index"] + 1)


def test_the_stream_of_a_token_ends_when_it_is_revoked(served: Served) -> None:
    """An auditor follows the log; the administrator revokes the token, and nothing more is sent."""
    with served.client() as client, served.client() as other:
        tokens = f"{API}/tokens"
        admin = client.post(tokens, json={"name": "admin", "role": "admin"}).json()["secret"]
        other.headers["Authorization"] = f"Bearer {admin}"
        auditor = other.post(tokens, json={"name": "a1", "role": "auditor"}).json()["secret"]
        following = events(client, headers={"Authorization": f"Bearer {auditor}"})
        next(following)
        other.post(f"{tokens}/a1/revoke")
        assert list(following) == []


def test_a_stream_without_a_token_ends_when_the_book_has_its_first(served: Served) -> None:
    """From the first token on whoever sits at the machine needs one too."""
    with served.client() as client, served.client() as other:
        following = events(client)
        next(following)
        other.post(f"{API}/tokens", json={"name": "admin", "role": "admin"})
        assert list(following) == []
