"""An auditor on Windows reads, reports and verifies; what would write a book says in one line that it cannot.

Windows has no ``fcntl`` and no modes, opens no folder and renames no open file: ``without_posix`` takes all that
away from a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="not run: looks at /proc")
ROOT = Path(__file__).parents[3]
STORY = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[a] site_class=training
2026-06-02T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
"""
READS = {
    "status": ["status"],
    "log": ["log", "--site", "s1"],
    "report": ["report", "uptime", "--period", "2026-06"],
    "report -o html": ["report", "uptime", "--period", "2026-06", "-o", "uptime.html"],
    "report -o pdf": ["report", "uptime", "--period", "2026-06", "-o", "uptime.pdf"],
    "report -o xlsx": ["report", "uptime", "--period", "2026-06", "-o", "uptime.xlsx"],
    "pack": ["report", "--pack", "operations", "--period", "2026-06", "-o", "pack"],
    "explain": ["explain", "uptime", "--period", "2026-06", "--row", "fleet/all"],
    "diff": ["diff", "uptime", "--known-at", "5", "--known-at", "now"],
    "state": ["state", "--site", "s1", "--at", "now"],
    "replay": ["replay"],
    "doctor": ["doctor"],
    "fsck": ["fsck"],
    "keys show": ["keys", "show"],
    "export": ["export", "jsonl", "-o", "book.jsonl"],
    "export tiles": ["export", "tiles", "-o", "tiles"],
    "rebuild": ["rebuild"],
    "kinds": ["kinds", "outage-started"],
    "help": ["help", "verify"],
}
WRITES = {
    "init": ["--book", "other", "init"],
    "demo": ["demo", "other"],
    "record": ["record", "s.story"],
    "import": ["import", "openadr", "--site", "s1", "s.story"],
    "follow": ["follow", "openadr", "http://127.0.0.1:9", "--site", "s1", "--polls", "1"],
    "checkpoint": ["checkpoint"],
    "bundle": ["bundle", "--stream", "s1/grid", "-o", "new.zip"],
    "issue": ["report", "uptime", "--issue", "the county"],
    "keys rotate": ["keys", "rotate"],
    "backup": ["backup", "book.bak"],
    "restore": ["--book", "other", "restore", "s.story", "--origin", "example.com/x"],
    "repair": ["repair", "--modes"],
}


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """Exit code and output of every command, run one after the other beside one book."""
    place = tmp_path_factory.mktemp("portable")
    (place / "s.story").write_text(STORY)
    for words in (["init"], ["record", "s.story"], ["bundle", "--stream", "s1/grid", "-o", "b.zip"]):
        _ran([], place, *words)
    key = json.loads(_ran([], place, "keys", "show", "--json"))["key"]
    verify = ["verify", "b.zip", "--key", key, "--stream", "s1/grid", "--state", "state.json"]
    commands = READS | WRITES | {"verify": verify, "verify again": verify}
    found = json.loads(_ran(list(commands.values()), place))
    return dict(zip(commands, map(tuple, found), strict=True))


def _ran(commands: list[list[str]], place: Path, *words: str) -> str:
    """What one command prints here, or several where nothing is POSIX."""
    return subprocess.run(
        [sys.executable, "-m", "ledger.app" if words else "tests.support.without_posix", *words],
        cwd=place,
        env=os.environ | {"PYTHONPATH": str(ROOT), "WATTLEDGER_BOOK": "book"},
        input=json.dumps(commands),
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    ).stdout


@pytest.mark.parametrize("name", READS)
def test_what_reads_a_book_needs_no_locks(done: dict[str, tuple[int, str]], name: str) -> None:
    assert done[name][0] == 0, done[name]


def test_a_bundle_is_verified_and_its_state_is_kept(done: dict[str, tuple[int, str]]) -> None:
    """The second time, the state of the first takes part."""
    found = [done["verify"], done["verify again"]]
    assert [(code, "VERIFIED" in said) for code, said in found] == [(0, True)] * 2


@pytest.mark.parametrize("name", WRITES)
def test_what_would_write_a_book_says_so_in_one_line(done: dict[str, tuple[int, str]], name: str) -> None:
    code, said = done[name]
    told = said.splitlines()
    assert (code, len(told), "cannot be written on this system" in told[0]) == (2, 1, True), told
