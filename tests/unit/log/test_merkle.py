"""RFC 6962 trees: every published vector, and what must hold for trees of any size however they grew."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.log import merkle
from ledger.verifier.faults import ProofError
from ledger.verifier.trees import EMPTY_ROOT, check_consistency, check_inclusion, leaf_hash, node_hash

VECTORS = Path(__file__).parents[2] / "vectors" / "merkle"
REFERENCE = json.loads((VECTORS / "rfc6962_reference.json").read_text())
LEAVES = [leaf_hash(b"record %d" % n) for n in range(300)]


def cases(kind: str) -> dict[str, dict[str, Any]]:
    """Every published case of a kind by its file."""
    paths = sorted((VECTORS / kind).rglob("*.json"))
    assert len(paths) == 98, "all 98 cases are there"
    return {str(path.relative_to(VECTORS)): json.loads(path.read_text()) for path in paths}


def is_refused(check: Callable[[], None]) -> bool:
    try:
        check()
    except ProofError:
        return True
    return False


def decoded(case: dict[str, Any], *names: str) -> list[bytes]:
    return [base64.b64decode(case[name] or "") for name in names]


@pytest.mark.parametrize("size", range(9))
def test_the_reference_roots_of_rfc_6962_are_ours(size: int) -> None:
    leaves = [leaf_hash(bytes.fromhex(leaf)) for leaf in REFERENCE["leaves"][:size]]
    assert merkle.root(leaves).hex() == REFERENCE["roots"][size]


def test_an_inclusion_proof_is_judged_as_published() -> None:
    found = {}
    for name, case in cases("inclusion").items():
        root, leaf = decoded(case, "root", "leafHash")
        proof = [base64.b64decode(p) for p in case["proof"] or ()]
        check = partial(check_inclusion, root, case["treeSize"], case["leafIdx"], leaf, proof)
        found[name] = is_refused(check)
    assert found == {name: case["wantErr"] for name, case in cases("inclusion").items()}


def test_a_consistency_proof_is_judged_as_published() -> None:
    found = {}
    for name, case in cases("consistency").items():
        root1, root2 = decoded(case, "root1", "root2")
        proof = [base64.b64decode(p) for p in case["proof"] or ()]
        check = partial(check_consistency, case["size1"], root1, case["size2"], root2, proof)
        found[name] = is_refused(check)
    assert found == {name: case["wantErr"] for name, case in cases("consistency").items()}


@given(st.lists(st.integers(0, 90), max_size=6))
def test_a_frontier_grown_in_any_steps_has_the_root_of_the_whole(steps: list[int]) -> None:
    frontier, grown = merkle.Frontier(), 0
    for step in steps:
        frontier.extend((LEAVES * 2)[grown : grown + step])
        grown += step
    assert frontier.root() == _root_by_definition((LEAVES * 2)[:grown])


@given(st.lists(st.integers(0, 90), max_size=4))
def test_one_leaf_at_a_time_is_the_same_as_many_at_once(steps: list[int]) -> None:
    one, many, grown = merkle.Frontier(), merkle.Frontier(), 0
    for step in steps:
        leaves = (LEAVES * 2)[grown : grown + step]
        many.extend(leaves)
        for leaf in leaves:
            one.push(leaf)
        grown += step
    assert one.encode() == many.encode()


@given(st.integers(0, 300))
def test_a_frontier_that_was_kept_goes_on_where_it_stopped(size: int) -> None:
    kept = merkle.Frontier.decode(merkle.Frontier.of(LEAVES[:size]).encode())
    kept.extend(LEAVES[size:])
    assert kept.root() == merkle.root(LEAVES)


def _root_by_definition(hashes: list[bytes]) -> bytes:
    """MTH of RFC 6962 2.1, word by word."""
    if len(hashes) <= 1:
        return hashes[0] if hashes else EMPTY_ROOT
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return node_hash(_root_by_definition(hashes[:split]), _root_by_definition(hashes[split:]))


def _hash_at(level: int, index: int) -> bytes:
    return _root_by_definition(LEAVES[index << level : (index + 1) << level])


@given(st.integers(1, 300).flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size))))
def test_every_leaf_is_proven_and_no_other_leaf_is(place: tuple[int, int]) -> None:
    index, size = place
    proof = merkle.inclusion_proof(_hash_at, index, size)
    root = merkle.root(LEAVES[:size])
    check_inclusion(root, size, index, LEAVES[index], proof)
    with pytest.raises(ProofError):
        check_inclusion(root, size, index, leaf_hash(b"another record"), proof)


@given(st.integers(1, 300).flatmap(lambda size: st.tuples(st.integers(1, size), st.just(size))))
def test_every_prefix_is_proven_and_no_other_history_is(sizes: tuple[int, int]) -> None:
    size1, size2 = sizes
    proof = merkle.consistency_proof(_hash_at, size1, size2)
    root1, root2 = merkle.root(LEAVES[:size1]), merkle.root(LEAVES[:size2])
    check_consistency(size1, root1, size2, root2, proof)
    other = merkle.root([*LEAVES[: size1 - 1], leaf_hash(b"another record")])
    with pytest.raises(ProofError):
        check_consistency(size1, other, size2, root2, proof)


def test_a_tree_of_70000_leaves_has_the_published_tiles() -> None:
    """C2SP tlog-tiles: 273 full tiles and one of width 112; one full and one of 17; one of width 1."""
    assert list(merkle.tile_widths(70_000)) == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]


def test_growing_to_70000_leaves_completes_those_tiles_once_each() -> None:
    frontier, tiles = merkle.Frontier(), merkle.Tiles()
    leaves = [leaf_hash(n.to_bytes(4, "big")) for n in range(70_000)]
    for start in range(0, 70_000, 999):
        frontier.extend(leaves[start : start + 999], tiles.see)
    done = tiles.take()
    assert [(level, n) for level, n, _ in sorted(done)] == [(0, n) for n in range(273)] + [(1, 0)]
    assert {(level, n): data for level, n, data in done}[1, 0][:32] == merkle.root(leaves[:256])


def test_partial_tiles_that_were_kept_go_on_where_they_stopped() -> None:
    first, tiles = merkle.Frontier(), merkle.Tiles()
    leaves = [leaf_hash(n.to_bytes(4, "big")) for n in range(600)]
    first.extend(leaves[:300], tiles.see)
    kept = merkle.Tiles.decode(tiles.encode())
    first.extend(leaves[300:], kept.see)
    assert [(level, n) for level, n, _ in kept.take()] == [(0, 1)]


@pytest.mark.parametrize(
    ("level", "number", "width", "path"),
    [
        (0, 0, 256, "tile/0/000"),
        (0, 1234, 256, "tile/0/x001/234"),
        (1, 1, 17, "tile/1/001.p/17"),
        (0, 1234067, 256, "tile/0/x001/x234/067"),
    ],
)
def test_a_tiles_path_is_that_of_tlog_tiles(level: int, number: int, width: int, path: str) -> None:
    assert merkle.tile_path(level, number, width) == path


def test_the_roots_of_blocks_are_those_of_their_leaves() -> None:
    """Of two blocks of 256, by the definition."""
    hashes = [leaf_hash(b"block %d" % n) for n in range(512)]
    assert merkle.block_roots(hashes) == [
        _root_by_definition(hashes[:256]),
        _root_by_definition(hashes[256:]),
    ]


A, B = merkle.root(LEAVES[:5]), merkle.root(LEAVES[:9])


@pytest.mark.parametrize(
    ("sizes", "roots", "change", "code", "why"),
    [
        ((0, 9), (A, B), [], "inconsistent", "no consistency from 0 to 9 can be proven"),
        ((9, 5), (B, A), [], "inconsistent", "no consistency from 9 to 5 can be proven"),
        ((5, 5), (A, A), [A], "proof-length", "a tree is consistent with itself by an empty proof"),
        ((5, 5), (A, B), [], "inconsistent", "two roots of size 5 differ"),
        ((5, 9), (A, B), [A], "proof-length", "a proof from 5 to 9 has not 1 hashes"),
        ((5, 9), (B, B), None, "inconsistent", "the proof does not lead to the root of 5"),
        ((5, 9), (A, A), None, "inconsistent", "the proof does not lead to the root of 9"),
        ((5, 9), (A, B), [b"short"], "proof-length", "a hash has 32 bytes"),
    ],
)
def test_a_history_that_is_not_proven_says_why(
    sizes: tuple[int, int], roots: tuple[bytes, bytes], change: list[bytes] | None, code: str, why: str
) -> None:
    """The code is what a reader's program looks at, the words name the sizes."""
    proof = merkle.consistency_proof(_hash_at, *sizes) if change is None else change
    with pytest.raises(ProofError) as told:
        check_consistency(sizes[0], roots[0], sizes[1], roots[1], proof)
    assert (told.value.code, str(told.value)) == (code, why)


@given(st.integers(0, 300), st.integers(0, 300))
def test_a_range_is_cut_into_the_fewest_whole_subtrees(start: int, stop: int) -> None:
    """They follow each other without a gap, and no two that are neighbors make a larger one."""
    parts = list(merkle.subtrees(start, stop))
    spans = [(index << level, index + 1 << level) for level, index in parts]
    joins = [one for one, other in pairwise(parts) if one == (other[0], other[1] - 1) and one[1] % 2 == 0]
    leaves = [leaf for first, end in spans for leaf in range(first, end)]
    assert (leaves, joins) == (list(range(start, stop)), [])


def test_a_range_of_nothing_has_the_root_of_nothing() -> None:
    assert merkle.range_root(lambda level, index: b"", 5, 5) == EMPTY_ROOT


@pytest.mark.parametrize(
    "change", [lambda kept: kept[:7], lambda kept: kept[:-1], lambda kept: kept + bytes(32)]
)
def test_a_frontier_of_other_bytes_is_refused(change: Callable[[bytes], bytes]) -> None:
    """A database that was cut short must not become another tree."""
    kept = merkle.Frontier.of(LEAVES[:5]).encode()
    with pytest.raises(ValueError, match="not a frontier"):
        merkle.Frontier.decode(change(kept))
