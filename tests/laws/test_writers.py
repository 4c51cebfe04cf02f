"""Several honest writers of one book: wherever one of them is stopped while others run, no book is dead and
no head is behind.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import racing


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("races") / "base"
    place.mkdir()
    racing.base(place)
    return place


@pytest.fixture(scope="module")
def calls(folder: Path) -> dict[str, list[str]]:
    return {name: racing.calls_of(folder, action) for name, action in racing.ACTIONS.items()}


@pytest.mark.parametrize("second", ["record_many", "rotate", "restore"])
@pytest.mark.parametrize("first", racing.ACTIONS)
def test_a_writer_that_waited_leaves_what_another_wrote(
    folder: Path, calls: dict[str, list[str]], first: str, second: str
) -> None:
    """The first stands still between opening and commit, the second writes, the first goes on: HeadFile once
    gave its new head an old number.
    """
    stops = racing.narrow(calls[first], 120)
    assert [wrong for at in stops for wrong in racing.pair(folder, first, at, second)] == []


@pytest.mark.parametrize(("count", "races"), [(2, 8), (3, 12), (8, 6)])
def test_many_writers_leave_one_history(
    folder: Path, calls: dict[str, list[str]], count: int, races: int
) -> None:
    """Each stands still somewhere, then all go on in another order."""
    assert [wrong for seed in range(races) for wrong in racing.many(folder, count, seed, calls)] == []
