"""The verdict on the proof of one record."""

from __future__ import annotations

from ledger.verifier.bundle import Bundle
from ledger.verifier.faults import BadOption, Missing, ProofError
from ledger.verifier.leaf import read_leaf
from ledger.verifier.reader import Asked
from ledger.verifier.record_proof import parse_single
from ledger.verifier.signatures import check_keys, check_ml_dsa, check_note
from ledger.verifier.trees import check_inclusion, leaf_hash
from ledger.verifier.verdict import Verdict, ml_dsa_said


def check_single(data: bytes, asked: Asked) -> Verdict:
    """The verdict on one record's proof, which has the record's bytes as its extra data: it is in the log as
    of the checkpoint, at that index.

    It says nothing of other records, so that streams, a window, a state and an age cannot be asked of it.
    """
    said: dict[str, object] = {
        "--stream": asked.streams,
        "--from": asked.start_s if asked.start_on is None else asked.start_on,
        "--to": asked.stop_s if asked.stop_on is None else asked.stop_on,
        "--state": asked.state,
        "--receipt": asked.receipts,
        "--max-age": asked.max_age_s,
    }
    for name, value in said.items():
        if value not in ((), None):
            raise BadOption(name, "a proof of one record says nothing of other records: ask for a bundle")
    index, leaf, proof, note_ = parse_single(data)
    note, checkpoint = check_note(Bundle({"checkpoint": memoryview(note_)}, ()), asked)
    check_inclusion(checkpoint.root, checkpoint.size, index, leaf_hash(leaf), proof)
    found = read_leaf(leaf)
    if found.place != index:
        raise ProofError("event-position", f"the record says that it is at {found.place}, the proof {index}")
    missing: Missing = []
    check_keys(asked, note, checkpoint, [], missing)
    ml_dsa = ml_dsa_said(check_ml_dsa(asked, note, [], missing))
    code, where, why = missing[0] if missing else (None, "", "")
    names = ("id", "stream", "pos", "kind", "at", "rec")
    log = {
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "key": asked.key,
    }
    record = {"index": index, **{name: getattr(found, name) for name in names}}
    kind = "INCOMPLETE-TRUST" if missing else "VERIFIED"
    return Verdict(kind, code, where, why, "none", {**log, "record": record, **ml_dsa})
