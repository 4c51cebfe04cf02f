"""The page that verifies one bundle, as ``bundle --page`` writes it beside the bundle."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from ledger.app.cli.main import main

STORY = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=UTC balancing_authority=SOCO utility=U parcels=[a] site_class=training
"""


@pytest.fixture
def page(tmp_path: Path) -> tuple[str, bytes]:
    """The page, and the bundle that was written with it."""

    def run(*words: str) -> None:
        done = CliRunner().invoke(main, ["--book", str(tmp_path / "book"), *words])
        assert done.exit_code == 0, done.output

    (tmp_path / "s.story").write_text(STORY)
    run("init", "--origin", "example.com/b")
    run("record", str(tmp_path / "s.story"))
    run("bundle", "--stream", "s1/grid", "-o", str(tmp_path / "b.zip"), "--page", str(tmp_path / "b.html"))
    return (tmp_path / "b.html").read_text(), (tmp_path / "b.zip").read_bytes()


def test_the_page_holds_the_bundle_byte_for_byte(page: tuple[str, bytes]) -> None:
    """A commissioner gets one file by mail and opens it."""
    told, bundle = page
    given = re.search(r'<template id="given">([^<]*)</template>', told)
    assert given is not None
    assert base64.b64decode(given[1]) == bundle


def test_the_page_asks_for_the_streams_of_the_bundle_by_the_key_of_the_log(page: tuple[str, bytes]) -> None:
    """Both are filled in, and the page says who did."""
    told, _ = page
    key = re.search(r'<input id="key" name="key" type="text" value="([^"]*)"', told)
    assert key is not None
    assert (key[1].startswith("example.com/b+"), ">s1/grid</textarea>" in told) == (True, True)
