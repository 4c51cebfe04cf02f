"""A full-log witness reads all of a log and cosigns only what every stream and the directory follow from."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from ledger.app.maintenance.full_log import check_whole
from ledger.app.proofs.cosignatures import cosign
from ledger.errors import Malformed, VerificationFailed
from ledger.log.witness import Request, Witness, format_request
from ledger.verifier.leaf import read_leaf
from ledger.verifier.policy import parse_policy
from ledger.verifier.signatures import AS_HELD
from tests.support.forging import (
    GRID,
    KEY,
    NEXT,
    OPERATIONS,
    Log,
    hidden,
    judged,
    line_twice,
    other_record,
    packed,
    shrunk,
    swapped,
    two_streams,
)

FULL = Witness("utility.example/full-log", bytes(range(3, 35)))
PLAIN = Witness("utility.example/witness", bytes(range(4, 36)))


def cosigned(found: Log, folder: Path, *, witness: Witness = FULL, read: bool = True) -> bytes:
    """The cosignature of a log's newest checkpoint, by a witness who read the log that the operator exports."""
    export = folder / "log.jsonl"
    export.write_bytes(b"".join(leaf + b"\n" for leaf in found.leaves))
    asked = format_request(Request(0, (), found.notes[max(found.notes)]))
    check = partial(check_whole, export) if read else None
    return cosign(asked, [KEY.vkey], witness, folder / "state", 1_800_000_000, check).body


def test_a_bundle_that_a_full_log_witness_cosigned_says_so(tmp_path: Path) -> None:
    found = two_streams()
    members = found.members([OPERATIONS])
    members["checkpoint"] += cosigned(found, tmp_path)
    verdict = judged(packed(members), policy=parse_policy(f"witness u {FULL.vkey}\nquorum full\n"))
    assert verdict.scope is not None
    assert (verdict.verdict, verdict.scope["assurance"]) == ("VERIFIED", AS_HELD)


@pytest.mark.parametrize("forge", [shrunk, hidden, other_record, swapped, line_twice])
def test_a_log_whose_streams_are_not_those_committed_to_is_not_cosigned(
    forge: Callable[[], Log], tmp_path: Path
) -> None:
    with pytest.raises(VerificationFailed, match="commits to other streams than those before it"):
        cosigned(forge(), tmp_path)


def test_a_refused_log_is_not_remembered_as_cosigned(tmp_path: Path) -> None:
    with pytest.raises(VerificationFailed):
        cosigned(hidden(), tmp_path)
    assert not (tmp_path / "state").exists()


def test_an_export_of_another_history_is_not_cosigned(tmp_path: Path) -> None:
    found = two_streams()
    found.leaves[5:7] = two_streams().leaves[5:7][::-1]
    with pytest.raises(VerificationFailed, match="is record 6, where 5 is due"):
        cosigned(found, tmp_path)


def test_an_export_that_ends_early_is_not_cosigned(tmp_path: Path) -> None:
    found = two_streams()
    del found.leaves[-3:]
    with pytest.raises(VerificationFailed, match="missing"):
        cosigned(found, tmp_path)


def test_a_checkpoint_that_does_not_end_with_a_heads_record_is_not_cosigned(tmp_path: Path) -> None:
    found = two_streams()
    found.told("more")
    found.sign()
    with pytest.raises(VerificationFailed, match="commits to no streams"):
        cosigned(found, tmp_path)


def test_an_export_that_has_grown_since_is_cosigned_up_to_the_checkpoint(tmp_path: Path) -> None:
    found = two_streams()
    found.told("more")
    assert cosigned(found, tmp_path)


def test_a_key_that_says_that_the_whole_log_was_read_cosigns_nothing_unread(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="cosigns with --log EXPORT only"):
        cosigned(two_streams(), tmp_path, read=False)


def test_a_key_that_does_not_say_so_cosigns_no_whole_log(tmp_path: Path) -> None:
    """Its cosignature would not show that the log was read."""
    with pytest.raises(Malformed, match="ends with /full-log"):
        cosigned(two_streams(), tmp_path, witness=PLAIN)


def test_a_correction_that_is_filed_in_another_stream_is_not_cosigned(tmp_path: Path) -> None:
    """Who audits the stream of the record would not see that it was corrected."""
    found = two_streams()
    found.told("late", GRID, corrects=[read_leaf(found.streams[OPERATIONS][0]).id])
    found.seal()
    with pytest.raises(VerificationFailed, match="which is not an earlier record of s1/grid"):
        cosigned(found, tmp_path)


def test_a_checkpoint_by_a_key_that_the_log_has_handed_on_from_is_not_cosigned(tmp_path: Path) -> None:
    """Its thief goes on with it, and the witness has not heard of the rotation but for the log that it reads."""
    found = two_streams()
    found.rotate(KEY, NEXT)
    found.signers = [KEY]
    found.seal()
    with pytest.raises(VerificationFailed, match=r"the log was handed on to .*, which did not sign this"):
        cosigned(found, tmp_path)


def test_a_log_without_the_second_signature_that_it_owes_is_not_cosigned(tmp_path: Path) -> None:
    found = two_streams()
    found.add_ml_dsa(KEY)
    found.ml_dsa.clear()
    found.seal()
    with pytest.raises(VerificationFailed, match="there is no ML-DSA-44 signature"):
        cosigned(found, tmp_path)


def test_a_log_that_owes_and_carries_a_second_signature_is_cosigned(tmp_path: Path) -> None:
    found = two_streams()
    found.add_ml_dsa(KEY)
    found.seal()
    assert cosigned(found, tmp_path)
