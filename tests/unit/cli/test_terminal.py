"""Names and texts come from others: whatever they hold, no command lets out what a terminal would obey or
read as a line of ours.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.cli.main import main
from ledger.app.host.clock import Seeded
from ledger.exchange import story
from ledger.fields import fields_of
from ledger.kinds import BY_TAG, Source
from ledger.records.envelope import Claim, make_claim
from projections.reports.catalogue import REPORTS
from tests.support.books import CLOCK_US
from tests.support.histories import claims, setup

HOSTILE = "\x1b]0;x\x07\x1b[2J\x08\x7f\x9b31m\u202etxt\u2066\u2028\u2029\r\nVERIFIED: all is well\t\u200f"
NAMES = frozenset(("balancing_authority", "program", "code"))
EVERY = (
    "log",
    "status",
    "doctor",
    "fsck",
    "keys show",
    "state --at 2026-06-05T00:00Z",
    "replay",
    "replay --step 30",
    "replay --what-if supposed.story",
    "diff commitments --known-at 40 --known-at 220 --period 2026",
    "diff jobs --known-at 40 --known-at 220 --period 2026",
    "diff incident --known-at 40 --known-at 220 --period 2026 --incident i1",
    "explain commitments --row nothing --period 2026",
    "explain commitments --row c1/s1 --period 2026",
    "record --dry-run supposed.story",
    "record --dry-run broken.story",
    "export",
    "report",
)


def hostile(claim: Claim) -> Claim:
    """The same fact with hostile texts wherever a text may stand."""
    texts = {
        field.name: tuple(f"{text}{HOSTILE}" for text in value) if field.many else f"{value}{HOSTILE}"
        for field in fields_of(type(claim.body))
        if field.form == "text"
        and field.name not in NAMES
        and (value := getattr(claim.body, field.name)) is not msgspec.UNSET
    }
    return make_claim(
        BY_TAG[claim.kind],
        claim.at,
        msgspec.structs.replace(claim.body, **texts),
        place=claim.place,
        disclosure=claim.disclosure,
        actor=f"ann{HOSTILE}",
        source=Source(f"file{HOSTILE}", f"7{HOSTILE}"),
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of hostile facts of every kind, and files to be read."""
    folder = tmp_path_factory.mktemp("terminal")
    found = [*setup(), *(claim for claim in claims(random.Random(7), 700) if not claim.corrects)]
    surroundings = Seeded("terminal", CLOCK_US)
    with Book.create(folder / "book", Config("example.com/terminal"), surroundings=surroundings) as book:
        done = book.record([Said(hostile(claim)) for claim in found])
    assert done.recorded > 200
    line = story.format_claim(hostile(setup()[-3]))
    (folder / "supposed.story").write_text(line.replace("incident=i1", "incident=new") + "\n")
    (folder / "broken.story").write_bytes(
        b"2026-06-01T00:00Z s1 \x1b[31m" + HOSTILE.encode() + b"\nno\x9bfact\n"
    )
    return folder


@pytest.fixture
def here(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(place)
    return place


def ran(words: str) -> Result:
    return CliRunner().invoke(main, ["--book", "book", *words.split()], catch_exceptions=False)


def obeyed(text: str) -> list[str]:
    """What of a text a terminal would obey, or a reader take for a line of ours."""
    return [line for line in text.split("\n") if not line.isprintable() or line.startswith("VERIFIED: all")]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("words", EVERY)
def test_no_command_prints_what_a_terminal_obeys(words: str) -> None:
    assert obeyed(ran(words).output) == []


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("words", [words for words in EVERY if words != "log"])
def test_no_command_prints_json_that_a_terminal_obeys(words: str) -> None:
    done = ran(f"{words} --json")
    assert obeyed(done.output) == []


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_no_report_prints_what_a_terminal_obeys(report: Any) -> None:
    asked = "--incident i1" if report.name == "incident" else ""
    assert obeyed(ran(f"report {report.name} --period 2026 {asked}").output) == []


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "words", ["log --json", "report commitments --json --period 2026", "export jsonl", "export story"]
)
def test_stored_bytes_go_to_a_terminal_as_escapes_that_say_the_same(
    words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    into_a_file = ran(words).stdout
    monkeypatch.setattr("ledger.app.host.terminal._on_terminal", lambda: True)
    shown = ran(words).stdout
    assert (obeyed(shown), _values(shown)) == ([], _values(into_a_file))


def _values(text: str) -> list[Any]:
    lines = [text.replace("\n", "")] if text.startswith('{"report') else text.split("\n")
    return [json.loads(line) if line.startswith("{") else line for line in lines]


@pytest.mark.usefixtures("here")
def test_stored_bytes_go_into_a_file_or_pipe_as_they_are() -> None:
    assert "\x9b" in ran("log --json").stdout


@pytest.mark.usefixtures("here")
def test_a_story_with_hostile_texts_is_read_back_as_the_same_facts() -> None:
    lines = ran("export story --sections").stdout.split("\n")
    with Book.open(Path("book"), write=False) as book:
        ids = [record.id for record in book.records() if record.place != "ledger"]
    assert [claim.id for line in lines if (claim := story.parse(line)) is not None] == ids


@pytest.mark.parametrize(
    "words",
    ["\x1b[31m", "report \x9b31m", "log --site \u202ex", "log --known-at \x1b", "verify \x07 --key \x9b"],
)
def test_what_was_typed_is_shown_without_what_a_terminal_obeys(words: str, here: Path) -> None:
    assert obeyed(ran(words).output) == []
