"""Known ids: a chunk of claims asks the store once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.app.book.book import Said
from ledger.app.host.clock import Seeded
from ledger.records.envelope import changed
from ledger.store.sqlite.store import SqliteStore
from tests.support.small_book import incident, made


def noted(real: Callable[..., Any], name: str, asked: list[str]) -> Callable[..., Any]:
    """A method of the store that notes its name each time it is asked."""

    def answer(store: SqliteStore, ids: Any) -> Any:
        asked.append(name)
        return real(store, ids)

    return answer


def test_a_chunk_of_claims_asks_the_store_once_for_all_its_ids(
    tmp_path: Path, clock: Seeded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thirty incidents, the first ten recorded before, the last ten correcting those: one question for the ids
    and one for who corrects the targets, and every claim finds what it needs.
    """
    with made(tmp_path / "b", clock) as book:
        old = [position.record for n in range(10) for position in book.record(incident(n)).positions]
        again = [claim for n in range(20) for claim in incident(n)]
        corrections = [
            Said(
                changed(claim.claim, corrects=(record.id,), reason="seen earlier", at="2026-06-04T01:00:00Z")
            )
            for claim, record in zip(again, old, strict=False)
        ]
        asked: list[str] = []
        for name in ("indexes", "superseders"):
            monkeypatch.setattr(SqliteStore, name, noted(getattr(SqliteStore, name), name, asked))
        outcome = book.record([*again, *corrections])
    assert (outcome.problems, outcome.repeated, outcome.recorded, asked) == (
        (),
        10,
        20,
        ["indexes", "superseders"],
    )
