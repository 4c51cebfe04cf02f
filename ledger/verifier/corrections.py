"""Check 10: what a record corrects is an earlier record of the same stream."""

from __future__ import annotations

import binascii
import re
from array import array
from collections.abc import Iterable, Iterator
from typing import Any

from ledger.verifier.bundle import as_list, as_position, hashes_said
from ledger.verifier.faults import Misshapen, ProofError
from ledger.verifier.forest import Proven, ProvenStreams
from ledger.verifier.keys import strict_base64
from ledger.verifier.leaf import ID_FORM, Leaf, read_leaf
from ledger.verifier.trees import check_inclusion, leaf_hash

_ID_MEMBER = re.compile(b'"id":"(' + ID_FORM.encode() + b')"')


def check_targets(forest: ProvenStreams, member: str, said: Any, proven: Proven, where: str) -> None:
    """Every record that a correction names must be an earlier one of the same stream; those before ``lo``
    come with their proofs.
    """
    corrections = [leaf for leaf in forest.parsed[proven.name] if leaf.corrects]
    before = _before(forest, said, proven, where)
    if set(before).difference(_corrected(corrections)):
        raise Misshapen("malformed", "proves records that no correction names", where)
    inside = sum(target not in before for target in _corrected(corrections))
    few = {target.encode() for target in _corrected(corrections)} if inside <= proven.size else None
    found = _positions(forest, proven, few) | before if inside else before
    for leaf in corrections:
        for target in _corrected([leaf]):
            if target not in found or found[target] >= leaf.pos:
                raise ProofError(
                    "correction-outside-stream",
                    f"record {leaf.place} corrects {target}, which is no earlier record of {proven.name}",
                    f"{member}:{leaf.pos - proven.lo + 1}",
                )


def _before(forest: ProvenStreams, said: Any, proven: Proven, where: str) -> dict[str, int]:
    found: dict[str, int] = {}
    try:
        places = [
            (as_position(pos), strict_base64(leaf), hashes_said(proof, where))
            for pos, leaf, proof in map(as_list, as_list(said))
        ]
    except (TypeError, ValueError, AttributeError, binascii.Error):
        raise Misshapen("malformed", "targets are [position, record, proof]", where) from None
    for pos, data, proof in places:
        try:
            leaf = read_leaf(data)
            check_inclusion(proven.root, proven.size, pos, leaf_hash(data), proof)
        except ProofError as why:
            why.where = where
            raise
        if (leaf.stream, leaf.pos) != (proven.name, pos):
            raise ProofError(
                "event-position", f"record {leaf.place} is not at position {pos} of {proven.name}", where
            )
        if leaf.place in forest.indexes or leaf.place >= forest.size:
            why_ = f"record {leaf.place} is there twice, or not in a log of {forest.size}"
            raise ProofError("event-position", why_, where)
        forest.indexes.add(leaf.place)
        forest.known.append((array("Q", [leaf.place]), bytearray(leaf_hash(data))))
        found[leaf.id] = pos
    return found


def _positions(forest: ProvenStreams, proven: Proven, wanted: set[bytes] | None) -> dict[str, int]:
    """Positions of the records of some ids, or of all records where more are wanted than there are, by a
    second look at the lines.

    A record's own id is the last in its line: what follows it in canonical order holds none.
    """
    found: dict[str, int] = {}
    lines = (line for part in forest.bundle.lines(proven.member) for line in part)
    for pos, line in enumerate(lines, start=proven.lo):
        id_ = _ID_MEMBER.findall(line)[-1]
        if wanted is None or id_ in wanted:
            found.setdefault(id_.decode(), pos)
    return found


def _corrected(leaves: Iterable[Leaf]) -> Iterator[str]:
    """The ids that records correct."""
    return (target for leaf in leaves for ids in leaf.corrects for target in ids.split())
