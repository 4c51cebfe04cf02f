"""``tools/mutants.py`` changes the program: what it changes, and that the functions which are there follow."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.mutating import Module

SOURCE = '''
def at_most(limit):
    """A rule that is made when the module is loaded."""
    def rule(amount):
        assert amount >= 0, "a count"
        return amount <= limit
    return rule

few = at_most(3)

def refused(amount):
    if not few(amount):
        raise ValueError(f"{amount} is more than {limit - 1}")
    return "taken"
'''


@pytest.fixture
def made(tmp_path: Path) -> tuple[ModuleType, Module]:
    """A module as the program loads it, and its changes."""
    path = tmp_path / "limits.py"
    path.write_text(SOURCE)
    spec = importlib.util.spec_from_file_location("limits", path)
    assert spec is not None, "the file is there"
    assert spec.loader is not None, "and is Python"
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded, Module(path)


def test_changes_leave_out_assertions_and_sentences(made: tuple[ModuleType, Module]) -> None:
    _, module = made
    assert [one.says() for one in module.changes] == [
        "return rule -> return None if True else rule",
        "not few(amount) -> few(amount)",
        "raise ValueError(f'{amount} is more than {limit - 1}') -> if False:",
        "return 'taken' -> return None if True else 'taken'",
        "'taken' -> 'takenX'",
        "return amount <= limit -> return None if True else amount <= limit",
        "LtE -> Lt",
    ]


def taken(function: Callable[[int], object]) -> list[int]:
    """The amounts that a rule lets pass."""
    return [amount for amount in range(6) if function(amount)]


def test_a_rule_that_was_made_when_the_module_was_loaded_follows_a_change(
    made: tuple[ModuleType, Module],
) -> None:
    loaded, module = made
    few = loaded.few  # as another module has it that imports it by name
    before = taken(few)
    module.find()
    module.change(next(one for one in module.changes if one.says() == "LtE -> Lt"))
    assert (before, taken(few)) == ([0, 1, 2, 3], [0, 1, 2])
