"""A small book, and a server of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.serving import Served, copied, serving, world


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The book, which nobody writes."""
    return world(tmp_path_factory.mktemp("served") / "book")


@pytest.fixture
def served(kept: Path, tmp_path: Path) -> Iterator[Served]:
    """A server of a fresh copy."""
    with serving(copied(kept, tmp_path / "book")) as found:
        yield found


@pytest.fixture(scope="module")
def shown(kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server for tests that only read."""
    with serving(copied(kept, tmp_path_factory.mktemp("shown") / "book")) as found:
        yield found
