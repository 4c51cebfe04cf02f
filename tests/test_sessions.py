"""The README, the guides and every transcript show what the program prints, to the byte (tools/sessions.py
runs them).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ledger.app.cli.main import main
from tools.sessions import DASK, NEEDS, README, continued, diff, first_of, pages, prepare, run

ROOT = Path(__file__).parents[1]
GUIDES = [ROOT / "README.md", *sorted((ROOT / "ledger" / "docs" / "guide").glob("*.md"))]


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_shows_what_the_program_prints(
    page: Path, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if page.read_text().startswith(NEEDS):
        monkeypatch.setenv("PGHOST", str(request.getfixturevalue("postgres").folder))
        monkeypatch.setenv("PGUSER", "postgres")
    if DASK in page.read_text():
        pytest.importorskip("distributed", reason="not run: dask is not installed")
    first, place = first_of(page), tmp_path / "place"
    if first == README:
        text, place = request.getfixturevalue("readme")
    else:
        prepare(place)
        text = run(first, place)
    now = text if page == first else continued(page, place, tmp_path / "copy")
    assert diff(page, now) == ""


def test_the_readme_and_the_guides_show_every_command() -> None:
    text = "".join(page.read_text() for page in GUIDES)
    shown = set(re.findall(r"wattledger (?:--book \S+ )?([a-z]+)", text))
    assert set(main.commands) - shown == set()


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_a_page_shows_no_command_that_is_not_there(page: Path) -> None:
    told = re.findall(r"^\$ wattledger (?:--book \S+ )?([a-z]+)", page.read_text(), re.MULTILINE)
    assert set(told) <= set(main.commands)


def test_ci_calls_the_readmes_test_command() -> None:
    readme = (ROOT / "README.md").read_text()
    commands = re.findall(r"^pip install -q uv && uv run pytest.*$", readme, re.MULTILINE)
    assert commands
    assert commands[0] in (ROOT / ".ci" / "run").read_text()
