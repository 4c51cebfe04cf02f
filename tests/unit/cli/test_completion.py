"""A shell completes what the program's lists and the book of the call hold: reports, kinds, formats, dialects,
sites, streams, blocks, incidents, meters, programs.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from ledger.app.cli.main import COMPLETES, main

STORY = """
2026-06-01T00:00Z dalton site-registered name=D county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[a] site_class=training
2026-06-01T00:00Z enid site-registered name=E county=C state=OK tz=America/Chicago balancing_authority=SWPP utility=U parcels=[a] site_class=training
2026-06-02T00:00Z dalton load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
2026-06-02T00:00Z enid load-block-commissioned block=hall-a load_class=mining service_class=interruptible capacity=100MW feeds=[A]
2026-06-03T00:00Z dalton incident-opened incident=breaker-52 summary=x
2026-06-03T00:00Z dalton meter-registered meter=revenue scope=site role=revenue direction=delivered interval=15min
2026-06-03T00:00Z dalton program-enrolled program=dr1 operator=O agreement=A blocks=[m1] meters=[revenue] method=meter-before-after notice=0s response=0s program_year_start=06-01 tz=UTC capped=false adjustment=none holidays=[]
2026-06-03T00:00Z enid lease-phase-opened lease=l1 phase=p1 tenant=hyperscaler critical=10MW
2026-06-03T00:00Z ba-SOCO grid-condition-declared state=eea2
"""


@pytest.fixture(scope="module")
def _book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    before, folder = Path.cwd(), tmp_path_factory.mktemp("completed")
    os.chdir(folder)
    Path("s.story").write_text(STORY)
    for words in (["init"], ["record", "s.story"]):
        assert CliRunner().invoke(main, ["--book", "here", *words]).exit_code == 0
    yield
    os.chdir(before)


def completed(*words: str) -> set[str]:
    """What the last word, which was begun, may become."""
    *before, begun = words
    shell = ShellComplete(main, {}, "wattledger", COMPLETES)
    return {item.value for item in shell.get_completions(list(before), begun)}


@pytest.mark.parametrize(
    ("words", "among"),
    [
        (["report", "up"], "uptime"),
        (["explain", "dispatch"], "dispatch-performance"),
        (["diff", "pay"], "payments"),
        (["report", "--pack", "util"], "utility"),
        (["report", "uptime", "--format", "x"], "xlsx"),
        (["report", "uptime", "--period", "last-m"], "last-month"),
        (["report", "uptime", "--tz", "America/New"], "America/New_York"),
        (["explain", "uptime", "--column", "eaf"], "eaf_ppm"),
        (["kinds", "outage"], "outage-started"),
        (["log", "--kind", "disp"], "dispatch-amended"),
        (["import", "green"], "greenbutton"),
        (["import", "csv", "--dialect", "eia"], "eia-930"),
        (["import", "openadr", "--class", "em"], "emergency"),
        (["export", "sto"], "story"),
        (["help", "ver"], "verify"),
        (["bundle", "--report", "up"], "uptime"),
    ],
)
def test_a_name_of_a_list_is_completed(words: list[str], among: str) -> None:
    assert among in completed(*words)


@pytest.mark.usefixtures("_book")
@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["report", "uptime", "--site", "d"], {"dalton"}),
        (["log", "--site", ""], {"dalton", "enid", "ba-soco"}),
        (["state", "--site", "e"], {"enid"}),
        (["replay", "--site", "ba"], {"ba-soco"}),
        (["log", "--stream", "dalton/"], {"dalton/grid", "dalton/operations"}),
        (["bundle", "--stream", "enid/"], {"enid/grid", "enid/lease"}),
        (["report", "uptime", "--block", ""], {"m1", "hall-a"}),
        (["report", "uptime", "--site", "enid", "--block", ""], {"hall-a"}),
        (["import", "miners", "--site", "dalton", "--block", ""], {"m1"}),
        (["report", "incident", "--incident", "b"], {"breaker-52"}),
        (["import", "csv", "--site", "dalton", "--meter", ""], {"revenue"}),
        (["export", "greenbutton", "--site", "dalton", "--meter", "r"], {"revenue"}),
        (["report", "uptime", "--county", ""], {"C", "C County, GA", "C County, OK"}),
        (["now", "--utility", ""], {"U"}),
        (["due", "--tenant", "hyp"], {"hyperscaler"}),
        (["publish", "--program", ""], {"dr1"}),
        (["due", "--site", "d"], {"dalton"}),
    ],
)
def test_a_name_of_the_book_is_completed(words: list[str], names: set[str]) -> None:
    assert completed("--book", "here", *words) == names


@pytest.mark.usefixtures("_book")
def test_the_book_may_be_named_after_the_command() -> None:
    assert completed("log", "--book", "here", "--site", "d") == {"dalton"}


def test_a_book_that_is_not_there_completes_nothing() -> None:
    assert completed("--book", "nowhere", "log", "--site", "d") == set()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell_is_printed(shell: str) -> None:
    done = CliRunner().invoke(main, [], prog_name="wattledger", env={COMPLETES: f"{shell}_source"})
    assert (done.exit_code, COMPLETES in done.output) == (0, True)


def test_fish_is_given_the_tab_that_it_looks_for() -> None:
    """Elsewhere nothing that is not printable leaves the program; a completion's tab or line end must."""
    environment = os.environ | {
        COMPLETES: "fish_complete",
        "COMP_WORDS": "wattledger rep",
        "COMP_CWORD": "rep",
    }
    done = subprocess.run(
        [sys.executable, "-c", "from ledger.app.__main__ import run; run()"],
        env=environment,
        capture_output=True,
        check=True,
        text=True,
    )
    assert "report" in done.stdout
    assert r"\u{" not in done.stdout


@pytest.mark.usefixtures("_book")
def test_bash_completes_a_site_of_the_book(tmp_path: Path) -> None:
    """The script is sourced as the guide says, and bash's own function is asked."""
    program = tmp_path / "wattledger"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ledger.app "$@"\n')
    program.chmod(0o755)
    asked = (
        f'eval "$({COMPLETES}=bash_source wattledger)"; '
        "COMP_WORDS=(wattledger --book here log --site d); COMP_CWORD=5; "
        '_wattledger_completion wattledger; echo "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "-c", asked],
        env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        check=True,
        text=True,
    )
    assert done.stdout == "dalton\n"
