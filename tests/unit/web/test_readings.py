"""Agents at machines and meters post what these write; the service reads it as ``import`` does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.app.access import tokens
from ledger.app.book.book import Book
from ledger.app.book.evidence import evidence
from ledger.app.host.clock import Seeded
from tests.support.route_examples import MINER
from tests.support.serving import API, NOW_US, Served, copied, serving

MINERS = f"{API}/readings/miners?site=s1&block=m1&hold=15min"
SCOPES = {
    "collector": ("agent", ("site=s1", "kind=hashrate-changed")),
    "logger": ("agent", ("site=s1", "kind=incident-opened")),
    "elsewhere": ("agent", ("site=s2", "kind=hashrate-changed")),
}


@pytest.fixture(scope="module")
def served(kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, dict[str, str]]]:
    place = copied(kept, tmp_path_factory.mktemp("readings") / "book")
    with Book.open(place, write=True, surroundings=Seeded("readings", NOW_US)) as book:
        secrets = {
            name: tokens.grant(book, name, role, words, 30, name.encode().ljust(32, b"-")).secret
            for name, (role, words) in SCOPES.items()
        }
    with serving(place) as found:
        yield found, secrets


def posted(served: tuple[Served, dict[str, str]], agent: str, path: str, body: Any) -> Any:
    found, secrets = served
    with found.client() as client:
        client.headers["Authorization"] = f"Bearer {secrets[agent]}"
        return client.post(path, **({"content": body} if isinstance(body, bytes) else {"json": body}))


def test_a_poll_of_miners_is_recorded_once(served: tuple[Served, dict[str, str]]) -> None:
    """The collector does not know whether its first try arrived, and posts it again."""
    first, again = (posted(served, "collector", MINERS, MINER) for _ in range(2))
    assert (first.status_code, again.status_code, again.json()["index"]) == (201, 200, first.json()["index"])


def test_the_document_is_kept_as_evidence(served: tuple[Served, dict[str, str]]) -> None:
    answer = posted(served, "collector", MINERS, {**MINER, "datetime": "2026-06-05T01:00:00+00:00"})
    with Book.open(served[0].directory, write=False) as book:
        record = book.record_at(answer.json()["index"])
        assert record.source, "it names its document"
        document = evidence(book.directory, str(record.source.sha256))
    assert (record.actor, hashlib.sha256(document).hexdigest()) == ("collector", record.source.sha256)


def test_a_dry_run_records_nothing(served: tuple[Served, dict[str, str]]) -> None:
    size = served[0].size()
    answer = posted(
        served, "collector", f"{MINERS}&dry_run=true", {**MINER, "datetime": "2026-06-05T02:00:00+00:00"}
    )
    (shown,) = answer.json()["would_record"]
    assert ("hashrate=200TH/s" in shown["text"], served[0].size()) == (True, size)


@pytest.mark.parametrize(
    ("agent", "told"), [("logger", "record hashrate-changed"), ("elsewhere", "record at 's1'")]
)
def test_an_agent_posts_what_its_token_lists(
    agent: str, told: str, served: tuple[Served, dict[str, str]]
) -> None:
    answer = posted(served, agent, MINERS, MINER)
    assert (answer.status_code, f"the token {agent} has no right to {told}" in answer.text) == (403, True)


def test_a_site_of_others_is_refused_before_anything_is_read(served: tuple[Served, dict[str, str]]) -> None:
    """The answer tells neither that a site is there nor what meters it has."""
    foreign, missing = (
        posted(served, "collector", f"{API}/readings/greenbutton?site={site}&meter=r1", b"<x/>")
        for site in ("s2", "s9")
    )
    assert (foreign.status_code, foreign.text.replace("s2", "s9")) == (403, missing.text)


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        (MINERS, b'{"x":', "is not JSON"),
        (MINERS, b"[]", "holds no"),
        (f"{API}/readings/miners?site=s1", b"{}", "needs"),
        (f"{API}/readings/openadr?site=s1", b"{}", "format is one of csv, greenbutton, miners"),
    ],
)
def test_a_document_that_cannot_be_read_is_told(
    path: str, body: bytes, told: str, served: tuple[Served, dict[str, str]]
) -> None:
    answer = posted(served, "collector", path, body)
    assert (answer.status_code, told in answer.json()["detail"]) == (422, True)
