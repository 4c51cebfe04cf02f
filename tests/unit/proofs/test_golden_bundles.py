"""Bundles of every version verify for ever: a bundle that was handed over once is evidence, and is never
written again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ledger.app.proofs.verification import judge_data
from ledger.verifier.reader import Asked, parse_state
from ledger.verifier.verdict import Verdict
from tests.support.page import asking
from tests.support.witnessing import by_program

GOLDEN = Path(__file__).parents[2] / "golden" / "bundles"


def judged(path: Path, **more: Any) -> tuple[Verdict, Any]:
    """The verdict on a bundle for the reader it was made for, and what is written beside it."""
    said = json.loads(path.with_suffix(".json").read_text())
    state = parse_state(json.dumps(said["state"]).encode())
    asked = Asked(said["key"], tuple(said["streams"]), state=state, **more)
    page = asking()
    if page is not None:
        assert (
            page.answer(path.read_bytes(), asked)["found"]["code"]
            == by_program(path.read_bytes(), asked).code
        )
    return by_program(path.read_bytes(), asked), said["verdict"]


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.zip")), ids=lambda path: path.stem)
def test_a_bundle_of_any_version_verifies(path: Path) -> None:
    """Beside it stand what its reader brought and what he was told."""
    found, told = judged(path, accept_old=True)
    assert found._asdict() == told


def test_a_bundle_that_does_not_tie_the_directory_to_the_log_is_told_apart() -> None:
    """Nothing in it is wrong, and it is enough only for who says so."""
    found, _ = judged(GOLDEN / "v1.zip")
    assert (found.verdict, found.code, found.exit_code) == ("INCOMPLETE-TRUST", "directory-not-tied", 3)


def test_the_ml_dsa_signatures_of_a_bundle_are_checked_for_ever() -> None:
    """Its log handed both of its keys on."""
    path = GOLDEN / "v2-ml-dsa.zip"
    said = json.loads(path.with_suffix(".json").read_text())
    asked = Asked(said["key"], tuple(said["streams"]), state=parse_state(json.dumps(said["state"]).encode()))
    found = judge_data(path.read_bytes(), asked, (), lambda done, total: None).verdict
    assert found.scope is not None
    assert (found.verdict, found.scope["ml_dsa_44"]) == ("VERIFIED", "verified")
