"""Bundles of every version verify for ever: a bundle that was handed over once is evidence, and is never
written again.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ledger.log.verify import Asked, check, parse_state, read_bundle, verdict

GOLDEN = Path(__file__).parents[2] / "golden" / "bundles"


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.zip")), ids=lambda path: path.stem)
def test_a_bundle_of_any_version_verifies(path: Path) -> None:
    """Beside it stand what its reader brought and what he was told."""
    said = json.loads(path.with_suffix(".json").read_text())
    state = parse_state(json.dumps(said["state"]).encode())
    asked = Asked(said["key"], tuple(said["streams"]), state=state)
    found = verdict(check(read_bundle(path.read_bytes()), asked), asked, "none")
    assert found._asdict() == said["verdict"]
