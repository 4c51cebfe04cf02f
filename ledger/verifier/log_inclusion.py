"""The directory is the log's: every record of the bundle is in the main tree at its own index."""

from __future__ import annotations

from ledger.verifier.checkpoints import Checkpoint
from ledger.verifier.faults import Misshapen, ProofError
from ledger.verifier.forest import ProvenStreams
from ledger.verifier.keys import strict_base64
from ledger.verifier.trees import HASH_BYTES, leaf_hash, root_from_many
from ledger.verifier.zip_form import LOG_HASHES


def check_log(forest: ProvenStreams, checkpoint: Checkpoint) -> None:
    """Every record of the bundle, and the heads record, is in the log at the index that it says."""
    data = forest.bundle.members[LOG_HASHES]
    if len(data) % HASH_BYTES:
        raise Misshapen("malformed", "is not made of hashes of 32 bytes", LOG_HASHES)
    heads = strict_base64(forest.bundle.json("heads.json", "inclusion", "leaf")["leaf"])
    places = [place for known, _ in forest.known for place in known]
    hashes = [
        bytes(one[n : n + HASH_BYTES]) for _, one in forest.known for n in range(0, len(one), HASH_BYTES)
    ]
    order = sorted(range(len(places)), key=places.__getitem__)
    proof = [bytes(data[n : n + HASH_BYTES]) for n in range(0, len(data), HASH_BYTES)]
    indexes = [*(places[n] for n in order), checkpoint.size - 1]
    leaves = [*(hashes[n] for n in order), leaf_hash(heads)]
    try:
        root = root_from_many(checkpoint.size, indexes, leaves, proof)
    except ProofError as why:
        why.where = LOG_HASHES
        raise
    if root != checkpoint.root:
        why_ = "a record of these streams is not the one that the log holds at its index"
        raise ProofError("log-inclusion", why_, LOG_HASHES)
