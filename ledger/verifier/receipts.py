"""Receipts: records that the reader holds a proof of must be in the bundle at their positions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ledger.verifier.checkpoints import Checkpoint, parse_checkpoint
from ledger.verifier.faults import BadOption, Misshapen, Missing, ProofError
from ledger.verifier.forest import ProvenStreams
from ledger.verifier.keys import parse_vkey
from ledger.verifier.leaf import Leaf, read_leaf
from ledger.verifier.notes import parse_note, verified_by
from ledger.verifier.reader import Asked
from ledger.verifier.record_proof import parse_single
from ledger.verifier.trees import check_inclusion, leaf_hash


def check_receipts(
    asked: Asked,
    forest: ProvenStreams,
    names: Iterable[str],
    keys: Sequence[str],
    checkpoint: Checkpoint,
    missing: Missing,
) -> int:
    """Each record that the reader holds a receipt of is in the bundle, at its position; how many are."""
    wanted: dict[str, dict[int, tuple[str, bytes]]] = {}
    for where, data in asked.receipts:
        leaf, found, receipt = _receipt(where, data, keys, checkpoint)
        if found.place >= checkpoint.size:
            why = (
                f"it is of record {found.place}, these are the first {checkpoint.size}:"
                " ask for a later bundle"
            )
            missing.append(("too-old", where, why))
            continue
        if found.stream not in names:
            why = f"no stream {found.stream} was ever opened, and you hold a receipt of a record of it"
            raise ProofError("withheld", why, where)
        if found.stream not in forest.proven:
            why = f"the bundle does not hold {found.stream}, of which you hold a receipt"
            raise ProofError("wrong-stream", why, where)
        proven = forest.proven[found.stream]
        if found.pos < proven.lo:
            why = f"it is of position {found.pos} of {found.stream}, the bundle begins at {proven.lo}"
            missing.append(("left-unanchored", where, f"{why}: ask for the stream from its beginning"))
        elif found.pos >= proven.size:
            why = f"position {found.pos} of {found.stream} is left out: you hold a receipt of its record"
            raise ProofError("withheld", why, where)
        else:
            if wanted.setdefault(found.stream, {}).setdefault(found.pos, (where, leaf))[1] != leaf:
                why = (
                    f"you hold receipts of two records at position {found.pos} of {found.stream}:"
                    " one is left out"
                )
                raise ProofError("withheld", why, where)
            if receipt.size == checkpoint.size and receipt.root != checkpoint.root:
                raise ProofError("fork", "it is of another history of as many records", where)
    for stream, positions in wanted.items():
        proven = forest.proven[stream]
        lines = (line for part in forest.bundle.lines(proven.member) for line in part)
        for pos, line in enumerate(lines, start=proven.lo):
            if pos in positions and positions[pos][1] != line:
                why = f"position {pos} of {stream} holds another record than the one you hold a receipt of"
                raise ProofError("withheld", why, positions[pos][0])
    return sum(map(len, wanted.values()))


def _receipt(
    where: str, data: bytes, keys: Sequence[str], checkpoint: Checkpoint
) -> tuple[bytes, Leaf, Checkpoint]:
    """The record of a receipt, its bytes and its checkpoint, which a key of the log must have signed."""
    try:
        index, leaf, proof, note_ = parse_single(data)
        note = parse_note(note_)
        receipt = parse_checkpoint(note.text)
        if receipt.origin != checkpoint.origin:
            raise ProofError(
                "wrong-origin", f"it is a receipt of {receipt.origin}, not of {checkpoint.origin}"
            )
        if not verified_by(note, [parse_vkey(key) for key in keys]):
            raise ProofError("unknown-key", "its checkpoint is signed by no key of this log")
        check_inclusion(receipt.root, receipt.size, index, leaf_hash(leaf), proof)
        found = read_leaf(leaf)
        if found.place != index:
            raise ProofError("event-position", f"its record says index {found.place}, the proof {index}")
    except Misshapen as why:
        raise BadOption("--receipt", str(why), where, why.code) from None
    except ProofError as why:
        why.where = where
        raise
    return leaf, found, receipt
