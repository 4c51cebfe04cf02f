"""Ed25519 of the standard library alone never accepts what ``cryptography`` (OpenSSL) refuses: points of
every order, in every encoding.

The eight points of small order have six further encodings that are not canonical. A point of mixed order is one of the large group plus one of the
small: with such keys and commitments the equation holds for some messages and not for others, and verifiers that multiply by the cofactor differ from those
that do not (Chalkias, Garillot, Nikolaenko, "Taming the many EdDSAs", 2020; RFC 8032 section 5.1.7).
"""

from __future__ import annotations

import hashlib
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.verifier.ed25519 import _B, _add, _Point, _point, _times, ed25519_verifies
from tests.unit.log.test_signing import library_accepts

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
TORSION = _point(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"))
BASE = _B


def encoded(point: _Point) -> bytes:
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def small() -> list[_Point]:
    """The eight points of small order, the identity first."""
    assert TORSION is not None
    return [_times(n, TORSION) for n in range(8)]


def encodings() -> list[bytes]:
    """Every encoding of a point of small order: canonical, with y + p where that fits, with the other sign
    where x is 0.
    """
    found = []
    for point in small():
        y = int.from_bytes(encoded(point), "little")
        found += [y, y ^ 1 << 255]
        low = y & ((1 << 255) - 1)
        if low + P < 1 << 255:
            found += [low + P, (low + P) | 1 << 255]
    return [n.to_bytes(32, "little") for n in sorted(set(found))]


def challenge(commitment: bytes, public: bytes, message: bytes) -> int:
    return int.from_bytes(hashlib.sha512(commitment + public + message).digest(), "little") % L


def test_there_are_fourteen_encodings_of_small_order_points_that_anyone_decodes() -> None:
    assert sum(_point(one) is not None for one in encodings()) == 8


@pytest.mark.parametrize("public", encodings(), ids=lambda one: one.hex()[:6] + one.hex()[-4:])
def test_a_key_of_small_order_in_any_encoding_verifies_nothing(public: bytes) -> None:
    for commitment, s in product(encodings(), (0, 1, L - 1, L)):
        signature = commitment + s.to_bytes(32, "little")
        assert not ed25519_verifies(public, b"m", signature)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, L - 1), st.integers(1, L - 1), st.integers(0, 7), st.integers(0, 7), st.binary(max_size=8)
)
def test_keys_and_commitments_of_mixed_order_verify_only_where_the_library_agrees(
    a: int, r: int, key_part: int, commitment_part: int, message: bytes
) -> None:
    public = encoded(_add(_times(a, BASE), small()[key_part]))
    commitment = encoded(_add(_times(r, BASE), small()[commitment_part]))
    s = (r + challenge(commitment, public, message) * a) % L
    signature = commitment + s.to_bytes(32, "little")
    assert library_accepts(public, message, signature) or not ed25519_verifies(public, message, signature)


def test_with_a_key_of_mixed_order_some_messages_verify_for_both_and_some_for_neither() -> None:
    """The equation without the cofactor: it holds where the small parts cancel out."""
    public = encoded(_add(_times(5, BASE), small()[1]))
    commitment = encoded(_times(7, BASE))
    told = set()
    for n in range(24):
        s = (7 + challenge(commitment, public, b"%d" % n) * 5) % L
        signature = commitment + s.to_bytes(32, "little")
        told.add(
            (
                ed25519_verifies(public, b"%d" % n, signature),
                library_accepts(public, b"%d" % n, signature),
            )
        )
    assert told == {(True, True), (False, False)}


@pytest.mark.parametrize("part", [4, 2, 1], ids=["order 2", "order 4", "order 8"])
def test_a_commitment_of_small_order_verifies_nothing_where_the_equation_holds(part: int) -> None:
    """The key has the same small part, and some messages cancel it out: such a signature says nothing of them."""
    public, commitment = encoded(_add(_times(5, BASE), small()[part])), encoded(small()[part])
    said = [b"%d" % n for n in range(64) if (challenge(commitment, public, b"%d" % n) + 1) * part % 8 == 0]
    signatures = [
        commitment + (challenge(commitment, public, one) * 5 % L).to_bytes(32, "little") for one in said
    ]
    assert [ed25519_verifies(public, *one) for one in zip(said, signatures, strict=True)] == [False] * len(
        said
    )
    assert library_accepts(public, said[0], signatures[0])


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(min_size=64, max_size=64), st.binary(max_size=40))
def test_arbitrary_bytes_are_refused_as_the_library_refuses_them(
    public: bytes, signature: bytes, message: bytes
) -> None:
    assert library_accepts(public, message, signature) or not ed25519_verifies(public, message, signature)
