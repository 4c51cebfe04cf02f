"""A reader who misspells a stream is told so; that its records are none is said of a name that is not near."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ledger.app.cli.main import main
from tests.support.forging import KEY, OPERATIONS, Log


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle of one stream of operations."""
    found = Log()
    found.told("i0")
    found.seal()
    path = tmp_path / "b.zip"
    path.write_bytes(found.bundle(OPERATIONS))
    return path


def verified(bundle: Path, stream: str) -> Result:
    return CliRunner().invoke(main, ["verify", str(bundle), "--key", KEY.vkey, "--stream", stream])


def test_a_stream_spelled_nearly_like_one_of_the_registry_is_asked_about(bundle: Path) -> None:
    """The registry proves which streams there are; the fault is the reader's, and the bundle is not judged."""
    done = verified(bundle, OPERATIONS.upper())
    assert (done.exit_code, f"did you mean {OPERATIONS}?" in done.output) == (2, True), done.output


def test_a_stream_that_is_near_none_was_never_opened(bundle: Path) -> None:
    done = verified(bundle, "elsewhere/community")
    assert (done.exit_code, "never-opened" in done.output) == (1, True), done.output


def test_a_bundle_that_is_wrong_otherwise_is_told_as_ever(bundle: Path) -> None:
    """A misspelled name does not soften the verdict on a bundle whose records were altered."""
    data = bundle.read_bytes()
    bundle.write_bytes(data.replace(b'"i0"', b'"i1"', 1))
    assert verified(bundle, OPERATIONS.upper()).exit_code != 0
