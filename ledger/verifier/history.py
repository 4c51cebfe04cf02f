"""Check 4: the log goes on from what the reader saw last, and from the earlier checkpoints in the bundle."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.verifier.bundle import Bundle, hashes_said
from ledger.verifier.checkpoints import Checkpoint, parse_checkpoint
from ledger.verifier.faults import Misshapen, Missing, ProofError
from ledger.verifier.keys import parse_vkey
from ledger.verifier.notes import parse_note, verified_by
from ledger.verifier.reader import Asked
from ledger.verifier.trees import check_consistency


def check_history(
    bundle: Bundle,
    asked: Asked,
    checkpoint: Checkpoint,
    keys: Sequence[str],
    missing: Missing,
) -> dict[int, Checkpoint]:
    """The earlier checkpoints that the bundle carries, each signed by a key of the log and proven to be its
    prefix.
    """
    earlier: dict[int, Checkpoint] = {}
    for name in bundle.members:
        if name.startswith("consistency/"):
            earlier |= _check_earlier(bundle, name, checkpoint, keys)
    state = asked.state
    if state is None:
        return earlier
    seen = state.checkpoint
    if seen.origin != checkpoint.origin:
        raise ProofError(
            "wrong-origin",
            f"it is a log of {checkpoint.origin}, your state is of {seen.origin}",
            "checkpoint",
        )
    if seen.size > checkpoint.size:
        raise ProofError(
            "rollback",
            f"you have seen {seen.size} records of this log; this is of {checkpoint.size}",
            "checkpoint",
        )
    if seen.size == checkpoint.size:
        if seen.root != checkpoint.root:
            raise ProofError(
                "fork", f"it is another history than the {seen.size} records that you have seen", "checkpoint"
            )
    elif seen.size not in earlier:
        why = (
            f"you have seen {seen.size} records; nothing proves that these {checkpoint.size} go on from them:"
            " ask for a bundle made --since your state"
        )
        missing.append(("no-consistency", "checkpoint", why))
    elif earlier[seen.size].root != seen.root:
        raise ProofError(
            "fork",
            f"its first {seen.size} records are not those that you have seen",
            f"consistency/{seen.size}",
        )
    return earlier


def _check_earlier(
    bundle: Bundle, name: str, checkpoint: Checkpoint, keys: Sequence[str]
) -> dict[int, Checkpoint]:
    said = bundle.json(name, "checkpoint", "proof")
    proof = hashes_said(said["proof"], name)
    try:
        if not isinstance(said["checkpoint"], str):
            raise Misshapen("malformed", "its checkpoint is no text")
        note = parse_note(said["checkpoint"].encode())
        old = parse_checkpoint(note.text)
        if (
            old.origin != checkpoint.origin
            or f"consistency/{old.size}" != name
            or old.size >= checkpoint.size
        ):
            raise ProofError("inconsistent", "it is not an earlier checkpoint of this log")
        if not verified_by(note, [parse_vkey(key) for key in keys]):
            raise ProofError("bad-signature", "the earlier checkpoint is signed by no key of this log")
        check_consistency(old.size, old.root, checkpoint.size, checkpoint.root, proof)
    except ProofError as why:
        why.where = name
        raise
    return {old.size: old}
