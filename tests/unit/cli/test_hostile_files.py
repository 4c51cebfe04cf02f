"""Hostile files (TRUST) on the command line: ``record`` and every importer answer each with a message and exit
code 2, and the log is as it was.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

from ledger.app.book.book import Book
from ledger.app.book.config import Config
from ledger.app.cli.main import main
from ledger.exchange.formats import FORMATS
from tests.support.damaged import said
from tests.support.examples import SEARCHING
from tests.support.fuzzed import MAP
from tests.support.hostile import FILES

MALFORMED: Final = 2
SETUP: Final = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[a] site_class=training
2026-06-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=9MW feeds=[A]
2026-06-01T00:00Z s1 meter-registered meter=r1 scope=site role=revenue direction=delivered interval=15min
"""
OPTIONS: Final = {
    "cloudevents": "",
    "comtrade": "--site s1 --clock UTC",
    "conditions": "--source csv --at 2026-06-05T00:00Z",
    "csv": "--site s1 --meter r1 --dialect generic,time=t,value=v,unit=kW,zone=UTC,stamp=begin,interval=15min",
    "events": "--map map.toml",
    "generation": "--authority SOCO",
    "greenbutton": "--site s1 --meter r1",
    "miners": "--site s1 --block m1",
    "openadr": "--site s1 --program ilc --class emergency",
}
ENDINGS: Final = {"comtrade": "cff", "events": "xlsx"}
WAYS: Final = {
    "record story": ("record", "f.story"),
    "record JSON Lines": ("record", "f.jsonl"),
    **{
        name: ("import", name, f"f.{ENDINGS.get(name, 'txt')}", *options.split())
        for name, options in OPTIONS.items()
    },
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of one site."""
    place = tmp_path_factory.mktemp("hostile")
    with Book.create(place / "book", Config("example.com/hostile")) as made:
        assert not made.record(said(SETUP)).problems
    (place / "map.toml").write_text(MAP)
    return place / "book"


def size(book: Path) -> int:
    with Book.open(book, write=False) as opened:
        return opened.store.size


PAIRS: Final = [
    (name, way)
    for n, name in enumerate(FILES)
    for w, way in enumerate(WAYS)
    if SEARCHING or (n + w) % 4 == 0  # each file is given to two or three ways, each way eleven files
]


@pytest.mark.parametrize(("name", "way"), PAIRS)
def test_a_hostile_file_is_answered_and_nothing_is_recorded(
    name: str, way: str, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one clear message, and never a traceback."""
    monkeypatch.chdir(book.parent)
    words, before = WAYS[way], size(book)
    Path(next(word for word in words if word.startswith("f."))).write_bytes(FILES[name])
    told = CliRunner().invoke(main, ["--book", str(book), *words])
    assert (told.exit_code, isinstance(told.exception, SystemExit), size(book)) == (
        MALFORMED,
        True,
        before,
    ), told.output[-500:]


def test_every_importer_is_given_hostile_files() -> None:
    """A new format stands here too."""
    assert {one.name for one in FORMATS} == set(OPTIONS)
