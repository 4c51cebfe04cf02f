"""A server sends each checkpoint to the destinations of ``book.toml`` by itself."""

from __future__ import annotations

import time
from pathlib import Path

import httpx
import pytest

from ledger.app.book.book import Book
from ledger.errors import Malformed
from tests.support.alert_server import alert_server
from tests.support.serving import API, NOW_US, serving, world


def set_anchor(book: Path, table: str) -> None:
    with (book / "book.toml").open("a") as file:
        file.write(f"\n[[anchor]]\n{table}\n")


def test_a_server_anchors_the_checkpoint_that_it_signs(tmp_path: Path) -> None:
    book = world(tmp_path / "book")
    with alert_server() as hook:
        set_anchor(book, f'webhook = "{hook.url}"\nallow_private = true')
        with serving(book), Book.open(book, write=False) as opened:
            until = time.monotonic() + 30
            while not hook.taken and time.monotonic() < until:
                time.sleep(0.05)
            newest = opened.store.seals()[-1]
    assert [body["checkpoint"].encode() for body in hook.taken] == [newest.note]


def test_a_server_answers_while_its_anchor_is_silent(tmp_path: Path) -> None:
    """A receiver that never answers holds up no request."""
    book = world(tmp_path / "book")
    with alert_server() as hook:
        hook.answer = lambda body: 0
        set_anchor(book, f'webhook = "{hook.url}"\nallow_private = true')
        with serving(book) as served:
            assert hook.silent.wait(30)
            found = httpx.get(f"{served.address}{API}/status", timeout=10, trust_env=False).status_code
            hook.over.set()
    assert found == 200


def test_a_server_with_an_anchor_that_may_not_be_called_does_not_start(tmp_path: Path) -> None:
    book = world(tmp_path / "book")
    set_anchor(book, 'webhook = "https://127.0.0.1/x"')
    with pytest.raises(Malformed, match="allow"), serving(book, surroundings=None):
        raise AssertionError(f"served at {NOW_US}")
