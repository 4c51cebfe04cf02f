"""What several modules of tests begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.row_replay import Heard


@pytest.fixture
def heard(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Heard]:
    """A book that heard on 1 September 2026 what its module says is ``KNOWN``, or nothing yet."""
    found = Heard(tmp_path / "book")
    known = getattr(request.module, "KNOWN", None)
    if known is not None:
        found.at("2026-09-01T00:00Z", known)
    yield found
    found.book.close()
