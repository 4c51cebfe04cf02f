"""P10: a book that an earlier release wrote is read, checked, restored and verified by this one, and its
reports say what they said then while their definition and tz database ship.
"""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from projections.reports.catalogue import BY_NAME
from tests.support.damaged import ORIGIN
from tests.support.golden_books import ENVELOPE, FOLDER, STREAM, ask, reports_of

VERSIONS = sorted(path.stem for path in FOLDER.glob("*.zip"))


@pytest.fixture(scope="module", params=VERSIONS)
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """The files of a release in a folder, and what was said of them then."""
    folder = tmp_path_factory.mktemp(request.param)
    with zipfile.ZipFile(FOLDER / f"{request.param}.zip") as archive:
        archive.extractall(folder)
    return folder, json.loads((FOLDER / f"{request.param}.json").read_text())


def same(then: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """What reports say now, of those whose definition and tz database still ship."""
    return {name: now[name] for name in then if all(now[name][each] == then[name][each] for each in ENVELOPE)}


def test_every_version_that_was_released_has_a_golden_book() -> None:
    """``tools/golden_book`` makes it at the release; afterwards that version's program is gone."""
    changes = (Path(__file__).parents[2] / "CHANGELOG.md").read_text()
    assert sorted(re.findall(r"^## \[(\d+\.\d+\.\d+)\]", changes, re.MULTILINE)) == VERSIONS


def test_reports_of_an_earlier_book_say_what_they_said(kept: tuple[Path, Any]) -> None:
    folder, then = kept
    now = same(then["reports"], reports_of(folder / "book"))
    assert now == {name: then["reports"][name] for name in now}


def test_a_definition_of_that_release_still_ships(kept: tuple[Path, Any]) -> None:
    folder, then = kept
    assert same(then["reports"], reports_of(folder / "book"))


def test_a_report_that_says_something_else_now_says_by_which_definition_and_why(
    kept: tuple[Path, Any],
) -> None:
    """A reader of an earlier report finds the new number in the report and the reason in its method note."""
    folder, then = kept
    now = reports_of(folder / "book")
    risen = {
        name
        for name, was in then["reports"].items()
        if now[name] != was and was["tzdata"] == now[name]["tzdata"]
    }
    versions = {
        name: (then["reports"][name]["definition_version"], BY_NAME[name].definition_version)
        for name in risen
    }
    assert {name for name, (was, is_now) in versions.items() if is_now <= was} == set()
    assert {n for n, (_, v) in versions.items() if f"Definition {v} " not in BY_NAME[n].definition} == set()


def test_an_earlier_book_has_the_records_and_the_root_it_had(kept: tuple[Path, Any]) -> None:
    folder, then = kept
    now = json.loads(ask(folder / "book", "--json", "status"))
    assert {name: now[name] for name in ("size", "root")} == {
        name: then["status"][name] for name in ("size", "root")
    }


def test_an_earlier_book_is_sound(kept: tuple[Path, Any]) -> None:
    folder, _ = kept
    assert json.loads(ask(folder / "book", "--json", "fsck"))["findings"] == []


@pytest.mark.parametrize(
    "words", [("backup.zip",), ("book.jsonl", "--origin", ORIGIN)], ids=lambda words: words[0]
)
def test_what_an_earlier_release_handed_out_makes_its_book_again(
    kept: tuple[Path, Any], tmp_path: Path, words: tuple[str, ...]
) -> None:
    folder, then = kept
    ask(tmp_path / "again", "restore", str(folder / words[0]), *words[1:])
    assert json.loads(ask(tmp_path / "again", "--json", "status"))["root"] == then["status"]["root"]


def test_a_bundle_of_an_earlier_release_verifies(kept: tuple[Path, Any], tmp_path: Path) -> None:
    folder, then = kept
    told = ask(tmp_path, "verify", str(folder / "bundle.zip"), "--stream", STREAM, "--key", then["key"])
    assert "VERIFIED" in told
