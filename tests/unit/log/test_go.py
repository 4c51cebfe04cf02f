"""Go's x/mod/sumdb accepts our checkpoints and proofs and refuses doctored ones: other people's tools can
read this log.
"""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ledger.log import merkle
from ledger.log.checkpoint import Checkpoint, format_checkpoint
from ledger.log.signing import Signer, sign_note
from tests.support.forging import KEY, OPERATIONS, Log
from tests.support.go_programs import built

SIGNER = Signer("example.com/ledger", bytes(range(32)))
LEAVES = [b"record %d" % n for n in range(300)]
HASHES = merkle.hashes_of(LEAVES)


@pytest.fixture(scope="module")
def go(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Go program that checks a checkpoint and its proofs."""
    return built("check", tmp_path_factory.mktemp("go"))


def bundle(index: int, old_size: int) -> dict[str, Any]:
    """A checkpoint over all leaves with proofs of one leaf and of one earlier tree."""

    def hash_at(level: int, number: int) -> bytes:
        return merkle.root(HASHES[number << level : (number + 1) << level])

    checkpoint = Checkpoint(SIGNER.name, len(LEAVES), merkle.root(HASHES))
    return {
        "Note": sign_note(format_checkpoint(checkpoint), [SIGNER]).decode(),
        "Leaf": _64(LEAVES[index]),
        "Index": index,
        "Inclusion": [_64(h) for h in merkle.inclusion_proof(hash_at, index, len(LEAVES))],
        "OldSize": old_size,
        "OldRoot": _64(merkle.root(HASHES[:old_size])),
        "Consistency": [_64(h) for h in merkle.consistency_proof(hash_at, old_size, len(LEAVES))],
    }


def _64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def said(go: Path, given: dict[str, Any], vkey: str = SIGNER.vkey) -> str:
    return subprocess.run(
        [str(go), vkey], input=json.dumps(given), capture_output=True, text=True, check=False
    ).stdout.strip()


@pytest.mark.parametrize(
    ("index", "old_size"), [(0, 1), (7, 8), (255, 256), (256, 257), (299, 299), (150, 300)]
)
def test_go_accepts_what_we_prove(go: Path, index: int, old_size: int) -> None:
    assert said(go, bundle(index, old_size)) == "ok"


def test_go_accepts_a_checkpoint_with_a_second_signature_that_it_does_not_know(go: Path) -> None:
    """An ML-DSA-44 line has 3,250 characters, and is of the same name as the Ed25519 line."""
    given = bundle(7, 100)
    line = SIGNER.ml_dsa.cosign(Checkpoint(SIGNER.name, len(LEAVES), merkle.root(HASHES)), 1_793_000_000)
    assert said(go, given | {"Note": given["Note"] + line}) == "ok"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"Leaf": _64(b"record 8")}, "inclusion: "),
        ({"Index": 8}, "inclusion: "),
        ({"OldRoot": _64(bytes(32))}, "consistency: "),
        ({"OldSize": 99}, "consistency: "),
    ],
)
def test_go_refuses_what_we_doctor(go: Path, change: dict[str, Any], refusal: str) -> None:
    assert said(go, bundle(7, 100) | change).startswith(refusal)


def test_go_refuses_a_checkpoint_of_another_size(go: Path) -> None:
    given = bundle(7, 100)
    assert said(go, given | {"Note": given["Note"].replace("\n300\n", "\n301\n")}).startswith(
        "invalid signature for key example.com/ledger"
    )


def test_go_refuses_a_checkpoint_of_another_key(go: Path) -> None:
    assert "no verifiable signatures" in said(go, bundle(7, 100), Signer(SIGNER.name, bytes(32)).vkey)


def bundled() -> dict[str, Any]:
    """What a bundle of a forged log proves: its heads record, and an earlier checkpoint."""
    log = Log()
    for n in range(20):
        log.told(f"i{n}")
    earlier = log.seal()
    log.told("more")
    size = log.seal()
    members = log.members([OPERATIONS], earlier=earlier)
    heads, before = (json.loads(members[name]) for name in ("heads.json", f"consistency/{earlier}"))
    return {
        "Note": members["checkpoint"].decode(),
        "Leaf": heads["leaf"],
        "Index": size - 1,
        "Inclusion": heads["inclusion"],
        "OldSize": earlier,
        "OldRoot": before["checkpoint"].splitlines()[2],
        "Consistency": before["proof"],
    }


def test_go_accepts_what_a_bundle_proves(go: Path) -> None:
    assert said(go, bundled(), KEY.vkey) == "ok"


def test_go_refuses_a_bundle_whose_heads_record_is_not_the_last(go: Path) -> None:
    given = bundled()
    assert said(go, given | {"Index": given["Index"] - 1}, KEY.vkey).startswith("inclusion: ")
