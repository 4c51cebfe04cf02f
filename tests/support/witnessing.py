"""A full-log witness beside every reader of a bundle: he is given the log as its operator hands it out
under the checkpoint of the bundle, and what no reader can see of a few streams he must see, or nothing must
be wrong.

Whatever is VERIFIED with his cosignature and ``quorum full`` holds exactly the log's records of its
streams. He refuses a log whose streams are not those committed to. A bundle that was changed after an
honest checkpoint is none of his business: he cosigns the checkpoint, and the readers refuse the bundle.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from ledger.app.maintenance.full_log import check_whole
from ledger.app.proofs.cosignatures import cosign
from ledger.errors import WattledgerError
from ledger.log import merkle
from ledger.log.bundle_format import member, pack
from ledger.log.witness import Request, Witness, format_request
from ledger.verifier.bundle import Bundle, read_bundle
from ledger.verifier.checkpoints import Checkpoint
from ledger.verifier.checks import check
from ledger.verifier.faults import ProofError
from ledger.verifier.leaf import Leaf, read_leaf
from ledger.verifier.notes import parse_note
from ledger.verifier.policy import parse_policy
from ledger.verifier.reader import Asked
from ledger.verifier.verdict import Verdict, refusal, verdict
from ledger.verifier.zip_form import MANIFEST

FULL_LOG: Final = Witness("utility.example/full-log", bytes(range(3, 35)))
QUORUM_FULL: Final = parse_policy(f"witness u {FULL_LOG.vkey}\nquorum full\n")
WHOLE: Final = 500
"""Records of the longest log that is read whole."""
UNSIGNED, UNREADABLE, AGREES = "no such checkpoint was signed", "no bundle", "agrees"


class HandedOut(NamedTuple):
    """What an operator hands a witness: a checkpoint and all records under it."""

    note: bytes
    leaves: tuple[bytes, ...]


_signed: dict[str, HandedOut] = {}
outcomes: list[tuple[Verdict, str]] = []
"""Each verdict of a reader, with what the witness said of the log."""


def signed(note: bytes, leaves: Sequence[bytes]) -> None:
    """Remember what was signed of a log."""
    if len(leaves) <= WHOLE:
        _signed[parse_note(note).text] = HandedOut(note, tuple(leaves))


def witness(data: bytes, asked: Asked, found: Verdict) -> None:
    """Ask the witness about the log of a bundle; ``AssertionError`` where a forged one is VERIFIED with
    him.
    """
    said, cosigned = _asked(data, asked)
    outcomes.append((found, said.replace("not cosigned: ", "")))
    now = by_program(data if cosigned is None else cosigned, asked._replace(policy=QUORUM_FULL))
    if now.verdict == "VERIFIED":
        assert said == AGREES, f"VERIFIED without the witness, who says: {said}"
        _check_records(read_bundle(data), _signed[_text(data)].leaves)


def by_program(data: bytes, asked: Asked) -> Verdict:
    """What verify.py says."""
    try:
        checked = check(read_bundle(data), asked)
    except ProofError as why:
        return refusal(why)
    return verdict(checked, "none")


def _text(data: bytes) -> str:
    return parse_note(read_bundle(data).data("checkpoint")).text


def _asked(data: bytes, asked: Asked) -> tuple[str, bytes | None]:
    """What the witness says, and the bundle with his cosignature where he gives one. He has seen what the
    reader has seen.
    """
    try:
        log = _signed.get(_text(data))
    except ProofError:
        return UNREADABLE, None
    if log is None:
        return UNSIGNED, None
    with tempfile.TemporaryDirectory() as place:
        export, state = Path(place) / "log.jsonl", Path(place) / "state"
        export.write_bytes(b"".join(leaf + b"\n" for leaf in log.leaves))
        seen = None if asked.state is None else asked.state.checkpoint
        if seen is not None:
            known = {seen.origin: {"root": seen.root.hex(), "size": seen.size}}
            state.write_text(json.dumps(known, separators=(",", ":")))
        request = format_request(_request(log, seen))
        keys = [asked.key, *_told_keys(log.leaves)]
        try:
            line = cosign(request, keys, FULL_LOG, state, 1_800_000_000, partial(check_whole, export)).body
        except (WattledgerError, ProofError) as why:
            return str(why), None
    bundle = read_bundle(data)
    members = {name: bundle.data(name) for name in bundle.members if name != MANIFEST}
    return AGREES, _packed(members | {"checkpoint": members["checkpoint"] + line}, bundle)


def _request(log: HandedOut, seen: Checkpoint | None) -> Request:
    """What the operator asks of a witness who has seen a checkpoint, with the best proof that he can make."""
    size = 0 if seen is None or seen.origin != _origin(log) else seen.size
    if not 0 < size < len(log.leaves):
        return Request(size, (), log.note)
    hashes = merkle.hashes_of(log.leaves)

    def hash_at(level: int, index: int) -> bytes:
        return merkle.root(hashes[index << level : index + 1 << level])

    return Request(size, tuple(merkle.consistency_proof(hash_at, size, len(hashes))), log.note)


def _origin(log: HandedOut) -> str:
    return parse_note(log.note).text.partition("\n")[0]


def _told_keys(leaves: Sequence[bytes]) -> list[str]:
    """The key that the log says it was handed on to: the witness trusts whatever key the operator tells
    him, and must see himself what is wrong with it.
    """
    bodies = [json.loads(leaf)["body"] for leaf in leaves if b'"kind":"key-rotated.v1"' in leaf]
    return [body["new_vkey"] for body in bodies[-1:]]


def _packed(members: Mapping[str, bytes], bundle: Bundle) -> bytes:
    return b"".join(pack([member(name, part) for name, part in members.items()], bundle.reports))


def _registry(leaves: Sequence[bytes]) -> list[Leaf]:
    return [read_leaf(leaf) for leaf in leaves if json.loads(leaf)["stream"] == "ledger/registry"]


def _check_records(bundle: Bundle, leaves: Sequence[bytes]) -> None:
    """The records of each stream in the bundle are those that the log has of it, to the heads record."""
    names = [leaf.body["stream"] for leaf in _registry(leaves) if leaf.kind == "stream-opened.v1"]
    for number, name in enumerate(names):
        member = f"streams/{number}.jsonl" if number else "registry.jsonl"
        if member in bundle.members:
            lo = bundle.json(f"streams/{number}.json", "lo", "range", "targets")["lo"]
            held = [line for part in bundle.lines(member) for line in part]
            due = [leaf for leaf in leaves[:-1] if json.loads(leaf)["stream"] == name]
            assert held == due[lo:], f"VERIFIED, and {name} is not what the log holds"
