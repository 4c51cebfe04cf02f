"""The trees of RFC 6962 and RFC 9162, section 2.1: hashes, inclusion and consistency proofs, multi-proofs,
compact ranges.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from ledger.verifier.faults import ProofError

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(00 leaf)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(01 left right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_from_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """The root that an inclusion proof leads to from a leaf hash (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        raise ProofError("range-root", f"index {index} is not in a tree of {size}")
    _check_hashes([leaf, *proof])
    inner = (index ^ (size - 1)).bit_length()
    if len(proof) != inner + bin(index >> inner).count("1"):
        raise ProofError(
            "proof-length", f"an inclusion proof of {index} in {size} has not {len(proof)} hashes"
        )
    found = leaf
    for level, sibling in enumerate(proof):
        right = level >= inner or (index >> level) & 1
        found = node_hash(sibling, found) if right else node_hash(found, sibling)
    return found


def check_inclusion(root: bytes, size: int, index: int, leaf: bytes, proof: Sequence[bytes]) -> None:
    """``ProofError`` unless the leaf hash is at ``index`` of the tree of ``size`` with this root."""
    if root_from_inclusion(index, size, leaf, proof) != root:
        raise ProofError("range-root", f"the proof of index {index} in {size} does not lead to the root")


def check_consistency(size1: int, root1: bytes, size2: int, root2: bytes, proof: Sequence[bytes]) -> None:
    """``ProofError`` unless the first tree is a prefix of the second (RFC 9162 2.1.4.2)."""
    if not 0 < size1 <= size2:
        raise ProofError("inconsistent", f"no consistency from {size1} to {size2} can be proven")
    if size1 == size2:
        if proof:
            raise ProofError("proof-length", "a tree is consistent with itself by an empty proof")
        if root1 != root2:
            raise ProofError("inconsistent", f"two roots of size {size1} differ")
        return
    _check_hashes([root1, root2, *proof])
    hashes = list(proof)
    if size1 & (size1 - 1) == 0:
        hashes.insert(0, root1)
    inner = ((size1 - 1) ^ (size2 - 1)).bit_length()
    shift = (size1 & -size1).bit_length() - 1
    inner -= shift
    start = 1
    if len(hashes) != start + inner + bin((size1 - 1) >> (inner + shift)).count("1"):
        raise ProofError("proof-length", f"a proof from {size1} to {size2} has not {len(proof)} hashes")
    mask = (size1 - 1) >> shift
    old = new = hashes[0]
    for level, sibling in enumerate(hashes[1:]):
        if level >= inner or (mask >> level) & 1:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
        else:
            new = node_hash(new, sibling)
    if old != root1:
        raise ProofError("inconsistent", f"the proof does not lead to the root of {size1}")
    if new != root2:
        raise ProofError("inconsistent", f"the proof does not lead to the root of {size2}")


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(one) != HASH_BYTES for one in hashes):
        raise ProofError("proof-length", "a hash has 32 bytes")


def root_from_many(
    size: int, indexes: Sequence[int], leaves: Sequence[bytes], proof: Sequence[bytes]
) -> bytes:
    """The root that leaf hashes at rising, distinct indexes lead to with the hashes of a multi-proof.

    The proof holds, level by level from the leaves up and left to right, each sibling that cannot be computed
    from the leaves: a node that many of them share is computed once. The last node of a level with an odd
    number of nodes has no sibling and goes up as it is, which is the shape of RFC 6962's trees.
    """
    _check_hashes([*leaves[:1], *proof])
    siblings, digest = iter(proof), hashlib.sha256
    places, hashes, width = list(indexes), list(leaves), size
    try:
        while width > 1:
            above: list[int] = []
            nodes: list[bytes] = []
            n, count = 0, len(places)
            while n < count:
                place, found = places[n], hashes[n]
                n += 1
                if place & 1:
                    found = digest(b"\x01" + next(siblings) + found).digest()
                elif n < count and places[n] == place + 1:
                    found = digest(b"\x01" + found + hashes[n]).digest()
                    n += 1
                elif place + 1 < width:
                    found = digest(b"\x01" + found + next(siblings)).digest()
                above.append(place >> 1)
                nodes.append(found)
            places, hashes, width = above, nodes, (width + 1) >> 1
    except StopIteration:
        raise ProofError("proof-length", "a multi-proof has too few hashes") from None
    if next(siblings, None) is not None:
        raise ProofError("proof-length", "a multi-proof has too many hashes")
    return hashes[0]


Seen = Callable[[int, int, "list[bytes]"], None]


def grow(size: int, peaks: Sequence[bytes], leaves: Sequence[bytes], seen: Seen | None = None) -> list[bytes]:
    """The compact range of [0, size + len(leaves)) from that of [0, size): roots of perfect subtrees, largest
    first, one per set bit.

    Leaf hashes are added level by level; ``seen(level, index, hashes)`` is told every run of perfect subtree
    roots.
    """
    assert len(peaks) == bin(size).count("1"), "a compact range has one hash per set bit of its size"
    run, level = list(leaves), 0
    kept = list(peaks)
    tail: list[bytes] = []
    digest = hashlib.sha256
    while run:
        if seen is not None:
            seen(level, size, run)
        if size & 1:
            run.insert(0, kept.pop())
        if len(run) & 1:
            tail.append(run.pop())
        pairs = iter(run)
        run = [digest(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
        size >>= 1
        level += 1
    return kept + tail[::-1]


def peaks_root(peaks: Sequence[bytes]) -> bytes:
    """The root over a compact range [0, size)."""
    if not peaks:
        return EMPTY_ROOT
    found = peaks[-1]
    for left in peaks[-2::-1]:
        found = node_hash(left, found)
    return found


def directory_line(number: int, size: int, root: bytes) -> bytes:
    """Line ``number`` of the directory that a heads leaf commits to, without newline."""
    return f'[{number},{size},"{root.hex()}"]'.encode()
