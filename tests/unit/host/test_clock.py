"""A wrong clock: every command that makes a record asks for ``--accept-clock``, goes on with it, and says
once that the clock was behind.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ledger import calendar, kinds
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.cli.main import main
from ledger.app.host.clock import AHEAD_US, Machine, Seeded
from ledger.app.openadr.client import Vtn
from ledger.exchange import story
from tests.unit.maintenance.test_erasure import PHASE, TERMS
from tests.unit.openadr.test_ven import PROGRAM, event

WRONG_S = calendar.instant_s("2140-01-01T00:00:00Z")
STATION = """
2026-06-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[]
2026-06-01T00:00Z s1 program-enrolled program=ilc operator=SOCO agreement=a blocks=[m1] meters=[] method=meter-before-after baseline_intervals=1 committed=80MW notice=30min response=10min program_year_start=06-01 tz=America/New_York capped=false adjustment=none holidays=[]
"""
INCIDENT = "2026-06-05T00:00Z s1 incident-opened incident=i{} summary=x\n"
CLOUD = {
    "specversion": "1.0",
    "type": "wattledger.incident-opened.v1",
    "source": "urn:s1",
    "id": "1",
    "time": "2026-06-05T00:00:00Z",
    "subject": "s1/operations",
    "data": {"actor": "agent", "body": {"incident": "i9", "summary": "x"}},
}
RECORDING = {
    "record": "record many.story",
    "import": "import cloudevents events.json",
    "erase": f"erase {TERMS} --reason asked",
    "add-ml-dsa": "keys add-ml-dsa",
    "rotate": "keys rotate",
    "issue": "report uptime --issue county",
    "pack": "report --pack community --format json -o pack --issue county",
    "follow": "follow openadr http://127.0.0.1:1 --site s1 --class emergency --every 1s --polls 2",
}
SEALING = {"checkpoint": "checkpoint", "bundle": "bundle --stream s1/grid -o b.zip"}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book that was filled in 2140, when its machine's clock was wrong, with records that are not sealed;
    and files to record.
    """
    place = tmp_path_factory.mktemp("clocks")
    clock = Seeded("clocks", WRONG_S * 1_000_000)
    with Book.create(place / "book", Config("example.com/clocks"), surroundings=clock) as book:
        reading = story.read((PHASE + STATION).encode(), "story")
        assert not book.record([Said(claim) for claim in reading.claims]).problems
    (place / "many.story").write_text("".join(INCIDENT.format(n) for n in range(2_100)))
    (place / "events.json").write_text(json.dumps([CLOUD]))
    return place


@pytest.fixture
def place(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    lists = iter([event("one", "2036-07-14T18:00:00Z"), event("two", "2036-07-15T18:00:00Z")])
    listed: list[object] = []

    def events(*_: object) -> bytes:
        listed.append(next(lists))
        return json.dumps(listed).encode()

    monkeypatch.setattr(Vtn, "programs", lambda self: json.dumps([PROGRAM]).encode())
    monkeypatch.setattr(Vtn, "events", events)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    shutil.copytree(kept, tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


def ran(words: str) -> Result:
    return CliRunner().invoke(main, ["--book", "book", *words.split()], catch_exceptions=False)


def anomalies() -> list[str]:
    with Book.open(Path("book"), write=False) as book:
        return [record.rec for record in book.records() if isinstance(record.body, kinds.ClockAnomaly)]


def set_clock(monkeypatch: pytest.MonkeyPatch, later_us: int) -> None:
    monkeypatch.setattr(Machine, "now_us", lambda self: time.time_ns() // 1000 + later_us)


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("words", RECORDING.values(), ids=RECORDING)
def test_a_clock_behind_the_last_record_is_asked_about_wherever_a_record_is_made(words: str) -> None:
    done = ran(words)
    assert (done.exit_code, "--accept-clock" in done.output) == (3, True)


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("words", RECORDING.values(), ids=RECORDING)
def test_an_accepted_clock_behind_the_last_record_is_recorded_once_by_a_command(words: str) -> None:
    """2,100 facts in three batches, a pack of four reports and two polls of a server each were as many
    anomalies of one gap.
    """
    assert (ran(f"{words} --accept-clock").exit_code, len(anomalies())) == (0, 1)


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("words", SEALING.values(), ids=SEALING)
def test_what_only_seals_goes_on_under_a_clock_behind_the_last_record(words: str) -> None:
    assert ran(words).exit_code == 0


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("words", (RECORDING | SEALING).values(), ids=RECORDING | SEALING)
def test_a_clock_far_ahead_of_all_that_is_known_is_asked_about(
    words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One wrong clock would date the book's records for ever: none can be earlier than the one before it."""
    set_clock(monkeypatch, 2 * (WRONG_S * 1_000_000 - time.time_ns() // 1000))
    first, again = ran(words), ran(words)
    assert [(d.exit_code, "--accept-clock" in d.output) for d in (first, again)] == [(3, True)] * 2


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("words", (RECORDING | SEALING).values(), ids=RECORDING | SEALING)
def test_a_clock_far_ahead_that_is_right_is_accepted(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, 2 * (WRONG_S * 1_000_000 - time.time_ns() // 1000))
    assert (ran(f"{words} --accept-clock").exit_code, anomalies()) == (0, [])


def test_a_book_is_not_made_under_a_clock_far_ahead_of_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    set_clock(monkeypatch, AHEAD_US + 3_600_000_000)
    refused, accepted = ran("init"), ran("init --accept-clock")
    assert (refused.exit_code, "--accept-clock" in refused.output, accepted.exit_code) == (3, True, 0)


def test_a_book_that_is_put_down_for_a_year_goes_on_unasked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert ran("init").exit_code == 0
    set_clock(monkeypatch, AHEAD_US - 3_600_000_000)
    assert ran("keys rotate").exit_code == 0


def test_an_old_copy_that_is_put_back_is_vouched_for_by_its_new_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last record is years old, and the settings were written today."""
    with Book.create(tmp_path / "book", Config("example.com/old"), surroundings=Seeded("old", 10**15)):
        pass
    monkeypatch.chdir(tmp_path)
    assert ran("keys rotate").exit_code == 0


def test_the_same_old_book_whose_files_are_as_old_is_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Book.create(tmp_path / "book", Config("example.com/old"), surroundings=Seeded("old", 10**15)):
        pass
    for path in (tmp_path / "book").iterdir():
        os.utime(path, (10**9, 10**9))
    monkeypatch.chdir(tmp_path)
    assert "2001-09-09T01:46:40.000000Z, more than a year before" in ran("keys rotate").output
