"""The programs beside the product: each finds what it imports."""

from __future__ import annotations

import runpy
import sys
import tomllib
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[3] / "tools"
PROGRAMS = sorted(
    path
    for path in TOOLS.iterdir()
    if path.is_file() and (path.suffix == ".py" or path.read_bytes().startswith(b"#!/usr/bin/env python3"))
)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.name)
def test_a_program_starts(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it imports has not moved away under it, and it says what it is for."""
    monkeypatch.setattr(sys, "path", [str(TOOLS), *sys.path])
    assert runpy.run_path(str(program), run_name="started")["__doc__"]


def test_a_program_without_an_ending_is_named_to_ruff_and_mypy() -> None:
    """They look into a folder for files that end with .py."""
    settings = tomllib.loads((TOOLS.parent / "pyproject.toml").read_text())["tool"]
    programs = {f"tools/{path.name}" for path in PROGRAMS if not path.suffix}
    named = (settings["ruff"]["extend-include"], settings["mypy"]["files"])
    assert [programs - set(names) for names in named] == [set(), set()]
