"""What is typed on a command line is answered or refused with a message and its exit code; tools/arguments
tries all of it, here is a few of each kind.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from ledger.app.cli.main import main
from tests.support.arguments import World, calls, pairs, windows

LAST_S = "9999-12-31T23:59:59Z"
ENDED_IN_TRACEBACKS = (
    "state --at 9999-12-31T23:59[America/New_York]",
    "state --at 0001-01-01T00:00[Asia/Tokyo]",
    "log --from 9999-12-31T23:59[America/New_York]",
    "log --from 0001-01-01",
    f"report program-hours --from 9999-12-30T00:00Z --to {LAST_S} --as-of {LAST_S}",
    f"report bridge --from 9999-12-30T00:00Z --to {LAST_S} --as-of {LAST_S}",
    f"report uptime --from 9999-12-30T00:00Z --to {LAST_S} --as-of {LAST_S} --tz Pacific/Kiritimati",
    "replay --step 9223372036854775808",
    "log --after 1 --limit 9223372036854775808",
    "import csv /dev/full --site s1 --meter r1 --dialect ercot-hourly",
    "backup /dev/null",
    "follow openadr http://127.0.0.1:9 --site s1 --class emergency --polls 1 --secret-file binary",
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("arguments"))


@pytest.mark.parametrize("words", ENDED_IN_TRACEBACKS)
def test_what_ended_in_a_traceback_is_answered(world: World, words: str) -> None:
    assert world.call(tuple(words.split())) is None


def test_a_reason_that_no_record_can_hold_is_refused(world: World) -> None:
    """An empty one was recorded, and the book's export could not be read back."""
    words = ["--book", str(world.kept / "book"), "erase", world.said["terms"], "--reason"]
    codes = [CliRunner().invoke(main, [*words, reason]).exit_code for reason in ("", "x" * 5_000, "\udc80")]
    assert codes == [2, 2, 2]


@pytest.mark.parametrize("seed", range(4))
def test_any_argument_of_any_command_is_answered(world: World, seed: int) -> None:
    rng = random.Random(seed)
    tried = [*rng.sample(calls(world.said), 25), *pairs(world.said, rng, 10), *windows(rng, 5)]
    assert [found for call in tried if (found := world.call(call)) is not None] == []


@pytest.mark.parametrize("name", ["a?mode=memory", "a#b", "a%41", "a b", "ä\u202e"])
def test_a_book_is_in_its_folder_whatever_the_folder_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A URI's ? and # begin something else, and %41 is an A: the database was looked for beside the book."""
    monkeypatch.chdir(tmp_path)
    codes = [
        CliRunner().invoke(main, ["--book", name, word]).exit_code
        for word in ("init", "rebuild", "status", "fsck")
    ]
    assert (codes, [path.name for path in tmp_path.iterdir()]) == ([0, 0, 0, 0], [name])
