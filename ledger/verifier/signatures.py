"""Check 3 of PROOF 4: who signed the checkpoint, and whether the reader's policy is met."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.verifier.bundle import Bundle
from ledger.verifier.checkpoints import Checkpoint, cosigned_by, parse_checkpoint
from ledger.verifier.faults import BadOption, Misshapen, Missing, ProofError
from ledger.verifier.key_chain import key_walk
from ledger.verifier.keys import ED25519, ML_DSA_44, ML_DSA_44_BYTES, VerifierKey, parse_vkey
from ledger.verifier.leaf import Leaf
from ledger.verifier.notes import Note, lines_by, parse_note, verified_by
from ledger.verifier.policy import FULL, Policy, is_full_log
from ledger.verifier.reader import Asked

ML_DSA_VERIFIED = "verified"
ML_DSA_NOT_CHECKED = "not-checked"
AS_COMMITTED = "streams as committed"
AS_HELD = "streams as the log holds them"
NOT_TIED = "directory not tied to the log"


def check_note(bundle: Bundle, asked: Asked) -> tuple[Note, Checkpoint]:
    try:
        note = parse_note(bundle.data("checkpoint"))
        checkpoint = parse_checkpoint(note.text)
    except ProofError as why:
        why.where = "checkpoint"
        raise
    key = pinned_key(asked.key)
    if key.name != checkpoint.origin:
        raise ProofError(
            "wrong-origin", f"it is a log of {checkpoint.origin}, your key is of {key.name}", "checkpoint"
        )
    for name in bundle.members:
        if name.startswith("anchors/") and name != f"anchors/{checkpoint.size}.tsr":
            raise Misshapen("malformed", "it is of another checkpoint than the bundle's", name)
    return note, checkpoint


def pinned_key(line: str) -> VerifierKey:
    """The key that the reader brings; ``BadOption`` where it is none."""
    try:
        return parse_vkey(line)
    except ProofError as why:
        raise BadOption("--key", f"{why}{_where_it_goes(line)}", code=why.code) from None


def _where_it_goes(vkey: str) -> str:
    try:
        parse_vkey(vkey, ML_DSA_44)
    except ProofError:
        return ""
    return "; name an ML-DSA-44 key in your policy instead, in a line: log KEY"


def check_keys(
    asked: Asked,
    note: Note,
    checkpoint: Checkpoint,
    registry: Sequence[Leaf],
    missing: Missing,
) -> list[str]:
    keys = key_walk(checkpoint.origin, asked.key, registry)
    try:
        signed = verified_by(note, [parse_vkey(key) for key in keys])
    except ProofError as why:
        why.where = "checkpoint"
        raise
    if parse_vkey(keys[-1]) not in signed:
        raise ProofError(
            "unknown-key", f"the checkpoint is not signed by the log's key, which is {keys[-1]}", "checkpoint"
        )
    if (
        asked.state is not None
        and asked.state.checkpoint.origin == checkpoint.origin
        and asked.state.key not in keys
    ):
        raise ProofError(
            "bad-rotation",
            f"when you verified last the log was signed by {asked.state.key};"
            " this history never handed on to that key",
            "registry.jsonl",
        )
    if asked.policy is not None:
        _check_policy(asked, asked.policy, note, missing)
    return keys


def check_ml_dsa(asked: Asked, note: Note, walked: Sequence[VerifierKey], missing: Missing) -> str | None:
    """Check the ML-DSA-44 signature of the checkpoint, which the last such key of the log, or one in
    the reader's policy, must have made: was it verified, or passed over? None where there is none.
    """
    origin = note.text.partition("\n")[0]
    pinned = [] if asked.policy is None else asked.policy.log_keys(ML_DSA_44)
    pinned = [key for key in pinned if key.name == origin]
    if walked and not set(pinned) <= set(walked):
        why = "the ML-DSA-44 key in your policy was never the log's"
        raise ProofError("unknown-key", why, "registry.jsonl")
    wanted = walked[-1:] or pinned
    try:
        checked = cosigned_by(note, wanted, asked.ml_dsa)
    except ProofError as why_:
        why_.where = "checkpoint"
        raise
    if wanted and not any(lines_by(note, key) for key in wanted):
        why = "the checkpoint is not signed by the log's ML-DSA-44 key"
        raise ProofError("bad-signature", why, "checkpoint")
    if checked:
        return ML_DSA_VERIFIED
    if pinned:
        why = "your policy names the log's ML-DSA-44 key; this verifier does not check its signature"
        missing.append(("ml-dsa-not-checked", "checkpoint", f"{why}: use wattledger verify"))
    size = 8 + ML_DSA_44_BYTES
    is_there = any(line.name == origin and len(line.signature) == size for line in note.signatures)
    return ML_DSA_NOT_CHECKED if is_there else None


def _check_policy(asked: Asked, policy: Policy, note: Note, missing: Missing) -> None:
    own = policy.log_keys(ED25519) or policy.log_keys(ML_DSA_44)
    key = parse_vkey(asked.key)
    if own and not any(one == key if one.kind == ED25519 else one.name == key.name for one in own):
        raise ProofError(
            "unknown-key", "the key you brought is none of the log keys in your policy", "policy"
        )
    try:
        agreed = cosigned_by(note, list(policy.witnesses.values()), asked.ml_dsa)
    except ProofError as why:
        why.where = "checkpoint"
        raise
    names = [name for name, key in policy.witnesses.items() if key in agreed]
    if not policy.met([*names, *(FULL for key in agreed if is_full_log(key))]):
        passed = [name for name, key in policy.witnesses.items() if key not in agreed and lines_by(note, key)]
        unsaid = (
            f"; not checked here, use wattledger verify: {', '.join(passed)} (ML-DSA-44)" if passed else ""
        )
        why_ = f"your policy wants {policy.quorum}; cosigned by {', '.join(names) or 'no witness in it'}"
        missing.append(("quorum", "checkpoint", why_ + unsaid))


def assurance_of(bundle: Bundle, asked: Asked, note: Note) -> str:
    """The assurance of the streams: the log commits to them, or a witness found them in all of it."""
    if not bundle.tied:
        return NOT_TIED
    witnesses = [] if asked.policy is None else list(asked.policy.witnesses.values())
    agreed = cosigned_by(note, witnesses, asked.ml_dsa)
    return AS_HELD if any(map(is_full_log, agreed)) else AS_COMMITTED
