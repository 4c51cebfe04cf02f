"""Files of kinds are written in a form that loads quickly."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

from ledger import kinds

FILES = [module.name for module in pkgutil.iter_modules(kinds.__path__)]


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_kinds_does_not_postpone_its_annotations(name: str) -> None:
    """Every command makes a decoder of every kind. Annotations that are texts are evaluated for it one by one,
    which took 40 ms of each command.
    """
    assert not hasattr(importlib.import_module(f"ledger.kinds.{name}"), "annotations")
