"""Inputs that once broke a parser, and hostile ones of TRUST.md for each: answered with claims or a bounded
number of messages.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.fuzzed import READERS, TARGETS
from tests.support.hostile import FILES

KEPT = sorted((Path(__file__).parents[2] / "fuzz").glob("*/*"))


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("hostile", FILES)
def test_hostile_input_is_answered(name: str, hostile: str) -> None:
    TARGETS[name](FILES[hostile])


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_once_broke_a_parser_breaks_it_no_more(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())
