"""A proof of many records at once: it leads to the root of the whole tree, has exactly the hashes that cannot be
computed from the records, and no other proof or record is taken.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.log import merkle
from ledger.verifier.faults import ProofError
from ledger.verifier.trees import leaf_hash, root_from_many

LEAVES = [leaf_hash(b"record %d" % n) for n in range(1_100)]
SIZES = st.one_of(
    st.integers(1, 40), st.integers(250, 530), st.sampled_from([255, 256, 257, 512, 1_024, 1_100])
)


@st.composite
def chosen(draw: Any) -> tuple[int, list[int]]:
    """A size, and some of its indexes."""
    size = draw(SIZES)
    some = draw(st.sets(st.integers(0, size - 1), min_size=1, max_size=20))
    run = draw(st.integers(0, size - 1))
    width = draw(st.sampled_from([0, 1, 300]))
    return size, sorted({*some, *range(run, min(size, run + width))})


def proof_of(size: int, indexes: list[int]) -> list[bytes]:
    return merkle.multi_proof(merkle.tile_rows_of(LEAVES[:size]), size, indexes)


def root_of(size: int, indexes: list[int], proof: list[bytes]) -> bytes:
    return root_from_many(size, indexes, [LEAVES[n] for n in indexes], proof)


def due(size: int, indexes: list[int]) -> list[bytes]:
    """The hashes of a multi-proof by the definition: level by level, each sibling of a known node that is not
    known.
    """
    proof, known, span = [], set(indexes), 1
    width = size
    while width > 1:
        for n in sorted(known):
            if n ^ 1 < width and n ^ 1 not in known:
                first = (n ^ 1) * span
                proof.append(merkle.root(LEAVES[first : min(size, first + span)]))
        known, span, width = {n >> 1 for n in known}, 2 * span, (width + 1) >> 1
    return proof


@given(chosen())
def test_many_records_lead_to_the_root_of_the_tree(case: tuple[int, list[int]]) -> None:
    """Of trees of one tile and of several, with runs of records that fill a tile."""
    size, indexes = case
    assert root_of(size, indexes, proof_of(size, indexes)) == merkle.root(LEAVES[:size])


@given(chosen())
def test_a_proof_has_the_hashes_that_cannot_be_computed_and_no_other(case: tuple[int, list[int]]) -> None:
    """In the order of the definition, computed here without tiles."""
    size, indexes = case
    assert proof_of(size, indexes) == due(size, indexes)


@given(chosen())
def test_a_proof_with_a_hash_more_or_less_is_refused(case: tuple[int, list[int]]) -> None:
    """With the reason."""
    size, indexes = case
    proof = proof_of(size, indexes)
    told = []
    for wrong in ([*proof, bytes(32)], proof[:-1]) if proof else ([bytes(32)],):
        with pytest.raises(ProofError) as why:
            root_of(size, indexes, wrong)
        told.append(str(why.value).rpartition(" has ")[2])
    assert told == ["too many hashes", "too few hashes"][: len(told)]


@given(chosen(), st.data())
def test_another_record_leads_to_another_root(case: tuple[int, list[int]], data: st.DataObject) -> None:
    """Any of them changed."""
    size, indexes = case
    place = data.draw(st.integers(0, len(indexes) - 1))
    leaves = [LEAVES[n] for n in indexes]
    leaves[place] = leaf_hash(b"another")
    found = root_from_many(size, indexes, leaves, proof_of(size, indexes))
    assert found != merkle.root(LEAVES[:size])


@pytest.mark.parametrize(
    ("leaf", "proof"), [(b"short", [bytes(32)]), (bytes(32), [bytes(31)]), (bytes(32), [bytes(33)])]
)
def test_every_hash_has_32_bytes(leaf: bytes, proof: list[bytes]) -> None:
    with pytest.raises(ProofError, match="a hash has 32 bytes"):
        root_from_many(2, [0], [leaf], proof)
