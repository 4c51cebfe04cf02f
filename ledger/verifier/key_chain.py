"""Keys that were handed on: from any key the reader pinned to the log's last, by the signatures of both."""

from __future__ import annotations

import binascii
from collections.abc import Sequence

from ledger.verifier.ed25519 import ed25519_verifies
from ledger.verifier.faults import ProofError
from ledger.verifier.keys import ML_DSA_44, ML_DSA_44_BYTES, VerifierKey, Verifies, parse_vkey, strict_base64
from ledger.verifier.leaf import Leaf

ROTATION = "key-rotated.v1"


def rotation_text(origin: str, old_vkey: str, new_vkey: str, index: int) -> str:
    """The text that both keys sign when one hands on to the other in record ``index``."""
    return f"wattledger-key-rotation/v1\n{origin}\n{old_vkey}\n{new_vkey}\n{index}\n"


def key_walk(origin: str, pinned: str, registry: Sequence[Leaf]) -> list[str]:
    """The keys of a log from its first, in order, by the rotations in its registry; ``pinned`` must be one of
    them.

    Every step must be signed by both its keys. ``bad-rotation`` where one is not, ``unknown-key`` where the
    pinned key is none of them.
    """
    keys: list[str] = []
    for leaf in registry:
        if leaf.kind == ROTATION:
            keys += _rotated(origin, keys, leaf)
    if keys and pinned not in keys:
        raise ProofError(
            "unknown-key",
            f"the log was never signed by the key you brought; it is signed by {keys[-1]}",
            "registry.jsonl",
        )
    return keys or [pinned]


def _rotated(origin: str, keys: Sequence[str], leaf: Leaf) -> list[str]:
    where = f"registry.jsonl:{leaf.pos + 1}"
    body = leaf.body
    try:
        if set(body) != {"new_signature", "new_vkey", "old_signature", "old_vkey"}:
            raise ValueError("it has not the members of a rotation")
        text = rotation_text(origin, body["old_vkey"], body["new_vkey"], leaf.place).encode()
        for name in ("old", "new"):
            key = parse_vkey(body[f"{name}_vkey"])
            if key.name != origin:
                raise ValueError(f"its {name} key is of {key.name}, not of {origin}")
            if not ed25519_verifies(key.public, text, strict_base64(body[f"{name}_signature"])):
                raise ValueError(f"its signature by the {name} key is wrong")
        if keys and keys[-1] != body["old_vkey"]:
            raise ValueError("it is not by the key that was handed on to before")
        if body["new_vkey"] in (*keys, body["old_vkey"]):
            raise ValueError("it hands on to a key that was used before")
    except (ProofError, TypeError, AttributeError, ValueError, binascii.Error) as why:
        raise ProofError(
            "bad-rotation", f"the key was not handed on in record {leaf.place}: {why}", where
        ) from None
    return [body["new_vkey"]] if keys else [body["old_vkey"], body["new_vkey"]]


ML_DSA_KEY = "ml-dsa-key-added.v1"


def ml_dsa_text(origin: str, vkey: str, ml_dsa_vkey: str, index: int) -> str:
    """The text that is signed when an ML-DSA-44 key is added in record ``index`` beside the Ed25519 key."""
    return f"wattledger-ml-dsa-key/v1\n{origin}\n{vkey}\n{ml_dsa_vkey}\n{index}\n"


def ml_dsa_walk(
    origin: str, keys: Sequence[str], registry: Sequence[Leaf], ml_dsa: Verifies | None
) -> list[VerifierKey]:
    """The ML-DSA-44 keys of a log from its first, in order; ``keys`` are its Ed25519 keys by ``key_walk``.

    Each is signed by the Ed25519 key it stands beside, by itself, and by the ML-DSA-44 key before it. The
    last two are checked with ``ml_dsa`` alone.
    """
    found: list[VerifierKey] = []
    beside = keys[0]
    for leaf in registry:
        if leaf.kind == ROTATION:
            beside = leaf.body["new_vkey"]
        elif leaf.kind == ML_DSA_KEY:
            found.append(_ml_dsa_added(origin, beside, found, leaf, ml_dsa))
    return found


def _ml_dsa_added(
    origin: str, beside: str, before: Sequence[VerifierKey], leaf: Leaf, ml_dsa: Verifies | None
) -> VerifierKey:
    where = f"registry.jsonl:{leaf.pos + 1}"
    body = leaf.body
    try:
        old = {"old_ml_dsa_signature"} if before else set()
        if set(body) != {"ml_dsa_signature", "ml_dsa_vkey", "signature", "vkey"} | old:
            raise ValueError("it has not the members of such a key")
        key = parse_vkey(body["ml_dsa_vkey"], ML_DSA_44)
        if (key.name, body["vkey"]) != (origin, beside):
            raise ValueError(f"it is not of {origin} beside its key then, which is {beside}")
        if key in before:
            raise ValueError("it was used before")
        text = ml_dsa_text(origin, beside, body["ml_dsa_vkey"], leaf.place).encode()
        if not ed25519_verifies(parse_vkey(beside).public, text, strict_base64(body["signature"])):
            raise ValueError("its signature by the Ed25519 key is wrong")
        for name, by in zip(("ml_dsa_signature", "old_ml_dsa_signature"), (key, *before[-1:]), strict=False):
            signature = strict_base64(body[name])
            if len(signature) != ML_DSA_44_BYTES or (ml_dsa and not ml_dsa(by.public, text, signature)):
                raise ValueError(f"its {name} is wrong")
    except (ProofError, TypeError, AttributeError, ValueError, binascii.Error) as why:
        raise ProofError(
            "bad-rotation", f"no ML-DSA-44 key was added in record {leaf.place}: {why}", where
        ) from None
    return key
