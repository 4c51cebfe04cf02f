"""Receipts that a reader holds: what the log's operator gave out must be in the bundle (PROOF 4)."""

from __future__ import annotations

import pytest

from ledger.log import merkle
from ledger.log.checkpoint import Checkpoint, format_checkpoint
from ledger.log.record_proof import format_proof
from ledger.log.signing import Signer, sign_note
from ledger.verifier.bundle import read_bundle
from ledger.verifier.checks import check
from ledger.verifier.faults import BadOption
from ledger.verifier.leaf import read_leaf
from ledger.verifier.reader import Asked
from tests.support.forging import GRID, KEY, OPERATIONS, Log, judged, two_streams

NAME = "receipt"


def given(log: Log, leaf: bytes, note: bytes | None = None, wrong: bool = False) -> tuple[str, bytes]:
    """What the operator gave out of a record under his last checkpoint, or under another note."""
    hashes, index = merkle.hashes_of(log.leaves), read_leaf(leaf).place
    proof = merkle.inclusion_proof(
        lambda level, n: merkle.root(hashes[n << level : n + 1 << level]), index, len(hashes)
    )
    if wrong:
        proof[0] = bytes(32)
    return NAME, format_proof(index, proof, note or log.notes[len(hashes)], leaf)


def noted(origin: str) -> bytes:
    """The checkpoint of an honest log, as the same key signs it for a log of some name."""
    leaves = two_streams().leaves
    root = merkle.root(merkle.hashes_of(leaves))
    text = format_checkpoint(Checkpoint(origin, len(leaves), root))
    return sign_note(text, [Signer(origin, bytes(range(32)))])


def forked() -> Log:
    """Another history with the same operations: the last grid record differs."""
    found = Log()
    for n in range(6):
        found.told(f"o{n}")
        found.told(f"g{n}" if n < 5 else "other", GRID)
    found.seal()
    return found


LOG = two_streams()
LEAF = LOG.streams[OPERATIONS][3]


@pytest.mark.parametrize(
    ("receipt", "code"),
    [
        (given(LOG, LEAF), None),
        (given(LOG, LEAF, noted(KEY.name)), None),
        (given(LOG, LEAF, noted("example.com/other")), "wrong-origin"),
        (given(LOG, LEAF, wrong=True), "range-root"),
        (given(forked(), LEAF), "fork"),
    ],
    ids=["honest", "signed again", "of another log", "with a proof of something else", "of another history"],
)
def test_a_receipt_is_of_this_log_and_proven(receipt: tuple[str, bytes], code: str | None) -> None:
    found = judged(LOG.bundle(OPERATIONS), receipts=(receipt,))
    assert (found.code, found.where) == (code, NAME if code else "")


def test_a_file_that_is_no_receipt_is_told_by_its_name() -> None:
    name, data = given(LOG, LEAF)
    asked = Asked(KEY.vkey, (OPERATIONS,), receipts=((name, data[1:]),))
    with pytest.raises(BadOption) as why:
        check(read_bundle(LOG.bundle(OPERATIONS)), asked)
    assert (why.value.option, why.value.where, why.value.code) == ("--receipt", NAME, "malformed")
